"""DISPLAY and STORE: operand forms, response shapes and messages."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.cp.commands.cpkit import User
from vm370.cp.commands.display import float_text
from vm370.images.ebcdic import to_ebcdic

Logon = Callable[[str], User]


@pytest.fixture
def alpha(logged_on: Logon) -> User:
    """A user with 512K, without ECMODE."""
    user = logged_on("ALPHA")
    user.read()
    return user


@pytest.fixture
def beta(logged_on: Logon) -> User:
    """A user with 256K and OPTION ECMODE."""
    user = logged_on("BETA")
    user.read()
    return user


# --- DISPLAY ---


def test_storage_in_words(alpha: User) -> None:
    alpha.vm.storage.write(0x1000, bytes(range(40)))
    assert alpha.type("display 1000") == ["001000  00010203                            00"]
    assert alpha.type("D 1003") == ["001000  00010203                            00"]
    assert alpha.type("D L1004") == ["001004  04050607"]
    assert alpha.type("D 1004-1017") == [
        "001004  04050607 08090A0B 0C0D0E0F 10111213",
        "001014  14151617",
    ]
    assert alpha.type("D 1004:1008") == alpha.type("D 1004-100B")
    assert alpha.type("D 1002.4") == ["001000  00010203 04050607                   00"]


def test_text_begins_at_a_multiple_of_sixteen(alpha: User) -> None:
    alpha.vm.storage.write(0x1010, to_ebcdic("HELLO, world.") + bytes.fromhex("00FF15"))
    alpha.vm.storage.set_key(0x1000, 0xF6)
    line = "001010  C8C5D3D3 D66B40A6 96999384 4B00FF15    *HELLO, world....*"
    assert alpha.type("D T1014") == [line]
    assert alpha.type("D T1000.11") == ["001000  00000000 00000000 00000000 00000000 F6 *................*", line]


def test_lines_that_repeat_are_counted(alpha: User) -> None:
    alpha.vm.storage.write(0x2000, b"\x01" * 4)
    assert alpha.type("D 1000-200F") == [
        "001000  00000000 00000000 00000000 00000000 00",
        "001010 TO 001FFF SUPPRESSED LINE(S) SAME AS ABOVE",
        "002000  01010101 00000000 00000000 00000000 00",
    ]
    alpha.vm.storage.set_key(0x1800, 0x10)
    assert alpha.type("D 1000-1FFF") == [
        "001000  00000000 00000000 00000000 00000000 00",
        "001010 TO 0017FF SUPPRESSED LINE(S) SAME AS ABOVE",
        "001800  00000000 00000000 00000000 00000000 10",
        "001810 TO 001FEF SUPPRESSED LINE(S) SAME AS ABOVE",
        "001FF0  00000000 00000000 00000000 00000000",
    ]


@pytest.mark.parametrize("form", ["L", "T", "L.", "T-", ":", "-", ".", "0-END", "0:", "L.END", "-7FFFF", "0.80000"])
def test_all_of_storage(alpha: User, form: str) -> None:
    lines = alpha.type(f"DISPLAY {form}")
    text = " *................*" if form.startswith("T") else ""
    zeros = "00000000 00000000 00000000 00000000"
    assert lines == [
        f"000000  {zeros} 00{text}",
        "000010 TO 07FFEF SUPPRESSED LINE(S) SAME AS ABOVE",
        f"07FFF0  {zeros}" + ("  " + " " + text if text else ""),
    ]


def test_an_endless_display_ends(beta: User) -> None:
    words = b"".join(number.to_bytes(4, "big") for number in range(1 << 16))
    beta.vm.storage.write(0, words)
    lines = beta.type("D 0-END")
    assert len(lines) == 8_001
    assert lines[-1] == f"DISPLAY ENDED AT {16 * 8_000:06X}"


def test_keys(alpha: User) -> None:
    for block in range(0x4000, 0x6000, 2048):
        alpha.vm.storage.set_key(block, 0xE0)
    assert alpha.type("D K") == [
        "000000 TO 003FFF KEY = 00",
        "004000 TO 005FFF KEY = E0",
        "006000 TO 07FFFF KEY = 00",
    ]
    assert alpha.type("D K4123") == ["004000 TO 0047FF KEY = E0"]
    assert alpha.type("D K3FFF-4000") == ["003800 TO 003FFF KEY = 00", "004000 TO 0047FF KEY = E0"]


def test_general_registers(alpha: User) -> None:
    for number in range(16):
        alpha.vm.cpu.gr[number] = 0x1000 + number
    every = [
        "GPR  0 = 00001000 00001001 00001002 00001003",
        "GPR  4 = 00001004 00001005 00001006 00001007",
        "GPR  8 = 00001008 00001009 0000100A 0000100B",
        "GPR 12 = 0000100C 0000100D 0000100E 0000100F",
    ]
    for form in ("G", "G-", "G:END", "G0-15", "G0-F", "G."):
        assert alpha.type(f"D {form}") == every
    for form in ("G12-", "GC-F", "G12.4", "GC.END", "GC-END"):
        assert alpha.type(f"D {form}") == every[3:]
    assert alpha.type("D G5") == ["GPR  5 = 00001005"]
    assert alpha.type("D G-1") == ["GPR  0 = 00001000 00001001"]
    assert alpha.type("D G1 GF") == ["GPR  1 = 00001001", "GPR 15 = 0000100F"]


def test_floating_point_registers(alpha: User) -> None:
    alpha.vm.cpu.fpr[2] = 0xC276A00000000000
    lines = [
        "FPR  0 = 0000000000000000  .00000000000000000  E 00",
        "FPR  2 = C276A00000000000  -.11862500000000000  E 03",
        "FPR  4 = 0000000000000000  .00000000000000000  E 00",
        "FPR  6 = 0000000000000000  .00000000000000000  E 00",
    ]
    assert alpha.type("D Y") == lines
    assert alpha.type("D Y2") == [lines[1]]
    assert alpha.type("D Y2.2") == alpha.type("D Y2-4") == lines[1:3]


@pytest.mark.parametrize(
    ("bits", "text"),
    [
        (0x4110000000000000, ".10000000000000000  E 01"),  # 1
        (0x4080000000000000, ".50000000000000000  E 00"),  # 1/2
        (0x3C10000000000000, ".95367431640625000  E-06"),  # 2 to the power -20
        (0x41A0000000000000, ".10000000000000000  E 02"),  # 10
        (0x4019999999999999, ".99999999999999991  E-01"),  # 1/10 less 0.6 times 2 to the power -56 (8.3E-18)
        (0x0010000000000000, ".53976053469340278  E-78"),  # 16 to the power -65
        (0x7FFFFFFFFFFFFFFF, ".72370055773322621  E 76"),  # (1 - 2 to the power -56) times 16 to the power 63
        (0x8000000000000000, "-.00000000000000000  E 00"),
        (0x4000000000000001, ".13877787807814456  E-16"),  # 2 to the power -56, not normalized
    ],
)
def test_floating_point_in_decimal(bits: int, text: str) -> None:
    assert float_text(bits) == text


def test_control_registers(alpha: User, beta: User) -> None:
    assert alpha.type("D X") == ["ECR  0 = 000000E0"]
    assert alpha.type("D X1") == ["INVALID REGISTER - 1"]
    assert beta.type("D X") == [
        "ECR  0 = 000000E0 00000000 FFFFFFFF 00000000",
        "ECR  4 = 00000000 00000000 00000000 00000000",
        "ECR  8 = 00000000 00000000 00000000 00000000",
        "ECR 12 = 00000000 00000000 C2000000 00000200",
    ]


def test_psw_caw_csw(alpha: User) -> None:
    alpha.vm.storage.write(0x40, bytes.fromhex("0001020304050607 DEADBEEF"))
    alpha.type("STORE PSW FF040000 20012345")
    assert alpha.type("D PSW") == ["PSW = FF040000 20012345"]
    assert alpha.type("D P") == ["PSW = FF040000 20012345"]
    assert alpha.type("D CAW CSW") == ["CAW = DEADBEEF", "CSW = 00010203 04050607"]


@pytest.mark.parametrize(
    ("operands", "message"),
    [
        ("", "DMKCDB026E OPERAND MISSING OR INVALID"),
        ("ZEBRA", "DMKCDB004E INVALID HEXLOC - ZEBRA"),
        ("1234567", "DMKCDB004E INVALID HEXLOC - 1234567"),
        ("80000", "DMKCDB160E NONADDRESSABLE STORAGE - 080000"),
        ("T7FFF0-80000", "DMKCDB160E NONADDRESSABLE STORAGE - 080000"),
        ("7FFFC.5", "DMKCDB160E NONADDRESSABLE STORAGE - 080001"),
        ("K80000", "DMKCDB160E NONADDRESSABLE STORAGE - 080000"),
        ("2000-1000", "DMKCDB009E INVALID RANGE - 2000-1000"),
        ("2000.0", "DMKCDB009E INVALID RANGE - 2000.0"),
        ("2000.X", "DMKCDB009E INVALID RANGE - 2000.X"),
        ("1-2-3", "DMKCDB009E INVALID RANGE - 1-2-3"),
        ("G16", "DMKCDB010E INVALID REGISTER - 16"),
        ("GG", "DMKCDB010E INVALID REGISTER - G"),
        ("Y1", "DMKCDB010E INVALID REGISTER - 1"),
        ("Y8", "DMKCDB010E INVALID REGISTER - 8"),
        ("G5-4", "DMKCDB009E INVALID RANGE - 5-4"),
        ("GF.2", "DMKCDB009E INVALID RANGE - F.2"),
        ("Y0.5", "DMKCDB009E INVALID RANGE - 0.5"),
        ("PSX", "DMKCDB004E INVALID HEXLOC - PSX"),
    ],
)
def test_invalid_operands_of_display(alpha: User, operands: str, message: str) -> None:
    alpha.type("SET EMSG ON")
    assert alpha.type(f"DISPLAY {operands}") == [message]


def test_what_comes_before_an_invalid_operand_is_shown(alpha: User) -> None:
    assert alpha.type("D G0 G99 G1") == ["GPR  0 = 00000000", "INVALID REGISTER - 99"]


# --- STORE ---


def test_words(alpha: User) -> None:
    assert alpha.type("STORE 1001 1 ABCD 12345678") == ["STORE COMPLETE"]
    assert alpha.vm.storage.read(0x1000, 16).hex() == "000000010000abcd1234567800000000"
    assert alpha.type("ST L1008 FF") == ["STORE COMPLETE"]
    assert alpha.vm.storage.read(0x1008, 4).hex() == "000000ff"


def test_bytes(alpha: User) -> None:
    assert alpha.type("ST S1001 c1c2c3") == ["STORE COMPLETE"]
    assert alpha.vm.storage.read(0x1000, 5).hex() == "00c1c2c300"
    assert alpha.type("ST S1001 d1d") == ["INVALID HEXDATA - D"]
    assert alpha.vm.storage.read(0x1000, 5).hex() == "00d1c2c300"


def test_storing_registers(alpha: User) -> None:
    assert alpha.type("ST G14 1 2") == ["STORE COMPLETE"]
    assert (alpha.vm.cpu.gr[14], alpha.vm.cpu.gr[15]) == (1, 2)
    assert alpha.type("ST Y3 41 4080 Y6 C276A") == ["STORE COMPLETE"]
    assert [f"{alpha.vm.cpu.fpr[number]:016X}" for number in (0, 2, 4, 6)] == [
        "0000000000000000",
        "4100000000000000",
        "4080000000000000",
        "C276A00000000000",
    ]


def test_control_registers_take_effect(alpha: User, beta: User) -> None:
    assert alpha.type("ST X0 F0") == ["STORE COMPLETE"]
    assert alpha.type("ST X1 0") == ["INVALID REGISTER - 1"]
    assert beta.type("ST X14 1 2") == ["STORE COMPLETE"]
    assert (beta.vm.cpu.cr[14], beta.vm.cpu.cr[15]) == (1, 2)


def test_psw(alpha: User) -> None:
    assert alpha.type("ST P FF000000 20000") == ["STORE COMPLETE"]
    assert alpha.type("D P") == ["PSW = FF000000 00020000"]
    assert alpha.type("ST PSW 20000100") == ["STORE COMPLETE"]
    assert alpha.type("D P") == ["PSW = FF000000 20000100"]


def test_several_operands_in_one_line(alpha: User) -> None:
    assert alpha.type("ST 1000 1 2 L2000 3 S3000 0405 G1 7 PSW 0 20000") == ["STORE COMPLETE"]
    read = alpha.vm.storage.read
    assert (read(0x1000, 8).hex(), read(0x2000, 4).hex(), read(0x3000, 2).hex()) == (
        "0000000100000002",
        "00000003",
        "0405",
    )
    assert alpha.vm.cpu.gr[1] == 7
    assert alpha.vm.cpu.ia == 0x20000


def test_what_comes_before_an_invalid_operand_is_stored(alpha: User) -> None:
    assert alpha.type("ST G1 7 G2 XYZ") == ["HEXDATA MISSING OR INVALID"]
    assert alpha.type("ST G3 8 G4 8.8") == ["INVALID HEXDATA - 8.8"]
    assert (alpha.vm.cpu.gr[1], alpha.vm.cpu.gr[3]) == (7, 8)


def test_status(alpha: User, beta: User) -> None:
    assert alpha.type("STORE STATUS") == ["INVALID OPERAND - STATUS"]
    cpu, read = beta.vm.cpu, beta.vm.storage.read
    cpu.gr[0], cpu.gr[15], cpu.fpr[6], cpu.cr[14] = 1, 2, 3, 4
    assert beta.type("ST PSW 01080000 00001000 STATUS") == ["STORE COMPLETE"]
    assert read(0x100, 12).hex() == "01080000" + "00001000" + "00000000"  # PSW, prefix
    assert (read(0x180, 4), read(0x1BC, 4)) == (b"\0\0\0\1", b"\0\0\0\2")
    assert read(0x178, 8) == b"\0\0\0\0\0\0\0\3"  # floating-point register 6
    assert read(0x1F8, 4) == b"\0\0\0\4"  # control register 14
    assert read(0xE0, 8) == cpu.clock_comparator.to_bytes(8, "big")


@pytest.mark.parametrize(
    ("operands", "message"),
    [
        ("", "DMKCDS026E OPERAND MISSING OR INVALID"),
        ("1000", "DMKCDS033E HEXDATA MISSING OR INVALID"),
        ("G1", "DMKCDS033E HEXDATA MISSING OR INVALID"),
        ("PSW", "DMKCDS033E HEXDATA MISSING OR INVALID"),
        ("STATUS 1", "DMKCDS002E INVALID OPERAND - 1"),
        ("G 1", "DMKCDS010E INVALID REGISTER - "),
        ("G16 1", "DMKCDS010E INVALID REGISTER - 16"),
        ("G0-1 1", "DMKCDS010E INVALID REGISTER - 0-1"),
        ("G15 1 2", "DMKCDS010E INVALID REGISTER - 15"),
        ("Y8 1", "DMKCDS010E INVALID REGISTER - 8"),
        ("Y6 1 2", "DMKCDS010E INVALID REGISTER - 6"),
        ("Y0 12345678123456789", "DMKCDS005E INVALID HEXDATA - 12345678123456789"),
        ("PSW 1 2 3", "DMKCDS002E INVALID OPERAND - 3"),
        ("1000 123456789", "DMKCDS005E INVALID HEXDATA - 123456789"),
        ("1000 QQ", "DMKCDS005E INVALID HEXDATA - QQ"),
        ("S1000 QQ", "DMKCDS005E INVALID HEXDATA - QQ"),
        ("QQ 1", "DMKCDS004E INVALID HEXLOC - QQ"),
        ("80000 1", "DMKCDS160E NONADDRESSABLE STORAGE - 080000"),
        ("7FFFC 1 2", "DMKCDS160E NONADDRESSABLE STORAGE - 080000"),
        ("S7FFFF 0102", "DMKCDS160E NONADDRESSABLE STORAGE - 080000"),
    ],
)
def test_invalid_operands_of_store(alpha: User, operands: str, message: str) -> None:
    alpha.type("SET EMSG ON")
    alpha.vm.storage.write(0x7FFFC, b"last")
    assert alpha.type(f"STORE {operands}") == [message]
    assert alpha.vm.storage.read(0x7FFFC, 4) == b"last"


def test_a_letter_is_in_force_until_another_comes(logged_on: Callable[[str], User]) -> None:
    """The example of the manual: D 10 20 T40 80 G12 5 L60-100."""
    user = logged_on("ALPHA")
    user.type("ST L10 10 L20 20 G5 5 G12 12")
    shown = user.type("D 10 20 T40 80 PSW G12 5 L60.4")
    assert [line[:15] for line in shown] == [
        "000010  0000001",
        "000020  0000002",
        "000040  0000000",
        "000080  0000000",
        "PSW = 00000000 ",
        "GPR 12 = 000000",
        "GPR  5 = 000000",
        "000060  0000000",
    ]
    assert [line.endswith("*") for line in shown] == [False, False, True, True, False, False, False, False]
