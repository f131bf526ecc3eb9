"""Hexadecimal floating-point instructions: the manual's examples, edges by hand, exact fractions as the model."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.cp.s370.instructionkit import Case, check, machine
from vm370.cp.engine.reference import run
from vm370.cp.s370.interceptions import BudgetEnd, ProgramInterruption

ONE, MAXIMUM, TINY = "4110000000000000", "7FFFFFFFFFFFFFFF", "0010000000000000"

#    text                  code        before                                        after
CASES: list[Case] = [
    # the examples of the manual, appendix A
    ("AE    6,0(0,2)",     "7A602000", "r2=2000 f6=C308210000000000 2000=41123456",  "f6=C280ECBB00000000 cc=1"),
    ("AU    6,0(0,2)",     "7E602000", "r2=2000 f6=C308210000000000 2000=41123456",  "f6=C3080ECB00000000 cc=1"),
    ("CDR   4,6",          "2946",     "f4=4300000000000000 f6=35123456789ABCDE",    "cc=1"),
    ("CDR   4,6",          "2946",     "f4=4300000000000000 f6=34123456789ABCDE",    "cc=0"),
    ("CDR   4,6",          "2946",     "f4=4100123456789ABC f6=3F123456789ABC0F",    "cc=0"),
    # load and store; a short operand leaves the right half alone
    ("LE    2,0(0,2)",     "78202000", "r2=2000 f2=1111111122222222 2000=41100000",  "f2=4110000022222222"),
    ("LER   2,4",          "3824",     "f2=1111111122222222 f4=3333333344444444",    "f2=3333333322222222"),
    ("LD    2,1(0,2)",     "68202001", "r2=2000 2001=4110000000000001",              "f2=4110000000000001"),
    ("LDR   0,6",          "2806",     "f6=3333333344444444",                        "f0=3333333344444444"),
    ("STE   6,0(0,2)",     "70602000", "r2=2000 f6=3333333344444444",                "2000=33333333"),
    ("STD   6,0(0,2)",     "60602000", "r2=2000 f6=3333333344444444",                "2000=3333333344444444"),
    # signs; the condition code looks at the fraction alone
    ("LTER  0,2",          "3202",     "f2=C100000012345678",                        "f0=C100000000000000 cc=0"),
    ("LTDR  0,2",          "2202",     "f2=C100000012345678",                        "f0=C100000012345678 cc=1"),
    ("LCDR  0,2",          "2302",     "f2=C100000012345678",                        "f0=4100000012345678 cc=2"),
    ("LCER  0,0",          "3300",     "f0=0000000087654321",                        "f0=8000000087654321 cc=0"),
    ("LPER  0,2",          "3002",     "f0=F f2=FFFFFFFF00000000",                   "f0=7FFFFFFF0000000F cc=2"),
    ("LPDR  0,2",          "2002",     "f2=C110000000000000",                        f"f0={ONE} cc=2"),
    ("LNER  0,2",          "3102",     "f2=7FFFFFFF00000000",                        "f0=FFFFFFFF00000000 cc=1"),
    ("LNDR  0,2",          "2102",     "f2=0000000000000000",                        "f0=8000000000000000 cc=0"),
    # load rounded: the bit after the last is added
    ("LRER  0,2",          "3502",     "f0=F f2=4112345680000000",                   "f0=411234570000000F"),
    ("LRER  0,2",          "3502",     "f2=411234567FFFFFFF",                        "f0=4112345600000000"),
    ("LRER  0,2",          "3502",     "f2=C1FFFFFF80000000",                        "f0=C210000000000000"),
    ("LRER  0,2",          "3502",     "f2=7FFFFFFF80000000 cc=2",                   "f0=0010000000000000 program=C"),
    ("LRDR  2,4",          "2524",     "f4=4112345678123456 f6=0080000000000000",    "f2=4112345678123457"),
    ("LRDR  2,4",          "2524",     "f4=4112345678123456 f6=FF7FFFFFFFFFFFFF",    "f2=4112345678123456"),
    # sums: carry, guard digit, cancellation, zero
    ("AER   0,2",          "3A02",     "f0=41FFFFFF00000000 f2=4110000000000000",    "f0=4210FFFF00000000 cc=2"),
    ("SER   0,2",          "3B02",     "f0=4110000000000000 f2=40FFFFFF00000000",    "f0=3B10000000000000 cc=2"),
    ("SER   0,2",          "3B02",     "f0=4110000000000000 f2=3F10000000000000",    "f0=40FF000000000000 cc=2"),
    ("ADR   0,2",          "2A02",     f"f0={ONE} f2=C110000000000000 cc=3",         "f0=0 cc=0"),
    ("ADR   0,2",          "2A02",     f"f0={ONE} f2=C110000000000000 pm=1",
                                       "f0=4100000000000000 cc=0 program=E"),
    ("AWR   0,2",          "2E02",     f"f0={ONE} f2=C00FFFFFFFFFFFFF",              "f0=410F000000000000 cc=2"),
    ("SWR   0,2",          "2F02",     f"f0={ONE} f2=410F000000000000",              "f0=4101000000000000 cc=2"),
    ("SUR   0,2",          "3F02",     "f0=4000000100000000 f2=4100000000000000",    "f0=0 cc=0"),
    ("SDR   0,2",          "2B02",     f"f0={MAXIMUM} f2=FFFFFFFFFFFFFFFF",
                                       "f0=001FFFFFFFFFFFFF cc=2 program=C"),
    ("SDR   0,2",          "2B02",     f"f0=0018000000000000 f2={TINY}",             "f0=0 cc=0"),
    ("SDR   0,2",          "2B02",     f"f0=0018000000000000 f2={TINY} pm=2",
                                       "f0=7F80000000000000 cc=2 program=D"),
    ("AXR   0,4",          "3604",     f"f0={ONE} f2=3300000000000000 f4=2610000000000000 f6=1800000000000000",
                                       "f2=3300000000000001 cc=2"),
    ("SXR   0,4",          "3704",     f"f0={ONE} f2=3300000000000000 f4={ONE} f6=3300000000000001",
                                       "f0=A610000000000000 f2=9800000000000000 cc=1"),
    # comparison
    ("CE    0,0(0,2)",     "79002000", "r2=2000 f0=00000000FFFFFFFF 2000=C1000000",  "cc=0"),
    ("CER   0,2",          "3902",     "f0=C110000000000000 f2=4110000000000000",    "cc=1"),
    ("CD    0,0(0,2)",     "69002000", f"r2=2000 f0={ONE} 2000=4110000000000001",    "cc=1"),
    # products
    ("MER   0,2",          "3C02",     "f0=4120000012345678 f2=4130000087654321",    "f0=4160000000000000"),
    ("ME    0,0(0,2)",     "7C002000", "r2=2000 f0=41FFFFFF00000000 2000=41FFFFFF",  "f0=42FFFFFE00000100"),
    ("MDR   0,2",          "2C02",     f"f0={MAXIMUM} f2={ONE}",                     f"f0={MAXIMUM}"),
    ("MDR   0,2",          "2C02",     f"f0={MAXIMUM} f2={MAXIMUM}",                 "f0=3EFFFFFFFFFFFFFE program=C"),
    ("MDR   0,2",          "2C02",     f"f0={TINY} f2={TINY}",                       "f0=0"),
    ("MDR   0,2",          "2C02",     f"f0={TINY} f2={TINY} pm=2",                  "f0=3F10000000000000 program=D"),
    ("MDR   0,2",          "2C02",     "f0=FF00000000000000 f2=7F10000000000000",    "f0=0"),
    ("MXDR  0,2",          "2702",     "f0=41FFFFFFFFFFFFFF f2=C1FFFFFFFFFFFFFF",
                                       "f0=C2FFFFFFFFFFFFFE f2=B400000000000001"),
    ("MXD   4,0(0,2)",     "67402000", f"r2=2000 f4={ONE} f6=1 2000=4110000000000001",
                                       "f4=4110000000000001 f6=3300000000000000"),
    ("MXR   0,4",          "2604",     f"f0=41FFFFFFFFFFFFFF f2=33FFFFFFFFFFFFFF f4={ONE} f6=0",
                                       "f0=41FFFFFFFFFFFFFF f2=33FFFFFFFFFFFFFF"),
    # quotients and halves
    ("DER   0,2",          "3D02",     "f0=41100000FFFFFFFF f2=4130000000000000",    "f0=40555555FFFFFFFF"),
    ("DDR   0,2",          "2D02",     "f0=4160000000000000 f2=C120000000000000",    "f0=C130000000000000"),
    ("DD    0,0(0,2)",     "6D002000", "r2=2000 f0=4100000000000001 2000=4110000000000000","f0=3410000000000000"),
    ("DDR   0,2",          "2D02",     "f0=C100000000000000 f2=4110000000000000",    "f0=0"),
    ("DDR   0,2",          "2D02",     f"f0={ONE} f2=4100000000000000",              "program=F"),
    ("DDR   0,2",          "2D02",     f"f0={MAXIMUM} f2={TINY}",                    "f0=40FFFFFFFFFFFFFF program=C"),
    ("HER   0,2",          "3402",     "f0=F f2=4110000100000000",                   "f0=408000080000000F"),
    ("HDR   0,2",          "2402",     "f2=C100000000000001",                        "f0=B380000000000000"),
    ("HDR   0,2",          "2402",     f"f2={TINY} pm=2",                            "f0=7F80000000000000 program=D"),
    ("HDR   0,2",          "2402",     f"f2={TINY}",                                 "f0=0"),
    # only registers 0, 2, 4, 6; 0 and 4 begin a pair
    ("LER   1,2",          "3812",     "",                                           "program=6"),
    ("LDR   8,2",          "2882",     "",                                           "program=6"),
    ("LTDR  0,9",          "2209",     "",                                           "program=6"),
    ("AXR   2,4",          "3624",     "",                                           "program=6"),
    ("MXDR  2,4",          "2724",     "",                                           "program=6"),
    ("LRDR  0,2",          "2502",     "",                                           "program=6"),
    ("STD   3,0(0,2)",     "60302000", "r2=2000",                                    "program=6"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code", "before", "after"), CASES)
def test_floating_point_instruction(text: str, code: str, before: str, after: str) -> None:
    check(text, code, before, after)


# --- exact fractions as the model: digits is 6, 14 or 28 ---


@dataclass
class Number:
    """A number in the machine's form."""

    negative: bool
    characteristic: int
    fraction: int
    digits: int

    @property
    def value(self) -> Fraction:
        magnitude = Fraction(self.fraction, 16**self.digits) * Fraction(16) ** (self.characteristic - 64)
        return -magnitude if self.negative else magnitude

    @property
    def registers(self) -> tuple[int, int]:
        """Two registers; those that the format does not use are zero."""
        sign = self.negative << 7
        fraction = self.fraction << 4 * (28 - self.digits)
        left = (sign | self.characteristic) << 56 | fraction >> 56
        right = (sign | self.characteristic - 14 & 127) << 56 | fraction & (1 << 56) - 1
        return left, right if self.digits == 28 else 0


@dataclass
class Result:
    """Registers, and the program interruption if there is one."""

    registers: tuple[int, int]
    code: int = 0


def cut(value: Fraction, unit: Fraction) -> Fraction:
    """Toward zero to a multiple of the unit."""
    return (abs(value) // unit) * unit * (-1 if value < 0 else 1)


def normalized(value: Fraction, digits: int, underflow: bool) -> Result:
    """The nearest normalized number that is not larger; exponent overflow and underflow."""
    if value == 0:
        return Result((0, 0))
    characteristic = 64
    while abs(value) >= Fraction(16) ** (characteristic - 64):
        characteristic += 1
    while abs(value) < Fraction(16) ** (characteristic - 65):
        characteristic -= 1
    fraction = int(abs(value) / Fraction(16) ** (characteristic - 64) * 16**digits)
    if characteristic < 0 and not underflow:
        return Result((0, 0))
    code = 0x0C if characteristic > 127 else 0x0D if characteristic < 0 else 0
    return Result(Number(value < 0, characteristic & 127, fraction, digits).registers, code)


def aligned_sum(x: Number, y: Number) -> tuple[Fraction, int]:
    """Sum after the digits beyond the guard digit were cut off; the larger characteristic."""
    characteristic = max(x.characteristic, y.characteristic)
    guard = Fraction(16) ** (characteristic - 64 - x.digits - 1)
    return cut(x.value, guard) + cut(y.value, guard), characteristic


def floats(digits: int) -> st.SearchStrategy[Number]:
    fractions = st.integers(0, 16**digits - 1) | st.builds(
        lambda fraction, shift: (fraction << 4 * shift) % 16**digits, st.integers(0, 16**3), st.integers(0, digits)
    )
    near = st.integers(60, 68) | st.integers(0, 127)
    return st.builds(Number, st.booleans(), near, fractions, st.just(digits))


pairs = st.sampled_from((6, 14, 28)).flatmap(lambda digits: st.tuples(floats(digits), floats(digits)))
short_or_long = st.sampled_from((6, 14)).flatmap(lambda digits: st.tuples(floats(digits), floats(digits)))
OPCODES = {6: 0x30, 14: 0x20}


def execute(code: int, x: Number, y: Number, mask: int) -> tuple[Result, int]:
    """The instruction on registers 0 (and 2), 4 (and 6): (result, condition code)."""
    cpu = machine(f"pm={mask:X} cc=3")
    cpu.storage.write(0x1000, bytes((code, 0x04)))
    cpu.fpr[0], cpu.fpr[2] = x.registers
    cpu.fpr[4], cpu.fpr[6] = y.registers
    stop = run(cpu, 1)
    assert isinstance(stop, BudgetEnd | ProgramInterruption)
    code = stop.code if isinstance(stop, ProgramInterruption) else 0
    return Result((cpu.fpr[0], cpu.fpr[2]), code), cpu.cc


@settings(deadline=None)
@given(pairs, st.booleans(), st.booleans(), st.booleans())
@example((Number(False, 64, 0x100000, 6), Number(False, 63, 0xFFFFFF, 6)), True, False, False)
def test_normalized_sums(pair: tuple[Number, Number], subtract: bool, underflow: bool, significance: bool) -> None:
    x, y = pair
    code = {6: 0x3A, 14: 0x2A, 28: 0x36}[x.digits] + subtract
    found, cc = execute(code, x, y, underflow << 1 | significance)
    total, characteristic = aligned_sum(x, Number(y.negative ^ subtract, y.characteristic, y.fraction, y.digits))
    if total == 0 and significance:
        assert found == Result(Number(False, characteristic, 0, x.digits).registers, 0x0E)
    else:
        assert found == normalized(total, x.digits, underflow)
    zero = total == 0 or found.registers == (0, 0)
    assert cc == (0 if zero else 1 if total < 0 else 2)


@settings(deadline=None)
@given(short_or_long, st.booleans(), st.booleans())
def test_unnormalized_sums(pair: tuple[Number, Number], subtract: bool, significance: bool) -> None:
    x, y = pair
    found, cc = execute(OPCODES[x.digits] + 0x0E + subtract, x, y, significance)
    total, characteristic = aligned_sum(x, Number(y.negative ^ subtract, y.characteristic, y.fraction, y.digits))
    if abs(total) >= Fraction(16) ** (characteristic - 64):
        characteristic += 1
    fraction = int(abs(total) / Fraction(16) ** (characteristic - 64 - x.digits))
    if fraction == 0:
        kept = Result(Number(False, characteristic, 0, x.digits).registers, 0x0E)
        assert (found, cc) == (kept if significance else Result((0, 0)), 0)
    else:
        code = 0x0C if characteristic > 127 else 0
        assert found == Result(Number(total < 0, characteristic & 127, fraction, x.digits).registers, code)
        assert cc == (1 if total < 0 else 2)


@settings(deadline=None)
@given(short_or_long)
def test_comparison(pair: tuple[Number, Number]) -> None:
    x, y = pair
    found, cc = execute(OPCODES[x.digits] + 9, x, y, 3)
    total, _ = aligned_sum(x, Number(not y.negative, y.characteristic, y.fraction, y.digits))
    assert (found, cc) == (Result(x.registers), 0 if total == 0 else 1 if total < 0 else 2)


@settings(deadline=None)
@given(pairs, st.booleans())
def test_products(pair: tuple[Number, Number], underflow: bool) -> None:
    x, y = pair
    code, digits = {6: (0x3C, 14), 14: (0x2C, 14), 28: (0x26, 28)}[x.digits]
    expected = normalized(x.value * y.value, digits, underflow)
    assert execute(code, x, y, underflow << 1) == (expected, 3)
    if x.digits == 14:
        expected = normalized(x.value * y.value, 28, underflow)
        assert execute(0x27, x, y, underflow << 1) == (expected, 3)


@settings(deadline=None)
@given(short_or_long, st.booleans())
def test_quotients(pair: tuple[Number, Number], underflow: bool) -> None:
    x, y = pair
    expected = normalized(x.value / y.value, x.digits, underflow) if y.fraction else Result(x.registers, 0x0F)
    assert execute(OPCODES[x.digits] + 0x0D, x, y, underflow << 1) == (expected, 3)


@settings(deadline=None)
@given(short_or_long, st.booleans())
def test_halves(pair: tuple[Number, Number], underflow: bool) -> None:
    x, y = pair
    zero = Number(False, 0, 0, x.digits)
    found = execute(OPCODES[x.digits] + 4, zero, y, underflow << 1)
    assert found == (normalized(y.value / 2, x.digits, underflow), 3)


@settings(deadline=None)
@given(st.one_of(floats(14), floats(28)))
def test_load_rounded(y: Number) -> None:
    digits, code = (6, 0x35) if y.digits == 14 else (14, 0x25)
    half = Fraction(16) ** (y.characteristic - 64 - digits) / 2
    magnitude = cut(abs(y.value) + half, 2 * half)
    characteristic = y.characteristic + (magnitude >= Fraction(16) ** (y.characteristic - 64))
    fraction = int(magnitude / Fraction(16) ** (characteristic - 64 - digits))
    overflow = 0x0C if characteristic > 127 else 0
    expected = Result(Number(y.negative, characteristic & 127, fraction, digits).registers, overflow)
    assert execute(code, Number(False, 0, 0, digits), y, 0) == (expected, 3)
