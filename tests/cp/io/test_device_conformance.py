"""Every device type keeps the promises of conformance.py, and survives hostile channel programs."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import chain

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cp.io.channelkit import ALL, Machine
from tests.cp.io.conformance import PROMISES, Case
from tests.cp.io.dasdkit import MemoryBlocks, MemoryTracks, cchh
from tests.cp.io.tapekit import MemoryTape
from tests.cp.io.test_unitrecord import CARDS, Hopper, Stacker
from vm370.cp.console.display3270 import Display3270
from vm370.cp.io.channel import BURST, NEVER
from vm370.cp.io.ckd.disk import CkdDisk
from vm370.cp.io.console import Console
from vm370.cp.io.ctca import Ctca
from vm370.cp.io.devicetypes import DEVICE_TYPES
from vm370.cp.io.display import DisplayStation
from vm370.cp.io.fba import FbaDisk
from vm370.cp.io.line import CommunicationLine
from vm370.cp.io.printer import Printer
from vm370.cp.io.punch import Punch
from vm370.cp.io.reader import Reader
from vm370.cp.io.tape import TapeDrive
from vm370.cp.io.timer import PseudoTimer
from vm370.cp.io.unitrecord import Feed, Record

TEXT = "A LINE".encode("cp037")


class Paper:
    """What a console printed."""

    def __init__(self) -> None:
        self.lines: list[tuple[bytes, bool]] = []

    def write(self, text: bytes, newline: bool) -> None:
        self.lines.append((text, newline))


def tracks(device_type: str) -> Callable[[], MemoryTracks]:
    def make() -> MemoryTracks:
        store = MemoryTracks(device_type, 2, 3)
        store.fill(0, 1, [(1, b"", bytes(range(100))), (2, b"KEY", b"x" * 80)])
        return store

    return make


def ckd(device_type: str) -> Case:
    """Seek, search and write, then read it back."""
    sector = [(0x23, bytes(1))] if device_type != "2314" else []
    return Case(
        name=device_type,
        world=tracks(device_type),
        make=lambda store: CkdDisk(store, DEVICE_TYPES[device_type]),
        program=(
            (0x1F, bytes(1)),
            (0x07, bytes(2) + cchh(0, 1)),
            *sector,
            (0x12, 8),
            (0x06, 100),
            (0x0E, 83),
            (0x1B, bytes(2) + cchh(0, 1)),
            (0x31, cchh(0, 1) + b"\x01"),
            (0x08, 0),
            (0x05, TEXT),
        ),
        rejected=0xFF,
        effects=lambda store: store.tracks,
    )


def fba(device_type: str) -> Case:
    """Write two sectors and read them back."""
    extent = b"\xc0" + bytes(3) + bytes(4) + bytes(4) + (99).to_bytes(4, "big")
    return Case(
        name=device_type,
        world=lambda: MemoryBlocks(device_type, 100),
        make=lambda store: FbaDisk(store, DEVICE_TYPES[device_type]),
        program=(
            (0x63, extent),
            (0x43, b"\x01\x00" + (2).to_bytes(2, "big") + (7).to_bytes(4, "big")),
            (0x41, bytes(range(256)) * 4),
            (0x43, b"\x06\x00" + (2).to_bytes(2, "big") + (7).to_bytes(4, "big")),
            (0x42, 1024),
        ),
        rejected=0xFF,
        effects=lambda store: bytes(store.image),
    )


def reader(device_type: str) -> Case:
    return Case(
        name=device_type,
        world=lambda: Hopper(*CARDS * 4, Feed.END_OF_FILE),
        make=lambda hopper: Reader(hopper, device_type=DEVICE_TYPES[device_type]),
        program=((0x02, 80), (0x02, 80), (0x02, 80)),
        rejected=0xFF,
        effects=lambda hopper: len(hopper.feed),
    )


def punch(device_type: str) -> Case:
    return Case(
        name=device_type,
        world=Stacker,
        make=lambda stacker: Punch(stacker, device_type=DEVICE_TYPES[device_type]),
        program=((0x01, TEXT), (0x41, TEXT * 10)),
        rejected=0xFF,
        effects=lambda stacker: stacker.records,
    )


def printer(device_type: str) -> Case:
    return Case(
        name=device_type,
        world=Stacker,
        make=lambda stacker: Printer(stacker, device_type=DEVICE_TYPES[device_type]),
        program=((0x09, TEXT), (0x0B, 1), (0x89, TEXT * 3), (0x01, TEXT)),
        rejected=0xFF,
        effects=lambda stacker: stacker.records,
    )


def tape(device_type: str) -> Case:
    """Write, go back, read and write again."""
    return Case(
        name=device_type,
        world=lambda: MemoryTape(b"OLD", b"GONE"),
        make=lambda tape: TapeDrive(DEVICE_TYPES[device_type], tape),
        program=(
            (0x02, 10),
            (0x01, TEXT),
            (0x1F, 1),
            (0x2F, 1),
            (0x27, 1),
            (0x02, 20),
            (0x3F, 1),
            (0x01, TEXT * 2),
            (0x27, 1),
            (0x02, 20),
            (0x04, 6),
        ),
        rejected=0xE4,
        effects=lambda tape: (tape.recorded, tape.at),
    )


CONSOLE = Case(
    name="3215",
    world=Paper,
    make=lambda paper: Console(paper.write),
    program=((0x01, TEXT), (0x09, TEXT), (0x0B, 1)),
    rejected=0xFF,
    effects=lambda paper: paper.lines,
)

TIMER = Case(
    name="TIMER",
    world=list,
    make=lambda nothing: PseudoTimer(lambda: TEXT * 5),
    program=((0x02, 32), (0x03, 1), (0x02, 8)),
    rejected=0xFF,
    effects=lambda nothing: None,
)
DISPLAY = Case(
    name="3277",
    world=Display3270,
    make=lambda display: DisplayStation(DEVICE_TYPES["3277"], display),
    program=((0x05, b"\xc3\x11\x40\x40\x1d\x40" + TEXT), (0x01, b"\xc2" + TEXT), (0x02, 200), (0x06, 9)),
    rejected=0xFF,
    effects=lambda display: display.screen,
)

CASES = [
    CONSOLE,
    TIMER,
    DISPLAY,
    *map(reader, ("2540R", "2501", "3505", "1442R")),
    *map(punch, ("2540P", "3525")),
    *map(printer, ("1403", "1443", "3203", "3211", "3800")),
    *map(ckd, ("2314", "3330", "3340", "3350")),
    *map(fba, ("3310", "3370")),
    *map(tape, ("2401", "3410", "3420")),
]


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.__name__)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_promise(case: Case, promise: Callable[[Case], None]) -> None:
    promise(case)


# --- hostile channel programs ---

LOW, SIZE = 0x800, 0x4000
COMMANDS = {
    0x400: [0x01, 0x02, 0x07, 0x0C, 0x14, 0x81, 0xC3],
    0x0A0: [0x01, 0x02, 0x05, 0x06, 0x0B, 0x0D, 0x0F, 0x11],
    0x0B0: [0x01, 0x02, 0x06, 0x0A, 0x0D, 0x27, 0x2F],
    0x181: [0x01, 0x02, 0x0C, 0x07, 0x0F, 0x17, 0x1F, 0x27, 0x2F, 0x37, 0x3F, 0x97],
    0x009: [0x01, 0x09, 0x0A, 0x0B],
    0x00C: [0x02, 0x42, 0xC2, 0x23],
    0x00E: [0x01, 0x09, 0x89, 0x63, 0x8B, 0xFB],
    0x190: [0x07, 0x1B, 0x1F, 0x31, 0xB1, 0x39, 0x29, 0x06, 0x0E, 0x1E, 0x12, 0x92, 0x05, 0x0D, 0x1D, 0x15, 0x19, 0x11],
    0x290: [0x63, 0x43, 0x41, 0x42, 0x02],
}

words = st.builds(
    lambda command, address, flags, count: bytes((command,)) + address.to_bytes(3, "big") + bytes((flags, 0)) + count,
    st.one_of(st.sampled_from([0x03, 0x04, 0x08, *chain.from_iterable(COMMANDS.values())]), st.integers(0, 255)),
    st.one_of(st.integers(LOW // 8, LOW // 8 + 24).map(lambda n: n * 8), st.integers(0, SIZE + 16), st.just(0xFFFFF8)),
    st.one_of(st.sampled_from([0x40, 0x60, 0x80, 0x20, 0x44, 0x50, 0x68]), st.integers(0, 255)),
    st.one_of(st.sampled_from([1, 5, 6, 8, 80]), st.integers(0, 65535)).map(lambda n: n.to_bytes(2, "big")),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    address=st.sampled_from(sorted(COMMANDS)),
    program=st.lists(words, min_size=1, max_size=12),
    data=st.binary(max_size=64),
    key=st.sampled_from([0, 0, 3]),
    synchronous=st.booleans(),
)
def test_hostile_channel_programs(address: int, program: list[bytes], data: bytes, key: int, synchronous: bool) -> None:
    """No exception, no endless call; afterwards the machine can be had back by HALT DEVICE and a reset."""
    machine = Machine(SIZE)
    channels = machine.channels
    channels.attach(0x009, Console(lambda text, newline: None))
    channels.attach(0x00C, Reader(Hopper(*CARDS, Feed.END_OF_FILE, Record(0x09, bytes(132)))))
    channels.attach(0x00E, Printer(Stacker(), device_type=DEVICE_TYPES["3211"]))
    channels.attach(0x190, CkdDisk(tracks("3350")(), DEVICE_TYPES["3350"]))
    channels.attach(0x290, FbaDisk(MemoryBlocks("3370", 100), DEVICE_TYPES["3370"]))
    channels.attach(0x181, TapeDrive(tape=MemoryTape(b"A", None, bytes(80), None, None)))
    channels.attach(0x0A0, DisplayStation(display=Display3270()))
    channels.attach(0x0B0, CommunicationLine())
    sides = [Ctca(), Ctca()]
    sides[0].couple(sides[1])
    channels.attach(0x400, sides[0])
    channels.attach(0x401, sides[1])
    machine.write(LOW, b"".join(program))
    machine.write(0x1000, data)
    machine.storage.set_key(LOW, 0x30)
    machine.storage.set_key(0x1000, 0x30)
    machine.caw(LOW, key)
    if synchronous:
        channels.synchronous(address, LOW, key)
    elif channels.sio(address, machine.now) == 0:
        for _ in range(20):
            if channels.due == NEVER:
                break
            before = channels.ccws
            machine.now = max(machine.now, channels.due)
            channels.run(machine.now)
            assert channels.ccws - before <= BURST + 65_535
    state = json.loads(json.dumps(channels.save()))
    channels.restore(state)
    assert channels.save() == state
    channels.hdv(address)
    while channels.due != NEVER:
        machine.now = max(machine.now, channels.due)
        channels.run(machine.now)
    while (found := channels.pending(ALL)) is not None:
        channels.accept(found[0])
    channels.reset()
    assert [channels.tio(each) for each in COMMANDS] == [0] * len(COMMANDS)
