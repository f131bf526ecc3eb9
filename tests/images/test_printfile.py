"""Printer files: carriage control by hand, both kinds give the same paper, text and PDF."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vm370.images.ebcdic import to_ebcdic
from vm370.images.printfile import (
    ASA,
    MACHINE,
    NONE,
    PrintError,
    find_control,
    print_machine,
    printed,
    to_pdf,
    to_text,
)


def text(records: list[bytes], control: str) -> str:
    return "".join(to_text(printed(records, control)))


def asa(*lines: str) -> list[bytes]:
    return [to_ebcdic(line) for line in lines]


def machine(*lines: tuple[int, str]) -> list[bytes]:
    return [bytes([command]) + to_ebcdic(line) for command, line in lines]


def test_asa_control() -> None:
    records = asa("1HEADING", " ONE", "0TWO", "-THREE", "+   ___", "1SECOND", " X")
    assert text(records, ASA) == "HEADING\nONE\n\nTWO\n\n\nTHREE\r   ___\n\fSECOND\nX\n"
    assert text(asa(" FIRST", " SECOND"), ASA) == "FIRST\nSECOND\n"
    assert text(asa("0FIRST", "2CHANNEL"), ASA) == "\nFIRST\nCHANNEL\n"
    with pytest.raises(PrintError, match="printer file: record 2: found 'X' in column 1, expected ASA control"):
        text(asa(" A", "XB"), ASA)


def test_machine_control() -> None:
    lines = machine((0x09, "ONE"), (0x11, "TWO"), (0x01, "THREE"), (0x19, "_____"), (0x8B, ""), (0x89, "A"), (0x0B, ""))
    assert text(lines, MACHINE) == "ONE\nTWO\n\nTHREE\r_____\n\n\n\fA\n\f\n"
    with pytest.raises(PrintError, match="record 1: found X'02' in column 1, expected a write or immediate command"):
        text(machine((2, "A")), MACHINE)


def test_no_control() -> None:
    assert text(asa("ONE", "", " TWO "), NONE) == "ONE\n\n TWO\n"
    assert text([], NONE) == ""


def test_control_is_found_out() -> None:
    assert find_control(asa("1A", " B", "0C")) == ASA
    assert find_control(machine((9, "A"), (0x8B, ""))) == MACHINE
    assert find_control(asa("ALL", "WORDS")) == NONE
    assert find_control(asa(" ALL", " INDENTED")) == NONE
    assert find_control([]) == NONE


@given(
    st.lists(st.tuples(st.sampled_from(" 0-1"), st.text("ABC ", max_size=5).map(str.rstrip)), min_size=1, max_size=30)
)
def test_both_controls_print_the_same(lines: list[tuple[str, str]]) -> None:
    """ASA moves before a line what machine control moves behind the line before it."""
    codes = {" ": 0x09, "0": 0x11, "-": 0x19, "1": 0x89}
    after = [codes[control] for control, _ in lines[1:]] + [0x01]
    first = {"0": [(0x0B, b"")], "-": [(0x13, b"")]}.get(lines[0][0], [])
    pairs = first + [(code, to_ebcdic(line)) for code, (_, line) in zip(after, lines, strict=True)]
    records = [to_ebcdic(control + line) for control, line in lines]
    assert text(records, ASA) == "".join(to_text(print_machine(pairs)))


@pytest.mark.parametrize("bars", [False, True])
def test_pdf(bars: bool) -> None:
    pytest.importorskip("fpdf", reason="fpdf2 is not installed")
    records = asa("1HEADING", "+_______", *[f" LINE {number}" for number in range(100)], "1SECOND")
    data = to_pdf(printed(records, ASA), "a listing", bars)
    assert data.startswith(b"%PDF-")
    # 101 lines are two pages of at most 66, the second sheet is the third
    assert data.count(b"/Type /Page\n") == 3
