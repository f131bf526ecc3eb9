"""CMS as a saved system: it saves itself, goes on after IPL by name, and finds out what has changed meanwhile."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.cms.bootkit import SYSTEM_DISK, WHEN, Guest, make_home
from vm370.cp.saved.library import read
from vm370.images.blocks import CkdBlocks
from vm370.images.ckd import CkdImage
from vm370.images.edf import EdfDisk
from vm370.images.savedsystem import build

BANNER = "CMS VERSION 1.0 - 01/01/26 00:00"
STAMP = 0x10038
BLOCK_IO = 0xA4


def system_disk(home: Path, change: str) -> None:
    """Write a file to the system disk while nobody uses it."""
    image = CkdImage.open(home / "disks" / "CMSVOL.ckd")
    try:
        disk = EdfDisk.open(CkdBlocks(image.extent(*SYSTEM_DISK), 4096), lambda: WHEN)
        disk.write(change, "EXEC", [b"\x40" * 80], mode="S2")
        disk.blocks.flush()
    finally:
        image.close()


def load(guest: Guest, command: str = "IPL CMS") -> list[str]:
    """IPL by name, up to the first read; the Ready line without its times."""
    guest.vm.enter_cp()
    return [line.split(" T=")[0] for line in guest.type(command) if line not in ("", "CP")]


def end(guest: Guest) -> None:
    """The system ends."""
    guest.end()
    guest.system.shutdown()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with CMS saved; its user may use SAVESYS."""
    home = tmp_path_factory.mktemp("saved") / "home"
    make_home(home)
    source = (home / "directory").read_text()
    (home / "directory").write_text(source.replace("16M BG", "16M BEG"))
    guest = Guest(home)
    assert load(guest, "IPL 190 CLEAR PARM SAVESYS CMS") == ["SYSTEM SAVED", BANNER, "Ready;"]
    assert "COPYFILE MODULE" in str(guest.type("LISTFILE COPYFILE * S"))
    end(guest)
    return home


@pytest.fixture
def home(made: Path, tmp_path: Path) -> Path:
    """A copy that a test may change."""
    return Path(shutil.copytree(made, tmp_path / "home", ignore=shutil.ignore_patterns("*.lock")))


def test_the_saved_system(home: Path) -> None:
    saved = read(home / "saved" / "CMS.saved", "CMS")
    assert saved.state is not None
    assert saved.state.psw[:4].hex() == "00040000"  # BC mode, disabled, key 0
    assert [(part.count, part.shared) for part in saved.ranges] == [(34, False)]  # its nucleus has work areas


def test_ipl_by_name_does_not_read_the_directory_again(home: Path) -> None:
    guest = Guest(home)
    assert load(guest, "IPL 190") == [BANNER, "Ready;"]
    whole = guest.vm.counters.hypercalls[BLOCK_IO]
    assert load(guest) == [BANNER, "Ready;"]
    assert guest.vm.counters.hypercalls[BLOCK_IO] - whole < whole
    assert guest.type("LISTFILE COPYFILE MODULE S")[0].split() == ["COPYFILE", "MODULE", "S2"]
    guest.type("ERASE NOSUCH FILE")
    assert guest.rc == 28
    end(guest)


def test_a_disk_that_was_changed_is_read_again(home: Path) -> None:
    system_disk(home, "NEWFILE")
    guest = Guest(home)
    assert load(guest) == [BANNER, "Ready;"]
    assert guest.type("LISTFILE NEWFILE EXEC S")[0].split() == ["NEWFILE", "EXEC", "S2"]
    end(guest)


def test_a_disk_with_another_nucleus_is_loaded(home: Path) -> None:
    path = home / "saved" / "CMS.saved"
    saved = read(path)
    pages = saved.pages[:STAMP] + b"\xff" * 8 + saved.pages[STAMP + 8 :]
    path.write_bytes(build(replace(saved, pages=pages)))
    guest = Guest(home)
    lines = load(guest)
    assert lines == ["SAVED SYSTEM IS OLDER THAN ITS DISK, WHICH IS LOADED", BANNER, "Ready;"]
    assert guest.type("LISTFILE COPYFILE MODULE S")[0].split() == ["COPYFILE", "MODULE", "S2"]
    assert guest.vm.segments == {}
    end(guest)


@pytest.mark.parametrize("size", ["256K", "16M"])
def test_machines_of_other_sizes(home: Path, size: str) -> None:
    guest = Guest(home)
    guest.session.enter(f"DEFINE STORAGE {size}")
    assert load(guest) == [BANNER, "Ready;"]
    assert guest.type("LISTFILE COPYFILE MODULE S")[0].split() == ["COPYFILE", "MODULE", "S2"]
    end(guest)


def test_a_machine_without_diagnose(home: Path) -> None:
    guest = Guest(home, pure=True)
    assert load(guest) == [BANNER, "Ready;"]
    assert guest.type("LISTFILE COPYFILE MODULE S")[0].split() == ["COPYFILE", "MODULE", "S2"]
    end(guest)


def test_parameters(home: Path) -> None:
    guest = Guest(home)
    assert load(guest, "IPL CMS PARM NOPROF") == [BANNER, "Ready;"]
    assert load(guest, "IPL CMS PARM NOAUTOCR") == [BANNER]
    end(guest)


def test_what_cp_offers_is_asked_at_each_ipl(home: Path) -> None:
    """Saved where vm370's own functions are; loaded where they are not, and where they are."""
    guest = Guest(home)
    for setting, code in (("GENUINE", BLOCK_IO), ("ON", 0x110)):
        guest.vm.enter_cp()
        guest.type(f"SET IMPURE {setting}")
        assert load(guest) == [BANNER, "Ready;"]
        guest.vm.counters.hypercalls.clear()
        assert guest.type("LISTFILE COPYFILE * S")[0].startswith("COPYFILE MODULE")
        assert set(guest.vm.counters.hypercalls) == {code, 0x20} | ({0x0C} if setting == "GENUINE" else set())
    end(guest)
