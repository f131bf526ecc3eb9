"""What a program function key does that SET PFnn has defined.

IMMED text     the line is entered         TAB n ...   the cursor goes to the next of these columns
DELAY text     the line can be changed     RETRIEVE    the line typed before
               before it is entered        COPY        the screen as a printer spool file
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from vm370.cp.io.unitrecord import Record
from vm370.cp.spool import Destination, SpoolError
from vm370.images.ebcdic import to_ebcdic

if TYPE_CHECKING:
    from vm370.cp.machine import VirtualMachine

LONGEST_ROW = 132
WRITE_SPACE_1 = 0x09


def tabbed(text: str, cursor: int, columns: Sequence[int]) -> tuple[str, int]:
    """The line and the cursor after TAB: at the next column (from 1) behind the cursor, if there is one."""
    at = next((column - 1 for column in columns if column - 1 > cursor), cursor)
    return text.ljust(at), at


def copied(vm: VirtualMachine, rows: Sequence[str]) -> str:
    """COPY: the rows of the screen become a printer file of the user; what the console says about it."""
    records = [Record(WRITE_SPACE_1, to_ebcdic(row[:LONGEST_ROW], errors="replace")) for row in rows]
    try:
        file = vm.system.spool.add("PRT", vm.userid, records, Destination("PRT", vm.userid))
    except SpoolError as error:
        return f"%COPY: {error}"
    return f"%COPY: PRT FILE {file.spoolid:04}"
