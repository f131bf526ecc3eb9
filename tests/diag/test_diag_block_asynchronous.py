"""DIAGNOSE 250: block I/O that ends with an external interruption."""

from __future__ import annotations

import pytest

from tests.diag.blockkit import (
    CKD,
    DATA,
    READ,
    SIZE,
    block_io,
    entries,
    init,
    request,
)
from tests.diag.diagkit import (
    HANDLER,
    PROGRAM,
    Guest,
)
from vm370.cp.io.ckd import CkdDisk
from vm370.cp.s370.psw import Psw

ASYNCHRONOUS = 0x02


def enable(guest: Guest, psw: Psw) -> None:
    """Let the guest run on with this PSW; the external new PSW leads to HANDLER, disabled."""
    guest.put(0x58, Psw(ec=psw.ec, address=HANDLER).to_bytes())
    guest.vm.cpu.psw = psw
    guest.vm.run_slice(1)


@pytest.mark.parametrize("ec", [False, True])
@pytest.mark.parametrize("wide", [False, True])
def test_250_external_interruption(guest: Guest, disk: CkdDisk, ec: bool, wide: bool) -> None:
    block_io(guest, 0, init(CKD))
    guest.vm.cpu.cr[0] = 0x0200
    guest.put(0x80, "EEEEEEEEEEEE")
    count = entries(guest, (READ, 1, DATA), wide=wide)
    assert block_io(guest, 1, request(count, flags=ASYNCHRONOUS, wide=wide, parm=0xCAFEF00D)) == (0, 8)
    assert guest.get(0x80, 4) == b"\xee" * 4  # not yet
    enable(guest, Psw(ec=ec, system_mask=0x01, address=PROGRAM + 4))
    old = Psw.from_bytes(guest.get(0x18, 8))
    assert old.address == PROGRAM + 4
    assert (guest.get(0x86, 2) if ec else guest.get(0x1A, 2)) == bytes.fromhex("2603")
    assert guest.get(0x84, 2) == bytes((0x07 if wide else 0x03, 0))
    assert guest.get(0x80, 4) == bytes.fromhex("CAFEF00D")
    assert guest.vm.counters.reflected["external"] == 1
    enable(guest, Psw(ec=ec, system_mask=0x01, address=PROGRAM + 4))
    assert guest.vm.counters.reflected["external"] == 1  # once


def test_250_a_parameter_of_zero_is_stored(guest: Guest, disk: CkdDisk) -> None:
    block_io(guest, 0, init(CKD))
    guest.vm.cpu.cr[0] = 0x0200
    guest.put(0x80, "EEEEEEEE")
    block_io(guest, 1, request(entries(guest, (READ, 1, DATA)), flags=ASYNCHRONOUS))
    enable(guest, Psw(system_mask=0x01, address=PROGRAM + 4))
    assert guest.get(0x80, 4) == bytes(4)


@pytest.mark.parametrize("mask", [0x00, 0xFE])
def test_250_disabled_by_the_psw(guest: Guest, disk: CkdDisk, mask: int) -> None:
    block_io(guest, 0, init(CKD))
    guest.vm.cpu.cr[0] = 0x0200
    block_io(guest, 1, request(entries(guest, (READ, 1, DATA)), flags=ASYNCHRONOUS))
    enable(guest, Psw(system_mask=mask, address=PROGRAM + 4))
    assert guest.vm.counters.reflected["external"] == 0


def test_250_disabled_by_control_register_0(guest: Guest, disk: CkdDisk) -> None:
    block_io(guest, 0, init(CKD))
    guest.vm.cpu.cr[0] = 0
    block_io(guest, 1, request(entries(guest, (READ, 1, DATA)), flags=ASYNCHRONOUS))
    enable(guest, Psw(system_mask=0x01, address=PROGRAM + 4))
    assert guest.vm.counters.reflected["external"] == 0
    guest.vm.cpu.cr[0] = 0x0200
    enable(guest, Psw(system_mask=0x01, address=PROGRAM + 4))
    assert guest.vm.counters.reflected["external"] == 1


@pytest.mark.parametrize(
    ("rows", "status"), [([(READ, 1, DATA), (READ, 0, DATA)], 1), ([(READ, 0, DATA)], 1), ([(READ, 1, DATA)], 0)]
)
def test_250_status_of_an_asynchronous_request(
    guest: Guest, disk: CkdDisk, rows: list[tuple[int, int, int]], status: int
) -> None:
    block_io(guest, 0, init(CKD))
    guest.vm.cpu.cr[0] = 0x0200
    assert block_io(guest, 1, request(entries(guest, *rows), flags=ASYNCHRONOUS)) == (0, 8)
    enable(guest, Psw(system_mask=0x01, address=PROGRAM + 4))
    assert guest.get(0x84, 2) == bytes((3, status))


def test_250_an_asynchronous_list_that_cannot_be_accessed(guest: Guest, disk: CkdDisk) -> None:
    """No program exception: status 2."""
    block_io(guest, 0, init(CKD))
    guest.vm.cpu.cr[0] = 0x0200
    plist = bytearray(request(1, flags=ASYNCHRONOUS))
    plist[36:40] = SIZE.to_bytes(4, "big")
    assert block_io(guest, 1, bytes(plist)) == (0, 8)
    enable(guest, Psw(system_mask=0x01, address=PROGRAM + 4))
    assert guest.get(0x84, 2) == bytes((3, 2))


def test_250_in_order_and_not_without_limit(guest: Guest, disk: CkdDisk) -> None:
    """256 interruptions wait; a further request is refused before anything is done."""
    block_io(guest, 0, init(CKD))
    entries(guest, (READ, 1, DATA))
    for number in range(256):
        assert block_io(guest, 1, request(1, flags=ASYNCHRONOUS, parm=number)) == (0, 8)
    assert block_io(guest, 1, request(1, flags=ASYNCHRONOUS)) == (2, 255)
    assert block_io(guest, 1, request(1)) == (0, 0)
    guest.vm.cpu.cr[0] = 0x0200
    for number in range(256):
        enable(guest, Psw(system_mask=0x01, address=PROGRAM + 4))
        assert guest.get(0x80, 4) == number.to_bytes(4, "big")
    assert block_io(guest, 1, request(1, flags=ASYNCHRONOUS)) == (0, 8)


def test_250_a_reset_forgets_interruptions(guest: Guest, disk: CkdDisk) -> None:
    block_io(guest, 0, init(CKD))
    block_io(guest, 1, request(entries(guest, (READ, 1, DATA)), flags=ASYNCHRONOUS))
    guest.type("SYSTEM RESET")
    guest.vm.cpu.cr[0] = 0x0200
    guest.vm.resume()
    enable(guest, Psw(system_mask=0x01, address=PROGRAM + 4))
    assert guest.vm.counters.reflected["external"] == 0


def test_250_a_wait_for_the_interruption(guest: Guest, disk: CkdDisk) -> None:
    """The usual program: request, then an enabled wait."""
    block_io(guest, 0, init(CKD))
    guest.vm.cpu.cr[0] = 0x0200
    block_io(guest, 1, request(entries(guest, (READ, 1, DATA)), flags=ASYNCHRONOUS))
    enable(guest, Psw(system_mask=0x01, wait=True, address=PROGRAM + 4))
    assert guest.vm.counters.reflected["external"] == 1
    assert Psw.from_bytes(guest.get(0x18, 8)).wait
