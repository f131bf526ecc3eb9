"""The kinds of cases, by name: ``make_case(kind, seed, index)`` is always the same case."""

from __future__ import annotations

import random
from collections.abc import Callable

from fuzz_bytes import bytes_case, cms_case, kernel_case
from fuzz_case import Case
from fuzz_program import program_case
from fuzz_single import walk_case

Maker = Callable[[str, random.Random], Case]

#                 kind      what                                                   cases in a round
KINDS: dict[str, tuple[Maker, int]] = {
    "walk": (walk_case, 20),
    "program": (program_case, 10),
    "kernel": (kernel_case, 5),
    "cms": (cms_case, 5),
    "bytes": (bytes_case, 5),
}


def make_case(kind: str, seed: int, index: int) -> Case:
    """The case of this kind, seed and number."""
    name = f"{kind}:{seed}:{index}"
    return KINDS[kind][0](name, random.Random(name))
