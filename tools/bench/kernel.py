"""A kernel: a storage image that does its work N times, with results that are known.

The format of the files is that of the instruction vectors' benchmark folder, one JSON object::

    storage        [{"addr": hex, "hex": bytes}...]    everything else is zero
    psw            to start with (location 0 has the same: restart starts the kernel too)
    end_psw        the disabled wait at the end
    expected       {"N": {"result": 16 bytes at 180, "instructions": how many}...}
    instructions   {"base": b, "per_iteration": p}     b + p * N instructions, exactly or nearly (kernel ``exact``)

N is the fullword at location 100.  Our own kernels (own.py) give the same result for any N.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vm370.tools.bench import BenchError

COUNT_LOCATION, RESULT_LOCATION, RESULT_LENGTH = 0x100, 0x180, 16
END_PSW = bytes.fromhex("000A000000000000")
HIGHEST_COUNT = 0x7FFFFFFF
MAINSIZE = 1 << 21


class KernelError(BenchError):
    """A kernel file that cannot be used, or a kernel that gives another result than expected."""


@dataclass(frozen=True)
class Kernel:
    """One kernel; ``expected`` has (result, instructions) for some N, ``result`` what every other N gives, if known."""

    name: str
    storage: tuple[tuple[int, bytes], ...]
    psw: bytes
    base: int
    per_iteration: int
    expected: Mapping[int, tuple[bytes, int]]
    result: bytes | None = None
    end_psw: bytes = END_PSW
    mainsize: int = MAINSIZE

    @property
    def exact(self) -> bool:
        """The number of instructions is known for every N."""
        return all(self.base + count * self.per_iteration == known for count, (_, known) in self.expected.items())

    def instructions(self, count: int) -> int:
        """How many instructions N = ``count`` is: exactly, or by the largest N that is known."""
        if count in self.expected:
            return self.expected[count][1]
        if self.exact:
            return self.base + count * self.per_iteration
        largest = max(self.expected)
        return round(self.base + count * (self.expected[largest][1] - self.base) / largest)

    def count_for(self, instructions: float) -> int:
        """An N for about so many instructions."""
        per_iteration = (self.instructions(1000) - self.base) / 1000
        return max(1, min(int((instructions - self.base) / per_iteration), HIGHEST_COUNT))

    def more(self, count: int) -> int:
        """An N for eight times as many instructions."""
        return min(max(self.count_for(8 * self.instructions(count)), 2 * count), HIGHEST_COUNT)

    def check(self, count: int, result: bytes, instructions: int | None, who: str) -> None:
        """Compare a run with what is known; ``instructions`` None: nobody counted them."""
        known, number = self.expected.get(count, (self.result, self.instructions(count) if self.exact else None))
        if known is not None and result != known:
            raise KernelError(
                f"{self.name}: {who}: N = {count}: result {result.hex().upper()}, expected {known.hex().upper()}"
            )
        if number is not None and instructions is not None and instructions != number:
            raise KernelError(f"{self.name}: {who}: N = {count}: {instructions} instructions, expected {number}")

    def image(self, count: int) -> bytes:
        """Storage from location 0 to the last byte that is not zero."""
        image = bytearray(max(address + len(data) for address, data in self.storage))
        for address, data in self.storage:
            image[address : address + len(data)] = data
        image[COUNT_LOCATION : COUNT_LOCATION + 4] = count.to_bytes(4, "big")
        return bytes(image)

    def as_data(self) -> dict[str, Any]:
        """What :func:`from_data` takes."""
        return {
            "name": self.name,
            "storage": [{"addr": f"{address:06X}", "hex": data.hex()} for address, data in self.storage],
            "psw": self.psw.hex(),
            "end_psw": self.end_psw.hex(),
            "mainsize": self.mainsize,
            "instructions": {"base": self.base, "per_iteration": self.per_iteration},
            "expected": {
                str(count): {"result": result.hex(), "instructions": number}
                for count, (result, number) in self.expected.items()
            },
            "result_always": None if self.result is None else self.result.hex(),
        }


def from_data(data: Any, source: str) -> Kernel:
    """A kernel from a file's content; KernelError says what is wrong with it."""
    try:
        always = data.get("result_always")
        kernel = Kernel(
            name=str(data["name"]),
            storage=tuple((int(piece["addr"], 16), bytes.fromhex(piece["hex"])) for piece in data["storage"]),
            psw=bytes.fromhex(data["psw"]),
            base=int(data["instructions"]["base"]),
            per_iteration=int(data["instructions"]["per_iteration"]),
            expected={
                int(count): (bytes.fromhex(known["result"]), int(known["instructions"]))
                for count, known in data["expected"].items()
            },
            result=None if always is None else bytes.fromhex(always),
            end_psw=bytes.fromhex(data.get("end_psw", END_PSW.hex())),
            mainsize=int(data.get("mainsize", MAINSIZE)),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise KernelError(f"{source}: not a kernel: {type(error).__name__}: {error}") from error
    if not kernel.storage or not kernel.expected or kernel.per_iteration < 1:
        raise KernelError(f"{source}: not a kernel: storage, expected results and instructions are needed")
    if not 4096 <= kernel.mainsize <= 1 << 24 or kernel.mainsize % 4096:
        raise KernelError(f"{source}: mainsize {kernel.mainsize}, expected a multiple of 4096 up to 16 MiB")
    if len(kernel.psw) != 8 or len(kernel.end_psw) != 8:
        raise KernelError(f"{source}: not a kernel: a PSW has 8 bytes")
    for address, piece in kernel.storage:
        if address < 0 or address + len(piece) > kernel.mainsize:
            raise KernelError(f"{source}: {len(piece)} bytes at {address:06X} are not within {kernel.mainsize} bytes")
    for count, (result, _) in kernel.expected.items():
        if not 1 <= count <= HIGHEST_COUNT or len(result) != RESULT_LENGTH:
            raise KernelError(f"{source}: expected result for N = {count}: not 16 bytes, or N is out of range")
    return kernel


def read_kernel(path: Path) -> Kernel:
    """A kernel file."""
    try:
        return from_data(json.loads(path.read_text()), str(path))
    except (OSError, ValueError) as error:
        raise KernelError(f"{path}: not a kernel: {error}") from error


def read_kernels(paths: list[Path]) -> list[Kernel]:
    """Files, and all ``*.json`` of folders."""
    kernels = []
    for path in paths:
        files = sorted(path.glob("*.json")) if path.is_dir() else [path]
        if not files:
            raise KernelError(f"{path}: no kernels (*.json) there")
        kernels += [read_kernel(file) for file in files]
    return kernels
