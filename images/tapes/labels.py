"""Standard labels of tape volumes and data sets: blocks of 80 characters, EBCDIC (IBM) or ASCII (ANSI).

    VOL1 HDR1 HDR2 mark  data ...  mark EOF1 EOF2 mark  HDR1 HDR2 mark  data ...  mark EOF1 EOF2 mark mark

    VOL1   4  6  volume serial number        HDR1   4 17  data set name             HDR2   4  1  record format F V U
          10  1  accessibility               EOF1  21  6  serial of the first       EOF2   5  5  block length
          11 10  reserved                    EOV1        volume                     EOV2  10  5  record length
          21 20  reserved                          27  4  number of the volume            15  1  density
          41 10  owner                             31  4  number of the data set          16  1  data set position
          51 29  reserved                          35  4  generation                      17 17  job, step
                                                   39  2  version                         34  2  recording technique
    ASCII:                                         41  6  created cyyddd                  36  1  control characters
    VOL1  11 26  reserved                          47  6  expires cyyddd                  37  1  reserved
          37 14  owner                             53  1  security                        38  1  B blocked, S spanned
          51 28  reserved                          54  6  blocks (EOF1, EOV1)             39 41  reserved
          79  1  standard                          60 13  system code               ASCII: reserved 15 35, then
                                                   73  7  reserved                        50  2  offset, 52 28 reserved

EOV stands instead of EOF where the data set goes on on another volume.  Other labels with these beginnings (HDR3,
UHL1, UTL1, VOL2...) are known by name only.  c of a date is blank for 19, 0 for 20.

``VOL1VM370 0                               SYSPROG   `` and 29 blanks is the label of volume VM370.

Who uses it: `vm370 tape`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import construct

from vm370.images.ebcdic import from_ebcdic, to_ebcdic
from vm370.images.errors import BadImage, GeometryError
from vm370.images.tapes.block import Block
from vm370.images.tapes.tape import Tape

LENGTH = 80
_IDENTIFIER = re.compile(r"(VOL|HDR|EOF|EOV|UHL|UTL|UVL)[1-9]\Z")
_SERIAL = re.compile(r"[A-Z0-9$#@-]{1,6}\Z")
_NAME = re.compile(r"[A-Z0-9$#@.&{_-]{1,17}\Z")


def _layout(*fields: tuple[str, int]) -> construct.Struct:
    layout = construct.Struct("identifier" / construct.Bytes(4), *(name / construct.Bytes(n) for name, n in fields))
    assert layout.sizeof() == LENGTH
    return layout


_DATA_SET_1 = _layout(
    ("data_set", 17),
    ("serial", 6),
    ("volume_number", 4),
    ("data_set_number", 4),
    ("generation", 4),
    ("version", 2),
    ("created", 6),
    ("expires", 6),
    ("security", 1),
    ("blocks", 6),
    ("system", 13),
    ("reserved", 7),
)
_OTHER = _layout(("text", 76))
#  (label, ASCII) -> fields
LAYOUTS: dict[tuple[str, bool], construct.Struct] = {
    ("VOL1", False): _layout(
        ("serial", 6), ("access", 1), ("reserved", 10), ("reserved2", 20), ("owner", 10), ("reserved3", 29)
    ),
    ("VOL1", True): _layout(
        ("serial", 6), ("access", 1), ("reserved", 26), ("owner", 14), ("reserved2", 28), ("standard", 1)
    ),
    ("HDR1", False): _DATA_SET_1,
    ("HDR1", True): _DATA_SET_1,
    ("HDR2", False): _layout(
        ("recfm", 1),
        ("block_length", 5),
        ("record_length", 5),
        ("density", 1),
        ("position", 1),
        ("job", 17),
        ("technique", 2),
        ("control", 1),
        ("reserved", 1),
        ("blocked", 1),
        ("reserved2", 41),
    ),
    ("HDR2", True): _layout(
        ("recfm", 1), ("block_length", 5), ("record_length", 5), ("reserved", 35), ("offset", 2), ("reserved2", 28)
    ),
}


@dataclass(frozen=True, slots=True)
class Label:
    """A label; ``fields`` as text of the full length, as the module's table names them."""

    identifier: str
    ascii: bool
    fields: Mapping[str, str] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """A field without trailing blanks."""
        return self.fields[name].rstrip()

    def number(self, name: str) -> int:
        """A field of digits; blank is 0."""
        text = self.fields[name].strip()
        if text and not (text.isascii() and text.isdecimal()):
            raise BadImage(f"label {self.identifier}", 0, f"{text!r} as {name}", "digits")
        return int(text or "0")

    def build(self) -> bytes:
        """The 80 bytes."""
        layout = layout_of(self.identifier, self.ascii)
        values = {part.name: self.fields.get(part.name, "").ljust(part.sizeof()) for part in layout.subcons}
        values["identifier"] = self.identifier
        for part in layout.subcons:
            if len(values[part.name]) > part.sizeof():
                found = f"{values[part.name]!r} as {part.name}"
                raise GeometryError(f"label {self.identifier}: {found}: expected at most {part.sizeof()} characters")
        return bytes(layout.build({name: _coded(value, self.ascii) for name, value in values.items()}))

    @classmethod
    def parse(cls, block: Block) -> Label:
        """From a block."""
        found = identify(block.data)
        if found is None:
            raise block.bad(0, block.data[:4], f"a standard label of {LENGTH} characters")
        identifier, is_ascii = found
        parsed = layout_of(identifier, is_ascii).parse(block.data)
        names = [part.name for part in layout_of(identifier, is_ascii).subcons if part.name != "identifier"]
        return cls(identifier, is_ascii, {name: _text(parsed[name], is_ascii) for name in names})


def layout_of(identifier: str, is_ascii: bool) -> construct.Struct:
    """The fields of a label."""
    name = identifier.replace("EOF", "HDR").replace("EOV", "HDR")
    return LAYOUTS.get((name, is_ascii), _OTHER)


def identify(data: bytes) -> tuple[str, bool] | None:
    """(identifier, in ASCII) if a block is a standard label."""
    if len(data) != LENGTH:
        return None
    for is_ascii in (False, True):
        text = _text(data[:4], is_ascii)
        if _IDENTIFIER.match(text):
            return text, is_ascii
    return None


def _text(data: bytes, is_ascii: bool) -> str:
    return data.decode("latin-1") if is_ascii else from_ebcdic(data)


def _coded(text: str, is_ascii: bool) -> bytes:
    try:
        return text.encode("latin-1") if is_ascii else to_ebcdic(text)
    except ValueError as error:
        raise GeometryError(f"label: {text!r}: {error}") from error


# --- making labels ---


def volume_label(serial: str, owner: str = "", is_ascii: bool = False) -> Label:
    """VOL1."""
    if not _SERIAL.match(serial.upper()):
        raise GeometryError(f"volume serial number {serial!r}: expected 1 to 6 of A-Z 0-9 $ # @ -")
    longest = 14 if is_ascii else 10
    if len(owner) > longest:
        raise GeometryError(f"owner {owner!r}: expected at most {longest} characters")
    access = " " if is_ascii else "0"
    fields: dict[str, Any] = {"serial": serial.upper().ljust(6), "access": access, "owner": owner.upper()}
    if is_ascii:
        fields["standard"] = "3"
    return _filled("VOL1", is_ascii, fields)


@dataclass(frozen=True, slots=True)
class DataSet:
    """What the labels of a data set tell."""

    name: str
    serial: str
    number: int = 1
    recfm: str = "U"
    block_length: int = 0
    record_length: int = 0
    created: date | None = None
    blocked: bool = False
    ascii: bool = False

    def labels(self, kind: str, blocks: int = 0) -> list[Label]:
        """The two labels; ``kind`` HDR, EOF or EOV, ``blocks`` for the latter ones."""
        if not _NAME.match(self.name.upper()):
            raise GeometryError(f"data set name {self.name!r}: expected 1 to 17 of A-Z 0-9 . $ # @ _ -")
        first = {
            "data_set": self.name.upper(),
            "serial": self.serial.upper(),
            "volume_number": "0001",
            "data_set_number": f"{self.number:04}",
            "created": label_date(self.created),
            "expires": label_date(None),
            "security": " " if self.ascii else "0",
            "blocks": f"{blocks % 1_000_000:06}",
            "system": "VM370",
        }
        second = {
            "recfm": self.recfm,
            "block_length": f"{min(self.block_length, 99_999):05}",
            "record_length": f"{min(self.record_length, 99_999):05}",
        }
        if self.ascii:
            second["offset"] = "00"
        else:
            second |= {"position": "0", "blocked": "B" if self.blocked else " "}
        return [_filled(f"{kind}1", self.ascii, first), _filled(f"{kind}2", self.ascii, second)]


def _filled(identifier: str, is_ascii: bool, fields: Mapping[str, str]) -> Label:
    label = Label(identifier, is_ascii, fields)
    return Label.parse(Block("label", 0, label.build()))


def label_date(when: date | None) -> str:
    """cyyddd; zero when there is none."""
    if when is None:
        return " 00000"
    century = " " if when.year < 2000 else str(when.year // 100 - 20)
    return f"{century}{when.year % 100:02}{when.timetuple().tm_yday:03}"


def parse_date(text: str) -> date | None:
    """What cyyddd says, None when it is no date."""
    if not re.match(r"[ 0-9][0-9]{5}\Z", text):
        return None
    year = int(text[1:3]) + (1900 if text[0] == " " else 2000 + 100 * int(text[0]))
    day = int(text[3:])
    first = date(year, 1, 1)
    found = first + timedelta(days=day - 1)
    return found if day and found.year == year else None


def initialize(tape: Tape, serial: str, owner: str = "", is_ascii: bool = False) -> None:
    """Label a tape that is to be empty: VOL1, a HDR1 of zeros, a tape mark, from the load point on."""
    label = volume_label(serial, owner, is_ascii).build()
    tape.rewind()
    tape.write(label)
    tape.write(_coded("HDR1".ljust(LENGTH, "0"), is_ascii))
    tape.write_mark()
