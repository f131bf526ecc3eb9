"""The DSECTs of maclib: every field is where its line says, and where Release 6 has it."""

from __future__ import annotations

import re

import pytest

from vm370.cms.build import SOURCES
from vm370.tools.assembler.assembly import Assembly, assemble

MEMBERS = ("adt", "aft", "fst", "fscb", "devtab", "ssave", "modhdr", "diopl", "iorpl", "eplist")
FIELD = re.compile(r"(\w[\w$#@]*) +DS +\S+ +([0-9A-F]{2,3})\b")

#  Data areas of VM/370 Release 6, by the expanded macros of its assembler listings
RELEASE_6 = {
    "SVCOPSW": 0x20, "CSW": 0x40, "CAW": 0x48, "TIMER": 0x50, "IONPSW": 0x78, "GPRLOG": 0x180, "SYSTEMID": 0x200,
    "IPLADDR": 0x268, "CURRDATE": 0x280, "LASTCMND": 0x2A0, "LASTTMOD": 0x2C8, "SVC$202": 0x446, "ERR$202": 0x448,
    "MAINSTRT": 0x504, "FREELIST": 0x508, "MAINHIGH": 0x510, "FREELOWE": 0x514, "FREEUPPR": 0x51C, "AUSRAREA": 0x524,
    "CURRSAVE": 0x528, "FSTFINRD": 0x54C, "LSTFINRD": 0x550, "AINTRTBL": 0x554, "NUMFINRD": 0x55C, "VMSIZE": 0x560,
    "ALDRTBLS": 0x564, "STRTADDR": 0x568, "FRSTLOC": 0x56C, "LASTLOC": 0x570, "LDRRTCD": 0x57C, "PSW": 0x580,
    "TBENT": 0x590, "MODFLGS": 0x593, "OPTFLAGS": 0x5E0, "MISFLAGS": 0x5E1, "MSGFLAGS": 0x5E2, "EXECFLAG": 0x5E6,
    "SYSREF": 0x600, "ADEVTAB": 0x608, "AFSTLKP": 0x60C, "IADT": 0x644, "AFREE": 0x648, "AFRET": 0x64C,
    "AADTLKP": 0x678, "ACMSRET": 0x688, "AEXEC": 0x690, "AACTLKP": 0x6B0, "ATFINIS": 0x6E4, "APOINT": 0x6FC,
    "CONINBUF": 0x716, "CMNDLINE": 0x7A0, "CMNDLIST": 0x848, "CONSTACK": 0xA60, "WAITSAVE": 0xC20,
}  # fmt: skip


def copied(member: str) -> Assembly:
    result = assemble(f"X CSECT\n COPY {member.upper()}\n END\n", member, [SOURCES / "maclib"])
    assert not result.severity, [str(message) for message in result.messages]
    return result


@pytest.mark.parametrize(
    "member", ["adt", "aft", "fst", "fscb", "devtab", "ssave", "modhdr", "diopl", "iorpl", "eplist"]
)
def test_fields_are_where_their_lines_say(member: str) -> None:
    symbols = copied(member).symbols
    fields = FIELD.findall((SOURCES / "maclib" / f"{member}.copy").read_text())
    assert fields
    sections = {symbols[name].relative for name, _ in fields}
    start = {section: min(symbols[name].value for name, _ in fields if symbols[name].relative is section)
             for section in sections}  # fmt: skip
    for name, offset in fields:
        assert symbols[name].value - start[symbols[name].relative] == int(offset, 16), name


def test_nucon_fields_are_where_their_lines_say() -> None:
    symbols = copied("nucon").symbols
    base = symbols["NUCON"].value
    for name, offset in FIELD.findall((SOURCES / "maclib" / "nucon.copy").read_text()):
        assert symbols[name].value - base == int(offset, 16), name
    assert symbols["NUCONEND"].value - base == 0x1000


def test_nucon_is_that_of_release_6() -> None:
    symbols = copied("nucon").symbols
    base = symbols["NUCON"].value
    assert {name: symbols[name].value - base for name in RELEASE_6} == RELEASE_6
