"""SYNONYM: the user's names for commands, and abbreviations of them."""

from __future__ import annotations

from collections.abc import Callable

from tests.cms.bootkit import Guest
from tests.cms.commandkit import check, fixed, varying

FILES = [
    fixed("MINE", "SYNONYM", ["* comment", "LISTFILE DIR", "", "STATE LOOKUP 4", "QUERY E"]),
    fixed("BAD", "SYNONYM", ["STATE LOOKUP 7"]),
    fixed("SHORT", "SYNONYM", ["STATE"]),
    varying("VARY", "SYNONYM", ["STATE LOOKUP", "QUERY"]),
]
TABLE = [
    "SYSTEM    USER      SHORTEST",
    "COMMAND   SYNONYM   FORM",
    "LISTFILE  DIR       DIR",
    "STATE     LOOKUP    LOOK",
    "QUERY     E         E",
]
FOUND = ["BAD      SYNONYM  A1"]
UNKNOWN = ["UNKNOWN CP/CMS COMMAND"]
MISSING = ["FILE 'NO FILE A' NOT FOUND"]


def test_synonyms(new_guest: Callable[..., Guest]) -> None:
    guest = new_guest(files=FILES)
    guest.ipl()
    check(
        guest,
        [
            ("SYNONYM", ["NO SYNONYMS (NO USER SYNONYM TABLE)"], 0),
            ("DIR BAD SYNONYM", UNKNOWN, -3),
            ("SYNONYM MINE", [], 0),
            ("SYN", TABLE, 0),
            ("QUERY SYNONYM USER", TABLE, 0),
            ("DIR BAD SYNONYM", FOUND, 0),
            ("LOOKUP NO FILE A", MISSING, 28),
            ("LOOK NO FILE A", MISSING, 28),
            ("L BAD SYNONYM", FOUND, 0),
            ("SET ABBREV OFF", [], 0),
            ("DIR BAD SYNONYM", FOUND, 0),
            ("LOOKU NO FILE A", UNKNOWN, -3),
            ("SET ABBREV ON", [], 0),
            ("SYNONYM BAD", ["FILE 'BAD SYNONYM *' CONTAINS INVALID RECORD FORMATS"], 32),
            ("SYNONYM SHORT SYNONYM A", ["FILE 'SHORT SYNONYM A' CONTAINS INVALID RECORD FORMATS"], 32),
            ("SYNONYM VARY", ["FILE 'VARY SYNONYM *' IS NOT FIXED, 80 CHAR. RECORDS"], 32),
            ("SYNONYM NONE", ["FILE 'NONE SYNONYM *' NOT FOUND"], 28),
            ("SYNONYM MINE EXEC", ["INVALID FILETYPE 'EXEC'"], 24),
            ("SYNONYM (STD NOSTD", ["'STD' AND 'NOSTD' ARE CONFLICTING OPTIONS"], 24),
            ("SYNONYM (FOO", ["INVALID OPTION 'FOO'"], 24),
            ("DIR BAD SYNONYM", FOUND, 0),
            ("SYNONYM (NOSTD", [], 0),
            ("LISTF BAD SYNONYM", UNKNOWN, -3),
            ("DIR BAD SYNONYM", FOUND, 0),
            ("SYNONYM (STD CLEAR", [], 0),
            ("LISTF BAD SYNONYM", FOUND, 0),
            ("DIR BAD SYNONYM", UNKNOWN, -3),
        ],
    )
