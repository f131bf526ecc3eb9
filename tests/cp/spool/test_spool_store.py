"""The spool database: what goes in comes out, queues keep their order, spool IDs go round, bad files are refused."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vm370.cp.spool import (
    PRINTER,
    PUNCH,
    READER,
    DamagedSpool,
    Destination,
    Record,
    RecordError,
    Spool,
    SpoolBusy,
    SpoolError,
    SpoolFile,
    SpoolFull,
    SpoolInUse,
)
from vm370.cp.spool.records import PAGE_SIZE, append_record, parse_page

NOW = datetime(1981, 4, 1, 12, 34, 56, tzinfo=UTC)


class StandingClock:
    def now(self) -> datetime:
        return NOW


CLOCK = StandingClock()
CARD = Record(0x01, b"\xc1" * 80)


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    spool = Spool(tmp_path / "spool.db", CLOCK)
    yield spool
    spool.close()


def to_reader(owner: str, **attributes: object) -> Destination:
    return Destination(READER, owner, **attributes)  # type: ignore[arg-type]


def card_file(spool: Spool, owner: str = "ALICE", **attributes: object) -> SpoolFile:
    return spool.add(PUNCH, "BOB", [CARD], to_reader(owner, **attributes))


def ids(files: list[SpoolFile]) -> list[int]:
    return [file.spoolid for file in files]


def test_a_closed_file_keeps_its_attributes_and_records(spool: Spool) -> None:
    file = spool.create(PRINTER, "ALICE")
    records = [Record(0x8B, b""), Record(0x09, b"\xc1\x40\x40"), Record(0x01, b"")]
    for record in records:
        file.append(record)
    closed = file.close(
        Destination(PRINTER, "BOB", "Q", copies=3, hold=True, dist="BIN 7", name="FN", type="FT", tag="net 1")
    )
    assert closed == spool.file(1)
    assert closed == SpoolFile(
        key=closed.key,
        spoolid=1,
        queue="PRT",
        kind="PRT",
        owner="BOB",
        origin="ALICE",
        spool_class="Q",
        records=2,  # two lines; the skip prints nothing
        copies=3,
        user_hold=True,
        system_hold=False,
        dist="BIN 7",
        name="FN",
        type="FT",
        tag="net 1",
        created=NOW,
        in_use=False,
    )
    assert list(spool.read(closed)) == records


def test_an_open_file_is_nobodys(spool: Spool) -> None:
    file = spool.create(PUNCH, "ALICE")
    file.append(CARD)
    assert spool.files() == []
    assert spool.file(file.spoolid) is None
    file.purge()
    assert spool.files() == []


def test_many_records_are_read_a_page_at_a_time(spool: Spool) -> None:
    records = [Record(0x01, number.to_bytes(80, "big")) for number in range(5000)]
    file = spool.add(PUNCH, "BOB", records, to_reader("ALICE"))
    assert list(spool.read(file)) == records
    sizes = []
    while (page := spool.page(file, len(sizes))) is not None:
        sizes.append(len(page))
    assert len(sizes) > 10
    assert all(PAGE_SIZE <= size < PAGE_SIZE + 85 for size in sizes[:-1])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.builds(
            Record,
            st.integers(0, 255),
            st.one_of(
                st.binary(max_size=200),
                st.builds(bytes.__mul__, st.sampled_from([b"\x40", b"\x00", b"\xff@"]), st.integers(0, 16383)),
                st.just(b"\x81" * 32767),
            ),
        ),
        max_size=12,
    )
)
def test_any_records_come_back_as_they_were(spool: Spool, records: list[Record]) -> None:
    file = spool.add(PUNCH, "BOB", records, to_reader("ALICE"))
    assert list(spool.read(file)) == records
    assert spool.purge([file]) == [file]


@given(st.binary(max_size=300))
def test_any_bytes_as_a_page_end_in_records_or_a_clear_error(page: bytes) -> None:
    try:
        records = list(parse_page(page))
    except DamagedSpool:
        return
    assert all(len(record.data) <= 0xFFFF for record in records)


def test_a_record_longer_than_a_ccw_writes_is_refused() -> None:
    page = bytearray(b"")
    with pytest.raises(RecordError, match="32768 bytes"):
        append_record(page, Record(1, bytes(32768)))
    assert page == b""


# --- spool IDs and queues ---


def test_spool_ids_go_round_and_skip_those_in_use(spool: Spool) -> None:
    first = card_file(spool)
    spool._db.execute("UPDATE counter SET value=9899 WHERE name='spoolid'")
    assert card_file(spool).spoolid == 9900
    second = card_file(spool)
    assert (first.spoolid, second.spoolid) == (1, 2)
    spool.purge([first])
    assert card_file(spool).spoolid == 3  # not the one that was just freed


def test_no_spool_id_is_free(spool: Spool) -> None:
    rows = ((number,) for number in range(1, 9901))
    spool._db.execute("BEGIN")
    spool._db.executemany(
        "INSERT INTO file VALUES (NULL, ?, 'CLOSED', 'PRT', 'PRT', 'A', 'A', 'A', 0, 1, 0, 0, '', '', '', '',"
        " '1981-04-01T00:00:00', 0, 0, '', 'STANDARD', 0)",
        rows,
    )
    spool._db.execute("COMMIT")
    with pytest.raises(SpoolFull, match="9900"):
        spool.create(PUNCH, "ALICE")
    one = spool.file(17)
    assert one is not None
    spool.purge([one])
    assert spool.create(PUNCH, "ALICE").spoolid == 17


def test_queues_are_separate_and_in_order_of_closing(spool: Spool) -> None:
    early = spool.create(PUNCH, "ALICE")
    early.append(CARD)
    a = card_file(spool)
    b = early.close(to_reader("ALICE"))
    spool.add(PRINTER, "ALICE", [CARD], Destination(PRINTER, "ALICE"))
    card_file(spool, "CAROL")
    assert ids(spool.files(READER, "ALICE")) == [a.spoolid, b.spoolid] == [2, 1]
    assert spool.counts("ALICE") == {"RDR": 2, "PRT": 1}
    assert spool.counts("ALICE", "B") == {}
    assert ids(spool.files(origin="ALICE")) == [3, 1]


def test_order_brings_files_to_the_head(spool: Spool) -> None:
    files = [card_file(spool) for _ in range(4)]
    spool.order([files[3], files[1]])
    assert ids(spool.files(READER, "ALICE")) == [4, 2, 1, 3]
    spool.order([files[2]])
    assert ids(spool.files(READER, "ALICE")) == [3, 4, 2, 1]


def test_transfer_goes_to_the_end_of_the_other_queue(spool: Spool) -> None:
    mine = card_file(spool, "ALICE")
    card_file(spool, "CAROL")
    spool.transfer([mine], "CAROL", "ALICE")
    moved = spool.files(READER, "CAROL")
    assert ids(moved) == [2, 1]
    assert moved[1].origin == "ALICE"


def test_change(spool: Spool) -> None:
    file = card_file(spool)
    spool.change([file], spool_class="Z", user_hold=True, name="A", type="B")
    changed = spool.file(1)
    assert changed is not None
    assert (changed.spool_class, changed.hold_status, changed.name, changed.type) == ("Z", "USER", "A", "B")
    spool.change([file], system_hold=True)
    assert spool.files()[0].hold_status == "USYS"
    spool.change([file], user_hold=False)
    assert spool.files()[0].hold_status == "SYS"


# --- reading ---


def test_a_reader_takes_the_first_eligible_file(spool: Spool) -> None:
    card_file(spool, hold=True)
    card_file(spool, spool_class="B")
    third = card_file(spool, spool_class="C")
    assert spool.open_reader_file("ALICE", "C") == third
    assert spool.open_reader_file("ALICE", "C") is None  # it is in use
    second = spool.open_reader_file("ALICE", "*")
    assert second is not None
    assert second.spoolid == 2
    assert spool.open_reader_file("BOB", "*") is None


def test_commands_leave_files_in_use_alone(spool: Spool) -> None:
    card_file(spool)
    file = spool.open_reader_file("ALICE", "*")
    assert file is not None
    assert spool.purge([file]) == spool.change([file], copies=2) == spool.order([file]) == []
    assert spool.transfer([file], "BOB", "ALICE") == []
    assert [f.in_use for f in spool.files()] == [True]
    spool.release_reader_file(file, keep=True, hold=True)
    assert [(f.in_use, f.hold_status) for f in spool.files()] == [(False, "USER")]


# --- start and end ---


def test_warm_start_discards_open_files_and_frees_those_in_use(tmp_path: Path) -> None:
    path = tmp_path / "spool.db"
    spool = Spool(path, CLOCK)
    kept = card_file(spool)
    spool.open_reader_file("ALICE", "*")
    lost = spool.create(PUNCH, "ALICE")
    for _ in range(1000):
        lost.append(CARD)
    spool.close()
    spool = Spool(path, CLOCK)
    assert spool.files() == [kept]
    assert spool._scalar("SELECT count(*) FROM page") == 1
    assert card_file(spool).spoolid == 3
    spool.close()


def test_a_second_system_is_refused(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool.db", CLOCK)
    with pytest.raises(SpoolInUse, match=r"spool\.db: another vm370 system"):
        Spool(tmp_path / "spool.db", CLOCK)
    spool.close()
    Spool(tmp_path / "spool.db", CLOCK).close()


def test_power_durability_syncs_at_each_commit(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool.db", CLOCK, durability="power")
    assert spool._scalar("PRAGMA synchronous") == 2  # FULL
    spool.close()
    with pytest.raises(SpoolError, match="found 'never'"):
        Spool(tmp_path / "spool.db", CLOCK, durability="never")


# --- two users of one database ---


def test_files_added_by_another_process_are_noticed_once(tmp_path: Path) -> None:
    system = Spool(tmp_path / "spool.db", CLOCK)
    card_file(system)
    assert [arrival.file.spoolid for arrival in system.poll()] == [1]
    other = Spool(tmp_path / "spool.db", CLOCK, system=False)
    assert system.poll() == []
    file = card_file(other)
    other.add(PRINTER, "BOB", [CARD], Destination(PRINTER, "BOB"))
    assert [(arrival.file, arrival.via) for arrival in system.poll()] == [(file, "CLOSE")]
    assert system.poll() == []
    other.transfer([file], "CAROL", "ALICE")
    other.change([file], user_hold=True)
    other.close()
    assert [(a.file.owner, a.file.held, a.via) for a in system.poll()] == [("CAROL", True, "CHANGE")]
    system.close()


def test_a_locked_database_is_a_clear_error_and_nothing_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "spool.db"
    spool = Spool(path, CLOCK, busy_seconds=0.01)
    file = spool.create(PUNCH, "ALICE")
    file.append(CARD)
    blocker = sqlite3.connect(path, isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    with pytest.raises(SpoolBusy, match="locked by another process"):
        file.close(to_reader("BOB"))
    with pytest.raises(SpoolBusy):
        card_file(spool)
    assert spool.files() == []
    blocker.execute("ROLLBACK")
    blocker.close()
    closed = file.close(to_reader("BOB"))
    assert list(spool.read(closed)) == [CARD]
    spool.close()


def test_a_full_disk_is_a_clear_error_and_nothing_is_half_written(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool.db", CLOCK)
    kept = card_file(spool)
    file = spool.create(PUNCH, "ALICE")
    pages = spool._scalar("PRAGMA page_count")
    spool._db.execute(f"PRAGMA max_page_count={pages + 20}")
    data = bytes(range(1, 81))
    written = 0
    with pytest.raises(SpoolFull, match="make room"):  # noqa: PT012
        while True:
            file.append(Record(1, data))
            written += 1
    assert file.records == written
    with pytest.raises(SpoolFull):
        file.append(Record(1, data))
    spool._db.execute("PRAGMA max_page_count=1000000")
    file.append(CARD)
    closed = file.close(to_reader("BOB"))
    assert [record.data for record in spool.read(closed)] == [data] * written + [CARD.data]
    with pytest.raises(SpoolError, match="not open"):
        file.close(to_reader("BOB"))
    assert spool.files(READER, "ALICE") == [kept]
    spool.close()


def test_adding_a_file_is_all_or_nothing(spool: Spool) -> None:
    def records() -> Iterator[Record]:
        yield from [CARD] * 1000
        raise KeyError("the host file ends badly")

    with pytest.raises(KeyError):
        spool.add(READER, "ALICE", records(), to_reader("ALICE"))
    assert spool._scalar("SELECT count(*) FROM file") == 0
    assert spool._scalar("SELECT count(*) FROM page") == 0


# --- bad database files ---


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "spool.db"
    path.write_bytes(b"VOL1 this is something else")
    with pytest.raises(DamagedSpool, match=r"spool\.db: offset 0: found X'564F4C31.*expected a spool database"):
        Spool(path, CLOCK)
    assert path.read_bytes() == b"VOL1 this is something else"


def test_a_database_of_another_program_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "spool.db"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE bookmarks (url)")
    other.commit()
    other.close()
    with pytest.raises(DamagedSpool, match="another program"):
        Spool(path, CLOCK)


def test_a_database_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "spool.db"
    spool = Spool(path, CLOCK)
    spool._db.execute("PRAGMA user_version=99")
    spool.close()
    with pytest.raises(DamagedSpool, match=r"version 99, expected at most \d+; it was written by a newer vm370"):
        Spool(path, CLOCK)


@pytest.mark.parametrize("keep", [50, 4096, 10_000])
def test_a_truncated_database_is_refused(tmp_path: Path, keep: int) -> None:
    path = tmp_path / "spool.db"
    spool = Spool(path, CLOCK)
    spool.add(PUNCH, "BOB", [CARD] * 1000, to_reader("ALICE"))
    spool.close()
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(DamagedSpool, match=r"spool\.db"):
        Spool(path, CLOCK)


def test_damage_in_a_page_is_found_when_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "spool.db"
    spool = Spool(path, CLOCK)
    spool.add(PUNCH, "BOB", [CARD], to_reader("ALICE"))
    spool._db.execute("UPDATE page SET data=x'01FFFFFFFF00'")
    with pytest.raises(DamagedSpool, match="offset 0: found a record of 65535 bytes"):
        list(spool.read(spool.files()[0]))
    spool.close()


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(SpoolError, match=r"nowhere/spool\.db\.lock: No such file"):
        Spool(tmp_path / "nowhere" / "spool.db", CLOCK)
