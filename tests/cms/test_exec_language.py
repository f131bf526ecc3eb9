"""EXEC: the language.  Expected output is worked out by hand from the rules of the CMS manuals."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.cms.programkit import Cms, program
from vm370.images.module import module_records

Run = Callable[..., list[str]]


@pytest.fixture
def cms() -> Cms:
    made = Cms()
    made.ipl()
    return made


@pytest.fixture
def run(cms: Cms) -> Run:
    """Write T EXEC, call it with arguments; further lines are typed to it."""

    def call(text: str, arguments: str = "", *lines: str) -> list[str]:
        cms.put("T", "EXEC", [line.strip("~") for line in text.strip("\n").split("\n")])
        return cms.type(f"EXEC T {arguments}", *lines)

    return call


def test_arguments(run: Run, cms: Cms) -> None:
    assert run("&TYPE &0 &1 &2 &3 &INDEX", "one two") == ["T ONE TWO 2"]
    assert run("&ARGS X Y Z\n&TYPE &INDEX &3 &1\n&ARGS\n&TYPE &INDEX .&1", "A") == ["3 Z X", "0 ."]
    assert run("&TYPE &1 &30", " ".join(f"A{n}" for n in range(1, 31))) == ["A1 A30"]
    assert run("&TYPE", " ".join(f"A{n}" for n in range(31))) == [
        "DMSEXT072E ERROR IN EXEC FILE T, LINE 0 - TOO MANY ARGUMENTS"
    ]
    assert cms.rc == 804


def test_words_are_cut_to_eight_characters_and_parentheses_are_words(run: Run) -> None:
    assert run("&TYPE LONGERTHAN8 A(B)") == ["LONGERTH A ( B )"]


def test_variables(run: Run) -> None:
    text = """
&X = 5
&I = 2
&A&I = HELLO
&TYPE &X .&X. &A2 &A&I &NONE END
&Y = &LITERAL &X
&TYPE &Y
&X =
&TYPE (&X)
"""
    assert run(text) == ["5 . HELLO HELLO END", "&X", "( )"]


def test_arithmetic(run: Run, cms: Cms) -> None:
    text = """
&A = 7 + 8 - 20
&B = &A - -10 + 0003
&TYPE &A &B
&C = 99999999 + 0
&TYPE &C
&C = &C + 1
"""
    assert run(text) == ["-5 8", "99999999", "DMSEXT072E ERROR IN EXEC FILE T, LINE 6 - EXEC ARITHMETIC OVERFLOW"]
    assert cms.rc == 818
    assert run("&C = -9999999 - 1")[0].endswith("EXEC ARITHMETIC UNDERFLOW")
    assert cms.rc == 817


def test_functions(run: Run) -> None:
    text = """
&A = &CONCAT AB CD EF GHIJ
&B = &LENGTH &A
&C = &DATATYPE &B
&D = &DATATYPE &A
&E = &SUBSTR &A 3 2
&F = &SUBSTR &A 7
&G = &CONCAT OF X Y
&TYPE &A &B &C &D &E &F &G
&H = &LENGTH
&TYPE &H
&H = &SUBSTR A
"""
    assert run(text) == [
        "ABCDEFGH 8 NUM CHAR CD GH XY",
        "0",
        "DMSEXT072E ERROR IN EXEC FILE T, LINE 11 - MISUSE OF BUILT-IN FUNCTION",
    ]


@pytest.mark.parametrize(
    ("condition", "true"),
    [
        ("5 EQ 05", True),
        ("5 NE 05", False),
        ("5 = 6", False),
        ("A = A", True),
        ("A ¬= B", True),
        ("A LT B", True),
        ("10 GT 9", True),
        ("A10 GT A9", False),
        ("-1 < 0", True),
        ("3 >= 3", True),
        ("3 <= 2", False),
        ("3 ¬> 3", True),
        ("3 ¬< 4", False),
        ("3 LE 4", True),
        ("3 GE 4", False),
        (".&NONE EQ .", True),
        ("&* EQ A", False),
        ("&$ EQ A", True),
        ("&* NE C", True),
        ("&$ EQ C", False),
    ],
)
def test_conditions(run: Run, condition: str, true: bool) -> None:
    assert run(f"&IF {condition} &TYPE YES", "A B") == (["YES"] if true else [])


def test_nested_conditions_and_jumps(run: Run) -> None:
    text = """
&I = 0
-AGAIN &I = &I + 1
&IF &I LT 3 &GOTO -AGAIN
&IF &I EQ 3 &IF 1 EQ 1 &SKIP 2
&TYPE NOT HERE
&TYPE NOR HERE
&TYPE &I
&I = &I + 1
&IF &I EQ 5 &GOTO 14
&L = &CONCAT -L &I
&GOTO &L
&TYPE NOT HERE
-L4 &SKIP -5
&TYPE END
"""
    assert run(text) == ["3", "END"]


def test_goto_top_and_numbers(run: Run, cms: Cms) -> None:
    assert run("&IF .&N NE . &EXIT 9\n&N = 1\n&GOTO TOP") == []
    assert cms.rc == 9
    for line in ("&GOTO -GONE", "&GOTO 7", "&GOTO 0", "&GOTO", "&SKIP -1", "&SKIP 5"):
        assert run(line) == ["DMSEXT072E ERROR IN EXEC FILE T, LINE 1 - &SKIP OR &GOTO ERROR"], line
        assert cms.rc == 802


def test_loops(run: Run, cms: Cms) -> None:
    text = """
&S = 0
&LOOP 2 3
* a comment inside
&LOOP -END 2
&S = &S + 1
-END
&TYPE &S
&LOOP -OUT &S GE 9
&S = &S + 1
-OUT &TYPE &S
&LOOP 1 1 EQ 1
&TYPE NEVER
&LOOP 1 0
&TYPE NEVER
"""
    assert run(text.replace("&LOOP 2 3", "&LOOP 4 3")) == ["6", "7", "8", "9"]
    text = "&LOOP 3 5\n&N = &N + 1\n&IF &N EQ 2 &GOTO -LEAVE\n&CONTINUE\n&TYPE NOT\n-LEAVE\n&LOOP 1 2\n&TYPE &N"
    assert run("&N = 0\n" + text) == ["2", "2"]
    assert run("\n".join(["&LOOP 9 1"] * 5 + ["&X = 1"] * 14))[0].endswith("MAX DEPTH OF LOOP NESTING EXCEEDED")
    assert cms.rc == 805
    assert run("&LOOP 5 1")[0].endswith("LINE 1 - EOF FOUND IN LOOP")


def test_commands_and_return_codes(run: Run, cms: Cms) -> None:
    cms.cp_answers["QUERY"] = 40
    assert run("CP QUERY LONGNAMES all\n&TYPE &RETCODE") == ["CP QUERY LONGNAMES all", "+++ R(00040) +++", "40"]
    assert cms.cp_commands[-1] == "QUERY LONGNAMES all"
    assert run("&CONTROL OFF\nNOTHING\n&TYPE &RETCODE") == ["-3"]
    assert run("&CONTROL ERROR\nDESBUF\nNOTHING &1", "X") == ["NOTHING X", "+++ R(-0003) +++"]
    assert run("&CONTROL OFF\n&ERROR &EXIT &RETCODE\nDESBUF\nCP QUERY\n&TYPE NOT") == []
    assert cms.rc == 40
    assert run("&CONTROL OFF\n&ERROR &TYPE FAILED &RETCODE\nNOTHING\nCP QUERY\n&ERROR\nNOTHING") == [
        "FAILED -3",
        "FAILED 40",
    ]
    assert run("&CONTROL CMS TIME\nDESBUF") == ["09:30:15 DESBUF"]
    assert run("&EXIT -5") == []
    assert cms.rc == -5


def test_control_all_shows_statements(run: Run) -> None:
    assert run("&CONTROL ALL\n&X = 1\n&IF &X EQ 1 DESBUF") == ["&X = 1", "&IF &X EQ 1 DESBUF", "DESBUF"]


def test_lines_to_the_terminal_and_the_stack(run: Run, cms: Cms) -> None:
    text = """
&BEGTYPE
Longer words stay, (so do parentheses)
   and columns up to 72
&END
&STACK FIFO ONE TWO
&STACK LIFO ZERO
&BEGSTACK LIFO ALL
before that one
&END
&TYPE &READFLAG
&READ ARGS
&TYPE &INDEX &1 &2
&READ VARS &P &Q
&TYPE .&P .&Q
&READ VARS &P &Q &R
&TYPE &P &Q .&R
&TYPE &READFLAG
&READ 2
&TYPE &Z
&SPACE 2
"""
    assert run(text, "", "&type from the console", "&Z = 3") == [
        "Longer words stay, (so do parentheses)",
        "   and columns up to 72",
        "STACK",
        "3 BEFORE THAT",
        ".ZERO .",
        "ONE TWO .",
        "CONSOLE",
        "from the console",
        "3",
        "",
        "",
    ]
    assert run("&STACK HT\n&TYPE NOT\n&STACK RT\n&TYPE SEEN") == ["SEEN"]
    assert run("&BEGTYPE\nNO END")[-1].endswith("INVALID SYNTAX")


def test_punch_and_messages(run: Run, cms: Cms) -> None:
    assert run("&PUNCH A CARD\n&BEGPUNCH\nas it is\n&END\n&EMSG ABC001E THIS IS IT\n&EMSG HELLO") == [
        "DMSABC001E THIS IS IT",
        "HELLO",
    ]
    assert cms.cards == ["A CARD", "as it is"]


def test_special_variables(run: Run, cms: Cms) -> None:
    assert run("&TYPE &GLOBAL &LINENUM &TYPEFLAG &EXEC &GLOBAL3 &DISKA &DISKS &DISKQ &DISK*") == [
        "1 1 RT T 1 RW RO NA A"
    ]
    assert run("&GLOBAL3 = 12\n&TYPE &GLOBAL3") == ["12"]
    assert run("&TYPE &GLOBAL3") == ["12"]
    assert run("&GLOBAL3 = ABC")[0].endswith("MISUSE OF SPECIAL VARIABLE")
    assert run("&LINENUM = 5")[0].endswith("MISUSE OF SPECIAL VARIABLE")
    assert cms.rc == 810


def test_hexadecimal(run: Run) -> None:
    assert run("&HEX ON\n&X = X'FF\n&Y = &X + 1\n&TYPE &X X'&Y\n&HEX OFF\n&TYPE X'10") == ["255 100", "X'10"]


def test_times(run: Run) -> None:
    (line,) = run("&TIME TYPE")
    assert line.startswith("T=0.")
    assert line.endswith(" 09:30:15")
    assert len(run("&CONTROL OFF\n&TIME ON\nDESBUF\n&TIME OFF\nDESBUF")) == 1


@pytest.mark.parametrize(
    ("line", "text", "code"),
    [
        ("&IF A XX B &TYPE", "INVALID FORM OF CONDITION", 808),
        ("&IF A EQ", "INVALID FORM OF CONDITION", 808),
        ("&FOO BAR", "INVALID CONTROL WORD", 816),
        ("&X = 1 + A", "CONVERSION ERROR", 812),
        ("&X = A + 1", "INVALID ASSIGNMENT", 809),
        ("&EXIT ABC", "CONVERSION ERROR", 812),
        ("&LOOP 0 5", "INVALID SYNTAX", 807),
        ("&CONTROL MUCH", "INVALID SYNTAX", 807),
        ("&TIME NOW", "INVALID SYNTAX", 807),
        ("&X = " + "&A" * 3 + " &B" * 40, "", 0),
        ("&TYPE" + " A" * 62, "", 0),
    ],
)
def test_errors(run: Run, cms: Cms, line: str, text: str, code: int) -> None:
    shown = run("*\n" + line)
    assert cms.rc == code
    if code:
        assert shown == [f"DMSEXT072E ERROR IN EXEC FILE T, LINE 2 - {text}"]


def test_nesting(run: Run, cms: Cms) -> None:
    text = "&CONTROL OFF\n&N = &1 + 1\n&X = &1\n&IF &1 LT 5 EXEC T &N\n&TYPE &GLOBAL &1 &X &RETCODE\n&EXIT &1"
    assert run(text, "1") == ["5 5 5 0", "4 4 4 5", "3 3 3 4", "2 2 2 3", "1 1 1 2"]
    assert run("&CONTROL OFF\nEXEC T\n&EXIT &RETCODE") == ["DMSEXC085E EXECS ARE NESTED MORE THAN 19 LEVELS DEEP"]
    assert cms.rc == 40


def test_storage_is_given_back(run: Run, cms: Cms) -> None:
    lines = "\n".join(f"&V{n} = {n}" for n in range(100))
    run("&CONTROL OFF\n" + lines + "\n&IF .&1 EQ . EXEC T AGAIN")
    before = [cms.word(0x514), cms.free_nucleus_storage()]
    for _ in range(3):
        run("&CONTROL OFF\n" + lines + "\n&IF .&1 EQ . EXEC T AGAIN")
    assert [cms.word(0x514), cms.free_nucleus_storage()] == before


def test_an_abend_ends_all_execs(run: Run, cms: Cms) -> None:
    run("&CONTROL OFF\n&IF &GLOBAL LT 6 EXEC T")  # save areas of SVC 202 are kept
    before = cms.free_nucleus_storage()
    cms.put("BAD", "MODULE", module_records(program("BAD CSECT\n DC H'0'\n END", 0x20000)))
    assert run("&CONTROL OFF\n&IF .&1 EQ . EXEC T X\nBAD\n&TYPE NOT")[-1].startswith("DMSITP141T OPERATION EXCEPTION")
    assert cms.rc == 256
    assert cms.free_nucleus_storage() == before
    assert run("&TYPE &GLOBAL") == ["1"]


def test_the_command_level_finds_execs_first(cms: Cms) -> None:
    cms.put("DESBUF", "EXEC", ["&TYPE MINE &1"])
    assert cms.type("desbuf now") == ["MINE NOW"]
    cms.put("PROFILE", "EXEC", ["&TYPE PROFILE HERE"])
    again = Cms()
    again.files = cms.files
    assert again.ipl()[1:] == ["PROFILE HERE"]


def test_fixed_files_have_numbers_in_their_last_columns(cms: Cms) -> None:
    cms.put("T", "EXEC", ["&TYPE HELLO".ljust(72) + "00000010", "&EXIT 4"], recfm="F")
    assert cms.type("EXEC T") == ["HELLO"]
    assert cms.rc == 4


def test_what_is_no_exec(cms: Cms) -> None:
    assert cms.type("EXEC") == ["DMSEXC001E NO FILENAME SPECIFIED"]
    assert cms.rc == 24
    assert cms.type("EXEC NOTHERE") == ["DMSEXT072E ERROR IN EXEC FILE NOTHERE, LINE 0 - FILE NOT FOUND"]
    assert cms.rc == 801
    cms.put("T", "EXEC", [bytes([value]) * 200 for value in range(1, 256)])
    cms.type("EXEC T")
    cms.put("T", "EXEC", [b"\x50" * 130, b"\x50\x50\x40" * 43, b"\x4d" * 130])
    cms.type("EXEC T")
    assert cms.rc


def test_a_line_costs_less_than_three_thousand_instructions(run: Run, cms: Cms) -> None:
    run("&CONTROL OFF")
    start = cms.cpu.instructions
    run("&CONTROL OFF")
    base = cms.cpu.instructions - start
    start = cms.cpu.instructions
    run("&I = 0\n-A &I = &I + 1\n&IF &I EQ 100 &EXIT\n&IF &I LT 200 &GOTO -A")
    assert (cms.cpu.instructions - start - base) / 300 < 1500
