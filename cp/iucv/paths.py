"""Who communicates by IUCV, the paths between them, and the messages on a path.

A *communicator* is a virtual machine that has declared a buffer; CP stores 40 bytes into it for each external
interruption X'4000' (enabled by X'00000002' in control register 0, and by the masks of SETMASK and SETCMASK).  A path
has two *ends*, each with an identifier of its own communicator's; the other end may be a service of CP (services.py).

    message       where it is
    PENDING       for the target, whose interruption was not presented
    NOTIFIED      presented, or described; not received yet
    RECEIVED      two-way: received, the reply is awaited
    COMPLETE      for the source: replied to, received (one-way), rejected, or the path was severed
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

from vm370.cp.iucv.parameters import (
    ALL_MASKS,
    COMPLETE_FORM,
    MASK_CONTROL,
    MASK_MESSAGE,
    MASK_PRIORITY,
    MASK_PRIORITY_REPLY,
    MASK_REPLY,
    ONE_WAY,
    PARAMETER_DATA,
    PATH_SEVERED,
    PRIORITY,
    Control,
    Data,
    Type,
)
from vm370.images.ebcdic import to_ebcdic

if TYPE_CHECKING:
    from vm370.cp.iucv.services import Service
    from vm370.cp.machine import VirtualMachine

EXTERNAL_CODE, EXTERNAL_SUBCLASS = 0x4000, 0x00000002
DEFAULT_CONNECTIONS = 4
"""Paths of a virtual machine without OPTION MAXCONN."""
DEFAULT_LIMIT, LARGEST_LIMIT = 10, 255
_MASKS = {
    Type.PRIORITY_REPLY: MASK_PRIORITY_REPLY,
    Type.REPLY: MASK_REPLY,
    Type.PRIORITY_MESSAGE: MASK_PRIORITY,
    Type.MESSAGE: MASK_MESSAGE,
}


class State(IntEnum):
    """Where a message is."""

    PENDING, NOTIFIED, RECEIVED, COMPLETE = range(4)


@dataclass(slots=True, eq=False)
class Message:
    """A message from the communicator or service at ``source`` to the one at ``source.peer``."""

    identifier: int
    source: End
    request: Data
    key: int
    text: bytes | None = None
    """The data, if a service sends, or if they were in the parameter list."""
    state: State = State.PENDING
    done: int = 0
    """Bytes that were received."""
    audit: int = 0
    reply_left: int = 0
    reply_data: bytes | None = None
    priority_reply: bool = False

    @property
    def priority(self) -> bool:
        """It goes before others."""
        return bool(self.request.flags & PRIORITY)

    @property
    def one_way(self) -> bool:
        """There is no reply."""
        return bool(self.request.flags & ONE_WAY)

    @property
    def length(self) -> int:
        """Bytes of data."""
        return self.request.length if self.text is None else len(self.text)


@dataclass(slots=True, eq=False)
class End:
    """One end of a path."""

    owner: Communicator | Service
    identifier: int
    limit: int
    takes_parameter_data: bool
    priority: bool
    to_accept: bool = False
    """The other end has connected, and waits for ACCEPT."""
    connected: bool = False
    severed: bool = False
    """The other end is gone."""
    quiesced: bool = False
    """The other end takes no messages now."""
    sent: list[Message] = field(default_factory=list)
    """Messages from this end that are not complete, or whose completion the source does not know."""
    _peer: End | None = None

    @property
    def peer(self) -> End:
        """The other end."""
        assert self._peer is not None
        return self._peer

    @peer.setter
    def peer(self, other: End) -> None:
        self._peer = other


@dataclass(slots=True, eq=False)
class Notice:
    """An interruption of type 1 to 5 that waits."""

    kind: Type
    end: End
    data: bytes


@dataclass(eq=False)
class Communicator:
    """A virtual machine that has declared a buffer; a source of external interruptions (``cp/execution.py``)."""

    vm: VirtualMachine
    buffer: int
    ends: dict[int, End] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)
    incoming: list[Message] = field(default_factory=list)
    """Messages for this machine, in the order in which they are received."""
    complete: list[Message] = field(default_factory=list)
    mask: int = ALL_MASKS
    control_mask: int = ALL_MASKS

    subclass = EXTERNAL_SUBCLASS

    # --- what comes in ---

    def notify(self, kind: Type, end: End, control: Control) -> None:
        """An interruption about a path; a path that is quiesced and resumed again shows the last only."""
        control.path, control.code = end.identifier, kind
        passing = (Type.QUIESCED, Type.RESUMED)
        if kind in passing:
            self.notices = [n for n in self.notices if n.end is not end or n.kind not in passing]
        self.notices.append(Notice(kind, end, control.pack()))
        self.wake()

    def deliver(self, message: Message) -> None:
        """A message for this machine: priority messages before others."""
        _insert(self.incoming, message, message.priority)
        self.wake()

    def finish(self, message: Message) -> None:
        """A message of this machine is complete."""
        message.state = State.COMPLETE
        _insert(self.complete, message, message.priority_reply)
        self.wake()

    def wake(self) -> None:
        """Something is there, also for TESTMSG, which waits for it."""
        self.vm.execution.device_changed = True
        self.vm.execution.source_pending()

    def forget(self, end: End) -> None:
        """The path is gone: nothing of it waits any more."""
        self.notices = [notice for notice in self.notices if notice.end is not end]
        self.incoming = [message for message in self.incoming if message.source.peer is not end]
        self.complete = [message for message in self.complete if message.source is not end]
        self.ends.pop(end.identifier, None)

    # --- interruptions ---

    @property
    def pending(self) -> bool:
        """An interruption that the masks let through waits."""
        return self._next() is not None

    def _next(self) -> Notice | Message | None:
        if self.mask & MASK_CONTROL:
            for notice in self.notices:
                if self.control_mask & 0x80 >> notice.kind - 1:
                    return notice
        for message in (*self.complete, *(m for m in self.incoming if m.state is State.PENDING)):
            if self.mask & _MASKS[kind_of(message)]:
                return message
        return None

    def present(self) -> tuple[int, int, int | None] | None:
        """Store the data of the next interruption."""
        found = self._next()
        if found is None:
            return None
        if isinstance(found, Notice):
            self.notices.remove(found)
            data = found.data
        elif found.state is State.COMPLETE:
            data = self.completion(found, kind_of(found))
        else:
            data = self.description(found, kind_of(found))
        self.vm.storage.store(self.buffer, data, 0)
        return EXTERNAL_CODE, 0, None

    def description(self, message: Message, code: int) -> bytes:
        """What DESCRIBE and the interruptions for a pending message show; the message counts as shown."""
        message.state = max(message.state, State.NOTIFIED)
        request = message.request
        flags = request.flags & (PARAMETER_DATA | PRIORITY | ONE_WAY) | 0x07
        shown = Data(
            message.source.peer.identifier, flags, code, message.identifier, request.target_class,
            request.address if flags & PARAMETER_DATA else 0,
            request.length if flags & PARAMETER_DATA else message.length - message.done,
            0, 0, 0, 0 if message.one_way else request.reply_length,
        )  # fmt: skip
        return shown.pack()

    def completion(self, message: Message, code: int) -> bytes:
        """What TESTCMPL and the interruptions for a complete message show; the message is gone then."""
        self.complete.remove(message)
        message.source.sent.remove(message)
        return packed_completion(message, code)


def packed_completion(message: Message, code: int) -> bytes:
    """The list of a complete, or purged, message."""
    request = message.request
    flags = request.flags & ONE_WAY | (PRIORITY if message.priority_reply or message.priority else 0)
    if message.reply_data is not None:
        flags |= PARAMETER_DATA
    data = message.reply_data or bytes(8)
    return COMPLETE_FORM.pack(
        message.source.identifier, flags, code, message.identifier, message.audit << 16, data,
        request.source_class, request.tag, message.reply_left,
    )  # fmt: skip


def kind_of(message: Message) -> Type:
    """Type of the interruption that tells of a message."""
    if message.state is State.COMPLETE:
        return Type.PRIORITY_REPLY if message.priority_reply else Type.REPLY
    return Type.PRIORITY_MESSAGE if message.priority else Type.MESSAGE


def _insert(queue: list[Message], message: Message, first: bool) -> None:
    at = len(queue)
    if first:
        at = next((n for n, other in enumerate(queue) if not (other.priority or other.priority_reply)), at)
    queue.insert(at, message)


def sever(end: End, user: bytes = bytes(16)) -> None:
    """This end goes; the other one is told, and its messages come back."""
    peer = end.peer
    end.owner.forget(end)
    end.severed = peer.severed = True
    if isinstance(peer.owner, Communicator):
        owner = peer.owner
        owner.incoming = [message for message in owner.incoming if message.source is not end]
        if peer.identifier not in owner.ends or owner.ends[peer.identifier] is not peer:
            return
        for message in peer.sent:
            if message.state is not State.COMPLETE:
                message.audit |= PATH_SEVERED
                owner.finish(message)
        owner.notices = [notice for notice in owner.notices if notice.end is not peer]
        owner.notify(Type.SEVERED, peer, Control(0, 0, 0, 0, 0, to_ebcdic(" " * 8), user))
    else:
        peer.owner.forget(peer)
