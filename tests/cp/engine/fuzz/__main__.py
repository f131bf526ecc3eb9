"""Differential fuzzing of the engines.

    python tests/cp/engine/fuzz [run] [--seed N] [--rounds N] [--kinds K,...] [--engines E,...] [--folder DIR]
    python tests/cp/engine/fuzz replay FILE|KIND:SEED:INDEX [--engines E,...]    show one case and its differences
    python tests/cp/engine/fuzz hypothesis [--seed N] [--rounds N]                   single instructions by hypothesis
    python tests/cp/engine/fuzz cache [--seed N] [--rounds N]                        damaged files of translated code
    python tests/cp/engine/fuzz shrink FILE|KIND:SEED:INDEX                      make it small

``run`` has a child process do the work, so that a crash is a finding: the child is started again after the case that
ended it.  Cases that differ are shrunk and saved in the folder (build/fuzz); each is printed with the command that
repeats it.  The exit code is 1 if there were any.  Interrupted, it tells what was done so far.
"""

from __future__ import annotations

import argparse
import json
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from fuzz_case import Case
from fuzz_kinds import KINDS, make_case
from fuzz_run import REFERENCE, Machine, compare, engines
from fuzz_shrink import Shrinker
from fuzz_worker import PLACE_SIZE, Place, shrink_crash, work

from vm370.cp.engine.engines import engine_for

STOPPED = 1 << 16
HERE = Path(__file__).parent
WHAT = ("run", "work", "replay", "shrink", "crash", "trace", "hypothesis", "cache")


def run(args: argparse.Namespace) -> int:
    """Children do the plan; their findings are printed."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    folder = Path(args.folder)
    folder.mkdir(parents=True, exist_ok=True)
    sums: dict[str, Any] = {"kinds": {}, "tiers": {}, "memory": 0, "found": 0}
    findings = 0
    skip = 0
    with tempfile.NamedTemporaryFile(dir=folder, prefix="place") as place:
        place.write(bytes(PLACE_SIZE))
        place.flush()
        common = ["--engines", args.engines, "--folder", args.folder, "--most", str(args.most)]
        common += ["--start", args.start, "--attempts", str(args.attempts)]
        while True:
            what = ["work", "--seed", str(args.seed), "--rounds", str(args.rounds), "--kinds", args.kinds]
            status, found = child([*what, "--skip", str(skip), "--place", place.name, *common], sums)
            findings += found
            at = Path(place.name).read_bytes().rstrip(b"\0").decode()
            if status in (0, STOPPED):
                break
            number, _, name = at.partition(" ")
            print(f"{name or 'start'}: the process ended with status {status}", flush=True)
            findings += 1
            if not name or status > 0:  # not a crash, but a fault in what makes or runs cases
                break
            child(["crash", name, *common], sums)
            if findings >= args.most:
                break
            skip = int(number) + 1
    summary(sums, findings, args)
    return 1 if findings else 0


def child(arguments: list[str], sums: dict[str, Any]) -> tuple[int, int]:
    """(exit status, differences) of a child."""
    start = arguments[arguments.index("--start") + 1]
    command = [sys.executable, *([start] if start else []), str(HERE), *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    before = sums["found"]
    try:
        listen(process.stdout, sums)
    except KeyboardInterrupt:
        process.terminate()
        return STOPPED, sums["found"] - before
    return process.wait(), sums["found"] - before


def listen(lines: Iterable[str], sums: dict[str, Any]) -> None:
    """Print and add up what a child tells."""
    for line in lines:
        if not line.startswith("{"):
            print(line, end="", flush=True)
            continue
        told = json.loads(line)
        if "difference" in told:
            sums["found"] += 1
            print(f"{told['difference']}: reference / {told['engine']}, piece {told['piece']}")
            for text in told["lines"][:12]:
                print(f"  {text[:300]}")
            print(f"  repeat: {Path(sys.executable).name} {relative(HERE)} replay {told['file']}", flush=True)
        else:
            add(sums, told["totals"])


def relative(path: Path) -> str:
    """As seen from here, if it is below."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def add(sums: dict[str, Any], totals: dict[str, Any]) -> None:
    """Add up what a child did."""
    for kind, counts in totals["kinds"].items():
        old = sums["kinds"].get(kind, [0, 0, 0])
        sums["kinds"][kind] = [a + b for a, b in zip(old, counts, strict=True)]
    for engine, values in totals["tiers"].items():
        tier = sums["tiers"].setdefault(engine, {})
        for name, value in values.items():
            tier[name] = tier.get(name, 0) + value
    sums["memory"] = max(sums["memory"], totals["memory"])


def summary(sums: dict[str, Any], findings: int, args: argparse.Namespace) -> None:
    """What was done."""
    for kind, (cases, pieces, instructions) in sums["kinds"].items():
        print(f"{kind:8} {cases:8} cases {pieces:10} pieces {instructions:12} instructions")
    for engine, tier in sums["tiers"].items():
        done = {name: tier.get(name, 0) for name in ("reference", "interpreter", "regions")}
        total = sum(done.values())
        if total:
            shares = ", ".join(f"{name} {value / total:.1%}" for name, value in done.items() if value)
            print(f"{engine}: {total:.0f} instructions by tier: {shares}")
        rest = {k: v for k, v in tier.items() if k not in done}
        if rest:
            print(f"  {', '.join(f'{k} {v:g}' for k, v in rest.items())}")
    pieces = sum(counts[1] for counts in sums["kinds"].values())
    print(f"seed {args.seed}: {pieces} pieces in {args.engines}, {findings} differences")


def load(name: str) -> Case:
    """A file, or a case by its name."""
    if Path(name).is_file():
        return Case.from_json(Path(name).read_text())
    kind, seed, index = name.split(":")
    return make_case(kind, int(seed), int(index))


def replay(args: argparse.Namespace) -> int:
    """Show a case, and what is different."""
    from fuzz_show import show

    case = load(args.case)
    print(show(case), flush=True)
    found = compare(case, args.engines.split(","))
    if found is None:
        print("no difference")
        return 0
    print(f"reference / {found.engine}, after piece {found.piece}:")
    for line in found.lines:
        print(f"  {line}")
    return 1


def shrink(args: argparse.Namespace) -> int:
    """Make a case smaller."""
    case = load(args.case)
    shrinker = Shrinker(case, lambda c: compare(c, args.engines.split(",")))
    path = Path(args.folder) / (case.name.replace(":", "-") + ".json")
    shrinker.run().save(path)
    print(f"{path}: {shrinker.found.lines[:5]}")
    return 1


def by_hypothesis(args: argparse.Namespace) -> int:
    """Single instructions; 200 examples a round."""
    from fuzz_hypothesis import search

    examples = 200 * args.rounds
    found = search(args.seed, examples, args.engines.split(","))
    if found is not None:
        print(found)
    print(f"{examples} examples, {int(found is not None)} differences")
    return int(found is not None)


def damaged_cache(args: argparse.Namespace) -> int:
    """Files of translated code; one program a round."""
    from fuzz_cache import search

    damaged, loaded, found = search(args.seed, args.rounds)
    for line in found:
        print(line)
    print(f"{damaged} files damaged, {loaded} regions loaded, {len(found)} differences")
    return int(bool(found))


def main() -> int:
    """By the arguments."""
    parser = argparse.ArgumentParser(description="differential fuzzing of the engines")
    parser.add_argument("what", nargs="?", default="run", choices=list(WHAT))
    parser.add_argument("case", nargs="?", default="")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--kinds", default=",".join(KINDS))
    parser.add_argument("--engines", default=",".join(engines()))
    parser.add_argument("--folder", default="build/fuzz")
    parser.add_argument("--skip", type=int, default=0)
    parser.add_argument("--place", default="")
    parser.add_argument("--start", default="", help="a program that starts this one")
    parser.add_argument("--attempts", type=int, default=3000, help="at making a case smaller")
    parser.add_argument("--most", type=int, default=40, help="differences after which a child ends")
    args = parser.parse_args()
    names = args.engines.split(",")
    if args.what == "run":
        return run(args)
    if args.what == "replay":
        return replay(args)
    if args.what == "cache":
        return damaged_cache(args)
    if args.what == "hypothesis":
        return by_hypothesis(args)
    if args.what == "shrink":
        return shrink(args)
    if args.what == "crash":
        shrink_crash(load(args.case), names, Path(args.folder), args.attempts)
    elif args.what == "trace":
        machine = Machine(REFERENCE, engine_for(REFERENCE), load(args.case))
        for piece in machine.case.pieces:
            machine.run_piece(piece)
            print(machine.log)
    else:
        plan = args.kinds.split(","), args.seed, args.rounds, args.skip
        work(*plan, names, Place(Path(args.place)), Path(args.folder), args.most, args.attempts)
    return 0


if __name__ == "__main__":
    sys.exit(main())
