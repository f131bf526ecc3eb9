"""An engine can be left at any time, from any thread, and what was executed does not depend on it."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from vm370.cp.engine import reference
from vm370.cp.engine.engines import Engine
from vm370.cp.s370.cpu import INTERRUPTED, Cpu
from vm370.cp.s370.interceptions import BudgetEnd
from vm370.cp.s370.psw import Psw
from vm370.cp.s370.storage import Storage
from vm370.tools.assembler import assemble

PROGRAM = """\
* Fast and slow instructions, interruptions, and instructions of many units of operation.
MIX      START 0
         USING MIX,0
         ORG   MIX+X'60'
         DC    X'00000000',A(SUPER)
         DC    X'00000000',A(PROGRAM)
         ORG   MIX+X'200'
         SR    10,10
LOOP     LA    9,20
INNER    AR    1,9
         ST    1,WORD
         X     1,WORDS
         BCT   9,INNER
         MVC   WORK,NUMBER
         DP    WORK,SEVEN
         MVC   MASKED,MASK
         EDMK  MASKED,WORK
         SVC   3
         DC    H'0'
         LM    2,5,MOVES
         MVCL  2,4
         LM    2,5,MOVES
         CLCL  2,4
         LA    10,1(10)
         B     LOOP
SUPER    LA    6,1(6)
         LPSW  X'20'
PROGRAM  LA    7,1(7)
         LPSW  X'28'
         DC    0D'0'
MOVES    DC    A(X'4000'),A(9000),A(X'8000'),X'40',AL3(7000)
WORDS    DC    X'12345678'
WORD     DC    F'0'
NUMBER   DC    PL16'1234567890123456789'
SEVEN    DC    PL8'76543210987'
WORK     DC    PL16'0'
MASK     DC    X'402020202020202020202020202020'
MASKED   DC    CL15' '
         END   LOOP
"""
BEGIN, UNITS = 0x200, 6000


def reference_engine() -> Engine:
    return reference


def interpreter_engine() -> Engine:
    pytest.importorskip("llvmlite")
    from vm370.cp.engine.native import interpreter

    return interpreter


def regions_engine() -> Engine:
    pytest.importorskip("llvmlite")
    from vm370.cp.engine.regions.engine import Regions
    from vm370.cp.engine.regions.store import RegionStore

    return Regions(2, synchronous=True, store=RegionStore(cached=False))


MakeEngine = Callable[[], Engine]
ENGINES = [reference_engine, interpreter_engine, regions_engine]


@pytest.fixture(scope="module")
def image() -> bytes:
    assembly = assemble(PROGRAM, "mix")
    assert assembly.severity == 0, assembly.messages
    return assembly.text


def machine(program: bytes) -> Cpu:
    storage = Storage(1 << 16)
    storage.write(0, program)
    cpu = Cpu(storage)
    cpu.psw = Psw.from_bytes(BEGIN.to_bytes(8, "big"))
    return cpu


def state(cpu: Cpu) -> tuple[object, ...]:
    return cpu.psw, list(cpu.gr), cpu.instructions, cpu.units, cpu.storage.read(0, 1 << 16), bytes(cpu.storage.keys)


def expected(program: bytes) -> tuple[object, ...]:
    cpu = machine(program)
    assert isinstance(reference.run(cpu, UNITS), BudgetEnd)
    assert cpu.units == UNITS
    assert cpu.gr[10] > 20
    return state(cpu)


@pytest.mark.parametrize("make", ENGINES)
def test_a_run_that_is_always_interrupted_gets_on(make: MakeEngine, image: bytes) -> None:
    """Each run executes something; a few dozen instructions at most of fast code by the reference engine."""
    engine, cpu = make(), machine(image)
    runs = 0
    while cpu.units < UNITS:
        before = cpu.units
        cpu.leave_engine()
        assert isinstance(engine.run(cpu, UNITS - before), BudgetEnd)
        assert 1 <= cpu.units - before <= reference.CHUNK
        runs += 1
    assert runs >= UNITS // reference.CHUNK
    assert state(cpu) == expected(image)


@pytest.mark.parametrize("make", ENGINES)
def test_interrupted_by_another_thread_at_any_time(make: MakeEngine, image: bytes) -> None:
    engine, cpu = make(), machine(image)
    end = threading.Event()

    def interrupt() -> None:
        while not end.wait(0.0001):
            cpu.leave_engine()

    thread = threading.Thread(target=interrupt)
    thread.start()
    try:
        while cpu.units < UNITS:
            cpu.floor = 0
            assert isinstance(engine.run(cpu, UNITS - cpu.units), BudgetEnd)
    finally:
        end.set()
        thread.join()
    assert state(cpu) == expected(image)


LOOPS = {
    "branch to itself": "47F00200",
    "loop": "1A12 1713 47F00200",
    "SVC": "0A01 47F00200",
    "program interruption": "0000 47F00200",
    "moving": "98250300 0E24 47F00200",
    "decimal": "FA3304000400 47F00200",
}


@pytest.mark.parametrize("make", ENGINES)
@pytest.mark.parametrize("code", LOOPS.values(), ids=LOOPS)
def test_an_endless_run_ends(make: MakeEngine, code: str) -> None:
    """The budget would last for years."""
    cpu = machine(bytes(BEGIN) + bytes.fromhex(code))
    for new, address in ((0x60, 0x280), (0x68, 0x284)):
        cpu.storage.write(new + 4, address.to_bytes(4, "big"))
    cpu.storage.write(0x280, bytes.fromhex("82000020 82000028"))
    cpu.storage.write(0x300, bytes.fromhex("00004000 00004000 00008000 00004000"))
    cpu.storage.write(0x400, bytes.fromhex("0000001C"))
    engine = make()
    engine.run(cpu, 1000)
    thread = threading.Thread(target=cpu.leave_engine)
    before = cpu.units
    thread.start()
    assert isinstance(engine.run(cpu, 1 << 50), BudgetEnd)
    thread.join()
    assert cpu.floor == INTERRUPTED
    assert cpu.units > before
