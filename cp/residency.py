"""What of a guest's storage is in the host's storage: CP does no paging of its own, the host does.

Counts are those of the host (``mincore``); on a host without it the pages of the guest's size count as there.
"""

from __future__ import annotations

import ctypes
import os
import resource
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vm370.cp.machine import VirtualMachine

PAGE = 4096


def _find_mincore() -> ctypes._NamedFuncPointer | None:
    try:
        function = ctypes.CDLL(None, use_errno=True).mincore
    except (OSError, AttributeError):
        return None
    function.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_char_p)
    return function


_mincore = _find_mincore()


def resident_pages(vm: VirtualMachine) -> int:
    """Pages of a guest's storage that are in the host's storage."""
    size = vm.storage_size
    pages = size // PAGE
    if _mincore is None or resource.getpagesize() != PAGE:
        return pages
    flags = ctypes.create_string_buffer(pages)
    address = ctypes.addressof(ctypes.c_char.from_buffer(vm.storage.memory))  # valid without the export
    if _mincore(address, size, flags):
        return pages
    return flags.raw.count(1)


def physical_pages() -> int:
    """Pages of the host."""
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // PAGE


def faults() -> tuple[int, int]:
    """Page faults of the whole program: those that read from a device, and all others."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_majflt, usage.ru_minflt
