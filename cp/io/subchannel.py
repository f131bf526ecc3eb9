"""One subchannel: the state of a device as its channel sees it, from START I/O to the interruption.

Every device has a subchannel of its own.  The letters are those of GA22-7000, States of the Input/Output System::

    AVAILABLE --start--> WORKING --step...--> ENDING --its time has come--> PENDING --accepted--> AVAILABLE
        A                 | ^   W               W                              I
                     WAIT | | changed()
                          v |
                        WAITING  W     (the device has a command outstanding and cannot end it now)

``ENDING`` keeps the interruption back for as long as the program would have taken (channel.py sets the times).
Beside that a device can have status of its own (``device_status``: attention, device end) that is presented whenever
the subchannel is available, and be busy after channel end (``device_busy``) until it presents device end.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any

from vm370.cp.io.access import ChannelAccess
from vm370.cp.io.ccw import (
    NO_CHANNEL_STATUS,
    NO_CSW,
    NO_UNIT_STATUS,
    Ccw,
    CcwFlag,
    ChannelCheck,
    ChannelStatus,
    Csw,
)
from vm370.cp.io.device import NORMAL_END, Device, Outcome, Sense0, Supply, UnitStatus
from vm370.cp.io.program import ChannelProgram

CHANNEL_END, DEVICE_END = int(UnitStatus.CHANNEL_END), int(UnitStatus.DEVICE_END)
STATUS_MODIFIER = int(UnitStatus.STATUS_MODIFIER)
UNUSUAL = 0xFF & ~(CHANNEL_END | DEVICE_END | STATUS_MODIFIER)
"""Unit status with which command chaining does not go on."""
CHAINING = CcwFlag.CHAIN_DATA | CcwFlag.CHAIN_COMMAND
INCORRECT_LENGTH = ChannelStatus.INCORRECT_LENGTH


NO_OPERATION = 0x03
SENSE = 0x04


class State(Enum):
    """What a subchannel is doing."""

    AVAILABLE = "available"
    WORKING = "working"
    WAITING = "waiting"
    ENDING = "ending"
    PENDING = "pending"


class Subchannel:
    """A device and the channel program that runs on it.  ``fetched`` is told of every CCW (counts, trace)."""

    def __init__(
        self, address: int, device: Device, access: ChannelAccess, fetched: Callable[[int, int, Ccw], None]
    ) -> None:
        self.address = address
        self.device = device
        self._access = access
        self._count = fetched
        self.state = State.AVAILABLE
        self.due = 0
        """Virtual time of the next step (WORKING) or of the interruption (ENDING)."""
        self.csw = NO_CSW
        """How the program ended (ENDING, PENDING)."""
        self.pci: Csw | None = None
        """A program-controlled interruption that is pending while the program goes on."""
        self.device_status = NO_UNIT_STATUS
        self.device_busy = False
        self.device_end_due = 0
        """Virtual time at which a motion ends that the device goes on with by itself; 0 for none."""
        self.device_end_status = UnitStatus.DEVICE_END
        """Unit status then."""
        self.synchronous = False
        """The program was started by a DIAGNOSE and ends with it, not with an interruption."""
        self.program: ChannelProgram | None = None
        self.bytes_moved = 0
        self._chained = False
        """The current operation ended at the channel; command chaining waits for the device end."""

    # --- what channel.py asks ---

    @property
    def working(self) -> bool:
        """W in the tables of condition codes."""
        return self.state in (State.WORKING, State.WAITING, State.ENDING)

    @property
    def pending(self) -> bool:
        """An interruption could be taken."""
        return (
            self.state is State.PENDING
            or self.pci is not None
            or (self.state is State.AVAILABLE and self.device_status != 0)
        )

    def pending_csw(self) -> Csw:
        """The CSW of the interruption that comes next."""
        if self.state is State.PENDING:
            return self._final_csw()
        if self.pci is not None:
            return self.pci
        return Csw(unit=self.device_status)

    def _final_csw(self) -> Csw:
        return self.csw if self.pci is None else self.csw.with_channel(self.pci.channel)

    def clear_pending(self) -> None:
        """That interruption was taken, or its CSW stored by an instruction."""
        if self.state is State.PENDING:
            self._release()
        elif self.pci is not None:
            self.pci = None
        else:
            self.device_status = NO_UNIT_STATUS

    def _release(self) -> None:
        self.state = State.AVAILABLE
        self.pci = None
        self.program = None
        self.synchronous = False
        self._chained = False

    # --- starting ---

    def start(self, key: int, address: int, *, due: int = 0, synchronous: bool = False) -> None:
        """Fetch the first CCW and get ready.  ChannelCheck: the subchannel stays available."""
        program = self._new_program(key, address, synchronous)
        try:
            program.fetch_command(first=True)
        except ChannelCheck:
            self._release()
            raise
        self._started(due)

    def start_load(self, ccw: Ccw, next_address: int) -> None:
        """Initial program loading: the first CCW is implied, the key is zero."""
        self._new_program(0, next_address, synchronous=True).assume(ccw, next_address)
        self._started(0)

    def _new_program(self, key: int, address: int, synchronous: bool) -> ChannelProgram:
        self._release()
        self.synchronous = synchronous
        self.program = ChannelProgram(self._access, key, address, self._fetched)
        return self.program

    def _started(self, due: int) -> None:
        self.state = State.WORKING
        self.due = due
        self.device.start_chain()

    @property
    def first_is_immediate(self) -> bool:
        """The command that was just fetched ends with the START I/O that starts it."""
        return self.program is not None and self.device.ends_at_once(self.program.command)

    def _fetched(self, address: int, ccw: Ccw) -> None:
        self._count(self.address, address, ccw)
        wanted = ccw.flags & CcwFlag.PROGRAM_CONTROLLED_INTERRUPTION and not self.synchronous
        if wanted and self.program is not None:
            self.pci = Csw(
                self.program.key,
                address + 8,
                channel=ChannelStatus.PROGRAM_CONTROLLED_INTERRUPTION,
                count=ccw.count,
            )

    # --- one command ---

    def step(self) -> None:
        """Execute the current command; afterwards the state is WORKING (the next CCW is current), WAITING or ENDING."""
        program = self.program
        assert program is not None
        supply = Supply(program.take if program.command & 0x01 else _nothing, program.room)
        outcome = self._execute(program, supply)
        if outcome.wait:
            self._wait(program, outcome.later)
            return
        room = len(outcome.data)
        if outcome.data and not program.command & 0x01:
            room = program.put(outcome.data, backward=program.command & 0x0F == 0x0C)
        self.bytes_moved += program.moved
        status = self._ending_status(outcome)
        wrong = program.check or _wrong_length(program, status, supply.short or room < len(outcome.data))
        self.device_busy = status & (CHANNEL_END | DEVICE_END) == CHANNEL_END
        if wrong or program.ccw.flags & CHAINING != CcwFlag.CHAIN_COMMAND or not _may_chain(status):
            self._end(UnitStatus(status), program.check or (INCORRECT_LENGTH if wrong else NO_CHANNEL_STATUS))
        elif self.device_busy:
            self.state = State.WAITING
            self._chained = True
        else:
            self._chain(status)

    def _wait(self, program: ChannelProgram, later: int) -> None:
        """The command cannot end now; ``later`` it is executed again, 0: when the device has changed."""
        if later:
            program.begin_again()
            self.due += later
        else:
            self.state = State.WAITING

    def _ending_status(self, outcome: Outcome) -> int:
        """A motion that goes on by itself ends later, but for a synchronous program, which ends with it."""
        if outcome.later and self.synchronous:
            return int(outcome.status | outcome.end)
        if outcome.later:
            self.device_end_due = self.due + outcome.later
            self.device_end_status = outcome.end
        return int(outcome.status)

    def _execute(self, program: ChannelProgram, supply: Supply) -> Outcome:
        """The device carries out the command; a device that is not ready does so for sense and no-operation only."""
        device, command = self.device, program.command
        if not device.ready and command not in (SENSE, NO_OPERATION):
            device.sense = bytes((Sense0.INTERVENTION_REQUIRED,)).ljust(len(device.sense), b"\0")
            return Outcome(UnitStatus.UNIT_CHECK)
        return device.execute(command, supply, program.ccw.count)

    def _chain(self, status: int) -> None:
        assert self.program is not None
        if status & STATUS_MODIFIER:
            self.program.skip_one()
        try:
            self.program.fetch_command()
        except ChannelCheck as error:
            self._end(NO_UNIT_STATUS, error.status)

    def _end(self, unit: UnitStatus, channel: ChannelStatus) -> None:
        assert self.program is not None
        self.csw = Csw(self.program.key, self.program.csw_address, unit, channel, self.program.residual)
        self.state = State.ENDING

    # --- what the device says ---

    def device_changed(self, now: int) -> bool:
        """The outstanding command may be able to end.  True if there is one."""
        if self.state is not State.WAITING or self._chained:
            return False
        assert self.program is not None
        self.program.begin_again()
        self.state = State.WORKING
        self.due = now
        return True

    def motion_ended(self, now: int) -> None:
        """The time of ``device_end_due`` has come."""
        self.device_end_due = 0
        self.device_presents(self.device_end_status, now)

    def device_presents(self, status: UnitStatus, now: int) -> None:
        """Unsolicited status, or the device end that was still missing."""
        if status & UnitStatus.DEVICE_END and self.device_busy:
            self.device_busy = False
            if self._chained and self.state is State.WAITING:
                self._chained = False
                self.state = State.WORKING
                self.due = now
                if _may_chain(status):
                    self._chain(status)
                else:
                    self._end(status, NO_CHANNEL_STATUS)
                return
        self.device_status |= status

    # --- stopping ---

    def halt(self, now: int) -> None:
        """End the program now; the interruption tells of it."""
        if self.state in (State.WORKING, State.WAITING):
            self.device.halt()
            self.device_busy = self.device_end_due != 0
            self._chained = False
            self._end(NORMAL_END, NO_CHANNEL_STATUS)
        if self.state is State.ENDING:
            self.due = now

    def clear(self) -> Csw:
        """CLEAR I/O: forget the program; what the CSW shows of it."""
        if self.state in (State.WORKING, State.WAITING):
            self.device.halt()
            self.device_busy = self.device_end_due != 0
            self._end(NO_UNIT_STATUS, NO_CHANNEL_STATUS)
        return self.end_now()

    def end_now(self) -> Csw:
        """The program has ended and its CSW is presented by an instruction: no interruption follows."""
        csw = self._final_csw()
        self._release()
        return csw

    def reset(self) -> None:
        """System reset."""
        self._release()
        self.due = 0
        self.csw = NO_CSW
        self.device_status = NO_UNIT_STATUS
        self.device_busy = False
        self.device_end_due = 0
        self.device.reset()

    # --- saving ---

    def save(self) -> Any:
        """State as JSON-able values; the device's own state is not in it."""
        return {
            "state": self.state.value,
            "due": self.due,
            "csw": self.csw.to_bytes().hex(),
            "pci": self.pci.to_bytes().hex() if self.pci else None,
            "device_status": int(self.device_status),
            "device_busy": self.device_busy,
            "device_end_due": self.device_end_due,
            "device_end_status": int(self.device_end_status),
            "ready": self.device.ready,
            "synchronous": self.synchronous,
            "chained": self._chained,
            "program": self.program.save() if self.program else None,
        }

    def restore(self, state: Any) -> None:
        """Take back what ``save`` gave."""
        self.state = State(state["state"])
        self.due = state["due"]
        self.csw = Csw.from_bytes(bytes.fromhex(state["csw"]))
        self.pci = Csw.from_bytes(bytes.fromhex(state["pci"])) if state["pci"] else None
        self.device_status = UnitStatus(state["device_status"])
        self.device_busy = state["device_busy"]
        self.device_end_due = state["device_end_due"]
        self.device_end_status = UnitStatus(state["device_end_status"])
        self.device.ready = state["ready"]
        self.synchronous = state["synchronous"]
        self._chained = state["chained"]
        program = state["program"]
        self.program = ChannelProgram.restored(self._access, self._fetched, program) if program else None


def _may_chain(status: int) -> bool:
    return not status & UNUSUAL and bool(status & (CHANNEL_END | DEVICE_END))


def _wrong_length(program: ChannelProgram, status: int, long_block: bool) -> bool:
    """Incorrect length, by the table of chaining flags in GA22-7000, Chaining."""
    if not (program.residual or long_block):
        return False
    immediate = program.command & 0x03 == 0x03 and program.moved == 0
    refused = not status & (CHANNEL_END | DEVICE_END)
    if immediate or refused:
        return False
    flags = program.ccw.flags
    return bool(flags & CcwFlag.CHAIN_DATA) or not flags & CcwFlag.SUPPRESS_LENGTH


def _nothing(length: int) -> bytes:
    return b""
