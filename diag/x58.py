"""DIAGNOSE X'58': 3270 virtual console interface, line mode (command code X'19').

    Rx      address of a channel program, on a doubleword
    Ry      bits 16-31: address of the virtual console

    CCW     byte 0: X'19'; bytes 1-3: data; byte 4: flags; byte 5: control; bytes 6-7: count, at most 2032
    control X'80' erase the output area first; bits 2-7 the line of the screen to begin with
            X'FF' erase the screen and write nothing; X'FE' back to CP's screen format

Each buffer (a data chain) is shown as lines on the console: X'15' ends a line; a line of more than 130 characters, the
width of a 3215, is the image of a screen's rows of 80 columns, of which the empty ones at the end are left out.
Start-field orders (X'1D' and an attribute) are left out, and so are blanks at the end of a line.  On a terminal whose
output scrolls, the line number has no meaning and erasing writes nothing.

    cc 0    done
    cc 1    not carried out: Ry is not the virtual console, another command code, or a bad channel program

A channel program off a doubleword is a specification exception, one or data outside storage an addressing exception,
data that the PSW key does not open a protection exception.  Command codes X'29' and X'2A' (full-screen mode) are
refused with cc 1: the console is a 3215.  Source: VM/370 System Programmer's Guide, DIAGNOSE.
"""

from __future__ import annotations

from vm370.cp.io.ccw import Ccw, CcwFlag
from vm370.diag.guest import Guest
from vm370.diag.operands import DOUBLEWORD, aligned
from vm370.images.ebcdic import from_ebcdic

DISPLAY = 0x19
ERASE_ONLY, RESET_SCREEN = 0xFF, 0xFE
LONGEST = 2032
START_FIELD = 0x1D
NEW_LINE = 0x15
COLUMNS = 80
LONGEST_LINE = 130
"""A line of a 3215: what is longer was meant for the rows of a screen."""
BUFFERS = 64
"""More buffers than this in one channel program are taken for a loop."""


def diagnose(guest: Guest, rx: int, ry: int) -> None:
    """3270 virtual console interface."""
    program = aligned(guest.gr[rx] & 0xFFFFFF, DOUBLEWORD)
    address = guest.gr[ry] & 0xFFFF
    if address != guest.console_address():
        guest.cc = 1
        return
    buffers = _buffers(guest, program)
    if buffers is None:
        guest.cc = 1
        return
    for data in buffers:
        for line in _lines(data):
            guest.console_write(line)
    guest.cc = 0


def _lines(data: bytes) -> list[str]:
    """What a buffer shows, line by line: a part longer than a console line is an image of the screen's rows."""
    lines: list[str] = []
    for part in data.split(bytes([NEW_LINE])):
        text = from_ebcdic(_without_orders(part))
        if len(text) <= LONGEST_LINE:
            lines.append(text.rstrip())
            continue
        rows = [text[at : at + COLUMNS].rstrip() for at in range(0, len(text), COLUMNS)]
        while rows and not rows[-1]:
            rows.pop()
        lines += rows
    return lines


def _buffers(guest: Guest, address: int) -> list[bytes] | None:
    """The text of each buffer, or None for a channel program that cannot be carried out."""
    buffers: list[bytes] = []
    data = b""
    chained = False
    for _ in range(BUFFERS):
        raw = guest.fetch(address, 8)
        ccw, control = Ccw.from_bytes(raw), raw[5]
        if (not chained and ccw.command != DISPLAY) or not ccw.is_valid or len(data) + ccw.count > LONGEST:
            return None
        erase_only = not chained and control in (ERASE_ONLY, RESET_SCREEN)
        data += b"" if erase_only else guest.fetch(ccw.address, ccw.count)
        chained = bool(ccw.flags & CcwFlag.CHAIN_DATA)
        if not chained:
            if data:
                buffers.append(data)
            data = b""
            if not ccw.flags & CcwFlag.CHAIN_COMMAND:
                return buffers
        address += 8
    return None


def _without_orders(line: bytes) -> bytes:
    while (at := line.find(START_FIELD)) >= 0:
        line = line[:at] + line[at + 2 :]
    return line
