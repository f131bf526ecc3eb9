"""Access maps, the bitmap of translated code, and the statistics of the native interpreter."""

from __future__ import annotations

import pytest

from vm370.cp.engine.native.codemap import CodeBitmap
from vm370.cp.s370.cpu import Cpu
from vm370.cp.s370.interceptions import BudgetEnd, ProgramInterruption
from vm370.cp.s370.psw import DAT_BIT, Psw
from vm370.cp.s370.storage import Storage
from vm370.cp.s370.traps import TRAP_PROGRAM

pytest.importorskip("llvmlite")
from vm370.cp.engine.native import interpreter


def machine(code: str, **psw: int) -> Cpu:
    """A CPU at 1000 with 128 KiB."""
    cpu = Cpu(Storage(1 << 17))
    cpu.storage.write(0x1000, bytes.fromhex(code))
    cpu.psw = Psw(address=0x1000, **psw)
    cpu.event = 0
    cpu.trap_mask = TRAP_PROGRAM
    cpu.gr[9] = 0x1000
    return cpu


def test_an_instruction_goes_to_the_reference_engine_once_for_what_it_needs() -> None:
    cpu = machine("1B11583020005030200447F09000")
    cpu.gr[2] = 0x3000
    assert interpreter.run(cpu, 400) == BudgetEnd()
    statistics = interpreter.context_of(cpu).statistics
    assert statistics.steps_by_mnemonic() == {"not fetched": 1, "L": 1, "ST": 1}
    assert (statistics.reference, statistics.interpreter) == (3, 397)
    assert statistics.exits["budget"] == 1
    assert cpu.storage.key(0x3000) == 6
    assert cpu.storage.key(0x1000) == 4


def test_a_key_that_is_taken_away_is_noticed() -> None:
    cpu = machine("5010200047F09000", key=3)
    cpu.gr[2] = 0x3000
    cpu.storage.set_key(0x3000, 0x30)
    assert interpreter.run(cpu, 40) == BudgetEnd()
    cpu.storage.set_key(0x3000, 0x40)
    assert interpreter.run(cpu, 40) == ProgramInterruption(4)


def test_resetting_the_reference_bit_is_noticed_natively() -> None:
    cpu = machine("58102000B213200047F09000")  # L; RRB; B
    cpu.gr[2] = 0x3000
    assert interpreter.run(cpu, 3000) == BudgetEnd()
    assert cpu.cc == 2  # reference bit was on, change bit off
    assert cpu.storage.key(0x3000) == 0


def test_prefixing() -> None:
    cpu = machine("581020005830200447F09000")
    cpu.storage.write(0x4008, b"\0\0\0\7")
    cpu.storage.write(0x8, b"\0\0\0\5")
    cpu.gr[2] = 8
    cpu.prefix = 0x4000
    cpu.mode_changed()
    cpu.event = 0
    assert interpreter.run(cpu, 300) == BudgetEnd()
    assert cpu.gr[1] == 7
    assert interpreter.context_of(cpu).statistics.reference < 5


def translated() -> Cpu:
    """Virtual page n is real page n + 10 (hexadecimal); pages of 4 KiB, segments of 64 KiB."""
    cpu = machine("")
    cpu.storage.write(0x4000, (0xF0005000).to_bytes(4, "big"))
    for page in range(8):
        cpu.storage.write(0x5000 + 2 * page, (0x0100 + (page << 4)).to_bytes(2, "big"))
    cpu.cr[0], cpu.cr[1] = 0x00800000, 0x4000
    cpu.psw = Psw(address=0x1000, ec=True, system_mask=DAT_BIT)
    cpu.event = 0
    return cpu


def test_translation_is_native_and_kept_until_purged() -> None:
    cpu = translated()
    cpu.storage.write(0x11000, bytes.fromhex("5810200047F03000"))
    cpu.gr[2], cpu.gr[3] = 0x2000, 0x1000
    cpu.storage.write(0x12000, b"\0\0\0\1")
    cpu.storage.write(0x16000, b"\0\0\0\2")
    assert interpreter.run(cpu, 300) == BudgetEnd()
    statistics = interpreter.context_of(cpu).statistics
    assert cpu.gr[1] == 1
    assert statistics.reference < 5
    cpu.storage.write(0x5004, (0x0160).to_bytes(2, "big"))  # page 2
    assert interpreter.run(cpu, 300) == BudgetEnd()
    assert cpu.gr[1] == 1
    cpu.purge_translations()
    assert interpreter.run(cpu, 300) == BudgetEnd()
    assert cpu.gr[1] == 2


def test_an_operand_over_blocks_that_are_not_contiguous() -> None:
    cpu = translated()
    cpu.storage.write(0x5004, (0x0170).to_bytes(2, "big"))  # page 2 is real 17000
    cpu.storage.write(0x11000, bytes.fromhex("501020005830200047F04000"))
    cpu.gr[1], cpu.gr[2], cpu.gr[4] = 0x01020304, 0x1FFE, 0x1000
    assert interpreter.run(cpu, 30) == BudgetEnd()
    assert cpu.storage.read(0x11FFE, 2) + cpu.storage.read(0x17000, 2) == b"\1\2\3\4"
    assert cpu.gr[3] == 0x01020304


def test_stores_into_translated_code_are_told_before_they_happen() -> None:
    told: list[tuple[int, int, bytes]] = []
    cpu = machine("5010200092FF200447F09000")
    cpu.gr[1], cpu.gr[2] = 0x01020304, 0x3001
    context = interpreter.context_of(cpu)

    def dropped(address: int, length: int) -> None:
        told.append((address, length, cpu.storage.read(address, length)))
        bitmap.unmark(address, length)

    bitmap = CodeBitmap(dropped)
    context.use_code(bitmap)
    bitmap.mark(0x3002, 1)
    bitmap.mark(0x3006, 2)
    bitmap.mark(0x3018, 2)
    context.forget_blocks(0x3000, 0x37FF)
    assert interpreter.run(cpu, 300) == BudgetEnd()
    assert told == [(0x3001, 4, bytes(4))]
    assert bitmap.marked(0x3006, 1)
    assert context.statistics.reference < 5  # variables beside code do not disturb
    cpu.storage.write(0x3000, bytes(16))
    assert told[1] == (0x3000, 16, b"\0\1\2\3\4\xff" + bytes(10))


def test_the_bitmap() -> None:
    bitmap = CodeBitmap(lambda address, length: None)
    bitmap.mark(0x1006, 6)
    assert [bitmap.marked(0x1000 + i, 1) for i in range(16)] == [False] * 6 + [True] * 6 + [False] * 4
    assert not bitmap.marked(0x1000, 6)
    assert bitmap.marked(0, 0x2000)
    bitmap.unmark(0x1007, 100)
    assert bitmap.marked(0x1006, 1)
    assert not bitmap.marked(0x1007, 200)


def test_the_reference_engine_gets_its_fast_way_back() -> None:
    cpu = machine("1A12")
    assert cpu.direct
    interpreter.run(cpu, 1)
    assert not cpu.direct
    interpreter.release(cpu)
    assert cpu.direct
    assert cpu.native is None
    assert cpu.storage.maps is None
