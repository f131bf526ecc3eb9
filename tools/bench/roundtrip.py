"""What a trap costs: round trips of a virtual machine, in microseconds, in each engine, with SET ASSIST ON and OFF.

svc_lpsw    SVC, a handler that is one LPSW, and a branch: with the assist inside the engine; without it two traps to
            CP, which reflects the one and simulates the other
svc_masked  the same while an external interruption is pending that the PSWs have masked off (a guest that does not use
            its interval timer has one before long)
diagnose    DIAGNOSE X'60' (storage size), the shortest hypercall, and a branch: from the guest to CP and back

SET TIMER is OFF.  CPU time of the process, the best of several slices.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from typing import Any

from vm370.cp.engine.engines import ENGINES
from vm370.cp.machine import VirtualMachine
from vm370.cp.s370.psw import Psw
from vm370.cp.system import System
from vm370.tools.bench import BenchError, host
from vm370.tools.bench.progress import Progress

USERID = "BENCH"
DIRECTORY = f"""\
DIRECTORY 6A1 3350 CMS190
USER {USERID} NOLOG 1M 16M G
 CONSOLE 009 3215
"""
SVC_NEW, BEGIN = 0x60, 0x200
#   name       storage                                                     instructions of a round trip
LOOPS: dict[str, tuple[dict[int, str], int]] = {
    "svc_lpsw": ({SVC_NEW: "0000000000000300", BEGIN: "0A0747F00200", 0x300: "82000020"}, 3),
    "svc_masked": ({SVC_NEW: "0000000000000300", BEGIN: "0A0747F00200", 0x300: "82000020"}, 3),
    "diagnose": ({BEGIN: "8323006047F00200"}, 2),
}  # fmt: skip
SLICE = 3_000
"""Instructions of the first slice; longer ones follow until they take PART of the time."""
PART = 0.2
INTERRUPT_KEY = 0x40
"""Code of the external interruption that is pending in a loop whose name ends with MASKED."""
MASKED = "masked"


def configure(parser: argparse.ArgumentParser) -> None:
    """Options."""
    parser.add_argument("--engine", choices=ENGINES, action="append", help="only this engine (may be repeated)")
    parser.add_argument("--seconds", type=float, default=0.5, help="CPU time of one measurement (default 0.5)")


def measure(args: argparse.Namespace) -> dict[str, Any]:
    """All round trips."""
    if args.seconds <= 0:
        raise BenchError("--seconds has to be positive")
    engines = list(args.engine or ENGINES)
    lines = []
    progress = Progress(2 * len(LOOPS) * len(engines))
    with tempfile.TemporaryDirectory(prefix="vm370-bench-") as folder:
        home = Path(folder)
        (home / "disks").mkdir()
        (home / "directory").write_text(DIRECTORY)
        system = System(home)
        system.engines.wait()
        entry = system.directory.find(USERID)
        assert entry is not None
        vm = system.logon(entry, None)
        for engine in engines:
            served = system.engines.serving(engine)
            for name in LOOPS:
                for assist in (True, False):
                    progress(f"{name}, {engine}, assist {'on' if assist else 'off'}")
                    took = round_trip(vm, name, engine, assist, args.seconds) if served == engine else None
                    lines.append({"name": name, "engine": engine, "assist": assist, "us": took})
        system.shutdown()
    progress.end()
    return {"roundtrips": lines, "machine": host.description()}


def round_trip(vm: VirtualMachine, name: str, engine: str, assist: bool, seconds: float) -> float:
    """Microseconds of one."""
    pieces, instructions = LOOPS[name]
    vm.reset(clear=True)
    vm.set_engine(engine)
    vm.set_assist(assist)
    vm.set_impure(True)
    vm.set_timer("OFF")
    if name.endswith(MASKED):
        vm.external_interruption(INTERRUPT_KEY)
    for address, text in pieces.items():
        vm.storage.write(address, bytes.fromhex(text))
    vm.cpu.psw = Psw(address=BEGIN)
    vm.in_cp = vm.stopped = False
    best, budget, spent = float("inf"), SLICE, 0.0
    while spent < seconds:
        before, start = vm.cpu.instructions, time.process_time()
        vm.run_slice(budget)
        took, executed = time.process_time() - start, vm.cpu.instructions - before
        if vm.stopped or executed < budget - instructions:
            raise BenchError(f"{name}: {engine}: the guest stopped at PSW {vm.psw_text()}")
        spent += took
        if took < PART * seconds:
            budget *= 2
        best = min(best, took * 1e6 / (executed / instructions))
    return float(f"{best:.3g}")


def show(answer: dict[str, Any]) -> None:
    """As a table."""
    print(f"{'round trip':12} {'engine':12} {'assist on':>12} {'assist off':>12}   microseconds")
    lines = answer["roundtrips"]
    for on, off in zip(lines[::2], lines[1::2], strict=True):
        figures = [f"{line['us']:12.3f}" if line["us"] is not None else f"{'-':>12}" for line in (on, off)]
        print(f"{on['name']:12} {on['engine']:12} {figures[0]} {figures[1]}")
    print(host.sentence(answer["machine"]))
