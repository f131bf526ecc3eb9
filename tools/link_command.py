"""``vm370 link``: link object decks into a MODULE, an IPL deck, a storage image or one deck with fixed addresses."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from vm370.tools.asm_command import told, write_whole
from vm370.tools.linker import (
    LinkError,
    LoadModule,
    absolute_deck,
    ipl_deck,
    link,
    load_map,
    module_file,
    relocatable_deck,
)
from vm370.tools.linker.linkage import DEFAULT_ORIGIN

HELP = "link object decks into a MODULE, an IPL deck or a storage image"

FORMATS = ("module", "ipl", "image", "deck", "member")


def configure(parser: argparse.ArgumentParser) -> None:
    """Operands and options."""
    parser.epilog = (
        "Exit code 0, 4 with warnings, 8 when the decks cannot be linked, 16 when a file cannot be read or written."
    )
    parser.add_argument("deck", nargs="+", type=Path, metavar="DECK", help="object deck of 80-byte cards")
    parser.add_argument("-o", dest="output", type=Path, required=True, metavar="FILE", help="file to write")
    parser.add_argument("--format", choices=FORMATS, default="module",
                        help="module: CMS MODULE, halfword length before each record; ipl: cards to IPL from a reader;"
                             " image: storage from the origin on; deck: object deck with fixed addresses;"
                             " member: one object deck that can be linked again (of a TXTLIB)")  # fmt: skip
    parser.add_argument("--origin", type=_hexadecimal, metavar="HEX",
                        help=f"address of the first section (default {DEFAULT_ORIGIN:X})")  # fmt: skip
    parser.add_argument("--entry", metavar="NAME", help="entry point (default: END card, else the first section)")
    parser.add_argument("--map", type=Path, metavar="FILE", help="write the load map; - is standard output")
    parser.add_argument("--library", type=Path, action="append", default=[], metavar="LIB",
                        help="TXTLIB, or folder of decks (NAME.text .txt .obj), for automatic call")  # fmt: skip
    parser.add_argument("--unresolved", action="store_true", help="symbols that are not defined are 0 (a warning)")
    parser.add_argument("--system", action="store_true", help="module: as GENMOD (SYSTEM")
    parser.add_argument("--nomap", action="store_true", help="module: as GENMOD (NOMAP")


def _hexadecimal(text: str) -> int:
    try:
        return int(text.removeprefix("X'").rstrip("'"), 16)
    except ValueError:
        raise argparse.ArgumentTypeError(f"found {text!r}, expected a hexadecimal address") from None


def main(args: argparse.Namespace) -> int:
    """Exit code: 0, 4, 8 or 16."""
    try:
        again = args.format == "member"
        origin = args.origin if args.origin is not None else 0 if again else DEFAULT_ORIGIN
        module = link(args.deck, origin, args.entry, args.library, allow_unresolved=args.unresolved or again)
        if args.unresolved and not again:
            module.warnings += [f"symbol {name} is not defined, 0 is taken" for name in sorted(module.unresolved)]
        data = _form(module, args)
    except LinkError as error:
        for line in str(error).splitlines():
            print(f"vm370 link: {line}", file=sys.stderr)
        return 8
    except OSError as error:
        print(f"vm370 link: {told(error)}", file=sys.stderr)
        return 16
    for warning in module.warnings:
        print(f"vm370 link: warning: {warning}", file=sys.stderr)
    try:
        write_whole(args.output, data)
        if args.map is not None:
            if str(args.map) == "-":
                sys.stdout.write(load_map(module))
            else:
                write_whole(args.map, load_map(module).encode("utf-8"))
    except OSError as error:
        print(f"vm370 link: {told(error)}", file=sys.stderr)
        return 16
    return 4 if module.warnings else 0


def _form(module: LoadModule, args: argparse.Namespace) -> bytes:
    if args.format == "module":
        return module_file(module, system=args.system, map=not args.nomap)
    if args.format == "ipl":
        return ipl_deck(module)
    if args.format == "deck":
        return absolute_deck(module)
    if args.format == "member":
        return relocatable_deck(module, args.output.stem.upper()[:8])
    return module.image
