"""What CMS asks CP for, and how often: the same files whether CP offers much or nothing, with few traps if much."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from tests.cms import bootkit
from tests.cms.bootkit import Guest
from tests.cms.commandkit import varying
from vm370.cp.counters import Counters

FIXED = [bytes([number & 0xFF, number >> 8]) * 40 for number in range(1500)]
"""120,000 bytes: more than one piece of 32 KiB, and no whole number of blocks of 1024."""
LONG = [bytes([number + 1]) * length for number, length in enumerate((5000, 1, 300, 9000, 1024, 1022, 2046, 30_000))]
BLOCK = 1024
MODES = {"OFF": None, "GENUINE": 0xA4, "ON": 0x110}


def cost(guest: Guest, line: str) -> Counter[int]:
    """Type a line that succeeds: DIAGNOSE calls by code."""
    guest.vm.counters = Counters()
    guest.type(line)
    assert guest.rc == 0
    return guest.vm.counters.hypercalls


@pytest.mark.parametrize("mode", MODES)
def test_runs_of_blocks(mode: str, new_guest: Callable[..., Guest]) -> None:
    """Whole blocks, parts of blocks before and behind them, records longer than blocks."""
    guest = new_guest(files=[("FIXED", "DATA", FIXED), ("LONG", "DATA", LONG)])
    guest.vm.enter_cp()
    guest.type(f"SET IMPURE {mode}")
    guest.ipl()
    for line in (
        "COPYFILE FIXED DATA A TWICE DATA A",
        "COPYFILE FIXED DATA A TWICE DATA A (APPEND",
        "COPYFILE FIXED DATA A PART DATA A (FROM 13 FOR 700",
        "COPYFILE LONG DATA A LONGER DATA A",
        "COPYFILE LONG DATA A LONGER DATA A (APPEND",
        "COPYFILE FIXED DATA A FIXED DATA A (REPLACE",
    ):
        guest.type(line)
        assert guest.rc == 0, line
    disk = bootkit.own_disk(guest.home)
    found = {fst.filename: list(disk.records(fst)) for fst in disk.files()}
    assert found == {
        "FIXED": FIXED,
        "LONG": LONG,
        "TWICE": FIXED * 2,
        "PART": FIXED[12:712],
        "LONGER": LONG * 2,
    }


@pytest.mark.parametrize("mode", ["GENUINE", "ON"])
def test_blocks_are_moved_many_at_a_time(mode: str, new_guest: Callable[..., Guest]) -> None:
    guest = new_guest(files=[("FIXED", "DATA", FIXED)])
    guest.vm.enter_cp()
    guest.type(f"SET IMPURE {mode}")
    guest.ipl()
    calls = cost(guest, "COPYFILE FIXED DATA A COPY DATA A")
    code = MODES[mode]
    blocks = 2 * (len(FIXED) * 80 // BLOCK)
    assert code is not None
    assert set(calls) == {code, 0x20} | ({0x0C} if mode == "GENUINE" else set())
    assert calls[code] < blocks / 8


def test_more_short_records_than_a_halfword_counts(new_guest: Callable[..., Guest]) -> None:
    records = [bytes([number & 0xFF]) for number in range(40_000)]
    guest = new_guest(files=[("ONE", "DATA", records)])
    guest.ipl()
    assert cost(guest, "COPYFILE ONE DATA A TWO DATA A")[0x110] < 20
    disk = bootkit.own_disk(guest.home)
    assert [list(disk.records(fst)) for fst in disk.files()] == [records, records]


def test_a_command_that_types_and_the_ready_message_cost_one_trap_with_the_read(
    new_guest: Callable[..., Guest],
) -> None:
    guest = new_guest(files=[varying("LINES", "TEXT", [f"LINE {number}" for number in range(25)])])
    guest.ipl()
    assert cost(guest, "* NOTHING") == {0x20: 1}
    calls = cost(guest, "TYPE LINES TEXT")
    assert 0x58 not in calls  # the lines go with the read that follows
    assert calls[0x20] == 1


def test_lines_come_in_their_order(new_guest: Callable[..., Guest]) -> None:
    """What CMS keeps is shown before what CP types, before the next command of an EXEC, and before a message."""
    guest = new_guest(
        files=[
            varying("LINES", "TEXT", [f"LINE {number}" for number in range(9, 12)]),
            (
                "ORDER",
                "EXEC",
                exec_records("&CONTROL OFF", "TYPE LINES TEXT", "CP QUERY TERMINAL NONSENSE", "&TYPE DONE"),
            ),
        ]
    )
    guest.ipl()
    lines = [line.strip() for line in guest.type("ORDER") if line.strip()]
    assert lines[:3] == ["LINE 9", "LINE 10", "LINE 11"]
    assert lines[-2] == "DONE"
    assert len(lines) == 6
    lines = guest.type("TYPE LINES TEXT#TYPE NOTHING TEXT")
    said = [line.strip() for line in lines if line.strip() and not line.startswith("Ready")]
    assert said == ["LINE 9", "LINE 10", "LINE 11", "FILE 'NOTHING TEXT A' NOT FOUND"]


def exec_records(*lines: str) -> list[bytes]:
    """Records of an EXEC."""
    return [line.ljust(80).encode("cp037") for line in lines]


def test_the_clock_of_the_status_page(new_guest: Callable[..., Guest]) -> None:
    """Date and time without a DIAGNOSE: 1 April 1981, 9:30:15, and the virtual time is below a second."""
    guest = new_guest()
    ready = next(line for line in guest.ipl() if line.startswith("Ready;"))
    assert ready.endswith(" 09:30:15")
    assert guest.vm.storage.read(0x280, 8) == "04/01/81".encode("cp037")
    assert guest.vm.execution.paravirtual.page == guest.vm.storage.size - 4 * 4096
