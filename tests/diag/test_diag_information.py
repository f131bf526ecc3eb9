"""DIAGNOSE 00, 04, 0C, 10, 24, 44, 5C, 60: what CP says about itself, the machine, its devices and the time."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from tests.cp.commands.cpkit import StoppedClock
from tests.diag.diagkit import ADDRESSING, PROGRAM, PROTECTION, SPECIFICATION, UNCHANGED, Guest, LogOn, ccw
from vm370.cp.io.channel import START_DELAY
from vm370.cp.s370.psw import Psw
from vm370.images.ebcdic import from_ebcdic, to_ebcdic

SIZE = 512 * 1024
KEY_3 = Psw(cc=UNCHANGED, key=3, address=PROGRAM)

# --- 00 ---


def test_00_store_extended_identification(guest: Guest) -> None:
    assert guest.diagnose(0x00, 3, 4, {3: 0x3000, 4: 40}) == UNCHANGED
    answer = guest.get(0x3000, 40)
    assert from_ebcdic(answer[:8]) == "VM/370  "
    assert answer[8:11] == bytes((6, 0, 0))
    assert answer[12:16] == bytes(4)
    assert from_ebcdic(answer[16:24]) == "ALPHA   "
    assert answer[24:32] == bytes(8)
    assert answer[32:36] == bytes(4)  # the clock of these tests is GMT
    assert guest.gr[4] == 0


@pytest.mark.parametrize(("length", "stored"), [(1, 1), (8, 8), (24, 24), (39, 39), (40, 40), (41, 40), (4096, 40)])
def test_00_lengths(guest: Guest, length: int, stored: int) -> None:
    guest.put(0x3000, bytes([0xEE]) * 64)
    guest.diagnose(0x00, 3, 4, {3: 0x3000, 4: length})
    assert guest.get(0x3000, 64)[stored:] == bytes([0xEE]) * (64 - stored)
    assert bytes([0xEE]) not in guest.get(0x3000, stored)
    assert guest.gr[4] == length - stored


def test_00_time_zone(guest: Guest, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    west = datetime(1981, 4, 1, 9, 30, tzinfo=timezone(timedelta(hours=-5)))
    monkeypatch.setattr(clock, "now", lambda: west)
    guest.diagnose(0x00, 3, 4, {3: 0x3000, 4: 40})
    assert int.from_bytes(guest.get(0x3020, 4), "big", signed=True) == -18000


@pytest.mark.parametrize(
    ("registers", "code"),
    [
        ({3: 0x3004, 4: 40}, SPECIFICATION),
        ({3: 0x3001, 4: 40}, SPECIFICATION),
        ({3: 0x3000, 4: 0}, SPECIFICATION),
        ({3: 0x3000, 4: 0x80000000}, SPECIFICATION),
        ({3: SIZE, 4: 40}, ADDRESSING),
        ({3: SIZE - 32, 4: 40}, ADDRESSING),
        ({3: 0xFFFFF8, 4: 40}, ADDRESSING),
    ],
)
def test_00_exceptions(guest: Guest, registers: dict[int, int], code: int) -> None:
    assert guest.refused(0x00, 3, 4, registers) == code


def test_00_at_the_end_of_storage(guest: Guest) -> None:
    guest.diagnose(0x00, 3, 4, {3: SIZE - 32, 4: 32})
    assert guest.interruption is None


def test_00_protection(guest: Guest) -> None:
    assert guest.refused(0x00, 3, 4, {3: 0x3000, 4: 40}, psw=KEY_3) == PROTECTION
    guest.vm.storage.set_key(0x3000, 0x30)
    guest.diagnose(0x00, 3, 4, {3: 0x3000, 4: 40}, psw=KEY_3)
    assert guest.interruption is None
    assert guest.vm.storage.key(0x3000) == 0x36  # referenced and changed


# --- 04 ---


@pytest.fixture
def operator(logged_on: LogOn) -> Guest:
    return Guest(logged_on("OPERATOR"))


def test_04_examine_real_storage(operator: Guest) -> None:
    operator.put(0x3000, "00000000 00000010 00FFFFFC")
    operator.put(0x3100, b"\xff" * 16)
    assert operator.diagnose(0x04, 1, 2, {1: 0x3000, 2: 3, 3: 0x3100}) == UNCHANGED
    assert operator.get(0x3100, 16) == bytes(12) + b"\xff" * 4


@pytest.mark.parametrize(
    ("rx", "ry", "registers", "code"),
    [
        (1, 2, {1: 0x3002, 2: 1, 3: 0x3100}, SPECIFICATION),
        (1, 2, {1: 0x3000, 2: 1, 3: 0x3101}, SPECIFICATION),
        (1, 2, {1: 0x3000, 2: 0, 3: 0x3100}, SPECIFICATION),
        (1, 2, {1: 0x3000, 2: 1025, 3: 0x4000}, SPECIFICATION),
        (1, 2, {1: 0x3FFC, 2: 2, 3: 0x5000}, SPECIFICATION),
        (1, 2, {1: 0x3000, 2: 2, 3: 0x4FFC}, SPECIFICATION),
        (1, 15, {1: 0x3000, 15: 1}, SPECIFICATION),
        (1, 2, {1: SIZE, 2: 1, 3: 0x3100}, ADDRESSING),
        (1, 2, {1: 0x3000, 2: 1, 3: SIZE}, ADDRESSING),
        (1, 2, {1: 0x3200, 2: 1, 3: 0x3100}, ADDRESSING),  # the address in the list is FFFFFD
    ],
)
def test_04_exceptions(operator: Guest, rx: int, ry: int, registers: dict[int, int], code: int) -> None:
    operator.put(0x3200, "00FFFFFD")
    assert operator.refused(0x04, rx, ry, registers) == code


# --- 0C ---


def test_0c_pseudo_timer(guest: Guest, clock: StoppedClock) -> None:
    assert guest.diagnose(0x0C, 5, 0, {5: 0x3000}) == UNCHANGED
    answer = guest.get(0x3000, 32)
    assert from_ebcdic(answer[:16]) == "04/01/8109:30:15"
    virtual, total = int.from_bytes(answer[16:24], "big"), int.from_bytes(answer[24:], "big")
    assert 0 <= virtual <= total
    clock.advance(3600)
    guest.diagnose(0x0C, 5, 0, {5: 0x3000})
    assert from_ebcdic(guest.get(0x3008, 8)) == "10:30:15"


def test_0c_counts_instructions_with_a_virtual_timer(guest: Guest) -> None:
    guest.vm.set_timer("VIRTUAL")
    guest.load(0x0C, 5, 0, {5: 0x3000})
    guest.put(PROGRAM + 4, "47F010000000")  # back to the DIAGNOSE: gr0 is not a base
    guest.put(PROGRAM + 4, "07F6")  # BR 6
    guest.vm.cpu.gr[6] = PROGRAM
    guest.vm.run_slice(1001)
    assert guest.get(0x3010, 16) == (1001).to_bytes(8, "big") * 2


@pytest.mark.parametrize(
    ("address", "code"), [(0x3004, SPECIFICATION), (SIZE, ADDRESSING), (SIZE - 24, ADDRESSING), (0xFFFFF8, ADDRESSING)]
)
def test_0c_exceptions(guest: Guest, address: int, code: int) -> None:
    assert guest.refused(0x0C, 5, 0, {5: address}) == code


def test_0c_protection(guest: Guest) -> None:
    assert guest.refused(0x0C, 5, 0, {5: 0x3000}, psw=KEY_3) == PROTECTION


# --- 10 ---


def test_10_release_pages(guest: Guest) -> None:
    guest.put(0x4000, b"\xaa" * 0x5000)
    guest.vm.storage.set_key(0x5000, 0x70)
    assert guest.diagnose(0x10, 1, 2, {1: 0x5000, 2: 0x7000}) == UNCHANGED
    assert guest.get(0x4000, 0x1000) == b"\xaa" * 0x1000
    assert guest.get(0x5000, 0x3000) == bytes(0x3000)
    assert guest.get(0x8000, 0x1000) == b"\xaa" * 0x1000
    assert guest.vm.storage.key(0x5000) & 0xF0 == 0x70


def test_10_one_page_and_the_last(guest: Guest) -> None:
    guest.put(SIZE - 0x1000, b"\xaa" * 0x1000)
    guest.diagnose(0x10, 1, 1, {1: SIZE - 0x1000})
    assert guest.get(SIZE - 0x1000, 0x1000) == bytes(0x1000)


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        (0x5004, 0x6000, SPECIFICATION),
        (0x5000, 0x5FFF, SPECIFICATION),
        (0x6000, 0x5000, SPECIFICATION),
        (0x5000, SIZE, ADDRESSING),
        (SIZE, SIZE, ADDRESSING),
        (0xFFF000, 0xFFF000, ADDRESSING),
    ],
)
def test_10_exceptions(guest: Guest, first: int, last: int, code: int) -> None:
    guest.put(0x5000, b"\xaa" * 0x2000)
    assert guest.refused(0x10, 1, 2, {1: first, 2: last}) == code
    assert guest.get(0x5000, 0x2000) == b"\xaa" * 0x2000


def test_10_the_page_with_the_program(guest: Guest) -> None:
    """Nothing is left to execute: the next instruction is 0000."""
    guest.diagnose(0x10, 1, 2, {1: 0x1000, 2: 0x1000})
    guest.vm.run_slice(1)
    assert guest.outcome() == UNCHANGED
    assert guest.interruption == 1


# --- 24 ---


@pytest.mark.parametrize(
    ("address", "virtual", "real"),
    [
        #        Ry         Ry+1
        (0x009, 0x80000000, 0x80000082),  # 3215; line length 130
        (0x00C, 0x20820000, 0x00000040),  # 2540 reader
        (0x00D, 0x10820000, 0x00000040),  # 2540 punch
        (0x00E, 0x10410000, 0x00000040),  # 1403
        (0x190, 0x04080080, 0x040800C0),  # 3350, read-only
        (0x191, 0x04080000, 0x040800C0),  # 3350
        (0x292, 0x01010000, 0x01010000),  # 3310
    ],
)
def test_24_devices_of_a_user(guest: Guest, address: int, virtual: int, real: int) -> None:
    assert guest.diagnose(0x24, 1, 6, {1: address, 6: 0, 7: 0}) == 0
    assert (guest.gr[1], guest.gr[6], guest.gr[7]) == (address, virtual, real)


@pytest.mark.parametrize(
    ("device_type", "virtual", "real"),
    [
        ("2305", 0x04020000, 0x040200C0),
        ("2311", 0x04800000, 0x04800000),
        ("2314", 0x04400000, 0x04400000),
        ("3330", 0x04100000, 0x041000C0),
        ("3330-11", 0x04100000, 0x041000C0),
        ("3340-35", 0x04010000, 0x040100C8),
        ("3340-70", 0x04010000, 0x040100C4),
        ("3375", 0x04040000, 0x040400C0),
        ("3380", 0x04200000, 0x042000C0),
        ("3390", 0x04820000, 0x048200C0),
    ],
)
def test_24_ckd_disks(guest: Guest, device_type: str, virtual: int, real: int) -> None:
    guest.add_ckd(0x300, device_type, cylinders=1)
    assert guest.diagnose(0x24, 1, 6, {1: 0x300}) == 0
    assert (guest.gr[6], guest.gr[7]) == (virtual, real)


@pytest.mark.parametrize(
    ("device_type", "code"), [("3310", 0x0101), ("3370", 0x0102), ("9332", 0x0108), ("9335", 0x0104), ("9336", 0x0140)]
)
def test_24_fixed_block_disks(guest: Guest, device_type: str, code: int) -> None:
    guest.add_fba(0x300, device_type, read_only=True)
    assert guest.diagnose(0x24, 1, 6, {1: 0x300}) == 0
    assert (guest.gr[6], guest.gr[7]) == (code << 16 | 0x80, code << 16)


@pytest.mark.parametrize(
    ("device_type", "virtual"),
    [("2501", 0x2081), ("3505", 0x2084), ("3211", 0x1042), ("1443", 0x1044), ("3525", 0x1084)],
)
def test_24_other_unit_record_devices(guest: Guest, device_type: str, virtual: int) -> None:
    guest.type(f"DEFINE {device_type} 0F0")
    assert guest.diagnose(0x24, 1, 6, {1: 0x0F0}) == 0
    assert (guest.gr[6], guest.gr[7]) == (virtual << 16, 0x40)


def test_24_temporary_disk(guest: Guest) -> None:
    guest.type("DEFINE T3350 AS 300 CYL 2")
    assert guest.diagnose(0x24, 1, 6, {1: 0x300}) == 0
    assert guest.gr[6] == 0x04080040


def test_24_the_console_by_minus_one(guest: Guest) -> None:
    guest.type("TERMINAL LINESIZE 72")
    assert guest.diagnose(0x24, 1, 6, {1: 0xFFFFFFFF}) == 0
    assert (guest.gr[1], guest.gr[6], guest.gr[7]) == (0x009, 0x80000000, 0x80000048)


def test_24_a_disconnected_console_has_no_real_device(guest: Guest) -> None:
    guest.type("DISCONN")
    assert guest.diagnose(0x24, 1, 6, {1: 0xFFFFFFFF, 7: 0xEEEEEEEE}) == 2
    assert (guest.gr[1], guest.gr[6], guest.gr[7]) == (0x009, 0x80000000, 0xEEEEEEEE)


def test_24_no_such_device(guest: Guest) -> None:
    registers = {1: 0x555, 6: 0x66666666, 7: 0x77777777}
    assert guest.diagnose(0x24, 1, 6, registers) == 3
    assert guest.diagnose(0x24, 1, 6, registers | {1: 0xFFFF}) == 3
    assert (guest.gr[6], guest.gr[7]) == (0x66666666, 0x77777777)
    guest.type("DETACH 009")
    assert guest.diagnose(0x24, 1, 6, registers | {1: 0xFFFFFFFF}) == 3
    assert guest.gr[1] == 0xFFFFFFFF


def test_24_ry_15_has_no_second_register(guest: Guest) -> None:
    assert guest.diagnose(0x24, 1, 15, {0: 0x11111111, 1: 0x00E}) == 0
    assert (guest.gr[15], guest.gr[0]) == (0x10410000, 0x11111111)


def test_24_only_the_address_half_of_rx_counts(guest: Guest) -> None:
    assert guest.diagnose(0x24, 1, 6, {1: 0x7FFF000E}) == 0
    assert guest.gr[6] == 0x10410000


def test_24_busy(guest: Guest) -> None:
    """SIO to the printer; the channel program has not ended when the DIAGNOSE comes."""
    guest.put(0x48, "00003000")
    guest.put(0x3000, ccw(0x09, 0x3100, 0x20, 1))
    guest.vm.channels.sio(0x00E, guest.vm.now)
    assert guest.diagnose(0x24, 1, 6, {1: 0x00E}) == 0
    assert guest.gr[6] == 0x10412000
    guest.vm.cpu.psw = Psw(address=PROGRAM + 4)
    guest.vm.run_slice(START_DELAY + 100)
    assert guest.diagnose(0x24, 1, 6, {1: 0x00E}) == 0
    assert guest.gr[6] == 0x10412000  # the interruption is pending
    guest.vm.channels.tio(0x00E)
    guest.diagnose(0x24, 1, 6, {1: 0x00E})
    assert guest.gr[6] == 0x10410000


# --- 44, 60 ---


def test_44_ends_the_time_slice(guest: Guest) -> None:
    guest.load(0x44, 0, 0, {})
    guest.vm.run_slice(1000)
    assert guest.vm.cpu.instructions == 1
    assert (guest.outcome(), guest.vm.cpu.ia) == (UNCHANGED, PROGRAM + 4)
    guest.vm.run_slice(1000)
    assert guest.vm.cpu.instructions == 1001


@pytest.mark.parametrize("size", ["256K", "512K", "1M"])
def test_60_storage_size(guest: Guest, size: str) -> None:
    guest.type(f"DEFINE STORAGE {size}")
    guest = Guest(guest.user)
    assert guest.diagnose(0x60, 9, 9, {9: 1}) == UNCHANGED
    assert guest.gr[9] == {"256K": 0x40000, "512K": 0x80000, "1M": 0x100000}[size]


# --- 5C ---

MESSAGE = to_ebcdic("DMSXYZ002E FILE NOT FOUND")


@pytest.mark.parametrize(
    ("setting", "address", "length"), [("ON", 0, 25), ("CODE", 0, 10), ("TEXT", 11, 14), ("OFF", 0, 0)]
)
def test_5c_error_message_editing(guest: Guest, setting: str, address: int, length: int) -> None:
    guest.type(f"SET EMSG {setting}")
    guest.put(0x3000, MESSAGE)
    assert guest.diagnose(0x5C, 1, 2, {1: 0x3000, 2: len(MESSAGE)}) == UNCHANGED
    assert (guest.gr[1], guest.gr[2]) == (0x3000 + address, length)
    assert guest.get(0x3000, len(MESSAGE)) == MESSAGE
    assert guest.user.read() == []


@pytest.mark.parametrize("length", [0, 5, 10, 11])
def test_5c_messages_without_text(guest: Guest, length: int) -> None:
    guest.type("SET EMSG TEXT")
    guest.diagnose(0x5C, 1, 2, {1: 0x3000, 2: length})
    assert (guest.gr[1], guest.gr[2]) == (0x3000 + length, 0)
    guest.type("SET EMSG CODE")
    guest.diagnose(0x5C, 1, 2, {1: 0x3000, 2: length})
    assert (guest.gr[1], guest.gr[2]) == (0x3000, min(length, 10))


def test_5c_does_not_look_at_storage(guest: Guest) -> None:
    guest.type("SET EMSG TEXT")
    guest.diagnose(0x5C, 1, 2, {1: 0xFFFFFFFF, 2: 0xFFFFFFFF})
    assert (guest.gr[1], guest.gr[2], guest.interruption) == (10, 0xFFFFFFF4, None)
