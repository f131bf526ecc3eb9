"""The channels of one virtual machine: the I/O instructions, interruptions, and when channel programs run.

cp/machine.py owns one ``Channels`` and calls it for every I/O instruction, for interruptions and from its loop::

    cc = channels.sio(address, now)           # the program is checked and waits for its turn
    ...
    if channels.due <= now: channels.run(now)  # executes CCWs, makes interruptions pending
    found = channels.pending(mask)             # highest priority: channel number, then device address
    if found: csw = channels.accept(found[0])  # the CSW is stored at 64, the condition cleared

Time is the machine's virtual time (instructions).  A channel program starts ``START_DELAY`` after START I/O; its
commands are then executed one after the other, at most ``BURST`` per call of ``run`` (a program that never ends
holds up nobody), and its interruption comes ``CCW_DELAY`` for each command later.  So a run repeats exactly.

Each device has a subchannel of its own.  Channel 0 is a byte multiplexer, the others are block multiplexers unless
``set_type`` makes them selectors, which are busy for all their devices while one works.  Masks have the form of control
register 2: bit 0 (leftmost) is channel 0.  Condition codes follow GA22-7000-10, Condition-Code Settings for I/O States
and Functions; START I/O FAST RELEASE is executed as START I/O, which the architecture leaves open.

``deliver`` is called when something happened that the machine may wait for: an interruption condition became pending,
or a device that a program waits for has changed or is gone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum, IntEnum
from types import MappingProxyType
from typing import Any

from vm370.cp.io.access import ChannelAccess
from vm370.cp.io.ccw import (
    CAW_LOCATION,
    CHANNEL_ID_LOCATION,
    CSW_LOCATION,
    NO_CHANNEL_STATUS,
    NO_CSW,
    NO_UNIT_STATUS,
    Ccw,
    CcwFlag,
    ChannelCheck,
    ChannelError,
    ChannelStatus,
    Csw,
)
from vm370.cp.io.device import NORMAL_END, Device, UnitStatus
from vm370.cp.io.subchannel import State, Subchannel
from vm370.cp.s370.storage import Storage

START_DELAY = 20
"""Instructions from START I/O to the first command."""
CCW_DELAY = 10
"""Instructions that one command takes."""
BURST = 256
"""CCWs executed in one call of ``run`` before the guest goes on."""
SYNCHRONOUS_LIMIT = 65_536
"""CCWs of one synchronous program; a longer one is taken for an endless loop and ends with a program check."""
NEVER = 1 << 62
"""``due`` when nothing is to be done."""

LOAD_CCW = Ccw(0x02, 0, CcwFlag.CHAIN_COMMAND | CcwFlag.SUPPRESS_LENGTH, 24)
"""The implied first CCW of initial program loading; the second is at location 8."""


class ChannelType(IntEnum):
    """As STORE CHANNEL ID has it in bits 0-3."""

    SELECTOR = 0
    BYTE_MULTIPLEXER = 1
    BLOCK_MULTIPLEXER = 2


class Progress(Enum):
    """How far a synchronous channel program came."""

    ENDED = "ended"
    WAITING = "waiting for the device"
    UNFINISHED = "more commands to execute"
    BUSY = "device busy or interruption pending"
    NOT_OPERATIONAL = "no such device"


@dataclass(frozen=True, slots=True)
class SynchronousResult:
    """Result of ``synchronous`` and ``ipl``; the CSW counts only when the program has ended."""

    progress: Progress
    csw: Csw = NO_CSW

    @property
    def successful(self) -> bool:
        """Channel end and device end and nothing else."""
        return self.progress is Progress.ENDED and self.csw.unit == NORMAL_END and self.csw.channel == 0


class AttachError(ChannelError):
    """A device cannot be attached or detached at that address."""


class RestoreError(ChannelError):
    """A saved state does not fit the devices that are attached."""


class Channels:
    """Channels 0-F of one machine, with devices at addresses 000-FFF."""

    def __init__(self, storage: Storage, deliver: Callable[[], None]) -> None:
        self._access = ChannelAccess(storage)
        self._deliver = deliver
        self._subchannels: dict[int, Subchannel] = {}
        self._devices: dict[int, Device] = {}
        self.devices = MappingProxyType(self._devices)
        """The devices by address."""
        self._active: dict[int, Subchannel] = {}
        """Subchannels that ``run`` has to look at."""
        self._moving: dict[int, Subchannel] = {}
        """Subchannels whose device ends a motion by itself."""
        self._pending: dict[int, Subchannel] = {}
        """Subchannels with an interruption condition."""
        self._types = [ChannelType.BYTE_MULTIPLEXER] + [ChannelType.BLOCK_MULTIPLEXER] * 15
        self._now = 0
        self.ccws = 0
        """CCWs executed, data-chained ones included."""
        self._bytes_of_detached = 0
        self._synchronous_ccws: dict[int, int] = {}
        """By device: CCWs executed so far in the synchronous program that is not finished."""
        self.trace: Callable[[int, int, Ccw], None] | None = None
        """Called with device address, CCW address and CCW as each CCW becomes current."""

    @property
    def bytes_moved(self) -> int:
        """Bytes transferred between storage and devices."""
        return self._bytes_of_detached + sum(subchannel.bytes_moved for subchannel in self._subchannels.values())

    # --- configuration ---

    def attach(self, address: int, device: Device) -> None:
        """Put a device on its channel.  AttachError if the address is taken or none."""
        if not 0 <= address <= 0xFFF:
            raise AttachError(f"device address {address:X}: expected 000 to FFF")
        if address in self._subchannels:
            raise AttachError(f"device address {address:03X} is in use")
        device.halt()  # whatever it did on the channels of another machine
        subchannel = Subchannel(address, device, self._access, self._fetched)
        self._subchannels[address] = subchannel
        self._devices[address] = device
        device.changed = lambda: self._device_changed(subchannel)
        device.present = lambda status: self._device_presents(subchannel, status)

    def detach(self, address: int) -> Device:
        """Take a device away in whatever state it is; its program ends without an interruption.  Not closed here."""
        subchannel = self._subchannels.pop(address, None)
        if subchannel is None:
            raise AttachError(f"device address {address:03X}: nothing is attached")
        self._bytes_of_detached += subchannel.bytes_moved
        device = self._devices.pop(address)
        device.changed = _nobody
        device.present = _nobody
        subchannel.reset()
        self._update(subchannel)
        self._deliver()
        return device

    def set_type(self, channel: int, kind: ChannelType) -> None:
        """DEFINE CHANNELS: make a channel a selector or a block multiplexer."""
        self._types[channel] = kind

    def type_of(self, channel: int) -> ChannelType:
        """The type of a channel."""
        return self._types[channel]

    # --- I/O instructions: each gives the condition code ---

    def sio(self, address: int, now: int) -> int:
        """START I/O and START I/O FAST RELEASE."""
        self._now = now
        subchannel = self._subchannels.get(address)
        if subchannel is None:
            return 3
        if subchannel.synchronous:
            self._abandon(subchannel)
        if self._channel_occupied(subchannel) or subchannel.working or subchannel.state is State.PENDING:
            return 2
        if subchannel.device_status or subchannel.device_busy:
            return self._report_busy(subchannel)
        try:
            key, first = self._caw()
            subchannel.start(key, first, due=now + START_DELAY)
        except ChannelCheck as check:
            self._store_status(NO_UNIT_STATUS, check.status)
            self._update(subchannel)
            return 1
        if subchannel.first_is_immediate:
            subchannel.step()
            if subchannel.state is State.ENDING and subchannel.csw.address == first + 8:
                csw = subchannel.end_now()
                self._store_status(csw.unit, csw.channel)
                self._update(subchannel)
                return 1
        self._update(subchannel)
        return 0

    def tio(self, address: int) -> int:
        """TEST I/O."""
        subchannel = self._subchannels.get(address)
        if subchannel is None:
            return 3
        if self._channel_occupied(subchannel) or subchannel.working:
            return 2
        if subchannel.pending:
            self.accept(address)
            return 1
        return self._report_busy(subchannel) if subchannel.device_busy else 0

    def clrio(self, address: int) -> int:
        """CLEAR I/O: the channel forgets the program."""
        subchannel = self._subchannels.get(address)
        if subchannel is None:
            return 3
        if not subchannel.working and subchannel.state is not State.PENDING:
            return 0
        self._store_csw(subchannel.clear())
        self._update(subchannel)
        return 1

    def hio(self, address: int) -> int:
        """HALT I/O: a selector channel stops whatever it is doing."""
        if self._is_selector(address):
            for other in self._on_channel(address >> 8):
                if other.working:
                    self._halt(other)
                    return 2
        return self._halt_addressed(address)

    def hdv(self, address: int) -> int:
        """HALT DEVICE: only the addressed device is stopped."""
        subchannel = self._subchannels.get(address)
        if subchannel is not None and self._is_selector(address):
            if subchannel.working:
                self._halt(subchannel)
                return 2
            if self._channel_occupied(subchannel):
                return 2
        return self._halt_addressed(address)

    def tch(self, address: int) -> int:
        """TEST CHANNEL."""
        channel = address >> 8
        found = self._on_channel(channel)
        if not found:
            return 3
        if self._is_selector(address) and any(subchannel.working for subchannel in found):
            return 2
        return 1 if any(subchannel.address in self._pending for subchannel in found) else 0

    def clrch(self, address: int) -> int:
        """CLEAR CHANNEL: reset everything on the channel."""
        found = self._on_channel(address >> 8)
        if not found:
            return 3
        for subchannel in found:
            subchannel.reset()
            self._update(subchannel)
        return 0

    def is_synchronous(self, address: int) -> bool:
        """Whether the device works for a DIAGNOSE or an initial program loading."""
        subchannel = self._subchannels.get(address)
        return subchannel is not None and subchannel.synchronous

    def busy(self, address: int) -> bool:
        """Whether a DIAGNOSE has to leave the device alone: a channel program or an interruption is in the way."""
        subchannel = self._subchannels.get(address)
        return subchannel is not None and (subchannel.working or subchannel.pending or subchannel.device_busy)

    def working(self, address: int) -> bool:
        """Whether a channel program is in progress on the device."""
        subchannel = self._subchannels.get(address)
        return subchannel is not None and subchannel.state in (State.WORKING, State.WAITING)

    def stidc(self, address: int) -> int:
        """STORE CHANNEL ID: type, model 0, no extended logout."""
        if not self._on_channel(address >> 8):
            return 3
        self._access.store(CHANNEL_ID_LOCATION, (self._types[address >> 8] << 28).to_bytes(4, "big"), 0)
        return 0

    def _halt_addressed(self, address: int) -> int:
        subchannel = self._subchannels.get(address)
        if subchannel is None:
            return 3
        if subchannel.synchronous:
            self._abandon(subchannel)
        if subchannel.state is State.PENDING:
            return 0
        self._halt(subchannel)
        self._store_status(NO_UNIT_STATUS, NO_CHANNEL_STATUS)
        return 1

    def _halt(self, subchannel: Subchannel) -> None:
        subchannel.halt(self._now)
        self._update(subchannel)

    def _report_busy(self, subchannel: Subchannel) -> int:
        self._store_status(subchannel.device_status | UnitStatus.BUSY, NO_CHANNEL_STATUS)
        subchannel.device_status = NO_UNIT_STATUS
        self._update(subchannel)
        return 1

    # --- the machine's loop ---

    @property
    def due(self) -> int:
        """Virtual time at which ``run`` has something to do; NEVER if nothing."""
        due = min((subchannel.due for subchannel in self._active.values()), default=NEVER)
        for subchannel in self._moving.values():
            due = min(due, subchannel.device_end_due)
        return due

    def run(self, now: int) -> None:
        """Do what is due, up to ``BURST`` CCWs; ``due`` tells when to come again."""
        self._now = max(self._now, now)
        signalled = False
        for subchannel in [each for each in self._moving.values() if each.device_end_due <= now]:
            before = subchannel.pci
            subchannel.motion_ended(now)
            signalled |= subchannel.pci is not before
            self._update(subchannel)
            self._deliver()
        if signalled:
            return  # the guest sees the PCI before the command is executed
        budget = BURST
        while budget > 0 and self._active:
            due, address = min((subchannel.due, subchannel.address) for subchannel in self._active.values())
            if due > now:
                return
            subchannel = self._subchannels[address]
            if subchannel.state is State.ENDING:
                subchannel.state = State.PENDING
            else:
                budget -= self._advance(subchannel, budget)
            self._update(subchannel)

    def _advance(self, subchannel: Subchannel, budget: int) -> int:
        """Execute commands until the program ends, waits, raises a PCI or the budget is used up."""
        before = self.ccws
        steps = 0
        signalled, due = subchannel.pci, subchannel.due
        while subchannel.state is State.WORKING and self.ccws - before + steps < budget:
            subchannel.step()
            steps += 1
            if subchannel.pci is not signalled or subchannel.due != due:
                break
        subchannel.due += steps * CCW_DELAY
        return self.ccws - before + steps

    # --- interruptions ---

    @property
    def pending_mask(self) -> int:
        """Channels with an interruption condition, as a mask in the form of control register 2."""
        mask = 0
        for address in self._pending:
            mask |= 0x80000000 >> (address >> 8)
        return mask

    def pending(self, mask: int) -> tuple[int, Csw] | None:
        """Device address and CSW of the interruption that comes next on the channels enabled by ``mask``."""
        address = min((a for a in self._pending if mask & 0x80000000 >> (a >> 8)), default=None)
        return None if address is None else (address, self._pending[address].pending_csw())

    def accept(self, address: int) -> Csw:
        """The interruption is taken: its CSW is stored at 64 and the condition cleared."""
        subchannel = self._pending[address]
        csw = subchannel.pending_csw()
        self._store_csw(csw)
        subchannel.clear_pending()
        self._update(subchannel)
        return csw

    # --- whole programs at once ---

    def synchronous(
        self,
        address: int,
        ccw_address: int,
        key: int,
        *,
        limit: int = SYNCHRONOUS_LIMIT,
        burst: int = SYNCHRONOUS_LIMIT,
    ) -> SynchronousResult:
        """Run a channel program for a DIAGNOSE: no interruption, no CSW in storage.

        WAITING: the device cannot go on; the same call after the next ``deliver`` takes the program up again.
        UNFINISHED: ``burst`` CCWs were executed; the same call goes on.  After ``limit`` of them the program ends with
        a program check.
        """
        subchannel = self._subchannels.get(address)
        if subchannel is None:
            return SynchronousResult(Progress.NOT_OPERATIONAL)
        resumed = subchannel.synchronous and subchannel.program is not None
        if resumed and subchannel.program is not None and subchannel.program.start_address != ccw_address:
            self._abandon(subchannel)
            resumed = False
        if not resumed:
            if self._channel_occupied(subchannel) or subchannel.working or subchannel.pending or subchannel.device_busy:
                return SynchronousResult(Progress.BUSY)
            if ccw_address % 8:
                return SynchronousResult(Progress.ENDED, Csw(key, ccw_address, channel=ChannelStatus.PROGRAM_CHECK))
            try:
                subchannel.start(key, ccw_address, synchronous=True)
            except ChannelCheck as check:
                return SynchronousResult(Progress.ENDED, Csw(key, ccw_address + 8, channel=check.status))
            self._synchronous_ccws[address] = 0
        return self._run_to_end(subchannel, limit, burst)

    def ipl(self, address: int) -> SynchronousResult:
        """The channel program of initial program loading: a read of 24 bytes to location 0, then the CCW at 8.

        The caller resets the system before and stores the device address and loads the PSW afterwards.
        """
        subchannel = self._subchannels.get(address)
        if subchannel is None:
            return SynchronousResult(Progress.NOT_OPERATIONAL)
        subchannel.start_load(LOAD_CCW, 8)
        result = self._run_to_end(subchannel)
        while result.progress is Progress.UNFINISHED:
            result = self._run_to_end(subchannel)
        if result.progress is Progress.WAITING:
            self._abandon(subchannel)
        return result

    def _run_to_end(
        self, subchannel: Subchannel, limit: int = SYNCHRONOUS_LIMIT, burst: int = SYNCHRONOUS_LIMIT
    ) -> SynchronousResult:
        address, before = subchannel.address, self.ccws
        done = self._synchronous_ccws.pop(address, 0)
        end = before + min(burst, limit - done)
        due = subchannel.due
        while subchannel.state is State.WORKING and self.ccws < end and subchannel.due == due:
            subchannel.step()
        if subchannel.state in (State.WORKING, State.WAITING):
            done += self.ccws - before
            if subchannel.state is State.WAITING or done < limit:
                self._synchronous_ccws[address] = done
                return SynchronousResult(Progress.WAITING if subchannel.state is State.WAITING else Progress.UNFINISHED)
        endless = subchannel.state is State.WORKING
        csw = subchannel.clear()
        self._update(subchannel)
        return SynchronousResult(Progress.ENDED, csw.with_channel(ChannelStatus.PROGRAM_CHECK) if endless else csw)

    def _abandon(self, subchannel: Subchannel) -> None:
        subchannel.clear()
        self._update(subchannel)

    # --- reset, saving ---

    def reset(self) -> None:
        """System reset: all programs, interruption conditions and sense data are gone."""
        for subchannel in self._subchannels.values():
            subchannel.reset()
            self._update(subchannel)

    def save(self) -> Any:
        """All state of channels and devices as JSON-able values."""
        return {
            "now": self._now,
            "ccws": self.ccws,
            "bytes_moved": self.bytes_moved,
            "types": [int(kind) for kind in self._types],
            "subchannels": {f"{address:03X}": sub.save() for address, sub in sorted(self._subchannels.items())},
            "devices": {f"{address:03X}": device.save() for address, device in sorted(self._devices.items())},
        }

    def restore(self, state: Any) -> None:
        """Take back what ``save`` gave; the same devices must be attached at the same addresses."""
        found = [f"{address:03X}" for address in sorted(self._devices)]
        if found != list(state["devices"]):
            raise RestoreError(f"devices {' '.join(found)} attached, expected {' '.join(state['devices'])}")
        self._now = state["now"]
        self.ccws = state["ccws"]
        self._bytes_of_detached = state["bytes_moved"]
        self._types = [ChannelType(kind) for kind in state["types"]]
        for address, subchannel in self._subchannels.items():
            subchannel.device.restore(state["devices"][f"{address:03X}"])
            subchannel.restore(state["subchannels"][f"{address:03X}"])
            subchannel.bytes_moved = 0
            self._update(subchannel)

    # --- inside ---

    def _caw(self) -> tuple[int, int]:
        """Key and address of the channel address word; ChannelCheck if it is no good."""
        caw = self._access.fetch(CAW_LOCATION, 4, 0)
        address = int.from_bytes(caw[1:], "big")
        if caw[0] & 0x0F or address % 8:
            raise ChannelCheck(ChannelStatus.PROGRAM_CHECK)
        return caw[0] >> 4, address

    def _store_csw(self, csw: Csw) -> None:
        self._access.store(CSW_LOCATION, csw.to_bytes(), 0)

    def _store_status(self, unit: UnitStatus, channel: ChannelStatus) -> None:
        self._access.store(CSW_LOCATION + 4, bytes((unit, channel)), 0)

    def _on_channel(self, channel: int) -> list[Subchannel]:
        return [subchannel for address, subchannel in self._subchannels.items() if address >> 8 == channel]

    def _is_selector(self, address: int) -> bool:
        channel = address >> 8
        return channel < len(self._types) and self._types[channel] is ChannelType.SELECTOR

    def _channel_occupied(self, subchannel: Subchannel) -> bool:
        """Another device holds the only subchannel of a selector channel."""
        return self._is_selector(subchannel.address) and any(
            other.working or other.state is State.PENDING
            for other in self._others(subchannel, self._on_channel(subchannel.address >> 8))
        )

    @staticmethod
    def _others(subchannel: Subchannel, found: Iterable[Subchannel]) -> Iterable[Subchannel]:
        return (other for other in found if other is not subchannel)

    def _fetched(self, address: int, ccw_address: int, ccw: Ccw) -> None:
        self.ccws += 1
        if self.trace is not None:
            self.trace(address, ccw_address, ccw)

    def _device_changed(self, subchannel: Subchannel) -> None:
        if subchannel.device_changed(self._now):
            self._update(subchannel)
            self._deliver()

    def _device_presents(self, subchannel: Subchannel, status: UnitStatus) -> None:
        subchannel.device_presents(status, self._now)
        self._update(subchannel)
        self._deliver()

    def _update(self, subchannel: Subchannel) -> None:
        """Keep the two lists right after a subchannel has changed."""
        address = subchannel.address
        attached = self._subchannels.get(address) is subchannel
        if attached and not subchannel.synchronous and subchannel.state in (State.WORKING, State.ENDING):
            self._active[address] = subchannel
        else:
            self._active.pop(address, None)
        if attached and subchannel.device_end_due:
            self._moving[address] = subchannel
        else:
            self._moving.pop(address, None)
        if attached and subchannel.pending:
            if address not in self._pending:
                self._pending[address] = subchannel
                self._deliver()
        else:
            self._pending.pop(address, None)


def _nobody(*ignored: object) -> None:
    pass
