"""DIAGNOSE X'288': virtual machine watchdog.

    Rx      an even register: function: 0 start, 1 change, 2 cancel; start: X'80000000' added: the response of the
            command is not shown
    Rx+1    seconds, 15 or more (start, change)
    Ry      an even register: address of a CP command, EBCDIC (start)
    Ry+1    its length, 1 to 240 (start)

The command is done, once, when the time is over and neither "change" has given new time nor "cancel" has ended it; then
the watchdog has ended too.  Start ends one that is running.  With SET TIMER VIRTUAL the seconds are virtual time.  A
system reset ends it, so that an IPL by the command itself does not lead to the next one.

Odd registers, another function, too short a time or a command of another length, and change when there is none running
are specification exceptions.  The condition code is 0.
Sources: Linux drivers/watchdog/diag288_wdt.c; z/VM CP Programming Services, DIAGNOSE Code X'288'.
"""

from __future__ import annotations

from vm370.diag.guest import Guest
from vm370.diag.operands import require
from vm370.images.ebcdic import from_ebcdic

START, CHANGE, CANCEL = 0, 1, 2
CONCEAL = 0x80000000
SHORTEST = 15
LONGEST_COMMAND = 240


def diagnose(guest: Guest, rx: int, ry: int) -> None:
    """Virtual machine watchdog."""
    require(rx % 2 == 0 and ry % 2 == 0)
    function, seconds, watchdog = guest.gr[rx], guest.gr[rx + 1], guest.services.watchdog
    if function & ~CONCEAL == START:
        length = guest.gr[ry + 1]
        require(seconds >= SHORTEST and 0 < length <= LONGEST_COMMAND)
        command = from_ebcdic(guest.fetch(guest.gr[ry] & 0xFFFFFF, length)).rstrip()
        watchdog.arm(seconds, command, concealed=bool(function & CONCEAL))
    elif function == CHANGE:
        require(seconds >= SHORTEST and watchdog.armed)
        watchdog.change(seconds)
    else:
        require(function == CANCEL)
        watchdog.cancel()
    guest.cc = 0
