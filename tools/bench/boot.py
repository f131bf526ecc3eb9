"""How long a user waits: first start of a fresh home, later starts, IPL of CMS, and a key's echo beside looping guests.

first_start_s     ``vm370 run`` in an empty folder, from the command to the logon prompt (a whole process)
later_start_s     the same with the home in place, the best of three
ipl_ready_s       IPL CMS to the end of its Ready message, reference engine; ipl_instructions: what it executed
echo_ms           from a key press at a pseudo terminal to its echo, while three guests loop: median and worst
"""

from __future__ import annotations

import argparse
import fcntl
import os
import pty
import select
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from pathlib import Path
from typing import Any

from vm370.tools.bench.harness import Bench

PROGRAM = [sys.executable, "-m", "vm370.tools.cli", "run", "--home"]
PROMPT = "VM/370 ONLINE"
LOOP = ("STORE 200 47F00200", "STORE PSW 00000000 00000200", "BEGIN")
KEYS = "qwertyuiopzxvbnagfs"
"""Letters that no control sequence of the terminal ends with."""
TARGETS = {"first_start_s": 20.0, "later_start_s": 1.0, "ipl_ready_s": 2.0, "echo_ms": 50.0}


def configure(parser: argparse.ArgumentParser) -> None:
    """No options of its own."""


def measure(args: argparse.Namespace) -> dict[str, Any]:
    """All figures."""
    with tempfile.TemporaryDirectory(prefix="vm370-bench-") as folder:
        home = Path(folder) / "home"
        environment = {**os.environ, "XDG_CACHE_HOME": folder}  # nothing assembled before
        first = start(home, environment)
        later = min(start(home, environment) for _ in range(3))
        ipl_seconds, instructions = ipl(home)
        median, worst = echo(home)
    return {
        "first_start_s": first,
        "later_start_s": later,
        "ipl_ready_s": ipl_seconds,
        "ipl_instructions": instructions,
        "echo_ms": {"median": median, "worst": worst},
        "targets": TARGETS,
    }


def start(home: Path, environment: dict[str, str]) -> float:
    """Seconds from the command to the logon prompt."""
    began = time.perf_counter()
    with subprocess.Popen(
        [*PROGRAM, str(home)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        if not any(PROMPT in line.decode() for line in process.stdout):
            raise RuntimeError(f"vm370 run --home {home}: ended without a logon prompt")
        elapsed = time.perf_counter() - began
        process.stdin.close()
    return elapsed


def ipl(home: Path) -> tuple[float, int]:
    """Seconds and instructions from IPL CMS to Ready."""
    bench = Bench(home)
    vm = bench.logon("CMSUSER")
    began = time.perf_counter()
    shown = bench.type("IPL CMS")
    elapsed = time.perf_counter() - began
    instructions = vm.cpu.instructions
    bench.close()
    if not any(line.startswith("Ready") for line in shown):
        raise RuntimeError(f"CMS did not come up: {shown}")
    return elapsed, instructions


def echo(home: Path) -> tuple[float, float]:
    """Median and worst echo of a key in milliseconds, at the real console with three looping guests."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(TERM="xterm", PROMPT_TOOLKIT_NO_CPR="1")
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
        os.execv(PROGRAM[0], [*PROGRAM, str(home)])
    try:
        _until(terminal, PROMPT)
        for userid in ("CMSUSER", "CMSUSER2", "CMSUSER3"):
            for command in (f"LOGON {userid} {userid}", *LOOP):
                _line(terminal, command)
            os.write(terminal, b"\x1bOR")  # F3: a further terminal
            _drain(terminal)
        times = []
        for key in KEYS:
            _drain(terminal)
            began = time.perf_counter()
            os.write(terminal, key.encode())
            _until(terminal, key)
            times.append((time.perf_counter() - began) * 1000)
        return statistics.median(times), max(times)
    finally:
        os.kill(pid, 9)
        os.waitpid(pid, 0)
        os.close(terminal)


def _line(terminal: int, text: str) -> None:
    os.write(terminal, text.encode() + b"\r")
    _drain(terminal)


def _drain(terminal: int, quiet: float = 0.3) -> None:
    """Read away what the console draws for a while."""
    end = time.monotonic() + quiet
    while (left := end - time.monotonic()) > 0:
        if select.select([terminal], [], [], left)[0]:
            os.read(terminal, 65536)


def _until(terminal: int, text: str, limit: float = 20.0) -> None:
    """Read from the terminal until ``text`` was seen."""
    seen, end = "", time.monotonic() + limit
    while text not in seen:
        ready, _, _ = select.select([terminal], [], [], max(0.0, end - time.monotonic()))
        if not ready:
            raise RuntimeError(f"the console did not show {text!r} within {limit:.0f} s")
        seen += os.read(terminal, 65536).decode(errors="replace")


def show(answer: dict[str, Any]) -> None:
    """One line for each figure."""
    print(
        f"first start of a fresh home   {answer['first_start_s']:8.2f} s    (target {TARGETS['first_start_s']:.0f} s)"
    )
    print(
        f"later start                   {answer['later_start_s']:8.2f} s    (target {TARGETS['later_start_s']:.0f} s)"
    )
    ready = f"{answer['ipl_ready_s']:8.2f} s    (target {TARGETS['ipl_ready_s']:.0f} s)"
    print(f"IPL CMS to Ready              {ready}, {answer['ipl_instructions']:,} instructions")
    echoed = answer["echo_ms"]
    median = f"{echoed['median']:8.1f} ms   (target {TARGETS['echo_ms']:.0f} ms)"
    print(f"echo beside three loops       {median}, worst {echoed['worst']:.1f} ms")
