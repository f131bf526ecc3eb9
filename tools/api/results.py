"""What a command answered."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

from vm370.tools.api.errors import CommandFailed

READY = re.compile(r"R(?:eady)?(?:\((?P<code>-?\d+)\))?;(?: T=[\d.]+/[\d.]+(?: [\d:]+)?)?$")
"""CMS's Ready message, long and short."""


@dataclass(frozen=True, slots=True)
class CommandResult:
    """The answer to a command of the guest's operating system, or of CP.

    >>> CommandResult("STATE X Y A", 28, ("FILE NOT FOUND",), "VM READ").lines[0]
    'FILE NOT FOUND'
    """

    command: str
    rc: int | None
    """The return code; None when the command has not ended: a program reads (``state`` is VM READ), or waits."""
    lines: tuple[str, ...]
    """What was shown, without the line that was typed and the Ready message."""
    state: str
    """VM READ, CP READ or RUNNING, as a terminal shows it; LOGGED OFF."""
    virtual_time: float = 0.0
    """Seconds of virtual CPU time."""
    total_time: float = 0.0
    """Virtual CPU time, and what CP did for the guest."""
    instructions: int = 0
    """Instructions that the guest executed."""

    @property
    def ended(self) -> bool:
        """The command is complete."""
        return self.rc is not None

    @property
    def text(self) -> str:
        """The lines as one text."""
        return "\n".join(self.lines)

    def check(self) -> Self:
        """This result; CommandFailed when the return code is not 0."""
        if self.rc != 0:
            raise CommandFailed(self)
        return self


def without_ready(lines: list[str]) -> tuple[list[str], int | None]:
    """Lines without a Ready message at their end, and its return code; None when there is none."""
    if lines and (found := READY.match(lines[-1])) is not None:
        return lines[:-1], int(found["code"] or 0)
    return lines, None
