"""CMS MODULE files: a program in storage form, as GENMOD writes it and LOADMOD reads it.

A MODULE has record format V.  Record 1 is the loader's part of NUCON (X'568' to X'5B7') when the module was made:

    00 entry point     04 first address   08 first address behind it   0C location counter   10 loader table
    14 return code     18 PSW (8)         20 loader flags (4)          24 PRHOLD             28 loader table entries (2)
    2A unresolved (1)  2B flags: 80 no map, 40 clear, 20 DOS, 10 all, 08 system               2C 36 bytes of card area

Then follow the bytes from the first address to the one behind the last, in records of at most 65,535 bytes, and, unless
the flags say no map, one record with the loader table: name 8, word, value 4, type 1 (as in ESD items), 3 bytes.

On a host the file is kept with a halfword length before each record, which is also how CMS stores record format V.

    ImageError (errors.py)
      ModuleError     a file is not as above: record, offset, found, expected
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from construct import Bytes, GreedyBytes, GreedyRange, Int8ub, Int16ub, Int32ub, Prefixed, Struct

from vm370.images.ebcdic import EbcdicText
from vm370.images.errors import ImageError

HEADER_LENGTH = 80
TABLE_ENTRY_LENGTH = 20
LARGEST_RECORD = 65535

NO_MAP, CLEAR, DOS, ALL, SYSTEM = 0x80, 0x40, 0x20, 0x10, 0x08


class ModuleError(ImageError):
    """A MODULE file is not as it should be."""

    def __init__(self, name: str, record: int, offset: int, found: object, expected: object) -> None:
        super().__init__(f"{name}: record {record}, offset {offset}: found {found}, expected {expected}")


HEADER = Struct(
    "entry" / Int32ub,
    "first" / Int32ub,
    "end" / Int32ub,
    "location_counter" / Int32ub,
    "loader_table" / Int32ub,
    "return_code" / Int32ub,
    "psw" / Bytes(8),
    "loader_flags" / Bytes(4),
    "prhold" / Bytes(4),
    "entries" / Int16ub,
    "unresolved" / Int8ub,
    "flags" / Int8ub,
    "card_area" / Bytes(36),
)

TABLE_ENTRY = Struct(
    "name" / EbcdicText(8),
    "word" / Int32ub,
    "value" / Int32ub,
    "type" / Int8ub,
    "rest" / Bytes(3),
)

RECORDS = GreedyRange(Prefixed(Int16ub, GreedyBytes))


@dataclass(frozen=True, slots=True)
class TableEntry:
    """One symbol of the loader table."""

    name: str
    value: int
    type: int = 0
    word: int = 0
    rest: bytes = b"\0\0\0"


@dataclass(frozen=True, slots=True)
class Module:
    """A MODULE: ``image`` goes to ``first``, control to ``entry``."""

    entry: int
    first: int
    image: bytes
    table: tuple[TableEntry, ...] = ()
    flags: int = 0
    location_counter: int | None = None
    loader_table: int = 0
    return_code: int = 0
    psw: bytes = bytes(8)
    loader_flags: bytes = bytes(4)
    prhold: bytes = bytes(4)
    unresolved: int = 0
    card_area: bytes = bytes(36)
    cuts: tuple[int, ...] = field(default=())

    @property
    def end(self) -> int:
        """First address behind the image."""
        return self.first + len(self.image)

    def without_map(self) -> Module:
        """The same module without a loader table."""
        return replace(self, flags=self.flags | NO_MAP, table=())


def module_records(module: Module) -> list[bytes]:
    """The records of the file, in order."""
    fields = {
        "entry": module.entry,
        "first": module.first,
        "end": module.end,
        "location_counter": module.end if module.location_counter is None else module.location_counter,
        "loader_table": module.loader_table,
        "return_code": module.return_code,
        "psw": module.psw,
        "loader_flags": module.loader_flags,
        "prhold": module.prhold,
        "entries": len(module.table),
        "unresolved": module.unresolved,
        "flags": module.flags,
        "card_area": module.card_area,
    }
    records = [HEADER.build(fields)]
    lengths = module.cuts or _cuts(len(module.image))
    place = 0
    for length in lengths:
        records.append(module.image[place : place + length])
        place += length
    if not module.flags & NO_MAP:
        records.append(
            b"".join(
                TABLE_ENTRY.build(
                    {
                        "name": entry.name,
                        "word": entry.word,
                        "value": entry.value,
                        "type": entry.type,
                        "rest": entry.rest,
                    }
                )
                for entry in module.table
            )
        )
    return records


def _cuts(length: int) -> tuple[int, ...]:
    whole, rest = divmod(length, LARGEST_RECORD)
    return (LARGEST_RECORD,) * whole + ((rest,) if rest else ())


def parse_module_records(records: list[bytes], name: str = "module") -> Module:
    """A MODULE from its records; `module_records` gives the same ones back."""
    if not records or len(records[0]) != HEADER_LENGTH:
        found = f"{len(records[0])} bytes" if records else "no record"
        raise ModuleError(name, 1, 0, found, f"a header of {HEADER_LENGTH} bytes")
    header = HEADER.parse(records[0])
    if not header.first <= header.end <= 0x1000000:
        raise ModuleError(
            name, 1, 4, f"addresses X'{header.first:X}' to X'{header.end:X}'", "ascending ones of 24 bits"
        )  # fmt: skip
    body = records[1:]
    table: tuple[TableEntry, ...] = ()
    if not header.flags & NO_MAP:
        if not body or len(body[-1]) != header.entries * TABLE_ENTRY_LENGTH:
            found = f"{len(body[-1])} bytes" if body else "no record"
            raise ModuleError(name, len(records), 0, found, f"a loader table of {header.entries} entries of 20 bytes")
        table = _table(body.pop())
    image = b"".join(body)
    if len(image) != header.end - header.first:
        raise ModuleError(name, 2, 0, f"{len(image)} bytes of text", f"{header.end - header.first} as record 1 says")
    cuts = tuple(len(record) for record in body)
    return Module(
        header.entry, header.first, image, table, header.flags,
        None if header.location_counter == header.end else header.location_counter,
        header.loader_table, header.return_code, header.psw, header.loader_flags, header.prhold,
        header.unresolved, header.card_area, () if cuts == _cuts(len(image)) else cuts,
    )  # fmt: skip


def _table(data: bytes) -> tuple[TableEntry, ...]:
    entries = []
    for place in range(0, len(data), TABLE_ENTRY_LENGTH):
        entry = TABLE_ENTRY.parse(data[place : place + TABLE_ENTRY_LENGTH])
        entries.append(TableEntry(entry.name, entry.value, entry.type, entry.word, entry.rest))
    return tuple(entries)


def build_module(module: Module) -> bytes:
    """The host file: a halfword length before each record."""
    data: bytes = RECORDS.build(module_records(module))
    return data


def parse_module(data: bytes, name: str = "module") -> Module:
    """A MODULE from a host file."""
    records: list[bytes] = []
    place = 0
    while place < len(data):
        length = int.from_bytes(data[place : place + 2], "big")
        record = data[place + 2 : place + 2 + length]
        if len(data) - place < 2 or len(record) < length:
            raise ModuleError(
                name, len(records) + 1, place, f"{len(data) - place} bytes left", f"a record of {length} bytes"
            )  # fmt: skip
        records.append(record)
        place += 2 + length
    return parse_module_records(records, name)
