"""The loader cards of an IPL deck, executed: a card reader behind the channel interface of the reference engine."""

from __future__ import annotations

from vm370.cp.engine.reference import run
from vm370.cp.s370.cpu import Cpu
from vm370.cp.s370.hooks import NoChannels
from vm370.cp.s370.interceptions import MaskChanged, Waiting
from vm370.cp.s370.psw import Psw
from vm370.cp.s370.storage import Storage
from vm370.tools.assembler import assemble
from vm370.tools.linker import ipl_deck, link

READER = 0x00C

PROGRAM = """
PROGRAM  CSECT
         BALR  12,0
         USING *,12
         MVC   X'204'(4,0),=C'DONE'
         L     1,=A(LAST)
         MVC   X'208'(4,0),0(1)
         LPSW  WAIT
WAIT     DC    0D'0',X'0002000000001234'
         LTORG
         DC    300X'AB'
LAST     DC    C'LAST'
         END   PROGRAM
"""


class Reader(NoChannels):
    """Reads one card per SIO; with ``slow`` it answers busy before its status."""

    def __init__(self, storage: Storage, cards: bytes, slow: bool) -> None:
        self.storage = storage
        self.cards = [cards[place : place + 80] for place in range(0, len(cards), 80)]
        self.slow = slow
        self.pending: list[int] = []

    def read_card(self, address: int) -> int:
        if not self.cards:
            return 0x0D  # channel end, device end, unit exception
        self.storage.write(address, self.cards.pop(0))
        return 0x0C

    def sio(self, address: int, fast: bool) -> int:
        assert address == READER
        caw = int.from_bytes(self.storage.read(72, 4), "big")
        command = self.storage.read(caw, 8)
        assert (command[0], command[4], command[6:]) == (2, 0x20, b"\0\x50")
        status = self.read_card(int.from_bytes(command[1:4], "big"))
        self.pending = [-1, 0x08, -1, status & ~0x08] if self.slow else [status]
        return 0

    def tio(self, address: int, clear: bool) -> int:
        if not self.pending:
            return 0
        status = self.pending.pop(0)
        if status < 0:
            return 2
        self.storage.write(64, bytes(4) + bytes([status, 0, 0, 0]))
        return 1


def initial_program_load(deck: bytes, slow: bool = False) -> Cpu:
    """As the hardware does it: 24 bytes of the first card, then its channel program, then the PSW."""
    storage = Storage(1 << 18)
    reader = Reader(storage, deck, slow)
    storage.write(0, reader.cards.pop(0)[:24])
    place, chaining = 8, True
    while chaining:
        ccw = storage.read(place, 8)
        address = int.from_bytes(ccw[1:4], "big")
        if ccw[0] == 8:
            place = address
            continue
        assert (ccw[0], ccw[6:]) == (2, b"\0\x50")
        reader.read_card(address)
        chaining = bool(ccw[4] & 0x40)
        place += 8
    storage.write(2, READER.to_bytes(2, "big"))
    cpu = Cpu(storage)
    cpu.channels = reader
    cpu.psw = Psw(address=int.from_bytes(storage.read(5, 3), "big"))
    while (stop := run(cpu, 100_000)) == MaskChanged():
        pass
    assert stop == Waiting()
    return cpu


def program(origin: int) -> bytes:
    result = assemble(PROGRAM)
    assert result.severity == 0
    return ipl_deck(link([result.deck], origin))


def test_the_program_is_loaded_and_started() -> None:
    for origin in (0x1000, 0x2008, 0x20000):
        cpu = initial_program_load(program(origin))
        assert cpu.psw.address == 0x1234
        assert cpu.storage.read(0x204, 8).decode("cp037") == "DONELAST"


def test_separate_channel_end_and_device_end() -> None:
    cpu = initial_program_load(program(0x1000), slow=True)
    assert (cpu.psw.address, cpu.storage.read(0x208, 4).decode("cp037")) == (0x1234, "LAST")


def test_no_more_cards_is_a_disabled_wait() -> None:
    assert initial_program_load(program(0x1000)[:-80]).psw.address == 0xEEEE
