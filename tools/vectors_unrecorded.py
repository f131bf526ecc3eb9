"""Instruction cases that use storage which they do not record: group ``dat`` of the case files (vectors_command.py).

Such a case gives eight bytes on either side of each page boundary; an operand that is longer uses bytes beyond, which
were not zero when the result was recorded.  The case says then no more than: *there is* a content of these bytes with
which the instruction has this result.  ``explained`` decides that.  It never makes a right engine fail, since what was
there is one such content, and an engine that has another result whatever the content is still fails:

- only bytes are free that the definition itself reads, that lie in a block of which the case records a part, and that
  the case does not record;
- with the content found, the whole result must be the recorded one: registers, PSW, keys, every recorded byte.

The search sets one byte after the other to what brings the result nearest; distances are by field, in a fixed order.
"""

from __future__ import annotations

from collections.abc import Callable

from vm370.cp.s370.cpu import Cpu
from vm370.cp.s370.storage import BLOCK

Content = dict[int, int]
"""Absolute address -> byte."""
Differences = dict[str, tuple[str, str]]
Trial = Callable[[Content], Differences]
Distance = tuple[int, ...]
LIKELY = (0x00, 0x01, 0x40, 0xFF)
FIELDS = ("end", "address", "ilc", *(f"gr{i}" for i in range(16)), *(f"fr{i}" for i in (0, 2, 4, 6)), "psw")


class ReadingCpu(Cpu):
    """A CPU that notes which bytes of storage are read: ``addresses``, absolute, in the order of the first reading."""

    addresses: dict[int, None]

    def read(self, address: int, length: int) -> bytes:
        """Bytes at a logical address."""
        for start, size in self._pieces(address, length):
            self.addresses.update(dict.fromkeys(range(start, start + size)))
        return super().read(address, length)


def explained(recorded: set[int], trial: Trial, readings: Callable[[Content], list[int]]) -> bool:
    """Is there a content of the unrecorded bytes with which the case passes?

    ``recorded`` are the addresses that the case describes, ``trial`` runs it with a content, and ``readings`` gives the
    addresses that the definition then reads.
    """
    blocks = {address // BLOCK for address in recorded}
    content: Content = {}
    differences = trial(content)
    nearest = distance(differences)
    while any(nearest):
        free = [a for a in readings(content) if a not in recorded and a // BLOCK in blocks]
        wanted = {byte for expected, _ in differences.values() for byte in _bytes(expected)}
        likely = sorted(wanted.union(LIKELY))
        before = nearest
        for values in (likely, [value for value in range(256) if value not in likely]):
            steps = [(distance(trial({**content, a: v})), a, v) for a in free for v in values]
            for found, address, value in sorted(steps):
                if found >= before:
                    break
                changed = {**content, address: value}
                differences = trial(changed)
                if distance(differences) < nearest:
                    nearest, content = distance(differences), changed
            if nearest < before:
                break
        else:
            return False
    return True


def _bytes(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""


def distance(differences: Differences) -> Distance:
    """How far a result is from the expected one: by field, then for all of storage; wrong bytes count most."""
    result = [0] * (len(FIELDS) + 1)
    for name, (expected, found) in differences.items():
        a, b = _bytes(expected), _bytes(found)
        wrong = max(1, sum(x != y for x, y in zip(a, b, strict=False)))
        apart = abs(int.from_bytes(a, "big") - int.from_bytes(b, "big")) if name in FIELDS else 0
        result[FIELDS.index(name) if name in FIELDS else -1] += (wrong << 64) + apart
    return tuple(result)
