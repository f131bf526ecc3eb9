"""Separators between the files of different users: two pages in block letters, or four cards.

The letters are 5 wide and 7 high; each point is printed as the letter itself, twice.
"""

from __future__ import annotations

from datetime import datetime

from vm370.cp.spool.files import SpoolFile
from vm370.images.ebcdic import to_ebcdic

CARDS = 4
PAGES = 2
HEIGHT = 7
#         seven rows of five points for each character, top first
_FONT = {
    "A": "0E 11 11 1F 11 11 11",
    "B": "1E 11 11 1E 11 11 1E",
    "C": "0E 11 10 10 10 11 0E",
    "D": "1E 11 11 11 11 11 1E",
    "E": "1F 10 10 1E 10 10 1F",
    "F": "1F 10 10 1E 10 10 10",
    "G": "0E 11 10 17 11 11 0F",
    "H": "11 11 11 1F 11 11 11",
    "I": "0E 04 04 04 04 04 0E",
    "J": "07 02 02 02 02 12 0C",
    "K": "11 12 14 18 14 12 11",
    "L": "10 10 10 10 10 10 1F",
    "M": "11 1B 15 15 11 11 11",
    "N": "11 19 15 13 11 11 11",
    "O": "0E 11 11 11 11 11 0E",
    "P": "1E 11 11 1E 10 10 10",
    "Q": "0E 11 11 11 15 12 0D",
    "R": "1E 11 11 1E 14 12 11",
    "S": "0F 10 10 0E 01 01 1E",
    "T": "1F 04 04 04 04 04 04",
    "U": "11 11 11 11 11 11 0E",
    "V": "11 11 11 11 11 0A 04",
    "W": "11 11 11 15 15 1B 11",
    "X": "11 11 0A 04 0A 11 11",
    "Y": "11 11 0A 04 04 04 04",
    "Z": "1F 01 02 04 08 10 1F",
    "0": "0E 11 13 15 19 11 0E",
    "1": "04 0C 04 04 04 04 0E",
    "2": "0E 11 01 02 04 08 1F",
    "3": "1F 02 04 02 01 11 0E",
    "4": "02 06 0A 12 1F 02 02",
    "5": "1F 10 1E 01 01 11 0E",
    "6": "06 08 10 1E 11 11 0E",
    "7": "1F 01 02 04 08 08 08",
    "8": "0E 11 11 0E 11 11 0E",
    "9": "0E 11 11 0F 01 02 0C",
    "$": "04 0F 14 0E 05 1E 04",
    "#": "0A 0A 1F 0A 1F 0A 0A",
    "@": "0E 11 17 15 17 10 0F",
    "-": "00 00 00 1F 00 00 00",
}


def block_letters(text: str) -> list[str]:
    """A word in block letters, line by line.

    >>> block_letters("I")[0], block_letters("I")[1]
    ('  IIIIII', '    II')
    """
    rows = []
    for row in range(HEIGHT):
        cells = []
        for character in text.upper():
            bits = int(_FONT.get(character, "00 " * HEIGHT).split()[row], 16)
            cells.append("".join((character * 2 if bits >> (4 - column) & 1 else "  ") for column in range(5)))
        rows.append("  ".join(cells).rstrip())
    return rows


def page(file: SpoolFile, device: str, now: datetime) -> list[str]:
    """One separator page: owner and distribution code in block letters, and what the file is."""
    lines = [""]
    for word in (file.owner, file.dist or file.owner):
        lines += [*block_letters(word), "", ""]
    return [
        *lines,
        f"FILE {file.spoolid:04}   NAME {file.name} {file.type}".rstrip(),
        f"CLASS {file.spool_class}     TYPE {file.kind}   RECDS {file.records:06}   COPY {file.copies:02}",
        f"ORIGIN {file.origin:<8}   FORM {file.form}",
        f"CREATED {file.created:%m/%d/%y %H:%M:%S}   {device}   {now:%m/%d/%y %H:%M:%S}",
    ]


def card(file: SpoolFile) -> bytes:
    """One separator card: owner and distribution code."""
    text = f"USERID {file.owner:<8} DIST {file.dist or file.owner:<8} FILE {file.spoolid:04} {file.name} {file.type}"
    return to_ebcdic(text[:80].ljust(80), errors="replace")
