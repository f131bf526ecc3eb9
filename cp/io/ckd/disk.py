"""The count-key-data disk as a device of a channel, and as a row of CMS blocks.

store (tracks)  <---  Access (which track, what passes)  <---  commands  <---  CkdDisk.execute  <---  channel
                <---------------------------------------  block_read, block_write  <---  DIAGNOSE X'A4', X'250'
"""

from __future__ import annotations

from typing import Any

from vm370.cp.io.blockaccess import (
    BlockAccess,
    BlockIOError,
    BlockNumberError,
    BlockReadOnlyError,
    BlockSizeError,
    checked_size,
)
from vm370.cp.io.ckd.access import Access
from vm370.cp.io.ckd.commands import IMMEDIATE, command_table
from vm370.cp.io.ckd.hits import Hit
from vm370.cp.io.ckd.sense import sense_bytes
from vm370.cp.io.ckd.track import BadTrack, Record, Track
from vm370.cp.io.device import Device, DeviceType, Outcome, Supply
from vm370.cp.io.diskcheck import Message, UnitCheck, command_reject
from vm370.images.geometry import ckd_device
from vm370.images.stores import StoreError, TrackStore


class CkdDisk(Device, BlockAccess):
    """A disk (volume or minidisk) whose tracks are in ``store``; cylinders are those of the store, from 0."""

    immediate = IMMEDIATE

    def __init__(self, store: TrackStore, type: DeviceType, *, read_only: bool = False) -> None:
        super().__init__()
        self.store = store
        self.type = type
        self.device = ckd_device(store.device_type)
        self.read_only = read_only or store.read_only
        self.access = Access(store)
        self.file_mask = 0
        self.file_mask_set = False
        self.hit = Hit.NONE
        """What this command found, for the next one."""
        self.earlier = Hit.NONE
        """What the command before found."""
        self.reserved = False
        self.load_cylinder = 0
        """Where READ IPL reads."""
        self._commands = command_table(self.device)
        self._nothing_wrong = sense_bytes(self.device, 0, 0)
        self.sense = self._nothing_wrong
        self.sense_length = len(self.sense)
        self._block_track: Track | None = None

    # --- a device of a channel ---

    def start_chain(self) -> None:
        self.file_mask = 0
        self.file_mask_set = False
        self.hit = Hit.NONE
        self.access.head_switching = True
        self.access.lose_orientation()
        self.access.distrust()

    def execute(self, command: int, supply: Supply, count: int) -> Outcome:
        self.earlier = self.hit
        self.hit = Hit.NONE
        if command != 0x04:
            self.sense = self._nothing_wrong
        function = self._commands[command]
        try:
            if function is None:
                raise command_reject(Message.INVALID_COMMAND)
            return function(self, supply, command)
        except UnitCheck as check:
            self.hit = Hit.NONE
            self.sense = sense_bytes(self.device, self.access.cylinder, self.access.head, check)
            return Outcome(check.status, check.data)

    def reset(self) -> None:
        self.sense = self._nothing_wrong
        self.reserved = False
        self.start_chain()

    def save(self) -> Any:
        return {
            "access": self.access.save(),
            "file_mask": self.file_mask,
            "file_mask_set": self.file_mask_set,
            "hit": int(self.hit),
            "reserved": self.reserved,
            "sense": self.sense.hex(),
        }

    def restore(self, state: Any) -> None:
        self.access.restore(state["access"])
        self.file_mask = state["file_mask"]
        self.file_mask_set = state["file_mask_set"]
        self.hit = Hit(state["hit"])
        self.reserved = state["reserved"]
        self.sense = bytes.fromhex(state["sense"])

    def close(self) -> None:
        self.store.close()

    # --- CMS blocks ---

    def block_count(self, size: int) -> int:
        return self._per_track(size) * self.store.heads * self.store.cylinders

    def block_read(self, number: int, size: int) -> bytes:
        track, record = self._block(number, size)
        return track.data(record)

    def block_write(self, number: int, size: int, data: bytes) -> None:
        if self.read_only:
            raise BlockReadOnlyError(f"block {number}: the disk is read-only")
        if len(data) != size:
            raise BlockSizeError(f"block {number}: {len(data)} bytes of data for a block of {size}")
        track, record = self._block(number, size)
        try:
            self.store.write_track(track.cylinder, track.head, record.data_offset, data)
        except StoreError as error:
            raise BlockIOError(str(error)) from error
        self._block_track = track.changed(record.data_offset, data)
        self.access.distrust()

    def _per_track(self, size: int) -> int:
        return self.device.records_per_track(checked_size(size))

    def _block(self, number: int, size: int) -> tuple[Track, Record]:
        """The record that is block ``number``, by its place on the disk; its count field says only the length."""
        per_track = self._per_track(size)
        if not per_track:
            raise BlockSizeError(f"block {number}: a track has no room for {size} bytes")
        tracks, index = divmod(number - 1, per_track)
        cylinder, head = divmod(tracks, self.store.heads)
        if number < 1 or cylinder >= self.store.cylinders:
            raise BlockNumberError(f"block {number}: the disk has {self.block_count(size)} blocks of {size} bytes")
        track = self._block_track
        try:
            image = self.store.read_track(cylinder, head)
            if track is None or track.image != image or (track.cylinder, track.head) != (cylinder, head):
                track = self._block_track = Track.parsed(cylinder, head, image)
        except (StoreError, BadTrack) as error:
            raise BlockIOError(str(error)) from error
        for record in track.records[1:]:
            if record.id[4] == index + 1:
                if record.data_length == size and not record.key_length and not record.overflow:
                    return track, record
                found = f"key length {record.key_length}, data length {record.data_length}"
                raise BlockSizeError(f"block {number}: record with {found}, expected {size} bytes without a key")
        raise BlockSizeError(f"block {number}: cylinder {cylinder} head {head} has no record {index + 1}")
