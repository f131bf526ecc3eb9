"""Guests from Python: commands a second, and how long a fresh guest takes.  A part of ``vm370 bench doors``.

    cmd_per_s          guest.cmd("QUERY TIME") through CMS: console read, implied CP command, Ready message
    cp_per_s           guest.cp("QUERY TIME"): CP alone
    guest_ms           a fresh guest (logon, disk of its own, IPL of the saved CMS) and its end, as the fixture has it
    put_ms, get_ms     a file of 100 lines to the disk A of a CMS that has it accessed, and back
    system_ms          a system in a throw-away home, started and ended

``best`` of several runs and ``median``; each with ``cpu``, the processor time of this process instead of the clock's.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from typing import Any

from vm370.tools.api import Guest, System

COMMANDS, GUESTS, RUNS = 300, 30, 5
TARGETS = {"cmd_per_s": 1000.0, "guest_ms": 10.0}
LINES = b"a line of text\n" * 100


def configure(parser: argparse.ArgumentParser) -> None:
    """No options of its own."""


def measure(args: argparse.Namespace | None = None) -> dict[str, Any]:
    """All figures."""
    with System.temporary():
        pass  # the template of throw-away homes, and native code, are made once
    starts = [_timed(lambda: System.temporary().close()) for _ in range(RUNS)]
    with System.temporary() as system:
        guest = system.make_guest()
        answer: dict[str, Any] = {
            "cmd_per_s": _per_second(lambda: _repeat(guest.cmd)),
            "cp_per_s": _per_second(lambda: _repeat(guest.cp)),
            "guest_ms": _milliseconds([_timed(lambda: system.make_guest().logoff()) for _ in range(GUESTS)]),
            "put_ms": _milliseconds([_timed(lambda: _put(guest)) for _ in range(GUESTS)]),
            "get_ms": _milliseconds([_timed(lambda: _get(guest)) for _ in range(GUESTS)]),
        }
    return answer | {"system_ms": _milliseconds(starts), "targets": TARGETS}


def _repeat(do: Callable[[str], Any]) -> None:
    for _ in range(COMMANDS):
        do("QUERY TIME")


def _put(guest: Guest) -> None:
    guest.put(LINES, "BENCH FILE A")


def _get(guest: Guest) -> None:
    assert guest.get("BENCH FILE A").text.encode() == LINES


def _timed(action: Callable[[], Any]) -> tuple[float, float]:
    """Seconds by the clock, and of processor time."""
    began, cpu = time.perf_counter(), time.process_time()
    action()
    return time.perf_counter() - began, time.process_time() - cpu


def _per_second(action: Callable[[], Any]) -> dict[str, float]:
    action()  # regions of hot code are translated
    runs = [_timed(action) for _ in range(RUNS)]
    wall, cpu = ([COMMANDS / run[part] for run in runs] for part in (0, 1))
    return {"median": statistics.median(wall), "best": max(wall), "cpu": statistics.median(cpu)}


def _milliseconds(runs: list[tuple[float, float]]) -> dict[str, float]:
    wall, cpu = ([run[part] * 1000 for run in runs] for part in (0, 1))
    return {"median": statistics.median(wall), "best": min(wall), "cpu": statistics.median(cpu)}


def show(answer: dict[str, Any]) -> None:
    """One line for each figure."""
    texts = {
        "cmd_per_s": 'guest.cmd("QUERY TIME") a second',
        "cp_per_s": 'guest.cp("QUERY TIME") a second',
        "guest_ms": "fresh guest, ms",
        "put_ms": "put of 100 lines, ms",
        "get_ms": "get of 100 lines, ms",
        "system_ms": "system in a throw-away home, ms",
    }
    for name, text in texts.items():
        figures = answer[name]
        target = f"   (target {TARGETS[name]:,.0f})" if name in TARGETS else ""
        shown = "   ".join(f"{word} {figures[word]:8,.1f}" for word in ("median", "best", "cpu"))
        print(f"{text:36} {shown}{target}")
