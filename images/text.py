"""Host text (UTF-8, lines) to EBCDIC records and back, strictly.

    host to records   lines end with LF or CR LF; a character outside the code page is refused with file, line, column
    records to host   one line each; a record with X'25' (LF) in it is refused, it would not be one line any more
    lossy             only when asked for: X'3F' for such a character, a blank for such an X'25'

Tabulators and other control characters go through as their EBCDIC codes.  What an empty line becomes is the user's
matter (a card is blank, a record of a CMS file cannot be empty).  Who uses it: cards.py, `vm370 disk`, `vm370 spool`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from vm370.images.ebcdic import DEFAULT_PAGE, EbcdicError, code_page
from vm370.images.errors import ImageError


class TextError(ImageError):
    """Text that cannot be translated: file, line and column (from 1), what was found, what was expected."""

    def __init__(self, where: str, line: int, column: int, found: str, expected: str) -> None:
        self.where, self.line, self.column = where, line, column
        super().__init__(f"{where}:{line}:{column}: found {found}, expected {expected}")


def host_lines(data: bytes, where: str) -> list[str]:
    """The lines of a host file, without their ends."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line = before.count(b"\n") + 1
        column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1
        found = f"byte X'{data[error.start]:02X}'"
        raise TextError(where, line, column, found, "UTF-8 text (is the file binary?)") from error
    lines = text.split("\n")
    if not lines[-1]:
        lines.pop()
    return [line.removesuffix("\r") for line in lines]


def to_records(lines: Iterable[str], where: str, page: str = DEFAULT_PAGE, lossy: bool = False) -> list[bytes]:
    """Each line in EBCDIC; ``lossy``: X'3F' for a character that the code page does not have."""
    coded = code_page(page)
    records = []
    for number, line in enumerate(lines, 1):
        try:
            records.append(coded.encode(line, "replace" if lossy else "strict"))
        except EbcdicError:
            column = next(index for index, character in enumerate(line, 1) if character not in coded.characters)
            found = f"{line[column - 1]!r} (U+{ord(line[column - 1]):04X})"
            raise TextError(where, number, column, found, f"a character of EBCDIC code page {coded.name}") from None
    return records


def fitted(records: Sequence[bytes], length: int, where: str) -> list[bytes]:
    """Records of one length: blanks on the right; a longer one is refused."""
    for number, record in enumerate(records, 1):
        if len(record) > length:
            found = f"a line of {len(record)} characters"
            raise TextError(where, number, length + 1, found, f"at most {length}")
    return [record.ljust(length, b"\x40") for record in records]


def to_host(records: Iterable[bytes], where: str, page: str = DEFAULT_PAGE, lossy: bool = False) -> bytes:
    """Records as UTF-8 lines; ``lossy``: a blank for a line feed in a record."""
    coded = code_page(page)
    lines = []
    for number, record in enumerate(records, 1):
        line = coded.decode(record)
        if lossy:
            line = line.replace("\n", " ")
        if "\n" in line:
            raise TextError(where, number, line.index("\n") + 1, "X'25' (line feed)", "text (get the file as binary)")
        lines.append(line + "\n")
    return "".join(lines).encode()
