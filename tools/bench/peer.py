"""The peer: the same kernels on an installed Hercules, in System/370 mode.

Hercules reads its commands from a script file, which here is a pipe, and answers on standard output:

    sysclear, loadcore FILE 0     clear the machine, load the image       HHCPN113I ... bytes read
                                  (a CPU that runs refuses)               HHCPN111E ... rejected
    restart                       load the PSW at 0 and go                HHCCP011I ... Disabled wait state
                                                                                    PSW=000A0000 00000000
    r 180.10                      show the result                         R:00000180:K:06=08BBF378 7089ABAD ...

Time is the CPU time of the thread that executes instructions (Linux tells it for each thread; elsewhere the time of
the clock on the wall), for two repetition counts: the difference is free of starting and stopping.
"""

from __future__ import annotations

import os
import queue
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, TypeVar

from vm370.tools.bench import BenchError
from vm370.tools.bench.kernel import HIGHEST_COUNT, RESULT_LENGTH, RESULT_LOCATION, Kernel

T = TypeVar("T")
PROGRAM = "hercules"
CONFIGURATION = """\
ARCHMODE S/370
MAINSIZE {megabytes}
NUMCPU 1
CPUMODEL 0168
CPUSERIAL 000001
PANRATE SLOW
TIMERINT 1000000
000E 1403 {folder}/printer
"""
SHORT = 10
"""The shorter run has a tenth of the repetitions."""
PATIENCE = 30.0
"""Seconds that a command may take."""


class PeerError(BenchError):
    """Hercules is not there, or does not do what it was asked to."""


def version(line: str) -> str | None:
    """Hercules's version from the first line that it writes."""
    found = re.match(r"Hercules [Vv]ersion (\S+)", line)
    return found[1] if found else None


def load_answer(line: str) -> bool | None:
    """Whether an image was loaded."""
    return True if "HHCPN113I" in line else False if "HHCPN111E" in line else None


def stored(line: str) -> bytes | None:
    """The bytes of a line that shows real storage."""
    found = re.match(r"R:[0-9A-F]+:K:[0-9A-F]+=((?:[0-9A-F]{8} ?){1,4})", line)
    return bytes.fromhex(found[1]) if found else None


def psw(line: str) -> bytes | None:
    """The PSW of a line that shows one."""
    found = re.search(r"PSW=([0-9A-F]{8}) ([0-9A-F]{8})", line)
    return bytes.fromhex(found[1] + found[2]) if found else None


class Peer:
    """A running Hercules; ``name`` says which one."""

    def __init__(self, folder: Path, megabytes: int = 2, program: str = PROGRAM) -> None:
        found = shutil.which(program)
        if found is None:
            raise PeerError(f"{program} is not installed: no ratios to it")
        self._folder = folder
        pipe, configuration = folder / "commands", folder / "configuration"
        configuration.write_text(CONFIGURATION.format(megabytes=megabytes, folder=folder))
        os.mkfifo(pipe)
        self._process = subprocess.Popen(
            [found, "-d", "-f", str(configuration)],
            env={**os.environ, "HERCULES_RC": str(pipe)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        assert self._process.stdout is not None
        self._lines: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=_read, args=(self._process.stdout, self._lines), daemon=True)
        self._reader.start()
        # opened for reading too, so that this does not wait, and the script never ends
        self._commands = os.open(pipe, os.O_RDWR)
        try:
            self.name = f"Hercules {self._expect(version)}"
            self._expect(lambda line: "HHCPN008I" in line or None)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Peer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End it."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._reader.join()  # it reads until Hercules has ended
        os.close(self._commands)

    def seconds(self, kernel: Kernel, count: int) -> float:
        """Seconds of N = ``count``; the result is compared with what is known."""
        image = self._folder / "image"
        image.write_bytes(kernel.image(count))
        loaded = False
        while not loaded:  # for a moment after a disabled wait, the CPU counts as running
            self._command("sysclear")
            self._command(f"loadcore {image} 0")
            loaded = self._expect(load_answer)
        before, started = self._thread_times(), time.perf_counter()
        self._command("restart")
        patience = PATIENCE + 20 * kernel.instructions(count) / 1e8
        self._expect(lambda line: "Disabled wait state" in line or None, patience)
        wall, after = time.perf_counter() - started, self._thread_times()
        end = self._expect(psw)
        if end != kernel.end_psw:
            raise PeerError(f"{kernel.name}: {self.name}: ended with PSW {end.hex().upper()}")
        self._command(f"r {RESULT_LOCATION:X}.{RESULT_LENGTH:X}")
        kernel.check(count, self._expect(stored), None, self.name)
        return max((after[thread] - before.get(thread, 0.0) for thread in after), default=0.0) or wall

    def mips(self, kernel: Kernel, count: int) -> float:
        """Speed by the difference of two runs."""
        short = max(count // SHORT, 1)
        if short == count:
            return kernel.instructions(count) / self.seconds(kernel, count) / 1e6
        seconds = self.seconds(kernel, count) - self.seconds(kernel, short)
        if seconds <= 0:
            raise PeerError(f"{kernel.name}: {self.name}: N = {short} takes longer than N = {count}")
        return (kernel.instructions(count) - kernel.instructions(short)) / seconds / 1e6

    def count_for(self, kernel: Kernel, seconds: float) -> int:
        """An N that takes about so long; the known results are compared on the way."""
        for known in sorted(kernel.expected):
            if kernel.instructions(known) <= 100_000_000:
                self.seconds(kernel, known)
        count = kernel.count_for(2_000_000)
        while (took := self.seconds(kernel, count)) < 0.1 and count < HIGHEST_COUNT:
            count = kernel.more(count)
        return kernel.count_for(kernel.instructions(count) * seconds / took)

    def _command(self, text: str) -> None:
        os.write(self._commands, text.encode() + b"\n")

    def _expect(self, wanted: Callable[[str], T | None], patience: float = PATIENCE) -> T:
        """What ``wanted`` makes of the first line that it accepts; PeerError if none comes."""
        end = time.monotonic() + patience
        last = ""
        while (left := end - time.monotonic()) > 0:
            try:
                line = self._lines.get(timeout=left)
            except queue.Empty:
                break
            found = wanted(line)
            if found is not None:
                return found
            if not line and self._process.poll() is not None:
                raise PeerError(f"{PROGRAM} ended with exit code {self._process.returncode}; its last line: {last!r}")
            last = line or last
        raise PeerError(f"{PROGRAM} did not answer within {patience:.0f} s; its last line: {last!r}")

    def _thread_times(self) -> dict[str, float]:
        """Seconds of CPU time of each thread; empty where the host does not tell it."""
        times = {}
        for thread in Path(f"/proc/{self._process.pid}/task").glob("*"):
            try:
                times[thread.name] = thread_time(thread)
            except (OSError, IndexError, ValueError):
                continue
        return times


def thread_time(folder: Path) -> float:
    """CPU time of a thread: in nanoseconds where Linux keeps scheduler statistics, else in clock ticks."""
    if (folder / "schedstat").exists():
        return int((folder / "schedstat").read_text().split()[0]) / 1e9
    fields = (folder / "stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _read(output: IO[bytes], lines: queue.Queue[str]) -> None:
    with output:
        for line in output:
            lines.put(line.decode("latin-1").rstrip())
    lines.put("")
