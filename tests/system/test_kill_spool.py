"""kill -9 of the whole process while an operator closes console files and a real printer prints them.

Each console file has one line of its own.  What came behind a CLOSE on standard output reports that the file is closed:
then it is in the spool, complete, or on paper, complete; and nothing on paper is half a file.
"""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from vm370.cp.spool import PRINTER, READER, Record, Spool
from vm370.images.ebcdic import from_ebcdic

FILES = 60
LINES = 8


class StandingClock:
    def now(self) -> datetime:
        return datetime(1981, 4, 1, tzinfo=UTC)


def script(to: str) -> list[str]:
    """LINES lines of comment for each file, and its end."""
    lines = ["START 00E CLASS T NOSEP", f"SPOOL CONSOLE START {to}"]
    for number in range(FILES):
        lines += [f"* FILE {number:03} LINE {line} {'=' * (number % 50)}" for line in range(LINES)]
        lines += ["CLOSE CONSOLE", f"* CLOSED {number:03}"]
    return lines


def run_and_kill(home: Path, lines: list[str], killed_after: int) -> int:
    """Kill the process some lines of output later; how many files it reported as closed."""
    command = [sys.executable, "-m", "vm370.tools.cli", "run", "--home", str(home), "--user", "OPERATOR"]
    closed = seen = 0
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("\n".join(lines) + "\n")
        process.stdin.flush()
        for line in process.stdout:
            seen += 1
            closed += "CLOSED" in line
            if seen == killed_after:
                process.send_signal(signal.SIGKILL)
                break
        process.stdin.close()
        closed += sum("CLOSED" in line for line in process.stdout.read().splitlines()[:-1])
    assert process.returncode == -signal.SIGKILL
    return closed


def numbers(text: list[str]) -> set[int]:
    """The files whose lines these are; each is there with all its lines."""
    found = [line for line in text if line.startswith("* FILE")]
    names = {int(line.split()[2]) for line in found}
    for number in names:
        assert [line for line in found if int(line.split()[2]) == number] == [
            f"* FILE {number:03} LINE {line} {'=' * (number % 50)}".rstrip() for line in range(LINES)
        ]
    return names


def lines_of(records: list[Record]) -> list[str]:
    return [from_ebcdic(record.data).rstrip() for record in records if record.data]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("to", ["TO *", "OFF"])
def test_a_killed_system_loses_no_closed_file(home: Path, to: str, seed: int) -> None:
    closed = run_and_kill(home, script(to), random.Random(seed).randrange(40, 500))
    spool = Spool(home / "spool.db", StandingClock())
    try:
        files = [*spool.files(READER), *spool.files(PRINTER)]
        there = set().union(*(numbers(lines_of(list(spool.read(file)))) for file in files))
    finally:
        spool.close()
    paper = [path.read_text().splitlines() for path in (home / "print").glob("*.txt")]
    there |= set().union(*map(numbers, paper))
    assert closed > 0
    assert set(range(closed)) <= there
    assert len(there) <= closed + 1  # closed, but killed before it said so
    assert bool(paper) == (to == "OFF")
