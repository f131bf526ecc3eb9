"""Tape drives: status and sense by the manual of the 3803/3420, data by what is on the tape afterwards."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cp.io.channelkit import CC, CD, SLI, Machine, ccw
from tests.cp.io.tapekit import MemoryTape
from vm370.cp.io.ccw import ChannelStatus, Csw
from vm370.cp.io.channel import Progress
from vm370.cp.io.device import NORMAL_END, UnitStatus
from vm370.cp.io.devicetypes import DEVICE_TYPES
from vm370.cp.io.tape import TapeDrive
from vm370.cp.io.tape.drive import STRIDE, TRANSPORT_DELAY
from vm370.cp.io.tape.models import MODELS
from vm370.images.tapes.aws import AwsTape
from vm370.images.tapes.flat import FlatTape
from vm370.images.tapes.tape import Tape

UNIT_CHECK, UNIT_EXCEPTION = UnitStatus.UNIT_CHECK, UnitStatus.UNIT_EXCEPTION
CHANNEL_END, DEVICE_END = UnitStatus.CHANNEL_END, UnitStatus.DEVICE_END
DRIVE = 0x181


def with_tape(tape: Tape | None, device_type: str = "3420", *, reel_feet: int = 2400) -> tuple[Machine, TapeDrive]:
    machine = Machine()
    drive = TapeDrive(DEVICE_TYPES[device_type], tape, reel_feet=reel_feet)
    machine.channels.attach(DRIVE, drive)
    return machine, drive


def sense(machine: Machine) -> bytes:
    csw = machine.execute(DRIVE, ccw(0x04, 0x7000, SLI, 40))
    assert csw.unit == NORMAL_END
    return machine.read(0x7000, 40 - csw.count)


def read(machine: Machine, command: int = 0x02, count: int = 200) -> tuple[UnitStatus, bytes]:
    address = 0x2000 if command == 0x02 else 0x2000 + count - 1
    csw = machine.execute(DRIVE, ccw(command, address, SLI, count))
    moved = count - csw.count
    return csw.unit, machine.read(0x2000 if command == 0x02 else 0x2000 + csw.count, moved)


def write(machine: Machine, data: bytes) -> UnitStatus:
    machine.write(0x3000, data)
    return machine.execute(DRIVE, ccw(0x01, 0x3000, 0, len(data))).unit


def control(machine: Machine, command: int) -> UnitStatus:
    """Status of channel end, by condition code 1, and of device end."""
    status = UnitStatus(0)
    immediate = machine.start(DRIVE, ccw(command, 0, SLI, 1))
    if immediate:
        status = machine.csw().unit
        if status != CHANNEL_END:
            return status
    found = machine.interruption()
    assert found is not None
    assert not immediate or found[1].to_bytes()[:4] == found[1].to_bytes()[5:] + b"\0" == bytes(4), (
        "nothing but unit status"
    )
    return status | found[1].unit


def test_blocks_marks_and_the_end_of_what_is_recorded() -> None:
    machine, _ = with_tape(MemoryTape(b"ONE", b"THREE", None))
    assert read(machine) == (NORMAL_END, b"ONE")
    assert read(machine) == (NORMAL_END, b"THREE")
    assert read(machine) == (NORMAL_END | UNIT_EXCEPTION, b"")
    assert read(machine) == (NORMAL_END | UNIT_CHECK, b"")
    assert sense(machine)[:2] == b"\x10\x40"


def test_lengths_as_the_channel_sees_them() -> None:
    machine, _ = with_tape(MemoryTape(b"ABCDEF", b"ABCDEF", b"ABCDEF"))
    assert machine.execute(DRIVE, ccw(0x02, 0x2000, 0, 6)) == Csw(0, 0x1008, NORMAL_END)
    short = machine.execute(DRIVE, ccw(0x02, 0x2000, 0, 8))
    assert (short.channel, short.count) == (ChannelStatus.INCORRECT_LENGTH, 2)
    long = machine.execute(DRIVE, ccw(0x02, 0x2000, 0, 4))
    assert (long.channel, long.count) == (ChannelStatus.INCORRECT_LENGTH, 0)


def test_data_chaining_gathers_and_scatters_one_block() -> None:
    tape = MemoryTape()
    machine, _ = with_tape(tape)
    machine.write(0x3000, b"HEAD")
    machine.write(0x4000, b"BODY")
    machine.execute(DRIVE, ccw(0x01, 0x3000, CD, 4), ccw(0, 0x4000, 0, 4))
    assert tape.recorded == [b"HEADBODY"]
    tape.rewind()
    machine.execute(DRIVE, ccw(0x02, 0x5000, CD, 3), ccw(0, 0x6000, 0, 5))
    assert (machine.read(0x5000, 3), machine.read(0x6000, 5)) == (b"HEA", b"DBODY")


def test_read_backward_fills_storage_downwards() -> None:
    machine, _ = with_tape(MemoryTape(b"FIRST", b"SECOND"))
    read(machine), read(machine)
    machine.write(0x2000, bytes(16))
    assert machine.execute(DRIVE, ccw(0x0C, 0x2009, 0, 6)).unit == NORMAL_END
    assert machine.read(0x2000, 16) == bytes(4) + b"SECOND" + bytes(6)
    assert read(machine, 0x0C, 3) == (NORMAL_END, b"RST"), "the end of the block comes first"
    assert read(machine, 0x0C) == (NORMAL_END | UNIT_CHECK, b"")
    assert sense(machine)[:4] == b"\x00\x48\x00\x02", "ready, at the load point, backward"


def test_spacing() -> None:
    machine, drive = with_tape(MemoryTape(b"A", b"B", None, b"C", None))
    assert control(machine, 0x37) == NORMAL_END
    assert control(machine, 0x3F) == NORMAL_END
    assert read(machine) == (NORMAL_END, b"C")
    assert control(machine, 0x37) == NORMAL_END | UNIT_EXCEPTION
    assert control(machine, 0x27) == NORMAL_END | UNIT_EXCEPTION
    assert control(machine, 0x27) == NORMAL_END
    assert control(machine, 0x2F) == NORMAL_END
    assert drive.tape is not None
    assert drive.tape.position == 2
    assert control(machine, 0x2F) == NORMAL_END | UNIT_CHECK
    assert sense(machine)[1] == 0x48


def test_a_long_movement_leaves_time_for_others() -> None:
    machine, drive = with_tape(MemoryTape(*[b"X"] * (3 * STRIDE), None))
    machine.put(0x1000, [ccw(0x3F, 0, SLI, 1)])
    machine.caw(0x1000)
    assert machine.channels.sio(DRIVE, machine.now) == 0
    calls = 0
    state = None
    while machine.channels.pending(0xFFFF0000) is None:
        machine.now = machine.channels.due
        machine.channels.run(machine.now)
        calls += 1
        if calls == 2:
            state = json.loads(json.dumps(machine.channels.save()))
    assert calls >= 4
    assert drive.tape is not None
    assert drive.tape.position == 3 * STRIDE + 1
    machine.channels.restore(state)
    assert drive.tape.position == 3 * STRIDE
    assert machine.interruption() == (DRIVE, Csw(0, 0x1008, CHANNEL_END, count=1))
    assert machine.interruption() == (DRIVE, Csw(unit=DEVICE_END))
    assert drive.tape.position == 3 * STRIDE + 1


def test_a_write_ends_what_is_recorded_behind_it() -> None:
    tape = MemoryTape(b"A", b"B", None, b"C")
    machine, _ = with_tape(tape)
    read(machine)
    assert write(machine, b"NEW") == NORMAL_END
    assert tape.recorded == [b"A", b"NEW"]
    assert control(machine, 0x1F) == NORMAL_END
    assert tape.recorded == [b"A", b"NEW", None]
    assert control(machine, 0x27) == NORMAL_END | UNIT_EXCEPTION
    assert control(machine, 0x17) == NORMAL_END
    assert tape.recorded == [b"A", b"NEW"]


def test_chaining_waits_for_each_motion_and_ends_at_a_tape_mark() -> None:
    """The unit exception comes with device end, and the program ends there."""
    machine, drive = with_tape(MemoryTape(b"A", None, b"B"))
    csw = machine.execute(DRIVE, *[ccw(0x37, 0, CC | SLI, 1)] * 2, ccw(0x02, 0x2000, 0, 1))
    assert (csw.unit, csw.address) == (DEVICE_END | UNIT_EXCEPTION, 0x1010)
    assert drive.tape is not None
    assert drive.tape.position == 2


def test_rewind_ends_at_the_channel_first() -> None:
    tape = MemoryTape(b"A", b"B")
    machine, _ = with_tape(tape)
    assert machine.start(DRIVE, ccw(0x07, 0, SLI, 1)) == 1
    assert machine.csw().unit == NORMAL_END, "nothing to rewind at the load point"
    read(machine)
    assert machine.start(DRIVE, ccw(0x07, 0, SLI, 1)) == 1
    assert machine.csw().unit == CHANNEL_END
    begun = machine.now
    assert machine.channels.tio(DRIVE) == 1
    assert machine.csw().unit == UnitStatus.BUSY
    assert machine.interruption() == (DRIVE, Csw(unit=DEVICE_END))
    assert machine.now - begun >= TRANSPORT_DELAY
    assert read(machine) == (NORMAL_END, b"A")


def test_chaining_waits_for_the_rewind() -> None:
    machine, _ = with_tape(MemoryTape(b"A", b"B"))
    read(machine), read(machine)
    csw = machine.execute(DRIVE, ccw(0x07, 0, CC | SLI, 1), ccw(0x02, 0x2000, 0, 1))
    assert (csw.unit, csw.address) == (NORMAL_END, 0x1010)
    assert machine.read(0x2000, 1) == b"A"


def test_the_device_end_survives_saving_and_halt_device() -> None:
    machine, _ = with_tape(MemoryTape(b"A"))
    read(machine)
    machine.start(DRIVE, ccw(0x07, 0, SLI, 1))
    machine.channels.restore(json.loads(json.dumps(machine.channels.save())))
    machine.channels.hdv(DRIVE)
    found = machine.interruption()
    assert found is not None
    if not found[1].unit & DEVICE_END or found[1].unit & CHANNEL_END:
        found = machine.interruption()
    assert found is not None
    assert found[1].unit == DEVICE_END


def test_rewind_and_unload_then_mount() -> None:
    tape = MemoryTape(b"A")
    machine, drive = with_tape(tape)
    read(machine)
    assert machine.start(DRIVE, ccw(0x0F, 0, SLI, 1)) == 1
    assert machine.csw().unit == CHANNEL_END
    assert machine.interruption() == (DRIVE, Csw(unit=DEVICE_END))
    assert read(machine) == (UNIT_CHECK, b"")
    assert sense(machine)[:2] == b"\x40\x20"
    assert not drive.loaded
    assert drive.unmount() is tape
    drive.mount(MemoryTape(b"NEXT"))
    assert machine.interruption() == (DRIVE, Csw(unit=DEVICE_END))
    assert read(machine) == (NORMAL_END, b"NEXT")


def test_nothing_mounted() -> None:
    machine, _ = with_tape(None)
    assert write(machine, b"X") == UNIT_CHECK
    assert sense(machine)[:2] == b"\x40\x20"
    assert machine.start(DRIVE, ccw(0x03, 0, SLI, 1)) == 1
    assert machine.csw().unit == NORMAL_END


@pytest.mark.parametrize("command", [0x01, 0x17, 0x1F, 0x97])
def test_file_protected(command: int) -> None:
    tape = MemoryTape(b"A", read_only=True)
    machine, _ = with_tape(tape)
    if command != 0x01:
        assert machine.start(DRIVE, ccw(command, 0x3000, SLI, 1)) == 1
        assert machine.csw().unit == UNIT_CHECK
    else:
        assert machine.execute(DRIVE, ccw(command, 0x3000, SLI, 1)).unit == UNIT_CHECK
    assert sense(machine)[:2] == b"\x80\x4a", "command reject; ready, load point, file protected"
    assert tape.recorded == [b"A"]


def test_the_reflective_marker_is_where_the_reel_ends() -> None:
    """1600 bytes per inch and 0.6 inch gaps: a foot holds 12 inches; blocks of 18,240 bytes take 11.4 + 0.6 inches."""
    machine, _ = with_tape(MemoryTape(), "2420", reel_feet=3)
    assert [write(machine, bytes(18_240)) for _ in range(4)] == [NORMAL_END] * 3 + [NORMAL_END | UNIT_EXCEPTION]
    assert control(machine, 0x1F) == NORMAL_END | UNIT_EXCEPTION
    assert control(machine, 0x27) == NORMAL_END | UNIT_EXCEPTION
    answers = [write(machine, bytes(18_240)) for _ in range(26)]
    assert answers[-1] == NORMAL_END | UNIT_CHECK
    assert set(answers[:-2]) == {NORMAL_END | UNIT_EXCEPTION}
    assert sense(machine)[0] == 0x10
    assert control(machine, 0x27) == NORMAL_END, "reading does not look at the marker"


def test_mode_sets_by_drive() -> None:
    machine, drive = with_tape(MemoryTape())
    assert machine.start(DRIVE, ccw(0xC3, 0, SLI, 1)) == 1
    assert drive.density == 1600
    assert machine.start(DRIVE, ccw(0x93, 0, SLI, 1)) == 1
    assert (machine.csw().unit, drive.density) == (NORMAL_END, 1600)
    machine, _ = with_tape(MemoryTape(), "2420")
    assert control(machine, 0xD3) == UNIT_CHECK
    assert sense(machine) == b"\x80\x48\0\x04\0\xc0"


@pytest.mark.parametrize("name", [name for name, row in DEVICE_TYPES.items() if row.kind == "TAPE"])
def test_every_tape_type_has_a_model(name: str) -> None:
    machine, _ = with_tape(MemoryTape(b"A"), name)
    assert read(machine) == (NORMAL_END, b"A")
    assert control(machine, 0xE4) == UNIT_CHECK
    assert len(sense(machine)) == MODELS[name].sense_length


def test_a_long_movement_for_a_diagnose_leaves_time_for_others() -> None:
    machine, drive = with_tape(MemoryTape(*[b"X"] * (2 * STRIDE), None))
    machine.put(0x1000, [ccw(0x3F, 0, SLI, 1)])
    progress = [machine.channels.synchronous(DRIVE, 0x1000, 0).progress for _ in range(3)]
    assert progress == [Progress.UNFINISHED, Progress.UNFINISHED, Progress.ENDED]
    assert drive.tape is not None
    assert drive.tape.position == 2 * STRIDE + 1


def test_initial_program_loading_reads_the_first_block() -> None:
    machine, _ = with_tape(MemoryTape(bytes(8) + ccw(0x02, 0x3000, 0, 4).to_bytes() + bytes(8), b"CODE"))
    result = machine.channels.ipl(DRIVE)
    assert result.progress is Progress.ENDED
    assert result.successful
    assert machine.read(0x3000, 4) == b"CODE"


def test_a_damaged_block_is_a_data_check(tmp_path: Path) -> None:
    tape = AwsTape.create(tmp_path / "t.het", "zlib")
    for block in (bytes(1000), bytes(1000), b"GOOD"):
        tape.write(block)
    tape.rewind()
    first = tape.offset
    tape.skip()
    tape.file.write(tape.offset + 10, b"\xff\xff\xff")
    tape.rewind()
    assert first == 0
    machine, _ = with_tape(tape)
    assert read(machine, count=1000)[0] == NORMAL_END
    assert read(machine, count=1000)[0] == NORMAL_END | UNIT_CHECK
    assert sense(machine)[0] == 0x08
    assert read(machine) == (NORMAL_END, b"GOOD")
    tape.close()


def test_what_a_flat_file_cannot_hold_is_an_equipment_check(tmp_path: Path) -> None:
    tape = FlatTape.create(tmp_path / "flat", 80)
    machine, drive = with_tape(tape)
    assert write(machine, bytes(80)) == NORMAL_END
    assert write(machine, bytes(81)) == NORMAL_END | UNIT_CHECK
    assert sense(machine)[0] == 0x10
    drive.close()
    assert (tmp_path / "flat").read_bytes() == bytes(80)


def test_a_finished_write_is_in_the_file(tmp_path: Path) -> None:
    """Whatever happens to the program afterwards: another reader sees the block as soon as its interruption came."""
    path = tmp_path / "t.aws"
    machine, drive = with_tape(AwsTape.create(path))
    for number in range(3):
        assert write(machine, bytes([number + 1]) * 10) == NORMAL_END
        with_reader = AwsTape.open(path, read_only=True)
        assert list(with_reader.items()) == [bytes([n + 1]) * 10 for n in range(number + 1)]
        with_reader.close()
    drive.close()


@settings(max_examples=60, deadline=None)
@given(
    operations=st.lists(
        st.one_of(
            st.sampled_from([0x02, 0x0C, 0x07, 0x17, 0x1F, 0x27, 0x2F, 0x37, 0x3F]),
            st.binary(min_size=1, max_size=9),
        ),
        max_size=25,
    )
)
def test_any_sequence_leaves_both_formats_alike(
    operations: list[int | bytes], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The same channel programs on an AWS file and on a list give the same status, and the same tape."""
    path = tmp_path_factory.mktemp("tape") / "t.aws"
    memory = MemoryTape()
    benches = [with_tape(AwsTape.create(path))[0], with_tape(memory)[0]]
    for operation in operations:
        answers = []
        for bench in benches:
            if isinstance(operation, bytes):
                answers.append((write(bench, operation), b""))
            elif operation in (0x02, 0x0C):
                answers.append(read(bench, operation, 20))
            else:
                bench.start(DRIVE, ccw(operation, 0, SLI, 1))
                while bench.interruption() is not None:
                    pass
                answers.append((bench.csw().unit, b""))
        assert answers[0] == answers[1]
    benches[0].channels.devices[DRIVE].close()
    after = AwsTape.open(path, read_only=True)
    assert list(after.items()) == memory.recorded
    after.close()
