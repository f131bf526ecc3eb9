"""A terminal that has dialed a virtual machine (DIAL): it belongs to one of the machine's devices, not to CP.

    Session.dialed --+-- DialedDisplay --- Display3270 --- DisplayStation     GRAF
                     '-- DialedLine ---------------------- CommunicationLine  LINE

A terminal that is a display itself shows the program's screen.  On one that has lines only, a display is shown by the
rows that the program has changed; a line that is entered is typed at the cursor, and ENTER pressed.  The connection
ends when the machine gives the device up (LOGOFF, DETACH, RESET, a disabled line) or the terminal goes away.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from vm370.cp.accounting import DEVICE
from vm370.cp.console.display3270 import Display3270
from vm370.cp.console.screen3270 import ENTER
from vm370.cp.console.terminal import Origin
from vm370.cp.io.display import DisplayStation
from vm370.cp.io.line import CommunicationLine
from vm370.images.ebcdic import from_ebcdic

if TYPE_CHECKING:
    from vm370.cp.machine import VirtualMachine
    from vm370.cp.session import Session

PA1 = 0x6C


class Dialed(ABC):
    """A connection: ``session``'s terminal and the device at ``vaddr`` of ``host``."""

    device_type = ""

    def __init__(self, session: Session, host: VirtualMachine, vaddr: int) -> None:
        self.session = session
        self.host = host
        self.vaddr = vaddr
        self.since = host.system.clock.monotonic()

    @property
    def raddr(self) -> int:
        """Real address of the terminal."""
        return self.session.raddr

    @property
    @abstractmethod
    def reading(self) -> bool:
        """The program lets the person type."""

    @abstractmethod
    def enter(self, line: str) -> None:
        """A line was typed."""

    @abstractmethod
    def attention(self) -> None:
        """The attention key."""

    @abstractmethod
    def hang_up(self) -> None:
        """The terminal goes away."""

    def disconnected(self) -> None:
        """The machine gave the device up."""
        self.ended()
        self.session.dropped()

    def ended(self) -> None:
        """What the use of the device costs."""
        system = self.host.system
        seconds = int(system.clock.monotonic() - self.since)
        system.accounting.device(self.host, DEVICE, seconds, device_type=self.device_type)


class DialedDisplay(Dialed):
    """A terminal as a display station: its own screen, or one that is shown by its rows."""

    device_type = "GRAF"

    def __init__(self, session: Session, host: VirtualMachine, vaddr: int, station: DisplayStation) -> None:
        super().__init__(session, host, vaddr)
        self._display = session.terminal.full_screen or Display3270(changed=self._show_rows)
        self._shown: list[str] = []
        self._station = station
        self._display.begin(station)

    def connect(self) -> None:
        """The device becomes ready."""
        self._station.connect(self)

    def write(self, command: int, data: bytes, *, chained: bool = False) -> None:
        """A write command of the program."""
        if self._display is self.session.terminal.full_screen:
            self.session.terminal.enter_full_screen()
        self._display.write(command, data, chained=chained)

    def read(self, command: int, *, chained: bool = False) -> bytes:
        """A read command of the program."""
        return self._display.read(command, chained=chained)

    @property
    def reading(self) -> bool:
        return not self._display.screen.locked

    def enter(self, line: str) -> None:
        self._display.type(line)
        self._display.press(ENTER)

    def attention(self) -> None:
        self._display.press(PA1)

    def hang_up(self) -> None:
        self._station.disconnect()
        self.ended()

    def ended(self) -> None:
        self._display.end()
        self.session.terminal.leave_full_screen()
        super().ended()

    def _show_rows(self) -> None:
        """Show the rows that are not as they were."""
        screen = self._display.screen
        rows = [from_ebcdic(screen.text(row)).rstrip() for row in range(screen.rows)]
        before, self._shown = self._shown, rows
        for number, row in enumerate(rows):
            if row and (number >= len(before) or row != before[number]):
                self.session.terminal.write(row, Origin.GUEST)


class DialedLine(Dialed):
    """A terminal on a communication line."""

    device_type = "LINE"

    def __init__(self, session: Session, host: VirtualMachine, vaddr: int, line: CommunicationLine) -> None:
        super().__init__(session, host, vaddr)
        self._line = line

    def connect(self) -> None:
        """The line is answered."""
        self._line.connect(self)

    def print(self, text: str) -> None:
        """What the program sent."""
        *lines, last = text.split("\n")
        for line in lines:
            self.session.terminal.write(line, Origin.GUEST)
        if last:
            self.session.terminal.write_partial(last)

    @property
    def reading(self) -> bool:
        return True  # what is typed ahead waits

    def enter(self, line: str) -> None:
        self._line.enter(line)

    def attention(self) -> None:
        self._line.attention()

    def hang_up(self) -> None:
        self._line.disconnect()
        self.ended()
