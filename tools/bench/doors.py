"""How fast the doors are: a key of a 3270 terminal beside a looping guest, and many terminals at once.

A whole ``vm370 run --server --tn3270`` and terminals on the loopback interface (client3270.py), measured from outside:

    key       from ENTER to the screen with the typed line, and to the guest's answer; one guest loops
    held      terminals that are connected at once; each of them asks something, and has its answer

Each part is a function of PARTS with the server's port; ``--parts`` chooses.  The part ``api`` measures guests
from Python, in this process (doors_api.py).
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import os
import re
import selectors
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from vm370.tools.bench import BenchError, doors_api
from vm370.tools.bench.boot import LOOP, PROGRAM
from vm370.tools.bench.client3270 import Client3270
from vm370.tools.bench.response import ANSWERS, LETTERS, PERSON, figures, program

PORT = re.compile(r"TN3270 clients at 127\.0\.0\.1:(\d+)")
DIRECTORY = f"""\
DIRECTORY 123 3350 SYSVOL
USER {PERSON} {PERSON} 64K 64K G
 CONSOLE 009 3215
USER LOOP0 LOOP0 64K 64K G
 CONSOLE 009 3215
"""
TARGET_MS = 2.0
API = "api"
"""Guests from Python (doors_api.py): without a server."""
TERMINALS = 200
PATIENCE = 30.0
"""Seconds after which an answer does not come any more."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Options."""
    parser.add_argument("--keys", type=int, default=300, metavar="N", help="lines that are typed (default 300)")
    parser.add_argument("--terminals", type=int, default=TERMINALS, metavar="N", help="terminals held (default 200)")
    parser.add_argument("--parts", metavar="NAME,NAME", default=",".join((*PARTS, API)), help="what is measured")


def measure(args: argparse.Namespace) -> dict[str, Any]:
    """The figures of each part."""
    answer: dict[str, Any] = {"cores": os.cpu_count(), "target_ms": TARGET_MS}
    names = args.parts.split(",")
    for name in names:
        if name not in (*PARTS, API):
            raise BenchError(f"--parts {name}: expected {', '.join((*PARTS, API))}")
        if name == API:
            answer[name] = doors_api.measure()
            continue
        with server() as port:
            answer[name] = PARTS[name](port, args)
    return answer


@contextlib.contextmanager
def server() -> Iterator[int]:
    """A system with a looping guest's and a person's directory entries; the port of its door."""
    with tempfile.TemporaryDirectory(prefix="vm370-bench-") as folder:
        home = Path(folder)
        (home / "disks").mkdir()
        (home / "directory").write_text(DIRECTORY)
        process = subprocess.Popen(
            [*PROGRAM, str(home), "--server", "--tn3270", "0"],
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stderr is not None
        try:
            for line in process.stderr:
                if match := PORT.search(line):
                    yield int(match[1])
                    break
            else:
                raise BenchError("the system did not start")
        finally:
            process.terminate()
            process.wait(PATIENCE)
            process.stderr.close()


class Terminal:
    """A terminal at the door."""

    def __init__(self, port: int) -> None:
        self.client = Client3270()
        self.wire = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self.wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def close(self) -> None:
        """Away."""
        self.wire.close()

    def read(self) -> None:
        """What the system sends next."""
        data = self.wire.recv(65_536)
        if not data:
            raise BenchError(f"the connection was closed:\n{self.client.text}")
        self.client.receive(data)
        if answer := self.client.output():
            self.wire.sendall(answer)

    def until(self, condition: Callable[[], bool]) -> None:
        """Until something is on the screen."""
        while not condition():
            self.read()

    def shown(self, text: str) -> None:
        """Until a text is on the screen and the keyboard is open."""
        self.until(lambda: text in self.client.text and not self.client.locked)

    @property
    def last_row(self) -> str:
        """The last row of the output area that is not empty."""
        return next((row for row in reversed(self.client.rows[:-2]) if row), "")

    def enter(self, line: str) -> None:
        """A line and ENTER."""
        self.client.enter(line)
        self.wire.sendall(self.client.output())

    def commands(self, *lines: str) -> None:
        """CP commands, one after the other."""
        for line in lines:
            self.until(lambda: not self.client.locked)
            self.enter(line)
            self.shown(line[:60])


def keys(port: int, args: argparse.Namespace) -> dict[str, Any]:
    """From ENTER to the screen, beside one guest that loops."""
    looper, person = Terminal(port), Terminal(port)
    try:
        looper.shown("CP READ")
        looper.enter("LOGON LOOP0 LOOP0")
        looper.shown("LOGON AT")
        looper.commands("TERMINAL MORE 0 0", *LOOP[:-1])
        looper.enter(LOOP[-1])
        looper.until(lambda: looper.client.status == "RUNNING")
        person.shown("CP READ")
        person.enter(f"LOGON {PERSON} {PERSON}")
        person.shown("LOGON AT")
        digits = program()
        stores = [f"STORE S{0x200 + at // 2:X} {digits[at : at + 64]}" for at in range(0, len(digits), 64)]
        person.commands("TERMINAL MORE 0 0", *stores)
        person.commands("STORE S78 00000000 00000214", "STORE PSW 00000000 00000200")
        person.enter("BEGIN")
        person.until(lambda: person.client.status == "VM READ" and not person.client.locked)
        return _typed(person, args.keys)
    finally:
        looper.close()
        person.close()


def _typed(person: Terminal, count: int) -> dict[str, Any]:
    screens, answers = [], []
    for number, letter in zip(range(count), itertools.cycle(range(len(LETTERS))), strict=False):
        time.sleep(0.005 + 0.0137 * (number % 7))  # at any time of the other's slices
        line, answer = LETTERS[letter] * 6, ANSWERS[letter] * 6
        person.client.enter(line)
        key = person.client.output()
        began = time.perf_counter()
        person.wire.sendall(key)
        data = person.wire.recv(65_536)
        screens.append((time.perf_counter() - began) * 1000)
        person.client.receive(data)
        while person.last_row != answer:
            person.read()
        answers.append((time.perf_counter() - began) * 1000)
        person.until(lambda: person.client.status == "VM READ" and not person.client.locked)
    return {"lines": count, "screen": figures(screens), "answer": figures(answers)}


def held(port: int, args: argparse.Namespace) -> dict[str, Any]:
    """Many terminals at once: connecting, and an answer for each while all ask."""
    began = time.perf_counter()
    terminals = [Terminal(port) for _ in range(args.terminals)]
    try:
        for terminal in terminals:
            terminal.shown("CP READ")
        connected = time.perf_counter() - began
        times: list[float] = []
        selector = selectors.DefaultSelector()
        asked = time.perf_counter()
        for terminal in terminals:
            terminal.enter("LOGON NOBODY")
            selector.register(terminal.wire, selectors.EVENT_READ, terminal)
        while len(times) < len(terminals):
            ready = selector.select(PATIENCE)
            if not ready:
                raise BenchError(f"{len(times)} of {len(terminals)} terminals have an answer")
            for key, _ in ready:
                key.data.read()
                if "DMKLOG053E" in key.data.client.text:
                    times.append((time.perf_counter() - asked) * 1000)
                    selector.unregister(key.fileobj)
        selector.close()
        return {"terminals": len(terminals), "connected_s": connected, "answer": figures(times)}
    finally:
        for terminal in terminals:
            terminal.close()


PARTS: dict[str, Callable[[int, argparse.Namespace], dict[str, Any]]] = {"key": keys, "held": held}


def show(answer: dict[str, Any]) -> None:
    """A table."""
    print(f"{answer['cores']} cores; milliseconds (target: median of a key below {TARGET_MS:.0f})")
    for name, part, title in (
        ("key", "screen", "ENTER to the next screen"),
        ("key", "answer", "ENTER to the guest's answer"),
        ("held", "answer", "all ask, each has its answer"),
    ):
        if name in answer:
            values = answer[name][part]
            print(f"{title:32} median {values['median']:7.2f}  p99 {values['p99']:7.2f}  worst {values['worst']:7.2f}")
    if "held" in answer:
        print(f"{answer['held']['terminals']} terminals connected in {answer['held']['connected_s']:.2f} s")
    if API in answer:
        doors_api.show(answer[API])
