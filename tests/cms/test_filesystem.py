"""The file system of CMS: functions and their return codes, ACCESS and RELEASE."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cms.fskit import BUFFER, FSCB, FileGuest, name, word
from tests.images.storekit import Sectors, Tracks, blocks_of, contents, formatted, opened
from vm370.images.ebcdic import to_ebcdic
from vm370.images.edf import check
from vm370.images.errors import DiskFull

SIZE = 1024
ALL = name("*") * 3


@pytest.fixture
def new_guest(tmp_path: Path) -> Iterator[Callable[..., FileGuest]]:
    """``new_guest({0x191: store})``: a machine with these disks, IPLed."""
    guests: list[FileGuest] = []

    def make(disks: dict[int, Tracks | Sectors], *, read_only: tuple[int, ...] = (), pure: bool = False) -> FileGuest:
        guest = FileGuest(tmp_path / str(len(guests)), pure=pure)
        for address, store in disks.items():
            guest.attach(address, store, read_only=address in read_only)
        guest.ipl()
        guests.append(guest)
        return guest

    yield make
    for guest in guests:
        guest.end()


def disk(*files: tuple[str, str, list[bytes], str], recfm: str = "V") -> Tracks | Sectors:
    """A disk with files: name, type, records, mode."""
    store = formatted("3350", 1, SIZE)
    target = opened(store, SIZE)
    for filename, filetype, records, mode in files:
        target.write(filename, filetype, records, mode=mode, recfm=recfm)
    return store


def sound(store: Tracks | Sectors, size: int = SIZE) -> None:
    assert [str(finding) for finding in check(blocks_of(store, size))] == []


# --- RDBUF, WRBUF, POINT, FINIS ---


def test_reading_by_number_and_at_the_end(new_guest: Callable[..., FileGuest]) -> None:
    guest = new_guest({0x191: disk(("F", "DATA", [b"%02d" % number for number in range(1, 41)], "A1"), recfm="F")})
    assert guest.get_record("F", "DATA", item=7) == b"07"
    assert guest.get_record("F", "DATA") == b"08"
    assert guest.get_record("F", "DATA", items=3) == b"091011"
    assert guest.get_record("F", "DATA", item=39, items=9) == b"3940"
    assert guest.get_record("F", "DATA") == 12
    assert guest.finis("F", "DATA") == 0
    assert guest.finis("F", "DATA") == 6


def test_a_short_buffer_gets_what_it_has_room_for(new_guest: Callable[..., FileGuest]) -> None:
    guest = new_guest({0x191: disk(("V", "DATA", [b"abcdef", b"next"], "A1"))})
    assert guest.get_record("V", "DATA", size=4) == 8
    assert guest.vm.storage.read(BUFFER, 4) == b"abcd"
    assert guest.word(FSCB + 0x28) == 4
    assert guest.get_record("V", "DATA") == b"next"


def test_records_of_format_v_by_number(new_guest: Callable[..., FileGuest]) -> None:
    records = [bytes([number]) * (1 + number * 37 % 2500) for number in range(1, 120)]
    guest = new_guest({0x191: disk(("V", "DATA", records, "A1"))})
    for item in (119, 1, 60, 59, 61, 2, 118):
        assert guest.get_record("V", "DATA", item=item) == records[item - 1]
    assert guest.get_record("V", "DATA") == records[118]


def test_point_moves_both_pointers(new_guest: Callable[..., FileGuest]) -> None:
    store = disk(("F", "DATA", [b"1", b"2", b"3"], "A1"), recfm="F")
    guest = new_guest({0x191: store})
    assert guest.fscb("POINT", "F", "DATA", "A", 0, pointers=(0, 3)) == 0
    assert guest.get_record("F", "DATA") == b"3"
    assert guest.finis("F", "DATA") == 0
    assert guest.fscb("POINT", "F", "DATA", "A", 0, pointers=(2, 0)) == 0
    assert guest.put_record("F", "DATA", "A1", b"x", recfm="F") == 0
    assert guest.fscb("POINT", "F", "DATA", "A", 0, pointers=(-1, 0)) == 0
    assert guest.put_record("F", "DATA", "A1", b"y", recfm="F") == 0
    assert guest.finis("F", "DATA") == 0
    assert opened(store, SIZE).read("F", "DATA") == [b"1", b"x", b"3", b"y"]
    assert guest.fscb("POINT", "G", "DATA", "A", 0) == 1


def test_the_short_form_of_release_6(new_guest: Callable[..., FileGuest]) -> None:
    store = disk()
    guest = new_guest({0x191: store})
    guest.vm.storage.write(BUFFER, b"one two three ")

    def call(function: str, item: int, size: int, items: int) -> int:
        block = name(function) + name("OLD") + name("FORM") + name("A1", 2) + item.to_bytes(2, "big")
        block += word(BUFFER) + word(size) + name("F", 2) + items.to_bytes(2, "big") + word(0)
        guest.vm.storage.write(FSCB, block)
        return guest.call(FSCB)

    assert call("WRBUF", 0, 12, 3) == 0
    assert guest.function("FINIS", ALL) == 0
    assert opened(store, SIZE).read("OLD", "FORM") == [b"one ", b"two ", b"thre"]
    assert call("RDBUF", 2, 4, 1) == 0
    assert guest.vm.storage.read(BUFFER, 4) == b"two "


@pytest.mark.parametrize(
    ("filename", "mode", "options", "code"),
    [
        ("F", "A", {"items": 0}, 5),
        ("F", "A", {"size": 0}, 8),
        ("V", "A", {"items": 2}, 11),
        ("F", "A", {"size": 0x7FFFFFFF}, 2),
        ("F", "A", {"item": 3}, 12),
        ("NONE", "A", {}, 1),
        ("F", "Q", {}, 1),
    ],
)
def test_errors_of_rdbuf(
    filename: str, mode: str, options: dict[str, int], code: int, new_guest: Callable[..., FileGuest]
) -> None:
    store = disk(("V", "DATA", [b"a", b"b"], "A1"))
    opened(store, SIZE).write("F", "DATA", [b"a", b"b"], recfm="F")
    assert new_guest({0x191: store}).get_record(filename, "DATA", mode, **options) == code


@pytest.mark.parametrize(
    ("filename", "filetype", "mode", "record", "options", "code"),
    [
        ("A*B", "DATA", "A1", b"x", {}, 20),
        ("", "DATA", "A1", b"x", {}, 20),
        ("AB", "D=A", "A1", b"x", {}, 21),
        ("AB", "DATA", "Q1", b"x", {}, 4),
        ("AB", "DATA", "A7", b"x", {}, 5),
        ("AB", "DATA", "B1", b"x", {}, 12),
        ("AB", "DATA", "A1", b"x", {"item": 2}, 7),
        ("AB", "DATA", "A1", b"", {}, 8),
        ("AB", "DATA", "A1", b"x", {"recfm": "U"}, 11),
        ("AB", "DATA", "A1", b"abc", {"recfm": "F", "items": 2}, 14),
        ("F", "DATA", "A1", b"abc", {"recfm": "F"}, 15),
        ("F", "DATA", "A1", b"abc", {"recfm": "V"}, 16),
        ("AB", "DATA", "A1", b"x", {"items": 2}, 18),
    ],
)
def test_errors_of_wrbuf(
    filename: str,
    filetype: str,
    mode: str,
    record: bytes,
    options: dict[str, object],
    code: int,
    new_guest: Callable[..., FileGuest],
) -> None:
    store = disk(("F", "DATA", [b"12"], "A1"), recfm="F")
    guest = new_guest({0x191: store, 0x192: disk()}, read_only=(0x192,))
    assert guest.access("192", "B") == 0
    assert guest.put_record(filename, filetype, mode, record, **options) == code
    assert guest.function("FINIS", ALL) in (0, 6)
    sound(store)
    assert contents(opened(store, SIZE)) == {("F", "DATA"): ("F", [b"12"])}


def test_a_file_is_open_for_one_thing(new_guest: Callable[..., FileGuest]) -> None:
    guest = new_guest({0x191: disk(("V", "DATA", [b"a", b"b"], "A1"))})
    assert guest.get_record("V", "DATA") == b"a"
    assert guest.put_record("V", "DATA", "A1", b"c") == 9
    guest.function("FINIS", ALL)
    assert guest.put_record("V", "DATA", "A1", b"c") == 0
    assert guest.get_record("V", "DATA") == 9
    guest.function("FINIS", ALL)
    assert [*guest.records("V", "DATA")] == [b"a", b"b", b"c"]


def test_two_files_open_for_output(new_guest: Callable[..., FileGuest]) -> None:
    """After the first close the new blocks of the other file are not on the disk's map."""
    store = disk(("OLD", "DATA", [b"o" * 3000], "A1"))
    guest = new_guest({0x191: store})
    for number in range(30):
        assert guest.put_record("ONE", "DATA", "A1", b"1" * 200, recfm="F") == 0
        assert guest.put_record("TWO", "DATA", "A1", b"2" * (100 + number)) == 0
        assert guest.put_record("OLD", "DATA", "A1", b"n" * 100) == 0
    assert guest.finis("ONE", "DATA") == 0
    sound(store)
    assert set(contents(opened(store, SIZE))) == {("ONE", "DATA"), ("OLD", "DATA")}
    assert opened(store, SIZE).read("OLD", "DATA") == [b"o" * 3000]
    assert guest.function("FINIS", ALL) == 0
    sound(store)
    found = contents(opened(store, SIZE))
    assert found[("TWO", "DATA")][1] == [b"2" * (100 + number) for number in range(30)]
    assert len(found[("OLD", "DATA")][1]) == 31


def test_date_and_counts_in_the_directory(new_guest: Callable[..., FileGuest]) -> None:
    store = disk()
    guest = new_guest({0x191: store})
    assert guest.write("NEW", "DATA", [b"x" * 1000] * 5) == 0
    fst = opened(store, SIZE).find("NEW", "DATA")
    assert str(fst.written_at) == "2031-07-09 16:05:08"
    assert (fst.records, fst.blocks, fst.levels, fst.pointer_size, fst.lrecl) == (5, 5, 1, 12, 1000)
    assert (fst.records_low, fst.blocks_low, fst.filemode, fst.year) == (5, 5, "A1", to_ebcdic("31"))


def test_hundreds_of_files(new_guest: Callable[..., FileGuest]) -> None:
    store = formatted("3370", 3000, 512)
    guest = new_guest({0x191: store})
    for number in range(160):
        assert guest.write(f"F{number}", "DATA", [b"%d" % number]) == 0
    sound(store, 512)
    for number in range(0, 160, 2):
        assert guest.erase(f"F{number}", "DATA") == 0
    sound(store, 512)
    found = contents(opened(store, 512))
    assert found == {(f"F{number}", "DATA"): ("V", [b"%d" % number]) for number in range(1, 160, 2)}


def test_a_full_disk(new_guest: Callable[..., FileGuest]) -> None:
    """What was written when the disk is full can be kept; room comes back with ERASE."""
    store = disk(("KEEP", "DATA", [b"k" * 900] * 20, "A1"))
    guest = new_guest({0x191: store})
    count = 0
    while (code := guest.put_record("BIG", "DATA", "A1", b"b" * 1000, recfm="F")) == 0:
        count += 1
    assert code == 13
    assert count > 300
    assert guest.finis("BIG", "DATA") == 0
    sound(store)
    assert opened(store, SIZE).read("BIG", "DATA") == [b"b" * 1000] * count
    assert guest.put_record("MORE", "DATA", "A1", b"m") == 13
    assert guest.finis("MORE", "DATA") == 0
    assert guest.erase("KEEP", "DATA") == 0
    assert guest.write("MORE", "DATA", [b"m"]) == 0
    sound(store)
    assert set(contents(opened(store, SIZE))) == {("BIG", "DATA"), ("MORE", "DATA")}


def test_a_disk_that_was_filled_to_the_last_block(new_guest: Callable[..., FileGuest]) -> None:
    """The host's tools leave fewer blocks than CMS does; with a large directory ERASE must do with them."""
    store = formatted("3370", 2000, 512)
    target = opened(store, 512)
    with target.transaction():
        for number in range(200):
            target.write(f"F{number}", "DATA", [b"%d" % number])
    size = target.free + 1
    while size := size - 1:
        try:
            target.write("BIG", "DATA", [b"b" * 512] * size, recfm="F")
            break
        except DiskFull:
            continue
    assert target.free < 5
    guest = new_guest({0x191: store})
    assert guest.put_record("NEW", "DATA", "A1", b"x" * 600) == 13
    assert guest.finis("NEW", "DATA") == 0
    assert guest.erase("F100", "DATA") == 0
    sound(store, 512)
    assert guest.erase("BIG", "DATA") == 0
    assert guest.write("NEW", "DATA", [b"x" * 600]) == 0
    sound(store, 512)
    assert len(contents(opened(store, 512))) == 200


def test_a_program_that_fails_leaves_the_disk_as_it_was(new_guest: Callable[..., FileGuest]) -> None:
    store = disk(("OLD", "DATA", [b"old"], "A1"))
    before = contents(opened(store, SIZE))
    guest = new_guest({0x191: store})
    free = opened(store, SIZE).free
    for _ in range(3):
        for _ in range(40):
            assert guest.put_record("NEW", "DATA", "A1", b"n" * 1000) == 0
        assert guest.put_record("OLD", "DATA", "A1", b"changed", item=1) == 0
        lines = guest.fail()
        assert lines[0] == "OPERATION EXCEPTION OCCURRED AT 030002 IN ROUTINE DMSINT"
        assert guest.rc == 256
        assert guest.function("FINIS", ALL) == 6
    sound(store)
    assert contents(opened(store, SIZE)) == before
    assert guest.write("NEW", "DATA", [b"n" * 1000]) == 0
    assert opened(store, SIZE).free == free - 1
    sound(store)


# --- STATE, ERASE, DMSRNF ---


def test_state(new_guest: Callable[..., FileGuest]) -> None:
    guest = new_guest({0x191: disk(("V", "DATA", [b"a"], "A2")), 0x192: disk(("W", "DATA", [b"a"], "A1"))})
    assert guest.access("192", "B/A") == 0
    fst = guest.state("V", "DATA", "A")
    assert isinstance(fst, bytes)
    assert fst[:16] == name("V") + name("DATA")
    assert fst[24:26] == name("A2", 2)
    assert isinstance(guest.state("W", "DATA", "A"), bytes)  # on the extension
    assert isinstance(guest.state("*", "*", "B"), bytes)
    assert guest.state("W", "DATA", "A", "STATEW") == 28
    assert guest.state("W", "DATA", "B", "STATEW") == 36
    assert isinstance(guest.state("V", "DATA", "*", "STATEW"), bytes)
    assert guest.state("X", "DATA", "A") == 28
    assert guest.state("V", "DATA", "Q") == 36
    assert guest.state("V=", "DATA", "A") == 20
    assert guest.state("V", "DATA", "9") == 24
    assert guest.state("V", "DATA", "A9") == 24


def test_erase(new_guest: Callable[..., FileGuest]) -> None:
    store = disk(("V", "DATA", [b"a" * 3000] * 30, "A2"), ("W", "DATA", [b"w"], "A1"))
    guest = new_guest({0x191: store, 0x192: disk(("R", "DATA", [b"r"], "A1"))}, read_only=(0x192,))
    guest.access("192", "B")
    assert guest.erase("*", "DATA") == 24
    assert guest.erase("V", "NONE") == 28
    assert guest.erase("V", "DATA", "Q") == 36
    assert guest.erase("R", "DATA", "B") == 36
    assert guest.get_record("V", "DATA") == b"a" * 3000
    assert guest.erase("V", "DATA") == 0
    assert guest.function("FINIS", ALL) == 6
    sound(store)
    assert contents(opened(store, SIZE)) == {("W", "DATA"): ("V", [b"w"])}
    assert guest.put_record("NEW", "DATA", "A1", b"x") == 0
    assert guest.erase("NEW", "DATA") == 0  # never closed
    assert guest.erase("NEW", "DATA") == 28
    sound(store)


def test_rename(new_guest: Callable[..., FileGuest]) -> None:
    store = disk(("V", "DATA", [b"a"], "A2"), ("W", "DATA", [b"w"], "A1"))
    written = opened(store, SIZE).find("V", "DATA").written_at
    guest = new_guest({0x191: store})
    assert guest.rename(("V", "DATA", "A"), ("W", "DATA", "A")) == 4
    assert guest.rename(("X", "DATA", "A"), ("Y", "DATA", "A")) == 28
    assert guest.rename(("V", "DATA", "Q"), ("Y", "DATA", "Q")) == 36
    assert guest.rename(("V", "DATA", "A"), ("Y*", "DATA", "A")) == 24
    assert guest.rename(("V", "DATA", "A"), ("V", "DATA", "A9")) == 24
    assert guest.rename(("V", "DATA", "A"), ("V2", "DATA2", "A4")) == 0
    sound(store)
    fst = opened(store, SIZE).find("V2", "DATA2")
    assert (fst.filemode, fst.written_at) == ("A4", written)


# --- ACCESS, RELEASE ---


def test_messages_of_access_and_release(new_guest: Callable[..., FileGuest]) -> None:
    empty = Tracks("3350", 1)
    disks = {0x191: disk(), 0x292: disk(("R", "DATA", [b"r"], "A1")), 0x293: empty, 0x294: disk()}
    guest = new_guest(disks, read_only=(0x292,))
    for line, lines, code in [
        ("ACCESS 292 B", ["B (292) R/O"], 0),
        ("ACCESS 292 B", ["B (292) R/O"], 0),
        ("ACCESS 292 C/A", ["C (292) R/O", "292 ALSO = B DISK"], 0),
        ("ACCESS 191 D", ["'191' ALREADY ACCESSED AS READ/WRITE 'A' DISK"], 36),
        ("ACCESS 191 D/A", ["D (191) R/O", "191 ALSO = A DISK"], 0),
        ("ACCESS 294 B", ["294 REPLACES B (292)"], 0),
        ("ACCESS 293 E", ["DISK 'E(293)' DEVICE ERROR"], 100),
        ("ACCESS 199 E", ["E(199) NOT ATTACHED"], 100),
        ("ACCESS 009 E", ["INVALID DEVICE ADDRESS '009'"], 24),
        ("ACCESS 19G E", ["INVALID DEVICE ADDRESS '19G'"], 24),
        ("ACCESS 191 1", ["INVALID MODE '1'"], 24),
        ("ACCESS 191 A/1", ["INVALID MODE 'A/1'"], 24),
        ("ACCESS 191 A B C D E", ["INVALID PARAMETER 'E'"], 24),
        ("ACCESS 191 A (FOO", ["INVALID OPTION 'FOO'"], 24),
        ("ACCESS 292 E X Y", ["FILE(S) 'X Y *' NOT FOUND. DISK 'E(292)' WILL NOT BE ACCESSED"], 28),
        ("RELEASE E", ["DISK 'E' NOT ACCESSED"], 36),
        ("RELEASE 292", [], 0),
        ("RELEASE 292", ["DISK '292' NOT ACCESSED"], 36),
        ("RELEASE", ["NO DEVICE SPECIFIED"], 24),
        ("RELEASE XYZ", ["INVALID DEVICE ADDRESS 'XYZ'"], 24),
        ("RELEASE A B", ["INVALID PARAMETER 'B'"], 24),
        ("RELEASE S", ["INVALID MODE 'S'"], 24),
        ("RELEASE 294 (DET", ["DASD 294 DETACHED"], 0),
        ("RELEASE B", ["DISK 'B' NOT ACCESSED"], 36),
    ]:
        assert (guest.type(line), guest.rc) == (lines, code), line


def test_an_access_that_fails_keeps_the_old_disk(new_guest: Callable[..., FileGuest]) -> None:
    guest = new_guest({0x191: disk(("V", "DATA", [b"a"], "A1")), 0x193: Tracks("3350", 1)})
    guest.type("ACCESS 193 A")
    assert [*guest.records("V", "DATA")] == [b"a"]


def test_some_files_only(new_guest: Callable[..., FileGuest]) -> None:
    store = disk(("A", "EXEC", [b"a"], "A1"), ("B", "EXEC", [b"b"], "A2"), ("B", "DATA", [b"d"], "A1"))
    guest = new_guest({0x192: store})
    assert guest.access("192", "B", "*", "EXEC") == 0
    assert isinstance(guest.state("A", "EXEC", "B"), bytes)
    assert guest.state("B", "DATA", "B") == 28
    assert guest.put_record("NEW", "DATA", "B1", b"x") == 12
    assert guest.access("192", "B", "*", "*", "B2") == 0
    assert guest.state("A", "EXEC", "B") == 28
    assert isinstance(guest.state("B", "EXEC", "B"), bytes)


def test_private_files(new_guest: Callable[..., FileGuest]) -> None:
    """Files of mode 0 are not seen on a read-only disk."""
    store = disk(("OWN", "DATA", [b"a"], "A0"), ("V", "DATA", [b"b"], "A1"))
    guest = new_guest({0x191: store})
    assert isinstance(guest.state("OWN", "DATA", "A"), bytes)
    other = new_guest({0x191: store}, read_only=(0x191,))
    assert other.state("OWN", "DATA", "A") == 28
    assert isinstance(other.state("V", "DATA", "A"), bytes)


def test_mode_3_is_erased_when_it_was_read(new_guest: Callable[..., FileGuest]) -> None:
    store = disk(("ONCE", "DATA", [b"a"], "A3"))
    guest = new_guest({0x191: store})
    assert [*guest.records("ONCE", "DATA")] == [b"a"]
    assert guest.state("ONCE", "DATA") == 28
    sound(store)
    assert contents(opened(store, SIZE)) == {}


def test_access_with_erase(new_guest: Callable[..., FileGuest]) -> None:
    """Nothing is lost until the disk is written."""
    store = disk(("V", "DATA", [b"a" * 5000], "A1"))
    guest = new_guest({0x191: store})
    assert guest.access("191", "A", "(", "ERASE") == 0
    assert guest.state("V", "DATA", "A") == 28
    assert set(contents(opened(store, SIZE))) == {("V", "DATA")}
    assert guest.write("NEW", "DATA", [b"n"]) == 0
    sound(store)
    assert set(contents(opened(store, SIZE))) == {("NEW", "DATA")}


def test_a_disk_that_somebody_else_wrote(new_guest: Callable[..., FileGuest]) -> None:
    """A directory that is not the one in storage is not overwritten."""
    store = disk(("V", "DATA", [b"a"], "A1"))
    guest = new_guest({0x191: store})
    opened(store, SIZE).write("OTHER", "DATA", [b"o"])
    assert guest.write("NEW", "DATA", [b"n"]) == 3
    sound(store)
    assert {str(fst) for fst in opened(store, SIZE).files()} == {"V DATA", "OTHER DATA"}
    assert guest.access("191", "A") == 0
    assert guest.write("NEW", "DATA", [b"n"]) == 0
    sound(store)
    assert len(contents(opened(store, SIZE))) == 3


def test_write_protection_found_by_writing(new_guest: Callable[..., FileGuest]) -> None:
    """A bare machine is not told that a disk is read-only."""
    store = disk(("V", "DATA", [b"a"], "A1"))
    before = bytes(store.storage.data)
    guest = new_guest({0x191: store}, read_only=(0x191,), pure=True)
    assert guest.write("NEW", "DATA", [b"n"]) == 12
    assert guest.erase("V", "DATA") in (12, 36)
    assert guest.put_record("NEW", "DATA", "A1", b"n") == 12
    assert bytes(store.storage.data) == before
