"""The typist: types a console script at a virtual machine, line by line, when the guest waits for it.

The script is the host file of a directory entry's SCRIPT statement.  The typist sits beside the machine, not at a
terminal, so it works for a disconnected machine too (AUTOLOG), and it goes by what the machine does, never by time:

    text                typed when the guest reads from its console, or waits with nothing to do (attention)
    #CP command         a CP command, at the same moments, or when the machine is stopped
    %WAIT text          go on when the guest has written the text (what it wrote since the last wait or line counts)
    %READ               go on when the guest reads from its console
    %ATTN               the attention key of the virtual console
    %LIMIT n            the waits behind this line may take n instructions of virtual time (1,000,000,000)
    %* text             comment; so is an empty line behind a % alone
    %%text              types %text

A wait that takes longer ends the script with a message, and so does a machine that stops with lines left to type.
While the machine itself waits for a real clock, a second counts as WAITING_SECOND instructions.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from vm370.cp import messages
from vm370.cp.commands.context import CommandError, Context
from vm370.cp.console.terminal import Origin

if TYPE_CHECKING:
    from vm370.cp.machine import VirtualMachine

LIMIT = 1_000_000_000
WAITING_SECOND = 10_000_000
HEARD = 65_536
"""Characters of console output that a wait looks back on."""
LONGEST_SCRIPT = 1 << 20
"""Bytes."""
TYPE, CP, WAIT, READ, ATTN, SET_LIMIT = "type", "cp", "%WAIT", "%READ", "%ATTN", "%LIMIT"


class ScriptError(Exception):
    """A script cannot be used; the text says file, line, found, expected."""


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a script."""

    line: int
    kind: str
    text: str = ""
    number: int = 0


def load(path: Path) -> list[Step]:
    """The steps of a script file."""
    try:
        with path.open("rb") as file:
            data = file.read(LONGEST_SCRIPT + 1)
    except OSError as error:
        raise ScriptError(f"{path}: cannot be read: {error.strerror}") from error
    if len(data) > LONGEST_SCRIPT:
        raise ScriptError(f"{path}: found more than {LONGEST_SCRIPT} bytes, expected a console script")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ScriptError(f"{path}: line {line}: found X'{data[error.start]:02X}', expected UTF-8 text") from error
    steps = (_step(number, line.rstrip("\r"), path) for number, line in enumerate(text.splitlines(), 1))
    return [step for step in steps if step is not None]


def _step(number: int, line: str, path: Path) -> Step | None:
    if line[:4].upper() == "#CP " and line[4:].strip():
        return Step(number, CP, line[4:].strip())
    if not line.startswith("%"):
        return Step(number, TYPE, line)
    if line.startswith("%%"):
        return Step(number, TYPE, line[1:])
    verb, _, operand = line.strip().partition(" ")
    verb = verb.upper()
    if verb == "%" or verb.startswith("%*"):
        return None
    if verb == WAIT and operand.strip():
        return Step(number, WAIT, operand.strip())
    if verb in (READ, ATTN) and not operand:
        return Step(number, verb)
    if verb == SET_LIMIT and operand.isascii() and operand.isdigit() and len(operand) <= 15 and int(operand):
        return Step(number, SET_LIMIT, number=int(operand))
    expected = "%WAIT text, %READ, %ATTN, %LIMIT n, %* comment or %%text"
    raise ScriptError(f"{path}: line {number}: found {line[:40]}, expected {expected}")


class Typist:
    """Types the steps at one machine; ``go_on`` is called between its time slices."""

    def __init__(self, vm: VirtualMachine, name: str, steps: list[Step]) -> None:
        self._vm = vm
        self.name = name
        self._steps = steps
        self._next = 0
        self._heard = ""
        self._limit = LIMIT
        self._since = 0
        """The machine's effort when the current step began."""
        self._typed_unread = False
        """An attention was raised for a line that the guest has not read yet."""

    @property
    def active(self) -> bool:
        """There are lines left."""
        return self._next < len(self._steps)

    @property
    def waits_for(self) -> str:
        """What an active script waits for."""
        step = self._steps[self._next]
        what = {WAIT: f"the text {step.text!r}", READ: "a read of the console"}.get(step.kind, "the guest to wait")
        return f"{self.name}: line {step.line}: {what}"

    def heard(self, text: str) -> None:
        """The guest or CP has written something on the console."""
        if self.active:
            self._heard = (self._heard + text)[-HEARD:]

    def waited(self, seconds: float) -> None:
        """The machine has waited for a clock of the host."""
        self._since -= max(0, int(seconds * WAITING_SECOND))

    @property
    def ready(self) -> bool:
        """``go_on`` would do something now."""
        return self.active and (self._overdue or self._stopped or self._due())

    @property
    def _overdue(self) -> bool:
        return self._vm.effort - self._since > self._limit

    @property
    def _stopped(self) -> bool:
        return self._vm.stopped and not self._vm.sleeping

    def _due(self) -> bool:
        """The current step can be done."""
        vm, step = self._vm, self._steps[self._next]
        if step.kind in (SET_LIMIT, ATTN):
            return True
        if step.kind == WAIT:
            return step.text in self._heard
        if step.kind == CP and vm.stopped:
            return True
        if vm.in_cp and not vm.settings.run:
            return False  # somebody has the terminal in CP mode; he will let the machine go on
        if vm.console_reading:
            return True
        if step.kind == READ or (vm.console is not None and vm.console.unread):
            return False
        return vm.may_run and vm.idle

    def go_on(self) -> bool:
        """Do the steps that can be done now; whether any was done."""
        done = False
        while self.active:
            if self._due():
                self._do(self._steps[self._next])
            elif self._overdue:
                self._end(f"{self._limit} INSTRUCTIONS WITHOUT WHAT IT WAITS FOR")
            elif self._stopped:
                self._end("THE MACHINE HAS STOPPED")
            else:
                break
            done = True
        return done

    def _do(self, step: Step) -> None:
        vm = self._vm
        self._next += 1
        self._since = vm.effort
        match step.kind:
            case "type":
                self._heard = ""
                vm.show(step.text, Origin.TYPED)
                vm.console_input(step.text)
            case "cp":
                self._heard = ""
                vm.show(f"#CP {step.text}", Origin.TYPED)
                self._command(step.text)
            case "%WAIT":
                self._heard = self._heard.partition(step.text)[2]
            case "%ATTN":
                if vm.console is not None:
                    vm.console.attention()
            case "%LIMIT":
                self._limit = step.number

    def _command(self, line: str) -> None:
        from vm370.cp.commands import table  # the table knows machines

        vm = self._vm
        try:
            dialogue = table.start(Context(vm.system, vm, vm.session, vm.say), line)
        except CommandError as error:
            text = error.message.edited(vm.settings.emsg)
            if text is not None:
                vm.say(text)
        else:
            if inspect.isgenerator(dialogue):
                dialogue.close()
                self._end("A COMMAND ASKS FOR MORE")
        if vm.system.user(vm.userid) is not vm:
            self._next = len(self._steps)

    def _end(self, reason: str) -> None:
        line = self._steps[min(self._next, len(self._steps) - 1)].line
        self._next = len(self._steps)
        message = messages.SCRIPT_ENDED.fill(path=self.name, line=line, reason=reason)
        self._vm.system.scripts_given_up += 1
        self._vm.say(f"{message.code} {message.text}")
