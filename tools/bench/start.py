"""What starting costs: native code, a guest, and CMS.  Each figure comes from processes of its own.

build_s          native code made for the first time, in an empty cache folder (imports not counted)
build_cpu_s      the same in CPU time
load_ms          native code from the cache, beyond the imports: the best of several processes
guest_kib        memory of a further idle guest that is logged on and has IPLed CMS: resident size of the process with
                 all guests less that with one, for each guest between
ipl_cold_s       IPL CMS to Ready as the first thing after a start, nothing in the cache: what the user waits for, while
                 native code is built beside
ipl_warm_s       the same with everything in the cache, and loaded
ipl_again_s      a second IPL of the same guest
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from vm370.cp.engine.engines import ENGINES, REFERENCE
from vm370.tools.bench import BenchError, host
from vm370.tools.bench.progress import Progress

TARGETS = {"build_s": 5.0, "load_ms": 20.0}
LOADS = 5
#   figure           unit, digits
FIGURES = {
    "build_s": 2,
    "build_cpu_s": 2,
    "load_ms": 1,
    "guest_kib": 0,
    "ipl_cold_s": 3,
    "ipl_warm_s": 3,
    "ipl_again_s": 3,
}
USERS = """\
*
USER G{number:03} * 1M 16M G
 CONSOLE 009 3215
 LINK    MAINT 190 190 RR
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Options."""
    parser.add_argument("--engine", choices=ENGINES, action="append", help="only this engine (may be repeated)")
    parser.add_argument("--guests", type=int, default=20, help="guests for the memory of one (default 20)")


def measure(args: argparse.Namespace) -> dict[str, Any]:
    """All figures of all engines."""
    if args.guests < 2:
        raise BenchError("--guests has to be 2 or more")
    from vm370.tools.home import make_home

    engines = list(args.engine or ENGINES)
    progress = Progress(3 * len(engines) + 1)
    lines = []
    with tempfile.TemporaryDirectory(prefix="vm370-bench-") as folder:
        progress("home")
        home = Path(folder) / "home"
        make_home(home, lambda text, done, steps: None)
        with (home / "directory").open("a") as directory:
            directory.writelines(USERS.format(number=number) for number in range(args.guests))
        for engine in engines:
            line: dict[str, Any] = dict.fromkeys(FIGURES)
            cold, warm = Path(folder) / f"{engine}-cold", Path(folder) / f"{engine}-warm"
            progress(f"{engine}: native code")
            if engine != REFERENCE:
                built = call(warm, "load", engine)
                line["build_s"], line["build_cpu_s"] = built["seconds"], built["cpu"]
                line["load_ms"] = 1000 * min(call(warm, "load", engine)["seconds"] for _ in range(LOADS))
            progress(f"{engine}: IPL of CMS")
            line["ipl_cold_s"] = call(cold, "ipl", engine, str(home), "0")["first"]
            ready = call(warm, "ipl", engine, str(home), "1")
            line["ipl_warm_s"], line["ipl_again_s"] = ready["first"], ready["again"]
            progress(f"{engine}: memory of a guest")
            line["guest_kib"] = call(warm, "guests", engine, str(home), str(args.guests))["kib"]
            lines.append({"engine": engine, **{name: round(v, 4) if v is not None else v for name, v in line.items()}})
    progress.end()
    return {"engines": lines, "targets": TARGETS, "guests": args.guests, "machine": host.description()}


def call(cache: Path, *job: str) -> dict[str, Any]:
    """The answer of a process with this cache folder."""
    process = subprocess.run(
        [sys.executable, "-m", "vm370.tools.bench.start", *job],
        env={**os.environ, "XDG_CACHE_HOME": str(cache)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        answer: dict[str, Any] = json.loads(process.stdout)
    except ValueError:
        last = "".join(process.stderr.strip().splitlines()[-1:])
        raise BenchError(f"{' '.join(job[:2])}: exit code {process.returncode}: {last}") from None
    return answer


def load(engine: str) -> dict[str, Any]:
    """Make or load native code, with everything imported before that can be."""
    try:
        import llvmlite.binding  # noqa: F401

        from vm370.cp.engine.engines import engine_for
        from vm370.cp.engine.native import compiler  # noqa: F401
    except ImportError as error:
        raise BenchError(f"native code is not available on this host ({error})") from None
    module: Any = engine_for(engine)
    start, used = time.perf_counter(), time.process_time()
    if not module.available():
        raise BenchError(f"{engine}: native code is not available on this host")
    return {"seconds": time.perf_counter() - start, "cpu": time.process_time() - used}


def ipl(engine: str, home: str, loaded: str) -> dict[str, Any]:
    """IPL CMS twice; ``loaded`` "1": native code is there before."""
    from vm370.tools.bench.harness import Bench

    bench = Bench(Path(home))
    if loaded == "1":
        bench.system.engines.wait()
    vm = bench.logon("CMSUSER")
    vm.set_engine(engine)
    times = []
    for _ in range(2):
        start = time.perf_counter()
        shown = bench.type("#CP IPL CMS")
        times.append(time.perf_counter() - start)
        if not any(line.startswith("Ready") for line in shown):
            raise BenchError(f"CMS did not come up: {shown}")
    bench.system.engines.wait()
    bench.close()
    return {"first": times[0], "again": times[1]}


def guests(engine: str, home: str, count: str) -> dict[str, Any]:
    """Memory of a guest between the first and the last."""
    from vm370.tools.bench.harness import Bench

    bench = Bench(Path(home))
    bench.system.engines.wait()
    sizes = []
    for number in range(int(count)):
        vm = bench.logon(f"G{number:03}")
        vm.set_engine(engine)
        shown = bench.type("IPL CMS", "#CP DISCONN")
        if not any(line.startswith("Ready") for line in shown):
            raise BenchError(f"CMS did not come up: {shown}")
        sizes.append(resident())
    bench.close()
    return {"kib": (sizes[-1] - sizes[0]) / (len(sizes) - 1) / 1024}


def resident() -> int:
    """Bytes of memory that this process has in use."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGESIZE")
    except OSError:
        import resource

        unit = 1 if sys.platform == "darwin" else 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


JOBS: dict[str, Callable[..., dict[str, Any]]] = {"load": load, "ipl": ipl, "guests": guests}


def show(answer: dict[str, Any]) -> None:
    """Figures down, engines across."""
    lines = answer["engines"]
    print(f"{'':14}" + "".join(f"{line['engine']:>13}" for line in lines) + f"{'target':>10}")
    for name, digits in FIGURES.items():
        cells = (f"{'-':>13}" if line[name] is None else f"{line[name]:13.{digits}f}" for line in lines)
        target = TARGETS.get(name)
        print(f"{name:14}" + "".join(cells) + (f"{target:10g}" if target is not None else ""))
    print(f"{answer['guests']} guests; {host.sentence(answer['machine'])}")


def main(job: list[str]) -> int:
    """One of the processes."""
    try:
        print(json.dumps(JOBS[job[0]](*job[1:])))
    except BenchError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
