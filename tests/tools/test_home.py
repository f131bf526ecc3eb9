"""The home: an interrupted first start is made anew, a home that lost its directory is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from vm370.tools.home import INCOMPLETE, HomeError, is_complete, make_home


class Interrupted(Exception):
    """The first start ends in the middle."""


def test_an_interrupted_first_start_is_made_anew(tmp_path: Path) -> None:
    home = tmp_path / "home"

    def interrupt(text: str, done: int, steps: int) -> None:
        if text.startswith("formatting"):
            raise Interrupted

    with pytest.raises(Interrupted):
        make_home(home, interrupt)
    assert (home / INCOMPLETE).exists()
    assert not is_complete(home)
    make_home(home, lambda text, done, steps: None)
    assert is_complete(home)
    assert not (home / INCOMPLETE).exists()


def test_disks_without_a_directory_are_left_alone(tmp_path: Path) -> None:
    disk = tmp_path / "home" / "disks" / "CMU191.ckd"
    disk.parent.mkdir(parents=True)
    disk.write_bytes(b"years of work")
    with pytest.raises(HomeError, match="directory: missing, but there are disks"):
        make_home(tmp_path / "home", lambda text, done, steps: None)
    assert disk.read_bytes() == b"years of work"
