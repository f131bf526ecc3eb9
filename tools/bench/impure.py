"""What impurity saves: CMS copies the same file in a pure, an assisted and an impure machine.

    pure       SET IMPURE OFF, SET ASSIST OFF   no DIAGNOSE; every privileged instruction traps
    assisted   SET IMPURE OFF, SET ASSIST ON    SVC, LPSW, SSM and program interruptions stay inside the engine
    impure     SET IMPURE ON                    CMS finds out that it is virtual and calls CP by DIAGNOSE

For each: traps by cause, instructions simulated, CCWs, interruptions reflected, hypercalls, bytes moved, and host time
in CP and in the guest for each block that was copied.  The copies are read back and must be the same.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import Any

from vm370.cp.counters import Counters
from vm370.tools.bench.harness import Bench
from vm370.tools.disk.api import open_disk, put_files
from vm370.tools.disk.transfer import Form
from vm370.tools.home import make_home

MODES = {
    "pure": ("SET IMPURE OFF", "SET ASSIST OFF"),
    "assisted": ("SET IMPURE OFF", "SET ASSIST ON"),
    "impure": ("SET IMPURE ON", "SET ASSIST OFF"),
}
BLOCK = 4096
RECORD = 80
SHOWN = ("traps", "simulated", "reflected", "hypercalls", "ccws", "bytes_moved", "us_in_cp", "us_in_guest")


def configure(parser: argparse.ArgumentParser) -> None:
    """Options."""
    parser.add_argument("--blocks", type=int, default=40, help="size of the file, in blocks of 4096 bytes (default 40)")


def measure(args: argparse.Namespace) -> dict[str, Any]:
    """The three runs, each in a fresh session."""
    with tempfile.TemporaryDirectory(prefix="vm370-bench-") as folder:
        home = Path(folder) / "home"
        make_home(home, lambda text, done, steps: None)
        source = Path(folder) / "source.data"
        records = args.blocks * BLOCK // RECORD
        lines = [f"{number:06} THE SAME FILE IN EACH MACHINE".ljust(RECORD - 1, ".") for number in range(records)]
        source.write_text("\n".join(lines) + "\n")
        put_files(home / "disks" / "CMU191.ckd", [source], Form(recfm="F", lrecl=RECORD))
        runs = {name: run(home, settings, args.blocks) for name, settings in MODES.items()}
    return {"blocks": args.blocks, "block_size": BLOCK, "runs": runs}


def run(home: Path, settings: tuple[str, ...], blocks: int) -> dict[str, Any]:
    """Boot CMS with these settings, copy the file, and tell what the copy cost."""
    bench = Bench(home)
    vm = bench.logon("CMSUSER")
    bench.type(*settings, "IPL CMS")
    vm.counters, before = Counters(), vm.channels.ccws
    moved = vm.bytes_moved
    instructions = vm.cpu.instructions
    bench.type("COPYFILE SOURCE DATA A COPY DATA A")
    counters = vm.counters
    answer: dict[str, Any] = {
        "traps": sum(counters.traps.values()),
        "simulated": sum(counters.simulated.values()),
        "reflected": sum(counters.reflected.values()),
        "hypercalls": sum(counters.hypercalls.values()),
        "ccws": vm.channels.ccws - before,
        "bytes_moved": vm.bytes_moved - moved,
        "instructions": vm.cpu.instructions - instructions,
        "us_in_cp": counters.cp_ns / 1000,
        "us_in_guest": counters.guest_ns / 1000,
        "us_per_block": (counters.cp_ns + counters.guest_ns) / 1000 / blocks,
        "by_cause": counters.as_dict(),
    }
    bench.close()
    with open_disk(home / "disks" / "CMU191.ckd") as disk:
        answer["copy_is_the_same"] = disk.read("COPY", "DATA") == disk.read("SOURCE", "DATA")
        disk.erase("COPY", "DATA")
    return answer


def show(answer: dict[str, Any]) -> None:
    """A table: one row for each figure, one column for each machine."""
    runs = answer["runs"]
    print(f"COPYFILE of {answer['blocks']} blocks of {answer['block_size']} bytes")
    print(f"{'':20}" + "".join(f"{name:>14}" for name in runs))
    for row in (*SHOWN, "instructions", "us_per_block"):
        print(f"{row.replace('_', ' '):20}" + "".join(f"{run[row]:14,.0f}" for run in runs.values()))
    print(f"{'copy is the same':20}" + "".join(f"{run['copy_is_the_same']!s:>14}" for run in runs.values()))
