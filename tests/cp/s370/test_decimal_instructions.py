"""Decimal instructions: the manual's examples, edges by hand, and Python's integers as an independent model."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cp.s370.instructionkit import Case, check, machine
from vm370.cp.engine.reference import run
from vm370.cp.s370.interceptions import BudgetEnd, ProgramInterruption

EDIT = "4020206B2021204B202040C3D9"
"""Blank, then ddd,dd( .dd CR: the pattern of the manual's example, with its significance starter."""

#    text                      code            before                                          after
CASES: list[Case] = [
    # the examples of the manual, appendix A
    ("AP    0(3,2),0(4,3)",    "FA2320003000", "r2=2000 r3=2800 2000=38460D 2800=0112345C",    "2000=73885C cc=2"),
    ("CP    0(4,2),0(3,3)",    "F93220003000", "r2=2000 r3=2800 2000=1725356D 2800=72142D",    "cc=1"),
    ("DP    0(5,2),0(2,3)",    "FD4120003000", "r2=2000 r3=2800 2000=012345678C 2800=321D",    "2000=38460D018C"),
    ("ED    0(13,2),0(3)",     "DE0C20003000", f"r2=2000 r3=2800 2000={EDIT} 2800=0257426C",
                                               "2000=4040F26BF5F7F44BF2F6404040 cc=2"),
    ("ED    0(13,2),0(3)",     "DE0C20003000", f"r2=2000 r3=2800 2000={EDIT} 2800=0000026D",
                                               "2000=404040404040F04BF2F640C3D9 cc=1"),
    ("EDMK  0(13,2),0(3)",     "DF0C20003000", f"r1=0 r2=2000 r3=2800 2000={EDIT} 2800=0257426C",
                                               "2000=4040F26BF5F7F44BF2F6404040 cc=2 r1=2002"),
    ("MP    0(5,2),0(2,3)",    "FC4120003000", "r2=2000 r3=2800 2000=000038460D 2800=321D",    "2000=012345660C"),
    ("SRP   0(6,2),3(0),0",    "F05020000003", "r2=2000 2000=00012345678C",
                                               "2000=12345678000C cc=2"),
    ("SRP   0(5,2),63(0),0",   "F0402000003F", "r2=2000 2000=012345678C",                      "2000=001234567C cc=2"),
    ("SRP   0(4,2),61(0),5",   "F0352000003D", "r2=2000 2000=1239600D",                        "2000=0001240D cc=1"),
    ("ZAP   0(5,2),0(3,3)",    "F84220003000", "r2=2000 r3=2800 2000=1234567890 2800=38460D",  "2000=000038460D cc=1"),
    # signs: A C E F plus, B D minus; results C, D
    ("ZAP   0(2,2),0(1,3)",    "F81020003000", "r2=2000 r3=2800 2800=7B",                      "2000=007D cc=1"),
    ("ZAP   0(2,2),0(1,3)",    "F81020003000", "r2=2000 r3=2800 2800=7A",                      "2000=007C cc=2"),
    ("ZAP   0(1,2),0(1,3)",    "F80020003000", "r2=2000 r3=2800 2800=7F",                      "2000=7C cc=2"),
    ("ZAP   0(1,2),0(1,3)",    "F80020003000", "r2=2000 r3=2800 2800=7E",                      "2000=7C cc=2"),
    # zero is positive, but for what an overflow leaves
    ("ZAP   0(1,2),0(1,3)",    "F80020003000", "r2=2000 r3=2800 2800=0D",                      "2000=0C cc=0"),
    ("ZAP   0(1,2),0(2,3)",    "F80120003000", "r2=2000 r3=2800 2800=010D",                    "2000=0D cc=3"),
    ("SP    0(2,2),0(2,2)",    "FB1120002000", "r2=2000 2000=123D",                            "2000=000C cc=0"),
    ("AP    0(2,2),0(2,3)",    "FA1120003000", "r2=2000 r3=2800 2000=999C 2800=001C",          "2000=000C cc=3"),
    ("AP    0(2,2),0(2,3)",    "FA1120003000", "r2=2000 r3=2800 2000=999C 2800=001C pm=4",
                                               "2000=000C cc=3 program=A"),
    ("MP    0(2,2),0(1,3)",    "FC1020003000", "r2=2000 r3=2800 2000=000C 2800=5D",            "2000=000D"),
    ("DP    0(2,2),0(1,3)",    "FD1020003000", "r2=2000 r3=2800 2000=000D 2800=5C",            "2000=0D0D"),
    ("CP    0(1,2),0(2,3)",    "F90120003000", "r2=2000 r3=2800 2000=0D 2800=000C",            "cc=0"),
    ("SRP   0(2,2),62(0),0",   "F0102000003E", "r2=2000 2000=012D",                            "2000=000C cc=0"),
    ("SRP   0(2,2),2(0),0",    "F01020000002", "r2=2000 2000=010D",                            "2000=000D cc=3"),
    ("SRP   0(1,2),32(0),9",   "F00920000020", "r2=2000 2000=9D",                              "2000=0C cc=0"),
    ("SRP   0(2,2),0(0),0",    "F01020000000", "r2=2000 2000=012A",                            "2000=012C cc=2"),
    # exceptions
    ("AP    0(2,2),0(2,3)",    "FA1120003000", "r2=2000 r3=2800 2000=99AC 2800=001C",          "program=7"),
    ("AP    0(2,2),0(2,3)",    "FA1120003000", "r2=2000 r3=2800 2000=0019 2800=001C",          "program=7"),
    ("ZAP   0(2,2),0(2,3)",    "F81120003000", "r2=2000 r3=2800 2000=FFFF 2800=A01C",          "program=7"),
    ("SRP   0(2,2),1(0),10",   "F01A20000001", "r2=2000 2000=001C",                            "program=7"),
    ("MP    0(2,2),0(1,3)",    "FC1020003000", "r2=2000 r3=2800 2000=010C 2800=5C",            "program=7"),
    ("MP    0(2,2),0(2,3)",    "FC1120003000", "r2=2000 r3=2800 2000=000C 2800=005C",          "program=6"),
    ("MP    0(16,2),0(9,3)",   "FCF820003000", "r2=2000 r3=2800",                              "program=6"),
    ("DP    0(2,2),0(2,3)",    "FD1120003000", "r2=2000 r3=2800 2000=000C 2800=005C",          "program=6"),
    ("DP    0(3,2),0(1,3)",    "FD2020003000", "r2=2000 r3=2800 2000=00001C 2800=0C",          "program=B"),
    ("DP    0(2,2),0(1,3)",    "FD1020003000", "r2=2000 r3=2800 2000=020C 2800=2C",            "program=B"),
    ("DP    0(2,2),0(1,3)",    "FD1020003000", "r2=2000 r3=2800 2000=019C 2800=2C",            "2000=9C1C"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code", "before", "after"), CASES)
def test_decimal_instruction(text: str, code: str, before: str, after: str) -> None:
    check(text, code, before, after)


def test_the_fields_may_be_the_same() -> None:
    check("AP    0(2,2),0(2,2)", "FA1120002000", "r2=2000 2000=123D", "2000=246D cc=1")
    check("CP    0(2,2),0(2,2)", "F91120002000", "r2=2000 2000=123D", "cc=0")


def test_zap_moves_to_the_right_over_itself() -> None:
    check("ZAP   1(3,2),0(2,2)", "F82120012000", "r2=2000 2000=123D", "2001=00123D cc=1")


# --- Python's integers as the model ---

PLUS, MINUS = b"\x0a\x0c\x0e\x0f", b"\x0b\x0d"


@st.composite
def fields(draw: st.DrawFn, longest: int = 16) -> tuple[int, bytes]:
    """(value, packed field); half of the values are short for their field."""
    length = draw(st.integers(1, longest))
    digits = draw(st.integers(0, 2 * length - 1))
    magnitude = draw(st.integers(0, 10**digits - 1) | st.just(10**digits - 1))
    negative = draw(st.booleans())
    sign = draw(st.sampled_from(MINUS if negative else PLUS))
    field = bytes.fromhex(f"{magnitude:0{2 * length - 1}d}{sign:X}")
    return -magnitude if negative else magnitude, field


def packed(magnitude: int, negative: bool, length: int) -> bytes:
    digits = f"{magnitude:0{2 * length}d}"[-(2 * length - 1) :]
    return bytes.fromhex(digits + ("D" if negative else "C"))


def execute(opcode: int, second_byte: int, first: bytes, second: bytes, amount: int = 0) -> tuple[object, bytes, int]:
    """(interception, first field after, condition code)."""
    cpu = machine("r2=2000 r3=2800 pm=4")
    cpu.storage.write(0x1000, bytes((opcode, second_byte, 0x20, 0, 0x30, amount)))
    cpu.storage.write(0x2000, first)
    cpu.storage.write(0x2800, second)
    stop = run(cpu, 1)
    return stop, cpu.storage.read(0x2000, len(first)), cpu.cc


def lengths(first: bytes, second: bytes) -> int:
    return len(first) - 1 << 4 | len(second) - 1


def expect_sum(found: tuple[object, bytes, int], total: int, length: int, negative: bool) -> None:
    """``negative`` is the sign of a zero that an overflow leaves; other zeros are positive."""
    if abs(total) >= 10 ** (2 * length - 1):
        assert found == (ProgramInterruption(0x0A), packed(abs(total), negative, length), 3)
    else:
        cc = 0 if total == 0 else 1 if total < 0 else 2
        assert found == (BudgetEnd(), packed(abs(total), total < 0, length), cc)


@settings(deadline=None)
@given(fields(), fields())
def test_sums_and_comparison(one: tuple[int, bytes], two: tuple[int, bytes]) -> None:
    (x, first), (y, second) = one, two
    size = lengths(first, second)
    expect_sum(execute(0xFA, size, first, second), x + y, len(first), x + y < 0)
    expect_sum(execute(0xFB, size, first, second), x - y, len(first), x - y < 0)
    expect_sum(execute(0xF8, size, first, second), y, len(first), y < 0)
    order = 0 if x == y else 1 if x < y else 2
    assert execute(0xF9, size, first, second) == (BudgetEnd(), first, order)


@settings(deadline=None)
@given(fields(), fields(8))
def test_products_and_quotients(one: tuple[int, bytes], two: tuple[int, bytes]) -> None:
    (x, first), (y, second) = one, two
    size = lengths(first, second)
    minus = (first[-1] & 15 in MINUS) != (second[-1] & 15 in MINUS)
    product, quotient = execute(0xFC, size, first, second), execute(0xFD, size, first, second)
    rest = len(first) - len(second)
    if rest <= 0:
        assert product[0] == quotient[0] == ProgramInterruption(6)
        return
    if abs(x) >= 10 ** (2 * rest - 1):
        assert product == (ProgramInterruption(7), first, 0)
    else:
        assert product == (BudgetEnd(), packed(abs(x * y), minus, len(first)), 0)
    if y == 0 or abs(x) // abs(y) >= 10 ** (2 * rest - 1):
        assert quotient == (ProgramInterruption(0x0B), first, 0)
    else:
        q, r = divmod(abs(x), abs(y))
        after = packed(q, minus, rest) + packed(r, first[-1] & 15 in MINUS, len(second))
        assert quotient == (BudgetEnd(), after, 0)


@settings(deadline=None)
@given(fields(), st.integers(-32, 31), st.integers(0, 9))
def test_shifts(one: tuple[int, bytes], amount: int, rounding: int) -> None:
    x, first = one
    negative = first[-1] & 15 in MINUS
    magnitude = abs(x) * 10**amount if amount >= 0 else (abs(x) // 10 ** (-amount - 1) + rounding) // 10
    found = execute(0xF0, len(first) - 1 << 4 | rounding, first, b"", amount & 63)
    assert found == execute(0xF0, len(first) - 1 << 4 | rounding, first, b"", amount & 63 | 64)
    # the second operand's address is not that of storage: base register 3 holds 2800, whose last six bits are zero
    expect_sum(found, -magnitude if negative else magnitude, len(first), negative)


@settings(deadline=None)
@given(st.binary(min_size=1, max_size=16), st.binary(min_size=1, max_size=16))
def test_any_bytes_are_a_number_or_a_data_exception(first: bytes, second: bytes) -> None:
    def valid(field: bytes) -> bool:
        text = field.hex()
        return text[:-1].isdigit() and text[-1] in "abcdef"

    stop, after, _ = execute(0xFA, lengths(first, second), first, second)
    if valid(first) and valid(second):
        assert stop != ProgramInterruption(7)
    else:
        assert (stop, after) == (ProgramInterruption(7), first)
