"""What the IUCV instruction (X'B2F0') does.

    system.iucv.execute(vm, address)            one instruction: condition code, parameter list
    system.iucv.tell(vm, kind, sender, text)    a line by *MSG
    system.iucv.leave(vm)                       RTRVBFR, system reset, LOGOFF

The function is in general register 0, the operand address is that of the parameter list (none for QUERY, RTRVBFR and
TESTMSG).  No machine has this instruction: it is an operation exception in problem state, on a pure machine, and, QUERY
and DCLBFR excepted, before a buffer was declared.  A list off a doubleword, an unknown function, and a message
identifier without path and class are specification exceptions.

    cc  meaning
    0   done
    1   a return code is in byte 3 of the list (parameters.py)       TESTMSG: messages wait
    2   no such message                                              TESTMSG: replies wait
    3   TESTCMPL: the audit trail is not zero                        TESTMSG: both

TESTMSG waits when there is neither.  IUCV statements of the directory say who may connect to whom (authorization.py),
OPTION MAXCONN how many paths a machine may have.  Addresses are real addresses of the virtual machine.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vm370.cp import transfer
from vm370.cp.iucv import authorization
from vm370.cp.iucv import parameters as p
from vm370.cp.iucv.authorization import Grant
from vm370.cp.iucv.parameters import Code, Control, Data, Function, Type
from vm370.cp.iucv.paths import (
    DEFAULT_CONNECTIONS,
    LARGEST_LIMIT,
    Communicator,
    End,
    Message,
    State,
    packed_completion,
    sever,
)
from vm370.cp.iucv.services import BlockService, MessageService, Service
from vm370.cp.s370.interruptions import OPERATION, PROTECTION, SPECIFICATION, ProgramCheck
from vm370.images.ebcdic import to_ebcdic

if TYPE_CHECKING:
    from vm370.cp.machine import VirtualMachine
    from vm370.cp.system import System

NEGATIVE = 0x80000000
ADDRESS = 0xFFFFFF


class Refused(Exception):
    """Condition code 1, and a return code."""

    def __init__(self, code: Code) -> None:
        super().__init__(code)
        self.code = code


class NotFound(Exception):
    """Condition code 2."""


class Iucv:
    """The vehicle; ``communicators`` are the machines that have declared a buffer."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._identifier = 0
        self.communicators: dict[VirtualMachine, Communicator] = {}
        self._messages = MessageService(self)
        self.services: dict[str, Service] = {"*MSG": self._messages, "*BLOCKIO": BlockService()}

    def identifier(self) -> int:
        """Of a new message."""
        self._identifier = self._identifier % 0xFFFFFFFF + 1
        return self._identifier

    def tell(self, vm: VirtualMachine, kind: int, sender: str, text: str) -> bool:
        """A line by *MSG; False if the machine does not listen there."""
        communicator = self.communicators.get(vm)
        return communicator is not None and self._messages.send(communicator, kind, sender, text)

    def leave(self, vm: VirtualMachine) -> None:
        """The machine takes no further part; nothing happens if it took none."""
        communicator = self.communicators.pop(vm, None)
        if communicator is not None:
            for end in list(communicator.ends.values()):
                self._sever(communicator, end)
            vm.execution.remove_source(communicator)

    # --- the instruction ---

    def execute(self, vm: VirtualMachine, address: int) -> None:
        """One IUCV instruction of a machine in supervisor state."""
        function = vm.gr[0] & 0xFFFF
        communicator = self.communicators.get(vm)
        if function == Function.QUERY:
            vm.gr[0], vm.gr[1], vm.cc = p.LENGTH, connections(vm), 0
            return
        if communicator is None and function != Function.DECLARE_BUFFER:
            raise ProgramCheck(OPERATION)
        if function > Function.SET_CONTROL_MASK:
            raise ProgramCheck(SPECIFICATION)
        if communicator is not None and function == Function.RETRIEVE_BUFFER:
            self.leave(vm)
            vm.cc = 0
        elif communicator is not None and function == Function.TEST_MESSAGE:
            waiting = any(message.state < State.RECEIVED for message in communicator.incoming)
            if not waiting and not communicator.complete:
                vm.suspend()
            vm.cc = (1 if waiting else 0) | (2 if communicator.complete else 0)
        else:
            if address % 8:
                raise ProgramCheck(SPECIFICATION)
            data = vm.fetch(address, p.LENGTH)
            vm.store(address, data)
            self._with_list(vm, communicator, Function(function), address, data)

    def _with_list(
        self, vm: VirtualMachine, communicator: Communicator | None, function: Function, address: int, data: bytes
    ) -> None:
        try:
            answer = self._declare(vm, data) if communicator is None else _HANDLERS[function](self, communicator, data)
        except Refused as refused:
            vm.store(address + 3, bytes((refused.code,)))
            vm.cc = 1
        except NotFound:
            vm.cc = 2
        else:
            vm.store(address, answer)
            if function == Function.TEST_COMPLETION and any(answer[8:12]):
                vm.cc = 3
            else:
                vm.cc = 1 if answer[3] and function not in (Function.SET_MASK, Function.SET_CONTROL_MASK) else 0

    def _declare(self, vm: VirtualMachine, data: bytes) -> bytes:
        buffer = Data.of(data).address & ADDRESS
        if buffer % 8:
            raise ProgramCheck(SPECIFICATION)
        transfer.check_store(vm.storage, buffer, p.LENGTH, vm.cpu.key)
        self.communicators[vm] = communicator = Communicator(vm, buffer)
        vm.execution.add_source(communicator)
        return _done(data)

    def _declared(self, communicator: Communicator, data: bytes) -> bytes:
        raise Refused(Code.BUFFER_DECLARED)

    # --- paths ---

    def _connect(self, communicator: Communicator, data: bytes) -> bytes:
        control = Control.of(data)
        if control.limit > LARGEST_LIMIT:
            raise Refused(Code.BAD_LIMIT)
        vm = communicator.vm
        if len(communicator.ends) >= connections(vm):
            raise Refused(Code.TOO_MANY_PATHS)
        name = control.name
        service = self.services.get(name)
        if service is None and name.startswith("*"):
            raise Refused(Code.NO_SERVICE)
        target, grant = None, authorization.serving(vm.entry, name)
        if service is None:
            target = self._target(name)
            found = authorization.connecting(vm.entry, target.vm.entry)
            if found is None:
                raise Refused(Code.NOT_AUTHORIZED)
            grant = found
        if not grant.priority:
            control = replace(control, flags=control.flags & ~p.PRIORITY)
        end = _end(communicator, control, grant)
        communicator.ends[end.identifier] = end
        if target is None:
            assert service is not None
            peer = End(service, 0, end.limit, False, False)
        else:
            if len(target.ends) >= connections(target.vm):
                del communicator.ends[end.identifier]
                raise Refused(Code.TARGET_TOO_MANY_PATHS)
            peer = End(target, _free(target), end.limit, False, False, to_accept=True)
            target.ends[peer.identifier] = peer
        end.peer, peer.peer = peer, end
        peer.quiesced = bool(control.flags & p.QUIESCE)
        answer = replace(control, path=end.identifier, limit=end.limit, code=0)
        packed = answer.pack()
        if target is None:
            assert service is not None
            service.connect(peer, control)
        else:
            asked = replace(control, limit=end.limit, userid=to_ebcdic(vm.userid.ljust(8)))
            target.notify(Type.PENDING, peer, asked)
        return packed

    def _target(self, name: str) -> Communicator:
        vm = self._system.users.get(name)
        if vm is None:
            raise Refused(Code.NOT_LOGGED_ON)
        target = self.communicators.get(vm)
        if target is None:
            raise Refused(Code.NO_BUFFER)
        return target

    def _accept(self, communicator: Communicator, data: bytes) -> bytes:
        control = Control.of(data)
        end = communicator.ends.get(control.path)
        if end is None or not end.to_accept:
            raise Refused(Code.BAD_PATH)
        if end.severed:
            raise Refused(Code.SEVERED)
        if control.limit > LARGEST_LIMIT:
            raise Refused(Code.BAD_LIMIT)
        peer = end.peer
        assert isinstance(peer.owner, Communicator)
        grant = authorization.accepting(communicator.vm.entry, peer.owner.vm.entry)
        end.limit = grant.message_limit(control.limit)
        end.takes_parameter_data = bool(control.flags & p.PARAMETER_DATA)
        end.priority = peer.priority = peer.priority and grant.priority and bool(control.flags & p.PRIORITY)
        end.connected, peer.connected, end.to_accept = True, True, False
        peer.quiesced = bool(control.flags & p.QUIESCE)
        communicator.notices = [n for n in communicator.notices if n.end is not end]
        flags = (p.PARAMETER_DATA if end.takes_parameter_data else 0) | (p.PRIORITY if end.priority else 0)
        told = Control(0, flags, 0, peer.limit, 0, to_ebcdic(" " * 8), control.user)
        peer.owner.notify(Type.COMPLETE, peer, told)
        return replace(control, flags=p.PRIORITY if end.priority else 0, limit=end.limit, code=0).pack()

    def _change(self, communicator: Communicator, data: bytes, kind: Type) -> bytes:
        """QUIESCE, RESUME, SEVER: one path, or all."""
        control = Control.of(data)
        if control.flags & p.ALL:
            ends = list(communicator.ends.values())
        else:
            end = communicator.ends.get(control.path)
            if end is None:
                raise Refused(Code.BAD_PATH)
            ends = [end]
        for end in ends:
            if kind is Type.SEVERED:
                self._sever(communicator, end, control.user)
            elif not end.severed:
                end.peer.quiesced = kind is Type.QUIESCED
                if isinstance(end.peer.owner, Communicator):
                    end.peer.owner.notify(kind, end.peer, replace(control, flags=0))
        return _done(data)

    def _sever(self, communicator: Communicator, end: End, user: bytes = bytes(16)) -> None:
        if end.severed:
            communicator.forget(end)
        else:
            sever(end, user)

    # --- the source of a message ---

    def _send(self, communicator: Communicator, data: bytes) -> bytes:
        request, vm = Data.of(data), communicator.vm
        end = communicator.ends.get(request.path)
        if end is None or end.severed or not end.connected:
            raise Refused(Code.BAD_PATH)
        if end.quiesced:
            raise Refused(Code.QUIESCED)
        if len(end.sent) >= end.limit:
            raise Refused(Code.LIMIT)
        if request.flags & p.PRIORITY and not end.priority:
            raise Refused(Code.NO_PRIORITY)
        text = None
        if request.flags & p.PARAMETER_DATA:
            if not end.peer.takes_parameter_data:
                raise Refused(Code.NO_PARAMETER_DATA)
            text = request.parameter_data
        elif request.length & NEGATIVE:
            raise Refused(Code.NEGATIVE)
        if not request.flags & p.ONE_WAY and request.reply_length & NEGATIVE:
            raise Refused(Code.NEGATIVE)
        message = Message(self.identifier(), end, request, vm.cpu.key, text)
        end.sent.append(message)
        owner = end.peer.owner
        if isinstance(owner, Communicator):
            owner.deliver(message)
        else:
            owner.message(message)
        return replace(request, message=message.identifier, code=0).pack()

    def _test_completion(self, communicator: Communicator, data: bytes) -> bytes:
        request = _search(data, need_path=False)
        message = _pick(communicator.complete, request, source=True)
        return communicator.completion(message, Code.DONE)

    def _purge(self, communicator: Communicator, data: bytes) -> bytes:
        request = _search(data, need_path=True)
        sent = [message for end in communicator.ends.values() for message in end.sent]
        message = _pick(sent, request, source=True)
        message.source.sent.remove(message)
        communicator.complete = [other for other in communicator.complete if other is not message]
        owner = message.source.peer.owner
        if isinstance(owner, Communicator):
            owner.incoming = [other for other in owner.incoming if other is not message]
        return packed_completion(message, Code.DONE)

    # --- the target of a message ---

    def _describe(self, communicator: Communicator, data: bytes) -> bytes:
        for message in communicator.incoming:
            if message.state is State.PENDING:
                return communicator.description(message, Code.DONE)
        raise NotFound

    def _receive(self, communicator: Communicator, data: bytes) -> bytes:
        request, vm = _search(data, need_path=False), communicator.vm
        message = _pick([m for m in communicator.incoming if m.state < State.RECEIVED], request, source=False)
        sent = message.request
        shown = communicator.description(message, Code.DONE)
        answer = replace(Data.of(shown), flags=Data.of(shown).flags & ~p.SEARCH, tag=0)
        if sent.flags & p.PARAMETER_DATA:
            self._received(communicator, message)
            return answer.pack()
        if request.length & NEGATIVE:
            raise Refused(Code.NEGATIVE)
        left = message.length - message.done
        count = min(left, request.length)
        buffer = request.address & ADDRESS
        transfer.check_store(vm.storage, buffer, count, vm.cpu.key)
        try:
            moved = self._data(message, count)
        except ProgramCheck as check:
            protected = check.code == PROTECTION
            message.audit |= p.SEND_PROTECTED if protected else p.SEND_ADDRESSING
            communicator.incoming.remove(message)
            _finish(message)
            raise Refused(Code.PROTECTED if protected else Code.ADDRESSING) from check
        if moved:
            vm.store(buffer, moved)
        message.done += count
        answer.address = buffer + count
        if count < left:
            answer.code, answer.length, answer.flags = Code.TOO_SHORT, left - count, answer.flags | p.SEARCH
        else:
            answer.length = request.length - count
            self._received(communicator, message)
        return answer.pack()

    def _data(self, message: Message, count: int) -> bytes:
        if message.text is not None:
            return message.text[message.done : message.done + count]
        owner = message.source.owner
        assert isinstance(owner, Communicator)
        start = (message.request.address & ADDRESS) + message.done
        return transfer.peek(owner.vm.storage, start, count, message.key)

    def _received(self, communicator: Communicator, message: Message) -> None:
        message.state = State.RECEIVED
        if message.one_way:
            communicator.incoming.remove(message)
            _finish(message)

    def _reject(self, communicator: Communicator, data: bytes) -> bytes:
        request = _search(data, need_path=False)
        message = _pick(communicator.incoming, request, source=False)
        communicator.incoming.remove(message)
        message.audit |= p.REJECTED
        _finish(message)
        path = message.source.peer.identifier
        told = replace(request, path=path, message=message.identifier, target_class=message.request.target_class)
        return replace(told, code=0).pack()

    def _reply(self, communicator: Communicator, data: bytes) -> bytes:
        request, vm = Data.of(data), communicator.vm
        message = next((m for m in communicator.incoming if m.identifier == request.message), None)
        if message is None or message.one_way:
            raise NotFound
        if (message.source.peer.identifier, message.request.target_class) != (request.path, request.target_class):
            raise Refused(Code.OTHER_CLASS)
        owner, sent = message.source.owner, message.request
        assert isinstance(owner, Communicator)
        code, left = Code.DONE, sent.reply_length
        if request.flags & p.PARAMETER_DATA:
            if message.source.takes_parameter_data:
                message.reply_data = request.parameter_data
            else:
                code, message.audit = Code.NO_PARAMETER_DATA, message.audit | p.REPLY_DATA_NOT_ALLOWED
        elif request.reply_length & NEGATIVE:
            raise Refused(Code.NEGATIVE)
        else:
            count = min(sent.reply_length, request.reply_length)
            reply = transfer.peek(vm.storage, request.reply_address & ADDRESS, count, vm.cpu.key)
            answer_at = sent.reply_address & ADDRESS
            try:
                transfer.check_store(owner.vm.storage, answer_at, count, message.key)
                transfer.store_later(owner.vm, answer_at, reply, message.key)
                left = sent.reply_length - count
                if request.reply_length > count:
                    code, left = Code.TOO_SHORT, request.reply_length - count
                    message.audit |= p.REPLY_TOO_LONG
            except ProgramCheck as check:
                protected = check.code == PROTECTION
                code = Code.PROTECTED if protected else Code.ADDRESSING
                message.audit |= p.ANSWER_PROTECTED if protected else p.ANSWER_ADDRESSING
        message.reply_left, message.priority_reply = left, bool(request.flags & p.PRIORITY)
        communicator.incoming.remove(message)
        _finish(message)
        return replace(request, code=code, reply_length=left).pack()

    # --- masks ---

    def _mask(self, communicator: Communicator, data: bytes) -> bytes:
        communicator.mask = data[0]
        communicator.vm.execution.source_pending()
        return data

    def _control_mask(self, communicator: Communicator, data: bytes) -> bytes:
        communicator.control_mask = data[0]
        communicator.vm.execution.source_pending()
        return data


_HANDLERS = {
    Function.DESCRIBE: Iucv._describe,
    Function.SEND: Iucv._send,
    Function.RECEIVE: Iucv._receive,
    Function.REPLY: Iucv._reply,
    Function.TEST_COMPLETION: Iucv._test_completion,
    Function.REJECT: Iucv._reject,
    Function.PURGE: Iucv._purge,
    Function.ACCEPT: Iucv._accept,
    Function.CONNECT: Iucv._connect,
    Function.DECLARE_BUFFER: Iucv._declared,
    Function.QUIESCE: lambda iucv, who, data: iucv._change(who, data, Type.QUIESCED),
    Function.RESUME: lambda iucv, who, data: iucv._change(who, data, Type.RESUMED),
    Function.SEVER: lambda iucv, who, data: iucv._change(who, data, Type.SEVERED),
    Function.SET_MASK: Iucv._mask,
    Function.SET_CONTROL_MASK: Iucv._control_mask,
}


def connections(vm: VirtualMachine) -> int:
    """How many paths the machine may have."""
    return vm.entry.options.maxconn or DEFAULT_CONNECTIONS


def _done(data: bytes) -> bytes:
    return data[:3] + b"\0" + data[4:]


def _free(communicator: Communicator) -> int:
    return next(number for number in range(len(communicator.ends) + 1) if number not in communicator.ends)


def _end(communicator: Communicator, control: Control, grant: Grant) -> End:
    return End(
        communicator,
        _free(communicator),
        grant.message_limit(control.limit),
        bool(control.flags & p.PARAMETER_DATA),
        bool(control.flags & p.PRIORITY),
    )


def _search(data: bytes, *, need_path: bool) -> Data:
    """A list with search flags: a message identifier needs the path and the class."""
    request = Data.of(data)
    found = request.flags & p.SEARCH
    if (found & p.BY_MESSAGE and found != p.SEARCH) or (need_path and not found & p.BY_PATH):
        raise ProgramCheck(SPECIFICATION)
    return request


def _pick(messages: list[Message], request: Data, *, source: bool) -> Message:
    """The first message that the flags select; Refused if it is there in another path or class, or NotFound."""
    for message in messages:
        end = message.source if source else message.source.peer
        wanted = message.request.source_class if source else message.request.target_class
        given = request.source_class if source else request.target_class
        fits = (not request.flags & p.BY_PATH or end.identifier == request.path) and (
            not request.flags & p.BY_CLASS or wanted == given
        )
        if request.flags & p.BY_MESSAGE:
            if message.identifier != request.message:
                continue
            if not fits:
                raise Refused(Code.OTHER_CLASS)
        if fits:
            return message
    raise NotFound


def _finish(message: Message) -> None:
    """The transaction is over: the source is told; a service does not want to know."""
    owner = message.source.owner
    if isinstance(owner, Communicator):
        owner.finish(message)
    else:
        message.source.sent.remove(message)
