"""DIAGNOSE X'14' and X'34': spool files as pages."""

from __future__ import annotations

import struct

import pytest

from tests.diag.diagkit import ADDRESSING, PROTECTION, SPECIFICATION, Guest, LogOn
from tests.diag.spoolkit import NO_OPERATION, SKIP, TIC, Line, lines, sent
from vm370.cp.io.unitrecord import Record
from vm370.cp.s370.psw import Psw
from vm370.cp.services.spoolpages import Pages
from vm370.cp.spool import CONSOLE, PRINTER, PUNCH, READER, Destination, Spool
from vm370.images.ebcdic import from_ebcdic, to_ebcdic
from vm370.tools.assembler import assemble

PAGE, MORE = 0x4000, 0x5000
NEXT, PRINTERS, PUNCHES, SELECT, COPIES, RESTART, BACK = 0x0000, 0x0004, 0x0008, 0x000C, 0x0010, 0x0014, 0x0018
MONITORS, MONITOR_PAGE, AGAIN, UNSEEN, AFTER = 0x001C, 0x0020, 0x0024, 0x0FFE, 0x0FFF
BUSY, NO_DEVICE, NO_READER, IN_USE = 12, 4, 8, 24


def read(guest: Guest, subcode: int, *, where: int = PAGE, device: int = 0x00C) -> int:
    """DIAGNOSE 2,4,X'14'; the condition code."""
    return guest.diagnose(0x14, 2, 4, {2: where, 4: device, 5: subcode})


def test_a_page_of_cards(guest: Guest) -> None:
    sent(guest, [Line(0x41, "FIRST CARD"), Line(0x41, "SECOND")], tag="NODE USER 50")
    assert read(guest, NEXT) == 0
    page = guest.get(PAGE, 4096)
    following, before, _, count = struct.unpack(">IIII", page[:16])
    assert (following, before, count) == (0, 0, 3)
    # the tag: CCW, TIC and 136 bytes
    assert page[0x10:0x18].hex() == "0300002060000088"
    assert from_ebcdic(page[0x20:0xA8]).rstrip() == "NODE USER 50"
    assert page[0x18:0x20].hex() == "080000a800000000"
    # a card of ten columns, filled to a doubleword
    assert page[0xA8:0xB0].hex() == "410000b86000000a"
    assert page[0xB0:0xB8].hex() == "080000c800000000"
    assert from_ebcdic(page[0xB8:0xC2]) == "FIRST CARD"
    # the last one is not chained
    assert page[0xC8:0xD0].hex() == "410000d820000006"
    assert struct.unpack(">H", page[0xFF8:0xFFA])[0] == guest.cp.spool.files(READER, "ALPHA")[0].spoolid
    assert from_ebcdic(page[0xFFA:]) == "093015"


def test_end_of_file_and_again(guest: Guest) -> None:
    sent(guest, [Line(0x41, "X")])
    assert [read(guest, NEXT) for _ in range(4)] == [0, 1, 0, 1]
    assert guest.type("CLOSE READER") == []
    assert read(guest, NEXT) == 2


def test_pages_forwards_and_backwards(guest: Guest) -> None:
    sent(guest, [Line(0x41, f"{number:04}" * 20) for number in range(100)])
    pages = []
    while read(guest, NEXT) == 0:
        pages.append(guest.get(PAGE, 4096))
    # 96 bytes each: 42 fit into 4032 bytes, 42 into 4080
    assert [int.from_bytes(page[12:16], "big") for page in pages] == [42, 42, 16]
    assert [struct.unpack(">II", page[:8]) for page in pages] == [(2, 0), (3, 1), (0, 2)]
    assert [line.text for page in pages for line in lines(page)] == [f"{number:04}" * 20 for number in range(100)]
    for _ in range(3):
        assert read(guest, NEXT) == 0
    assert read(guest, BACK) == 0
    assert guest.get(PAGE, 4096) == pages[1]
    assert read(guest, AGAIN) == 0
    assert guest.get(PAGE, 4096) == pages[1]
    assert [read(guest, BACK), read(guest, BACK)] == [0, 0]
    assert guest.get(PAGE, 4096) == pages[0]
    assert read(guest, NEXT) == 0
    assert guest.get(PAGE, 4096) == pages[1]
    assert read(guest, RESTART) == 0
    assert guest.get(PAGE, 4096) == pages[0]


@pytest.mark.parametrize("subcode", [RESTART, BACK, AGAIN])
def test_no_file_is_open(guest: Guest, subcode: int) -> None:
    sent(guest, [Line(0x41, "X")])
    assert read(guest, subcode) == 2


def test_printer_lines_with_carriage_control(guest: Guest) -> None:
    sent(guest, [Line(0x8B, ""), Line(0x09, "TITLE"), Line(0x19, "TEXT")], kind=PRINTER)
    assert read(guest, NEXT) == 0
    page = guest.get(PAGE, 4096)
    assert page[0x10:0x18].hex() == "8b00002070000001"
    assert [(line.command, line.text) for line in lines(page)] == [(0x8B, ""), (0x09, "TITLE"), (0x19, "TEXT")]


def test_a_long_record_goes_on_in_the_next_page(guest: Guest) -> None:
    data = bytes(range(1, 251)) * 20
    with guest.cp.spool.transaction():
        file = guest.cp.spool.create(PUNCH, "BETA")
        file.append(Record(0x41, data))
        file.close(Destination(READER, "ALPHA"))
    assert [read(guest, NEXT), read(guest, NEXT, where=MORE), read(guest, NEXT, where=0x6000)] == [0, 0, 1]
    first, second = guest.get(PAGE, 4096), guest.get(MORE, 4096)
    assert first[0x14] == 0xA0
    assert int.from_bytes(first[0x16:0x18], "big") == 3968
    assert int.from_bytes(second[0x16:0x18], "big") == 5000 - 3968
    assert first[0x20 : 0x20 + 3968] + second[0x20 : 0x20 + 1032] == data


def test_continuous_reading_and_copies(guest: Guest) -> None:
    sent(guest, [Line(0x41, "ONE")])
    sent(guest, [Line(0x41, "TWO")])
    guest.type("SPOOL READER CONT")
    texts = []
    assert read(guest, NEXT) == 0
    assert guest.diagnose(0x14, 2, 4, {2: 2, 4: 0x00C, 5: COPIES}) == 0
    texts.append(lines(guest.get(PAGE, 4096))[0].text)
    while read(guest, NEXT) == 0:
        texts.append(lines(guest.get(PAGE, 4096))[0].text)
    assert texts == ["ONE", "ONE", "TWO"]
    assert guest.cp.spool.files(READER, "ALPHA") == []


def test_copies_modulo_256(guest: Guest) -> None:
    sent(guest, [Line(0x41, "ONE")])
    read(guest, NEXT)
    for wanted, kept in ((255, 255), (258, 2), (256, 1)):
        assert guest.diagnose(0x14, 2, 4, {2: wanted, 4: 0x00C, 5: COPIES}) == 0
        assert guest.cp.spool.files(READER, "ALPHA")[0].copies == kept
    for wrong in (0, 0xFFFFFFFF):
        assert guest.refused(0x14, 2, 4, {2: wrong, 4: 0x00C, 5: COPIES}) == SPECIFICATION


def test_order(guest: Guest) -> None:
    sent(guest, [Line(0x41, "ONE")])
    second = sent(guest, [Line(0x41, "TWO")])
    assert guest.diagnose(0x14, 2, 4, {2: second, 4: 0x00C, 5: SELECT}) == 0
    read(guest, NEXT)
    assert lines(guest.get(PAGE, 4096))[0].text == "TWO"
    assert guest.diagnose(0x14, 2, 4, {2: 9999, 4: 0x00C, 5: SELECT}) == 2


def test_blocks_of_printer_and_punch_files(guest: Guest) -> None:
    one = sent(guest, [Line(0x41, "A")], name="FN", filetype="FT")
    two = sent(guest, [Line(0x09, "A"), Line(0x09, "B")], kind=PRINTER)
    three = sent(guest, [Line(0x09, "A")], kind=CONSOLE)
    found = []
    while (cc := read(guest, PRINTERS)) == 0:
        found.append(int.from_bytes(guest.get(PAGE + 0x1E, 2), "big"))
    assert (found, cc) == ([two, three], 1)
    assert read(guest, PUNCHES) == 0
    block = guest.get(PAGE, 104)
    assert from_ebcdic(block[0x08:0x18]) == "ALPHA   BETA    "
    assert struct.unpack(">IHHBB", block[0x18:0x22]) == (1, 80, one, 0, 0x82)
    assert from_ebcdic(block[0x28:0x50]) == "FN          FT          04/01/8109:30:15"
    assert from_ebcdic(block[0x56:0x57]) == "A"
    assert read(guest, MONITORS) == 2


def test_the_wanted_length_of_a_block(guest: Guest) -> None:
    sent(guest, [Line(0x41, "A")])
    guest.put(PAGE, b"\xee" * 104)
    assert guest.diagnose(0x14, 2, 4, {2: PAGE, 4: 0x00C, 5: 0x00040000 | PUNCHES}) == 0
    assert guest.get(PAGE + 32, 72) == b"\xee" * 72
    assert guest.refused(0x14, 2, 4, {2: PAGE, 4: 0x00C, 5: 0x000E0000 | PUNCHES}) == SPECIFICATION


def test_descriptions_in_the_order_of_the_queue(guest: Guest) -> None:
    ids = [sent(guest, [Line(0x41, "A")], tag=f"TAG {number}") for number in range(3)]
    found, tags, last = [], [], 0
    while guest.diagnose(0x14, 2, 4, {2: PAGE, 4: last, 5: AFTER}) == 0:
        last = int.from_bytes(guest.get(PAGE + 0x1E, 2), "big")
        found.append(last)
        assert guest.get(PAGE + 104, 8).hex() == "0300000060000088"
        tags.append(from_ebcdic(guest.get(PAGE + 112, 136)).rstrip())
    assert (found, tags) == (ids, ["TAG 0", "TAG 1", "TAG 2"])
    assert guest.diagnose(0x14, 2, 4, {2: PAGE, 4: 9999, 5: AFTER}) == 2


def test_files_that_were_not_seen(guest: Guest) -> None:
    first = sent(guest, [Line(0x41, "A")])
    sent(guest, [Line(0x41, "A")])
    assert [guest.diagnose(0x14, 2, 4, {2: PAGE, 4: 0, 5: UNSEEN}) for _ in range(3)] == [0, 0, 1]
    assert guest.diagnose(0x14, 2, 4, {2: PAGE, 4: 1, 5: UNSEEN}) == 0
    assert int.from_bytes(guest.get(PAGE + 0x1E, 2), "big") == first


def test_monitor_files_are_pages_as_they_are(guest: Guest) -> None:
    pages = [bytes([number]) * 4096 for number in (1, 2)]
    guest.cp.spool.add("MON", "MAINT", [Record(1, page) for page in pages], Destination(READER, "ALPHA", "M"))
    assert read(guest, MONITORS) == 0
    assert guest.get(PAGE + 0x57, 1) == b"\x01"
    for page in pages:
        assert read(guest, MONITOR_PAGE) == 0
        assert guest.get(PAGE, 4096) == page
    assert read(guest, NEXT) == 3
    assert guest.gr[5] == IN_USE
    assert read(guest, MONITOR_PAGE) == 1


@pytest.mark.parametrize(("device", "reason"), [(0x444, NO_DEVICE), (0x00D, NO_READER), (0x191, NO_READER)])
def test_wrong_devices(guest: Guest, device: int, reason: int) -> None:
    assert read(guest, NEXT, device=device) == 3
    assert guest.gr[5] == reason


def test_a_reader_in_the_middle_of_its_cards_is_busy(guest: Guest) -> None:
    sent(guest, [Line(0x41, "A"), Line(0x41, "B")])
    guest.vm.devices[0x00C].source.read()  # type: ignore[attr-defined]
    assert read(guest, NEXT) == 3
    assert guest.gr[5] == BUSY


def test_a_held_file_and_another_class_are_not_read(guest: Guest) -> None:
    sent(guest, [Line(0x41, "A")], hold=True)
    assert read(guest, NEXT) == 2
    sent(guest, [Line(0x41, "B")], spool_class="B")
    guest.type("SPOOL READER CLASS A")
    assert read(guest, NEXT) == 2
    guest.type("SPOOL READER CLASS B")
    assert read(guest, NEXT) == 0


@pytest.mark.parametrize(
    ("registers", "code"),
    [
        ({2: PAGE + 8, 4: 0x00C, 5: NEXT}, SPECIFICATION),
        ({2: PAGE + 4, 4: 0x00C, 5: PRINTERS}, SPECIFICATION),
        ({2: PAGE + 4096 - 96, 4: 0x00C, 5: PUNCHES}, SPECIFICATION),
        ({2: PAGE + 4096 - 248, 4: 0, 5: AFTER}, SPECIFICATION),
        ({2: PAGE, 4: 0x00C, 5: 0x0002}, SPECIFICATION),
        ({2: PAGE, 4: 0x00C, 5: 0x0028}, SPECIFICATION),
        ({2: 0x80000, 4: 0x00C, 5: NEXT}, ADDRESSING),
    ],
)
def test_exceptions(guest: Guest, registers: dict[int, int], code: int) -> None:
    sent(guest, [Line(0x41, "A")])
    assert guest.refused(0x14, 2, 4, registers) == code


def test_an_odd_register(guest: Guest) -> None:
    assert guest.refused(0x14, 2, 5, {2: PAGE, 5: 0x00C}) == SPECIFICATION


def test_a_protected_page_loses_nothing(guest: Guest) -> None:
    sent(guest, [Line(0x41, "A")])
    psw = Psw(key=3, address=0x1000)
    assert guest.refused(0x14, 2, 4, {2: PAGE, 4: 0x00C, 5: NEXT}, psw=psw) == PROTECTION
    assert read(guest, NEXT) == 0


def test_pages_of_any_records_give_them_back(guest: Guest) -> None:
    """A round trip: what was written is what the pages have."""
    spool: Spool = guest.cp.spool
    texts = ["", "X", "Y" * 8, "Z" * 132, "", "W" * 500, *[f"{number}" * (number % 17) for number in range(300)]]
    found = spool.add(PRINTER, "BETA", [Record(0x09, to_ebcdic(text)) for text in texts], Destination(READER, "ALPHA"))
    pages, got, number = Pages(spool, found), [], 0
    while (page := pages.page(number)) is not None:
        got += [line.text for line in lines(page)]
        number += 1
    assert got == texts
    assert all(page is not None for page in (pages.page(0), pages.page(number - 1)))


# --- 34 ---


def test_a_dump_of_cp(logged_on: LogOn) -> None:
    operator = Guest(logged_on("OPERATOR"))
    operator.type("DEFINE READER AS 00C")
    assert operator.diagnose(0x34, 2, 4, {2: PAGE, 4: 0x00C}) == 2
    operator.vm.storage.write(0, b"\xc3" * 16)
    operator.cp.fault(operator.vm, ValueError("something is wrong"))
    assert operator.diagnose(0x34, 2, 4, {2: PAGE, 4: 0x00C}) == 0
    assert from_ebcdic(operator.get(PAGE, 16)) == "CP DUMP OPERATOR"
    assert from_ebcdic(operator.get(PAGE + 0x58, 30)) == "ValueError: something is wrong"
    assert operator.diagnose(0x34, 2, 4, {2: MORE, 4: 0x00C}) == 0
    assert operator.get(MORE, 16) == b"\xc3" * 16
    assert operator.diagnose(0x34, 2, 4, {2: PAGE, 4: 0x00C}) == 1
    assert read(operator, NEXT) == 3
    assert operator.gr[5] == IN_USE
    operator.cp.failed = False


def test_what_is_no_dump(logged_on: LogOn) -> None:
    operator = Guest(logged_on("OPERATOR"))
    operator.type("DEFINE READER AS 00C")
    operator.type("VMDUMP 0-FFF")
    assert operator.diagnose(0x34, 2, 4, {2: PAGE, 4: 0x00C}) == 2
    assert operator.refused(0x34, 2, 15, {2: PAGE}) == SPECIFICATION
    assert operator.refused(0x34, 2, 4, {2: PAGE + 2, 4: 0x00C}) == SPECIFICATION
    assert operator.diagnose(0x34, 2, 4, {2: PAGE, 4: 0x444}) == 3
    assert operator.gr[5] == NO_DEVICE
    assert operator.diagnose(0x38, 2, 4, {2: PAGE, 4: 0x00C}) == 2


def test_skip_and_tic_are_what_a_channel_understands() -> None:
    assert (NO_OPERATION, TIC, SKIP) == (0x03, 0x08, 0x10)


# --- a program ---

PROGRAM = """\
* Adds up the lengths of all records of the reader's file, and counts them; the records are found by their TICs.
COUNT    START X'3000'
         BALR  12,0
         USING *,12
         SR    10,10
         SR    11,11
         L     2,=A(X'20000')
NEXT     LA    4,X'00C'
         SR    5,5
         DIAG  2,4,X'14'
         BC    7,DONE
         L     6,12(,2)
         LA    7,16(,2)
RECORD   TM    4(7),X'10'
         BO    NODATA
         AH    10,6(,7)
NODATA   LA    11,1(,11)
         L     9,8(,7)
         LA    9,0(,9)
         LA    7,0(2,9)
         BCT   6,RECORD
         B     NEXT
DONE     LPSW  WAIT
WAIT     DC    X'0002000000000000'
         LTORG
         END
"""


def test_a_program_that_reads_a_file(guest: Guest) -> None:
    sent(guest, [Line(0x09, "X" * (number % 133)) for number in range(400)] + [Line(0x8B, "")], kind=PRINTER)
    made = assemble(PROGRAM)
    assert [message.text for message in made.messages] == []
    guest.put(0x3000, made.text)
    guest.vm.cpu.psw = Psw(address=0x3000)
    guest.vm.resume()
    guest.run(20)
    assert (guest.gr[11], guest.gr[10]) == (401, sum(number % 133 for number in range(400)))
    assert guest.vm.stopped
