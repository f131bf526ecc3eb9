"""Control instructions: PSW, keys, control registers, translation, identification (Principles of Operation, Control
Instructions).

All of them are privileged; the decoder sees to that (opcodes.py, column group).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vm370.cp.s370.clocks import EMERGENCY_SIGNAL_PENDING, EXTERNAL_CALL_PENDING
from vm370.cp.s370.interruptions import (
    ADDRESSING,
    CR0_EXTERNAL,
    PAGE_TRANSLATION,
    SEGMENT_TRANSLATION,
    SPECIAL_OPERATION,
    TRANSLATION_SPECIFICATION,
    load_new_psw,
    restart_interruption,
)
from vm370.cp.s370.storage import LOW_ADDRESS_PROTECTION, LOW_ADDRESSES
from vm370.cp.s370.translation import walk
from vm370.cp.s370.values import need_aligned

if TYPE_CHECKING:
    from vm370.cp.s370.cpu import Cpu

# --- PSW ---


def load_psw(cpu: Cpu, _: int, address: int) -> None:
    """LPSW: load PSW; specification."""
    need_aligned(cpu, address, 8)
    cpu.check_fetch(address, 8)
    load_new_psw(cpu, cpu.get(address, 4), cpu.get(address + 4, 4))


def need_ssm(cpu: Cpu) -> None:
    """Special-operation exception when control register 0 suppresses SET SYSTEM MASK."""
    if cpu.cr[0] & 0x40000000:
        cpu.program_check(SPECIAL_OPERATION)


def set_system_mask(cpu: Cpu, _: int, address: int) -> None:
    """SSM: set system mask; special operation."""
    need_ssm(cpu)
    cpu.system_mask = cpu.fetch(address, 1)
    cpu.mode_changed()


def store_then_and_system_mask(cpu: Cpu, mask: int, address: int) -> None:
    """STNSM: store the system mask, AND it with the immediate byte."""
    cpu.store(address, 1, cpu.system_mask)
    cpu.system_mask = cpu.system_mask & mask
    cpu.mode_changed()


def store_then_or_system_mask(cpu: Cpu, mask: int, address: int) -> None:
    """STOSM: store the system mask, OR it with the immediate byte."""
    cpu.store(address, 1, cpu.system_mask)
    cpu.system_mask = cpu.system_mask | mask
    cpu.mode_changed()


def set_psw_key_from_address(cpu: Cpu, address: int) -> None:
    """SPKA: PSW key from bits 24-27 of the address."""
    cpu.key = address >> 4 & 15
    cpu.mode_changed()


def insert_psw_key(cpu: Cpu, _: int) -> None:
    """IPK: PSW key into bits 24-27 of GR2."""
    cpu.gr[2] = cpu.gr[2] & 0xFFFFFF00 | cpu.key << 4


# --- storage keys ---


def block_address(cpu: Cpu, address: int) -> int:
    """Absolute address of the block at a real address; addressing."""
    absolute = cpu.absolute_of_real(address)
    if cpu.get_key(absolute) & 1:
        cpu.program_check(ADDRESSING)
    return absolute


def set_storage_key(cpu: Cpu, r1: int, r2: int) -> None:
    """SSK: bits 24-30 of r1 for the block at the address in r2; specification, addressing."""
    need_aligned(cpu, cpu.gr[r2], 16)
    cpu.set_key(block_address(cpu, cpu.gr[r2] & 0xFFFFFF), cpu.gr[r1] & 0xFE)


def insert_storage_key(cpu: Cpu, r1: int, r2: int) -> None:
    """ISK: key of the block at the address in r2; in BC mode without reference and change bits."""
    need_aligned(cpu, cpu.gr[r2], 16)
    key = cpu.get_key(block_address(cpu, cpu.gr[r2] & 0xFFFFFF))
    cpu.gr[r1] = cpu.gr[r1] & 0xFFFFFF00 | (key if cpu.ec else key & 0xF8)


def reset_reference_bit(cpu: Cpu, address: int) -> None:
    """RRB: CC is the reference and change bits as they were; the reference bit is reset."""
    absolute = block_address(cpu, address)
    key = cpu.get_key(absolute)
    cpu.cc = key >> 1 & 3
    cpu.set_key(absolute, key & 0xFA)


def test_protection(cpu: Cpu, address: int, key_address: int) -> None:
    """TPROT: CC 0 fetch and store allowed with the key, 1 fetch only, 2 neither, 3 no translation."""
    access_key = key_address >> 4 & 15
    code, real, protected = 0, address, 0
    if cpu.ec and cpu.system_mask & 4:
        code, real, protected = walk(cpu, address)
    if code == TRANSLATION_SPECIFICATION:
        cpu.program_check(TRANSLATION_SPECIFICATION)
    if address < LOW_ADDRESSES and cpu.cr[0] & LOW_ADDRESS_PROTECTION:
        protected = 1
    if code:
        cpu.cc = 3
    else:
        if real > 0xFFFFFF:
            cpu.program_check(ADDRESSING)
        key = cpu.get_key(block_address(cpu, real))
        if access_key == 0 or access_key == key >> 4:
            cpu.cc = protected
        else:
            cpu.cc = 2 if key & 8 else 1


# --- control registers and translation ---


def load_control(cpu: Cpu, r1: int, r3: int, address: int) -> None:
    """LCTL: control registers r1 through r3; specification.  The host is told of masks of interruptions that change."""
    need_aligned(cpu, address, 4)
    count = (r3 - r1 & 15) + 1
    cpu.check_fetch(address, 4 * count)
    masks = 0
    translation = cpu.cr[0]  # registers 0 and 1 say where the operand is, until all of it is fetched
    segment_table = cpu.cr[1]
    for i in range(count):
        register = r1 + i & 15
        value = cpu.get(address + 4 * i & 0xFFFFFF, 4)
        if register == 0:
            masks |= (translation ^ value) & (CR0_EXTERNAL | LOW_ADDRESS_PROTECTION)
            translation = value
        elif register == 1:
            segment_table = value
        else:
            if register == 2:
                masks |= cpu.cr[2] ^ value
            cpu.cr[register] = value
    cpu.cr[0] = translation
    cpu.cr[1] = segment_table
    cpu.mode_changed()
    if masks:
        cpu.host_attention()


def store_control(cpu: Cpu, r1: int, r3: int, address: int) -> None:
    """STCTL: control registers r1 through r3; specification."""
    need_aligned(cpu, address, 4)
    count = (r3 - r1 & 15) + 1
    cpu.check_store(address, 4 * count)
    for i in range(count):
        cpu.put(address + 4 * i & 0xFFFFFF, 4, cpu.cr[r1 + i & 15])


def load_real_address(cpu: Cpu, r1: int, address: int) -> None:
    """LRA: CC 0 real address, 1 segment invalid, 2 page invalid, 3 table length; then the address of the entry."""
    code, real, _ = walk(cpu, address)
    if code == TRANSLATION_SPECIFICATION:
        cpu.program_check(TRANSLATION_SPECIFICATION)
    cpu.gr[r1] = real
    cpu.cc = 0 if code == 0 else 1 if code == SEGMENT_TRANSLATION else 2 if code == PAGE_TRANSLATION else 3


def purge_tlb(cpu: Cpu, _: int) -> None:
    """PTLB: forget translations."""
    cpu.purge_translations()


def invalidate_page_table_entry(cpu: Cpu, r1: int, r2: int) -> None:
    """IPTE: set the invalid bit of the entry in the table that r1 designates for the page that r2 designates."""
    pages = cpu.cr[0] >> 22 & 3
    segments = cpu.cr[0] >> 19 & 7
    if (pages != 1 and pages != 2) or (segments != 0 and segments != 2):
        cpu.program_check(TRANSLATION_SPECIFICATION)
    page_shift = 11 if pages == 1 else 12
    segment_shift = 20 if segments == 2 else 16
    page = (cpu.gr[r2] & 0xFFFFFF) >> page_shift & (1 << segment_shift - page_shift) - 1
    entry = (cpu.gr[r1] & 0xFFFFF8) + 2 * page & 0xFFFFFF
    cpu.put_real(entry, 2, cpu.get_real(entry, 2) | (4 if pages == 1 else 8))
    cpu.purge_translations()


# --- identification, prefix, other CPUs ---


def store_cpu_id(cpu: Cpu, address: int) -> None:
    """STIDP: eight bytes; specification."""
    need_aligned(cpu, address, 8)
    cpu.store(address, 8, cpu.cpu_id)


def store_cpu_address(cpu: Cpu, address: int) -> None:
    """STAP: two bytes; specification."""
    need_aligned(cpu, address, 2)
    cpu.store(address, 2, cpu.cpu_address)


def set_prefix(cpu: Cpu, address: int) -> None:
    """SPX: bits 1-19 of the word, an address that has to exist; specification, addressing."""
    need_aligned(cpu, address, 4)
    prefix = cpu.fetch(address, 4) & 0x7FFFF000
    if prefix > 0xFFF000:
        cpu.program_check(ADDRESSING)
    if cpu.get_key(prefix) & 1 or cpu.get_key(prefix | 0x800) & 1:
        cpu.program_check(ADDRESSING)
    cpu.prefix = prefix
    cpu.purge_translations()
    cpu.mode_changed()


def store_prefix(cpu: Cpu, address: int) -> None:
    """STPX: the word that SPX loads; specification."""
    need_aligned(cpu, address, 4)
    cpu.store(address, 4, cpu.prefix)


SIGP_SENSE, SIGP_EXTERNAL_CALL, SIGP_EMERGENCY_SIGNAL, SIGP_START, SIGP_RESTART = 1, 2, 3, 4, 6
SIGP_CALL_IS_PENDING, SIGP_INVALID_ORDER = 0x80, 2
"""Status bits 24 and 30."""


def signal_processor(cpu: Cpu, r1: int, r3: int, address: int) -> None:
    """SIGP: there is one CPU, which may signal itself; CC 0 accepted, 1 a status word in r1, 3 no such CPU."""
    order = address & 255
    status = 0
    if cpu.gr[r3] & 0xFFFF != cpu.cpu_address:
        cpu.cc = 3
    else:
        if order == SIGP_SENSE or order == SIGP_EXTERNAL_CALL:
            status = SIGP_CALL_IS_PENDING if cpu.external_pending & EXTERNAL_CALL_PENDING else 0
        elif order == SIGP_EMERGENCY_SIGNAL:
            cpu.external_pending |= EMERGENCY_SIGNAL_PENDING
        elif order != SIGP_START and order != SIGP_RESTART:
            status = SIGP_INVALID_ORDER
        if status:
            cpu.gr[r1] = status
        elif order == SIGP_EXTERNAL_CALL:
            cpu.external_pending |= EXTERNAL_CALL_PENDING
        cpu.cc = 1 if status else 0
        if order == SIGP_RESTART:
            restart_interruption(cpu)
        cpu.host_attention()


def diagnose(cpu: Cpu, rx: int, ry: int, code: int) -> None:
    """DIAG: whatever the machine means by it; always leaves the engine."""
    cpu.diagnose(rx, ry, code)


def inter_user_communication(cpu: Cpu, address: int) -> None:
    """IUCV: no machine has it; a control program may answer it, otherwise it is an operation exception."""
    cpu.inter_user_communication(address)
