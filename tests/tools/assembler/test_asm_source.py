"""Reading source: columns, continuation, case, COPY."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tools.assembler.asmkit import code, errors, run
from vm370.tools.assembler import SourceError, assemble, assemble_file
from vm370.tools.assembler.source import fold, read_statements, split_operands


def card(text: str, continued: bool = False, sequence: str = "") -> str:
    return f"{text:<71}{'X' if continued else ' '}{sequence}".rstrip() if not sequence else (
        f"{text:<71}{'X' if continued else ' '}{sequence:<8}"
    )  # fmt: skip


def test_fields_of_a_statement() -> None:
    (statement,) = read_statements("NAME     MVC   A(3),=C'A B' remarks, more\n", "f")
    assert (statement.label, statement.operation, statement.operands, statement.remarks) == (
        "NAME", "MVC", "A(3),=C'A B'", "remarks, more",
    )  # fmt: skip


def test_attribute_apostrophes_open_no_string() -> None:
    (statement,) = read_statements(" LA 1,L'A(,2) it's here", "f")
    assert statement.operands == "1,L'A(,2)"


def test_continuation_from_column_16() -> None:
    lines = card("         DC    C'" + "A" * 54, True) + "\n" + " " * 15 + "B'"
    assert code(lines) == "C1" * 54 + "C2"


def test_continuation_after_a_comma_with_remarks() -> None:
    lines = (
        card("         DC    X'01',   one", True)
        + "\n"
        + card(" " * 15 + "X'02', two", True)
        + "\n"
        + " " * 15
        + "X'03'"
    )
    assert code(lines) == "010203"


def test_continued_remarks_are_remarks() -> None:
    assert code(card("         BR    14 a long remark", True) + "\n" + " " * 15 + "DC X'01'") == "07FE"


def test_card_images_with_sequence_numbers() -> None:
    lines = [card("TEST     CSECT", sequence="00010000"), card("         BR    14", sequence="TST00020"),
             card("         END", sequence="TST00030")]  # fmt: skip
    assert code("\n".join(lines)) == "07FE"


def test_error_columns_in_continuation_lines() -> None:
    lines = card("         DC    X'01',", True) + "\n" + " " * 15 + "X'0G'"
    assert errors(lines) == ["3:18 ASM041E"]


def test_comments_may_be_longer_and_do_not_continue() -> None:
    lines = "*" * 72 + "\n BR 14\n" + "* " + "x" * 100 + "\n BR 15"
    assert code(lines) == "07FE07FF"


def test_lower_case_and_tabulators() -> None:
    assert code("here\tdc\tc'abc'\n dc\tal1(l'here)") == "81828303"
    assert fold("l'a,c'l'x") == "L'A,C'l'X"


def test_an_empty_line_is_nothing() -> None:
    assert code("\n\n BR 14\n\n") == "07FE"


def test_long_statement_is_assembled_as_far_as_it_goes() -> None:
    result = run("HERE     BR    14" + " " * 50 + "a remark that is too long\n DC AL1(HERE-TEST)")
    assert [message.identifier for message in result.messages] == ["ASM001E"]
    assert result.text.hex().upper() == "07FE00"


def test_copy(tmp_path: Path) -> None:
    (tmp_path / "regs.copy").write_text("R1 EQU 1\n COPY MORE\n")
    (tmp_path / "MORE.COPY").write_text("R2 EQU 2\n")
    assert code(" LR R1,R2\n COPY REGS", libraries=[tmp_path]) == "1812"


def test_split_operands() -> None:
    assert split_operands("A,(B,C),'D,E',L'F,G(1,2)") == ["A", "(B,C)", "'D,E'", "L'F", "G(1,2)"]
    assert split_operands("") == []
    assert split_operands(",") == ["", ""]


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "bad.asm"
    path.write_bytes(b"TEST CSECT\n BR 14\xff\n")
    with pytest.raises(SourceError, match=r"bad.asm:2:7: found byte X'FF' \(offset 17\), expected UTF-8 text"):
        assemble_file(path)


_PIECES = st.sampled_from(
    [*"ABXLT'()=*&.,+-/1 9\n", " DC ", " L ", "&A", " MACRO\n", " MEND\n", " AIF ", " SETA ", " EQU ", " ORG ", "C'",
     "=F'1'", " DS ", " USING ", " LTORG\n", "X'", "L'", " CSECT\n", " DSECT\n", ".A ", " AGO .A\n", "\n ", "&A SETC ",
     " MVC ", "(&A)", " COPY ", " ENTRY ", " EXTRN A\n", " END ", " CCW ", " CNOP ", " PUNCH ", " START ", "*" * 70,
     "V(A)", "S(", "P'", " OPSYN ", " REPRO\n", " POP USING\n", " MNOTE ", " TITLE ", "€", " COM\n", "0D", "A(*-A)"]
)  # fmt: skip


@given(st.lists(_PIECES, max_size=60).map("".join))
def test_no_source_raises_an_exception(text: str) -> None:
    result = assemble(text)
    assert len(result.deck) % 80 == 0
    assert result.listing
