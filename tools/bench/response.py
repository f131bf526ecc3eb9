"""How long a person waits at the console while other guests loop: echo of a key, and a guest's answer to a line.

A whole ``vm370 run`` at a pseudo terminal.  One guest reads lines and answers each with six other letters, by SIO and
interruptions; 0, 1, 3, 10 and 30 others loop, every third of them in instructions that trap (TIO), the others in a
branch to itself; then BESIDE guests loop in each way of loopers.py.  Measured from the outside: from the byte that is
written to the terminal until the console has drawn the letter (``echo``), from ENTER until it has drawn the answer
(``answer``).  What the host does is told apart in two ways:

    net      the answer, less the time for which the main thread of vm370, or this process, was ready to run and had no
             CPU (Linux: schedstat)
    idle     the answer of a second system beside the first, which has nothing else to do, to the same line just after

``--svg`` draws the distributions, ``--markdown`` prints the tables as docs/scheduling.md has them.
"""

from __future__ import annotations

import argparse
import fcntl
import itertools
import os
import pty
import signal
import statistics
import struct
import tempfile
import termios
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vm370.tools.bench import BenchError
from vm370.tools.bench.boot import PROGRAM, PROMPT, _drain, _until
from vm370.tools.bench.graph import distribution_svg
from vm370.tools.bench.loopers import KINDS, MIXED, commands, stores

LOOPERS = (0, 1, 3, 10, 30)
BESIDE = 3
"""Guests that loop in one of the unpleasant ways."""
PERSON = "PERSON"
ANSWERING = """\
* Reads a line, exchanges a to i with j to r in its first six letters, writes them, and so on.
ANSWER   START 0
         USING ANSWER,0
         ORG   ANSWER+X'200'
READING  LA    10,ANSWERED
         LA    1,READ
GO       ST    1,X'48'
         SIO   X'009'
WAITS    LPSW  WAIT
ENDED    TM    X'44',X'04'        device end
         BZ    WAITS
         BR    10
ANSWERED XC    LINE,EXCHANGE
         LA    10,READING
         LA    1,WRITE
         B     GO
         DC    0D'0'
WAIT     DC    X'FE02000000000000'
READ     DC    X'0A',AL3(LINE),X'20000006'
WRITE    DC    X'09',AL3(LINE),X'20000006'
LINE     DC    CL6' '
EXCHANGE DC    6X'10'
         END   READING
"""
LETTERS = "abcdefghi"
ANSWERS = "jklmnopqr"
TARGET_MS = 20.0


def configure(parser: argparse.ArgumentParser) -> None:
    """Options."""
    parser.add_argument("--keys", type=int, default=200, metavar="N", help="lines that are typed (default 200)")
    parser.add_argument("--loopers", metavar="N,N...", default=",".join(map(str, LOOPERS)), help="how many guests loop")
    parser.add_argument(
        "--kinds", metavar="NAME,NAME...", default=",".join(KINDS), help=f"ways to loop: {', '.join(KINDS)}; or none"
    )
    parser.add_argument("--engine", metavar="NAME", help="SET ENGINE of the looping guests")
    parser.add_argument("--svg", metavar="FILE", help="draw the distributions")
    parser.add_argument("--markdown", action="store_true", help="the tables as docs/scheduling.md has them")


def measure(args: argparse.Namespace) -> dict[str, Any]:
    """Distributions in milliseconds for each number of looping guests, and for each way to loop."""
    kinds = [kind for kind in args.kinds.split(",") if kind not in ("", "none")]
    if unknown := set(kinds) - set(KINDS):
        raise BenchError(f"no way to loop {', '.join(sorted(unknown))}; there are {', '.join(KINDS)}")
    if args.keys < 1:
        raise BenchError(f"{args.keys} lines: expected at least one")
    runs: list[tuple[str, list[str]]] = [
        (f"{number} looping", [kind for kind, _ in zip(itertools.cycle(MIXED), range(number), strict=False)])
        for number in map(int, filter(None, args.loopers.split(",")))
    ]
    runs += [(KINDS[kind][0], [kind] * BESIDE) for kind in kinds]
    answer: dict[str, Any] = {"cores": os.cpu_count(), "keys": args.keys, "target_ms": TARGET_MS, "runs": []}
    answer["markdown"] = args.markdown
    with tempfile.TemporaryDirectory(prefix="vm370-bench-") as idle_home, Desk(Path(idle_home), []) as idle:
        for name, loopers in runs:
            with (
                tempfile.TemporaryDirectory(prefix="vm370-bench-") as folder,
                Desk(Path(folder), loopers, args.engine) as desk,
            ):
                samples = type_lines(desk, idle, args.keys)
            run: dict[str, Any] = {"name": name, "loopers": len(loopers), "kind": loopers[-1] if loopers else ""}
            for key in Samples.__annotations__:
                values: list[float] = getattr(samples, key)
                run[key] = {**figures(values), "all": [round(value, 3) for value in sorted(values)]}
            run["load"] = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
            answer["runs"].append(run)
    if args.svg:
        curves = {run["name"]: run["answer"]["all"] for run in answer["runs"] if "looping" in run["name"]}
        title = "A guest's answer at the console beside looping guests"
        Path(args.svg).write_text(distribution_svg(title, "ms from ENTER to the answer on the screen", curves))
    return answer


def figures(values: list[float]) -> dict[str, Any]:
    """Median, percentiles, worst."""
    ordered = sorted(values)
    return {
        "median": statistics.median(ordered),
        "p90": ordered[len(ordered) * 90 // 100],
        "p99": ordered[len(ordered) * 99 // 100],
        "worst": ordered[-1],
    }


@dataclass
class Samples:
    """Milliseconds for each line."""

    echo: list[float] = field(default_factory=list)
    answer: list[float] = field(default_factory=list)
    net: list[float] = field(default_factory=list)
    idle: list[float] = field(default_factory=list)


def program() -> str:
    """The answering guest as hexadecimal digits for STORE."""
    from vm370.tools.assembler import assemble

    assembly = assemble(ANSWERING, "answer")
    return bytes(assembly.text[0x200:]).hex().upper()


def make_directory(home: Path, loopers: list[str]) -> None:
    """A home without disks."""
    users = [(PERSON, "64K"), *((f"LOOP{number}", KINDS[kind][1]) for number, kind in enumerate(loopers))]
    lines = ["DIRECTORY 123 3350 SYSVOL"]
    for userid, storage in users:
        lines += [f"USER {userid} {userid} {storage} {storage} G", " OPTION ECMODE", " CONSOLE 009 3215"]
    (home / "disks").mkdir(parents=True)
    (home / "directory").write_text("\n".join(lines) + "\n")


class Desk:
    """A system at a pseudo terminal, with guests that loop, and one that answers."""

    def __init__(self, home: Path, loopers: list[str], engine: str | None = None) -> None:
        self._home, self._loopers, self._engine = home, loopers, engine
        self.pid = self.terminal = -1

    def __enter__(self) -> Desk:
        make_directory(self._home, self._loopers)
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.environ.update(TERM="xterm", PROMPT_TOOLKIT_NO_CPR="1")
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
            os.execv(PROGRAM[0], [*PROGRAM, str(self._home)])
        try:
            self._prepare()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.terminal)

    def _prepare(self) -> None:
        _until(self.terminal, PROMPT)
        for number, kind in enumerate(self._loopers):
            self._type(f"LOGON LOOP{number} LOOP{number}", quiet=0.5)
            self._type("TERMINAL MORE 0 0", *([f"SET ENGINE {self._engine}"] if self._engine else []))
            self._type(*commands(kind), "#CP DISCONN")
        self._type(f"LOGON {PERSON} {PERSON}", quiet=0.8)
        self._type("TERMINAL MORE 0 0", *stores(bytes.fromhex(program())))
        self._type("STORE S78 00000000 00000214", "STORE PSW 00000000 00000200", "BEGIN", quiet=0.5)

    def _type(self, *lines: str, quiet: float = 0.06) -> None:
        for line in lines:
            os.write(self.terminal, line.encode() + b"\r")
            _drain(self.terminal, quiet)

    def line(self, letter: int) -> tuple[float, float, float]:
        """Type a line of a letter; milliseconds of echo, of the answer, and of those without a CPU."""
        _drain(self.terminal, 0.02)
        began = time.perf_counter()
        os.write(self.terminal, LETTERS[letter].encode())
        os.read(self.terminal, 65536)  # nothing else changes on the screen
        echo = time.perf_counter() - began
        os.write(self.terminal, LETTERS[letter].encode() * 5)
        _drain(self.terminal, 0.05)
        before, began = self._delayed(), time.perf_counter()
        os.write(self.terminal, b"\r")
        _until(self.terminal, ANSWERS[letter] * 6)
        answer = time.perf_counter() - began
        return 1000 * echo, 1000 * answer, (self._delayed() - before) / 1e6

    def _delayed(self) -> int:
        """Nanoseconds for which the system's main thread and this process were ready to run without a CPU."""
        return sum(_run_delay(pid) for pid in (self.pid, os.getpid()))


def _run_delay(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[1])
    except (OSError, IndexError):
        return 0


def type_lines(desk: Desk, idle: Desk, lines: int) -> Samples:
    """Each line at one system, then at the other."""
    samples = Samples()
    for number, letter in zip(range(lines), itertools.cycle(range(len(LETTERS))), strict=False):
        time.sleep(0.02 + 0.0137 * (number % 7))  # at any time of the others' slices
        echo, answer, delayed = desk.line(letter)
        samples.echo.append(echo)
        samples.answer.append(answer)
        samples.net.append(max(answer - delayed, 0.0))
        samples.idle.append(idle.line(letter)[1])
    return samples


def rows(answer: dict[str, Any]) -> list[list[str]]:
    """The lines of the table."""
    table = []
    for run in answer["runs"]:
        echo, line, net, idle = (run[key] for key in ("echo", "answer", "net", "idle"))
        numbers = [echo["median"], echo["worst"], line["median"], line["p90"], line["worst"], net["worst"]]
        table.append([run["name"], *(f"{value:.1f}" for value in (*numbers, idle["median"], idle["worst"]))])
    return table


COLUMNS = (
    "beside", "echo, median", "echo, worst", "answer, median", "90 % below", "answer, worst", "net, worst",
    "idle system, median", "idle system, worst",
)  # fmt: skip
HEADS = ("median", "worst", "median", "p90", "worst", "worst", "median", "worst")


def show(answer: dict[str, Any]) -> None:
    """A table."""
    table = rows(answer)
    if answer["markdown"]:
        print(f"| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}")
        for row in table:
            print(f"| {' | '.join([row[0], *(f'{value} ms' for value in row[1:])])} |")
        loads = [run["load"] for run in answer["runs"] if run["load"] is not None]
        load = f"load average {min(loads):.0f} to {max(loads):.0f}" if loads else "load unknown"
        print(f"\n{answer['keys']} lines each, {answer['cores']} cores, {load}.")
        return
    print(f"{answer['cores']} cores, {answer['keys']} lines; milliseconds (target: worst below {TARGET_MS:.0f})")
    print(f"{'':24}{'echo':>16}{'answer':>24}{'net':>8}{'idle':>16}")
    print(f"{'beside':24}" + "".join(f"{name:>8}" for name in HEADS))
    for row in table:
        print(f"{row[0]:24}" + "".join(f"{value:>8}" for value in row[1:]))
