"""Random IUCV instructions from two machines: only the architecture's exceptions, and nothing grows without end."""

from __future__ import annotations

import random
import struct
from dataclasses import replace

import pytest

from tests.diag.conftest import clock, cp, home, logged_on, made_home
from tests.diag.diagkit import Guest, LogOn, formatted
from vm370.cp import traps
from vm370.cp.directory.entries import IucvStatement
from vm370.cp.iucv.paths import LARGEST_LIMIT
from vm370.cp.s370.interruptions import ProgramCheck
from vm370.images.ebcdic import to_ebcdic

__all__ = ["clock", "cp", "home", "logged_on", "made_home"]

PLIST, BUFFER = 0x3000, 0x3100
NAMES = ["ALPHA", "BETA", "*MSG", "*BLOCKIO", "NOBODY", "*X"]
EXCEPTIONS = {1, 4, 5, 6}


def plist(choose: random.Random, function: int, size: int) -> bytes:
    """Something that is right now and then."""
    address = choose.choice([0x4000, 0x4001, 0x5000, size - 2, size, 0xFFFFFF, 0x80000000])
    if function in (0x0A, 0x0B, 0x0D, 0x0E, 0x0F):
        user = struct.pack(
            ">IiH6x", choose.choice([512, 1024, 7]), choose.randrange(-2, 9), choose.choice([0x191, 0x300, 9])
        )
        name = to_ebcdic(choose.choice(NAMES).ljust(8))
        flags = choose.choice([0, 0x80, 0x40, 0x20, 0xA0])
        return struct.pack(">HBBHxx8s16s8x", choose.randrange(4), flags, 0, choose.choice([0, 1, 255, 256]), name, user)
    if function in (0x10, 0x11):
        return bytes((choose.choice([0xF8, 0xF8, 0, choose.getrandbits(8)]),)) + bytes(39)
    if function == 0x0C:
        return bytes(12) + choose.choice([BUFFER, BUFFER + 4, size]).to_bytes(4, "big") + bytes(24)
    flags = choose.choice([0, 0, 2, 3, 7, 0x10, 0x20, 0x30, 0x80, 0x90, choose.getrandbits(8)])
    words = [choose.randrange(60), choose.randrange(3), address, choose.choice([0, 5, 40, 4096, size, 1 << 31])]
    more = [choose.randrange(2), 0, address, choose.choice([0, 5, 4096, 1 << 31])]
    return struct.pack(">HBB8I4x", choose.randrange(4), flags, 0, *words, *more)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_random_requests(logged_on: LogOn, seed: int) -> None:
    choose = random.Random(seed)
    machines = [Guest(logged_on("ALPHA")), Guest(logged_on("BETA"))]
    for machine in machines:
        machine.vm.entry = replace(machine.vm.entry, iucv=(IucvStatement("ANY", priority=True),))
    formatted(machines[0].add_ckd(0x300, "2314"), 1024)
    iucv, seen, codes = machines[0].cp.iucv, set(), set()
    for _ in range(4000):
        guest = choose.choice(machines)
        vm = guest.vm
        function = choose.choice([0x0B, 0x0A, 4, 4, 5, 6, 3, 0x0C, choose.randrange(20)])
        if choose.random() < 0.97 and function in (2, 0x0F):
            function = 4
        vm.cpu.gr[0] = function
        guest.put(PLIST, plist(choose, function, vm.storage_size))
        try:
            iucv.execute(vm, PLIST + choose.choice([0] * 30 + [4]))
            seen.add((function, vm.cc, guest.get(PLIST, 4)[3]))
        except ProgramCheck as check:
            codes.add(check.code)
        except traps.Suspended:
            vm.suspended = False
        communicator = iucv.communicators.get(vm)
        if communicator is None:
            continue
        if choose.random() < 0.3:
            vm.cpu.cr[0] = 2
            vm.execution.take_external(1)
        assert len(communicator.ends) <= 4
        assert len(communicator.notices) <= 2 * 4
        assert all(len(end.sent) <= LARGEST_LIMIT for end in communicator.ends.values())
    iucv.leave(machines[0].vm)
    iucv.leave(machines[1].vm)
    assert not iucv.communicators
    assert len(seen) > 40
    assert codes <= EXCEPTIONS
