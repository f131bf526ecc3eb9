"""DIAGNOSE X'68': two virtual machines and their messages."""

from __future__ import annotations

import struct

import pytest

from tests.diag.diagkit import SPECIFICATION, Guest, LogOn
from vm370.cp.s370.psw import Psw
from vm370.cp.vmcf.messages import MESSAGE_LIMIT
from vm370.images.ebcdic import from_ebcdic, to_ebcdic

PLIST, BUFFER, DATA, REPLY, EXTERNAL = 0x3000, 0x3100, 0x4000, 0x5000, 0x2800
AUTHORIZE, UNAUTHORIZE, SEND, SEND_RECV, SENDX, RECEIVE, CANCEL, REPLIES, QUIESCE, RESUME, IDENTIFY, REJECT = range(12)
FORM = struct.Struct(">BBHI8sIIII8s")
LOOP = bytes.fromhex("05E007FE")


class Machine(Guest):
    """A guest that knows VMCF."""

    def ask(self, function: int, user: str = "", *, flags: int = 0, mid: int = 1, address: int = 0, length: int = 0,
            reply: int = 0, reply_length: int = 0, use: bytes = b"", key: int = 0) -> int:  # fmt: skip
        """DIAGNOSE X'68': the return code."""
        name = to_ebcdic(user.ljust(8))
        self.put(PLIST, FORM.pack(flags, 0, function, mid, name, address, length, reply, reply_length, use.ljust(8)))
        assert self.diagnose(0x68, 1, 2, {1: PLIST, 2: 99}, psw=Psw(cc=3, key=key, address=0x1000)) == 3
        assert self.interruption is None
        return self.gr[2]

    def authorize(self, length: int = 40, **operands: object) -> Machine:
        """AUTHORIZE must succeed."""
        assert self.ask(AUTHORIZE, address=BUFFER, length=length, **operands) == 0  # type: ignore[arg-type]
        return self

    def header(self) -> tuple[int, int, int, int, str, int, int, int, int, bytes] | None:
        """Enable external interruptions: the header that came with one, or None."""
        self.vm.cpu.cr[0] = 1
        self.put(0x58, Psw(address=EXTERNAL).to_bytes())
        self.put(EXTERNAL, LOOP)
        self.put(BUFFER, bytes(40))
        self.vm.cpu.psw = Psw(system_mask=0x01, address=0x2000)
        self.vm.resume()
        self.vm.run_slice(1)
        if self.vm.cpu.ia not in (EXTERNAL, EXTERNAL + 2):
            return None
        assert Psw.from_bytes(self.get(0x18, 8)).interruption_code == 0x4001
        found = list(FORM.unpack(self.get(BUFFER, 40)))
        found[4] = from_ebcdic(found[4]).rstrip()
        return tuple(found)  # type: ignore[return-value]


@pytest.fixture
def pair(logged_on: LogOn) -> tuple[Machine, Machine]:
    return Machine(logged_on("ALPHA")), Machine(logged_on("BETA"))


def test_send_and_receive(pair: tuple[Machine, Machine]) -> None:
    alpha, beta = pair[0].authorize(), pair[1].authorize()
    alpha.put(DATA, b"HELLO")
    assert alpha.ask(SEND, "BETA", mid=7, address=DATA, length=5, use=b"12345678") == 0
    assert alpha.header() is None
    assert beta.ask(RECEIVE, "ALPHA", mid=7, address=DATA, length=5) == 13  # its interruption was not presented
    assert beta.header() == (0, 0, SEND, 7, "ALPHA", DATA, 5, 0, 0, b"12345678")
    assert beta.header() is None
    assert beta.ask(RECEIVE, "ALPHA", mid=8, address=DATA, length=5) == 12
    assert beta.ask(RECEIVE, "ALPHA", mid=7, address=DATA, length=9, use=b"ANSWERED") == 0
    assert beta.get(DATA, 6) == b"HELLO\0"
    assert alpha.header() == (0x80, 0, SEND, 7, "BETA", DATA, 0, 0, 0, b"ANSWERED")
    assert beta.ask(RECEIVE, "ALPHA", mid=7, address=DATA, length=5) == 12


def test_send_and_reply(pair: tuple[Machine, Machine]) -> None:
    alpha, beta = pair[0].authorize(), pair[1].authorize()
    alpha.put(DATA, b"WHAT?")
    assert alpha.ask(SEND_RECV, "BETA", address=DATA, length=5, reply=REPLY, reply_length=8) == 0
    assert beta.header() == (0, 0, SEND_RECV, 1, "ALPHA", DATA, 5, REPLY, 8, b" " * 0 + bytes(8).replace(b"\0", b" "))
    assert beta.ask(RECEIVE, "ALPHA", address=DATA, length=5) == 0
    assert beta.ask(RECEIVE, "ALPHA", address=DATA, length=5) == 3  # twice
    assert alpha.header() is None
    beta.put(DATA, b"THAT")
    assert beta.ask(REPLIES, "ALPHA", address=DATA, length=4, use=b"*") == 0
    assert alpha.get(REPLY, 5) == b"THAT\0"
    assert alpha.header() == (0x80, 0, SEND_RECV, 1, "BETA", DATA, 0, REPLY, 4, b"*       ")


def test_a_reply_may_be_given_without_receiving(pair: tuple[Machine, Machine]) -> None:
    alpha, beta = pair[0].authorize(), pair[1].authorize()
    alpha.ask(SEND_RECV, "BETA", address=DATA, length=5, reply=REPLY, reply_length=4)
    assert beta.header() is not None
    assert beta.ask(REPLIES, "ALPHA", address=DATA, length=6) == 16  # four bytes fit
    answer = alpha.header()
    assert answer is not None
    assert (answer[0], answer[1], answer[6], answer[8]) == (0x80, 16, 5, 0)


def test_a_short_receive(pair: tuple[Machine, Machine]) -> None:
    alpha, beta = pair[0].authorize(), pair[1].authorize()
    alpha.put(DATA, b"HELLO")
    alpha.ask(SEND, "BETA", address=DATA, length=5)
    assert beta.header() is not None
    assert beta.ask(RECEIVE, "ALPHA", address=DATA, length=2) == 16
    assert beta.get(DATA, 3) == b"HE\0"
    answer = alpha.header()
    assert answer is not None
    assert (answer[0], answer[1], answer[6]) == (0x80, 16, 3)


def test_sendx_brings_its_data(pair: tuple[Machine, Machine]) -> None:
    alpha, beta = pair[0].authorize(), pair[1].authorize(length=48)
    alpha.put(DATA, b"EXPEDITED")
    assert alpha.ask(SENDX, "BETA", address=DATA, length=9) == 7
    assert alpha.ask(SENDX, "BETA", address=DATA, length=8) == 0
    header = beta.header()
    assert header is not None
    assert header[2] == SENDX
    assert beta.get(BUFFER + 40, 8) == b"EXPEDITE"
    assert alpha.header() == (0x80, 0, SENDX, 1, "BETA", DATA, 0, 0, 0, b"        ")


def test_sendx_into_a_buffer_that_became_shorter(pair: tuple[Machine, Machine]) -> None:
    alpha, beta = pair[0].authorize(), pair[1].authorize(length=48)
    assert alpha.ask(SENDX, "BETA", address=DATA, length=8) == 0
    beta.authorize(length=40)
    assert beta.header() is None
    answer = alpha.header()
    assert answer is not None
    assert (answer[0], answer[1], answer[6]) == (0x80, 7, 8)


def test_identify_has_no_response(pair: tuple[Machine, Machine]) -> None:
    alpha, beta = pair[0].authorize(), pair[1].authorize()
    assert alpha.ask(IDENTIFY, "BETA", mid=0xFFFFFFFF, address=1, length=2, use=b"I AM") == 0
    assert beta.header() == (0x80, 0, IDENTIFY, 0xFFFFFFFF, "ALPHA", 1, 2, 0, 0, b"I AM    ")
    assert alpha.header() is None
    assert not alpha.cp.vmcf.parties[alpha.vm].sent


def test_reject(pair: tuple[Machine, Machine]) -> None:
    alpha, beta = pair[0].authorize(), pair[1].authorize()
    alpha.ask(SEND, "BETA", address=DATA, length=5, use=b"MINE")
    assert beta.header() is not None
    assert beta.ask(REJECT, "ALPHA", use=b"YOURS") == 0
    assert alpha.header() == (0xC0, 0, SEND, 1, "BETA", DATA, 5, 0, 0, b"MINE    ")
    alpha.ask(SEND_RECV, "BETA", reply=REPLY, reply_length=4, use=b"MINE")
    assert beta.header() is not None
    assert beta.ask(REPLIES, "BETA") == 12
    assert beta.ask(REJECT, "ALPHA", use=b"YOURS") == 0
    assert alpha.header() == (0xC0, 0, SEND_RECV, 1, "BETA", 0, 0, REPLY, 4, b"YOURS   ")


def test_cancel(pair: tuple[Machine, Machine]) -> None:
    alpha, beta = pair[0].authorize(), pair[1].authorize()
    assert alpha.ask(CANCEL, "BETA") == 12
    alpha.ask(SEND, "BETA", address=DATA, length=5)
    assert beta.ask(CANCEL, "ALPHA") == 3
    assert alpha.ask(CANCEL, "BETA") == 0
    assert beta.header() is None
    alpha.ask(SEND, "BETA", address=DATA, length=5)
    assert beta.header() is not None
    assert alpha.ask(CANCEL, "BETA") == 14
    alpha.ask(SEND_RECV, "BETA", mid=2, address=DATA, length=5)
    assert beta.header() is not None
    beta.ask(RECEIVE, "ALPHA", mid=2, address=DATA, length=5)
    assert alpha.ask(CANCEL, "BETA", mid=2) == 11
    assert beta.ask(REPLIES, "ALPHA", mid=2) == 12


def test_priority(pair: tuple[Machine, Machine]) -> None:
    alpha, beta = pair[0].authorize(), pair[1].authorize()
    assert alpha.ask(SEND, "BETA", flags=0x40) == 18
    beta.authorize(flags=0x40)
    for mid, flags in ((1, 0), (2, 0x40), (3, 0x40)):
        assert alpha.ask(SEND, "BETA", mid=mid, flags=flags) == 0
    headers = [beta.header() for _ in range(3)]
    assert [(header[0], header[3]) for header in headers if header] == [(0x20, 2), (0x20, 3), (0, 1)]
    for mid in (1, 3):
        beta.ask(RECEIVE, "ALPHA", mid=mid)
    responses = [alpha.header() for _ in range(2)]
    assert [(header[0], header[3]) for header in responses if header] == [(0xA0, 3), (0x80, 1)]


def test_who_is_available(pair: tuple[Machine, Machine]) -> None:
    alpha, beta = pair
    assert alpha.ask(SEND, "BETA") == 4
    alpha.authorize()
    assert alpha.ask(12) == 2
    assert [alpha.ask(SEND, user) for user in ("BETA", "NOBODY", "")] == [5, 5, 5]
    beta.authorize(flags=0x80, user="MAINT")
    assert alpha.ask(SEND, "BETA") == 5
    beta.authorize(flags=0x80, user="ALPHA")
    assert alpha.ask(SEND, "BETA") == 0
    assert alpha.ask(SEND, "BETA") == 8
    assert beta.ask(QUIESCE) == 0
    assert alpha.ask(SEND, "BETA", mid=2) == 9
    assert beta.ask(RESUME) == 0
    assert alpha.ask(SEND, "BETA", mid=2) == 0


def test_the_message_limit(pair: tuple[Machine, Machine]) -> None:
    alpha, beta = pair[0].authorize(), pair[1].authorize()
    assert [alpha.ask(SEND, "BETA", mid=mid) for mid in range(MESSAGE_LIMIT)] == [0] * 50
    assert alpha.ask(SEND, "BETA", mid=50) == 10
    assert beta.header() is not None
    assert beta.ask(RECEIVE, "ALPHA", mid=0) == 0
    assert alpha.ask(SEND, "BETA", mid=50) == 10  # the response was not presented yet
    assert alpha.header() is not None
    assert alpha.ask(SEND, "BETA", mid=50) == 0


def test_storage(pair: tuple[Machine, Machine]) -> None:
    alpha, beta = pair
    size = alpha.vm.storage_size
    for address, length in ((BUFFER + 4, 40), (BUFFER, 39), (size - 32, 40), (BUFFER, size)):
        assert alpha.ask(AUTHORIZE, address=address, length=length) == 1
    assert alpha.ask(AUTHORIZE, address=size - 40, length=40) == 0
    alpha.authorize()
    beta.authorize()
    assert alpha.ask(SEND, "BETA", address=size - 4, length=5) == 1
    assert alpha.ask(SEND_RECV, "BETA", reply=size - 4, reply_length=5) == 1
    assert alpha.ask(SEND, "BETA", address=DATA, length=0x900, key=0) == 0
    assert beta.header() is not None
    beta.vm.storage.set_key(DATA + 0x800, 0x20)
    beta.vm.storage.set_key(PLIST, 0x10)
    assert beta.ask(RECEIVE, "ALPHA", address=DATA, length=0x900, key=1) == 6
    assert beta.ask(RECEIVE, "ALPHA", address=size - 4, length=0x900) == 1
    assert beta.ask(RECEIVE, "ALPHA", address=DATA, length=0x900) == 0  # it was still there
    assert alpha.refused(0x68, 1, 2, {1: PLIST + 4, 2: 0}) == SPECIFICATION
    alpha.vm.storage.set_key(REPLY, 0x20)
    assert alpha.ask(SEND_RECV, "BETA", mid=3, reply=REPLY, reply_length=4, key=3) == 0
    alpha.header()
    assert beta.header() is not None
    assert beta.ask(REPLIES, "ALPHA", mid=3, address=DATA, length=4) == 19
    answer = alpha.header()
    assert answer is not None
    assert (answer[1], answer[8]) == (6, 4)


def test_a_machine_that_sends_to_itself(pair: tuple[Machine, Machine]) -> None:
    alpha = pair[0].authorize()
    alpha.put(DATA, b"WRAP")
    assert alpha.ask(SEND, "ALPHA", address=DATA, length=4) == 0
    assert alpha.header() is not None
    assert alpha.ask(RECEIVE, "ALPHA", address=DATA + 2, length=4) == 17
    answer = alpha.header()
    assert answer is not None
    assert (answer[0], answer[1]) == (0x80, 17)
    assert alpha.ask(SEND, "ALPHA", address=DATA, length=4) == 0
    alpha.vm.reset()
    assert not alpha.cp.vmcf.parties


@pytest.mark.parametrize("how", ["unauthorize", "reset", "logoff", "specific"])
def test_a_sink_that_leaves(pair: tuple[Machine, Machine], how: str) -> None:
    alpha, beta = pair[0].authorize(), pair[1].authorize()
    alpha.ask(SEND, "BETA", mid=1)
    alpha.ask(SEND, "BETA", mid=2)
    alpha.ask(IDENTIFY, "BETA", mid=3)
    assert beta.header() is not None
    match how:
        case "unauthorize":
            assert beta.ask(UNAUTHORIZE) == 0
        case "reset":
            beta.vm.reset()
        case "logoff":
            beta.cp.logoff(beta.vm)
        case "specific":
            beta.authorize(flags=0x80, user="MAINT")
    answers = [alpha.header() for _ in range(3)]
    assert [(answer[0], answer[1], answer[3]) for answer in answers if answer] == [(0x80, 5, 2), (0x80, 5, 1)]
    assert not alpha.cp.vmcf.parties[alpha.vm].sent


def test_a_source_that_leaves(pair: tuple[Machine, Machine]) -> None:
    alpha, beta = pair[0].authorize(), pair[1].authorize()
    alpha.ask(SEND, "BETA", mid=1)
    alpha.ask(SEND, "BETA", mid=2)
    assert beta.header() is not None
    alpha.cp.logoff(alpha.vm)
    assert beta.header() is None
    assert beta.ask(RECEIVE, "ALPHA", mid=1) == 5


def test_special_messages(pair: tuple[Machine, Machine]) -> None:
    beta = pair[1].authorize(length=100)
    vmcf = beta.cp.vmcf
    assert vmcf.send_special("BETA", "HI", "ALPHA") == 5
    beta.vm.settings.smsg = True
    assert vmcf.send_special("BETA", "HI", "ALPHA") == 5
    beta.authorize(length=100, flags=0x20)
    assert vmcf.send_special("BETA", "HI", "ALPHA") == 0
    assert vmcf.send_special("BETA", "X" * 61, "ALPHA") == 7
    assert beta.header() == (0, 0, SENDX, 0, "SYSTEM", 0, 2, 0, 0, to_ebcdic("ALPHA   "))
    assert beta.get(BUFFER + 40, 2) == to_ebcdic("HI")
    assert beta.header() is None
    assert [vmcf.send_special("BETA", "HI", "ALPHA") for _ in range(51)] == [0] * 50 + [10]
