"""Damaged, foreign and misplaced files in the cache of translated code.

A program fills a cache folder; its files are damaged; a new store has to notice, and the program has to do the same.
"""

from __future__ import annotations

import os
import random
import tempfile
from pathlib import Path

from fuzz_case import Case, Piece
from fuzz_kinds import make_case
from fuzz_run import REFERENCE, Difference, Machine, difference

from vm370.cp.engine.engines import engine_for
from vm370.cp.engine.native import cache
from vm370.cp.engine.regions import disk
from vm370.cp.engine.regions.engine import Regions
from vm370.cp.engine.regions.store import RegionStore

MOST = 4000
"""Instructions of a program."""


def search(seed: int, programs: int) -> tuple[int, int, list[str]]:
    """(files damaged, regions that were loaded all the same, what was different)."""
    damaged = loaded = 0
    found: list[str] = []
    for index in range(programs):
        dice = random.Random(f"cache:{seed}:{index}")
        case = make_case("program", seed, index)
        case.pieces = [Piece([], 1 + dice.randrange(MOST), 0) for _ in range(2)]
        with tempfile.TemporaryDirectory(prefix="vm370-fuzz-") as folder:
            cache.folder = lambda folder=folder: Path(folder) / "cache"
            failed, _ = run(case)
            if failed is None:
                damaged += sum(damage(dice, path) for path in sorted(disk.folder().glob("*")))
                failed, store = run(case)
                loaded += store.counts.loaded
            if failed is not None:
                found.append(f"{case.name}: {failed.lines}")
    return damaged, loaded, found


def run(case: Case) -> tuple[Difference | None, RegionStore]:
    """Against the reference engine, with a store of its own that uses the folder."""
    store = RegionStore()
    first = Machine(REFERENCE, engine_for(REFERENCE), case)
    other = Machine("regions", Regions(case.threshold, synchronous=True, store=store), case)
    for number, piece in enumerate(case.pieces):
        first.run_piece(piece)
        other.run_piece(piece)
        failed = difference(first, other, number, True)
        if failed is not None:
            return failed, store
    return None, store


def damage(r: random.Random, path: Path) -> int:
    """Do something to a file, or nothing; how many files were damaged."""
    data = bytearray(path.read_bytes())
    kind = r.randrange(9)
    if kind == 0:
        return 0
    if kind == 1:
        data[r.randrange(len(data))] ^= 1 << r.randrange(8)
    elif kind == 2:
        del data[r.randrange(len(data)) :]
    elif kind == 3:
        data += r.randbytes(r.randrange(1, 50))
    elif kind == 4:
        at = r.randrange(len(data))
        data[at : at + 64] = bytes(min(64, len(data) - at))
    elif kind == 5:
        data[:] = r.randbytes(r.randrange(200))
    elif kind == 6:  # of another region
        data[:] = r.choice(sorted(path.parent.glob("*"))).read_bytes()
    elif kind == 7:  # rightly signed, but no object code
        content = cache.load_file(path)
        if content is None:
            return 0
        line = content.partition(b"\n")[0]
        cache.save_file(path, line + b"\n" + r.randbytes(r.randrange(300)))
        return 1
    else:
        os.chmod(path, 0o666)
        return 1
    path.write_bytes(data)
    return 1
