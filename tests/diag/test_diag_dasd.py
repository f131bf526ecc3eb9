"""DIAGNOSE 18: standard DASD I/O on disks of each kind, with every code of R15."""

from __future__ import annotations

import pytest

from tests.diag.diagkit import PROGRAM, UNCHANGED, Guest, ccw, formatted
from vm370.cp.io.ckd import CkdDisk
from vm370.cp.s370.psw import Psw

DISK, CCWS, ARGUMENTS, DATA = 0x300, 0x3000, 0x3800, 0x4000
SEEK, SEEK_HEAD, SET_SECTOR, SEARCH, TIC, READ, WRITE = 0x07, 0x1B, 0x23, 0x31, 0x08, 0x06, 0x05
CC, CD, SLI, SKIP, IDA = 0x40, 0x80, 0x20, 0x10, 0x04
SIZE = 512 * 1024
BLOCK = 1024


@pytest.fixture
def disk(guest: Guest) -> CkdDisk:
    """A 3350 of two cylinders at 300, formatted in blocks of 1024: 15 on a track."""
    return formatted(guest.add_ckd(DISK, "3350"), BLOCK)


def argument(cylinder: int, head: int, record: int = 0) -> bytes:
    """Seek argument and, from its third byte on, search argument."""
    return bytes(2) + cylinder.to_bytes(2, "big") + head.to_bytes(2, "big") + bytes((record, 0))


def chain(
    operation: int, places: list[tuple[int, int, int]], *, size: int = BLOCK, sector: bool = False
) -> list[bytes]:
    """The channel program of the manual: for each record seek (a head at a time), search, TIC, read or write."""
    program: list[bytes] = []
    before: tuple[int, int] | None = None
    for number, (cylinder, head, _) in enumerate(places):
        at = ARGUMENTS + 8 * number
        if before != (cylinder, head):
            same_cylinder = before is not None and before[0] == cylinder
            program.append(ccw(SEEK_HEAD if same_cylinder else SEEK, at, CC, 6))
        if sector:
            program.append(ccw(SET_SECTOR, ARGUMENTS + 0x1FF, CC, 1))
        search = CCWS + 8 * len(program)
        program.append(ccw(SEARCH, at + 2, CC, 5))
        program.append(ccw(TIC, search, 0, 0))
        program.append(ccw(operation, DATA + size * number, SLI | (CC if number < len(places) - 1 else 0), size))
        before = (cylinder, head)
    return program


def standard(
    guest: Guest,
    program: list[bytes],
    places: list[tuple[int, int, int]],
    count: int | None = None,
    *,
    device: int = DISK,
    where: int = CCWS,
    key: int = 0,
) -> tuple[int, int]:
    """Condition code and R15."""
    guest.put(ARGUMENTS, b"".join(argument(*place) for place in places))
    guest.put(ARGUMENTS + 0x1FF, b"\x05")
    guest.put(where, b"".join(program))
    values = {3: device, 4: key << 28 | where, 15: len(places) if count is None else count}
    cc = guest.diagnose(0x18, 3, 4, values)
    assert guest.interruption is None
    assert (guest.gr[3], guest.gr[4]) == (device, key << 28 | where)
    return cc, guest.gr[15]


@pytest.mark.parametrize(
    ("device_type", "size"),
    [("2314", 800), ("3330", 800), ("3340-35", 800), ("3340-70", 1024), ("3350", 800), ("3350", 4096), ("3380", 2048)],
)
@pytest.mark.parametrize("sector", [False, True])
def test_write_and_read_back(guest: Guest, device_type: str, size: int, sector: bool) -> None:
    """Three records: two of a track, one under the next head.  The 2314 has no SET SECTOR."""
    if sector and device_type == "2314":
        pytest.skip("no rotational position sensing")
    disk = guest.add_ckd(DISK, device_type)
    records = disk.device.records_per_track(size)
    for head in range(2):
        count_key_data(guest, head, records, size)
    places = [(1, 0, 1), (1, 0, min(2, records)), (1, 1, 1)]
    if records == 1:
        places = [(1, 0, 1), (1, 1, 1)]
    data = b"".join(bytes((0x11 * number,)) * size for number in range(1, 1 + len(places)))
    guest.put(DATA, data)
    assert standard(guest, chain(WRITE, places, size=size, sector=sector), places) == (0, 0)
    guest.put(DATA, bytes(len(data)))
    assert standard(guest, chain(READ, places, size=size, sector=sector), places) == (0, 0)
    assert guest.get(DATA, len(data)) == data
    assert guest.vm.channels.pending_mask == 0


def count_key_data(guest: Guest, head: int, records: int, size: int) -> None:
    """Format a track of cylinder 1 by DIAGNOSE 20."""
    home = 0x8000
    guest.put(ARGUMENTS, argument(1, head))
    program = [ccw(SEEK, ARGUMENTS, CC, 6), ccw(0x1F, ARGUMENTS + 0x100, CC, 1)]
    guest.put(ARGUMENTS + 0x100, b"\xc0")
    program += [ccw(SEARCH, ARGUMENTS + 2, CC, 5), ccw(TIC, CCWS + 16, 0, 0)]  # record 0
    for record in range(1, 1 + records):
        count = argument(1, head, record)[2:7] + b"\0" + size.to_bytes(2, "big")
        guest.put(home + 8 * record, count)
        flags = CC if record < records else 0
        program += [ccw(0x1D, home + 8 * record, CD, 8), ccw(0, home + 0x1000, SLI | flags, size)]
    guest.put(CCWS, b"".join(program))
    assert guest.diagnose(0x20, 3, 4, {3: DISK, 4: CCWS}) == 0


def test_fifteen_records(guest: Guest, disk: CkdDisk) -> None:
    places = [(0, number // 8, number % 8 + 1) for number in range(15)]
    data = b"".join(bytes((number + 1,)) * BLOCK for number in range(15))
    guest.put(DATA, data)
    assert standard(guest, chain(WRITE, places), places) == (0, 0)
    assert disk.block_read(1, BLOCK) == bytes((1,)) * BLOCK
    assert disk.block_read(15 + 1, BLOCK) == bytes((9,)) * BLOCK
    guest.put(DATA, bytes(len(data)))
    assert standard(guest, chain(READ, places), places) == (0, 0)
    assert guest.get(DATA, len(data)) == data


def test_a_seek_to_another_cylinder_between(guest: Guest, disk: CkdDisk) -> None:
    disk.block_write(450 + 1, BLOCK, b"\x77" * BLOCK)  # cylinder 1 head 0 record 1
    places = [(0, 0, 1), (1, 0, 1)]
    assert standard(guest, chain(READ, places), places) == (0, 0)
    assert guest.get(DATA, 2 * BLOCK) == bytes(BLOCK) + b"\x77" * BLOCK


@pytest.mark.parametrize(
    ("device", "outcome"),
    [(0x444, (1, 1)), (0xFFFF, (1, 1)), (0x292, (1, 2)), (0x009, (1, 2)), (0x00E, (1, 2)), (0x00C, (1, 2))],
)
def test_devices_that_will_not_do(guest: Guest, disk: CkdDisk, device: int, outcome: tuple[int, int]) -> None:
    places = [(0, 0, 1)]
    assert standard(guest, chain(READ, places), places, device=device) == outcome


def test_write_to_a_read_only_disk(guest: Guest) -> None:
    disk = formatted(guest.add_ckd(DISK, "3350"), BLOCK)
    disk.read_only = True
    places = [(0, 0, 1)]
    assert standard(guest, chain(WRITE, places), places) == (1, 3)
    assert standard(guest, chain(READ, places), places) == (0, 0)


@pytest.mark.parametrize("cylinder", [2, 554, 0xFFFF])
def test_a_cylinder_outside_the_minidisk(guest: Guest, disk: CkdDisk, cylinder: int) -> None:
    places = [(cylinder, 0, 1)]
    assert standard(guest, chain(READ, places), places) == (1, 4)
    places = [(0, 0, 1), (cylinder, 0, 1)]
    assert standard(guest, chain(READ, places), places) == (1, 4)


def test_a_busy_disk(guest: Guest, disk: CkdDisk) -> None:
    """SIO, and the interruption is pending."""
    guest.put(0x48, "00003600")
    guest.put(0x3600, ccw(0x04, 0x3700, SLI, 6))
    places = [(0, 0, 1)]
    assert guest.vm.channels.sio(DISK, guest.vm.now) == 0
    assert standard(guest, chain(READ, places), places) == (1, 5)
    guest.vm.channels.run(guest.vm.now + 1000)
    assert standard(guest, chain(READ, places), places) == (1, 5)
    guest.vm.channels.run(guest.vm.now + 10_000)
    guest.vm.channels.accept(DISK)
    assert standard(guest, chain(READ, places), places) == (0, 0)


def test_a_channel_program_off_a_doubleword(guest: Guest, disk: CkdDisk) -> None:
    places = [(0, 0, 1)]
    assert standard(guest, chain(READ, places), places, where=CCWS + 4) == (2, 5)


def test_arguments_outside_storage(guest: Guest, disk: CkdDisk) -> None:
    good = chain(READ, [(0, 0, 1)])
    for number, length in ((0, 6), (1, 5)):
        for address in (SIZE, SIZE - length + 1, 0xFFFFFF):
            bad = list(good)
            bad[number] = bad[number][:1] + address.to_bytes(3, "big") + bad[number][4:]
            assert standard(guest, bad, [(0, 0, 1)]) == (2, 6)


@pytest.mark.parametrize("command", [0x0E, 0x1E, 0x12, 0x0D, 0x1D, 0x04, 0x03, 0x86])
def test_other_commands(guest: Guest, disk: CkdDisk, command: int) -> None:
    places = [(0, 0, 1)]
    assert standard(guest, chain(command, places), places) == (2, 7)


def test_a_program_that_begins_with_something_else(guest: Guest, disk: CkdDisk) -> None:
    assert standard(guest, chain(READ, [(0, 0, 1)])[1:], [(0, 0, 1)]) == (2, 7)


@pytest.mark.parametrize(
    ("count", "outcome"), [(0, (2, 8)), (4097, (2, 9)), (0xFFFF, (2, 9)), (1, (0, 0)), (4096, (0, 0))]
)
def test_byte_counts(guest: Guest, disk: CkdDisk, count: int, outcome: tuple[int, int]) -> None:
    places = [(0, 0, 1)]
    assert standard(guest, chain(READ, places, size=count), places) == outcome


@pytest.mark.parametrize("address", [SIZE - BLOCK + 1, SIZE, 0xFFFFFF])
def test_data_outside_storage(guest: Guest, disk: CkdDisk, address: int) -> None:
    program = chain(READ, [(0, 0, 1)])
    program[-1] = ccw(READ, address, SLI, BLOCK)
    assert standard(guest, program, [(0, 0, 1)]) == (2, 10)


def test_indirect_data_addresses(guest: Guest, disk: CkdDisk) -> None:
    disk.block_write(1, BLOCK, b"\x55" * BLOCK)
    guest.put(0x3A00, (0x5000 + 1536).to_bytes(4, "big") + (0x7000).to_bytes(4, "big"))
    program = chain(READ, [(0, 0, 1)])
    program[-1] = ccw(READ, 0x3A00, SLI | IDA, BLOCK)
    assert standard(guest, program, [(0, 0, 1)]) == (0, 0)
    assert guest.get(0x5000 + 1536, 512) + guest.get(0x7000, 512) == b"\x55" * BLOCK


@pytest.mark.parametrize("count", [0, 16, 0xFFFFFFFF, 2, 3])
def test_r15_does_not_fit(guest: Guest, disk: CkdDisk, count: int) -> None:
    """Not 1 to 15, or larger than the chain (which ends) has records."""
    assert standard(guest, chain(READ, [(0, 0, 1)]), [(0, 0, 1)], count) == (2, 11)


def test_r15_smaller_than_the_chain(guest: Guest, disk: CkdDisk) -> None:
    places = [(0, 0, 1), (0, 0, 2)]
    assert standard(guest, chain(READ, places), places, 1) == (2, 11)


def test_the_chain_leaves_storage(guest: Guest, disk: CkdDisk) -> None:
    program = chain(READ, [(0, 0, 1)])[:3]
    guest.put(ARGUMENTS, argument(0, 0, 1))
    guest.put(SIZE - 24, b"".join(program))
    assert guest.diagnose(0x18, 3, 4, {3: DISK, 4: SIZE - 24, 15: 1}) == 2
    assert guest.gr[15] == 11


def test_seek_head_to_another_cylinder(guest: Guest, disk: CkdDisk) -> None:
    places = [(0, 0, 1), (0, 1, 1)]
    program = chain(READ, places)
    assert standard(guest, program, [(0, 0, 1), (1, 1, 1)]) == (2, 12)
    assert standard(guest, program, places) == (0, 0)


def test_no_record_found(guest: Guest, disk: CkdDisk) -> None:
    """The CSW is stored, and a SENSE tells what was wrong."""
    places = [(0, 0, 16)]
    assert standard(guest, chain(READ, places), places) == (3, 13)
    csw = guest.get(0x40, 8)
    assert csw[4] & 0x02  # unit check
    assert int.from_bytes(csw[1:4], "big") == CCWS + 16  # behind the search
    guest.put(0x3600, ccw(0x04, 0x3700, SLI, 24))
    assert guest.diagnose(0x20, 3, 4, {3: DISK, 4: 0x3600}) == 0
    assert guest.get(0x3701, 1) == b"\x08"  # no record found


def test_a_head_that_the_disk_does_not_have(guest: Guest, disk: CkdDisk) -> None:
    places = [(0, 30, 1)]
    assert standard(guest, chain(READ, places), places) == (3, 13)


def test_a_disk_that_is_not_formatted(guest: Guest) -> None:
    guest.add_ckd(DISK, "3350")
    places = [(0, 0, 1)]
    assert standard(guest, chain(READ, places), places) == (3, 13)


def test_the_key_protects_the_data(guest: Guest, disk: CkdDisk) -> None:
    places = [(0, 0, 1)]
    assert standard(guest, chain(READ, places), places, key=3) == (3, 13)
    assert guest.get(0x45, 1) == b"\x10"  # protection check
    assert guest.get(0x40, 1) == b"\x30"
    guest.vm.storage.set_key(DATA, 0x30)
    assert standard(guest, chain(READ, places), places, key=3) == (0, 0)


def test_the_psw_key_does_not_matter(guest: Guest, disk: CkdDisk) -> None:
    guest.put(ARGUMENTS, argument(0, 0, 1))
    guest.put(CCWS, b"".join(chain(READ, [(0, 0, 1)])))
    values = {3: DISK, 4: CCWS, 15: 1}
    assert guest.diagnose(0x18, 3, 4, values, psw=Psw(cc=UNCHANGED, key=5, address=PROGRAM)) == 0


def test_a_tic_into_an_endless_loop(guest: Guest, disk: CkdDisk) -> None:
    """It looks right until the TIC, which leads to a NO-OPERATION and a TIC to it."""
    program = chain(READ, [(0, 0, 16)])
    program[2] = ccw(TIC, 0x3600, 0, 0)
    guest.put(0x3600, ccw(0x03, 0, CC | SLI, 1) + ccw(TIC, 0x3600, 0, 0))
    before = guest.vm.channels.ccws
    assert standard(guest, program, [(0, 0, 16)]) == (3, 13)
    assert guest.get(0x45, 1) == b"\x20"  # program check
    assert guest.vm.channels.ccws - before <= 4097
    places = [(0, 0, 1)]
    assert standard(guest, chain(READ, places), places) == (0, 0)  # nothing is left over


def test_not_ready(guest: Guest, disk: CkdDisk) -> None:
    disk.ready = False
    places = [(0, 0, 1)]
    assert standard(guest, chain(READ, places), places) == (3, 13)
    assert guest.get(0x44, 1) == b"\x02"
