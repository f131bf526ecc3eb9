"""What CMS commands cost in three machines, in one run.

    pure       SET IMPURE OFF        no DIAGNOSE: channel programs, wait PSWs, interruptions
    genuine    SET IMPURE GENUINE    the DIAGNOSE functions that VM/370 and its successors have
    own        SET IMPURE ON         vm370's own ones too: status page, bulk block I/O

For each command: traps, CP's time and the guest's, per command.  The rounds of the three take turns, so that whatever
else the host does meets them all; SET ASSIST is ON.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from vm370.cp.counters import Counters
from vm370.cp.machine import VirtualMachine
from vm370.tools.bench import BenchError, host
from vm370.tools.bench.harness import Bench
from vm370.tools.disk.api import put_files
from vm370.tools.disk.transfer import Form
from vm370.tools.home import make_home

MACHINES = {"pure": "OFF", "genuine": "GENUINE", "own": "ON"}
COMMANDS = (
    "* READY",
    "LISTFILE * * S (DATE",
    "TYPE SOURCE DATA A 1 500",
    "COPYFILE SOURCE DATA A COPY DATA A (REPLACE",
)
RECORD = 80


def configure(parser: argparse.ArgumentParser) -> None:
    """Options."""
    parser.add_argument("--rounds", type=int, default=5, help="rounds of each command in each machine (default 5)")
    parser.add_argument("--kib", type=int, default=1024, help="size of the file that is copied (default 1024)")


def measure(args: argparse.Namespace) -> dict[str, Any]:
    """All commands in all machines, in turn; medians."""
    if args.rounds < 1 or args.kib < 1:
        raise BenchError("--rounds and --kib have to be positive")
    with tempfile.TemporaryDirectory(prefix="vm370-bench-") as folder:
        source = Path(folder) / "source.data"
        lines = (f"{number:06} A LINE".ljust(RECORD - 1, ".") for number in range(args.kib * 1024 // RECORD))
        source.write_text("\n".join(lines) + "\n")
        benches = {name: _start(Path(folder) / name, source, setting) for name, setting in MACHINES.items()}
        found: dict[tuple[str, str], list[dict[str, float]]] = {}
        for turn in range(args.rounds + 1):
            for command in COMMANDS:
                for name, (bench, vm) in benches.items():
                    cost = _cost(vm, partial(bench.type, command))
                    if turn:
                        found.setdefault((command, name), []).append(cost)
        for bench, _ in benches.values():
            bench.close()
    rows = [{"command": command, "machine": name, **_medians(costs)} for (command, name), costs in found.items()]
    return {"rows": rows, "kib": args.kib, "rounds": args.rounds, "machine": host.description()}


def _start(home: Path, source: Path, setting: str) -> tuple[Bench, VirtualMachine]:
    make_home(home, lambda text, done, steps: None)
    put_files(home / "disks" / "CMU191.ckd", [source], Form(recfm="F", lrecl=RECORD))
    bench = Bench(home)
    vm = bench.logon("CMSUSER")
    bench.type(f"SET IMPURE {setting}", "IPL CMS")
    return bench, vm


def _cost(vm: VirtualMachine, work: Callable[[], object]) -> dict[str, float]:
    vm.counters = counters = Counters()
    work()
    return {
        "traps": counters.traps.total(),
        "interruptions": counters.reflected.total(),
        "us_in_cp": counters.cp_ns / 1000,
        "us_in_guest": counters.guest_ns / 1000,
    }


def _medians(costs: list[dict[str, float]]) -> dict[str, float]:
    return {key: statistics.median(cost[key] for cost in costs) for key in costs[0]}


def show(answer: dict[str, Any]) -> None:
    """A table; the ratios are to the machine with vm370's own functions."""
    own = {row["command"]: row for row in answer["rows"] if row["machine"] == "own"}
    print(f"{'':44} {'':8} {'traps':>7} {'int.':>6} {'us in CP':>10} {'in guest':>10} {'traps':>7} {'time':>6}")
    for row in answer["rows"]:
        base = own[row["command"]]
        time, least = (r["us_in_cp"] + r["us_in_guest"] for r in (row, base))
        print(
            f"{row['command']:44} {row['machine']:8} {row['traps']:7.0f} {row['interruptions']:6.0f} "
            f"{row['us_in_cp']:10.0f} {row['us_in_guest']:10.0f} "
            f"{row['traps'] / max(base['traps'], 1):6.1f}x {time / max(least, 1e-9):5.1f}x"
        )
    print(f"medians of {answer['rounds']} rounds, file of {answer['kib']} KiB; {answer['machine']}")
