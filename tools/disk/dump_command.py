"""`vm370 disk dump`: any track, sector, block, label, directory or FST, in hexadecimal and taken apart."""

from __future__ import annotations

import argparse

from vm370.tools.disk import api, dumping
from vm370.tools.disk.arguments import Commands, place, show_json


def add(commands: Commands) -> None:
    """The subcommand of this module."""
    sub = commands.add("dump", _dump, "show what stands on a disk: a track, sector, block, label, directory or FST")
    what = sub.add_mutually_exclusive_group(required=True)
    what.add_argument("--track", type=_track, metavar="C,H", help="home address, records and end mark of a track")
    what.add_argument("--sector", type=int, metavar="N", help="512 bytes of an FBA disk")
    what.add_argument("--block", type=int, metavar="N", help="a block of a CMS disk, from 1")
    what.add_argument("--file", nargs=2, metavar=("FN", "FT"), help="a file's FST, and which blocks it has")
    what.add_argument("--mfd", action="store_true", help="master file directory, or first block of an EDF directory")
    what.add_argument("--label", action="store_true", help="volume label, or label of a CMS disk")
    sub.add_argument("--json", action="store_true")


def _track(words: str) -> tuple[int, int]:
    cylinder, comma, head = words.partition(",")
    if not (comma and cylinder.isdecimal() and head.isdecimal()):
        raise argparse.ArgumentTypeError(f"{words!r}: expected CYLINDER,HEAD")
    return int(cylinder), int(head)


def _dump(args: argparse.Namespace) -> int:
    image, extent = place(args)
    with api.open_store(image, extent, read_only=True) as store:
        if args.track is not None:
            parts = dumping.track(store, *args.track)
        elif args.sector is not None:
            parts = dumping.sector(store, args.sector)
        elif args.block is not None:
            parts = dumping.block(store, args.block)
        elif args.file is not None:
            parts = dumping.file(store, *args.file)
        else:
            parts = dumping.label(store) if args.label else dumping.directory(store)
        if args.json:
            show_json(dumping.as_json(parts))
        else:
            for line in dumping.lines(parts):
                print(line)
    return 0
