"""The table of instructions in docs/engines.md is what the program makes."""

from __future__ import annotations

from pathlib import Path

from vm370.tools.instruction_table import instruction_lines

PAGE = Path(__file__).resolve().parents[2] / "docs" / "engines.md"


def test_the_page_is_up_to_date() -> None:
    text = PAGE.read_text().partition("<!-- listing: instructions -->\n```text\n")[2].partition("\n```\n")[0]
    assert text.splitlines() == [line.rstrip() for line in instruction_lines()]


def test_only_what_reaches_outside_the_cpu_is_not_native() -> None:
    left = {line.split()[0] for line in instruction_lines()[1:] if " reference (" in line}
    assert not left & {"A", "MVC", "AP", "ADR", "MVCL", "EX", "SVC", "LPSW", "ED", "DP", "MXR"}
    assert {"SIO", "DIAG", "STCK", "PTLB"} <= left
