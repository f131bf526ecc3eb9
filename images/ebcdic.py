"""EBCDIC: the code pages of the project, and text fields for `construct` declarations.

Every page is one-to-one with ISO 8859-1 (or, with the euro sign, with all of it but the currency sign), so every byte
string decodes and encodes back to itself; encoding is strict unless told otherwise: a character outside the page is
refused with its position.  codepages.py has the tables.

Code page 037 is the default (CMS of the time, IBM assemblers).  Code page 1047 ("open systems") has the same
letters, digits and signs; six places differ:

    byte     5F     AD     B0     BA     BB     BD
    037      ¬      Ý      ^      [      ]      ¨
    1047     ^      [      ¬      Ý      ¨      ]

Control characters: X'15' new line is U+0085, X'25' line feed is U+000A, X'05' is the tabulator, X'40' the blank.
`table()` prints a whole page as the 16 by 16 square of the manuals.

    >>> to_ebcdic("A1b ").hex()
    'c1f18240'
    >>> from_ebcdic(bytes.fromhex("c1f182"))
    'A1b'

Exceptions:

    ValueError
      EbcdicError       a character has no place in the code page, or a text is too long for its field
"""

from __future__ import annotations

import codecs
from typing import Any

from construct import Adapter, Bytes, Construct

from vm370.images import codepages

BLANK = 0x40
SUBSTITUTE = 0x3F


class EbcdicError(ValueError):
    """A character has no place in the code page, or a text is too long for its field."""


class CodePage:
    """One code page: ``characters[byte]`` is the Unicode character; encode and decode go both ways."""

    def __init__(self, name: str, characters: str) -> None:
        if len(set(characters)) != 256:
            raise EbcdicError(f"code page {name}: found {len(set(characters))} different characters, expected 256")
        self.name = name
        self.characters = characters
        self._encode = codecs.charmap_build(characters)

    def decode(self, data: bytes | bytearray | memoryview) -> str:
        """EBCDIC bytes to text, one character a byte; never fails."""
        return codecs.charmap_decode(bytes(data), "strict", self.characters)[0]

    def encode(self, text: str, errors: str = "strict") -> bytes:
        """Text to EBCDIC; ``errors="replace"`` puts X'3F' (SUB) where ``"strict"`` raises EbcdicError."""
        try:
            return codecs.charmap_encode(text, "strict", self._encode)[0]
        except UnicodeEncodeError as error:
            if errors == "replace":
                kept = "".join(character if character in self.characters else "\x1a" for character in text)
                return codecs.charmap_encode(kept, "strict", self._encode)[0]
            raise EbcdicError(
                f"character {error.start + 1} of {text[:40]!r}: found U+{ord(text[error.start]):04X},"
                f" expected a character of code page {self.name}"
            ) from None


CODE_PAGES: dict[str, CodePage] = {name: CodePage(name, codepages.characters(name)) for name in codepages.PAGES}
DEFAULT_PAGE = codepages.BASE


def code_page(name: str = DEFAULT_PAGE) -> CodePage:
    """The code page of that name: ``037``, ``1047`` ... (``cp037``, ``IBM-1047`` and the like are understood)."""
    short = name.upper().removeprefix("IBM").removeprefix("CP").lstrip("-").lstrip("0") or name
    for known, page in CODE_PAGES.items():
        if known.lstrip("0") == short:
            return page
    raise EbcdicError(f"code page: found {name!r}, expected one of {', '.join(CODE_PAGES)}")


def to_ebcdic(text: str, page: str = DEFAULT_PAGE, errors: str = "strict") -> bytes:
    """Text to EBCDIC bytes."""
    return code_page(page).encode(text, errors)


def from_ebcdic(data: bytes | bytearray | memoryview, page: str = DEFAULT_PAGE) -> str:
    """EBCDIC bytes to text."""
    return code_page(page).decode(data)


def printable(data: bytes | bytearray | memoryview, page: str = DEFAULT_PAGE) -> str:
    """EBCDIC bytes as they stand beside a dump: what does not print is a full stop."""
    return "".join(c if " " <= c <= "~" or c in "¢¬¦£" else "." for c in code_page(page).decode(data))


def padded(text: str, length: int, page: str = DEFAULT_PAGE) -> bytes:
    """Text as a field of ``length`` bytes, blanks on the right; a longer text is refused."""
    data = to_ebcdic(text, page)
    if len(data) > length:
        raise EbcdicError(f"field: found {text!r} of {len(data)} characters, expected at most {length}")
    return data.ljust(length, b"\x40")


class EbcdicText(Adapter):
    """`construct` field: ``length`` EBCDIC bytes, blanks on the right, as a str without them.

    Trailing blanks are not kept, everything else is, so parse = build for any field.
    """

    def __init__(self, length: int | Construct, page: str = DEFAULT_PAGE) -> None:
        self.text_length = length if isinstance(length, int) else None
        self.page = page
        super().__init__(Bytes(length) if isinstance(length, int) else length)

    def _decode(self, obj: bytes, context: Any, path: str) -> str:
        return from_ebcdic(obj, self.page).rstrip(" ")

    def _encode(self, obj: str, context: Any, path: str) -> bytes:
        if self.text_length is None:
            return to_ebcdic(obj, self.page)
        return padded(obj, self.text_length, self.page)


def table(page: str = DEFAULT_PAGE) -> str:
    """The code page as a square: rows are the first hexadecimal digit, columns the second."""
    characters = code_page(page).characters
    lines = ["    " + " ".join(f"-{digit:X}" for digit in range(16))]
    for row in range(16):
        cells = (characters[row * 16 + column] for column in range(16))
        lines.append(f"{row:X}-  " + " ".join(f"{c if c.isprintable() and c != chr(0xAD) else '..':<2}" for c in cells))
    return "\n".join(line.rstrip() for line in lines) + "\n"
