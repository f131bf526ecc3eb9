"""Cases on Hercules: build the storage that harness.py describes, run it, read the results.

Hercules runs as a process of its own, without console or devices, steered by a command file; it loads the image with
LOADCORE and writes the results with SAVECORE.  What does not finish in time (a case that loops or stops there) counts
as a case without a result.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vm370.tools.conformance import harness

Case = dict[str, Any]
CONFIGURATION = """\
ARCHMODE S/370
MAINSIZE {megabytes}
CPUSERIAL 000001
CPUMODEL 0145
NUMCPU 1
PANRATE 1000
OSTAILOR QUIET
000D 3525 {folder}/punch
"""
FINISH_SECONDS = 90
WAIT = """\
for turn in $(seq 400)
do test -s {folder}/punch && break; sleep 0.05
done
"""
"""Shell commands that wait for the card, 20 seconds at most: what takes longer does not end."""


class PeerError(Exception):
    """Hercules is not there or did not do what it should."""


@dataclass
class PeerResult:
    """What a case left behind: ``kind`` as in harness.py; keys of changed or referenced blocks, changed blocks."""

    kind: int
    gr: list[int]
    fpr: list[int]
    cr: list[int]
    low: bytes
    keys: dict[int, int] = field(default_factory=dict)
    blocks: dict[int, bytes] = field(default_factory=dict)


def installed() -> bool:
    """Is there a Hercules?"""
    return shutil.which("hercules") is not None


def run(header: Case, cases: Sequence[Case], prefixes: dict[int, int] | None = None) -> list[PeerResult | None]:
    """Results of the cases, which have all the same storage size; ``prefixes``: those that a case sets, by position."""
    results: list[PeerResult | None] = []
    while len(results) < len(cases):
        entries = []
        room = harness.RESULTS - harness.TABLE - 4
        for position in range(len(results), len(cases)):
            entry = _entry(header, cases[position], (prefixes or {}).get(position, 0))
            if len(entry) > room:
                break
            room -= len(entry)
            entries.append(entry)
        if not entries:
            raise PeerError(f"case {cases[len(results)].get('i')}: too large")
        found, complete = _batch(entries, cases[0].get("msz", 8))
        results += found
        if not complete:
            results.append(None)
        elif not found:
            raise PeerError("the program ended without a result")
    return results


def _entry(header: Case, case: Case, prefix: int) -> bytes:
    """One case as the program wants it."""
    gr = [int(value, 16) for value in header["bg_g"]]
    fpr = {int(number): int(value, 16) for number, value in header["bg_f"].items()}
    cr = [int(header["bg_cr"], 16)] * 16
    for name, registers in (("g", gr), ("f", fpr), ("cr", cr)):
        for number, value in case.get(name, {}).items():
            registers[int(number)] = int(value, 16)
    pieces = [(int(a, 16), bytes.fromhex(data)) for a, data in case.get("m", {}).items()]
    if prefix:
        pieces.append((prefix + 0x58, harness.new_psws()))
    keys = [(int(a, 16), int(key, 16)) for a, key in case.get("k", {}).items()]
    words = [len(pieces)]
    data = bytes.fromhex(case["psw"]) + _words(gr)
    data += b"".join(fpr[number].to_bytes(8, "big") for number in (0, 2, 4, 6)) + _words(cr) + _words([len(keys)])
    data += b"".join(_words(pair) for pair in keys)
    for address, piece in pieces:
        data += _words([address, len(piece)]) + piece + bytes(-len(piece) % 4)
    return _words([8 + len(data), *words]) + data


def _words(values: Sequence[int]) -> bytes:
    return b"".join(value.to_bytes(4, "big") for value in values)


def _batch(entries: Sequence[bytes], megabytes: int) -> tuple[list[PeerResult | None], bool]:
    """Results of the first cases, as many as there are; False if the next one did not come to an end."""
    image = bytearray(harness.TABLE)
    image[0:8] = _words([0x00080000, harness.ENTRY])
    program = harness.program(megabytes << 20)
    image[harness.PROGRAM : harness.PROGRAM + len(program)] = program
    image += b"".join(entries) + bytes(4)
    status, data, punched = _start(bytes(image), megabytes)
    done = int.from_bytes(status[:4], "big")
    return list(_parse(data, done)), punched


def _start(image: bytes, megabytes: int) -> tuple[bytes, bytes, bool]:
    """(status words, results, did the program come to an end?)."""
    with tempfile.TemporaryDirectory(prefix="vm370-peer-") as name:
        folder = Path(name)
        (folder / "image").write_bytes(image)
        (folder / "conf").write_text(CONFIGURATION.format(megabytes=megabytes, folder=folder))
        (folder / "wait").write_text(WAIT.format(folder=folder))
        (folder / "punch").touch()
        end = harness.RESULTS + harness.RESULTS_SPACE - 1
        script = [
            f"loadcore {folder}/image 0",
            "restart",
            f"sh sh {folder}/wait",
            "stop",
            "sh sleep 0.1",
            f"savecore {folder}/status {harness.STATUS:X} {harness.STATUS + 7:X}",
            f"savecore {folder}/results {harness.RESULTS:X} {end:X}",
            "quit",
        ]
        (folder / "script").write_text("\n".join([*script, ""]))
        finished = subprocess.run(
            ["hercules", "-d", "-f", str(folder / "conf")],
            env=os.environ | {"HERCULES_RC": str(folder / "script")},
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=FINISH_SECONDS,
            check=False,
        )
        text = (finished.stdout + finished.stderr).decode("latin-1")
        try:
            status, results = (folder / "status").read_bytes(), (folder / "results").read_bytes()
        except FileNotFoundError as error:
            raise PeerError(f"Hercules gave no results:\n{text[-2000:]}") from error
        return status, results, bool((folder / "punch").read_bytes())


def _parse(data: bytes, count: int) -> Iterator[PeerResult]:
    at = 0

    def word() -> int:
        nonlocal at
        at += 4
        if at > len(data):
            raise PeerError("the results are damaged: a case stored into them")
        return int.from_bytes(data[at - 4 : at], "big")

    for _ in range(count):
        kind = word()
        gr = [word() for _ in range(16)]
        fpr = [word() << 32 | word() for _ in range(4)]
        cr = [word() for _ in range(16)]
        result = PeerResult(kind, gr, fpr, cr, data[at : at + 256])
        at += 256
        while (entry := word()) != 0xFFFFFFFF:
            address, key = entry & 0xFFF800, entry & 0xFE
            result.keys[address] = key
            if key & 2:
                result.blocks[address] = data[at : at + 2048]
                at += 2048
        yield result
