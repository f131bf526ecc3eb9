"""What the last command has found or written: the prerequisites of write commands."""

from __future__ import annotations

from enum import IntEnum


class Hit(IntEnum):
    """Set by a command, valid for the next one.

    =======  ====================================================  ====================================================
    value    after                                                 allows
    =======  ====================================================  ====================================================
    NONE     anything else                                         no write but WRITE HOME ADDRESS
    HOME     SEARCH HOME ADDRESS that was satisfied; WRITE HA      WRITE R0
    ID       SEARCH ID EQUAL that was satisfied                    WRITE DATA, WRITE KEY + DATA, formatting writes
    KEY      SEARCH KEY EQUAL that was satisfied                   WRITE DATA, formatting writes
    END      a data command after ID or KEY; a formatting write    formatting writes: WRITE CKD, SPECIAL CKD, ERASE
    =======  ====================================================  ====================================================
    """

    NONE = 0
    HOME = 1
    ID = 2
    KEY = 3
    END = 4
