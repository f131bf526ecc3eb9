"""Three CMS users at work at the same time: each sees what he sees alone, to the line and to the instruction."""

from __future__ import annotations

import shutil
from pathlib import Path

from vm370.cp.console.terminal import Terminal
from vm370.cp.system import System
from vm370.tools.listings import StandingClock

USERS = ["CMSUSER", "CMSUSER2", "CMSUSER3"]
WORK = [
    "SET TIMER VIRTUAL",
    "IPL CMS",
    *(f"COPYFILE HELLO ASSEMBLE S NOTE{number} SCRIPT A" for number in range(5)),
    "LISTFILE * * A (LABEL",
    "TYPE NOTE1 SCRIPT A 1 5",
    "COUNTTO 30",
    "ERASE NOTE1 SCRIPT A",
    "LISTFILE * * A (FORMAT",
]
ROUNDS = 100_000


def work(home: Path, users: list[str], workers: int) -> dict[str, tuple[list[str], int]]:
    """What each user saw, and the virtual time of his machine."""
    system = System(home, StandingClock(), workers=workers)
    system.engines.wait()
    sessions = []
    for userid in users:
        session = system.connect(Terminal())
        session.enter(f"LOGON {userid} {userid}")
        sessions.append((session, list(WORK)))
    for _ in range(ROUNDS):
        for session, lines in sessions:
            if lines and session.waits_for_input:
                session.enter(lines.pop(0))
        if not system.step() and not any(lines for _, lines in sessions):
            break
    seen = {}
    for session, lines in sessions:
        assert lines == []
        assert session.waits_for_input
        assert session.vm is not None
        seen[session.userid] = [line.text for line in session.terminal.since(0)], session.vm.now
    assert not system.failed
    system.shutdown()
    return seen


def test_users_side_by_side_see_what_they_see_alone(home: Path, tmp_path: Path) -> None:
    alone = {}
    for userid in USERS:
        alone |= work(Path(shutil.copytree(home, tmp_path / userid)), [userid], 0)
    lines, _ = alone["CMSUSER"]
    assert sum(line.startswith("Ready;") for line in lines) == len(WORK) - 1
    for workers in (2, 3):
        assert work(Path(shutil.copytree(home, tmp_path / str(workers))), USERS, workers) == alone
