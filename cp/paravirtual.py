"""What a guest that knows CP gets instead of traps: a wait with a time limit, interruptions in a list, a status page.

DIAGNOSE X'104', X'108' and X'10C' ask for these (diag/); ``cp/execution.py`` keeps one of these objects for each
machine.  Here "pending" means: enabled in control register 0 or 2 (channels 0 to 5 of BC mode always), whatever the
PSW says.

The status page is in the guest's storage, and CP only writes it::

    offset  length                                      offset  length
      0       4     sequence number, odd while CP         40      8     traps
                    changes the page                      48      8     DIAGNOSE instructions
      4       2     version, 1                            56      8     START I/O instructions
      6       2     length, 96                            64      8     interruptions reflected
      8       8     TOD clock                             72      8     bytes moved to and from devices
     16       8     virtual CPU time, microseconds        80      8     instructions executed
     24       8     total CPU time, microseconds          88      8     0
     32       4     local time minus GMT, seconds
     36       4     pending: X'80000000' external, X'40000000' I/O

It is written when the guest is about to be entered: after each trap, interruption and time slice; with SET TIMER
VIRTUAL not where only a slice ends, so that it is as repeatable as the clocks.  What becomes pending while the guest
runs is shown at once in the word at 36, outside the sequence.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vm370.cp import traps
from vm370.cp.io.channel import NEVER
from vm370.cp.s370.clocks import MICROSECOND, RealTime, VirtualTime

if TYPE_CHECKING:
    from vm370.cp.machine import VirtualMachine

EXTERNAL, INPUT_OUTPUT = 0x80000000, 0x40000000
PAGE_VERSION, PAGE_LENGTH, PENDING_OFFSET = 1, 96, 36
PAGE_KEY = 0xF0
_PAGE = struct.Struct(">IHHQQQiIQQQQQQQ")
_ENTRY = struct.Struct(">BBHI8s")
EXTERNAL_ENTRY, IO_ENTRY = 1, 2
HAS_PARAMETER = 0x80
ALL_BC_CHANNELS = 0xFC000000


@dataclass(frozen=True, slots=True)
class Pause:
    """A wait that the guest asked for: what ends it, and when (time of the clocks' source), if ever."""

    mask: int
    deadline: int | None


class Paravirtual:
    """What one machine has of it."""

    def __init__(self, vm: VirtualMachine) -> None:
        self._vm = vm
        self.pause: Pause | None = None
        self.page: int | None = None
        """Address of the status page."""
        self._sequence = 0
        self._zone = 0

    def reset(self) -> None:
        """System reset."""
        self.pause = self.page = None

    # --- what is pending ---

    def pending(self) -> int:
        """EXTERNAL and INPUT_OUTPUT, as far as something is pending."""
        vm = self._vm
        found = EXTERNAL if vm.execution.external_pending() else 0
        return found | (INPUT_OUTPUT if vm.channels.pending_mask & self._channels() else 0)

    def _channels(self) -> int:
        cpu = self._vm.cpu
        return int(cpu.cr[2]) if cpu.ec else ALL_BC_CHANNELS | cpu.cr[2] & ~ALL_BC_CHANNELS

    # --- the wait ---

    def wait(self, mask: int, microseconds: int | None) -> tuple[int, int | None]:
        """Wait until something of ``mask`` is pending or the time is over: what is pending, and microseconds left.

        It does not return while there is nothing to return for: the instruction is suspended.
        """
        vm = self._vm
        if not vm.resumed or self.pause is None:
            deadline = None if microseconds is None else self._time() + microseconds * MICROSECOND
            self.pause = Pause(mask, deadline)
        pause = self.pause
        if vm.channels.due == NEVER and not self.over():
            self.pass_time()
        if self.over():
            self.pause = None
            left = None if pause.deadline is None else max(0, pause.deadline - self._time()) // MICROSECOND
            return self.pending() & mask, left
        vm.execution.device_changed = vm.execution.yielded = False
        raise traps.Suspended

    def _time(self) -> int:
        return self._vm.cpu.clocks.source.wall(self._vm.cpu)

    def over(self) -> bool:
        """The pause has ended."""
        pause = self.pause
        if pause is None:
            return True
        if pause.mask & EXTERNAL:
            self._vm.cpu.clocks.update()
        return bool(self.pending() & pause.mask) or (pause.deadline is not None and self._time() >= pause.deadline)

    def next_event(self) -> int | None:
        """Time (units of the clocks) until a clock or the limit ends the pause; None if neither will."""
        pause, clocks = self.pause, self._vm.cpu.clocks
        if pause is None:
            return None
        events = [] if pause.deadline is None else [max(0, pause.deadline - self._time())]
        clock = clocks.next_event() if pause.mask & EXTERNAL else None
        if clock is not None:
            events.append(clock)
        return min(events, default=None)

    def pass_time(self) -> bool:
        """In a pause: let virtual time pass until the next event; False when only the host can bring one."""
        cpu, channels = self._vm.cpu, self._vm.channels
        events = [] if channels.due == NEVER else [channels.due - cpu.now]
        source = cpu.clocks.source
        if isinstance(source, VirtualTime) and (units := self.next_event()) is not None:
            events.append(max(1, source.instructions(units) or 1))
        if events:
            cpu.idle += min(events)
        return bool(events)

    def wake_up_in(self) -> float | None:
        """Seconds of the host's time until the pause ends by itself."""
        units = self.next_event() if isinstance(self._vm.cpu.clocks.source, RealTime) else None
        return None if units is None else units / MICROSECOND / 1e6

    # --- interruptions in a list ---

    def collect(self, mask: int, room: int) -> list[bytes]:
        """Take up to ``room`` pending interruptions, without any PSW being swapped: 16 bytes for each."""
        entries: list[bytes] = []
        vm, execution = self._vm, self._vm.execution
        if mask & EXTERNAL:
            vm.cpu.clocks.update()
            for code, cpu_address, parameter in execution.take_external(room):
                flag = 0 if parameter is None else HAS_PARAMETER
                data = cpu_address.to_bytes(2, "big") + bytes(6)
                entries.append(_ENTRY.pack(EXTERNAL_ENTRY, flag, code, parameter or 0, data))
        while mask & INPUT_OUTPUT and len(entries) < room:
            found = vm.channels.pending(self._channels())
            if found is None:
                break
            csw = vm.channels.accept(found[0])
            entries.append(_ENTRY.pack(IO_ENTRY, 0, found[0], 0, csw.to_bytes()))
        vm.counters.reflected["collected"] += len(entries)
        return entries

    # --- the status page ---

    def show_page(self, address: int | None) -> None:
        """Keep the page at ``address`` up to date from now on; None: no page."""
        self.page = address
        if address is not None:
            storage = self._vm.storage
            offset = self._vm.local_time().utcoffset()
            self._zone = 0 if offset is None else int(offset.total_seconds())
            storage.set_key(address, PAGE_KEY)
            storage.set_key(address + 2048, PAGE_KEY)
            self.update_page()

    def update_page(self) -> None:
        """The guest is about to be entered."""
        vm = self._vm
        if self.page is None:
            return
        counters = vm.counters
        self._sequence = self._sequence + 2 & 0xFFFFFFFF
        virtual, total = vm.times()
        vm.storage.write(
            self.page,
            _PAGE.pack(
                self._sequence,
                PAGE_VERSION,
                PAGE_LENGTH,
                vm.cpu.clocks.tod(),
                virtual,
                total,
                self._zone,
                self.pending(),
                counters.traps.total(),
                counters.hypercalls.total(),
                counters.start_ios,
                counters.reflected.total(),
                vm.bytes_moved,
                vm.cpu.instructions,
                0,
            ),
        )

    def mark(self) -> None:
        """Something became pending, perhaps while the guest is inside an engine."""
        if self.page is not None:
            at = self.page + PENDING_OFFSET
            self._vm.storage.memory[at : at + 4] = self.pending().to_bytes(4, "big")
