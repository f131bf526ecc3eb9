"""diag/README.md has a page for each DIAGNOSE function, with what a manual page has to say."""

from __future__ import annotations

import re
import sys

import pytest

from vm370.diag.registry import FUNCTIONS
from vm370.tools import diagnose_pages


def test_the_page_is_up_to_date() -> None:
    assert diagnose_pages.main(["--check"]) == 0, "run make docs"


@pytest.mark.parametrize("code", sorted(FUNCTIONS))
def test_each_code_has_a_page(code: int) -> None:
    function = FUNCTIONS[code]
    assert re.search(rf"^## X{code:02X} {re.escape(function.name)}$", diagnose_pages.PAGE.read_text(), re.MULTILINE)
    text = sys.modules[function.handler.__module__].__doc__ or ""
    assert text.startswith(f"DIAGNOSE X'{code:02X}': ")
    assert re.search(r"condition code|cc ", text, re.IGNORECASE), "says nothing of the condition code"
    assert "Rx" in text or "No operands" in text
