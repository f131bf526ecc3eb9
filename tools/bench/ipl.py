"""IPL of CMS by name, and what guests cost that wait for their users.

ready_ms             IPL CMS from the saved system to the end of its Ready message, on a system that has done it before
disk_ready_ms        the same by IPL 190
logon_ready_ms       LOGON and IPL CMS of a user who was not there
guest_kib            host memory of one more user whose CMS from the saved system waits for a command; shared pages once
idle_ms_per_s        time of CPU that all of these users take together in a second of waiting
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from vm370.cp.console.terminal import Terminal
from vm370.cp.directory.entries import LinkStatement, MdiskStatement
from vm370.cp.machine import VirtualMachine
from vm370.cp.system import System
from vm370.tools.bench import BenchError
from vm370.tools.home import make_home

TARGETS = {"ready_ms": 3.0}


def configure(parser: argparse.ArgumentParser) -> None:
    """Options."""
    parser.add_argument("--rounds", type=int, default=100, metavar="N", help="IPLs of each kind (default 100)")
    parser.add_argument("--guests", type=int, default=200, metavar="N", help="waiting users (default 200)")


def measure(args: argparse.Namespace) -> dict[str, Any]:
    """All figures; times in milliseconds."""
    with tempfile.TemporaryDirectory(prefix="vm370-bench-") as folder:
        home = Path(folder) / "home"
        make_home(home, lambda text, done, steps: None)
        system = System(home)
        system.engines.wait()
        try:
            return {
                "ready_ms": _ipl(system, "CMS", args.rounds),
                "disk_ready_ms": _ipl(system, "190", args.rounds),
                "logon_ready_ms": _logon(system, args.rounds),
                **_guests(system, args.guests),
                "targets": TARGETS,
            }
        finally:
            system.shutdown()


def _until_ready(system: System, vm: VirtualMachine) -> None:
    while not vm.console_reading:
        if not system.step() and not vm.console_reading:
            raise BenchError("CMS does not get ready")


def _new_user(system: System, number: int) -> VirtualMachine:
    """A user with the devices of CMSUSER, whose 191 all of them have read-only, at a terminal."""
    model = system.directory.find("CMSUSER")
    if model is None:
        raise BenchError("the directory has no user CMSUSER")
    statements = tuple(
        LinkStatement(each.line, "CMSUSER", each.vaddr, each.vaddr, "RR") if isinstance(each, MdiskStatement) else each
        for each in model.statements
    )
    entry = replace(model, userid=f"U{number:05}", statements=statements)
    session = system.connect(Terminal())
    return system.logon(entry, session)


def _ipl(system: System, what: str, rounds: int) -> dict[str, float]:
    vm = _new_user(system, 0)
    times = []
    for _ in range(rounds + 10):
        assert vm.session is not None
        vm.enter_cp()
        began = time.perf_counter()
        vm.session.enter(f"IPL {what}")
        _until_ready(system, vm)
        times.append(1000 * (time.perf_counter() - began))
    system.logoff(vm)
    return _figures(times[10:])


def _logon(system: System, rounds: int) -> dict[str, float]:
    times = []
    for number in range(rounds):
        began = time.perf_counter()
        vm = _new_user(system, number)
        assert vm.session is not None
        vm.session.enter("IPL CMS")
        _until_ready(system, vm)
        times.append(1000 * (time.perf_counter() - began))
        system.logoff(vm)
    return _figures(times)


def _figures(times: list[float]) -> dict[str, float]:
    return {"median": statistics.median(times), "best": min(times)}


def _guests(system: System, count: int) -> dict[str, float]:
    """Memory and time of ``count`` waiting guests."""
    before = _memory()
    machines = []
    for number in range(count):
        vm = _new_user(system, number)
        assert vm.session is not None
        vm.session.enter("IPL CMS")
        _until_ready(system, vm)
        machines.append(vm)
    while system.step():
        pass
    after = _memory()
    began, used = time.perf_counter(), time.process_time()
    while time.perf_counter() - began < 1:
        if system.step():
            continue
        wake_up = system.next_wake_up()
        left = began + 1 - time.perf_counter()
        time.sleep(max(0, left if wake_up is None else min(left, wake_up - time.monotonic())))
    idle = 1000 * (time.process_time() - used)
    for vm in machines:
        system.logoff(vm)
    return {
        "guests": count,
        "guest_kib": (after["Private"] - before["Private"]) / count,
        "idle_ms_per_s": idle,
    }


def _memory() -> dict[str, float]:
    """This process's private pages in KiB; what it shares with the saved system is not among them."""
    found = {"Private": 0.0}
    for line in Path("/proc/self/smaps_rollup").read_text().splitlines():
        name, _, rest = line.partition(":")
        if name.startswith("Private_"):
            found["Private"] += float(rest.split()[0])
    return found


def show(answer: dict[str, Any]) -> None:
    """As a table."""
    for name, text in (
        ("ready_ms", "IPL CMS, saved system"),
        ("disk_ready_ms", "IPL 190"),
        ("logon_ready_ms", "LOGON and IPL CMS"),
    ):
        print(f"{text:24} {answer[name]['median']:7.2f} ms to Ready (best {answer[name]['best']:.2f})")
    print(f"{answer['guests']} waiting users        {answer['guest_kib']:7.0f} KiB each")
    print(f"{'time they take':24} {answer['idle_ms_per_s']:7.2f} ms of CPU in a second, all together")
