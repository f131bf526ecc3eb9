"""Interruptions: what the CPU stores and which PSW it takes (Principles of Operation, chapter Interruptions).

=================== =========== =========== =============================================================
class               old PSW at  new PSW at  identification in EC mode (in BC mode bits 16-31 of the old PSW)
=================== =========== =========== =============================================================
restart             8           0           none
external            18          58          86-87 code, 84-85 CPU address (in BC mode too, where there is one)
supervisor call     20          60          89 ILC, 8A-8B code
program             28          68          8D ILC, 8E-8F code; 90 translation address, 95 and 9C monitor; 96 and
                                            98 PER (in both modes)
machine check       30          70          none; in both modes the save areas below
input/output        38          78          BA-BB device address, B9 measurement byte (zero)
=================== =========== =========== =============================================================

The actions are functions of the CPU in the restricted style of the instruction definitions.  ``cpu.ia`` and ``cpu.ilc``
are what the old PSW has to show; a program interruption finds its parameters in ``cpu.translation_address``,
``cpu.monitor_class``, ``cpu.monitor_code``.  Real addresses: the prefix applies.  A new PSW of invalid format is
loaded all the same; ``cpu.mode_changed`` notices it.

Save areas, filled at real locations by a machine-check interruption, at absolute ones by :func:`store_status`::

    D8   CPU timer          100  PSW                     store status
    E0   clock comparator   108  prefix                  store status
    E8   interruption code  160  floating-point registers
    F8   failing storage    180  general registers
    FC   region code        1C0  control registers

    ProgramCheck(Exception)     a program interruption condition: ``code``
      AddressingError           code 5
      ProtectionError           code 4
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vm370.cp.s370.cpu import Cpu

OPERATION = 0x01
PRIVILEGED_OPERATION = 0x02
EXECUTE = 0x03
PROTECTION = 0x04
ADDRESSING = 0x05
SPECIFICATION = 0x06
DATA = 0x07
FIXED_OVERFLOW = 0x08
FIXED_DIVIDE = 0x09
DECIMAL_OVERFLOW = 0x0A
DECIMAL_DIVIDE = 0x0B
EXPONENT_OVERFLOW = 0x0C
EXPONENT_UNDERFLOW = 0x0D
SIGNIFICANCE = 0x0E
FLOAT_DIVIDE = 0x0F
SEGMENT_TRANSLATION = 0x10
PAGE_TRANSLATION = 0x11
TRANSLATION_SPECIFICATION = 0x12
SPECIAL_OPERATION = 0x13
MONITOR_EVENT = 0x40
PER_EVENT = 0x80
"""Added to the code of another program interruption that happens at the same time."""

PROGRAM_INTERRUPTION_NAMES: dict[int, str] = {
    OPERATION: "operation exception",
    PRIVILEGED_OPERATION: "privileged-operation exception",
    EXECUTE: "execute exception",
    PROTECTION: "protection exception",
    ADDRESSING: "addressing exception",
    SPECIFICATION: "specification exception",
    DATA: "data exception",
    FIXED_OVERFLOW: "fixed-point-overflow exception",
    FIXED_DIVIDE: "fixed-point-divide exception",
    DECIMAL_OVERFLOW: "decimal-overflow exception",
    DECIMAL_DIVIDE: "decimal-divide exception",
    EXPONENT_OVERFLOW: "exponent-overflow exception",
    EXPONENT_UNDERFLOW: "exponent-underflow exception",
    SIGNIFICANCE: "significance exception",
    FLOAT_DIVIDE: "floating-point-divide exception",
    SEGMENT_TRANSLATION: "segment-translation exception",
    PAGE_TRANSLATION: "page-translation exception",
    TRANSLATION_SPECIFICATION: "translation-specification exception",
    SPECIAL_OPERATION: "special-operation exception",
    MONITOR_EVENT: "monitor event",
    PER_EVENT: "PER event",
}

INTERRUPT_KEY = 0x0040
INTERVAL_TIMER = 0x0080
MALFUNCTION_ALERT = 0x1200
EMERGENCY_SIGNAL = 0x1201
EXTERNAL_CALL = 0x1202
CLOCK_COMPARATOR = 0x1004
CPU_TIMER = 0x1005
"""External interruption codes."""

CR0_EMERGENCY_SIGNAL, CR0_EXTERNAL_CALL = 0x4000, 0x2000
CR0_CLOCK_COMPARATOR, CR0_CPU_TIMER = 0x800, 0x400
CR0_INTERVAL_TIMER, CR0_INTERRUPT_KEY, CR0_EXTERNAL_SIGNAL = 0x80, 0x40, 0x20
CR0_EXTERNAL = 0x6CE0
"""Subclass masks of external interruptions in control register 0."""


CPU_TIMER_AREA, CLOCK_COMPARATOR_AREA, PSW_AREA, PREFIX_AREA = 0xD8, 0xE0, 0x100, 0x108
FLOATING_POINT_AREA, GENERAL_AREA, CONTROL_AREA = 0x160, 0x180, 0x1C0
MACHINE_CHECK_CODE, FAILING_STORAGE_ADDRESS = 0xE8, 0xF8
STORED = 0x0000_0F1D_0003_0000
"""Validity bits of the machine-check interruption code for what is always stored: the PSW's fields, floating-point,
general and control registers, storage, CPU timer, clock comparator."""


class ProgramCheck(Exception):
    """A program interruption condition, found while an instruction is executed or a guest's request is served."""

    def __init__(self, code: int) -> None:
        super().__init__(PROGRAM_INTERRUPTION_NAMES.get(code, f"program interruption {code:04X}"))
        self.code = code


class AddressingError(ProgramCheck):
    """The address is outside storage."""

    def __init__(self) -> None:
        super().__init__(ADDRESSING)


class ProtectionError(ProgramCheck):
    """The access key does not match the storage key."""

    def __init__(self) -> None:
        super().__init__(PROTECTION)


# --- the PSW in storage ---


def psw_high(cpu: Cpu, code: int) -> int:
    """Bits 0-31 of the current PSW; ``code`` is stored in BC mode."""
    mode = cpu.ec << 3 | cpu.machine_check << 2 | cpu.wait << 1 | cpu.problem
    high = cpu.system_mask << 24 | cpu.key << 20 | mode << 16
    if cpu.ec:
        return high | cpu.cc << 12 | cpu.program_mask << 8 | cpu.reserved >> 8 & 0xC0FF
    return high | code & 0xFFFF


def psw_low(cpu: Cpu, ilc: int) -> int:
    """Bits 32-63 of the current PSW; ``ilc`` is stored in BC mode."""
    if cpu.ec:
        return (cpu.reserved & 0xFF) << 24 | cpu.ia
    return ilc << 30 | cpu.cc << 28 | cpu.program_mask << 24 | cpu.ia


def load_new_psw(cpu: Cpu, high: int, low: int) -> None:
    """Make the doubleword the current PSW, whatever its format; the ILC is 0 if that is refused."""
    cpu.system_mask = high >> 24 & 0xFF
    cpu.key = high >> 20 & 15
    cpu.ec = high >> 19 & 1
    cpu.machine_check = high >> 18 & 1
    cpu.wait = high >> 17 & 1
    cpu.problem = high >> 16 & 1
    if high >> 19 & 1:
        cpu.cc = high >> 12 & 3
        cpu.program_mask = high >> 8 & 15
        cpu.reserved = (high & 0xC0FF) << 8 | low >> 24 & 0xFF
    else:
        cpu.cc = low >> 28 & 3
        cpu.program_mask = low >> 24 & 15
        cpu.reserved = 0
    cpu.ia = low & 0xFFFFFF
    cpu.ilc = 0
    cpu.mode_changed()


def swap_psw(cpu: Cpu, old: int, new: int, code: int, ilc: int) -> None:
    """Store the current PSW at real location ``old`` and load the one at ``new``."""
    cpu.put_real(old, 4, psw_high(cpu, code))
    cpu.put_real(old + 4, 4, psw_low(cpu, ilc))
    load_new_psw(cpu, cpu.get_real(new, 4), cpu.get_real(new + 4, 4))


# --- the six classes ---


def program_interruption(cpu: Cpu, code: int) -> None:
    """Program interruption."""
    if cpu.ec:
        cpu.put_real(0x8C, 4, cpu.ilc << 17 | code)
        event = code & 0x7F
        if event == SEGMENT_TRANSLATION or event == PAGE_TRANSLATION:
            cpu.put_real(0x90, 4, cpu.translation_address)
        if event == MONITOR_EVENT:
            cpu.put_real(0x94, 2, cpu.monitor_class)
            cpu.put_real(0x9C, 4, cpu.monitor_code)
    if code & PER_EVENT:  # of an instruction in EC mode; it may have been SVC or LPSW, which changed it
        cpu.put_real(0x96, 2, cpu.per_code)
        cpu.put_real(0x98, 4, cpu.per_address)
    swap_psw(cpu, 0x28, 0x68, code, cpu.ilc)


def supervisor_call_interruption(cpu: Cpu, number: int) -> None:
    """Supervisor-call interruption."""
    if cpu.ec:
        cpu.put_real(0x88, 4, cpu.ilc << 17 | number)
    swap_psw(cpu, 0x20, 0x60, number, cpu.ilc)


def external_interruption(cpu: Cpu, code: int, cpu_address: int = 0) -> None:
    """External interruption; ``cpu_address`` is 0 where the code has none."""
    if cpu.ec:
        cpu.put_real(0x84, 4, cpu_address << 16 | code)
    elif MALFUNCTION_ALERT <= code <= EXTERNAL_CALL:
        cpu.put_real(0x84, 2, cpu_address)
    swap_psw(cpu, 0x18, 0x58, code, 0)


def io_interruption(cpu: Cpu, address: int) -> None:
    """I/O interruption from the device at ``address``; the CSW has been stored."""
    if cpu.ec:
        cpu.put_real(0xB9, 1, 0)
        cpu.put_real(0xBA, 2, address)
    swap_psw(cpu, 0x38, 0x78, address, 0)


def machine_check_interruption(cpu: Cpu, code: int, failing_address: int | None = None) -> None:
    """Machine-check interruption; ``code`` has 64 bits, to which those are added that say what is stored.

    There is no fixed and no extended logout: the logout length in the code, and in what STIDP stores, is zero.
    """
    save_registers(cpu, cpu.put_real)
    if failing_address is not None:
        cpu.put_real(FAILING_STORAGE_ADDRESS, 4, failing_address)
        code |= 1 << 39
    cpu.put_real(MACHINE_CHECK_CODE, 8, code | STORED)
    swap_psw(cpu, 0x30, 0x70, 0, 0)


def restart_interruption(cpu: Cpu) -> None:
    """Restart interruption."""
    swap_psw(cpu, 0x08, 0x00, 0, 0)


# --- store status ---


def save_registers(cpu: Cpu, put: Callable[[int, int, int], None]) -> None:
    """Clocks and registers into their save areas, by ``put(address, length, value)``."""
    put(CPU_TIMER_AREA, 8, cpu.clocks.cpu_timer())
    put(CLOCK_COMPARATOR_AREA, 8, cpu.clock_comparator)
    for number in range(4):
        put(FLOATING_POINT_AREA + 8 * number, 8, cpu.fpr[2 * number])
    for number in range(16):
        put(GENERAL_AREA + 4 * number, 4, cpu.gr[number])
        put(CONTROL_AREA + 4 * number, 4, cpu.cr[number])


def store_status(cpu: Cpu) -> None:
    """The operator's STORE STATUS: PSW, prefix, clocks and registers into the first 512 bytes of absolute storage."""

    def put(address: int, length: int, value: int) -> None:
        cpu.storage.write(address, value.to_bytes(length, "big"))

    save_registers(cpu, put)
    put(PSW_AREA, 4, psw_high(cpu, 0))
    put(PSW_AREA + 4, 4, psw_low(cpu, 0))
    put(PREFIX_AREA, 4, cpu.prefix)


# --- what the current masks let through ---


def external_enabled(cpu: Cpu, subclass: int) -> int:
    """Is an external interruption enabled whose mask in control register 0 is the bit ``subclass``?"""
    return 1 if cpu.system_mask & 1 and cpu.cr[0] & subclass else 0


def io_enabled(cpu: Cpu, channel: int) -> int:
    """Is an I/O interruption from ``channel`` (0-31) enabled?"""
    if cpu.ec:
        return 1 if cpu.system_mask & 2 and cpu.cr[2] >> (31 - channel) & 1 else 0
    if channel < 6:
        return cpu.system_mask >> (7 - channel) & 1
    return 1 if cpu.system_mask & 2 and cpu.cr[2] >> (31 - channel) & 1 else 0
