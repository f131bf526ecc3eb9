"""IPL, command level, ends of programs: virtual (DIAGNOSE) and pure (SIO and interruptions) give the same lines."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cms import bootkit
from tests.cms.bootkit import Guest, program
from vm370.cms.build import build_system_disk
from vm370.images.ebcdic import to_ebcdic

NewGuest = Callable[..., Guest]
BANNER = "CMS VERSION 1.0 - 01/01/26 00:00"
IPL_BUDGET = 400_000
"""Instructions that IPL to Ready may take: less than a second in the reference engine."""


def frame(body: str, fields: str = "") -> str:
    """A program: its body returns by FRET."""
    return (
        f"T        CSECT\n         USING NUCON,0\nGO       FENTER\n{body}\n         LTORG\n{fields}"
        "         COPY  REGEQU\n         COPY  NUCON\n         END   GO\n"
    )


LOOP = frame("LOOP     B     LOOP")
OPERATION = frame("         DC    X'0000'")
PROTECTION = frame("         ST    R1,LASTCMND\n         FRET  RC=0")
DIVIDE = frame("         SR    R3,R3\n         DR    R2,R3\n         FRET  RC=0")
LINES = frame(
    "         LA    R5,3\nNEXT     LINEDIT 'LINE %1',SUB=(DECR,R5,0)\n         BCT   R5,NEXT\n         FRET  RC=7"
)
FLOOD = frame("         LA    R5,900\nNEXT     LINEDIT 'LINE'\n         BCT   R5,NEXT\n         FRET  RC=0")
READER = frame(
    "         LA    R1,PLIST\n         SVC   202\n         DC    AL4(1)\n"
    "         LINEDIT 'GOT %1',SUB=(CHAR,BUFFER,20)\n         FRET  RC=0",
    "         DS    0D\nPLIST    DC    CL8'WAITRD',AL1(1),AL3(BUFFER),C'U',AL3(0)\nBUFFER   DC    CL130' '\n",
)
DEEP = frame(
    "         LA    R1,PLIST\n         SVC   202\n         DC    AL4(1)\n         FRET",
    "         DS    0D\nPLIST    DC    CL8'DEEP',8X'FF'\n",
)
ABEND = frame("         DMSABN 0F5")


def plain(lines: list[str]) -> list[str]:
    """Lines without times."""
    return [re.sub(r" T=\S+ \S+$", "", line) for line in lines]


@pytest.fixture(params=["virtual", "pure"])
def guest(request: pytest.FixtureRequest, new_guest: NewGuest) -> Guest:
    made = new_guest(
        pure=request.param == "pure",
        files=[
            ("LOOP", "MODULE", program(LOOP)),
            ("OPER", "MODULE", program(OPERATION)),
            ("PROT", "MODULE", program(PROTECTION)),
            ("PROTSYS", "MODULE", program(PROTECTION, system=True)),
            ("DIVIDE", "MODULE", program(DIVIDE)),
            ("LINES", "MODULE", program(LINES)),
            ("TLINES", "MODULE", program(LINES, 0xE000)),
            ("FLOOD", "MODULE", program(FLOOD)),
            ("READER", "MODULE", program(READER)),
            ("DEEP", "MODULE", program(DEEP)),
            ("ABEND", "MODULE", program(ABEND)),
        ],
    )
    made.ipl()
    return made


@pytest.mark.parametrize("pure", [False, True])
@pytest.mark.parametrize("clear", [False, True])
def test_ipl_to_ready(new_guest: NewGuest, pure: bool, clear: bool) -> None:
    guest = new_guest(pure=pure)
    assert plain(guest.ipl(clear=clear)) == [BANNER, "Ready;"]
    assert guest.instructions < IPL_BUDGET


@pytest.mark.parametrize("pure", [False, True])
def test_ipl_without_own_disk(new_guest: NewGuest, pure: bool) -> None:
    guest = new_guest(pure=pure)
    guest.vm.detach(0x191).close()
    lines = plain(guest.ipl())
    assert lines[0] == BANNER
    assert lines[-1] == "Ready;"
    assert lines[1:-1] == ["A(191) NOT ATTACHED"]


@pytest.mark.parametrize("pure", [False, True])
def test_second_ipl(new_guest: NewGuest, pure: bool) -> None:
    """Nothing of the first run is needed or in the way."""
    guest = new_guest(pure=pure)
    first = plain(guest.ipl())
    assert plain(guest.ipl()) == first


@pytest.mark.parametrize("pure", [False, True])
@pytest.mark.parametrize("size", [0x40000, 0x60000, 0x400000, 0x1000000])
def test_storage_sizes(new_guest: NewGuest, size: int, pure: bool) -> None:
    guest = new_guest(pure=pure, files=[("LINES", "MODULE", program(LINES))])
    guest.vm.define_storage(size)
    assert plain(guest.ipl()) == [BANNER, "Ready;"]
    assert guest.instructions < IPL_BUDGET
    assert plain(guest.type("LINES")) == ["LINE 3", "LINE 2", "LINE 1", "Ready(00007);"]


@pytest.mark.parametrize("pure", [False, True])
def test_fixed_block_system_disk(tmp_path: Path, pure: bool) -> None:
    """The boot text of an FBA disk."""
    home = tmp_path / "home"
    bootkit.make_fba_home(home, [("TEST", "FILE", [to_ebcdic("ABC")])])
    guest = Guest(home, pure=pure)
    assert plain(guest.ipl()) == [BANNER, "Ready;"]
    assert plain(guest.type("RENAME TEST FILE A OTHER NAME A")) == ["Ready;"]
    assert plain(guest.type("TYPE OTHER NAME")) == ["", "ABC", "", "Ready;"]
    guest.end()


def test_ipl_parameters(new_guest: NewGuest) -> None:
    """NOPROF leaves PROFILE EXEC out; NOAUTOCR waits for the first line, without a Ready message."""
    guest = new_guest(files=[("PROFILE", "EXEC", [to_ebcdic("&TYPE GOOD MORNING".ljust(80))])])
    assert plain(guest.type("IPL 190 PARM NOPROF")) == [BANNER, "Ready;"]
    guest.session.enter("#CP")
    assert plain(guest.type("IPL 190 PARM NOAUTOCR"))[-1] == BANNER


def test_profile_exec(new_guest: NewGuest) -> None:
    guest = new_guest(files=[("PROFILE", "EXEC", [to_ebcdic("&TYPE GOOD MORNING".ljust(80))])])
    assert plain(guest.ipl()) == [BANNER, "GOOD MORNING", "Ready;"]


def test_unknown_command(guest: Guest) -> None:
    assert plain(guest.type("nonsense 1 2")) == ["UNKNOWN CP/CMS COMMAND", "Ready(-0003);"]
    assert plain(guest.type("* nonsense")) == ["Ready;"]
    assert plain(guest.type("")) == ["CMS"]


def test_ready_shows_the_time(guest: Guest) -> None:
    (line,) = guest.type("* comment")
    assert re.fullmatch(r"Ready; T=\d+\.\d\d/\d+\.\d\d \d\d:\d\d:\d\d", line)


@pytest.mark.parametrize("name", ["LINES", "TLINES", "lines"])
def test_module(guest: Guest, name: str) -> None:
    assert plain(guest.type(name)) == ["LINE 3", "LINE 2", "LINE 1", "Ready(00007);"]


@pytest.mark.parametrize(
    ("name", "exception"), [("OPER", "OPERATION"), ("PROT", "PROTECTION"), ("DIVIDE", "FIXED-POINT DIVIDE")]
)
def test_program_check(guest: Guest, name: str, exception: str) -> None:
    lines = plain(guest.type(name))
    assert re.fullmatch(rf"{exception} EXCEPTION OCCURRED AT 0200[0-9A-F]{{2}} IN ROUTINE {name}", lines[0])
    assert lines[1:] == ["Ready(00256);"]
    assert plain(guest.type("LINES"))[-1] == "Ready(00007);"


def test_system_module_runs_with_key_0(guest: Guest) -> None:
    assert guest.type("PROTSYS")
    assert guest.rc != 256


def test_abend(guest: Guest) -> None:
    lines = plain(guest.type("ABEND"))
    assert re.fullmatch(r"SYSTEM ABEND 0F5 CALLED FROM 0200[0-9A-F]{2}", lines[0])
    assert lines[1:] == ["Ready(00256);"]


def test_too_many_svc_levels(guest: Guest) -> None:
    lines = plain(guest.type("DEEP"))
    assert lines[0] == "MAXIMUM SVC DEPTH 0040 HAS BEEN EXCEEDED"
    assert lines[-1] == "Ready(00256);"
    assert plain(guest.type("LINES"))[-1] == "Ready(00007);"


def test_hx_ends_a_loop(guest: Guest) -> None:
    assert guest.type("LOOP", limit=20_000) == []
    assert plain(guest.type("hx")) == ["Ready;"]
    assert plain(guest.type("LINES"))[-1] == "Ready(00007);"


@pytest.mark.parametrize("pure", [False, True])
def test_hx_ends_an_exec_that_calls_nothing(new_guest: NewGuest, pure: bool) -> None:
    lines = [to_ebcdic(line.ljust(80)) for line in ("-TOP", "&GOTO -TOP")]
    guest = new_guest(pure=pure, files=[("LOOP", "EXEC", lines)])
    guest.ipl()
    assert guest.type("LOOP", limit=50_000) == []
    assert plain(guest.type("HX")) == ["Ready;"]


def test_lines_typed_ahead(guest: Guest) -> None:
    """They are stacked in order; HX drops them."""
    guest.type("LOOP", limit=20_000)
    guest.type("* first", limit=20_000)
    assert plain(guest.type("HX")) == ["Ready;"]
    for line in ("LINES", "nonsense", "LINES"):
        guest.session.enter(line)
    assert [line for line in plain(guest.run(bootkit.PATIENCE)) if "Ready" in line] == [
        "Ready(00007);",
        "Ready(-0003);",
        "Ready(00007);",
    ]


def test_ht_and_rt(guest: Guest) -> None:
    guest.type("FLOOD", limit=20_000)
    guest.type("HT", limit=20_000)
    assert guest.run(20_000) == []
    assert guest.type("RT", limit=20_000)[0] == "LINE"
    assert plain(guest.run(bootkit.PATIENCE))[-1] == "Ready;"


def test_program_reads_a_line(guest: Guest) -> None:
    assert guest.type("READER") == []
    assert plain(guest.type("some words")) == ["GOT SOME WORDS", "Ready;"]


def test_cp_commands(new_guest: NewGuest) -> None:
    guest = new_guest()
    guest.ipl()
    assert guest.type("CP QUERY TIME")[0].startswith("TIME IS 09:30:15")
    assert guest.rc == 0
    assert guest.type("query time")[0].startswith("TIME IS 09:30:15")
    assert plain(guest.type("CP NONSENSE")) == ["UNKNOWN CP COMMAND", "Ready(-0001);"]


def test_error_messages_are_edited_by_cp(new_guest: NewGuest) -> None:
    """SET EMSG decides what is typed of code and text (DIAGNOSE 5C)."""
    guest = new_guest()
    guest.ipl()
    code, text = "DMSSTT002E", "FILE 'NO FILE A' NOT FOUND"
    for setting, shown in (("ON", [f"{code} {text}"]), ("CODE", [code]), ("OFF", []), ("TEXT", [text])):
        guest.type(f"CP SET EMSG {setting}")
        assert plain(guest.type("STATE NO FILE A")) == [*shown, "Ready(00028);"]


def test_cp_commands_are_unknown_to_a_real_machine(new_guest: NewGuest) -> None:
    guest = new_guest(pure=True)
    guest.ipl()
    assert plain(guest.type("CP QUERY TIME")) == ["UNKNOWN CP COMMAND", "Ready(-0001);"]


def test_system_disk_is_reproducible(tmp_path: Path) -> None:
    first, second = tmp_path / "a.ckd", tmp_path / "b.ckd"
    build_system_disk(first, cache=tmp_path / "cache", cylinders=4)
    build_system_disk(second, cache=tmp_path / "cache", cylinders=4)
    assert first.read_bytes() == second.read_bytes()
