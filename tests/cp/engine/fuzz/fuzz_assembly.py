"""Putting programs together: labels, branches to them, and the low storage that every program has.

Code begins at ``origin``; base register 12 has the origin, base register 9 the origin and 4096.  Low storage has
handlers in real storage for every class of interruption (base register 0)::

    000-07F  PSWs                     340-37F  registers saved by the program-interruption handler
    0C0-0DF  literals                 380-39F  PSW to recover with, registers 8-13 to begin with at 3A0
    200-33F  handlers                 3F0-3FF  position in the log, its mask, interruptions taken
                                      400-BFF  log: old PSW and 20 bytes at 8C of program interruptions

The program-interruption handler notes the interruption, repairs an invalid page if there is one, and goes on behind the
instruction; every sixteenth time it begins the program again.
"""

from __future__ import annotations

import random

LOG, LOG_ENTRY = 0x400, 32
RECOVER, BASES, POSITION, SAVED = 0x380, 0x3A0, 0x3F0, 0x340


class Assembly:
    """Code with labels."""

    def __init__(self, origin: int) -> None:
        self.origin = origin
        self.code = bytearray()
        self.labels: dict[str, int] = {}
        self.fixups: list[tuple[int, str, int]] = []
        self.count = 0

    @property
    def here(self) -> int:
        """Address of what comes next."""
        return self.origin + len(self.code)

    def emit(self, data: bytes | str) -> int:
        """Bytes, or hexadecimal digits; their address."""
        at = self.here
        self.code += bytes.fromhex(data) if isinstance(data, str) else data
        return at

    def new_label(self) -> str:
        """A label not used yet."""
        self.count += 1
        return f"L{self.count}"

    def place(self, label: str) -> None:
        """The label is here."""
        self.labels[label] = len(self.code)

    def refer(self, head: bytes, label: str, offset: int = 0, tail: bytes = b"") -> int:
        """An instruction with the label as its (next) operand."""
        at = self.emit(head)
        self.fixups.append((len(self.code), label, offset))
        self.emit(b"\0\0" + tail)
        return at

    def finish(self) -> bytes:
        """The code with all operands."""
        for at, label, offset in self.fixups:
            target = self.labels[label] + offset
            base = 12 if target < 4096 else 9
            displacement = target & 4095 if target < 8192 else 4095
            self.code[at : at + 2] = (base << 12 | displacement).to_bytes(2, "big")
        return bytes(self.code)


def handlers(r: random.Random, ec: bool, page_tables: int, page_shift: int) -> dict[int, bytes]:
    """Code and literals of low storage by address, PSWs not included; ``page_tables`` 0: nothing to repair."""
    program = Assembly(0x200)
    program.emit("9003 0340")  # STM 0,3,340
    program.emit("5810 03F0 4A10 00C0 5410 03F4 5010 03F0")  # L 1,3F0; AH 1,=H'32'; N 1,3F4; ST 1,3F0
    program.emit("D207 1400 0028 D213 1408 008C")  # MVC the old PSW, MVC 8C-9F
    program.emit("5820 03F8 4120 2001 5020 03F8")  # one more
    if page_tables:
        code_at = "008F" if ec else "002B"
        over = 0x200 + len(program.code) + 36
        program.emit(f"9510 {code_at} 4740 {over:04X} 9511 {code_at} 4720 {over:04X}")  # CLI code,10; BL; CLI 11; BH
        program.emit(f"5830 0090 8830 {page_shift - 1:04X} 5430 00C4 5A30 00C8 94F3 3001")  # the entry, made valid
    recover = 0x200 + len(program.code) + 16
    program.emit(f"910F 03FB 4780 {recover:04X}")  # TM count,0F; BZ
    program.emit("9803 0340 8200 0028")  # LM 0,3; LPSW 28
    program.emit("9803 0340 8200 0380")  # LM 0,3; LPSW recover
    external = r.choice(
        (
            "9001 0350 B205 00D8 5810 00DC 5E10 00CC 5010 00DC B206 00D8 B208 00E0 D203 0050 00EC 9801 0350 8200 0018",
            "9001 0350 B205 00D8 5810 00DC 5E10 00CC 5010 00DC B206 00D8 B208 00E0 9801 0350 D207 0330 0018 8200 0330",
        )
    )
    call = r.choice(
        (
            "8200 0020",
            "9601 00D1 8200 0020",
            "9003 0360 5810 03FC 4110 1001 5010 03FC 9803 0360 8200 0020",
            f"9710 {'0022' if ec else '0024'} 8200 0020",
            "D207 0338 0020 8200 0338",
        )
    )
    return {
        0x200: program.finish(),
        0x2A0: bytes.fromhex(call),
        0x2E0: bytes.fromhex(external),
        0x320: bytes.fromhex("82000038"),
        0x328: bytes.fromhex("82000030"),
        0xC0: (32).to_bytes(2, "big"),
        0xC4: (0x7FE).to_bytes(4, "big") + page_tables.to_bytes(4, "big"),
        0xCC: (r.randrange(1, 4000) << 12).to_bytes(4, "big"),
        0xE0: (r.randrange(1, 4000) << 12).to_bytes(8, "big"),
        0xEC: (r.randrange(1, 30) << 8).to_bytes(4, "big"),
        POSITION: bytes(4) + (0x7E0).to_bytes(4, "big"),
    }


HANDLERS = {0x58: 0x2E0, 0x60: 0x2A0, 0x68: 0x200, 0x70: 0x328, 0x78: 0x320}
"""New PSWs and where they lead."""
