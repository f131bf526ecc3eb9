"""Cases that another emulator and the definitions once disagreed about, in every engine; expected values by hand.

All with address translation; the segment table is at 30000, the page tables at 30400 (64K segments)::

    4K pages    page 0: frame 10000, the instruction    page 1: frame 11000    page 2: invalid
"""

from __future__ import annotations

from typing import Any

import pytest

from vm370.cp.engine.engines import ENGINES
from vm370.cp.engine.native import interpreter
from vm370.tools.vectors_command import describe, run_cases

HEADER: dict[str, Any] = {"bg_g": ["00000000"] * 16, "bg_f": {"0": "00"}, "bg_cr": "00000000"}
SEGMENT, PAGES = "F0030400", "010001100008"

CASES: dict[str, dict[str, Any]] = {
    # LCTL 1,2,0(3): the new register 1 leads to other tables, with page 1 at frame 12000; the second word of the
    # operand is fetched from frame 11000 all the same
    "LCTL fetches by the translation that it replaces": {
        "psw": "0408000000000100",
        "code": "B7123000",
        "g": {"3": "00001000"},
        "cr": {"0": "00800000", "1": "00030000"},
        "m": {
            "030000": SEGMENT,
            "030400": PAGES,
            "031000": "F0031400",
            "031400": "01000120",
            "010100": "B71230000AFF",
            "011000": "0003100011111111",
            "012000": "0003100022222222",
        },
        "r": {
            "t": "S",
            "psw": "0408000000000106",
            "code": 255,
            "ilc": 1,
            "cr": {"1": "00031000", "2": "11111111"},
        },
    },
    # 2K pages: a length of 0 is two entries; page 2 is past them though its entry is valid
    "a page table of length 0 has a sixteenth of the entries": {
        "psw": "0408000000000100",
        "code": "58103000",
        "g": {"3": "00001000"},
        "cr": {"0": "00400000", "1": "00030000"},
        "m": {"030000": "00030400", "030400": "010001080110", "010100": "581030000AFF"},
        "r": {"t": "P", "psw": "0408000000000100", "code": 17, "ilc": 2, "lc": {"90": "00001000"}},
    },
    "its last entry": {
        "psw": "0408000000000100",
        "code": "58103000",
        "g": {"3": "00000FFC"},
        "cr": {"0": "00400000", "1": "00030000"},
        "m": {"030000": "00030400", "030400": "010001180110", "010100": "581030000AFF", "011FFC": "12345678"},
        "r": {"t": "S", "psw": "0408000000000106", "code": 255, "ilc": 1, "g": {"1": "12345678"}},
    },
    # CLCL 2,4: eight equal bytes to the end of page 1, then an exception; the condition code is still 2
    "CLCL interrupted between units of operation": {
        "psw": "0408200000000100",
        "code": "0F24",
        "g": {"2": "00001FF8", "3": "00000010", "4": "00000200", "5": "00000010"},
        "cr": {"0": "00800000", "1": "00030000"},
        "m": {"030000": SEGMENT, "030400": PAGES, "010100": "0F240AFF"},
        "r": {
            "t": "P",
            "psw": "0408200000000100",
            "code": 17,
            "ilc": 1,
            "g": {"2": "00002000", "3": "00000008", "4": "00000208", "5": "00000008"},
            "lc": {"90": "00002000"},
        },
    },
}  # fmt: skip


@pytest.mark.parametrize("engine", list(ENGINES))
def test_found_cases(engine: str) -> None:
    if engine != "reference" and not interpreter.available():
        pytest.skip("no native code here")
    cases = [(n, {"i": n, "op": name, **case}) for n, (name, case) in enumerate(CASES.items())]
    report = run_cases(engine, HEADER, cases)
    assert [describe(failure) for failure in report.failures] == []
    assert report.passed == len(CASES)
