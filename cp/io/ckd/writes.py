"""Write commands of count-key-data disks.

    command             code   needs (hits.py)    file mask   takes                     changes
    -----------------   ----   ----------------   ---------   -----------------------   -------------------------------
    WRITE DATA          05     ID or KEY          not 01      DL bytes                  the data of the current record
    WRITE KEY + DATA    0D     ID                 not 01      KL + DL bytes             its key and data
    WRITE CKD           1D     ID, KEY or END     00 or 11    8 + KL + DL               a new record behind the current
    WRITE SPECIAL CKD   01     ID, KEY or END     00 or 11    8 + KL + DL               the same: a segment of an
                                                                                        overflow record, not the last
    ERASE               11     ID, KEY or END     00 or 11    8 + KL + DL, not used     nothing is left behind the
                                                                                        current record
    WRITE R0            15     HOME               11          8 + KL + DL               R0; nothing is left behind it
    WRITE HOME ADDRESS  19     -                  11          flag CC HH                the home address; R0 becomes a
                                                                                        standard one, nothing behind it

What the channel program does not supply is written as zeros.  Every command makes one change in the store, which is
the record with, for formatting writes, the end mark behind it: a record is written wholly or not at all.  A record
that does not fit the track is not written, but the rest of the track is erased, as the drive finds out only there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vm370.cp.io.ckd.access import Area
from vm370.cp.io.ckd.control import (
    DONE,
    MASK_NO_FORMATTING,
    MASK_NO_HOME_WRITES,
    MASK_NO_WRITES,
    MASK_WRITES,
)
from vm370.cp.io.ckd.hits import Hit
from vm370.cp.io.ckd.reads import END_OF_FILE
from vm370.cp.io.ckd.track import Track
from vm370.cp.io.device import Outcome, Supply
from vm370.cp.io.diskcheck import Message, command_reject, invalid_track_format, write_inhibited
from vm370.images.ckd import END_MARK
from vm370.images.geometry import COUNT_LENGTH, HOME_ADDRESS_LENGTH

if TYPE_CHECKING:
    from vm370.cp.io.ckd.disk import CkdDisk

RESTART_WRITE = 0x05
"""Sense byte for an overflow record whose next segment cannot be reached."""

_FORMATTING = (Hit.ID, Hit.KEY, Hit.END)


def _permit(disk: CkdDisk, hits: tuple[Hit, ...], *inhibiting: int) -> None:
    """The prerequisites: what came before, the file mask, a disk that may be written."""
    if disk.read_only:
        raise write_inhibited()
    if hits and disk.earlier not in hits:
        raise command_reject(Message.INVALID_SEQUENCE)
    if disk.file_mask & MASK_WRITES in inhibiting:
        raise command_reject(Message.NONE)


# --- update writes ---


def write_data(disk: CkdDisk, supply: Supply, command: int) -> Outcome:
    _permit(disk, (Hit.ID, Hit.KEY), MASK_NO_WRITES)
    access = disk.access
    record = access.next_data(multitrack=False)
    disk.hit = Hit.END
    _update(disk, supply, record.data_offset, record.data_length)
    return DONE if record.data_length else Outcome(END_OF_FILE)


def write_key_and_data(disk: CkdDisk, supply: Supply, command: int) -> Outcome:
    _permit(disk, (Hit.ID,), MASK_NO_WRITES)
    access = disk.access
    record = access.next_data(multitrack=False)
    disk.hit = Hit.END
    _update(disk, supply, record.key_offset, record.key_length + record.data_length)
    return DONE if record.data_length else Outcome(END_OF_FILE)


def _update(disk: CkdDisk, supply: Supply, offset: int, length: int) -> None:
    """Replace ``length`` bytes of the current record, and the data of the segments which follow it."""
    access = disk.access
    while True:
        if length:
            data = supply.take(length).ljust(length, b"\0")
            access.write(offset, data, access.track.changed(offset, data))
        if not access.record.overflow:
            return
        record = access.next_segment(RESTART_WRITE)
        offset, length = record.data_offset, record.data_length


# --- formatting writes ---


def write_count_key_and_data(disk: CkdDisk, supply: Supply, command: int) -> Outcome:
    return _write_record(disk, supply, overflow=False)


def write_special_count_key_and_data(disk: CkdDisk, supply: Supply, command: int) -> Outcome:
    return _write_record(disk, supply, overflow=True)


def _write_record(disk: CkdDisk, supply: Supply, overflow: bool) -> Outcome:
    _permit(disk, _FORMATTING, MASK_NO_WRITES, MASK_NO_FORMATTING)
    access = disk.access
    track = access.track
    position = access.position
    count, area = _record(supply)
    if not _fits(disk, track, position, count, area):
        offset, data, track = track.truncated(position)
        access.write(offset, data, track)
        access.area = Area.DATA
        raise invalid_track_format()
    offset, data, track = track.formatted(position, count, area, overflow)
    access.write(offset, data, track)
    _written(disk, position + 1)
    return DONE


def erase(disk: CkdDisk, supply: Supply, command: int) -> Outcome:
    _permit(disk, _FORMATTING, MASK_NO_WRITES, MASK_NO_FORMATTING)
    access = disk.access
    _record(supply)
    offset, data, track = access.track.truncated(access.position)
    access.write(offset, data, track)
    access.area = Area.DATA
    access.turns = 0
    return DONE


def write_r0(disk: CkdDisk, supply: Supply, command: int) -> Outcome:
    _permit(disk, (Hit.HOME,), MASK_NO_HOME_WRITES, MASK_NO_WRITES, MASK_NO_FORMATTING)
    access = disk.access
    count, area = _record(supply)
    if HOME_ADDRESS_LENGTH + COUNT_LENGTH + len(area) + len(END_MARK) > len(access.track.image):
        raise invalid_track_format()
    offset, data, track = access.track.formatted(-1, count, area, overflow=False)
    access.write(offset, data, track)
    _written(disk, 0)
    return DONE


def write_home_address(disk: CkdDisk, supply: Supply, command: int) -> Outcome:
    _permit(disk, (), MASK_NO_HOME_WRITES, MASK_NO_WRITES, MASK_NO_FORMATTING)
    access = disk.access
    home = supply.take(HOME_ADDRESS_LENGTH).ljust(HOME_ADDRESS_LENGTH, b"\0")
    data = home + home[1:] + bytes((0, 0, 0, 8)) + bytes(8) + END_MARK
    image = data + access.track.image[len(data) :]
    access.write(0, data, Track.parsed(access.cylinder, access.head, image))
    access.position = -1
    access.area = Area.HOME
    access.fresh = False
    access.turns = 0
    disk.hit = Hit.HOME
    return DONE


def _record(supply: Supply) -> tuple[bytes, bytes]:
    """Count field, and key and data together."""
    count = supply.take(COUNT_LENGTH).ljust(COUNT_LENGTH, b"\0")
    length = count[5] + (count[6] << 8 | count[7])
    return count, supply.take(length).ljust(length, b"\0") if length else b""


def _fits(disk: CkdDisk, track: Track, position: int, count: bytes, area: bytes) -> bool:
    """Whether the drive has room for a record behind that at ``position``."""
    if count == END_MARK:
        return False
    offset = track.records[position].end
    if offset + COUNT_LENGTH + len(area) + len(END_MARK) > len(track.image):
        return False
    lengths = [(record.key_length, record.data_length) for record in track.records[1 : position + 1]]
    lengths.append((count[5], len(area) - count[5]))
    return disk.device.fits(lengths)


def _written(disk: CkdDisk, position: int) -> None:
    access = disk.access
    access.position = position
    access.record = access.track.records[position]
    access.area = Area.DATA
    access.fresh = False
    access.turns = 0
    disk.hit = Hit.END
