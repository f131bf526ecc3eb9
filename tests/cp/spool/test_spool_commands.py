"""The spool commands: operands, abbreviations, responses and messages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cp.spool.spoolkit import Installation
from vm370.cp.commands import spool_commands, spool_files, spool_queries
from vm370.cp.commands.spool_operands import spooling
from vm370.cp.spool import Destination, Record
from vm370.cp.spool.arrivals import announce
from vm370.cp.spool.virtual import VirtualConsole

HANDLERS: dict[str, Callable[..., Any]] = {
    "SPOOL": spool_commands.spool,
    "CLOSE": spool_commands.close,
    "TAG": spool_commands.tag,
    "PURGE": spool_files.purge,
    "CHANGE": spool_files.change,
    "ORDER": spool_files.order,
    "TRANSFER": spool_files.transfer,
    "QF": spool_queries.query_files,
    "QR": lambda ctx, operands: spool_queries.query_queue(ctx, "RDR", operands),
    "QP": lambda ctx, operands: spool_queries.query_queue(ctx, "PRT", operands),
}


def do(system: Installation, userid: str, line: str) -> list[str]:
    verb, _, operands = line.partition(" ")
    return system.command(userid, HANDLERS[verb], operands)


def file(system: Installation, owner: str = "ALICE", queue: str = "RDR", origin: str = "BOB", **more: Any) -> None:
    system.spool.add(
        "PUN" if queue == "RDR" else queue, origin, [Record(1, b"x")] * 3, Destination(queue, owner, **more)
    )


def side(system: Installation, vaddr: int, userid: str = "ALICE") -> Any:
    return spooling(system.users[userid].devices[vaddr])


# --- every error, before anything is changed ---


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("SPOOL", "DMKCSP026E OPERAND MISSING OR INVALID"),
        ("SPOOL PRT", "DMKCSP026E OPERAND MISSING OR INVALID"),
        ("SPOOL XYZ HOLD", "DMKCSP022E VADDR MISSING OR INVALID"),
        ("SPOOL 01E HOLD", "DMKCSP040E DEV 01E DOES NOT EXIST"),
        ("SPOOL RDR COPY 2", "DMKCSP003E INVALID OPTION - COPY"),
        ("SPOOL RDR BOB", "DMKCSP003E INVALID OPTION - BOB"),
        ("SPOOL PRT EOF", "DMKCSP053E EOF NOT IN CP DIRECTORY"),
        ("SPOOL PRT START", "DMKCSP053E START NOT IN CP DIRECTORY"),
        ("SPOOL PRT HOLD TO NOBODY", "DMKCSP053E NOBODY NOT IN CP DIRECTORY"),
        ("SPOOL PRT TO NINELETTER", "DMKCSP007E INVALID USERID - NINELETTER"),
        ("SPOOL PRT TO", "DMKCSP020E USERID MISSING OR INVALID"),
        ("SPOOL PRT TO BOB FOR BOB", "DMKCSP013E CONFLICTING OPTION - FOR"),
        ("SPOOL PRT OFF BOB", "DMKCSP013E CONFLICTING OPTION - TO"),
        ("SPOOL PRT CONT NOCONT", "DMKCSP013E CONFLICTING OPTION - NOCONT"),
        ("SPOOL PRT CLASS", "DMKCSP028E CLASS MISSING OR INVALID"),
        ("SPOOL PRT CLASS *", "DMKCSP028E CLASS MISSING OR INVALID"),
        ("SPOOL PRT CLASS AB", "DMKCSP028E CLASS MISSING OR INVALID"),
        ("SPOOL PRT COPY 0", "DMKCSP030E COPIES MISSING OR INVALID"),
        ("SPOOL PRT COPY 100", "DMKCSP030E COPIES MISSING OR INVALID"),
        ("SPOOL PRT COPY ²", "DMKCSP030E COPIES MISSING OR INVALID"),
        ("SPOOL PRT HOLD COPY", "DMKCSP030E COPIES MISSING OR INVALID"),
        ("CLOSE", "DMKCSQ026E OPERAND MISSING OR INVALID"),
        ("CLOSE 0FG", "DMKCSQ022E VADDR MISSING OR INVALID"),
        ("CLOSE 5FF", "DMKCSQ040E DEV 5FF DOES NOT EXIST"),
        ("CLOSE PRT FOO", "DMKCSQ003E INVALID OPTION - FOO"),
        ("CLOSE RDR PURGE", "DMKCSQ003E INVALID OPTION - PURGE"),
        ("CLOSE PRT HOLD NOHOLD", "DMKCSQ013E CONFLICTING OPTION - NOHOLD"),
        ("CLOSE PRT DIST", "DMKCSQ032E DISTCODE MISSING OR INVALID"),
        ("CLOSE PRT DIST NINELETTER", "DMKCSQ032E DISTCODE MISSING OR INVALID"),
        ("CLOSE PRT NAME", "DMKCSQ029E FILENAME MISSING OR INVALID"),
        ("CLOSE PRT NAME ABCDEFGHI TYPE", "DMKCSQ029E FILENAME MISSING OR INVALID"),
        ("CLOSE PRT NAME A.DATA.SET.NAME.TOO.LONGER", "DMKCSQ029E FILENAME MISSING OR INVALID"),
        ("CLOSE PRT NAME A B HOLD", "DMKCSQ002E INVALID OPERAND - HOLD"),
        ("PURGE", "DMKCSU026E OPERAND MISSING OR INVALID"),
        ("PURGE RDR", "DMKCSU026E OPERAND MISSING OR INVALID"),
        ("PURGE BOB RDR ALL", "DMKCSU006E INVALID DEVICE TYPE - BOB"),
        ("PURGE CONSOLE ALL", "DMKCSU006E INVALID DEVICE TYPE - CONSOLE"),
        ("PURGE ALL 1", "DMKCSU002E INVALID OPERAND - 1"),
        ("PURGE RDR 0", "DMKCSU027E SPOOLID MISSING OR INVALID"),
        ("PURGE RDR 9901", "DMKCSU027E SPOOLID MISSING OR INVALID"),
        ("PURGE RDR FOO", "DMKCSU027E SPOOLID MISSING OR INVALID"),
        ("PURGE RDR 1 CLASS", "DMKCSU028E CLASS MISSING OR INVALID"),
        ("PURGE RDR 77", "DMKCSU042E SPOOLID 0077 DOES NOT EXIST"),
        ("CHANGE RDR ALL", "DMKCSU026E OPERAND MISSING OR INVALID"),
        ("CHANGE RDR ALL COPY 2", "DMKCSU003E INVALID OPTION - COPY"),
        ("CHANGE PRT 77 HOLD", "DMKCSU042E SPOOLID 0077 DOES NOT EXIST"),
        ("ORDER RDR", "DMKCSU026E OPERAND MISSING OR INVALID"),
        ("TRANSFER", "DMKCSU026E OPERAND MISSING OR INVALID"),
        ("TRANSFER ALL", "DMKCSU020E USERID MISSING OR INVALID"),
        ("TRANSFER ALL TO NOBODY", "DMKCSU053E NOBODY NOT IN CP DIRECTORY"),
        ("TRANSFER ALL TO BOB NOW", "DMKCSU002E INVALID OPERAND - NOW"),
        ("TRANSFER 77 TO BOB", "DMKCSU042E SPOOLID 0077 DOES NOT EXIST"),
        ("TAG", "DMKCST026E OPERAND MISSING OR INVALID"),
        ("TAG FOO", "DMKCST002E INVALID OPERAND - FOO"),
        ("TAG DEV", "DMKCST026E OPERAND MISSING OR INVALID"),
        ("TAG DEV RDR x", "DMKCST006E INVALID DEVICE TYPE - RDR"),
        ("TAG FILE", "DMKCST027E SPOOLID MISSING OR INVALID"),
        ("TAG FILE 77 x", "DMKCST042E SPOOLID 0077 DOES NOT EXIST"),
        ("TAG QUERY", "DMKCST026E OPERAND MISSING OR INVALID"),
        (f"TAG DEV PRT {'x' * 137}", "DMKCST016E TAG INVALID; MORE THAN 136 CHARACTERS"),
        ("QF FOO", "DMKCQG002E INVALID OPERAND - FOO"),
        ("QR 77", "DMKCQG042E SPOOLID 0077 DOES NOT EXIST"),
        ("QR ALL ALL", "DMKCQG002E INVALID OPERAND - ALL"),
        ("QR BOB ALL", "DMKCQG027E SPOOLID MISSING OR INVALID"),
    ],
)
def test_bad_operands(system: Installation, line: str, message: str) -> None:
    file(system)
    system.print("ALICE", "LINE")
    files, state = system.spool.files(), repr([side(system, vaddr).options for vaddr in (0x009, 0x00C, 0x00D, 0x00E)])
    assert do(system, "ALICE", line) == [message]
    assert system.spool.files() == files
    assert repr([side(system, vaddr).options for vaddr in (0x009, 0x00C, 0x00D, 0x00E)]) == state
    assert side(system, 0x00E).file is not None


# --- SPOOL ---


def test_spool_sets_options_by_kind_and_by_address(system: Installation) -> None:
    assert do(system, "ALICE", "SPOOL R CL B CONT HO NOE") == []
    assert repr(side(system, 0x00C).options) == "ReaderState(spool_class='B', cont=True, hold=True, eof=False)"
    assert do(system, "ALICE", "SPOOL C NOC NOH EOF CL *") == []
    assert repr(side(system, 0x00C).options) == "ReaderState(spool_class='*', cont=False, hold=False, eof=True)"
    do(system, "ALICE", "SPOOL PU CO 9 CLASS 7 BOB")
    options = side(system, 0x00D).options
    assert (options.copies, options.spool_class, options.to, options.for_user) == (9, "7", "BOB", None)
    do(system, "ALICE", "SPOOL 00D FOR *")
    assert (options.to, options.for_user) == (None, "ALICE")
    for off in ("OFF", "TO SYSTEM", "SYSTEM"):
        do(system, "ALICE", "SPOOL 00D T BOB")
        assert options.to == "BOB"
        do(system, "ALICE", f"SPOOL 00D {off}")
        assert (options.to, options.for_user) == (None, None)


def test_spool_console(system: Installation) -> None:
    console = side(system, 0x009)
    assert isinstance(console, VirtualConsole)
    do(system, "ALICE", "SPOOL CON STA NOTE TO *")
    assert (console.started, console.shown, console.options.to) == (True, False, "ALICE")
    console.line("x")
    assert do(system, "ALICE", "SPOOL 009 STO TE PURGE") == []
    assert (console.started, console.shown, console.file) == (False, True, None)


def test_a_general_word_means_all_devices_of_the_kind(system: Installation) -> None:
    alice: Any = system.users["ALICE"]
    alice.attach(0x01E, type(alice.devices[0x00E])(type(side(system, 0x00E))(system.spool, "ALICE", "PRT")))
    do(system, "ALICE", "SPOOL PRT CLASS Z")
    assert [side(system, vaddr).options.spool_class for vaddr in (0x00D, 0x00E, 0x01E)] == ["A", "Z", "Z"]


# --- CLOSE ---


@pytest.mark.parametrize(
    ("options", "how", "response"),
    [
        ("OFF", "", []),
        ("COPY 2", "", ["PRT FILE 0001  FOR ALICE    COPY 02 NOHOLD"]),
        ("HOLD", "", ["PRT FILE 0001  FOR ALICE    COPY 01 HOLD"]),
        ("HOLD", "NOHOLD", []),
        ("OFF", "HO", ["PRT FILE 0001  FOR ALICE    COPY 01 HOLD"]),
        ("TO *", "", ["PRT FILE 0001  TO  ALICE    COPY 01 NOHOLD"]),
        ("TO BOB", "", ["PRT FILE 0001  TO  BOB      COPY 01 NOHOLD"]),
        ("FOR BINUSER", "", ["PRT FILE 0001  FOR BINUSER  COPY 01 NOHOLD"]),
    ],
)
def test_what_close_says(system: Installation, options: str, how: str, response: list[str]) -> None:
    do(system, "ALICE", f"SPOOL PRT {options}")
    system.print("ALICE", "LINE")
    assert do(system, "ALICE", f"CLOSE PRT {how}") == response
    assert len(system.spool.files()) == 1
    assert do(system, "ALICE", "CLOSE PRT") == []
    system.users["ALICE"].settings.imsg = False
    system.print("ALICE", "LINE")
    assert do(system, "ALICE", f"CLOSE PRT {how}") == []
    assert len(system.spool.files()) == 2


def test_close_purge_and_names(system: Installation) -> None:
    system.punch("ALICE", "X")
    assert do(system, "ALICE", "CLOSE PUN PURGE") == []
    assert system.spool.files() == []
    system.punch("ALICE", "X")
    do(system, "ALICE", "CLOSE 00D DIST ROOM9 NAME SYS1.SYSLIB.MYMAC")
    (made,) = system.spool.files("PUN")
    assert (made.name, made.type, made.dist) == ("SYS1.SYSLIB.MYMAC", "", "ROOM9")


# --- files ---


def test_purge(system: Installation) -> None:
    for spool_class in "AABC":
        file(system, spool_class=spool_class)
    file(system, queue="PRT")
    file(system, "BOB")
    assert do(system, "ALICE", "PURGE RDR 3 CL A") == ["0003 FILES PURGED"]
    assert do(system, "ALICE", "PURGE RDR 3") == ["DMKCSU042E SPOOLID 0003 DOES NOT EXIST"]
    assert do(system, "ALICE", "PURGE RDR 4 17 18") == [
        "0001 FILE PURGED",
        "SPOOLID 0017 DOES NOT EXIST",  # as SET EMSG TEXT shows it
        "DMKCSU042E SPOOLID 0018 DOES NOT EXIST",
    ]
    assert do(system, "ALICE", "PURGE PUN ALL") == ["NO FILES PURGED"]
    assert do(system, "ALICE", "PURGE ALL") == ["0001 FILE PURGED"]
    assert [left.owner for left in system.spool.files()] == ["BOB"]


def test_a_file_in_use_is_not_purged(system: Installation) -> None:
    file(system)
    assert system.read("ALICE") == "Ì"  # X'78'
    assert do(system, "ALICE", "PURGE RDR ALL") == ["NO FILES PURGED"]


def test_the_spool_operator_purges_for_others(system: Installation) -> None:
    file(system)
    file(system, "BOB")
    file(system, "OPERATOR")
    assert do(system, "OPERATOR", "PURGE ALICE RDR 1") == ["0001 FILE PURGED"]
    assert do(system, "OPERATOR", "PURGE RDR ALL") == ["0001 FILE PURGED"]
    assert do(system, "OPERATOR", "PURGE SYSTEM ALL") == ["0001 FILE PURGED"]
    assert do(system, "OPERATOR", "PURGE NOBODY ALL") == ["DMKCSU053E NOBODY NOT IN CP DIRECTORY"]


def test_change(system: Installation) -> None:
    for _ in range(2):
        file(system, queue="PRT", owner="ALICE")
    assert do(system, "ALICE", "CH PRT".replace("CH", "CHANGE") + " 2 CL Q CO 5 HO DI B7 NAME NEW NAME") == [
        "0001 FILE CHANGED"
    ]
    first, second = system.spool.files()
    assert (first.spool_class, first.copies, first.hold_status) == ("A", 1, "NONE")
    assert (second.spool_class, second.copies, second.hold_status) == ("Q", 5, "USER")
    assert (second.dist, second.name, second.type) == ("B7", "NEW", "NAME")
    assert do(system, "ALICE", "CHANGE PRT CLASS Q NOHOLD CLASS R") == ["0001 FILE CHANGED"]
    assert do(system, "ALICE", "CHANGE PRT ALL HOLD") == ["0002 FILES CHANGED"]
    assert do(system, "ALICE", "CHANGE PRT CLASS Z HOLD") == ["NO FILES CHANGED"]
    assert do(system, "OPERATOR", "CHANGE ALICE PRT ALL HOLD") == ["0002 FILES CHANGED"]
    assert {made.hold_status for made in system.spool.files()} == {"USYS"}
    assert do(system, "ALICE", "CHANGE PRT ALL NOHOLD") == ["0002 FILES CHANGED"]
    assert {made.hold_status for made in system.spool.files()} == {"SYS"}


def test_order(system: Installation) -> None:
    for spool_class in "AABA":
        file(system, spool_class=spool_class)
    assert do(system, "ALICE", "ORDER RDR 4 CLASS B") == ["0002 FILES ORDERED"]
    assert system.queue("ALICE", "RDR") == [4, 3, 1, 2]


def test_transfer_and_back(system: Installation) -> None:
    file(system, spool_class="X")
    file(system)
    assert do(system, "ALICE", "TRANSFER CL X TO BOB") == ["0001 FILE TRANSFERRED"]
    assert system.queue("BOB", "RDR") == [1]
    announce(system)  # type: ignore[arg-type]
    assert system.users["BOB"].said == ["RDR FILE 0001 TRANSFERRED FROM ALICE"]
    assert do(system, "OPERATOR", "TRANSFER ALL FROM ALL") == ["NO FILES TRANSFERRED"]
    assert do(system, "ALICE", "TRANSFER ALL FROM BOB") == ["0001 FILE TRANSFERRED"]
    announce(system)  # type: ignore[arg-type]
    assert system.queue("ALICE", "RDR") == [2, 1]
    assert system.users["BOB"].said[1:] == ["RDR FILE 0001 TRANSFERRED TO ALICE"]
    do(system, "ALICE", "TRANSFER 2 BOB")
    do(system, "ALICE", "TRANSFER 1 T OPERATOR")
    assert do(system, "ALICE", "TRANSFER ALL F ALL") == ["0002 FILES TRANSFERRED"]
    assert do(system, "OPERATOR", "TRANSFER ALICE ALL TO BOB") == ["0002 FILES TRANSFERRED"]
    assert do(system, "OPERATOR", "TRANSFER SYSTEM 2 OPERATOR") == ["0001 FILE TRANSFERRED"]
    assert system.queue("OPERATOR", "RDR") == [2]


def test_tag(system: Installation) -> None:
    assert do(system, "ALICE", "TAG QUERY DEV PRT") == ["PRT 00E TAG NOT SET"]
    assert do(system, "ALICE", "TAG DEV PRINTER cambridg bob  50") == []
    assert do(system, "ALICE", "TAG QU DE 00E") == ["PRT 00E TAG:", "cambridg bob  50"]
    do(system, "ALICE", "TAG DEV CONS log")
    assert do(system, "ALICE", "TAG QUERY DEV CONSOLE") == ["CONS 009 TAG:", "log"]
    system.print("ALICE", "LINE")
    do(system, "ALICE", "CLOSE PRT")
    assert do(system, "ALICE", "TAG QUERY FILE 1") == ["cambridg bob  50"]
    assert do(system, "BOB", "TAG QUERY FILE 1") == ["DMKCST042E SPOOLID 0001 DOES NOT EXIST"]
    do(system, "ALICE", "TAG FILE 1 elsewhere")
    assert do(system, "ALICE", "TAG QUERY FILE 1") == ["elsewhere"]
    do(system, "ALICE", "TAG FILE 1")
    assert do(system, "ALICE", "TAG QUERY FI 1") == ["(TAG BLANK)"]
    do(system, "ALICE", "TAG DEV PRT")
    assert do(system, "ALICE", "TAG QUERY DEV PRT") == ["PRT 00E TAG NOT SET"]


# --- QUERY ---


def test_query_files(system: Installation) -> None:
    assert do(system, "ALICE", "QF") == ["FILES: NO RDR, NO PRT, NO PUN"]
    assert spool_queries.files_line(system.spool, "ALICE", always=False) is None
    file(system)
    file(system, spool_class="B")
    file(system, queue="PRT")
    assert do(system, "ALICE", "QF") == ["FILES: 002 RDR, 001 PRT, NO PUN"]
    assert do(system, "ALICE", "QF CLASS B") == ["FILES: 001 RDR, NO PRT, NO PUN"]


def test_query_queue(system: Installation) -> None:
    assert do(system, "ALICE", "QR") == ["NO RDR FILES"]
    file(system, name="PROFILE", type="EXEC", dist="BIN 12", hold=True)
    file(system, name="SYS1.SYSLIB.MYMAC.NUMBERED", spool_class="B", dist="BIN 12")
    assert do(system, "ALICE", "QR") == [
        "OWNERID  FILE CLASS RECDS  CPY HOLD",
        "ALICE    0001 A PUN 000003 01  USER",
        "ALICE    0002 B PUN 000003 01  NONE",
    ]
    assert do(system, "ALICE", "QR ALL") == [
        "OWNERID  FILE CLASS RECDS  CPY HOLD   DATE  TIME    NAME    TYPE     DIST",
        "ALICE    0001 A PUN 000003 01  USER  04/01 12:34:56 PROFILE  EXEC     BIN 12",
        "ALICE    0002 B PUN 000003 01  NONE  04/01 12:34:56 SYS1.SYSLIB.MYMAC.NU BIN 12",
    ]
    assert len(do(system, "ALICE", "QR 2")) == len(do(system, "ALICE", "QR CL B")) == 2
    assert do(system, "OPERATOR", "QR") == ["NO RDR FILES"]
    assert do(system, "OPERATOR", "QR ALICE")[0].startswith("ORIGINID FILE")
    assert do(system, "OPERATOR", "QR ALICE")[1].startswith("BOB      0001")
    assert do(system, "OPERATOR", "QR SYSTEM")[1].startswith("ALICE    0001")
    assert do(system, "OPERATOR", "QP SYSTEM ALL") == ["NO PRT FILES"]


def test_query_virtual_unit_record(system: Installation) -> None:
    alice: Any = system.users["ALICE"]
    assert spool_queries.unit_record_lines(alice, 0x00C) == ["RDR  00C CL * NOCONT NOHOLD   EOF    READY"]
    assert spool_queries.unit_record_lines(alice, 0x00E) == [
        "PRT  00E CL A NOCONT NOHOLD COPY 01    READY",
        "     00E FOR ALICE    DIST BIN A",
    ]
    assert spool_queries.unit_record_lines(alice, 0x009) == []
    do(system, "ALICE", "SPOOL 00C CONT NOEOF")
    do(system, "ALICE", "SPOOL 00D HOLD COPY 12 TO BOB")
    for vaddr in (0x00C, 0x00D):
        alice.devices[vaddr].ready = False
    assert spool_queries.unit_record_lines(alice, 0x00C) == ["RDR  00C CL *   CONT NOHOLD NOEOF NOTREADY"]
    assert spool_queries.unit_record_lines(alice, 0x00D) == [
        "PUN  00D CL A NOCONT   HOLD COPY 12 NOTREADY",
        "     00D TO  BOB      DIST BIN B",
    ]
    assert spool_queries.console_spool_lines(alice, 0x009, "CONS 009 ON LINE 01F") == [
        "CONS 009 ON LINE 01F   TERM STOP",
        "     009 CL T NOCONT NOHOLD COPY 01    READY",
        "     009 FOR ALICE    DIST BIN A",
    ]


WORDS = (
    *("RDR", "R", "PRT", "P", "PUN", "CONS", "009", "00C", "00E", "ALL", "CLASS", "A", "*", "1", "2", "9901", "0"),
    *("TO", "FOR", "FROM", "ALICE", "BOB", "SYSTEM", "NOBODY", "OFF", "HOLD", "NOHOLD", "CONT", "NOCONT", "EOF"),
    *("COPY", "99", "DIST", "NAME", "DATA.SET.NAME", "PURGE", "CLOSE", "START", "STOP", "TERM", "NOTERM", "DEV"),
    *("FILE", "QUERY", "²", "é" * 30, "\0"),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(sorted(HANDLERS)),
    st.sampled_from(["ALICE", "OPERATOR"]),
    st.lists(st.sampled_from(WORDS), max_size=6),
)
def test_any_words_are_done_or_answered(system: Installation, verb: str, userid: str, words: list[str]) -> None:
    file(system, "ALICE")
    system.print(userid, "LINE")
    do(system, userid, " ".join([verb, *words]))
    system.spool.purge(system.spool.files())


def test_keep_and_form(system: Installation) -> None:
    assert do(system, "ALICE", "SPOOL PRT KEEP FORM BLUE") == []
    side(system, 0x00E).write(Record(9, b"\xc1"))
    do(system, "ALICE", "CLOSE PRT")
    (closed,) = system.spool.files("PRT", "ALICE")
    assert (closed.keep, closed.form) == (True, "BLUE")
    assert do(system, "ALICE", f"CHANGE PRT {closed.spoolid} NOKEEP FORM WHITE") == ["0001 FILE CHANGED"]
    (changed,) = system.spool.files("PRT", "ALICE")
    assert (changed.keep, changed.form) == (False, "WHITE")
    assert do(system, "ALICE", "SPOOL PRT KEEP NOKEEP") == ["DMKCSP013E CONFLICTING OPTION - NOKEEP"]
    assert do(system, "ALICE", "SPOOL PRT FORM") == ["DMKCSP031E FORM MISSING OR INVALID"]
    assert do(system, "ALICE", "SPOOL RDR KEEP") == ["DMKCSP003E INVALID OPTION - KEEP"]


def test_a_kept_reader_file_is_held_after_reading(system: Installation) -> None:
    file(system, keep=True)
    reader = side(system, 0x00C)
    while isinstance(reader.read(), Record):
        pass
    (kept,) = system.spool.files("RDR", "ALICE")
    assert kept.user_hold
    assert not kept.in_use
