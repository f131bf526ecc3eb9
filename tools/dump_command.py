"""`vm370 dump`: what stands in a dump of a virtual machine (VMDUMP, images/vmdump.py).

FILE is the reader file as `vm370 spool take --binary` gives it.  Without --range: the state of the machine and which
storage there is.  Exit code 0: fine; 1: failed, and why was said; 2: wrong usage.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from typing import Any

from vm370.images.ebcdic import printable
from vm370.images.vmdump import PAGE, VmDump, parse
from vm370.tools import archives
from vm370.tools.archives import UsageError

HELP = "show a dump of a virtual machine (VMDUMP)"
LINE = 16
ALL_OF_IT = (0, (1 << 24) - 1)


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of `vm370 dump`."""
    parser.add_argument("input", metavar="FILE", help="a file that VMDUMP made, as `vm370 spool take --binary` has it")
    parser.add_argument(
        "--range", dest="ranges", action="append", type=_range, default=[], metavar="FIRST-LAST",
        help="list this storage (hexadecimal; FIRST alone: one line; ALL: all of it)",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="the same as JSON")
    parser.set_defaults(work=_show, command="")


def main(args: argparse.Namespace) -> int:
    """Do what `configure` understood."""
    return archives.run(args)


def _range(text: str) -> tuple[int, int]:
    if text.upper() == "ALL":
        return ALL_OF_IT
    match = re.fullmatch(r"([0-9A-Fa-f]{1,6})(?:-([0-9A-Fa-f]{1,6}))?", text)
    if match is None:
        raise argparse.ArgumentTypeError(f"{text}: expected FIRST-LAST in hexadecimal")
    first = int(match.group(1), 16)
    return first, int(match.group(2), 16) if match.group(2) else first


def _show(args: argparse.Namespace) -> int:
    for first, last in args.ranges:
        if last < first:
            raise UsageError(f"--range {first:X}-{last:X}: the end is before the beginning")
    dump = parse(archives.read_file(args.input), args.input)
    if args.json:
        archives.show_json(_data(dump, args.ranges))
        return 0
    for line in _state(dump):
        print(line)
    for line in _storage(dump, args.ranges):
        print(line)
    return 0


def _state(dump: VmDump) -> Iterator[str]:
    psw = dump.psw.hex().upper()
    yield f"{dump.userid} {dump.format}  {dump.description}".rstrip()
    yield f"STORAGE = {dump.storage >> 10:05}K  TOD = {dump.tod:016X}"
    yield f"PSW = {psw[:8]} {psw[8:]}"
    for name, values in (("GPR", dump.general), ("ECR", dump.control)):
        for at in range(0, 16, 4):
            yield f"{name} {at:2} = {' '.join(f'{value:08X}' for value in values[at : at + 4])}"
    for number, value in enumerate(dump.floating):
        yield f"FPR {2 * number:2} = {value:016X}"
    yield f"CPU TIMER = {dump.cpu_timer:016X}  CLOCK COMPARATOR = {dump.clock_comparator:016X}"
    yield f"PREFIX = {dump.prefix:08X}  INTERVAL TIMER = {dump.interval_timer:08X}"
    for first, last in dump.ranges():
        yield f"{first:06X} TO {last:06X}"


def _storage(dump: VmDump, ranges: list[tuple[int, int]]) -> Iterator[str]:
    """Four words on a line, the key where a block of 2 KiB begins; lines like the one before are left out."""
    for first, last in ranges:
        before, left_out = b"", 0
        for at, data, key in _lines(dump, first & -LINE, last):
            if data == before and key is None:
                left_out += 1
                continue
            if left_out:
                yield f"        {left_out} LINE(S) SAME AS ABOVE"
                left_out = 0
            before = data
            words = " ".join(data[i : i + 4].hex().upper() for i in range(0, LINE, 4))
            yield f"{at:06X}  {words} {'  ' if key is None else f'{key:02X}'} *{printable(data)}*"
        if left_out:
            yield f"        {left_out} LINE(S) SAME AS ABOVE"


def _lines(dump: VmDump, first: int, last: int) -> Iterator[tuple[int, bytes, int | None]]:
    for page in dump.pages:
        for offset in range(0, PAGE, LINE):
            at = page.address + offset
            if first <= at <= last:
                key = {0: page.key1, PAGE // 2: page.key2}.get(offset)
                yield at, page.data[offset : offset + LINE], key


def _data(dump: VmDump, ranges: list[tuple[int, int]]) -> dict[str, Any]:
    return {
        "userid": dump.userid,
        "format": dump.format,
        "description": dump.description,
        "tod": f"{dump.tod:016X}",
        "storage": dump.storage,
        "psw": dump.psw.hex().upper(),
        "general": [f"{value:08X}" for value in dump.general],
        "floating": [f"{value:016X}" for value in dump.floating],
        "control": [f"{value:08X}" for value in dump.control],
        "cpu_timer": f"{dump.cpu_timer:016X}",
        "clock_comparator": f"{dump.clock_comparator:016X}",
        "prefix": f"{dump.prefix:08X}",
        "interval_timer": f"{dump.interval_timer:08X}",
        "ranges": [[f"{first:06X}", f"{last:06X}"] for first, last in dump.ranges()],
        "lines": [
            {"address": f"{at:06X}", "data": data.hex().upper()} | ({} if key is None else {"key": f"{key:02X}"})
            for first, last in ranges
            for at, data, key in _lines(dump, first & -LINE, last)
        ],
    }
