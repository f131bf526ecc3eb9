"""The regions engine does what the reference engine does, whatever becomes of its regions."""

from __future__ import annotations

import logging
import random
import weakref
from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("llvmlite")

from vm370.cp.engine import reference
from vm370.cp.engine.native import cache
from vm370.cp.engine.regions import disk
from vm370.cp.engine.regions.assembly import Assembler
from vm370.cp.engine.regions.engine import Regions, release
from vm370.cp.engine.regions.installation import CHANGES, MISSES, Installation
from vm370.cp.engine.regions.store import RegionStore
from vm370.cp.s370.cpu import Cpu
from vm370.cp.s370.psw import Psw
from vm370.cp.s370.storage import Storage

COUNTING = (
    "05C0"  # 200        BALR 12,0
    "5850C0FE"  # 202 OUTER  L    5,300        how often
    "5A10C102"  # 206 LOOP   A    1,304
    "5010C106"  # 20A        ST   1,308
    "D203C10AC106"  # 20E        MVC  30C(4),308
    "1B21"  # 214        SR   2,1
    "4770C01C"  # 216        BNZ  21E
    "1A33"  # 21A        AR   3,3
    "1733"  # 21C        XR   3,3
    "4650C004"  # 21E        BCT  5,206
    "45E0C02A"  # 222        BAL  14,22C
    "47F0C000"  # 226        B    202
    "0700"  # 22A        NOPR 0
    "9013C10E"  # 22C        STM  1,3,310
    "FA33C11AC11E"  # 230        AP   31C(4),320(4)
    "4340C10D"  # 236        IC   4,30F
    "4440C040"  # 23A        EX   4,242
    "07FE"  # 23E        BR   14
    "0700"  # 240
    "D200C122C106"  # 242        MVC  324(0),308   length by EX
)
CONSTANTS = {0x300: "00000009", 0x304: "7FFFFFF1", 0x31C: "0000001C", 0x320: "9999999D"}
CHANGING = (
    "05C0"  # 200        BALR 12,0
    "41101001"  # 202 LOOP   LA   1,1(1)
    "4A20C014"  # 206        AH   2,216
    "4250C003"  # 20A        STC  5,205        changes what LA adds
    "4155000D"  # 20E        LA   5,13(5)
    "47F0C000"  # 212        B    202
    "0003"  # 216
)


def machine(code: str, data: dict[int, str] | None = None, *, at: int = 0x200, psw: str = "0000000000000200") -> Cpu:
    """A CPU about to execute hexadecimal code."""
    cpu = Cpu(Storage(0x20000))
    cpu.storage.write(at, bytes.fromhex(code))
    for address, value in (data or {}).items():
        cpu.storage.write(address, bytes.fromhex(value))
    cpu.psw = Psw.from_bytes(bytes.fromhex(psw))
    cpu.event = 0
    return cpu


def counting() -> Cpu:
    return machine(COUNTING, CONSTANTS)


def state(cpu: Cpu) -> dict[str, Any]:
    """What must be the same."""
    return {
        "gr": [f"{value:08X}" for value in cpu.gr],
        "fpr": list(cpu.fpr),
        "psw": cpu.psw.to_bytes().hex(),
        "instructions": cpu.instructions,
        "storage": cpu.storage.read(0, cpu.storage.size),
        "keys": bytes(cpu.storage.keys),
    }


def same_run(engine: Regions, cpu: Cpu, other: Cpu, instructions: int, seed: int = 1) -> None:
    """Run both in pieces of random size; ``other`` in the reference engine."""
    r = random.Random(seed)
    done = 0
    while done < instructions:
        budget = r.randrange(1, r.choice((3, 30, 300, 3000)))
        assert repr(engine.run(cpu, budget)) == repr(reference.run(other, budget))
        assert state(cpu) == state(other)
        done += budget


def installation(cpu: Cpu) -> Installation:
    found = cpu.native.installation
    assert isinstance(found, Installation)
    return found


@pytest.fixture
def engine() -> Iterator[Regions]:
    """Translates at once, from the second arrival."""
    made = Regions(2, synchronous=True, store=RegionStore(cached=False))
    yield made
    made.store.stop()


def test_random_stops(engine: Regions) -> None:
    cpu = counting()
    same_run(engine, cpu, counting(), 5000)
    assert cpu.native.region_instructions > 2500
    assert installation(cpu).installed


def test_code_that_keeps_changing_is_left_to_the_interpreter(engine: Regions) -> None:
    cpu = machine(CHANGING)
    same_run(engine, cpu, machine(CHANGING), 3000)
    found = installation(cpu)
    assert 1 <= found.dropped_regions <= CHANGES + 1
    assert found.installed <= CHANGES + 2


def test_a_store_by_the_host_drops_the_region(engine: Regions) -> None:
    cpu, other = counting(), counting()
    same_run(engine, cpu, other, 2000)
    before = installation(cpu).dropped_regions
    for each in (cpu, other):
        each.storage.write(0x209, b"\x06")  # A 1,308
    assert installation(cpu).dropped_regions > before
    same_run(engine, cpu, other, 2000)


def test_guards_that_fail_are_given_up(engine: Regions) -> None:
    loop = "5A10B000" + "4650C000" + "41500005" + "47F0C000"  # A 1,0(11); BCT 5,200; LA 5,5; B 200
    cpus = [machine(loop, {0x1000: "00000001", 0x2000: "00000010"}) for _ in range(2)]
    for cpu in cpus:
        cpu.gr[12], cpu.gr[11], cpu.gr[5] = 0x200, 0x1000, 5
    cpu, other = cpus
    engine.run(cpu, 100)
    reference.run(other, 100)
    first = installation(cpu)._installed[1, 0x200].region
    assert (11, 0x1000) in first.plan.entries[0][1]
    for _ in range(3 * MISSES):
        for each in cpus:
            each.gr[11] = 0x2000
        engine.run(cpu, 20)
        reference.run(other, 20)
        assert list(cpu.gr) == list(other.gr)
    second = installation(cpu)._installed[1, 0x200].region
    assert 11 not in dict(second.plan.entries[0][1])
    assert 12 in dict(second.plan.entries[0][1])


def test_two_guests_share_a_region(engine: Regions) -> None:
    cpu = counting()
    engine.run(cpu, 3000)
    compiled = engine.store.counts.compiled
    second = counting()
    engine.run(second, 3000)
    assert state(second) == state(cpu)
    assert second.native.region_instructions > 1000
    shared = {i.region for i in installation(cpu)._installed.values()}
    assert shared & {i.region for i in installation(second)._installed.values()}
    assert engine.store.counts.compiled == compiled


def test_storage_keys(engine: Regions) -> None:
    """A region is not entered when its program must not fetch it any more, and stores are checked in it."""
    cpu, other = counting(), counting()
    same_run(engine, cpu, other, 1000)
    for each in (cpu, other):
        each.storage.write(0x68, bytes.fromhex("0000000000000202"))
        each.storage.set_key(0, 0x10)
        each.psw = Psw.from_bytes(bytes.fromhex("0020000000000202"))
    same_run(engine, cpu, other, 500, seed=2)
    for each in (cpu, other):
        each.storage.set_key(0, 0x18)
        each.psw = Psw.from_bytes(bytes.fromhex("0020000000000206"))
    same_run(engine, cpu, other, 500, seed=3)


def translated() -> Cpu:
    """The same program at virtual 200, real 5200: 4K pages, 64K segments."""
    cpu = machine(COUNTING, {0x5000 + a: v for a, v in CONSTANTS.items()}, at=0x5200, psw="040C000000000200")
    cpu.storage.write(0x1000, bytes.fromhex("F0002000") + bytes.fromhex("00000001") * 15)
    cpu.storage.write(0x2000, bytes.fromhex("0050") + bytes.fromhex("0008") * 15)
    cpu.cr[0], cpu.cr[1] = 0x00800000, 0x1000
    cpu.psw = Psw.from_bytes(bytes.fromhex("040C000000000200"))
    return cpu


def test_translation(engine: Regions) -> None:
    cpu, other = translated(), translated()
    same_run(engine, cpu, other, 3000)
    assert cpu.native.region_instructions > 1000
    for each in (cpu, other):  # another program at the same virtual address
        each.storage.write(0x7000, each.storage.read(0x5000, 0x1000))
        each.storage.write(0x7206, bytes.fromhex("5B10"))
        each.storage.write(0x2000, bytes.fromhex("0070"))
        each.purge_translations()
    same_run(engine, cpu, other, 2000)


def test_operands_in_two_pages(engine: Regions) -> None:
    """MVC, XC and CLC across a page boundary, whose pages are not side by side in real storage."""
    code = "05C0" + "D20B1FF9C100" + "D70B1FF91FF5" + "D50BC1001FFA" + "D2032FFE1FFE" + "41440001" + "47F0C000"
    cpus = []
    for _ in range(2):
        cpu = machine("00", {0x5200: code, 0x5302: "0102030405060708090A0B0C"})
        cpu.storage.write(0x1000, bytes.fromhex("F0002000"))
        cpu.storage.write(0x2000, bytes.fromhex("0050009000700030") + bytes.fromhex("0008") * 12)
        cpu.cr[0], cpu.cr[1] = 0x00800000, 0x1000
        cpu.gr[1], cpu.gr[2] = 0, 0
        cpu.psw = Psw.from_bytes(bytes.fromhex("040C000000000200"))
        cpu.event = 0
        cpus.append(cpu)
    same_run(engine, cpus[0], cpus[1], 600)
    assert cpus[0].native.region_instructions > 200


@pytest.mark.parametrize("base", [0, 0xFFFFFE])
def test_operands_beyond_the_last_address(engine: Regions, base: int) -> None:
    """An operand from FFFFFE goes on at 0, which is not where the host's memory goes on."""
    code = "05C0" + "D20BB000A000" + "D70BA0009000" + "D503A000B000" + "F247B010A000" + "41440001" + "47F0C000"
    cpus = []
    for _ in range(2):
        cpu = Cpu(Storage(1 << 24))
        cpu.storage.write(0x200, bytes.fromhex(code))
        cpu.storage.write(0, bytes(range(1, 13)))
        cpu.storage.write(0xFFFFFE, b"\xf1\xf2")
        cpu.gr[9], cpu.gr[10], cpu.gr[11] = 0x3000, base, 0x4000
        cpu.psw = Psw.from_bytes(bytes.fromhex("0000000000000200"))
        cpu.event = 0
        cpus.append(cpu)
    same_run(engine, cpus[0], cpus[1], 200)


def test_llvm_fails(engine: Regions, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    def fail(self: Assembler, functions: list[str], level: int) -> bytes:
        raise RuntimeError("injected")

    monkeypatch.setattr(Assembler, "object_code", fail)
    cpu = counting()
    with caplog.at_level(logging.WARNING):
        same_run(engine, cpu, counting(), 3000)
    said = [record.getMessage() for record in caplog.records if "stays interpreted" in record.getMessage()]
    assert said
    assert len(said) == len(set(said)) == engine.store.counts.failed
    assert cpu.native.region_instructions == 0


def test_freed_only_by_collect(engine: Regions) -> None:
    cpu = counting()
    engine.run(cpu, 3000)
    generations = {weakref.ref(i.region.generation) for i in installation(cpu)._installed.values()}
    engine.store.collect(0)
    assert all(generation() is not None for generation in generations)
    release(cpu)
    assert all(generation() is not None for generation in generations)
    assert engine.store.collect(0) >= 1
    assert engine.store.code_bytes == 0
    engine.store._assembler = None
    assert all(generation() is None for generation in generations)


def test_in_the_background() -> None:
    engine = Regions(50, store=RegionStore(cached=False))
    cpu, other = counting(), counting()
    engine.run(cpu, 2000)
    reference.run(other, 2000)
    assert installation(cpu).waiting
    engine.store.stop(drain=False)
    same_run(engine, cpu, other, 2000)
    assert cpu.native.region_instructions > 500
    engine.store.stop()


@pytest.fixture
def folder(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(cache, "folder", lambda: tmp_path / "native")
    return tmp_path / "native"


def test_regions_are_kept_on_disk(folder: Any) -> None:
    first = RegionStore()
    cpu = counting()
    Regions(2, synchronous=True, store=first).run(cpu, 3000)
    assert first.counts.compiled
    assert not first.counts.loaded
    assert folder.stat().st_mode & 0o777 == disk.folder().stat().st_mode & 0o777 == 0o700
    second = RegionStore()
    again = counting()
    Regions(2, synchronous=True, store=second).run(again, 3000)
    assert second.counts.loaded == first.counts.compiled
    assert second.counts.compiled == 0
    assert state(again) == state(cpu)


@pytest.mark.parametrize("damage", ["first", "last", "short", "name", "empty"])
def test_a_damaged_file_is_made_again(folder: Any, damage: str) -> None:
    Regions(2, synchronous=True, store=RegionStore()).run(counting(), 3000)
    for path in disk.folder().iterdir():
        data = bytearray(path.read_bytes())
        if damage == "name":
            path.rename(path.with_name(path.name[:7] + "0" * 32 + path.name[-2:]))
            continue
        if damage == "first":
            data[0] ^= 1
        elif damage == "last":
            data[-1] ^= 1
        path.write_bytes(b"" if damage == "empty" else data[: len(data) // 2] if damage == "short" else data)
    store = RegionStore()
    cpu = counting()
    same_run(Regions(2, synchronous=True, store=store), cpu, counting(), 3000)
    assert store.counts.loaded == 0
    assert store.counts.compiled >= 1


def test_the_folder_is_bounded(folder: Any) -> None:
    Regions(2, synchronous=True, store=RegionStore()).run(counting(), 3000)
    assert list(disk.folder().iterdir())
    disk.trim(0)
    assert not list(disk.folder().iterdir())
