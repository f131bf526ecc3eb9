"""A channel program under execution: which CCW is current, fetching the next one, moving the data it describes.

Called by subchannel.py only.  CCWs are fetched when they are needed and not before, so that a program may read in its
own continuation; a new CCW of a data chain is fetched as soon as the last byte of the one before it was moved.

A device waits for its channel here, so overrun and chaining check do not happen.

Fetching a command raises ``ChannelCheck``; moving data ends early and leaves ``check``.  ``csw_address`` and
``residual`` then say what the CSW has to show (GA22-7000, Contents of the CSW): the last CCW used, or the transfer in
channel that led astray, plus 8.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from vm370.cp.io.access import ChannelAccess
from vm370.cp.io.ccw import ADDRESS_MASK, CCW_LENGTH, NO_CHANNEL_STATUS, Ccw, CcwFlag, ChannelCheck, ChannelStatus

IDAW_BLOCK = 2048
LONGEST_LOOK = 256
"""CCWs of a data chain that ``room`` looks at."""

PROGRAM_CHECK = ChannelStatus.PROGRAM_CHECK


class ChannelProgram:
    """The state of one channel program: a handful of integers, and the current CCW as it was fetched."""

    def __init__(self, access: ChannelAccess, key: int, address: int, fetched: Callable[[int, Ccw], None]) -> None:
        self._access = access
        self._fetched = fetched
        """Told of every CCW that becomes current, and its address (counting, tracing, PCI)."""
        self.key = key
        self.start_address = address
        self.next_address = address
        self.csw_address = address
        self.command = 0
        """Command code of the operation: data-chained CCWs do not change it."""
        self.command_address = 0
        """Where its CCW was fetched, to execute it again after a wait."""
        self.command_ccw: Ccw | None = None
        self.ccw = Ccw(0, 0, 0, 0)
        self.residual = 0
        self.moved = 0
        """Bytes moved by the current operation."""
        self.check = NO_CHANNEL_STATUS
        """What went wrong while data was moved."""
        self._position = 0
        self._idaw_index = 0

    # --- fetching ---

    def fetch_command(self, *, first: bool = False) -> None:
        """Command chaining: the next CCW begins a new operation."""
        address, ccw = self._fetch(first=first)
        if not ccw.has_valid_command:
            raise ChannelCheck(PROGRAM_CHECK)
        self._begin_operation(address, ccw)
        self._fetched(address, ccw)

    def assume(self, ccw: Ccw, next_address: int) -> None:
        """A CCW that is not in storage: the first one of initial program loading."""
        self.next_address = next_address
        self.csw_address = next_address
        self._begin_operation(next_address - CCW_LENGTH, ccw)
        self._fetched(0, ccw)

    def begin_again(self) -> None:
        """The operation that had to wait starts at the first byte of its data once more."""
        assert self.command_ccw is not None
        self.next_address = self.csw_address = (self.command_address + CCW_LENGTH) & ADDRESS_MASK
        self._begin_operation(self.command_address, self.command_ccw)

    def skip_one(self) -> None:
        """Status modifier: the CCW after the current one is left out."""
        self.next_address += CCW_LENGTH

    def _begin_operation(self, address: int, ccw: Ccw) -> None:
        self.command = ccw.command
        self.command_address = address
        self.command_ccw = ccw
        self.moved = 0
        self._begin_area(ccw)

    def _begin_area(self, ccw: Ccw) -> None:
        self.ccw = ccw
        self.residual = ccw.count
        self._position = ccw.address
        self._idaw_index = 0

    def _fetch(self, *, first: bool = False) -> tuple[int, Ccw]:
        transferred = False
        while True:
            address = self.next_address
            if not self._access.exists(address):
                if not transferred:
                    self.csw_address = address + CCW_LENGTH
                raise ChannelCheck(PROGRAM_CHECK)
            self.csw_address = address + CCW_LENGTH
            ccw = Ccw.from_bytes(self._access.fetch(address, CCW_LENGTH, self.key))
            self.next_address = address + CCW_LENGTH
            if not ccw.is_transfer_in_channel:
                break
            if first or transferred or ccw.address % CCW_LENGTH:
                raise ChannelCheck(PROGRAM_CHECK)
            transferred = True
            self.next_address = ccw.address
        if not ccw.is_valid:
            self.residual = ccw.count
            raise ChannelCheck(PROGRAM_CHECK)
        return address, ccw

    def _chain_data(self) -> None:
        address, ccw = self._fetch()
        self._begin_area(ccw)
        self._fetched(address, ccw)

    def room(self) -> int:
        """Bytes that the current CCW and its data chain describe, as the chain stands in storage now."""
        total, ccw, address = self.residual, self.ccw, self.next_address
        for _ in range(LONGEST_LOOK):
            if not ccw.flags & CcwFlag.CHAIN_DATA or not self._access.exists(address):
                break
            try:
                ccw = Ccw.from_bytes(self._access.fetch(address, CCW_LENGTH, self.key))
            except ChannelCheck:
                break
            address += CCW_LENGTH
            if ccw.is_transfer_in_channel:
                ccw, address = replace(ccw, flags=CcwFlag.CHAIN_DATA), ccw.address
            else:
                total += ccw.count
        return total

    # --- moving ---

    def take(self, length: int) -> bytes:
        """Up to ``length`` bytes for an output operation; fewer at the end of the (last) CCW."""
        taken = bytearray()
        try:
            for address, room in self._pieces(length, backward=False):
                taken += self._access.fetch(address, room, self.key)
                self._advance(room)
        except ChannelCheck as error:
            self.check |= error.status
        return bytes(taken)

    def put(self, data: bytes, *, backward: bool = False) -> int:
        """Bytes from the device into storage, in the order in which the device sends them; how many found room."""
        done = 0
        try:
            for address, room in self._pieces(len(data), backward=backward):
                piece = data[done : done + room]
                if not self.ccw.flags & CcwFlag.SKIP:
                    if backward:
                        self._access.store(address - room + 1, piece[::-1], self.key)
                    else:
                        self._access.store(address, piece, self.key)
                done += room
                self._advance(-room if backward else room)
        except ChannelCheck as error:
            self.check |= error.status
        return done

    def _advance(self, step: int) -> None:
        self._position += step
        self.residual -= abs(step)
        self.moved += abs(step)
        if self.residual == 0 and self.ccw.flags & CcwFlag.CHAIN_DATA:
            self._chain_data()

    def _pieces(self, length: int, *, backward: bool) -> Iterator[tuple[int, int]]:
        """Stretches of storage that follow one another: (address of the first byte moved, number of bytes)."""
        while length and self.residual and not self.check:
            room = min(length, self.residual)
            if self.ccw.flags & CcwFlag.INDIRECT_DATA_ADDRESS and not self.ccw.flags & CcwFlag.SKIP:
                room = min(room, self._indirect(backward))
            length -= room
            yield self._position, room

    def _indirect(self, backward: bool) -> int:
        """Set the position from the list of indirect data address words; bytes up to the end of the 2 KiB block."""
        moved = self.ccw.count - self.residual
        edge = IDAW_BLOCK - 1 if backward else 0
        inside = self._position % IDAW_BLOCK
        if moved == 0 or inside == (IDAW_BLOCK - 1 if backward else 0):
            self._position = self._fetch_idaw(self._idaw_index)
            if self._idaw_index and self._position % IDAW_BLOCK != edge:
                raise ChannelCheck(PROGRAM_CHECK)
            self._idaw_index += 1
        inside = self._position % IDAW_BLOCK
        return inside + 1 if backward else IDAW_BLOCK - inside

    def _fetch_idaw(self, index: int) -> int:
        address = self.ccw.address + 4 * index
        if address % 4:
            raise ChannelCheck(PROGRAM_CHECK)
        word = int.from_bytes(self._access.fetch(address, 4, self.key), "big")
        if word > ADDRESS_MASK:
            raise ChannelCheck(PROGRAM_CHECK)
        return word

    # --- saving ---

    def save(self) -> Any:
        """State between two operations, or while one waits."""
        return {
            "key": self.key,
            "start": self.start_address,
            "next": self.next_address,
            "csw_address": self.csw_address,
            "command": self.command_ccw.to_bytes().hex() if self.command_ccw else None,
            "command_address": self.command_address,
            "ccw": self.ccw.to_bytes().hex(),
            "residual": self.residual,
        }

    @classmethod
    def restored(cls, access: ChannelAccess, fetched: Callable[[int, Ccw], None], state: Any) -> ChannelProgram:
        """The program as it was when ``save`` was called."""
        program = cls(access, state["key"], state["start"], fetched)
        program.next_address = state["next"]
        program.csw_address = state["csw_address"]
        program.command_address = state["command_address"]
        program._begin_area(Ccw.from_bytes(bytes.fromhex(state["ccw"])))
        if state["command"] is not None:
            program.command_ccw = Ccw.from_bytes(bytes.fromhex(state["command"]))
            program.command = program.command_ccw.command
        program.residual = state["residual"]
        return program
