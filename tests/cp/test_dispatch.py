"""Rounds of several guests at once, time slices, and what is put off while a guest is being served."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cp.commands.conftest import clock, home  # noqa: F401
from tests.cp.commands.cpkit import StoppedClock, User
from vm370.cp import dispatch
from vm370.cp.dispatch import SLICE_INSTRUCTIONS, SLICE_NS, Dispatcher
from vm370.cp.engine.engines import ENGINES, INTERPRETER, REFERENCE, REGIONS
from vm370.cp.machine import VirtualMachine
from vm370.cp.s370.clocks import SECOND
from vm370.cp.system import System
from vm370.images.ebcdic import to_ebcdic
from vm370.tools.assembler import assemble

GUEST = """\
* Adds up what it sees of the clocks and of its interruptions, N times, then waits for nothing.
GUEST    START 0
         ORG   GUEST+X'58'
         DC    X'00040000',A(EXTERNAL)
         DC    X'00040000',A(SUPER)
         DC    X'00040000',A(PROGRAM)
         ORG   GUEST+X'800'
         USING GUEST,0
BEGIN    L     2,COUNT
         SR    3,3
LOOP     STCK  CLOCK
         A     3,CLOCK+4
         X     3,X'50'            the interval timer
         SVC   5
         DC    H'0'               no instruction
         STPT  TIMER
         A     3,TIMER+4
         SPT   TIMER
         BCT   2,LOOP
         ST    3,SUM
         STM   4,6,COUNTS
         LPSW  END
SUPER    LA    4,1(4)
         LPSW  X'20'
PROGRAM  LA    5,1(5)
         LPSW  X'28'
EXTERNAL LA    6,1(6)
         AR    3,2                where it happened
         MVC   X'50'(4),AGAIN
         LPSW  X'18'
AGAIN    DC    A(X'0700')
COUNT    DC    F'3000'
SUM      DC    F'0'
COUNTS   DC    3F'0'
END      DC    0D'0',X'00020000',A(X'123456')
CLOCK    DC    D'0'
TIMER    DC    D'0'
         END   BEGIN
"""
LOOPING = "47F00800"


def image(n: int) -> bytes:
    """The program with its number of repetitions."""
    assembly = assemble(GUEST.replace("F'3000'", f"F'{n}'"), "guest")
    assert assembly.severity == 0, assembly.messages
    return assembly.text


def load(vm: VirtualMachine, n: int = 3000) -> None:
    """The program, about to run with a clock that counts instructions, enabled for external interruptions."""
    vm.set_timer("VIRTUAL")
    vm.storage.write(0, image(n))
    vm.storage.write(0x50, bytes.fromhex("00000700"))
    vm.cpu.psw = type(vm.cpu.psw).from_bytes(bytes.fromhex("0104000000000800"))
    vm.resume()


def outcome(vm: VirtualMachine) -> tuple[object, ...]:
    """Everything that a run leaves."""
    cpu = vm.cpu
    return (
        cpu.psw,
        list(cpu.gr),
        cpu.instructions,
        cpu.idle,
        vm.storage.read(0, vm.storage_size),
        bytes(vm.storage.keys),
    )


@pytest.fixture
def start(home: Path, clock: StoppedClock) -> Iterator[Callable[[int], System]]:  # noqa: F811
    """A system with so many workers, its engines loaded."""
    systems: list[System] = []

    def system(workers: int) -> System:
        systems.append(System(home, clock, workers=workers))
        systems[-1].engines.wait()
        return systems[-1]

    yield system
    for each in systems:
        if not each.shutting_down:
            each.shutdown()


def logon(cp: System, userid: str) -> User:
    user = User(cp)
    user.type(f"LOGON {userid} NOIPL", "SECRET" if userid == "MAINT" else userid)
    assert user.vm.userid == userid
    return user


def looping(user: User) -> VirtualMachine:
    """A branch to itself."""
    user.type(f"STORE S800 {LOOPING}", "STORE PSW 0 800", "BEGIN")
    return user.vm


def run_until(cp: System, done: Callable[[], bool], rounds: int = 20_000) -> None:
    for _ in range(rounds):
        if done():
            return
        cp.step()
    raise AssertionError("still not done")


@pytest.mark.parametrize(("assist", "times"), [("ON", 400), ("OFF", 60)])
def test_slices_engines_and_company_change_nothing(start: Callable[[int], System], assist: str, times: int) -> None:
    """The same program alone, in slices of any length, in each engine, and beside another guest."""
    cp = start(0)
    results = []
    for cut in (50_000, 1, 977, None):
        for engine in ENGINES:
            if cut == 1 and engine != INTERPRETER:
                continue
            user = logon(cp, "ALPHA")
            user.type(f"SET ASSIST {assist}", f"SET ENGINE {engine}")
            load(user.vm, times)
            choose = random.Random(engine)
            while user.vm.runnable:
                user.vm.run_slice(cut if cut is not None else choose.randrange(1, 3000))
            assert "DISABLED WAIT PSW '00020000 00123456'" in user.read()[-1]
            results.append(outcome(user.vm))
            user.type("LOGOFF")
    assert all(result == results[0] for result in results)
    registers = results[0][1]
    assert isinstance(registers, list)
    assert registers[4:6] == [times, times]
    cp.shutdown()

    cp = start(2)
    users = [logon(cp, userid) for userid in ("ALPHA", "BETA", "MAINT")]
    for user in users:
        user.type(f"SET ASSIST {assist}")
        load(user.vm, times)
    run_until(cp, lambda: not any(user.vm.runnable for user in users))
    for user in users:
        psw, registers, instructions, idle, storage, _ = outcome(user.vm)
        assert (psw, registers, instructions, idle) == results[0][:4]
        assert storage[:0x1000] == results[0][4][:0x1000]  # type: ignore[index]


def test_the_interval_timer_interrupts_the_program(start: Callable[[int], System]) -> None:
    """X'700' is 7 periods of 1/300 s: 7 * 3,333 instructions, and the next one takes it below zero."""
    cp = start(0)
    vm = logon(cp, "ALPHA").vm
    load(vm)
    run_until(cp, lambda: vm.cpu.gr[6] > 0)
    assert 7 * 10_000 // 3 < vm.cpu.instructions < 8 * 10_000 // 3 + SLICE_INSTRUCTIONS


def test_a_wait_ends_when_the_interval_timer_runs_out(
    start: Callable[[int], System], monkeypatch: pytest.MonkeyPatch
) -> None:
    """SET TIMER REAL: X'1000' is 16 periods of 1/300 s, and the next one takes it below zero."""
    cp = start(0)
    user = logon(cp, "ALPHA")
    user.type("SET TIMER REAL")
    clocks = user.vm.cpu.clocks
    begin = clocks.source.wall(user.vm.cpu) // SECOND * SECOND
    now = [begin]
    monkeypatch.setattr(clocks.source, "wall", lambda cpu: now[0])
    clocks.set_interval("wall")
    user.type("STORE S50 00001000", "STORE S58 0002000000000AAA", "STORE PSW 01060000 00000200", "BEGIN")
    assert user.vm.wake_up_at() == pytest.approx(cp.clock.monotonic() + 17 / 300)
    for periods in (0, 1, 16):
        now[0] = begin + periods * SECOND // 300 + 1
        cp.step()
        assert not user.vm.runnable
        assert user.vm.cpu.wait
    now[0] = begin + 17 * SECOND // 300 + 1
    cp.step()
    assert user.vm.psw_text() == "00020000 00000AAA"


def test_a_switch_of_the_engine_in_the_middle(start: Callable[[int], System]) -> None:
    cp = start(0)
    expected = None
    for switching in (False, True):
        user = logon(cp, "ALPHA")
        load(user.vm, 500)
        names = list(ENGINES) * 100
        while user.vm.runnable:
            user.vm.run_slice(500)
            if switching:
                user.type(f"#CP SET ENGINE {names.pop()}")
        work = user.vm.execution.work()
        assert work.reference + work.interpreter + work.regions == user.vm.cpu.instructions
        expected = expected or outcome(user.vm)
        assert outcome(user.vm) == expected
        user.type("LOGOFF")


def test_guests_of_a_round_run_side_by_side(start: Callable[[int], System], monkeypatch: pytest.MonkeyPatch) -> None:
    """Each round serves two of three looping guests of the same priority, in turn, if slices take the same time."""
    cp = start(2)
    charge = cp.scheduler.served
    monkeypatch.setattr(cp.scheduler, "served", lambda vm, used_ns: charge(vm, SLICE_NS))
    machines = [looping(logon(cp, userid)) for userid in ("ALPHA", "BETA", "MAINT")]
    cp.scheduler.policy(machines[1]).priority = 64
    served = {vm.userid: 0 for vm in machines}
    for _ in range(30):
        before = {vm.userid: vm.cpu.instructions for vm in machines}
        cp.step()
        changed = [vm.userid for vm in machines if vm.cpu.instructions > before[vm.userid]]
        assert len(changed) == 2
        for userid in changed:
            served[userid] += 1
    assert set(served.values()) == {20}


@pytest.mark.parametrize("workers", [0, 2])
def test_force_by_the_operator(start: Callable[[int], System], workers: int) -> None:
    cp = start(workers)
    operator, user = logon(cp, "OPERATOR"), logon(cp, "ALPHA")
    looping(user)
    for _ in range(3):
        cp.step()
    operator.read()
    assert operator.type("FORCE ALPHA") == ["09:30:15 GRAF 0C1 LOGOFF AS ALPHA     USERS = 001 FORCED"]
    assert cp.user("ALPHA") is None
    assert user.read()[-2:] == ["LOGOFF AT 09:30:15 UTC WEDNESDAY 04/01/81 BY SYSTEM", "VM/370 ONLINE"]
    assert operator.type("FORCE ALPHA") == ["ALPHA NOT LOGGED ON"]
    assert operator.type("FORCE") == ["USERID MISSING OR INVALID"]
    assert user.type("LOGON ALPHA ALPHA NOIPL", "FORCE OPERATOR")[-1] == "?CP: FORCE OPERATOR"


def issue(vm: VirtualMachine, command: str, times: int = 1) -> None:
    """A program that loops for a while, then issues a CP command by DIAGNOSE X'08', and loops for ever."""
    vm.storage.write(0x800, bytes.fromhex("46300800 83120008 47F00808"))
    vm.storage.write(0x2000, to_ebcdic(command))
    vm.cpu.psw = type(vm.cpu.psw).from_bytes(bytes.fromhex("0000000000000800"))
    vm.cpu.gr[1], vm.cpu.gr[2], vm.cpu.gr[3] = 0x2000, len(command), times
    vm.resume()


@pytest.mark.parametrize("workers", [0, 2, 3])
def test_force_by_another_guest(start: Callable[[int], System], workers: int) -> None:
    """The guest that is forced is inside the engine, in the same round."""
    cp = start(workers)
    operator, user, third = logon(cp, "OPERATOR"), logon(cp, "ALPHA"), logon(cp, "BETA")
    looping(user)
    looping(third)
    issue(operator.vm, "FORCE ALPHA", 100)
    for _ in range(8):
        cp.step()
    assert cp.user("ALPHA") is None
    assert cp.user("BETA") is third.vm
    assert (operator.vm.cpu.gr[2], operator.vm.cpu.ia) == (0, 0x808)
    assert not cp.failed


def test_guests_that_force_each_other_and_shut_down(start: Callable[[int], System]) -> None:
    cp = start(3)
    operator, other, user = logon(cp, "OPERATOR"), logon(cp, "ALPHA"), logon(cp, "BETA")
    other.vm.classes = "AG"
    looping(user)
    issue(operator.vm, "FORCE ALPHA")
    issue(other.vm, "FORCE OPERATOR")
    for _ in range(4):
        cp.step()
    assert set(cp.users) < {"OPERATOR", "ALPHA", "BETA"}
    assert cp.user("BETA") is user.vm
    assert not cp.failed
    third = logon(cp, "MAINT")
    third.vm.classes = "AG"
    issue(third.vm, "SHUTDOWN")
    for _ in range(4):
        if not cp.shutting_down:
            cp.step()
    assert cp.shutting_down
    assert cp.users == {}


def test_a_fault_in_a_worker_stops_one_guest(start: Callable[[int], System], monkeypatch: pytest.MonkeyPatch) -> None:
    cp = start(2)
    users = {userid: logon(cp, userid) for userid in ("ALPHA", "BETA")}
    for user in users.values():
        looping(user)
    failing = users["BETA"].vm
    monkeypatch.setattr(failing.execution, "_execute", lambda engine, cpu, limit: 1 // 0)
    for _ in range(3):
        cp.step()
    assert cp.failed
    assert failing.stopped
    assert "ZeroDivisionError" in users["BETA"].read()[-1]
    before = users["ALPHA"].vm.cpu.instructions
    cp.step()
    assert users["ALPHA"].vm.cpu.instructions > before
    assert not users["ALPHA"].vm.stopped


def test_traced_traps_are_not_assisted(start: Callable[[int], System]) -> None:
    """SVC and LPSW show while they are traced, and are the engine's again afterwards."""
    cp = start(0)
    user = logon(cp, "ALPHA")
    user.type("STORE S800 0A0747F00800 L60 0 900 S900 82000020", "STORE PSW 0 800", "BEGIN")
    cp.step()
    assert user.vm.execution.trap_count == 0
    user.type("#CP TRACE TRAPS")
    user.vm.run_slice(3)
    assert user.read() == [
        "TRAP R=1 V=0 000800 SVC 7                              reflect: SVC interruption 07",
        "TRAP R=1 V=0 000900 LPSW  32(0)                        simulate LPSW on the virtual machine",
    ]
    user.type("#CP TRACE END")
    before = user.vm.execution.trap_count
    cp.step()
    assert user.vm.execution.trap_count == before
    user.type("#CP SET ASSIST NOSVC")
    user.vm.run_slice(3)
    assert user.vm.execution.trap_count == before + 1
    user.type("#CP SET ASSIST OFF")
    user.vm.run_slice(3)
    assert user.vm.execution.trap_count == before + 3


def test_option_svcoff_of_the_directory(start: Callable[[int], System], home: Path) -> None:  # noqa: F811
    directory = home / "directory"
    directory.write_text(directory.read_text().replace("OPTION ECMODE BMX", "OPTION ECMODE BMX SVCOFF"))
    cp = start(0)
    assert "ASSIST ON NOSVC" in "".join(logon(cp, "BETA").type("QUERY SET"))
    assert "ASSIST ON SVC" in "".join(logon(cp, "ALPHA").type("QUERY SET"))


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("pending", [False, True])
def test_a_program_interruption_loop_ends_with_assists(
    start: Callable[[int], System], engine: str, pending: bool
) -> None:
    """The program new PSW designates no instruction; what is pending makes each new PSW leave the engine."""
    cp = start(1)
    user = logon(cp, "ALPHA")
    user.type(f"SET ENGINE {engine}", "STORE L68 0 900", "STORE PSW 0 800")
    if pending:
        user.vm.external_interruption(0x40)
    user.type("BEGIN")
    for _ in range(4):
        cp.step()
    assert user.read()[-1] == "DMKDSP453W CP ENTERED; PROGRAM INTERRUPT LOOP, PSW '00000000 00000900'"
    assert not cp.step()


class Slices:
    """Stands for a machine whose slices are looked at."""

    def __init__(self) -> None:
        self.execution = self
        self.slice_instructions = SLICE_INSTRUCTIONS


@pytest.mark.parametrize(
    ("executed", "elapsed", "next_length"),
    [
        (2_000, 4 * SLICE_NS, 2_000),  # slow: never below the shortest
        (2_000, SLICE_NS // 1000, 8_000),  # fast: four times at once
        (2_000, SLICE_NS // 2, 4_000),
        (100, 10_000, 2_000),  # waited most of the time: says nothing
    ],
)
def test_the_length_of_slices_follows_the_speed(executed: int, elapsed: int, next_length: int) -> None:
    vm = Slices()
    Dispatcher(2).measured(vm, executed, elapsed)  # type: ignore[arg-type]
    assert vm.slice_instructions == next_length
    fixed = Slices()
    Dispatcher(0, fixed=True).measured(fixed, executed, elapsed)  # type: ignore[arg-type]
    assert fixed.slice_instructions == SLICE_INSTRUCTIONS


def test_a_guest_that_becomes_slow_does_not_hold_the_others_up(start: Callable[[int], System]) -> None:
    """Long slices of a fast loop; then every instruction is a trap: the slice ends by time, not by instructions."""
    cp = start(1)
    user = logon(cp, "ALPHA")
    user.type("SET ASSIST OFF")
    vm = looping(user)
    for _ in range(20):
        cp.step()
    vm.execution.slice_instructions = 8_000_000
    user.type("#CP STORE S800 0A0147F00800 L60 0 800", "BEGIN")
    before = vm.execution.trap_count
    begin = time.perf_counter_ns()
    cp.step()
    assert vm.execution.trap_count > before
    assert time.perf_counter_ns() - begin < 50 * SLICE_NS  # 8 million traps would take a minute


class Machine:
    """Stands for a machine in a round."""

    def __init__(self) -> None:
        self.execution = Slices()
        self.cpu = self
        self.instructions = 0
        self.left = 0

    def leave_engine(self) -> None:
        self.left += 1


def test_an_interruption_ends_all_slices_of_the_round() -> None:
    dispatcher = Dispatcher(1)
    machines = [Machine(), Machine()]
    seen = []

    def serve(vm: Machine, lock: object) -> None:
        seen.append(dispatcher.stopping())
        dispatcher.interrupt()
        seen.append(dispatcher.stopping())

    for vm in machines:
        dispatcher.round([vm], serve)  # type: ignore[arg-type, list-item]
    assert seen == [False, True] * 2
    assert [vm.left for vm in machines] == [1, 1]
    dispatcher.end()


def test_an_interruption_between_two_rounds_is_not_lost() -> None:
    """The next round does nothing, so that whoever gives turns looks again; the one after it serves."""
    dispatcher = Dispatcher(1)
    served: list[Machine] = []
    dispatcher.interrupt()
    for expected in (0, 1, 2):
        dispatcher.round([Machine()], lambda vm, lock: served.append(vm))  # type: ignore[arg-type, list-item]
        assert len(served) == expected
    dispatcher.end()


def test_slices_of_fixed_length_are_never_cut() -> None:
    dispatcher, vm = Dispatcher(0, fixed=True), Machine()
    dispatcher.interrupt()

    def serve(vm: Machine, lock: object) -> None:
        dispatcher.interrupt()
        vm.instructions = 7

    dispatcher.round([vm], serve)  # type: ignore[arg-type, list-item]
    assert (vm.instructions, vm.left, dispatcher.stopping()) == (7, 0, False)


def test_the_answer_of_an_interactive_guest_ends_the_slices_of_the_others(
    start: Callable[[int], System], monkeypatch: pytest.MonkeyPatch
) -> None:
    """They would last for days, since nothing else ends them."""
    cp = start(2)
    users = [logon(cp, userid) for userid in ("ALPHA", "BETA")]
    machines = [looping(user) for user in users]
    for vm in machines:
        vm.execution.slice_instructions = 1 << 40
    machines[1].execution.slice_instructions = 2000
    monkeypatch.setattr(dispatch, "LONGEST_NS", 1 << 60)
    cp.dispatcher.round(machines, cp._serve, lambda vm: vm is machines[1])
    assert machines[0].cpu.instructions < 1 << 40
    assert machines[1].cpu.instructions == 2000


def test_a_round_that_lasts_too_long_is_ended(start: Callable[[int], System]) -> None:
    cp = start(1)
    vm = looping(logon(cp, "ALPHA"))
    vm.execution.slice_instructions = 1 << 50  # a week
    cp.step()
    assert 0 < vm.cpu.instructions < 1 << 40


def test_the_engine_named_at_logon_serves_or_the_next_slower_one(start: Callable[[int], System]) -> None:
    cp = start(0)
    user = logon(cp, "ALPHA")
    fastest = cp.engines.fastest
    assert user.type("QUERY ENGINE")[0].startswith(f"ENGINE {list(ENGINES)[-1].upper()}")
    assert user.type("SET ENGINE REFERENCE", "Q ENG") == [
        "ENGINE REFERENCE",
        "INSTRUCTIONS 0: REFERENCE 0, INTERPRETER 0, REGIONS 0",
        "ENTRIES 0: NONE",
    ]
    looping(user)
    cp.step()
    user.type("#CP SET ENGINE INTERPRETER")
    cp.step()
    lines = user.type("#CP QUERY ENGINE")
    if fastest == REFERENCE:
        assert lines[0] == "ENGINE INTERPRETER, SERVED BY REFERENCE"
    else:
        assert lines[0] == "ENGINE INTERPRETER"
        assert lines[1] == "INSTRUCTIONS 4000: REFERENCE 2001, INTERPRETER 1999, REGIONS 0"
        assert lines[2] == "ENTRIES 2: STEP 1, BUDGET 1"  # the first fetch from a block is the reference engine's
    if fastest == REGIONS:
        user.type("#CP SET ENGINE REGIONS")
        for _ in range(60):
            cp.step()
        lines = user.type("#CP QUERY ENGINE")
        assert lines[0] == "ENGINE REGIONS"
        assert re.fullmatch(
            r"REGIONS [01]; OF ALL GUESTS: COMPILED \d+, LOADED \d+, CODE \d+ BYTES, COMPILE TIME [0-9.]+ MS", lines[2]
        )
    assert user.type("#CP SET ENGINE FOO", "#CP SET ENGINE", "#CP Q ENGINE X") == [
        "INVALID OPERAND - FOO",
        "OPERAND MISSING OR INVALID",
        "INVALID OPERAND - X",
    ]
