"""The display behind a virtual console, for DIAGNOSE X'58' (full screens) and X'54' (the PA2 key).

A terminal that is a display has ``full_screen`` (cp/console/display3270.py); others have lines only, and then nothing
of this is present.  Keys with an attention identifier give the console an attention interruption while a program's
screen is in force.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vm370.cp.io.device import UnitStatus
from vm370.cp.io.display import DisplayError

if TYPE_CHECKING:
    from vm370.cp.console.display3270 import Display3270
    from vm370.cp.console.terminal import Terminal
    from vm370.cp.machine import VirtualMachine

INTERRUPT_KEY = 0x0040


class FullScreen:
    """The display of one machine's user, if he has one."""

    def __init__(self, vm: VirtualMachine) -> None:
        self._vm = vm
        self.pa1_for_guest = False
        """PA1 is an attention for the guest, as the last write asked for."""
        self._pa2_interrupts = False

    def reset(self) -> None:
        """System reset."""
        self.line_mode()
        self.pa1_for_guest = self._pa2_interrupts = False

    @property
    def _terminal(self) -> Terminal | None:
        session = self._vm.session
        return None if session is None or session.terminal.full_screen is None else session.terminal

    @property
    def _display(self) -> Display3270 | None:
        terminal = self._terminal
        return None if terminal is None else terminal.full_screen

    @property
    def present(self) -> bool:
        """There is a display behind the virtual console."""
        return self._display is not None

    @property
    def model(self) -> int | None:
        """2 to 5; None: it is no display."""
        display = self._display
        return None if display is None else display.screen.model

    @property
    def lines_waiting(self) -> bool:
        """Lines of CP stand on the screen that the person has not yet seen."""
        terminal = self._terminal
        return terminal is not None and terminal.covered

    def write(self, command: int, data: bytes, *, pa1_for_guest: bool) -> bool:
        """A 3270 write command; False: the data stream is wrong."""
        terminal, display = self._terminal, self._display
        assert terminal is not None
        assert display is not None
        display.user, display.on_interrupted = self, self.attention
        self.pa1_for_guest = pa1_for_guest
        try:
            display.write(command, data)
        except DisplayError:
            return False
        finally:
            terminal.enter_full_screen()
        return True

    def read(self, command: int) -> bytes:
        """A 3270 read command."""
        display = self._display
        assert display is not None
        return display.read(command)

    def line_mode(self) -> None:
        """The screen shows CP's lines again."""
        terminal, display = self._terminal, self._display
        if terminal is not None and display is not None and display.user is self:
            terminal.leave_full_screen()

    def attention(self) -> None:
        """A key with an attention identifier was pressed on a program's screen."""
        if self._vm.console is not None:
            self._vm.console.present(UnitStatus.ATTENTION)

    # --- PA2 ---

    def set_pa2(self, *, interrupts: bool) -> None:
        """What the PA2 key does with TERMINAL APL ON: an external interruption, or nothing for the guest."""
        self._pa2_interrupts = interrupts

    def pa2(self) -> bool:
        """The PA2 key in line mode: whether the guest has got it; if not, the terminal clears its output area."""
        vm = self._vm
        if not self._pa2_interrupts or not vm.terminal_options.apl or vm.in_cp or not vm.interruption_room:
            return False
        vm.external_interruption(INTERRUPT_KEY)
        return True
