"""Spool files for a guest's reader, and the pages that DIAGNOSE X'14' makes of them, read as a channel would."""

from __future__ import annotations

from dataclasses import dataclass

from tests.diag.diagkit import Guest
from vm370.cp.io.unitrecord import Record
from vm370.cp.spool import PUNCH, READER, Destination
from vm370.images.ebcdic import from_ebcdic, to_ebcdic

NO_OPERATION, TIC, SKIP = 0x03, 0x08, 0x10


@dataclass(frozen=True, slots=True)
class Line:
    """A card or a line, and the command that made it."""

    command: int
    text: str


def sent(
    guest: Guest,
    rows: list[Line],
    *,
    kind: str = PUNCH,
    tag: str = "",
    hold: bool = False,
    spool_class: str = "A",
    name: str = "",
    filetype: str = "",
) -> int:
    """BETA sends a file to the guest's reader; its spool ID."""
    to = Destination(
        READER, guest.user.vm.userid, spool_class, hold=hold, name=name, type=filetype, tag=tag, dist="BIN 1"
    )
    records = [Record(row.command, to_ebcdic(row.text)) for row in rows]
    return guest.cp.spool.add(kind, "BETA", records, to).spoolid


def lines(page: bytes) -> list[Line]:
    """The records of a page, its tag left out: from CCW to CCW by the TICs."""
    found, at = [], 16
    for _ in range(int.from_bytes(page[12:16], "big")):
        command, where, flags = page[at], int.from_bytes(page[at + 1 : at + 4], "big"), page[at + 4]
        length = 0 if flags & SKIP else int.from_bytes(page[at + 6 : at + 8], "big")
        if command != NO_OPERATION or length == 0:
            found.append(Line(command, from_ebcdic(page[where : where + length])))
        assert page[at + 8] == TIC
        at = int.from_bytes(page[at + 9 : at + 12], "big")
    return found
