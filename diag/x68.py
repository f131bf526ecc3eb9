"""DIAGNOSE X'68': Virtual Machine Communication Facility.

    Rx      address of VMCPARM, 40 bytes on a doubleword
    Ry      stored: return code

    offset  length                              function
      0       1     X'80' specific,              0  AUTHORIZE      6  CANCEL
                    X'40' priority,              1  UNAUTHORIZE    7  REPLY
                    X'20' special messages       2  SEND           8  QUIESCE
      1       1     0                            3  SEND/RECV      9  RESUME
      2       2     function                     4  SENDX          A  IDENTIFY
      4       4     message identifier           5  RECEIVE        B  REJECT
      8       8     user ID of the other side
     16       4     address of the data, or of the buffer for interruptions (AUTHORIZE)
     20       4     its length; AUTHORIZE: 40, and the longest data of SENDX
     24       4     SEND/RECV: address of the reply buffer
     28       4     its length
     32       8     user doubleword

    Ry  meaning                                         Ry  meaning
     0  done, or on its way                             10  50 messages are under way
     1  buffer not in storage, off its boundary, short  11  CANCEL: it was received; its reply is cancelled
     2  no such function                                12  no such message
     3  protocol violation                              13  the message's interruption was not presented yet
     4  not authorized                                  14  CANCEL: it was received or answered
     5  the other is not logged on, not authorized      16  lengths differ: what fits was moved
     6  protected storage                               17  both areas are one machine's, and overlap
     7  SENDX: longer than the other's buffer           18  the other takes no priority messages
     8  the other has a message of that identifier      19  REPLY: the other's reply buffer cannot be used
     9  the other is quiesced

The condition code is unchanged.  A parameter list off a doubleword is a specification exception.  External interruption
X'4001', enabled by X'00000001' in control register 0, tells of messages and responses; its header (cp/vmcf/messages.py)
is in the buffer that AUTHORIZE named.  Addresses are real addresses of the virtual machine.
Sources: VM/370 System Programmer's Guide, Virtual Machine Communication Facility.
"""

from __future__ import annotations

from vm370.diag.guest import Guest
from vm370.diag.operands import DOUBLEWORD, aligned

LENGTH = 40


def diagnose(guest: Guest, rx: int, ry: int) -> None:
    """Virtual Machine Communication Facility."""
    parameters = guest.fetch(aligned(guest.gr[rx] & 0xFFFFFF, DOUBLEWORD), LENGTH)
    guest.gr[ry] = guest.communicate(parameters)
