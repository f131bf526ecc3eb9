"""A start after CP was killed: the operator is told once what was recovered."""

from __future__ import annotations

from pathlib import Path

from tests.cp.commands.cpkit import StoppedClock, User
from vm370.cp.io.unitrecord import Record
from vm370.cp.spool import PRINTER, READER, Destination, Spool
from vm370.cp.system import System


def test_what_was_recovered_is_told_once(home: Path, clock: StoppedClock) -> None:
    spool = Spool(home / "spool.db", clock)
    for queue in (PRINTER, READER):
        spool.add(queue, "ALPHA", [Record(9, b"\xc1")], Destination(queue, "ALPHA"))
    assert spool.open_output_file(PRINTER, "A") is not None
    spool.create(PRINTER, "ALPHA").append(Record(9, b"\xc1"))
    spool.close()  # as if it was killed
    told = []
    for _ in range(2):
        system = System(home, clock)
        operator = User(system)
        told.append([line for line in operator.type("LOGON OPERATOR OPERATOR NOIPL") if "FILES" in line])
        system.shutdown()
    assert told == [
        ["SYSTEM WARM START; FILES: 001 RDR, 001 PRT, 000 PUN", "001 OPEN FILES PURGED, 001 ACTIVE FILES REQUEUED"],
        [],
    ]
