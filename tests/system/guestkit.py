"""Bare machines for tests: one directory entry, run until its console script has ended."""

from __future__ import annotations

from pathlib import Path

from vm370.cp import passwords
from vm370.cp.commands.logon import logon_without_password
from vm370.cp.console.desk import Desk
from vm370.cp.console.driver import ScriptDriver
from vm370.cp.passwords import Cost
from vm370.cp.system import System
from vm370.tools.run_command import wait_until

passwords.DEFAULT_COST = Cost(2, 1, 1)


def run_machine(
    folder: Path,
    entry: str,
    script: str,
    *,
    settings: tuple[str, ...] = (),
) -> list[str]:
    """What the console shows of the entry's machine; ``settings`` are CP commands before the IPL."""
    (folder / "disks").mkdir(exist_ok=True)
    (folder / "script").write_text(script)
    (folder / "directory").write_text(f"DIRECTORY 123 3350 VMSRES\n{entry}")
    userid = entry.split()[1]
    system = System(folder, workers=0)
    try:
        system.engines.begin()
        system.engines.wait()
        desk = Desk(system)
        logon_without_password(system, desk.selected, userid)
        for line in settings:
            desk.enter(line)
        ScriptDriver(system, desk, wait_until).type([])
        return [line.text for line in desk.selected.terminal.since(0)]
    finally:
        system.shutdown()
