"""``vm370 attach`` at a terminal: the lines of the terminal scroll, the last row is typed in, a status line below it.

    what CP and the guest write
    > input                                  history with the cursor keys; masked while a password is asked for
     CMSUSER  VM READ    F1 attention  Ctrl-D leave

Leaving disconnects the user; he goes on running.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from typing import Any

from prompt_toolkit import PromptSession, print_formatted_text
from prompt_toolkit.filters import Condition
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.patch_stdout import patch_stdout
from prompt_toolkit.styles import Style

from vm370.cp.console.terminal import shown_text
from vm370.tools.attach.client import AttachError, Client
from vm370.tools.attach.messages import Message

STYLE = Style.from_dict(
    {"cp": "ansigreen", "guest": "", "alert": "bold ansiyellow", "typed": "ansicyan", "bottom-toolbar": "reverse"}
)


class _Dialogue:
    """The state of the terminal, as the system told it last."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.user, self.status, self.masked = "", "", False
        self.open = ""
        self.error = ""
        self.ended = False
        self.session: PromptSession[str] = PromptSession(
            history=InMemoryHistory(),
            is_password=Condition(lambda: self.masked),
            key_bindings=self._keys(),
            bottom_toolbar=lambda: f" {self.user or 'VM/370':8} {self.status:8}   F1 attention   Ctrl-D leave",
            style=STYLE,
            erase_when_done=True,
        )

    def _keys(self) -> KeyBindings:
        keys = KeyBindings()

        @keys.add("f1")
        def attention(event: KeyPressEvent) -> None:
            self.client.send(do="attention")

        return keys

    def message(self, message: Message) -> None:
        """Something from the system."""
        match message:
            case {"line": str(text), "origin": str(origin)}:
                self.open = ""
                print_formatted_text(FormattedText([(f"class:{origin}", shown_text(text))]), style=STYLE)
            case {"open": str(text)}:
                self.open = text
            case {"error": str(text)}:
                self.error = text
            case {"state": {"user": str(user), "status": str(status), "masked": bool(masked)}}:
                if masked is not self.masked:
                    self.session.default_buffer.reset()
                self.user, self.status, self.masked = user, status, masked
        self.session.app.invalidate()

    def prompt(self) -> Any:
        """What stands before the line that is typed."""
        return shown_text(self.open)

    def arrived(self) -> None:
        """The socket has something, or its end."""
        try:
            messages = self.client.receive()
        except AttachError as error:
            self.error, messages = str(error), []
        for message in messages:
            self.message(message)
        if not messages:
            self.ended = True
            asyncio.get_running_loop().remove_reader(self.client.fileno())
            if self.session.app.is_running:
                self.session.app.exit(exception=EOFError())


async def _converse(client: Client) -> int:
    dialogue = _Dialogue(client)
    loop = asyncio.get_running_loop()
    loop.add_reader(client.fileno(), dialogue.arrived)
    with patch_stdout(raw=True), contextlib.suppress(EOFError):
        while not dialogue.ended:
            try:
                line = await dialogue.session.prompt_async(dialogue.prompt)
            except KeyboardInterrupt:
                continue
            client.send(do="enter", line=line)
    loop.remove_reader(client.fileno())
    if dialogue.error:
        print(f"vm370 attach: {dialogue.error}", file=sys.stderr)
    return 1 if dialogue.error else 0


def converse(client: Client) -> int:
    """Until the person leaves or the system ends; exit code."""
    return asyncio.run(_converse(client))
