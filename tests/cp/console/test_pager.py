"""MORE... and HOLDING, by row numbers and times that the test gives."""

from __future__ import annotations

import pytest

from vm370.cp.console.pager import Pager
from vm370.cp.console.terminal import Status


@pytest.fixture
def full() -> Pager:
    """Ten rows high, 25 rows written at time 100."""
    pager = Pager(10)
    pager.write(25, 100.0, 60.0)
    return pager


def test_what_fits_is_shown() -> None:
    pager = Pager(10)
    for _ in range(10):
        pager.write(1, 0.0, 60.0)
    assert (pager.end, pager.status) == (10, None)
    pager.write(1, 5.0, 60.0)
    assert (pager.end, pager.status, pager.deadline) == (10, Status.MORE, 65.0)


def test_time_goes_on_page_by_page(full: Pager) -> None:
    assert (full.end, full.status) == (10, Status.MORE)
    assert not full.tick(159.9, 60.0)
    assert full.tick(160.0, 60.0)
    assert (full.end, full.status, full.deadline) == (20, Status.MORE, 220.0)
    assert full.tick(220.0, 60.0)
    assert (full.end, full.status) == (25, None)
    assert not full.tick(1000.0, 60.0)


def test_enter_holds_and_enter_goes_on(full: Pager) -> None:
    assert full.enter(101.0, 60.0)
    assert full.status is Status.HOLDING
    assert not full.tick(1000.0, 60.0)
    assert full.enter(1001.0, 60.0)
    assert (full.end, full.status) == (20, Status.MORE)
    full.key(1002.0, 60.0)
    assert not full.enter(1003.0, 60.0)


def test_a_key_is_attention(full: Pager) -> None:
    full.catch_up()
    full.write(10, 0.0, 60.0)
    assert full.status is None
    full.key(0.0, 60.0)
    full.write(10, 0.0, 60.0)
    assert (full.end, full.status) == (45, None)


def test_no_patience_no_stop() -> None:
    pager = Pager(10)
    pager.write(1000, 0.0, 0.0)
    assert (pager.end, pager.status) == (1000, None)


def test_an_important_row_holds() -> None:
    pager = Pager(10)
    pager.hold_until_seen(1)
    pager.write(1, 0.0, 60.0)
    pager.write(20, 0.0, 60.0)
    assert pager.status is Status.HOLDING
    pager.key(0.0, 60.0)
    assert pager.status is Status.MORE


def test_scrolling_stops_at_both_ends(full: Pager) -> None:
    full.catch_up()
    full.scroll(9)
    assert full.back == 9
    full.scroll(9)
    assert full.back == 15
    full.scroll(-100)
    assert full.back == 0


def test_a_higher_screen_shows_more(full: Pager) -> None:
    full.resize(30, 0.0, 60.0)
    assert (full.end, full.status) == (25, None)
    assert Pager(0).height == 1
