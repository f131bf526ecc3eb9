"""The access mechanism of a count-key-data drive: on which track it is, and what passes under the head.

    area      what the head has just passed            a read or search goes on with
    -------   --------------------------------------   --------------------------------------------------
    INDEX     the index point (or nothing is known)    the home address, then R0
    HOME      the home address                         R0
    COUNT     the count field of ``record``            its key and data, or the next count
    KEY       the key of ``record``                    its data, or the next count
    DATA      the data of ``record``                   the next count

After a seek nothing is known of the rotation (``fresh``): the mechanism may then choose where it is, so that SEARCH ID
EQUAL finds its record at once.  From then on records pass in their order.  ``turns`` counts index points; the second
one, without a command between that resets the count, ends a search: no record found.

The track is read again from the store at the first use in each channel program, because another virtual machine may
have written it; it is taken apart again only if it changed.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from vm370.cp.io.ckd.track import BadTrack, Record, Track
from vm370.cp.io.diskcheck import end_of_cylinder, equipment_check, file_protected, no_record_found
from vm370.images.stores import StoreError, TrackStore


class Area(IntEnum):
    """What the head has just passed."""

    INDEX = 0
    HOME = 1
    COUNT = 2
    KEY = 3
    DATA = 4


_NO_RECORD = Record.at(0, bytes(8), overflow=False)


class Access:
    """Where the mechanism of one drive stands."""

    def __init__(self, store: TrackStore) -> None:
        self.store = store
        self.cylinder = 0
        self.head = 0
        self.position = -1
        """Number of the current record on the track, -1 before R0."""
        self.area = Area.INDEX
        self.record = _NO_RECORD
        self.fresh = True
        self.turns = 0
        self.head_switching = True
        """The file mask allows an operation to go on with the next head."""
        self._track: Track | None = None
        self._verified = False

    # --- the track ---

    @property
    def track(self) -> Track:
        """The current track; UnitCheck if the store cannot give one."""
        track = self._track
        if track is not None and self._verified:
            return track
        try:
            image = self.store.read_track(self.cylinder, self.head)
            if track is None or track.image != image:
                track = self._track = Track.parsed(self.cylinder, self.head, image)
        except (StoreError, BadTrack):
            self._track = None
            raise equipment_check() from None
        self._verified = True
        return track

    def distrust(self) -> None:
        """The store may have changed: read the track again before it is used."""
        self._verified = False

    def write(self, offset: int, data: bytes, changed: Track) -> None:
        """Replace bytes of the current track, which makes it ``changed``."""
        try:
            self.store.write_track(self.cylinder, self.head, offset, data)
        except StoreError:
            self._track = None
            raise equipment_check() from None
        self._track = changed

    # --- moving ---

    def seek(self, cylinder: int, head: int) -> None:
        """Go to a track; where the disk is in its rotation is not known."""
        self._go(cylinder, head)
        self.turns = 0

    def lose_orientation(self) -> None:
        """The time between this and the next command is unknown."""
        self.position = -1
        self.area = Area.INDEX
        self.fresh = True
        self.turns = 0

    def pass_record(self) -> None:
        """A command that moves no data lets the rest of the current record pass."""
        if self.area in (Area.COUNT, Area.KEY):
            self.area = Area.DATA
        self.turns = 0

    def _go(self, cylinder: int, head: int) -> None:
        if cylinder != self.cylinder or head != self.head:
            self.cylinder = cylinder
            self.head = head
            self._track = None
            self._verified = False
        self.position = -1
        self.area = Area.INDEX
        self.fresh = True

    def next_head(self, restart: int = 0, data: bytes = b"") -> None:
        """Go on at the index of the next track of the cylinder."""
        if not self.head_switching:
            raise file_protected(restart, data)
        if self.head + 1 >= self.store.heads:
            raise end_of_cylinder(restart, data)
        self._go(self.cylinder, self.head + 1)
        self.fresh = False

    # --- what passes under the head ---

    def next_count(self, multitrack: bool, *, skip_r0: bool = True) -> Record:
        """Let the next count field pass (not R0's if ``skip_r0``)."""
        self.fresh = False
        while True:
            position = self.position + 1
            records = self.track.records
            if position < len(records):
                self.position = position
                if position or not skip_r0:
                    self.area = Area.COUNT
                    self.record = records[position]
                    return self.record
            elif multitrack:
                self.next_head()
            else:
                self.position = -1
                self.area = Area.INDEX
                self.turns += 1
                if self.turns >= 2:
                    self.turns = 0
                    raise no_record_found()

    def choose(self, record_id: bytes) -> None:
        """Nothing is known of the rotation: let it be right before the record with this CCHHR, if there is one."""
        position = self.track.position_of(record_id)
        if position is None:
            self.turns = 1
        else:
            self.position = position - 1
        self.fresh = False

    def home(self, multitrack: bool) -> Track:
        """Let the index point and the home address pass."""
        if multitrack:
            self.next_head()
        track = self.track
        self.position = -1
        self.area = Area.HOME
        self.fresh = False
        return track

    def next_data(self, multitrack: bool) -> Record:
        """The record whose data area comes next."""
        if self.area is not Area.COUNT and self.area is not Area.KEY:
            self.next_count(multitrack)
        self.area = Area.DATA
        self.turns = 0
        return self.record

    def next_segment(self, restart: int, data: bytes = b"") -> Record:
        """The next segment of an overflow record: the first record after R0 of the next track."""
        self.next_head(restart, data)
        records = self.track.records
        if len(records) < 2:
            raise no_record_found()
        self.position = 1
        self.record = records[1]
        self.area = Area.DATA
        return self.record

    # --- saving ---

    def save(self) -> dict[str, Any]:
        return {
            "cylinder": self.cylinder,
            "head": self.head,
            "position": self.position,
            "area": int(self.area),
            "record": [self.record.offset, (self.record.id + bytes(3)).hex()],
            "lengths": [self.record.key_length, self.record.data_length],
            "overflow": self.record.overflow,
            "fresh": self.fresh,
            "turns": self.turns,
            "head_switching": self.head_switching,
        }

    def restore(self, state: dict[str, Any]) -> None:
        self._go(state["cylinder"], state["head"])
        self._track = None
        self._verified = False
        offset, count = state["record"]
        key_length, data_length = state["lengths"]
        field = bytes.fromhex(count)[:5] + bytes((key_length,)) + data_length.to_bytes(2, "big")
        self.record = Record.at(offset, field, state["overflow"])
        self.position = state["position"]
        self.area = Area(state["area"])
        self.fresh = state["fresh"]
        self.turns = state["turns"]
        self.head_switching = state["head_switching"]
