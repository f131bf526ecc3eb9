"""One client of the TN3270 door as CP sees it: a terminal with a session, whatever its front is.

    bytes --> Protocol --events--> Station --+-- Screens      a 3270 (screens.py)
                                             '-- Typewriter   an NVT (typewriter.py)

The terminal's LU name is ``LU`` and its real address, which a client may ask for (CONNECT).  A client that has not said
what it is after ANSWER_SECONDS is an NVT, until it says something else.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from vm370.cp.console.caller import TerminalCaller
from vm370.cp.console.doors import CallerError
from vm370.cp.console.terminal import Origin
from vm370.cp.console.tn3270.protocol import (
    LONGEST_LINE,
    Attention,
    Entered,
    Event,
    LineTooLong,
    Protocol,
    Ready,
    SystemRequest,
)
from vm370.cp.console.tn3270.records import Reason
from vm370.cp.console.tn3270.screens import Screens
from vm370.cp.console.tn3270.telnet import TelnetError
from vm370.cp.console.tn3270.typewriter import Typewriter
from vm370.cp.session import FIRST_TERMINAL

if TYPE_CHECKING:
    from vm370.cp.system import System

ANSWER_SECONDS = 1.0
LAST_TERMINAL = 0xFFF
_NAME = re.compile(r"LU([0-9A-F]{3})", re.IGNORECASE)


class Station(TerminalCaller):
    """A client."""

    door = "TN3270"

    def __init__(self, system: System, peer: str, touched: Callable[[], None]) -> None:
        super().__init__(system, peer, touched)
        self._protocol = Protocol(self._choose_name)
        self._front: Screens | Typewriter | None = None
        self._began = system.clock.monotonic()

    # --- what the door calls ---

    def begin(self) -> None:
        """The client is asked what it is."""
        self._protocol.start()

    def receive(self, data: bytes) -> None:
        """What came.  CallerError."""
        try:
            for event in self._protocol.receive(data):
                self._event(event)
        except TelnetError as error:
            raise CallerError(str(error)) from error

    def output(self) -> bytes:
        """What has to be sent."""
        if self._front is not None:
            self._front.send()
        return self._protocol.output()

    def waiting(self) -> int:
        """Bytes that ``output`` would give."""
        return 0 if self._front is None else self._front.waiting()

    def look(self, now: float) -> None:
        """Time has passed, or something was written."""
        if self._front is None and now - self._began >= ANSWER_SECONDS:
            for event in self._protocol.no_answer():
                self._event(event)
        if self._front is not None:
            self._front.look(now)

    def hang_up(self, reason: str) -> None:
        """The connection is gone."""
        if self._front is not None:
            self._front.send()
            self._front.leave()
            self._front = None
        self._protocol.end()
        super().hang_up(reason)

    # --- what the client does ---

    def _event(self, event: Event) -> None:
        if isinstance(event, Ready):
            self._ready(event)
            return
        front = self._front
        if front is None:
            return
        match event:
            case Entered(text):
                front.typed(text)
            case Attention():
                front.attention()
            case SystemRequest():
                if isinstance(front, Screens):
                    front.system_request()
            case LineTooLong():
                self.terminal.write(f"NOT ACCEPTED: A LINE HAS AT MOST {LONGEST_LINE} CHARACTERS", Origin.CP)
            case _:
                front.receive(event)
        self.touched()

    def _ready(self, ready: Ready) -> None:
        self.connect()
        if self._front is not None:
            self._front.leave()
        if ready.display is None:
            self._front = Typewriter(self, self._protocol)
        else:
            self._front = Screens(self, self._protocol, ready.display)
        self.touched()

    def _choose_name(self, name: str) -> str | Reason:
        """The LU name is the terminal's real address."""
        if self.session is not None:
            return self._name() if name.upper() in ("", self._name()) else Reason.DEVICE_IN_USE
        match = _NAME.fullmatch(name)
        if name and match is None:
            return Reason.INV_NAME
        raddr = int(match[1], 16) if match is not None else None
        if raddr is not None and not FIRST_TERMINAL <= raddr <= LAST_TERMINAL:
            return Reason.INV_NAME
        if raddr in self.system.terminal_addresses():
            return Reason.DEVICE_IN_USE
        self.connect(raddr)
        return self._name()

    def _name(self) -> str:
        return "" if self.session is None else f"LU{self.session.raddr:03X}"
