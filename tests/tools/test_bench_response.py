"""``vm370 bench response``: its figures, its graph, and the guest that answers, without a terminal."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree import ElementTree

from tests.cp.commands.conftest import clock, cp, home, logged_on, new_user  # noqa: F401 (fixtures)
from tests.cp.commands.cpkit import User
from vm370.cp.system import System
from vm370.tools.bench.graph import distribution_svg
from vm370.tools.bench.response import figures, program


def test_figures() -> None:
    found = figures([float(value) for value in range(100, 0, -1)])
    assert found == {"median": 50.5, "p90": 91.0, "p99": 100.0, "worst": 100.0}


def test_the_graph_has_a_curve_for_each_run() -> None:
    text = distribution_svg("A < B", "ms", {"0 looping": [1.0, 2.0, 3.0], "3 looping": [2.0, 4.0, 19.0], "none": []})
    root = ElementTree.fromstring(text)
    names = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert "A < B" in names
    assert {"0 looping", "3 looping"} <= set(names)
    assert "20" in names  # the axis reaches the worst value
    curves = [e for e in root.iter("{http://www.w3.org/2000/svg}path") if e.get("stroke-width") == "1.8"]
    assert [len(curve.get("d", "").split("L")) for curve in curves] == [3, 3]


def test_the_guest_answers(cp: System, logged_on: Callable[[str], User]) -> None:  # noqa: F811
    """a to i and j to r change places."""
    user = logged_on("ALPHA")
    user.vm.storage.write(0x200, bytes.fromhex(program()))
    user.type("STORE S78 00000000 00000214", "STORE PSW 00000000 00000200", "BEGIN")
    for line, answer in (("aaaaaa", "jjjjjj"), ("iiiiii", "rrrrrr"), ("abcabc", "jkljkl")):
        while cp.step():
            pass
        user.read()
        user.type(line)
        while cp.step():
            pass
        assert user.read() == [answer]
