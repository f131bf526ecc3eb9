"""What CP counts for each guest: the figures that show what impurity saves (QUERY IMPURE, ``vm370 bench impure``)."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(slots=True)
class Counters:
    """Since LOGON.  Times are host nanoseconds."""

    traps: Counter[str] = field(default_factory=Counter)
    """By cause: privileged, io, diagnose, svc, program, wait, invalid psw."""
    simulated: Counter[str] = field(default_factory=Counter)
    """Privileged instructions that CP simulated, by mnemonic."""
    reflected: Counter[str] = field(default_factory=Counter)
    """Interruptions that CP reflected, by class: program, svc, external, io."""
    hypercalls: Counter[int] = field(default_factory=Counter)
    """DIAGNOSE calls by function code."""
    start_ios: int = 0
    ccws: int = 0
    bytes_moved: int = 0
    cp_ns: int = 0
    """CP at work for this guest: traps, channel programs, interruptions."""
    guest_ns: int = 0

    def as_dict(self) -> dict[str, Any]:
        """For --json."""
        answer = asdict(self)
        answer["hypercalls"] = {f"{code:02X}": count for code, count in self.hypercalls.items()}
        return answer
