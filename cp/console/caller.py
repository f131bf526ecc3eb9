"""A terminal behind a connection: the session it has at CP, from the first byte to the last.

Every kind of terminal that comes through a door (doors.py) is a ``TerminalCaller``: it connects to CP as a terminal
with a real address of its own, and when the connection is gone the user is disconnected, not logged off.  The journal
has both.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from vm370.cp.console.terminal import Terminal
from vm370.cp.journal import terminal_name

if TYPE_CHECKING:
    from vm370.cp.session import Session
    from vm370.cp.system import System


class TerminalCaller:
    """What all terminals have in common."""

    door = ""
    """Name of the door, for the journal."""

    def __init__(self, system: System, peer: str, touched: Callable[[], None]) -> None:
        self.system = system
        self.peer = peer
        self.touched = touched
        self.terminal = Terminal()
        self.session: Session | None = None
        self.ended = False

    def connect(self, raddr: int | None = None) -> Session:
        """Be a terminal of CP from now on, at a real address or any."""
        if self.session is None:
            self.session = self.system.connect(self.terminal)
            if raddr is not None:
                self.session.raddr = raddr
            self.system.journal.record("CONNECT", terminal=terminal_name(self.session), door=self.door, peer=self.peer)
        return self.session

    def hang_up(self, reason: str) -> None:
        """The connection is gone: the user is disconnected."""
        self.ended = True
        session = self.session
        if session is None or session.closed:
            return
        self.terminal.held = False
        self.system.journal.record("HANGUP", session.userid, terminal=terminal_name(session), reason=reason)
        session.disconnected()
        self.system.sessions.remove(session)
        self.system.busy_sessions.pop(session, None)
        self.system.locked.discard(session)
