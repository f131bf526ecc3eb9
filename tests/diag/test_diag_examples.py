"""The examples of the manual: one for each function, and all of them can be assembled."""

from __future__ import annotations

import pytest

from vm370.diag.examples import EXAMPLES
from vm370.diag.registry import FUNCTIONS
from vm370.tools.assembler import assemble


def test_every_function_has_an_example() -> None:
    assert sorted(EXAMPLES) == sorted(FUNCTIONS)


@pytest.mark.parametrize("code", sorted(EXAMPLES))
def test_the_example_is_assembled_and_issues_the_function(code: int) -> None:
    body = "\n".join(line for line in EXAMPLES[code].splitlines() if not line.strip().startswith("..."))
    source = f"EXAMPLE  CSECT\n         USING EXAMPLE,12\n{body}\n         LTORG\n         END\n"
    made = assemble(source)
    assert [message.text for message in made.messages] == []
    text = made.text
    assert any(text[at] == 0x83 and text[at + 2 : at + 4] == code.to_bytes(2, "big") for at in range(len(text) - 3))
    assert all(len(line) <= 80 for line in EXAMPLES[code].splitlines())
