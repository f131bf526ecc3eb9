"""``vm370 account``: what users used: totals per user, single records, or the 80-column images that VM/370 punches."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from vm370.cp.accounting import APPLICATION_ID, FILE_NAME, TYPE_1_FIELDS, USER, card
from vm370.cp.recording import Record, RecordingError, opened, read
from vm370.tools.home import home_path
from vm370.tools.records import begin, configure_retention, keep


def configure(parser: argparse.ArgumentParser) -> None:
    """Options."""
    parser.add_argument("--home", help="the system's folder")
    parser.add_argument("--user", default="", help="only this user")
    parser.add_argument("--type", action="append", default=[], help="only records of this type (01 to 06, C0)")
    parser.add_argument("--since", default="", metavar="TIME", help="from 2024-01-31 or 2024-01-31T09:30 on, or 7 days")
    parser.add_argument("--records", action="store_true", help="single records, not totals")
    parser.add_argument("--cards", metavar="FILE", help="write 80-byte card images (EBCDIC, binary fields) to FILE")
    parser.add_argument("--json", action="store_true", help="the answer as JSON")
    configure_retention(parser)


def main(args: argparse.Namespace) -> int:
    """Exit code 0; 2 when there is nothing to be read."""
    path = home_path(args.home) / FILE_NAME
    try:
        if args.keep_days is not None or args.keep_records is not None:
            keep(path, APPLICATION_ID, args)
            return 0
        if not path.exists():
            raise RecordingError(f"{path}: there are no accounting records yet")
        since = begin(args.since, datetime.now().astimezone())
        kinds = tuple(kind.upper().zfill(2) for kind in args.type)
        with opened(path, APPLICATION_ID) as connection:
            records = list(read(connection, userid=args.user.upper(), kinds=kinds, since=since))
        if args.cards:
            with open(args.cards, "wb") as file:
                file.writelines(card(record) for record in records)
            print(f"{args.cards}: {len(records)} cards")
        elif args.records:
            _show_records(records, args.json)
        else:
            _show_totals(totals(records), args.json)
    except (RecordingError, OSError, ValueError) as error:
        print(f"vm370 account: {error}", file=sys.stderr)
        return 2
    return 0


def totals(records: Iterable[Record]) -> list[dict[str, Any]]:
    """Type 01 records added up for each user and account number, in alphabetical order."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for record in records:
        if record.kind == USER:
            key = (record.userid, str(record.fields.get("account", "")))
            total = found.setdefault(key, {"userid": key[0], "account": key[1], "records": 0})
            total["records"] += 1
            for name in TYPE_1_FIELDS:
                total[name] = total.get(name, 0) + int(record.fields.get(name, 0))
    return [found[key] for key in sorted(found)]


def _show_totals(found: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        print(json.dumps(found, indent=2))
        return
    print("USERID   ACCOUNT   SESSIONS   CONNECT    TOTCPU   VIRTCPU        SIO    PUN    PRT    RDR")
    for total in found:
        minutes, seconds = divmod(total["connect_seconds"], 60)
        print(
            f"{total['userid']:8} {total['account']:8} {total['records']:9} {minutes // 60:5}:{minutes % 60:02}:"
            f"{seconds:02}{total['total_ms'] / 1000:9.2f}{total['virtual_ms'] / 1000:10.2f} {total['sio']:10} "
            f"{total['punched']:6} {total['printed']:6} {total['read']:6}"
        )


def _show_records(records: list[Record], as_json: bool) -> None:
    if as_json:
        print(json.dumps([record.as_dict() for record in records], indent=2))
        return
    for record in records:
        fields = " ".join(f"{name}={value}" for name, value in record.fields.items() if value not in ("", 0))
        print(f"{record.time:%Y-%m-%d %H:%M:%S} {record.kind} {record.userid:8} {fields}")
