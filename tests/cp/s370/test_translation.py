"""Dynamic address translation, LRA, IPTE, TPROT, PTLB: 4K pages and 64K segments, tables at 4000 and 5000."""

from __future__ import annotations

import pytest

from vm370.cp.engine.reference import run
from vm370.cp.s370.cpu import Cpu
from vm370.cp.s370.interceptions import BudgetEnd, ProgramInterruption
from vm370.cp.s370.psw import DAT_BIT, Psw
from vm370.cp.s370.storage import Storage

CR0 = 0x00800000
SEGMENTS, PAGES = 0x4000, 0x5000


def machine(code: str, *, dat: bool = True) -> Cpu:
    """Virtual 0-4FFF is real 10000-14FFF, page 3 invalid, page 4 in a read-only block with key 5."""
    cpu = Cpu(Storage(1 << 17))
    cpu.storage.write(SEGMENTS, (0xF0000000 | PAGES).to_bytes(4, "big") + (1).to_bytes(4, "big") * 15)
    for page in range(16):
        entry = 0x0100 + (page << 4) if page < 5 else 0x0008
        cpu.storage.write(PAGES + 2 * page, (entry | 8 if page == 3 else entry).to_bytes(2, "big"))
    cpu.storage.write(0x11000 if dat else 0x1000, bytes.fromhex(code))
    cpu.cr[0], cpu.cr[1] = CR0, SEGMENTS
    cpu.psw = Psw(system_mask=DAT_BIT if dat else 0, ec=True, address=0x1000)
    cpu.event = 0
    cpu.trap_mask = 1
    return cpu


def test_operands_are_translated() -> None:
    cpu = machine("58102004")
    cpu.gr[2] = 0x2000
    cpu.storage.write(0x12004, b"\1\2\3\4")
    assert run(cpu, 1) == BudgetEnd()
    assert cpu.gr[1] == 0x01020304


def test_an_operand_over_two_pages() -> None:
    cpu = machine("D20720002100")
    cpu.gr[2] = 0x1FFC
    cpu.storage.write(0x120FC, b"abcdefgh")
    assert run(cpu, 1) == BudgetEnd()
    assert cpu.storage.read(0x11FFC, 8) == b"abcdefgh"


@pytest.mark.parametrize(("address", "code"), [(0x3004, 0x11), (0x6004, 0x11), (0x10004, 0x10)])
def test_translation_exceptions_nullify(address: int, code: int) -> None:
    cpu = machine("58102000")
    cpu.gr[2] = address
    assert run(cpu, 1) == ProgramInterruption(code)
    assert (cpu.ia, cpu.ilc, cpu.translation_address) == (0x1000, 2, address & ~0x7FF)


def test_no_change_when_the_second_page_is_missing() -> None:
    cpu = machine("D20720001000")
    cpu.gr[1], cpu.gr[2] = 0x1000, 0x2FFC
    assert run(cpu, 1) == ProgramInterruption(0x11)
    assert cpu.storage.read(0x12FFC, 4) == bytes(4)


@pytest.mark.parametrize(
    ("address", "cc", "result"),
    [(0x2345, 0, 0x12345), (0x3000, 2, PAGES + 6), (0x10000, 1, SEGMENTS + 4), (0x1000000 - 1, 3, SEGMENTS + 0x3FC)],
)
def test_load_real_address(address: int, cc: int, result: int) -> None:
    cpu = machine("B1102000", dat=False)
    cpu.gr[2] = address
    assert run(cpu, 1) == BudgetEnd()
    assert (cpu.cc, cpu.gr[1]) == (cc, result)


def test_a_wrong_format_in_cr0() -> None:
    cpu = machine("B1102000", dat=False)
    cpu.cr[0] = 0
    assert run(cpu, 1) == ProgramInterruption(0x12)


def test_the_translation_buffer_is_purged_by_ptlb_and_ipte() -> None:
    cpu = machine("5810200058102000B20D000058102000")
    cpu.gr[2] = 0x2000
    run(cpu, 1)
    cpu.storage.write(PAGES + 4, b"\x01\x48")
    assert run(cpu, 2) == BudgetEnd()
    assert run(cpu, 1) == ProgramInterruption(0x11)
    cpu = machine("58102000B221003258102000")
    cpu.gr[2], cpu.gr[3] = 0x2000, PAGES
    assert run(cpu, 2) == BudgetEnd()
    assert cpu.storage.read(PAGES + 4, 2).hex() == "0128"
    assert run(cpu, 1) == ProgramInterruption(0x11)


def test_segment_protection() -> None:
    cpu = machine("92FF2000")
    cpu.storage.write(SEGMENTS + 3, bytes([PAGES & 0xFF | 4]))
    cpu.gr[2] = 0x2000
    assert run(cpu, 1) == ProgramInterruption(4)


@pytest.mark.parametrize(
    ("key", "storage_key", "address", "cc"),
    [(0, 0xF8, 0x2000, 0), (5, 0x50, 0x2000, 0), (5, 0x60, 0x2000, 1), (5, 0x68, 0x2000, 2), (0, 0, 0x3000, 3)],
)
def test_test_protection(key: int, storage_key: int, address: int, cc: int) -> None:
    cpu = machine("E50120003000")
    cpu.gr[2], cpu.gr[3] = address, key << 4
    cpu.storage.set_key(0x12000, storage_key)
    assert run(cpu, 1) == BudgetEnd()
    assert cpu.cc == cc
