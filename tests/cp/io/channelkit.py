"""What the tests of channels and devices share: a small machine that is only storage, channels and a clock."""

from __future__ import annotations

from collections.abc import Iterable

from vm370.cp.io.ccw import Ccw, CcwFlag, Csw
from vm370.cp.io.channel import NEVER, Channels
from vm370.cp.io.device import NORMAL_END, Device, DeviceType, Outcome, Sense0, Supply, UnitStatus
from vm370.cp.s370.storage import Storage

ALL = 0xFFFF0000
CC, CD, SLI = CcwFlag.CHAIN_COMMAND, CcwFlag.CHAIN_DATA, CcwFlag.SUPPRESS_LENGTH
SKIP, PCI, IDA = CcwFlag.SKIP, CcwFlag.PROGRAM_CONTROLLED_INTERRUPTION, CcwFlag.INDIRECT_DATA_ADDRESS


def ccw(command: int, address: int, flags: int, count: int) -> Ccw:
    return Ccw(command, address, flags, count)


def tic(address: int) -> Ccw:
    return ccw(0x08, address, 0, 0)


class Machine:
    """Storage and channels; time goes on only when a test says so."""

    def __init__(self, size: int = 0x20000) -> None:
        self.storage = Storage(size)
        self.delivered = 0
        self.channels = Channels(self.storage, self._deliver)
        self.now = 1000

    def _deliver(self) -> None:
        self.delivered += 1

    def put(self, address: int, words: Iterable[Ccw]) -> None:
        for word in words:
            self.storage.write(address, word.to_bytes())
            address += 8

    def caw(self, address: int, key: int = 0) -> None:
        self.storage.write(0x48, bytes((key << 4,)) + address.to_bytes(3, "big"))

    def start(self, device: int, *program: Ccw, at: int = 0x1000, key: int = 0) -> int:
        """SIO; the condition code."""
        self.put(at, program)
        self.caw(at, key)
        return self.channels.sio(device, self.now)

    def work(self, limit: int = 10_000) -> None:
        """Let time go on until nothing is due."""
        for _ in range(limit):
            if self.channels.due == NEVER:
                return
            self.now = max(self.now, self.channels.due)
            self.channels.run(self.now)
        raise AssertionError("the channels do not come to an end")

    def interruption(self) -> tuple[int, Csw] | None:
        """Let time go on, take the next interruption."""
        self.work()
        found = self.channels.pending(ALL)
        if found is None:
            return None
        assert self.channels.accept(found[0]) == found[1]
        assert self.csw() == found[1]
        return found

    def execute(self, device: int, *program: Ccw, at: int = 0x1000, key: int = 0) -> Csw:
        """SIO with condition code 0 up to the interruption, which must come from the same device."""
        assert self.start(device, *program, at=at, key=key) == 0
        found = self.interruption()
        assert found is not None
        assert found[0] == device
        return found[1]

    def csw(self) -> Csw:
        return Csw.from_bytes(self.storage.read(0x40, 8))

    def read(self, address: int, length: int) -> bytes:
        return self.storage.read(address, length)

    def write(self, address: int, data: bytes) -> None:
        self.storage.write(address, data)


class Loopback(Device):
    """A device for the channel's own tests.

    01 takes up to 80 bytes; 21 takes a block of exactly 80; 02 and 0C give ``block``; 31 compares one block with
    ``block`` (equal: status modifier); 03 immediate; 07 needs six bytes; 17 ends with channel end first; anything
    else is rejected.
    """

    type = DeviceType("TEST", 0x02, 0x01, "CTCA")
    immediate = frozenset({0x03, 0x17})

    def __init__(self, block: bytes = b"") -> None:
        super().__init__()
        self.block = block
        self.written: list[bytes] = []
        self.chains = 0

    def execute(self, command: int, supply: Supply, count: int) -> Outcome:
        if command == 0x04:
            return Outcome(NORMAL_END, self.sense)
        self.sense = bytes(2)
        if command == 0x01:
            self.written.append(supply.take_rest(80))
        elif command == 0x21:
            self.written.append(supply.take(80))
        elif command in (0x02, 0x0C):
            return Outcome(NORMAL_END, self.block)
        elif command == 0x31:
            equal = supply.take(len(self.block)) == self.block
            return Outcome(NORMAL_END | UnitStatus.STATUS_MODIFIER if equal else NORMAL_END)
        elif command == 0x07:
            self.written.append(supply.take(6))
        elif command == 0x17:
            return Outcome(UnitStatus.CHANNEL_END)
        elif command != 0x03:
            self.sense = bytes((Sense0.COMMAND_REJECT, 0))
            return Outcome(UnitStatus.UNIT_CHECK)
        return Outcome()

    def start_chain(self) -> None:
        self.chains += 1

    def save(self) -> object:
        return self.sense.hex()

    def restore(self, state: str) -> None:
        self.sense = bytes.fromhex(state)
