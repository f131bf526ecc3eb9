"""DIAGNOSE X'84': directory update in place.  Privilege class B.

    Rx      address of the parameter list
    Ry      its length in bytes, 25 to 112

    offset  length  parameter list, EBCDIC, filled with blanks
       0       8    user ID whose entry is changed
       8       8    his logon password now (NOLOG where he has none)
      16       8    operation
      24      ...   value

    operation   value
    LOGPASS     8     new logon password
    STORAGE     8     storage size, nK or nM             MAXSTOR    8     its maximum
    PRIVLEGE    8     privilege classes                  PRIORITY   2     0 to 99
    EDITCHAR   12     le ld cd es, a blank between: a character, two hexadecimal digits, ON or OFF
    IPL         8     system name or device address      IPLPARMS  48     its parameter
    ACCOUNT     8     account number, from the next LOGON on
    IACCOUNT    8     the same, and at once              TACCOUNT   8     at once, until LOGOFF
    DISTRIB     8     distribution word
    OPTIONS    80     all options, then X'FFFFFFFF'
    MDISK      30     address (3), access mode (3), read, write, multiple password (8 each)

    cc 0    done; the directory file is replaced as a whole, and its comments stay
    cc 1    nothing was changed; Ry has the reason: 1 no such user, 2 wrong password, 3 wrong operation, 4 wrong value,
            5 TACCOUNT and not logged on, 10 the directory cannot be written

A list of another length is a specification exception.  Fields and operations are those of the VM/370 System
Programmer's Guide (GC20-1807, TNL GN25-0829); STORAGE to IPLPARMS are named as in later releases, and the reasons are
vm370's own.
"""

from __future__ import annotations

from vm370.diag.guest import Guest
from vm370.diag.operands import require, signed
from vm370.images.ebcdic import from_ebcdic

FIXED, LONGEST = 24, 112
FENCE = b"\xff\xff\xff\xff"
FIELDS = {"MDISK": (3, 3, 8, 8, 8)}
"""Operations whose value is more than words: the lengths of its fields."""


def diagnose(guest: Guest, rx: int, ry: int) -> None:
    """Directory update in place."""
    length = signed(guest.gr[ry])
    require(FIXED < length <= LONGEST)
    data = guest.fetch(guest.gr[rx] & 0xFFFFFF, length)
    userid, password, operation = (from_ebcdic(data[at : at + 8]).strip() for at in (0, 8, 16))
    value = data[FIXED:].partition(FENCE)[0]
    lengths = FIELDS.get(operation)
    if lengths is not None:
        fields, at = [], 0
        for field in lengths:
            fields.append(value[at : at + field])
            at += field
        value = b"\x40".join(fields)
    code = guest.update_directory(userid, password, operation, from_ebcdic(value).strip())
    guest.cc = 1 if code else 0
    if code:
        guest.gr[ry] = code
