"""The address stop (ADSTOP): SVC X'B3' stands in the guest's storage where it has to stop.

The machine stops when that SVC traps, before the instruction that stood there is executed; SVC must therefore not be
done inside the engine.  The guest could see the two bytes if it looked at its own instructions; CP shows what stood
there before (``original``), and what CP stores there goes under the stop (``lifted``).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from vm370.cp.s370.storage import Storage

SVC_NUMBER = 0xB3
CODE = bytes((0x0A, SVC_NUMBER))


class AddressStop:
    """A stop at one address of real storage of the virtual machine."""

    def __init__(self, storage: Storage, address: int) -> None:
        self.address = address
        self._storage = storage
        self._under = b""
        self._place()

    def _place(self) -> None:
        self._under = self._storage.read(self.address, len(CODE))
        self._storage.write(self.address, CODE)

    def remove(self) -> None:
        """Put back what stood there, so far as the guest has not stored there since (a segment may be gone)."""
        if not self._storage.exists(self.address, len(CODE)):
            return
        now = self._storage.read(self.address, len(CODE))
        self._storage.write(self.address, bytes(self._now(at, byte) for at, byte in enumerate(now)))

    def _now(self, at: int, byte: int) -> int:
        return self._under[at] if byte == CODE[at] else byte

    def original(self, address: int, data: bytes) -> bytes:
        """Bytes read at ``address`` as they would be without the stop."""
        shown = bytearray(data)
        for at in range(len(CODE)):
            offset = self.address + at - address
            if 0 <= offset < len(shown):
                shown[offset] = self._now(at, shown[offset])
        return bytes(shown)

    @contextmanager
    def lifted(self) -> Iterator[None]:
        """The stop is not there meanwhile."""
        self.remove()
        try:
            yield
        finally:
            self._place()
