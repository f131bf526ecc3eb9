"""DIAGNOSE X'08': virtual console function, a CP command from the guest.

    Rx      address of the command, EBCDIC; several commands are separated by X'15'
    Ry      byte 0: flags  X'80' a password on the LINK line is rejected, if it is suppressed
                           X'40' put the response into a buffer
                           X'20' prompt for a password that is missing
            bytes 1-3: length of the command, at most 240; 0 puts the machine into CP mode
    Rx+1    address of the response buffer        (with X'40')
    Ry+1    its length, at most 8192              (with X'40')

On return Ry is CP's completion code: 0, or the number of the error message; 1 means an unknown command.  With X'40':
condition code 0, Ry+1 = length of the response, whose lines end with X'15'; condition code 1 when it did not fit: whole
lines only were stored, and Ry+1 = number of bytes that did not fit.
A command that asks the terminal for something (LINK for a password, ECHO) stops the machine until that is answered, and
Ry is set then; with X'40' nobody is asked, and the password is missing.  The flags X'80' and X'20' are for systems that
were generated to suppress passwords on command lines: this one accepts them there, and asks for a missing one by
itself, so they change nothing.  Several commands are done in order, and Ry is the completion code of the last.
Sources: VM/370 System Programmer's Guide, DIAGNOSE; VM/SP for flags X'20' and the length of 240.
"""

from __future__ import annotations

from vm370.diag.guest import Guest
from vm370.diag.operands import require
from vm370.images.ebcdic import from_ebcdic, to_ebcdic

RESPONSE_IN_BUFFER = 0x40
LONGEST_COMMAND = 240
LONGEST_RESPONSE = 8192
LINE_END = 0x15


def diagnose(guest: Guest, rx: int, ry: int) -> None:
    """Virtual console function."""
    flags, length = guest.gr[ry] >> 24, guest.gr[ry] & 0xFFFFFF
    if length == 0:
        guest.enter_cp()
        return
    require(length <= LONGEST_COMMAND)
    to_buffer = bool(flags & RESPONSE_IN_BUFFER)
    buffer = room = 0
    if to_buffer:
        require(rx != 15 and ry != 15 and abs(rx - ry) != 1)
        buffer, room = guest.gr[rx + 1] & 0xFFFFFF, guest.gr[ry + 1]
        require(room <= LONGEST_RESPONSE)
        if room:
            guest.store(buffer, guest.fetch(buffer, room))  # the whole buffer must be there and be ours to change
    text = guest.fetch(guest.gr[rx] & 0xFFFFFF, length)
    rc, lines = 0, list[str]()
    for command in text.split(bytes([LINE_END])):
        rc, answer = guest.command(from_ebcdic(command), to_buffer=to_buffer, register=ry)
        lines += answer
    guest.gr[ry] = rc & 0xFFFFFFFF
    if to_buffer:
        _respond(guest, lines, buffer, room, ry)


def _respond(guest: Guest, lines: list[str], buffer: int, room: int, ry: int) -> None:
    records = [to_ebcdic(line, errors="replace") + bytes([LINE_END]) for line in lines]
    total = sum(map(len, records))
    stored = b""
    for record in records:
        if len(stored) + len(record) > room:
            break
        stored += record
    if stored:
        guest.store(buffer, stored)
    guest.cc = 0 if len(stored) == total else 1
    guest.gr[ry + 1] = total if len(stored) == total else total - len(stored)
