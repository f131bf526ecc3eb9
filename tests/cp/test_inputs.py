"""Input that waits is told once, until it was read."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator

import pytest

from vm370.cp.inputs import Inputs

LONG = 30.0
"""Seconds that nobody waits for."""


class Ear:
    """Counts what it is told."""

    def __init__(self) -> None:
        self.told = threading.Semaphore(0)
        self.inputs = Inputs(self.told.release)

    def heard(self) -> bool:
        return self.told.acquire(timeout=LONG)

    def quiet(self) -> bool:
        """Nothing more was told; the thread has seen all that came before."""
        self.inputs.end()
        return not self.told.acquire(blocking=False)


@pytest.fixture
def ear() -> Iterator[Ear]:
    made = Ear()
    yield made
    made.inputs.end()


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    ends = os.pipe()
    yield ends
    for end in ends:
        os.close(end)


def test_told_once_for_what_nobody_reads(ear: Ear, pipe: tuple[int, int]) -> None:
    reading, writing = pipe
    ear.inputs.watch(reading)
    os.write(writing, b"a")
    assert ear.heard()
    os.write(writing, b"b")
    assert ear.quiet()


def test_told_again_when_it_was_read(ear: Ear, pipe: tuple[int, int]) -> None:
    reading, writing = pipe
    os.write(writing, b"a")
    ear.inputs.watch(reading)
    for _ in range(3):
        assert ear.heard()
        os.read(reading, 100)
        ear.inputs.heard(reading)
        os.write(writing, b"a")
    assert ear.heard()


def test_what_comes_before_heard_is_told(ear: Ear, pipe: tuple[int, int]) -> None:
    reading, writing = pipe
    ear.inputs.watch(reading)
    os.write(writing, b"a")
    assert ear.heard()
    os.read(reading, 100)
    os.write(writing, b"b")
    ear.inputs.heard(reading)
    assert ear.heard()


def test_each_file_descriptor_by_itself(ear: Ear, pipe: tuple[int, int]) -> None:
    reading, writing = pipe
    other_reading, other_writing = os.pipe()
    try:
        ear.inputs.watch(reading)
        ear.inputs.watch(other_reading)
        os.write(writing, b"a")
        assert ear.heard()
        os.write(other_writing, b"a")
        assert ear.heard()
        ear.inputs.forget(other_reading)
        assert ear.quiet()
    finally:
        os.close(other_reading)
        os.close(other_writing)


def test_nothing_is_told_of_what_was_forgotten(ear: Ear, pipe: tuple[int, int]) -> None:
    reading, writing = pipe
    ear.inputs.watch(reading)
    ear.inputs.forget(reading)
    os.write(writing, b"a")
    assert ear.quiet()
    ear.inputs.heard(reading)  # after the end
    ear.inputs.watch(reading)  # it can begin again
