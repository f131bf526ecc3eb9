"""EBCDIC tables: the places the manuals print, round trips, strictness."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vm370.images.ebcdic import (
    CODE_PAGES,
    EbcdicError,
    EbcdicText,
    code_page,
    from_ebcdic,
    padded,
    printable,
    table,
    to_ebcdic,
)


@pytest.mark.parametrize(
    ("text", "hexadecimal"),
    [
        ("ABCDEFGHI", "c1c2c3c4c5c6c7c8c9"),
        ("JKLMNOPQR", "d1d2d3d4d5d6d7d8d9"),
        ("STUVWXYZ", "e2e3e4e5e6e7e8e9"),
        ("0123456789", "f0f1f2f3f4f5f6f7f8f9"),
        ("abcijz", "818283899 1a9".replace(" ", "")),
        (" .<(+|&!$*);", "404b4c4d4e4f505a5b5c5d5e"),
        ("-/,%_>?:#@'=\"", "60616b6c6d6e6f7a7b7c7d7e7f"),
    ],
)
@pytest.mark.parametrize("page", ["037", "1047"])
def test_characters_common_to_both_pages(page: str, text: str, hexadecimal: str) -> None:
    assert to_ebcdic(text, page).hex() == hexadecimal
    assert from_ebcdic(bytes.fromhex(hexadecimal), page) == text


def test_the_six_differences() -> None:
    places = bytes.fromhex("5fadb0babbbd")
    assert from_ebcdic(places, "037") == "¬Ý^[]¨"
    assert from_ebcdic(places, "1047") == "^[¬Ý¨]"
    others = bytes(sorted(set(range(256)) - set(places)))
    assert from_ebcdic(others, "037") == from_ebcdic(others, "1047")


@given(st.binary(), st.sampled_from(sorted(CODE_PAGES)))
def test_every_byte_string_survives(data: bytes, page: str) -> None:
    assert to_ebcdic(from_ebcdic(data, page), page) == data


def test_strict_refusal_names_the_place() -> None:
    with pytest.raises(EbcdicError, match=r"character 3 of .*found U\+20AC, expected a character of code page 037"):
        to_ebcdic("ab€")
    assert to_ebcdic("a€b", errors="replace").hex() == "813f82"
    assert to_ebcdic("a€b", "1140").hex() == "819f82"


def test_page_names() -> None:
    assert code_page("cp037") is code_page("IBM-37") is CODE_PAGES["037"]
    assert code_page("IBM1047") is CODE_PAGES["1047"]
    assert code_page("500").characters[0x4A] == "["
    with pytest.raises(EbcdicError, match="found '501', expected one of 037, 273, 277"):
        code_page("501")


@pytest.mark.parametrize("page", ["037", "273", "500", "1140"])
def test_pages_that_python_has_too(page: str) -> None:
    assert code_page(page).characters == bytes(range(256)).decode(f"cp{page}").replace("\u203e", "¯")


@pytest.mark.parametrize(
    ("page", "places", "characters"),
    [
        # the national use positions of the countries' keyboards and printer trains: 4A 5B 6A 7B C0 D0
        ("273", "4a5b6a7bc0d0", "Ä$ö#äü"),
        ("277", "4a5b6a7bc0d0", "#ÅøÆæå"),
        ("278", "4a5b6a7bc0d0", "§ÅöÄäå"),
        ("280", "4a5b6a7bc0d0", "°$ò£àè"),
        ("284", "4a5b6a7bc0d0", "[$ñÑ{}"),
        ("285", "4a5b6a7bc0d0", "$£¦#{}"),
        ("297", "4a5b6a7bc0d0", "°$ù£éè"),
        ("500", "4a5b6a7bc0d0", "[$¦#{}"),
        ("871", "4a5b6a7bc0d0", "þ$¦#Þæ"),
        ("1141", "9f", "€"),
        ("1143", "5a", "€"),
    ],
)
def test_national_places(page: str, places: str, characters: str) -> None:
    assert from_ebcdic(bytes.fromhex(places), page) == characters


def test_every_page_has_the_same_characters() -> None:
    latin = {chr(value) for value in range(256)}
    for name, page in CODE_PAGES.items():
        assert set(page.characters) == (latin - {"¤"} | {"€"} if name.startswith("114") else latin)
        assert from_ebcdic(bytes.fromhex("1525f0f1c1c989a94b6b61"), name) == "\x85\n01AIiz.,/"


def test_fields() -> None:
    field = EbcdicText(8)
    assert field.build("PROFILE") == bytes.fromhex("d7d9d6c6c9d3c540")
    assert field.parse(field.build("PROFILE")) == "PROFILE"
    with pytest.raises(EbcdicError, match="expected at most 8"):
        padded("TOOLONGNAME", 8)


def test_dump_and_table() -> None:
    assert printable(bytes.fromhex("c1000ac240")) == "A..B "
    lines = table("1047").splitlines()
    assert len(lines) == 17
    assert lines[1 + 0xC].split() == ["C-", "{", *"ABCDEFGHI", "..", "ô", "ö", "ò", "ó", "õ"]
