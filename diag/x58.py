"""DIAGNOSE X'58': 3270 virtual console interface.

    Rx      address of a channel program, on a doubleword
    Ry      bits 16-31: address of the virtual console

    CCW     byte 0: command; bytes 1-3: data; byte 4: flags; byte 5: control; bytes 6-7: count

    command control
    19      lines of text, count at most 2032
            X'80' erase the output area first; bits 2-7 the line of the screen to begin with
            X'FF' erase the screen and write nothing; X'FE' back to CP's screen format
    29      full-screen write, the data begin with the write control character (but X'20')
            X'80' Erase/Write   X'C0' Erase/Write Alternate   X'20' Write Structured Field   X'00' Write
            X'10' added: the PA1 key is an attention for the program too
    2A      full-screen read: X'80' Read Modified, X'00' Read Buffer

    cc 0    done
    cc 1    not carried out: Ry is not the virtual console, another command code, a bad channel program; 29, 2A: there
            is no display behind the console, or the status (TIO shows it) is
            X'8E'  lines of CP stand on the screen that the person has not yet seen: read, then write all again
            X'0E'  the data stream has an order or an address that a display does not have

Lines (19): each buffer (a data chain) is shown as lines on the console: X'15' ends a line; a line of more than 130
characters, the width of a 3215, is the image of a screen's rows of 80 columns, of which the empty ones at the end are
left out.  Start-field orders (X'1D' and an attribute) are left out, and so are blanks at the end of a line.  On a
terminal whose output scrolls, the line number has no meaning and erasing writes nothing.  X'FE' ends full-screen mode.

Full screens (29, 2A): a channel program with command chaining ends with its first command that fails.  A write puts the
terminal into full-screen mode; a line of CP or of the guest ends it.  In it the ENTER, PF and PA keys give the console
an attention interruption, and a read brings the attention identifier, the cursor address and the fields.  A read that
has fewer bytes than the count leaves the rest of the area as it is.  There is no interruption for the operation itself.

A channel program off a doubleword is a specification exception, one or data outside storage an addressing exception,
data that the PSW key does not open a protection exception.
Sources: VM/370 and VM/SP System Programmer's Guides, DIAGNOSE.
"""

from __future__ import annotations

from vm370.cp.io.ccw import Ccw, CcwFlag
from vm370.cp.io.device import UnitStatus
from vm370.diag.guest import Guest
from vm370.diag.operands import DOUBLEWORD, aligned
from vm370.images.ebcdic import from_ebcdic

DISPLAY, FULL_SCREEN_WRITE, FULL_SCREEN_READ = 0x19, 0x29, 0x2A
ERASE_ONLY, RESET_SCREEN = 0xFF, 0xFE
LONGEST, LONGEST_SCREEN = 2032, 32767
START_FIELD = 0x1D
NEW_LINE = 0x15
COLUMNS = 80
LONGEST_LINE = 130
"""A line of a 3215: what is longer was meant for the rows of a screen."""
BUFFERS = 64
"""More buffers than this in one channel program are taken for a loop."""
PA1_FOR_PROGRAM = 0x10
WRITES = {0x00: 0x01, 0x80: 0x05, 0xC0: 0x0D, 0x40: 0x0D, 0x20: 0x11}
"""3270 command by control byte: Write, Erase/Write, Erase/Write Alternate (twice), Write Structured Field."""
READS = {0x00: 0x02, 0x80: 0x06}
"""Read Buffer, Read Modified."""
LINES_WAITING = UnitStatus.ATTENTION | UnitStatus.CHANNEL_END | UnitStatus.DEVICE_END | UnitStatus.UNIT_CHECK
REFUSED = UnitStatus.CHANNEL_END | UnitStatus.DEVICE_END | UnitStatus.UNIT_CHECK


def diagnose(guest: Guest, rx: int, ry: int) -> None:
    """3270 virtual console interface."""
    program = aligned(guest.gr[rx] & 0xFFFFFF, DOUBLEWORD)
    address = guest.gr[ry] & 0xFFFF
    if address != guest.console_address():
        guest.cc = 1
    elif guest.fetch(program, DOUBLEWORD)[0] in (FULL_SCREEN_WRITE, FULL_SCREEN_READ):
        guest.cc = 0 if _full_screen(guest, program, address) else 1
    else:
        guest.cc = 0 if _show_lines(guest, program) else 1


def _show_lines(guest: Guest, program: int) -> bool:
    """A channel program of lines; False: it cannot be carried out."""
    buffers = _buffers(guest, program)
    for data in buffers or []:
        for line in _lines(data):
            guest.console_write(line)
    return buffers is not None


def _full_screen(guest: Guest, address: int, console: int) -> bool:
    """A channel program of full-screen commands; False: it was not carried out to its end."""
    screen = guest.services.screen
    for _ in range(BUFFERS):
        raw = guest.fetch(address, DOUBLEWORD)
        ccw, control = Ccw.from_bytes(raw), raw[5]
        commands = {FULL_SCREEN_WRITE: WRITES, FULL_SCREEN_READ: READS}.get(ccw.command)
        if commands is None or not ccw.is_valid or ccw.flags & CcwFlag.CHAIN_DATA or ccw.count > LONGEST_SCREEN:
            return False
        command = commands.get(control & ~PA1_FOR_PROGRAM if commands is WRITES else control)
        if command is None or not screen.present:
            return False
        if commands is READS:
            guest.store(ccw.address, guest.fetch(ccw.address, ccw.count))
            guest.store(ccw.address, screen.read(command)[: ccw.count])
        elif screen.lines_waiting:
            guest.devices[console].present(LINES_WAITING)
            return False
        elif not screen.write(
            command, guest.fetch(ccw.address, ccw.count), pa1_for_guest=bool(control & PA1_FOR_PROGRAM)
        ):
            guest.devices[console].present(REFUSED)
            return False
        if not ccw.flags & CcwFlag.CHAIN_COMMAND:
            return True
        address += DOUBLEWORD
    return False


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
        if erase_only and control == RESET_SCREEN:
            guest.services.screen.line_mode()
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
