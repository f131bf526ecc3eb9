"""Unloads of partitioned data sets, as the OS utility IEBCOPY writes them: in NETDATA transmissions, on tapes.

    COPYR1     0  1  flag (01: of a PDSE)            COPYR2   0  16  DEB
               1  3  X'CA6D0F'                               16      extents of 16 bytes: 6 first cylinder 2, head 2,
               4  2  organisation X'0200'                            last cylinder 2, head 2, tracks 2
               6  2  block size
               8  2  record length                  directory, members: blocks of count, key and data one after the
              10  1  record format                  other, over the ends of records:
              14  2  block size of the unload         0  1  flag          4  2  cylinder    8  1  record
              16  4  device type                      1  1  extent        6  2  head        9  1  key length
              26  2  tracks of a cylinder             2  2  bin                            10  2  data length

    directory  blocks of key 8 and data 256: bytes used 2, then entries: name 8, TTR 3, C 1 (80 alias, low five bits:
               halfwords that follow), those halfwords; the name X'FF...' ends it.  A block without data ends it
    member     its blocks; one without data ends it.  TTR is where it begins: track from the first extent, record

Who uses it: `vm370 deck receive`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import construct

from vm370.images.cmsnames import FIXED, VARIABLE
from vm370.images.ebcdic import from_ebcdic
from vm370.images.errors import BadImage
from vm370.images.netdata import record_format

EYECATCHER = bytes.fromhex("CA6D0F")
DIRECTORY_KEY, DIRECTORY_DATA = 8, 256
ALIAS = 0x80
END_OF_DIRECTORY = b"\xff" * 8

Copyr1 = construct.Struct(
    "flag" / construct.Int8ub,
    "eyecatcher" / construct.Const(EYECATCHER),
    "organisation" / construct.Int16ub,
    "block_size" / construct.Int16ub,
    "lrecl" / construct.Int16ub,
    "recfm" / construct.Int16ub,
    "option" / construct.Bytes(2),
    "unload_block" / construct.Int16ub,
    "device" / construct.Bytes(8),
    "cylinders" / construct.Int16ub,
    "heads" / construct.Int16ub,
)
Extent = construct.Struct(
    construct.Padding(6),
    "first_cylinder" / construct.Int16ub,
    "first_head" / construct.Int16ub,
    "last_cylinder" / construct.Int16ub,
    "last_head" / construct.Int16ub,
    "tracks" / construct.Int16ub,
)
Count = construct.Struct(
    "flag" / construct.Int8ub,
    "extent" / construct.Int8ub,
    "bin" / construct.Int16ub,
    "cylinder" / construct.Int16ub,
    "head" / construct.Int16ub,
    "record" / construct.Int8ub,
    "key_length" / construct.Int8ub,
    "data_length" / construct.Int16ub,
)
COUNT_LENGTH = Count.sizeof()


@dataclass(frozen=True, slots=True)
class PdsMember:
    """A member: its blocks; ``alias_of`` is the name it is another name of."""

    name: str
    ttr: int
    alias_of: str
    user_data: bytes
    blocks: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Pds:
    """A partitioned data set."""

    recfm: str
    lrecl: int
    block_size: int
    members: tuple[PdsMember, ...]

    def records(self, member: PdsMember, where: str) -> list[bytes]:
        """The records of a member: F blocks cut, V blocks without their lengths, U blocks as they are."""
        if self.recfm == FIXED and self.lrecl:
            return [record for block in member.blocks for record in self._fixed(block, f"{where}({member.name})")]
        if self.recfm == VARIABLE:
            return [record for block in member.blocks for record in _variable(block, f"{where}({member.name})")]
        return list(member.blocks)

    def _fixed(self, block: bytes, where: str) -> Iterator[bytes]:
        if len(block) % self.lrecl:
            raise BadImage(where, 0, f"a block of {len(block)} bytes", f"records of {self.lrecl}")
        for at in range(0, len(block), self.lrecl):
            yield block[at : at + self.lrecl]


def _variable(block: bytes, where: str) -> Iterator[bytes]:
    end = int.from_bytes(block[:2], "big")
    if end > len(block):
        raise BadImage(where, 0, f"block length {end}", f"at most {len(block)}")
    at = 4
    while at < end:
        length = int.from_bytes(block[at : at + 2], "big")
        if length < 4 or at + length > end:
            raise BadImage(where, at, f"record length {length}", f"4 to {end - at}")
        yield block[at + 4 : at + length]
        at += length


def parse_unload(records: Sequence[bytes], where: str = "unload") -> Pds:
    """The partitioned data set of an unload's records; BadImage where they are damaged."""
    if len(records) < 2 or len(records[0]) < Copyr1.sizeof() or records[0][1:4] != EYECATCHER:
        raise BadImage(where, 0, records[0][:4] if records else "no records", "COPYR1 with X'CA6D0F', and COPYR2")
    first = Copyr1.parse(records[0])
    extents = [
        Extent.parse(records[1][at : at + Extent.sizeof()])
        for at in range(16, len(records[1]) - Extent.sizeof() + 1, Extent.sizeof())
    ]
    directory: list[bytes] = []
    groups: dict[int, tuple[bytes, ...]] = {}
    blocks: list[bytes] = []
    start = -1
    in_directory = True
    for count, key, data in _blocks(b"".join(records[2:]), where):
        if in_directory:
            if count.key_length == DIRECTORY_KEY and count.data_length:
                directory.append(data)
                continue
            in_directory = False
            if not count.data_length:
                continue
        if start < 0:
            start = _track(count, extents, first.heads) << 8 | count.record
        if count.data_length:
            blocks.append(key + data)
        else:
            groups[start] = tuple(blocks)
            blocks, start = [], -1
    if blocks:
        raise BadImage(where, 0, "the end of the unload", "a block without data at the end of the member")
    members = _members(directory, groups, where)
    return Pds(record_format(first.recfm), first.lrecl, first.block_size, tuple(members))


def _blocks(data: bytes, where: str) -> Iterator[tuple[construct.Container, bytes, bytes]]:
    at = 0
    while at < len(data):
        if at + COUNT_LENGTH > len(data):
            raise BadImage(where, at, f"{len(data) - at} bytes", f"a count of {COUNT_LENGTH}")
        count = Count.parse(data[at : at + COUNT_LENGTH])
        body = at + COUNT_LENGTH
        end = body + count.key_length + count.data_length
        if end > len(data):
            found = f"key {count.key_length} and data {count.data_length}"
            raise BadImage(where, at + 9, found, f"at most {len(data) - body} bytes")
        yield count, data[body : body + count.key_length], data[body + count.key_length : end]
        at = end


def _track(count: construct.Container, extents: Sequence[construct.Container], heads: int) -> int:
    """The track of a block, counted from the first extent; 65535 when it is outside of all."""
    before = 0
    for extent in extents:
        relative = (count.cylinder - extent.first_cylinder) * heads + count.head - extent.first_head
        if 0 <= relative < extent.tracks:
            return before + int(relative)
        before += int(extent.tracks)
    return 0xFFFF


def _members(directory: Sequence[bytes], groups: dict[int, tuple[bytes, ...]], where: str) -> Iterator[PdsMember]:
    owners: dict[int, str] = {}
    entries = list(_entries(directory, where))
    for name, ttr, flag, _ in entries:
        if not flag & ALIAS:
            owners.setdefault(ttr, name)
    for name, ttr, flag, user_data in entries:
        if ttr not in groups:
            raise BadImage(where, 0, f"member {name} at TTR {ttr:06X}", "blocks that begin there")
        alias_of = owners.get(ttr, "") if flag & ALIAS else ""
        yield PdsMember(name, ttr, alias_of, user_data, groups[ttr])


def _entries(directory: Sequence[bytes], where: str) -> Iterator[tuple[str, int, int, bytes]]:
    for number, block in enumerate(directory, 1):
        used = int.from_bytes(block[:2], "big")
        at = 2
        while at < min(used, len(block)):
            if block[at : at + 8] == END_OF_DIRECTORY:
                return
            more = block[at + 11] & 0x1F if at + 12 <= len(block) else 0
            if at + 12 + 2 * more > min(used, len(block)):
                raise BadImage(f"{where}: directory block {number}", at, block[at : at + 12], "a whole entry")
            ttr = int.from_bytes(block[at + 8 : at + 11], "big")
            user_data = block[at + 12 : at + 12 + 2 * more]
            yield from_ebcdic(block[at : at + 8]).rstrip(), ttr, block[at + 11], user_data
            at += 12 + 2 * more
