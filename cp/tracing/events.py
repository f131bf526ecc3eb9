"""What TRACE can trace, and where its lines go.

event      traced                                                                  assist off
SVC        SVC interruptions                                                       yes
I/O        I/O interruptions
PROGRAM    program interruptions                                                   yes
EXTERNAL   external interruptions
PRIV       privileged instructions, DIAGNOSE included, I/O instructions not        yes
SIO        I/O instructions; SIO and SIOF not to spooled devices and consoles
CCW        the CCWs of channel programs, and SIO and TIO to all devices
BRANCH     all interruptions, instructions that change the PSW, successful branches   yes, step by step
INSTRUCT   all interruptions and all instructions, when they were executed         yes, step by step
ALL        the same, each instruction before it is executed; channel programs      yes, step by step
CSW        I/O interruptions with their CSW
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from vm370.cp.commands.context import abbreviates


class Event(Enum):
    """One operand of TRACE, with its shortest form in capitals."""

    SVC = "SVC"
    IO = "I/O"
    PROGRAM = "PROgram"
    EXTERNAL = "EXTernal"
    PRIV = "PRIV"
    SIO = "SIO"
    CCW = "CCW"
    BRANCH = "BRanch"
    INSTRUCT = "INSTruct"
    ALL = "ALL"
    CSW = "CSW"

    @classmethod
    def named(cls, word: str) -> Event | None:
        """The event that an operand names."""
        return next((event for event in cls if abbreviates(word, event.value)), None)


STEPPED = frozenset({Event.BRANCH, Event.INSTRUCT, Event.ALL})
"""The guest is executed one instruction at a time."""
UNASSISTED = STEPPED | {Event.SVC, Event.PRIV, Event.PROGRAM, Event.CSW}
"""What is traced must not happen inside the engine."""

SVC_LINES = STEPPED | {Event.SVC}
PROGRAM_LINES = STEPPED | {Event.PROGRAM}
EXTERNAL_LINES = STEPPED | {Event.EXTERNAL}
IO_LINES = STEPPED | {Event.IO, Event.CSW}
PRIVILEGED_LINES = frozenset({Event.PRIV, Event.INSTRUCT})
"""ALL shows privileged instructions before they are executed."""
PSW_LINES = PRIVILEGED_LINES | {Event.BRANCH}
"""LPSW, SSM, STNSM, STOSM."""
IO_INSTRUCTION_LINES = frozenset({Event.SIO, Event.CCW, Event.ALL, Event.INSTRUCT})
CCW_LINES = frozenset({Event.CCW, Event.ALL})
"""Which events want a line of each kind."""


@dataclass(frozen=True, slots=True)
class Route:
    """Where the lines of an event go, and whether the machine stops behind them."""

    terminal: bool = True
    printer: bool = False
    run: bool = False

    @property
    def stops(self) -> bool:
        """CP mode is entered after the line."""
        return self.terminal and not self.run
