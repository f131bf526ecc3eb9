"""One line per case: instruction, what is set before, what is different after.  Expected values by hand.

Names: r0-r15, c0-c15, cc, pm, key, and hexadecimal addresses for storage.  The instruction stands at 1000 and is
written as the assembler does, and in hexadecimal; both must mean the same.  What a line does not name must not change.
"""

from __future__ import annotations

import pytest

from vm370.cp.engine.reference import run
from vm370.cp.s370.cpu import Cpu
from vm370.cp.s370.disassembler import disassemble
from vm370.cp.s370.interceptions import BudgetEnd, MaskChanged, ProgramInterruption
from vm370.cp.s370.psw import Psw
from vm370.cp.s370.storage import Storage
from vm370.cp.s370.traps import TRAP_PROGRAM

#   text                       code            before                                       after
CASES = [
    ("LR    1,2",              "1812",         "r2=5",                                      "r1=5"),
    ("LTR   1,2",              "1212",         "r2=80000000",                               "r1=80000000 cc=1"),
    ("LCR   1,2",              "1312",         "r2=1",                                      "r1=FFFFFFFF cc=1"),
    ("LCR   1,2",              "1312",         "r2=80000000",                               "r1=80000000 cc=3"),
    ("LPR   1,1",              "1011",         "r1=FFFFFFF6",                               "r1=A cc=2"),
    ("LNR   1,2",              "1112",         "r2=A",                                      "r1=FFFFFFF6 cc=1"),
    ("AR    1,2",              "1A12",         "r1=1 r2=FFFFFFFF",                          "r1=0 cc=0"),
    ("AR    1,2",              "1A12",         "r1=7FFFFFFF r2=1",                          "r1=80000000 cc=3"),
    ("AR    1,2",              "1A12",         "r1=7FFFFFFF r2=1 pm=8",
                                               "r1=80000000 cc=3 program=8"),
    ("SR    3,3",              "1B33",         "r3=1234 cc=2",                              "r3=0 cc=0"),
    ("ALR   1,2",              "1E12",         "r1=FFFFFFFF r2=2",                          "r1=1 cc=3"),
    ("SLR   1,2",              "1F12",         "r1=1 r2=2",                                 "r1=FFFFFFFF cc=1"),
    ("CR    1,2",              "1912",         "r1=FFFFFFFF r2=0",                          "cc=1"),
    ("CLR   1,2",              "1512",         "r1=FFFFFFFF r2=0",                          "cc=2"),
    ("MR    2,4",              "1C24",         "r3=FFFFFFFE r4=3",                          "r2=FFFFFFFF r3=FFFFFFFA"),
    ("MR    3,4",              "1C34",         "",                                          "program=6"),
    ("DR    2,4",              "1D24",         "r2=FFFFFFFF r3=FFFFFFF9 r4=2",              "r2=FFFFFFFF r3=FFFFFFFD"),
    ("DR    2,4",              "1D24",         "r3=1",                                      "program=9"),
    ("L     1,256(0,2)",       "58102100",     "r2=2000 2100=00000007",                     "r1=7"),
    ("L     1,1(2,3)",         "58123001",     "r2=1000 r3=FF001000 2001=89ABCDEF",         "r1=89ABCDEF"),
    ("L     1,0(0,2)",         "58102000",     "r2=100000",                                 "program=5"),
    ("LH    1,0(0,2)",         "48102000",     "r2=2000 2000=8001",                         "r1=FFFF8001"),
    ("LA    1,4095(2,3)",      "41123FFF",     "r2=1 r3=FFFFFFFF",                          "r1=FFF"),
    ("ST    1,0(0,2)",         "50102000",     "r1=1234ABCD r2=2000",                       "2000=1234ABCD"),
    ("STH   1,2(0,2)",         "40102002",     "r1=1234ABCD r2=2000",                       "2002=ABCD"),
    ("STC   1,0(0,2)",         "42102000",     "r1=1234ABCD r2=2000",                       "2000=CD"),
    ("IC    1,0(0,2)",         "43102000",     "r1=11223344 r2=2000 2000=FF",               "r1=112233FF"),
    ("MH    1,0(0,2)",         "4C102000",     "r1=FFFFFFFF r2=2000 2000=0005",             "r1=FFFFFFFB"),
    ("LM    14,1,0(2)",        "98E12000",     "r2=2000 2000=00000001000000020000000300000004",
                                               "r14=1 r15=2 r0=3 r1=4"),
    ("STM   15,0,0(2)",        "90F02000",     "r2=2000 r15=F r0=A",                        "2000=0000000F0000000A"),
    ("SLA   1,1(0)",           "8B100001",     "r1=40000000",                               "r1=0 cc=3"),
    ("SLA   1,31(0)",          "8B10001F",     "r1=FFFFFFFF",                               "r1=80000000 cc=1"),
    ("SRA   1,4(0)",           "8A100004",     "r1=80000000",                               "r1=F8000000 cc=1"),
    ("SLL   1,32(0)",          "89100020",     "r1=FFFFFFFF",                               "r1=0"),
    ("SRL   1,31(0)",          "8810001F",     "r1=80000000",                               "r1=1"),
    ("SRDL  2,32(0)",          "8C200020",     "r2=12345678",                               "r2=0 r3=12345678"),
    ("SLDA  2,1(0)",           "8F200001",     "r2=C0000000",                               "r2=80000000 cc=1"),
    ("SRDA  2,33(0)",          "8E200021",     "r2=80000000",
                                               "r2=FFFFFFFF r3=C0000000 cc=1"),
    ("NR    1,2",              "1412",         "r1=F0 r2=0F",                               "r1=0 cc=0"),
    ("OI    0(2),X'0F'",       "960F2000",     "r2=2000 2000=F0",                           "2000=FF cc=1"),
    ("TM    0(2),X'81'",       "91812000",     "r2=2000 2000=80",                           "cc=1"),
    ("TM    0(2),X'81'",       "91812000",     "r2=2000 2000=FF",                           "cc=3"),
    ("CLI   0(2),X'40'",       "95402000",     "r2=2000 2000=3F",                           "cc=1"),
    ("ICM   1,5,0(2)",         "BF152000",     "r1=11223344 r2=2000 2000=80FF",             "r1=118033FF cc=1"),
    ("STCM  1,6,0(2)",         "BE162000",     "r1=11223344 r2=2000",                       "2000=2233"),
    ("CLM   1,8,0(2)",         "BD182000",     "r1=11223344 r2=2000 2000=12",               "cc=1"),
    ("TS    0(2)",             "93002000",     "r2=2000 2000=80",                           "2000=FF cc=1"),
    ("CS    1,3,0(2)",         "BA132000",     "r1=1 r3=9 r2=2000 2000=00000001",           "2000=00000009 cc=0"),
    ("CS    1,3,0(2)",         "BA132000",     "r1=1 r3=9 r2=2000 2000=00000002",           "r1=2 cc=1"),
    ("CS    1,3,2(2)",         "BA132002",     "r2=2000",                                   "program=6"),
    ("CDS   0,4,0(2)",         "BB042000",     "r0=1 r1=2 r5=7 r2=2000 2000=0000000100000002",
                                               "2000=0000000000000007 cc=0"),
    ("MVI   0(2),X'C1'",       "92C12000",     "r2=2000",                                   "2000=C1"),
    ("MVC   1(3,2),0(2)",      "D20220012000", "r2=2000 2000=C1C2C3C4",                     "2000=C1C1C1C1"),
    ("MVC   2(3,2),0(2)",      "D20220022000", "r2=2000 2000=C1C2C3C4C5",                   "2000=C1C2C1C2C1"),
    ("MVC   0(3,2),1(2)",      "D20220002001", "r2=2000 2000=C1C2C3C4",                     "2000=C2C3C4C4"),
    ("MVN   0(2,2),4(2)",      "D10120002004", "r2=2000 2000=A1B20000C3D4",                 "2000=A3B4"),
    ("MVZ   0(2,2),4(2)",      "D30120002004", "r2=2000 2000=A1B20000C3D4",                 "2000=C1D2"),
    ("MVCIN 0(3,2),6(2)",      "E80220002006", "r2=2000 2004=010203",                       "2000=030201"),
    ("CLC   0(3,2),4(2)",      "D50220002004", "r2=2000 2000=01020304010203",               "cc=0"),
    ("CLC   0(3,2),4(2)",      "D50220002004", "r2=2000 2000=01020404010203",               "cc=2"),
    ("XC    0(9,2),0(2)",      "D70820002000", "r2=2000 2000=010203040506070809",
                                               "2000=000000000000000000 cc=0"),
    ("NC    0(9,2),16(2)",     "D40820002010", "r2=2000 2000=FFFFFFFFFFFFFFFFFF 2010=010203040506070809",
                                               "2000=010203040506070809 cc=1"),
    ("TR    0(3,2),256(2)",    "DC0220002100", "r2=2000 2000=000201 2100=C1C2C3",           "2000=C1C3C2"),
    ("TRT   0(3,2),256(2)",    "DD0220002100", "r1=FF000000 r2=2000 2000=000201 2102=77",   "r1=FF002001 r2=2077 cc=1"),
    ("MVCL  4,6",              "0E46",         "r4=2000 r5=4 r6=2100 r7=40000002 2100=C1C2",
                                               "2000=C1C24040 r4=2004 r5=0 r6=2102 r7=40000000 cc=2"),
    ("MVCL  4,6",              "0E46",         "r4=2001 r5=4 r6=2000 r7=4",                 "cc=3"),
    ("CLCL  4,6",              "0F46",         "r4=2000 r5=3 r6=2100 r7=40000001 2000=C140 2100=C1",
                                               "r4=2002 r5=1 r6=2101 r7=40000000 cc=1"),
    ("CVB   1,0(0,2)",         "4F102000",     "r2=2000 2000=000000000001234D",             "r1=FFFFFB2E"),
    ("CVB   1,0(0,2)",         "4F102000",     "r2=2000 2000=000002147483648C",             "r1=80000000 program=9"),
    ("CVB   1,0(0,2)",         "4F102000",     "r2=2000 2000=00000000000012F4",             "program=7"),
    ("CVD   1,0(0,2)",         "4E102000",     "r1=FFFFFB2E r2=2000",                       "2000=000000000001234D"),
    ("PACK  0(3,2),16(5,2)",   "F22420002010", "r2=2000 2010=F1F2F3F4C5",                   "2000=12345C"),
    ("UNPK  0(5,2),16(3,2)",   "F34220002010", "r2=2000 2010=12345C",                       "2000=F1F2F3F4C5"),
    ("MVO   0(3,2),16(2,2)",   "F12120002010", "r2=2000 2000=00000C 2010=1234",             "2000=01234C"),
    ("ED    0(7,2),16(2)",     "DE0620002010", "r2=2000 2000=402020214B2020 2010=01234C",
                                               "2000=4040F1F24BF3F4 cc=2"),
    ("EDMK  0(4,2),16(2)",     "DF0320002010", "r1=0 r2=2000 2000=40202120 2010=012D",
                                               "2000=4040F1F2 cc=1 r1=2002"),
    ("BALR  1,0",              "0510",         "cc=1 pm=3",                                 "r1=53001002"),
    ("BAL   1,0(0,2)",         "45102000",     "r2=2000",                                   "r1=80001004 ia=2000"),
    ("BASR  1,2",              "0D12",         "r2=FF002000",                               "r1=1002 ia=2000"),
    ("BCTR  1,0",              "0610",         "r1=0",                                      "r1=FFFFFFFF"),
    ("BCT   1,0(0,2)",         "46102000",     "r1=1 r2=2000",                              "r1=0"),
    ("BE    0(0,2)",           "47802000",     "r2=2000 cc=0",                              "ia=2000"),
    ("BNE   0(0,2)",           "47702000",     "r2=2000 cc=0",                              ""),
    ("BR    2",                "07F2",         "r2=FF002000",                               "ia=2000"),
    ("BXLE  1,2,0(4)",         "87124000",     "r1=4 r2=4 r3=8 r4=2000",                    "r1=8 ia=2000"),
    ("BXH   1,3,0(4)",         "86134000",     "r1=1 r3=FFFFFFFF r4=2000",                  "r1=0 ia=2000"),
    ("EX    1,0(0,2)",         "44102000",     "r1=12 r2=2000 2000=1A00",                   "r1=2012 cc=2"),
    ("EX    0,0(0,2)",         "44002000",     "r2=2000 2000=44002000",                     "program=3"),
    ("EX    0,1(0,2)",         "44002001",     "r2=2000",                                   "program=6"),
    ("SPM   1",                "0410",         "r1=35000000",                               "cc=3 pm=5"),
    ("MC    5(0),X'03'",       "AF030005",     "c8=00001000",                               "program=40"),
    ("MC    5(0),X'03'",       "AF030005",     "",                                          ""),
    ("IPK",                    "B20B0000",     "r2=FFFFFFFF key=4",                         "r2=FFFFFF40 key=4"),
    ("SPKA  48(0)",            "B20A0030",     "",                                          "key=3"),
    ("SSK   1,2",              "0812",         "r1=1F6 r2=2000",                            "k2000=F6"),
    ("SSK   1,2",              "0812",         "r2=2008",                                   "program=6"),
    ("ISK   1,2",              "0912",         "r1=FFFFFFFF r2=2000 k2000=36",              "r1=FFFFFF30"),
    ("RRB   0(2)",             "B2132000",     "r2=2000 k2000=36",                          "k2000=32 cc=3"),
    ("LCTL  8,8,0(2)",         "B7882000",     "r2=2000 2000=0000ABCD",                     "c8=ABCD"),
    ("STCTL 15,0,0(2)",        "B6F02000",     "r2=2000",                                   "2000=00000200000000E0"),
    ("STAP  0(2)",             "B2122000",     "r2=2000 2000=FFFF",                         "2000=0000"),
    ("SPX   0(2)",             "B2102000",     "r2=2000 2000=00004ABC",                     "prefix=4000"),
    ("SIGP  1,3,1(0)",         "AE130001",     "r3=1",                                      "cc=3"),
]  # fmt: skip


def machine(before: str) -> Cpu:
    """A CPU at 1000 with 1 MiB, and the settings of ``before``."""
    cpu = Cpu(Storage(1 << 20))
    cpu.psw = Psw(address=0x1000)
    for word in before.split():
        name, value = word.split("=")
        change(cpu, name, value)
    cpu.mode_changed()
    cpu.event = 0
    cpu.trap_mask = TRAP_PROGRAM
    return cpu


def change(cpu: Cpu, name: str, value: str) -> None:
    if name[0] == "r" and name[1:].isdigit():
        cpu.gr[int(name[1:])] = int(value, 16)
    elif name[0] == "c" and name[1:].isdigit():
        cpu.cr[int(name[1:])] = int(value, 16)
    elif name[0] == "k" and name != "key":
        cpu.storage.set_key(int(name[1:], 16), int(value, 16))
    elif name in FIELDS:
        setattr(cpu, FIELDS[name], int(value, 16))
    else:
        cpu.storage.write(int(name, 16), bytes.fromhex(value))


FIELDS = {"cc": "cc", "pm": "program_mask", "key": "key", "ia": "ia", "prefix": "prefix"}


def everything(cpu: Cpu) -> dict[str, object]:
    fields = ("ia", "cc", "program_mask", "key", "system_mask", "ec", "wait", "problem", "prefix")
    return {
        "gr": list(cpu.gr),
        "cr": list(cpu.cr),
        "fpr": list(cpu.fpr),
        "keys": bytes(key & 0xF9 for key in cpu.storage.keys),
        "storage": cpu.storage.read(0, 0x3000),
        **{name: getattr(cpu, name) for name in fields},
    }


@pytest.mark.parametrize(("text", "code", "before", "after"), CASES)
def test_instruction(text: str, code: str, before: str, after: str) -> None:
    instruction = bytes.fromhex(code)
    assert disassemble(instruction) == text
    cpu = machine(before)
    cpu.storage.write(0x1000, instruction)
    expected = machine(before)
    expected.storage.write(0x1000, instruction)
    expected.ia = 0x1000 + len(instruction)
    program = None
    for word in after.split():
        name, value = word.split("=")
        if name == "program":
            program = int(value, 16)
        else:
            change(expected, name, value)
    interception = run(cpu, 1)
    if program is None:
        assert interception in (BudgetEnd(), MaskChanged())
    else:
        assert interception == ProgramInterruption(program)
    found, wanted = everything(cpu), everything(expected)
    if "k2000" in after:
        assert cpu.storage.key(0x2000) == expected.storage.key(0x2000)
    assert {k: v for k, v in found.items() if v != wanted[k]} == {}
