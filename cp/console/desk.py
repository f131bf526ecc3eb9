"""The desk: several terminals, of which one is selected, as the local console and scripts see them.

Console commands start with ``%`` and never reach CP (a line for CP or a guest that starts with ``%`` is typed ``%%``):

    %NEW                a further terminal, which asks for LOGON
    %SWITCH [userid|n]  select the terminal of that user, the n-th one, or the next one
    %ATTN               the attention key (PA1)
    %LIST               terminals, users, status
    %CLOSE              close the selected terminal; a user on it is disconnected
    %HELP               this list
"""

from __future__ import annotations

from collections.abc import Callable

from vm370.cp.console.terminal import Line, Origin, Terminal
from vm370.cp.session import Session
from vm370.cp.system import System

COMMANDS = [line.strip() for line in (__doc__ or "").splitlines() if line.startswith("    %")]
"""What %HELP shows."""
NAMES = [line.split()[0] for line in COMMANDS]


class Desk:
    """Sessions side by side.

    ``watch`` gives the function that gets each line of the selected terminal, and what was missed when another one
    is selected.
    """

    def __init__(self, system: System, terminal: Callable[[], Terminal] = Terminal) -> None:
        self.system = system
        self._terminal = terminal
        self._show: Callable[[Line], None] | None = None
        self.sessions: list[Session] = []
        self._shown: dict[int, int] = {}
        self.keys: list[str] = []
        """What the local console has to add to %HELP."""
        self.selected = self.new()

    def watch(self, show: Callable[[Line], None]) -> None:
        """``show`` gets the lines from now on, and those that nobody has seen."""
        self._show = show
        self._written(self.selected)

    # --- terminals ---

    def new(self) -> Session:
        """A further terminal, selected."""
        terminal = self._terminal()
        session = self.system.connect(terminal)
        self.sessions.append(session)
        self._shown[id(session)] = 0
        terminal.listeners.append(lambda line: self._written(session))
        self.select(session)
        return session

    def select(self, session: Session) -> None:
        """Look at another terminal; what it wrote meanwhile is shown."""
        self.selected = session
        self._written(session)

    def find(self, name: str) -> Session | None:
        """The terminal with that user or number (from 1)."""
        if name.isdigit() and 0 < int(name) <= len(self.sessions):
            return self.sessions[int(name) - 1]
        return next((session for session in self.sessions if session.userid == name.upper()), None)

    def next(self) -> None:
        """Select the next terminal in turn."""
        self.select(self.sessions[(self.sessions.index(self.selected) + 1) % len(self.sessions)])

    def close(self, session: Session) -> None:
        """Take a terminal away; there is always one left."""
        session.disconnected()
        self.sessions.remove(session)
        self.system.sessions.remove(session)
        del self._shown[id(session)]
        if not self.sessions:
            self.new()
        elif self.selected is session:
            self.select(self.sessions[0])

    def unseen(self, session: Session) -> int:
        """Lines that the terminal wrote while another one was looked at."""
        return session.terminal.written - self._shown[id(session)]

    # --- input ---

    def enter(self, line: str) -> None:
        """A line was typed at the selected terminal."""
        if self.selected.masked or not line.startswith("%"):
            self.selected.enter(line)
        elif line.startswith("%%"):
            self.selected.enter(line[1:])
        else:
            self._echo(line)
            self._command(line[1:])

    def _command(self, line: str) -> None:
        verb, _, operand = line.strip().partition(" ")
        match verb.upper():
            case "NEW":
                self.new()
            case "SWITCH" if not operand:
                self.next()
            case "SWITCH":
                session = self.find(operand.strip())
                if session is None:
                    self._say(f"%SWITCH: no terminal has user or number {operand.strip()}; %LIST shows them")
                else:
                    self.select(session)
            case "ATTN":
                self.selected.attention()
            case "LIST":
                for number, session in enumerate(self.sessions, 1):
                    mark = "*" if session is self.selected else " "
                    unseen = self.unseen(session)
                    news = f"  {unseen} new lines" if unseen else ""
                    self._say(f"{mark}{number} {session.userid or '(LOGON)':8} {session.status.value}{news}")
            case "CLOSE":
                self.close(self.selected)
            case "HELP" | "":
                for text in [*COMMANDS, *self.keys]:
                    self._say(text)
            case _:
                self._say(f"%{verb}: not a console command; %HELP lists them")

    # --- output ---

    def _say(self, text: str) -> None:
        if self._show is not None:
            self._show(Line(text, Origin.CP))

    def _echo(self, text: str) -> None:
        if self._show is not None:
            self._show(Line(text, Origin.TYPED))

    def _written(self, session: Session) -> None:
        if self._show is None or session is not self.selected:
            return
        for line in session.terminal.since(self._shown[id(session)]):
            self._show(line)
        self._shown[id(session)] = session.terminal.written
