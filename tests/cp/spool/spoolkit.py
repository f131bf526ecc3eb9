"""A system of users with unit record devices and nothing else, for tests of spooling and its commands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from vm370.cp.commands.context import CommandError, Context, Operands
from vm370.cp.devices import attach_console, attach_unit_record
from vm370.cp.io.device import Device, Outcome, Supply, UnitStatus
from vm370.cp.settings import Settings
from vm370.cp.spool import Spool
from vm370.images.ebcdic import from_ebcdic, to_ebcdic

NOW = datetime(1981, 4, 1, 12, 34, 56, tzinfo=UTC)
READ, PUNCH, PRINT, SKIP = 0x02, 0x01, 0x09, 0x8B


class StandingClock:
    def now(self) -> datetime:
        return NOW


CLOCK = StandingClock()


@dataclass
class User:
    """What the commands see of a virtual machine."""

    userid: str
    classes: str = "G"
    settings: Settings = field(default_factory=Settings)
    devices: dict[int, Device] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    presented: list[UnitStatus] = field(default_factory=list)

    def attach(self, vaddr: int, device: Device) -> None:
        device.present = self.presented.append
        self.devices[vaddr] = device

    def say(self, line: str) -> None:
        self.said.append(line)

    def write_console(self, console: object, text: bytes, newline: bool) -> None:
        self.said.append(from_ebcdic(text))


class Installation:
    """ALICE and BOB (class G) and OPERATOR (class DG), each with 009 00C 00D 00E."""

    def __init__(self, home: Path) -> None:
        self.spool = Spool(home / "spool.db", CLOCK)
        self.directory = SimpleNamespace(find=self.find)
        self.users: dict[str, User] = {}
        for userid, classes in (("ALICE", "G"), ("BOB", "G"), ("OPERATOR", "DG")):
            user = User(userid, classes)
            self.users[userid] = user
            system: Any = self
            vm: Any = user
            attach_console(system, vm, 0x009, "3215")
            attach_unit_record(system, vm, 0x00C, "2540R")
            attach_unit_record(system, vm, 0x00D, "2540P")
            attach_unit_record(system, vm, 0x00E, "1403")

    def find(self, userid: str) -> Any:
        if userid in self.users or userid == "BINUSER":
            return SimpleNamespace(distribution=f"BIN {userid[0]}")
        return None

    def user(self, userid: str) -> User | None:
        return self.users.get(userid)

    def command(self, userid: str, handler: Callable[[Context, Operands], None], operands: str) -> list[str]:
        """The response to a command; an error is its code, number and text."""
        lines: list[str] = []
        user: Any = self.users[userid]
        system: Any = self
        try:
            handler(Context(system, user, None, lines.append), Operands(operands))
        except CommandError as error:
            lines.append(f"{error.message.code} {error.message.text}")
        return lines

    def execute(self, userid: str, vaddr: int, command: int, data: bytes = b"") -> Outcome:
        """One CCW."""
        rest = bytearray(data)

        def take(length: int) -> bytes:
            piece = bytes(rest[:length])
            del rest[:length]
            return piece

        return self.users[userid].devices[vaddr].execute(command, Supply(take), 80)

    def punch(self, userid: str, *cards: str) -> None:
        for card in cards:
            self.execute(userid, 0x00D, PUNCH, to_ebcdic(f"{card:80}"))

    def print(self, userid: str, *lines: str) -> None:
        for line in lines:
            self.execute(userid, 0x00E, PRINT, to_ebcdic(line))

    def read(self, userid: str) -> str:
        """The next card without trailing blanks, or what the guest sees instead."""
        outcome = self.execute(userid, 0x00C, READ)
        if outcome.status & UnitStatus.UNIT_CHECK:
            return f"SENSE {self.users[userid].devices[0x00C].sense[0]:02X}"
        if outcome.status & UnitStatus.UNIT_EXCEPTION:
            return "END"
        return from_ebcdic(outcome.data).rstrip()

    def queue(self, userid: str, queue: str) -> list[int]:
        return [file.spoolid for file in self.spool.files(queue, userid)]
