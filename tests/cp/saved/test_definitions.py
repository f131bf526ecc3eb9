"""The system name table."""

from __future__ import annotations

import pytest

from vm370.cp.saved.definitions import DEFAULT, DefinitionError, parse
from vm370.images.savedsystem import PageRange


def test_the_default_systems() -> None:
    systems = parse(DEFAULT, "default")
    assert sorted(systems) == ["CMS", "CMSSEG"]
    cms = systems["CMS"]
    assert cms.ranges == (PageRange(0, 33),)
    assert (cms.storage, cms.device, cms.is_segment) == (256 << 10, 0x190, False)
    assert systems["CMSSEG"].ranges == (PageRange(0xF00, 0xF0F, shared=True),)
    assert systems["CMSSEG"].is_segment


def test_continuation_comments_and_labels() -> None:
    text = "* a comment\n\nX   NAMESYS SYSNAME=one,\n    SYSPGNM=(0,4,10-13),SYSPGCT=6,\n  VSYSADR=19A,PROTECT=ON\n"
    one = parse(text, "x")["ONE"]
    assert one.ranges == (PageRange(0, 0), PageRange(4, 4), PageRange(10, 13))
    assert (one.storage, one.device) == (14 * 4096, 0x19A)


@pytest.mark.parametrize(
    ("operands", "found"),
    [
        ("SYSNAME=TOOLONGNAME,SYSPGNM=(0)", "SYSNAME"),
        ("SYSNAME=190,SYSPGNM=(0)", "SYSNAME"),
        ("SYSNAME=../X,SYSPGNM=(0)", "SYSNAME"),
        ("SYSPGNM=(0)", "SYSNAME"),
        ("SYSNAME=ONE", "SYSPGNM"),
        ("SYSNAME=ONE,SYSPGNM=(0,0)", "SYSPGNM"),
        ("SYSNAME=ONE,SYSPGNM=(5-4)", "SYSPGNM"),
        ("SYSNAME=ONE,SYSPGNM=(4096)", "SYSPGNM"),
        ("SYSNAME=ONE,SYSPGNM=(0,)", "SYSPGNM"),
        ("SYSNAME=ONE,SYSPGNM=(0-9),SYSHRSG=(1)", "SYSHRSG"),
        ("SYSNAME=ONE,SYSPGNM=(0-9),SYSHRSG=()", "SYSHRSG"),
        ("SYSNAME=ONE,SYSPGNM=(0-9),SYSPGCT=9", "SYSPGCT"),
        ("SYSNAME=ONE,SYSPGNM=(0-9),PROTECT=OFF", "PROTECT"),
        ("SYSNAME=ONE,SYSPGNM=(0-9),VSYSADR=1900", "VSYSADR"),
        ("SYSNAME=ONE,SYSPGNM=(0-9),VSYSADR=0", "VSYSADR"),
        ("SYSNAME=ONE,SYSPGNM=(0-9),VSYSADR=190,SYSSIZE=39K", "SYSSIZE"),
        ("SYSNAME=ONE,SYSPGNM=(0-9),SYSSIZE=1M", "SYSSIZE"),
        ("SYSNAME=ONE,SYSPGNM=(0-9),SYSVOL=VMRES1", "SYSVOL"),
        ("SYSNAME=ONE,SYSNAME=TWO,SYSPGNM=(0-9)", "SYSNAME=TWO"),
        ("SYSNAME=ONE SYSPGNM=(0-9)", "SYSNAME=ONE SYSPGNM"),
        ("SYSNAME=ONE,SYSPGNM=(0-9),", "SYSPGNM"),
        ("SYSNAME=ONE,SYSPGNM=(0-9))", "SYSPGNM"),
    ],
)
def test_what_is_refused_has_file_and_line(operands: str, found: str) -> None:
    with pytest.raises(DefinitionError, match=r"systems: line 2: found .*" + found.replace("(", r"\(")):
        parse(f"*\nX NAMESYS {operands}\n", "systems")


def test_names_are_there_once() -> None:
    with pytest.raises(DefinitionError, match="line 2: found A1S again"):
        parse("X NAMESYS SYSNAME=A1S,SYSPGNM=(0)\nX NAMESYS SYSNAME=A1S,SYSPGNM=(1)\n", "systems")
    with pytest.raises(DefinitionError, match="line 1"):
        parse("NONSENSE\n", "systems")
