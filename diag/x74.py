"""DIAGNOSE X'74': save or load a 3800 named system.  Privilege class A, B or C.

    Rx, Rx+1    name, 8 bytes EBCDIC padded with blanks
    Ry          address, on a page boundary; stored: return code
    Ry+1        byte 0: X'00' load, X'04' save; bytes 1-3: number of bytes

    Ry  00  done                                    14  more bytes than the name has room for: Ry+1 = how many more
        04  no such name, or nothing saved under it 18  the file cannot be read or written
        08  a machine has it loaded (save)          1C  fewer bytes than the name has: Ry+1 = how many are needed

A name is one of the system name table (cp/saved/definitions.py) with VSYSADR=IGNORE; its pages are the room.  What is
saved is a file like that of a saved segment.  Register 15, an address off a page boundary, and another function are
specification exceptions, an area that goes beyond storage is an addressing exception.  The condition code is unchanged.
Source: VM/370 System Programmer's Guide, DIAGNOSE.
"""

from __future__ import annotations

from vm370.cp.s370.interruptions import ADDRESSING, ProgramCheck
from vm370.diag.guest import Guest
from vm370.diag.operands import PAGE, aligned, require
from vm370.images.ebcdic import from_ebcdic
from vm370.images.errors import BadImage

LOAD, SAVE = 0x00, 0x04
DONE, NOT_FOUND, ACTIVE, TOO_MANY, ERROR, TOO_FEW = 0x00, 0x04, 0x08, 0x14, 0x18, 0x1C


def diagnose(guest: Guest, rx: int, ry: int) -> None:
    """Save or load a 3800 named system."""
    require(rx != 15 and ry != 15)
    function, length = guest.gr[ry + 1] >> 24, guest.gr[ry + 1] & 0xFFFFFF
    require(function in (LOAD, SAVE))
    where = aligned(guest.gr[ry] & 0xFFFFFF, PAGE)
    if where + length > guest.storage_size:
        raise ProgramCheck(ADDRESSING)
    name = from_ebcdic(guest.gr[rx].to_bytes(4, "big") + guest.gr[rx + 1].to_bytes(4, "big")).strip()
    room = guest.services.library.room(name)
    if room is None:
        guest.gr[ry] = NOT_FOUND
    elif length > room:
        guest.gr[ry], guest.gr[ry + 1] = TOO_MANY, length - room
    elif length < room:
        guest.gr[ry], guest.gr[ry + 1] = TOO_FEW, room
    else:
        guest.gr[ry] = (_load if function == LOAD else _save)(guest, name, where, length)


def _load(guest: Guest, name: str, where: int, length: int) -> int:
    try:
        pages = guest.services.library.load(name)
    except (BadImage, OSError):
        return ERROR
    if pages is None:
        return NOT_FOUND
    guest.store(where, pages[:length])
    return DONE


def _save(guest: Guest, name: str, where: int, length: int) -> int:
    if guest.services.library.active(name):
        return ACTIVE
    pages = guest.fetch(where, length)
    try:
        guest.services.library.save(name, pages)
    except OSError:
        return ERROR
    return DONE
