"""Disks on tape as DDR (DMKDDR of VM/370) dumps and restores them, track by track.

    VHR  0  4  `VHR `                                      THR  0  4  `THR `
         4  6  bin, cylinder, head of the first track           4  2  records n, without R0
        10  6  blanks                                           6  2  blocks of 4096 bytes, this one included
        16  8  time of day (clock)                              8  2  length of the last, shorter block, 0 if none
        24  2  a number of the device type, see DEVICES        10  1  flag: 01 overflow
        26  2  last cylinder of the device type                11  5  home address: flag, cylinder, head
        28  2  last head                                       16 16  R0: count, data
        30  6  volume serial number                            32 8n  counts: cylinder, head, record, key length, data
        36 44  blanks                                                 length (2)
    EOJ  as VHR, at 4 the last track that was dumped             ...  keys and data of R1 to Rn, end to end

A dump is a VHR, for each track a THR with what follows it cut in blocks of 4096 bytes, an EOJ, and a tape mark.  The
last block of a track has at least 80 bytes, the rest behind the data means nothing.  Where a tape ends before the dump
does, its last block is an EOV instead of the EOJ; the next tape goes on with a VHR again, or at once with a THR.

A track of which the last record goes on on the next one (an overflow segment, X'8000' in the cylinder of its count in a
disk image) has flag 01, and the count without that bit.

``E5C8D940 00000001 0000 404040404040 E39F3C427D67D000 006E 022F 001D E5D6D3F1F2F3 4040...`` is the VHR of a 3350 called
VOL123, dumped from cylinder 1 on; ``E3C8D940 0000 0000 0050 00 0000010002 0001000200000008 0000000000000000 00...``
(80 bytes) the THR of an empty track, cylinder 1 head 2.

Verified with DMKDDR of Release 6 (tests/images/tapes/test_ddr_genuine.py): it restores what ``dump`` writes, and
``dump`` writes what it does, byte for byte but for the clock and what fills up.  Who uses it: `vm370 tape`.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import construct

from vm370.images.ckd import Count, Record, Track, build_track, counts, parse_track
from vm370.images.ebcdic import EbcdicText, from_ebcdic, to_ebcdic
from vm370.images.errors import BadImage, GeometryError, ImageError
from vm370.images.geometry import CKD_DEVICES, CkdDevice
from vm370.images.stores import TrackStore
from vm370.images.tapes.block import Block
from vm370.images.tapes.tape import Tape

VHR, THR, EOJ, EOV = (to_ebcdic(name) for name in ("VHR ", "THR ", "EOJ ", "EOV "))
BLOCK = 4096
SHORTEST = 80
LONGEST_TRACK = 17 * BLOCK
LABELS = ("VOL1", "CMS1", "CMS=")

#  device type -> what DMKDDR puts at 24 and 26 of its VHR; its last cylinder counts alternate ones, but not of 2305
DEVICES = {
    "2305-1": (34, 47),
    "2305-2": (75, 95),
    "2311": (62, 202),
    "2314": (75, 202),
    "3330": (100, 410),
    "3330-11": (100, 814),
    "3340-35": (55, 348),
    "3340-70": (55, 697),
    "3350": (110, 559),
}

VolumeHeader = construct.Struct(
    "identifier" / construct.Bytes(4),
    "bin" / construct.Int16ub,
    "cylinder" / construct.Int16ub,
    "head" / construct.Int16ub,
    "reserved" / construct.Bytes(6),
    "time" / construct.Int64ub,
    "most_records" / construct.Int16ub,
    "last_cylinder" / construct.Int16ub,
    "last_head" / construct.Int16ub,
    "volume" / EbcdicText(6),
    "reserved2" / construct.Bytes(44),
)
CountField = construct.Struct(
    "cylinder" / construct.Int16ub,
    "head" / construct.Int16ub,
    "record" / construct.Int8ub,
    "key_length" / construct.Int8ub,
    "data_length" / construct.Int16ub,
)
TrackHeader = construct.Struct(
    "identifier" / construct.Bytes(4),
    "records" / construct.Int16ub,
    "blocks" / construct.Int16ub,
    "rest" / construct.Int16ub,
    "flag" / construct.Int8ub,
    "home_flag" / construct.Int8ub,
    "cylinder" / construct.Int16ub,
    "head" / construct.Int16ub,
    "r0" / CountField,
    "r0_data" / construct.Bytes(8),
)
OVERFLOW = 0x01
OVERFLOW_COUNT = 0x8000
HEADER_LENGTH = TrackHeader.sizeof()
COUNT_LENGTH = CountField.sizeof()
VOLUME_LENGTH = VolumeHeader.sizeof()

_EPOCH = datetime(1900, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Volume:
    """What a VHR or EOJ tells: the disk, when it was dumped, and the first (VHR) or last (EOJ) track."""

    serial: str
    most_records: int
    last_cylinder: int
    last_head: int
    cylinder: int = 0
    head: int = 0
    time: int = 0
    bin: int = 0

    @property
    def dumped_at(self) -> datetime | None:
        """The clock's value as a date, UTC; None when there is none."""
        try:
            return _EPOCH + timedelta(microseconds=self.time >> 12) if self.time else None
        except OverflowError:
            return None

    @property
    def devices(self) -> list[CkdDevice]:
        """The device types that have this last cylinder and head."""
        return [
            row
            for row in CKD_DEVICES.values()
            if (last_cylinder(row), row.heads - 1) == (self.last_cylinder, self.last_head)
        ]

    def build(self, identifier: bytes = VHR) -> bytes:
        """The 80 bytes."""
        values = {
            "identifier": identifier,
            "bin": self.bin,
            "cylinder": self.cylinder,
            "head": self.head,
            "reserved": to_ebcdic(" " * 6),
            "time": self.time,
            "most_records": self.most_records,
            "last_cylinder": self.last_cylinder,
            "last_head": self.last_head,
            "volume": self.serial.ljust(6),
            "reserved2": to_ebcdic(" " * 44),
        }
        return bytes(VolumeHeader.build(values))

    @classmethod
    def parse(cls, block: Block, identifiers: Sequence[bytes] = (VHR,)) -> Volume:
        """From a block that must be one of ``identifiers``."""
        data = block.data
        if data[:4] not in identifiers:
            raise block.bad(0, data[:4], "the volume header record VHR of a DDR dump")
        if len(data) < VOLUME_LENGTH:
            raise block.bad(len(data), "the end of the block", f"a volume record of {VOLUME_LENGTH} bytes")
        parsed = VolumeHeader.parse(data)
        return cls(
            parsed.volume.rstrip(),
            parsed.most_records,
            parsed.last_cylinder,
            parsed.last_head,
            parsed.cylinder,
            parsed.head,
            parsed.time,
            parsed.bin,
        )


def last_cylinder(device: CkdDevice) -> int:
    """The last cylinder of a device type, as DDR counts."""
    known = DEVICES.get(device.name)
    return known[1] if known else device.cylinders + device.alternates - 1


# --- reading ---


class DdrDump:
    """A dump on one or more tapes: its volume, then, as they are asked for, its tracks.

    ``blocks``: the tape file; ``following``: the first files of the tapes it goes on on.
    """

    def __init__(self, blocks: Iterator[Block], following: Iterable[Iterator[Block]] = ()) -> None:
        self._blocks = blocks
        self._following = iter(following)
        self.continued = False
        """The tape ended with EOV, and there is no other."""
        first = next(blocks, None)
        if first is None:
            raise ImageError("a DDR dump is expected where the tape has no block")
        self.name = first.tape
        self.volume = Volume.parse(first)
        self._last = first

    def tracks(self) -> Iterator[Track]:
        """Every track of the dump; BadImage unless the dump ends with EOJ."""
        while True:
            block = self._next("a track (THR) or the end of the dump (EOJ, EOV)")
            identifier = block.data[:4]
            if identifier == EOJ:
                return
            if identifier == EOV:
                self._change()
            else:
                yield self._track(block)

    def _next(self, expected: str) -> Block:
        block = next(self._blocks, None)
        if block is None:
            raise self._last.bad(len(self._last.data), "the end of the tape file", expected)
        self._last = block
        return block

    def _change(self) -> None:
        """Go on with the next tape."""
        blocks = next(self._following, None)
        if blocks is None:
            self.continued = True
            raise self._last.bad(0, "EOV: the dump goes on on another tape", "the other tape, or EOJ")
        first = next(blocks, None)
        if first is None or first.data[:4] not in (VHR, THR):
            found = "nothing" if first is None else first.data[:4]
            raise (first or self._last).bad(0, found, "a VHR or THR at the start of the tape that goes on")
        if first.data[:4] == VHR:
            serial = Volume.parse(first).serial
            if serial != self.volume.serial:
                raise first.bad(30, serial, f"the next tape of the dump of {self.volume.serial}")
            self._blocks = blocks
        else:
            self._blocks = itertools.chain([first], blocks)
        self._last = first

    def _track(self, block: Block) -> Track:
        data = block.data
        if data[:4] != THR or len(data) < HEADER_LENGTH:
            raise block.bad(0, data[:4], f"a track header record THR of {HEADER_LENGTH} bytes or more, EOJ, or EOV")
        header = TrackHeader.parse(data)
        length = header.blocks * BLOCK + header.rest
        counted = HEADER_LENGTH + header.records * COUNT_LENGTH
        if header.rest >= BLOCK or not counted <= length <= LONGEST_TRACK:
            found = f"{header.records} records in {header.blocks} blocks and {header.rest} bytes"
            raise block.bad(4, found, "what a track can have")
        pieces = [self._piece(block, min(BLOCK, length))]
        while (missing := length - sum(map(len, pieces))) > 0:
            pieces.append(self._piece(self._next(f"{missing} more bytes of a track"), min(BLOCK, missing)))
        text = b"".join(pieces)
        records = [_record(header.r0, b"", header.r0_data)]
        at = counted
        for number in range(header.records):
            start = HEADER_LENGTH + number * COUNT_LENGTH
            count = CountField.parse(text[start : start + COUNT_LENGTH])
            middle, end = at + count.key_length, at + count.key_length + count.data_length
            if end > length:
                found = f"record {count.record} with key length {count.key_length}, data length {count.data_length}"
                raise block.bad(start, found, f"records that fit a track of {length} bytes on tape")
            records.append(_record(count, text[at:middle], text[middle:end]))
            at = end
        if header.flag & OVERFLOW and len(records) > 1:
            records[-1] = replace(records[-1], cylinder=records[-1].cylinder | OVERFLOW_COUNT)
        return Track(header.home_flag, header.cylinder, header.head, tuple(records))

    @staticmethod
    def _piece(block: Block, length: int) -> bytes:
        if len(block.data) != length:
            raise block.bad(
                len(block.data), f"a block of {len(block.data)} bytes", f"{length}, as its track's THR tells"
            )
        return block.data


def _record(count: construct.Container, key: bytes, data: bytes) -> Record:
    return Record(count.cylinder, count.head, count.record, data, key)


def restore(dump: DdrDump, store: TrackStore, progress: Callable[[int, int], None] | None = None) -> int:
    """Write every track of a dump to the same place of ``store``; gives their number.

    The tracks that were restored before an error stay.
    """
    total = store.cylinders * store.heads
    number = 0
    for number, track in enumerate(dump.tracks(), 1):
        store.check_track(track.cylinder, track.head)
        store.write_track(track.cylinder, track.head, 0, build_track(track, store.track_length))
        if progress:
            progress(min(number, total - 1), total)
    store.flush()
    if progress:
        progress(total, total)
    return number


# --- writing ---


def dump(
    tape: Tape,
    store: TrackStore,
    extents: Sequence[tuple[int, int]] = (),
    *,
    serial: str | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    progress: Callable[[int, int], None] | None = None,
) -> int:
    """Write a tape file with the tracks of ``store``, and a tape mark; gives the number of tracks.

    ``extents``: (first, last) cylinder, in ascending order, default all.  ``serial``: default as ``label_of`` tells.
    """
    if store.device_type not in DEVICES:
        raise GeometryError(f"{store.name}: DDR dumps disks of type {' '.join(DEVICES)}, found {store.device_type}")
    cylinders = _cylinders(store, extents)
    volume = Volume(
        label_of(store) if serial is None else serial,
        *DEVICES[store.device_type],
        store.heads - 1,
        cylinders[0],
        time=int((clock() - _EPOCH) / timedelta(microseconds=1)) << 12,
    )
    tape.write(volume.build())
    total = len(cylinders) * store.heads
    for number, cylinder in enumerate(cylinders):
        for head in range(store.heads):
            for block in track_blocks(
                store.read_track(cylinder, head), f"{store.name}: cylinder {cylinder} head {head}"
            ):
                tape.write(block)
            if progress:
                progress(number * store.heads + head + 1, total)
    last = Volume(
        volume.serial,
        volume.most_records,
        volume.last_cylinder,
        volume.last_head,
        cylinders[-1],
        store.heads - 1,
        volume.time,
    )
    tape.write(last.build(EOJ))
    tape.write_mark()
    return total


def label_of(store: TrackStore) -> str:
    """What DDR takes for the volume serial number: six bytes of record 3 of track 0, of a CMS disk its label."""
    try:
        records = parse_track(store.read_track(0, 0)).records
    except BadImage:
        return ""
    data = next((record.data for record in records if record.number == 3), b"")
    return from_ebcdic(data[4:10]).rstrip() if from_ebcdic(data[:4]) in LABELS else ""


def _cylinders(store: TrackStore, extents: Sequence[tuple[int, int]]) -> list[int]:
    found: list[int] = []
    for first, last in extents or [(0, store.cylinders - 1)]:
        if not 0 <= first <= last < store.cylinders or (found and first <= found[-1]):
            expected = f"ascending ones of 0 to {store.cylinders - 1}"
            raise GeometryError(f"{store.name}: cylinders {first} to {last} to be dumped: expected {expected}")
        found += range(first, last + 1)
    return found


def track_blocks(track: bytes, where: str) -> list[bytes]:
    """A track as the blocks of a dump: THR and what follows."""
    parsed = parse_track(track, where)
    fields = [_fields(count) for count in counts(track, where)]
    r0, records = parsed.records[:1], parsed.records[1:]
    if not r0 or r0[0].key or len(r0[0].data) != 8:
        raise ImageError(f"{where}: R0 is not 8 bytes of data without a key, DDR cannot dump the track")
    overflow = len(fields) > 1 and bool(fields[-1]["cylinder"] & OVERFLOW_COUNT)
    if overflow:
        fields[-1]["cylinder"] &= ~OVERFLOW_COUNT
    body = b"".join(map(CountField.build, fields[1:])) + b"".join(record.key + record.data for record in records)
    blocks, rest = divmod(HEADER_LENGTH + len(body), BLOCK)
    rest = max(rest, SHORTEST) if rest else 0
    header = TrackHeader.build(
        {
            "identifier": THR,
            "records": len(records),
            "blocks": blocks,
            "rest": rest,
            "flag": OVERFLOW if overflow else 0,
            "home_flag": parsed.flag,
            "cylinder": parsed.cylinder,
            "head": parsed.head,
            "r0": fields[0],
            "r0_data": r0[0].data,
        }
    )
    text = (header + body).ljust(blocks * BLOCK + rest, b"\0")
    return [text[at : at + BLOCK] for at in range(0, len(text), BLOCK)]


def _fields(count: Count) -> dict[str, int]:
    return {
        "cylinder": count.cylinder,
        "head": count.head,
        "record": count.record,
        "key_length": count.key_length,
        "data_length": count.data_length,
    }
