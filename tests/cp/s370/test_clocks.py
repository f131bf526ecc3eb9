"""Clocks in virtual time, where one instruction takes one microsecond."""

from __future__ import annotations

from vm370.cp.engine.reference import run
from vm370.cp.s370.clocks import MICROSECOND, SECOND, UNIX_EPOCH, VirtualTime
from vm370.cp.s370.cpu import Cpu
from vm370.cp.s370.interceptions import BudgetEnd, MaskChanged
from vm370.cp.s370.interruptions import (
    CLOCK_COMPARATOR,
    CPU_TIMER,
    EMERGENCY_SIGNAL,
    EXTERNAL_CALL,
    INTERRUPT_KEY,
    INTERVAL_TIMER,
)
from vm370.cp.s370.psw import Psw
from vm370.cp.s370.storage import Storage

NOP_LOOP = bytes.fromhex("47F01000")


def machine(code: bytes = NOP_LOOP) -> Cpu:
    cpu = Cpu(Storage(1 << 16), time_source=VirtualTime())
    cpu.storage.write(0x1000, code)
    cpu.gr[1] = 0x1000
    cpu.psw = Psw(system_mask=1, address=0x1000)
    cpu.event = 0
    return cpu


def execute(cpu: Cpu, instructions: int) -> None:
    end = cpu.instructions + instructions
    while cpu.instructions < end:
        assert run(cpu, end - cpu.instructions) in (BudgetEnd(), MaskChanged())


def test_the_tod_clock_goes_with_instructions_and_waits() -> None:
    cpu = machine()
    assert cpu.clocks.tod() == UNIX_EPOCH
    execute(cpu, 1000)
    assert cpu.clocks.tod() == UNIX_EPOCH + 1000 * MICROSECOND
    cpu.clocks.skip(SECOND)
    assert cpu.now == 1000 + 1_000_000
    assert cpu.clocks.tod() == UNIX_EPOCH + 1000 * MICROSECOND + SECOND


def test_set_clock_and_store_clock() -> None:
    cpu = machine(bytes.fromhex("B2040200B2050208"))
    cpu.storage.write(0x200, (1 << 63).to_bytes(8, "big"))
    execute(cpu, 2)
    assert int.from_bytes(cpu.storage.read(0x208, 8), "big") == (1 << 63) + MICROSECOND
    assert cpu.cc == 0


def test_the_cpu_timer_counts_down_while_instructions_are_executed_and_in_a_wait() -> None:
    cpu = machine(bytes.fromhex("B2080200B2090208") + NOP_LOOP)
    cpu.storage.write(0x200, (10 * MICROSECOND).to_bytes(8, "big"))
    execute(cpu, 2)
    assert int.from_bytes(cpu.storage.read(0x208, 8), "big") == 9 * MICROSECOND
    cpu.clocks.skip(4 * MICROSECOND)
    assert cpu.clocks.cpu_timer() == 5 * MICROSECOND
    cpu.cr[0] = 0x400
    assert cpu.clocks.external_code() is None
    cpu.ia = 0x1008
    cpu.gr[1] = 0x1008
    execute(cpu, cpu.clocks.budget(100))
    assert cpu.instructions == 8
    assert cpu.clocks.external_code() == CPU_TIMER


def test_set_timer_on_stops_the_cpu_timer_in_a_wait_and_real_does_not() -> None:
    cpu = machine()
    source = Steps()
    cpu.clocks.start(source, "cpu")
    cpu.clocks.set_cpu_timer(10 * MICROSECOND)
    source.now += 3 * MICROSECOND
    assert cpu.clocks.cpu_timer() == 10 * MICROSECOND
    cpu.clocks.set_interval("wall")
    assert cpu.clocks.cpu_timer() == 10 * MICROSECOND
    source.now += 3 * MICROSECOND
    assert cpu.clocks.cpu_timer() == 7 * MICROSECOND


def test_other_time_does_not_let_the_interval_timer_jump() -> None:
    cpu = machine()
    cpu.clocks.start(Hours(), "cpu")
    cpu.clocks.update()
    assert (cpu.get_real(0x50, 4), cpu.external_pending) == (0, 0)


class Steps:
    """A host's clock that the test moves; the CPU executes nothing."""

    now = UNIX_EPOCH

    def wall(self, cpu: Cpu) -> int:
        return self.now

    def cpu(self, cpu: Cpu) -> int:
        return 0

    def instructions(self, units: int) -> int | None:
        return None


class Hours(Steps):
    """A wall clock that an hour has passed on at each look."""

    def wall(self, cpu: Cpu) -> int:
        self.now += 3600 * SECOND
        return self.now


def test_the_clock_comparator() -> None:
    cpu = machine()
    cpu.cr[0] = 0x800
    cpu.set_clock_comparator(UNIX_EPOCH + 50 * MICROSECOND)
    cpu.event = 0
    assert cpu.clocks.budget(1000) == 51
    execute(cpu, 50)
    assert cpu.clocks.external_code() is None
    execute(cpu, 1)
    assert cpu.clocks.external_code() == CLOCK_COMPARATOR
    cpu.system_mask = 0
    assert cpu.clocks.external_code() is None
    assert cpu.clocks.external_code(enabled_only=False) == CLOCK_COMPARATOR


def test_the_interval_timer_counts_256_every_300th_of_a_second() -> None:
    cpu = machine()
    cpu.cr[0] = 0x80
    cpu.storage.write(0x50, (0x0000_01FF).to_bytes(4, "big"))
    budget = cpu.clocks.budget(1_000_000)
    assert budget == 6667  # 2/300 s
    execute(cpu, 3334)
    cpu.clocks.update()
    assert cpu.storage.read(0x50, 4).hex() == "000000ff"
    assert cpu.clocks.external_code() is None
    execute(cpu, budget - 3334)
    cpu.clocks.update()
    assert cpu.storage.read(0x50, 4).hex() == "ffffffff"
    assert cpu.clocks.external_code() == INTERVAL_TIMER
    cpu.external_pending |= INTERRUPT_KEY
    cpu.cr[0] = 0xC0
    assert cpu.clocks.external_code() == INTERVAL_TIMER | INTERRUPT_KEY
    cpu.clocks.accept(INTERVAL_TIMER | INTERRUPT_KEY)
    assert cpu.clocks.external_code() is None


def test_an_interval_timer_that_is_off_stands() -> None:
    cpu = machine()
    cpu.clocks.set_interval("off")
    cpu.storage.write(0x50, b"\0\0\1\0")
    execute(cpu, 10_000)
    cpu.clocks.update()
    assert cpu.storage.read(0x50, 4) == b"\0\0\1\0"


def test_external_interruptions_come_in_the_order_of_the_manual() -> None:
    """Timer, key and signals together; then emergency signal, external call, clock comparator, CPU timer."""
    cpu = machine(bytes.fromhex("AE030003AE030002"))  # SIGP to itself: emergency signal, external call
    execute(cpu, 2)
    cpu.cr[0] = 0x6CE0
    cpu.external_pending |= INTERVAL_TIMER | INTERRUPT_KEY | 0x21
    cpu.set_clock_comparator(0)
    cpu.set_cpu_timer((1 << 64) - 1)
    codes = []
    for _ in range(3):
        code = cpu.clocks.external_code()
        assert code is not None
        codes.append(code)
        cpu.clocks.accept(code)
    assert codes == [0xE1, EMERGENCY_SIGNAL, EXTERNAL_CALL]
    assert cpu.clocks.external_code() == CLOCK_COMPARATOR
    cpu.clocks.accept(CLOCK_COMPARATOR)
    assert cpu.clocks.external_code() == CLOCK_COMPARATOR  # as long as the condition lasts
    cpu.set_clock_comparator((1 << 64) - 1)
    assert cpu.clocks.external_code() == CPU_TIMER
    cpu.set_cpu_timer(SECOND)
    assert cpu.clocks.external_code() is None


def test_each_external_condition_has_its_mask() -> None:
    cpu = machine()
    cpu.external_pending = INTERVAL_TIMER | INTERRUPT_KEY | 0x3F | 0x30000
    cpu.set_clock_comparator(0)
    cpu.set_cpu_timer((1 << 64) - 1)
    found = {}
    for bit in range(32):
        cpu.cr[0] = 1 << 31 - bit
        code = cpu.clocks.external_code()
        if code is not None:
            found[bit] = code
    assert found == {17: 0x1201, 18: 0x1202, 20: 0x1004, 21: 0x1005, 24: 0x80, 25: 0x40, 26: 0x3F}
    cpu.cr[0] = 0xFFFFFFFF
    cpu.system_mask = 0xFE
    assert cpu.clocks.external_code() is None


def test_the_interval_timer_is_not_pending_again_until_it_passes_zero_again() -> None:
    cpu = machine()
    cpu.cr[0] = 0x80
    cpu.storage.write(0x50, bytes.fromhex("000000ff"))
    execute(cpu, 3334)
    cpu.clocks.update()
    assert cpu.clocks.external_code() == INTERVAL_TIMER
    cpu.clocks.accept(INTERVAL_TIMER)
    execute(cpu, 3334)
    cpu.clocks.update()
    assert cpu.storage.read(0x50, 4).hex() == "fffffeff"
    assert cpu.clocks.external_code() is None
    cpu.storage.write(0x50, bytes.fromhex("80000000"))  # from the largest negative number to a positive one: no request
    execute(cpu, 3334)
    cpu.clocks.update()
    assert cpu.storage.read(0x50, 4).hex() == "7fffff00"
    assert cpu.clocks.external_code() is None
