"""What the CPU meets: channels, a set of registers, and a native engine that wants to know of changes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol


class Registers(Protocol):
    """A set of registers; storing takes the low bits of any integer."""

    def __getitem__(self, number: int) -> int: ...

    def __setitem__(self, number: int, value: int) -> None: ...

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[int]: ...


class Channels(Protocol):
    """What I/O instructions call: the channels of the machine.  Each method gives the condition code."""

    def sio(self, address: int, fast: bool) -> int:
        """START I/O; ``fast``: START I/O FAST RELEASE."""

    def tio(self, address: int, clear: bool) -> int:
        """TEST I/O; ``clear``: CLEAR I/O."""

    def hio(self, address: int, halt_device: bool) -> int:
        """HALT I/O; ``halt_device``: HALT DEVICE."""

    def tch(self, address: int) -> int:
        """TEST CHANNEL."""

    def stidc(self, address: int) -> int:
        """STORE CHANNEL ID: stores the word at location A8."""


class Native(Protocol):
    """What a native engine wants to know: it remembers which accesses to storage need no check."""

    def select(self) -> None:
        """PSW key, translation, prefix or address space may have changed."""

    def allowed(self, logical: int, absolute: int, storing: bool) -> None:
        """The present program may fetch from (and store into) the logical block, which is the absolute block."""

    def purge_translations(self) -> None:
        """The translation-lookaside buffer is empty."""

    def keys_changed(self) -> None:
        """Nothing is allowed any more."""


class NoChannels:
    """A CPU without channels: nothing is operational."""

    def sio(self, address: int, fast: bool) -> int:
        return 3

    def tio(self, address: int, clear: bool) -> int:
        return 3

    def hio(self, address: int, halt_device: bool) -> int:
        return 3

    def tch(self, address: int) -> int:
        return 3

    def stidc(self, address: int) -> int:
        return 3
