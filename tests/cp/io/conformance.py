"""What every device must do, whatever its type: one function per promise of cp/io/device.py.

test_device_conformance.py runs each function over each ``Case``.  A case makes devices with always the same contents,
and has a channel program of several commands that ends normally.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.cp.io.channelkit import ALL, CC, PCI, SLI, Machine, ccw, tic
from vm370.cp.io.ccw import Ccw, ChannelStatus, Csw
from vm370.cp.io.channel import NEVER
from vm370.cp.io.device import NORMAL_END, Device, UnitStatus

DEVICE = 0x191
PROGRAM = 0x1000
BUFFERS = 0x4000
END = PROGRAM + 0x800
SENSE_AREA = 0x3000


class Bench(Machine):
    """A machine with one device, and the world outside that device."""

    def __init__(self, world: Any, device: Device) -> None:
        super().__init__(0x40000)
        self.world = world
        self.channels.attach(DEVICE, device)

    @property
    def device(self) -> Device:
        return self.channels.devices[DEVICE]


@dataclass(frozen=True)
class Case:
    """A device type.  Rows of ``program`` are (command, bytes to write, or room for what is read); 08 is TIC *-8."""

    name: str
    world: Callable[[], Any]
    """What the device is connected to: a disk store, a spool, a typewriter; ``world()`` is always the same."""
    make: Callable[[Any], Device]
    """A new device in a world."""
    program: tuple[tuple[int, bytes | int], ...]
    rejected: int
    """A command code that the device does not have."""
    effects: Callable[[Any], Any]
    """What can be seen of a world."""

    def bench(self, *, signalling: frozenset[int] = frozenset()) -> Bench:
        """A machine with the program in storage; CCWs numbered in ``signalling`` have the PCI flag."""
        world = self.world()
        bench = Bench(world, self.make(world))
        self.load(bench, signalling)
        return bench

    def load(self, bench: Bench, signalling: frozenset[int] = frozenset()) -> None:
        """Put the channel program and its data into storage."""
        address = BUFFERS
        words: list[Ccw] = []
        for number, (command, what) in enumerate(self.program):
            flags = SLI | (CC if number < len(self.program) - 1 else 0) | (PCI if number in signalling else 0)
            if isinstance(what, bytes):
                bench.write(address, what)
            length = max(what if isinstance(what, int) else len(what), 1)
            words.append(tic(PROGRAM + 8 * number - 8) if command == 0x08 else ccw(command, address, flags, length))
            address += (length + 15) // 8 * 8
        bench.put(PROGRAM, words)

    def outcome(self, bench: Bench) -> tuple[Any, ...]:
        """Everything that can be seen afterwards."""
        return bench.read(BUFFERS, 0x10000), self.effects(bench.world)


def run(bench: Bench) -> Csw:
    """The program of the case, to its interruption."""
    bench.caw(PROGRAM)
    assert bench.channels.sio(DEVICE, bench.now) == 0
    found = bench.interruption()
    assert found is not None
    assert found[0] == DEVICE
    return found[1]


def reject(case: Case, bench: Bench) -> None:
    """Make the device refuse a command."""
    csw = bench.execute(DEVICE, ccw(case.rejected, 0x2000, SLI, 8), at=0x2800)
    assert csw.unit & UnitStatus.UNIT_CHECK
    assert not csw.channel


def sense(bench: Bench) -> bytes:
    """The sense bytes, by the SENSE command."""
    bench.write(SENSE_AREA, bytes(32))
    csw = bench.execute(DEVICE, ccw(0x04, SENSE_AREA, SLI, 32), at=0x2800)
    assert csw.unit == NORMAL_END
    return bench.read(SENSE_AREA, 32 - csw.count)


def transplant(case: Case, bench: Bench) -> None:
    """Save everything, and go on with a new device in the same world that was restored."""
    state = json.loads(json.dumps(bench.channels.save()))
    bench.channels.detach(DEVICE)
    bench.channels.attach(DEVICE, case.make(bench.world))
    bench.channels.restore(state)
    assert json.loads(json.dumps(bench.channels.save())) == state


# --- the promises ---


def ends_normally(case: Case) -> None:
    bench = case.bench()
    csw = run(bench)
    assert (csw.unit, csw.channel) == (NORMAL_END, ChannelStatus(0))
    assert csw.address == PROGRAM + 8 * len(case.program)


def sense_describes_the_last_unit_check(case: Case) -> None:
    bench = case.bench()
    clean = sense(bench)
    reject(case, bench)
    found = sense(bench)
    assert found[0] & 0x80
    assert sense(bench) == found
    run(bench)
    assert sense(bench) == clean
    assert not clean[0]


def a_rejected_command_changes_nothing(case: Case) -> None:
    bench, other = case.bench(), case.bench()
    reject(case, bench)
    run(bench)
    run(other)
    assert case.outcome(bench) == case.outcome(other)


def reset_forgets_everything(case: Case) -> None:
    bench = case.bench()
    bench.channels.reset()
    fresh = bench.channels.save()
    reject(case, bench)
    bench.caw(PROGRAM)
    bench.channels.sio(DEVICE, bench.now)
    bench.channels.reset()
    assert bench.interruption() is None
    assert bench.channels.tio(DEVICE) == 0
    assert not sense(bench)[0]
    bench.channels.reset()
    assert bench.channels.save()["subchannels"] == fresh["subchannels"]


def halt_in_the_middle(case: Case) -> None:
    """Before each command of the program: the device is free afterwards, and not in error."""
    for number, (command, _) in enumerate(case.program):
        if command == 0x08:
            continue
        bench = case.bench(signalling=frozenset({number}))
        bench.caw(PROGRAM)
        bench.channels.sio(DEVICE, bench.now)
        while number and bench.channels.pending(ALL) is None:
            bench.now = bench.channels.due
            bench.channels.run(bench.now)
        assert bench.channels.hio(DEVICE) == 1
        found = bench.interruption()
        assert found is not None
        assert found[1].unit == NORMAL_END
        assert found[1].address == PROGRAM + 8 * (number + 1)
        further = bench.interruption()  # the end of a motion that nobody can stop
        assert further is None or further[1].unit == UnitStatus.DEVICE_END
        assert bench.channels.tio(DEVICE) == 0
        assert not sense(bench)[0]


def saved_and_restored_between_any_two_steps(case: Case) -> None:
    """The run with a new device at each step is the run with one."""
    every = frozenset(range(len(case.program)))
    bench, other = case.bench(signalling=every), case.bench(signalling=every)
    transplant(case, bench)
    bench.caw(PROGRAM)
    assert bench.channels.sio(DEVICE, bench.now) == 0
    transplant(case, bench)
    while bench.channels.due != NEVER:
        bench.now = max(bench.now, bench.channels.due)
        bench.channels.run(bench.now)
        transplant(case, bench)
    found = bench.channels.pending(ALL)
    assert found is not None
    bench.channels.accept(DEVICE)
    transplant(case, bench)
    assert found[1] == run(other)
    assert case.outcome(bench) == case.outcome(other)
    reject(case, bench)
    before = bench.device.sense
    transplant(case, bench)
    assert bench.device.sense == before


def detach_while_busy(case: Case) -> None:
    bench = case.bench()
    bench.caw(PROGRAM)
    bench.channels.sio(DEVICE, bench.now)
    old = bench.channels.detach(DEVICE)
    old.changed()
    old.present(UnitStatus.ATTENTION)
    assert bench.interruption() is None
    assert bench.channels.tio(DEVICE) == 3
    bench.channels.attach(DEVICE, old)
    case.load(bench)
    assert run(bench).unit == NORMAL_END


def not_ready(case: Case) -> None:
    bench = case.bench()
    bench.device.ready = False
    transplant(case, bench)
    assert run(bench) == Csw(0, PROGRAM + 8, UnitStatus.UNIT_CHECK, count=max(_length(case.program[0][1]), 1))
    assert sense(bench)[0] == 0x40
    bench.device.ready = True
    assert run(bench).unit == NORMAL_END


def no_operation_is_immediate(case: Case) -> None:
    bench = case.bench()
    assert bench.start(DEVICE, ccw(0x03, 0, SLI, 1), at=0x2800) == 1
    assert bench.csw().unit == NORMAL_END
    assert bench.interruption() is None


def every_command_code_is_answered(case: Case) -> None:
    """Any command with any length, alone: an ending, no exception."""
    for data in (b"", bytes(1), b"\xff" * 5, bytes(16), bytes(range(200))):
        bench = case.bench()
        for command in range(256):
            if command & 0x0F in (0x00, 0x08):
                continue
            bench.write(0x2000, data + bytes(64))
            bench.put(0x2800, [ccw(command, 0x2000, SLI, max(len(data), 1))])
            bench.caw(0x2800)
            if bench.channels.sio(DEVICE, bench.now) == 0 and bench.interruption() is None:
                assert bench.channels.hio(DEVICE) == 1
                assert bench.interruption() is not None


def _length(what: bytes | int) -> int:
    return what if isinstance(what, int) else len(what)


PROMISES = [
    ends_normally,
    sense_describes_the_last_unit_check,
    a_rejected_command_changes_nothing,
    reset_forgets_everything,
    halt_in_the_middle,
    saved_and_restored_between_any_two_steps,
    detach_while_busy,
    not_ready,
    no_operation_is_immediate,
    every_command_code_is_answered,
]
