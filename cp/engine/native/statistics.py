"""What was executed for one CPU, where, and why native code was left: :class:`Statistics`.

Instructions are counted exactly, each in the tier where it ended: ``reference``, ``interpreter``, ``regions``.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from vm370.cp.s370.decoder import find

NOT_FETCHED = b""
"""Among ``steps``: the instruction itself could not be fetched from the access map."""


@dataclass(slots=True)
class Statistics:
    """Counters; ``regions`` and what follows it are those of translated code."""

    entries: int = 0
    """How often native code was entered."""
    exits: Counter[str] = field(default_factory=Counter)
    """How often it was left, by reason (context.py)."""
    steps: Counter[bytes] = field(default_factory=Counter)
    """The first two bytes of what was left to the reference engine."""
    reference: int = 0
    interpreter: int = 0
    regions: int = 0
    installed: int = 0
    compiled: int = 0
    loaded: int = 0
    compile_seconds: float = 0.0
    code_bytes: int = 0

    def steps_by_mnemonic(self) -> dict[str, int]:
        """What was left to the reference engine, the most frequent first."""
        found: Counter[str] = Counter()
        for code, count in self.steps.items():
            op = find(code) if code else None
            found[op.mnemonic if op is not None else code[:1].hex().upper() or "not fetched"] += count
        return dict(found.most_common())
