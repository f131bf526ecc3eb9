"""Messages of the home's socket: JSON objects, one a line, in UTF-8.

to the system    {"do": "terminal", "user": "CMSUSER"}     be a terminal; with a user: logged on as ``run --user``
                 {"do": "enter", "line": "..."}            a line was typed
                 {"do": "attention"}                       the attention key
                 {"do": "command", "user": "CMSUSER", "line": "...", "to": "CP", "ipl": ""}
                                                           one command to CP or (GUEST) the user's system, which is
                                                           loaded before if ``ipl`` names one and none runs
from the system  {"line": "...", "origin": "cp"}           a line of the terminal: cp, guest, typed, alert
                 {"open": "..."}                           text without a carrier return behind the last line
                 {"state": {"user": "", "status": "CP READ", "masked": false, "waits": true, "entered": 3}}
                                                           after all that came before; ``entered`` lines were taken
                 {"result": {"command": "...", "rc": 0, "lines": [...], "state": "VM READ", ...}}
                 {"error": "..."}                          what was asked for cannot be; the end

A line of more than LONGEST bytes, or one that is no such object, ends the connection.
"""

from __future__ import annotations

import json
from typing import Any

LONGEST = 1 << 20
SOCKET = "console"
"""Name of the socket in the home."""

Message = dict[str, Any]


class MessageError(Exception):
    """What came is no message."""


def encoded(message: Message) -> bytes:
    """A line.

    >>> encoded({"do": "attention"})
    b'{"do": "attention"}\\n'
    """
    return json.dumps(message, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


class Reader:
    """Takes bytes in pieces and gives messages."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[Message]:
        """The messages that are complete now.  MessageError."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > LONGEST:
            raise MessageError(f"a message of more than {LONGEST} bytes")
        return [_message(line) for line in lines]


def _message(line: bytes) -> Message:
    if len(line) > LONGEST:
        raise MessageError(f"a message of more than {LONGEST} bytes")
    try:
        message = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise MessageError(f"no JSON: {line[:60]!r}") from error
    if not isinstance(message, dict):
        raise MessageError(f"no JSON object: {line[:60]!r}")
    return message
