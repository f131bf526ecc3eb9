"""A case: everything that a run begins with, and what happens in it, piece by piece.

    Case    storage and keys, registers and fields of the CPU, what the host does, pieces
    Piece   actions of the host (they happen first), then a number of instructions

Engines have to agree after each piece.  Cases are plain data: written as JSON, shrunk by leaving parts out.

========================= ============================================================
action                    what the host does
========================= ============================================================
gr [16 words]             all general registers
r n word, fpr n, cr n     one register
psw high low              load a PSW
poke address bytes        Storage.write
store address bytes key   Storage.store, as a channel does
key address key           Storage.set_key
release first last        Storage.release
pending mask              the host's note of pending interruptions (bits of the system mask)
external bits             external interruptions
trap mask                 another trap mask
prefix address            another prefix
purge                     forget translations
idle n                    time passes
give_back                 the context gives memory back
reset                     initial CPU reset
========================= ============================================================
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from vm370.cp.s370.interruptions import load_new_psw

Action = tuple[Any, ...]


@dataclass
class Piece:
    """What the host does, then so many instructions; ``cut`` seeds how a native engine's run is cut once more."""

    actions: list[Action]
    budget: int
    cut: int = 0


@dataclass
class Case:
    """See above; ``fields`` are those of the CPU by name, where they are not zero."""

    name: str
    size: int
    gr: list[int] = field(default_factory=lambda: [0] * 16)
    fpr: list[int] = field(default_factory=lambda: [0] * 8)
    cr: dict[int, int] = field(default_factory=dict)
    fields: dict[str, int] = field(default_factory=dict)
    storage: list[tuple[int, bytes]] = field(default_factory=list)
    keys: dict[int, int] = field(default_factory=dict)
    """By block; others are 6 (reference and change bits on)."""
    tlb: dict[int, int] = field(default_factory=dict)
    interval: str = "off"
    rate: int = 1
    timers: bool = False
    threshold: int = 3
    """Arrivals after which code is translated."""
    level: int = 0
    """How well translated code is made; see regions/assembly.py."""
    pieces: list[Piece] = field(default_factory=list)

    def set_psw(self, high: int, low: int) -> None:
        """The PSW as fields."""
        self.fields.update(psw_fields(high, low))

    def with_pieces(self, pieces: list[Piece]) -> Case:
        """The same with other pieces."""
        return replace(self, pieces=pieces)

    def to_json(self) -> str:
        """As text."""
        data = dict(vars(self))
        data["storage"] = [[f"{at:X}", data_.hex()] for at, data_ in self.storage]
        data["pieces"] = [[_plain(p.actions), p.budget, p.cut] for p in self.pieces]
        return json.dumps(data)

    @classmethod
    def from_json(cls, text: str) -> Case:
        """From text."""
        data = json.loads(text)
        data["storage"] = [(int(at, 16), bytes.fromhex(data_)) for at, data_ in data["storage"]]
        for name in ("cr", "keys", "tlb"):
            data[name] = {int(k): v for k, v in data[name].items()}
        data["pieces"] = [Piece([_action(a) for a in actions], budget, cut) for actions, budget, cut in data["pieces"]]
        return cls(**data)

    def save(self, path: Path) -> None:
        """Write a file."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.to_json())


def psw_fields(high: int, low: int) -> dict[str, int]:
    """The fields of the CPU that a PSW sets."""
    cpu = SimpleNamespace(mode_changed=lambda: None)
    load_new_psw(cpu, high, low)  # type: ignore[arg-type]
    return {name: value for name, value in vars(cpu).items() if isinstance(value, int)}


def _plain(actions: list[Action]) -> list[list[Any]]:
    return [[f"x:{part.hex()}" if isinstance(part, bytes) else part for part in action] for action in actions]


def _action(parts: list[Any]) -> Action:
    return tuple(bytes.fromhex(part[2:]) if isinstance(part, str) and part.startswith("x:") else part for part in parts)
