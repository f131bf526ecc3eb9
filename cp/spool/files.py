"""What CP knows about one spool file (VM/370's SFBLOK).

``queue`` is the chain the file waits in, ``kind`` the type of the device it was made on: a punch file that was spooled
to another user is in the RDR queue and still of kind PUN; a console file waits in the PRT queue.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

READER, PRINTER, PUNCH, CONSOLE = "RDR", "PRT", "PUN", "CON"
QUEUES = (READER, PRINTER, PUNCH)
LAST_SPOOLID = 9900
LONGEST_TAG = 136
MOST_COPIES = 99
STANDARD_FORM = "STANDARD"


@dataclass(frozen=True, slots=True)
class SpoolFile:
    """A closed spool file."""

    key: int
    """Identifies the file for ever; spool IDs are used again."""
    spoolid: int
    queue: str
    kind: str
    owner: str
    origin: str
    spool_class: str
    records: int
    """Cards, or printed lines (carriage control without data is not counted)."""
    copies: int
    user_hold: bool
    system_hold: bool
    dist: str
    name: str
    """File name, or a data set name of up to 24 characters (then ``type`` is empty)."""
    type: str
    tag: str
    created: datetime
    in_use: bool
    """Being read by a virtual reader, printed or punched."""
    form: str = STANDARD_FORM
    """Operator form: the paper or the cards it is meant for."""
    keep: bool = False
    """Kept in user hold after it was read, printed or punched."""

    @property
    def held(self) -> bool:
        """Not available for reading, printing or punching."""
        return self.user_hold or self.system_hold

    @property
    def hold_status(self) -> str:
        """NONE, USER, SYS or USYS, as QUERY shows it."""
        if self.user_hold:
            return "USYS" if self.system_hold else "USER"
        return "SYS" if self.system_hold else "NONE"


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a file goes when it is closed, and with what attributes."""

    queue: str
    owner: str
    spool_class: str = "A"
    copies: int = 1
    hold: bool = False
    dist: str = ""
    name: str = ""
    type: str = ""
    tag: str = ""
    form: str = STANDARD_FORM
    keep: bool = False
