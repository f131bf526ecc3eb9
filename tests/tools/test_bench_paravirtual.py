"""``vm370 bench paravirtual``: traps and interruptions of each way are known; times are not looked at."""

from __future__ import annotations

import argparse

from vm370.cp.engine.engines import REFERENCE
from vm370.tools.bench import paravirtual


def test_what_each_way_costs() -> None:
    answer = paravirtual.measure(argparse.Namespace(engine=REFERENCE, rounds=5))
    rows = {(row["work"], row["way"]): (round(row["traps"], 2), round(row["reflected"], 2)) for row in answer["ways"]}
    assert rows == {
        ("time", "STCK"): (0, 0),
        ("time", "DIAGNOSE 0C"): (1, 0),
        ("time", "status page"): (0, 0),
        ("idle", "CPU timer, wait PSW"): (1, 1),
        ("idle", "DIAGNOSE 104"): (1, 0),
        ("blocks", "SIO, wait PSW"): (1, 1),
        ("blocks", "DIAGNOSE 18"): (1, 0),
        ("blocks", "DIAGNOSE A4"): (0.02, 0),
        ("blocks", "DIAGNOSE 250"): (0.02, 0),
        ("blocks", "DIAGNOSE 110"): (0.02, 0),
    }
