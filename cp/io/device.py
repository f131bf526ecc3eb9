"""What a device is to its channel.

The channel (channel.py) interprets the channel program; a device only carries out one command at a time and
has state and sense bytes.  It gets what its constructor was given and never sees the machine or its storage.

    channel                                   device
    -------                                   ------
    CCW fetched   ---- execute(command, supply, count) ---->  carries out the command
                  <--- Outcome(status, data, taken)   -----
    distributes ``data`` over the CCW and its data chain, checks lengths, decides about chaining

A device that cannot end the command now (a console read without input, an empty reader that is waiting) returns
``WAIT``; the command stays outstanding.  When something happened the device calls ``changed()``, and the channel
executes the same command again, from the first byte of its data.  Nothing but the command code and the device's own
state is needed to go on, so that a device can be saved and restored in the middle of a channel program.

Immediate commands (``immediate``: no data, channel end at once) are executed by the START I/O itself when they are
the first of a channel program; so is every error of theirs reported, with condition code 1.  A command refused for
good reports ``UNIT_CHECK`` alone; one that fails after it began reports channel end and device end with it.

A command whose motion goes on when the channel is free again (a tape is moved) reports channel end alone and says with
``later`` when device end follows, with ``end`` what comes with it.  With ``WAIT`` and ``later`` the command is executed
again by itself after that time.

Unsolicited status (attention from a terminal, device end after not-ready) goes through ``present(status)``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntFlag
from typing import Any


class UnitStatus(IntFlag):
    """Unit status byte of the CSW (Principles of Operation, Input/Output Operations)."""

    ATTENTION = 0x80
    STATUS_MODIFIER = 0x40
    CONTROL_UNIT_END = 0x20
    BUSY = 0x10
    CHANNEL_END = 0x08
    DEVICE_END = 0x04
    UNIT_CHECK = 0x02
    UNIT_EXCEPTION = 0x01


NORMAL_END = UnitStatus.CHANNEL_END | UnitStatus.DEVICE_END


class Sense0(IntFlag):
    """Sense byte 0, the bits that all devices share."""

    COMMAND_REJECT = 0x80
    INTERVENTION_REQUIRED = 0x40
    BUS_OUT_CHECK = 0x20
    EQUIPMENT_CHECK = 0x10
    DATA_CHECK = 0x08
    OVERRUN = 0x04


class Supply:
    """The bytes that the channel has ready for a write, control or search command (data chaining resolved lazily).

    A device takes as many as it wants; what it leaves makes the residual count.
    """

    def __init__(self, source: Callable[[int], bytes], room: Callable[[], int] | None = None) -> None:
        self._source = source
        self._room = room
        self.taken = 0
        self.short = False
        """The device asked for more than the channel program had: incorrect length (a long block)."""

    def take(self, length: int) -> bytes:
        """Bytes of a block whose length the device knows: fewer when the channel program supplies no more."""
        data = self.take_rest(length)
        self.short |= len(data) < length
        return data

    def room(self) -> int:
        """For a read: how many bytes the channel program will accept, data chaining included."""
        return self._room() if self._room is not None else 0

    def take_rest(self, limit: int) -> bytes:
        """All that the channel program supplies, up to ``limit``: the device is content with a shorter block."""
        data = self._source(limit)
        self.taken += len(data)
        return data


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a command ended: unit status, and for reads the bytes the device has to give (the channel may want fewer)."""

    status: UnitStatus = NORMAL_END
    data: bytes = b""
    wait: bool = False
    later: int = 0
    """Virtual time from channel end to device end, or until a command that waits goes on by itself."""
    end: UnitStatus = UnitStatus.DEVICE_END
    """Unit status after that time."""


WAIT = Outcome(status=UnitStatus(0), wait=True)


@dataclass(frozen=True, slots=True)
class DeviceType:
    """What the directory, QUERY VIRTUAL and DIAGNOSE 24 call a device: one row of devicetypes.DEVICE_TYPES."""

    name: str  # "3215", "2540R", "3350"
    device_class: int  # VDEVTYPC, first byte of DIAGNOSE 24
    type_code: int  # VDEVTYPE, second byte
    kind: str  # "CONS", "RDR", "PUN", "PRT", "DASD", "TAPE", "TIMR", "CTCA", "GRAF", "LINE"


class Device(ABC):
    """A virtual device.  Subclasses: one file per device type in this package.

    Invariants every device keeps (tests/cp/io/conformance.py checks them for each):
    sense bytes describe the last unit check until the next command other than SENSE or TEST I/O;
    ``reset`` leaves no command outstanding and no sense; ``save`` gives a JSON-able value that ``restore`` accepts.
    """

    type: DeviceType
    read_only = False
    temporary = False
    """A T-disk: gone when it is detached."""
    host_file = ""
    """The host file behind it, as the directory names it; empty: something else is."""
    immediate: frozenset[int] = frozenset({0x03})
    """Control commands that end without any transfer of data; no-operation at least."""

    def __init__(self) -> None:
        self.sense = bytes(2)
        self.ready = True
        """CP commands READY and NOTREADY.  The channel answers for one that is not ready: intervention required."""
        # set by the channel that the device is attached to
        self.changed: Callable[[], None] = _nobody
        self.present: Callable[[UnitStatus], None] = _nobody_status

    @abstractmethod
    def execute(self, command: int, supply: Supply, count: int) -> Outcome:
        """Carry out ``command`` (CCW byte 0).  ``count`` is the byte count of the CCW, a hint for reads only."""

    def ends_at_once(self, command: int) -> bool:
        """Whether this command, as the first of a channel program, ends with the START I/O."""
        return command in self.immediate

    def start_chain(self) -> None:  # noqa: B027
        """A new channel program begins (file mask and orientation of a disk are forgotten)."""

    def halt(self) -> None:  # noqa: B027
        """HIO, HDV or CLRIO ended the outstanding command."""

    def reset(self) -> None:
        """System reset."""
        self.sense = bytes(2)

    @abstractmethod
    def save(self) -> Any:
        """State as JSON-able values, without what the constructor was given and without ``ready``."""

    @abstractmethod
    def restore(self, state: Any) -> None:
        """Take back what ``save`` gave."""

    def close(self) -> None:  # noqa: B027
        """The device is detached for good: release host resources."""


def _nobody() -> None:
    pass


def _nobody_status(status: UnitStatus) -> None:
    pass
