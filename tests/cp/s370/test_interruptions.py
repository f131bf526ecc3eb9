"""What each interruption stores, in both modes (Principles of Operation, Interruptions)."""

from __future__ import annotations

from vm370.cp.s370 import interruptions as i
from vm370.cp.s370.cpu import Cpu
from vm370.cp.s370.psw import Psw
from vm370.cp.s370.storage import Storage

NEW = Psw(address=0x5000)


def machine(ec: bool) -> Cpu:
    cpu = Cpu(Storage(1 << 16))
    for address in (0x00, 0x58, 0x60, 0x68, 0x70, 0x78):
        cpu.storage.write(address, NEW.to_bytes())
    cpu.psw = Psw(system_mask=1, ec=ec, cc=2, program_mask=3, address=0x123456)
    cpu.ilc = 2
    return cpu


def old(cpu: Cpu, address: int) -> str:
    assert cpu.psw == NEW
    return cpu.storage.read(address, 8).hex().upper()


def test_basic_control_mode() -> None:
    cpu = machine(False)
    i.external_interruption(cpu, i.INTERVAL_TIMER)
    assert old(cpu, 0x18) == "0100008023123456"
    cpu = machine(False)
    i.supervisor_call_interruption(cpu, 0xCA)
    assert old(cpu, 0x20) == "010000CAA3123456"
    cpu = machine(False)
    i.program_interruption(cpu, i.DATA)
    assert old(cpu, 0x28) == "01000007A3123456"
    cpu = machine(False)
    i.machine_check_interruption(cpu, 0x8000000000000001)
    assert old(cpu, 0x30) == "0100000023123456"
    assert cpu.storage.read(0xE8, 8).hex() == "80000f1d00030001"
    cpu = machine(False)
    i.io_interruption(cpu, 0x190)
    assert old(cpu, 0x38) == "0100019023123456"
    cpu = machine(False)
    i.restart_interruption(cpu)
    assert old(cpu, 0x08) == "0100000023123456"
    assert cpu.storage.read(0x80, 0x40) == bytes(0x40)
    cpu = machine(False)
    i.external_interruption(cpu, i.EXTERNAL_CALL, 3)
    assert old(cpu, 0x18) == "0100120223123456"
    assert cpu.storage.read(0x80, 0x40) == bytes(4) + b"\0\3" + bytes(0x3A)


def test_extended_control_mode() -> None:
    cpu = machine(True)
    i.external_interruption(cpu, i.CPU_TIMER, 3)
    assert old(cpu, 0x18) == "0108230000123456"
    assert cpu.storage.read(0x84, 4).hex() == "00031005"
    cpu = machine(True)
    i.supervisor_call_interruption(cpu, 0xCA)
    assert old(cpu, 0x20) == "0108230000123456"
    assert cpu.storage.read(0x88, 4).hex() == "000400ca"
    cpu = machine(True)
    cpu.translation_address = 0x4000
    i.program_interruption(cpu, i.PAGE_TRANSLATION)
    assert cpu.storage.read(0x8C, 8).hex() == "0004001100004000"
    cpu = machine(True)
    cpu.monitor_class, cpu.monitor_code = 5, 0x123
    i.program_interruption(cpu, i.MONITOR_EVENT)
    assert cpu.storage.read(0x94, 12).hex() == "000500000000000000000123"
    cpu = machine(True)
    cpu.per_code, cpu.per_address = 0x8000, 0x2000
    i.program_interruption(cpu, i.DATA | i.PER_EVENT)
    assert cpu.storage.read(0x8C, 16).hex() == "00040087000000000000800000002000"
    cpu = machine(True)
    cpu.storage.write(0xB8, b"\xff" * 5)
    i.io_interruption(cpu, 0x190)
    assert cpu.storage.read(0xB8, 5).hex() == "ff000190ff"


def test_the_prefix_applies() -> None:
    cpu = machine(False)
    cpu.storage.write(0x8060, NEW.to_bytes())
    cpu.prefix = 0x8000
    cpu.mode_changed()
    i.supervisor_call_interruption(cpu, 1)
    assert cpu.storage.read(0x8020, 8).hex() == "01000001a3123456"
    assert cpu.storage.read(0x20, 8) == bytes(8)


def test_masks_of_input_output() -> None:
    cpu = machine(False)
    cpu.system_mask, cpu.cr[2] = 0x42, 0x01000000
    assert [channel for channel in range(16) if i.io_enabled(cpu, channel)] == [1, 7]
    cpu = machine(True)
    cpu.system_mask, cpu.cr[2] = 0x02, 0xA0000000
    assert [channel for channel in range(16) if i.io_enabled(cpu, channel)] == [0, 2]
    cpu.system_mask = 0
    assert not i.io_enabled(cpu, 0)


def test_masks_of_external_interruptions() -> None:
    cpu = machine(False)
    cpu.cr[0] = 0x80
    assert i.external_enabled(cpu, i.CR0_INTERVAL_TIMER)
    assert not i.external_enabled(cpu, i.CR0_CPU_TIMER)
    cpu.system_mask = 0xFE
    assert not i.external_enabled(cpu, i.CR0_INTERVAL_TIMER)


def test_program_event_after_the_mode_has_changed() -> None:
    """PER parameters are stored by the mode of the instruction, the rest by the mode of the old PSW."""
    cpu = machine(False)
    cpu.per_code, cpu.per_address = 0x4000, 0x2000
    i.program_interruption(cpu, i.PER_EVENT)
    assert old(cpu, 0x28) == "01000080A3123456"
    assert cpu.storage.read(0x8C, 16).hex() == "00000000000000000000400000002000"
