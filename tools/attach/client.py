"""The other side of the home's socket."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Self

from vm370.cp.console.doors import short_path
from vm370.tools.attach.messages import SOCKET, Message, MessageError, Reader, encoded


class AttachError(Exception):
    """There is no system, or it does not answer as expected; the text says so."""


class Client:
    """A connection to the system that runs in a home."""

    def __init__(self, home: Path) -> None:
        """AttachError: nobody is there."""
        self._reader = Reader()
        self._messages: list[Message] = []
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            with short_path(home / SOCKET) as short:
                self._socket.connect(short)
        except OSError as error:
            self._socket.close()
            reason = error.strerror or str(error)
            raise AttachError(f"no system that can be reached runs in {home}: {reason}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Go away."""
        self._socket.close()

    def fileno(self) -> int:
        """For a selector."""
        return self._socket.fileno()

    def send(self, **message: object) -> None:
        """A message to the system.  AttachError: it is gone."""
        try:
            self._socket.sendall(encoded(message))
        except OSError as error:
            raise AttachError(f"the system is gone: {error.strerror}") from error

    def receive(self) -> list[Message]:
        """Wait for messages; none when the system has closed the connection.  AttachError."""
        try:
            while data := self._socket.recv(65_536):
                if messages := self._reader.feed(data):
                    return messages
        except ConnectionResetError:
            return []
        except MessageError as error:
            raise AttachError(str(error)) from error
        return []

    def __iter__(self) -> Iterator[Message]:
        """All messages until the end."""
        while messages := self.receive():
            yield from messages
