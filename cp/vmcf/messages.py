"""The Virtual Machine Communication Facility: messages between virtual machines (DIAGNOSE X'68', external X'4001').

A *source* sends a message to a *sink*.  Both must have executed AUTHORIZE, which names the buffer into which CP stores
a message header when it presents external interruption X'4001' (enabled by X'00000001' in control register 0)::

    offset  parameter list VMCPARM                          header VMCMHDR
      0     1  X'80' specific, X'40' priority,              X'80' final (a response), X'40' rejected, X'20' priority
               X'20' special messages are accepted
      1     1  0                                            data-transfer error code
      2     2  function                                     function of the source
      4     4  message identifier                           same
      8     8  user ID of the other side                    user ID of the other side; SYSTEM for SMSG
     16     4  address of data, of the buffer               of the source's data
     20     4  their length                                 length of the data; in a response, the part not taken
     24     4  address of the source's reply buffer         same
     28     4  its length                                   same; in a response, the part not filled
     32     8  user doubleword                              same; for SMSG the issuer's user ID
     40                                                     SENDX: the data

    function             source executes      sink sees                 ends by                         response
    2  SEND              SEND                 interruption              RECEIVE or REJECT               yes
    3  SEND/RECV         SEND/RECV            interruption              REPLY (after RECEIVE) or REJECT yes
    4  SENDX             SENDX                interruption with data    the interruption                yes
    A  IDENTIFY          IDENTIFY             interruption, X'80'       the interruption                no

A source has at most 50 messages under way; one counts until its response was presented.  Priority messages and their
responses go before others.  A sink that leaves (UNAUTHORIZE, system reset, LOGOFF, AUTHORIZE for somebody else) gives
its sources responses with error code 5; the messages of a source that leaves are gone.

Where data cannot be moved because of the *other* machine's buffer, REPLY ends with 19 and the source is told why; where
it is the issuer's own buffer, nothing has happened and it may try again.
Sources: VM/370 System Programmer's Guide and System Logic and Problem Determination, VMCF; code 19 from later CPs.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

from vm370.cp import transfer
from vm370.cp.s370.interruptions import PROTECTION, ProgramCheck
from vm370.images.ebcdic import to_ebcdic

if TYPE_CHECKING:
    from vm370.cp.machine import VirtualMachine

EXTERNAL_CODE, EXTERNAL_SUBCLASS = 0x4001, 0x00000001
SPECIFIC, PRIORITY, SPECIAL = 0x80, 0x40, 0x20
FINAL, REJECTED, PRIORITY_MESSAGE = 0x80, 0x40, 0x20
PARAMETERS = struct.Struct(">BBHI8sIIII8s")
LENGTH = PARAMETERS.size
MESSAGE_LIMIT = 50
SYSTEM = to_ebcdic("SYSTEM  ")


class Function(IntEnum):
    """Subfunctions of DIAGNOSE X'68'."""

    AUTHORIZE, UNAUTHORIZE, SEND, SEND_RECV, SENDX, RECEIVE, CANCEL, REPLY, QUIESCE, RESUME, IDENTIFY, REJECT = range(
        12
    )


class Code(IntEnum):
    """Return codes and data-transfer error codes."""

    DONE = 0
    BAD_BUFFER = 1
    BAD_FUNCTION = 2
    PROTOCOL = 3
    NOT_AUTHORIZED = 4
    NOT_AVAILABLE = 5
    PROTECTED = 6
    TOO_LARGE = 7
    DUPLICATE = 8
    QUIESCED = 9
    LIMIT = 10
    REPLY_CANCELED = 11
    NOT_FOUND = 12
    SYNCHRONIZATION = 13
    TOO_LATE = 14
    INCORRECT_LENGTH = 16
    OVERLAP = 17
    NO_PRIORITY = 18
    TRANSFER_ERROR = 19


@dataclass(slots=True)
class Parameters:
    """VMCPARM."""

    flags: int
    function: int
    identifier: int
    userid: str
    address: int
    length: int
    reply_address: int
    reply_length: int
    doubleword: bytes


class State(IntEnum):
    """How far a message has got."""

    QUEUED, PRESENTED, RECEIVED, ANSWERED = range(4)


@dataclass(slots=True, eq=False)
class Message:
    """One transaction; ``source`` is None for a special message from CP."""

    source: Party | None
    sink: Party
    request: Parameters
    key: int
    text: bytes = b""
    """The data of a special message."""
    state: State = State.QUEUED
    status: int = 0
    error: int = 0
    moved: int = 0
    replied: int = 0

    @property
    def priority(self) -> bool:
        """It goes before others."""
        return bool(self.request.flags & PRIORITY)


@dataclass(eq=False)
class Party:
    """A virtual machine that is authorized; a source of external interruptions for it (``cp/execution.py``)."""

    vm: VirtualMachine
    address: int
    length: int
    specific: str = ""
    accepts_priority: bool = False
    accepts_special: bool = False
    quiesced: bool = False
    waiting: list[Message] = field(default_factory=list)
    """Interruptions to be presented: of messages for this machine, and responses (state ANSWERED) to its own."""
    sent: list[Message] = field(default_factory=list)
    received: list[Message] = field(default_factory=list)
    """Messages for this machine that were presented and wait for an answer."""

    subclass = EXTERNAL_SUBCLASS

    @property
    def pending(self) -> bool:
        """Something is to be presented."""
        return bool(self.waiting)

    def present(self) -> tuple[int, int, int | None] | None:
        """Store the next header: code, CPU address, parameter of the interruption; None if there is none after all."""
        while self.waiting:
            message = self.waiting.pop(0)
            if message.state is State.ANSWERED:
                self.sent.remove(message)
                self._store(header(message, message.sink, message.status | FINAL, response=True))
                return EXTERNAL_CODE, 0, None
            data = b""
            if message.request.function == Function.SENDX:
                data = self._expedited(message)
                if message.error:
                    answer(message)
                    continue
            message.state = State.PRESENTED
            self._store(header(message, message.source, 0) + data)
            if message.request.function == Function.SENDX:
                message.moved = len(data)
                answer(message)
            elif message.request.function == Function.IDENTIFY:
                if message.source is not None:
                    message.source.sent.remove(message)
            else:
                self.received.append(message)
            return EXTERNAL_CODE, 0, None
        return None

    def _expedited(self, message: Message) -> bytes:
        """The data of a SENDX message, or its error code is set."""
        request = message.request
        try:
            if message.source is None:
                data = message.text
            else:
                data = transfer.peek(message.source.vm.storage, request.address, request.length, message.key)
        except ProgramCheck as check:
            message.error = code_of(check)
            return b""
        if LENGTH + len(data) > self.length:
            message.error = Code.TOO_LARGE
        return data

    def _store(self, data: bytes) -> None:
        self.vm.storage.store(self.address, data, 0)


def header(message: Message, other: Party | None, status: int, *, response: bool = False) -> bytes:
    """VMCMHDR; ``other`` is the other side."""
    request = message.request
    if request.function == Function.IDENTIFY:
        status |= FINAL
    return PARAMETERS.pack(
        status | (PRIORITY_MESSAGE if message.priority else 0),
        message.error if response else 0,
        request.function,
        request.identifier,
        SYSTEM if other is None else to_ebcdic(other.vm.userid.ljust(8)),
        request.address,
        request.length - message.moved if response else request.length,
        request.reply_address,
        request.reply_length - message.replied if response else request.reply_length,
        request.doubleword,
    )


def enqueue(party: Party, message: Message) -> None:
    """An interruption for ``party``: priority messages before others."""
    at = len(party.waiting)
    if message.priority:
        at = next((n for n, other in enumerate(party.waiting) if not other.priority), at)
    party.waiting.insert(at, message)
    party.vm.execution.source_pending()


def answer(message: Message, error: int | None = None) -> None:
    """The transaction has ended: the source gets its response."""
    if error is not None:
        message.error = error
    message.state = State.ANSWERED
    if message.source is not None:
        enqueue(message.source, message)


def code_of(check: ProgramCheck) -> Code:
    """What an access exception is called here."""
    return Code.PROTECTED if check.code == PROTECTION else Code.BAD_BUFFER


def overlap(message: Message, vm: VirtualMachine, mine: tuple[int, int], others: tuple[int, int]) -> bool:
    """A machine sends to itself, and the areas (address, length) share bytes."""
    same = message.source is not None and message.source.vm is vm
    return same and mine[0] < others[0] + others[1] and others[0] < mine[0] + mine[1]
