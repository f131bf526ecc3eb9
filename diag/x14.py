"""DIAGNOSE X'14': input spool files, a page at a time, and their attributes.

    Rx      address of a page, of a block, or a number
    Ry      an even register: address of a virtual reader, or a spool ID
    Ry+1    byte 0: flags, not used; byte 1: doublewords of the block that are wanted, 0 for 13
            bytes 2-3: subcode

    subcode Rx              function                                            cc
    0000    page            next page of the file being read; opens the next    0, 1 end of file, 2 no file
                            file of the reader's queue if none is open
    0004    block           next printer file of the queue                      0, 1 no more, 2 none
    0008    block           next punch or card file of the queue                0, 1 no more, 2 none
    000C    spool ID        the file is the first of the queue                  0, 2 no such file
    0010    number          copies of the file being read, 1 to 255             0, 2 no file is open
    0014    page            from the beginning: the first page                  0, 2 no file is open
    0018    page            one page back                                       0, 2 no file is open
    001C    block           next monitor file of the queue                      0, 1 no more, 2 none
    0020    page            next page of a monitor file, as 0000                0, 1, 2
    0024    page            the page given last                                 0, 2 no file is open
    0FFE    252 bytes       Ry = 0: block and tag of the first file that was    0, 1 there is none
                            not yet given; Ry not 0: from the first file again
    0FFF    252 bytes       block and tag of the file behind the one with the   0, 1 no more, 2 not the user's
                            spool ID in Ry (0: of the first file)

    cc 3    Ry+1    4  no such device           16  the spool cannot be read
                    8  not a reader             24  the file is a monitor file or a CP dump
                   12  the reader is busy or not ready

At the end of a file cc 1 leaves it open: the next call begins again, CLOSE ends it.  With SPOOL READER CONT the next
copy or the next file follows, and cc 1 comes at the end of the queue.  A call for a block begins at the head of the
queue, unless the call before, to this reader, was for a block of the same kind.

Pages and blocks (SFBLOK, SPLINK) are described in cp/services/spoolpages.py.  The 252 bytes are the block (104), the
CCW of the tag (8), the tag (136), and 4 of zeros.  A page off a page boundary, a block off a doubleword or across a
page boundary, an odd Ry and another subcode are specification exceptions, and so are copies that are not positive;
more than 255 count modulo 256.
Sources: VM/370 System Programmer's Guide, DIAGNOSE; VM/370 Data Areas (SY20-0884); VM/SP for 0024 and 0FFE.
"""

from __future__ import annotations

from vm370.diag.guest import Guest
from vm370.diag.operands import DOUBLEWORD, PAGE, aligned, require, signed
from vm370.diag.services import Denied, NoFile, NoMore

NEXT_PAGE, PRINTER, PUNCH, SELECT, COPIES, RESTART, BACK = 0x0000, 0x0004, 0x0008, 0x000C, 0x0010, 0x0014, 0x0018
MONITOR, MONITOR_PAGE, AGAIN, UNSEEN, AFTER = 0x001C, 0x0020, 0x0024, 0x0FFE, 0x0FFF
BLOCKS = {PRINTER: "printer", PUNCH: "punch", MONITOR: "monitor"}
PAGES = frozenset({NEXT_PAGE, RESTART, BACK, MONITOR_PAGE, AGAIN})
DOUBLEWORDS = 13
DESCRIPTION = 252
MOST_COPIES = 255


def diagnose(guest: Guest, rx: int, ry: int) -> None:
    """Input spool file manipulation."""
    require(ry % 2 == 0)
    subcode = guest.gr[ry + 1] & 0xFFFF
    try:
        answer = _serve(guest, subcode, guest.gr[rx], guest.gr[ry], guest.gr[ry + 1] >> 16 & 0xFF)
    except NoMore:
        guest.cc = 1
    except NoFile:
        guest.cc = 2
    except Denied as denied:
        guest.cc, guest.gr[ry + 1] = 3, denied.reason
    else:
        if answer:
            guest.store(guest.gr[rx] & 0xFFFFFF, answer)
        guest.cc = 0


def _serve(guest: Guest, subcode: int, operand: int, which: int, doublewords: int) -> bytes:
    spool, device, where = guest.services.spool, which & 0xFFFF, operand & 0xFFFFFF
    if subcode in PAGES:
        _room(guest, aligned(where, PAGE), PAGE)
        if subcode in (NEXT_PAGE, MONITOR_PAGE):
            return spool.read(device, "data" if subcode == NEXT_PAGE else "monitor")
        return {RESTART: spool.restart, BACK: spool.back, AGAIN: spool.again}[subcode](device)
    if subcode in BLOCKS:
        require(doublewords <= DOUBLEWORDS)
        length = DOUBLEWORD * (doublewords or DOUBLEWORDS)
        require(aligned(where, DOUBLEWORD) // PAGE == (where + length - 1) // PAGE)
        _room(guest, where, length)
        return spool.next_block(device, BLOCKS[subcode])[:length]
    if subcode in (UNSEEN, AFTER):
        require(where // PAGE == (where + DESCRIPTION - 1) // PAGE)
        _room(guest, where, DESCRIPTION)
        found = spool.describe_unseen(anew=which != 0) if subcode == UNSEEN else spool.describe_after(which & 0xFFFF)
        return found.ljust(DESCRIPTION, b"\0")
    require(subcode in (SELECT, COPIES))
    if subcode == SELECT:
        spool.select(device, operand & 0xFFFF)
    else:
        require(signed(operand) > 0)
        spool.set_copies(device, operand if operand <= MOST_COPIES else max(operand % (MOST_COPIES + 1), 1))
    return b""


def _room(guest: Guest, where: int, length: int) -> None:
    """The guest may store there: looked at before a page is taken."""
    guest.store(where, guest.fetch(where, length))
