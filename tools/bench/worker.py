"""Measurements in processes of their own: nothing that one run compiled helps another, and a crash is a finding.

The job is a JSON object on standard input, the answer one on standard output::

    {"job": "warm",    "engine": E}                                make or load the engine
    {"job": "measure", "engine": E, "kernel": {...}, "count": N}   {"instructions", "cpu", "wall"}: seconds
    {"job": "prepare", "engine": E, "kernel": {...}}               compare the known results; {"mips"}: roughly

CPU time is that of the whole process, threads that compile in the background included.  A fault is {"error": text}.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from vm370.cp.engine.engines import REFERENCE, engine_for
from vm370.cp.s370.cpu import Cpu
from vm370.cp.s370.interceptions import BudgetEnd, Waiting
from vm370.cp.s370.psw import Psw
from vm370.cp.s370.storage import Storage
from vm370.tools.bench import BenchError
from vm370.tools.bench.kernel import (
    END_PSW,
    HIGHEST_COUNT,
    RESULT_LENGTH,
    RESULT_LOCATION,
    Kernel,
    KernelError,
    from_data,
)

SLICE = 10_000_000
"""Instructions that an engine is given at once; between slices it may install what was compiled."""
KNOWN_LIMIT = {REFERENCE: 1_000_000}
"""Instructions of the longest known result that an engine is checked with (others: 100 million)."""
ENOUGH_SECONDS = 0.15


def loaded(kernel: Kernel, count: int) -> Cpu:
    """A CPU that is about to execute the kernel."""
    cpu = Cpu(Storage(kernel.mainsize))
    cpu.storage.write(0, kernel.image(count))
    cpu.psw = Psw.from_bytes(kernel.psw)
    return cpu


def run(kernel: Kernel, engine: str, count: int) -> dict[str, Any]:
    """One run, compared with what is known about it."""
    cpu, execute = loaded(kernel, count), engine_for(engine).run
    limit = 2 * kernel.instructions(count) + SLICE
    wall, used = time.perf_counter(), time.process_time()
    stop = execute(cpu, SLICE)
    while isinstance(stop, BudgetEnd) and cpu.instructions < limit:
        stop = execute(cpu, SLICE)
    used, wall = time.process_time() - used, time.perf_counter() - wall
    if not isinstance(stop, Waiting) or cpu.psw.to_bytes() != kernel.end_psw:
        raise KernelError(f"{kernel.name}: {engine}: N = {count}: ended by {stop}, PSW {cpu.psw.to_bytes().hex()}")
    kernel.check(count, cpu.storage.read(RESULT_LOCATION, RESULT_LENGTH), cpu.instructions, engine)
    return {"instructions": cpu.instructions, "cpu": used, "wall": wall}


def warm(engine: str) -> None:
    """Make or load the engine: one instruction that stops the CPU.  BenchError if it cannot be had."""
    available = getattr(engine_for(engine), "available", None)
    if available is not None and not available():
        raise BenchError(f"{engine}: native code is not available on this host")
    image = bytes.fromhex("0008000000000200").ljust(0x110, b"\0") + END_PSW
    image = image.ljust(0x200, b"\0") + bytes.fromhex("82000110")
    run(Kernel("nothing", ((0, image),), image[:8], 1, 1, {}, bytes(16)), engine, 0)


def prepare(kernel: Kernel, engine: str) -> float:
    """Check the results that are known; gives MIPS, measured with as many repetitions as it takes."""
    warm(engine)
    limit = KNOWN_LIMIT.get(engine, 100_000_000)
    known = sorted(count for count in kernel.expected if kernel.instructions(count) <= limit)
    for count in known or [1]:
        answer = run(kernel, engine, count)
    while answer["cpu"] < ENOUGH_SECONDS and count < HIGHEST_COUNT:
        count = kernel.more(count)
        answer = run(kernel, engine, count)
    return float(answer["instructions"] / answer["cpu"] / 1e6)


def do(job: dict[str, Any]) -> dict[str, Any]:
    """One job."""
    engine = job["engine"]
    if job["job"] == "warm":
        warm(engine)
        return {}
    kernel = from_data(job["kernel"], "job")
    if job["job"] == "prepare":
        return {"mips": prepare(kernel, engine)}
    warm(engine)
    return run(kernel, engine, job["count"])


class Workers:
    """Starts the processes, with a private cache folder that holds nothing but the engines themselves."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._environment = {**os.environ, "XDG_CACHE_HOME": str(folder)}
        self._engines: set[Path] | None = None

    def warm(self, engines: list[str]) -> list[str]:
        """Have every engine made, for later processes; those that cannot be had leave the list.  The reasons."""
        faults = []
        for engine in list(engines):
            try:
                self.call({"job": "warm", "engine": engine})
            except BenchError as error:
                engines.remove(engine)
                faults.append(str(error))
        self._engines = self._files()
        return faults

    def call(self, job: dict[str, Any]) -> dict[str, Any]:
        """The answer of a process of its own; BenchError if it has none."""
        self._forget()
        process = subprocess.run(
            [sys.executable, "-m", "vm370.tools.bench.worker"],
            input=json.dumps(job).encode(),
            env=self._environment,
            capture_output=True,
            check=False,
        )
        try:
            answer: dict[str, Any] = json.loads(process.stdout)
        except ValueError:
            last = process.stderr.decode(errors="replace").strip().splitlines()[-1:]
            text = f"exit code {process.returncode}" + "".join(f": {line}" for line in last)
            raise BenchError(f"{job['engine']}: the measuring process failed ({text})") from None
        if "error" in answer:
            raise BenchError(str(answer["error"]))
        return answer

    def _files(self) -> set[Path]:
        return {path for path in self._folder.rglob("*") if path.is_file()}

    def _forget(self) -> None:
        """Remove what earlier runs have put into the cache, translated regions above all."""
        if self._engines is not None:
            for path in self._files() - self._engines:
                path.unlink(missing_ok=True)


def main() -> int:
    """The process."""
    try:
        answer = do(json.load(sys.stdin))
    except BenchError as error:
        answer = {"error": str(error)}
    json.dump(answer, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
