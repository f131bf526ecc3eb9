"""What the tools for files in files have in common: host files to members and back, listings, errors, exit codes.

Who uses it: vmarc_command.py, lib_command.py, deck_command.py, print_command.py.  Files go into host folders and come
out of them as `vm370 disk get` and `put` do it (tools/disk/transfer.py).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from vm370.images.ebcdic import DEFAULT_PAGE, EbcdicError, code_page
from vm370.images.errors import ImageError
from vm370.images.hostfile import create_file
from vm370.images.member import Member
from vm370.tools.disk import transfer
from vm370.tools.disk.api import host_files
from vm370.tools.disk.progress import Bar
from vm370.tools.disk.transfer import Form

Work = Callable[[argparse.Namespace], int]


class UsageError(Exception):
    """Words that argparse lets through and that make no sense together."""


class Commands:
    """The subcommands of a tool."""

    def __init__(self, parser: argparse.ArgumentParser) -> None:
        self._commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)

    def add(self, name: str, work: Work, text: str, notes: str = "") -> argparse.ArgumentParser:
        """A subcommand that ``work`` does."""
        sub = self._commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".", epilog=notes)
        sub.set_defaults(work=work)
        return sub


def run(args: argparse.Namespace) -> int:
    """Do a subcommand; 1: failed, 2: wrong usage."""
    try:
        return int(args.work(args))
    except UsageError as error:
        print(f"vm370 {args.subcommand} {args.command}: {error}", file=sys.stderr)
        return 2
    except (ImageError, EbcdicError) as error:
        print(f"vm370 {args.subcommand}: {error}", file=sys.stderr)
        return 1


# --- arguments ---


def add_translation(sub: argparse.ArgumentParser, binary: bool = True) -> None:
    """--binary, --codepage, --lossy."""
    if binary:
        sub.add_argument("--binary", action="store_true", help="do not translate")
    sub.add_argument(
        "--codepage", type=page_name, default=DEFAULT_PAGE, metavar="N", help="EBCDIC code page (default 037)"
    )
    sub.add_argument("--lossy", action="store_true", help="replace what the other code does not have")


def page_name(name: str) -> str:
    """A code page of the command line."""
    try:
        return code_page(name).name
    except EbcdicError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def add_form(sub: argparse.ArgumentParser) -> None:
    """How host files become CMS files."""
    sub.add_argument("--recfm", choices=("F", "V"), help="record format")
    sub.add_argument("--lrecl", type=int, metavar="N", help="record length (V: the most)")
    sub.add_argument("--as", dest="name", default="", metavar="'FN FT [FM]'", help="another name, for one file")


def add_output(sub: argparse.ArgumentParser) -> None:
    """--dry-run, --force."""
    sub.add_argument("--force", action="store_true", help="replace an existing file")
    add_dry_run(sub)


def add_dry_run(sub: argparse.ArgumentParser) -> None:
    """--dry-run."""
    sub.add_argument("--dry-run", action="store_true", help="tell what would be written, and write nothing")


def split_words(words: Sequence[str]) -> tuple[list[tuple[str, str]], Path]:
    """`[FN FT]... DIR`: the names, none for all, and the folder."""
    *names, folder = words
    if len(names) % 2:
        raise UsageError(f"expected pairs of file name and file type before the folder, found {' '.join(names)}")
    return [(first.upper(), second.upper()) for first, second in zip(names[::2], names[1::2], strict=True)], Path(
        folder
    )


# --- host files ---


def read_file(path: str | Path) -> bytes:
    """All of a host file; ImageError when it cannot be read."""
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise ImageError(f"{path}: cannot be read: {error.strerror}") from error


def write_file(path: str | Path, data: bytes, args: argparse.Namespace, replace: bool = False) -> None:
    """Make a host file in one step, or only say so."""
    place = Path(path)
    replace = replace or bool(getattr(args, "force", False))
    if place.exists() and not replace:
        raise ImageError(f"{place}: exists already (--force replaces it)")
    if not args.dry_run:
        with create_file(place, overwrite=replace) as file:
            file.write(0, data)
        file.close()
    print(f"{'would write' if args.dry_run else 'wrote'} {place}, {len(data)} bytes")


def load(args: argparse.Namespace) -> list[Member]:
    """The host files of the arguments, ready for an archive."""
    if args.lrecl is not None and args.lrecl < 1:
        raise UsageError(f"--lrecl {args.lrecl}: expected at least 1")
    files = host_files(args.files)
    if args.name and len(files) != 1:
        raise UsageError(f"--as names one file, found {len(files)} files")
    form = Form(args.binary, args.recfm, args.lrecl, page=args.codepage, lossy=args.lossy)
    bar = Bar(f"read {len(files)} files")
    members = []
    for number, path in enumerate(files, 1):
        file = transfer.load(path, form, transfer.parse_name(args.name) if args.name else None)
        length = file.lrecl or max(len(record) for record in file.records)
        written = datetime.fromtimestamp(path.stat().st_mtime)
        members.append(
            Member(file.filename, file.filetype, file.mode, file.recfm, length, written, tuple(file.records))
        )
        bar(number, len(files))
    return members


def chosen(members: Iterable[Member], names: Sequence[tuple[str, str]], where: str) -> list[Member]:
    """The members of these names, all when there are none; ImageError when one is not there."""
    every = list(members)
    found = [member for member in every if not names or (member.filename, member.filetype) in names]
    for name in names:
        if not any((member.filename, member.filetype) == name for member in found):
            there = ", ".join(map(str, every[:8])) or "nothing"
            raise ImageError(f"{where}: file {' '.join(name)} is not in it; there is {there}")
    return found


def save(members: Sequence[Member], folder: Path, args: argparse.Namespace) -> None:
    """Members as host files of a folder, which is made if it is missing; nothing is written when one is refused."""
    ready: dict[str, tuple[Member, bytes]] = {}
    for member in members:
        name = transfer.host_name(member.filename, member.filetype)
        if name in ready:
            raise ImageError(f"{args.input}: file {member} is in it twice; unpack the others by name")
        where = f"{args.input}: {member}"
        data = transfer.unload(member.records, member.recfm, args.binary, where, args.codepage, args.lossy)
        ready[name] = (member, data)
    if ready and not args.dry_run:
        transfer.make_folder(folder)
    bar = Bar(f"write {folder}")
    for number, (name, (_, data)) in enumerate(ready.items(), 1):
        if not args.dry_run:
            transfer.save(folder / name, data)
        print(f"{'would write' if args.dry_run else 'wrote'} {folder / name}, {len(data)} bytes")
        bar(number, len(ready))


# --- listings ---


def described(member: Member) -> dict[str, Any]:
    """A member for people and JSON."""
    return {
        "filename": member.filename,
        "filetype": member.filetype,
        "filemode": member.filemode,
        "recfm": member.recfm,
        "lrecl": member.lrecl,
        "records": len(member.records),
        "written": member.written.isoformat(sep=" ") if member.written else None,
    }


def show_members(members: Iterable[Member], as_json: bool) -> None:
    """The listing of an archive."""
    rows = [described(member) for member in members]
    if as_json:
        show_json(rows)
        return
    print("FILENAME FILETYPE FM FORMAT LRECL    RECORDS  DATE AND TIME")
    for row in rows:
        name = f"{row['filename']:8} {row['filetype']:8} {row['filemode']:2}"
        print(f"{name} {row['recfm']:6} {row['lrecl']:5} {row['records']:10}  {row['written'] or '?'}")


def show_json(value: object) -> None:
    """As JSON on standard output."""
    print(json.dumps(value, indent=2, ensure_ascii=False))
