"""The program status word, in basic-control (BC) and extended-control (EC) mode, as an immutable value.

Principles of Operation, chapter Control::

    bits   BC mode (bit 12 = 0)             EC mode (bit 12 = 1)
    0-7    channel masks 0-5, I/O 6+, ext.   0, PER, 0 0 0, DAT, I/O, external
    8-11   key                               key
    12-15  0, machine check, wait, problem   1, machine check, wait, problem
    16-31  interruption code                 0 0, condition code, program mask, 0 (8 bits)
    32-39  ILC, condition code, program mask 0 (8 bits)
    40-63  instruction address               instruction address

The bits that have to be zero in EC mode are kept (``reserved``), so that a PSW that the machine refuses is shown as it
was loaded; ``valid`` says whether it is one.
"""

from __future__ import annotations

from dataclasses import dataclass

PER_BIT, DAT_BIT, IO_BIT, EXTERNAL_BIT = 0x40, 0x04, 0x02, 0x01
"""System mask in EC mode; the external bit is the same in BC mode."""
EC_ZERO = 0xB8
"""Bits of the system mask that are zero in EC mode."""
RESERVED = 0x40FFFF
"""Bits of ``Psw.reserved`` that are zero in a valid PSW; PSW bit 16 (used by later machines) is not checked."""


@dataclass(frozen=True, slots=True)
class Psw:
    """A PSW; ``dataclasses.replace`` makes a changed one."""

    system_mask: int = 0
    key: int = 0
    ec: bool = False
    machine_check: bool = False
    wait: bool = False
    problem: bool = False
    cc: int = 0
    program_mask: int = 0
    address: int = 0
    interruption_code: int = 0
    """BC mode only."""
    ilc: int = 0
    """BC mode only."""
    reserved: int = 0
    """EC mode: PSW bits 16-17 and 24-31 (mask C0FF00), then 32-39 (mask FF)."""

    @classmethod
    def from_bytes(cls, data: bytes) -> Psw:
        """Eight bytes; ValueError for another length."""
        if len(data) != 8:
            raise ValueError(f"a PSW has 8 bytes, found {len(data)}")
        high, low = int.from_bytes(data[:4], "big"), int.from_bytes(data[4:], "big")
        ec = bool(high & 0x80000)
        return cls(
            system_mask=high >> 24,
            key=high >> 20 & 15,
            ec=ec,
            machine_check=bool(high & 0x40000),
            wait=bool(high & 0x20000),
            problem=bool(high & 0x10000),
            cc=high >> 12 & 3 if ec else low >> 28 & 3,
            program_mask=high >> 8 & 15 if ec else low >> 24 & 15,
            address=low & 0xFFFFFF,
            interruption_code=0 if ec else high & 0xFFFF,
            ilc=0 if ec else low >> 30,
            reserved=((high & 0xC0FF) << 8 | low >> 24) if ec else 0,
        )

    def to_bytes(self) -> bytes:
        """The eight bytes as stored."""
        mode = self.ec << 3 | self.machine_check << 2 | self.wait << 1 | self.problem
        high = self.system_mask << 24 | self.key << 20 | mode << 16
        if self.ec:
            high |= self.cc << 12 | self.program_mask << 8 | self.reserved >> 8 & 0xC0FF
            low = (self.reserved & 0xFF) << 24 | self.address
        else:
            high |= self.interruption_code
            low = self.ilc << 30 | self.cc << 28 | self.program_mask << 24 | self.address
        return high.to_bytes(4, "big") + low.to_bytes(4, "big")

    @property
    def valid(self) -> bool:
        """False for a PSW that causes an early specification exception."""
        return not self.ec or (self.reserved & RESERVED == 0 and not self.system_mask & EC_ZERO)

    @property
    def disabled_wait(self) -> bool:
        """Wait state with every I/O and external interruption masked off."""
        enabling = IO_BIT | EXTERNAL_BIT if self.ec else 0xFF
        return self.wait and not self.system_mask & enabling

    def __str__(self) -> str:
        text = self.to_bytes().hex().upper()
        return f"{text[:8]} {text[8:]}"
