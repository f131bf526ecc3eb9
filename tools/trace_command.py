"""``vm370 trace``: each instruction as it is executed, with operands, effective addresses and what it changed.

    vm370 trace IMAGE [--start ADDR]          a bare machine: storage image, or a kernel of the benchmarks (.json)
    vm370 trace --user ID [--ipl SYSTEM]      a virtual machine of the directory, with CP and its devices

The listing (cp/tracing/recorder.py) is the same in every engine and every time: the clocks of the machine count
instructions, and CP's stands still.  The last line, on standard error, says how it ended and which tier executed how
many.  A trap shows as the one instruction that CP simulated; an instruction that was interrupted is listed when it is
complete.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from vm370.cp.commands.logon import apply_options
from vm370.cp.console.desk import Desk
from vm370.cp.console.driver import ScriptDriver
from vm370.cp.directory import DirectoryError
from vm370.cp.engine.engines import ENGINES, REFERENCE, engine_for
from vm370.cp.engine.native.context import Context
from vm370.cp.machine import VirtualMachine
from vm370.cp.s370.cpu import Cpu
from vm370.cp.s370.interceptions import BudgetEnd, MaskChanged
from vm370.cp.s370.psw import Psw
from vm370.cp.s370.storage import MAXIMUM, Storage
from vm370.cp.system import StartError, System
from vm370.cp.tracing import Recorder, Step
from vm370.tools.bench import BenchError
from vm370.tools.bench.kernel import from_data
from vm370.tools.dis_command import hexadecimal
from vm370.tools.home import HomeError, home_path, is_complete
from vm370.tools.listings import StandingClock

HELP = "print each instruction that a machine executes"
STORAGE = 1 << 21
CP = "CP"
"""Tier of what CP simulated."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``vm370 trace``."""
    parser.add_argument(
        "image", metavar="IMAGE", nargs="?", help="storage image, or a kernel of the benchmarks (.json)"
    )
    parser.add_argument(
        "--start", type=hexadecimal, metavar="ADDR", help="begin there (default: the PSW at location 0)"
    )
    parser.add_argument("--load", type=hexadecimal, default=0, metavar="ADDR", help="where the image goes (default 0)")
    parser.add_argument(
        "--repeat", type=int, default=1, metavar="N", help="a kernel's count of repetitions (default 1)"
    )
    parser.add_argument("--user", metavar="ID", help="trace this user's virtual machine instead")
    parser.add_argument("--home", metavar="DIR", help="the system's folder (default: VM370_HOME, or the data folder)")
    parser.add_argument("--ipl", metavar="SYSTEM", help="what the user loads: a device address or a named system")
    parser.add_argument("--script", metavar="FILE", help="lines to type at the terminal, each when it waits for input")
    parser.add_argument("--count", type=int, default=100, metavar="N", help="instructions to list (default 100)")
    parser.add_argument("--from", dest="begin", type=hexadecimal, metavar="ADDR", help="list from this address on")
    parser.add_argument("--engine", choices=list(ENGINES), help="what executes them (default: the fastest)")
    parser.add_argument("--tier", action="store_true", help="say with each instruction what executed it")
    parser.add_argument("--json", action="store_true", help="a JSON object for each instruction")


class Listing:
    """Prints steps, from the first one at ``begin`` on, until there were enough."""

    def __init__(self, args: argparse.Namespace) -> None:
        self._begin: int | None = args.begin
        self._left: int = args.count
        self._json: bool = args.json
        self._tier: bool = args.tier
        self.tiers: Counter[str] = Counter()

    @property
    def full(self) -> bool:
        """There were enough."""
        return self._left <= 0

    def take(self, step: Step) -> None:
        """One more step."""
        if self._begin is not None and step.address != self._begin:
            return
        self._begin = None
        if self.full:
            return
        self._left -= 1
        self.tiers[step.tier] += 1
        print(json.dumps(step.as_data()) if self._json else step.line(tier=self._tier))

    def end(self, how: str) -> None:
        """The last line."""
        tiers = ", ".join(f"{count} {tier}" for tier, count in self.tiers.most_common())
        print(f"vm370 trace: {how}; {self.tiers.total()} instructions: {tiers or 'none'}", file=sys.stderr)


def main(args: argparse.Namespace) -> int:
    """Exit code 0; 1 if there is nothing that could be traced."""
    if (args.image is None) == (args.user is None):
        print("vm370 trace: an IMAGE or --user ID is needed, not both", file=sys.stderr)
        return 2
    if args.count < 1 or args.repeat < 1:
        print("vm370 trace: --count and --repeat are at least 1", file=sys.stderr)
        return 2
    listing = Listing(args)
    try:
        how = trace_bare(args, listing) if args.image is not None else trace_user(args, listing)
    except OSError as error:
        print(f"vm370 trace: {error.filename}: {error.strerror}", file=sys.stderr)
        return 1
    except (BenchError, DirectoryError, HomeError, StartError, ValueError) as error:
        print(f"vm370 trace: {error}", file=sys.stderr)
        return 1
    listing.end(how)
    return 0


def native_instructions(cpu: Cpu) -> tuple[int, int]:
    """Executed by the interpreter, by regions."""
    context = cpu.native
    if not isinstance(context, Context):
        return 0, 0
    return context.statistics.interpreter, context.statistics.regions


def tier(before: tuple[int, int], after: tuple[int, int]) -> str:
    """What executed the instruction between the two."""
    return "interpreter" if after[0] > before[0] else "regions" if after[1] > before[1] else REFERENCE


# --- a bare machine ---


def loaded(args: argparse.Namespace) -> Cpu:
    """The CPU of a bare machine with the image in its storage."""
    path = Path(args.image)
    data, size, psw = path.read_bytes(), STORAGE, None
    if path.suffix == ".json":
        try:
            kernel = from_data(json.loads(data), args.image)
        except ValueError as error:
            raise ValueError(f"{path}: not a kernel: {error}") from None
        data, size, psw = kernel.image(args.repeat), kernel.mainsize, kernel.psw
    size = max(size, -(-(args.load + len(data)) // 4096) * 4096)
    if size > MAXIMUM:
        raise ValueError(f"{path}: {len(data)} bytes from {args.load:06X} on are more than 16 MiB")
    cpu = Cpu(Storage(size))
    cpu.storage.write(args.load, data)
    cpu.psw = Psw.from_bytes(psw if psw is not None else cpu.storage.read(0, 8))
    if args.start is not None:
        cpu.psw = Psw.from_bytes(args.start.to_bytes(8, "big"))
    return cpu


def trace_bare(args: argparse.Namespace, listing: Listing) -> str:
    """Trace a bare machine; how it ended."""
    cpu = loaded(args)
    engine = engine_for(args.engine or list(ENGINES)[-1])
    recorder = Recorder(listing.take)
    while not listing.full:
        recorder.before(cpu)
        before = native_instructions(cpu)
        stop = engine.run(cpu, 1)
        recorder.after(cpu, tier(before, native_instructions(cpu)))
        if not isinstance(stop, BudgetEnd | MaskChanged):
            return f"stopped: {stop}, PSW {cpu.psw.to_bytes().hex().upper()}"
    return "as many as were asked for"


# --- a virtual machine ---


class Watcher:
    """Looks at a virtual machine's instructions; stops it when there were enough."""

    def __init__(self, listing: Listing) -> None:
        self._listing = listing
        self._recorder = Recorder(listing.take)
        self._before = (0, 0)
        self._traps = 0

    def before(self, vm: VirtualMachine) -> None:
        """The engine is entered next."""
        self._recorder.before(vm.cpu)
        self._before, self._traps = native_instructions(vm.cpu), vm.execution.trap_count

    def after(self, vm: VirtualMachine) -> None:
        """The engine was left."""
        by_cp = vm.execution.trap_count != self._traps
        self._recorder.after(vm.cpu, CP if by_cp else tier(self._before, native_instructions(vm.cpu)))
        if self._listing.full:
            vm.execution.tracer = None
            vm.halt()


def trace_user(args: argparse.Namespace, listing: Listing) -> str:
    """Trace a user's virtual machine; how it ended."""
    home = home_path(args.home)
    if not is_complete(home):
        raise HomeError(f"{home}: there is no system; vm370 run builds one")
    typed = Path(args.script).read_text().splitlines() if args.script else []
    clock = StandingClock()
    system = System(home, clock)
    try:
        if args.engine != REFERENCE:
            system.engines.wait()
        entry = system.directory.find(args.user.upper())
        if entry is None or entry.nolog:
            raise ValueError(f"{args.user.upper()} is not in the directory")
        desk = Desk(system)
        vm = system.logon(entry, desk.selected)
        apply_options(vm)
        vm.set_timer("VIRTUAL")
        if args.engine is not None:
            vm.set_engine(args.engine)
        vm.execution.tracer = Watcher(listing)
        loading = args.ipl or (entry.ipl.system if entry.ipl is not None else None)
        lines = [f"IPL {loading}"] if loading else []
        ScriptDriver(system, desk, clock.sleep_until).type(_until_full(lines + typed, listing))
        return "as many as were asked for" if listing.full else f"nothing more to do, PSW {vm.psw_text()}"
    finally:
        if not system.shutting_down:
            system.shutdown()


def _until_full(lines: list[str], listing: Listing) -> Iterator[str]:
    for line in lines:
        if listing.full:
            return
        yield line
