"""The tables of docs/instructions.md and docs/virtualization.md are what the program makes."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from vm370.cp.s370.decoder import find
from vm370.cp.s370.facilities import ABSENT, FACILITIES, MISSING
from vm370.cp.s370.opcodes import BY_MNEMONIC
from vm370.tools.instruction_names import instruction_names
from vm370.tools.instruction_table import (
    count_vectors,
    facility_lines,
    hand_cases,
    instruction_lines,
    vector_cases,
)
from vm370.tools.sensitivity import sensitive_lines

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(os.environ.get("VM370_VECTORS") or ROOT.parent / "shared" / "vectors")


@pytest.mark.parametrize(
    ("page", "name", "make"),
    [
        ("instructions", "instructions", instruction_lines),
        ("instructions", "facilities", facility_lines),
        ("virtualization", "sensitive-instructions", sensitive_lines),
    ],
)
def test_the_page_is_up_to_date(page: str, name: str, make: Callable[[], list[str]]) -> None:
    text = (ROOT / "docs" / f"{page}.md").read_text()
    text = text.partition(f"<!-- listing: {name} -->\n```text\n")[2].partition("\n```\n")[0]
    assert text.splitlines() == [line.rstrip() for line in make()]


def test_only_what_reaches_outside_the_cpu_is_not_native() -> None:
    left = {line.split()[0] for line in instruction_lines() if " no " in line[118:]}
    assert not left & {"A", "MVC", "AP", "ADR", "MVCL", "EX", "SVC", "LPSW", "ED", "DP", "MXR"}
    assert {"SIO", "DIAG", "STCK"} <= left


def test_every_instruction_has_a_name_and_a_case() -> None:
    names = instruction_names(set(BY_MNEMONIC))
    assert set(names) == set(BY_MNEMONIC)
    assert names["OR"] == ("OR", "General")
    assert names["MXD"] == ("MULTIPLY", "Floating-Point")
    hand, vectors = hand_cases(), vector_cases()
    assert not set(hand) - set(BY_MNEMONIC)
    apart = {"DIAG", "LRA", "PTLB", "IPTE", "SVC", "STCK"}  # in tests of their own
    assert {m for m, (_, c) in names.items() if not hand[m] and c not in ("Control", "Input/Output")} <= apart
    assert vectors["AR"] >= 300


def test_facilities() -> None:
    assert {m for facility in FACILITIES for m in facility.instructions} <= set(BY_MNEMONIC)
    assert {m for facility in MISSING for m in facility.instructions} == {absent.mnemonic for absent in ABSENT}
    known = {"RIO": "SIO", "CLRCH": "TCH"}
    for absent in ABSENT:
        code = absent.opcode.to_bytes(1 if absent.opcode < 0x100 else 2, "big").ljust(6, b"\0")
        op = find(code)
        assert (op.mnemonic if op is not None else None) == known.get(absent.mnemonic)


def test_the_counts_are_those_of_the_case_file() -> None:
    source = FOLDER / "cases.jsonl.gz"
    if not source.is_file():
        pytest.skip(f"no case file {source}; set VM370_VECTORS")
    assert vector_cases() == count_vectors(source)
