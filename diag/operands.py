"""Checks and conversions that several DIAGNOSE functions share."""

from __future__ import annotations

from vm370.cp.s370.interruptions import SPECIFICATION, ProgramCheck
from vm370.diag.guest import Guest

PAGE = 4096
DOUBLEWORD = 8
FULLWORD = 4
BURST = 1024
"""CCWs of a synchronous channel program that are executed in one time slice."""


def aligned(address: int, boundary: int) -> int:
    """``address`` when it is on the boundary; a specification exception otherwise."""
    if address & (boundary - 1):
        raise ProgramCheck(SPECIFICATION)
    return address


def require(condition: bool) -> None:
    """A specification exception unless the condition holds."""
    if not condition:
        raise ProgramCheck(SPECIFICATION)


def return_code(guest: Guest, cc: int, r15: int) -> None:
    """Condition code and, in general register 15, the return code of the I/O functions."""
    guest.cc = cc
    guest.gr[15] = r15


def signed(word: int) -> int:
    """A register as a signed number."""
    return word - (1 << 32) if word & 0x80000000 else word
