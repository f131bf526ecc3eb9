"""``vm370 bench NAME``: measurements.

Each is a module of tools/bench with ``configure(parser)``, ``measure(args) -> answer``, ``show(answer)``, and
``failed(answer) -> bool`` if a part of it may fail.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys

from vm370.tools.bench import BenchError

#  name      module                    what it measures
BENCHMARKS = {
    "boot": ("vm370.tools.bench.boot", "first and later starts, IPL of CMS, echo of a key beside looping guests"),
    "impure": ("vm370.tools.bench.impure", "what DIAGNOSE saves: the same file copy pure, assisted and impure"),
    "commands": ("vm370.tools.bench.commands", "CMS commands: pure, with VM/370's DIAGNOSE, with vm370's own"),
    "paravirtual": ("vm370.tools.bench.paravirtual", "time, waits, blocks: by hardware, DIAGNOSE, vm370's own"),
    "cpu": ("vm370.tools.bench.cpu", "kernels of guest code in each engine, in millions of instructions a second"),
    "roundtrip": ("vm370.tools.bench.roundtrip", "SVC and DIAGNOSE, to CP and back, with assists on and off"),
    "response": ("vm370.tools.bench.response", "echo and answer at the console beside 0 to 30 looping guests"),
    "parallel": ("vm370.tools.bench.parallel", "compute-bound guests alone, side by side and in turn"),
    "ipl": ("vm370.tools.bench.ipl", "IPL of CMS by name; memory and time of users who wait"),
    "doors": (
        "vm370.tools.bench.doors",
        "key to screen of a 3270 terminal beside a looping guest, 200 terminals, guests from Python",
    ),
    "start": ("vm370.tools.bench.start", "first build and loading of native code, memory of a guest, IPL of CMS"),
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Options."""
    benchmarks = parser.add_subparsers(dest="benchmark", metavar="NAME", required=True)
    for name, (module, text) in BENCHMARKS.items():
        sub = benchmarks.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
        sub.add_argument("--json", action="store_true", help="the answer as JSON")
        importlib.import_module(module).configure(sub)


def main(args: argparse.Namespace) -> int:
    """Exit code 0; 1 if a part failed, which was said; 2 if it cannot be measured."""
    module = importlib.import_module(BENCHMARKS[args.benchmark][0])
    try:
        answer = module.measure(args)
    except BenchError as error:
        print(f"vm370 bench: {error}", file=sys.stderr)
        return 2
    if args.json:
        print(json.dumps(answer, indent=2))
    else:
        module.show(answer)
    return 1 if hasattr(module, "failed") and module.failed(answer) else 0
