"""The scheduler alone, with guests that are figures: queues, shares, limits, wake-ups, and what idle guests cost."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from vm370.cp import scheduler as module
from vm370.cp.directory.entries import Limits
from vm370.cp.scheduler import NS, Q1_LIMIT_NS, Queue, Scheduler

SLICE = 4_000_000


@dataclass
class Entry:
    priority: int = 64
    limits: Limits = field(default_factory=Limits)


@dataclass(eq=False)
class Guest:
    """Stands for a virtual machine."""

    userid: str
    runnable: bool = True
    at: float | None = None
    pages: int = 0
    entry: Entry = field(default_factory=Entry)
    asked: int = 0

    def wake_up_at(self) -> float | None:
        self.asked += 1
        return self.at


class World:
    """A scheduler, its time, and what each guest got."""

    def __init__(self, workers: int = 1, *, fixed: bool = False) -> None:
        self.now = 100.0
        self.scheduler = Scheduler(lambda: self.now, workers, fixed=fixed)
        self.workers = workers
        self.used: dict[str, int] = {}

    def guests(self, *names: str, **settings: object) -> list[Guest]:
        found = [Guest(name, **settings) for name in names]  # type: ignore[arg-type]
        for guest in found:
            self.scheduler.add(guest)  # type: ignore[arg-type]
            self.used[guest.userid] = 0
        return found

    def round(self, used_ns: int = SLICE) -> list[str]:
        chosen = self.scheduler.choose(self.workers)
        for vm in chosen:
            self.scheduler.served(vm, used_ns)
            self.used[vm.userid] += used_ns
        self.now += used_ns / NS
        return [vm.userid for vm in chosen]

    def run(self, rounds: int) -> dict[str, int]:
        """Slices that each guest got."""
        before = dict(self.used)
        for _ in range(rounds):
            self.round()
        return {name: (used - before.get(name, 0)) // SLICE for name, used in self.used.items()}


@pytest.fixture(autouse=True)
def _pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "resident_pages", lambda vm: vm.pages)


def set_policy(world: World, guest: Guest, **settings: object) -> None:
    policy = world.scheduler.policy(guest)  # type: ignore[arg-type]
    for name, value in settings.items():
        setattr(policy, name, value)
    world.scheduler.wake(guest)  # type: ignore[arg-type]


def type_to(world: World, guest: Guest) -> None:
    guest.runnable = True
    world.scheduler.terminal_input(guest)  # type: ignore[arg-type]


def queue_of(world: World, guest: Guest) -> Queue:
    return world.scheduler.members[guest].queue  # type: ignore[index]


def test_equal_guests_get_equal_shares() -> None:
    world = World(2)
    world.guests("A", "B", "C")
    assert world.run(300) == {"A": 200, "B": 200, "C": 200}


def test_priority_is_a_weight() -> None:
    """64 / 32 is twice the share of 64 / 64."""
    world = World()
    first, _, _ = world.guests("A", "B", "C")
    set_policy(world, first, priority=32)
    shares = world.run(400)
    assert shares["A"] == pytest.approx(200, abs=2)
    assert shares["B"] == pytest.approx(100, abs=2)


def test_a_key_comes_before_thirty_loopers() -> None:
    world = World()
    world.guests(*(f"LOOP{n}" for n in range(30)))
    (person,) = world.guests("PERSON", runnable=False)
    world.run(100)
    for _ in range(20):
        type_to(world, person)
        assert world.round(500_000) == ["PERSON"]
        person.runnable = False
        assert "PERSON" not in world.round()


def test_who_computes_is_not_interactive_for_long() -> None:
    world = World()
    (_, person) = world.guests("LOOP", "PERSON")
    type_to(world, person)
    slices = 0
    while queue_of(world, person) is not Queue.Q2:
        slices += "PERSON" in world.round()
    assert slices == Q1_LIMIT_NS // SLICE + 1
    assert world.run(100)["LOOP"] >= 50


def test_a_guest_that_slept_does_not_catch_up() -> None:
    """Fairness among those that run: time that nobody wanted is not owed."""
    world = World()
    _, sleeper = world.guests("A", "B")
    sleeper.runnable = False
    world.run(500)
    sleeper.runnable = True
    world.scheduler.wake(sleeper)  # type: ignore[arg-type]
    shares = world.run(100)
    assert shares["B"] == pytest.approx(50, abs=2)


def test_favored_with_a_percentage() -> None:
    world = World()
    favored, *_ = world.guests("FAVORED", *(f"LOOP{n}" for n in range(9)))
    set_policy(world, favored, favored=True, percent=60)
    world.run(500)
    assert world.run(1000)["FAVORED"] == pytest.approx(600, abs=30)


def test_a_limit_holds_though_nobody_else_wants_the_time() -> None:
    world = World()
    (guest,) = world.guests("A")
    set_policy(world, guest, limit=20)
    busy = 0
    for _ in range(2000):
        busy += bool(world.round(1_000_000))
    assert busy == pytest.approx(400, abs=40)
    assert world.scheduler.next_wake_up() is None or world.scheduler.next_wake_up() > world.now  # type: ignore[operator]


def test_the_eligible_list_has_those_who_do_not_fit() -> None:
    world = World()
    world.scheduler.most_pages = 1000
    first, second, third = world.guests("A", "B", "C", pages=400)
    world.round()
    assert [queue_of(world, guest) for guest in (first, second, third)] == [Queue.Q2, Queue.Q2, Queue.E2]
    first.runnable = False
    world.scheduler.wake(first)  # type: ignore[arg-type]
    world.run(3)
    assert queue_of(world, third) is Queue.Q2


def test_reserved_pages_and_favored_guests_do_not_wait() -> None:
    world = World()
    world.scheduler.most_pages = 1000
    guests = world.guests("A", "B", "C", "D", pages=450, runnable=False)
    set_policy(world, guests[2], favored=True)
    set_policy(world, guests[3], reserve=450)
    for guest in guests:
        guest.runnable = True
        world.scheduler.wake(guest)  # type: ignore[arg-type]
        world.round(1)
    assert [queue_of(world, guest) for guest in guests[:3]] == [Queue.Q2] * 3
    guests[2].runnable = False
    world.scheduler.wake(guests[2])  # type: ignore[arg-type]
    world.run(2)
    assert queue_of(world, guests[3]) is Queue.Q2


def test_those_in_queue_give_way_to_the_eligible() -> None:
    world = World()
    world.scheduler.most_queued = 2
    world.guests("A", "B", "C")
    world.run(1000)
    assert all(used > 250 * SLICE for used in world.used.values())


def test_qdrop_off_keeps_the_place() -> None:
    world = World()
    (guest,) = world.guests("A")
    set_policy(world, guest, qdrop=False)
    world.round()
    guest.runnable = False
    world.scheduler.wake(guest)  # type: ignore[arg-type]
    assert world.round() == []
    assert queue_of(world, guest) is Queue.Q2


def test_a_clock_wakes_a_guest() -> None:
    world = World()
    (guest,) = world.guests("A", runnable=False, at=101.0)
    assert world.round() == []
    assert world.scheduler.next_wake_up() == 101.0
    world.now, guest.runnable = 101.0, True
    assert world.round() == ["A"]


def test_ten_thousand_idle_guests_are_not_asked() -> None:
    world = World()
    sleepers = world.guests(*(f"S{n}" for n in range(10_000)), runnable=False)
    world.guests("BUSY")
    world.round()
    for guest in sleepers:
        guest.asked = 0
    world.run(100)
    assert sum(guest.asked for guest in sleepers) <= 200
    world.scheduler.wake(sleepers[5000])  # type: ignore[arg-type]
    sleepers[5000].runnable = True
    assert "S5000" in [*world.round(), *world.round()]


def test_heaps_do_not_grow_with_the_past() -> None:
    world = World()
    (guest,) = world.guests("A", runnable=False)
    for number in range(5000):
        guest.at = world.now + (60 if number % 2 else 1)
        world.scheduler.wake(guest)  # type: ignore[arg-type]
        world.round(1)
        world.now += 2
        guest.runnable = not guest.runnable
    assert len(world.scheduler._alarms) < 100
    assert len(world.scheduler._heap) < 100


def test_fixed_slices_take_turns_by_user_id() -> None:
    world = World(fixed=True)
    guests = world.guests("B", "A", "C")
    assert [world.round()[0] for _ in range(4)] == ["A", "B", "C", "A"]
    guests[0].runnable = False
    world.scheduler.wake(guests[0])  # type: ignore[arg-type]
    assert [world.round()[0] for _ in range(3)] == ["C", "A", "C"]


def test_logoff() -> None:
    world = World()
    first, second = world.guests("A", "B")
    world.round()
    world.scheduler.remove(first)  # type: ignore[arg-type]
    assert [world.round() for _ in range(3)] == [["B"]] * 3
    world.scheduler.remove(second)  # type: ignore[arg-type]
    assert world.round() == []
    assert set(world.scheduler.counts.values()) == {0}
    assert world.scheduler.pages_queued == 0
