"""What the subcommands of `vm370 disk` have in common: their words, which disk is meant, how results are shown.

IMAGE is a disk image, with ``--extent START,LENGTH`` a minidisk in it.  With ``--mdisk USERID VADDR`` the extent is the
one that the CP directory tells, and IMAGE may be

    a home of vm370            its directory, and its volumes in disks/
    a folder                   of volumes, VOLSER.cow .ckd .fba ..., with --directory FILE
    an image                   the volume, with --directory FILE
    -                          the home of --home, of VM370_HOME, or the user's
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from vm370.images.errors import ImageError
from vm370.images.geometry import CKD_DEVICES, FBA_DEVICES

Work = Callable[[argparse.Namespace], int]
Adder = Callable[..., argparse.ArgumentParser]
TYPES = " ".join([*CKD_DEVICES, *FBA_DEVICES])


class UsageError(Exception):
    """Words that argparse lets through and that make no sense together."""


class Commands:
    """Adds subcommands with the arguments that many of them have."""

    def __init__(self, parsers: Any) -> None:
        self._parsers = parsers

    def add(
        self, name: str, work: Work, text: str, notes: str = "", *, places: bool = True, dry_run: bool = False
    ) -> argparse.ArgumentParser:
        """A subcommand; ``places``: it takes minidisks too."""
        sub: argparse.ArgumentParser = self._parsers.add_parser(
            name, help=text, description=text[0].upper() + text[1:] + ".", epilog=notes
        )
        sub.add_argument("image", metavar="IMAGE", help="disk image in the host's file system")
        if places:
            add_place(sub, "")
            sub.add_argument("--directory", metavar="FILE", help="CP directory source for --mdisk")
            sub.add_argument("--home", metavar="DIR", help="home of vm370, for --mdisk with IMAGE -")
        if dry_run:
            sub.add_argument("--dry-run", action="store_true", help="tell what would be done, and change nothing")
        sub.set_defaults(disk_work=work)
        return sub


def add_place(sub: argparse.ArgumentParser, prefix: str) -> None:
    """--extent and --mdisk."""
    group = sub.add_mutually_exclusive_group()
    group.add_argument(
        f"--{prefix}extent", type=_extent, metavar="START,LENGTH", help="a minidisk: cylinders (FBA: sectors)"
    )
    group.add_argument(
        f"--{prefix}mdisk",
        nargs=2,
        metavar=("USERID", "VADDR"),
        help="a minidisk of the CP directory",
    )


def _extent(words: str) -> tuple[int, int]:
    start, comma, length = words.partition(",")
    if not (comma and start.isdecimal() and length.isdecimal()):
        raise argparse.ArgumentTypeError(f"{words!r}: expected START,LENGTH")
    return int(start), int(length)


def place(args: argparse.Namespace, word: str | None = None, prefix: str = "") -> tuple[Path, tuple[int, int] | None]:
    """The image and the extent that the arguments mean."""
    name = args.image if word is None else word
    mdisk: list[str] | None = getattr(args, f"{prefix}mdisk")
    if mdisk is None:
        return Path(name), getattr(args, f"{prefix}extent")
    return _minidisk(name, mdisk, args)


def _minidisk(name: str, mdisk: list[str], args: argparse.Namespace) -> tuple[Path, tuple[int, int]]:
    # the control program takes a while to import, and only --mdisk needs it
    from vm370.cp.directory import DirectoryError
    from vm370.cp.directory.source import parse, read
    from vm370.cp.minidisks import Volumes
    from vm370.tools.home import home_path

    userid, vaddr = mdisk[0].upper(), mdisk[1].upper()
    if not (1 <= len(vaddr) <= 4 and all(digit in "0123456789ABCDEF" for digit in vaddr)):
        raise UsageError(f"--mdisk {mdisk[0]} {mdisk[1]}: expected a device address in hexadecimal")
    image = home_path(args.home) if name == "-" else Path(name)
    source = Path(args.directory) if args.directory else image / "directory"
    if not args.directory and not image.is_dir():
        raise UsageError(f"--mdisk: {image} is not a home of vm370; give the directory's source with --directory FILE")
    try:
        users = parse(read(source), source)
    except DirectoryError as error:
        raise ImageError(str(error)) from error
    if userid not in users:
        raise ImageError(f"{source}: user {userid} is not in the directory")
    statement = users[userid].mdisk(int(vaddr, 16))
    if statement is None or statement.temporary:
        have = " ".join(f"{m.vaddr:03X}" for m in users[userid].mdisks if not m.temporary) or "none"
        raise ImageError(f"{source}: {userid} has no minidisk {vaddr}; those with a place on a volume: {have}")
    if image.is_dir():
        folder = image / "disks" if (image / "disks").is_dir() else image
        volume = Volumes(folder).path(statement.volser)
        if volume is None:
            raise ImageError(f"{folder}: found no image of volume {statement.volser}, on which {userid} {vaddr} is")
        image = volume
    return image, (statement.start, statement.size)


def pairs(words: Sequence[str]) -> list[tuple[str, str]]:
    """FN FT FN FT ..."""
    if len(words) % 2:
        raise UsageError(f"expected pairs of file name and file type, found {' '.join(words)}")
    return list(zip(words[::2], words[1::2], strict=True))


def chosen(args: argparse.Namespace, words: Sequence[str]) -> list[tuple[str, str]] | None:
    """The files that --all or FN FT ... mean; None for all."""
    if args.all and words:
        raise UsageError(f"--all means all files, found {' '.join(words)}")
    if not args.all and not words:
        raise UsageError("expected FN FT or --all")
    return None if args.all else pairs(words)


def show_json(value: object) -> None:
    """JSON on standard output."""
    print(json.dumps(value, indent=2))


def told(args: argparse.Namespace, text: str) -> None:
    """A line about what was done, on standard error; ``would`` in a dry run."""
    print(f"{'dry run: ' if getattr(args, 'dry_run', False) else ''}{text}", file=sys.stderr)


def read_host_file(path: str) -> bytes:
    """The bytes of a host file, or ImageError."""
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise ImageError(f"{path}: cannot be read: {error.strerror}") from error
