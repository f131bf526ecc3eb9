"""Dynamic address translation (Principles of Operation, chapter Dynamic Address Translation).

    CR0 bits 8-12   page and segment size: 01000 2K/64K, 01010 2K/1M, 10000 4K/64K, 10010 4K/1M
    CR1             bits 0-7 segment-table length (units of 64 bytes, less one), 8-25 origin
    segment entry   bits 0-3 page-table length (sixteenths, less one; 64K segments: checked if 0), 8-28 origin,
                    4-7 zero, 29 segment protection, 30 common segment, 31 invalid
    page entry      4K: bits 0-11 frame, 12 invalid, 13-14 frame bits above the 24-bit address;
                    2K: bits 0-12 frame, 13 invalid, 14 zero

``walk`` gives ``(code, real address, protected)``: code 0, or that of the exception with the address of the entry that
caused it (segment table entry, page table entry) or that is outside the table.  ``translate`` raises the exception.
Real addresses above 16 MiB do not exist; ``translate`` refuses them (addressing).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vm370.cp.s370.interruptions import (
    ADDRESSING,
    PAGE_TRANSLATION,
    PROTECTION,
    SEGMENT_TRANSLATION,
    TRANSLATION_SPECIFICATION,
    ProgramCheck,
)

if TYPE_CHECKING:
    from vm370.cp.s370.cpu import Cpu

SEGMENT_LENGTH = 0x100
PAGE_LENGTH = 0x101
"""``walk``: the entry is outside the table (an exception of the same name as the entry's)."""


def walk(cpu: Cpu, address: int) -> tuple[int, int, int]:
    """Translate by the tables: (0, real address, segment protected) or (exception, real address of the entry, 0)."""
    control = cpu.cr[0]
    pages = control >> 22 & 3
    segments = control >> 19 & 7
    if (pages != 1 and pages != 2) or (segments != 0 and segments != 2):
        return TRANSLATION_SPECIFICATION, 0, 0
    page_shift = 11 if pages == 1 else 12
    segment_shift = 20 if segments == 2 else 16
    table = cpu.cr[1]
    segment = address >> segment_shift
    entry_address = (table & 0xFFFFC0) + 4 * segment & 0xFFFFFF
    if segment >> 4 > table >> 24:
        return SEGMENT_LENGTH, entry_address, 0
    entry = cpu.get_real(entry_address, 4)
    if entry & 1:
        return SEGMENT_TRANSLATION, entry_address, 0
    if entry & 0x0F000000:
        return TRANSLATION_SPECIFICATION, entry_address, 0
    protected = entry >> 2 & 1
    page = address >> page_shift & (1 << segment_shift - page_shift) - 1
    page_address = (entry & 0xFFFFF8) + 2 * page & 0xFFFFFF
    length = entry >> 28
    if page >> segment_shift - page_shift - 4 > length and (segments == 2 or not length):
        return PAGE_LENGTH, page_address, 0
    frame = cpu.get_real(page_address, 2)
    if pages == 1:
        if frame & 4:
            return PAGE_TRANSLATION, page_address, 0
        if frame & 2:
            return TRANSLATION_SPECIFICATION, page_address, 0
        return 0, (frame & 0xFFF8) << 8 | address & 0x7FF, protected
    if frame & 8:
        return PAGE_TRANSLATION, page_address, 0
    return 0, (frame & 6) << 23 | (frame & 0xFFF0) << 8 | address & 0xFFF, protected


def translate(cpu: Cpu, address: int, storing: bool) -> int:
    """Real address of a virtual one; translation, addressing and (when storing) segment-protection exceptions.

    The translation-lookaside buffer is ``cpu.tlb``: real address of the block, bit 0 for a protected segment.
    """
    page = address >> 11
    tag = page << 64 | (cpu.cr[0] & 0xF80000) << 32 | cpu.cr[1]
    frame = cpu.tlb.get(tag)
    if frame is not None and not (storing and frame & 1):
        return frame & ~1 | address & 0x7FF
    code, real, protected = walk(cpu, address)
    if code:
        cpu.translation_address = address & 0xFFF800
        if code == SEGMENT_LENGTH:
            code = SEGMENT_TRANSLATION
        if code == PAGE_LENGTH:
            code = PAGE_TRANSLATION
        raise ProgramCheck(code)
    if storing and protected:
        raise ProgramCheck(PROTECTION)
    if real > 0xFFFFFF:
        raise ProgramCheck(ADDRESSING)
    if len(cpu.tlb) >= 4096:
        cpu.purge_translations()
    cpu.tlb[tag] = real & ~0x7FF | protected
    return real
