"""STORE STATUS, the save areas of a machine check, and the resets (Principles of Operation, Control)."""

from __future__ import annotations

from vm370.cp.s370 import interruptions as i
from vm370.cp.s370.cpu import Cpu
from vm370.cp.s370.psw import Psw
from vm370.cp.s370.storage import Storage


def machine() -> Cpu:
    cpu = Cpu(Storage(1 << 16))
    cpu.psw = Psw(system_mask=0x02, ec=True, key=3, cc=1, program_mask=8, address=0x4A4A)
    for number in range(16):
        cpu.gr[number], cpu.cr[number] = 0x1000 + number, 0x2000 + number
    for number in range(4):
        cpu.fpr[2 * number] = 0x4110_0000_0000_0000 + number
    cpu.clock_comparator = 0xABCD_0000_0000_0000
    cpu.set_cpu_timer(0x1234_0000_0000_0000)
    cpu.prefix = 0x8000
    cpu.mode_changed()
    return cpu


def areas(cpu: Cpu, base: int) -> None:
    def words(offset: int, count: int) -> list[int]:
        data = cpu.storage.read(base + offset, 4 * count)
        return [int.from_bytes(data[n : n + 4], "big") for n in range(0, 4 * count, 4)]

    assert words(0xD8, 4) == [0x12340000, 0, 0xABCD0000, 0]
    assert words(0x160, 8) == [0x41100000, 0, 0x41100000, 1, 0x41100000, 2, 0x41100000, 3]
    assert words(0x180, 16) == list(range(0x1000, 0x1010))
    assert words(0x1C0, 16) == list(range(0x2000, 0x2010))


def test_store_status_uses_absolute_locations() -> None:
    cpu = machine()
    before = cpu.psw
    i.store_status(cpu)
    areas(cpu, 0)
    assert cpu.storage.read(0x100, 12).hex() == "0238180000004a4a" + "00008000"
    assert cpu.psw == before
    assert cpu.storage.read(0x8000, 0x200) == bytes(0x200)


def test_a_machine_check_uses_real_locations() -> None:
    cpu = machine()
    cpu.storage.write(0x8070, Psw(address=0x5000).to_bytes())
    i.machine_check_interruption(cpu, 0x4000_0000_0000_0000, failing_address=0x7800)
    areas(cpu, 0x8000)
    assert cpu.storage.read(0x80E8, 8).hex() == "40000f9d00030000"  # 24: failing storage address is valid
    assert cpu.storage.read(0x80F8, 8).hex() == "0000780000000000"
    assert cpu.storage.read(0x8030, 8).hex() == "0238180000004a4a"
    assert cpu.storage.read(0x8100, 0x60) == bytes(0x60)
    assert cpu.psw == Psw(address=0x5000)
    assert cpu.storage.read(0, 0x200) == bytes(0x200)


def state(cpu: Cpu) -> tuple[object, ...]:
    return cpu.psw, list(cpu.gr), list(cpu.cr), list(cpu.fpr), cpu.prefix, cpu.clock_comparator, cpu.clocks.cpu_timer()


def test_cpu_reset_clears_what_is_pending_only() -> None:
    cpu = machine()
    before = state(cpu)
    cpu.external_pending = i.INTERVAL_TIMER
    cpu.trap(i.FIXED_OVERFLOW)
    cpu.tlb[1] = 2
    cpu.reset(initial=False)
    assert state(cpu) == before
    assert (cpu.external_pending, cpu.trapped, cpu.tlb) == (0, 0, {})


def test_initial_cpu_reset() -> None:
    cpu = machine()
    registers = list(cpu.gr), list(cpu.fpr)
    tod = cpu.clocks.tod()
    cpu.external_pending = i.INTERVAL_TIMER
    cpu.storage.write(0x3000, b"kept")
    cpu.reset()
    assert cpu.psw == Psw()
    assert (list(cpu.gr), list(cpu.fpr)) == registers
    initial = {0: 0xE0, 2: 0xFFFFFFFF, 14: 0xC2000000, 15: 0x200}
    assert list(cpu.cr) == [initial.get(number, 0) for number in range(16)]
    assert (cpu.prefix, cpu.clock_comparator, cpu.clocks.cpu_timer(), cpu.external_pending) == (0, 0, 0, 0)
    assert cpu.clocks.tod() == tod
    assert cpu.storage.read(0x3000, 4) == b"kept"


def test_clear_reset() -> None:
    cpu = machine()
    cpu.storage.write(0x3000, b"lost")
    cpu.storage.set_key(0x3000, 0x30)
    cpu.reset(clear=True)
    assert list(cpu.gr) == [0] * 16
    assert list(cpu.fpr) == [0] * 8
    assert (cpu.storage.read(0x3000, 4), cpu.storage.key(0x3000)) == (bytes(4), 0)
