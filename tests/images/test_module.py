"""MODULE files: the header by hand, round trips, refusals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vm370.images.module import (
    NO_MAP,
    SYSTEM,
    Module,
    ModuleError,
    TableEntry,
    build_module,
    module_records,
    parse_module,
    parse_module_records,
)

SMALL = Module(0x20004, 0x20000, b"\x07\xfe" * 8, (TableEntry("MAIN", 0x20000), TableEntry("SUB", 0x20008, 1)), SYSTEM)


def test_records_by_hand() -> None:
    header, text, table = module_records(SMALL)
    assert header.hex() == (
        "000200040002000000020010000200100000000000000000" + "00" * 8 + "00" * 8 + "00020008" + "00" * 36
    )
    assert len(header) == 80
    assert text == b"\x07\xfe" * 8
    assert table.hex() == ("d4c1c9d540404040000000000002000000000000e2e4c24040404040000000000002000801000000")


def test_host_form_has_lengths() -> None:
    data = build_module(SMALL)
    assert data[:2] == b"\x00\x50"
    assert len(data) == 2 + 80 + 2 + 16 + 2 + 40
    assert parse_module(data) == SMALL


def test_without_map() -> None:
    module = SMALL.without_map()
    assert module.flags == SYSTEM | NO_MAP
    assert len(module_records(module)) == 2
    assert parse_module_records(module_records(module)) == module


def test_long_text_is_cut() -> None:
    module = Module(0x20000, 0x20000, bytes(131_072))
    assert [len(record) for record in module_records(module)] == [80, 65_535, 65_535, 2, 0]
    assert parse_module(build_module(module)) == module


@given(
    st.builds(
        Module,
        st.integers(0, 0xFFFFFF),
        st.integers(0, 0xF00000),
        st.binary(max_size=200),
        st.lists(
            st.builds(TableEntry, st.text("AB1", max_size=8), st.integers(0, 0xFFFFFF), st.integers(0, 10)), max_size=3
        ).map(tuple),
        st.sampled_from([0, SYSTEM]),
    )
)
def test_round_trip(module: Module) -> None:
    assert parse_module(build_module(module)) == module


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "record 1, offset 0: found no record, expected a header of 80 bytes"),
        (b"\x00\x03abc", "record 1, offset 0: found 3 bytes, expected a header of 80 bytes"),
        (b"\x00\x50abc", "record 1, offset 0: found 5 bytes left, expected a record of 80 bytes"),
        (build_module(SMALL)[:101], "record 3, offset 100: found 1 bytes left"),
        (b"\x00\x50" + bytes(4) + b"\0\0\0\2\0\0\0\1" + bytes(68), "record 1, offset 4: found addresses X'2' to X'1'"),
        (b"\x00\x50" + bytes(80), "found no record, expected a loader table of 0 entries"),
        (b"\x00\x50" + bytes(80) + b"\0\4abcd\0\0", "found 4 bytes of text, expected 0 as record 1 says"),
    ],
)
def test_refusals(data: bytes, message: str) -> None:
    with pytest.raises(ModuleError) as caught:
        parse_module(data, "x.module")
    assert message in str(caught.value)
