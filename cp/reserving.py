"""Virtual reserve/release: minidisks whose access mode ends with V.

Several machines are linked to such a minidisk.  The one that executes DEVICE RESERVE has it for itself until DEVICE
RELEASE, a reset or DETACH; what the others start on it meanwhile waits, as CP queues I/O to a device that is reserved.
Without V each machine reserves and releases for itself alone.
"""

from __future__ import annotations

from vm370.cp.io.ckd import CkdDisk
from vm370.cp.io.device import WAIT, Device, Outcome, Supply
from vm370.cp.io.fba import FbaDisk


class Reservation:
    """Who has a minidisk for himself, and who waits for it."""

    def __init__(self) -> None:
        self.holder: Device | None = None
        self.waiting: dict[Device, None] = {}

    def taken_by(self, device: Device, reserved: bool) -> None:
        """``device`` has executed a command, and holds the reservation or does not."""
        if reserved:
            self.holder = device
        elif self.holder is device:
            self.holder = None
            waiting, self.waiting = self.waiting, {}
            for other in waiting:
                other.changed()


class _Reserving(Device):
    """A disk that heeds the reservations of others."""

    reservation: Reservation
    reserved: bool

    def execute(self, command: int, supply: Supply, count: int) -> Outcome:
        if self.reservation.holder not in (None, self):
            self.reservation.waiting[self] = None
            return WAIT
        outcome = super().execute(command, supply, count)  # type: ignore[safe-super]
        self.reservation.taken_by(self, self.reserved)
        return outcome

    def halt(self) -> None:
        super().halt()
        self.reservation.waiting.pop(self, None)

    def reset(self) -> None:
        super().reset()
        self.reservation.waiting.pop(self, None)
        self.reservation.taken_by(self, False)

    def close(self) -> None:
        self.reservation.waiting.pop(self, None)
        self.reservation.taken_by(self, False)
        super().close()


class ReservingCkdDisk(_Reserving, CkdDisk):
    """Count-key-data."""


class ReservingFbaDisk(_Reserving, FbaDisk):
    """Fixed blocks."""
