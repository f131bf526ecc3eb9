"""One case in the making: registers, keys, storage, where the instruction stands, the PSW."""

from __future__ import annotations

from random import Random
from typing import Any

from vm370.cp.s370.opcodes import Opcode
from vm370.tools.conformance import operands

Case = dict[str, Any]

FENCE = b"\xe7" * 4
COMPLETED, BRANCHED = bytes.fromhex("0AFF"), bytes.fromhex("0AFE")


class CaseMaker:
    """One case in the making."""

    def __init__(self, random: Random, size: int = 8) -> None:
        self.random = random
        self.size = size << 20
        self.megabytes = size
        self.gr: dict[int, int] = {}
        self.fpr: dict[int, int] = {}
        self.cr: dict[int, int] = {}
        self.keys: dict[int, int] = {}
        self.pieces: list[tuple[int, bytes]] = []
        self.undetermined: list[tuple[int, int]] = []
        self.crossing = False

    def place(self, length: int, aligned: int = 1) -> int:
        """Where an operand lies."""
        if self.crossing and self.random.random() < 0.8:
            return operands.crossing(self.random, length)
        return operands.place(self.random, length, self.size, aligned)

    def lay(self, address: int, data: bytes, fenced: bool = True) -> None:
        """Storage: what lies past the end is left out, what passes 16 MiB goes on at 0."""
        if fenced:
            address, data = address - 4, FENCE + data + FENCE
        for start, piece in ((address, data), (address - (1 << 24), data), (address + (1 << 24), data)):
            skip = max(0, -start)
            piece = piece[skip : max(skip, self.size - start)]
            if piece and start + skip < self.size:
                self.pieces.append((start + skip, piece))

    def register(self) -> int:
        """Any general register."""
        return self.random.randrange(16)

    def addressing(self, address: int, used: set[int], *, index: bool = False) -> tuple[int, int, int]:
        """(X, B, D) that give the address; registers in ``used`` are not to be changed."""
        random = self.random
        free = [i for i in range(1, 16) if i not in used]
        displacement = random.choice((0, 0, 0xFFF, 1, random.randrange(4096), random.randrange(4096)))
        if not free:
            return 0, 0, displacement
        base = random.choice(free)
        total = (address - displacement) & 0xFFFFFF
        x = 0
        if index and random.random() < 0.5:
            x = random.choice([i for i in free if i != base] or [base])
        if x == base:
            x = 0
        if x:
            self.gr[x] = operands.word(random)
            total -= self.gr[x]
        if index and random.random() < 0.3 and x == 0:
            x, base = base, 0
        high = random.choice((0, 0, 0xFF, random.getrandbits(8))) << 24
        self.gr[base or x] = (total & 0xFFFFFF) | high
        if x and base:
            self.gr[base] = total & 0xFFFFFF | high
        used |= {base, x} - {0}
        return x, base, displacement

    def protect(self, *addresses: int) -> int:
        """Now and then a PSW key and keys for these places; gives the PSW key."""
        random = self.random
        if random.random() > 0.15:
            return 0
        key = random.randrange(16)
        for address in addresses:
            if random.random() < 0.85:
                block = address & 0xFFF800
                if block + 0x800 <= self.size and block:
                    other = random.choice((key, key, key, 0, random.randrange(16)))
                    self.keys[block] = other << 4 | random.choice((0, 8)) | random.choice((0, 0, 2, 4, 6))
        return key

    def finish(self, mnemonic: str, group: str, code: bytes, key: int = 0, *, mask: int = 0, dat: bool = False,
               problem: bool = False, after: bytes = COMPLETED, address: int | None = None) -> Case:  # fmt: skip
        """The case: the instruction somewhere, a PSW that begins there."""
        random = self.random
        if address is None:
            address = random.randrange(operands.CODE, operands.CODE_END - 64, 2)
            if random.random() < 0.25:
                address = (address | 0x7FF) + 1 - 2 * random.randrange(5)
            address, key, problem = self._awry(address, len(code), key, problem)
        ec = dat or random.random() < 0.5
        condition, program_mask = random.randrange(4), random.choice((0, 0, random.randrange(16), random.randrange(16)))
        if ec:
            high = (
                (0x04000000 if dat else 0) | key << 20 | 0x80000 | problem << 16 | condition << 12 | program_mask << 8
            )
            low = address
        else:
            high, low = key << 20 | problem << 16, condition << 28 | program_mask << 24 | address
        high |= mask << 24 & (0x03000000 if ec else 0xFF000000)
        if not dat:
            self.lay(address & ~1, code + after, fenced=False)
        case: Case = {
            "i": 0,
            "op": mnemonic,
            "grp": group,
            "psw": f"{high:08X}{low:08X}",
            "code": code.hex().upper(),
            "msz": self.megabytes,
            "g": {str(i): f"{v & 0xFFFFFFFF:08X}" for i, v in sorted(self.gr.items())},
            "f": {str(i): f"{v:016X}" for i, v in sorted(self.fpr.items())},
            "cr": {str(i): f"{v:08X}" for i, v in sorted(self.cr.items())},
            "k": {f"{a:06X}": f"{k:02X}" for a, k in sorted(self.keys.items())},
            "m": self._storage(),
        }
        if self.undetermined:
            case["nd"] = [[f"{a:06X}", length] for a, length in self.undetermined]
        return case

    def _awry(self, address: int, length: int, key: int, problem: bool) -> tuple[int, int, bool]:
        """Now and then: odd, at or past the end of storage, protected, in the problem state."""
        random = self.random
        kind = random.random()
        if kind < 0.01:
            address |= 1
        elif kind < 0.02 and self.megabytes == 8:
            address = self.size - random.choice((0, 2, 4, length, length + 2))
        elif kind < 0.04:
            key = key or random.randrange(1, 16)
            self.keys[(address + random.choice((0, length))) & ~0x7FF] = random.randrange(16) << 4 | 8
        elif kind < 0.10:
            problem = True
        return address, key, problem

    def _storage(self) -> dict[str, str]:
        """All pieces, later ones over earlier ones, as pieces that do not touch."""
        cells: dict[int, int] = {}
        for address, data in self.pieces:
            cells.update(zip(range(address, address + len(data)), data, strict=True))
        result: dict[str, bytearray] = {}
        previous, name = -2, ""
        for address in sorted(cells):
            if address != previous + 1:
                name = f"{address:06X}"
                result[name] = bytearray()
            result[name].append(cells[address])
            previous = address
        return {name: data.hex().upper() for name, data in result.items()}


def encode(op: Opcode, **fields: int) -> bytes:
    """An instruction from the fields of its layout; those that are not given are 0."""
    value = int.from_bytes(op.code().ljust(6, b"\0"), "big")
    for name, number in fields.items():
        shift, width, bias = op.format.layout.fields[name]
        value |= (number - bias & (1 << width) - 1) << shift
    return value.to_bytes(6, "big")[: op.format.length]
