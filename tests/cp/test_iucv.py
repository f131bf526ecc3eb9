"""The IUCV instruction: paths and messages between virtual machines, and CP's services."""

from __future__ import annotations

import struct
from dataclasses import replace

import pytest

from tests.diag.conftest import clock, cp, home, logged_on, made_home
from tests.diag.diagkit import LOOP, PROGRAM, SPECIFICATION, Guest, LogOn, formatted
from vm370.cp.directory.entries import IucvStatement
from vm370.cp.iucv.parameters import ALL, ONE_WAY, PARAMETER_DATA, PRIORITY, Control, Data, Function
from vm370.cp.s370.psw import Psw
from vm370.images.ebcdic import from_ebcdic, to_ebcdic

__all__ = ["clock", "cp", "home", "logged_on", "made_home"]

PLIST, BUFFER, DATA, ANSWER, EXTERNAL = 0x3000, 0x3100, 0x4000, 0x5000, 0x2800
OPERATION = 1
USER = bytes(range(16))
COMPLETE = struct.Struct(">HBBII8sII4xI4x")


class Machine(Guest):
    """A guest that knows IUCV."""

    def iucv(self, function: int, plist: bytes = bytes(40), *, psw: Psw | None = None, slices: int = 1) -> int:
        """The instruction, its list in storage: the condition code."""
        self.put(PLIST, plist)
        self.vm.cpu.gr[0], self.vm.cpu.gr[1] = function, PLIST
        self.put(PROGRAM, bytes.fromhex("B2F01000") + LOOP)
        self.vm.cpu.psw = psw or Psw(cc=3, address=PROGRAM)
        self.vm.resume()
        self.vm.run_slice(1)
        return self.outcome()

    def data(self, function: int, **fields: int) -> tuple[int, Data]:
        """A function of messages: condition code and list."""
        names = ("path", "flags", "code", "message", "target_class", "address", "length", "source_class", "tag",
                 "reply_address", "reply_length")  # fmt: skip
        cc = self.iucv(function, Data(*(fields.get(name, 0) for name in names)).pack())
        assert self.interruption is None
        return cc, Data.of(self.get(PLIST, 40))

    def control(self, function: int, path: int = 0, *, flags: int = 0, limit: int = 0, userid: str = "",
                user: bytes = bytes(16)) -> tuple[int, Control]:  # fmt: skip
        """A function of paths: condition code and list."""
        cc = self.iucv(function, Control(path, flags, 0, limit, 0, to_ebcdic(userid.ljust(8)), user).pack())
        assert self.interruption is None
        return cc, Control.of(self.get(PLIST, 40))

    def declare(self) -> "Machine":  # noqa: UP037
        """DCLBFR must succeed."""
        assert self.data(Function.DECLARE_BUFFER, address=BUFFER)[0] == 0
        return self

    def interrupted(self) -> bytes | None:
        """Enable external interruptions: the data that came with one, or None."""
        self.vm.cpu.cr[0] = 2
        self.put(0x58, Psw(address=EXTERNAL).to_bytes())
        self.put(EXTERNAL, LOOP)
        self.vm.cpu.psw = Psw(system_mask=0x01, address=0x2000)
        self.vm.resume()
        self.vm.run_slice(1)
        if self.vm.cpu.ia not in (EXTERNAL, EXTERNAL + 2):
            return None
        assert Psw.from_bytes(self.get(0x18, 8)).interruption_code == 0x4000
        return self.get(BUFFER, 40)

    def told(self) -> tuple[int, int, int, int]:
        """An interruption about a path: type, path, flags, limit."""
        data = self.interrupted()
        assert data is not None
        control = Control.of(data)
        return control.code, control.path, control.flags, control.limit

    def completed(self) -> tuple[int, int, int, int, int, int]:
        """An interruption for a complete message: type, flags, identifier, audit, class, tag and what is left."""
        data = self.interrupted()
        assert data is not None
        _, flags, kind, message, audit, _, source_class, tag, left = COMPLETE.unpack(data)
        assert tag == 0x77
        return kind, flags, message, audit >> 16, source_class, left


@pytest.fixture
def pair(logged_on: LogOn) -> tuple[Machine, Machine]:
    machines = Machine(logged_on("ALPHA")), Machine(logged_on("BETA"))
    for machine in machines:
        permit(machine, IucvStatement("ANY", priority=True), IucvStatement("ALLOW", priority=True))
    return machines


def permit(machine: Machine, *statements: IucvStatement) -> None:
    """The IUCV statements of its directory entry."""
    machine.vm.entry = replace(machine.vm.entry, iucv=statements)


@pytest.fixture
def path(pair: tuple[Machine, Machine]) -> tuple[Machine, Machine]:
    """ALPHA's path 0 is BETA's path 0."""
    alpha, beta = pair[0].declare(), pair[1].declare()
    assert alpha.control(Function.CONNECT, userid="BETA", flags=PRIORITY | PARAMETER_DATA)[0] == 0
    assert beta.told()[0] == 1
    assert beta.control(Function.ACCEPT, 0, flags=PRIORITY)[0] == 0
    assert alpha.told() == (2, 0, PRIORITY, 10)
    return alpha, beta


def send(machine: Machine, **fields: int) -> int:
    """SEND of five bytes must succeed: the message's identifier."""
    cc, answer = machine.data(
        Function.SEND, **{"address": DATA, "length": 5, "target_class": 9, "source_class": 8, "tag": 0x77, **fields}
    )
    assert (cc, answer.code) == (0, 0)
    return answer.message


def test_query_and_the_buffer(pair: tuple[Machine, Machine]) -> None:
    alpha = pair[0]
    assert alpha.iucv(Function.QUERY) == 0
    assert alpha.gr[:2] == [40, 4]
    assert alpha.iucv(Function.RETRIEVE_BUFFER) == 3
    assert alpha.interruption == OPERATION
    alpha.declare()
    cc, answer = alpha.data(Function.DECLARE_BUFFER, address=BUFFER)
    assert (cc, answer.code) == (1, 19)
    assert alpha.iucv(Function.RETRIEVE_BUFFER) == 0
    alpha.iucv(Function.SEND)
    assert alpha.interruption == OPERATION
    alpha.declare()
    alpha.vm.reset()
    assert not alpha.cp.iucv.communicators


def test_what_is_refused(pair: tuple[Machine, Machine]) -> None:
    alpha = pair[0].declare()
    alpha.iucv(Function.QUERY, psw=Psw(cc=3, problem=True, key=8, address=PROGRAM))
    assert alpha.interruption == OPERATION
    alpha.vm.set_impure(False)
    alpha.iucv(Function.QUERY)
    assert alpha.interruption == OPERATION
    alpha.vm.set_impure(True)
    alpha.iucv(18)
    assert alpha.interruption == SPECIFICATION
    for function in (Function.RECEIVE, Function.PURGE, Function.REJECT, Function.TEST_COMPLETION):
        alpha.iucv(function, Data(0, 0x04, 0, 1, 0, 0, 0, 0, 0, 0, 0).pack())
        assert alpha.interruption == SPECIFICATION
    alpha.iucv(Function.PURGE)
    assert alpha.interruption == SPECIFICATION
    alpha.vm.counters.traps.clear()
    alpha.iucv(Function.QUERY)
    assert alpha.vm.counters.traps == {"iucv": 1}


def test_connecting(pair: tuple[Machine, Machine]) -> None:
    alpha, beta = pair
    alpha.declare()
    refusals = [("NOBODY", 0, 11), ("BETA", 0, 12), ("*NOTHING", 0, 16), ("BETA", 256, 18)]
    for userid, limit, code in refusals:
        cc, answer = alpha.control(Function.CONNECT, userid=userid, limit=limit)
        assert (cc, answer.code) == (1, code)
    beta.declare()
    cc, answer = alpha.control(Function.CONNECT, userid="BETA", limit=3, flags=PRIORITY, user=USER)
    assert (cc, answer.path, answer.limit) == (0, 0, 3)
    data = beta.interrupted()
    assert data is not None
    asked = Control.of(data)
    assert (asked.code, asked.path, asked.limit, asked.flags, asked.name, asked.user) == (
        1,
        0,
        3,
        PRIORITY,
        "ALPHA",
        USER,
    )
    assert alpha.data(Function.SEND)[1].code == 1  # not accepted yet
    assert beta.control(Function.ACCEPT, 1)[1].code == 1
    cc, answer = beta.control(Function.ACCEPT, 0, flags=PRIORITY | PARAMETER_DATA, limit=7, user=bytes(16))
    assert (cc, answer.flags, answer.limit) == (0, PRIORITY, 7)
    assert alpha.told() == (2, 0, PARAMETER_DATA | PRIORITY, 3)
    assert beta.control(Function.ACCEPT, 0)[1].code == 1
    for number in range(1, 4):
        assert alpha.control(Function.CONNECT, userid="BETA")[1].path == number
    assert alpha.control(Function.CONNECT, userid="BETA")[1].code == 13
    assert beta.told()[:2] == (1, 1)
    alpha.control(Function.SEVER, 1)
    assert [beta.told()[:2] for _ in range(3)] == [(1, 2), (1, 3), (3, 1)]
    assert beta.control(Function.ACCEPT, 1)[1].code == 20
    assert beta.control(Function.SEVER, 1)[0] == 0
    assert beta.control(Function.SEVER, 1)[1].code == 1


def test_authorization(pair: tuple[Machine, Machine]) -> None:
    alpha, beta = pair[0].declare(), pair[1].declare()

    def connect(limit: int = 0) -> tuple[int, int, int]:
        """Code, flags and limit of a path from ALPHA to BETA, which is severed again."""
        cc, answer = alpha.control(Function.CONNECT, userid="BETA", flags=PRIORITY, limit=limit)
        assert cc == (1 if answer.code else 0)
        if not answer.code:
            assert alpha.control(Function.SEVER, answer.path)[0] == 0
            while beta.interrupted() is not None:
                pass
            beta.control(Function.SEVER, flags=ALL)
        return answer.code, answer.flags & PRIORITY, answer.limit

    for statements in ((), (IucvStatement("GAMMA"),), (IucvStatement("ALLOW"),)):
        permit(alpha, *statements)
        permit(beta, IucvStatement("ANY"))
        assert connect()[0] == 15
    permit(alpha, IucvStatement("BETA", limit=20))
    assert [connect(), connect(5), connect(200)] == [(0, 0, 20), (0, 0, 5), (0, 0, 20)]
    permit(alpha, IucvStatement("ANY", priority=True), IucvStatement("BETA", limit=3))
    assert connect() == (0, 0, 3)  # by name comes first
    permit(alpha)
    permit(beta, IucvStatement("ALLOW", priority=True))
    assert connect(255) == (0, PRIORITY, 255)
    assert alpha.control(Function.CONNECT, userid="ALPHA")[0] == 0  # to itself
    assert alpha.control(Function.CONNECT, userid="*MSG")[0] == 0
    permit(alpha, IucvStatement("*MSG", limit=7))
    cc, answer = alpha.control(Function.CONNECT, userid="*MSG", limit=50)
    assert (cc, answer.limit) == (0, 7)


def test_what_is_accepted_has_limits_too(pair: tuple[Machine, Machine]) -> None:
    alpha, beta = pair[0].declare(), pair[1].declare()
    permit(beta, IucvStatement("ALLOW", limit=4))
    assert alpha.control(Function.CONNECT, userid="BETA", flags=PRIORITY)[0] == 0
    assert beta.told() == (1, 0, PRIORITY, 10)
    cc, answer = beta.control(Function.ACCEPT, 0, flags=PRIORITY, limit=50)
    assert (cc, answer.limit, answer.flags) == (0, 4, 0)


def test_a_two_way_message(path: tuple[Machine, Machine]) -> None:
    alpha, beta = path
    alpha.put(DATA, b"HELLO")
    identifier = send(alpha, reply_address=ANSWER, reply_length=8)
    data = beta.interrupted()
    assert data is not None
    shown = Data.of(data)
    assert (shown.code, shown.flags, shown.message, shown.target_class) == (9, 0x07, identifier, 9)
    assert (shown.length, shown.reply_length) == (5, 8)
    assert beta.interrupted() is None
    cc, part = beta.data(Function.RECEIVE, address=DATA, length=2)
    assert (cc, part.code, part.address, part.length, part.flags) == (1, 5, DATA + 2, 3, 7)
    cc, rest = beta.data(
        Function.RECEIVE, path=0, flags=7, message=identifier, target_class=9, address=DATA + 2, length=9
    )
    assert (cc, rest.code, rest.length, rest.reply_length) == (0, 0, 6, 8)
    assert beta.get(DATA, 6) == b"HELLO\0"
    assert beta.data(Function.RECEIVE, address=DATA, length=2)[0] == 2
    beta.put(DATA, b"THERE")
    reply = {"message": identifier, "reply_address": DATA, "reply_length": 5}
    assert beta.data(Function.REPLY, **reply)[1].code == 8
    assert beta.data(Function.REPLY, **reply, target_class=9)[0] == 0
    assert beta.data(Function.REPLY, **reply, target_class=9)[0] == 2
    assert alpha.completed() == (7, 0, identifier, 0, 8, 3)
    assert alpha.get(ANSWER, 6) == b"THERE\0"
    assert alpha.data(Function.TEST_COMPLETION)[0] == 2


def test_a_one_way_message_with_priority(path: tuple[Machine, Machine]) -> None:
    alpha, beta = path
    slow = send(alpha, flags=ONE_WAY)
    fast = send(alpha, flags=ONE_WAY | PRIORITY)
    data = beta.interrupted()
    assert data is not None
    assert (Data.of(data).code, Data.of(data).message) == (8, fast)
    cc, received = beta.data(Function.RECEIVE, address=DATA, length=5)
    assert (cc, received.message, received.flags) == (0, fast, ONE_WAY | PRIORITY)
    assert beta.data(Function.REPLY, message=slow, target_class=9)[0] == 2
    assert alpha.completed()[:3] == (7, ONE_WAY | PRIORITY, fast)
    cc, received = beta.data(Function.RECEIVE, address=DATA, length=5)
    assert (cc, received.message) == (0, slow)
    assert beta.interrupted() is None
    cc = alpha.iucv(Function.TEST_COMPLETION)
    assert (cc, Data.of(alpha.get(PLIST, 40)).message) == (0, slow)


def test_data_in_the_list(path: tuple[Machine, Machine]) -> None:
    alpha, beta = path
    cc, answer = alpha.data(Function.SEND, flags=PARAMETER_DATA)
    assert (cc, answer.code) == (1, 21)  # BETA has not allowed it
    words = {"address": 0x01020304, "length": 0x05060708}
    cc, answer = beta.data(Function.SEND, flags=PARAMETER_DATA, **words, tag=0x77)
    assert cc == 0
    data = alpha.interrupted()
    assert data is not None
    shown = Data.of(data)
    assert (shown.flags, shown.parameter_data) == (PARAMETER_DATA | 7, bytes(range(1, 9)))
    cc, received = alpha.data(Function.RECEIVE)
    assert (cc, received.flags, received.parameter_data) == (0, PARAMETER_DATA, bytes(range(1, 9)))
    assert alpha.data(Function.REPLY, message=answer.message, flags=PARAMETER_DATA)[1].code == 21
    assert beta.completed()[3] == 0x0200


def test_limits_of_a_path(path: tuple[Machine, Machine]) -> None:
    alpha, beta = path
    for _ in range(10):
        send(alpha, flags=ONE_WAY)
    assert alpha.data(Function.SEND, length=5)[1].code == 3
    assert beta.control(Function.QUIESCE, 0, user=USER)[0] == 0
    data = alpha.interrupted()
    assert data is not None
    assert (Control.of(data).code, Control.of(data).user) == (4, USER)
    assert alpha.data(Function.SEND, length=5)[1].code == 2
    for _ in range(20):
        beta.control(Function.QUIESCE, flags=ALL)
        beta.control(Function.RESUME, flags=ALL)
    assert alpha.told()[0] == 5
    assert alpha.interrupted() is None
    assert alpha.data(Function.SEND, length=0x80000000)[1].code == 3
    beta.data(Function.RECEIVE, length=5, address=DATA)
    assert alpha.data(Function.SEND, length=0x80000000)[1].code == 3  # its completion was not presented
    alpha.completed()
    assert alpha.data(Function.SEND, length=0x80000000)[1].code == 10
    assert alpha.data(Function.SEND, path=1)[1].code == 1


def test_reject_and_purge(path: tuple[Machine, Machine]) -> None:
    alpha, beta = path
    identifier = send(alpha)
    cc, answer = beta.data(Function.REJECT)
    assert (cc, answer.message, answer.target_class) == (0, identifier, 9)
    assert beta.interrupted() is None
    assert alpha.completed()[2:4] == (identifier, 0x0400)
    identifier = send(alpha)
    assert alpha.data(Function.PURGE, flags=7, message=identifier, source_class=1)[1].code == 8
    assert alpha.data(Function.PURGE, flags=7, message=identifier, source_class=8)[0] == 0
    assert beta.interrupted() is None
    assert alpha.data(Function.PURGE, flags=2)[0] == 2


def test_bad_storage(path: tuple[Machine, Machine]) -> None:
    alpha, beta = path
    size = alpha.vm.storage_size
    send(alpha, address=size - 2)
    assert beta.data(Function.RECEIVE, address=DATA, length=5)[1].code == 7
    assert alpha.completed()[3] == 0x2000
    identifier = send(alpha, reply_address=size - 2, reply_length=5)
    beta.iucv(Function.RECEIVE, Data(0, 0, 0, 0, 0, beta.vm.storage_size - 2, 5, 0, 0, 0, 0).pack())
    assert beta.interruption == 5  # its own buffer
    assert beta.data(Function.RECEIVE, address=DATA, length=5)[0] == 0
    reply = {"message": identifier, "target_class": 9, "reply_address": DATA}
    assert beta.data(Function.REPLY, **reply, reply_length=5)[1].code == 7
    assert alpha.completed()[3] == 0x0800
    identifier = send(alpha, reply_address=ANSWER, reply_length=3)
    cc, answer = beta.data(Function.REPLY, message=identifier, target_class=9, reply_address=DATA, reply_length=5)
    assert (cc, answer.code, answer.reply_length) == (1, 5, 2)
    assert alpha.completed()[2:] == (identifier, 0x8000, 8, 2)


@pytest.mark.parametrize("how", ["sever", "reset", "logoff", "retrieve"])
def test_a_path_that_is_severed(path: tuple[Machine, Machine], how: str) -> None:
    alpha, beta = path
    identifier = send(alpha)
    back = send(beta)
    match how:
        case "sever":
            assert beta.control(Function.SEVER, 0, user=USER)[0] == 0
        case "reset":
            beta.vm.reset()
        case "logoff":
            beta.cp.logoff(beta.vm)
        case "retrieve":
            assert beta.iucv(Function.RETRIEVE_BUFFER) == 0
    assert alpha.told()[:2] == (3, 0)
    assert alpha.completed()[2:4] == (identifier, 0x0008)
    assert alpha.interrupted() is None
    assert alpha.data(Function.RECEIVE, flags=7, message=back, target_class=9)[0] == 2
    assert alpha.data(Function.SEND)[1].code == 1
    assert alpha.control(Function.SEVER, 0)[0] == 0
    assert not alpha.cp.iucv.communicators[alpha.vm].ends


def test_masks(path: tuple[Machine, Machine]) -> None:
    alpha, beta = path
    beta.iucv(Function.SET_MASK, b"\x78".ljust(40, b"\0"))
    send(alpha)
    assert beta.interrupted() is None
    assert beta.iucv(Function.TEST_MESSAGE) == 1
    beta.iucv(Function.SET_MASK, b"\xf8".ljust(40, b"\0"))
    assert beta.interrupted() is not None
    beta.iucv(Function.SET_CONTROL_MASK, b"\xd8".ljust(40, b"\0"))
    alpha.control(Function.SEVER, 0)
    assert beta.interrupted() is None
    beta.iucv(Function.SET_CONTROL_MASK, b"\xf8".ljust(40, b"\0"))
    assert beta.told()[0] == 3


def test_describe_and_waiting_for_a_message(path: tuple[Machine, Machine]) -> None:
    alpha, beta = path
    assert beta.iucv(Function.DESCRIBE) == 2
    assert beta.iucv(Function.TEST_MESSAGE) == 3
    assert beta.vm.idle
    assert beta.vm.suspended
    identifier = send(alpha)
    assert not beta.vm.idle
    beta.vm.run_slice(1)
    assert beta.outcome() == 1
    assert beta.iucv(Function.DESCRIBE) == 0
    assert Data.of(beta.get(PLIST, 40)).message == identifier
    assert beta.interrupted() is None
    assert beta.data(Function.RECEIVE, address=DATA, length=5)[0] == 0


def test_the_message_service(pair: tuple[Machine, Machine]) -> None:
    alpha = pair[0].declare()
    iucv = alpha.cp.iucv
    assert not iucv.tell(alpha.vm, 1, "BETA", "HI")
    assert alpha.control(Function.CONNECT, userid="*MSG")[0] == 0
    assert alpha.told() == (2, 0, PARAMETER_DATA, 10)
    assert iucv.tell(alpha.vm, 1, "BETA", "HI")
    data = alpha.interrupted()
    assert data is not None
    assert (Data.of(data).target_class, Data.of(data).length) == (1, 10)
    cc, answer = alpha.data(Function.RECEIVE, address=DATA, length=132)
    assert (cc, answer.length) == (0, 122)
    assert from_ebcdic(alpha.get(DATA, 10)) == "BETA    HI"
    assert [iucv.tell(alpha.vm, 1, "BETA", "HI") for _ in range(11)] == [True] * 10 + [False]
    alpha.control(Function.SEVER, 0)
    assert not iucv.tell(alpha.vm, 1, "BETA", "HI")


def test_the_block_service(pair: tuple[Machine, Machine]) -> None:
    alpha = pair[0].declare()
    disk = formatted(alpha.add_ckd(0x300, "2314"), 1024)

    def connect(size: int, offset: int, device: int) -> Control:
        user = struct.pack(">IiH6x", size, offset, device)
        assert alpha.control(Function.CONNECT, userid="*BLOCKIO", user=user, flags=PARAMETER_DATA)[0] == 0
        data = alpha.interrupted()
        assert data is not None
        return Control.of(data)

    for size, device, code in ((1024, 0x999, 1), (1024, 0x009, 2), (800, 0x300, 3)):
        severed = connect(size, 0, device)
        assert (severed.code, severed.user[0]) == (3, code)
        alpha.control(Function.SEVER, severed.path)
    accepted = connect(1024, 2, 0x300)
    assert (accepted.code, struct.unpack(">iiH6x", accepted.user)) == (2, (-1, disk.block_count(1024) - 2, 0))
    alpha.put(DATA, b"BLOCK".ljust(1024, b"\0"))

    def block(target_class: int, number: int, address: int) -> int:
        cc, _ = alpha.data(
            Function.SEND,
            flags=PARAMETER_DATA,
            target_class=target_class,
            address=number & 0xFFFFFFFF,
            length=address,
            tag=0x77,
        )
        assert cc == 0
        data = alpha.interrupted()
        assert data is not None
        _, flags, kind, _, audit, reply, *_ = COMPLETE.unpack(data)
        assert (flags & PARAMETER_DATA, kind, audit) == (PARAMETER_DATA, 7, 0)
        return int(reply[0])

    assert block(1, 3, DATA) == 0
    assert disk.block_read(5, 1024)[:5] == b"BLOCK"
    assert block(2, 3, ANSWER) == 0
    assert alpha.get(ANSWER, 5) == b"BLOCK"
    assert [block(2, -2, ANSWER), block(3, 1, ANSWER), block(2, 1, alpha.vm.storage_size - 4)] == [1, 6, 2]
    alpha.vm.detach(0x300)
    assert block(2, 3, ANSWER) == 5


def test_messages_of_users_by_iucv(pair: tuple[Machine, Machine]) -> None:
    alpha, beta = pair
    alpha.declare()
    alpha.control(Function.CONNECT, userid="*MSG")
    assert alpha.told()[0] == 2
    user = alpha.user
    alpha.vm.halt()
    for kind in ("MSG", "SMSG"):
        user.type(f"SET {kind} IUCV")
    assert "MSG IUCV" in user.type("QUERY SET")[0]
    beta.vm.halt()
    beta.user.type("MSG ALPHA good morning", "SMSG ALPHA start")
    assert user.read() == []
    for target_class, text in ((1, "BETA    good morning"), (4, "BETA    start")):
        cc, answer = alpha.data(Function.RECEIVE, address=DATA, length=132)
        assert (cc, answer.target_class) == (0, target_class)
        assert from_ebcdic(alpha.get(DATA, 132 - answer.length)).casefold() == text.casefold()
    alpha.vm.halt()
    user.type("SET MSG ON")
    user.read()
    beta.vm.halt()
    beta.user.type("MSG ALPHA good evening")
    assert "GOOD EVENING" in user.read()[0].upper()
