"""`vm370 saved`: list and check saved systems, bring in those of the emulator emx370, take pages out.

A home has its saved systems in the folder ``saved``; the system may be running, what is replaced is used by the next
machine that loads it.

Exit code 0: fine; 1: a file is damaged, or was not made, and why was said; 2: wrong usage.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from vm370.cp.saved.library import LARGEST_FILE, SavedSystems, read
from vm370.images import emxsegment
from vm370.images.errors import ImageError
from vm370.images.hostfile import create_file
from vm370.images.savedsystem import SavedSystem, is_name
from vm370.tools.home import home_path

HELP = "saved systems: list, check, import segment files of emx370, export"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the subcommands."""
    parser.add_argument("--home", metavar="DIR", help="the system's folder (default: VM370_HOME, or the data folder)")
    commands = parser.add_subparsers(dest="saved_command", metavar="COMMAND", required=True)

    def command(name: str, work: Callable[[argparse.Namespace], int], text: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
        sub.set_defaults(saved_work=work)
        return sub

    sub = command("list", _list, "list the saved systems of the home")
    sub.add_argument("--json", action="store_true", help="as JSON")
    sub = command("check", _check, "check saved systems")
    sub.add_argument("files", nargs="*", type=Path, metavar="FILE", help="default: all of the home")
    sub.add_argument("--json", action="store_true", help="as JSON")
    sub = command("import", _import, "make a saved system of a segment file of emx370, or of a saved system")
    sub.epilog = "without --first and --pages the system name table tells which pages the file has, if it has the name"
    sub.add_argument("file", type=Path, metavar="FILE")
    sub.add_argument("--name", help="default: the name of the file")
    sub.add_argument("--first", type=int, metavar="PAGE", help="first page, decimal (default 0)")
    sub.add_argument("--pages", type=int, metavar="N", help="number of pages (default: all that the file has)")
    sub.add_argument("--ipl", action="store_true", help="it can be loaded by IPL: PSW and registers are kept")
    sub.add_argument("--storage", type=int, default=0, metavar="K", help="storage that a machine must have, in KiB")
    sub.add_argument("--force", action="store_true", help="replace a saved system of that name")
    sub = command("export", _export, "write the pages of a saved system into a host file, as they stand in storage")
    sub.add_argument("name", metavar="NAME")
    sub.add_argument("file", type=Path, metavar="FILE")
    sub.add_argument("--force", action="store_true", help="replace an existing file")


def main(args: argparse.Namespace) -> int:
    """Do it."""
    try:
        work: Callable[[argparse.Namespace], int] = args.saved_work
        return work(args)
    except (ImageError, OSError) as error:
        print(f"vm370 saved: {error}", file=sys.stderr)
        return 1


def _library(args: argparse.Namespace) -> SavedSystems:
    home = home_path(args.home)
    return SavedSystems(home / "saved", home / "systems")


def _list(args: argparse.Namespace) -> int:
    library = _library(args)
    return _report([library.path(name) for name in library.names()], args.json)


def _check(args: argparse.Namespace) -> int:
    library = _library(args)
    return _report(args.files or [library.path(name) for name in library.names()], args.json)


def _report(paths: list[Path], as_json: bool) -> int:
    """A line for each file; 1 if one is damaged."""
    rows: list[dict[str, Any]] = []
    for path in paths:
        try:
            rows.append({"file": str(path), **_facts(read(path))})
        except ImageError as error:
            rows.append({"file": str(path), "error": str(error)})
    damaged = any("error" in row for row in rows)
    if as_json:
        print(json.dumps(rows, indent=2))
        return int(damaged)
    if rows:
        print("NAME     KIND     PAGES  SHARED  STORAGE  PAGES FROM-TO        SAVED")
    for row in rows:
        if "error" in row:
            print(row["error"])
            continue
        where = ",".join(f"{part['first']:X}-{part['last']:X}" for part in row["ranges"])
        when = datetime.fromtimestamp(row["saved_at"]).strftime("%Y-%m-%d %H:%M") if row["saved_at"] else "-"
        print(
            f"{row['name']:<8} {row['kind']:<8} {row['pages']:5}  {row['shared']:6}  {row['storage'] >> 10:6}K"
            f"  {where:<20} {when}"
        )
    return int(damaged)


def _facts(system: SavedSystem) -> dict[str, Any]:
    state = system.state
    return {
        "name": system.name,
        "kind": "segment" if state is None else "system",
        "pages": sum(part.count for part in system.ranges),
        "shared": sum(part.count for part in system.ranges if part.shared),
        "storage": system.storage,
        "device": system.device,
        "saved_at": system.saved_at,
        "psw": None if state is None else state.psw.hex().upper(),
        "ranges": [asdict(part) for part in system.ranges],
    }


def _import(args: argparse.Namespace) -> int:
    library = _library(args)
    name = (args.name or args.file.name.split(".")[0]).upper()
    if not is_name(name):
        print(f"vm370 saved: {name}: expected a name of 1 to 8 letters and digits", file=sys.stderr)
        return 2
    if args.file.stat().st_size > LARGEST_FILE:
        print(f"vm370 saved: {args.file}: more than 16 MiB of pages", file=sys.stderr)
        return 1
    data = args.file.read_bytes()
    if data[:8] == b"VM370SAV":
        system = replace(read(args.file), name=name)
    else:
        system = _segment_file(args, data, name, library)
    if library.path(name).exists() and not args.force:
        print(f"vm370 saved: {name} is there already; --force replaces it", file=sys.stderr)
        return 1
    library.save(system)
    print(f"{name}: {sum(part.count for part in system.ranges)} pages at {system.first:06X}")
    return 0


def _segment_file(args: argparse.Namespace, data: bytes, name: str, library: SavedSystems) -> SavedSystem:
    """A file of emx370, with the pages that the options tell, or else those of the system name table."""
    known = library.definition(name)
    if known is None or args.first is not None or args.pages is not None:
        system = emxsegment.parse(data, args.file, name, args.first or 0, args.pages, ipl=args.ipl)
        return replace(system, storage=args.storage << 10)
    first, last = known.ranges[0].first, known.ranges[-1].last
    if sum(part.count for part in known.ranges) != last - first + 1:
        raise ImageError(f"{name}: its definition has gaps: tell --first and --pages")
    system = emxsegment.parse(data, args.file, name, first, last - first + 1, ipl=not known.is_segment)
    return replace(system, ranges=known.ranges, storage=known.storage, device=known.device or 0)


def _export(args: argparse.Namespace) -> int:
    system = read(_library(args).path(args.name.upper()))
    with create_file(args.file, overwrite=args.force) as file:
        file.write(0, system.pages)
    print(f"{args.file}: {len(system.pages)} bytes")
    return 0
