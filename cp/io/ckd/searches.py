"""Search commands of count-key-data disks: status modifier when satisfied, so that the channel skips a CCW.

    command               equal   high   equal or high   argument     compared with
    -------------------   -----   ----   -------------   ----------   ----------------------------------------------
    SEARCH HOME ADDRESS   39      -      -               CC HH        the home address (MT: of the next track)
    SEARCH ID             31      51     71              CC HH R      the next count field, R0's too
    SEARCH KEY            29      49     69              key          the key of the current record after its count,
                                                                      else of the next record (R0 skipped)
    SEARCH KEY AND DATA   2D      4D     6D              key, data    the next record; bytes X'FF' of the argument
                                                                      are not compared (file scan, 2311 and 2314)

X'80' added: multitrack.  A shorter argument is compared with as many bytes as it has.  High means that the record is
higher than the argument.  A record without a key satisfies no key search.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vm370.cp.io.ckd.access import Area
from vm370.cp.io.ckd.hits import Hit
from vm370.cp.io.device import NORMAL_END, Outcome, Supply, UnitStatus

if TYPE_CHECKING:
    from vm370.cp.io.ckd.disk import CkdDisk

MULTITRACK = 0x80
EQUAL = 0x20
HIGH = 0x40

UNSATISFIED = Outcome()
SATISFIED = Outcome(NORMAL_END | UnitStatus.STATUS_MODIFIER)


def _satisfied(command: int, argument: bytes, field: bytes) -> bool:
    field = field[: len(argument)]
    if not field:
        return False
    if field == argument:
        return bool(command & EQUAL)
    return bool(command & HIGH) and field > argument[: len(field)]


def search_home_address(disk: CkdDisk, supply: Supply, command: int) -> Outcome:
    track = disk.access.home(command >= MULTITRACK)
    argument = supply.take(4)
    if not argument or track.home_address[1 : 1 + len(argument)] != argument:
        return UNSATISFIED
    disk.hit = Hit.HOME
    return SATISFIED


def search_id(disk: CkdDisk, supply: Supply, command: int) -> Outcome:
    access = disk.access
    argument = supply.take(5)
    equal = command & 0x7F == 0x31
    if access.fresh and equal and len(argument) == 5:
        access.choose(argument)
    record = access.next_count(command >= MULTITRACK, skip_r0=False)
    if equal:
        if not argument or record.id[: len(argument)] != argument:
            return UNSATISFIED
        disk.hit = Hit.ID
        return SATISFIED
    return SATISFIED if _satisfied(command, argument, record.id) else UNSATISFIED


def search_key(disk: CkdDisk, supply: Supply, command: int) -> Outcome:
    access = disk.access
    record = access.record
    if access.area is not Area.COUNT:
        record = access.next_count(command >= MULTITRACK)
    access.area = Area.KEY
    if not record.key_length:
        return UNSATISFIED
    argument = supply.take(record.key_length)
    if not _satisfied(command, argument, access.track.key(record)):
        return UNSATISFIED
    if command & 0x7F == 0x29:
        disk.hit = Hit.KEY
    return SATISFIED


def search_key_and_data(disk: CkdDisk, supply: Supply, command: int) -> Outcome:
    access = disk.access
    record = access.next_count(command >= MULTITRACK)
    access.area = Area.DATA
    image = access.track.image
    field = image[record.key_offset : record.end]
    argument = supply.take(len(field))
    wanted = bytearray()
    found = bytearray()
    for want, byte in zip(argument, field, strict=False):
        if want != 0xFF:
            wanted.append(want)
            found.append(byte)
    return SATISFIED if _satisfied(command, bytes(wanted), bytes(found)) else UNSATISFIED
