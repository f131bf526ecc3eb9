"""The virtual channel-to-channel adapter: two of them, in two machines or in one, are coupled and make one adapter.

What one side (X) asks for is done when the other (Y) asks for its complement; until then X waits, and Y has an
attention interruption to tell it.  GA22-6983, System/370 Channel-to-Channel Adapter:

    command of X                    Y available         Y: control      Y: read         Y: write
    ------------------------------  ------------------  --------------  --------------  --------------
    xx1 control         xxxxx111    attention, waits *  busy            busy            busy
    02  read            xxxxxx10    attention, waits    busy            busy            data moves
    0C  read backward   xxxx1100    attention, waits    busy            busy            data moves
    01  write           xxxxxx01    attention, waits    busy            data moves      busy
    81  write eof       1xxxxx01    remembered for Y    busy            read ends, UX   busy
    14  sense command   xxx10100    X'00'               Y's command *   Y's command     Y's command
    04  sense, 03 no operation      ends; no operation is busy while Y has a command outstanding
    C3  set extended mode, 43 set basic mode            like no operation

    * control has channel end at once and device end when Y senses it

"Busy" is attention and busy, the command is not carried out: Y's command comes first.  In basic mode, which a reset
leaves, write end-of-file is a write.  Data moves up to the shorter of the two counts; each side sees its own residual
count.  A reset ends what the other side waits for with unit check; without a partner every command that needs one does.
"""

from __future__ import annotations

from typing import Any

from vm370.cp.io.device import NORMAL_END, WAIT, Device, DeviceType, Outcome, Sense0, Supply, UnitStatus
from vm370.cp.io.devicetypes import DEVICE_TYPES

SENSE = 0x04
SET_BASIC_MODE, SET_EXTENDED_MODE = 0x43, 0xC3
LONGEST = 65_535
"""Bytes of one block."""
BUSY = UnitStatus.BUSY | UnitStatus.ATTENTION


def is_control(command: int) -> bool:
    """xxxxx111."""
    return command & 0x07 == 0x07


def is_read(command: int) -> bool:
    """Read, or read backward."""
    return command & 0x03 == 0x02 or command & 0x0F == 0x0C


def is_write(command: int) -> bool:
    """Write, or write end-of-file."""
    return command & 0x03 == 0x01


def is_sense_command(command: int) -> bool:
    """xxx10100."""
    return command & 0x1F == 0x14


class Ctca(Device):
    """One side of an adapter; ``couple`` makes two of them one."""

    def __init__(self, device_type: DeviceType = DEVICE_TYPES["CTCA"]) -> None:
        super().__init__()
        self.type = device_type
        self.peer: Ctca | None = None
        self.extended = False
        self.outstanding = 0
        """The command that waits for its complement."""
        self._outgoing = b""
        """What an outstanding write has to give."""
        self._room = 0
        """What an outstanding read can take."""
        self._granted: Outcome | None = None
        """How the outstanding command ended, by what the other side did."""
        self._moved = 0
        self._end_of_file = False
        """The other side wrote end-of-file: the next read tells."""

    # --- coupling ---

    def couple(self, peer: Ctca) -> None:
        """Both sides become ready for each other; both must be free."""
        self.peer, peer.peer = peer, self

    def uncouple(self) -> Ctca | None:
        """The connection ends; the side that is left, if there was one."""
        peer, self.peer = self.peer, None
        for side in (self, peer):
            if side is not None:
                side.peer = None
                side._end_of_file = False
                side._give_up()
        return peer

    def close(self) -> None:
        self.uncouple()

    # --- commands ---

    def ends_at_once(self, command: int) -> bool:
        """Control and mode commands, and everything that is refused because the other side comes first."""
        return is_control(command) or command & 0x07 == 0x03 or self._is_refused(command)

    def execute(self, command: int, supply: Supply, count: int) -> Outcome:
        if command == SENSE:
            return Outcome(NORMAL_END, self.sense[:1])
        if self._granted is not None:
            return self._finish(command, supply)
        self.sense = bytes(2)
        if is_sense_command(command):
            return self._sense_command()
        if self._is_refused(command):
            return Outcome(BUSY)
        if command & 0x07 == 0x03:
            if command in (SET_BASIC_MODE, SET_EXTENDED_MODE):
                self.extended = command == SET_EXTENDED_MODE
            return Outcome()
        if not (is_control(command) or is_read(command) or is_write(command)):
            return self._refuse(Sense0.COMMAND_REJECT)
        if self.peer is None:
            return self._refuse(Sense0.INTERVENTION_REQUIRED)
        return self._ask(self.peer, command, supply)

    def _is_refused(self, command: int) -> bool:
        """The other side has an outstanding command that this one is no answer to."""
        theirs = self.peer.outstanding if self.peer is not None and self.peer._granted is None else 0
        if not theirs or command == SENSE or is_sense_command(command):
            return False
        if is_read(command):
            return not is_write(theirs)
        if is_write(command):
            return not is_read(theirs)
        return is_control(command) or command & 0x07 == 0x03

    def _ask(self, peer: Ctca, command: int, supply: Supply) -> Outcome:
        if is_control(command):
            self.outstanding = command
            peer.present(UnitStatus.ATTENTION)
            return Outcome(UnitStatus.CHANNEL_END)
        if is_write(command):
            return self._write(peer, command, supply)
        return self._read(peer, command, supply)

    def _write(self, peer: Ctca, command: int, supply: Supply) -> Outcome:
        end_of_file = bool(command & 0x80) and self.extended
        if is_read(peer.outstanding) and peer._granted is None:
            if end_of_file:
                peer._grant(Outcome(NORMAL_END | UnitStatus.UNIT_EXCEPTION))
            else:
                peer._grant(Outcome(NORMAL_END, supply.take_rest(peer._room)))
            return Outcome()
        if end_of_file:
            peer._end_of_file = True
            return Outcome()
        if not self.outstanding:
            self._outgoing = supply.take_rest(LONGEST)
        return self._wait_for(peer, command)

    def _read(self, peer: Ctca, command: int, supply: Supply) -> Outcome:
        if self._end_of_file:
            self._end_of_file = False
            return Outcome(NORMAL_END | UnitStatus.UNIT_EXCEPTION)
        self._room = min(supply.room(), LONGEST)
        if is_write(peer.outstanding) and peer._granted is None:
            data = peer._outgoing[: self._room]
            peer._moved = len(data)
            peer._grant(Outcome())
            return Outcome(NORMAL_END, data)
        return self._wait_for(peer, command)

    def _wait_for(self, peer: Ctca, command: int) -> Outcome:
        """Until the other side does the complement; it hears of it once."""
        if not self.outstanding:
            self.outstanding = command
            peer.present(UnitStatus.ATTENTION)
        return WAIT

    def _finish(self, command: int, supply: Supply) -> Outcome:
        """The other side has done the complement of the command that waited."""
        granted, self._granted = self._granted, None
        assert granted is not None
        if is_write(self.outstanding) and is_write(command):
            supply.take_rest(self._moved)
        self._forget()
        return granted

    def _grant(self, outcome: Outcome) -> None:
        self._granted = outcome
        self.changed()

    def _sense_command(self) -> Outcome:
        peer = self.peer
        if peer is None or peer._granted is not None:
            return Outcome(NORMAL_END, b"\0")
        answer = Outcome(NORMAL_END, bytes((peer.outstanding,)))
        if is_control(peer.outstanding):
            peer.outstanding = 0
            peer.present(UnitStatus.DEVICE_END)
        return answer

    def _refuse(self, sense: int) -> Outcome:
        self.sense = bytes((sense, 0))
        return Outcome(UnitStatus.UNIT_CHECK)

    # --- what ends without its complement ---

    def _forget(self) -> None:
        self.outstanding = 0
        self._outgoing = b""
        self._room = self._moved = 0

    def _give_up(self) -> None:
        """The other side is gone, or was reset: a command that waits for it ends with unit check."""
        if not self.outstanding:
            return
        self.sense = bytes((Sense0.INTERVENTION_REQUIRED, 0))
        if is_control(self.outstanding):
            self.outstanding = 0
            self.present(UnitStatus.DEVICE_END | UnitStatus.UNIT_CHECK)
        elif self._granted is None:
            self._grant(Outcome(NORMAL_END | UnitStatus.UNIT_CHECK))

    def halt(self) -> None:
        self._granted = None
        self._forget()

    def reset(self) -> None:
        super().reset()
        self.halt()
        self.extended = self._end_of_file = False
        if self.peer is not None:
            self.peer._give_up()

    # --- saving ---

    def save(self) -> Any:
        granted = self._granted
        return {
            "sense": self.sense.hex(),
            "extended": self.extended,
            "outstanding": self.outstanding,
            "outgoing": self._outgoing.hex(),
            "room": self._room,
            "granted": None if granted is None else [int(granted.status), granted.data.hex()],
            "moved": self._moved,
            "end_of_file": self._end_of_file,
        }

    def restore(self, state: Any) -> None:
        self.sense = bytes.fromhex(state["sense"])
        self.extended = state["extended"]
        self.outstanding = state["outstanding"]
        self._outgoing = bytes.fromhex(state["outgoing"])
        self._room = state["room"]
        granted = state["granted"]
        self._granted = None if granted is None else Outcome(UnitStatus(granted[0]), bytes.fromhex(granted[1]))
        self._moved = state["moved"]
        self._end_of_file = state["end_of_file"]
