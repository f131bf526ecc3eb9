"""``vm370 monitor``: list what MONITOR collected, from a reader file of a system or from a tape."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from vm370.cp.monitor.records import CLASSES, MonitorError, MonitorRecord, records_of
from vm370.cp.spool import Spool, SpoolError
from vm370.cp.system import HostClock
from vm370.images.errors import ImageError
from vm370.images.tapes.aws import AwsTape
from vm370.tools.home import home_path


def configure(parser: argparse.ArgumentParser) -> None:
    """Options."""
    parser.add_argument("file", help="a spool ID of the system's reader files, or the file of a tape (AWSTAPE, HET)")
    parser.add_argument("--home", help="the system's folder")
    parser.add_argument("--class", dest="only", metavar="NAME", help="only records of this class")
    parser.add_argument("--summary", action="store_true", help="only how many records there are of each kind")
    parser.add_argument("--json", action="store_true", help="one JSON object per line")


def main(args: argparse.Namespace) -> int:
    """Exit code 0; 2 when the file is not one of monitor records."""
    only = None
    if args.only:
        only = next((number for name, number in CLASSES.items() if name.upper().startswith(args.only.upper())), None)
        if only is None:
            print(f"vm370 monitor: --class {args.only}: expected one of {' '.join(CLASSES).upper()}", file=sys.stderr)
            return 2
    counts: Counter[str] = Counter()
    try:
        for block, data in enumerate(_blocks(args), 1):
            for record in records_of(data, f"{args.file}: block {block}"):
                if only is not None and (record.monitor_class != only or record.code > 90):
                    continue
                counts[f"{record.monitor_class} {record.name}"] += 1
                if not args.summary:
                    print(_line(record, args.json))
    except (MonitorError, SpoolError, ImageError, OSError) as error:
        print(f"vm370 monitor: {error}", file=sys.stderr)
        return 2
    if args.summary:
        print("\n".join(f"{count:8} {name}" for name, count in sorted(counts.items())))
    return 0


def _blocks(args: argparse.Namespace) -> Iterator[bytes]:
    if args.file.isdigit():
        spool = Spool(home_path(args.home) / "spool.db", HostClock(), system=False)
        try:
            file = spool.file(int(args.file))
            if file is None:
                raise MonitorError(f"spool file {args.file}: there is none")
            for record in spool.read(file):
                yield record.data
        finally:
            spool.close()
        return
    tape = AwsTape.open(Path(args.file), read_only=True, compression="none")
    try:
        while block := tape.read():
            yield block
    finally:
        tape.close()


def _line(record: MonitorRecord, as_json: bool) -> str:
    if as_json:
        head = {"class": record.monitor_class, "code": record.code, "name": record.name, "time": record.time}
        return json.dumps({**head, **record.values})
    fields = " ".join(f"{name}={value}" for name, value in record.values.items() if value not in (0, ""))
    return f"{record.time * 16 / 1e6:12.6f} {record.monitor_class} {record.code:2} {record.name:9} {fields}"
