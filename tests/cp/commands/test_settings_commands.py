"""SET, TERMINAL, QUERY SET, QUERY TERMINAL, QUERY PF: operands, abbreviations and messages."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.cp.commands.cpkit import User
from vm370.cp.s370.traps import HYPERVISED
from vm370.images.ebcdic import from_ebcdic

Logon = Callable[[str], User]

DEFAULTS = [
    "MSG ON , WNG ON , EMSG TEXT, ACNT ON , RUN OFF",
    "LINEDIT ON , TIMER ON , ISAM OFF, ECMODE OFF",
    "ASSIST ON SVC, PAGEX OFF, AUTOPOLL OFF",
    "IMSG ON , SMSG OFF, NOTRANS OFF, CONCEAL OFF, IMPURE ON ",
]


@pytest.fixture
def alpha(logged_on: Logon) -> User:
    """A user with the defaults."""
    user = logged_on("ALPHA")
    user.read()
    return user


def test_defaults(alpha: User) -> None:
    assert alpha.type("QUERY SET") == DEFAULTS
    assert alpha.type("Q TERM") == [
        'LINEND #  , LINEDEL ¢  , CHARDEL @  , ESCAPE "  , TABCHAR OFF',
        "LINESIZE 130, ATTN ON , APL OFF, TEXT OFF, MODE VM , HILIGHT OFF",
        "AUTOCR ON , MORE 050 010, HOLD ON , TIMESTAMP OFF, MASK OFF",
    ]


@pytest.mark.parametrize("name", ["ACNT", "CONCEAL", "IMSG", "MSG", "RUN", "SMSG", "WNG"])
def test_switches(alpha: User, name: str) -> None:
    first = f"{name} ON " in "".join(DEFAULTS)
    for word, on in (("OFF", False), ("ON", True), ("off", False)):
        assert alpha.type(f"SET {name} {word}") == []
        assert getattr(alpha.vm.settings, name.lower()) is on
    assert first == (name in ("ACNT", "IMSG", "MSG", "WNG"))


def test_isam_says_that_it_is_not_needed(alpha: User) -> None:
    assert alpha.type("SET ISAM ON") == ["ISAM NOT NEEDED; CHANNEL PROGRAMS ARE EXECUTED AS THEY ARE IN STORAGE"]
    assert alpha.vm.settings.isam
    assert alpha.type("SET IMSG OFF", "SET ISAM OFF") == []
    assert not alpha.vm.settings.isam


@pytest.mark.parametrize(
    ("command", "line"),
    [
        ("SET EC ON", "LINEDIT ON , TIMER ON , ISAM OFF, ECMODE ON "),
        ("SET TIMER REAL", "LINEDIT ON , TIMER REAL, ISAM OFF, ECMODE OFF"),
        ("SET LINED OFF", "LINEDIT OFF, TIMER ON , ISAM OFF, ECMODE OFF"),
        ("SET AS OFF", "ASSIST OFF, PAGEX OFF, AUTOPOLL OFF"),
        ("SET AS ON", "ASSIST ON SVC, PAGEX OFF, AUTOPOLL OFF"),
        ("SET ASSIST NOSVC", "ASSIST ON NOSVC, PAGEX OFF, AUTOPOLL OFF"),
        ("SET ASSIST ON SVC", "ASSIST ON SVC, PAGEX OFF, AUTOPOLL OFF"),
        ("SET EMSG CODE", "MSG ON , WNG ON , EMSG CODE, ACNT ON , RUN OFF"),
        ("SET IMP OFF", "IMSG ON , SMSG OFF, NOTRANS OFF, CONCEAL OFF, IMPURE OFF"),
        ("SET IMPURE GENUINE", "IMSG ON , SMSG OFF, NOTRANS OFF, CONCEAL OFF, IMPURE GENUINE"),
        ("SET ASSIST NOTMR NOSVC", "ASSIST ON NOSVC, PAGEX OFF, AUTOPOLL OFF"),
    ],
)
def test_set_is_seen_by_query(alpha: User, command: str, line: str) -> None:
    alpha.type(command)
    assert line in alpha.type("QUERY SET")


def test_emsg(alpha: User) -> None:
    answers = []
    for setting in ("ON", "CODE", "TEXT", "OFF"):
        alpha.type(f"SET EMSG {setting}")
        answers.append(alpha.type("QUERY V 444"))
    assert answers == [
        ["DMKCQP040E DEV 444 DOES NOT EXIST"],
        ["DMKCQP040E"],
        ["DEV 444 DOES NOT EXIST"],
        [],
    ]


def test_ecmode_resets_the_machine_when_it_changes(alpha: User) -> None:
    alpha.vm.cpu.psw = alpha.vm.cpu.psw.from_bytes(bytes.fromhex("FF00000000020000"))
    assert alpha.type("SET ECMODE OFF") == []
    assert alpha.vm.cpu.ia == 0x20000
    assert alpha.type("SET ECMODE ON") == ["SYSTEM RESET"]
    assert alpha.vm.stopped
    assert alpha.vm.cpu.ia == 0


def test_impure_changes_what_stidp_shows(alpha: User) -> None:
    assert alpha.vm.cpu_id >> 56 == 0xFF
    alpha.type("SET IMPURE OFF")
    assert alpha.vm.cpu_id >> 56 == 0


def test_program_function_keys(alpha: User) -> None:
    assert alpha.type("SET PF5 IMM QUERY TIME", "SET PF06 delayed msg OPERATOR", "SET PF24 Query Names") == []
    assert alpha.type("QUERY PF5") == ["PF05 IMMED QUERY TIME"]
    lines = alpha.type("Q PF")
    assert len(lines) == 24
    assert [lines[number - 1] for number in (1, 6, 24)] == [
        "PF01 UNDEFINED",
        "PF06 DELAY msg OPERATOR",
        "PF24 DELAY Query Names",
    ]
    alpha.type("SET PF5")
    assert alpha.type("Q PF05") == ["PF05 UNDEFINED"]


def test_line_editing_symbols(alpha: User) -> None:
    assert alpha.type("TERM CH OFF LINEN ! ES OFF TAB ON") == []
    assert alpha.type("Q TERM")[0] == "LINEND !  , LINEDEL ¢  , CHARDEL OFF, ESCAPE OFF, TABCHAR ¬"
    assert len(alpha.type("Q PF1!Q PF2")) == 2
    assert alpha.type("TERM LINEND # CHARDEL ON") == []
    assert alpha.type("Q PGF@@F9") == ["PF09 UNDEFINED"]


def test_several_functions_in_one_line(alpha: User) -> None:
    assert alpha.type("TERMINAL LINES 80 MODE CP MORE 5 255 HOLD OFF HILI ON MASK ON AU ON TIMESTAMP OFF") == []
    assert alpha.type("Q TERM")[1:] == [
        "LINESIZE 080, ATTN ON , APL OFF, TEXT OFF, MODE CP , HILIGHT ON ",
        "AUTOCR ON , MORE 005 255, HOLD OFF, TIMESTAMP OFF, MASK ON ",
    ]
    assert alpha.type("TERM LINESIZE OFF") == []
    assert "LINESIZE OFF" in alpha.type("Q TERM")[1]


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        ("SET NOTRANS ON", "NOTRANS NOT AVAILABLE; NO VIRTUAL=REAL STORAGE ON THIS SYSTEM"),
        ("SET AUTOPOLL ON", "AUTOPOLL NOT AVAILABLE; LINES OF THIS SYSTEM ARE NOT POLLED"),
        ("SET ASSIST TMR", "ASSIST TMR NOT AVAILABLE; CLOCKS NEED NO ASSIST"),
        ("TERM ATTN OFF", "ATTN NOT AVAILABLE; NOT FOR DISPLAY TERMINALS"),
        ("TERM AUTOCR OFF", "AUTOCR OFF NOT AVAILABLE; NOT FOR DISPLAY TERMINALS"),
        ("SET PAGEX ON", "INVALID OPERAND - PAGEX"),  # needs ECMODE
        ("SET NOTRANS OFF", ""),
        ("SET AUTOPOLL OFF", ""),
        ("TERM AUTOCR ON", ""),
    ],
)
def test_what_this_system_does_not_have(alpha: User, command: str, reason: str) -> None:
    before = alpha.type("QUERY SET", "QUERY TERM")
    assert alpha.type(command) == ([reason] if reason else [])
    assert alpha.type("QUERY SET", "QUERY TERM") == before


def test_pagex_is_off_after_ipl(alpha: User) -> None:
    reset = ["SYSTEM RESET", "PAGEX NOT NEEDED; NO PAGE OF A VIRTUAL MACHINE IS EVER AWAY"]
    assert alpha.type("SET ECMODE ON", "SET PAGEX ON") == reset
    assert "ASSIST ON SVC, PAGEX ON , AUTOPOLL OFF" in alpha.type("QUERY SET")
    alpha.type("SYSTEM RESET")
    assert "ASSIST ON SVC, PAGEX OFF, AUTOPOLL OFF" in alpha.type("QUERY SET")


def test_the_system_assist_is_everybodys(alpha: User, logged_on: Logon) -> None:
    operator = logged_on("OPERATOR")
    assert alpha.type("SET SASSIST OFF") == ["INVALID OPERAND - SASSIST"]
    operator.read()
    assert operator.type("QUERY SASSIST", "SET SASSIST OFF", "Q SAS") == ["SASSIST ON", "SASSIST OFF"]
    assert alpha.vm.cpu.trap_mask == HYPERVISED
    assert alpha.type("SET ASSIST ON") == ["ASSIST NOT ACTIVE; SASSIST IS OFF"]
    assert logged_on("BETA").vm.cpu.trap_mask == HYPERVISED
    operator.type("SET SASSIST ON")
    assert alpha.vm.cpu.trap_mask != HYPERVISED


def test_other_keys(alpha: User) -> None:
    alpha.type("SET PF1 TAB 40 20", "SET PF2 RECALL", "SET PF3 RETRIEVE", "SET PF4 COPY")
    assert [alpha.type(f"Q PF{number}")[0] for number in range(1, 5)] == [
        "PF01 TAB 020 040",
        "PF02 RETRIEVE",
        "PF03 RETRIEVE",
        "PF04 COPY",
    ]
    for line, operand in [("TAB", "TAB"), ("TAB X", "X"), ("TAB 0", "0"), ("COPY 0C1", "0C1"), ("RETRIEVE X", "X")]:
        assert alpha.type(f"SET PF5 {line}") == [f"INVALID OPERAND - {operand}"]


def test_long_lines_are_folded(alpha: User) -> None:
    line = "0123456789" * 5
    alpha.type("TERM LINESIZE 20")
    alpha.vm.console_write(line)
    assert alpha.read() == [line[:20], line[20:40], line[40:]]
    for command in ("TERM LINESIZE OFF", "TERM LINESIZE 20 APL ON", "TERM APL OFF LINESIZE 50"):
        alpha.type(command)
        alpha.vm.console_write(line)
        assert alpha.read() == [line]


def test_apl_and_text_exclude_each_other(alpha: User) -> None:
    alpha.type("TERM APL ON TEXT ON")
    assert "APL OFF, TEXT ON ," in alpha.type("Q TERM")[1]
    alpha.type("TERM APL ON")
    assert "APL ON , TEXT OFF," in alpha.type("Q TERM")[1]


def test_the_time_of_each_line(alpha: User) -> None:
    alpha.type("TERM TIMESTAMP ON")
    assert alpha.type("QUERY PRIV") == ["09:30:15 PRIV = G"]
    alpha.vm.console_write("HELLO")
    assert alpha.read() == ["09:30:15 HELLO"]


def test_something_to_type_passwords_over(alpha: User) -> None:
    assert alpha.type("TERM MASK ON", "LINK MAINT 191 391") == ["ENTER READ PASSWORD:", "XXXXXXXX"]


def test_a_spooled_console_has_errors_that_are_not_shown(alpha: User) -> None:
    alpha.type("SPOOL CONSOLE START", "SET EMSG OFF")
    assert alpha.type("QUERY NOSUCH") == []
    alpha.type("CLOSE CONSOLE", "SPOOL CONSOLE STOP")
    [file] = alpha.cp.spool.files("PRT", "ALPHA")
    text = b"".join(record.data for record in alpha.cp.spool.read(file))
    assert "DMKCQG045E NOSUCH NOT LOGGED ON" in from_ebcdic(text)


def test_functions_before_an_invalid_one_are_in_effect(alpha: User) -> None:
    assert alpha.type("TERM MODE CP LINESIZE 256 HOLD OFF") == ["INVALID OPERAND - 256"]
    assert (alpha.vm.terminal_options.mode_cp, alpha.vm.terminal_options.hold) == (True, True)


HUGE = "9" * 200


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("SET", "DMKCFS026E OPERAND MISSING OR INVALID"),
        ("SET FOO ON", "DMKCFS002E INVALID OPERAND - FOO"),
        ("SET RUN", "DMKCFS026E OPERAND MISSING OR INVALID"),
        ("SET RUN MAYBE", "DMKCFS002E INVALID OPERAND - MAYBE"),
        ("SET RUN ON ON", "DMKCFS002E INVALID OPERAND - ON"),
        ("SET EMSG SOME", "DMKCFS002E INVALID OPERAND - SOME"),
        ("SET TIMER FAST", "DMKCFS002E INVALID OPERAND - FAST"),
        ("SET ASSIST OFF SVC", "DMKCFS002E INVALID OPERAND - SVC"),
        ("SET ASSIST FOO", "DMKCFS002E INVALID OPERAND - FOO"),
        ("SET PF0 X", "DMKCFS002E INVALID OPERAND - PF0"),
        ("SET PF25 X", "DMKCFS002E INVALID OPERAND - PF25"),
        ("SET PF X", "DMKCFS002E INVALID OPERAND - PF"),
        (f"SET PF{HUGE} X", f"DMKCFS002E INVALID OPERAND - PF{HUGE}"),
        ("SET LOGMSG 1 HELLO", "DMKCFS002E INVALID OPERAND - LOGMSG"),
        ("QUERY PF25", "DMKCQG002E INVALID OPERAND - PF25"),
        ("QUERY PF1 PF2", "DMKCQG002E INVALID OPERAND - PF2"),
        ("TERM", "DMKCFT026E OPERAND MISSING OR INVALID"),
        ("TERM FOO ON", "DMKCFT002E INVALID OPERAND - FOO"),
        ("TERM CHARDEL", "DMKCFT026E OPERAND MISSING OR INVALID"),
        ("TERM CHARDEL A", "DMKCFT002E INVALID OPERAND - A"),
        ("TERM CHARDEL 5", "DMKCFT002E INVALID OPERAND - 5"),
        ("TERM CHARDEL !!", "DMKCFT002E INVALID OPERAND - !!"),
        ("TERM LINESIZE", "DMKCFT026E OPERAND MISSING OR INVALID"),
        ("TERM LINESIZE 0", "DMKCFT002E INVALID OPERAND - 0"),
        (f"TERM LINESIZE {HUGE}", f"DMKCFT002E INVALID OPERAND - {HUGE}"),
        ("TERM MODE TSO", "DMKCFT002E INVALID OPERAND - TSO"),
        ("TERM MORE 5", "DMKCFT026E OPERAND MISSING OR INVALID"),
        ("TERM MORE 5 256", "DMKCFT002E INVALID OPERAND - 256"),
        ("TERM HOLD 5", "DMKCFT002E INVALID OPERAND - 5"),
    ],
)
def test_invalid_operands(alpha: User, command: str, message: str) -> None:
    alpha.type("SET EMSG ON")
    assert "".join(alpha.type(command)) == message  # long lines are folded


def test_log_messages(logged_on: Logon) -> None:
    operator = logged_on("OPERATOR")
    operator.read()
    operator.type("SET LOGMSG 1 * SYSTEM DOWN AT 18:00", "SET LOGMSG 2 bring your cards", "SET LOGMSG 0 * FIRST")
    lines = ["* FIRST", "* SYSTEM DOWN AT 18:00", "bring your cards"]
    assert operator.type("QUERY LOGMSG") == lines
    alpha = logged_on("ALPHA")
    shown = [line.text for line in alpha.terminal.lines]
    assert shown[-4:-1] == ["LOGMSG - 09:30:15 UTC WEDNESDAY 04/01/81", *lines[:2]]
    operator.type("SET LOGMSG 1")
    assert operator.type("Q LOGMSG") == lines[1:]
    assert operator.type("SET LOGMSG 9 X") == ["INVALID OPERAND - 9"]
    assert "".join(operator.type(f"SET LOGMSG {HUGE} X")) == f"INVALID OPERAND - {HUGE}"
    operator.type("SET LOGMSG NULL")
    assert operator.type("Q LOGMSG") == []
