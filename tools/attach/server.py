"""The system's side of the home's socket: a terminal, or one command.

What waits to be sent is bounded: with more than FULL bytes the machine of the terminal waits too.  A command is an
operation of the Python API (tools/api/operations.py) that goes on between rounds; the user may be at another terminal,
which shows everything, or disconnected: then this connection is his terminal as long as the command takes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from vm370.cp.commands.context import CommandError
from vm370.cp.commands.logon import logon_without_password
from vm370.cp.console.caller import TerminalCaller
from vm370.cp.console.doors import CallerError
from vm370.cp.console.terminal import Line, Status
from vm370.cp.session import Session
from vm370.tools.attach.messages import Message, MessageError, Reader, encoded

if TYPE_CHECKING:
    from vm370.cp.system import System
    from vm370.tools.api.operations import Operation
    from vm370.tools.api.results import CommandResult

FULL = 65_536
NO_LIMIT = 1 << 62
"""Instructions: a person or a script waits, and can go away."""
LONGEST_LINE = 4096


class LocalCaller(TerminalCaller):
    """One connection."""

    door = "LOCAL"

    def __init__(self, system: System, peer: str, touched: Callable[[], None]) -> None:
        super().__init__(system, peer, touched)
        self._reader = Reader()
        self._out = bytearray()
        self._state: Message = {}
        self._entered = 0
        self._operation: Operation[CommandResult] | None = None
        self._guest: Session | None = None
        """Whose command it is, if this connection is his terminal for the time being."""

    # --- what the door calls ---

    def begin(self) -> None:
        """Nothing is said before it is asked for."""

    def receive(self, data: bytes) -> None:
        """Messages.  CallerError."""
        try:
            for message in self._reader.feed(data):
                if not self.ended:
                    self._do(message)
        except MessageError as error:
            self._send({"error": str(error)})
            raise CallerError(str(error)) from error

    def output(self) -> bytes:
        """Messages to be sent."""
        out, self._out = bytes(self._out), bytearray()
        self.terminal.held = False
        return out

    def waiting(self) -> int:
        """Bytes of them."""
        return len(self._out)

    def look(self, now: float) -> None:
        """The state may be another, the command go on."""
        if self._operation is not None:
            self._go_on()
        elif self.session is not None and not self.ended:
            self._tell_state(self.session)

    def hang_up(self, reason: str) -> None:
        """The connection is gone; a command that was not done goes on in its machine."""
        operation, self._operation = self._operation, None
        if operation is not None:
            operation.close()
        super().hang_up(reason)

    # --- messages ---

    def _do(self, message: Message) -> None:
        match message:
            case {"do": "terminal"} if self.session is None and self._operation is None:
                self._be_terminal(message.get("user"))
            case {"do": "enter", "line": str(line)} if self.session is not None and self._operation is None:
                self._entered += 1
                if len(line) > LONGEST_LINE:
                    self.session.say(f"NOT ACCEPTED: A LINE HAS AT MOST {LONGEST_LINE} CHARACTERS")
                else:
                    self.session.enter(line)
            case {"do": "attention"} if self.session is not None and self._operation is None:
                self.session.attention()
            case {"do": "command", "user": str(user), "line": str(line)} if self._operation is None:
                self._command(user.upper(), line, to_cp=message.get("to") == "CP", ipl=str(message.get("ipl") or ""))
            case _:
                raise MessageError(f"not expected: {str(message)[:60]}")

    def _send(self, message: Message) -> None:
        self._out += encoded(message)
        if len(self._out) > FULL:
            self.terminal.held = True
        self.touched()

    def _fail(self, text: str) -> None:
        self._send({"error": text})
        super().hang_up("refused")

    # --- a terminal ---

    def _be_terminal(self, userid: Any) -> None:
        self.terminal.listeners.append(self._line)
        self.terminal.open_listeners.append(lambda: self._send({"open": self.terminal.open_line}))
        session = self.connect()
        if isinstance(userid, str) and userid:
            vm = self.system.user(userid)
            if vm is not None and vm.session is not None:
                self._fail(f"{vm.userid} is at another terminal")
                return
            try:
                logon_without_password(self.system, session, userid)
            except CommandError as error:
                self._fail(f"{error.message.code} {error.message.text}")

    def _line(self, line: Line) -> None:
        self._send({"line": line.text, "origin": line.origin.value})

    def _tell_state(self, session: Session) -> None:
        state: Message = {
            "user": session.userid,
            "status": session.status.value,
            "masked": session.masked,
            "waits": session.waits_for_input,
            "entered": self._entered,
        }
        if state != self._state:
            self._state = state
            self._send({"state": state})

    # --- a command ---

    def _command(self, userid: str, line: str, *, to_cp: bool, ipl: str) -> None:
        from vm370.tools.api.guestbase import GuestBase  # the API takes a while to import

        vm = self.system.user(userid)
        if vm is None and not ipl:
            self._fail(f"{userid} is not logged on")
            return
        session = vm.session if vm is not None else None
        if session is None:
            session = self._guest = self.connect()
            if vm is not None:
                self.system.attach(vm, session)
            else:
                try:
                    logon_without_password(self.system, session, userid)
                except CommandError as error:
                    self._fail(f"{error.message.code} {error.message.text}")
                    return
        if ipl and session.status is Status.CP_READ:
            session.command(f"IPL {ipl}")
        guest = GuestBase(self.system, session, session.terminal, NO_LIMIT)
        self._operation = guest._cp(line, (), None) if to_cp else _when_ready(guest, line)
        self._go_on(begin=True)

    def _go_on(self, *, begin: bool = False) -> None:
        """The command goes on by one turn."""
        from vm370.tools.api.errors import ApiError

        operation = self._operation
        assert operation is not None
        try:
            if begin:
                next(operation)
            else:
                operation.send(True)
            self.touched()
            return
        except StopIteration as end:
            self._send({"result": asdict(end.value)})
        except (ApiError, ValueError) as error:
            self._send({"error": str(error).partition("\n")[0]})
        self._operation = None
        if self._guest is not None and self._guest.vm is not None:
            self.system.disconnect(self._guest.vm)
        super().hang_up("done")


def _when_ready(guest: Any, line: str) -> Operation[CommandResult]:
    """A command to the guest's system, after what it does now (an IPL) has come to its end."""
    yield from guest._settle(None)
    result: CommandResult = yield from guest._cmd(line, None)
    return result
