"""Stores into shared pages: DMKVMA456W; LOADSYS and TRACE."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.cp.commands.cpkit import User
from tests.diag.diagkit import Guest
from vm370.cp.engine.engines import ENGINES
from vm370.cp.s370.psw import Psw
from vm370.cp.system import System
from vm370.images.ebcdic import to_ebcdic
from vm370.images.savedsystem import PageRange, SavedSystem

LogOn = Callable[[str], User]

PROGRAM = bytes.fromhex("5000 1000 47F0 C004")
"""ST 0,0(,1), and then an endless loop."""
ALTERED = "DMKVMA456W CP ENTERED; SEG - SHARED PAGE F01000 ALTERED"


@pytest.fixture
def alpha(cp: System, logged_on: LogOn) -> User:
    """A user with a segment of which the second page is shared."""
    ranges = (PageRange(0xF00, 0xF00, shared=False), PageRange(0xF01, 0xF02, shared=True))
    cp.saved.save(SavedSystem("SEG", ranges, b"\x11" * 12288, b"\xe0" * 6))
    user = logged_on("ALPHA")
    user.vm.load_segment("SEG")
    user.read()
    return user


def store_at(cp: System, user: User, address: int) -> list[str]:
    """The program stores there and loops for some time slices."""
    vm = user.vm
    vm.storage.write(0x1000, PROGRAM)
    vm.cpu.psw = Psw.from_bytes(bytes.fromhex("00000000 00001000"))
    vm.cpu.gr[0], vm.cpu.gr[1], vm.cpu.gr[12] = 0x22222222, address, 0x1000
    vm.resume()
    for _ in range(3):
        cp.step()
    return user.read()


@pytest.mark.parametrize("engine", list(ENGINES))
def test_a_guest_that_stores_into_a_shared_page_is_stopped(cp: System, alpha: User, engine: str) -> None:
    cp.engines.wait()
    alpha.type(f"SET ENGINE {engine.upper()}")
    assert store_at(cp, alpha, 0xF01010) == [ALTERED]
    vm = alpha.vm
    assert (vm.stopped, vm.in_cp) == (True, True)
    assert vm.storage.read(0xF01010, 4).hex() == "22222222"  # its own copy
    assert alpha.type("BEGIN") == []
    assert cp.step()
    assert not vm.stopped
    assert store_at(cp, alpha, 0xF01020) == []  # told once
    vm.load_segment("SEG")
    assert vm.storage.read(0xF01010, 4).hex() == "11111111"
    assert store_at(cp, alpha, 0xF01020) == [ALTERED]


def test_pages_that_are_not_shared_are_the_guests_own(cp: System, alpha: User) -> None:
    assert store_at(cp, alpha, 0xF00010) == []
    alpha.vm.load_segment("SEG", shared=False)
    assert store_at(cp, alpha, 0xF01010) == []


def test_loadsys_in_shared_mode_ends_tracing_of_instructions(cp: System, alpha: User) -> None:
    guest = Guest(alpha)
    guest.put(0x800, to_ebcdic("SEG     "))
    alpha.type("TRACE SVC PRINTER", "TRACE INSTRUCT PRINTER")
    assert guest.diagnose(0x64, 2, 4, {2: 0x800, 4: 0x04}) == 0
    assert alpha.vm.tracing.stepping
    assert guest.diagnose(0x64, 2, 4, {2: 0x800, 4: 0x00}) == 0
    assert not alpha.vm.tracing.stepping
    alpha.vm.in_cp = True
    assert alpha.read()[-1] == "TRACE STARTED"  # SVC is traced still
    assert alpha.type("TRACE END") == ["TRACE ENDED"]
