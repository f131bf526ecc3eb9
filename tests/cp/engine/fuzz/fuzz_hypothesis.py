"""Single instructions by hypothesis, which shrinks them by itself.

A number gives storage, tables and a state (fuzz_single.py); hypothesis chooses the instruction's bits, what registers
hold, PSW and keys on top of that.
"""

from __future__ import annotations

import random

from fuzz_case import Action, Case, Piece
from fuzz_run import compare
from fuzz_single import CODE, DATA, TRAPS, walk_case
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from vm370.cp.s370.opcodes import OPCODES

WORDS = (
    st.integers(0, 0xFFFFFFFF)
    | st.integers(-20, 20).map(lambda n: n & 0xFFFFFFFF)
    | st.integers(DATA, DATA + 0x2000)
    | st.integers(-9, 9).map(lambda n: DATA + 0x800 + n)
    | st.sampled_from([CODE, 0x7FFFFFFF, 0x80000000, 0xFFFF, 0x10000, 0xFFFFFF, 0x1000000])
)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """One instruction."""
    number = draw(st.integers(0, 1 << 20))
    op = draw(st.sampled_from(OPCODES))
    case = walk_case(f"hypothesis:{number}:{op.mnemonic}", random.Random(number), [op], 1)
    actions: list[Action] = list(case.pieces[0].actions)
    fixed = op.code()
    bits = draw(st.none() | st.binary(min_size=6, max_size=6))
    if bits is not None:
        used = 1 if op.opcode < 0x100 else 2
        code = (fixed[:used] + bits)[: len(fixed)]
        address = next(low & 0xFFFFFF for name, *(high, low) in (a for a in actions if a[0] == "psw"))
        if address + len(code) <= case.size:
            actions.append(("poke", address, code))
    for register, word in draw(st.dictionaries(st.integers(0, 15), WORDS, max_size=5)).items():
        actions.append(("r", register, word))
    for block, key in draw(st.dictionaries(st.integers(0, 23), st.integers(0, 255), max_size=3)).items():
        actions.append(("key", block * 2048, key & 0xFE))
    trap = draw(st.none() | st.sampled_from(TRAPS))
    if trap is not None:
        actions.append(("trap", trap))
    case.pieces = [Piece(actions, draw(st.integers(1, 3)))]
    return case


def search(number: int, examples: int, engines: list[str]) -> str | None:
    """What hypothesis's smallest example says, or None."""

    @seed(number)
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    @given(cases())
    def same(case: Case) -> None:
        found = compare(case, engines)
        assert found is None, f"{found.lines}\n{case.to_json()}"

    try:
        same()
    except AssertionError as error:
        return str(error)
    return None
