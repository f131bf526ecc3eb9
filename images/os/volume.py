"""OsVolume: the data sets of a volume.  Who uses it: `vm370 disk ls` and `get`.

The volume label (R3 of track 0, `VOL1`) tells where the VTOC is; the first DSCB there, of format 4, how long it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from vm370.images.ckd import Record, parse_track
from vm370.images.ebcdic import from_ebcdic, to_ebcdic
from vm370.images.errors import BadImage, FileNotOnDisk, ImageError
from vm370.images.os import layout
from vm370.images.os.layout import FORMAT_1, FORMAT_3, FORMAT_4, FORMAT_5, DataSet, Extent, Format1, Format3, Format4
from vm370.images.os.records import records
from vm370.images.stores import TrackStore

VOL1 = to_ebcdic("VOL1")
MOST_FORMAT_3 = 20
DIRECTORY_KEY, DIRECTORY_BLOCK = 8, 256


class OsVolume:
    """A volume with a VTOC; BadImage when there is none."""

    def __init__(self, store: TrackStore, name: str = "volume") -> None:
        self.store = store
        self.name = name
        label = next((r.data for r in self._records(0) if r.number == 3 and r.data[:4] == VOL1), None)
        if label is None:
            raise BadImage(f"{name}, cylinder 0 head 0", 0, "a track without it", "R3 with a volume label, VOL1")
        self.volser = from_ebcdic(label[4:10]).rstrip()
        place = layout.Address.parse(label[11:16])
        track = self._track(place.cylinder, place.head, f"{name}: VOL1")
        first = next((r for r in self._records(track) if r.number == place.record), None)
        if first is None or (len(first.key), len(first.data)) != (layout.KEY, layout.DATA):
            where = f"{name}, cylinder {place.cylinder} head {place.head}"
            raise BadImage(where, 0, f"no record {place.record} of 44 and 96 bytes", "the VTOC's first DSCB")
        self.format4 = Format4.parse(first.key + first.data)
        if self.format4.format != FORMAT_4:
            raise BadImage(f"{name}: VTOC", 44, f"format X'{self.format4.format:02X}'", "a format 4 DSCB, X'F4'")
        self.vtoc = self._extent(self.format4.extent)
        if self.vtoc is None:
            raise BadImage(f"{name}: VTOC", 105, "no extent", "the VTOC's extent")

    def _track(self, cylinder: int, head: int, where: str) -> int:
        if cylinder >= self.store.cylinders or head >= self.store.heads:
            size = f"{self.store.cylinders} cylinders of {self.store.heads} heads"
            raise BadImage(where, 0, f"cylinder {cylinder} head {head}", f"a track of {size}")
        return cylinder * self.store.heads + head

    def _records(self, number: int) -> tuple[Record, ...]:
        cylinder, head = divmod(number, self.store.heads)
        track = self.store.read_track(cylinder, head)
        return parse_track(track, f"{self.name}, cylinder {cylinder} head {head}").records[1:]

    def _extent(self, extent: Any) -> Extent | None:
        if not extent.type:
            return None
        where = f"{self.name}: extent"
        first, last = extent.first, extent.last
        start, end = self._track(first[0], first[1], where), self._track(last[0], last[1], where)
        if end < start:
            raise BadImage(where, 6, f"last track {end}", f"{start} or behind it")
        return Extent(start, end)

    @cached_property
    def dscbs(self) -> list[tuple[tuple[int, int], bytes]]:
        """The VTOC: (track, record) and the 140 bytes, in order."""
        assert self.vtoc is not None
        found = []
        for track in range(self.vtoc.first, self.vtoc.last + 1):
            for record in self._records(track):
                if (len(record.key), len(record.data)) == (layout.KEY, layout.DATA):
                    found.append(((track, record.number), record.key + record.data))
        return found

    def data_sets(self) -> list[DataSet]:
        """All data sets, sorted by name."""
        found = [self._data_set(data) for _, data in self.dscbs if data[layout.KEY] == FORMAT_1]
        return sorted(found, key=lambda item: item.name)

    def _data_set(self, data: bytes) -> DataSet:
        dscb = Format1.parse(data)
        name = from_ebcdic(dscb.name).rstrip()
        extents = list(dscb.extents)
        following, seen = dscb.next, 0
        by_place = dict(self.dscbs)
        while following.cylinder or following.head or following.record:
            track = self._track(following.cylinder, following.head, f"{self.name}: DSCB of {name}")
            more = by_place.get((track, following.record))
            seen += 1
            if more is None or more[layout.KEY] != FORMAT_3 or seen > MOST_FORMAT_3:
                raise BadImage(f"{self.name}: DSCB of {name}", 135, "a pointer to none", "a format 3 DSCB")
            third = Format3.parse(more)
            extents += [*third.extents, *third.more]
            following = third.next
        return DataSet(
            name,
            dscb.organization,
            dscb.recfm,
            dscb.block_length,
            dscb.lrecl,
            dscb.key_length,
            layout.day(dscb.created),
            dscb.last_track,
            dscb.last_record,
            tuple(extent for extent in map(self._extent, extents) if extent is not None),
        )

    def free_tracks(self) -> int:
        """Tracks that the format 5 DSCBs tell to be free."""
        count = 0
        for _, data in self.dscbs:
            if data[layout.KEY] == FORMAT_5:
                dscb = layout.Format5.parse(data)
                count += sum(e.cylinders * self.store.heads + e.tracks for e in (*dscb.extents, *dscb.more))
        return count

    def find(self, name: str) -> DataSet:
        """The data set of that name; FileNotOnDisk when there is none."""
        for item in self.data_sets():
            if item.name == name.upper():
                return item
        raise FileNotOnDisk(f"{self.name}: data set {name.upper()} is not on volume {self.volser}")

    # blocks and records

    def _blocks(self, item: DataSet, track: int = 0, record: int = 1) -> Iterator[Record]:
        """From a relative track and record on to the end-of-file record or the end of the extents."""
        numbers = [n for extent in item.extents for n in range(extent.first, extent.last + 1)]
        if track >= len(numbers) and numbers:
            raise BadImage(f"{self.name}: {item.name}", 0, f"relative track {track}", f"at most {len(numbers) - 1}")
        for number in numbers[track:]:
            for found in self._records(number):
                if found.number < record:
                    continue
                if not found.data:
                    return
                yield found
            record = 0

    def members(self, item: DataSet) -> list[layout.Member]:
        """The members of a partitioned data set, sorted as the directory is."""
        if not item.partitioned:
            raise ImageError(f"{self.name}: {item.name} is {item.dsorg}, it has no members")
        found: list[layout.Member] = []
        for block in self._blocks(item):
            if (len(block.key), len(block.data)) != (DIRECTORY_KEY, DIRECTORY_BLOCK):
                text = f"a record of {len(block.key)}+{len(block.data)} bytes"
                raise BadImage(f"{self.name}: directory of {item.name}", 0, text, "a directory block of 8+256")
            some, end = layout.members(block.data)
            found += some
            if end:
                break
        return found

    def records(self, item: DataSet, member: str | None = None) -> Iterator[bytes]:
        """The records of a sequential data set, or of a member."""
        where = f"{self.name}: {item.name}"
        if member is None:
            if item.partitioned:
                raise ImageError(f"{where} is partitioned; name a member, {item.name}(NAME), or all of them, (*)")
            if not item.last_track and not item.last_record:
                return iter(())
            blocks = self._blocks(item)
        else:
            entry = next((m for m in self.members(item) if m.name == member.upper()), None)
            if entry is None:
                raise FileNotOnDisk(f"{where}: has no member {member.upper()}")
            where += f"({entry.name})"
            blocks = self._blocks(item, entry.track, entry.record)
        return records(item.recfm, item.lrecl, (block.data for block in blocks), where)
