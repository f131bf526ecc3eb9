"""Text units of NETDATA control records: what is told about a transmission and the files in it.

    key 2 | number of values 2 | for each value: length 2, value

``1028 0001 0007 C9D5D4C3D6D7E8`` says INMUTILN: INMCOPY; ``0002 0003 0006 D7E8E3C8D6D5 0003 E7D4C9 0003 D7C4E2`` says
INMDSNAM: PYTHON.XMI.PDS.  A key that is not in KEYS is kept with its values.

Who uses it: netdata.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import construct

from vm370.images.ebcdic import from_ebcdic, to_ebcdic

TEXT, NUMBER, BITS = "text", "number", "bits"

#   key      name        values
KEYS: dict[int, tuple[str, str]] = {
    0x0001: ("INMDDNAM", TEXT),
    0x0002: ("INMDSNAM", TEXT),
    0x0003: ("INMMEMBR", TEXT),
    0x000B: ("INMSECND", NUMBER),
    0x000C: ("INMDIR", NUMBER),
    0x0022: ("INMEXPDT", TEXT),
    0x0028: ("INMTERM", TEXT),
    0x0030: ("INMBLKSZ", NUMBER),
    0x003C: ("INMDSORG", BITS),
    0x0042: ("INMLRECL", NUMBER),
    0x0049: ("INMRECFM", BITS),
    0x1001: ("INMTNODE", TEXT),
    0x1002: ("INMTUID", TEXT),
    0x1011: ("INMFNODE", TEXT),
    0x1012: ("INMFUID", TEXT),
    0x1020: ("INMLREF", TEXT),
    0x1021: ("INMLCHG", TEXT),
    0x1022: ("INMCREAT", TEXT),
    0x1023: ("INMFVERS", TEXT),
    0x1024: ("INMFTIME", TEXT),
    0x1025: ("INMTTIME", TEXT),
    0x1026: ("INMFACK", TEXT),
    0x1027: ("INMERRCD", TEXT),
    0x1028: ("INMUTILN", TEXT),
    0x1029: ("INMUSERP", TEXT),
    0x102A: ("INMRECCT", TEXT),
    0x102C: ("INMSIZE", NUMBER),
    0x102F: ("INMNUMF", NUMBER),
    0x8012: ("INMTYPE", BITS),
}
NUMBERS = {name: key for key, (name, _) in KEYS.items()}

TextUnits = construct.GreedyRange(
    construct.Struct(
        "key" / construct.Int16ub,
        "values"
        / construct.PrefixedArray(construct.Int16ub, construct.Prefixed(construct.Int16ub, construct.GreedyBytes)),
    )
)


@dataclass(frozen=True, slots=True)
class Units:
    """The text units of a control record, in their order."""

    items: tuple[tuple[int, tuple[bytes, ...]], ...]

    @classmethod
    def parse(cls, data: bytes) -> Units | None:
        """The units of these bytes; None when they are not units to their end."""
        items = tuple((unit.key, tuple(bytes(value) for value in unit["values"])) for unit in TextUnits.parse(data))
        units = cls(items)
        return units if units.build() == data else None

    @classmethod
    def of(cls, **values: str | int | bytes | tuple[str, ...]) -> Units:
        """Units by names: a text, several, a number (4 bytes), or bytes as they are."""
        return cls(tuple((NUMBERS[name], _values(value)) for name, value in values.items()))

    def build(self) -> bytes:
        """The bytes."""
        built: bytes = TextUnits.build([{"key": key, "values": list(values)} for key, values in self.items])
        return built

    def values(self, name: str) -> tuple[bytes, ...] | None:
        """The values of a key, None when it is not there."""
        return next((values for key, values in self.items if key == NUMBERS[name]), None)

    def texts(self, name: str) -> tuple[str, ...]:
        """The values of a key as texts."""
        return tuple(from_ebcdic(value).strip() for value in self.values(name) or ())

    def text(self, name: str) -> str:
        """The values of a key, with full stops between."""
        return ".".join(self.texts(name))

    def number(self, name: str) -> int:
        """The first value of a key as a number, 0 when it is not there."""
        values = self.values(name)
        return int.from_bytes(values[0], "big") if values else 0

    def date(self, name: str) -> datetime | None:
        """A date YYYYMMDDHHMMSS and fractions; None when it is not there or none."""
        digits = self.text(name)
        if len(digits) < 14 or not (digits.isascii() and digits.isdecimal()):
            return None
        try:
            return datetime.strptime(digits[:14], "%Y%m%d%H%M%S")
        except ValueError:
            return None

    def described(self) -> dict[str, object]:
        """The units as names and values, for people and JSON."""
        shown: dict[str, object] = {}
        for key, values in self.items:
            name, kind = KEYS.get(key, (f"{key:04X}", BITS))
            if kind == NUMBER and len(values) == 1:
                shown[name] = int.from_bytes(values[0], "big")
            elif kind == BITS:
                shown[name] = ".".join(value.hex().upper() for value in values)
            else:
                shown[name] = ".".join(from_ebcdic(value).strip() for value in values)
        return shown


def _values(value: str | int | bytes | tuple[str, ...]) -> tuple[bytes, ...]:
    if isinstance(value, tuple):
        return tuple(to_ebcdic(text) for text in value)
    if isinstance(value, int):
        return (value.to_bytes(4, "big"),)
    return (value if isinstance(value, bytes) else to_ebcdic(value),)
