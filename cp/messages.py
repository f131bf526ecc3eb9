"""CP's messages, each defined once.

A message has VM/370's form ``DMKmmmnnnt text``: module letters, number, type.  What the user sees of it depends on
his SET EMSG (ON code and text, CODE, TEXT, OFF); its number is the return code of DIAGNOSE X'08'.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Message:
    """One message; ``text`` has str.format fields."""

    module: str
    number: int
    type: str
    text: str

    def fill(self, **fields: object) -> FilledMessage:
        """The message with its variable parts."""
        return FilledMessage(f"DMK{self.module}{self.number:03}{self.type}", self.number, self.text.format(**fields))


@dataclass(frozen=True, slots=True)
class FilledMessage:
    """A message as it is issued."""

    code: str
    number: int
    text: str

    def edited(self, setting: str) -> str | None:
        """What SET EMSG ``setting`` lets through."""
        match setting:
            case "ON":
                return f"{self.code} {self.text}"
            case "CODE":
                return self.code
            case "TEXT":
                return self.text
            case _:
                return None


UNKNOWN_COMMAND = Message("CFC", 1, "E", "?CP: {command}")
DISABLED_WAIT = Message("DSP", 450, "W", "CP ENTERED; DISABLED WAIT PSW '{psw}'")
PAGING_ERROR = Message("DSP", 451, "W", "CP ENTERED; PAGING ERROR, PSW '{psw}'")
EXTERNAL_LOOP = Message("DSP", 452, "W", "CP ENTERED; EXTERNAL INTERRUPT LOOP, PSW '{psw}'")
PROGRAM_LOOP = Message("DSP", 453, "W", "CP ENTERED; PROGRAM INTERRUPT LOOP, PSW '{psw}'")
CP_FAULT = Message("DSP", 455, "W", "CP ENTERED; CP FAILED TO SERVE THE VIRTUAL MACHINE: {fault}")
INVALID_PSW = Message("DSP", 454, "W", "CP ENTERED; INVALID PSW '{psw}'")
