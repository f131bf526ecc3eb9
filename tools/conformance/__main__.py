"""``python -m vm370.tools.conformance``: make cases, run them on Hercules, show where the reference engine differs."""

from __future__ import annotations

import argparse
import collections
import json
import sys
from pathlib import Path
from random import Random
from typing import Any

from vm370.cp.engine.engines import ENGINES, engine_for
from vm370.cp.s370.cpu import Cpu
from vm370.cp.s370.opcodes import OPCODES
from vm370.cp.s370.storage import Storage
from vm370.tools.conformance import generator, peer
from vm370.tools.conformance.compare import Rehearsals, excused, with_result
from vm370.tools.conformance.translated import translated
from vm370.tools.vectors_command import describe, failure_of, needs_dual_address_space, run_case

Case = dict[str, Any]


def make(random: Random, mnemonics: list[str], crossing: bool) -> Case | None:
    """One case."""
    kind = random.random()
    if not crossing and len(mnemonics) > 1 and kind < 0.05:
        case: Case | None = generator.anything(random) if kind < 0.04 else generator.undefined(random)
    else:
        crossing = crossing or random.random() < 0.1
        case = generator.instruction(random, random.choice(mnemonics), crossing=crossing)
        if crossing:
            return translated(random, case, 0.5)
    if case is not None and random.random() < 0.25:
        case = translated(random, case, random.choice((0, 0.1, 0.2)))
    return case


def make_all(seed: int, count: int, mnemonics: list[str], crossing: bool = False) -> list[tuple[Case, Any]]:
    """So many cases that can be given to the peer, each with what the reference engine does."""
    random = Random(seed)
    rehearsals = Rehearsals()
    cases: list[tuple[Case, Any]] = []
    while len(cases) < count:
        case = make(random, mnemonics, crossing)
        rehearsal = rehearsals.run(generator.HEADER, case) if case is not None else None
        if case is not None and rehearsal is not None:
            case["i"] = len(cases)
            cases.append((case, rehearsal))
    return cases


def judged(cases: list[tuple[Case, Any]]) -> list[Case]:
    """The cases with the peer's results; those that it does not finish are left out."""
    judged_cases = []
    for megabytes in (8, 16):
        chosen = [(case, rehearsal) for case, rehearsal in cases if case["msz"] == megabytes]
        prefixes = {i: rehearsal.prefix for i, (_, rehearsal) in enumerate(chosen) if rehearsal.prefix}
        results = peer.run(generator.HEADER, [case for case, _ in chosen], prefixes) if chosen else []
        for (case, rehearsal), result in zip(chosen, results, strict=True):
            if result is None:
                print(f"case {case['i']}: {case['op']} {case['code']} does not end there", file=sys.stderr)
            else:
                judged_cases.append(with_result(generator.HEADER, case, result, rehearsal))
    return judged_cases


def main() -> int:
    """Exit code 1 if there is a difference, 2 if the cases cannot be run."""
    known = [op.mnemonic for op in OPCODES if op.mnemonic not in generator.NOT_HERE]
    parser = argparse.ArgumentParser(prog="python -m vm370.tools.conformance", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument(
        "--only", metavar="MNEMONIC", type=str.upper, choices=known, help="cases of this instruction only"
    )
    parser.add_argument("--crossing", action="store_true", help="only operands across bad pages")
    parser.add_argument("--engine", choices=list(ENGINES), default="reference")
    parser.add_argument("-o", dest="output", type=Path, metavar="FILE", help="write the cases, for vm370 vectors")
    parser.add_argument("--show", type=int, default=20, metavar="N", help="differences to show")
    args = parser.parse_args()
    if not peer.installed():
        print("hercules: not found in PATH; install Hercules to compare with it", file=sys.stderr)
        return 2
    try:
        cases = judged(make_all(args.seed, args.count, [args.only] if args.only else known, args.crossing))
        if args.output:
            args.output.write_text("".join(json.dumps(line) + "\n" for line in (generator.HEADER, *cases)))
    except (peer.PeerError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    machines = {megabytes: Cpu(Storage(megabytes << 20)) for megabytes in (8, 16)}
    run = engine_for(args.engine).run
    wrong: collections.Counter[str] = collections.Counter()
    excuses: collections.Counter[str] = collections.Counter()
    for case in cases:
        cpu = machines[case["msz"]]
        differences = run_case(cpu, run, generator.HEADER, case)
        if not differences or needs_dual_address_space(cpu, generator.HEADER, case, differences):
            continue
        if excuse := excused(case, differences):
            excuses[excuse] += 1
            continue
        wrong[case["op"]] += 1
        if wrong.total() <= args.show:
            print(describe(failure_of(case, differences)))
    groups = collections.Counter(case["grp"] for case in cases)
    print(", ".join(f"{group} {number}" for group, number in sorted(groups.items())))
    for excuse, number in excuses.items():
        print(f"{number} excused: {excuse}")
    if wrong:
        print(", ".join(f"{name} {number}" for name, number in sorted(wrong.items())))
    print(f"{len(cases) - wrong.total()} alike, {wrong.total()} different")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
