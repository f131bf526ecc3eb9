"""What stands in the bytes of a CDF disk; numbers are big endian.

    label   0  4  `CMS=`               MFD     0 364  halfwords: blocks with directory entries; behind the last FFFF,
            4  6  label                                FFFE (of 1968), or FFFD and the blocks with the rest of the map
                                               364  4  blocks of the disk       380  4  cylinders
    FST     0  8  file name                    368  4  blocks in use            384 215 map: bit 0 is block 1; what is
            8  8  file type                    372  4  blocks left                      not there is zeros
           16  2  MMDD, packed digits          376  4  displacement of the last map byte that is not zero
           18  2  HHMM                         599  1  device type: 08 2314, 09 3330, 0A 3340, 0B 3350
           20  2  write pointer
           22  2  read pointer          chain link   the first: 40 halfwords, the blocks of further chain links, then
           24  2  file mode                          60 halfwords, the first data blocks (200 bytes together);
           26  2  records                            further ones: 400 halfwords, data blocks.
           28  2  first chain link                   0 in a file of format F: 800 zeros
           30  1  F or V
           31  1  flags: 08 from 2000 on        On CP-67's disks the first two bits of the FST's chain link tell which
           32  4  record length (V: longest)   quarter of the block it is.
           36  2  data blocks
           38  2  year, two digits

``C3D4E27E C3D4E2F1 F9F1 ...`` is the label of CMS191; ``0005FFFF 0000...`` begins the MFD of a disk with few files.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from datetime import datetime

import construct

from vm370.images.cdf.blocks800 import BLOCK
from vm370.images.cmsnames import CmsEntry, unpacked
from vm370.images.ebcdic import from_ebcdic, to_ebcdic
from vm370.images.errors import BadImage

LABEL = to_ebcdic("CMS=")
MFD_BLOCK = 4
FST_LENGTH = 40
FSTS_PER_BLOCK = BLOCK // FST_LENGTH
FIRST_FILE_BLOCK = 5
MAP_IN_MFD = 215
WHOLE_MAP, OLD_MAP, MORE_MAP = 0xFFFF, 0xFFFE, 0xFFFD
MOST_BLOCKS = 65_531
"""Block numbers above are signals."""
FIRST_LINKS, FIRST_DATA = 40, 60
LINK_LENGTH = 2 * (FIRST_LINKS + FIRST_DATA)
PER_LINK = BLOCK // 2
MOST_DATA = FIRST_DATA + FIRST_LINKS * PER_LINK
"""Data blocks of the longest file: 16,060."""
MOST_RECORDS = 65_535
CENTURY = 0x08
DEVICE_BYTES = {"2311": 0x01, "2314": 0x08, "3330": 0x09, "3340": 0x0A, "3350": 0x0B}

MfdFormat = construct.Struct(
    "numbers" / construct.Array(182, construct.Int16ub),
    "total" / construct.Int32ub,
    "used" / construct.Int32ub,
    "left" / construct.Int32ub,
    "last_byte" / construct.Int32ub,
    "cylinders" / construct.Int32ub,
    "map" / construct.Bytes(MAP_IN_MFD),
    "device" / construct.Int8ub,
    "rest" / construct.Bytes(200),
)
FstFormat = construct.Struct(
    "name" / construct.Bytes(8),
    "type" / construct.Bytes(8),
    "date" / construct.Bytes(2),
    "time" / construct.Bytes(2),
    "write_pointer" / construct.Int16ub,
    "read_pointer" / construct.Int16ub,
    "mode" / construct.Bytes(2),
    "records" / construct.Int16ub,
    "chain_link" / construct.Int16ub,
    "recfm" / construct.Bytes(1),
    "flags" / construct.Int8ub,
    "lrecl" / construct.Int32ub,
    "blocks" / construct.Int16ub,
    "year" / construct.Bytes(2),
)
FirstLink = construct.Struct(
    "links" / construct.Array(FIRST_LINKS, construct.Int16ub),
    "data" / construct.Array(FIRST_DATA, construct.Int16ub),
)
FurtherLink = construct.Array(PER_LINK, construct.Int16ub)


@dataclass(frozen=True, slots=True)
class Mfd:
    """The master file directory, taken apart."""

    directory: tuple[int, ...]
    map_blocks: tuple[int, ...]
    total: int
    used: int
    left: int
    cylinders: int
    map: bytes
    """The part that is in the MFD."""
    device: int
    rest: bytes = bytes(200)

    def build(self) -> bytes:
        """800 bytes."""
        signal = [MORE_MAP, *self.map_blocks] if self.map_blocks else [WHOLE_MAP]
        numbers = [*self.directory, *signal]
        used = self.map.rstrip(b"\0")
        data: bytes = MfdFormat.build(
            {
                "numbers": numbers + [0] * (182 - len(numbers)),
                "total": self.total,
                "used": self.used,
                "left": self.left,
                "last_byte": max(len(used) - 1, 0),
                "cylinders": self.cylinders,
                "map": self.map,
                "device": self.device,
                "rest": self.rest,
            }
        )
        return data

    @classmethod
    def parse(cls, data: bytes, where: str) -> Mfd:
        """From 800 bytes; BadImage when no signal ends the list."""
        parsed = MfdFormat.parse(data)
        numbers = list(parsed.numbers)
        end = next((i for i, n in enumerate(numbers) if n >= MORE_MAP or n == 0), len(numbers))
        if end == len(numbers) or numbers[end] == 0:
            raise BadImage(where, 2 * end, "a list of blocks without its end", "FFFF, FFFE or FFFD behind the last")
        more = numbers[end + 1 :] if numbers[end] == MORE_MAP else []
        more = more[: more.index(0)] if 0 in more else more
        return cls(
            tuple(numbers[:end]),
            tuple(more),
            parsed.total,
            parsed.used,
            parsed.left,
            parsed.cylinders,
            parsed.map,
            parsed.device,
            parsed.rest,
        )


@dataclass(frozen=True, slots=True)
class Fst(CmsEntry):
    """A file's entry in the directory; names as the 8 EBCDIC bytes they are."""

    name: bytes
    type: bytes
    recfm: bytes
    lrecl: int = 0
    records: int = 0
    blocks: int = 0
    chain_link: int = 0
    mode: bytes = bytes(2)
    date: bytes = bytes(2)
    time: bytes = bytes(2)
    year: bytes = bytes(2)
    flags: int = 0
    write_pointer: int = 1
    read_pointer: int = 1
    levels: int = field(default=1, compare=False)

    @property
    def written_at(self) -> datetime | None:
        """When the file was written; None when the bytes are no date."""
        year = from_ebcdic(self.year)
        if not (year.isascii() and year.isdecimal()):
            return None
        return unpacked(bytes.fromhex(year) + self.date + self.time + b"\0", bool(self.flags & CENTURY))

    def dated(self, when: datetime) -> Fst:
        """The same entry with its date fields set."""
        packed = bytes.fromhex(when.strftime("%m%d%H%M"))
        flags = self.flags | CENTURY if when.year >= 2000 else self.flags & ~CENTURY
        return replace(self, date=packed[:2], time=packed[2:], year=to_ebcdic(f"{when.year % 100:02}"), flags=flags)

    def build(self) -> bytes:
        """The 40 bytes."""
        values = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "levels"}
        return bytes(FstFormat.build(values))

    @classmethod
    def parse(cls, data: bytes) -> Fst:
        """From 40 bytes; nothing is checked."""
        parsed = FstFormat.parse(data)
        return cls(**{f.name: parsed[f.name] for f in fields(cls) if f.name != "levels"})
