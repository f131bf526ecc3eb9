"""Every kind of message: a source that causes it, and the place it points at."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tools.assembler.asmkit import run
from vm370.tools.assembler import assemble
from vm370.tools.assembler.messages import KINDS

LONG = "X" * 60

#   kind                       lines                                                         line:column
CASES: tuple[tuple[str, str, str], ...] = (
    ("LINE_TOO_LONG",          f" LR 1,2 {LONG} and so on and on", "2:72"),
    ("CONTINUATION_EXPECTED",  f" LR 1,2 {'':63}X\n BR 14", "2:72"),
    ("CONTINUATION_MISSING",   f"TEST CSECT\n LR 1,2 {'':63}X", "2:72"),
    ("QUOTE_OPEN",             " DC C'ABC", "2:6"),
    ("OPERATION_MISSING",      "LABEL", "2:1"),
    ("BAD_CHARACTER",          " DC C'€'", "2:7"),
    ("OPERATION_UNKNOWN",      " FROB 1", "2:2"),
    ("SYMBOL_UNDEFINED",       " L 1,NOWHERE", "2:6"),
    ("SYMBOL_DUPLICATE",       "A DS F\nA DS F", "3:1"),
    ("SYMBOL_BAD",             "TOOLONGNAME DS F", "2:1"),
    ("SYMBOL_LATE",            " DS (N-TEST+1)X\nN EQU *", "2:6"),
    ("LABEL_MISSING",          " EQU 5", "2:2"),
    ("LABEL_FORBIDDEN",        "A ENTRY TEST", "2:1"),
    ("ENTRY_UNDEFINED",        " ENTRY NONE", "2:8"),
    ("SECTION_MIXED",          "TEST DSECT", "2:1"),
    ("SYMBOL_CIRCULAR",        "A EQU B\nB EQU A", "2:1"),
    ("EXPRESSION_BAD",         " DC A(1+)", "2:2"),
    ("ABSOLUTE_EXPECTED",      " LR TEST,1", "2:5"),
    ("RELOCATABLE_EXPECTED",   " END TEST-TEST", "2:6"),
    ("RELOCATABLE_ARITHMETIC", " DC A(TEST*2)", "2:2"),
    ("SELF_DEFINING_BAD",      " DC A(X'123456789')", "2:7"),
    ("VALUE_RANGE",            " MVI 0(1),300", "2:11"),
    ("LITERAL_FORBIDDEN",      " DC A(=F'1')", "2:7"),
    ("OPERAND_COUNT",          " LR 1", "2:5"),
    ("OPERAND_MISSING",        " LR 1,", "2:5"),
    ("ADDRESS_FORM",           " LM 1,2,3(4,5)", "2:9"),
    ("NO_BASE",                " L 1,TEST", "2:6"),
    ("REGISTER_BAD",           " LR 1,16", "2:7"),
    ("LENGTH_RANGE",           " MVC 0(300,1),0(2)", "2:6"),
    ("USING_NOT_ACTIVE",       " DROP 5", "2:7"),
    ("CONSTANT_TYPE",          " DC J'1'", "2:5"),
    ("CONSTANT_BAD",           " DC X'Z'", "2:7"),
    ("CONSTANT_MISSING",       " DC F", "2:5"),
    ("MODIFIER_BAD",           " DC FLX'1'", "2:6"),
    ("CONSTANT_RANGE",         " DC H'99999'", "2:7"),
    ("ORG_RANGE",              " ORG TEST-4", "2:6"),
    ("END_MISSING",            "TEST CSECT", "1:1"),
    ("AFTER_END",              " END\n BR 14", "3:2"),
    ("COPY_NOT_FOUND",         " COPY NONE", "2:7"),
    ("COPY_RECURSIVE",         " COPY LOOP", "1:7"),
    ("OPTION_BAD",             " CNOP 1,4", "2:7"),
    ("START_LATE",             "A CSECT\nX START 0", "2:3"),
    ("STACK_EMPTY",            " POP USING", "2:6"),
    ("LITERALS_IN_DUMMY",      "D DSECT\n LTORG", "3:2"),
    ("SECTION_TOO_LONG",       " DS 16777215XL2", "2:5"),
    ("PSEUDO_UNDEFINED",       " DC Q(NONE)", "2:7"),
    ("SEQUENCE_ERROR",         f" ISEQ 73,80\n{' BR 14':72}00000020\n{' BR 15':72}00000010", "4:73"),
    ("ICTL_LATE",              " ICTL 1,71,16", "2:2"),
    ("MNOTE_TEXT",             " MNOTE 4,'careful'", "2:2"),
    ("MACRO_PROTOTYPE",        " MACRO\n M 5\n MEND", "2:2"),
    ("MEND_MISSING",           " MACRO\n M\n LR 1,2", "2:2"),
    ("VARIABLE_UNDEFINED",     " LR &A,1", "2:5"),
    ("VARIABLE_TYPE",          " LCLA &A\n&A SETC 'X'", "3:1"),
    ("VARIABLE_DUPLICATE",     " LCLA &A\n LCLB &A", "3:7"),
    ("SUBSCRIPT_BAD",          " LCLA &A(3)\n&A(4) SETA 1", "3:1"),
    ("KEYWORD_UNKNOWN",        " MACRO\n M &A\n MEND\n M K=1", "5:4"),
    ("KEYWORD_TWICE",          " MACRO\n M &K=\n MEND\n M K=1,K=2", "5:4"),
    ("POSITIONAL_EXTRA",       " MACRO\n M &A\n MEND\n M 1,2", "5:2"),
    ("SEQUENCE_UNKNOWN",       " AGO .X", "2:6"),
    ("SEQUENCE_DUPLICATE",     ".A ANOP\n.A ANOP", "3:1"),
    ("ACTR_EXCEEDED",          ".A ANOP\n AGO .A", "3:2"),
    ("NESTING_TOO_DEEP",       " MACRO\n M\n M\n MEND\n M", "4:2"),
    ("ARITHMETIC_EXPECTED",    " LCLA &A\n&A SETA 'X'", "3:9"),
    ("CONDITIONAL_SYNTAX",     " AIF (1 EQ).A\n.A ANOP", "2:2"),
    ("MACRO_ONLY",             " MEXIT", "2:2"),
    ("STRING_TOO_LONG",        " LCLC &A\n&A SETC (4096)'AB'", "3:9"),
    ("MACRO_LIBRARY_BAD",      " EMPTY", "2:2"),
)  # fmt: skip


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("maclib")
    (folder / "loop.copy").write_text(" COPY LOOP\n")
    (folder / "empty.mac").write_text("* nothing here\n")
    return folder


@pytest.mark.parametrize(("kind", "lines", "where"), CASES, ids=[case[0] for case in CASES])
def test_message(kind: str, lines: str, where: str, library: Path) -> None:
    result = assemble(lines) if kind in ("END_MISSING", "CONTINUATION_MISSING") else run(lines, [library])
    wanted = KINDS[kind]
    found = [message for message in result.messages if int(message.identifier[3:6]) == wanted.number]
    assert found, [str(message) for message in result.messages]
    assert f"{found[0].line}:{found[0].column}" == where, str(found[0])
    assert found[0].severity == (4 if kind == "MNOTE_TEXT" else wanted.severity)
    assert "{" not in found[0].text


def test_every_kind_is_here() -> None:
    assert {case[0] for case in CASES} == set(KINDS)
    assert len({kind.number for kind in KINDS.values()}) == len(KINDS)


def test_all_errors_are_reported_and_the_rest_is_assembled() -> None:
    result = run(" LR 1\n BR 14\n L 1,NONE\n BR 15")
    assert [message.line for message in result.messages] == [2, 4]
    assert result.text.hex().upper() == "000007FE0000000007FF"
    assert result.severity == 8


def test_a_message_in_a_macro_tells_both_places() -> None:
    lines = " MACRO\n M &X\n LR &X,1\n MEND\n M 16"
    message = run(lines).messages[0]
    assert str(message) == (
        "test.asm:4:2: ASM034E register: found 16, expected 0 to 15 (in macro M, called from test.asm:6)"
    )


def test_a_name_in_error_is_defined_nevertheless() -> None:
    assert [message.line for message in run("A DC X'Q'\n DC A(A)\nB FROB\n DC A(B)").messages] == [2, 4]
