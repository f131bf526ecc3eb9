"""Regions on disk, in the user's cache folder (cache.py has the rules: private, verified, renamed into place).

A file is one region: its name ``<entry>-<content>-<level>``, in a folder that is named by everything the code depends
on besides the region's own content; inside a line of JSON with the plan, then the object code.  The folder is bounded:
when it has grown too large, the files that were written first go.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from functools import cache as remembered
from pathlib import Path

from vm370.cp.engine.native import cache, compiler
from vm370.cp.engine.regions.region import Plan

LIMIT = 64 << 20
"""Bytes of all files together."""
_saved = 0


@remembered
def _key() -> str:
    return cache.key(["regions", *compiler.host()])


def folder() -> Path:
    """Where the regions of this program, LLVM and host are."""
    return cache.folder() / f"regions-{_key()}"


def _encode(plan: Plan) -> bytes:
    value = {"entries": plan.entries, "runs": [(a, data.hex()) for a, data in plan.runs], "n": plan.instructions}
    return json.dumps(value, separators=(",", ":")).encode() + b"\n"


def _decode(line: bytes) -> Plan:
    value = json.loads(line)
    entries = tuple((int(a), tuple((int(n), int(v)) for n, v in guards)) for a, guards in value["entries"])
    return Plan(entries, tuple((int(a), bytes.fromhex(data)) for a, data in value["runs"]), int(value["n"]))


def candidates(entry: int, level: int) -> Iterator[tuple[Plan, bytes]]:
    """(plan, object code) of the regions that begin there."""
    try:
        names = sorted(os.listdir(folder()))
    except OSError:
        return
    for name in names:
        if not (name.startswith(f"{entry:06x}-") and name.endswith(f"-{level}")):
            continue
        data = cache.load_file(folder() / name)
        if data is None:
            continue
        line, _, code = data.partition(b"\n")
        try:
            plan = _decode(line)
        except (ValueError, KeyError, TypeError):
            continue
        if name == _name(plan, level):
            yield plan, code


def _name(plan: Plan, level: int) -> str:
    return f"{plan.entries[0][0]:06x}-{plan.name}-{level}"


def save(plan: Plan, code: bytes, level: int) -> None:
    """Keep a region; without success where that is not possible."""
    global _saved
    if _saved == 0 or _saved > LIMIT // 8:
        _saved = 0
        trim(LIMIT)
    data = _encode(plan) + code
    _saved += len(data)
    cache.save_file(folder() / _name(plan, level), data)


def trim(limit: int) -> None:
    """Delete the oldest files while there is more than ``limit``; folders of other programs first."""
    found = []
    try:
        for place in cache.folder().glob("regions-*"):
            for path in place.iterdir():
                status = path.stat()
                found.append((place == folder(), status.st_mtime, status.st_size, path))
    except OSError:
        return
    size = sum(entry[2] for entry in found)
    for _, _, length, path in sorted(found):
        if size <= limit:
            return
        path.unlink(missing_ok=True)
        size -= length
