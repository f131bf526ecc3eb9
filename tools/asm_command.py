"""``vm370 asm``: assemble System/370 source into object decks and listings."""

from __future__ import annotations

import argparse
import json
import os
import sys
from datetime import datetime
from pathlib import Path

from vm370.tools.assembler import Assembly, Options, SourceError, SourceLibrary, assemble_file

HELP = "assemble System/370 source into an object deck and a listing"

EPILOG = """Messages go to standard error as FILE:LINE:COLUMN: ASMnnnS text.  The exit code is the highest severity: 0,
4 (warning), 8 (error), 12 (severe), 16 (MNOTE of 16 and more, or a file that cannot be read or written).  No deck is
written for 8 and more, unless --keep is given."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Operands and options."""
    parser.epilog = EPILOG
    parser.add_argument(
        "source", nargs="+", type=Path, metavar="SOURCE", help="source file: UTF-8 text, or EBCDIC card images"
    )
    parser.add_argument("-o", dest="deck", type=Path, metavar="DECK",
                        help="object deck, of all sources one after the other; default: SOURCE.text, here")  # fmt: skip
    parser.add_argument("--listing", type=Path, metavar="FILE", help="write the listing; - is standard output")
    parser.add_argument("--maclib", type=Path, action="append", default=[], metavar="LIB",
                        help="folder of macros (NAME.mac) and COPY members (NAME.copy), or MACLIB")  # fmt: skip
    parser.add_argument("--sysparm", default="", metavar="TEXT", help="value of &SYSPARM")
    parser.add_argument("--date", metavar="DATE", help="value of &SYSDATE and &SYSTIME: 2026-01-31 or 2026-01-31T12:00")
    parser.add_argument("--test", action="store_true", help="put SYM cards (symbols for debuggers) into the deck")
    parser.add_argument("--xref", choices=("full", "short", "none"), default="short",
                        help="cross-reference in the listing: all symbols, those in use, or none")  # fmt: skip
    parser.add_argument("--keep", action="store_true", help="write the deck even when there are errors")
    parser.add_argument("--json", action="store_true", help="result and messages as JSON on standard output")


def main(args: argparse.Namespace) -> int:
    """Exit code: highest severity."""
    try:
        return _run(args)
    except OSError as error:
        print(f"vm370 asm: {told(error)}", file=sys.stderr)
    except (SourceError, ValueError) as error:
        print(f"vm370 asm: {error}", file=sys.stderr)
    return 16


def _run(args: argparse.Namespace) -> int:
    date = datetime.fromisoformat(args.date) if args.date else None
    library = SourceLibrary(args.maclib)
    options = Options(args.test, args.xref)
    assemblies = []
    for source in args.source:
        assembly = assemble_file(source, library, sysparm=args.sysparm, date=date, options=options)
        assemblies.append((source, assembly))
        for message in assembly.messages:
            print(message, file=sys.stderr)
    worst = max(assembly.severity for _, assembly in assemblies)
    if args.listing is not None:
        text = "".join(assembly.listing for _, assembly in assemblies)
        if str(args.listing) == "-":
            sys.stdout.write(text)
        else:
            write_whole(args.listing, text.encode("utf-8"))
    written = []
    if args.deck is not None:
        if worst < 8 or args.keep:
            write_whole(args.deck, b"".join(assembly.deck for _, assembly in assemblies))
            written = [args.deck] * len(assemblies)
    else:
        for source, assembly in assemblies:
            if assembly.severity < 8 or args.keep:
                deck = Path(source.stem + ".text")
                write_whole(deck, assembly.deck)
                written.append(deck)
    if args.json:
        json.dump([_report(source, assembly) for source, assembly in assemblies], sys.stdout, indent=1)
        sys.stdout.write("\n")
    elif worst >= 8 and not args.keep:
        print("vm370 asm: errors, no deck written (--keep writes it)", file=sys.stderr)
    return worst


def _report(source: Path, assembly: Assembly) -> dict[str, object]:
    return {
        "source": str(source),
        "severity": assembly.severity,
        "statements": len(assembly.records),
        "cards": len(assembly.deck) // 80,
        "sections": [
            {"name": section.name, "type": section.type, "origin": section.origin, "length": section.length}
            for section in assembly.sections.values()
        ],
        "messages": [
            {
                "file": message.file,
                "line": message.line,
                "column": message.column,
                "severity": message.severity,
                "id": message.identifier,
                "text": message.text,
                "statement": message.statement,
                "source": message.source,
            }
            for message in assembly.messages
        ],
    }


def told(error: OSError) -> str:
    """What the host says is wrong with a file, as FILE: found ...; without the number of the error."""
    reason = (error.strerror or str(error)).lower()
    return f"{error.filename}: found {reason}" if error.filename else reason


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that it is there whole or not at all."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
