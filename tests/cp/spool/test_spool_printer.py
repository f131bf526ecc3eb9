"""Printer files as text, worked out by hand from the command codes."""

from __future__ import annotations

import pytest

from vm370.cp.spool import Record
from vm370.cp.spool.printer import printer_text
from vm370.images.ebcdic import to_ebcdic


def text(*records: tuple[int, str]) -> str:
    return "".join(printer_text(Record(command, to_ebcdic(data)) for command, data in records))


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ([], ""),
        ([(0x09, "A"), (0x09, "B")], "A\nB\n"),
        ([(0x11, "A"), (0x19, "B")], "A\n\nB\n\n\n"),
        ([(0x09, "A  "), (0x09, ""), (0x09, "B")], "A\n\nB\n"),
        ([(0x09, "A"), (0x0B, ""), (0x09, "B")], "A\n\nB\n"),
        ([(0x13, ""), (0x09, "A"), (0x1B, "")], "\n\nA\n\n\n\n"),
        # overprint: printed without spacing, then again
        ([(0x01, "HEAD"), (0x09, "____")], "HEAD\r____\n"),
        ([(0x01, "HEAD"), (0x01, "    "), (0x09, "  __")], "HEAD\r  __\n"),
        ([(0x01, "LAST")], "LAST\n"),
        ([(0x01, ""), (0x09, "A")], "A\n"),
        # channel 1: new sheets, none before the first
        ([(0x8B, ""), (0x09, "P1"), (0x8B, ""), (0x09, "P2")], "P1\n\fP2\n"),
        ([(0x89, "P1"), (0x89, "P2")], "P1\n\fP2\n\f"),
        ([(0x01, "P1"), (0x8B, ""), (0x09, "P2")], "P1\n\fP2\n"),
        ([(0x09, "P1"), (0x8B, ""), (0x8B, ""), (0x09, "P2")], "P1\n\fP2\n"),
        # other channels: one line
        ([(0x91, "A"), (0xE1, "B"), (0xE3, ""), (0x09, "C")], "A\nB\n\nC\n"),
        # a console: 01 leaves the line open
        ([(0x01, "NAME: "), (0x09, "ALICE")], "NAME:\rALICE\n"),
        # no carriage command: forms control buffer, character set
        ([(0x63, "x"), (0xFB, "x"), (0x09, "A")], "A\n"),
    ],
)
def test_carriage_control(records: list[tuple[int, str]], expected: str) -> None:
    assert text(*records) == expected


def test_bytes_that_are_no_characters_become_blanks() -> None:
    assert "".join(printer_text([Record(0x09, bytes.fromhex("c1000c15ffc2"))])) == "A    B\n"


def test_the_code_page_is_a_choice() -> None:
    assert "".join(printer_text([Record(0x09, b"\xad\xbd")], page="1047")) == "[]\n"
