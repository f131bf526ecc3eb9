"""Machine instructions: every operand form by hand, every instruction both ways through the disassembler."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tools.assembler.asmkit import code, errors, run
from vm370.cp.s370.disassembler import disassemble
from vm370.cp.s370.formats import field_value
from vm370.cp.s370.opcodes import EXTENDED, OPCODES, Opcode

# AREA is at X'20', 8 bytes; base register 12 holds the address of TEST
HEAD = "TEST     CSECT\n         USING TEST,12\n"
TAIL = "\n         ORG   TEST+32\nAREA     DS    CL8\nWORD     DC    F'0'\n"


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("LR    1,2", "1812"),
        ("LR    X'A',B'11'", "18A3"),
        ("SPM   3", "0430"),
        ("BCR   15,14", "07FE"),
        ("SVC   202", "0ACA"),
        ("SVC   C'A'", "0AC1"),
        ("L     1,2(3,4)", "58134002"),
        ("L     1,2(,4)", "58104002"),
        ("L     1,2(0,4)", "58104002"),
        ("L     1,2(3)", "58130002"),
        ("L     1,2", "58100002"),
        ("L     1,WORD", "5810C028"),
        ("L     1,WORD(5)", "5815C028"),
        ("L     1,WORD+4", "5810C02C"),
        ("LA    1,4095", "41100FFF"),
        ("BC    8,AREA", "4780C020"),
        ("STM   14,12,12(13)", "90ECD00C"),
        ("STM   14,12,AREA", "90ECC020"),
        ("BXLE  2,4,AREA", "8724C020"),
        ("ICM   1,B'0111',AREA", "BF17C020"),
        ("SLL   5,8", "89500008"),
        ("SLL   5,0(6)", "89506000"),
        ("SRDA  4,32", "8E400020"),
        ("MVI   AREA,C'X'", "92E7C020"),
        ("MVI   0(3),255", "92FF3000"),
        ("MVI   0(3),-1", "92FF3000"),
        ("TM    4(2),X'80'", "91802004"),
        ("LPSW  AREA", "8200C020"),
        ("TS    0(1)", "93001000"),
        ("SIO   0(1)", "9C001000"),
        ("SIOF  X'00E'", "9C01000E"),
        ("STIDP AREA", "B202C020"),
        ("IPK   ", "B20B0000"),
        ("SPKA  0(2)", "B20A2000"),
        ("DIAG  1,2,8", "83120008"),
        ("STCTL 0,15,AREA", "B60FC020"),
        ("MVC   AREA,WORD", "D207C020C028"),  # length of AREA
        ("MVC   AREA(3),WORD", "D202C020C028"),
        ("MVC   AREA+1(L'AREA-1),AREA", "D206C021C020"),
        ("MVC   0(5,1),8(2)", "D20410002008"),
        ("MVC   0(,1),8(2)", "D20010002008"),
        ("MVC   0(256,1),8(2)", "D2FF10002008"),
        ("EX    0,WORD", "4400C028"),
        ("MVC   0(0,1),8(2)", "D20010002008"),
        ("XC    AREA,AREA", "D707C020C020"),
        ("PACK  AREA,WORD(3)", "F272C020C028"),
        ("UNPK  0(16,1),0(8,2)", "F3F710002000"),
        ("AP    0(8,1),WORD", "FA731000C028"),
        ("SRP   AREA(3),64-2,5", "F025C020003E"),
        ("LD    0,AREA", "6800C020"),
        ("LDR   2,4", "2824"),
        ("B     AREA", "47F0C020"),
        ("BR    14", "07FE"),
        ("BE    AREA", "4780C020"),
        ("BNE   AREA", "4770C020"),
        ("BH    AREA", "4720C020"),
        ("BL    AREA", "4740C020"),
        ("BNH   AREA", "47D0C020"),
        ("BNL   AREA", "47B0C020"),
        ("BO    AREA", "4710C020"),
        ("BNZ   4(15)", "477F0004"),
        ("BZR   3", "0783"),
        ("NOP   0", "47000000"),
        ("NOPR  0", "0700"),
        ("B     *+8", "47F0C008"),
        ("l     1,word", "5810C028"),
    ],
)
def test_operand_forms(statement: str, expected: str) -> None:
    assert code(f"{HEAD}         {statement}{TAIL}")[: len(expected)] == expected


def _instructions() -> st.SearchStrategy[bytes]:
    def fields(op: Opcode) -> st.SearchStrategy[bytes]:
        shape = op.format
        written = [letter for letter in shape.layout.fields if _letter(op, letter) in shape.syntax]

        def build(values: list[int]) -> bytes:
            number = int.from_bytes(op.code().ljust(6, b"\0"), "big")
            for letter, value in zip(written, values, strict=True):
                number |= value << shape.layout.fields[letter][0]
            return number.to_bytes(6, "big")[: shape.length]

        widths = [shape.layout.fields[letter][1] for letter in written]
        return st.tuples(*(st.integers(0, (1 << width) - 1) for width in widths)).map(lambda v: build(list(v)))

    return st.sampled_from(OPCODES).flatmap(fields)


def _letter(op: Opcode, name: str) -> str:
    return next((letter for letter, meant in op.format.letters.items() if meant == name), name)


@given(st.lists(_instructions(), min_size=1, max_size=20))
def test_what_the_disassembler_writes_assembles_to_the_same(instructions: list[bytes]) -> None:
    lines = "".join(f"         {disassemble(instruction)}\n" for instruction in instructions)
    assert code(lines) == b"".join(instructions).hex().upper()


def test_every_mnemonic_is_known() -> None:
    for op in OPCODES:
        lines = f"         {disassemble(op.code())}\n"
        assert bytes.fromhex(code(lines)) == op.code()


def test_extended_mnemonics_have_their_masks() -> None:
    for extended in EXTENDED.values():
        operand = "14" if extended.base.mnemonic == "BCR" else "0(0,14)"
        made = bytes.fromhex(code(f"         {extended.mnemonic} {operand}\n")).ljust(6, b"\0")
        assert field_value(int.from_bytes(made, "big"), extended.base.format.field("M1")) == extended.mask


def test_the_smallest_displacement_and_then_the_highest_register_is_taken() -> None:
    lines = "TEST CSECT\n USING TEST,3,4\n USING AREA,5\n USING AREA,6\n L 1,AREA+4\n L 1,FAR\n"
    made = code(lines + " ORG TEST+4000\nAREA DS CL200\nFAR DS F\n")
    assert made[:16] == "58106004" + "58104068"  # FAR: 200 from register 6, 104 from register 4
    far = "TEST CSECT\n USING TEST,3,4\n L 1,FAR\n ORG TEST+4104\nFAR DS F\n"
    assert code(far)[:8] == "58104008"


def test_dummy_sections_and_drop() -> None:
    lines = "TEST CSECT\n USING MAP,9\n L 1,FIELD\n DROP 9\nMAP DSECT\n DS F\nFIELD DS F\n"
    assert code(lines) == "58109004"
    result = run("TEST CSECT\n USING MAP,9\n DROP 9\n L 1,FIELD\nMAP DSECT\n DS F\nFIELD DS F\n")
    assert [message.identifier for message in result.messages] == ["ASM033E"]


def test_using_base_zero_and_absolute_using() -> None:
    assert code("TEST CSECT\n USING LOW,0\n L 1,OLD\nLOW DSECT\n DS XL24\nOLD DS F\n") == "58100018"
    assert code("TEST CSECT\n USING X'1000',7\n L 1,X'1234'\n") == "58107234"


def test_push_and_pop_using() -> None:
    lines = "TEST CSECT\n USING *,12\n PUSH USING\n DROP 12\n USING TEST,11\n BR 14\n POP USING\n L 1,TEST\n"
    assert code(lines) == "07FE" + "5810C000"


def test_literals() -> None:
    lines = " USING TEST,12\n L 1,=F'5'\n L 2,=F'5'\n MVC 0(3),=C'ABC'\n LD 0,=D'1'\n LH 3,=H'2'\n LTORG\n"
    # pool at X'18' by boundary: the doubleword, the word, the halfword, the characters
    assert code(lines) == ("5810C0205820C020D2020000C0266800C0184830C02400004110000000000000000000050002C1C2C3")


def test_literal_pools_are_separate_and_the_last_goes_to_the_first_section() -> None:
    lines = "ONE CSECT\n USING *,12\n L 1,=F'1'\n LTORG\n L 1,=F'1'\nTWO CSECT\n DC X'FF'\n END\n"
    result = run(lines)
    assert result.text.hex().upper() == "5810C00800000000000000015810C0100000000100000000FF"
    assert result.sections["ONE"].length == 20


def test_address_literals_with_the_location_counter() -> None:
    lines = " USING TEST,12\n L 1,=A(*-TEST)\n L 2,=A(*-TEST)\n"
    assert code(lines) == "5810C0085820C00C0000000000000004"


@pytest.mark.parametrize(
    ("statement", "where"),
    [
        (" LR 1", "2:5 ASM030E"),
        (" LR 1,", "2:5 ASM031E"),
        (" LR 1,16", "2:7 ASM034E"),
        (" L 1,2(3,4,5)", "2:6 ASM032E"),
        (" L 1,4096(2)", "2:6 ASM033E"),
        (" L 1,4096(,2)", "2:6 ASM025E"),
        (" L 1,TEST", "2:6 ASM033E"),
        (" MVI 0(1),256", "2:11 ASM025E"),
        (" MVC 0(257,1),0(2)", "2:6 ASM036E"),
        (" L 1,UNKNOWN", "2:6 ASM011E"),
        (" LA 1,TEST(,2)", "2:7 ASM021E"),
        (" LR TEST,1", "2:5 ASM021E"),
        (" MVI 0(1,2),3", "2:6 ASM032E"),
        (" L 1,2(3)X", "2:6 ASM032E"),
        (" XYZZY 1", "2:2 ASM010E"),
    ],
)
def test_refusals(statement: str, where: str) -> None:
    assert errors(statement) == [where]
