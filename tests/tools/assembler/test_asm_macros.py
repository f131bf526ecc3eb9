"""The macro language: expected statements follow from the rules of the assembler manual's macro chapters."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tools.assembler.asmkit import code, errors, run


def macro(prototype: str, *body: str) -> str:
    return "\n".join(
        ("         MACRO", f"         {prototype}" if prototype[0] != "&" else prototype, *body, "         MEND\n")
    )


def value(*lines: str, result: str) -> str:
    """The value of a SETC expression at the end of open code lines, by way of a DC."""
    made = run("\n".join((*lines, f"&R SETC {result}", " DC C'<&R>'")))
    assert [str(message) for message in made.messages] == []
    return made.text.decode("cp037")[1:-1]


def test_positional_keyword_and_label() -> None:
    lines = macro("&L MOVE &TO,&FROM,&LEN=8", "&L MVC &TO.(&LEN),&FROM")
    lines += "HERE MOVE 0(1),0(2)\n MOVE 8(3),LEN=2,0(4)\n"
    # &TO.(&LEN) makes 0(1)(8), which is wrong; so give a plain address
    lines = lines.replace("0(1),0(2)", "X,Y").replace("8(3),LEN=2,0(4)", "Y,LEN=2,X")
    result = run(" USING TEST,12\n" + lines + "X DS CL8\nY DS CL8\n")
    assert [str(m) for m in result.messages] == []
    assert result.text.hex().upper()[:24] == "D207C00CC014D201C014C00C"
    assert result.symbols["HERE"].value == 0


def test_sublists_and_counts() -> None:
    lines = macro(
        "M &P,&Q",
        "&A SETA N'&P*10+K'&P",
        "&B SETA N'&Q*10+K'&Q",
        "&C SETA N'&SYSLIST",
        " DC AL1(&A,&B)",
        " DC AL1(&P(1),&P(3))",
        " DC C'&P(2)&P(9)'",
        " DC AL1(&C)",
    )
    # (1,X,3): 3 elements, 7 characters
    assert code(lines + " M (1,X,3)") == "25000103E701"


def test_syslist() -> None:
    lines = macro(
        "&L M", "&N SETA N'&SYSLIST*10+N'&SYSLIST(2)", " DC AL1(&SYSLIST(1),&SYSLIST(2,2),&N)", " DC C'&SYSLIST(0)'"
    )
    assert code(lines + "NAME M 5,(6,7)") == "050716D5C1D4C5"


def test_sysndx_makes_unique_names() -> None:
    lines = macro("M", "A&SYSNDX DC C'&SYSNDX'")
    assert code(lines + " M\n M\n") == "F0F0F0F1F0F0F0F2"


def test_system_variables() -> None:
    lines = macro("M", " DC C'&SYSECT.,&SYSDATE,&SYSTIME,&SYSPARM'") + " M\n"
    made = run(lines, sysparm="HELLO")
    assert made.text.decode("cp037") == "TEST,03/31/79,23.59,HELLO"


def test_loop_with_seta_and_aif() -> None:
    lines = macro(
        "FILL &N", " LCLA &I", ".LOOP AIF (&I GE &N).END", "&I SETA &I+1", " DC AL1(&I)", " AGO .LOOP", ".END ANOP"
    )
    assert code(lines + " FILL 4") == "01020304"


def test_nested_and_recursive_macros() -> None:
    inner = macro("INNER &A", " DC AL1(&A)")
    outer = macro("OUTER &A,&B", " INNER &A", " INNER &B")
    down = macro("DOWN &N", " AIF (&N EQ 0).E", " DC AL1(&N)", " LCLA &M", "&M SETA &N-1", " DOWN &M", ".E MEXIT")
    assert code(inner + outer + down + " OUTER 1,2\n DOWN 3\n") == "0102030201"


def test_a_macro_may_define_a_macro() -> None:
    lines = " MACRO\n DEFINE\n MACRO\n MADE &X\n DC AL1(&X)\n MEND\n MEND\n DEFINE\n MADE 7\n"
    assert code(lines) == "07"


def test_global_variables_join_macros() -> None:
    lines = macro("SET", " GBLA &G", "&G SETA &G+5") + macro("GET", " GBLA &G", " DC AL1(&G)")
    assert code(lines + " SET\n SET\n GET\n") == "0A"


def test_mexit_leaves() -> None:
    assert code(macro("M &A", " AIF ('&A' EQ '').X", " DC C'&A'", ".X MEXIT", " DC X'FF'") + " M\n M Z") == "E9"


def test_defaults_are_replaced_and_may_be_empty() -> None:
    lines = macro("M &K=ABC", " DC CL4'&K'")
    assert code(lines + " M\n M K=\n M K=X\n") == "C1C2C34040404040E7404040"


def test_operands_with_apostrophes_commas_and_equal_signs() -> None:
    lines = macro("M &A,&K=", " DC C&A", "&N SETA K'&K", " DC AL1(&N)")
    assert code(lines + " M 'A,B=C',K=(X,Y)") == "C16BC27EC305"


def test_type_attributes() -> None:
    types = macro("TY &A", " LCLC &T", "&T SETC T'&A", " DC C'&T'")
    symbols = "F DS F\nG DS XL4\nH DS FL3\nI LR 1,2\nQ EQU 5\nV DC A(0)\nW CCW 2,0,0,1\nBEGIN DS 0C\n"
    operands = ("F", "G", "H", "I", "Q", "V", "W", "7", "TEST", "(1)", "")
    result = run(types + symbols + "".join(f" TY {operand}\n" for operand in operands))
    assert result.text[result.symbols["BEGIN"].value :].decode("cp037") == "FXGIUAWNJUO"


def test_attributes_of_symbols_further_on() -> None:
    lines = macro("M &A", "&L SETA L'&A", "&T SETC T'&A", " DC AL1(&L),C'&T'")
    assert code(lines + " M LATER\nLATER DC PL7'1'\n")[:4] == "07D7"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("2+3*4", "14"),
        ("(2+3)*4", "20"),
        ("7/2", "3"),
        ("-7/2", "3"),  # the sign is not written
        ("5/0", "0"),
        ("X'1F'", "31"),
        ("B'101'+C'A'", "198"),
        ("2-5", "3"),
        ("K'&P", "3"),
    ],
)
def test_arithmetic(expression: str, expected: str) -> None:
    assert value(" LCLA &A", " LCLC &P", "&P SETC 'XYZ'", f"&A SETA {expression}", result="'&A'") == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("'ABC'", "ABC"),
        ("'ABCDE'(2,3)", "BCD"),
        ("'ABC'.'DEF'", "ABCDEF"),
        ("'ABC'(1,1).'DEF'(3,1)", "AF"),
        ("'&P.X'", "XYZX"),
        ("'&P..X'", "XYZ.X"),
        ("'&P'(2,K'&P-1)", "YZ"),
        ("(3)'AB'", "ABABAB"),
        ("''", ""),
        ("'&P(1)'", "XYZ(1)"),
    ],
)
def test_characters(expression: str, expected: str) -> None:
    assert value(" LCLC &P", "&P SETC 'XYZ'", " LCLC &Q", f"&Q SETC {expression}", result="'&Q'") == expected.replace(
        "'", "'"
    )


@pytest.mark.parametrize(
    ("condition", "truth"),
    [
        ("1 EQ 1", 1),
        ("1 NE 1", 0),
        ("2 GT 10", 0),
        ("'2' GT '10'", 0),  # the shorter one is the lower
        ("'B' GT 'A'", 1),
        ("'a' LT 'A'", 1),  # EBCDIC order
        ("'1' GT 'A'", 1),
        ("1 EQ 1 AND 2 EQ 3", 0),
        ("1 EQ 1 OR 2 EQ 3", 1),
        ("NOT 1 EQ 1", 0),
        ("NOT (1 EQ 2) AND 1", 1),
        ("1 EQ 2 AND 1 EQ 2 OR 1 EQ 1", 1),
        ("&T AND NOT &F", 1),
        ("'&P' EQ 'YES'", 1),
        ("&N LE 5", 1),
        ("T'TEST EQ 'J'", 1),
    ],
)
def test_logic(condition: str, truth: int) -> None:
    head = (" LCLB &T,&F,&B", "&T SETB 1", " LCLC &P", "&P SETC 'YES'", " LCLA &N", "&N SETA 5")
    assert value(*head, f"&B SETB ({condition})", result="'&B'") == str(truth)


def test_arrays() -> None:
    lines = " LCLA &A(5),&I\n&I SETA 2\n&A(&I) SETA 7\n&A(&I+1) SETA &A(&I)+1\n DC AL1(&A(1),&A(2),&A(3))"
    assert code(lines) == "000708"


def test_open_code_conditional_assembly() -> None:
    lines = " GBLB &DEBUG\n AIF (NOT &DEBUG).NODEB\n DC X'FF'\n.NODEB ANOP\n DC X'01'\n AGO .END\n DC X'02'\n.END ANOP"
    assert code(lines) == "01"


def test_computed_branch_and_several_conditions() -> None:
    lines = " LCLA &A\n&A SETA 2\n AGO (&A).X,.Y\n.X DC X'01'\n.Y DC X'02'\n"
    lines += " AIF (&A EQ 1).P,(&A EQ 2).Q\n.P DC X'03'\n.Q DC X'04'"
    assert code(lines) == "0204"


def test_actr_limits_branches() -> None:
    assert errors(" ACTR 3\n.A ANOP\n AGO .A") == ["4:2 ASM082S"]


def test_mnote_severities() -> None:
    result = run(" MNOTE 'one'\n MNOTE 0,'nought'\n MNOTE *,'comment'\n MNOTE 12,'it''s bad'\n MNOTE ,'none'")
    assert [(m.severity, m.text) for m in result.messages] == [(1, "one"), (0, "nought"), (12, "it's bad"), (1, "none")]
    assert result.severity == 12


def test_generated_operations_and_comments() -> None:
    lines = macro("M &OP,&R", "* &OP is made", ".* not seen", " &OP.R &R,&R")
    result = run(lines + " M L,3\n M S,4\n")
    assert result.text.hex().upper() == "18331B44"
    assert "* L is made" in result.listing
    assert result.listing.count("not seen") == 1  # in the definition only


def test_macros_from_a_library(tmp_path: Path) -> None:
    (tmp_path / "saver.mac").write_text(
        "* comment\n         MACRO\n&N       SAVER &R=14\n&N       STM   &R,12,12(13)\n         MEND\n"
    )
    (tmp_path / "other").mkdir()
    assert code("X SAVER\n SAVER R=15", libraries=[tmp_path]) == "90ECD00C90FCD00C"


def test_the_first_library_is_searched_first(tmp_path: Path) -> None:
    for number, name in enumerate(("a", "b"), 1):
        (tmp_path / name).mkdir()
        (tmp_path / name / "MM.MACRO").write_text(f" MACRO\n MM\n DC X'0{number}'\n MEND\n")
    assert code(" MM", libraries=[tmp_path / "b", tmp_path / "a"]) == "02"


def test_a_macro_takes_the_place_of_an_instruction() -> None:
    assert code(macro("LR &A,&B", " DC AL1(&A,&B)") + " LR 1,2") == "0102"


def test_list_of_continued_operands() -> None:
    call = f"{'         M     1,    one':<71}X\n{'               2,    two':<71}X\n               3"
    assert code(macro("M &A,&B,&C", " DC AL1(&C,&B,&A)") + call) == "030201"
