"""The impurity meter: what CP had to do because the machine is virtual, and what the guest saved by knowing it.

*Mapped* is what trapped: privileged instructions that CP simulated, interruptions that it reflected, channel programs
that it translated CCW by CCW.  *Skipped* is what a guest that did not know CP would have trapped for the same work.
It is counted like this:

    a channel program     costs three traps on a machine without assists: SIO, the LPSW that waits for its end, and
                          the LPSW that ends the I/O interruption's handler
    a DIAGNOSE that does  stands for one channel program, or for one for each PROGRAM_BYTES that DIAGNOSE has moved,
    I/O (IO_FUNCTIONS)    whichever are more in all; it cost one trap itself

    skipped traps = 3 * channel programs replaced - calls of IO_FUNCTIONS

What SET ASSIST and native code do without CP (SVC, LPSW, SSM, keys, program interruptions) is no trap and is counted
nowhere; how often native code was left, and why, is in ``exits``.  Times are the host's: in CP for this guest, and
inside the guest's instructions.  Figures of users who logged off stay in those of the system.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vm370.cp.machine import VirtualMachine

TRAPS_OF_A_CHANNEL_PROGRAM = 3
PROGRAM_BYTES = 4096
IO_FUNCTIONS = frozenset({0x18, 0x20, 0x24, 0x58, 0xA4, 0xA8, 0x110, 0x210, 0x250})
"""DIAGNOSE codes that do what a pure guest does with a channel program."""


@dataclass(slots=True)
class Impurity:
    """The figures of one guest or of several."""

    traps: Counter[str] = field(default_factory=Counter)
    simulated: Counter[str] = field(default_factory=Counter)
    reflected: Counter[str] = field(default_factory=Counter)
    hypercalls: Counter[int] = field(default_factory=Counter)
    exits: Counter[str] = field(default_factory=Counter)
    start_ios: int = 0
    ccws: int = 0
    bytes_moved: int = 0
    bytes_by_diagnose: int = 0
    cp_ns: int = 0
    guest_ns: int = 0
    instructions: int = 0

    @property
    def trap_count(self) -> int:
        """All traps."""
        return sum(self.traps.values())

    @property
    def io_calls(self) -> int:
        """Calls of DIAGNOSE functions that do I/O."""
        return sum(count for code, count in self.hypercalls.items() if code in IO_FUNCTIONS)

    @property
    def programs_replaced(self) -> int:
        """Channel programs that DIAGNOSE calls stood for."""
        return max(self.io_calls, -(-self.bytes_by_diagnose // PROGRAM_BYTES))

    @property
    def traps_skipped(self) -> int:
        """Traps that those would have cost beyond the DIAGNOSE instructions themselves."""
        return max(TRAPS_OF_A_CHANNEL_PROGRAM * self.programs_replaced - self.io_calls, 0)

    def add(self, other: Impurity) -> None:
        """Together with the figures of another guest."""
        for each in fields(self):
            mine, theirs = getattr(self, each.name), getattr(other, each.name)
            if isinstance(mine, Counter):
                mine.update(theirs)
            else:
                setattr(self, each.name, mine + theirs)

    def as_dict(self) -> dict[str, Any]:
        """For --json."""
        answer = {each.name: getattr(self, each.name) for each in fields(self)}
        answer["hypercalls"] = {f"{code:02X}": count for code, count in sorted(self.hypercalls.items())}
        answer["programs_replaced"], answer["traps_skipped"] = self.programs_replaced, self.traps_skipped
        return answer


def of_guest(vm: VirtualMachine) -> Impurity:
    """The figures of a guest since LOGON."""
    c = vm.counters
    return Impurity(
        traps=Counter(c.traps),
        simulated=Counter(c.simulated),
        reflected=Counter(c.reflected),
        hypercalls=Counter(c.hypercalls),
        exits=Counter(vm.execution.work().exits),
        start_ios=c.start_ios,
        ccws=vm.channels.ccws,
        bytes_moved=vm.bytes_moved,
        bytes_by_diagnose=vm.bytes_moved - vm.channels.bytes_moved,
        cp_ns=c.cp_ns,
        guest_ns=c.guest_ns,
        instructions=vm.cpu.instructions,
    )


class Meter:
    """The figures of a system."""

    def __init__(self) -> None:
        self._past = Impurity()

    def logged_off(self, vm: VirtualMachine) -> None:
        """A guest ends: its figures stay."""
        self._past.add(of_guest(vm))

    def total(self, machines: list[VirtualMachine]) -> Impurity:
        """Of all guests that are and were logged on."""
        answer = Impurity()
        answer.add(self._past)
        for vm in machines:
            answer.add(of_guest(vm))
        return answer
