"""The journal: who came and went, what was refused, what failed (``vm370 journal``); ``journal.db`` in the home.

``record`` never fails and never waits (recording.py).  The events and their fields:

    CONNECT     a terminal came through a door: terminal, door, peer
    HANGUP      its connection is gone: terminal, reason
    LOGON LOGOFF RECONNECT DISCONNECT   terminal          FORCE     by
    PASSWORD    wrong logon password: terminal, count     AUTOLOG   by
    LINK        somebody else's minidisk: owner, vaddr,   LINKPASS  wrong LINK password: owner, vaddr, count
                mode                                      DIAL      to, vaddr
    FAULT       a fault inside CP: text                   DIRECT    the directory was replaced
    START SHUTDOWN                                        ATTACH DETACH  raddr, vaddr

Passwords are never in it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from vm370.cp.recording import Clock, Recorder, Value

if TYPE_CHECKING:
    from vm370.cp.session import Session

APPLICATION_ID = 0x564D4A52  # "VMJR"
FILE_NAME = "journal.db"
LONGEST_FIELD = 500


class Journal:
    """The journal of a running system."""

    def __init__(self, home: Path, clock: Clock, tell: Callable[[str], None]) -> None:
        self._recorder = Recorder(home / FILE_NAME, APPLICATION_ID, clock, tell)

    def record(self, event: str, userid: str = "", **fields: Value) -> None:
        """Something happened to or by a user."""
        shortened = {name: value[:LONGEST_FIELD] if isinstance(value, str) else value for name, value in fields.items()}
        self._recorder.add(event, userid, shortened)

    def close(self) -> None:
        """The end."""
        self._recorder.close()


def terminal_name(session: Session | None) -> str:
    """Real address of a terminal as the journal and accounting records have it; DSC for a disconnected user."""
    return "DSC" if session is None else f"{session.raddr:03X}"
