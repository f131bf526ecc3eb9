"""Guests from Python: commands, waiting by state, limits, the machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from vm370.tools.api import (
    CommandFailed,
    Guest,
    GuestBusy,
    GuestError,
    GuestStopped,
    LimitExceeded,
    LoggedOff,
    NotAvailable,
    System,
    build,
)
from vm370.tools.api.results import without_ready

DISABLED_WAIT = """\
STOP     CSECT
         USING STOP,15
         SSM   ZERO
         LPSW  WAIT
ZERO     DC    X'00'
         DS    0D
WAIT     DC    X'00020000000ABCDE'
         END   STOP
"""
SPIN = """\
SPIN     CSECT
         USING SPIN,15
AGAIN    LA    3,1(,3)
         B     AGAIN
         END   SPIN
"""
PROMPT = """\
PROMPT   CSECT
         ENTRY AREA
         BALR  12,0
         USING *,12
         MVC   X'78'(8,0),END
         LA    1,WRITE
         ST    1,X'48'
         SIO   9
         LPSW  WAIT
WAIT     DC    0D'0',X'FE02000000000000'
END      DC    X'0002000000000777'
WRITE    CCW   X'01',TEXT,X'60',5
         CCW   X'0A',AREA,X'20',20
TEXT     DC    C'NAME?'
AREA     DC    XL20'00'
         END   PROMPT
"""
ASK = b"&CONTROL OFF\n&TYPE WHO ARE YOU\n&READ VARS &NAME\n&TYPE HELLO &NAME\n&EXIT 5\n"


def module(tmp_path_factory: pytest.TempPathFactory, text: str) -> list[bytes]:
    source = tmp_path_factory.mktemp("source") / "prog.asm"
    source.write_text(text)
    return build(source).records


def test_a_command_has_a_return_code_lines_and_times(cms: Guest) -> None:
    result = cms.cmd("LISTFILE * EXEC S")
    assert result.rc == 0
    assert "ASKNAME  EXEC     S2" in result.lines
    assert result.state == "VM READ"
    assert result.ended
    assert result.instructions > 1000
    assert 0 < result.virtual_time <= result.total_time


def test_the_return_code_is_not_read_from_the_ready_message(cms: Guest) -> None:
    cms.cmd("SET RDYMSG SMSG")
    assert cms.cmd("STATE NO FILE A").rc == 28
    assert cms.cmd("NONSENSE").rc == -3
    cms.put(b"&TYPE Ready; T=0.01/0.01 10:00:00\n&EXIT 77\n", "LIAR EXEC A")
    assert cms.cmd("LIAR").rc == 77


def test_check_raises_for_a_return_code(cms: Guest) -> None:
    with pytest.raises(CommandFailed, match="STATE NO FILE A: return code 28") as caught:
        cms.cmd("STATE NO FILE A", check=True)
    assert caught.value.result.lines == ("FILE 'NO FILE A' NOT FOUND",)
    assert cms.cmd("STATE NO FILE A").rc == 28


def test_what_a_person_would_edit_is_taken_as_it_is(cms: Guest) -> None:
    cms.put(b"&CONTROL OFF\n&TYPE &1\n", "SAY EXEC A")
    assert cms.cmd("SAY A#B@C").lines == ("A#B@C",)


def test_a_program_that_reads_is_answered_by_type(cms: Guest) -> None:
    cms.put(ASK, "ASK EXEC A")
    result = cms.cmd("ASK")
    assert (result.rc, result.lines, result.state) == (None, ("WHO ARE YOU",), "VM READ")
    assert not cms.at_command_level
    with pytest.raises(GuestBusy, match="not at the command level"):
        cms.cmd("QUERY TIME")
    with pytest.raises(GuestBusy):
        cms.put(b"text\n", "SOME FILE A")
    assert cms.type("ANNA")[0] == "HELLO ANNA"
    assert cms.at_command_level


def test_cp_commands_go_to_cp_whatever_the_guest_does(cms: Guest) -> None:
    result = cms.cp("QUERY VIRTUAL 191")
    assert result.rc == 0
    assert result.lines[0].startswith("DASD 191 3350")
    assert cms.cp("QUERY NOTHING").rc == 45
    assert cms.cmd("STATE NO FILE A").rc == 28


def test_cp_asks_and_is_answered(cms: Guest) -> None:
    assert cms.cp("LINK CMSUSER 191 291 RR", answers=["CMSUSER"]).rc == 0
    assert cms.cp("QUERY VIRTUAL 291").rc == 0
    with pytest.raises(GuestError, match="there is no answer"):
        cms.cp("LINK CMSUSER2 191 292 RR")
    assert cms.cmd("QUERY DISK A").rc == 0


def test_cp_stops_a_guest(cms: Guest, tmp_path_factory: pytest.TempPathFactory) -> None:
    cms.put(module(tmp_path_factory, DISABLED_WAIT), "STOP MODULE A")
    with pytest.raises(GuestStopped) as caught:
        cms.cmd("STOP")
    assert caught.value.report.psw == "00020000 000ABCDE"
    assert cms.psw.wait
    assert cms.psw.address == 0xABCDE
    assert any("DISABLED WAIT" in line.upper() for line in caught.value.report.console)
    with pytest.raises(GuestBusy, match="CP READ"):
        cms.cmd("QUERY TIME")
    assert cms.ipl("CMS").state == "VM READ"
    assert cms.cmd("STATE NO FILE A").rc == 28


def test_a_runaway_guest_is_ended_by_instructions(cms: Guest, tmp_path_factory: pytest.TempPathFactory) -> None:
    cms.put(module(tmp_path_factory, SPIN), "SPIN MODULE A")
    before = cms.instructions
    with pytest.raises(LimitExceeded, match="more than 50,000 instructions") as caught:
        cms.cmd("SPIN", limit=50_000)
    assert 40_000 < cms.instructions - before < 50_100
    report = caught.value.report
    assert report.state == "RUNNING"
    assert "SPIN" in report.console
    assert len(report.instructions) == 12
    assert {line.split()[2] for line in report.instructions} == {"LA", "B"}
    with pytest.raises(LimitExceeded):
        cms.wait(limit=1000)
    cms.press("PA1")
    assert cms.state_name == "CP READ"
    assert cms.ipl("CMS").state == "VM READ"


def test_the_machine_can_be_looked_at_and_changed(cms: Guest) -> None:
    cms.cp("STORE 20000 C1C2C3C4")
    assert cms.storage[0x20000:0x20004] == b"\xc1\xc2\xc3\xc4"
    assert cms.storage[0x20001] == 0xC2
    assert cms.storage.text(0x20000, 4) == "ABCD"
    cms.storage[0x20000:0x20002] = b"\0\1"
    cms.storage[0x20003] = 255
    assert cms.storage.word(0x20000) == 0x0001C3FF
    assert "0001C3FF" in cms.cp("DISPLAY 20000").text
    cms.cp("STORE G5 12345678")
    assert cms.registers[5] == cms.registers.general[5] == 0x12345678
    assert len(cms.registers.floating) == 4
    assert len(cms.storage) == 1 << 20
    with pytest.raises(IndexError):
        cms.storage[1 << 20]
    with pytest.raises(IndexError):
        cms.storage[-4:]
    with pytest.raises(ValueError, match="2 bytes of storage"):
        cms.storage[0:2] = b"123"


def test_the_screen_is_the_end_of_the_console(cms: Guest) -> None:
    cms.cmd("STATE NO FILE A")
    assert "FILE 'NO FILE A' NOT FOUND" in cms.screen
    assert cms.screen.status == "VM READ"
    assert cms.console[-3] == "STATE NO FILE A"


def test_what_is_not_there_says_so(cms: Guest) -> None:
    with pytest.raises(NotAvailable):
        cms.snapshot()
    with pytest.raises(NotAvailable, match="PF3"):
        cms.press("PF3")


@pytest.mark.parametrize("line", ["", "   ", "X" * 131, "\N{SNOWMAN}"])
def test_what_cannot_be_a_command(cms: Guest, line: str) -> None:
    with pytest.raises(ValueError, match=r"command of|cannot be typed"):
        cms.cmd(line)


def test_after_logoff_there_is_nothing(api: System) -> None:
    guest = api.make_guest()
    result = guest.cmd("CP LOGOFF")
    assert (result.rc, result.state) == (None, "LOGGED OFF")
    with pytest.raises(LoggedOff):
        guest.cmd("QUERY TIME")
    guest.logoff()
    guest.logoff()


@pytest.mark.parametrize(
    ("lines", "rest", "code"),
    [
        (["A", "Ready; T=0.01/0.02 10:11:12"], ["A"], 0),
        (["Ready(00028); T=0.01/0.02 10:11:12"], [], 28),
        (["R; T=0.01/0.02 10:11:12"], [], 0),
        (["R(-0003);"], [], -3),
        (["Ready;", "A"], ["Ready;", "A"], None),
        (["READY; X"], ["READY; X"], None),
        ([], [], None),
    ],
)
def test_ready_messages(lines: list[str], rest: list[str], code: int | None) -> None:
    assert without_ready(lines) == (rest, code)


def test_a_bare_machine_with_a_question_on_an_open_line(api: System, tmp_path: Path) -> None:
    source = tmp_path / "prompt.asm"
    source.write_text(PROMPT)
    program = build(source, origin=0x1000)
    with api.make_guest(ipl=None) as guest:
        guest.storage[0x1000 : 0x1000 + len(program.image)] = program.image
        guest.cp("STORE PSW 00000000 00001000")
        result = guest.cp("BEGIN")
        assert (result.lines, result.state) == (("NAME?",), "VM READ")
        assert guest.console[-1] == "NAME?"
        guest.type("ANNA")
        assert guest.state_name == "CP READ"
        assert guest.psw.address == 0x777
        assert guest.storage.text(program.address("AREA"), 5) == "ANNA\0"
        assert "NAME?ANNA" in guest.console
