"""How fast the engines are: kernels of guest code, in millions of instructions per second of CPU time.

Each measurement is a run of a whole kernel in a process of its own, with a cache folder that has the native interpreter
but no translated regions: what is compiled during the run counts as time of the run.  The peer and the C versions run
in turn with ours, so that all of them meet the same host.  Every run's result and number of instructions is compared
with what a model of the algorithm gives (models.py, mix.py); a kernel with a wrong result has no speed.
"""

from __future__ import annotations

import argparse
import contextlib
import shlex
import signal
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vm370.cp.engine.engines import ENGINES, REFERENCE
from vm370.tools.bench import BenchError, cside, host
from vm370.tools.bench.kernel import Kernel, read_kernels
from vm370.tools.bench.own import MIX, NAMES, own_kernel
from vm370.tools.bench.peer import Peer, PeerError
from vm370.tools.bench.progress import Progress
from vm370.tools.bench.summary import lines_of_summary, rounded, summarize, table
from vm370.tools.bench.worker import Workers

REFERENCE_SECONDS = 0.3
"""A measurement of the reference engine takes no longer: its speed does not depend on it."""
LONG_ENOUGH, LONGER = 0.8, 3
"""A run of less than this part of the time asked for is made again, longer, so often at most."""
C_SHARE = 0.25
"""Time of a C measurement, as part of that of an engine."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Options."""
    parser.add_argument(
        "kernels", nargs="*", type=Path, metavar="DIR|FILE", help="kernel files (.json) to run besides our own"
    )
    parser.add_argument("--engine", choices=ENGINES, action="append", help="only this engine (may be repeated)")
    parser.add_argument("--peer", choices=["hercules"], help="run the kernels on this emulator too")
    parser.add_argument("--kernel", action="append", metavar="NAME", help="only this kernel (may be repeated): "
                        f"{', '.join(NAMES)}, or the name of a file's")  # fmt: skip
    parser.add_argument("--seconds", type=float, default=2.0, help="CPU time of one measurement (default 2)")
    parser.add_argument("--runs", type=int, default=2, help="measurements, of which the best counts (default 2)")
    parser.add_argument("--no-c", action="store_true", help="leave the C versions out")
    parser.add_argument("--markdown", action="store_true", help="the table as docs/performance.md has it")
    parser.epilog = (
        "Exit code 0; 1 if a kernel could not be measured or gave a wrong result; 2 if nothing could be measured."
    )


def chosen(args: argparse.Namespace) -> list[Kernel]:
    """The kernels that the arguments name."""
    files = read_kernels(args.kernels)
    wanted: list[str] | None = args.kernel
    unknown = set(wanted or ()) - {*NAMES, *(kernel.name for kernel in files)}
    if unknown:
        raise BenchError(f"no kernel {', '.join(sorted(unknown))}; there are {', '.join(NAMES)} and those of files")
    own = [own_kernel(name) for name in NAMES if wanted is None or name in wanted]
    return own + [kernel for kernel in files if wanted is None or kernel.name in wanted]


@dataclass
class Measured:
    """The best figures of one kernel so far."""

    kernel: Kernel
    engines: dict[str, dict[str, Any]] = field(default_factory=dict)
    peer_mips: float | None = None
    c_seconds: float | None = None
    """Of one repetition."""
    faults: list[str] = field(default_factory=list)

    def lines(self, engines: list[str]) -> list[dict[str, Any]]:
        """The lines of the answer."""
        kernel = self.kernel
        c_mips = None if self.c_seconds is None else kernel.per_iteration / self.c_seconds / 1e6
        lines = []
        for engine in engines:
            best = self.engines.get(engine)
            mips = None if best is None else best["instructions"] / best["cpu"] / 1e6
            line = {
                "name": kernel.name,
                "engine": engine,
                "mips": mips,
                "peer_mips": self.peer_mips,
                "c_ratio": None if mips is None or c_mips is None else c_mips / mips,
                "c_mips": c_mips,
                "instructions": None if best is None else best["instructions"],
                "cpu_seconds": None if best is None else best["cpu"],
                "wall_seconds": None if best is None else best["wall"],
                "mix": kernel.name.startswith(MIX),
            }
            lines.append(rounded(line))
        return lines


def measure(args: argparse.Namespace) -> dict[str, Any]:
    """The answer."""
    if args.seconds <= 0 or args.runs < 1:
        raise BenchError("--seconds and --runs have to be positive")
    kernels, engines, notes = chosen(args), list(args.engine or ENGINES), list[str]()
    progress = Progress(len(kernels) + 1)
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="vm370-bench-")))
        stack.callback(progress.end)
        stack.enter_context(ending_in_order())
        peer = None
        if args.peer:
            try:
                peer = stack.enter_context(
                    Peer(folder, max(kernel.mainsize for kernel in kernels) + (1 << 20) - 1 >> 20)
                )
            except PeerError as error:
                notes.append(str(error))
        if not args.no_c and not cside.available():
            notes.append(f"{cside.COMPILER} is not installed: no ratios to C")
        progress("native code")
        workers = Workers(folder / "cache")
        lines, faults = [], workers.warm(engines)
        if not engines:
            raise BenchError("; ".join(faults))
        for kernel in kernels:
            progress(kernel.name)
            measured = measure_kernel(kernel, engines, workers, peer, folder, args)
            lines += measured.lines(engines)
            faults += measured.faults
        name = None if peer is None else peer.name
    for text in (*notes, *faults):
        print(f"vm370 bench: {text}", file=sys.stderr)
    return {
        "kernels": lines,
        "summary": summarize(lines),
        "peer": name,
        "machine": host.description(),
        "command": command(args),
        "seconds": args.seconds,
        "runs": args.runs,
        "notes": notes,
        "faults": faults,
        "markdown": args.markdown,
    }


@contextlib.contextmanager
def ending_in_order() -> Iterator[None]:
    """A termination signal ends the peer too, instead of leaving it behind."""

    def end(number: int, frame: object) -> None:
        sys.exit(128 + number)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def measure_kernel(
    kernel: Kernel, engines: list[str], workers: Workers, peer: Peer | None, folder: Path, args: argparse.Namespace
) -> Measured:
    """One kernel everywhere, ``--runs`` times in turn."""
    measured = Measured(kernel)

    def attempt(what: str, action: Any) -> Any:
        try:
            return action()
        except (BenchError, OSError) as error:
            measured.faults.append(str(error) if kernel.name in str(error) else f"{kernel.name}: {what}: {error}")
            return None

    peer_count = None if peer is None else attempt("peer", lambda: peer.count_for(kernel, args.seconds))
    counts: dict[str, int] = {}
    for engine in engines:
        job: dict[str, Any] = {"job": "prepare", "engine": engine, "kernel": kernel.as_data()}
        prepared = attempt(engine, lambda job=job: workers.call(job))
        if prepared is not None:
            seconds = min(args.seconds, REFERENCE_SECONDS) if engine == REFERENCE else args.seconds
            counts[engine] = kernel.count_for(prepared["mips"] * 1e6 * seconds)
    c_program = c_count = None
    if not args.no_c and cside.available() and cside.has_source(kernel):
        c_program = attempt("C", lambda: cside.CProgram(kernel, folder))
        c_count = c_program and attempt("C", lambda: c_program.count_for(args.seconds * C_SHARE))
    for _ in range(args.runs):
        if peer is not None and peer_count is not None:
            mips = attempt("peer", lambda: peer.mips(kernel, peer_count))
            if mips is not None:
                measured.peer_mips = max(measured.peer_mips or 0.0, mips)
        if c_program is not None and c_count is not None:
            seconds = attempt("C", lambda: c_program.seconds(c_count) / c_count)
            if seconds is not None:
                measured.c_seconds = min(measured.c_seconds or seconds, seconds)
        for engine, count in list(counts.items()):
            job = {"job": "measure", "engine": engine, "kernel": kernel.as_data(), "count": count}
            run = attempt(engine, lambda job=job: workers.call(job))
            wanted = min(args.seconds, REFERENCE_SECONDS) if engine == REFERENCE else args.seconds
            for _ in range(LONGER):
                if run is None or run["cpu"] >= LONG_ENOUGH * wanted:
                    break
                # it was estimated before hot code was translated
                counts[engine] = kernel.count_for(run["instructions"] / run["cpu"] * wanted)
                job = {**job, "count": counts[engine]}
                run = attempt(engine, lambda job=job: workers.call(job))
            if run is None:
                del counts[engine]
                measured.engines.pop(engine, None)  # an engine that gives wrong results has no speed
                continue
            best = measured.engines.get(engine)
            if best is None or run["instructions"] * best["cpu"] > best["instructions"] * run["cpu"]:
                measured.engines[engine] = run
    return measured


def command(args: argparse.Namespace) -> str:
    """The command that gives this answer again."""
    words = ["vm370", "bench", "cpu"]
    for engine in args.engine or ():
        words += ["--engine", engine]
    if args.peer:
        words += ["--peer", args.peer]
    for kernel in args.kernel or ():
        words += ["--kernel", kernel]
    words += ["--seconds", f"{args.seconds:g}", "--runs", str(args.runs)]
    return shlex.join([*words, *(["--no-c"] if args.no_c else []), *(path.name for path in args.kernels)])


def failed(answer: dict[str, Any]) -> bool:
    """Some kernel was not measured."""
    return bool(answer["faults"])


def show(answer: dict[str, Any]) -> None:
    """As a table."""
    print(table(answer, markdown=answer["markdown"]))
    print()
    print("\n".join(lines_of_summary(answer["summary"])))
    print()
    print(f"{host.sentence(answer['machine'])}; peer: {answer['peer'] or 'none'}")
    print(answer["command"])
