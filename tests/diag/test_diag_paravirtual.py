"""DIAGNOSE X'100' to X'10C': what there is, waiting, interruptions in a list, the status page."""

from __future__ import annotations

import struct

import pytest

from tests.diag.diagkit import ADDRESSING, PROGRAM, PROTECTION, SPECIFICATION, Guest, LogOn
from vm370.cp.paravirtual import EXTERNAL, INPUT_OUTPUT
from vm370.cp.s370.psw import Psw
from vm370.diag.registry import FUNCTIONS
from vm370.images.ebcdic import to_ebcdic

AREA = 0x4000
EVER = 0xFFFFFFFF


def test_what_there_is(guest: Guest) -> None:
    assert guest.diagnose(0x100, 1, 2, {1: AREA, 2: 100}) == 0
    assert guest.gr[2] == 48
    name, version, bits, *limits = struct.unpack(">8sHxxQ7I", guest.get(AREA, 48))
    assert (name, version) == (to_ebcdic("VM370   "), 1)
    present = [0x100 + 4 * n for n in range(64) if bits >> (63 - n) & 1]
    assert present == [code for code in sorted(FUNCTIONS) if 0x100 <= code < 0x200]
    assert limits == [1024, 256, 256, 1 << 20, 8, 0, 0]
    guest.put(AREA, bytes(48))
    guest.diagnose(0x100, 1, 2, {1: AREA, 2: 4})
    assert guest.get(AREA, 5) == to_ebcdic("VM37") + b"\0"
    assert guest.refused(0x100, 1, 2, {1: AREA + 4, 2: 48}) == SPECIFICATION


# --- X'104' ---


@pytest.fixture
def virtual(guest: Guest) -> Guest:
    """Its clocks are virtual."""
    guest.vm.set_timer("VIRTUAL")
    return guest


def test_a_wait_with_a_limit(virtual: Guest) -> None:
    before = virtual.vm.now
    assert virtual.diagnose(0x104, 1, 2, {1: 5000, 2: INPUT_OUTPUT}) == 1  # virtual time passes at once
    assert (virtual.gr[1], virtual.gr[2]) == (0, 0)
    assert virtual.vm.now - before >= 5000
    assert virtual.vm.counters.hypercalls[0x104] == 1


def test_a_wait_ends_with_the_clock_comparator(virtual: Guest) -> None:
    cpu = virtual.vm.cpu
    cpu.cr[0] = 0x800
    cpu.clock_comparator = cpu.clocks.tod() + 700 * 4096
    virtual.diagnose(0x104, 1, 2, {1: 5000, 2: EXTERNAL})
    virtual.vm.run_slice(2000)
    assert virtual.outcome() == 0
    assert virtual.gr[2] == EXTERNAL
    assert 4200 <= virtual.gr[1] <= 4300


def test_a_wait_for_input(guest: Guest) -> None:
    assert guest.diagnose(0x104, 1, 2, {1: EVER, 2: INPUT_OUTPUT}) == 3
    vm = guest.vm
    guest.run(3)
    assert vm.suspended
    assert vm.idle
    assert vm.wake_up_at() is None
    assert vm.console is not None
    vm.console.enter(b"")
    assert not vm.idle
    vm.run_slice(1)
    assert guest.outcome() == 0
    assert (guest.gr[1], guest.gr[2]) == (EVER, INPUT_OUTPUT)
    assert guest.diagnose(0x104, 1, 2, {1: EVER, 2: INPUT_OUTPUT}) == 0  # it is still pending
    assert guest.diagnose(0x104, 1, 2, {1: 0, 2: EXTERNAL}) == 1


def test_a_wait_knows_when_the_host_has_to_wake_it(guest: Guest) -> None:
    guest.vm.set_timer("REAL")
    guest.diagnose(0x104, 1, 2, {1: 60_000_000, 2: 0})
    at = guest.vm.wake_up_at()
    assert at is not None
    assert 50 < at - guest.cp.clock.monotonic() <= 60


def test_a_reset_ends_a_wait(guest: Guest) -> None:
    guest.diagnose(0x104, 1, 2, {1: EVER, 2: INPUT_OUTPUT})
    guest.vm.reset()
    assert guest.vm.execution.paravirtual.pause is None
    assert guest.diagnose(0x60, 1, 2, {}) == 3
    assert guest.interruption is None


def test_a_wait_that_was_left_does_not_hold_up_another(guest: Guest) -> None:
    guest.diagnose(0x104, 1, 2, {1: EVER, 2: EXTERNAL})
    vm = guest.vm
    vm.suspended = False  # the user had it go on somewhere else
    guest.put(AREA, "0A000000 20000050")
    guest.put(0x3000, struct.pack(">HBBIII72x", 0x009, 0, 0, 0, AREA, 0))
    guest.diagnose(0xA8, 1, 2, {1: 0x3000})  # a console read
    assert vm.suspended
    vm.external_interruption(0x40)
    assert vm.idle
    assert vm.console is not None
    vm.console.enter(b"")
    vm.run_slice(5000)
    assert guest.outcome() == 0


def test_waits_that_are_refused(guest: Guest) -> None:
    assert guest.refused(0x104, 1, 1, {1: EXTERNAL}) == SPECIFICATION
    assert guest.refused(0x104, 1, 2, {1: 0, 2: 1}) == SPECIFICATION


# --- X'108' ---


def test_interruptions_in_a_list(guest: Guest) -> None:
    vm = guest.vm
    vm.cpu.cr[0] = 0x240
    vm.external_interruption(0x2603, 0x0301, 0x12345678, 0x200)
    vm.external_interruption(0x40)
    vm.external_interruption(0x4321, 0, None, 0x100)  # its subclass is off
    assert vm.console is not None
    vm.console.attention()
    assert guest.diagnose(0x108, 1, 2, {1: AREA, 2: EXTERNAL | INPUT_OUTPUT | 8}) == 0
    assert guest.gr[2] == 3
    assert guest.get(AREA, 48).hex() == (
        "01000040000000000000000000000000" + "01802603123456780301000000000000" + "02000009000000000000000080000000"
    )
    assert guest.get(0x44, 2) == b"\x80\0"
    assert guest.diagnose(0x108, 1, 2, {1: AREA, 2: EXTERNAL | INPUT_OUTPUT | 8}) == 2
    assert guest.gr[2] == 0
    vm.cpu.cr[0] = 0x100
    assert guest.diagnose(0x108, 1, 2, {1: AREA, 2: EXTERNAL | INPUT_OUTPUT | 8}) == 0
    assert vm.counters.reflected == {"collected": 4}


def test_a_list_without_room(guest: Guest) -> None:
    guest.vm.cpu.cr[0] = 0x200
    for number in range(3):
        guest.vm.external_interruption(0x2603, number, 0, 0x200)
    assert guest.diagnose(0x108, 1, 2, {1: AREA, 2: EXTERNAL | 2}) == 1
    assert guest.diagnose(0x108, 1, 2, {1: AREA, 2: INPUT_OUTPUT | 2}) == 2
    assert guest.diagnose(0x108, 1, 2, {1: AREA, 2: EXTERNAL | 2}) == 0
    assert (guest.gr[2], guest.get(AREA + 8, 2)) == (1, b"\0\2")


@pytest.mark.parametrize("request_word", [EXTERNAL, EXTERNAL | 257, EXTERNAL | 0x10001, 0x20000001])
def test_lists_that_are_refused(guest: Guest, request_word: int) -> None:
    assert guest.refused(0x108, 1, 2, {1: AREA, 2: request_word}) == SPECIFICATION


def test_nothing_is_taken_into_bad_storage(guest: Guest) -> None:
    guest.vm.cpu.cr[0] = 0x200
    guest.vm.external_interruption(0x2603, 0, 0, 0x200)
    assert guest.refused(0x108, 1, 2, {1: guest.vm.storage_size - 16, 2: EXTERNAL | 2}) == ADDRESSING
    assert guest.refused(0x108, 1, 2, {1: AREA, 2: EXTERNAL | 2}, psw=Psw(key=1, address=PROGRAM)) == PROTECTION
    assert guest.diagnose(0x108, 1, 2, {1: AREA, 2: EXTERNAL | 2}) == 0


# --- X'10C' ---

PAGE = 0x5000


def page(guest: Guest) -> tuple[int, ...]:
    return struct.unpack(">IHHQQQiIQQQQQQ8x", guest.get(PAGE, 96))


def test_the_status_page(virtual: Guest) -> None:
    vm = virtual.vm
    assert virtual.diagnose(0x10C, 1, 2, {1: PAGE, 2: 0}) == 0
    sequence, version, length, tod, cpu_time, total, _, pending, traps, calls, *_, instructions = page(virtual)
    assert (sequence % 2, version, length, cpu_time, total, pending, traps, calls) == (0, 1, 96, 1, 1, 0, 1, 1)
    assert instructions == vm.cpu.instructions == 1
    assert tod == vm.cpu.clocks.tod()
    assert vm.storage.key(PAGE) & 0xF8 == vm.storage.key(PAGE + 2048) & 0xF8 == 0xF0
    vm.run_slice(100)
    virtual.diagnose(0x60, 1, 2, {})
    vm.run_slice(10)
    later = page(virtual)
    assert later[0] > sequence
    assert later[3] - tod == 101 * 4096
    assert later[9] == 2  # DIAGNOSE instructions
    assert later[13] == 102


def test_the_page_shows_what_becomes_pending(guest: Guest) -> None:
    guest.diagnose(0x10C, 1, 2, {1: PAGE, 2: 0})
    assert page(guest)[7] == 0
    guest.vm.cpu.cr[0] = 0x200
    guest.vm.external_interruption(0x2603, 0, 0, 0x200)
    assert page(guest)[7] == EXTERNAL
    assert guest.vm.console is not None
    guest.vm.console.attention()
    assert page(guest)[7] == EXTERNAL | INPUT_OUTPUT
    guest.diagnose(0x108, 1, 2, {1: AREA, 2: EXTERNAL | INPUT_OUTPUT | 8})
    guest.vm.run_slice(1)
    assert page(guest)[7] == 0


def test_the_page_ends(guest: Guest) -> None:
    guest.diagnose(0x10C, 1, 2, {1: PAGE, 2: 0})
    assert guest.diagnose(0x10C, 1, 2, {1: 1, 2: 1}) == 0
    assert guest.gr[1] == PAGE
    before = page(guest)
    guest.vm.run_slice(10)
    assert page(guest) == before
    guest.diagnose(0x10C, 1, 2, {1: PAGE, 2: 0})
    guest.vm.reset()
    assert guest.vm.status_page() is None


def test_pages_that_are_refused(guest: Guest) -> None:
    assert guest.refused(0x10C, 1, 2, {1: PAGE + 8, 2: 0}) == SPECIFICATION
    assert guest.refused(0x10C, 1, 2, {1: PAGE, 2: 2}) == SPECIFICATION
    assert guest.refused(0x10C, 1, 2, {1: 0, 2: 0}) == SPECIFICATION
    assert guest.refused(0x10C, 1, 2, {1: guest.vm.storage_size, 2: 0}) == ADDRESSING
    assert guest.refused(0x10C, 1, 2, {1: PAGE, 2: 0}, psw=Psw(key=1, address=PROGRAM)) == PROTECTION
    assert guest.refused(0x10C, 1, 2, {1: 0xFFFFF000, 2: 0}) == ADDRESSING


def test_the_page_is_repeatable(logged_on: LogOn) -> None:
    """The guest sums sequence numbers and times; slices of any length give the same sum."""
    # L 3,PAGE; A 3,PAGE+12; AR 4,3; BCT 5,*-10; DIAG 8,9,X'60'; B *
    code = "58306000 5A30600C 1A43 4650A000 83890060 47F0A012"
    sums = set()
    for userid, piece in (("ALPHA", 7), ("MAINT", 100), ("OPERATOR", 100_000)):
        guest = Guest(logged_on(userid))
        vm = guest.vm
        vm.set_timer("VIRTUAL")
        vm.cpu.clocks.source.start = 0  # type: ignore[attr-defined]
        guest.load(0x10C, 1, 2, {1: PAGE, 2: 0, 3: 0, 4: 0, 5: 30_000, 6: PAGE, 10: PROGRAM + 4})
        guest.put(PROGRAM + 4, code)
        while vm.now < 150_000:
            vm.run_slice(piece)
        assert vm.cpu.gr[5] == 0
        sums.add(vm.cpu.gr[4])
    assert len(sums) == 1
