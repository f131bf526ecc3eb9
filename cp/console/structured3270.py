"""Structured fields of the 3270: what WRITE STRUCTURED FIELD does, and what the display answers.

    field   what it does                                  field   what it does
    01      read partition: Query, Query List, and        0C 0D   create, destroy partition (the implicit one: size
            the three reads, for the next READ MODIFIED           of addresses)
    03      erase/reset, to the default or alternate size 0E      activate partition
    09      set reply mode                                40      outbound 3270DS: a write command with its data
    00      reset partition

A length of two bytes (0: up to the end) and the identifier are in front.  Any other field is refused (DataStreamError).
What is answered begins with the identifier 88 and is in ``Screen.reply`` until a program reads it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from vm370.cp.console import inbound3270
from vm370.cp.console.screen3270 import (
    CHARACTER_MODE,
    ERASE_ALL_UNPROTECTED,
    ERASE_WRITE,
    ERASE_WRITE_ALTERNATE,
    MODELS,
    NO_AID,
    STRUCTURED_FIELD_AID,
    WRITE,
    DataStreamError,
    Screen,
    blank,
)

RESET_PARTITION, READ_PARTITION, ERASE_RESET, SET_REPLY_MODE = 0x00, 0x01, 0x03, 0x09
CREATE_PARTITION, DESTROY_PARTITION, ACTIVATE_PARTITION, OUTBOUND_3270DS = 0x0C, 0x0D, 0x0E, 0x40
SHORTEST = {READ_PARTITION: 3, ERASE_RESET: 2, SET_REPLY_MODE: 3, CREATE_PARTITION: 7, OUTBOUND_3270DS: 3}
"""Bytes of a field, with its identifier."""

SNA_COMMANDS = {0xF1: WRITE, 0xF5: ERASE_WRITE, 0x7E: ERASE_WRITE_ALTERNATE, 0x6F: ERASE_ALL_UNPROTECTED}
"""Codes of the write commands inside structured fields."""
SNA_READ_BUFFER, SNA_READ_MODIFIED, SNA_READ_MODIFIED_ALL = 0xF2, 0xF6, 0x6E

QUERY, QUERY_LIST = 0x02, 0x03
ALL_PARTITIONS = 0xFF
LIST, EQUIVALENT_AND_LIST, ALL = 0x00, 0x40, 0x80
"""Request types of a Query List."""
QUERY_REPLY, INBOUND_3270DS = 0x81, 0x80
SUMMARY, USABLE_AREA, CHARACTER_SETS, COLORS, HIGHLIGHTS, REPLY_MODES, IMPLICIT_PARTITION, NULL = (
    *(0x80, 0x81, 0x85, 0x86, 0x87, 0x88),
    *(0xA6, 0xFF),
)

SixteenBits = 0x01
WriteCommand = Callable[[Screen, int, bytes], Screen]


def write_structured_fields(screen: Screen, data: bytes, write: WriteCommand) -> Screen:
    """All fields of a command; ``write`` carries out a write command inside Outbound 3270DS."""
    while data:
        length = int.from_bytes(data[:2], "big") or len(data)
        one, data = data[2:length], data[length:]
        if length < 3 or len(one) < length - 2:
            raise DataStreamError(screen, "a structured field ends early")
        if len(one) < SHORTEST.get(one[0], 1):
            raise DataStreamError(screen, f"structured field {one[0]:02X} is too short")
        screen = _field(screen, one, write)
    return screen


def _field(screen: Screen, one: bytes, write: WriteCommand) -> Screen:
    match one[0]:
        case 0x01:
            return _read_partition(screen, one)
        case 0x03:
            erased = blank(screen.model, alternate=bool(one[1] & 0x80))
            return replace(erased, alarms=screen.alarms, locked=screen.locked, aid=screen.aid)
        case 0x09 if one[1] == 0 and one[2] <= CHARACTER_MODE:
            types = one[3:] if one[2] == CHARACTER_MODE else b""
            return replace(screen, reply_mode=one[2], reply_types=types)
        case 0x0C if one[1] == 0:
            return replace(screen, addressing=16 if one[2] & 0x0F == SixteenBits else 12)
        case 0x00 | 0x0D | 0x0E if one[1:2] in (b"", b"\0"):
            return screen if one[0] == ACTIVATE_PARTITION else replace(screen, addressing=12, reply_mode=0)
        case 0x40 if one[1] == 0 and one[2] in SNA_COMMANDS:
            return write(screen, SNA_COMMANDS[one[2]], one[3:])
    raise DataStreamError(screen, f"structured field {one[:3].hex().upper()}")


def _read_partition(screen: Screen, one: bytes) -> Screen:
    partition, kind = one[1], one[2]
    if partition == ALL_PARTITIONS and kind == QUERY:
        answer = query_replies(screen.model)
    elif partition == ALL_PARTITIONS and kind == QUERY_LIST and len(one) > 3:
        wanted = None if one[3] in (ALL, EQUIVALENT_AND_LIST) else one[4:]
        answer = query_replies(screen.model, wanted)
    elif partition == 0 and kind in (SNA_READ_BUFFER, SNA_READ_MODIFIED, SNA_READ_MODIFIED_ALL):
        asked = replace(screen, aid=NO_AID, reply=b"")
        if kind == SNA_READ_BUFFER:
            read = inbound3270.read_buffer(asked)
        else:
            read = inbound3270.read_modified(asked, everything=kind == SNA_READ_MODIFIED_ALL)
        answer = _sized(bytes((INBOUND_3270DS, 0)) + read)
    else:
        raise DataStreamError(screen, f"read partition {partition:02X} {kind:02X}")
    return replace(screen, reply=screen.reply + answer, aid=STRUCTURED_FIELD_AID, locked=True)


def _sized(body: bytes) -> bytes:
    return (len(body) + 2).to_bytes(2, "big") + body


# --- query replies ---


def query_replies(model: int, wanted: bytes | None = None) -> bytes:
    """What a display of ``model`` tells about itself: everything, or what a Query List names."""
    replies = _replies(model)
    found = [code for code in replies if wanted is None or code in wanted]
    if not found:
        return _sized(bytes((QUERY_REPLY, NULL)))
    return b"".join(_sized(bytes((QUERY_REPLY, code)) + replies[code]) for code in found)


def _replies(model: int) -> dict[int, bytes]:
    rows, columns = MODELS[model]
    default_rows, default_columns = MODELS[2]
    codes = (SUMMARY, USABLE_AREA, CHARACTER_SETS, COLORS, HIGHLIGHTS, REPLY_MODES, IMPLICIT_PARTITION)
    return {
        SUMMARY: bytes(codes),
        # addresses of 12, 14 and 16 bits; cells, millimetres; a cell is 9 by 12 points, buffer of all positions
        USABLE_AREA: _hex("03 00", columns, rows, "01 000A 02E5 0002 006F 09 0C", rows * columns),
        # GRAPHIC ESCAPE; code page 37 as set 0, APL as set F1
        CHARACTER_SETS: _hex("82 00 09 0C 00000000 07 00 10 00 02B90025 01 00 F1 03C30136"),
        COLORS: _hex("00 08 00F4 F1F1 F2F2 F3F3 F4F4 F5F5 F6F6 F7F7"),
        HIGHLIGHTS: _hex("05 00F0 F1F1 F2F2 F4F4 F8F8"),
        REPLY_MODES: _hex("00 01 02"),
        IMPLICIT_PARTITION: _hex("00 00 0B 01 00", default_columns, default_rows, columns, rows),
    }


def _hex(*parts: str | int) -> bytes:
    """Hexadecimal text, and numbers of two bytes."""
    return b"".join(bytes.fromhex(part) if isinstance(part, str) else part.to_bytes(2, "big") for part in parts)
