"""Label and file status table (FST) of an EDF disk: the bytes, names and dates.

    label  0  4  `CMS1`                                FST   0  8  file name           40  4  file origin pointer
           4  6  volume label                                8  8  file type           44  4  data blocks (*)
          10  2  version                                    16  2  date MMDD           48  4  records
          12  4  block size                                 18  2  time HHMM           52  1  levels of pointer blocks
          16  4  directory origin: block 4 or 5             20  2  write pointer       53  1  pointer length, 4 or 12
          20  4  formatted cylinders (FBA: sectors)         22  2  read pointer        54  6  date, time YYMMDDHHMMSS
          24  4  most cylinders                             24  2  file mode           60  1  real file mode
          28  4  blocks of the disk                         26  2  records (low half)  61  1  flags 2
          32  4  blocks in use                              28  2  first chain link    62  2  reserved
          36  4  bytes of an FST: 64                        30  1  `F` or `V`
          40  4  FSTs in a block                            31  1  flags, X'08' century
          44  6  created YYMMDDHHMMSS                       32  4  record length
          50  1  flags, X'01' century                       36  2  blocks (low half)
          52  4  offset when RESERVEd                       38  2  year, two digits
          56 12  allocation map: next hole
          72  8  shared segment

(*) F: without blocks that are null (a pointer of zero stands for a block of zeros); V: all blocks.
Dates are packed decimal digits without sign; the century flag means 20xx.  Numbers are big endian.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

import construct

from vm370.images.blocks import BLOCK_SIZES, LABEL_LENGTH
from vm370.images.cmsnames import FIXED, VARIABLE, CmsEntry, unpacked
from vm370.images.ebcdic import EbcdicText, to_ebcdic
from vm370.images.errors import BadImage

FST_LENGTH = 64
LABEL_IDENTIFIER = "CMS1"
DIRECTORY_BLOCKS = (4, 5)

POINTER_SIZE = {FIXED: 4, VARIABLE: 12}


CENTURY_FST = 0x08
CENTURY_LABEL = 0x01

DIRECTORY_NAME = bytes.fromhex("0000000100000000")
DIRECTORY_TYPE = to_ebcdic("DIRECTOR")
MAP_NAME = bytes.fromhex("0000000200000000")
MAP_TYPE = to_ebcdic("ALLOCMAP")

LabelFormat = construct.Struct(
    "identifier" / EbcdicText(4),
    "volume" / EbcdicText(6),
    "version" / construct.Int16ub,
    "block_size" / construct.Int32ub,
    "directory" / construct.Int32ub,
    "cylinders" / construct.Int32ub,
    "most_cylinders" / construct.Int32ub,
    "blocks" / construct.Int32ub,
    "used" / construct.Int32ub,
    "fst_length" / construct.Int32ub,
    "fsts_per_block" / construct.Int32ub,
    "created" / construct.Bytes(6),
    "flags" / construct.Int8ub,
    "reserved" / construct.Int8ub,
    "offset" / construct.Int32ub,
    "map_hole" / construct.Bytes(16),
    "segment" / construct.Bytes(8),
)

FstFormat = construct.Struct(
    "name" / construct.Bytes(8),
    "type" / construct.Bytes(8),
    "date" / construct.Bytes(4),
    "write_pointer" / construct.Int16ub,
    "read_pointer" / construct.Int16ub,
    "mode" / construct.Bytes(2),
    "records_low" / construct.Int16ub,
    "chain_link" / construct.Int16ub,
    "recfm" / construct.Bytes(1),
    "flags" / construct.Int8ub,
    "lrecl" / construct.Int32ub,
    "blocks_low" / construct.Int16ub,
    "year" / construct.Bytes(2),
    "origin" / construct.Int32ub,
    "blocks" / construct.Int32ub,
    "records" / construct.Int32ub,
    "levels" / construct.Int8ub,
    "pointer_size" / construct.Int8ub,
    "written" / construct.Bytes(6),
    "real_mode" / construct.Int8ub,
    "flags2" / construct.Int8ub,
    "reserved" / construct.Bytes(2),
)


@dataclass(frozen=True, slots=True)
class Label:
    """The volume label of a CMS disk."""

    volume: str
    block_size: int
    directory: int
    cylinders: int
    most_cylinders: int
    blocks: int
    used: int
    created: bytes = bytes(6)
    flags: int = 0
    identifier: str = LABEL_IDENTIFIER
    version: int = 0
    fst_length: int = FST_LENGTH
    fsts_per_block: int = 0
    reserved: int = 0
    offset: int = 0
    map_hole: bytes = bytes(16)
    segment: bytes = bytes(8)

    @property
    def created_at(self) -> datetime | None:
        return unpacked(self.created, bool(self.flags & CENTURY_LABEL))

    def build(self) -> bytes:
        """The 80 bytes."""
        return bytes(LabelFormat.build(_as_dict(self)))

    @classmethod
    def parse(cls, data: bytes, where: str = "label") -> Label:
        """From 80 bytes; what the file system relies on is checked."""
        if len(data) != LABEL_LENGTH:
            raise BadImage(where, len(data), f"{len(data)} bytes", f"a label of {LABEL_LENGTH}")
        parsed = LabelFormat.parse(data)
        if parsed.identifier == "CMS=":
            raise BadImage(where, 0, "CMS= (a disk of 800-byte blocks)", "CMS1 (a disk of 512 to 4096-byte blocks)")
        label = cls(**{field.name: parsed[field.name] for field in fields(cls)})
        size = label.block_size
        entries = size // FST_LENGTH
        rules: list[tuple[int, Any, bool, str]] = [
            (0, data[:4], label.identifier == LABEL_IDENTIFIER, "CMS1 in EBCDIC (is the disk formatted?)"),
            (12, size, size in BLOCK_SIZES, "a block size of 512, 1024, 2048 or 4096"),
            (16, label.directory, label.directory in DIRECTORY_BLOCKS, "directory block 4 or 5"),
            (36, label.fst_length, label.fst_length == FST_LENGTH, "directory entries of 64 bytes"),
            (40, label.fsts_per_block, label.fsts_per_block == entries, f"{entries} entries a block"),
        ]
        for offset, found, right, expected in rules:
            if not right:
                raise BadImage(where, offset, found, expected)
        return label


@dataclass(frozen=True, slots=True)
class Fst(CmsEntry):
    """A file's entry in the directory; names as the 8 EBCDIC bytes they are."""

    name: bytes
    type: bytes
    recfm: bytes
    lrecl: int
    records: int
    blocks: int
    origin: int
    levels: int
    pointer_size: int
    mode: bytes = bytes(2)
    written: bytes = bytes(6)
    flags: int = 0
    date: bytes = bytes(4)
    year: bytes = bytes(2)
    records_low: int = 0
    blocks_low: int = 0
    write_pointer: int = 0
    read_pointer: int = 0
    chain_link: int = 0
    real_mode: int = 0
    flags2: int = 0
    reserved: bytes = bytes(2)

    @property
    def written_at(self) -> datetime | None:
        """When the file was written; None when the bytes are no date."""
        return unpacked(self.written, bool(self.flags & CENTURY_FST))

    def dated(self, when: datetime) -> Fst:
        """The same entry with its date fields set."""
        packed, century = packed_date(when)
        flags = self.flags | CENTURY_FST if century else self.flags & ~CENTURY_FST
        year = to_ebcdic(f"{when.year % 100:02}")
        return replace(self, written=packed, date=packed[1:5], year=year, flags=flags)

    def build(self) -> bytes:
        """The 64 bytes."""
        return bytes(FstFormat.build(_as_dict(self)))

    @classmethod
    def parse(cls, data: bytes) -> Fst:
        """From 64 bytes; nothing is checked."""
        parsed = FstFormat.parse(data)
        return cls(**{field.name: parsed[field.name] for field in fields(cls)})


def _as_dict(value: Label | Fst) -> dict[str, Any]:
    return {field.name: getattr(value, field.name) for field in fields(value)}


def packed_date(when: datetime) -> tuple[bytes, bool]:
    """YYMMDDHHMMSS as packed digits, and the century flag (set from 2000 on)."""
    return bytes.fromhex(when.strftime("%y%m%d%H%M%S")), when.year >= 2000
