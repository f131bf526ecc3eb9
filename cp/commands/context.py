"""What a CP command handler gets and may do.

A handler is ``def handler(ctx: Context, operands: Operands) -> None``, or a generator that yields ``Prompt`` values and
is sent the answers (LOGON's password, LINK's password).  Responses go through ``ctx.say``; an error is raised:
``raise CommandError(messages.INVALID_OPERAND.fill(operand="FOO"))``; its number becomes the return code.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from vm370.cp.messages import FilledMessage

if TYPE_CHECKING:
    from vm370.cp.machine import VirtualMachine
    from vm370.cp.session import Session
    from vm370.cp.system import System


class CommandError(Exception):
    """A command ends with this message; ``message.number`` is its return code."""

    def __init__(self, message: FilledMessage) -> None:
        super().__init__(message.text)
        self.message = message


@dataclass(frozen=True, slots=True)
class Prompt:
    """A question to the terminal; ``masked`` answers are not shown, ``mask`` prints characters to type over."""

    text: str
    masked: bool = False
    mask: bool = False
    by_guest: bool = False
    """A program that issued the command waits until the terminal has answered."""


Dialogue = Generator[Prompt, str, None]


class Operands:
    """The operands of a command line: blank-separated words in upper case, and the text as typed."""

    def __init__(self, text: str) -> None:
        self.text = text.strip()
        self._rest = self.text

    def next(self, default: str | None = None) -> str | None:
        """The next word, upper case; ``default`` when there is none."""
        word, _, rest = self._rest.partition(" ")
        self._rest = rest.lstrip()
        return word.upper() if word else default

    def peek(self) -> str | None:
        """The next word without taking it."""
        word = self._rest.partition(" ")[0]
        return word.upper() if word else None

    def rest(self) -> str:
        """What is left, as typed; nothing is left afterwards."""
        rest, self._rest = self._rest, ""
        return rest

    def words(self) -> list[str]:
        """The words that are left, upper case; nothing is left afterwards."""
        return self.rest().upper().split()


@dataclass(slots=True)
class Context:
    """Who issues a command, and where the response goes."""

    system: System
    user: VirtualMachine | None
    """None before LOGON."""
    session: Session | None
    """None when the command comes from DIAGNOSE X'08' or from a program."""
    say: Callable[[str], None]
    from_guest: bool = False
    """Issued by DIAGNOSE X'08': no prompting, and commands that stop the machine do not return to it."""

    @property
    def classes(self) -> str:
        """Privilege classes of the issuer; empty before LOGON."""
        return self.user.classes if self.user else ""

    @property
    def vm(self) -> VirtualMachine:
        """The issuer's machine, for commands that the table lists as needing a logged-on user."""
        assert self.user is not None
        return self.user


@lru_cache(4096)
def abbreviates(word: str, full: str) -> bool:
    """Whether ``word`` is an accepted form of ``full``, whose capitals are its shortest ("CLass" takes CL to CLASS)."""
    shortest = sum(1 for character in full if not character.islower())
    return len(word) >= shortest and full.upper().startswith(word.upper())
