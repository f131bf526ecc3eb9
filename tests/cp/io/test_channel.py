"""I/O instructions, interruptions, times, synchronous programs; condition codes as in GA22-7000-10, I/O States."""

from __future__ import annotations

import json

import pytest

from tests.cp.io.channelkit import ALL, CC, CD, PCI, SLI, Loopback, Machine, ccw, tic
from vm370.cp.io.ccw import ChannelStatus, Csw
from vm370.cp.io.channel import (
    BURST,
    CCW_DELAY,
    NEVER,
    START_DELAY,
    AttachError,
    ChannelType,
    Progress,
    RestoreError,
)
from vm370.cp.io.console import Console
from vm370.cp.io.device import NORMAL_END, UnitStatus

WRITE = ccw(0x01, 0x2000, 0, 5)
READ_CONSOLE = ccw(0x0A, 0x2000, SLI, 80)


@pytest.fixture
def machine() -> Machine:
    """Test devices at 180, 181, 280; a console at 009, which can wait."""
    machine = Machine()
    for address in (0x181, 0x180, 0x280):
        machine.channels.attach(address, Loopback(b"abc"))
    machine.channels.attach(0x009, Console(lambda text, newline: None))
    return machine


# --- condition codes ---


def test_available(machine: Machine) -> None:
    channels = machine.channels
    assert (channels.tio(0x180), channels.clrio(0x180), channels.tch(0x180)) == (0, 0, 0)
    for halt in (channels.hio, channels.hdv):
        machine.write(0x40, b"\xaa" * 8)
        assert halt(0x180) == 1
        assert machine.read(0x40, 8) == b"\xaa\xaa\xaa\xaa\x00\x00\xaa\xaa"
    assert machine.start(0x180, WRITE) == 0


@pytest.mark.parametrize("address", [0x182, 0x300, 0xF00, 0x1180, 0xFFFF])
def test_not_operational(machine: Machine, address: int) -> None:
    channels = machine.channels
    machine.caw(0x1000)
    assert channels.sio(address, 0) == 3
    assert channels.tio(address) == 3
    assert channels.clrio(address) == 3
    assert channels.hio(address) == 3
    assert channels.hdv(address) == 3


@pytest.mark.parametrize("address", [0x300, 0xF00, 0x1180])
def test_channel_not_operational(machine: Machine, address: int) -> None:
    assert machine.channels.tch(address) == 3
    assert machine.channels.stidc(address) == 3
    assert machine.channels.clrch(address) == 3


def test_working(machine: Machine) -> None:
    channels = machine.channels
    machine.start(0x180, WRITE)
    assert machine.start(0x180, WRITE) == 2
    assert channels.tio(0x180) == 2
    assert channels.tch(0x180) == 0
    assert machine.start(0x181, WRITE) == 0


def test_interruption_pending(machine: Machine) -> None:
    channels = machine.channels
    machine.start(0x180, WRITE)
    machine.work()
    assert machine.start(0x180, WRITE) == 2
    assert channels.hio(0x180) == 0
    assert channels.hdv(0x180) == 0
    assert channels.tch(0x180) == 1
    assert channels.tch(0x280) == 0
    assert machine.start(0x181, WRITE) == 0
    assert channels.tio(0x180) == 1
    assert machine.csw() == Csw(0, 0x1008, NORMAL_END)
    assert channels.tio(0x180) == 0
    assert channels.pending(ALL) is None


def test_status_pending_in_the_device(machine: Machine) -> None:
    device = machine.channels.devices[0x180]
    for instruction in (machine.channels.tio, lambda address: machine.start(address, WRITE)):
        device.present(UnitStatus.DEVICE_END)
        assert machine.channels.tch(0x180) == 1
        assert instruction(0x180) == 1
        assert machine.csw().unit in (UnitStatus.DEVICE_END, UnitStatus.DEVICE_END | UnitStatus.BUSY)
        assert machine.channels.tch(0x180) == 0
    assert machine.start(0x180, WRITE) == 0


def test_status_presented_while_working_comes_after_the_end(machine: Machine) -> None:
    machine.start(0x180, WRITE)
    machine.channels.devices[0x180].present(UnitStatus.ATTENTION)
    assert machine.interruption() == (0x180, Csw(0, 0x1008, NORMAL_END))
    assert machine.interruption() == (0x180, Csw(unit=UnitStatus.ATTENTION))


@pytest.mark.parametrize("halt", ["hio", "hdv"])
def test_halt_before_the_program_ran(machine: Machine, halt: str) -> None:
    machine.start(0x180, ccw(0x01, 0x2000, CC, 5), WRITE)
    assert getattr(machine.channels, halt)(0x180) == 1
    assert machine.interruption() == (0x180, Csw(0, 0x1008, NORMAL_END, count=5))
    assert machine.channels.devices[0x180].written == []


def test_clear_io(machine: Machine) -> None:
    machine.start(9, READ_CONSOLE)
    machine.work()
    assert machine.channels.clrio(9) == 1
    assert machine.csw() == Csw(0, 0x1008, count=80)
    assert machine.interruption() is None
    machine.start(0x180, WRITE)
    machine.work()
    assert machine.channels.clrio(0x180) == 1
    assert machine.csw() == Csw(0, 0x1008, NORMAL_END)
    assert machine.interruption() is None
    assert machine.channels.clrio(0x180) == 0


def test_clear_channel(machine: Machine) -> None:
    machine.start(0x180, WRITE)
    machine.start(0x181, WRITE)
    assert machine.channels.clrch(0x180) == 0
    assert machine.interruption() is None
    assert machine.channels.devices[0x181].written == []


def test_channel_ids(machine: Machine) -> None:
    machine.channels.set_type(2, ChannelType.SELECTOR)
    found = {}
    for channel in (0, 1, 2):
        assert machine.channels.stidc(channel << 8) == 0
        found[channel] = machine.read(0xA8, 4).hex()
    assert found == {0: "10000000", 1: "20000000", 2: "00000000"}


def test_a_selector_channel_is_busy_for_all_its_devices(machine: Machine) -> None:
    channels = machine.channels
    channels.set_type(1, ChannelType.SELECTOR)
    machine.start(0x180, WRITE)
    assert machine.start(0x181, WRITE) == 2
    assert channels.tio(0x181) == 2
    assert channels.tch(0x181) == 2
    assert channels.hdv(0x181) == 2
    assert machine.start(0x280, WRITE) == 0
    machine.work()
    assert channels.tch(0x181) == 1
    assert channels.tio(0x181) == 2
    channels.accept(0x180)
    assert channels.tio(0x181) == 0
    machine.start(0x180, WRITE)
    assert channels.hio(0x181) == 2
    assert channels.accept(0x280).unit == NORMAL_END
    assert machine.interruption() == (0x180, Csw(0, 0x1008, NORMAL_END, count=5))


def test_a_device_that_is_not_ready(machine: Machine) -> None:
    device = machine.channels.devices[0x180]
    device.ready = False
    assert machine.execute(0x180, WRITE) == Csw(0, 0x1008, UnitStatus.UNIT_CHECK, count=5)
    machine.execute(0x180, ccw(0x04, 0x3000, 0, 2))
    assert machine.read(0x3000, 2) == b"\x40\x00"
    device.ready = True
    assert machine.execute(0x180, WRITE).unit == NORMAL_END


# --- interruptions ---


def test_priority_and_masks(machine: Machine) -> None:
    for address in (0x280, 0x181, 0x180):
        machine.start(address, WRITE)
    machine.channels.devices[9].present(UnitStatus.ATTENTION)
    machine.work()
    assert machine.channels.pending_mask == 0xE0000000
    assert machine.channels.pending(0) is None
    found = machine.channels.pending(0x20000000)
    assert found is not None
    assert found[0] == 0x280
    order = []
    while (taken := machine.interruption()) is not None:
        order.append(taken[0])
    assert order == [0x009, 0x180, 0x181, 0x280]
    assert machine.channels.pending_mask == 0


def test_deliver_is_called_when_something_becomes_pending(machine: Machine) -> None:
    machine.start(0x180, WRITE)
    assert machine.delivered == 0
    machine.work()
    assert machine.delivered == 1
    machine.start(9, READ_CONSOLE)
    machine.work()
    machine.delivered = 0
    console = machine.channels.devices[9]
    assert isinstance(console, Console)
    console.enter(b"\xc1")
    assert machine.delivered == 1


# --- time ---


def test_times(machine: Machine) -> None:
    assert machine.channels.due == NEVER
    machine.start(0x180, ccw(0x01, 0x2000, CC, 5), ccw(0x01, 0x2000, CC, 5), WRITE)
    device = machine.channels.devices[0x180]
    start = 1000 + START_DELAY
    assert machine.channels.due == start
    machine.channels.run(start - 1)
    assert device.written == []
    machine.channels.run(start)
    assert len(device.written) == 3
    end = start + 3 * CCW_DELAY
    assert machine.channels.due == end
    machine.channels.run(end - 1)
    assert machine.channels.pending(ALL) is None
    machine.channels.run(end)
    assert machine.channels.pending(ALL) is not None
    assert machine.channels.due == NEVER


def test_an_endless_program_is_executed_in_bursts(machine: Machine) -> None:
    machine.start(0x180, ccw(0x03, 0, CC, 1), tic(0x1000))
    machine.channels.ccws = 0
    for turn in range(1, 4):
        machine.channels.run(1_000_000)
        assert machine.channels.ccws <= turn * (BURST + 1)
    assert machine.channels.due < 1_000_000
    assert machine.channels.tio(0x180) == 2
    assert machine.channels.hio(0x180) == 1
    found = machine.interruption()
    assert found is not None
    assert found[1].unit == NORMAL_END


def test_an_endless_data_chain_ends_with_the_device(machine: Machine) -> None:
    csw = machine.execute(0x180, ccw(0x01, 0x2000, CD, 1), tic(0x1000))
    assert csw.channel == ChannelStatus.INCORRECT_LENGTH
    assert machine.channels.devices[0x180].written == [bytes(80)]


def test_counters_and_trace(machine: Machine) -> None:
    seen = []
    machine.channels.trace = lambda device, where, found: seen.append((device, where, found.command))
    machine.execute(0x180, ccw(0x01, 0x2000, CC, 5), ccw(0x02, 0x3000, CD, 1), ccw(0, 0x3100, 0, 2))
    assert seen == [(0x180, 0x1000, 1), (0x180, 0x1008, 2), (0x180, 0x1010, 0)]
    assert machine.channels.ccws == 3
    assert machine.channels.bytes_moved == 8
    machine.channels.restore(machine.channels.save())
    assert machine.channels.bytes_moved == 8
    machine.channels.detach(0x180)
    assert machine.channels.bytes_moved == 8


# --- whole programs at once ---


def test_synchronous(machine: Machine) -> None:
    machine.put(0x1000, [ccw(0x02, 0x3000, CC | SLI | PCI, 80), ccw(0x01, 0x3000, 0, 3)])
    machine.write(0x40, b"\xaa" * 8)
    result = machine.channels.synchronous(0x180, 0x1000, 0)
    assert result.successful
    assert result.csw == Csw(0, 0x1010, NORMAL_END)
    assert machine.read(0x40, 8) == b"\xaa" * 8
    assert machine.interruption() is None
    assert machine.channels.devices[0x180].written == [b"abc"]


def test_synchronous_is_refused_when_busy(machine: Machine) -> None:
    machine.put(0x1000, [WRITE])
    assert machine.channels.synchronous(0x182, 0x1000, 0).progress is Progress.NOT_OPERATIONAL
    machine.start(0x180, WRITE)
    assert machine.channels.synchronous(0x180, 0x1000, 0).progress is Progress.BUSY
    machine.work()
    assert machine.channels.synchronous(0x180, 0x1000, 0).progress is Progress.BUSY
    machine.interruption()
    assert machine.channels.synchronous(0x180, 0x1000, 0).successful


@pytest.mark.parametrize("where", [0x1004, 0x1FFFC, 0x20000, 0x3000])
def test_synchronous_with_a_bad_first_ccw(machine: Machine, where: int) -> None:
    result = machine.channels.synchronous(0x180, where, 0)
    assert result.progress is Progress.ENDED
    assert not result.successful
    assert result.csw.channel == ChannelStatus.PROGRAM_CHECK
    assert machine.channels.tio(0x180) == 0


def test_synchronous_waits_for_the_device_and_goes_on(machine: Machine) -> None:
    console = machine.channels.devices[9]
    assert isinstance(console, Console)
    machine.put(0x1000, [ccw(0x0A, 0x2000, CC | SLI, 80), ccw(0x0A, 0x2100, SLI, 80)])
    again = lambda: machine.channels.synchronous(9, 0x1000, 0)  # noqa: E731
    assert again().progress is Progress.WAITING
    assert again().progress is Progress.WAITING
    machine.delivered = 0
    console.enter(b"\xc1")
    assert machine.delivered == 1
    assert machine.channels.due == NEVER
    assert again().progress is Progress.WAITING
    console.enter(b"\xc2\xc3")
    result = again()
    assert result.successful
    assert result.csw.count == 78
    assert (machine.read(0x2000, 1), machine.read(0x2100, 2)) == (b"\xc1", b"\xc2\xc3")
    assert machine.channels.ccws == 2


def test_a_waiting_synchronous_program_gives_way(machine: Machine) -> None:
    machine.put(0x1000, [READ_CONSOLE])
    machine.channels.synchronous(9, 0x1000, 0)
    assert machine.start(9, ccw(0x09, 0x2000, SLI, 5), at=0x1100) == 0
    assert machine.interruption() == (9, Csw(0, 0x1108, NORMAL_END))
    machine.channels.synchronous(9, 0x1000, 0)
    machine.put(0x1200, [ccw(0x09, 0x2000, SLI, 5)])
    assert machine.channels.synchronous(9, 0x1200, 0).successful


def test_an_endless_synchronous_program_is_stopped(machine: Machine) -> None:
    machine.put(0x1000, [ccw(0x03, 0, CC, 1), tic(0x1000)])
    result = machine.channels.synchronous(0x180, 0x1000, 0)
    assert result.csw.channel == ChannelStatus.PROGRAM_CHECK
    assert machine.channels.tio(0x180) == 0


def test_initial_program_loading(machine: Machine) -> None:
    """The block is read to 0; its CCW at 8 leads to one at 1000."""
    device = machine.channels.devices[0x180]
    assert isinstance(device, Loopback)
    device.block = bytes.fromhex("0000000000001234") + tic(0x1000).to_bytes() + bytes(64)
    machine.put(0x1000, [ccw(0x01, 0, 0, 8)])
    result = machine.channels.ipl(0x180)
    assert result.successful
    assert result.csw == Csw(0, 0x1008, NORMAL_END)
    assert machine.read(0, 16) == device.block[:16]
    assert machine.read(24, 8) == bytes(8)
    assert device.written == [bytes.fromhex("0000000000001234")]


def test_initial_program_loading_fails(machine: Machine) -> None:
    assert machine.channels.ipl(0x777).progress is Progress.NOT_OPERATIONAL
    assert machine.channels.ipl(9).csw == Csw(0, 8, UnitStatus.UNIT_CHECK, count=24)
    result = machine.channels.ipl(0x180)
    assert not result.successful
    assert result.csw.channel == ChannelStatus.PROGRAM_CHECK


# --- configuration, reset, saving ---


def test_attach_and_detach(machine: Machine) -> None:
    for address in (0x180, -1, 0x1000):
        with pytest.raises(AttachError):
            machine.channels.attach(address, Loopback())
    with pytest.raises(AttachError):
        machine.channels.detach(0x182)
    assert set(machine.channels.devices) == {0x009, 0x180, 0x181, 0x280}
    console = machine.channels.devices[9]
    machine.start(9, READ_CONSOLE)
    machine.work()
    assert machine.channels.detach(9) is console
    assert isinstance(console, Console)
    assert not console.reading
    console.enter(b"\xc1")
    assert machine.interruption() is None
    assert machine.channels.tch(0) == 3


def test_reset(machine: Machine) -> None:
    machine.start(9, READ_CONSOLE)
    machine.start(0x180, WRITE)
    machine.work()
    machine.start(0x181, WRITE)
    machine.channels.devices[0x280].present(UnitStatus.ATTENTION)
    machine.channels.reset()
    assert machine.interruption() is None
    assert [machine.channels.tio(address) for address in (9, 0x180, 0x181, 0x280)] == [0, 0, 0, 0]


def test_restore_wants_the_same_devices(machine: Machine) -> None:
    state = machine.channels.save()
    machine.channels.detach(0x280)
    with pytest.raises(RestoreError, match="280"):
        machine.channels.restore(state)


def test_saved_in_every_state_the_run_is_the_same(machine: Machine) -> None:
    """Saving and restoring at each step of a program changes nothing."""

    def run(saving: bool) -> list[object]:
        machine = Machine()
        machine.channels.attach(0x180, Loopback(b"abc"))
        machine.channels.set_type(1, ChannelType.SELECTOR)
        history: list[object] = []
        program = [ccw(0x01, 0x2000, CC | PCI, 5), ccw(0x17, 0, CC, 1), ccw(0x02, 0x2000, CC, 3), ccw(0xFF, 0, 0, 9)]
        machine.start(0x180, *program)
        for _ in range(6):
            if saving:
                state = json.loads(json.dumps(machine.channels.save()))
                machine.channels.detach(0x180)
                machine.channels.attach(0x180, Loopback(b"abc"))
                machine.channels.restore(state)
                assert json.loads(json.dumps(machine.channels.save())) == state
            if machine.channels.due != NEVER:
                machine.now = machine.channels.due
                machine.channels.run(machine.now)
            else:
                machine.channels.devices[0x180].present(UnitStatus.DEVICE_END)
            found = machine.channels.pending(ALL)
            history.append((machine.now, found, machine.channels.ccws))
        return history

    assert run(saving=True) == run(saving=False)
