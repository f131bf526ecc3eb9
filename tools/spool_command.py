"""`vm370 spool`: hand host files to a reader, list spool files, take them out, purge them; the system may be running.

    printer and console files   text with form feeds and overprinting; --binary: for each line its length (2 bytes),
                                2 bytes zero, the carriage control command and the line
    punch and reader files      a line for each card; --binary: 80 bytes for each card

Exit code 0: fine; 1: something was not done, and why was said; 2: wrong usage.  A host file is complete or not there.
"""

from __future__ import annotations

import argparse
import json
import re
import struct
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from vm370.cp.directory import Directory, DirectoryError
from vm370.cp.spool import (
    CONSOLE,
    PRINTER,
    PUNCH,
    READER,
    DamagedSpool,
    Destination,
    Record,
    Spool,
    SpoolError,
    SpoolFile,
)
from vm370.cp.spool.printer import printer_text
from vm370.images.cards import CARD_LENGTH, cards_to_text, parse_deck, text_to_cards
from vm370.images.errors import ImageError
from vm370.images.hostfile import create_file
from vm370.tools.home import home_path

HELP = "hand host files to a reader, take printer and punch files out"

READ_CARD = 0x02
_CHUNK = 1 << 20
_BINARY_LINE = struct.Struct(">HxxB")

Work = Callable[[argparse.Namespace, Spool], int]


class UsageError(Exception):
    """Words that argparse lets through and that make no sense together."""


class Refused(Exception):
    """The work cannot be done; the text says why."""


class HostClock:
    """The host's clock."""

    def now(self) -> datetime:
        """Local time with its zone."""
        return datetime.now().astimezone()


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the subcommands."""
    parser.add_argument("--home", metavar="DIR", help="the system's folder (default: VM370_HOME, or the data folder)")
    commands = parser.add_subparsers(dest="spool_command", metavar="COMMAND", required=True)

    def command(name: str, work: Work, text: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
        sub.set_defaults(spool_work=work)
        return sub

    sub = command("read", _read, "put host files into a user's reader, each as one spool file")
    sub.add_argument("user", metavar="USER", help="user ID, as in the directory")
    sub.add_argument("files", nargs="+", type=Path, metavar="FILE")
    sub.add_argument("--class", dest="spool_class", default="A", metavar="C", help="spool class (default A)")
    sub.add_argument("--name", metavar="'FN FT'", help="name of the spool file; default is the host file's name")
    form = sub.add_mutually_exclusive_group()
    form.add_argument("--ascii", action="store_true", help="text, a card for each line, to EBCDIC (default)")
    form.add_argument("--binary", action="store_true", help="a deck of 80-byte cards, as it is")

    sub = command("list", _list, "list spool files")
    sub.add_argument("--user", metavar="USER", help="of one user only")
    sub.add_argument("--json", action="store_true")

    sub = command("take", _take, "copy spool files to host files: by ID, or all of a user's printer or punch")
    sub.add_argument("words", nargs="*", metavar="ID... | DIR", help="spool IDs, or with --all the folder")
    sub.add_argument("-o", dest="output", metavar="DIR|FILE", help="folder (DIR/ makes one), or a host file")
    sub.add_argument("--user", metavar="USER", help="with --all: whose files")
    sub.add_argument("--all", action="store_true", help="all files of --user and --printer or --punch")
    queue = sub.add_mutually_exclusive_group()
    queue.add_argument("--printer", dest="queue", action="store_const", const=PRINTER)
    queue.add_argument("--punch", dest="queue", action="store_const", const=PUNCH)
    sub.add_argument("--binary", action="store_true", help="do not translate")
    sub.add_argument("--purge", action="store_true", help="purge what was copied")

    sub = command("purge", _purge, "forget spool files")
    sub.add_argument("ids", nargs="+", metavar="ID")


def main(args: argparse.Namespace) -> int:
    """Do what `configure` understood."""
    path = home_path(args.home) / "spool.db"
    work: Work = args.spool_work
    try:
        if not path.exists():
            raise Refused(f"{path}: found no spool database, expected the one of a system that was started once")
        spool = Spool(path, HostClock(), system=False)
        try:
            return work(args, spool)
        finally:
            spool.close()
    except UsageError as error:
        print(f"vm370 spool {args.spool_command}: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        return _fail(f"{error.filename}: {error.strerror}")
    except (Refused, SpoolError, ImageError, DirectoryError) as error:
        return _fail(str(error))


def _fail(text: str) -> int:
    print(f"vm370 spool: {text}", file=sys.stderr)
    return 1


# --- read ---


def _read(args: argparse.Namespace, spool: Spool) -> int:
    if not re.fullmatch("[A-Z0-9]", args.spool_class.upper()):
        raise UsageError(f"--class: found {args.spool_class!r}, expected a letter or a digit")
    if args.name is not None and len(args.files) > 1:
        raise UsageError("--name: found several files, expected one")
    owner = _user(spool.path.parent, args.user)
    decks = [(file, _cards(file, args.binary)) for file in args.files]
    with spool.transaction():
        made = [
            spool.add(
                READER,
                owner,
                (Record(READ_CARD, card) for card in cards),
                Destination(READER, owner, args.spool_class.upper(), dist=owner, name=name, type=filetype),
            )
            for (file, cards), (name, filetype) in zip(decks, _names(args), strict=True)
        ]
    for file in made:
        print(f"RDR FILE {file.spoolid:04}  FOR {owner:<8} RECDS {file.records:06} {file.name} {file.type}".rstrip())
    return 0


def _cards(file: Path, binary: bool) -> list[bytes]:
    data = file.read_bytes()
    cards = parse_deck(data, str(file)) if binary else text_to_cards(data, str(file))
    if not cards:
        raise Refused(f"{file}: found an empty file, expected at least one card")
    return cards


def _names(args: argparse.Namespace) -> list[tuple[str, str]]:
    if args.name is None:
        return [_cms_name(file) for file in args.files]
    words = args.name.upper().split()
    if not 1 <= len(words) <= 2 or any(len(word) > 8 or not word.isascii() for word in words):
        raise UsageError(f"--name: found {args.name!r}, expected a file name and a file type of up to 8 characters")
    return [(words[0], words[1] if len(words) == 2 else "")]


def _cms_name(file: Path) -> tuple[str, str]:
    """``note.txt`` is NOTE TXT; what a CMS name cannot have is left out."""
    stem, _, suffix = file.name.lstrip(".").rpartition(".") if "." in file.name.lstrip(".") else (file.name, "", "")
    name, filetype = (re.sub("[^A-Z0-9$#@+:_-]", "", word.upper())[:8] for word in (stem, suffix))
    return name, filetype


def _user(home: Path, userid: str) -> str:
    entry = Directory.load(home / "directory").find(userid)
    if entry is None:
        raise Refused(f"{home / 'directory'}: found no user {userid.upper()}, expected one of the directory")
    return entry.userid


# --- list ---


def _list(args: argparse.Namespace, spool: Spool) -> int:
    files = spool.files(owner=args.user.upper() if args.user else None)
    if args.json:
        print(json.dumps([_as_json(file) for file in files], indent=2))
        return 0
    if not files:
        print("no spool files")
        return 0
    print("FILE QUEUE OWNER    ORIGIN   CLASS RECDS  CPY HOLD DATE       TIME     NAME     TYPE")
    for file in files:
        print(
            f"{file.spoolid:04} {file.queue}   {file.owner:<8} {file.origin:<8} {file.spool_class} {file.kind}"
            f" {file.records:06}  {file.copies:02} {file.hold_status:<4} {file.created:%Y-%m-%d %H:%M:%S}"
            f" {file.name:<8} {file.type}".rstrip()
        )
    return 0


def _as_json(file: SpoolFile) -> dict[str, object]:
    fields = asdict(file)
    del fields["key"]
    return fields | {"created": file.created.isoformat(), "hold": file.hold_status}


# --- take ---


def _take(args: argparse.Namespace, spool: Spool) -> int:
    if args.all:
        files, folder = _all_files(args, spool), _folder_of_all(args)
        if not files:
            raise Refused(f"{spool.path}: found no {args.queue} files of {args.user.upper()}, expected at least one")
        targets = [folder / _host_name(file) for file in files]
    else:
        if args.user or args.queue:
            raise UsageError("--user, --printer and --punch go with --all")
        if not args.words or args.output is None:
            raise UsageError("found no spool ID or no -o, expected ID... -o DIR|FILE")
        files, folder = _by_id(spool, args.words), Path(args.output)
        if len(files) == 1 and not folder.is_dir() and not args.output.endswith("/"):
            folder, targets = folder.parent, [folder]
        else:
            targets = [folder / _host_name(file) for file in files]
    folder.mkdir(parents=True, exist_ok=True)
    failed = 0
    for file, target in zip(files, targets, strict=True):
        try:
            _write(target, _contents(spool, file, args.binary))
            print(target)
            if args.purge and not spool.purge([file]):
                failed |= _fail(f"spool file {file.spoolid:04} is in use and was not purged")
        except (ImageError, DamagedSpool) as error:
            failed |= _fail(str(error))
    return failed


def _all_files(args: argparse.Namespace, spool: Spool) -> list[SpoolFile]:
    if not args.user or not args.queue:
        raise UsageError("--all: expected --user USER and --printer or --punch")
    return spool.files(args.queue, args.user.upper())


def _folder_of_all(args: argparse.Namespace) -> Path:
    places = [*args.words, *([args.output] if args.output else [])]
    if len(places) != 1:
        raise UsageError(f"--all: found {len(places)} folders, expected one")
    return Path(places[0])


def _by_id(spool: Spool, words: list[str]) -> list[SpoolFile]:
    files = []
    for word in dict.fromkeys(words):
        if not (word.isascii() and word.isdecimal()):
            raise UsageError(f"found {word!r}, expected a spool ID")
        file = spool.file(int(word[:9]))
        if file is None:
            raise Refused(f"{spool.path}: spool file {word} does not exist")
        files.append(file)
    return files


def _host_name(file: SpoolFile) -> str:
    """``prt0012-load.map``; characters that a host might not like become ``_``."""
    name = ".".join(filter(None, (file.name, file.type))).lower()
    name = re.sub("[^a-z0-9$#@+_.-]", "_", name)
    suffix = f"-{name}" if name else ".txt"
    return f"{file.kind.lower()}{file.spoolid:04}{suffix}"


def _contents(spool: Spool, file: SpoolFile, binary: bool) -> Iterator[bytes]:
    records = spool.read(file)
    if file.kind in (PRINTER, CONSOLE):
        if binary:
            return (_BINARY_LINE.pack(len(r.data), r.command) + r.data for r in records)
        return (line.encode() for line in printer_text(records))
    cards = (record.data.ljust(CARD_LENGTH, b"\x40") for record in records)
    if binary:
        return cards
    where = f"spool file {file.spoolid:04}: card"
    return (cards_to_text([card], f"{where} {number}") for number, card in enumerate(cards, 1))


def _write(target: Path, pieces: Iterator[bytes]) -> None:
    """A host file of many small pieces, in one step."""
    with create_file(target, overwrite=True) as output:
        offset, chunk = 0, bytearray()
        for piece in pieces:
            chunk += piece
            if len(chunk) >= _CHUNK:
                output.write(offset, bytes(chunk))
                offset += len(chunk)
                chunk.clear()
        output.write(offset, bytes(chunk))
    output.close()


# --- purge ---


def _purge(args: argparse.Namespace, spool: Spool) -> int:
    files = _by_id(spool, args.ids)
    purged = {file.key for file in spool.purge(files)}
    for file in files:
        if file.key in purged:
            print(f"spool file {file.spoolid:04} purged")
    return max([0, *(_fail(f"spool file {file.spoolid:04} is in use") for file in files if file.key not in purged)])
