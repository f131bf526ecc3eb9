"""LINK: what each mode gives beside the links that others have, cell by cell of the manual's table."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cp.commands.cpkit import User

OWNERS = """\
USER OWNER OWNER 256K 256K G
 MDISK 291 3350 8 1 SYSVOL MW ALL ALL ALL
"""
USERS = "".join(f"USER U{number} U{number} 256K 256K G\n" for number in range(4))

# what the others have:   nobody  one reads  two read  one writes  writes, reads  two write
STATES = [(), ("R",), ("R", "R"), ("W",), ("W", "R"), ("W", "W")]
ACCESS = {
    "R": "R R R - - -",
    "RR": "R R R R R R",
    "W": "W - - - - -",
    "WR": "W R R R R R",
    "M": "W W W - - -",
    "MR": "W W W R R R",
    "MW": "W W W W W W",
}
CELLS = [
    pytest.param(mode, state, given, id=f"{mode}-{''.join(state) or 'nobody'}")
    for mode, row in ACCESS.items()
    for state, given in zip(STATES, row.split(), strict=True)
]


def by(state: tuple[str, ...]) -> str:
    """Who has it, as the responses say; the users link in the order U0, U1."""
    parts = []
    for access, text in (("W", "R/W"), ("R", "R/O")):
        users = [f"U{number}" for number, each in enumerate(state) if each == access]
        if users:
            parts.append(f"{text} BY {users[0] if len(users) == 1 else f'{len(users):03} USERS'}")
    return ";".join(parts)


def expected(mode: str, state: tuple[str, ...], given: str) -> tuple[int, str]:
    """Return code and text."""
    others = by(state)
    kind = 2 if "W" in state and "R" in state else 1 if "W" in state else 0  # readers, a writer, both
    if given == "-":
        return 104 + kind, f"DMKLNK{104 + kind}E OWNER 291 NOT LINKED;{others}"
    if given == "R" and mode[0] != "R":
        return 101 + kind, f"DMKLNK{101 + kind}W DEV 391 FORCED R/O;{others}"
    told = others if given == "W" or "W" in state else ""  # who only reads need not know of readers
    return 0, f"DASD 391 LINKED R/{'W' if given == 'W' else 'O'}" + (f";{told}" if told else "")


@pytest.mark.parametrize(("mode", "state", "given"), CELLS)
def test_cell(home: Path, logged_on: Callable[[str], User], mode: str, state: tuple[str, ...], given: str) -> None:
    with (home / "directory").open("a") as file:
        file.write(OWNERS + USERS)
    for number, access in enumerate(state):
        other = logged_on(f"U{number}")
        other.type(f"LINK OWNER 291 391 {'MW' if access == 'W' else 'RR'}")
        assert other.vm.devices[0x391].read_only is (access == "R")
    user = logged_on("U3")
    code, text = expected(mode, state, given)
    assert user.vm.command(f"LINK OWNER 291 391 {mode}", to_buffer=True) == (code, [text])
    if given == "-":
        assert 0x391 not in user.vm.devices
    else:
        assert user.vm.devices[0x391].read_only is (given == "R")


def test_the_users_own_links_count_as_those_of_others(home: Path, logged_on: Callable[[str], User]) -> None:
    with (home / "directory").open("a") as file:
        file.write(OWNERS)
    owner = logged_on("OWNER")
    owner.read()
    assert owner.type("LINK * 291 391 W") == ["OWNER 291 NOT LINKED;R/W BY OWNER"]
    assert owner.type("LINK * 291 391 MR") == ["DEV 391 FORCED R/O;R/W BY OWNER"]
    assert owner.type("LINK * 291 392") == ["DASD 392 LINKED R/W;R/W BY OWNER;R/O BY OWNER"]
    assert owner.type("QUERY LINKS 291") == ["OWNER    291 R/W, OWNER    392 R/W, OWNER    391 R/O"]
