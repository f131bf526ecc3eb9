"""Guests side by side: how long one compute-bound guest takes, two, and so on up to one for each core.

Each guest runs the same kernel in a virtual machine of its own in one system, dispatched in rounds as ``vm370 run``
does it.  Wall time, the best of three:

alone_s       one guest, one worker
seconds       N guests with N workers; ``speedup``: N times ``alone_s`` by this (N is perfect)
in_turn_s     N guests with one worker
share_s       one guest and N workers: what the pool costs a guest that is alone
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path
from typing import Any

from vm370.cp.engine.engines import ENGINES, REFERENCE
from vm370.cp.s370.psw import Psw
from vm370.cp.system import System
from vm370.tools.bench import BenchError, host
from vm370.tools.bench.kernel import RESULT_LENGTH, RESULT_LOCATION
from vm370.tools.bench.own import own_kernel

KERNEL = "sieve"
SECONDS = 1.0
"""What a guest alone should take."""
ENOUGH = 0.8
"""Share of it that is long enough; the first run of a count may have been slow, as code was translated in it."""
TRIES = 3


def configure(parser: argparse.ArgumentParser) -> None:
    """Options."""
    parser.add_argument("--engine", choices=list(ENGINES), help="only this engine (default: the native ones)")
    parser.add_argument("--guests", type=int, default=os.cpu_count() or 1, help="how many guests (default: the cores)")


def measure(args: argparse.Namespace) -> dict[str, Any]:
    """Each engine."""
    if not 1 <= args.guests <= 64:
        raise BenchError(f"{args.guests} guests: expected 1 to 64")
    names = [args.engine] if args.engine else [name for name in ENGINES if name != REFERENCE]
    with tempfile.TemporaryDirectory(prefix="vm370-bench-") as folder:
        home = Path(folder)
        (home / "disks").mkdir()
        users = "".join(f"USER GUEST{number} NOLOG 2M 2M G\n" for number in range(args.guests))
        (home / "directory").write_text(f"DIRECTORY 6A1 3350 CMS190\n{users}")
        engines = [_engine(home, name, args.guests) for name in names]
    return {"kernel": KERNEL, "guests": args.guests, "engines": engines, "machine": host.description()}


def _engine(home: Path, engine: str, guests: int) -> dict[str, Any]:
    count = 1
    while (taken := min(run(home, engine, count, 1, 1) for _ in range(2))) < ENOUGH * SECONDS:
        count = max(count + 1, round(count * min(8, SECONDS / taken)))
    alone, together, in_turn, share = (
        min(run(home, engine, count, number, workers) for _ in range(TRIES))
        for number, workers in ((1, 1), (guests, guests), (guests, 1), (1, guests))
    )
    return {
        "engine": engine,
        "mips_alone": own_kernel(KERNEL).instructions(count) / alone / 1e6,
        "alone_s": alone,
        "seconds": together,
        "speedup": guests * alone / together,
        "in_turn_s": in_turn,
        "share_s": share,
    }


def run(home: Path, engine: str, count: int, guests: int, workers: int) -> float:
    """Seconds until all guests have done the kernel ``count`` times; their results are checked."""
    kernel = own_kernel(KERNEL)
    system = System(home, workers=workers)
    try:
        system.engines.wait()
        if system.engines.serving(engine) != engine:
            raise BenchError(f"engine {engine} is not there")
        machines = []
        for number in range(guests):
            entry = system.directory.find(f"GUEST{number}")
            assert entry is not None
            vm = system.logon(entry, None)
            vm.set_engine(engine)
            vm.storage.write(0, kernel.image(count))
            vm.cpu.psw = Psw.from_bytes(kernel.psw)
            vm.resume()
            machines.append(vm)
        begin = time.perf_counter()
        while system.step():
            pass
        taken = time.perf_counter() - begin
        for vm in machines:
            result = vm.storage.read(RESULT_LOCATION, RESULT_LENGTH)
            kernel.check(count, result, vm.cpu.instructions, f"{engine}, {vm.userid}")
        return taken
    finally:
        system.shutdown()


def show(answer: dict[str, Any]) -> None:
    """As text."""
    guests = answer["guests"]
    print(f"kernel {answer['kernel']}, {guests} guests, seconds")
    print(f"{'':12} {'alone':>8} {'together':>9} {'speedup':>8} {'in turn':>8} {'alone, with a pool':>19}")
    for row in answer["engines"]:
        print(
            f"{row['engine']:12} {row['alone_s']:8.2f} {row['seconds']:9.2f} {row['speedup']:8.2f} "
            f"{row['in_turn_s']:8.2f} {row['share_s']:19.2f}"
        )
    print(host.sentence(answer["machine"]))
