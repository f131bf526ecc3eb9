"""How a channel gets at main storage: absolute addresses and the protection key of the CAW.

The only place of this package that touches storage.  What storage refuses becomes a ``ChannelCheck``: outside storage
a program check, a wrong key a protection check.
"""

from __future__ import annotations

from vm370.cp.io.ccw import ChannelCheck, ChannelStatus
from vm370.cp.s370.interruptions import AddressingError, ProtectionError
from vm370.cp.s370.storage import BLOCK, Storage


class ChannelAccess:
    """Fetching and storing for channels."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def exists(self, address: int) -> bool:
        """Whether there is storage at this address."""
        return self._storage.exists(address)

    def fetch(self, address: int, length: int, key: int) -> bytes:
        """``length`` bytes, or a check."""
        try:
            return self._storage.fetch(address, length, key)
        except AddressingError:
            raise ChannelCheck(ChannelStatus.PROGRAM_CHECK) from None
        except ProtectionError:
            raise ChannelCheck(ChannelStatus.PROTECTION_CHECK) from None

    def store(self, address: int, data: bytes, key: int) -> None:
        """All of ``data``; what lies before a block that may not be stored into is stored all the same."""
        position = 0
        try:
            while position < len(data):
                room = min(len(data) - position, BLOCK - address % BLOCK)
                self._storage.store(address, data[position : position + room], key)
                address += room
                position += room
        except AddressingError:
            raise ChannelCheck(ChannelStatus.PROGRAM_CHECK) from None
        except ProtectionError:
            raise ChannelCheck(ChannelStatus.PROTECTION_CHECK) from None
