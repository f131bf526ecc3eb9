"""Source files and libraries: host text, card images in EBCDIC or ASCII, folders and MACLIB images.

    host text       UTF-8 (or ISO 8859-1 when asked for), lines; tabulators are columns of eight
    card images     a whole number of 80-byte records without line ends, EBCDIC or ASCII, found out by their blanks
    folder          one member a file: NAME.mac .macro .asm .assemble .asp360 and NAME.copy .cpy, upper or lower case
    MACLIB image    the members of a CMS macro library file (`vm370.images.maclib`)

Who uses it: `vm370 asm --maclib`, `assemble`, cms/build.py.

    Exception
      SourceError     a source file or library cannot be read at all: file, place, found, expected
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from vm370.images.cards import CARD_LENGTH
from vm370.images.ebcdic import BLANK, from_ebcdic
from vm370.images.errors import ImageError

MACRO_TYPES = (".mac", ".macro", ".asm", ".assemble", ".asp360", ".maclib", "")
COPY_TYPES = (".copy", ".cpy", ".mac", ".macro", ".asm", ".assemble", ".asp360", "")


class SourceError(Exception):
    """A source file cannot be read at all."""


def decode_source(data: bytes, file: str) -> str:
    """Text of a source file, lines separated by new line characters."""
    if is_ebcdic(data):
        return "\n".join(_cards(from_ebcdic(data)))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        raise SourceError(
            f"{file}:{line}:{column}: found byte X'{data[error.start]:02X}' (offset {error.start}), expected UTF-8 text"
            " or whole EBCDIC cards of 80 bytes"
        ) from None
    if "\n" not in text and len(text) > CARD_LENGTH and len(text) % CARD_LENGTH == 0:
        return "\n".join(_cards(text))
    return text


def is_ebcdic(data: bytes) -> bool:
    """Card images in EBCDIC: a multiple of 80 bytes, more X'40' than X'20', and no ASCII line end but by chance."""
    return (
        len(data) >= CARD_LENGTH
        and len(data) % CARD_LENGTH == 0
        and data.count(BLANK) > data.count(0x20) + data.count(0x0A) * CARD_LENGTH // 8
    )


def _cards(text: str) -> list[str]:
    """Lines of card images; what would end a line on the host is shown as a blank that is none (X'3F')."""
    kept = "".join(character if character.isprintable() else "\x1a" for character in text)
    return [kept[place : place + CARD_LENGTH] for place in range(0, len(kept), CARD_LENGTH)]


class SourceLibrary:
    """Macros and COPY members: folders and MACLIB images, searched in order."""

    def __init__(self, places: Sequence[Path | str] = ()) -> None:
        self.folders = [Path(place) for place in places]
        self._files: list[dict[str, Path]] = []
        self._members: list[dict[str, bytes]] = []
        for place in self.folders:
            if place.is_dir():
                self._files.append({path.name.upper(): path for path in sorted(place.iterdir(), reverse=True)})
                self._members.append({})
            elif place.is_file():
                self._files.append({})
                self._members.append(_maclib(place))
            else:
                raise SourceError(f"{place}: found no such file or folder, expected a folder of members or a MACLIB")

    def macro(self, name: str) -> tuple[str, str] | None:
        """File name and text of the member that defines the macro."""
        return self._find(name, MACRO_TYPES)

    def copy(self, name: str) -> tuple[str, str] | None:
        """File name and text of a COPY member."""
        return self._find(name, COPY_TYPES)

    def _find(self, name: str, types: tuple[str, ...]) -> tuple[str, str] | None:
        name = name.upper()
        for place, files, members in zip(self.folders, self._files, self._members, strict=True):
            member = members.get(name)
            if member is not None:
                return f"{place}({name})", decode_source(member, f"{place}({name})")
            for suffix in types:
                path = files.get(name + suffix.upper())
                if path is not None and path.is_file():
                    return str(path), decode_source(path.read_bytes(), str(path))
        return None

    def __str__(self) -> str:
        return ", ".join(str(folder) for folder in self.folders) or "no macro library (--maclib)"


def _maclib(path: Path) -> dict[str, bytes]:
    from vm370.images.maclib import parse_maclib

    try:
        members = parse_maclib(path.read_bytes(), str(path)).members
    except ImageError as error:
        raise SourceError(str(error)) from error
    return {member.name: b"".join(member.cards) for member in reversed(members)}
