"""The dialogue between one terminal and CP: logging on, CP mode, and what is typed to a virtual machine.

    terminal --enter(line)--> Session --+-- a question is open ------> the command that asked
                                        +-- not logged on -----------> CP command (LOGON, MSG, DIAL ...)
                                        +-- CP READ -----------------> CP commands
                                        +-- "#CP ..." ---------------> CP command, the machine goes on running
                                        +-- VM READ / RUNNING -------> the virtual console's input

Logical line editing (line end, line delete, character delete, escape) is done here, once, for every kind of terminal.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import count
from typing import TYPE_CHECKING

from vm370.cp import messages
from vm370.cp.commands import table
from vm370.cp.commands.context import CommandError, Context, Dialogue, Prompt
from vm370.cp.commands.dial import tell_operator_of_dialed
from vm370.cp.console.concealment import concealed
from vm370.cp.console.lineedit import edit
from vm370.cp.console.terminal import Origin, Status, Terminal
from vm370.cp.settings import LineEditing

if TYPE_CHECKING:
    from vm370.cp.dialing import Dialed
    from vm370.cp.machine import VirtualMachine
    from vm370.cp.system import System

GREETING = "VM/370 ONLINE"
FIRST_TERMINAL = 0x0C0
LONGEST_COMMAND = 240
"""As in DIAGNOSE X'08'."""
LONGEST_INPUT = 4096
"""Characters of one typed line with all its logical lines."""
MASK = "XXXXXXXX"
"""What a typewriter prints before a password is typed over it."""


class Session:
    """A terminal that is connected to CP, with a user or not yet."""

    def __init__(self, system: System, terminal: Terminal) -> None:
        self.system = system
        self.terminal = terminal
        terminal.released = self._touched
        self.vm: VirtualMachine | None = None
        self.dialed: Dialed | None = None
        """The device of a virtual machine that this terminal has dialed."""
        self._dialogue: Dialogue | None = None
        self.prompt: Prompt | None = None
        """The question that is open, if any."""
        self._answered: Callable[[int], None] | None = None
        """A command of the guest asked it, which waits for the return code."""
        self._pending: list[str] = []
        """CP commands behind a line end, still to be done after the open question."""
        self.closed = False
        taken = system.terminal_addresses()
        self.raddr = next(raddr for raddr in count(FIRST_TERMINAL) if raddr not in taken)
        """The real address that CP's responses give the terminal."""
        self.wrong_passwords = 0
        """LOGON attempts with a wrong password, in a row."""
        self._locked_until = -math.inf

    # --- what a terminal shows ---

    @property
    def status(self) -> Status:
        """CP READ, VM READ or RUNNING; a screen adds MORE... and HOLDING itself."""
        if self.locked or (self.vm is not None and self.vm.sleeping):
            return Status.RUNNING
        if self.dialed is not None:
            return Status.VM_READ if self.dialed.reading else Status.RUNNING
        if self.vm is None or self.prompt is not None or self.vm.in_cp:
            return Status.CP_READ
        return Status.VM_READ if self.vm.console_reading else Status.RUNNING

    @property
    def masked(self) -> bool:
        """Whether what is typed now must not be shown."""
        return self.prompt is not None and self.prompt.masked

    @property
    def waits_for_input(self) -> bool:
        """Nothing more will happen on this terminal until somebody types (or another user does something)."""
        if self.closed:
            return True
        if self.locked:
            return False
        if self.vm is not None and (typist := self.system.typists.get(self.vm)) is not None and typist.ready:
            return False
        if self.dialed is not None:
            return self.dialed.host.idle or not self.dialed.host.may_run
        if self.status is not Status.RUNNING:
            return True
        assert self.vm is not None
        return self.vm.idle and not self.vm.sleeping

    @property
    def locked_until(self) -> float:
        """Monotonic time before which the keyboard is locked (a wrong password delays the next attempt)."""
        return self._locked_until

    @locked_until.setter
    def locked_until(self, at: float) -> None:
        self._locked_until = at
        self.system.locked.add(self)

    @property
    def locked(self) -> bool:
        """The keyboard is locked for a while."""
        return self.system.clock.monotonic() < self.locked_until

    @property
    def userid(self) -> str:
        """Who is logged on here, or an empty string."""
        return self.vm.userid if self.vm else ""

    # --- what a person does ---

    def enter(self, line: str) -> None:
        """A line was typed."""
        self._enter(line)
        self._touched()

    def _touched(self) -> None:
        """A person did something here: the machine is interactive, and what was typed ahead is not forgotten."""
        if self.vm is not None:
            self.system.scheduler.terminal_input(self.vm)
        if self._pending:
            self.system.busy_sessions[self] = None

    def _enter(self, line: str) -> None:
        if self.locked or len(line) > LONGEST_INPUT:
            self.say("NOT ACCEPTED")
            return
        if self.prompt is not None:
            if not self.prompt.masked:
                self._echo(line)
            self._answer(line)
            return
        self._echo(self.concealed(line))
        if self.dialed is not None:
            self.dialed.enter(line)
            return
        if self.vm is None:
            self._commands(edit(line, LineEditing()))
            return
        self.vm.sleep_until = None
        editing = self.vm.terminal_options.editing
        pieces = edit(line, editing) if self.vm.settings.linedit else [line]
        for number, piece in enumerate(pieces):
            if self.vm is None or self.prompt is not None:
                self._pending += pieces[number:]
                return
            if number == 1 and not pieces[0] and _is_cp(piece):
                self._pending += [piece.strip()[2:].strip(), *pieces[2:]]  # "#CP a#b"
                if not self._pending[0]:
                    del self._pending[0]
                    self.vm.enter_cp()
                if self._pending:
                    self._go_on()
                return
            if number == 0 and not piece and len(pieces) > 1 and _is_cp(pieces[1]):
                continue
            to_cp = self.vm.terminal_options.mode_cp and not self.vm.settings.conceal
            if not self.vm.in_cp and to_cp and self.status is not Status.VM_READ:
                self.vm.enter_cp()  # TERMINAL MODE CP: what interrupts a running machine goes to CP
                if not piece:
                    continue
            if not self.vm.in_cp:
                self.vm.console_input(piece)
            elif piece.strip() or len(pieces) > 1:
                self._commands([piece])
            else:
                self.say("CP")
                self._leave_cp()

    def concealed(self, line: str) -> str:
        """The line as it may be shown and remembered: without passwords."""
        if self.masked:
            return ""
        if self.vm is None:
            return concealed(line, LineEditing(), to_cp=True)
        symbols = self.vm.terminal_options.editing if self.vm.settings.linedit else None
        return concealed(line, symbols, to_cp=self.vm.in_cp)

    def attention(self) -> None:
        """The attention key (PA1): the terminal goes to CP; an open question is given up, a sleep ends.

        A line that is entered while the machine runs is an attention too: in TERMINAL MODE VM the machine gets it, as
        an attention interruption of its console with the line behind it; in MODE CP it goes to CP.
        """
        if self.dialed is not None:
            self.dialed.attention()
        elif self.prompt is not None:
            self._end_dialogue()
        elif self.vm is not None and self.vm.sleeping:
            self.vm.sleep_until = None
        elif self.vm is not None and not self.vm.in_cp:
            if not self.vm.settings.conceal:
                self.vm.enter_cp()
            elif self.vm.console is not None:
                self.vm.console.attention()
        self._touched()

    def restart(self) -> None:
        """The terminal as it was before LOGON."""
        self.wrong_passwords = 0
        if self.terminal.full_screen is not None:
            self.terminal.full_screen.end()
        self.terminal.leave_full_screen()
        self.terminal.write(GREETING)

    def dropped(self) -> None:
        """The virtual machine that this terminal had dialed gave it up."""
        dialed, self.dialed = self.dialed, None
        if dialed is not None:
            self.say(f"DROP FROM {dialed.host.userid} {dialed.vaddr:03X}")
            tell_operator_of_dialed(self, "DROP FROM", dialed.host.userid)
            self.restart()

    def left(self) -> None:
        """The machine has no terminal any more, or not this one: a question that is open was about it."""
        if self.prompt is not None:
            self._end_dialogue()
        self.vm = None

    def forget_typed(self) -> None:
        """Commands typed ahead are not done."""
        self._pending.clear()

    def go_on(self) -> None:
        """Do the commands behind a SLEEP that has ended."""
        vm = self.vm
        if vm is not None and vm.sleep_until is not None and self.system.clock.monotonic() >= vm.sleep_until:
            vm.sleep_until = None
        if self._pending:
            self._go_on()
        if not self._pending:
            self.system.busy_sessions.pop(self, None)

    def disconnected(self) -> None:
        """The terminal went away: the user is disconnected, not logged off."""
        self.closed = True
        if self._dialogue is not None:
            self._end_dialogue()
        dialed, self.dialed = self.dialed, None
        if dialed is not None:
            dialed.hang_up()
            tell_operator_of_dialed(self, "DROP FROM", dialed.host.userid)
        if self.vm is not None:
            self.system.disconnect(self.vm)

    # --- commands ---

    def command(self, line: str) -> None:
        """One CP command from this terminal."""
        if self.vm is None and not self.system.real.enabled(self.raddr):
            self.say("TERMINAL NOT ENABLED")
            return
        context = Context(self.system, self.vm, self, self.say)
        try:
            if len(line) > LONGEST_COMMAND:
                raise CommandError(messages.LINE_TOO_LONG.fill(longest=LONGEST_COMMAND))
            dialogue = table.start(context, line)
        except CommandError as error:
            self._error(error)
            return
        except Exception as fault:  # the isolation rule: a fault in CP ends one command, never the system
            self._fault(fault)
            return
        if dialogue is not None:
            self._dialogue = dialogue
            self._step(None)

    def converse(self, dialogue: Dialogue, prompt: Prompt, answered: Callable[[int], None]) -> None:
        """A command of the guest wants answers from the terminal; ``answered`` gets its return code then."""
        assert self.vm is not None
        self._dialogue, self._answered = dialogue, answered
        self.vm.in_cp = True
        self._ask(prompt)

    def say(self, line: str) -> None:
        """A line of CP output."""
        self._show(line, Origin.CP)

    def _commands(self, lines: list[str]) -> None:
        self._pending += lines
        self._go_on()

    def _go_on(self) -> None:
        while self._pending and self.prompt is None and not (self.vm is not None and self.vm.sleeping):
            self.command(self._pending.pop(0))
        if not self._pending and self.prompt is None:
            self._leave_cp()

    def _leave_cp(self) -> None:
        """SET RUN ON: when the commands are done, a machine that was not stopped has the terminal again."""
        vm = self.vm
        if vm is not None and vm.settings.run and vm.in_cp and not vm.stopped and not vm.sleeping:
            vm.in_cp = False

    def _answer(self, line: str) -> None:
        self.prompt = None
        self._step(line)
        self._go_on()

    def _step(self, answer: str | None) -> None:
        assert self._dialogue is not None
        code = 0
        try:
            prompt = next(self._dialogue) if answer is None else self._dialogue.send(answer)
        except StopIteration:
            pass
        except CommandError as error:
            self._error(error)
            code = error.message.number
        except Exception as fault:  # the isolation rule, as in ``command``
            self._fault(fault)
        else:
            self._ask(prompt)
            return
        self._dialogue = None
        self._tell_guest(code)

    def _ask(self, prompt: Prompt) -> None:
        self.prompt = prompt
        self.say(prompt.text)
        if prompt.mask or (prompt.masked and self.vm is not None and self.vm.terminal_options.mask):
            self.say(MASK)

    def _end_dialogue(self) -> None:
        """The question is given up: the answer was no password, or nothing."""
        code = messages.LINK_PASSWORD_INCORRECT.number if self.masked else 0
        if self._dialogue is not None:
            self._dialogue.close()
        self._dialogue = None
        self.prompt = None
        self._tell_guest(code)

    def _tell_guest(self, code: int) -> None:
        answered, self._answered = self._answered, None
        if answered is not None:
            answered(code)

    def _error(self, error: CommandError) -> None:
        text = error.message.edited(self.vm.settings.emsg if self.vm else "ON")
        if text is not None:
            self.say(text)
        elif self.vm is not None:
            self.vm.record(f"{error.message.code} {error.message.text}")

    def _fault(self, fault: Exception) -> None:
        """CP failed while it did a command of this terminal."""
        self.system.command_fault(self, fault)

    def _echo(self, line: str) -> None:
        self._show(line, Origin.TYPED)

    def _show(self, line: str, origin: Origin) -> None:
        if self.vm is not None:
            self.vm.show(line, origin)
        else:
            self.terminal.write(line, origin)


def _is_cp(piece: str) -> bool:
    return piece.strip().upper().partition(" ")[0] == "CP"
