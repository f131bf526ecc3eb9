"""How fast the engines are: kernels of guest code, in millions of instructions per second of CPU time.

A kernel is a JSON file: a storage image with a loop, the repetition count at location 100, the result in 16 bytes at
180, a disabled wait PSW at the end; ``expected`` gives result and number of instructions for some repetition counts.
Both are compared; a kernel with a wrong result has no speed.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vm370.cp.engine.engines import ENGINES, REFERENCE, engine_for
from vm370.cp.s370.cpu import Cpu
from vm370.cp.s370.interceptions import Waiting
from vm370.cp.s370.psw import Psw
from vm370.cp.s370.storage import Storage
from vm370.tools.bench import BenchError

COUNT_LOCATION, RESULT_LOCATION = 0x100, 0x180
SMALL = 100_000
"""The reference engine executes so many instructions at least, and no more than it needs."""


class KernelError(BenchError):
    """A kernel file that cannot be used, or a kernel that gives another result than expected."""


@dataclass(frozen=True)
class Kernel:
    """One kernel file."""

    path: Path
    name: str
    data: dict[str, Any]

    @classmethod
    def read(cls, path: Path) -> Kernel:
        """From a file."""
        try:
            data = json.loads(path.read_text())
            return cls(path, str(data["name"]), data)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise KernelError(f"{path}: not a kernel: {error!r}") from error

    def counts(self) -> list[int]:
        """Repetition counts with a known result."""
        return sorted(int(count) for count in self.data["expected"])

    def instructions(self, count: int) -> int:
        """How many instructions that many repetitions are."""
        return int(self.data["instructions"]["base"]) + count * int(self.data["instructions"]["per_iteration"])

    def load(self, count: int) -> Cpu:
        """A CPU that is about to execute the kernel."""
        cpu = Cpu(Storage(int(self.data["mainsize"])))
        for piece in self.data["storage"]:
            cpu.storage.write(int(piece["addr"], 16), bytes.fromhex(piece["hex"]))
        cpu.storage.write(COUNT_LOCATION, count.to_bytes(4, "big"))
        cpu.psw = Psw.from_bytes(bytes.fromhex(self.data["psw"]))
        return cpu

    def run(self, engine: str, count: int) -> tuple[int, float]:
        """(instructions, seconds of CPU time) of a run, whose result is compared where it is known."""
        cpu = self.load(count)
        run = engine_for(engine).run
        start = time.process_time()
        stop = run(cpu, 1 << 50)
        seconds = time.process_time() - start
        expected = self.data["expected"].get(str(count))
        result = cpu.storage.read(RESULT_LOCATION, 16).hex().upper()
        if not isinstance(stop, Waiting):
            raise KernelError(f"{self.path}: {engine}: ended by {stop}")
        if expected and (result != expected["result"] or cpu.instructions != expected["instructions"]):
            raise KernelError(
                f"{self.path}: {engine}: {count} repetitions: result {result} after {cpu.instructions} instructions,"
                f" expected {expected['result']} after {expected['instructions']}"
            )
        return cpu.instructions, seconds


def configure(parser: argparse.ArgumentParser) -> None:
    """Options."""
    parser.add_argument(
        "kernels", nargs="*", type=Path, metavar="FILE", help="kernel files (default: those of VM370_VECTORS)"
    )
    parser.add_argument("--engine", choices=ENGINES, action="append", help="only this engine (may be repeated)")
    parser.add_argument("--seconds", type=float, default=1.0, help="CPU time of one native measurement (default 1)")
    parser.add_argument("--runs", type=int, default=3, help="measurements, of which the best counts (default 3)")


def default_kernels() -> list[Path]:
    """The kernels of the folder VM370_VECTORS, or of ../shared/vectors beside the checkout."""
    beside = Path(__file__).resolve().parents[3] / "shared" / "vectors"
    folder = Path(os.environ.get("VM370_VECTORS") or beside) / "bench"
    found = sorted(folder.glob("*.json"))
    if not found:
        raise KernelError(f"{folder}: no kernels there; name the files, or set VM370_VECTORS")
    return found


def measure(args: argparse.Namespace) -> dict[str, Any]:
    """The answer."""
    kernels = [Kernel.read(path) for path in args.kernels or default_kernels()]
    lines = [
        measured(kernel, engine, args.seconds, args.runs) for kernel in kernels for engine in args.engine or ENGINES
    ]
    means = {
        engine: round(math.exp(sum(math.log(x["mips"]) for x in lines if x["engine"] == engine) / len(kernels)), 2)
        for engine in args.engine or ENGINES
    }
    return {"kernels": lines, "summary": {"mips_geometric_mean": means}}


def measured(kernel: Kernel, engine: str, seconds: float, runs: int) -> dict[str, Any]:
    """Speed of one kernel in one engine."""
    counts = kernel.counts()
    enough = [count for count in counts if kernel.instructions(count) >= SMALL]
    count = enough[0] if engine == REFERENCE and enough else counts[-1]
    instructions, took = kernel.run(engine, count)
    if engine != REFERENCE and took < seconds:
        count = min(int(count * seconds / max(took, 1e-3)), 0x7FFFFFFF)
    best = instructions / took
    for _ in range(runs - 1 if engine == REFERENCE else runs):
        instructions, took = kernel.run(engine, count)
        best = max(best, instructions / took)
    return {"name": kernel.name, "engine": engine, "mips": round(best / 1e6, 3), "instructions": instructions}


def show(answer: dict[str, Any]) -> None:
    """As a table."""
    print(f"{'kernel':16} {'engine':12} {'MIPS':>10}")
    for line in answer["kernels"]:
        print(f"{line['name']:16} {line['engine']:12} {line['mips']:10.2f}")
    for engine, mips in answer["summary"]["mips_geometric_mean"].items():
        print(f"{'geometric mean':16} {engine:12} {mips:10.2f}")
