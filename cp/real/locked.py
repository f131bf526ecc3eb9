"""Pages of a virtual machine that stay in the host's storage: ``mlock`` and ``munlock`` of the C library.

The host limits how much a process may lock (RLIMIT_MEMLOCK); what it refuses is an OSError.
"""

from __future__ import annotations

import ctypes
import mmap
import os

PAGE = 4096


def lock(memory: mmap.mmap, first: int, last: int, *, on: bool) -> int:
    """Lock or unlock pages ``first`` to ``last``; the host's address of the first one."""
    library = ctypes.CDLL(None, use_errno=True)
    function = library.mlock if on else library.munlock
    function.argtypes = (ctypes.c_void_p, ctypes.c_size_t)
    window = ctypes.c_char.from_buffer(memory, first * PAGE)
    address = ctypes.addressof(window)
    del window
    if function(address, (last - first + 1) * PAGE):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return address
