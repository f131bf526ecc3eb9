"""The rows of the impurity meter: bars and rates from two looks at the counters."""

from __future__ import annotations

from collections.abc import Callable

from tests.cp.commands.cpkit import User
from vm370.cp.console.meter import MeterView
from vm370.cp.system import System


def test_rows_move_with_the_counters(cp: System, logged_on: Callable[[str], User]) -> None:
    alpha, beta = logged_on("ALPHA"), logged_on("BETA")
    view = MeterView(cp)
    width = 90
    first = view.lines(0.0, width, 20)
    assert [line.split()[0] for line in first[2:]] == ["ALPHA", "BETA"]
    assert "#" not in first[2]
    counters = beta.vm.counters
    counters.guest_ns, counters.cp_ns = 500_000_000, 250_000_000
    counters.traps["io"], counters.start_ios = 100, 40
    counters.hypercalls[0xA4] = 10
    view.lines(0.1, width, 20)  # too early for another look
    busy, idle = view.lines(1.0, width, 20)[2:]
    bar = width - 50
    assert busy.count("#") == bar // 2
    assert busy.count("=") == bar // 4
    assert busy.split()[:2] + busy.split()[-4:] == ["BETA", "--", "100", "10", "40", "20"]
    assert idle.split()[0] == alpha.vm.userid
    assert len(view.lines(1.0, 40, 3)) == 3
    alpha.type("LOGOFF")
    assert len(view.lines(1.1, width, 20)) == 3
