"""VMARC archives: CMS files compressed with LZW in a file of 80-byte records.

    header   0  4  `:CFF` (7AC3C6C6)         8  2  version 0100      28  2  record length (V: of the longest)
             4  4  blanks                   10  8  file name         30  6  date YYMMDDHHMMSS, packed digits
                                            18  8  file type         36  1  F or V
                                            26  2  file mode         37  1  X'20'
    data    38     codes of 12 bits, two in three bytes; behind the last zeros up to a multiple of 80 bytes

A code below 257 is a symbol: 0 ends a record, n + 1 is the byte n.  A higher one is a string: after every code but the
first the string of the code before and the first symbol of this one get the next number.  When all 4,096 are taken, a
pointer walks round from 257 and stops at the first string that no other begins with (and that is not the code before);
its number is used again.

    V   symbol 0 behind each record; a record of no bytes ends the file
    F   the records end to end, then symbol 0, which may be missing where the data end with a record of the archive

Who uses it: `vm370 vmarc`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import construct

from vm370.images.cmsnames import FIXED, VARIABLE, mode_field, name_field, unpacked
from vm370.images.ebcdic import from_ebcdic, to_ebcdic
from vm370.images.errors import BadImage, ImageError
from vm370.images.member import Member

CARD = 80
MAGIC = to_ebcdic(":CFF    ") + b"\x01\x00"
CONSTANT = 0x20
FIRST_STRING, STRINGS = 257, 4096
END = 0

Header = construct.Struct(
    "magic" / construct.Const(MAGIC),
    "name" / construct.Bytes(8),
    "type" / construct.Bytes(8),
    "mode" / construct.Bytes(2),
    "lrecl" / construct.Int16ub,
    "written" / construct.Bytes(6),
    "recfm" / construct.Bytes(1),
    "constant" / construct.Int8ub,
)
HEADER_LENGTH = Header.sizeof()


class ArchiveError(ImageError):
    """Files that do not go into an archive."""


class _Strings:
    """The table of strings; both sides build the same one."""

    def __init__(self) -> None:
        self.prefix = [-1] * STRINGS
        self.symbol = list(range(-1, STRINGS - 1))
        self.symbol[0] = END
        for code in range(FIRST_STRING):
            self.symbol[code] = code
        self._extensions = [0] * STRINGS
        self._made = FIRST_STRING
        self._pointer = FIRST_STRING

    def slot(self, before: int) -> int:
        """The number that the next string gets; ``before`` is the code it extends."""
        if self._made < STRINGS:
            return self._made
        at = self._pointer
        while self._extensions[at] or at == before:
            at = at + 1 if at + 1 < STRINGS else FIRST_STRING
        return at

    def add(self, slot: int, before: int, symbol: int) -> None:
        """Make ``before`` + ``symbol`` the string ``slot``."""
        if self._made < STRINGS:
            self._made += 1
        else:
            self._extensions[self.prefix[slot]] -= 1
            self._pointer = slot + 1 if slot + 1 < STRINGS else FIRST_STRING
        self.prefix[slot], self.symbol[slot] = before, symbol
        self._extensions[before] += 1

    def known(self, code: int) -> bool:
        """Whether the code stands for anything yet."""
        return code < self._made

    def string(self, code: int) -> list[int]:
        """The symbols of a code."""
        symbols = []
        while code >= FIRST_STRING:
            symbols.append(self.symbol[code])
            code = self.prefix[code]
        symbols.append(code)
        symbols.reverse()
        return symbols


def is_archive(data: bytes) -> bool:
    """The bytes begin like an archive."""
    return data.startswith(MAGIC)


def unpack(data: bytes, where: str = "archive") -> Iterator[Member]:
    """The files of an archive; BadImage where it is damaged."""
    at = 0
    while at < len(data) and any(data[at:]):
        if not is_archive(data[at:]) or len(data) < at + HEADER_LENGTH:
            raise BadImage(where, at, data[at : at + 10], MAGIC)
        header = Header.parse(data[at : at + HEADER_LENGTH])
        recfm = from_ebcdic(header.recfm)
        if recfm not in (FIXED, VARIABLE) or (recfm == FIXED and not header.lrecl):
            raise BadImage(where, at + 36, header.recfm, "record format F or V")
        records, end = _records(data, at + HEADER_LENGTH, recfm, header.lrecl, where)
        yield Member(
            from_ebcdic(header.name).rstrip(),
            from_ebcdic(header.type).rstrip(),
            from_ebcdic(header.mode).rstrip(),
            recfm,
            header.lrecl,
            unpacked(header.written, century=False),
            tuple(records),
        )
        at = -(-end // CARD) * CARD


def _records(data: bytes, start: int, recfm: str, lrecl: int, where: str) -> tuple[list[bytes], int]:
    """The records of the file whose codes begin at ``start``, and where the codes end."""
    records: list[bytes] = []
    record = bytearray()
    end = start
    for symbol, end in _symbols(data, start, where):
        if symbol != END:
            record.append(symbol - 1)
            if recfm == FIXED and len(record) == lrecl:
                records.append(bytes(record))
                record.clear()
            continue
        if recfm == VARIABLE and record:
            records.append(bytes(record))
            record.clear()
            continue
        if record:
            raise BadImage(where, end, f"a last record of {len(record)} bytes", f"records of {lrecl}")
        return records, end
    if recfm == VARIABLE or record:
        raise BadImage(where, end, "the end of the data", "a symbol that ends the file")
    return records, end


def _symbols(data: bytes, start: int, where: str) -> Iterator[tuple[int, int]]:
    """Symbols and the place behind the code they come from, up to the end of the data or another header."""
    strings = _Strings()
    before, first = -1, 0
    position = 2 * start  # in half bytes
    while True:
        byte, odd = divmod(position, 2)
        if byte % CARD == 0 and not odd and is_archive(data[byte : byte + len(MAGIC)]):
            return
        if byte + 2 > len(data):
            return
        two = data[byte] << 8 | data[byte + 1]
        code = two & 0xFFF if odd else two >> 4
        position += 3
        slot = strings.slot(before) if before >= 0 else -1
        if code == slot:
            symbols = [*strings.string(before), first]
        elif strings.known(code):
            symbols = strings.string(code)
        else:
            raise BadImage(where, byte, f"code {code}", "a code that was made before")
        if before >= 0:
            strings.add(slot, before, symbols[0])
        before, first = code, symbols[0]
        for symbol in symbols:
            yield symbol, (position + 1) // 2


def pack(members: Iterable[Member]) -> bytes:
    """An archive of these files: a multiple of 80 bytes."""
    return b"".join(_packed(member) for member in members)


def _packed(member: Member) -> bytes:
    if member.recfm not in (FIXED, VARIABLE):
        raise ArchiveError(f"{member}: record format {member.recfm!r}, expected F or V")
    longest = max((len(record) for record in member.records), default=0)
    if longest > 0xFFFF or (member.recfm == VARIABLE and not all(member.records)):
        raise ArchiveError(f"{member}: records of 1 to 65535 bytes go into an archive, found one of {longest}")
    if member.recfm == FIXED and {len(record) for record in member.records} - {member.lrecl}:
        raise ArchiveError(f"{member}: records that have not the record length {member.lrecl}")
    written = member.written.strftime("%y%m%d%H%M%S") if member.written else "000000000000"
    header: bytes = Header.build(
        {
            "name": name_field(member.filename, "file name"),
            "type": name_field(member.filetype, "file type"),
            "mode": mode_field(member.filemode or "A1"),
            "lrecl": longest if member.recfm == VARIABLE else member.lrecl,
            "written": bytes.fromhex(written),
            "recfm": to_ebcdic(member.recfm),
            "constant": CONSTANT,
        }
    )
    codes = list(_codes(_stream(member)))
    digits = "".join(f"{code:03X}" for code in codes)
    data = header + bytes.fromhex(digits + "0" * (len(digits) % 2))
    return data.ljust(-(-len(data) // CARD) * CARD, b"\0")


def _stream(member: Member) -> Iterator[int]:
    for record in member.records:
        for byte in record:
            yield byte + 1
        if member.recfm == VARIABLE:
            yield END
    yield END


def _codes(symbols: Iterable[int]) -> Iterator[int]:
    strings = _Strings()
    numbers: dict[tuple[int, int], int] = {}
    code = -1
    for symbol in symbols:
        if code < 0:
            code = symbol
            continue
        longer = numbers.get((code, symbol))
        if longer is not None:
            code = longer
            continue
        yield code
        slot = strings.slot(code)
        if strings.known(slot):
            del numbers[strings.prefix[slot], strings.symbol[slot]]
        strings.add(slot, code, symbol)
        numbers[code, symbol] = slot
        code = symbol
    if code >= 0:
        yield code
