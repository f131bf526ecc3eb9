"""CCW interpretation: chaining, TIC, skip, incorrect length, checks, indirect addresses (GA22-7000, I/O Operations)."""

from __future__ import annotations

import pytest

from tests.cp.io.channelkit import CC, CD, IDA, PCI, SKIP, SLI, Loopback, Machine, ccw, tic
from vm370.cp.io.ccw import Ccw, ChannelStatus, Csw
from vm370.cp.io.device import NORMAL_END, UnitStatus

IL = ChannelStatus.INCORRECT_LENGTH
PROGRAM, PROTECTION = ChannelStatus.PROGRAM_CHECK, ChannelStatus.PROTECTION_CHECK
ABC = bytes(range(1, 81))
DEVICE = 0x180


@pytest.fixture
def machine() -> Machine:
    machine = Machine()
    machine.channels.attach(DEVICE, Loopback(ABC))
    machine.write(0x2000, ABC)
    return machine


def device(machine: Machine) -> Loopback:
    found = machine.channels.devices[DEVICE]
    assert isinstance(found, Loopback)
    return found


@pytest.mark.parametrize(
    ("command", "flags", "count", "channel", "residual"),
    [
        # column III of the table: count not exhausted
        (0x02, 0, 100, IL, 20),
        (0x02, SLI, 100, 0, 20),
        # column II: exactly the block
        (0x02, 0, 80, 0, 0),
        # column I: count exhausted, the device has more
        (0x02, 0, 50, IL, 0),
        (0x02, SLI, 50, 0, 0),
        (0x02, SKIP, 80, 0, 0),
        # the same for output
        (0x21, 0, 100, IL, 20),
        (0x21, SLI, 100, 0, 20),
        (0x21, 0, 80, 0, 0),
        (0x21, 0, 50, IL, 0),
        (0x21, SLI, 50, 0, 0),
        # a device that takes what there is
        (0x01, 0, 50, 0, 0),
        (0x01, 0, 81, IL, 1),
    ],
)
def test_incorrect_length(machine: Machine, command: int, flags: int, count: int, channel: int, residual: int) -> None:
    expected = Csw(0, 0x1008, NORMAL_END, ChannelStatus(channel), residual)
    assert machine.execute(DEVICE, ccw(command, 0x2000, flags, count)) == expected


def test_incorrect_length_stops_command_chaining_unless_suppressed(machine: Machine) -> None:
    csw = machine.execute(DEVICE, ccw(0x01, 0x2000, CC, 81), ccw(0x01, 0x2000, 0, 5))
    assert csw == Csw(0, 0x1008, NORMAL_END, IL, 1)
    csw = machine.execute(DEVICE, ccw(0x01, 0x2000, CC | SLI, 81), ccw(0x01, 0x2000, 0, 5))
    assert csw == Csw(0, 0x1010, NORMAL_END)
    assert [len(data) for data in device(machine).written] == [80, 80, 5]


@pytest.mark.parametrize("flags", [0, SLI])
def test_an_immediate_operation_has_no_incorrect_length(machine: Machine, flags: int) -> None:
    assert machine.start(DEVICE, ccw(0x03, 0, flags, 7)) == 1
    assert machine.csw() == Csw(0, 0, NORMAL_END)
    assert machine.execute(DEVICE, ccw(0x03, 0, flags | CC, 7), ccw(0x03, 0, flags, 7)) == Csw(
        0, 0x1010, NORMAL_END, count=7
    )


def test_read_stores_the_block(machine: Machine) -> None:
    machine.execute(DEVICE, ccw(0x02, 0x3000, 0, 80))
    assert machine.read(0x3000, 81) == ABC + b"\0"


def test_skip_stores_nothing(machine: Machine) -> None:
    machine.execute(DEVICE, ccw(0x02, 0x3000, CD | SKIP, 30), ccw(0, 0x3000, 0, 50))
    assert machine.read(0x3000, 51) == ABC[30:] + b"\0"


def test_skip_needs_no_storage(machine: Machine) -> None:
    assert machine.execute(DEVICE, ccw(0x02, 0xFFFFFF, SKIP, 80)).channel == 0


def test_read_backward_fills_descending_addresses(machine: Machine) -> None:
    machine.execute(DEVICE, ccw(0x0C, 0x304F, CD, 30), ccw(0, 0x3031, 0, 50))
    assert machine.read(0x3000, 80) == ABC[::-1]


def test_data_chaining_for_output(machine: Machine) -> None:
    csw = machine.execute(DEVICE, ccw(0x21, 0x2000, CD, 10), ccw(0, 0x2020, CD | SLI, 1), ccw(0xFF, 0x2000, 0, 69))
    assert csw == Csw(0, 0x1018, NORMAL_END)
    assert device(machine).written == [ABC[:10] + ABC[0x20:0x21] + ABC[:69]]


def test_data_chaining_that_is_not_used_up_is_incorrect_length(machine: Machine) -> None:
    """The last CCW used is the second; suppression counts only in a CCW without chain data."""
    csw = machine.execute(DEVICE, ccw(0x02, 0x3000, CD, 30), ccw(0, 0x4000, CD | SLI, 51), ccw(0, 0x5000, 0, 1))
    assert csw == Csw(0, 0x1010, NORMAL_END, IL, 1)
    csw = machine.execute(DEVICE, ccw(0x02, 0x3000, CD, 30), ccw(0, 0x4000, SLI, 51))
    assert csw == Csw(0, 0x1010, NORMAL_END, count=1)


def test_a_new_ccw_is_fetched_when_the_last_byte_was_stored(machine: Machine) -> None:
    """The first CCW reads the one that continues the data chain over an invalid one."""
    continuation = ccw(0, 0x3000, SLI, 72).to_bytes()
    device(machine).block = continuation + ABC[8:]
    csw = machine.execute(DEVICE, ccw(0x02, 0x1008, CD, 8), ccw(0, 0, 0, 0))
    assert csw == Csw(0, 0x1010, NORMAL_END)
    assert machine.read(0x3000, 72) == ABC[8:]


def test_a_channel_program_reads_its_own_continuation(machine: Machine) -> None:
    device(machine).block = ccw(0x01, 0x2000, 0, 3).to_bytes()
    csw = machine.execute(DEVICE, ccw(0x02, 0x1008, CC, 8))
    assert csw == Csw(0, 0x1010, NORMAL_END)
    assert device(machine).written == [ABC[:3]]


def test_transfer_in_channel_in_command_and_data_chaining(machine: Machine) -> None:
    machine.put(0x1800, [ccw(0x01, 0x2000, CD, 2), tic(0x1900)])
    machine.put(0x1900, [ccw(0, 0x2010, 0, 3)])
    assert machine.execute(DEVICE, ccw(0x03, 0, CC, 1), tic(0x1800)) == Csw(0, 0x1908, NORMAL_END)
    assert device(machine).written == [ABC[:2] + ABC[16:19]]


def test_status_modifier_skips_a_ccw(machine: Machine) -> None:
    """The search loop: not equal, TIC back; here the program changes what is sought after some turns."""
    turns = 0

    def count_turns(address: int, where: int, found: Ccw) -> None:
        nonlocal turns
        turns += found.command == 0x31
        if turns == 5:
            device(machine).block = ABC

    device(machine).block = b"no"
    machine.channels.trace = count_turns
    csw = machine.execute(DEVICE, ccw(0x31, 0x2000, CC | SLI, 80), tic(0x1000), ccw(0x01, 0x2000, 0, 4))
    assert csw == Csw(0, 0x1018, NORMAL_END)
    assert turns == 5
    assert machine.channels.ccws == 6


def test_status_modifier_at_the_end_is_shown(machine: Machine) -> None:
    csw = machine.execute(DEVICE, ccw(0x31, 0x2000, 0, 80))
    assert csw.unit == NORMAL_END | UnitStatus.STATUS_MODIFIER


def test_unit_check_ends_the_chain_at_the_refused_command(machine: Machine) -> None:
    csw = machine.execute(DEVICE, ccw(0x01, 0x2000, CC, 5), ccw(0xFF, 0x2000, CC, 9), ccw(0x01, 0x2000, 0, 5))
    assert csw == Csw(0, 0x1010, UnitStatus.UNIT_CHECK, count=9)
    machine.execute(DEVICE, ccw(0x04, 0x3000, 0, 2))
    assert machine.read(0x3000, 2) == b"\x80\x00"


def test_channel_end_before_device_end(machine: Machine) -> None:
    """The first START I/O ends with channel end; the device is busy until it presents device end."""
    assert machine.start(DEVICE, ccw(0x17, 0, 0, 1)) == 1
    assert machine.csw().unit == UnitStatus.CHANNEL_END
    assert machine.start(DEVICE, ccw(0x03, 0, 0, 1)) == 1
    assert machine.csw().unit == UnitStatus.BUSY
    assert machine.channels.tio(DEVICE) == 1
    assert machine.csw().unit == UnitStatus.BUSY
    device(machine).present(UnitStatus.DEVICE_END)
    assert machine.interruption() == (DEVICE, Csw(unit=UnitStatus.DEVICE_END))
    assert machine.channels.tio(DEVICE) == 0


def test_command_chaining_waits_for_device_end(machine: Machine) -> None:
    assert machine.start(DEVICE, ccw(0x17, 0, CC, 1), ccw(0x01, 0x2000, 0, 4)) == 0
    assert machine.interruption() is None
    assert machine.channels.tio(DEVICE) == 2
    device(machine).present(UnitStatus.DEVICE_END)
    assert machine.interruption() == (DEVICE, Csw(0, 0x1010, NORMAL_END))
    assert device(machine).written == [ABC[:4]]


def test_program_controlled_interruption(machine: Machine) -> None:
    program = ccw(0x01, 0x2000, CC, 5), ccw(0x01, 0x2000, CC | PCI, 6), ccw(0x01, 0x2000, 0, 7)
    assert machine.start(DEVICE, *program) == 0
    machine.now = machine.channels.due
    machine.channels.run(machine.now)
    assert machine.channels.pending(0xFFFF0000) == (
        DEVICE,
        Csw(0, 0x1010, channel=ChannelStatus.PROGRAM_CONTROLLED_INTERRUPTION, count=6),
    )
    assert machine.channels.tio(DEVICE) == 2
    machine.channels.accept(DEVICE)
    assert machine.channels.tio(DEVICE) == 2
    assert machine.interruption() == (DEVICE, Csw(0, 0x1018, NORMAL_END))


def test_a_pci_not_taken_is_part_of_the_last_csw(machine: Machine) -> None:
    csw = machine.execute(DEVICE, ccw(0x01, 0x2000, CC | PCI, 5), ccw(0x01, 0x2000, 0, 7))
    assert csw == Csw(0, 0x1010, NORMAL_END, ChannelStatus.PROGRAM_CONTROLLED_INTERRUPTION)
    assert machine.interruption() is None


# --- program checks ---


@pytest.mark.parametrize(
    ("first", "caw"),
    [
        (ccw(0x00, 0x2000, 0, 1), 0x1000),
        (ccw(0x40, 0x2000, 0, 1), 0x1000),
        (ccw(0x01, 0x2000, 0, 0), 0x1000),
        (ccw(0x01, 0x2000, 0x01, 1), 0x1000),
        (ccw(0x01, 0x2000, 0x02, 1), 0x1000),
        (tic(0x1008), 0x1000),
        (ccw(0x01, 0x2000, 0, 1), 0x1004),
        (ccw(0x01, 0x2000, 0, 1), 0x20000),
        (ccw(0x01, 0x2000, 0, 1), 0x08001000),
    ],
    ids=["command", "command-40", "count", "bit-39", "bit-38", "tic", "alignment", "outside", "caw-bits"],
)
def test_program_check_at_start_io(machine: Machine, first: Ccw, caw: int) -> None:
    machine.put(0x1000, [first])
    machine.write(0x40, b"\xaa" * 8)
    machine.write(0x48, caw.to_bytes(4, "big"))
    assert machine.channels.sio(DEVICE, 0) == 1
    assert machine.read(0x40, 8) == b"\xaa\xaa\xaa\xaa\x00\x20\xaa\xaa"
    assert machine.interruption() is None
    assert device(machine).chains == 0


@pytest.mark.parametrize(
    ("second", "third", "address"),
    [
        (ccw(0x00, 0, 0, 1), None, 0x1010),
        (ccw(0x01, 0, 0, 0), None, 0x1010),
        (ccw(0x01, 0, 0x02, 1), None, 0x1010),
        (tic(0x1014), None, 0x1010),
        (tic(0x20000), None, 0x1010),
        (tic(0x1010), tic(0x1000), 0x1018),
    ],
    ids=["command", "count", "flags", "tic-alignment", "tic-outside", "two-tics"],
)
def test_program_check_in_command_chaining(machine: Machine, second: Ccw, third: Ccw | None, address: int) -> None:
    """The status of the operation before is not shown; the address is that of the offending CCW plus 8."""
    program = [ccw(0x01, 0x2000, CC, 5), second] + ([third] if third else [])
    csw = machine.execute(DEVICE, *program)
    assert (csw.address, csw.unit, csw.channel) == (address, UnitStatus(0), PROGRAM)
    assert device(machine).written == [ABC[:5]]


def test_the_program_runs_off_the_end_of_storage(machine: Machine) -> None:
    csw = machine.execute(DEVICE, ccw(0x01, 0x2000, CC, 5), at=0x1FFF8)
    assert (csw.address, csw.channel) == (0x20008, PROGRAM)


def test_program_check_in_data_chaining_after_the_data_before_it(machine: Machine) -> None:
    csw = machine.execute(DEVICE, ccw(0x01, 0x2000, CD, 5), ccw(0, 0x2000, 0, 0))
    assert (csw.address, csw.unit, csw.channel) == (0x1010, NORMAL_END, PROGRAM)
    assert device(machine).written == [ABC[:5]]


def test_data_outside_storage(machine: Machine) -> None:
    csw = machine.execute(DEVICE, ccw(0x02, 0x1FFF0, 0, 80))
    assert (csw.address, csw.unit, csw.channel) == (0x1008, NORMAL_END, PROGRAM)
    assert machine.read(0x1FFF0, 16) == ABC[:16]
    csw = machine.execute(DEVICE, ccw(0x02, 0xFFFFF0, 0, 80))
    assert csw.channel == PROGRAM
    csw = machine.execute(DEVICE, ccw(0x0C, 0x0003, 0, 80))
    assert csw.channel == PROGRAM


def test_data_that_is_not_needed_is_not_checked(machine: Machine) -> None:
    device(machine).block = ABC[:16]
    assert machine.execute(DEVICE, ccw(0x02, 0x1FFF0, SLI, 80)).channel == 0


# --- protection ---


def test_protection_of_data(machine: Machine) -> None:
    machine.storage.set_key(0x1000, 0x20)
    machine.storage.set_key(0x2000, 0x20)
    machine.storage.set_key(0x3000, 0x30)
    machine.storage.set_key(0x3800, 0x38)
    assert machine.execute(DEVICE, ccw(0x02, 0x2000, 0, 80), key=2).channel == 0
    csw = machine.execute(DEVICE, ccw(0x02, 0x3000, 0, 80), key=2)
    assert csw == Csw(2, 0x1008, NORMAL_END, PROTECTION, 80)
    assert machine.read(0x3000, 80) == bytes(80)
    assert machine.execute(DEVICE, ccw(0x01, 0x3000, 0, 80), key=2).channel == 0
    assert machine.execute(DEVICE, ccw(0x01, 0x3800, 0, 80), key=2).channel == PROTECTION
    assert machine.execute(DEVICE, ccw(0x02, 0x3800, 0, 80), key=0).channel == 0


def test_what_lies_before_a_protected_block_is_stored(machine: Machine) -> None:
    machine.storage.set_key(0x1000, 0x20)
    machine.storage.set_key(0x3000, 0x20)
    csw = machine.execute(DEVICE, ccw(0x02, 0x37F0, 0, 80), key=2)
    assert csw.channel == PROTECTION
    assert machine.read(0x37F0, 17) == ABC[:16] + b"\0"


def test_fetch_protection_of_ccws(machine: Machine) -> None:
    machine.storage.set_key(0x1000, 0x38)
    assert machine.start(DEVICE, ccw(0x01, 0x2000, 0, 1), key=2) == 1
    assert machine.csw().channel == PROTECTION
    assert machine.start(DEVICE, ccw(0x01, 0x2000, 0, 1), key=3) == 0


def test_reference_and_change_bits(machine: Machine) -> None:
    machine.execute(DEVICE, ccw(0x02, 0x4000, CC, 80), ccw(0x01, 0x5000, 0, 1))
    assert [machine.storage.key(address) for address in (0x1000, 0x4000, 0x5000)] == [0x04, 0x06, 0x04]


# --- indirect data addressing ---


def idal(machine: Machine, *words: int) -> None:
    machine.write(0x6000, b"".join(word.to_bytes(4, "big") for word in words))


def test_indirect_data_addresses(machine: Machine) -> None:
    idal(machine, 0x77F0, 0x9000)
    csw = machine.execute(DEVICE, ccw(0x02, 0x6000, IDA, 80))
    assert csw == Csw(0, 0x1008, NORMAL_END)
    assert machine.read(0x77F0, 17) == ABC[:16] + b"\0"
    assert machine.read(0x9000, 65) == ABC[16:] + b"\0"
    machine.execute(DEVICE, ccw(0x21, 0x6000, IDA, 80))
    assert device(machine).written == [ABC]


def test_indirect_data_addresses_backward(machine: Machine) -> None:
    idal(machine, 0x780F, 0x97FF)
    machine.execute(DEVICE, ccw(0x0C, 0x6000, IDA, 80))
    assert machine.read(0x7800, 16) == ABC[15::-1]
    assert machine.read(0x97C0, 64) == ABC[:15:-1]


def test_an_operation_may_take_its_data_in_pieces(machine: Machine) -> None:
    idal(machine, 0x2000, 0x3000)
    assert machine.execute(DEVICE, ccw(0x07, 0x6000, IDA | CD, 4), ccw(0, 0x2010, 0, 2)).channel == 0
    assert device(machine).written == [ABC[:4] + ABC[16:18]]


@pytest.mark.parametrize(
    ("where", "words"),
    [(0x6002, (0x2000,)), (0x6000, (0x27F8, 0x9004)), (0x6000, (0x01002000,)), (0x1FFFF0, (0,)), (0x6000, (0x20000,))],
    ids=["list-alignment", "second-not-on-a-block", "more-than-24-bits", "list-outside", "data-outside"],
)
def test_bad_indirect_addresses(machine: Machine, where: int, words: tuple[int, ...]) -> None:
    idal(machine, *words)
    csw = machine.execute(DEVICE, ccw(0x02, where, IDA, 80))
    assert (csw.unit, csw.channel) == (NORMAL_END, PROGRAM)


def test_a_full_block_ends_without_another_address_word(machine: Machine) -> None:
    device(machine).block = bytes(range(256)) * 8
    idal(machine, 0x7000, 0xFFFFFFFF)
    assert machine.execute(DEVICE, ccw(0x02, 0x6000, IDA, 2048)).channel == 0
    assert machine.read(0x7000, 2048) == device(machine).block
