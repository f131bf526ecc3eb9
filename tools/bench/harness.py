"""A system driven from Python, for measurements: log on, type lines, wait until the guest waits for input."""

from __future__ import annotations

import time
from pathlib import Path

from vm370.cp.commands.logon import logon_without_password
from vm370.cp.console.desk import Desk
from vm370.cp.console.driver import ScriptDriver
from vm370.cp.machine import VirtualMachine
from vm370.cp.system import System


class Bench:
    """One system with one terminal; ``lines`` has everything that was shown."""

    def __init__(self, home: Path) -> None:
        self.lines: list[str] = []
        self.system = System(home)
        self.desk = Desk(self.system)
        self.desk.watch(lambda line: self.lines.append(line.text))
        self._driver = ScriptDriver(self.system, self.desk, lambda at: time.sleep(max(0.0, at - time.monotonic())))

    def logon(self, userid: str) -> VirtualMachine:
        """Log a user on at the terminal."""
        logon_without_password(self.system, self.desk.selected, userid)
        vm = self.desk.selected.vm
        assert vm is not None
        return vm

    def type(self, *lines: str) -> list[str]:
        """Type lines, each when the system waits for input; gives what was shown since."""
        before = len(self.lines)
        self._driver.type(lines)
        return self.lines[before:]

    def close(self) -> None:
        """Shut the system down."""
        self.system.shutdown()
