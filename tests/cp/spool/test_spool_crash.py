"""kill -9 while files are written, closed and purged: what was reported is there, whole, and nothing else is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.cp.spool import crash_writer
from tests.cp.spool.spoolkit import CLOCK
from vm370.cp.spool import PUNCH, READER, Destination, Record, Spool
from vm370.images.ebcdic import to_ebcdic

ROUNDS = 6


def start(path: Path, role: str, seed: int) -> subprocess.Popen[str]:
    child = subprocess.Popen(
        [sys.executable, crash_writer.__file__, str(path), role, str(seed)], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "READY\n"
    return child


def kill_after(child: subprocess.Popen[str], reports: int) -> list[str]:
    """Everything the child reported until it was killed, in the middle of whatever it was doing."""
    assert child.stdout is not None
    lines = [child.stdout.readline() for _ in range(reports)]
    os.kill(child.pid, signal.SIGKILL)
    lines += child.stdout.readlines()
    child.stdout.close()
    assert child.wait() == -signal.SIGKILL
    if lines and not lines[-1].endswith("\n"):
        lines.pop()
    return lines


def check(spool: Spool, lines: list[str]) -> int:
    """Compare the database with what was reported; how many files there are."""
    closed = {words[2]: words for line in lines if (words := line.split())[0] == "C"}
    purged = {words[1] for line in lines if (words := line.split())[0] == "P"}
    unsure = (
        {lines[-1].split()[2]} if lines and lines[-1].startswith("C") else set()
    )  # its purge may be done and not reported
    files = spool.files()
    names = {file.name for file in files}
    assert closed.keys() - purged - unsure <= names
    assert not names & purged
    assert len(names - closed.keys()) <= 1  # closed, but killed before it said so
    for file in files:
        assert file.records == int(file.type)
        bodies = [record.data for record in spool.read(file)]
        assert bodies == [crash_writer.body(int(file.name), number) for number in range(file.records)]
    return len(files)


def test_a_system_that_is_killed_loses_no_closed_file(tmp_path: Path) -> None:
    path = tmp_path / "spool.db"
    total = 0
    for number in range(ROUNDS):
        lines = kill_after(start(path, "system", number + 1), 3 + 7 * number)
        spool = Spool(path, CLOCK)  # warm start
        total += check(spool, lines)
        assert spool._scalar("SELECT count(*) FROM file WHERE state='OPEN'") == 0
        assert spool._scalar("SELECT count(*) FROM page WHERE file NOT IN (SELECT key FROM file)") == 0
        spool.purge(spool.files())
        assert spool._scalar("SELECT count(*) FROM page") == 0
        spool.close()
    assert total > ROUNDS


def test_a_guest_process_that_is_killed_disturbs_no_running_system(tmp_path: Path) -> None:
    path = tmp_path / "spool.db"
    spool = Spool(path, CLOCK)
    output = spool.create(PUNCH, "BOB")
    for number in range(3):
        child = start(path, "guest", number + 1)
        mine = [spool.add(PUNCH, "BOB", [Record(1, b"x")] * 500, Destination(PUNCH, "BOB")) for _ in range(5)]
        for _ in range(400):
            output.append(Record(1, to_ebcdic("still open" * 10)))
        lines = kill_after(child, 5)
        assert [len(list(spool.read(file))) for file in mine] == [500] * 5
        spool.purge(mine)
        check(spool, lines)
        spool.purge(spool.files())
    file = output.close(Destination(READER, "ALICE"))
    assert file.records == len(list(spool.read(file))) == 1200
    spool.close()


def test_two_processes_add_files_side_by_side(tmp_path: Path) -> None:
    path = tmp_path / "spool.db"
    spool = Spool(path, CLOCK)
    children = [start(path, "guest", seed) for seed in (1, 2)]
    seen = 0
    while seen < 20:
        spool.add(PUNCH, "BOB", [Record(1, b"x")], Destination(PUNCH, "BOB"))
        seen += len(spool.poll())
    lines = [kill_after(child, 0) for child in children]
    ids = [file.spoolid for file in spool.files()]
    assert len(ids) == len(set(ids))
    for child, reported in enumerate(lines, 1):
        names = {int(file.name) for file in spool.files(READER) if int(file.name) // 1_000_000 == child}
        purged = {int(line.split()[1]) for line in reported if line.startswith("P")}
        closed = {int(line.split()[2]) for line in reported if line.startswith("C")}
        assert len(closed - purged - names) <= 1
        assert len(names - closed) <= 1
    spool.close()


def test_a_second_system_is_refused_until_the_first_is_dead(tmp_path: Path) -> None:
    path = tmp_path / "spool.db"
    child = start(path, "system", 1)
    second = subprocess.run(
        [sys.executable, crash_writer.__file__, str(path), "system", "2"], capture_output=True, text=True, check=False
    )
    assert "another vm370 system is running" in second.stderr
    check_lines = kill_after(child, 1)
    spool = Spool(path, CLOCK)
    check(spool, check_lines)
    spool.close()
