"""What readers, punches, printers and consoles do with spool files (the rules for a guest)."""

from __future__ import annotations

import pytest

from tests.cp.spool.spoolkit import SKIP, Installation
from vm370.cp.commands.spool_commands import close, spool
from vm370.cp.commands.spool_files import transfer
from vm370.cp.commands.spool_operands import spooling
from vm370.cp.io.device import UnitStatus
from vm370.cp.spool import Record
from vm370.cp.spool.arrivals import announce
from vm370.cp.spool.virtual import VirtualConsole
from vm370.images.ebcdic import to_ebcdic

EMPTY = "SENSE 40"  # intervention required


def send(system: Installation, *cards: str) -> None:
    """BOB punches a file to ALICE."""
    system.command("BOB", spool, "PUNCH TO ALICE")
    system.punch("BOB", *cards)
    system.command("BOB", close, "PUNCH")


def test_punched_cards_are_read_by_another_user(system: Installation) -> None:
    assert system.read("ALICE") == EMPTY
    send(system, "CARD 1", "", "CARD 3")
    assert [system.read("ALICE") for _ in range(5)] == ["CARD 1", "", "CARD 3", "END", EMPTY]
    assert system.spool.files() == []  # purged at its end


def test_each_file_ends_with_unit_exception(system: Installation) -> None:
    send(system, "A")
    send(system, "B")
    assert [system.read("ALICE") for _ in range(5)] == ["A", "END", "B", "END", EMPTY]


def test_cont_reads_all_files_as_one(system: Installation) -> None:
    system.command("ALICE", spool, "READER CONT")
    send(system, "A")
    send(system, "B")
    assert [system.read("ALICE") for _ in range(4)] == ["A", "B", "END", EMPTY]


def test_noeof_ends_with_intervention_required(system: Installation) -> None:
    system.command("ALICE", spool, "READER NOEOF")
    send(system, "A")
    send(system, "B")
    assert [system.read("ALICE") for _ in range(5)] == ["A", EMPTY, "B", EMPTY, EMPTY]
    system.command("ALICE", spool, "READER CONT")
    send(system, "C")
    assert [system.read("ALICE") for _ in range(3)] == ["C", EMPTY, EMPTY]


def test_hold_keeps_a_file_readable(system: Installation) -> None:
    system.command("ALICE", spool, "READER HOLD")
    send(system, "A")
    assert [system.read("ALICE") for _ in range(3)] == ["A", "END", "A"]
    assert [(file.in_use, file.hold_status) for file in system.spool.files()] == [(True, "NONE")]


def test_hold_with_cont_puts_files_in_user_hold(system: Installation) -> None:
    system.command("ALICE", spool, "READER HOLD CONT")
    send(system, "A")
    send(system, "B")
    assert [system.read("ALICE") for _ in range(4)] == ["A", "B", "END", EMPTY]
    assert [file.hold_status for file in system.spool.files()] == ["USER", "USER"]


@pytest.mark.parametrize(
    ("options", "how", "left"),
    [
        ("NOHOLD NOCONT", "", []),
        ("HOLD NOCONT", "", ["NONE"]),
        ("NOHOLD CONT", "", []),
        ("HOLD CONT", "", ["USER"]),
        ("NOHOLD NOCONT", "HOLD", ["NONE"]),
        ("HOLD CONT", "HOLD", ["NONE"]),
        ("HOLD NOCONT", "NOHOLD", []),
        ("HOLD CONT", "NOHOLD", []),
    ],
)
def test_closing_a_reader_before_the_end(system: Installation, options: str, how: str, left: list[str]) -> None:
    system.command("ALICE", spool, f"READER {options}")
    send(system, "A", "B")
    assert system.read("ALICE") == "A"
    assert system.command("ALICE", close, f"00C {how}") == []
    assert [file.hold_status for file in system.spool.files()] == left


def test_closing_an_idle_reader_purges_nothing(system: Installation) -> None:
    send(system, "A")
    assert system.command("ALICE", close, "READER") == []
    assert system.queue("ALICE", "RDR") == [1]


def test_a_reader_reads_its_class_only(system: Installation) -> None:
    system.command("ALICE", spool, "READER CLASS B")
    send(system, "A")
    assert system.read("ALICE") == EMPTY
    system.command("BOB", spool, "PUNCH CLASS B")
    send(system, "B")
    assert [system.read("ALICE") for _ in range(3)] == ["B", "END", EMPTY]
    system.command("ALICE", spool, "READER CLASS *")
    assert system.read("ALICE") == "A"


def test_a_file_in_hold_is_not_read(system: Installation) -> None:
    system.command("BOB", spool, "PUNCH HOLD")
    send(system, "A")
    assert system.read("ALICE") == EMPTY


def test_a_printer_file_is_read_as_lines_without_carriage_control(system: Installation) -> None:
    system.command("BOB", spool, "PRT TO ALICE")
    system.execute("BOB", 0x00E, SKIP)
    system.print("BOB", "A" * 132, "B")
    system.command("BOB", close, "PRT")
    assert [system.read("ALICE") for _ in range(3)] == ["A" * 132, "B", "END"]


def test_detaching_keeps_what_was_not_read_and_closes_what_was_written(system: Installation) -> None:
    send(system, "A", "B")
    assert system.read("ALICE") == "A"
    system.print("ALICE", "LINE")
    system.punch("BOB", "C")  # BOB's punch is still spooled to ALICE
    for vaddr in (0x00C, 0x00D, 0x00E):
        system.users["ALICE"].devices[vaddr].close()
    system.users["BOB"].devices[0x00D].close()
    assert system.queue("ALICE", "RDR") == [1, 3]
    assert system.queue("ALICE", "PRT") == [2]
    assert not system.spool.files("RDR")[0].in_use
    assert system.users["BOB"].said == ["PUN FILE 0003  TO  ALICE    COPY 01 NOHOLD"]


def test_carriage_control_alone_is_no_file(system: Installation) -> None:
    system.execute("ALICE", 0x00E, SKIP)
    assert system.command("ALICE", close, "PRT") == []
    assert system.spool.files() == []
    system.print("ALICE", "LINE")
    system.command("ALICE", close, "PRT")
    assert system.queue("ALICE", "PRT") == [2]


def test_options_at_closing_count(system: Installation) -> None:
    system.print("ALICE", "LINE")
    system.command("ALICE", spool, "00E CLASS X COPY 3 HOLD FOR BOB")
    assert system.command("ALICE", close, "00E NAME LISTING FILE") == ["PRT FILE 0001  FOR BOB      COPY 03 HOLD"]
    (file,) = system.spool.files()
    assert (file.queue, file.owner, file.origin, file.dist) == ("PRT", "BOB", "ALICE", "BIN B")
    assert (file.spool_class, file.copies, file.hold_status, file.name, file.type) == (
        *("X", 3, "USER", "LISTING", "FILE"),
    )


def test_cont_on_a_printer_makes_one_file_of_many(system: Installation) -> None:
    system.command("ALICE", spool, "PRT CONT")
    system.print("ALICE", "1")
    assert system.command("ALICE", close, "PRT") == []
    system.print("ALICE", "2")
    system.command("ALICE", spool, "PRT NOCONT CLOSE")
    (file,) = system.spool.files()
    assert file.records == 2


# --- the spool fails ---


def test_a_full_spool_is_seen_by_the_guest_and_told_to_its_user(system: Installation) -> None:
    system.punch("ALICE", "A")
    system.spool._db.execute(f"PRAGMA max_page_count={system.spool._scalar('PRAGMA page_count')}")
    outcome = system.execute("BOB", 0x00E, 0x09, b"\x01" * 132)
    while not outcome.status & UnitStatus.UNIT_CHECK:
        outcome = system.execute("BOB", 0x00E, 0x09, b"\x01" * 132)
    assert system.users["BOB"].devices[0x00E].sense[0] == 0x40
    assert "make room" in system.users["BOB"].said[-1]
    assert system.users["ALICE"].said == []
    (response,) = system.command("BOB", close, "PRT")
    assert response.startswith("DMKVSP428E SPOOL ERROR; ")
    system.spool._db.execute("PRAGMA max_page_count=1000000")
    assert system.command("BOB", close, "PRT") == []
    assert len(list(system.spool.read(system.spool.files()[0]))) > 200


# --- the console ---


def console(system: Installation) -> VirtualConsole:
    side = spooling(system.users["ALICE"].devices[0x009])
    assert isinstance(side, VirtualConsole)
    return side


def test_a_console_file_is_a_printer_file_of_class_t(system: Installation) -> None:
    console(system).line("not recorded")
    system.command("ALICE", spool, "CONSOLE START")
    console(system).line("query time")
    console(system).line("")
    console(system).line("x" * 133)
    assert system.command("ALICE", spool, "CONS STOP CLOSE") == []
    console(system).line("not recorded")
    (file,) = system.spool.files("PRT", "ALICE")
    assert (file.kind, file.spool_class, file.records) == ("CON", "T", 4)
    lines = [to_ebcdic("query time"), b"", to_ebcdic("x" * 132), to_ebcdic("x")]
    assert list(system.spool.read(file)) == [Record(0x8B, b""), *(Record(0x09, line) for line in lines)]


def test_a_console_that_cannot_be_recorded_stops_recording(system: Installation) -> None:
    system.command("ALICE", spool, "CONSOLE START")
    console(system).told = console(system).line  # CP's lines are recorded too
    system.spool.close()
    console(system).line("x")
    assert not console(system).started


# --- arrivals ---


def test_a_new_file_makes_the_reader_ready_and_is_announced(system: Installation) -> None:
    send(system, "A")
    assert announce(system)  # type: ignore[arg-type]
    assert system.users["ALICE"].presented == [UnitStatus.DEVICE_END]
    assert system.users["ALICE"].said == ["RDR FILE 0001  FROM BOB      COPY 01 NOHOLD"]
    assert system.users["BOB"].said == []
    assert not announce(system)  # type: ignore[arg-type]


def test_no_device_end_while_a_file_is_read_or_the_class_is_another(system: Installation) -> None:
    send(system, "A")
    system.read("ALICE")
    send(system, "B")
    announce(system)  # type: ignore[arg-type]
    system.command("ALICE", close, "READER")
    system.command("ALICE", spool, "READER CLASS X")
    send(system, "C")
    announce(system)  # type: ignore[arg-type]
    system.command("ALICE", spool, "READER CLASS *")
    system.command("BOB", spool, "PUNCH HOLD")
    send(system, "D")
    announce(system)  # type: ignore[arg-type]
    assert system.users["ALICE"].presented == []
    assert len(system.users["ALICE"].said) == 3


def test_a_transfer_is_announced(system: Installation) -> None:
    send(system, "A")
    system.command("ALICE", transfer, "1 TO OPERATOR")
    announce(system)  # type: ignore[arg-type]
    assert system.users["OPERATOR"].said == ["RDR FILE 0001 TRANSFERRED FROM ALICE"]
    assert system.users["ALICE"].said == []
