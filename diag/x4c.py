"""DIAGNOSE X'4C': accounting records.  For users with OPTION ACCT.

    Rx      address of a parameter list or of data; 0: the issuer is charged
    Ry      function; not register 15 with function 10
    Ry+1    length of the data, 1 to 70 (function 10)

    Ry      list: doubleword aligned, EBCDIC padded with blanks
    0000    user ID (8)
    0004    user ID (8), account number (8)
    0008    user ID (8), 8 not used, distribution code (8)
    000C    user ID (8), account number (8), distribution code (8)
    0010    data for a record of type C0: user ID in columns 1-8, data from column 9 on

    cc 0    done
    cc 1    no OPTION ACCT
    cc 2    the user is not in the directory
    cc 3    no such function

Functions 0 to C write a record (type 01) of what the machine has used since the one before, charged as it was so far;
what it uses from now on is charged to the user of the list, with his account number or the one given, until the next
such call or LOGOFF.  A list off a doubleword, and data of another length or across a page boundary, are specification
exceptions.  `vm370 account` shows the records.
Sources: VM/370 and VM/SP System Programmer's Guides, DIAGNOSE; the offset of the distribution code in function 8 is
that of function C.
"""

from __future__ import annotations

from vm370.diag.guest import Guest
from vm370.diag.operands import DOUBLEWORD, PAGE, aligned, require
from vm370.images.ebcdic import from_ebcdic

DATA = 0x10
ACCOUNT, DISTRIBUTION = 0x04, 0x08
MOST_DATA = 70
LENGTHS = {0x00: 8, 0x04: 16, 0x08: 24, 0x0C: 24}


def diagnose(guest: Guest, rx: int, ry: int) -> None:
    """Generate accounting records."""
    function, where = guest.gr[ry], guest.gr[rx] & 0xFFFFFF
    if not guest.services.may_account:
        guest.cc = 1
    elif function == DATA:
        require(ry != 15)
        length = guest.gr[ry + 1]
        require(0 < length <= MOST_DATA and where // PAGE == (where + length - 1) // PAGE)
        guest.services.account_data(guest.fetch(where, length))
        guest.cc = 0
    elif function not in LENGTHS:
        guest.cc = 3
    else:
        guest.cc = 0 if _charged(guest, function, where) else 2


def _charged(guest: Guest, function: int, where: int) -> bool:
    if not where:
        return guest.services.charge("", None, None)
    text = from_ebcdic(guest.fetch(aligned(where, DOUBLEWORD), LENGTHS[function]))
    userid, account, distribution = text[:8].strip(), text[8:16].strip(), text[16:24].strip()
    if not userid:
        return False
    return guest.services.charge(
        userid, account if function & ACCOUNT else None, distribution if function & DISTRIBUTION else None
    )
