"""Random cases on Hercules, where it is installed, and in the reference engine; what the generator promises."""

from __future__ import annotations

import json
from random import Random

import pytest

from vm370.cp.engine.reference import run
from vm370.cp.s370.cpu import Cpu
from vm370.cp.s370.opcodes import OPCODES
from vm370.cp.s370.storage import Storage
from vm370.tools.conformance import generator, peer
from vm370.tools.conformance.__main__ import judged, make_all
from vm370.tools.conformance.compare import excused
from vm370.tools.vectors_command import describe, failure_of, run_case
from vm370.tools.vectors_format import check_case, check_header

KNOWN = [op.mnemonic for op in OPCODES if op.mnemonic not in generator.NOT_HERE]


def test_a_seed_always_gives_the_same_cases() -> None:
    first, second = (json.dumps([case for case, _ in make_all(3, 20, KNOWN)]) for _ in range(2))
    assert first == second


def test_every_instruction_has_cases_in_the_format_of_the_case_files() -> None:
    check_header(generator.HEADER)
    random = Random(1)
    for mnemonic in KNOWN:
        for _ in range(3):
            case = generator.instruction(random, mnemonic)
            assert case["op"] == mnemonic
            check_case({**case, "r": {"t": "S", "code": 0, "ilc": 0, "psw": case["psw"]}})


@pytest.mark.skipif(not peer.installed(), reason="Hercules is not installed")
def test_the_reference_engine_agrees_with_hercules() -> None:
    cases = judged(make_all(370, 600, KNOWN))
    machines = {megabytes: Cpu(Storage(megabytes << 20)) for megabytes in (8, 16)}
    failures = []
    for case in cases:
        differences = run_case(machines[case["msz"]], run, generator.HEADER, case)
        if differences and not excused(case, differences):
            failures.append(describe(failure_of(case, differences)))
    assert failures == []
    assert len(cases) > 590
