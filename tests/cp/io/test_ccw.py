"""Channel words and the table of device types."""

from __future__ import annotations

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vm370.cp.io import carriage, ccw
from vm370.cp.io.ccw import Ccw, Csw
from vm370.cp.io.devicetypes import DEVICE_TYPES


@pytest.mark.parametrize("module", [ccw, carriage])
def test_examples(module: object) -> None:
    results = doctest.testmod(module)  # type: ignore[arg-type]
    assert results.attempted
    assert not results.failed


@given(st.binary(min_size=8, max_size=8))
def test_words_come_back(raw: bytes) -> None:
    """Byte 5 of a CCW is ignored, bits 4-7 of a CSW (logout, deferred condition code) are never set here."""
    assert Ccw.from_bytes(raw).to_bytes() == raw[:5] + b"\0" + raw[6:]
    assert Csw.from_bytes(raw).to_bytes() == bytes((raw[0] & 0xF0,)) + raw[1:]


@pytest.mark.parametrize(
    ("name", "codes", "kind"),
    [
        ("3215", "8000", "CONS"),
        ("3277", "4004", "GRAF"),
        ("2540R", "2082", "RDR"),
        ("3505", "2084", "RDR"),
        ("2540P", "1082", "PUN"),
        ("1403", "1041", "PRT"),
        ("3211", "1042", "PRT"),
        ("3420", "0810", "TAPE"),
        ("2314", "0440", "DASD"),
        ("3330", "0410", "DASD"),
        ("3350", "0408", "DASD"),
        ("3380", "0420", "DASD"),
        ("3310", "0101", "DASD"),
        ("3370", "0102", "DASD"),
        ("CTCA", "0280", "CTCA"),
    ],
)
def test_codes_of_diagnose_24(name: str, codes: str, kind: str) -> None:
    found = DEVICE_TYPES[name]
    assert (f"{found.device_class:02X}{found.type_code:02X}", found.kind, found.name) == (codes, kind, name)
