"""What TN3270E says in bytes (RFC 2355).

    record            DATA-TYPE  REQUEST-FLAG  RESPONSE-FLAG  SEQ-NUMBER (2)  data
    subnegotiation    SEND DEVICE-TYPE
                      DEVICE-TYPE REQUEST type [CONNECT name | ASSOCIATE name]
                      DEVICE-TYPE IS type CONNECT name  |  DEVICE-TYPE REJECT REASON code
                      FUNCTIONS REQUEST list  |  FUNCTIONS IS list

A display type is ``IBM-3278-n`` or ``IBM-3279-n``, n from 2 to 5, with ``-E`` if it knows extended data streams.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum

from vm370.cp.console.screen3270 import MODELS
from vm370.images.ebcdic import to_ebcdic

ASSOCIATE, CONNECT, DEVICE_TYPE, FUNCTIONS, IS, REASON, REJECT, REQUEST, SEND = range(9)


class Reason(IntEnum):
    """Why a device type is rejected."""

    CONN_PARTNER = 0
    DEVICE_IN_USE = 1
    INV_ASSOCIATE = 2
    INV_NAME = 3
    INV_DEVICE_TYPE = 4
    TYPE_NAME_ERROR = 5
    UNKNOWN_ERROR = 6
    UNSUPPORTED_REQ = 7


class Function(IntEnum):
    """What both sides may agree on."""

    BIND_IMAGE = 0
    DATA_STREAM_CTL = 1
    RESPONSES = 2
    SCS_CTL_CODES = 3
    SYSREQ = 4


OFFERED = frozenset({Function.BIND_IMAGE, Function.RESPONSES, Function.SYSREQ})
"""Functions of this server."""


class DataType(IntEnum):
    """What a record is."""

    DATA_3270 = 0
    SCS_DATA = 1
    RESPONSE = 2
    BIND_IMAGE = 3
    UNBIND = 4
    NVT_DATA = 5
    REQUEST = 6
    SSCP_LU_DATA = 7
    PRINT_EOJ = 8


NO_RESPONSE, ERROR_RESPONSE, ALWAYS_RESPONSE = 0, 1, 2
POSITIVE, NEGATIVE = 0, 1
HEADER_LENGTH = 5
NORMAL_END = 0x01
"""UNBIND: the session ends in order."""

_DISPLAY = re.compile(r"IBM-327[89]-([2-5])(-E)?", re.IGNORECASE)
_OLD_DISPLAY = re.compile(r"IBM-3277-2", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class DisplayType:
    """What a client's terminal type says."""

    name: str
    model: int
    extended: bool


def display_type(name: str) -> DisplayType | None:
    """The display that a terminal type names; None for another device.

    >>> display_type("IBM-3278-4-E")
    DisplayType(name='IBM-3278-4-E', model=4, extended=True)
    """
    match = _DISPLAY.fullmatch(name)
    if match is not None:
        return DisplayType(name.upper(), int(match[1]), match[2] is not None)
    if _OLD_DISPLAY.fullmatch(name):
        return DisplayType(name.upper(), 2, False)
    if name.upper() == "IBM-DYNAMIC":
        return DisplayType(name.upper(), 2, True)
    return None


@dataclass(frozen=True, slots=True)
class Header:
    """The beginning of a record."""

    data_type: int
    request: int = 0
    response: int = 0
    sequence: int = 0

    def to_bytes(self) -> bytes:
        """Five bytes."""
        return bytes((self.data_type, self.request, self.response)) + self.sequence.to_bytes(2, "big")

    @classmethod
    def from_bytes(cls, data: bytes) -> Header:
        """The first five bytes of a record."""
        return cls(data[0], data[1], data[2], int.from_bytes(data[3:5], "big"))


def bind_image(model: int, name: str) -> bytes:
    """The BIND of an LU 2 session: both sizes of the screen, and the name of the application.

    Byte 14 is the LU type, 20 to 23 the rows and columns of the default and the alternate size, 24 says that they are
    there (SNA Formats, BIND).
    """
    (rows, columns), (more_rows, more_columns) = MODELS[2], MODELS[model]
    image = bytearray.fromhex("31010303B190308000008787000002800000000000000000 7F0000".replace(" ", ""))
    image[20:24] = rows, columns, more_rows, more_columns
    plu = to_ebcdic(name)
    return bytes(image) + bytes((len(plu),)) + plu
