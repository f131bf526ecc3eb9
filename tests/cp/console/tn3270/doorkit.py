"""People behind sockets: each step lets CP have a turn and then reads what has arrived; nothing waits for time."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from typing import ClassVar

from vm370.cp.console.doors import Doors
from vm370.cp.console.tn3270.station import Station
from vm370.cp.system import System
from vm370.tools.bench.client3270 import Client3270

TURNS = 20_000
"""Turns after which something that should happen has not happened."""


def open_port(cp: System, context: ssl.SSLContext | None = None) -> int:
    """A door for 3270 clients on the loopback interface; its port."""
    doors = cp.doors = Doors(cp)
    return doors.listen("127.0.0.1", 0, lambda peer, touched: Station(cp, peer, touched), context)


class Wire:
    """A TCP client that keeps what arrives."""

    made: ClassVar[list[Wire]] = []
    """All of a test; ``hang_up_all`` closes them."""

    def __init__(self, cp: System, port: int) -> None:
        self.cp = cp
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setblocking(False)
        self.received = b""
        self.closed = False
        self.made.append(self)

    @classmethod
    def hang_up_all(cls) -> None:
        """The test is over."""
        for wire in cls.made:
            wire.socket.close()
        cls.made.clear()

    def send(self, data: bytes) -> None:
        """Bytes to the door."""
        self.socket.sendall(data)

    def turn(self) -> None:
        """CP's turn, then ours."""
        self.cp.step()
        try:
            data = self.socket.recv(65_536)
        except BlockingIOError:
            return
        except ConnectionResetError:
            data = b""
        self.closed = self.closed or not data
        self.arrived(data)

    def arrived(self, data: bytes) -> None:
        """Bytes came."""
        self.received += data

    def until(self, condition: Callable[[], bool]) -> None:
        """Go on until something is so."""
        for _ in range(TURNS):
            if condition():
                return
            self.turn()
        raise AssertionError(f"it does not happen; received: {self.received!r}")

    def shown(self, text: str) -> None:
        """Go on until text has arrived."""
        self.until(lambda: text.encode() in self.received)

    def vanish(self) -> None:
        """The connection is gone, and CP has noticed."""
        doors = self.cp.doors
        assert doors is not None
        before = doors.connections
        self.socket.close()
        for _ in range(TURNS):
            if doors.connections < before:
                return
            self.cp.step()
        raise AssertionError("CP has not noticed")


class Person(Wire):
    """Somebody at a 3270."""

    def __init__(self, cp: System, port: int, client: Client3270 | None = None) -> None:
        super().__init__(cp, port)
        self.client = client or Client3270()

    def arrived(self, data: bytes) -> None:
        self.client.receive(data)
        if answer := self.client.output():
            self.socket.sendall(answer)

    def shown(self, text: str) -> None:
        """Go on until text is on the screen."""
        try:
            self.until(lambda: text in self.client.text)
        except AssertionError as error:
            raise AssertionError(f"{text!r} does not appear on:\n{self.client.text}") from error

    def press(self, aid: int) -> None:
        """A key."""
        self.until(lambda: not self.client.locked)
        self.client.press(aid)
        self.socket.sendall(self.client.output())

    def enter(self, line: str) -> None:
        """A line, when the keyboard is open."""
        self.until(lambda: not self.client.locked)
        self.client.enter(line)
        self.socket.sendall(self.client.output())

    def logon(self, userid: str) -> None:
        """Log on with the user ID as the password."""
        self.shown("CP READ")
        self.enter(f"LOGON {userid} {userid}")
        self.shown("LOGON AT")
