"""Pages that many storages have in common: a memory file, mapped copy-on-write.

A :class:`PageSource` is a number of 4 KiB pages that never change: of a saved system, or of a guest whose state was
kept.  ``place`` puts a part of it over a part of a storage: from then on both are the same host pages, until the guest
stores into one and gets its own copy of it.  ``place_zeros`` puts pages of zeros there again.  Addresses stay as they
are, so what engines know of the storage stays true.

The pages are in a memory file of the host that is sealed: nobody can change or shorten it any more.  Python's ``mmap``
cannot map at a given address, so the C library is called.  Where either is missing the pages are copied.
"""

from __future__ import annotations

import contextlib
import ctypes
import mmap
import os
import sys

PAGE = 4096
_MAP_FIXED = 0x10
_FAILED = ctypes.c_void_p(-1).value
_SEALS = 0x0F
"""F_SEAL_SEAL, F_SEAL_SHRINK, F_SEAL_GROW, F_SEAL_WRITE."""


def _library_mmap() -> ctypes._NamedFuncPointer | None:
    """The C library's ``mmap``, where it and the host's pages are as expected."""
    if sys.platform != "linux" or mmap.PAGESIZE != PAGE or ctypes.sizeof(ctypes.c_void_p) != 8:
        return None
    function = ctypes.CDLL(None, use_errno=True).mmap
    function.restype = ctypes.c_void_p
    function.argtypes = (ctypes.c_void_p, ctypes.c_size_t, *(ctypes.c_int,) * 3, ctypes.c_int64)
    return function


_mmap = _library_mmap()


class PageSource:
    """Pages that never change; ``contents`` is a multiple of 4 KiB."""

    __slots__ = ("_copy", "_file", "length")

    def __init__(self, contents: bytes | memoryview) -> None:
        self.length = len(contents)
        if self.length % PAGE:
            raise ValueError(f"{self.length} bytes: expected pages of {PAGE}")
        self._file = -1
        self._copy = b""
        if _mmap is None or not self._keep(contents):
            self._copy = bytes(contents)

    def _keep(self, contents: bytes | memoryview) -> bool:
        """Into a memory file; False where that cannot be had."""
        import fcntl

        try:
            self._file = os.memfd_create("vm370 pages", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        except OSError:
            return False
        try:
            view = memoryview(contents)
            while view:
                view = view[os.write(self._file, view) :]
            fcntl.fcntl(self._file, fcntl.F_ADD_SEALS, _SEALS)
        except OSError:
            self.close()
            return False
        return True

    def read(self, offset: int, length: int) -> bytes:
        """Some of the bytes."""
        if self._file < 0:
            return self._copy[offset : offset + length]
        return os.pread(self._file, length, offset)

    def place(self, memory: mmap.mmap, address: int, offset: int, length: int) -> None:
        """Map ``length`` bytes from ``offset`` on over ``memory`` at ``address``; all three are multiples of 4 KiB."""
        if offset + length > self.length or address + length > len(memory):
            raise ValueError("pages outside their source or the storage")
        if self._file < 0 or not _place(memory, address, length, self._file, offset):
            memory[address : address + length] = self.read(offset, length)

    def close(self) -> None:
        """No more ``place``; what was mapped stays."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def __del__(self) -> None:
        with contextlib.suppress(AttributeError, OSError):
            self.close()


def place_zeros(memory: mmap.mmap, address: int, length: int) -> None:
    """Pages of zeros, whatever was mapped there; their memory goes back to the host."""
    if _mmap is None or not _place(memory, address, length, -1, 0):
        memory[address : address + length] = bytes(length)


def _place(memory: mmap.mmap, address: int, length: int, file: int, offset: int) -> bool:
    """Map over a part of ``memory``; False when the host refuses (too many mappings): then it is as it was."""
    assert _mmap is not None
    if address % PAGE or length % PAGE or offset % PAGE or address < 0 or address + length > len(memory):
        raise ValueError(f"pages at {address:X}, {length:X} bytes: expected pages of the storage")
    if not length:
        return True
    start = ctypes.addressof(ctypes.c_char.from_buffer(memory)) + address
    flags = mmap.MAP_PRIVATE | _MAP_FIXED | (mmap.MAP_ANONYMOUS if file < 0 else 0)
    placed = _mmap(start, length, mmap.PROT_READ | mmap.PROT_WRITE, flags, file, offset)
    return bool(placed != _FAILED)
