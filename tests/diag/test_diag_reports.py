"""DIAGNOSE X'204', X'210', X'224', X'2FC': CP, the devices and the machines."""

from __future__ import annotations

import struct

import pytest

from tests.cp.commands.cpkit import StoppedClock
from tests.diag.diagkit import SPECIFICATION, UNCHANGED, Guest, LogOn
from vm370.images.ebcdic import from_ebcdic, to_ebcdic

WHERE, BUFFER = 0x4000, 0x5000


def test_204_one_partition(guest: Guest) -> None:
    assert guest.diagnose(0x204, 2, 4, {2: BUFFER, 4: 5, 5: 1}) == 0
    assert (guest.gr[4], guest.gr[5]) == (0, 1)
    assert guest.diagnose(0x204, 2, 4, {2: BUFFER, 4: 4, 5: 1}) == 0
    assert (guest.gr[4], guest.gr[5]) == (0, 1)
    data = guest.get(BUFFER, 56)
    partitions, flags, time_slice, real, this, tod = struct.unpack(">BBHHHQ", data[:16])
    assert (partitions, flags, time_slice, this) == (1, 0, 0, 16)
    assert real >= 1
    assert tod >> 32
    assert (data[16], data[17], from_ebcdic(data[24:32])) == (1, 1, "VM370   ")
    assert struct.unpack(">HHBBH", data[32:40]) == (0, 0, 0, 0x20, 100)
    total, virtual = struct.unpack(">QQ", data[40:])
    assert total >= virtual


def test_204_what_is_not_here(guest: Guest) -> None:
    assert guest.diagnose(0x204, 2, 4, {2: BUFFER, 4: 0x00010006, 5: 1}) == 0
    assert guest.gr[4] == 0xFFFFFFFF
    assert guest.refused(0x204, 2, 4, {2: BUFFER, 4: 8, 5: 1}) == SPECIFICATION
    assert guest.refused(0x204, 2, 4, {2: BUFFER + 8, 4: 4, 5: 1}) == SPECIFICATION
    assert guest.refused(0x204, 2, 4, {2: BUFFER, 4: 7, 5: 0}) == SPECIFICATION
    assert guest.refused(0x204, 2, 5, {2: BUFFER, 5: 4}) == SPECIFICATION


def test_224_names(guest: Guest) -> None:
    assert guest.diagnose(0x224, 2, 4, {2: BUFFER}) == 0
    assert guest.get(BUFFER, 16) == b"\x01" + bytes(15)
    assert from_ebcdic(guest.get(BUFFER + 16, 16)) == "CP".ljust(16)
    assert guest.refused(0x224, 2, 4, {2: BUFFER + 8}) == SPECIFICATION


@pytest.mark.parametrize(
    ("device", "cc", "virtual", "real"),
    [
        (0x009, 0, "80000000", "80000082"),
        (0x00C, 0, "20820000", "00000040"),
        (0x00D, 0, "10820000", "00000040"),
        (0x00E, 0, "10410000", "00000040"),
        (0x190, 0, "04080080", "040800c0"),
        (0x191, 0, "04080000", "040800c0"),
        (0x292, 0, "01010000", "01010000"),
    ],
)
def test_24_and_210_of_the_devices_of_a_user(guest: Guest, device: int, cc: int, virtual: str, real: str) -> None:
    """Words of VM/370 Release 6, as far as the devices are the same (a 3350 instead of a 3330)."""
    assert guest.diagnose(0x24, 1, 2, {1: device}) == cc
    assert (f"{guest.gr[2]:08x}", f"{guest.gr[3]:08x}") == (virtual, real)
    guest.put(WHERE, device.to_bytes(2, "big") + (256).to_bytes(2, "big") + b"\xee" * 260)
    assert guest.diagnose(0x210, 1, 2, {1: WHERE}) == cc
    assert guest.get(WHERE + 4, 8).hex() == virtual + real
    assert guest.get(WHERE + 12, 252) == bytes(244) + b"\xee" * 8


@pytest.mark.parametrize(
    ("command", "device", "virtual"),
    [
        ("DEFINE GRAF 0C0", 0x0C0, "40040000"),
        ("DEFINE LINE 0C1", 0x0C1, "80400000"),
        ("DEFINE CTCA 0C2", 0x0C2, "02800000"),
        ("DEFINE TIMER 0FF", 0x0FF, "02040000"),
        ("DEFINE T3330 AS 0C3 CYL 1", 0x0C3, "04100040"),
        ("DEFINE 3211 0C4", 0x0C4, "10420000"),
        ("DEFINE PUNCH 0C5", 0x0C5, "10820000"),
    ],
)
def test_24_and_210_of_defined_devices(guest: Guest, command: str, device: int, virtual: str) -> None:
    guest.type(command)
    if device not in guest.vm.devices:
        pytest.skip(f"{command} is not accepted here")
    cc = guest.diagnose(0x24, 1, 2, {1: device})
    assert f"{guest.gr[2]:08x}" == virtual
    assert cc == (2 if device in (0x0C0, 0x0C1, 0x0C2, 0x0FF) else 0)
    guest.put(WHERE, device.to_bytes(2, "big") + (16).to_bytes(2, "big") + b"\xee" * 20)
    assert guest.diagnose(0x210, 1, 2, {1: WHERE}) == cc
    assert guest.get(WHERE + 4, 4).hex() == virtual
    assert guest.get(WHERE + 13, 1) == (b"\x02" if cc else b"\0")
    assert guest.get(WHERE + 16, 8) == b"\xee" * 8


def test_210_errors(guest: Guest) -> None:
    guest.put(WHERE, "04440100" + "ee" * 8)
    assert guest.diagnose(0x210, 1, 2, {1: WHERE}) == 3
    assert guest.get(WHERE + 4, 8) == b"\xee" * 8
    guest.put(WHERE, "0009000b")
    assert guest.refused(0x210, 1, 2, {1: WHERE}) == SPECIFICATION
    assert guest.refused(0x210, 1, 2, {1: WHERE + 2}) == SPECIFICATION


def query(guest: Guest, who: str, length: int) -> tuple[int, int]:
    """DIAGNOSE 1,2,X'2FC': residual length and return code."""
    plist = to_ebcdic(who.ljust(8) + "*".ljust(8)) + struct.pack(">QII", BUFFER, length, 2)
    guest.put(WHERE, plist)
    assert guest.diagnose(0x2FC, 1, 2, {1: WHERE}) == UNCHANGED
    residual, code = (int.from_bytes(guest.gr[n].to_bytes(4, "big"), "big", signed=True) for n in (1, 2))
    return residual, code


def test_2fc_my_machine(guest: Guest, clock: StoppedClock) -> None:
    clock.advance(2)
    assert query(guest, "", 0) == (-112, -2)
    assert query(guest, "", 200) == (88, 0)
    entry = guest.get(BUFFER, 112)
    assert struct.unpack(">QQQQ", entry[16:48]) == (2_000_000, 512, 512, 512)
    assert struct.unpack(">II", entry[64:72]) == (1, 1)
    assert from_ebcdic(entry[104:]) == "ALPHA   "
    assert query(guest, "*", 1000)[1] == -1
    assert query(guest, "BETA", 1000)[1] == -1


def test_2fc_all_machines_for_class_b(logged_on: LogOn) -> None:
    logged_on("BETA")
    maint = Guest(logged_on("MAINT"))
    assert query(maint, "*", 224) == (0, 0)
    assert [from_ebcdic(maint.get(BUFFER + at + 104, 8)).strip() for at in (0, 112)] == ["BETA", "MAINT"]
    assert query(maint, "BETA", 112) == (0, 0)
    assert query(maint, "NOBODY", 112)[1] == -1
    maint.put(WHERE + 28, "00000001")
    assert maint.refused(0x2FC, 1, 2, {1: WHERE}) == SPECIFICATION
