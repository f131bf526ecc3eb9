"""The parameter list of the IUCV instruction, and the data of its external interruptions: 40 bytes on a doubleword.

    offset  length  SEND RECEIVE REPLY REJECT   PURGE TESTCMPL          CONNECT ACCEPT SEVER    SETMASK SETCMASK
                    DESCRIBE; types 8, 9        types 6, 7              QUIESCE RESUME;
                                                                        types 1 to 5
      0       2     path identifier             same                    same                    1  mask
      2       1     flags                       same                    same
      3       1     return code, or type        same                    same
      4       4     message identifier          same                    2  message limit
      8       4     target class                audit trail             8  user ID or service
     12       4     address of data, or data    data of the reply
     16       4     length of data, or data     data of the reply       16 user data
     20       4     source class (SEND)         source class
     24       4     tag (SEND)                  tag
     28       4     address of reply buffer
     32       4     its length                  length of the reply
     36       4

DCLBFR has the address of the buffer for interruptions at 12.  The length of a reply is what is left of its buffer, or
(with the audit bit "too long") of the reply.

    type of interruption                    type
    1   connection pending                  6   priority message complete
    2   connection complete                 7   message complete
    3   path severed                        8   priority message pending
    4   path quiesced                       9   message pending
    5   path resumed

Sources: VM/SP System Programmer's Guide (SC19-6203), Inter-User Communications Vehicle; the Linux kernel's iucv.c.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum

from vm370.images.ebcdic import from_ebcdic

LENGTH = 40
DATA_FORM = struct.Struct(">HBBIIIIIIIII")
CONTROL_FORM = struct.Struct(">HBBHBx8s16s8x")
COMPLETE_FORM = struct.Struct(">HBBII8sII4xI4x")

# flags of the list
ALL = PARAMETER_DATA = 0x80
QUIESCE = 0x40
PRIORITY = 0x20
ONE_WAY = 0x10
BY_MESSAGE, BY_PATH, BY_CLASS = 0x04, 0x02, 0x01
SEARCH = BY_MESSAGE | BY_PATH | BY_CLASS

# SETMASK
MASK_MESSAGE, MASK_PRIORITY, MASK_REPLY, MASK_PRIORITY_REPLY, MASK_CONTROL = 0x80, 0x40, 0x20, 0x10, 0x08
ALL_MASKS = 0xF8

# audit trail, in the first two bytes of the word
REPLY_TOO_LONG = 0x8000
SEND_PROTECTED, SEND_ADDRESSING = 0x4000, 0x2000
ANSWER_PROTECTED, ANSWER_ADDRESSING = 0x1000, 0x0800
REJECTED, REPLY_DATA_NOT_ALLOWED = 0x0400, 0x0200
PATH_SEVERED = 0x0008


class Function(IntEnum):
    """Codes in general register 0."""

    QUERY, TEST_MESSAGE, RETRIEVE_BUFFER, DESCRIBE, SEND, RECEIVE, REPLY, TEST_COMPLETION, REJECT = range(9)
    PURGE, ACCEPT, CONNECT, DECLARE_BUFFER, QUIESCE, RESUME, SEVER, SET_MASK, SET_CONTROL_MASK = range(9, 18)


class Code(IntEnum):
    """Return codes."""

    DONE = 0
    BAD_PATH = 1
    QUIESCED = 2
    LIMIT = 3
    NO_PRIORITY = 4
    TOO_SHORT = 5
    PROTECTED = 6
    ADDRESSING = 7
    OTHER_CLASS = 8
    NEGATIVE = 10
    NOT_LOGGED_ON = 11
    NO_BUFFER = 12
    TOO_MANY_PATHS = 13
    TARGET_TOO_MANY_PATHS = 14
    NOT_AUTHORIZED = 15
    NO_SERVICE = 16
    BAD_LIMIT = 18
    BUFFER_DECLARED = 19
    SEVERED = 20
    NO_PARAMETER_DATA = 21


class Type(IntEnum):
    """Types of external interruption."""

    PENDING, COMPLETE, SEVERED, QUIESCED, RESUMED = range(1, 6)
    PRIORITY_REPLY, REPLY, PRIORITY_MESSAGE, MESSAGE = range(6, 10)


@dataclass(slots=True)
class Data:
    """The list of a function that has to do with a message."""

    path: int
    flags: int
    code: int
    message: int
    target_class: int
    address: int
    length: int
    source_class: int
    tag: int
    reply_address: int
    reply_length: int
    rest: int = 0

    @classmethod
    def of(cls, data: bytes) -> Data:
        """From the guest."""
        return cls(*DATA_FORM.unpack(data))

    def pack(self) -> bytes:
        """For the guest."""
        return DATA_FORM.pack(
            self.path, self.flags, self.code, self.message, self.target_class, self.address, self.length,
            self.source_class, self.tag, self.reply_address, self.reply_length, self.rest,
        )  # fmt: skip

    @property
    def parameter_data(self) -> bytes:
        """The eight bytes in place of address and length."""
        return self.address.to_bytes(4, "big") + self.length.to_bytes(4, "big")


@dataclass(slots=True)
class Control:
    """The list of a function that has to do with a path."""

    path: int
    flags: int
    code: int
    limit: int
    function: int
    userid: bytes
    user: bytes

    @classmethod
    def of(cls, data: bytes) -> Control:
        """From the guest."""
        return cls(*CONTROL_FORM.unpack(data))

    def pack(self) -> bytes:
        """For the guest."""
        return CONTROL_FORM.pack(self.path, self.flags, self.code, self.limit, self.function, self.userid, self.user)

    @property
    def name(self) -> str:
        """User ID or service."""
        return from_ebcdic(self.userid).rstrip(" ").upper()
