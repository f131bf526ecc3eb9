"""A CMS file as TAPE DUMP and VMFPLC2 have it on tape: directory entry, and data as it stands in a disk's blocks.

The data are the records of an F file end to end, those of a V file with two bytes of length before each; what follows
the last record means nothing.  Files of VM/370 and CP-67 have the first 40 bytes of the entry, later ones all 64.

Who uses it: tapedump.py, vmfplc2.py, contents.py, `vm370 tape`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from vm370.images.cmsnames import FIXED, LONGEST_VARIABLE, VARIABLE, mode_field, name_field, unpacked
from vm370.images.cmsrecords import unpack
from vm370.images.ebcdic import from_ebcdic, to_ebcdic
from vm370.images.edf.layout import CENTURY_FST, Fst
from vm370.images.errors import BadImage, FileSystemError

CDF_BLOCK = 800
SHORT_FIELDS = 0xFFFF


@dataclass(frozen=True, slots=True)
class CmsTapeFile:
    """A file on tape; ``where`` tells the place of its entry."""

    fst: Fst
    data: bytes
    where: str = "tape file"

    @property
    def filename(self) -> str:
        return self.fst.filename

    @property
    def filetype(self) -> str:
        return self.fst.filetype

    @property
    def filemode(self) -> str:
        return self.fst.filemode

    @property
    def recfm(self) -> str:
        return self.fst.format

    @property
    def lrecl(self) -> int:
        return self.fst.lrecl

    @property
    def count(self) -> int:
        """Number of records."""
        return self.fst.records or self.fst.records_low

    @property
    def written_at(self) -> datetime | None:
        """When the file was written, None when the bytes are no date."""
        if any(self.fst.written):
            return self.fst.written_at
        year = from_ebcdic(self.fst.year)
        if not (year.isascii() and year.isdecimal()):
            return None
        return unpacked(bytes.fromhex(year) + self.fst.date + b"\0", bool(self.fst.flags & CENTURY_FST))

    def __str__(self) -> str:
        return str(self.fst)

    def check(self) -> None:
        """BadImage unless the entry fits the data, as far as that can be told without reading all records."""
        if self.recfm not in (FIXED, VARIABLE):
            raise BadImage(self.where, 0, f"record format {self.fst.recfm.hex().upper()} of {self}", "F or V")
        if self.count < 1:
            raise BadImage(self.where, 0, f"{self.count} records in {self}", "at least one")
        least = self.count * (self.lrecl if self.recfm == FIXED else 2)
        if self.lrecl < 1 or least > len(self.data):
            found = f"{self.count} records ({self.recfm}) of {self.lrecl} bytes in {self}"
            raise BadImage(self.where, 0, found, f"what {len(self.data)} bytes of data on tape can hold")

    def records(self) -> Iterator[bytes]:
        """The records, each without its length."""
        self.check()
        return unpack(self.recfm, self.lrecl, self.count, [self.data], f"{self.where}: data of {self}", empty=True)


def make_file(
    filename: str,
    filetype: str,
    records: Iterable[bytes],
    *,
    recfm: str = VARIABLE,
    lrecl: int | None = None,
    mode: str = "A1",
    written: datetime,
    long: bool = False,
) -> CmsTapeFile:
    """A file of records; ``long``: with the fields of the 64-byte entry, which VM/370 does not have."""
    name, kind = name_field(filename, "file name"), name_field(filetype, "file type")
    what = f"{filename.upper()} {filetype.upper()}"
    every = list(records)
    if not every:
        raise FileSystemError(f"{what}: no records; a CMS file has at least one")
    length = _length(every, recfm, lrecl, what)
    data = b"".join(record if recfm == FIXED else len(record).to_bytes(2) + record for record in every)
    count, blocks = len(every), -(-len(data) // CDF_BLOCK)
    if not long and max(count, blocks) > SHORT_FIELDS:
        found = f"{count} records in {blocks} blocks of 800 bytes"
        raise FileSystemError(f"{what}: {found}: a file of VM/370 has at most {SHORT_FIELDS} of each")
    low = count & SHORT_FIELDS
    fst = Fst(
        name,
        kind,
        to_ebcdic(recfm),
        length,
        count if long else 0,
        blocks if long else 0,
        origin=0,
        levels=0,
        pointer_size=0,
        mode=mode_field(mode),
        records_low=low,
        blocks_low=blocks & SHORT_FIELDS,
        write_pointer=(low + 1) & SHORT_FIELDS,
        read_pointer=1,
    ).dated(written)
    if not long:
        fst = Fst.parse(fst.build()[:40].ljust(64, b"\0"))
    return CmsTapeFile(fst, data, what)


def _length(records: list[bytes], recfm: str, lrecl: int | None, what: str) -> int:
    """The record length of the entry: of V files that of the longest record."""
    if recfm not in (FIXED, VARIABLE):
        raise FileSystemError(f"{what}: record format {recfm!r}, expected F or V")
    if recfm == VARIABLE:
        longest = max(map(len, records))
        if longest > LONGEST_VARIABLE:
            raise FileSystemError(f"{what}: a record of {longest} bytes, expected at most {LONGEST_VARIABLE}")
        return max(longest, 1)
    length = lrecl or len(records[0])
    for number, record in enumerate(records, 1):
        if len(record) != length or not length:
            raise FileSystemError(f"{what}: record {number} has {len(record)} bytes, expected {length or 'at least 1'}")
    return length
