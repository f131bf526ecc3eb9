"""DC and DS: bytes worked out by hand from the rules of the assembler manual."""

from __future__ import annotations

import pytest

from tests.tools.assembler.asmkit import code, errors, run


@pytest.mark.parametrize(
    ("operands", "expected"),
    [
        # characters: EBCDIC, blanks on the right, doubled apostrophes and ampersands
        ("C'IT''S'", "C9E37DE2"),
        ("C'R&&D'", "D950C4"),
        ("CL5'AB'", "C1C2404040"),
        ("CL2'ABCD'", "C1C2"),
        ("2C'A,B'", "C16BC2C16BC2"),
        ("C'abc'", "818283"),
        # hexadecimal and binary: zeros on the left, cut on the left
        ("X'ABC'", "0ABC"),
        ("XL4'F'", "0000000F"),
        ("XL1'1234'", "34"),
        ("X'1,23,456'", "01230456"),
        ("B'101'", "05"),
        ("BL2'111100001'", "01E1"),
        # fixed point: two's complement, scale, exponent, rounding
        ("F'1'", "00000001"),
        ("F'-1'", "FFFFFFFF"),
        ("F'2147483647,-2147483648'", "7FFFFFFF80000000"),
        ("H'32767,-32768'", "7FFF8000"),
        ("F'1.5E1'", "0000000F"),
        ("FE2'3'", "0000012C"),
        ("FS4'1.25'", "00000014"),
        ("H'2.5'", "0003"),
        ("H'-2.5'", "FFFD"),
        ("FL3'-2'", "FFFFFE"),
        ("FL8'1'", "0000000000000001"),
        # packed and zoned: point ignored, sign C or D
        ("P'123'", "123C"),
        ("P'-12'", "012D"),
        ("P'+1.50'", "150C"),
        ("PL3'7'", "00007C"),
        ("P'1,-2'", "1C2D"),
        ("Z'123'", "F1F2C3"),
        ("Z'-12'", "F1D2"),
        ("ZL4'5'", "F0F0F0C5"),
        # addresses
        ("A(5)", "00000005"),
        ("A(-1)", "FFFFFFFF"),
        ("AL3(X'123456')", "123456"),
        ("AL1(1,2,C'A')", "0102C1"),
        ("Y(256)", "0100"),
        ("S(4(5))", "5004"),
        ("S(X'FFF'(15))", "FFFF"),
        # bit lengths are packed one after the other
        ("FL.3'1',BL.5'10101'", "35"),
        ("AL.4(15),XL.12'ABC'", "FABC"),
        ("BL.1'1'", "80"),
        ("BL.4'1111',X'01'", "F001"),
        # duplication
        ("3X'0F'", "0F0F0F"),
        ("(2+1)AL1(7)", "070707"),
        ("2AL1(1,2)", "01020102"),
        ("0F'5'", ""),
    ],
)
def test_constants(operands: str, expected: str) -> None:
    assert code(f" DC {operands}") == expected


@pytest.mark.parametrize(
    ("operands", "expected"),
    [
        ("E'1'", "41100000"),
        ("E'-1'", "C1100000"),
        ("E'0'", "00000000"),
        ("E'0.1'", "4019999A"),  # .1 = .1999999|99.. hexadecimal, rounded up
        ("D'0.1'", "401999999999999A"),
        ("D'-0.1'", "C01999999999999A"),
        ("E'256'", "43100000"),
        ("E'100'", "42640000"),
        ("E'1E5'", "45186A00"),  # 100000 = X'186A0'
        ("E'0.0625'", "40100000"),
        ("E'.00390625'", "3F100000"),
        ("E'16777215.9'", "47100000"),  # the carry of rounding moves the point
        ("EL3'1'", "411000"),
        ("D'1'", "4110000000000000"),
        ("L'1'", "41100000000000003300000000000000"),
        ("L'1.5'", "41180000000000003300000000000000"),
        ("L'0'", "00" * 16),
        ("EE2'1'", "42640000"),
        ("E'5.3976053469340279E-79'", "00100000"),  # 16**-65, the smallest normal number
    ],
)
def test_floating_point(operands: str, expected: str) -> None:
    assert code(f" DC {operands}") == expected


def test_alignment_and_length_attribute() -> None:
    result = run("A DC X'01'\nB DC F'2'\nC DS 3H\nD DS 0D,CL3\nE DC XL3'1',H'2'\nF DS CL10,F")
    values = {name: (symbol.value, symbol.length, symbol.type) for name, symbol in result.symbols.items()}
    assert values["A"] == (0, 1, "X")
    assert values["B"] == (4, 4, "F")
    assert values["C"] == (8, 2, "H")
    assert values["D"] == (16, 8, "D")
    assert values["E"] == (19, 3, "X")
    assert values["F"] == (24, 10, "C")
    assert result.sections["TEST"].length == 40


def test_explicit_length_takes_the_alignment_away() -> None:
    assert code(" DC X'1'\n DC FL4'1'") == "0100000001"
    assert code(" DC X'1'\n DC F'1'") == "0100000000000001"


def test_location_counter_in_address_constants() -> None:
    assert code(" DC 2A(*-TEST)") == "0000000000000004"
    assert code(" DC AL3(*-TEST),Y(7)") == "000000000007"


def test_storage_definitions_make_no_code() -> None:
    result = run("A DS 1000CL100\nB DC X'FF'")
    assert result.symbols["B"].value == 100_000
    assert result.deck.count(bytes.fromhex("02E3E7E3")) == 1


def test_ds_takes_its_length_from_a_value() -> None:
    result = run("A DS C'ABC'\nB DS CL1000\nC DS X'12345'\nD EQU *")
    assert [result.symbols[name].value for name in "BCD"] == [3, 1003, 1006]


@pytest.mark.parametrize(
    ("statement", "where"),
    [
        (" DC G'1'", "2:5 ASM040E"),
        (" DC F'1X'", "2:7 ASM041E"),
        (" DC X'G'", "2:7 ASM041E"),
        (" DC B'2'", "2:7 ASM041E"),
        (" DC P'1A'", "2:7 ASM041E"),
        (" DC F", "2:5 ASM042E"),
        (" DC HL.X'1'", "2:6 ASM043E"),
        (" DC FS.3'1'", "2:6 ASM043E"),
        (" DC H'32768'", "2:7 ASM044E"),
        (" DC PL1'12'", "2:9 ASM044E"),
        (" DC AL1(256)", "2:9 ASM044E"),
        (" DC E'1E80'", "2:7 ASM044E"),
        (" DC PL17'1'", "2:5 ASM036E"),
        (" DC CL257'A'", "2:5 ASM036E"),
        (" DC VL2(X)", "2:7 ASM036E"),
        (" DC X'1'X", "2:5 ASM041E"),
        (" DC A()", "2:5 ASM042E"),
        (" DC 16777215XL256'0'", "2:5 ASM060S"),
        (" DC", "2:2 ASM030E"),
    ],
)
def test_refusals(statement: str, where: str) -> None:
    assert errors(statement)[:1] == [where]
