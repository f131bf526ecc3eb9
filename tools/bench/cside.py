"""The fixed-point kernels in C (kernels/*.c), compiled by ``gcc -O2`` when they are measured, if there is a gcc."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from vm370.tools.bench import BenchError
from vm370.tools.bench.kernel import Kernel
from vm370.tools.bench.own import SOURCES

COMPILER = "gcc"
OPTIONS = ("-O2", "-std=gnu11")
DRIVER = SOURCES / "driver.c"


def available() -> bool:
    """There is a compiler."""
    return shutil.which(COMPILER) is not None


def has_source(kernel: Kernel) -> bool:
    """There is a C version of this kernel of ours."""
    return (SOURCES / f"{kernel.name}.c").is_file() and kernel.result is not None


class CProgram:
    """One kernel, compiled."""

    def __init__(self, kernel: Kernel, folder: Path) -> None:
        self._kernel, self._program = kernel, folder / kernel.name
        source = SOURCES / f"{kernel.name}.c"
        command = [COMPILER, *OPTIONS, "-o", str(self._program), str(source), str(DRIVER)]
        made = subprocess.run(command, capture_output=True, text=True, check=False)
        if made.returncode:
            raise BenchError(f"{source}: {COMPILER} failed: {made.stderr.strip()}")

    def seconds(self, count: int) -> float:
        """CPU time of ``count`` repetitions, whose result is compared."""
        output = subprocess.run([self._program, str(count)], capture_output=True, text=True, check=True).stdout
        result, took = output.split()
        self._kernel.check(count, bytes.fromhex(result), None, "C")
        return float(took)

    def count_for(self, seconds: float) -> int:
        """Repetitions that take about so long."""
        count = 1
        while (took := self.seconds(count)) < 0.02:
            count *= 8
        return max(1, int(count * seconds / took))
