"""The child process: runs cases, notes in a file which one it is at, and writes what it found as JSON lines.

    {"difference": name, "engine": ..., "piece": ..., "lines": [...], "file": ...}
    {"totals": {...}}

A case that differs is shrunk here, and saved.  A case that ends the process is shrunk by ``shrink_crash``, in a process
that forks for each attempt.
"""

from __future__ import annotations

import json
import mmap
import os
import resource
import signal
import sys
from pathlib import Path

from fuzz_case import Case
from fuzz_kinds import KINDS, make_case
from fuzz_run import Difference, Totals, compare
from fuzz_shrink import Shrinker

PLACE_SIZE = 64


class Place:
    """Which case is being run, in a file that outlives the process."""

    def __init__(self, path: Path) -> None:
        with path.open("r+b") as file:
            self.map = mmap.mmap(file.fileno(), PLACE_SIZE)

    def note(self, name: str) -> None:
        """This case comes next."""
        self.map[:PLACE_SIZE] = name.encode().ljust(PLACE_SIZE, b"\0")


def plan(kinds: list[str], seed: int, rounds: int) -> list[tuple[str, int, int]]:
    """(kind, seed, index) of all cases in their order; a kind may have its own number of cases in a round: walk=5."""
    counts = [(name, int(count or KINDS[name][1])) for name, _, count in (kind.partition("=") for kind in kinds)]
    return [
        (name, seed, number * count + i) for number in range(rounds) for name, count in counts for i in range(count)
    ]


def tell(**what: object) -> None:
    """One JSON line to the parent."""
    print(json.dumps(what), flush=True)


def work(
    kinds: list[str],
    seed: int,
    rounds: int,
    skip: int,
    engines: list[str],
    place: Place,
    folder: Path,
    most: int,
    attempts: int,
) -> None:
    """All cases of the plan but the first ``skip``."""
    totals = Totals()
    found = 0
    for number, (kind, of, index) in enumerate(plan(kinds, seed, rounds)):
        if number < skip:
            continue
        place.note(f"{number} {kind}:{of}:{index}")
        case = make_case(kind, of, index)
        before = totals.pieces, totals.instructions
        difference = compare(case, engines, totals)
        if difference is not None:
            report(case, difference, folder, attempts if found < 10 else 0)
            found += 1
            if found >= most:
                break
        count = totals.kinds.setdefault(kind, [0, 0, 0])
        count[0] += 1
        count[1] += totals.pieces - before[0]
        count[2] += totals.instructions - before[1]
        if number % 50 == 49:
            tell_totals(totals)
            totals = Totals()
    place.note("end")
    tell_totals(totals)


def tell_totals(totals: Totals) -> None:
    """What was done since the last time."""
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    tell(totals={"kinds": totals.kinds, "tiers": totals.tiers, "memory": memory})


def report(case: Case, difference: Difference, folder: Path, attempts: int) -> None:
    """Shrink, save, tell."""
    path = folder / (case.name.replace(":", "-") + ".json")
    case.save(path)
    if attempts:
        try:
            shrinker = Shrinker(case, lambda c: compare(c, [difference.engine]), attempts)
        except ValueError:
            difference.lines.append("not repeatable alone: it depends on cases before it")
        else:
            shrinker.run().save(path)
            difference = shrinker.found
    tell(difference=case.name, engine=difference.engine, piece=difference.piece, lines=difference.lines, file=str(path))


def crashes(case: Case, engine: str) -> Difference | None:
    """Run a case in a forked process; a Difference if that was ended by a signal or an exception."""
    child = os.fork()
    if child == 0:
        try:
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, 2)
            signal.alarm(20)
            compare(case, [engine])
        finally:
            os._exit(1 if sys.exc_info()[0] else 0)
    _, status = os.waitpid(child, 0)
    if status:
        return Difference(engine, len(case.pieces) - 1, [f"ended with status {status:X}"])
    return None


def shrink_crash(case: Case, engines: list[str], folder: Path, attempts: int) -> None:
    """Shrink a case that ends the process."""
    path = folder / (case.name.replace(":", "-") + ".json")
    case.save(path)
    for engine in engines:
        try:
            shrinker = Shrinker(case, lambda c, engine=engine: crashes(c, engine), attempts // 4)
        except ValueError:
            continue
        shrinker.run().save(path)
        tell(
            difference=case.name,
            engine=engine,
            piece=0,
            lines=["the process ended", *shrinker.found.lines],
            file=str(path),
        )
        return
    tell(difference=case.name, engine="?", piece=0, lines=["the process ended; not repeatable alone"], file=str(path))
