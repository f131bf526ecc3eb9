"""NETDATA: files on their way between systems, as CMS SENDFILE and TSO TRANSMIT (XMIT) write them.

The carrier is a deck of 80-byte records without regard to their ends; behind the last segment anything may follow.

    segment    0  1  length with these two bytes (2 to 255)     flag  80  first segment of a record
               1  1  flag                                             40  last segment of a record
               2     data                                             20  control record

    INMR01     from and to whom, when, number of files (text units, textunits.py)
    INMR02     number of the file 4; utility that unloads it, organisation, form, name.  A partitioned data set has two
               of them: IEBCOPY made an unload of it (iebcopy.py), INMCOPY sends that
    INMR03     organisation and form of what follows: the data records of a file
    INMR04     for an installation's own use
    INMR06     the end
    INMR07     an acknowledgement: the transmission it tells of, no data

``E0`` with length 8, ``08 E0 C9D5D4D9F0F6``, is the segment that ends a transmission.  A message is a file whose INMR02
has INMTERM.  A file of CMS is called by name and type, the last two parts of INMDSNAM.

Who uses it: `vm370 deck receive`, `vm370 deck send`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

import construct

from vm370.images.cmsnames import FIXED, VARIABLE
from vm370.images.ebcdic import from_ebcdic, to_ebcdic
from vm370.images.errors import BadImage, ImageError
from vm370.images.member import Member
from vm370.images.textunits import Units

CARD = 80
FIRST, LAST, CONTROL = 0x80, 0x40, 0x20
SEGMENT = 253
"""Most bytes of data in a segment."""
HEADER, FILE, DATA, USER, TRAILER, ACKNOWLEDGEMENT = (f"INMR0{number}" for number in (1, 2, 3, 4, 6, 7))
CONTROLS = (HEADER, FILE, DATA, USER, TRAILER, ACKNOWLEDGEMENT)
COPY, UNLOAD = "INMCOPY", "IEBCOPY"
SEQUENTIAL, PARTITIONED = b"\x40\x00", b"\x02\x00"
RECFM_F, RECFM_V, RECFM_U = 0x8000, 0x4000, 0xC000
SENT_V, SENT_F = b"\x40\x02", b"\x80\x02"
MOST = 0xFFFF

Segment = construct.Struct(
    "length" / construct.Rebuild(construct.Int8ub, lambda this: len(this.data) + 2),
    "flag" / construct.Int8ub,
    "data" / construct.Bytes(lambda this: this.length - 2),
)


@dataclass(frozen=True, slots=True)
class Record:
    """A record of the transmission, its segments joined; ``at`` is the offset of its first segment."""

    at: int
    control: bool
    data: bytes


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file of a transmission: what the INMR02 records and INMR03 say, and its records as they were sent."""

    number: int
    units: tuple[Units, ...]
    data: tuple[bytes, ...]
    form: Units | None = None

    @property
    def message(self) -> bool:
        """Text for the terminal of the one who receives it."""
        return self.units[0].values("INMTERM") is not None

    @property
    def partitioned(self) -> bool:
        """An unload of a partitioned data set."""
        return self.units[0].text("INMUTILN") == UNLOAD

    @property
    def name(self) -> str:
        """The name of the data set."""
        return self.units[0].text("INMDSNAM")

    @property
    def recfm(self) -> str:
        """F, V or U."""
        return record_format(self.units[0].number("INMRECFM"))

    @property
    def lrecl(self) -> int:
        """Record length as the sender tells it."""
        return self.units[0].number("INMLRECL")

    def records(self, where: str) -> tuple[bytes, ...]:
        """The records of a sequential file; of a file of F records a block that was sent as one is divided."""
        if self.recfm != FIXED or not self.lrecl:
            return self.data
        cut: list[bytes] = []
        for record in self.data:
            if len(record) % self.lrecl:
                found = f"a record of {len(record)} bytes"
                raise BadImage(f"{where}: {self.name or 'file'}", 0, found, f"records of {self.lrecl}")
            cut += [record[at : at + self.lrecl] for at in range(0, len(record), self.lrecl)]
        return tuple(cut)


@dataclass(frozen=True, slots=True)
class Transmission:
    """What was sent; ``end`` is the number of bytes it takes."""

    header: Units
    files: tuple[SentFile, ...]
    end: int = 0
    acknowledgement: bool = False


def record_format(bits: int) -> str:
    """F, V or U of the bits of a record format."""
    return {RECFM_F: FIXED, RECFM_V: VARIABLE, RECFM_U: "U"}.get(bits & RECFM_U, "U")


def is_netdata(data: bytes) -> bool:
    """The bytes begin like a transmission."""
    return len(data) > 8 and data[1] & CONTROL == CONTROL and data[2:8] == to_ebcdic(HEADER)


def records(data: bytes, where: str = "netdata") -> Iterator[Record]:
    """The records of a transmission up to INMR06 or INMR07; BadImage where a segment is damaged."""
    at = start = 0
    pieces: list[bytes] = []
    first = 0
    while True:
        if at >= len(data):
            raise BadImage(where, at, "the end of the file", f"a segment, or {TRAILER} before it")
        length = data[at]
        if length < 2 or at + length > len(data):
            raise BadImage(where, at, f"segment length {length}", f"2 to {min(255, len(data) - at)}")
        segment = Segment.parse(data[at : at + length])
        if bool(segment.flag & FIRST) != (not pieces):
            expected = (
                "the first segment of a record" if not pieces else "a further segment of the record that is begun"
            )
            raise BadImage(where, at + 1, f"flag X'{segment.flag:02X}'", expected)
        if not pieces:
            start, first = at, segment.flag
        pieces.append(segment.data)
        at += length
        if segment.flag & LAST:
            record = Record(start, bool(first & CONTROL), b"".join(pieces))
            pieces = []
            yield record
            if record.control and from_ebcdic(record.data[:6]) in (TRAILER, ACKNOWLEDGEMENT):
                return


def parse(data: bytes, where: str = "netdata") -> Transmission:
    """A transmission; BadImage where it is damaged."""
    if not is_netdata(data):
        raise BadImage(where, 0, data[:8], f"a segment with {HEADER}")
    header = Units(())
    told: dict[int, list[Units]] = {}
    sent: list[tuple[Units, list[bytes]]] = []
    end = 0
    acknowledgement = False
    for record in records(data, where):
        if not record.control:
            if not sent:
                raise BadImage(where, record.at, "a data record", f"{DATA} before it")
            sent[-1][1].append(record.data)
            continue
        kind = from_ebcdic(record.data[:6])
        if kind not in CONTROLS:
            raise BadImage(where, record.at + 2, record.data[:6], f"one of {' '.join(CONTROLS)}")
        if kind in (HEADER, ACKNOWLEDGEMENT):
            units = _units(record, 6, where)
            header = Units((*header.items, *units.items))
            acknowledgement |= kind == ACKNOWLEDGEMENT
        elif kind == FILE:
            told.setdefault(int.from_bytes(record.data[6:10], "big"), []).append(_units(record, 10, where))
        elif kind == DATA:
            sent.append((_units(record, 6, where), []))
        end = record.at
    if len(sent) != len(told):
        found = f"the data of {len(sent)} files"
        raise BadImage(where, end, found, f"the data of {len(told)} files, as {FILE} records say")
    files = (
        SentFile(number, tuple(units), tuple(inside), form)
        for (number, units), (form, inside) in zip(sorted(told.items()), sent, strict=True)
    )
    return Transmission(header, tuple(files), end + data[end], acknowledgement)


def _units(record: Record, start: int, where: str) -> Units:
    units = Units.parse(record.data[start:])
    if units is None:
        raise BadImage(where, record.at + 2 + start, record.data[start:], "text units")
    return units


def segments(data: bytes, control: bool = False) -> bytes:
    """A record in segments."""
    pieces = [data[at : at + SEGMENT] for at in range(0, len(data), SEGMENT)] or [b""]
    flag = CONTROL if control else 0
    return b"".join(
        Segment.build(
            {"flag": flag | (FIRST if not number else 0) | (LAST if number == len(pieces) - 1 else 0), "data": piece}
        )
        for number, piece in enumerate(pieces)
    )


def build(transmission: Transmission) -> bytes:
    """The deck of a transmission, blanks behind its end."""
    parts = [segments(to_ebcdic(HEADER) + transmission.header.build(), control=True)]
    for file in transmission.files:
        for units in file.units:
            parts.append(segments(to_ebcdic(FILE) + file.number.to_bytes(4, "big") + units.build(), control=True))
    for file in transmission.files:
        parts.append(segments(to_ebcdic(DATA) + (file.form or _form(file)).build(), control=True))
        parts += [segments(record) for record in file.data]
    parts.append(segments(to_ebcdic(TRAILER), control=True))
    data = b"".join(parts)
    return data.ljust(-(-len(data) // CARD) * CARD, b"\x40")


def _form(file: SentFile) -> Units:
    units = file.units[-1]
    length = min(units.number("INMLRECL"), MOST).to_bytes(2, "big")
    size = units.number("INMSIZE")
    return Units.of(INMSIZE=size, INMDSORG=SEQUENTIAL, INMLRECL=length, INMRECFM=b"\x00\x01")


def transmission(
    members: Iterable[Member],
    *,
    sender: tuple[str, str],
    receiver: tuple[str, str],
    sent: datetime,
    message: Iterable[bytes] = (),
) -> Transmission:
    """Files and a message as one transmission; ``sender`` and ``receiver`` are (node, user)."""
    files: list[SentFile] = []
    lines = tuple(message)
    if lines:
        units = Units.of(
            INMUTILN=COPY, INMTERM=(), INMSIZE=sum(map(len, lines)), INMDSORG=SEQUENTIAL, INMLRECL=251, INMRECFM=SENT_V
        )
        files.append(SentFile(1, (units,), lines))
    for member in members:
        if member.recfm == FIXED and any(len(record) != member.lrecl for record in member.records):
            raise ImageError(f"{member}: found records that have not the record length {member.lrecl}")
        units = Units.of(
            INMUTILN=COPY,
            INMSIZE=sum(map(len, member.records)),
            INMDSORG=SEQUENTIAL,
            INMLRECL=member.lrecl,
            INMRECFM=SENT_F if member.recfm == FIXED else SENT_V,
            INMDSNAM=(member.filemode or "A1", member.filename, member.filetype),
            INMCREAT=(member.written or sent).strftime("%Y%m%d%H%M%S"),
        )
        files.append(SentFile(len(files) + 1, (units,), member.records))
    if not files:
        raise ImageError("transmission: found no file and no message, expected at least one")
    header = Units.of(
        INMLRECL=CARD,
        INMFNODE=sender[0],
        INMFUID=sender[1],
        INMTNODE=receiver[0],
        INMTUID=receiver[1],
        INMFTIME=sent.strftime("%Y%m%d%H%M%S"),
        INMNUMF=len(files),
    )
    return Transmission(header, tuple(files))
