"""``vm370 vectors FILE...``: run instruction cases with known results against an engine.

Case files: vectors_format.py.  A case runs from its PSW to its first SVC or program interruption.  How it is compared::

    flag  compare
    T     terminated: code, ILC, address, program mask only
    I     instruction fetch: address less twice the ILC only (translation exceptions: address)
    J     the ILC is not compared
    L     inside EXECUTE: any ILC
    E     partly inaccessible operand: completion and codes 4 and 5 are all right
    M     MVCL, CLCL: bits 0-7 of the address registers are not compared
    R     reference and change bits are not compared
    D U   skipped; so are cases that end in an instruction of the dual-address-space facility, which this CPU lacks

Storage is compared where the case describes it, and in every block whose change bit is on (cases of the group ``dat``
record only the bytes round the page boundaries; where an instruction uses others, vectors_unrecorded.py decides).
"""

from __future__ import annotations

import argparse
import itertools
import json
import multiprocessing
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vm370.cp.engine import reference
from vm370.cp.engine.engines import ENGINES, REGIONS, engine_for
from vm370.cp.engine.native import interpreter
from vm370.cp.s370.cpu import Cpu
from vm370.cp.s370.disassembler import disassemble
from vm370.cp.s370.interceptions import Interception, InvalidPsw, MaskChanged, ProgramInterruption, SupervisorCall
from vm370.cp.s370.interruptions import (
    OPERATION,
    PAGE_TRANSLATION,
    SEGMENT_TRANSLATION,
    SPECIAL_OPERATION,
    SPECIFICATION,
    program_interruption,
    supervisor_call_interruption,
)
from vm370.cp.s370.psw import Psw
from vm370.cp.s370.storage import BLOCK, CHANGE, Storage
from vm370.cp.s370.traps import TRAP_PROGRAM, TRAP_SVC
from vm370.tools.vectors_format import DEFAULT_MEGABYTES, Case, VectorError, read_cases
from vm370.tools.vectors_unrecorded import Content, Differences, ReadingCpu, explained

if TYPE_CHECKING:
    from vm370.tools.vectors_regions import RegionCases

HELP = "run instruction cases with known results"
LIMIT = 200_000
"""Instructions in one case."""
BATCH = 2000
"""Cases that a process gets at a time."""
_CHANGED = bytes(key & CHANGE and 1 for key in range(256))
FLOATING = (0, 2, 4, 6)

DUAL_ADDRESS_SPACE = {0xD9, 0xDA, 0xDB, 0xB218, 0xB219, *range(0xB223, 0xB229), 0xE500}
"""Operation codes of the facility: MVCK MVCP MVCS PC SAC IVSK IAC SSAR EPAR ESAR PT LASP."""

Engine = Callable[[Cpu, int], Interception]


@dataclass
class Report:
    """Outcome of all cases."""

    passed: int = 0
    skipped: int = 0
    in_regions: int | None = None
    failures: list[dict[str, Any]] = field(default_factory=list)

    def add(self, other: Report) -> None:
        """Take over another report."""
        self.passed += other.passed
        self.skipped += other.skipped
        self.failures += other.failures
        if other.in_regions is not None:
            self.in_regions = (self.in_regions or 0) + other.in_regions


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``vm370 vectors``."""
    parser.add_argument("files", nargs="+", metavar="FILE", help="case file, .jsonl or .jsonl.gz")
    parser.add_argument("--engine", default="reference", help="which engine to test (default: reference)")
    parser.add_argument("--only", metavar="MNEMONIC", help="only the cases of this instruction")
    parser.add_argument("--limit", type=_count, metavar="N", help="failures to show (default: all)")
    parser.add_argument("--jobs", type=_count, default=1, metavar="N", help="processes to use (default: 1)")
    parser.add_argument("--json", action="store_true", help="one JSON object with the result")


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 4:
        raise argparse.ArgumentTypeError(f"{text!r}: expected a number from 0 to 9999")
    return int(text)


def main(args: argparse.Namespace) -> int:
    """Run the cases; exit code 1 if one fails, 2 if they cannot be run."""
    try:
        find_engine(args.engine)
        report = Report()
        for name in args.files:
            run_file(Path(name), args.engine, args.only, report, args.jobs)
    except VectorError as error:
        print(f"vm370 vectors: {error}", file=sys.stderr)
        return 2
    if args.json:
        totals = {"engine": args.engine, "passed": report.passed, "failed": len(report.failures)}
        if report.in_regions is not None:
            totals["in_regions"] = report.in_regions
        print(json.dumps({**totals, "skipped": report.skipped, "failures": report.failures}))
    else:
        shown = report.failures if args.limit is None else report.failures[: args.limit]
        for failure in shown:
            print(describe(failure))
        if len(report.failures) > len(shown):
            print(f"... and {len(report.failures) - len(shown)} more")
        if report.skipped:
            print(f"{report.skipped} skipped (unpredictable, disputed, or of a facility that is not there)")
        if report.in_regions is not None:
            print(f"{report.in_regions} executed in a region")
        if not report.passed and not report.skipped and not report.failures:
            print(f"no case{f' of {args.only.upper()}' if args.only else ''} in {', '.join(args.files)}")
        print(f"{report.passed} passed, {len(report.failures)} failed")
    return 1 if report.failures else 0


def find_engine(name: str) -> Engine:
    """``run`` of the engine; VectorError if there is none of that name."""
    if name.lower() not in ENGINES:
        raise VectorError(f"engine {name!r}: expected one of {', '.join(ENGINES)}")
    return engine_for(name.lower()).run


def region_cases() -> RegionCases | None:
    """What runs cases in regions, where native code can be used."""
    if not interpreter.available():
        return None
    from vm370.tools.vectors_regions import RegionCases

    return RegionCases()


def run_file(path: Path, engine: str, only: str | None, report: Report, jobs: int = 1) -> None:
    """Run one file's cases into the report, by ``jobs`` processes."""
    lines = read_cases(path)
    _, header = next(lines)
    chosen = (line for line in lines if only is None or line[1]["op"] == only.upper())
    if jobs <= 1:
        report.add(run_cases(engine, header, chosen))
        return
    with ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        waiting: list[Future[Report]] = []
        while batch := list(itertools.islice(chosen, BATCH)):
            waiting.append(pool.submit(run_cases, engine, header, batch))
            if len(waiting) > 2 * jobs:  # do not read far ahead of the work
                report.add(waiting.pop(0).result())
        for result in waiting:
            report.add(result.result())


def run_cases(engine: str, header: Case, cases: Iterable[tuple[int, Case]]) -> Report:
    """What becomes of (line number, case); with the engine REGIONS each has a region for its instruction, too."""
    report = Report()
    run = find_engine(engine)
    machines: dict[int, Cpu] = {}

    def machine(case: Case) -> Cpu:
        size = case.get("msz", DEFAULT_MEGABYTES)
        if size not in machines:
            machines[size] = Cpu(Storage(size << 20))
        return machines[size]

    def planned(case: Case) -> Cpu:
        cpu = machine(case)
        prepare(cpu, header, case, {})
        return cpu

    regions = region_cases() if engine.lower() == REGIONS else None
    if regions is not None:
        cases = regions.planned(iter(cases), planned)
        run = regions.observe
    for number, case in cases:
        if set(case.get("fl", "")) & set("DU"):
            report.skipped += 1
            continue
        cpu = machine(case)
        if regions is not None:
            regions.begin()
        differences = run_case(cpu, run, header, case)
        if regions is not None and not differences:
            differences = regions.again(number, case, partial(_run_again, cpu, header))
        if differences and case.get("grp") == "dat" and explained_by_unrecorded_storage(cpu, run, header, case):
            differences = {}
        if differences and needs_dual_address_space(cpu, header, case, differences):
            report.skipped += 1
        elif differences:
            report.failures.append(failure_of(case, differences))
        else:
            report.passed += 1
    if regions is not None:
        report.in_regions = regions.single.executed
    return report


def _run_again(cpu: Cpu, header: Case, engine: Engine, case: Case) -> Differences:
    return run_case(cpu, engine, header, case)


# --- one case ---


def prepare(cpu: Cpu, header: Case, case: Case, unrecorded: Content) -> None:
    """The state before; ``unrecorded`` is a content of bytes that the case does not describe."""
    cpu.reset(clear=True)
    for absolute, byte in unrecorded.items():
        cpu.storage.write(absolute, bytes([byte]))
    for i, value in enumerate(header["bg_g"]):
        cpu.gr[i] = int(value, 16)
    for number, value in header["bg_f"].items():
        cpu.fpr[int(number)] = int(value, 16)
    for i in range(16):
        cpu.cr[i] = int(header["bg_cr"], 16)
    for name, registers in (("g", cpu.gr), ("f", cpu.fpr), ("cr", cpu.cr)):
        for number, value in case.get(name, {}).items():
            registers[int(number)] = int(value, 16)
    for address, data in case.get("m", {}).items():
        cpu.storage.write(int(address, 16), bytes.fromhex(data))
    for address, key in case.get("k", {}).items():
        cpu.storage.set_key(int(address, 16), int(key, 16))
    cpu.psw = Psw.from_bytes(bytes.fromhex(case["psw"]))
    cpu.event = 0
    cpu.trap_mask = TRAP_PROGRAM | TRAP_SVC


def run_case(cpu: Cpu, engine: Engine, header: Case, case: Case, unrecorded: Content | None = None) -> Differences:
    """Run one case; what is different from the expected result."""
    prepare(cpu, header, case, unrecorded or {})
    registers = {"g": list(cpu.gr), "f": list(cpu.fpr), "cr": list(cpu.cr)}
    interception = engine(cpu, LIMIT)
    while isinstance(interception, MaskChanged):
        interception = engine(cpu, LIMIT)
    changed = _changed_blocks(cpu.storage.keys)
    contents = {block: cpu.storage.read(block * BLOCK, BLOCK) for block in changed}
    expected, flags = case["r"], case.get("fl", "")
    match interception:
        case SupervisorCall(number):
            kind, code = "S", number
            supervisor_call_interruption(cpu, number)
        case ProgramInterruption(number):
            kind, code = "P", number
            program_interruption(cpu, number)
        case InvalidPsw():
            kind, code = "P", SPECIFICATION
            program_interruption(cpu, code)
        case _:
            return {"end": (f"{expected['t']} {expected['code']}", str(interception))}
    if "E" in flags and (kind, code) != (expected["t"], expected["code"]):
        wanted = {(expected["t"], expected["code"]), (kind, code)}
        if wanted <= {("S", 255), ("P", 4), ("P", 5)}:
            return {}
    found: Differences = {}
    _note(found, "end", f"{expected['t']} {expected['code']}", f"{kind} {code}")
    _compare_psw(found, cpu, case, kind)
    if "T" not in flags and "I" not in flags:
        _compare_registers(found, cpu, case, registers)
        _compare_keys(found, cpu, case)
        _compare_low_storage(found, cpu, case, kind)
        _compare_storage(found, cpu, case, contents)
    return found


def _changed_blocks(keys: bytes | bytearray) -> list[int]:
    """Blocks whose change bit is on."""
    marks, found, block = keys.translate(_CHANGED), [], -1
    while (block := marks.find(1, block + 1)) >= 0:
        found.append(block)
    return found


def _note(found: Differences, name: str, expected: str, actual: str) -> None:
    if expected != actual:
        found[name] = expected, actual


def _compare_psw(found: Differences, cpu: Cpu, case: Case, kind: str) -> None:
    expected, flags = case["r"], case.get("fl", "")
    old = Psw.from_bytes(cpu.get_real(0x20 if kind == "S" else 0x28, 8).to_bytes(8, "big"))
    wanted = Psw.from_bytes(bytes.fromhex(expected["psw"]))
    ilc = cpu.get_real(0x89 if kind == "S" else 0x8D, 1) >> 1 if old.ec else old.ilc
    if "I" in flags:
        fetched = expected["code"] in (SEGMENT_TRANSLATION, PAGE_TRANSLATION)
        a = wanted.address - (0 if fetched else 2 * expected["ilc"])
        b = old.address - (0 if fetched else 2 * ilc)
        _note(found, "address of the instruction", f"{a & 0xFFFFFF:06X}", f"{b & 0xFFFFFF:06X}")
        return
    if "J" not in flags and "L" not in flags:
        _note(found, "ilc", str(expected["ilc"]), str(ilc))
    if "T" in flags:
        _note(found, "address", f"{wanted.address:06X}", f"{old.address:06X}")
        _note(found, "program mask", f"{wanted.program_mask:X}", f"{old.program_mask:X}")
        return
    data, other = old.to_bytes(), wanted.to_bytes()
    if not old.ec and not wanted.ec and ("J" in flags or "L" in flags):
        data, other = (bytes((*x[:4], x[4] & 0x3F, *x[5:])) for x in (data, other))
    _note(found, "psw", other.hex().upper(), data.hex().upper())


def _compare_registers(found: Differences, cpu: Cpu, case: Case, before: dict[str, list[int]]) -> None:
    expected, flags = case["r"], case.get("fl", "")
    address_registers: set[int] = set()
    if "M" in flags:
        fields = int(case["code"][2:4], 16)
        address_registers = {fields >> 4, fields & 15}
    for name, registers, numbers, digits in (
        ("g", cpu.gr, range(16), 8),
        ("f", cpu.fpr, FLOATING, 16),
        ("cr", cpu.cr, range(16), 8),
    ):
        for number in numbers:
            value = expected.get(name, {}).get(str(number))
            wanted = before[name][number] if value is None else int(value, 16)
            actual = registers[number]
            mask = 0xFFFFFF if name == "g" and number in address_registers else (1 << 4 * digits) - 1
            if (wanted ^ actual) & mask:
                found[f"{name}r{number}" if name != "cr" else f"cr{number}"] = (
                    f"{wanted:0{digits}X}",
                    f"{actual:0{digits}X}",
                )


def _compare_keys(found: Differences, cpu: Cpu, case: Case) -> None:
    mask = 0xF8 if "R" in case.get("fl", "") else 0xFE
    for address, key in case["r"].get("k", {}).items():
        actual = cpu.storage.key(int(address, 16))
        if (int(key, 16) ^ actual) & mask:
            found[f"key of {address}"] = key, f"{actual:02X}"


def _compare_low_storage(found: Differences, cpu: Cpu, case: Case, kind: str) -> None:
    expected = case["r"].get("lc", {})
    code_word = 0x88 if kind == "S" else 0x8C
    ec = bytes.fromhex(case["r"]["psw"])[1] & 8
    for address in range(0x80, 0xA0, 4):
        if address == code_word and ec:
            continue
        wanted = expected.get(f"{address:X}", "00000000")
        _note(found, f"real {address:X}", wanted, f"{cpu.get_real(address, 4):08X}")


def _compare_storage(found: Differences, cpu: Cpu, case: Case, contents: dict[int, bytes]) -> None:
    wanted: dict[int, bytearray] = {}

    def lay(address: int, data: bytes) -> None:
        for offset, byte in enumerate(data):
            block = (address + offset) // BLOCK
            if block not in wanted:
                wanted[block] = bytearray(BLOCK)
            wanted[block][(address + offset) % BLOCK] = byte

    for block in contents:
        wanted[block] = bytearray(BLOCK)
    for source in (case, case["r"]):
        for address, data in source.get("m", {}).items():
            lay(int(address, 16), bytes.fromhex(data))
    undetermined = {int(a, 16) + i for a, length in case.get("nd", ()) for i in range(length)}
    undetermined |= _clock_bytes(cpu, case, wanted)
    windows = _described(case) if case.get("grp") == "dat" else None
    low = cpu.prefix
    for block, data in sorted(wanted.items()):
        actual = contents.get(block) or cpu.storage.read(block * BLOCK, BLOCK)
        if actual == data:
            continue
        different = [
            block * BLOCK + i
            for i in range(BLOCK)
            if actual[i] != data[i]
            and block * BLOCK + i not in undetermined
            and (windows is None or block * BLOCK + i in windows)
        ]
        if block * BLOCK == low and block not in contents:
            different = [a for a in different if a - low >= 0x200]
        if different:
            first, last = different[0] % BLOCK, different[-1] % BLOCK + 1
            found[f"storage {different[0]:06X}"] = (
                data[first:last].hex().upper(),
                actual[first:last].hex().upper(),
            )


def _clock_bytes(cpu: Cpu, case: Case, wanted: dict[int, bytearray]) -> set[int]:
    """The left half of a clock value whose right half is not determined, if it is the expected one but for a carry."""
    result: set[int] = set()
    for start, length in case.get("nd", ()):
        address = int(start, 16) - 4
        if length == 4 and address >= 0 and address // BLOCK in wanted:
            data = wanted[address // BLOCK][address % BLOCK : address % BLOCK + 4]
            found = int.from_bytes(cpu.storage.read(address, 4), "big")
            if (found - int.from_bytes(data, "big") + 1) & 0xFFFFFFFF <= 2:
                result |= set(range(address, address + 4))
    return result


def explained_by_unrecorded_storage(cpu: Cpu, engine: Engine, header: Case, case: Case) -> bool:
    """Is there a content of storage that the case does not describe with which it passes?"""
    reader = ReadingCpu(Storage(cpu.storage.size))

    def trial(content: Content) -> Differences:
        return run_case(cpu, engine, header, case, content)

    def readings(content: Content) -> list[int]:
        prepare(reader, header, case, content)
        reader.addresses = {}
        reference.run(reader, LIMIT)
        return list(reader.addresses)

    return explained(_described(case), trial, readings)


def needs_dual_address_space(cpu: Cpu, header: Case, case: Case, differences: Differences) -> bool:
    """Is the only difference an operation exception, not a special-operation one, for one of its instructions?"""
    if differences != {"end": (f"P {SPECIAL_OPERATION}", f"P {OPERATION}")}:
        return False
    wanted = case["r"]
    prepare(cpu, header, case, {})
    address = Psw.from_bytes(bytes.fromhex(wanted["psw"])).address - 2 * wanted["ilc"]
    code = cpu.fetch_instruction(address & 0xFFFFFF)
    return code[0] in DUAL_ADDRESS_SPACE or code[0] << 8 | code[1] in DUAL_ADDRESS_SPACE


def _described(case: Case) -> set[int]:
    """Addresses of the bytes that the case gives before or after."""
    return {
        int(address, 16) + i
        for source in (case, case["r"])
        for address, data in source.get("m", {}).items()
        for i in range(len(data) // 2)
    }


# --- what is shown ---


def failure_of(case: Case, differences: Differences) -> dict[str, Any]:
    """A failed case as it is reported."""
    address = int(case["psw"], 16) & 0xFFFFFF
    initial = {key: case[key] for key in ("psw", "g", "f", "cr", "k", "m") if key in case}
    return {
        "i": case["i"],
        "instruction": disassemble(bytes.fromhex(case["code"]), address),
        "flags": case.get("fl", ""),
        "initial": initial,
        "differences": {name: {"expected": e, "found": f} for name, (e, f) in differences.items()},
    }


def describe(failure: dict[str, Any]) -> str:
    """A failed case as text."""
    lines = [f"case {failure['i']}: {failure['instruction']}  {failure['flags']}".rstrip()]
    for name, value in failure["initial"].items():
        if isinstance(value, dict):
            for key, item in value.items():
                lines.append(f"    {name} {key} = {item if len(item) <= 80 else item[:80] + '...'}")
        else:
            lines.append(f"    {name} = {value}")
    for name, pair in failure["differences"].items():
        lines.append(f"  {name}: expected {pair['expected']}, found {pair['found']}")
    return "\n".join(lines)
