"""What the figures of ``vm370 bench cpu`` come to: ratios in geometric means, and the tables.

A line is one kernel in one engine; a figure that was not measured is None, and so is every mean without a figure::

    name engine mips      millions of instructions a second, of CPU time, compilation included
    peer_mips             of the peer, in the same run
    c_ratio               our time / time of the same algorithm in C
    mix                   one of the generated kernels: they have a mean of their own and are in none of the others

The summary: ``E_vs_peer`` is the mean of mips / peer_mips of engine E, ``E_vs_peer_min`` the smallest, ``E_vs_c`` the
mean of c_ratio; ``mix_mips`` the mean of the fastest engine measured (``mix_engine``), ``mips`` those of each engine.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from vm370.cp.engine.engines import ENGINES, REFERENCE

Line = Mapping[str, Any]
REGIONS = "regions"
COMPARED = ("interpreter", REGIONS)
"""Engines whose ratios are always part of the summary."""


def geometric_mean(values: Iterable[float | None]) -> float | None:
    """Of the values that are there."""
    found = [value for value in values if value is not None]
    return math.exp(sum(map(math.log, found)) / len(found)) if found else None


def peer_ratio(line: Line) -> float | None:
    """How many times faster than the peer."""
    mips, peer = line["mips"], line["peer_mips"]
    return None if mips is None or not peer else mips / peer


def summarize(lines: Sequence[Line]) -> dict[str, Any]:
    """The summary."""
    engines = [engine for engine in ENGINES if any(line["engine"] == engine for line in lines)]
    summary: dict[str, Any] = {}
    for engine in dict.fromkeys((*COMPARED, *engines)):
        if engine == REFERENCE:
            continue
        own = [line for line in lines if line["engine"] == engine and not line["mix"]]
        ratios = [peer_ratio(line) for line in own]
        summary[f"{engine}_vs_peer"] = geometric_mean(ratios)
        summary[f"{engine}_vs_peer_min"] = min((ratio for ratio in ratios if ratio is not None), default=None)
        summary[f"{engine}_vs_c"] = geometric_mean(line["c_ratio"] for line in own)
    mixes = [line for line in lines if line["mix"] and line["mips"] is not None]
    fastest = next((engine for engine in reversed(engines) if any(line["engine"] == engine for line in mixes)), None)
    mix = [line for line in mixes if line["engine"] == fastest]
    summary["mix_mips"] = geometric_mean(line["mips"] for line in mix)
    summary["mix_engine"] = fastest
    summary["mix_vs_peer"] = geometric_mean(map(peer_ratio, mix))
    summary["mips"] = {
        engine: geometric_mean(line["mips"] for line in lines if line["engine"] == engine and not line["mix"])
        for engine in engines
    }
    return rounded(summary)


def rounded(value: Any) -> Any:
    """Floating-point numbers to four significant digits."""
    if isinstance(value, dict):
        return {key: rounded(one) for key, one in value.items()}
    return float(f"{value:.4g}") if isinstance(value, float) else value


def table(answer: Mapping[str, Any], *, markdown: bool = False) -> str:
    """Kernels down, engines across."""
    lines = answer["kernels"]
    engines = list(dict.fromkeys(line["engine"] for line in lines))
    heads = ["kernel", *engines, "peer", "C"]
    heads += [f"{engine} / peer" for engine in engines if engine != REFERENCE]
    heads += [f"{engine} time / C" for engine in engines if engine != REFERENCE]
    rows = []
    for name in dict.fromkeys(line["name"] for line in lines):
        found = {line["engine"]: line for line in lines if line["name"] == name}
        row = [name, *(_shown(found.get(engine, {}).get("mips")) for engine in engines)]
        one = next(iter(found.values()))
        row += [_shown(one["peer_mips"]), _shown(one.get("c_mips"))]
        others = [line for engine, line in found.items() if engine != REFERENCE]
        row += [_shown(peer_ratio(line), 2) for line in others]
        row += [_shown(line["c_ratio"], 2) for line in others]
        rows.append(row)
    widths = [max(2, *(len(row[place]) for row in (heads, *rows))) for place in range(len(heads))]
    cells = [[f"{cell:<{w}}" if i == 0 else f"{cell:>{w}}" for i, (cell, w) in enumerate(zip(row, widths, strict=True))]
             for row in (heads, *rows)]  # fmt: skip
    if not markdown:
        return "\n".join("  ".join(row).rstrip() for row in cells)
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    return "\n".join("| " + " | ".join(row) + " |" for row in (cells[0], rule, *cells[1:]))


def _shown(value: float | None, digits: int = 0) -> str:
    if value is None:
        return "-"
    return f"{value:.{digits}f}" if digits or value >= 100 else f"{value:.3g}"


def lines_of_summary(summary: Mapping[str, Any]) -> list[str]:
    """The summary for people."""
    shown = [(key, value) for key, value in summary.items() if not isinstance(value, dict)]
    shown += [(f"{engine} MIPS, geometric mean", value) for engine, value in summary["mips"].items()]
    return [f"{key:32} {'not measured' if value is None else value}" for key, value in shown]
