"""Printer files: lines with carriage control to sheets, text and PDF.

Machine control (record format FM, VM; spool files): the first byte is the command code of the 1403 and 3211

    bits 0-4 of the command      when
    ---------------------------  ------------------------------------------------
    01 09 11 19   0 1 2 3 lines  after the line is printed (01: none, overprint)
    0B 13 1B        1 2 3 lines  at once, nothing is printed
    89 91 ... E1  channel 1-12   skip after the line is printed
    8B 93 ... E3  channel 1-12   skip at once

ASA control (FA, VA; listings of compilers): the first character moves the paper before the line is printed

    blank 1 line    0 2 lines    - 3 lines    + none, overprint    1-9 A B C  skip to channel 1-12

No control: every record is a line.  A skip to channel 1 begins a sheet; the other channels have no place on a sheet
without a carriage tape and count as one line.  The first sheet is loaded at channel 1.

A `Line` is what is printed over one another in one place; lines and ends of sheets come out, whatever the control was.
As text, a line printed over another follows a carriage return and a sheet a form feed, as a printer on the host
understands them.  As PDF, a page has up to 66 lines, and
overprinting is what it was on paper.

Who uses it: `vm370 print`, printer files of the spool.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from vm370.images.ebcdic import DEFAULT_PAGE, code_page
from vm370.images.errors import ImageError

FORM_FEED = "\f"
MACHINE, ASA, NONE = "machine", "asa", "none"
CONTROLS = (MACHINE, ASA, NONE)
WRITE, IMMEDIATE = 0x01, 0x03
PRINT_AND_SPACE = 0x09
WRITE_CODES = frozenset(
    [*(0x01 | spaces << 3 for spaces in range(4)), *(0x81 | channel << 3 for channel in range(1, 13))]
)
IMMEDIATE_CODES = frozenset(
    [*(0x03 | spaces << 3 for spaces in range(1, 4)), *(0x83 | channel << 3 for channel in range(1, 13))]
)
ASA_LINES = {" ": 1, "0": 2, "-": 3, "+": 0}
ASA_CHANNELS = {character: channel for channel, character in enumerate("123456789ABC", 1)}
LINES_A_SHEET = 66
_NOT_PRINTED = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0)), " ")


class PrintError(ImageError):
    """Records that are no printer file, or a form that cannot be made."""


@dataclass(slots=True)
class Line:
    """One place on a sheet: what is printed there, one text for each pass."""

    strokes: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The passes with carriage returns between."""
        return "\r".join(filter(None, self.strokes))


Printed = Line | None
"""A place on the paper, or None: the sheet ends."""


class Paper:
    """Paper that is printed on: ``stroke`` prints, ``space`` and ``skip`` move it, ``out`` is what left the printer."""

    def __init__(self) -> None:
        self._line = Line()
        self._begun = False
        self.out: list[Printed] = []

    def stroke(self, text: str) -> None:
        """Print on the current line."""
        self._line.strokes.append(text.translate(_NOT_PRINTED).rstrip(" "))

    def space(self, lines: int) -> None:
        """Move the paper."""
        for _ in range(lines):
            self.out.append(self._line)
            self._line, self._begun = Line(), True

    def skip(self, channel: int) -> None:
        """Skip to a channel: 1 ends the sheet, if anything was done on it."""
        if channel != 1:
            self.space(1)
            return
        self.finish()
        if self._begun:
            self.end_sheet()

    @property
    def begun(self) -> bool:
        """Something was done on the sheet."""
        return self._begun or bool(self._line.strokes)

    def end_sheet(self) -> None:
        """The sheet ends; a new one begins."""
        self.out.append(None)
        self._begun = False

    def finish(self) -> None:
        """Move the paper from a line that was printed."""
        if self._line.strokes:
            self.space(1)

    def taken(self) -> Iterator[Printed]:
        """What left the printer since the last time."""
        yield from self.out
        self.out.clear()


def print_machine(records: Iterable[tuple[int, bytes]], page: str = DEFAULT_PAGE) -> Iterator[Printed]:
    """What (command, data) pairs print; commands that are no printer commands do nothing."""
    decode = code_page(page).decode
    paper = Paper()
    for command, data in records:
        kind = command & 0x07
        if kind == WRITE:
            paper.stroke(decode(data))
        elif kind != IMMEDIATE:
            continue
        channel = command >> 3 & 0x0F
        if not command & 0x80:
            paper.space(command >> 3 & 0x03)
        elif 1 <= channel <= 12:
            paper.skip(channel)
        yield from paper.taken()
    paper.finish()
    yield from paper.taken()


def print_asa(records: Iterable[bytes], page: str = DEFAULT_PAGE, where: str = "printer file") -> Iterator[Printed]:
    """What records with ASA control print; PrintError where the first character is none."""
    decode = code_page(page).decode
    paper = Paper()
    for number, record in enumerate(records, 1):
        control, text = decode(record[:1]) or " ", decode(record[1:])
        if control in ASA_LINES:
            # the paper stands where the first line comes
            paper.space(ASA_LINES[control] - (1 if number == 1 and control != "+" else 0))
        elif control in ASA_CHANNELS:
            paper.skip(ASA_CHANNELS[control])
        else:
            expected = "ASA control: blank 0 - + 1 to 9 A B C"
            raise PrintError(f"{where}: record {number}: found {control!r} in column 1, expected {expected}")
        paper.stroke(text)
        yield from paper.taken()
    paper.finish()
    yield from paper.taken()


def machine_records(records: Iterable[bytes], where: str = "printer file") -> Iterator[tuple[int, bytes]]:
    """(command, data) of records whose first byte is a command code; PrintError where it is none."""
    for number, record in enumerate(records, 1):
        if not record or record[0] not in WRITE_CODES | IMMEDIATE_CODES:
            found = f"X'{record[:1].hex().upper()}'"
            expected = "a write or immediate command of a printer (01 09 11 19 89 ... 0B 13 1B 8B ...)"
            raise PrintError(f"{where}: record {number}: found {found} in column 1, expected {expected}")
        yield record[0], record[1:]


def printed(
    records: Iterable[bytes], control: str, page: str = DEFAULT_PAGE, where: str = "printer file"
) -> Iterator[Printed]:
    """What records with their control in column 1 print."""
    if control == MACHINE:
        return print_machine(machine_records(records, where), page)
    if control == ASA:
        return print_asa(records, page, where)
    return print_machine(((PRINT_AND_SPACE, record) for record in records), page)


def find_control(records: Iterable[bytes], page: str = DEFAULT_PAGE) -> str:
    """The control that every record has in column 1; machine codes are no ASA characters and the other way round."""
    firsts = {record[:1] for record in records}
    if firsts and firsts <= {bytes([code]) for code in WRITE_CODES | IMMEDIATE_CODES}:
        return MACHINE
    known = {code_page(page).encode(character) for character in (*ASA_LINES, *ASA_CHANNELS)}
    moving = firsts - {code_page(page).encode(" "), b""}
    return ASA if firsts and firsts - {b""} <= known and moving else NONE


def to_text(paper: Iterable[Printed]) -> Iterator[str]:
    """The text, line by line."""
    for line in paper:
        yield FORM_FEED if line is None else line.text + "\n"


# --- PDF ---

POINTS_MM = 25.4 / 72
MARGIN = 10.0
BAR = (226, 240, 226)
BAR_LINES = 3


def to_pdf(paper: Iterable[Printed], title: str = "", bars: bool = False, columns: int = 132) -> bytes:
    """The sheets as a PDF in landscape A4, Courier; ``bars``: on paper with green bars of three lines.

    A sheet of more than LINES_A_SHEET lines goes on on the next page.  Needs fpdf2 (the extra `pdf` of vm370).
    """
    try:
        from fpdf import FPDF
    except ImportError as error:
        raise PrintError("PDF: the library fpdf2 is missing; install it with: pip install 'vm370[pdf]'") from error
    pdf: Any = FPDF(orientation="L", unit="mm", format="A4")
    pdf.set_auto_page_break(False)
    pdf.set_margins(MARGIN, MARGIN, MARGIN)
    pdf.set_title(title)
    pdf.set_creator("vm370")
    # Courier is 0.6 of its size wide
    size = min((pdf.w - 2 * MARGIN) / (columns * 0.6), (pdf.h - 2 * MARGIN) / LINES_A_SHEET) / POINTS_MM
    pitch = (pdf.h - 2 * MARGIN) / LINES_A_SHEET
    for page in _pages(paper):
        pdf.add_page()
        pdf.set_font("courier", size=size)
        if bars:
            pdf.set_fill_color(*BAR)
            for first in range(0, LINES_A_SHEET, 2 * BAR_LINES):
                pdf.rect(MARGIN / 2, MARGIN + first * pitch, pdf.w - MARGIN, BAR_LINES * pitch, style="F")
        for number, line in enumerate(page):
            for stroke in filter(None, line.strokes):
                # the fonts of every PDF reader have the characters of ISO 8859-1
                pdf.text(MARGIN, MARGIN + (number + 0.8) * pitch, stroke.encode("latin-1", "replace").decode("latin-1"))
    return bytes(pdf.output())


def _pages(paper: Iterable[Printed]) -> Iterator[list[Line]]:
    page: list[Line] = []
    for line in paper:
        if line is not None:
            page.append(line)
        if page and (line is None or len(page) == LINES_A_SHEET):
            yield page
            page = []
    if page:
        yield page
