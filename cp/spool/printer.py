"""Printer files as text: what the paper would look like.

Command codes of the 1403 and 3211 (the console's 01 and 09 are the same):

    bits 0-4 of the command      when
    ---------------------------  ------------------------------------------------
    01 09 11 19   0 1 2 3 lines  after the line is printed (01: none, overprint)
    0B 13 1B        1 2 3 lines  at once, nothing is printed
    89 91 ... E1  channel 1-12   skip after the line is printed
    8B 93 ... E3  channel 1-12   skip at once

A skip to channel 1 is a form feed; the other channels have no place on a sheet without a carriage tape, and count as
one line.  A line printed over another one follows a carriage return, as a printer on the host understands it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from vm370.cp.io.unitrecord import Record
from vm370.images.ebcdic import DEFAULT_PAGE, code_page

FORM_FEED = "\f"
_CONTROLS = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0)), " ")


def printer_text(records: Iterable[Record], *, page: str = DEFAULT_PAGE) -> Iterator[str]:
    """The lines of a printer file with their line ends; ``"".join`` is the whole text."""
    decode = code_page(page).decode
    strokes: list[str] = []  # what is printed on the current line, one text for each pass
    on_line = False  # something was printed on the current line, though it may be blank
    on_sheet = False  # the sheet has lines

    for record in records:
        control = record.command & 0x07
        if control == 0x01:
            strokes.append(decode(record.data).translate(_CONTROLS).rstrip(" "))
            on_line = True
        elif control != 0x03:
            continue
        if not record.command & 0x80:
            spaces = record.command >> 3 & 0x03
        elif (channel := record.command >> 3 & 0x0F) == 1:
            if on_line:
                yield _line(strokes)
            if on_line or on_sheet:
                yield FORM_FEED
            strokes, on_line, on_sheet = [], False, False
            continue
        else:
            spaces = 1 if 2 <= channel <= 12 else 0
        for _ in range(spaces):
            yield _line(strokes)
            strokes, on_line, on_sheet = [], False, True
    if on_line:
        yield _line(strokes)


def _line(strokes: list[str]) -> str:
    return "\r".join(filter(None, strokes)) + "\n"
