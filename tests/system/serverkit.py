"""A system that runs as a program of its own, and the real s3270 in front of it."""

from __future__ import annotations

import contextlib
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

PROGRAM = [sys.executable, "-m", "vm370.tools.cli"]
PORT = re.compile(r"TN3270 clients at 127\.0\.0\.1:(\d+)")
CHANGES = 15
"""Changes of a screen after which something that should happen has not happened."""


def vm370(home: Path, *words: str, script: str = "") -> subprocess.CompletedProcess[str]:
    """A ``vm370`` program on a home."""
    command = [*PROGRAM, words[0], "--home", str(home), *words[1:]]
    return subprocess.run(command, input=script, capture_output=True, text=True, timeout=60)


class Server:
    """``vm370 run``: its home, its port, and how it ended."""

    def __init__(self, home: Path, process: subprocess.Popen[str], port: int, notices: list[str]) -> None:
        self.home, self.process, self.port, self.notices = home, process, port, notices

    def run(self, *words: str, script: str = "") -> subprocess.CompletedProcess[str]:
        """Another ``vm370`` program on the same home."""
        return vm370(self.home, *words, script=script)


@contextlib.contextmanager
def running(home: Path, *options: str) -> Iterator[Server]:
    """A server on a home, until SIGTERM."""
    process = subprocess.Popen(
        [*PROGRAM, "run", "--home", str(home), "--tn3270", "0", *options],
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    notices: list[str] = []
    port = 0
    for line in process.stderr:
        notices.append(line)
        if match := PORT.search(line):
            port = int(match[1])
            break
    rest = threading.Thread(target=lambda: notices.extend(process.stderr or ()))
    rest.start()
    try:
        assert port, notices
        yield Server(home, process, port, notices)
    finally:
        process.terminate()
        process.wait(30)
        rest.join()
        process.stderr.close()


class S3270:
    """The scripted 3270 of the x3270 family."""

    installed = shutil.which("s3270") is not None

    def __init__(self, model: str) -> None:
        self._process = subprocess.Popen(
            ["s3270", "-utf8", "-model", model],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
        )

    def do(self, action: str) -> list[str]:
        """An action; its data lines."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(action + "\n")
        self._process.stdin.flush()
        data = []
        for line in self._process.stdout:
            text = line.rstrip("\n")
            if text.startswith("data: "):
                data.append(text[6:].rstrip())
            elif text == "ok":
                return data
            elif text == "error":
                raise AssertionError(f"{action}: {data}")
        raise AssertionError(f"{action}: s3270 has ended")

    @property
    def rows(self) -> list[str]:
        """The screen."""
        return [row.rstrip() for row in self.do("Ascii()")]

    def until(self, condition: Callable[[list[str]], bool]) -> list[str]:
        """The rows as soon as something is so."""
        for _ in range(CHANGES):
            rows = self.rows
            if condition(rows):
                return rows
            with contextlib.suppress(AssertionError):  # nothing has changed since the rows were looked at
                self.do("Wait(1,Output)")
        raise AssertionError("\n".join(self.rows))

    def shown(self, text: str) -> list[str]:
        """The rows as soon as a text is in them."""
        return self.until(lambda rows: any(text in row for row in rows))

    def enter(self, line: str) -> None:
        """A line."""
        self.do("Wait(10,Unlock)")
        self.do(f'String("{line}")')
        self.do("Enter()")

    def close(self) -> None:
        """Away."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()
