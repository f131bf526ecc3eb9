"""The tables of docs/instructions.md: every instruction of System/370, and the facilities they belong to.

    python -m vm370.tools.instruction_table FILE    count the cases of a case file: docs/examples/vector-cases.txt

All comes from the tables of cp/s370 (opcodes.py, facilities.py), the native interpreter, the tables of hand-made cases
in tests/cp/s370, and the counts of a case file that is not part of the project.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
from collections import Counter
from pathlib import Path

from vm370.cp.engine.native.interpreter_text import compiled_instructions
from vm370.cp.s370.decoder import definition
from vm370.cp.s370.facilities import ABSENT, BASIC, FACILITIES, MISSING, facility_of
from vm370.cp.s370.opcodes import BY_MNEMONIC, OPCODES, Opcode
from vm370.tools.instruction_names import instruction_names

ROOT = Path(__file__).resolve().parent.parent
CASE_TABLES = ROOT / "tests" / "cp" / "s370"
VECTOR_COUNTS = ROOT / "docs" / "examples" / "vector-cases.txt"
_CASE = re.compile(r'^    \("([A-Z]+)[^"]*", +"[0-9A-F]+"', re.MULTILINE)
CHAPTERS = ("General", "Decimal", "Floating-Point", "Control", "Input/Output")


def hand_cases() -> Counter[str]:
    """Cases in the tables of tests/cp/s370, by mnemonic."""
    counts: Counter[str] = Counter()
    for page in sorted(CASE_TABLES.glob("test_*.py")):
        counts.update(_CASE.findall(page.read_text()))
    for mnemonic in [m for m in counts if m not in BY_MNEMONIC]:  # extended mnemonics of BC and BCR
        counts["BCR" if mnemonic.endswith("R") else "BC"] += counts.pop(mnemonic)
    return counts


def vector_cases() -> Counter[str]:
    """Cases of the case file, by mnemonic."""
    lines = VECTOR_COUNTS.read_text().splitlines()
    return Counter({mnemonic: int(count) for mnemonic, count in (line.split() for line in lines)})


def count_vectors(source: Path) -> Counter[str]:
    """The same from the file itself."""
    opener = gzip.open if source.suffix == ".gz" else open
    with opener(source, "rt") as lines:
        next(lines)
        counts = Counter(json.loads(line)["op"] for line in lines)
    return Counter({mnemonic: count for mnemonic, count in counts.items() if mnemonic in BY_MNEMONIC})


def code_of(opcode: int) -> str:
    """Operation code in hexadecimal."""
    return f"{opcode:02X}" if opcode < 0x100 else f"{opcode:04X}"


def instruction_lines() -> list[str]:
    """The instructions by chapter of the manual, then those that are not installed."""
    compiled, reasons = compiled_instructions()
    names = instruction_names(set(BY_MNEMONIC))
    hand, vectors = hand_cases(), vector_cases()
    installed = [op for op in OPCODES if definition(op) is not None]
    heading = (
        f"{'':6} {'code':4}  {'format':6} {'':2} {'name':41} {'definition':55} {'native':6} {'cases':>5} {'vectors':>7}"
    )
    lines = []

    def line(op: Opcode) -> str:
        native = "yes" if op.mnemonic in compiled else "no"
        where = f"{op.chapter}.py:{op.function}"
        return (
            f"{op.mnemonic:6} {code_of(op.opcode):4}  {op.format.name:6} {'p' if op.privileged else '':2} "
            f"{names[op.mnemonic][0]:41} {where:55} {native:6} {hand[op.mnemonic] or '-':>5} "
            f"{vectors[op.mnemonic] or '-':>7}"
        )

    for chapter in CHAPTERS:
        lines += [f"{chapter} Instructions" if chapter != "Input/Output" else "Input/Output Operations", heading]
        lines += [line(op) for op in installed if names[op.mnemonic][1] == chapter]
        lines.append("")
    native = [op for op in installed if op.mnemonic in compiled]
    lines.append(f"{len(native)} of {len(installed)} instructions are executed by native code;")
    lines.append("the reference engine does the others, because of what their definitions use:")
    by_reason: dict[str, list[str]] = {}
    for op in installed:
        if op.mnemonic in reasons:
            by_reason.setdefault(reasons[op.mnemonic], []).append(op.mnemonic)
    lines += [f"  {reason:36} {' '.join(mnemonics)}" for reason, mnemonics in by_reason.items()]
    return lines


def facility_lines() -> list[str]:
    """Facilities with their instructions; then the instructions that are not there."""
    basic = sum(facility_of(op.mnemonic) == BASIC for op in OPCODES)
    lines = ["Installed", f"  {BASIC:36} {basic} instructions"]
    for facility in FACILITIES:
        lines.append(f"  {facility.name:36} {' '.join(facility.instructions) or '-'}")
        if facility.note:
            lines.append(f"  {'':36}   {facility.note}")
    lines += ["", "Not installed (operation exception, except where it says otherwise)"]
    for facility in MISSING:
        lines.append(f"  {facility.name:36} {facility.note}")
        for absent in ABSENT:
            if absent.mnemonic in facility.instructions:
                lines.append(
                    f"  {'':38} {absent.mnemonic:6} {code_of(absent.opcode):4}  {absent.format:4} {absent.name}"
                )
    return lines


def instruction_listing(_home: Path, _folder: Path) -> list[str]:
    """As a listing of tools/listings.py."""
    return instruction_lines()


def facility_listing(_home: Path, _folder: Path) -> list[str]:
    """The same."""
    return facility_lines()


if __name__ == "__main__":
    found = count_vectors(Path(sys.argv[1]))
    VECTOR_COUNTS.write_text("".join(f"{op.mnemonic} {found[op.mnemonic]}\n" for op in OPCODES if found[op.mnemonic]))
