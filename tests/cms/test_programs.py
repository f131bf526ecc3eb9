"""LOADMOD, START, GENMOD, LOAD, INCLUDE."""

from __future__ import annotations

import pytest

from tests.cms.programkit import Cms, program
from vm370.images.module import Module, module_records, parse_module_records


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
