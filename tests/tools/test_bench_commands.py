"""``vm370 bench commands``: the machines differ in what they ask for; times are not looked at."""

from __future__ import annotations

import argparse

from vm370.tools.bench import commands


def test_each_machine_asks_less() -> None:
    answer = commands.measure(argparse.Namespace(rounds=1, kib=64))
    rows = {(row["command"], row["machine"]): (row["traps"], row["interruptions"]) for row in answer["rows"]}
    assert set(rows) == {(command, machine) for command in commands.COMMANDS for machine in commands.MACHINES}
    for command in commands.COMMANDS:
        pure, genuine, own = (rows[command, machine] for machine in commands.MACHINES)
        assert pure[0] > genuine[0] > own[0] >= 1
        assert (genuine[1], own[1]) == (0, 0)
    assert rows["* READY", "own"] == (1, 0)
