"""DIAGNOSE X'5C': error-message editing.

    Rx      address of a message whose first ten characters are its code (xxxmmmnnnt) and are followed by a blank
    Ry      its length

On return Rx and Ry delimit what SET EMSG lets through; nothing is written:

    EMSG    Rx              Ry
    ON      unchanged       unchanged
    CODE    unchanged       10
    TEXT    increased by 11 decreased by 11
    OFF     unchanged       0

The condition code is unchanged.  Source: VM/370 System Programmer's Guide, DIAGNOSE.
"""

from __future__ import annotations

from vm370.diag.guest import Guest

CODE_LENGTH = 10
TEXT_OFFSET = 11


def diagnose(guest: Guest, rx: int, ry: int) -> None:
    """Error-message editing."""
    match guest.edit_message():
        case "CODE":
            guest.gr[ry] = min(CODE_LENGTH, guest.gr[ry])
        case "TEXT":
            cut = min(TEXT_OFFSET, guest.gr[ry])
            guest.gr[rx] = (guest.gr[rx] + cut) & 0xFFFFFFFF
            guest.gr[ry] -= cut
        case "OFF":
            guest.gr[ry] = 0
