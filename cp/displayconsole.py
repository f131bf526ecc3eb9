"""A virtual console that is a display (``CONSOLE 009 3270``): lines as a 3215, and whole screens by START I/O.

=========== ==========================================================================================
command     what happens
=========== ==========================================================================================
05 0D 11 0F erase/write, alternate, write structured field, erase all unprotected: full-screen mode
02 06       read buffer, read modified of the display
01          write to the display while the machine has it in full-screen mode, else a line of a 3215
others      as on a 3215 (cp/io/console.py)
=========== ==========================================================================================

On a terminal that has lines only the display is not ready (intervention required).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vm370.cp.devices import SpooledConsole
from vm370.cp.io.device import DeviceType, Outcome, Supply
from vm370.cp.io.display import ERASE_ALL_UNPROTECTED, READS, WRITE, WRITES, DisplayStation

if TYPE_CHECKING:
    from vm370.cp.console.terminal import Terminal
    from vm370.cp.machine import VirtualMachine
    from vm370.cp.spool.virtual import VirtualConsole


class DisplayConsole(SpooledConsole):
    """The console, and the display of the user's terminal behind it."""

    immediate = SpooledConsole.immediate | {ERASE_ALL_UNPROTECTED}

    def __init__(self, vm: VirtualMachine, spool: VirtualConsole, device_type: DeviceType) -> None:
        super().__init__(vm, spool, device_type)
        self._vm = vm
        self._station = DisplayStation()
        self._shown_on: Terminal | None = None
        """Where the program's screen was written to last."""

    @property
    def _terminal(self) -> Terminal | None:
        """The user's terminal, if it is a display."""
        session = self._vm.session
        return None if session is None or session.terminal.full_screen is None else session.terminal

    @property
    def _has_screen(self) -> bool:
        terminal = self._terminal
        if terminal is None or terminal.full_screen is None:
            return False
        return terminal.in_full_screen and terminal.full_screen.user is self

    # --- commands ---

    def start_chain(self) -> None:
        super().start_chain()
        self._station.start_chain()

    def execute(self, command: int, supply: Supply, count: int) -> Outcome:
        if command == WRITE and not self._has_screen:
            return super().execute(command, supply, count)
        if command not in WRITES | READS | {ERASE_ALL_UNPROTECTED}:
            return super().execute(command, supply, count)
        self._station.display = None if self._terminal is None else self
        outcome = self._station.execute(command, supply, count)
        self.sense = self._station.sense
        return outcome

    # --- the display, as the station sees it ---

    def write(self, command: int, data: bytes, *, chained: bool = False) -> None:
        """A write command; DisplayError."""
        terminal = self._terminal
        assert terminal is not None
        display = terminal.full_screen
        assert display is not None
        if display.user is not self:
            display.begin(self, self.attention)
        self._shown_on = terminal
        terminal.enter_full_screen()
        display.write(command, data, chained=chained)

    def read(self, command: int, *, chained: bool = False) -> bytes:
        """A read command."""
        terminal = self._terminal
        assert terminal is not None
        assert terminal.full_screen is not None
        return terminal.full_screen.read(command, chained=chained)

    def disconnected(self) -> None:
        """The station gave the display up."""

    # --- the end ---

    def _leave(self) -> None:
        terminal, self._shown_on = self._shown_on, None
        if terminal is not None and terminal.full_screen is not None and terminal.full_screen.user is self:
            terminal.full_screen.end()
            terminal.leave_full_screen()

    def reset(self) -> None:
        super().reset()
        self._leave()

    def close(self) -> None:
        self._leave()
        super().close()

    def save(self) -> Any:
        return {"console": super().save(), "display": self._station.save()}

    def restore(self, state: Any) -> None:
        super().restore(state["console"])
        self._station.restore(state["display"])
