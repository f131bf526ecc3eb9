"""Readers, punches and printers over a spool that is a list."""

from __future__ import annotations

import json

import pytest

from tests.cp.io.channelkit import CC, SLI, Machine, ccw
from vm370.cp.io.carriage import Carriage, CarriageError
from vm370.cp.io.ccw import ChannelStatus, Csw
from vm370.cp.io.device import NORMAL_END, Device, UnitStatus
from vm370.cp.io.devicetypes import DEVICE_TYPES
from vm370.cp.io.printer import Printer
from vm370.cp.io.punch import Punch
from vm370.cp.io.reader import Reader
from vm370.cp.io.unitrecord import Feed, Record, SpoolFault

UNIT_CHECK, UNIT_EXCEPTION = UnitStatus.UNIT_CHECK, UnitStatus.UNIT_EXCEPTION
CARDS = [Record(0x01, text.encode("cp037")) for text in ("FIRST", "SECOND", "THIRD")]
DEVICE = 0x00C


class Hopper:
    """What a reader reads: records and ends."""

    def __init__(self, *feed: Record | Feed) -> None:
        self.feed = list(feed)
        self.broken = False

    def read(self) -> Record | Feed:
        if self.broken:
            raise SpoolFault("locked")
        return self.feed.pop(0) if self.feed else Feed.EMPTY


class Stacker:
    """What was punched or printed."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.full = False

    def write(self, record: Record) -> None:
        if self.full:
            raise SpoolFault("full")
        self.records.append(record)


def with_device(device: Device) -> Machine:
    machine = Machine()
    machine.channels.attach(DEVICE, device)
    return machine


def sense(machine: Machine) -> int:
    assert machine.execute(DEVICE, ccw(0x04, 0x7000, 0, 1)).unit == NORMAL_END
    return machine.read(0x7000, 1)[0]


def read_card(machine: Machine, command: int = 0x02) -> tuple[UnitStatus, bytes]:
    """Status and text of a card without trailing blanks."""
    machine.write(0x2000, bytes(200))
    csw = machine.execute(DEVICE, ccw(command, 0x2000, SLI, 200))
    return csw.unit, machine.read(0x2000, 200 - csw.count).rstrip(b"\x40")


# --- reader ---


def test_cards_then_unit_exception_then_intervention_required() -> None:
    machine = with_device(Reader(Hopper(*CARDS, Feed.END_OF_FILE)))
    for card in CARDS:
        assert read_card(machine) == (NORMAL_END, card.data)
    assert read_card(machine) == (NORMAL_END | UNIT_EXCEPTION, b"")
    assert read_card(machine) == (UNIT_CHECK, b"")
    assert sense(machine) == 0x40


def test_a_card_has_eighty_columns() -> None:
    machine = with_device(Reader(Hopper(*CARDS)))
    assert machine.execute(DEVICE, ccw(0x02, 0x2000, 0, 80)) == Csw(0, 0x1008, NORMAL_END)
    assert machine.read(0x2000, 81) == b"\xc6\xc9\xd9\xe2\xe3" + b"\x40" * 75 + b"\0"
    assert machine.execute(DEVICE, ccw(0x02, 0x2000, 0, 79)).channel == ChannelStatus.INCORRECT_LENGTH


def test_a_print_line_comes_in_its_own_length() -> None:
    machine = with_device(Reader(Hopper(Record(0x09, bytes(132)))))
    assert machine.execute(DEVICE, ccw(0x02, 0x2000, SLI, 150)).count == 18


def test_feed_passes_a_card_over() -> None:
    machine = with_device(Reader(Hopper(*CARDS)))
    assert machine.start(DEVICE, ccw(0x23, 0, SLI, 1)) == 1
    assert machine.csw().unit == NORMAL_END
    assert read_card(machine, 0x42) == (NORMAL_END, CARDS[1].data)


def test_read_without_feed_leaves_the_card() -> None:
    reader = Reader(Hopper(*CARDS))
    machine = with_device(reader)
    assert read_card(machine, 0xC2) == (NORMAL_END, CARDS[0].data)
    reader.restore(json.loads(json.dumps(reader.save())))
    assert read_card(machine, 0xC2) == (NORMAL_END, CARDS[0].data)
    assert machine.start(DEVICE, ccw(0xA3, 0, SLI, 1)) == 1
    assert read_card(machine, 0xC2) == (NORMAL_END, CARDS[1].data)
    assert read_card(machine, 0x82) == (NORMAL_END, CARDS[1].data)
    assert read_card(machine) == (NORMAL_END, CARDS[2].data)


@pytest.mark.parametrize(("name", "command"), [("2540R", 0x22), ("2540R", 0x01), ("2501", 0x42), ("2501", 0xC2)])
def test_commands_that_a_reader_does_not_have(name: str, command: int) -> None:
    machine = with_device(Reader(Hopper(*CARDS), device_type=DEVICE_TYPES[name]))
    assert machine.execute(DEVICE, ccw(command, 0x2000, SLI, 80)).unit == UNIT_CHECK
    assert sense(machine) == 0x80
    assert read_card(machine) == (NORMAL_END, CARDS[0].data)


def test_a_spool_fault_is_intervention_required() -> None:
    hopper = Hopper(*CARDS)
    hopper.broken = True
    machine = with_device(Reader(hopper))
    assert read_card(machine) == (UNIT_CHECK, b"")
    assert sense(machine) == 0x40
    hopper.broken = False
    assert read_card(machine) == (NORMAL_END, CARDS[0].data)


def test_a_file_that_arrives_is_a_device_end() -> None:
    reader = Reader(Hopper())
    machine = with_device(reader)
    reader.arrived()
    assert machine.interruption() == (DEVICE, Csw(unit=UnitStatus.DEVICE_END))


def test_a_chain_reads_a_deck() -> None:
    """The loader's way: one chain, unit exception ends it at the fourth read."""
    machine = with_device(Reader(Hopper(*CARDS, Feed.END_OF_FILE)))
    csw = machine.execute(DEVICE, *(ccw(0x02, 0x2000 + 80 * number, CC | SLI, 80) for number in range(5)))
    assert csw == Csw(0, 0x1020, NORMAL_END | UNIT_EXCEPTION, count=80)
    assert machine.read(0x20A0, 5) == CARDS[2].data


# --- punch ---


@pytest.mark.parametrize("command", [0x01, 0x41, 0x81])
def test_punch(command: int) -> None:
    stacker = Stacker()
    machine = with_device(Punch(stacker))
    machine.write(0x2000, CARDS[0].data)
    assert machine.execute(DEVICE, ccw(command, 0x2000, 0, 5)) == Csw(0, 0x1008, NORMAL_END)
    assert stacker.records == [Record(command, CARDS[0].data)]


def test_a_card_ends_at_column_80() -> None:
    stacker = Stacker()
    machine = with_device(Punch(stacker, device_type=DEVICE_TYPES["3525"]))
    csw = machine.execute(DEVICE, ccw(0x01, 0x2000, 0, 81))
    assert (csw.channel, csw.count) == (ChannelStatus.INCORRECT_LENGTH, 1)
    assert len(stacker.records[0].data) == 80


@pytest.mark.parametrize("device", [Punch, Printer])
def test_a_full_spool_is_intervention_required(device: type[Punch] | type[Printer]) -> None:
    stacker = Stacker()
    stacker.full = True
    machine = with_device(device(stacker))
    assert machine.execute(DEVICE, ccw(0x01, 0x2000, 0, 5)).unit == NORMAL_END | UNIT_CHECK
    assert sense(machine) == 0x40
    stacker.full = False
    assert machine.execute(DEVICE, ccw(0x01, 0x2000, 0, 5)).unit == NORMAL_END
    assert len(stacker.records) == 1


# --- printer ---

PRINT_COMMANDS = [0x01, 0x09, 0x11, 0x19, *range(0x89, 0xE2, 8)]


@pytest.mark.parametrize("command", PRINT_COMMANDS)
def test_print_commands(command: int) -> None:
    stacker = Stacker()
    machine = with_device(Printer(stacker))
    machine.write(0x2000, CARDS[0].data)
    assert machine.execute(DEVICE, ccw(command, 0x2000, 0, 5)) == Csw(0, 0x1008, NORMAL_END)
    assert stacker.records == [Record(command, CARDS[0].data)]


@pytest.mark.parametrize("command", [command + 2 for command in PRINT_COMMANDS if command != 0x01])
def test_carriage_commands_are_immediate(command: int) -> None:
    stacker = Stacker()
    machine = with_device(Printer(stacker))
    assert machine.start(DEVICE, ccw(command, 0, SLI, 1)) == 1
    assert machine.csw().unit == NORMAL_END
    assert stacker.records == [Record(command, b"")]


@pytest.mark.parametrize(("name", "width"), [("1403", 132), ("1443", 144), ("3211", 150)])
def test_width(name: str, width: int) -> None:
    stacker = Stacker()
    machine = with_device(Printer(stacker, device_type=DEVICE_TYPES[name]))
    assert machine.execute(DEVICE, ccw(0x09, 0x2000, SLI, 200)).count == 200 - width
    assert len(stacker.records[0].data) == width


@pytest.mark.parametrize(
    ("name", "command"),
    [("1403", 0x81), ("1403", 0xE9), ("1403", 0x63), ("1403", 0x02), ("1443", 0xFB), ("3211", 0xF3)],
)
def test_commands_that_a_printer_does_not_have(name: str, command: int) -> None:
    machine = with_device(Printer(Stacker(), device_type=DEVICE_TYPES[name]))
    assert machine.execute(DEVICE, ccw(command, 0x2000, SLI, 10)).unit == UNIT_CHECK
    assert sense(machine) == 0x80


def test_character_set_of_a_1403() -> None:
    printer = Printer(Stacker())
    machine = with_device(printer)
    machine.write(0x2000, bytes(range(240)))
    assert machine.execute(DEVICE, ccw(0xEB, 0, CC | SLI, 1), ccw(0xFB, 0x2000, 0, 240)).unit == NORMAL_END
    assert printer.character_set == bytes(range(240))
    assert not printer.fold
    machine.execute(DEVICE, ccw(0xEB, 0, CC | SLI, 1), ccw(0xF3, 0x2000, 0, 240))
    assert printer.fold


FCB = bytes([1, 0, 0, 9, 0, 12, 0x10 | 2])
"""Seven lines: channels 1, 9, 12 and 2 at lines 1, 4, 6 and 7."""


def forms_printer() -> tuple[Machine, Printer]:
    printer = Printer(Stacker(), device_type=DEVICE_TYPES["3211"])
    machine = with_device(printer)
    machine.write(0x3000, FCB)
    assert machine.execute(DEVICE, ccw(0x63, 0x3000, 0, len(FCB))) == Csw(0, 0x1008, NORMAL_END)
    return machine, printer


def test_forms_control_channels_9_and_12() -> None:
    machine, printer = forms_printer()
    printed = [machine.execute(DEVICE, ccw(0x09, 0x2000, SLI, 1)).unit for _ in range(7)]
    plain = NORMAL_END
    assert printed == [plain, plain, plain | UNIT_CHECK, plain, plain | UNIT_EXCEPTION, plain, plain]
    assert printer.carriage is not None
    assert printer.carriage.line == 0
    assert machine.execute(DEVICE, ccw(0x19, 0x2000, SLI, 1)).unit == plain | UNIT_CHECK
    assert sense(machine) == 0x01


def test_skips_do_not_report_what_they_pass() -> None:
    machine, printer = forms_printer()
    assert machine.execute(DEVICE, ccw(0x91, 0x2000, SLI, 1)).unit == NORMAL_END
    assert printer.carriage is not None
    assert printer.carriage.line == 6
    assert machine.start(DEVICE, ccw(0x8B, 0, SLI, 1)) == 1
    assert machine.csw().unit == NORMAL_END
    assert printer.carriage.line == 0


def test_skip_to_a_channel_that_the_form_does_not_have() -> None:
    machine, _ = forms_printer()
    assert machine.execute(DEVICE, ccw(0x99, 0x2000, SLI, 1)).unit == NORMAL_END | UNIT_CHECK


@pytest.mark.parametrize("buffer", [b"", b"\x10", b"\x01\x00", b"\x01\x0d\x10", b"\x81\x10"])
def test_bad_forms_control_buffers(buffer: bytes) -> None:
    with pytest.raises(CarriageError):
        Carriage.from_buffer(buffer)


def test_load_check() -> None:
    machine, printer = forms_printer()
    machine.write(0x3000, b"\x01\x0d\x10")
    assert machine.execute(DEVICE, ccw(0x63, 0x3000, 0, 3)).unit == NORMAL_END | UNIT_CHECK
    assert sense(machine) == 0x02
    assert printer.carriage is not None
    assert len(printer.carriage.channels) == 7


def test_printer_state_is_saved() -> None:
    machine, printer = forms_printer()
    machine.execute(DEVICE, ccw(0x11, 0x2000, CC | SLI, 1), ccw(0x43, 0, SLI, 1))
    other = Printer(Stacker(), device_type=DEVICE_TYPES["3211"])
    other.restore(json.loads(json.dumps(printer.save())))
    assert other.save() == printer.save()
    assert other.carriage is not None
    assert (other.carriage.line, other.fold) == (2, True)


@pytest.mark.parametrize(("name", "width"), [("1403", 132), ("1443", 144), ("3203", 132), ("3211", 150), ("3800", 204)])
def test_a_line_is_as_wide_as_the_printer(name: str, width: int) -> None:
    stacker = Stacker()
    machine = with_device(Printer(stacker, device_type=DEVICE_TYPES[name]))
    csw = machine.execute(DEVICE, ccw(0x09, 0x2000, SLI, width + 5))
    assert csw.count == 5
    assert len(stacker.records[0].data) == width


@pytest.mark.parametrize(
    ("name", "has"), [("1403", False), ("1443", False), ("3203", True), ("3211", True), ("3800", True)]
)
def test_which_printers_have_a_forms_control_buffer(name: str, *, has: bool) -> None:
    """Three lines: channel 1, none, channel 12 at the last."""
    printer = Printer(Stacker(), device_type=DEVICE_TYPES[name])
    machine = with_device(printer)
    machine.write(0x2000, bytes.fromhex("01001C"))
    assert machine.execute(DEVICE, ccw(0x63, 0x2000, 0, 3)).unit == (NORMAL_END if has else UNIT_CHECK)
    assert printer.has_fcb is has
    if has:
        overflow = machine.execute(DEVICE, ccw(0x11, 0x2100, SLI, 1)).unit
        assert overflow == NORMAL_END | UNIT_EXCEPTION


def test_loads_of_a_3800_are_taken() -> None:
    stacker = Stacker()
    machine = with_device(Printer(stacker, device_type=DEVICE_TYPES["3800"]))
    for command in (0x23, 0x25, 0x35, 0x43, 0x53, 0x83):
        assert machine.execute(DEVICE, ccw(command, 0x2000, 0, 1)).unit == NORMAL_END
    assert machine.start(DEVICE, ccw(0x37, 0, SLI, 1)) == 1
    assert stacker.records == []
