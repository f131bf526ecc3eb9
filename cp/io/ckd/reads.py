"""Read commands of count-key-data disks.

    command           code   MT   gives                              of
    ---------------   ----   --   --------------------------------   -------------------------------------------------
    READ IPL          02     -    data                               the record after R0 of cylinder 0, head 0
    READ DATA         06     86   data                               the current record after its count or key, else
                                                                     the next one
    READ KEY + DATA   0E     8E   key, data                          the current record after its count, else the next
    READ CKD          1E     9E   count, key, data                   the next record
    READ COUNT        12     92   CC HH R KL DL DL                   the next record
    READ R0           16     96   count, key, data                   R0 of this track (MT: of the next one, unless
                                                                     chained from a command that passed the HA)
    READ HOME ADDRESS 1A     9A   flag CC HH                         this track (MT: the next one)

R0 is skipped but by READ R0.  A data area of length 0 marks the end of a file: unit exception.  The data of an
overflow record goes on in the next tracks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vm370.cp.io.ckd.access import Area
from vm370.cp.io.ckd.hits import Hit
from vm370.cp.io.device import NORMAL_END, Outcome, Supply, UnitStatus
from vm370.cp.io.diskcheck import Message, command_reject, no_record_found

if TYPE_CHECKING:
    from vm370.cp.io.ckd.disk import CkdDisk

END_OF_FILE = NORMAL_END | UnitStatus.UNIT_EXCEPTION
MULTITRACK = 0x80

RESTART_READ = 0x06
"""Sense byte for an overflow record whose next segment cannot be reached."""


def _segments(disk: CkdDisk, data: bytes) -> bytes:
    """``data`` of the current record, and that of the segments which follow it."""
    access = disk.access
    while access.record.overflow:
        record = access.next_segment(RESTART_READ, data)
        data += access.track.data(record)
    return data


def read_data(disk: CkdDisk, supply: Supply, command: int) -> Outcome:
    access = disk.access
    record = access.next_data(command >= MULTITRACK)
    if disk.earlier in (Hit.ID, Hit.KEY):
        disk.hit = Hit.END
    image = access.track.image
    data = image[record.data_offset : record.end]
    if record.overflow:
        data = _segments(disk, data)
    return Outcome(data=data) if record.data_length else Outcome(END_OF_FILE, data)


def read_key_and_data(disk: CkdDisk, supply: Supply, command: int) -> Outcome:
    access = disk.access
    if access.area is not Area.COUNT:
        access.next_count(command >= MULTITRACK)
    record = access.next_data(multitrack=False)
    if disk.earlier is Hit.ID:
        disk.hit = Hit.END
    data = _segments(disk, access.track.image[record.key_offset : record.end])
    return Outcome(data=data) if record.data_length else Outcome(END_OF_FILE, data)


def read_count_key_and_data(disk: CkdDisk, supply: Supply, command: int) -> Outcome:
    access = disk.access
    access.next_count(command >= MULTITRACK)
    return _whole_record(disk)


def read_count(disk: CkdDisk, supply: Supply, command: int) -> Outcome:
    access = disk.access
    record = access.next_count(command >= MULTITRACK)
    return Outcome(data=access.track.count_field(record))


def read_r0(disk: CkdDisk, supply: Supply, command: int) -> Outcome:
    access = disk.access
    if access.area is not Area.HOME:
        access.home(command >= MULTITRACK)
    if not access.track.records:
        raise no_record_found()
    access.next_count(multitrack=False, skip_r0=False)
    return _whole_record(disk)


def _whole_record(disk: CkdDisk) -> Outcome:
    access = disk.access
    record = access.next_data(multitrack=False)
    count = access.track.count_field(record)
    data = _segments(disk, count + access.track.image[record.key_offset : record.end])
    return Outcome(data=data) if record.data_length else Outcome(END_OF_FILE, data)


def read_home_address(disk: CkdDisk, supply: Supply, command: int) -> Outcome:
    track = disk.access.home(command >= MULTITRACK)
    disk.access.turns = 0
    return Outcome(data=track.home_address)


def read_ipl(disk: CkdDisk, supply: Supply, command: int) -> Outcome:
    if disk.file_mask_set:
        raise command_reject(Message.INVALID_SEQUENCE)
    disk.access.seek(disk.load_cylinder, 0)
    return read_data(disk, supply, 0x06)
