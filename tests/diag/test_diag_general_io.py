"""DIAGNOSE 20 and A8: any channel program, synchronously (console reads: test_diag_console.py)."""

from __future__ import annotations

import pytest

from tests.diag.diagkit import ADDRESSING, OPERAND, PROGRAM, PROTECTION, SPECIFICATION, UNCHANGED, Guest, ccw
from vm370.cp.s370.psw import Psw
from vm370.diag.operands import BURST
from vm370.images.ebcdic import from_ebcdic, to_ebcdic

CCWS, PLIST, DATA = 0x3000, 0x3400, 0x4000
CC, CD, SLI = 0x40, 0x80, 0x20
SIZE = 512 * 1024
READER, PUNCH, PRINTER, CONSOLE, DISK, FBA = 0x00C, 0x00D, 0x00E, 0x009, 0x191, 0x292


def general(guest: Guest, device: int, *ccws: bytes, key: int = 0) -> tuple[int, int]:
    """DIAGNOSE 20: condition code and R15 (which is 99 before)."""
    guest.put(CCWS, b"".join(ccws))
    cc = guest.diagnose(0x20, 3, 4, {3: device, 4: key << 28 | CCWS, 15: 99})
    assert guest.interruption is None
    return cc, guest.gr[15]


def parameters(device: int, key: int = 0, flag: int = 0, program: int = CCWS) -> bytes:
    """HCPSGIOP."""
    return device.to_bytes(2, "big") + bytes((key << 4, flag)) + bytes(4) + program.to_bytes(4, "big") + bytes(76)


def synchronous(guest: Guest, device: int, *ccws: bytes, key: int = 0) -> tuple[int, int]:
    """DIAGNOSE A8: condition code and R15 (which is 99 before)."""
    guest.put(CCWS, b"".join(ccws))
    guest.put(PLIST, parameters(device, key) + b"\xee" * 4)
    cc = guest.diagnose(0xA8, 3, 4, {3: PLIST, 15: 99})
    assert guest.interruption is None
    assert guest.get(PLIST + 88, 4) == b"\xee" * 4
    return cc, guest.gr[15]


def result(guest: Guest) -> tuple[int, int, int, int]:
    """Of A8: CCW address, unit status, channel status, residual count."""
    data = guest.get(PLIST, 88)
    return int.from_bytes(data[16:20], "big"), data[20], data[21], int.from_bytes(data[22:24], "big")


def sense(guest: Guest) -> bytes:
    """Of A8."""
    data = guest.get(PLIST, 88)
    return data[56 : 56 + int.from_bytes(data[30:32], "big")]


# --- 20 ---


def test_20_console_write(guest: Guest) -> None:
    guest.put(DATA, to_ebcdic("HELLO"))
    guest.user.read()
    assert general(guest, CONSOLE, ccw(0x09, DATA, SLI, 5)) == (0, 0)
    assert guest.user.read() == ["HELLO"]


def test_20_punch_to_reader(guest: Guest) -> None:
    """Two cards to oneself; the read after the last one is unit exception."""
    guest.type("SPOOL PUNCH TO *")
    guest.put(DATA, to_ebcdic(f"{'CARD 1':80}{'CARD 2':80}"))
    assert general(guest, PUNCH, ccw(0x41, DATA, CC | SLI, 80), ccw(0x41, DATA + 80, SLI, 80)) == (0, 0)
    guest.type("CLOSE PUNCH")
    guest.cp.step()  # the file is announced: device end
    guest.vm.channels.tio(READER)
    for text in ("CARD 1", "CARD 2"):
        assert general(guest, READER, ccw(0x02, DATA, SLI, 80)) == (0, 0)
        assert from_ebcdic(guest.get(DATA, 80)).rstrip() == text
    assert general(guest, READER, ccw(0x02, DATA, SLI, 80)) == (2, 2)


def test_20_unit_exception_without_sli(guest: Guest) -> None:
    """The end of the file is that even if the length is wrong too."""
    guest.type("SPOOL PUNCH TO *")
    assert general(guest, PUNCH, ccw(0x41, DATA, SLI, 80)) == (0, 0)
    guest.type("CLOSE PUNCH")
    guest.cp.step()
    guest.vm.channels.tio(READER)
    assert general(guest, READER, ccw(0x02, DATA, 0, 80)) == (0, 0)
    assert general(guest, READER, ccw(0x02, DATA, 0, 80)) == (2, 2)


def test_20_printer(guest: Guest) -> None:
    guest.put(DATA, to_ebcdic("A LINE"))
    assert general(guest, PRINTER, ccw(0x09, DATA, SLI, 6)) == (0, 0)


def test_20_empty_reader(guest: Guest) -> None:
    """Intervention required: the sense bytes in the low half of Ry."""
    assert general(guest, READER, ccw(0x02, DATA, SLI, 80)) == (3, 13)
    assert guest.gr[4] == CCWS & 0xFFFF0000 | 0x4000


def test_20_wrong_length(guest: Guest) -> None:
    guest.put(0x3800, bytes(8))
    assert general(guest, DISK, ccw(0x07, 0x3800, CC, 6), ccw(0x04, DATA, 0, 4)) == (2, 3)
    assert general(guest, DISK, ccw(0x07, 0x3800, CC, 6), ccw(0x04, DATA, SLI, 4)) == (0, 0)


def test_20_command_reject(guest: Guest) -> None:
    assert general(guest, DISK, ccw(0x4B, DATA, SLI, 1)) == (3, 13)
    assert guest.gr[4] & 0xFFFF == 0x8000


def test_20_program_check_has_no_sense(guest: Guest) -> None:
    assert general(guest, PRINTER, ccw(0x09, SIZE, SLI, 1), key=7) == (3, 13)
    assert guest.gr[4] == 0x70000000
    assert general(guest, PRINTER, ccw(0x00, DATA, SLI, 1)) == (3, 13)
    assert general(guest, PRINTER, ccw(0x09, DATA, SLI, 0)) == (3, 13)


def test_20_channel_program_off_a_doubleword_or_outside_storage(guest: Guest) -> None:
    for where in (CCWS + 4, SIZE, 0xFFFFF8):
        assert guest.diagnose(0x20, 3, 4, {3: PRINTER, 4: where, 15: 99}) == 3
        assert guest.gr[15] == 13


def test_20_protection(guest: Guest) -> None:
    guest.vm.storage.set_key(DATA, 0x48)  # fetch-protected
    assert general(guest, CONSOLE, ccw(0x09, DATA, SLI, 1), key=3) == (3, 13)
    assert general(guest, CONSOLE, ccw(0x09, DATA, SLI, 1), key=4) == (0, 0)
    assert general(guest, CONSOLE, ccw(0x09, DATA, SLI, 1), key=0) == (0, 0)


@pytest.mark.parametrize("device", [0x444, 0x000, 0xFFF, 0xFFFF])
def test_20_no_such_device(guest: Guest, device: int) -> None:
    assert general(guest, device, ccw(0x03, 0, SLI, 1)) == (1, 1)


def test_20_busy_or_interruption_pending(guest: Guest) -> None:
    guest.put(0x48, "00003600")
    guest.put(0x3600, ccw(0x09, DATA, SLI, 1))
    assert guest.vm.channels.sio(PRINTER, guest.vm.now) == 0
    assert general(guest, PRINTER, ccw(0x03, 0, SLI, 1)) == (1, 5)
    guest.vm.channels.run(guest.vm.now + 10_000)
    guest.vm.channels.run(guest.vm.now + 20_000)
    assert guest.vm.channels.pending_mask
    assert general(guest, PRINTER, ccw(0x03, 0, SLI, 1)) == (1, 5)
    guest.vm.channels.accept(PRINTER)
    assert general(guest, PRINTER, ccw(0x03, 0, SLI, 1)) == (0, 0)


def test_20_not_ready(guest: Guest) -> None:
    guest.type("NOTREADY 00E")
    assert general(guest, PRINTER, ccw(0x09, DATA, SLI, 1)) == (3, 13)
    assert guest.gr[4] & 0xFFFF == 0x4000


def test_20_fixed_block_disk(guest: Guest) -> None:
    """DEFINE EXTENT, LOCATE, WRITE; the same with READ."""
    guest.put(0x3800, bytes.fromhex("C0000000 00000000 00000000 00000063"))
    guest.put(0x3820, bytes.fromhex("01000001 00000005"))
    guest.put(DATA, b"\x66" * 512)
    extent, locate = ccw(0x63, 0x3800, CC, 16), ccw(0x43, 0x3820, CC, 8)
    assert general(guest, FBA, extent, locate, ccw(0x41, DATA, 0, 512)) == (0, 0)
    guest.put(0x3820, "06")
    assert general(guest, FBA, extent, locate, ccw(0x42, DATA + 512, 0, 512)) == (0, 0)
    assert guest.get(DATA + 512, 512) == b"\x66" * 512


def test_20_no_program_controlled_interruption(guest: Guest) -> None:
    assert general(guest, PRINTER, ccw(0x03, 0, SLI | 0x08, 1)) == (0, 0)
    assert guest.vm.channels.pending_mask == 0


def test_20_a_search_that_ends_the_program(guest: Guest) -> None:
    """Status modifier is not an error."""
    guest.put(0x3800, bytes(8))
    program = ccw(0x07, 0x3800, CC, 6), ccw(0x31, 0x3802, CC, 5), ccw(0x08, CCWS + 8, 0, 0), ccw(0x03, 0, SLI, 1)
    assert general(guest, DISK, *program) == (0, 0)
    assert general(guest, DISK, ccw(0x07, 0x3800, CC, 6), ccw(0x31, 0x3802, 0, 5)) == (0, 0)


# --- long programs ---


@pytest.mark.parametrize("code", [0x20, 0xA8])
def test_a_long_program_takes_several_slices(guest: Guest, code: int) -> None:
    """2.5 bursts: three slices of this guest, counted as one hypercall and one instruction."""
    length = BURST * 5 // 2
    guest.put(0x10000, ccw(0x03, 0, CC | SLI, 1) * (length - 1) + ccw(0x03, 0, SLI, 1))
    guest.put(PLIST, parameters(PRINTER, program=0x10000))
    guest.load(code, 3, 4, {3: PRINTER if code == 0x20 else PLIST, 4: 0x10000})
    for done in (BURST, 2 * BURST):
        guest.run()
        assert (guest.vm.channels.ccws, guest.vm.cpu.ia, guest.vm.cpu.instructions) == (done + 1, PROGRAM, 0)
        assert guest.vm.runnable
    guest.vm.run_slice(1)
    assert guest.vm.channels.ccws == length
    assert (guest.outcome(), guest.vm.cpu.ia) == (0, PROGRAM + 4)
    assert (guest.vm.counters.hypercalls, guest.vm.cpu.instructions) == ({code: 1}, 1)


def test_an_endless_program_ends(guest: Guest) -> None:
    guest.put(CCWS, ccw(0x03, 0, CC | SLI, 1) + ccw(0x08, CCWS, 0, 0))
    guest.load(0x20, 3, 4, {3: PRINTER, 4: CCWS})
    slices = 0
    while guest.vm.cpu.ia == PROGRAM:
        guest.vm.run_slice(1)
        slices += 1
    assert slices == 64
    assert (guest.outcome(), guest.gr[15]) == (3, 13)
    assert general(guest, PRINTER, ccw(0x03, 0, SLI, 1)) == (0, 0)


def test_a_long_program_can_be_left(guest: Guest) -> None:
    """SYSTEM RESET in the middle of it."""
    guest.put(CCWS, ccw(0x03, 0, CC | SLI, 1) + ccw(0x08, CCWS, 0, 0))
    guest.load(0x20, 3, 4, {3: PRINTER, 4: CCWS})
    guest.run(3)
    guest.type("SYSTEM RESET")
    assert general(guest, PRINTER, ccw(0x03, 0, SLI, 1)) == (0, 0)


# --- A8 ---


def test_a8_success_leaves_r15(guest: Guest) -> None:
    guest.put(DATA, to_ebcdic("HELLO"))
    guest.user.read()
    assert synchronous(guest, CONSOLE, ccw(0x09, DATA, CC | SLI, 5), ccw(0x09, DATA, SLI, 4)) == (0, 99)
    assert guest.user.read() == ["HELLO", "HELL"]
    assert result(guest) == (CCWS + 16, 0x0C, 0, 0)
    assert sense(guest) == b""


def test_a8_unit_check(guest: Guest) -> None:
    assert synchronous(guest, READER, ccw(0x02, DATA, SLI, 80)) == (3, 13)
    assert result(guest) == (CCWS + 8, 0x02, 0, 80)
    assert sense(guest)[:1] == b"\x40"


def test_a8_disk_sense(guest: Guest) -> None:
    assert synchronous(guest, DISK, ccw(0x4B, DATA, SLI, 1)) == (3, 13)
    assert len(sense(guest)) == 24
    assert sense(guest)[0] == 0x80


def test_a8_wrong_length(guest: Guest) -> None:
    assert synchronous(guest, DISK, ccw(0x04, DATA, 0, 4)) == (3, 13)
    assert result(guest) == (CCWS + 8, 0x0C, 0x40, 0)
    assert synchronous(guest, DISK, ccw(0x04, DATA, 0, 30)) == (3, 13)
    assert result(guest) == (CCWS + 8, 0x0C, 0x40, 6)


def test_a8_program_check(guest: Guest) -> None:
    assert synchronous(guest, DISK, ccw(0x04, SIZE, SLI, 4)) == (3, 13)
    assert result(guest)[2] == 0x20
    assert sense(guest) == b""


def test_a8_protection_check(guest: Guest) -> None:
    assert synchronous(guest, DISK, ccw(0x04, DATA, SLI, 4), key=2) == (3, 13)
    assert result(guest)[2] == 0x10


def test_a8_device_codes(guest: Guest) -> None:
    assert synchronous(guest, 0x444, ccw(0x03, 0, SLI, 1)) == (1, 1)
    guest.put(0x48, "00003600")
    guest.put(0x3600, ccw(0x09, DATA, SLI, 1))
    guest.vm.channels.sio(PRINTER, guest.vm.now)
    assert synchronous(guest, PRINTER, ccw(0x03, 0, SLI, 1)) == (1, 5)


# fmt: off
BAD_PARAMETERS = [
    (2,  "01",       OPERAND),  # key in the right half
    (3,  "80",       OPERAND),  # format-1 CCWs
    (3,  "01",       OPERAND),
    (4,  "00000001", OPERAND),
    (8,  "00003004", OPERAND),  # CCW off a doubleword
    (8,  "01003000", OPERAND),  # beyond 16 MiB
    (12, "00000001", OPERAND),
    (25, "01",       OPERAND),
    (29, "01",       OPERAND),
    (32, "01",       OPERAND),
    (55, "01",       OPERAND),
]
# fmt: on


@pytest.mark.parametrize(("offset", "data", "code"), BAD_PARAMETERS)
def test_a8_bad_parameters(guest: Guest, offset: int, data: str, code: int) -> None:
    guest.put(CCWS, ccw(0x09, DATA, SLI, 1))
    guest.put(PLIST, parameters(CONSOLE))
    guest.put(PLIST + offset, data)
    guest.user.read()
    assert guest.refused(0xA8, 3, 4, {3: PLIST, 15: 99}) == code
    assert guest.user.read() == []


@pytest.mark.parametrize("offset", [16, 20, 21, 22, 24, 30, 56, 87])
def test_a8_fields_that_may_have_anything(guest: Guest, offset: int) -> None:
    guest.put(CCWS, ccw(0x03, 0, SLI, 1))
    guest.put(PLIST, parameters(CONSOLE))
    guest.put(PLIST + offset, "FF")
    assert guest.diagnose(0xA8, 3, 4, {3: PLIST}) == 0


@pytest.mark.parametrize(
    ("where", "code"),
    [(PLIST + 2, SPECIFICATION), (PLIST + 1, SPECIFICATION), (SIZE, ADDRESSING), (SIZE - 84, ADDRESSING)],
)
def test_a8_place_of_the_parameters(guest: Guest, where: int, code: int) -> None:
    assert guest.refused(0xA8, 3, 4, {3: where}) == code


@pytest.mark.parametrize("key", [0x00, 0x18])
def test_a8_parameters_that_cannot_be_stored(guest: Guest, key: int) -> None:
    """Nothing is done before the exception."""
    guest.put(CCWS, ccw(0x09, DATA, SLI, 1))
    guest.put(PLIST, parameters(CONSOLE))
    guest.vm.storage.set_key(PLIST, key)
    guest.user.read()
    psw = Psw(cc=UNCHANGED, key=3, address=PROGRAM)
    assert guest.refused(0xA8, 3, 4, {3: PLIST}, psw=psw) == PROTECTION
    assert guest.user.read() == []
