"""kill -9 of the whole process while CMS copies files: what was reported complete is there, and the disk is whole.

The script's lines are typed one after the other; the process is killed as soon as the line of one more COPYFILE is
echoed, so that it dies somewhere in the middle of that copy.  Each ``Ready;`` behind an echo is a report that the copy
before it is complete.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from vm370.tools.disk.api import check_disk, open_disk, put_files

COPIES = 30
LINES = 400


def source(folder: Path) -> Path:
    """A file of several blocks whose records are all different."""
    path = folder / "source.data"
    path.write_text("".join(f"{number:08} {'=' * (number % 70)}\n" for number in range(LINES)))
    return path


@pytest.mark.parametrize("killed_at", [1, 2, 3, 5, 7, 10, 12, 15, 18, 21, 25, 29])
@pytest.mark.parametrize("impure", ["ON", "OFF"])
def test_a_killed_process_loses_nothing_that_was_complete(
    home: Path, tmp_path: Path, killed_at: int, impure: str
) -> None:
    if impure == "OFF" and killed_at % 5:
        pytest.skip("the pure machine is slower: every fifth instant is enough")
    disk_path = home / "disks" / "CMU191.ckd"
    put_files(disk_path, [source(tmp_path)])
    script = [f"SET IMPURE {impure}", "IPL CMS"]
    script += [f"COPYFILE SOURCE DATA A COPY{number} DATA A" for number in range(COPIES)]
    command = [sys.executable, "-m", "vm370.tools.cli", "run", "--home", str(home), "--user", "CMSUSER"]
    typed = reported = 0
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("\n".join(script) + "\n")
        process.stdin.flush()
        for line in process.stdout:
            if line.startswith("COPYFILE"):
                typed += 1
                if typed > killed_at:
                    process.send_signal(signal.SIGKILL)
                    break
            elif line.startswith("Ready") and typed:
                assert line.startswith("Ready;"), line
                reported += 1
        process.stdin.close()
        process.stdout.read()
    assert process.returncode == -signal.SIGKILL
    assert reported == killed_at
    assert [str(finding) for finding in check_disk(disk_path)] == []
    with open_disk(disk_path, read_only=True) as disk:
        expected = disk.read("SOURCE", "DATA")
        assert len(expected) == LINES
        for number in range(reported):
            assert disk.read(f"COPY{number}", "DATA") == expected
        unfinished = [fst for fst in disk.files() if fst.filename == f"COPY{killed_at}"]
        for fst in unfinished:  # the copy in progress is there whole, or not at all
            assert list(disk.records(fst)) == expected
