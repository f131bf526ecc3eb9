"""What ``vm370 journal`` and ``vm370 account`` share: times on the command line, and the retention rule."""

from __future__ import annotations

import argparse
import re
from datetime import datetime, timedelta
from pathlib import Path

from vm370.cp.recording import RecordingError, Retention, opened, retention, set_retention

_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def begin(text: str, now: datetime) -> str:
    """An ISO time with zone, from ``2024-01-31``, ``2024-01-31T09:30``, or ``7 days`` (7d, 12h, 30m) ago."""
    if not text:
        return ""
    ago = re.fullmatch(r"(\d{1,6}) ?([mhd])[a-z]*", text)
    if ago is not None:
        return (now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})).isoformat()
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"--since {text}: expected a date, a date with a time, or a number of days") from None
    return (found if found.tzinfo is not None else found.replace(tzinfo=now.tzinfo)).isoformat()


def configure_retention(parser: argparse.ArgumentParser) -> None:
    """Options that change the rule."""
    parser.add_argument("--keep-days", type=int, metavar="N", help="from now on keep records of N days; shows the rule")
    parser.add_argument("--keep-records", type=int, metavar="N", help="from now on keep N records at most")


def keep(path: Path, application_id: int, args: argparse.Namespace) -> None:
    """Change the rule as the options say, and show it."""
    for number in (args.keep_days, args.keep_records):
        if number is not None and not 1 <= number <= 1_000_000_000:
            raise RecordingError(f"retention rule: found {number}, expected 1 to 1000000000")
    with opened(path, application_id) as connection:
        old = retention(connection)
    days = old.days if args.keep_days is None else min(args.keep_days, 36_500)
    records = old.records if args.keep_records is None else args.keep_records
    set_retention(path, application_id, Retention(days, records), datetime.now().astimezone())
    print(f"records of {days} days are kept, {records} at most")
