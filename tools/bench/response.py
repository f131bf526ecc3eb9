"""How long a person waits at the console while other guests loop: echo of a key, and a guest's answer to a line.

A whole ``vm370 run`` at a pseudo terminal.  One guest reads lines and answers each with six other letters, by SIO and
interruptions; 0, 1, 3, 10 and 30 others loop, every third of them in instructions that trap (TIO), the others in a
branch to itself.  Measured on the outside: from the byte that is written to the terminal until the console has drawn
the letter (``echo``), from ENTER until it has drawn the answer (``answer``).  ``--svg`` draws the distribution.
"""

from __future__ import annotations

import argparse
import fcntl
import itertools
import os
import pty
import statistics
import struct
import tempfile
import termios
import time
from pathlib import Path
from typing import Any

from vm370.tools.bench.boot import PROGRAM, PROMPT, _drain, _until
from vm370.tools.bench.graph import distribution_svg

LOOPERS = (0, 1, 3, 10, 30)
PERSON = "PERSON"
BRANCH = ("STORE 200 47F00200", "STORE PSW 00000000 00000200", "BEGIN")
TRAPPING = ("STORE 200 9D000009 47F00200", "STORE PSW 00000000 00000200", "BEGIN")
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
    parser.add_argument("--keys", type=int, default=500, metavar="N", help="lines that are typed (default 500)")
    parser.add_argument("--loopers", metavar="N,N...", default=",".join(map(str, LOOPERS)), help="how many guests loop")
    parser.add_argument("--svg", metavar="FILE", help="draw the distributions")


def measure(args: argparse.Namespace) -> dict[str, Any]:
    """Distributions in milliseconds for each number of looping guests."""
    answer: dict[str, Any] = {"cores": os.cpu_count(), "keys": args.keys, "target_ms": TARGET_MS, "runs": []}
    for loopers in map(int, args.loopers.split(",")):
        with tempfile.TemporaryDirectory(prefix="vm370-bench-") as folder:
            echo, answers = response(Path(folder), loopers, args.keys)
        answer["runs"].append({"loopers": loopers, "echo": figures(echo), "answer": figures(answers)})
        answer["runs"][-1]["answer"]["all"] = [round(value, 3) for value in sorted(answers)]
        answer["runs"][-1]["echo"]["all"] = [round(value, 3) for value in sorted(echo)]
    if args.svg:
        curves = {f"{run['loopers']} looping": run["answer"]["all"] for run in answer["runs"]}
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


def program() -> str:
    """The answering guest as hexadecimal digits for STORE."""
    from vm370.tools.assembler import assemble

    assembly = assemble(ANSWERING, "answer")
    return bytes(assembly.text[0x200:]).hex().upper()


def make_directory(home: Path, loopers: int) -> None:
    """A home without disks."""
    users = [PERSON, *(f"LOOP{number}" for number in range(loopers))]
    lines = ["DIRECTORY 123 3350 SYSVOL"]
    for userid in users:
        lines += [f"USER {userid} {userid} 64K 64K G", " CONSOLE 009 3215"]
    (home / "disks").mkdir(parents=True)
    (home / "directory").write_text("\n".join(lines) + "\n")


def response(home: Path, loopers: int, keys: int) -> tuple[list[float], list[float]]:
    """Echo and answer of each line, in milliseconds."""
    make_directory(home, loopers)
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(TERM="xterm", PROMPT_TOOLKIT_NO_CPR="1")
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
        os.execv(PROGRAM[0], [*PROGRAM, str(home)])
    try:
        _until(terminal, PROMPT)
        for number in range(loopers):
            loop = TRAPPING if number % 3 == 2 else BRANCH
            _type(terminal, f"LOGON LOOP{number} LOOP{number}", quiet=0.5)
            _type(terminal, *loop, "#CP DISCONN")
            os.write(terminal, b"\x0c\x0c")  # PA2: no MORE... holds what comes
        _type(terminal, f"LOGON {PERSON} {PERSON}", quiet=0.8)
        digits = program()
        stores = [f"STORE S{0x200 + at // 2:X} {digits[at : at + 64]}" for at in range(0, len(digits), 64)]
        _type(terminal, "TERMINAL MORE 0 0", *stores)
        _type(terminal, "STORE S78 00000000 00000214", "STORE PSW 00000000 00000200", "BEGIN", quiet=0.5)
        return _lines(terminal, keys)
    finally:
        os.kill(pid, 9)
        os.waitpid(pid, 0)
        os.close(terminal)


def _lines(terminal: int, keys: int) -> tuple[list[float], list[float]]:
    echoed, answered = [], []
    for number, letter in zip(range(keys), itertools.cycle(range(len(LETTERS))), strict=False):
        time.sleep(0.02 + 0.0137 * (number % 7))  # at any time of the others' slices
        _drain(terminal, 0.02)
        began = time.perf_counter()
        os.write(terminal, LETTERS[letter].encode())
        os.read(terminal, 65536)  # nothing else changes on the screen
        echoed.append((time.perf_counter() - began) * 1000)
        os.write(terminal, LETTERS[letter].encode() * 5)
        _drain(terminal, 0.05)
        began = time.perf_counter()
        os.write(terminal, b"\r")
        _until(terminal, ANSWERS[letter] * 6)
        answered.append((time.perf_counter() - began) * 1000)
    return echoed, answered


def _type(terminal: int, *lines: str, quiet: float = 0.06) -> None:
    for line in lines:
        os.write(terminal, line.encode() + b"\r")
        _drain(terminal, quiet)


def show(answer: dict[str, Any]) -> None:
    """A table."""
    print(f"{answer['cores']} cores, {answer['keys']} lines; milliseconds (target: worst below {TARGET_MS:.0f})")
    print("looping       echo  median     p99   worst     answer  median     p90     p99   worst")
    for run in answer["runs"]:
        echo, line = run["echo"], run["answer"]
        print(
            f"{run['loopers']:7}{echo['median']:19.1f}{echo['p99']:8.1f}{echo['worst']:8.1f}"
            f"{line['median']:19.1f}{line['p90']:8.1f}{line['p99']:8.1f}{line['worst']:8.1f}"
        )
