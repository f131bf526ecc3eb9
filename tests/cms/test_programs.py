"""LOADMOD, START, GENMOD, LOAD, INCLUDE."""

from __future__ import annotations

import pytest

from tests.cms.programkit import Cms, deck, program
from vm370.images.ebcdic import to_ebcdic
from vm370.images.module import Module, module_records, parse_module_records
from vm370.tools.linker import link


@pytest.fixture
def cms() -> Cms:
    made = Cms()
    made.ipl()
    return made


BAD_RECORDS = "DMSMOD104S ERROR '32' READING FILE 'BAD MODULE A1' FROM DISK"

ECHO = """
* Types its second token and returns the number of tokens.
ECHO     CSECT
         USING ECHO,12
         LR    3,14
         ST    3,0(,13)                the save area is ours
         LR    4,1
         SR    5,5
LOOP     CLI   0(4),X'FF'
         BE    DONE
         LA    4,8(,4)
         LA    5,1(,5)
         B     LOOP
DONE     LA    2,8(,1)
         ST    2,PLIST+8
         LA    1,PLIST
         SVC   202
         DC    AL4(1)
         LR    15,5
         L     14,0(,13)
         BR    14
PLIST    DC    CL8'TYPLIN',A(0),C'B',AL3(8)
         END   ECHO
"""


def test_a_module_of_the_user_area_runs_with_its_tokens(cms: Cms) -> None:
    cms.put("ECHO", "MODULE", module_records(program(ECHO, 0x20000)))
    assert cms.type("echo first second") == ["FIRST"]
    assert cms.rc == 3


def test_a_module_of_the_transient_area_runs_and_leaves_the_user_area(cms: Cms) -> None:
    cms.put("ECHO", "MODULE", module_records(program(ECHO, 0xE000)))
    before = cms.storage.read(0x20000, 0x1000)
    assert cms.type("ECHO HERE") == ["HERE"]
    assert cms.storage.read(0x20000, 0x1000) == before


def test_loadmod_sets_the_loader_words_and_start_starts_what_it_loaded(cms: Cms) -> None:
    module = program(ECHO, 0x20100)
    cms.put("ECHO", "MODULE", module_records(module))
    assert cms.type("LOADMOD ECHO") == []
    assert (cms.word(0x568), cms.word(0x56C), cms.word(0x570)) == (0x20100, 0x20100, module.end)
    assert cms.storage.read(0x20100, len(module.image)) == module.image
    assert cms.type("START * ONE TWO") == ["DMSLIO740I EXECUTION BEGINS...", "ONE"]
    assert cms.rc == 3


def test_a_transient_module_does_not_become_what_start_starts(cms: Cms) -> None:
    cms.put("BIG", "MODULE", module_records(program(ECHO, 0x20000)))
    cms.put("SMALL", "MODULE", module_records(program(ECHO, 0xE000)))
    cms.type("LOADMOD BIG", "SMALL X")
    assert cms.type("START * AGAIN")[1:] == ["AGAIN"]
    assert cms.word(0x568) == 0x20000


def test_long_modules_are_read_in_pieces(cms: Cms) -> None:
    image = bytes(range(256)) * 600
    cuts = (65535, 1, 60000, len(image) - 125536)
    cms.put("LONG", "MODULE", module_records(Module(0x20000, 0x20000, image, cuts=cuts)))
    assert cms.type("LOADMOD LONG") == []
    assert cms.storage.read(0x20000, len(image)) == image


def header(module: Module) -> list[bytes]:
    return module_records(module.without_map())[:1]


@pytest.mark.parametrize(
    ("records", "message", "code"),
    [
        (None, "DMSMOD002E FILE 'BAD MODULE *' NOT FOUND", 28),
        ([b"short"], BAD_RECORDS, 100),
        ([bytes(81)], BAD_RECORDS, 100),
        (header(Module(0x20000, 0x20000, bytes(8))), BAD_RECORDS, 100),
        (
            [*header(Module(0x20000, 0x20000, bytes(8))), bytes(9)],
            BAD_RECORDS,
            100,
        ),
        (module_records(Module(0x10000, 0x10000, bytes(8))), BAD_RECORDS, 100),
        (module_records(Module(0xF000, 0xF000, bytes(0x1008))), BAD_RECORDS, 100),
        (module_records(Module(0, 0, bytes(8))), BAD_RECORDS, 100),
        (module_records(Module(0x30000, 0x20000, bytes(8))), BAD_RECORDS, 100),
        (header(Module(0x20000, 0x20000, bytes(0x60000))), "DMSMOD109S VIRTUAL STORAGE CAPACITY EXCEEDED", 104),
    ],
)  # fmt: skip
def test_what_is_no_module_is_refused(cms: Cms, records: list[bytes] | None, message: str, code: int) -> None:
    if records is not None:
        cms.put("BAD", "MODULE", records)
    vectors = cms.storage.read(0x600, 0x100) + cms.storage.read(0x10000, 0x240)
    assert cms.type("LOADMOD BAD") == [message]
    assert cms.rc == code
    assert cms.storage.read(0x600, 0x100) + cms.storage.read(0x10000, 0x240) == vectors


def test_operands_of_loadmod(cms: Cms) -> None:
    assert cms.type("LOADMOD") == ["DMSMOD001E NO FILENAME SPECIFIED"]
    assert cms.rc == 24
    assert cms.type("LOADMOD A MODULE A X") == ["DMSMOD070E INVALID PARAMETER 'X'"]
    assert cms.type("START") == ["DMSLIO055E NO ENTRY POINT DEFINED"]
    assert cms.rc == 40
    assert cms.type("GENMOD X") == ["DMSMOD040E NO FILES LOADED"]


def test_genmod_writes_what_loadmod_read(cms: Cms) -> None:
    module = program(ECHO, 0x20000)
    cms.put("ECHO", "MODULE", module_records(module))
    assert cms.type("LOADMOD ECHO", "GENMOD COPY", "COPY HELLO") == ["HELLO"]
    made = parse_module_records(cms.files[("COPY", "MODULE", "A")][1])
    assert (made.entry, made.first, made.image) == (module.entry, module.first, module.image)
    assert [(entry.name, entry.value) for entry in made.table] == [("ECHO", 0x20000)]
    assert ("COPY", "CMSUT1", "A") not in cms.files


def test_options_of_genmod(cms: Cms) -> None:
    cms.put("ECHO", "MODULE", module_records(program(ECHO, 0x20000)))
    assert cms.type("LOADMOD ECHO", "GENMOD (NOMAP SYSTEM") == []
    made = parse_module_records(cms.files[("ECHO", "MODULE", "A")][1])
    assert (made.table, made.flags) == ((), 0x88)
    assert cms.type("LOADMOD ECHO", "GENMOD X (FROM NOWHERE") == ["DMSMOD021E ENTRY POINT 'NOWHERE' NOT FOUND"]
    assert cms.type("GENMOD X (FROM") == ["DMSMOD005E NO 'FROM' SPECIFIED"]
    assert cms.type("GENMOD X (BEST") == ["DMSMOD003E INVALID OPTION 'BEST'"]
    assert cms.type("GENMOD X LOAD") == ["DMSMOD032E INVALID FILETYPE 'LOAD'"]
    assert cms.type("GENMOD X MODULE S") == ["DMSMOD037E DISK 'S' IS READ/ONLY"]
    assert cms.type("GENMOD X MODULE Z") == ["DMSMOD069E DISK 'Z' NOT ACCESSED"]
    assert cms.rc == 36


def test_a_program_with_the_users_key_cannot_reach_the_nucleus(cms: Cms) -> None:
    source = "P CSECT\n MVI X'700'(0),1\n BR 14\n END\n"
    cms.put("WILD", "MODULE", module_records(program(source, 0x20000)))
    (message,) = cms.type("WILD")
    assert message.startswith("DMSITP141T PROTECTION EXCEPTION OCCURRED AT 020004 IN ROUTINE WILD")
    assert cms.rc == 256
    cms.put("TAME", "MODULE", module_records(program(source, 0x20000, system=True)))
    assert cms.type("TAME") == []


MAIN = """
MAIN     CSECT
         STM   14,12,12(13)
         LR    12,15
         USING MAIN,12
         LA    2,SAVE
         ST    13,4(,2)
         LR    13,2
         L     15,=V(SUB)
         BALR  14,15
         L     1,COUNT
         LH    2,0(,1)
         AR    15,2
         L     13,4(,13)
         L     14,12(,13)
         LM    0,12,20(13)
         BR    14
COUNT    DC    A(NUMBER+2)
         EXTRN NUMBER
SAVE     DS    18F
         END   MAIN
"""
SUB = """
SUB      CSECT
         ENTRY NUMBER
         LH    15,NUMBER-SUB(,15)
         BR    14
NUMBER   DC    H'40,2'
         END
"""


def cards(source: str) -> list[bytes]:
    made = deck(source)
    return [made[place : place + 80] for place in range(0, len(made), 80)]


def test_load_brings_in_what_a_program_refers_to(cms: Cms) -> None:
    cms.put("MAIN", "TEXT", cards(MAIN), recfm="F")
    cms.put("SUB", "TEXT", cards(SUB), recfm="F")
    assert cms.type("LOAD MAIN") == []
    assert cms.rc == 0
    assert cms.text("LOAD", "MAP") == ["MAIN     SD 020000", "SUB      SD 020088", "NUMBER   LD 02008E"]
    assert cms.type("START")[1:] == []
    assert cms.rc == 42
    assert cms.type("LOAD MAIN (START NOMAP") == ["DMSLIO740I EXECUTION BEGINS..."]
    assert cms.rc == 42


def test_a_program_of_load_becomes_a_module(cms: Cms) -> None:
    cms.put("MAIN", "TEXT", cards(MAIN), recfm="F")
    cms.put("SUB", "TEXT", cards(SUB), recfm="F")
    assert cms.type("LOAD MAIN", "GENMOD ANSWER", "ANSWER") == []
    assert cms.rc == 42
    made = parse_module_records(cms.files[("ANSWER", "MODULE", "A")][1])
    assert made.image == link([deck(MAIN), deck(SUB)], 0x20000).image
    assert {entry.name: entry.value for entry in made.table} == {"MAIN": 0x20000, "SUB": 0x20088, "NUMBER": 0x2008E}


def test_undefined_names_are_listed_and_include_resolves_them(cms: Cms) -> None:
    cms.put("MAIN", "TEXT", cards(MAIN), recfm="F")
    cms.put("OTHER", "TEXT", cards(SUB), recfm="F")
    assert cms.type("LOAD MAIN") == ["DMSLIO201W THE FOLLOWING NAMES ARE UNDEFINED:", "SUB      NUMBER"]
    assert cms.rc == 4
    assert cms.type("INCLUDE OTHER (SAME START") == ["DMSLIO740I EXECUTION BEGINS..."]
    assert cms.rc == 42
    assert cms.type("LOAD MAIN OTHER (NOAUTO RESET SUB", "START") == ["DMSLIO740I EXECUTION BEGINS..."]
    assert cms.rc == 40


def test_the_same_section_twice_is_taken_once(cms: Cms) -> None:
    cms.put("MAIN", "TEXT", cards(MAIN), recfm="F")
    cms.put("SUB", "TEXT", cards(SUB), recfm="F")
    other = SUB.replace("40,2", "50,3")
    cms.put("SUB2", "TEXT", cards(other), recfm="F")
    duplicate = ["DMSLIO202W DUPLICATE IDENTIFIER 'SUB'"]
    assert cms.type("LOAD MAIN SUB SUB2") == duplicate
    assert cms.rc == 4
    cms.type("START")
    assert cms.rc == 42
    assert cms.type("LOAD MAIN SUB SUB2 (NODUP") == []


def test_options_of_load(cms: Cms) -> None:
    cms.put("SUB", "TEXT", cards(SUB), recfm="V")
    assert cms.type("LOAD SUB (ORIGIN 21004 TYPE NOMAP") == ["SUB      SD 021008", "NUMBER   LD 02100E"]
    assert cms.word(0x568) == 0x21008
    assert cms.type("LOAD SUB (ORIGIN TRANS") == []
    assert cms.type("GENMOD", "SUB") == []
    assert cms.rc == 40
    assert parse_module_records(cms.files[("SUB", "MODULE", "A")][1]).first == 0xE000
    assert cms.type("LOAD SUB (ORIGIN 600") == ["DMSLIO029E INVALID PARAMETER '600' IN THE OPTION 'ORIGIN' FIELD"]
    assert cms.type("LOAD SUB (ORIGIN") == ["DMSLIO005E NO 'ORIGIN' SPECIFIED"]
    assert cms.type("LOAD SUB (FAST") == ["DMSLIO003E INVALID OPTION 'FAST'"]
    assert cms.type("LOAD SUB (SAME") == ["DMSLIO003E INVALID OPTION 'SAME'"]
    assert cms.type("LOAD SUB (RESET XXX") == ["DMSLIO021E ENTRY POINT 'XXX' NOT FOUND"]
    assert cms.rc == 40
    assert cms.type("LOAD") == ["DMSLIO001E NO FILENAME SPECIFIED"]
    assert cms.type("LOAD SUB NONE") == ["DMSLIO002E FILE 'NONE TEXT' NOT FOUND"]
    assert cms.rc == 28
    assert cms.type("LOAD SUB (ORIGIN 7F000") == ["DMSLIO109S VIRTUAL STORAGE CAPACITY EXCEEDED"]
    assert cms.type("START") == ["DMSLIO055E NO ENTRY POINT DEFINED"]


def test_control_cards(cms: Cms) -> None:
    rep = to_ebcdic("\x02REP  000006  01002A,0007".ljust(80))
    sub = cards(SUB)
    rep = to_ebcdic("\x02REP  000006  010050,0007".ljust(80))
    cms.put("SUB", "TEXT", [*sub[:-1], rep, sub[-1], to_ebcdic("* REMARK".ljust(80))], recfm="F")
    assert cms.type("LOAD SUB (START") == ["DMSLIO740I EXECUTION BEGINS..."]
    assert cms.rc == 0x50
    assert cms.type("LOAD SUB (NOREP START") == ["DMSLIO740I EXECUTION BEGINS..."]
    assert cms.rc == 40
    cms.put("TWO", "TEXT", [*cards(MAIN), *sub, to_ebcdic(" ENTRY SUB".ljust(80))], recfm="F")
    assert cms.type("LOAD TWO (START") == ["DMSLIO740I EXECUTION BEGINS..."]
    assert cms.rc == 40
    cms.put("SLC", "TEXT", [to_ebcdic("\x02SLC  030000".ljust(80)), *sub], recfm="F")
    assert cms.type("LOAD SLC (TYPE") == ["SUB      SD 030000", "NUMBER   LD 030006"]
    cms.put("BAD", "TEXT", [to_ebcdic("NONSENSE".ljust(80)), *sub], recfm="F")
    assert cms.type("LOAD BAD") == ["DMSLIO300I INVALID CARD - NONSENSE"]
    assert cms.rc == 4


def test_common_sections_share_storage(cms: Cms) -> None:
    first = "A CSECT\n L 1,=A(C)\n MVI 0(1),7\n L 15,=V(B)\n BR 15\n LTORG\nC COM\n DS 8X\n END"
    second = "B CSECT\n USING B,15\n L 1,=A(C+0)\n SR 0,0\n IC 0,0(1)\n LR 15,0\n BR 14\n LTORG\nC COM\n DS 400X\n END"
    cms.put("A", "TEXT", cards(first.replace(" L 1", " USING A,15\n L 1", 1)), recfm="F")
    cms.put("B", "TEXT", cards(second), recfm="F")
    assert cms.type("LOAD A (START") == ["DMSLIO740I EXECUTION BEGINS..."]
    assert cms.rc == 7
    assert (cms.word(0x570) - 400) % 8 == 0


def test_hostile_decks_end_in_a_message(cms: Cms) -> None:
    sub = cards(SUB)
    txt = next(index for index, card in enumerate(sub) if card[1:4] == to_ebcdic("TXT"))
    wild = sub[txt][:5] + bytes.fromhex("FF0000") + sub[txt][8:]
    stray = sub[txt][:14] + bytes.fromhex("00F0") + sub[txt][16:]
    rld = bytes([2]) + to_ebcdic("RLD      ") + bytes.fromhex("00084040 4040 0001 0001 0C FFFFF0".replace(" ", ""))
    negative = rld[:18] + bytes.fromhex("FFF0") + rld[20:]
    for bad, message, code in (
        (wild, "DMSLIO109S VIRTUAL STORAGE CAPACITY EXCEEDED", 104),
        (stray, "DMSLIO056E FILE 'BAD TEXT A1' CONTAINS INVALID ESD RECORD FORMATS", 32),
        (rld.ljust(80, b"\x40"), "DMSLIO109S VIRTUAL STORAGE CAPACITY EXCEEDED", 104),
        (negative.ljust(80, b"\x40"), "DMSLIO056E FILE 'BAD TEXT A1' CONTAINS INVALID ESD RECORD FORMATS", 32),
    ):
        cms.put("BAD", "TEXT", [*sub[:-1], bad, sub[-1]], recfm="F")
        assert cms.type("LOAD BAD") == [message]
        assert cms.rc == code
    cms.put("BAD", "TEXT", [bytes([value]) * 80 for value in range(256)], recfm="F")
    assert len(cms.type("LOAD BAD (NOINV")) == 0
    assert cms.rc == 4


def test_the_loader_table_has_an_end(cms: Cms) -> None:
    names = "".join(f" EXTRN N{number}\n" for number in range(420))
    cms.put("MANY", "TEXT", cards(f"MANY CSECT\n{names} BR 14\n END"), recfm="F")
    assert cms.type("LOAD MANY (NOAUTO") == ["DMSLIO169S ESDID TABLE OVERFLOW"]
    parts = []
    for part in range(3):
        names = "".join(f" EXTRN N{number}\n" for number in range(part * 140, part * 140 + 140))
        parts += cards(f"MANY{part} CSECT\n{names} BR 14\n END")
    cms.put("MANY", "TEXT", parts, recfm="F")
    assert cms.type("LOAD MANY (NOAUTO") == ["DMSLIO116S LOADER TABLE OVERFLOW"]
    assert cms.rc == 104
