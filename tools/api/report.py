"""A guest's state for people: what an exception, and a failed test, show.

``next_instructions`` executes a few instructions more, one at a time, of a guest that ran away; of one that does not
run the instructions at its PSW are shown, and those of its last program interruption.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vm370.cp.s370.disassembler import disassemble, instruction_length
from vm370.cp.s370.psw import Psw
from vm370.cp.tracing import Recorder, Step, peek

if TYPE_CHECKING:
    from vm370.cp.machine import VirtualMachine
    from vm370.tools.api.guestbase import GuestBase

CONSOLE_LINES = 20
SCREEN_LINES = 24
INSTRUCTIONS = 12
PROGRAM_OLD_PSW = 0x28


@dataclass(frozen=True, slots=True)
class Report:
    """What is known about a guest at one moment."""

    userid: str
    state: str
    psw: str
    program_old_psw: str
    """Where the last program interruption was."""
    console: tuple[str, ...]
    """The last lines of the console."""
    screen: tuple[str, ...]
    """The screen, when it is not the console's lines."""
    instructions: tuple[str, ...]
    """The last ones that were executed, or those around the PSW."""
    executed: int
    """Instructions since LOGON."""

    def sections(self) -> list[tuple[str, str]]:
        """Titles and texts."""
        found = [(f"{self.userid} console", "\n".join(self.console))]
        if self.screen:
            found.append((f"{self.userid} screen", "\n".join(self.screen)))
        words = f"{self.state}, PSW {self.psw}, program old PSW {self.program_old_psw}, {self.executed:,} instructions"
        found.append((f"{self.userid} PSW", words))
        if self.instructions:
            found.append((f"{self.userid} instructions", "\n".join(self.instructions)))
        return found

    def __str__(self) -> str:
        return "\n".join(f"--- {title}\n{text}" for title, text in self.sections())


class _Watcher:
    """Notes what is executed."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self._recorder = Recorder(self.steps.append)

    def before(self, vm: VirtualMachine) -> None:
        """The engine is entered next."""
        self._recorder.before(vm.cpu)

    def after(self, vm: VirtualMachine) -> None:
        """The engine was left."""
        self._recorder.after(vm.cpu, "")


def next_instructions(vm: VirtualMachine, count: int = INSTRUCTIONS) -> list[str]:
    """Execute ``count`` instructions more and list them."""
    watcher = _Watcher()
    vm.execution.tracer, vm.execution.pause_at = watcher, None
    try:
        vm.run_slice(count)
    finally:
        vm.execution.tracer = None
    return [step.line() for step in watcher.steps]


def instructions_at(vm: VirtualMachine, address: int, count: int = 6) -> list[str]:
    """The instructions from ``address`` on."""
    lines = []
    for _ in range(count):
        code = peek(vm.cpu, address, 6)
        if not code:
            break
        lines.append(disassemble(code, address))
        address = address + instruction_length(code) & 0xFFFFFF
    return lines


def report_of(guest: GuestBase, executed: list[str] | None = None) -> Report:
    """The state of ``guest``; ``executed``: its last instructions."""
    vm = guest.vm
    code = vm.storage.read(PROGRAM_OLD_PSW, 8)
    old = Psw.from_bytes(code)
    if executed is None:
        executed = [f"at the PSW: {line}" for line in instructions_at(vm, vm.cpu.ia, 4)]
        if old.address:
            begin = old.address - 2 * (old.ilc if not old.ec else 0) & 0xFFFFFF
            executed += [f"program old PSW: {line}" for line in instructions_at(vm, begin, 4)]
    return Report(
        userid=vm.userid,
        state=guest.state_name,
        psw=vm.psw_text(),
        program_old_psw=f"{code[:4].hex().upper()} {code[4:].hex().upper()}",
        console=tuple(guest.console[-CONSOLE_LINES:]),
        screen=guest.display_lines(),
        instructions=tuple(executed),
        executed=vm.cpu.instructions,
    )
