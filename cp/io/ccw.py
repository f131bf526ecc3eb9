"""The words between a program and its channel: CAW, CCW, CSW (Principles of Operation GA22-7000, I/O Operations).

::

    CAW   key 4 | 0000 | address of the first CCW 24
    CCW   command 8 | data address 24 | flags 8 | ignored 8 | count 16
    CSW   key 4 | 0 | logout 1 | deferred cc 2 | CCW address 24 | unit status 8 | channel status 8 | count 16

Values only; what is done with them is in program.py and subchannel.py.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntFlag

from vm370.cp.io.device import UnitStatus

CSW_LOCATION = 0x40
CAW_LOCATION = 0x48
CHANNEL_ID_LOCATION = 0xA8

CCW_LENGTH = 8
ADDRESS_MASK = 0xFFFFFF


class CcwFlag:
    """Flags, byte 4 of a CCW.  Plain integers: they are tested several times for every CCW."""

    CHAIN_DATA = 0x80
    CHAIN_COMMAND = 0x40
    SUPPRESS_LENGTH = 0x20
    SKIP = 0x10
    PROGRAM_CONTROLLED_INTERRUPTION = 0x08
    INDIRECT_DATA_ADDRESS = 0x04
    MUST_BE_ZERO = 0x03


class ChannelStatus(IntFlag):
    """Channel status, byte 5 of the CSW."""

    PROGRAM_CONTROLLED_INTERRUPTION = 0x80
    INCORRECT_LENGTH = 0x40
    PROGRAM_CHECK = 0x20
    PROTECTION_CHECK = 0x10
    CHANNEL_DATA_CHECK = 0x08
    CHANNEL_CONTROL_CHECK = 0x04
    INTERFACE_CONTROL_CHECK = 0x02
    CHAINING_CHECK = 0x01


NO_UNIT_STATUS = UnitStatus(0)
NO_CHANNEL_STATUS = ChannelStatus(0)


class ChannelError(Exception):
    """Root of what this package raises to its callers (never for anything that a guest does)."""


class ChannelCheck(Exception):
    """A program or protection check while a channel program is executed; becomes channel status, never leaves cp/io."""

    def __init__(self, status: ChannelStatus) -> None:
        super().__init__(status)
        self.status = status


@dataclass(frozen=True, slots=True)
class Ccw:
    """One channel command word."""

    command: int
    address: int
    flags: int
    count: int

    @classmethod
    def from_bytes(cls, raw: bytes) -> Ccw:
        """From 8 bytes of storage; every pattern is a CCW, a wrong one is found when it is used.

        >>> Ccw.from_bytes(bytes.fromhex("0200100060000018"))
        Ccw(command=2, address=4096, flags=96, count=24)
        """
        return cls(
            command=raw[0],
            address=int.from_bytes(raw[1:4], "big"),
            flags=raw[4],
            count=int.from_bytes(raw[6:8], "big"),
        )

    def to_bytes(self) -> bytes:
        """The 8 bytes as they stand in storage."""
        return (
            bytes((self.command,))
            + self.address.to_bytes(3, "big")
            + bytes((self.flags, 0))
            + self.count.to_bytes(2, "big")
        )

    @property
    def is_transfer_in_channel(self) -> bool:
        """xxxx 1000."""
        return self.command & 0x0F == 0x08

    @property
    def is_valid(self) -> bool:
        """Count and flags are usable (the command code of a data-chained CCW does not matter)."""
        return self.count != 0 and not self.flags & CcwFlag.MUST_BE_ZERO

    @property
    def has_valid_command(self) -> bool:
        """xxxx 0000 is no command."""
        return self.command & 0x0F != 0


@dataclass(frozen=True, slots=True)
class Csw:
    """A channel status word."""

    key: int = 0
    address: int = 0
    unit: UnitStatus = NO_UNIT_STATUS
    channel: ChannelStatus = NO_CHANNEL_STATUS
    count: int = 0

    def to_bytes(self) -> bytes:
        """The 8 bytes for location 64.

        >>> Csw(key=2, address=0x1008, unit=UnitStatus.CHANNEL_END | UnitStatus.DEVICE_END).to_bytes().hex()
        '200010080c000000'
        """
        word = bytes((self.key << 4,)) + (self.address & ADDRESS_MASK).to_bytes(3, "big")
        return word + self.status_bytes() + self.count.to_bytes(2, "big")

    @classmethod
    def from_bytes(cls, raw: bytes) -> Csw:
        """The inverse of ``to_bytes``."""
        return cls(
            key=raw[0] >> 4,
            address=int.from_bytes(raw[1:4], "big"),
            unit=UnitStatus(raw[4]),
            channel=ChannelStatus(raw[5]),
            count=int.from_bytes(raw[6:8], "big"),
        )

    def status_bytes(self) -> bytes:
        """Unit and channel status: what START I/O and HALT I/O replace at location 68."""
        return bytes((self.unit, self.channel))

    def with_channel(self, status: ChannelStatus) -> Csw:
        """The same with more channel status."""
        return replace(self, channel=self.channel | status)


NO_CSW = Csw()
"""All zeros."""
