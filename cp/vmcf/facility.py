"""What DIAGNOSE X'68' does, and how CP itself sends: the functions of the Virtual Machine Communication Facility.

    system.vmcf.request(vm, plist)                  DIAGNOSE X'68': the return code
    system.vmcf.send_special(userid, text, sender)  SMSG: 0 when it is on its way
    system.vmcf.leave(vm)                           UNAUTHORIZE, system reset, LOGOFF

messages.py has the layouts and the life of a message.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vm370.cp import transfer
from vm370.cp.s370.interruptions import ProgramCheck
from vm370.cp.vmcf.messages import (
    LENGTH,
    MESSAGE_LIMIT,
    PARAMETERS,
    PRIORITY,
    REJECTED,
    SPECIAL,
    SPECIFIC,
    Code,
    Function,
    Message,
    Parameters,
    Party,
    State,
    answer,
    code_of,
    enqueue,
    overlap,
)
from vm370.images.ebcdic import from_ebcdic, to_ebcdic

if TYPE_CHECKING:
    from vm370.cp.machine import VirtualMachine
    from vm370.cp.system import System

ADDRESS = 0xFFFFFF


class Vmcf:
    """The facility; ``parties`` are the machines that have executed AUTHORIZE."""

    def __init__(self, system: System) -> None:
        self._system = system
        self.parties: dict[VirtualMachine, Party] = {}

    def request(self, vm: VirtualMachine, plist: bytes) -> int:
        """DIAGNOSE X'68' with the 40 bytes of VMCPARM: the return code."""
        request = _parameters(plist)
        if request.function == Function.AUTHORIZE:
            return self._authorize(vm, request)
        if request.function not in Function.__members__.values():
            return Code.BAD_FUNCTION
        party = self.parties.get(vm)
        if party is None:
            return Code.NOT_AUTHORIZED
        match request.function:
            case Function.UNAUTHORIZE:
                self.leave(vm)
                return Code.DONE
            case Function.SEND | Function.SEND_RECV | Function.SENDX | Function.IDENTIFY:
                return self._send(party, request)
            case Function.CANCEL:
                return self._cancel(party, request)
            case Function.QUIESCE | Function.RESUME:
                party.quiesced = request.function == Function.QUIESCE
                return Code.DONE
        return self._respond(party, request)

    # --- authorization ---

    def _authorize(self, vm: VirtualMachine, request: Parameters) -> int:
        if request.address % 8 or request.length < LENGTH:
            return Code.BAD_BUFFER
        try:
            transfer.check_store(vm.storage, request.address, request.length, vm.cpu.key)
        except ProgramCheck as check:
            return code_of(check)
        party = self.parties.get(vm)
        if party is None:
            party = self.parties[vm] = Party(vm, request.address, request.length)
            vm.execution.add_source(party)
        party.address, party.length = request.address, request.length
        party.accepts_priority = bool(request.flags & PRIORITY)
        party.accepts_special = bool(request.flags & SPECIAL)
        party.specific = request.userid if request.flags & SPECIFIC else ""
        if party.specific:
            self._dismiss(party, keep=party.specific)
        return Code.DONE

    def leave(self, vm: VirtualMachine) -> None:
        """The machine takes no further part; nothing happens if it took none."""
        party = self.parties.pop(vm, None)
        if party is None:
            return
        vm.execution.remove_source(party)
        self._dismiss(party)
        for message in party.sent:
            sink = message.sink
            sink.waiting = [other for other in sink.waiting if other is not message]
            sink.received = [other for other in sink.received if other is not message]

    def _dismiss(self, party: Party, *, keep: str = "") -> None:
        """Messages for a sink that is not there (for them) any more: the sources are told."""

        def foreign(message: Message) -> bool:
            return message.sink is party and message.source is not None and message.source.vm.userid != keep

        gone = [message for message in party.waiting if message.state is State.QUEUED and foreign(message)]
        gone += [message for message in party.received if foreign(message)]
        party.waiting = [message for message in party.waiting if message not in gone]
        party.received = [message for message in party.received if message not in gone]
        for message in gone:
            if message.source is not party:
                self._end(message, Code.NOT_AVAILABLE)
            else:
                party.sent.remove(message)

    def _end(self, message: Message, error: Code) -> None:
        if message.request.function == Function.IDENTIFY and message.source is not None:
            message.source.sent.remove(message)
        else:
            answer(message, error)

    # --- the source ---

    def _party_of(self, userid: str) -> Party | None:
        vm = self._system.users.get(userid)
        return None if vm is None else self.parties.get(vm)

    def _send(self, party: Party, request: Parameters) -> int:
        storage = party.vm.storage
        sends = request.function != Function.IDENTIFY
        if sends and not transfer.inside(storage, request.address, request.length):
            return Code.BAD_BUFFER
        if request.function == Function.SEND_RECV and not transfer.inside(
            storage, request.reply_address, request.reply_length
        ):
            return Code.BAD_BUFFER
        sink = self._party_of(request.userid)
        if sink is None or sink.specific not in ("", party.vm.userid):
            return Code.NOT_AVAILABLE
        if request.flags & PRIORITY and not sink.accepts_priority:
            return Code.NO_PRIORITY
        if sink.quiesced:
            return Code.QUIESCED
        if sends and _sent(party, request) is not None:
            return Code.DUPLICATE
        if len(party.sent) >= (party.vm.entry.limits.messages or MESSAGE_LIMIT):
            return Code.LIMIT
        if request.function == Function.SENDX and LENGTH + request.length > sink.length:
            return Code.TOO_LARGE
        message = Message(party, sink, request, party.vm.cpu.key)
        party.sent.append(message)
        enqueue(sink, message)
        return Code.DONE

    def _cancel(self, party: Party, request: Parameters) -> int:
        message = _sent(party, request)
        if message is None:
            foreign = any(
                other.request.identifier == request.identifier
                for other in (*party.received, *party.waiting)
                if other.sink is party and other.source is not party
            )
            return Code.PROTOCOL if foreign else Code.NOT_FOUND
        if message.state is State.ANSWERED:
            return Code.TOO_LATE
        if message.state is not State.QUEUED and message.request.function != Function.SEND_RECV:
            return Code.TOO_LATE
        party.sent.remove(message)
        sink = message.sink
        sink.waiting = [other for other in sink.waiting if other is not message]
        sink.received = [other for other in sink.received if other is not message]
        return Code.REPLY_CANCELED if message.state is State.RECEIVED else Code.DONE

    # --- the sink ---

    def _respond(self, party: Party, request: Parameters) -> int:
        source = self._party_of(request.userid)
        message = _find(party.received, request)
        if message is None:
            if source is None and request.function != Function.REJECT:
                return Code.NOT_AVAILABLE
            queued = _find([m for m in party.waiting if m.sink is party and m.state is State.QUEUED], request)
            return Code.NOT_FOUND if queued is None else Code.SYNCHRONIZATION
        match request.function:
            case Function.RECEIVE:
                return self._receive(party, message, request)
            case Function.REPLY:
                return self._reply(party, message, request)
        if message.request.function == Function.SEND_RECV:
            message.request = replace(message.request, doubleword=request.doubleword)
        message.status |= REJECTED
        party.received.remove(message)
        answer(message)
        return Code.DONE

    def _receive(self, party: Party, message: Message, request: Parameters) -> int:
        sent, vm = message.request, party.vm
        if message.state is State.RECEIVED:
            return Code.PROTOCOL
        count = min(sent.length, request.length)
        code = Code.DONE if request.length >= sent.length else Code.INCORRECT_LENGTH
        error = code
        try:
            transfer.check_store(vm.storage, request.address, count, vm.cpu.key)
        except ProgramCheck as check:
            return code_of(check)
        if overlap(message, vm, (request.address, count), (sent.address, count)):
            code = error = Code.OVERLAP
        elif message.source is not None:
            try:
                data = transfer.peek(message.source.vm.storage, sent.address, count, message.key)
                if data:
                    vm.storage.store(request.address, data, vm.cpu.key)
                message.moved = count
            except ProgramCheck as check:
                code = error = code_of(check)
        if sent.function == Function.SEND_RECV:
            message.state, message.error = State.RECEIVED, error
        else:
            message.request = replace(sent, doubleword=request.doubleword)
            party.received.remove(message)
            answer(message, error)
        return code

    def _reply(self, party: Party, message: Message, request: Parameters) -> int:
        sent, vm = message.request, party.vm
        if sent.function != Function.SEND_RECV or message.source is None:
            return Code.PROTOCOL
        count = min(sent.reply_length, request.length)
        code = error = Code.DONE if request.length <= sent.reply_length else Code.INCORRECT_LENGTH
        try:
            data = transfer.peek(vm.storage, request.address, count, vm.cpu.key)
        except ProgramCheck as check:
            return code_of(check)
        source = message.source.vm
        if overlap(message, vm, (request.address, count), (sent.reply_address, count)):
            code = error = Code.OVERLAP
        else:
            try:
                transfer.check_store(source.storage, sent.reply_address, count, message.key)
                transfer.store_later(source, sent.reply_address, data, message.key)
                message.replied = count
            except ProgramCheck as check:
                code, error = Code.TRANSFER_ERROR, code_of(check)
        message.request = replace(sent, doubleword=request.doubleword)
        party.received.remove(message)
        answer(message, error or message.error)
        return code

    # --- CP as the source ---

    def send_special(self, userid: str, text: str, sender: str = "SYSTEM") -> int:
        """A special message (SMSG) as SENDX data: a return code of X'68', NOT_AVAILABLE if nobody wants it."""
        sink = self._party_of(userid)
        if sink is None or not sink.accepts_special or not sink.vm.settings.smsg:
            return Code.NOT_AVAILABLE
        data = to_ebcdic(text, errors="replace")
        if sink.quiesced:
            return Code.QUIESCED
        if LENGTH + len(data) > sink.length:
            return Code.TOO_LARGE
        if sum(message.source is None for message in sink.waiting) >= MESSAGE_LIMIT:
            return Code.LIMIT
        doubleword = to_ebcdic(sender.ljust(8)[:8], errors="replace")
        request = Parameters(0, Function.SENDX, 0, "", 0, len(data), 0, 0, doubleword)
        enqueue(sink, Message(None, sink, request, 0, data))
        return Code.DONE


def _parameters(plist: bytes) -> Parameters:
    flags, _, function, identifier, userid, address, length, reply, reply_length, use = PARAMETERS.unpack(plist)
    name = from_ebcdic(userid).rstrip(" ").upper()
    return Parameters(flags, function, identifier, name, address & ADDRESS, length, reply & ADDRESS, reply_length, use)


def _sent(party: Party, request: Parameters) -> Message | None:
    """The message of this source with that identifier for that sink."""
    return next(
        (
            message
            for message in party.sent
            if message.request.identifier == request.identifier
            and message.sink.vm.userid == request.userid
            and message.request.function != Function.IDENTIFY
        ),
        None,
    )


def _find(messages: list[Message], request: Parameters) -> Message | None:
    """The message with that identifier from that source."""
    return next(
        (
            message
            for message in messages
            if message.source is not None
            and message.source.vm.userid == request.userid
            and message.request.identifier == request.identifier
            and message.request.function in (Function.SEND, Function.SEND_RECV)
        ),
        None,
    )
