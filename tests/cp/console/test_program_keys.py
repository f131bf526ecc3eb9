"""SET PFnn TAB and COPY."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.cp.commands.cpkit import User
from vm370.cp.console.program_keys import copied, tabbed
from vm370.images.ebcdic import from_ebcdic


@pytest.mark.parametrize(
    ("text", "cursor", "after"),
    [
        ("", 0, (" " * 9, 9)),
        ("LABEL", 5, ("LABEL    ", 9)),
        ("LABEL    ", 9, ("LABEL" + " " * 10, 15)),
        ("0123456789ABCDEFGH", 3, ("0123456789ABCDEFGH", 9)),  # inside the line the cursor moves
        ("x", 40, ("x" + " " * 39, 40)),  # behind the last column
    ],
)
def test_tab_goes_to_the_next_column(text: str, cursor: int, after: tuple[str, int]) -> None:
    assert tabbed(text, cursor, [10, 16]) == after


def test_a_copy_of_the_screen_is_a_printer_file(logged_on: Callable[[str], User]) -> None:
    alpha = logged_on("ALPHA")
    assert copied(alpha.vm, ["FIRST ROW", "", "x" * 200]) == "%COPY: PRT FILE 0001"
    [file] = alpha.cp.spool.files("PRT", "ALPHA")
    assert [from_ebcdic(record.data) for record in alpha.cp.spool.read(file)] == ["FIRST ROW", "", "x" * 132]
