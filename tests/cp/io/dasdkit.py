"""What the tests of disks share: stores in memory, and a machine with one disk that runs programs given as rows.

A row is (command, what, flags).  ``what`` is the bytes of a write, search or control command, or the number of bytes
that a read has room for; ``tic(n)`` goes back n rows.  Flags are SLI if not given; command chaining is added.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.cp.io.channelkit import CC, SLI, Machine, ccw
from vm370.cp.io.ccw import ChannelStatus
from vm370.cp.io.device import Device, UnitStatus
from vm370.images.ckd import format_track
from vm370.images.geometry import ckd_device, fba_device
from vm370.images.stores import BlockStore, StoreError, TrackStore

DISK = 0x190
PROGRAM = 0x1000
BUFFERS = 0x4000

SEEK, SEEK_CYLINDER, SEEK_HEAD, RECALIBRATE, FILE_MASK, SPACE_COUNT = 0x07, 0x0B, 0x1B, 0x13, 0x1F, 0x0F
SET_SECTOR, READ_SECTOR, SENSE, SENSE_ID, NOP, RESERVE, RELEASE = 0x23, 0x22, 0x04, 0xE4, 0x03, 0xB4, 0x94
READ_IPL, READ_DATA, READ_KD, READ_CKD, READ_COUNT, READ_R0, READ_HA = 0x02, 0x06, 0x0E, 0x1E, 0x12, 0x16, 0x1A
SEARCH_HA, SEARCH_ID, SEARCH_KEY, MT = 0x39, 0x31, 0x29, 0x80
WRITE_DATA, WRITE_KD, WRITE_CKD, WRITE_SPECIAL, ERASE, WRITE_R0, WRITE_HA = 0x05, 0x0D, 0x1D, 0x01, 0x11, 0x15, 0x19

NORMAL = UnitStatus.CHANNEL_END | UnitStatus.DEVICE_END
CHECKED = NORMAL | UnitStatus.UNIT_CHECK
REJECTED = UnitStatus.UNIT_CHECK
END_OF_FILE = NORMAL | UnitStatus.UNIT_EXCEPTION

Row = tuple[int, bytes | int] | tuple[int, bytes | int, int]


def tic(rows: int) -> Row:
    return (0x08, rows)


class MemoryTracks(TrackStore):
    """Tracks in memory, each write remembered."""

    def __init__(self, device_type: str, cylinders: int, heads: int | None = None) -> None:
        device = ckd_device(device_type)
        self.device_type = device_type
        self.cylinders = cylinders
        self.heads = device.heads if heads is None else heads
        self.track_length = device.track_length
        self.read_only = False
        self.broken = False
        self.writes: list[tuple[int, int, int, bytes]] = []
        self.tracks = [
            format_track(number // self.heads, number % self.heads, [], self.track_length)
            for number in range(cylinders * self.heads)
        ]

    def fill(self, cylinder: int, head: int, records: list[tuple[int, bytes, bytes]]) -> None:
        """Records of a track: number, key, data."""
        self.tracks[cylinder * self.heads + head] = format_track(cylinder, head, records, self.track_length)

    def read_track(self, cylinder: int, head: int) -> bytes:
        if self.broken:
            raise StoreError("broken")
        return self.tracks[cylinder * self.heads + head]

    def write_track(self, cylinder: int, head: int, offset: int, data: bytes) -> None:
        if self.broken:
            raise StoreError("broken")
        assert 0 <= offset <= self.track_length - len(data)
        self.writes.append((cylinder, head, offset, data))
        number = cylinder * self.heads + head
        track = self.tracks[number]
        self.tracks[number] = track[:offset] + data + track[offset + len(data) :]


class MemoryBlocks(BlockStore):
    """Sectors in memory, each write remembered."""

    def __init__(self, device_type: str, sectors: int) -> None:
        fba_device(device_type)
        self.device_type = device_type
        self.sectors = sectors
        self.read_only = False
        self.broken = False
        self.image = bytearray(sectors * 512)
        self.writes: list[tuple[int, int]] = []

    def read(self, sector: int, count: int) -> bytes:
        if self.broken:
            raise StoreError("broken")
        assert 0 <= sector <= self.sectors - count
        return bytes(self.image[sector * 512 : (sector + count) * 512])

    def write(self, sector: int, data: bytes) -> None:
        if self.broken:
            raise StoreError("broken")
        assert len(data) % 512 == 0
        assert 0 <= sector <= self.sectors - len(data) // 512
        self.writes.append((sector, len(data) // 512))
        self.image[sector * 512 : sector * 512 + len(data)] = data


@dataclass
class Result:
    """How a channel program ended; ``data`` has what each read row has in its buffer."""

    unit: UnitStatus
    channel: ChannelStatus
    residual: int
    row: int
    ccws: int
    data: list[bytes] = field(default_factory=list)


class Drive:
    """A machine with one disk."""

    def __init__(self, disk: Device, size: int = 0x40000) -> None:
        self.machine = Machine(size)
        self.disk = disk
        self.machine.channels.attach(DISK, disk)

    def run(self, *rows: Row) -> Result:
        """Run a channel program to its end."""
        machine = self.machine
        address = BUFFERS
        buffers: list[tuple[int, int]] = []
        for number, row in enumerate(rows):
            command, what = row[:2]
            here = PROGRAM + 8 * number
            if command == 0x08:
                assert isinstance(what, int)
                machine.put(here, [ccw(0x08, here - 8 * what, 0, 0)])
                continue
            flags = row[2] if len(row) > 2 else SLI
            if number < len(rows) - 1:
                flags |= CC
            length = what if isinstance(what, int) else len(what)
            if isinstance(what, int):
                buffers.append((address, length))
                machine.write(address, b"\xee" * length)
            else:
                machine.write(address, what)
            machine.put(here, [ccw(command, address, flags, length)])
            address += (length + 7) // 8 * 8
        before = machine.channels.ccws
        result = machine.channels.synchronous(DISK, PROGRAM, 0)
        return Result(
            result.csw.unit,
            result.csw.channel,
            result.csw.count,
            (result.csw.address - PROGRAM) // 8 - 1,
            machine.channels.ccws - before,
            [machine.read(start, length) for start, length in buffers],
        )

    def sense(self) -> bytes:
        """The sense bytes, by SENSE."""
        return self.run((SENSE, 24)).data[0]


def cchh(cylinder: int, head: int) -> bytes:
    return cylinder.to_bytes(2, "big") + head.to_bytes(2, "big")


def seek(cylinder: int, head: int) -> Row:
    return (SEEK, bytes(2) + cchh(cylinder, head))


def search_id(cylinder: int, head: int, record: int, command: int = SEARCH_ID) -> Row:
    return (command, cchh(cylinder, head) + bytes((record,)))


def count(cylinder: int, head: int, record: int, key_length: int, data_length: int) -> bytes:
    return cchh(cylinder, head) + bytes((record, key_length)) + data_length.to_bytes(2, "big")
