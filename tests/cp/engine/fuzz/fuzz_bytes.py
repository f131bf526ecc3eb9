"""Random bytes as programs, and known programs with a byte changed.

The known programs are the kernels of the benchmark (their folder is named by VM370_VECTORS, or is ../shared/vectors
beside the checkout; tools/bench/kernels has more) and CMS, as it stands after so many instructions of its IPL.
"""

from __future__ import annotations

import json
import os
import random
import sys
import tempfile
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from fuzz_case import Action, Case, Piece
from fuzz_material import hexfloat, word
from fuzz_run import captured
from fuzz_single import low_storage

from vm370.cp.s370.cpu import INITIAL_CONTROL_REGISTERS
from vm370.cp.s370.opcodes import OPCODES
from vm370.cp.s370.traps import HYPERVISED, TRAP_CONTROL, TRAP_IO

ROOT = Path(__file__).resolve().parents[4]
VECTORS = Path(os.environ.get("VM370_VECTORS") or ROOT.parent / "shared" / "vectors")
FOLDERS = (VECTORS / "bench", ROOT / "tools" / "bench" / "kernels")
FIRST_BYTES = sorted({op.opcode if op.opcode < 0x100 else op.opcode >> 8 for op in OPCODES})


def bytes_case(name: str, dice: random.Random) -> Case:
    """Storage full of something."""
    r = dice
    case = Case(name, 0x10000)
    unit = r.randbytes(r.choice((16, 64, 4096)))
    if r.random() < 0.7:  # operation codes that exist
        out = bytearray(unit)
        at = 0
        while at < len(out):
            out[at] = r.choice(FIRST_BYTES)
            at += 2 if out[at] < 0x40 else 4 if out[at] < 0xC0 else 6
        unit = bytes(out)
    case.storage = [(0, (unit * (0x10000 // len(unit))))]
    if r.random() < 0.8:
        case.storage.append((0, low_storage(r)))
    for block in range(32):
        if r.random() < 0.2:
            case.keys[block] = r.getrandbits(8) & 0xFE
    case.threshold = r.choice((1, 5))
    case.cr = {**INITIAL_CONTROL_REGISTERS, 0: r.choice((0xE0, 0x800000E0, r.getrandbits(32))), 8: r.getrandbits(16)}
    if r.random() < 0.2:
        case.cr |= {n: r.getrandbits(32) for n in (1, 9, 10, 11)}
    case.gr = [r.choice((r.randrange(0x10000), word(r))) for _ in range(16)]
    case.fpr = [hexfloat(r) for _ in range(8)]
    ec = r.random() < 0.4
    high = r.choice((0, 0, r.getrandbits(32) & 0x03FFFFFF)) & ~0xA0000 | ec << 19
    case.set_psw(high, r.getrandbits(6) << 24 & (0 if ec else ~0) | 0x1000)
    case.fields["trap_mask"] = r.choice((0, 0, HYPERVISED, TRAP_CONTROL | TRAP_IO))
    for _ in range(r.randrange(1, 6)):
        actions: list[Action] = [("poke", r.randrange(0x10000 - 16), r.randbytes(r.randrange(16)))]
        case.pieces.append(Piece(actions if case.pieces else [], r.choice((20, 200, 2000)), r.getrandbits(30)))
    return case


@cache
def kernels() -> list[dict[str, Any]]:
    """The benchmark's kernels that are at hand."""
    found = []
    for folder in FOLDERS:
        for path in sorted(folder.glob("*.json")):
            data = json.loads(path.read_text())
            if {"storage", "psw", "param"} <= data.keys():
                found.append(data)
    return found


def kernel_case(name: str, dice: random.Random) -> Case:
    """A kernel with a byte changed: at the beginning or while it runs."""
    r = dice
    if not kernels():
        return bytes_case(name, dice)
    kernel = r.choice(kernels())
    storage = [(int(piece["addr"], 16), bytes.fromhex(piece["hex"])) for piece in kernel["storage"]]
    storage.append((int(kernel["param"]["addr"], 16), r.choice((3, 1000)).to_bytes(4, "big")))
    end = max(at + len(data) for at, data in storage)
    size = max(0x20000, end + 0xFFFF & ~0xFFFF)
    case = Case(name, min(int(kernel["mainsize"]), size), cr=dict(INITIAL_CONTROL_REGISTERS), storage=storage)
    psw = bytearray(bytes.fromhex(kernel["psw"]))
    actions = [[change(r, storage)] for _ in range(4)]
    kind = r.randrange(5)
    if kind == 0:
        psw[r.randrange(8)] ^= 1 << r.randrange(8)
    elif kind == 1:
        actions[0] = [("r", r.randrange(16), word(r))]
    case.set_psw(int.from_bytes(psw[:4], "big"), int.from_bytes(psw[4:], "big"))
    case.fields["trap_mask"] = r.choice((0, HYPERVISED))
    case.keys = dict.fromkeys(range(16), r.choice((0, 6, 6)))
    case.pieces = [Piece(actions[0] if kind < 4 else [], r.randrange(1, 2000), r.getrandbits(30))]
    case.pieces += [Piece(a if r.random() < 0.6 else [], r.randrange(1, 3000), r.getrandbits(30)) for a in actions[1:]]
    return case


@cache
def cms() -> list[Case]:
    """CMS in the middle of its IPL and of a few commands."""
    sys.path.append(str(ROOT / "tests" / "cms"))
    import bootkit

    found = []
    with tempfile.TemporaryDirectory(prefix="vm370-fuzz-") as folder:
        bootkit.make_home(Path(folder) / "home")
        guest = bootkit.Guest(Path(folder) / "home")
        assert guest.vm.ipl(0x190)
        guest.vm.resume()
        for line in ("", "LISTFILE * * S", "QUERY DISK", "TYPE PROFILE EXEC S", "LISTFILE (ALL"):
            if line:
                guest.session.enter(line)
            for _ in range(12):
                step = stride(len(found))
                guest.vm.run_slice(step)
                found.append(captured(guest.vm.cpu, Case("cms", guest.vm.storage.size), []))
            guest.run(3_000_000)
    return found


def stride(number: int) -> int:
    """Instructions until the next state of CMS is taken: few at first, then more."""
    return 500 + 397 * number % 9000


def cms_case(name: str, dice: random.Random) -> Case:
    """CMS with a byte changed."""
    r = dice
    base = r.choice(cms())
    case = replace(base, name=name, fields=dict(base.fields), storage=list(base.storage))
    case.threshold = r.choice((3, 20))
    case.fields["trap_mask"] = r.choice((0, HYPERVISED, TRAP_CONTROL | TRAP_IO))
    case.fields.pop("wait", None)
    pages = [(at, data) for at, data in case.storage if at < 0x30000]
    for number in range(r.randrange(1, 4)):
        actions: list[Action] = [change(r, pages)]
        if r.random() < 0.1:
            actions = [("r", r.randrange(16), word(r))]
        case.pieces = [
            *case.pieces,
            Piece(actions if number or r.random() < 0.8 else [], r.randrange(1, 4000), r.getrandbits(30)),
        ]
    return case


def change(r: random.Random, storage: list[tuple[int, bytes]]) -> Action:
    """One byte of what is there, changed."""
    at, data = r.choices(storage, [len(data) for _, data in storage])[0]
    offset = r.randrange(len(data)) if len(data) < 0x800 or r.random() < 0.3 else r.randrange(0x800)
    value = data[offset] ^ (1 << r.randrange(8) if r.random() < 0.5 else r.randrange(1, 256))
    return "poke", at + offset, bytes((value,))
