"""The pytest plugin of vm370 (entry point ``pytest11``): guests as fixtures.  docs/testing.md shows it at work.

    vm370_system     session   a system in a throw-away home; each xdist worker has its own
    guest            test      a fresh guest at CMS's command level, with an empty 191 of its own
    make_guest       test      a function that makes further guests; all are logged off when the test ends

    @pytest.mark.vm370(files={"PROG EXEC A": "prog.exec"}, disks={0x192: 5}, storage="2M", classes="BG")

The mark has the arguments of ``System.make_guest``; ``user`` is what is called ``like`` there.  Paths are relative to
the folder of the test's file.  The report of a failed test has the console, the screen, the PSW and instructions of its
guests.

Nothing of vm370 is imported before a fixture is used: who does not use it pays for this file only.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from vm370.tools.api import Guest, System

MARK = "vm370"
MARK_TEXT = "vm370(files, disks, user, storage, classes, ipl, limit): what the guest of this test has"
GUESTS = pytest.StashKey[list["Guest"]]()


def pytest_configure(config: pytest.Config) -> None:
    """The mark is known."""
    config.addinivalue_line("markers", MARK_TEXT)


@pytest.fixture(scope="session")
def vm370_system() -> Iterator[System]:
    """A system in a throw-away home."""
    from vm370.tools.api import System

    with System.temporary() as system:
        yield system


@pytest.fixture
def make_guest(request: pytest.FixtureRequest, vm370_system: System) -> Iterator[Callable[..., Guest]]:
    """A function that makes guests, with the arguments of the mark and its own."""
    made: list[Guest] = request.node.stash.setdefault(GUESTS, [])

    def make(**wanted: Any) -> Guest:
        guest = vm370_system.make_guest(**_arguments(request, wanted))
        made.append(guest)
        return guest

    yield make
    while made:
        made.pop().logoff()


@pytest.fixture
def guest(make_guest: Callable[..., Guest]) -> Guest:
    """A fresh guest."""
    return make_guest()


def _arguments(request: pytest.FixtureRequest, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """What the marks say (the nearest one first) and the call, with paths made absolute."""
    arguments: dict[str, Any] = {}
    for mark in reversed(list(request.node.iter_markers(MARK))):
        if mark.args:
            raise pytest.UsageError(f"{request.node.nodeid}: the mark vm370 takes names with values: {MARK_TEXT}")
        arguments.update(mark.kwargs)
    arguments.update(wanted)
    if "user" in arguments:
        arguments["like"] = arguments.pop("user")
    folder = request.node.path.parent
    for name in ("files", "disks"):
        if arguments.get(name):
            arguments[name] = {key: _placed(value, folder) for key, value in arguments[name].items()}
    return arguments


def _placed(value: Any, folder: Path) -> Any:
    return folder / value if isinstance(value, str | Path) else value


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """The report of a failed test tells the state of its guests."""
    report = yield
    if call.excinfo is not None and report.failed:
        told = getattr(call.excinfo.value, "report", None)  # a GuestError shows its guest by itself
        for guest in item.stash.get(GUESTS, []):
            if told is None or getattr(told, "userid", None) != guest.userid:
                report.sections += guest.report().sections()
    return report
