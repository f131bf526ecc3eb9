"""SYM cards (option TEST): the symbols of a program for debuggers, packed one after the other over the cards.

    organization 1 | address 3 | name 0-8 | for data: type 1, length - 1 (1 or 2), [multiplicity 3], [scale 2]

    organization   not data: bits 1-3 are 1 CSECT  2 DSECT  3 COM  4 instruction  5 CCW
                   data:     80, 40 multiplicity, 20 decimal, 10 scale
                   both:     08 no name, else bits 5-7 are the length of the name less one

Addresses are relative to the section whose item came last.
"""

from __future__ import annotations

from collections.abc import Iterator

from vm370.images.ebcdic import to_ebcdic
from vm370.images.objdeck import DATA_LENGTH, Card
from vm370.tools.assembler.machine import Instruction
from vm370.tools.assembler.passtwo import PassTwo
from vm370.tools.assembler.records import Record
from vm370.tools.assembler.symbols import COMMON, CONTROL, DUMMY, Section

_SECTION = {CONTROL: 0x10, DUMMY: 0x20, COMMON: 0x30}
_INSTRUCTION, _CCW = 0x40, 0x50
_DATA, _MULTIPLE, _DECIMAL, _SCALED, _NAMELESS = 0x80, 0x40, 0x20, 0x10, 0x08
_TYPES = {
    "C": 0x00, "X": 0x04, "B": 0x08, "F": 0x10, "H": 0x14, "E": 0x18, "D": 0x1C, "A": 0x20, "Q": 0x20, "Y": 0x24,
    "V": 0x28, "S": 0x2C, "P": 0x30, "Z": 0x34, "L": 0x38,
}  # fmt: skip
_LONG = "CXB"


def symbol_cards(two: PassTwo) -> list[Card]:
    """The SYM cards of an assembly."""
    data = b"".join(_items(two))
    return [
        Card("SYM", None, len(piece), None, piece)
        for place in range(0, len(data), DATA_LENGTH)
        for piece in (data[place : place + DATA_LENGTH],)
    ]


def _items(two: PassTwo) -> Iterator[bytes]:
    current: Section | None = None
    for record in two.one.records:
        section = record.section
        if record.action is None or section is None:
            continue
        name = record.action.mnemonic if isinstance(record.action, Instruction) else record.action.name
        if section is not current and section.type in _SECTION and (record.size or record.label):
            current = section
            yield _item(_SECTION[section.type], 0, section.name)
        named = record.label if record.label in two.symbols else ""
        address = record.location - section.origin
        if isinstance(record.action, Instruction):
            if named:
                yield _item(_INSTRUCTION, address, named)
        elif name == "CCW":
            yield _item(_CCW, address, named)
        elif name in ("DC", "DS") and record.data:
            yield from _data(record, address, named)


def _item(organization: int, address: int, name: str) -> bytes:
    organization |= len(name) - 1 if name else _NAMELESS
    return bytes([organization]) + (address & 0xFFFFFF).to_bytes(3, "big") + to_ebcdic(name, errors="replace")


def _data(record: Record, address: int, name: str) -> Iterator[bytes]:
    for number, (constant, size, bits) in enumerate(record.data):
        organization = _DATA | (_DECIMAL if constant.type in "PZ" else 0)
        if size.duplication > 1:
            organization |= _MULTIPLE
        scale = int(constant.scale) if constant.scale.lstrip("+-").isdigit() else 0
        if scale:
            organization |= _SCALED
        item = _item(organization, address + bits // 8, "" if number else name)
        item += bytes([_TYPES[constant.type]])
        length = max(0, size.first - 1)
        item += length.to_bytes(2, "big") if constant.type in _LONG else bytes([length & 0xFF])
        if size.duplication > 1:
            item += (size.duplication & 0xFFFFFF).to_bytes(3, "big")
        if scale:
            item += (scale & 0xFFFF).to_bytes(2, "big")
        yield item
