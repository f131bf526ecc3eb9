"""`vm370 print`: a printer file of the host to text or PDF.

FILE is what `vm370 disk get --binary` (F records: give --lrecl), `vm370 spool take --binary` (--spool) or a text file
of a listing (--text) is.  Without --control, column 1 tells: machine commands, ASA characters, or none.

Exit code 0: fine; 1: failed, and why was said; 2: wrong usage.
"""

from __future__ import annotations

import argparse
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

from vm370.images import printfile, text
from vm370.images.errors import BadImage
from vm370.images.printfile import CONTROLS, MACHINE
from vm370.tools import archives
from vm370.tools.archives import UsageError

HELP = "a printer file, with machine or ASA carriage control, to text or PDF"

SPOOL_LINE = struct.Struct(">HxxB")
LISTING = 121


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of `vm370 print`."""
    parser.add_argument("input", metavar="FILE")
    parser.add_argument("-o", dest="output", metavar="OUT", help="OUT.pdf is a PDF, any other text; default: show text")
    parser.add_argument("--control", choices=CONTROLS, help="what column 1 is (default: found out)")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--lrecl", type=int, metavar="N", help="EBCDIC records of N bytes")
    form.add_argument("--spool", action="store_true", help="records of `vm370 spool take --binary`")
    form.add_argument("--text", action="store_true", help="a text file, each line with its control character")
    parser.add_argument("--bars", action="store_true", help="PDF: paper with green bars")
    archives.add_translation(parser, binary=False)
    archives.add_output(parser)
    parser.set_defaults(work=_print, command="")


def main(args: argparse.Namespace) -> int:
    """Do what `configure` understood."""
    return archives.run(args)


def _print(args: argparse.Namespace) -> int:
    if args.lrecl is not None and args.lrecl < 1:
        raise UsageError(f"--lrecl {args.lrecl}: expected at least 1")
    data = archives.read_file(args.input)
    records = list(_records(data, args))
    control = MACHINE if args.spool else args.control or printfile.find_control(records, args.codepage)
    paper = printfile.printed(records, control, args.codepage, args.input)
    pdf = args.output is not None and Path(args.output).suffix.lower() == ".pdf"
    if args.bars and not pdf:
        raise UsageError("--bars: expected -o NAME.pdf")
    if pdf:
        made = printfile.to_pdf(paper, Path(args.input).name, args.bars)
    else:
        made = "".join(printfile.to_text(paper)).encode()
    if args.output is None:
        sys.stdout.write(made.decode())
        return 0
    archives.write_file(args.output, made, args)
    return 0


def _records(data: bytes, args: argparse.Namespace) -> Iterator[bytes]:
    if args.spool:
        yield from _spool_records(data, args.input)
        return
    if args.text or (args.lrecl is None and _is_text(data)):
        yield from text.to_records(text.host_lines(data, args.input), args.input, args.codepage, args.lossy)
        return
    length = args.lrecl or next((n for n in (LISTING, 133, 132, 80) if len(data) % n == 0), LISTING)
    if len(data) % length:
        raise BadImage(args.input, len(data) // length * length, f"{len(data) % length} bytes", f"records of {length}")
    for at in range(0, len(data), length):
        yield data[at : at + length]


def _is_text(data: bytes) -> bool:
    """A host text: it ends like one, and has more ASCII than EBCDIC blanks."""
    return data.endswith(b"\n") and data.count(0x20) >= data.count(0x40)


def _spool_records(data: bytes, where: str) -> Iterator[bytes]:
    at = 0
    while at < len(data):
        if at + SPOOL_LINE.size > len(data):
            raise BadImage(where, at, f"{len(data) - at} bytes", f"{SPOOL_LINE.size} bytes before a line")
        length, command = SPOOL_LINE.unpack_from(data, at)
        at += SPOOL_LINE.size
        if at + length > len(data):
            raise BadImage(where, at, f"{len(data) - at} bytes", f"a line of {length}")
        yield bytes([command]) + data[at : at + length]
        at += length
