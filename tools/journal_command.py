"""``vm370 journal``: who came and went, what was refused, what failed."""

from __future__ import annotations

import argparse
import json
import sys
import time
from datetime import datetime
from pathlib import Path

from vm370.cp.journal import APPLICATION_ID, FILE_NAME
from vm370.cp.recording import Record, RecordingError, opened, read
from vm370.tools.home import home_path
from vm370.tools.records import begin, configure_retention, keep

POLL_SECONDS = 0.25


def configure(parser: argparse.ArgumentParser) -> None:
    """Options."""
    parser.add_argument("--home", help="the system's folder")
    parser.add_argument("--user", default="", help="only what this user did or suffered")
    parser.add_argument("--event", action="append", default=[], help="only this event (LOGON, PASSWORD, LINK ...)")
    parser.add_argument("--since", default="", metavar="TIME", help="from 2024-01-31 or 2024-01-31T09:30 on, or 7 days")
    parser.add_argument("--follow", action="store_true", help="go on with what happens from now on, until interrupted")
    parser.add_argument("--json", action="store_true", help="one JSON object per line")
    configure_retention(parser)


def main(args: argparse.Namespace) -> int:
    """Exit code 0; 2 when there is no journal to be read."""
    path = home_path(args.home) / FILE_NAME
    try:
        if args.keep_days is not None or args.keep_records is not None:
            keep(path, APPLICATION_ID, args)
        else:
            _show(path, args)
    except (RecordingError, ValueError) as error:
        print(f"vm370 journal: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 0
    return 0


def _show(path: Path, args: argparse.Namespace) -> None:
    since = begin(args.since, datetime.now().astimezone())
    kinds = tuple(event.upper() for event in args.event)
    last = 0
    if not path.exists():
        raise RecordingError(f"{path}: there is no journal yet")
    with opened(path, APPLICATION_ID) as connection:
        while True:
            for record in read(connection, after=last, userid=args.user.upper(), kinds=kinds, since=since):
                last = record.number
                print(json.dumps(record.as_dict()) if args.json else line(record), flush=args.follow)
            if not args.follow:
                return
            time.sleep(POLL_SECONDS)


def line(record: Record) -> str:
    """One record for people."""
    fields = " ".join(f"{name}={value}" for name, value in record.fields.items() if value != "")
    return f"{record.time:%Y-%m-%d %H:%M:%S} {record.kind:10} {record.userid or '-':8} {fields}".rstrip()
