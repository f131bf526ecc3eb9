"""GNU binutils for s390: the same bytes from `as`, the same operands from `objdump`, for every instruction.

Optional: runs where s390x-linux-gnu-as is installed.  Each line of the opcode table gets random operands; our assembler
and `as` must agree on the bytes, `objdump` and our disassembler on the operands.  What the GNU tools do not know (model
dependent and withdrawn instructions) is listed here and must stay unknown to them.
"""

from __future__ import annotations

import random
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from vm370.cp.s370.disassembler import disassemble
from vm370.cp.s370.opcodes import EXTENDED, OPCODES, Opcode
from vm370.tools.assembler import assemble

TOOL = "s390x-linux-gnu-"
ROUNDS = 20
#: in the table of System/370, but not known to `as` for the G5 in ESA mode
UNKNOWN = {"CLRIO", "HDV", "HIO", "ISK", "IUCV", "RRB", "SIO", "SIOF", "SSK", "STIDC", "TCH", "TIO"}
_LETTER = re.compile(r"([A-Z])\d?")

pytestmark = pytest.mark.skipif(
    shutil.which(f"{TOOL}as") is None, reason="GNU binutils for s390 (s390x-linux-gnu-as) are not installed"
)


def operands(op: Opcode, numbers: random.Random) -> str:
    """Random operands by the syntax of the format; registers even, so that pairs are valid, floating-point ones too."""
    floating = op.chapter.startswith("hexfloat")

    def value(match: re.Match[str]) -> str:
        letter = match[1]
        if letter in "RXB":
            if letter == "R" and floating:
                return str(numbers.choice((0, 4)))
            return str(numbers.choice(range(2, 16, 2)))
        if letter == "D":
            return str(numbers.randrange(4096))
        _, width, bias = op.format.field(match[0])
        return str(numbers.randrange(bias, (1 << width) + bias))

    return ",".join(_LETTER.sub(value, operand) for operand in op.format.operands())


def gnu(lines: list[str], folder: Path) -> list[tuple[str, str, str]]:
    """(bytes, mnemonic, operands) of each line by `as` and `objdump`; a line that `as` refuses gives empty ones."""
    lines = list(lines)
    bad: set[int] = set()
    for _ in range(2):
        text = "".join("\n" if number in bad else f"{line}\n" for number, line in enumerate(lines, 1))
        (folder / "x.s").write_text(text)
        run = subprocess.run(
            [f"{TOOL}as", "-march=g5", "-m31", "-mesa", "-o", "x.o", "x.s"], cwd=folder, capture_output=True, text=True
        )
        if not run.returncode:
            break
        bad |= {int(number) for number in re.findall(r"x\.s:(\d+): Error", run.stderr)}
    dump = subprocess.run(
        [f"{TOOL}objdump", "-d", "-M", "esa", "x.o"], cwd=folder, capture_output=True, text=True, check=True
    ).stdout
    found = re.findall(r"^\s*[0-9a-f]+:\t((?:[0-9a-f]{2} )+)\s*\t(\S+)[ \t]*(\S*)", dump, re.MULTILINE)
    results = iter((code.replace(" ", ""), name, args) for code, name, args in found)
    return [("", "", "") if number in bad else next(results) for number in range(1, len(lines) + 1)]


def numbers_in(text: str) -> list[int]:
    """The numbers of operands, as both tools write them (%r1, %f2, X'1F', 12)."""
    return [
        int(part[2:-1], 16) if part.startswith("X'") else int(part)
        for part in re.findall(r"X'[0-9A-F]+'|\d+", text.replace("%r", "").replace("%f", ""))
    ]


def test_same_bytes_and_same_operands(tmp_path: Path) -> None:
    numbers = random.Random(370)
    cases = [(op, operands(op, numbers)) for op in OPCODES for _ in range(ROUNDS)]
    lines = [f"{op.mnemonic.lower()} {args}" for op, args in cases]
    theirs = gnu(lines, tmp_path)
    source = "".join(f" {op.mnemonic} {args}\n" for op, args in cases)
    result = assemble(f"A CSECT\n{source} END\n")
    assert [str(message) for message in result.messages] == []
    ours = [record.object.hex() for record in result.records if record.object]
    assert len(ours) == len(cases)
    unknown = set()
    compared = 0
    for (op, args), code, (their_code, name, their_args) in zip(cases, ours, theirs, strict=True):
        if not their_code:
            unknown.add(op.mnemonic)
            continue
        assert code == their_code, f"{op.mnemonic} {args}"
        if name.startswith("."):
            continue
        shown = disassemble(bytes.fromhex(code))
        mnemonic, _, shown_args = shown.partition(" ")
        if mnemonic == op.mnemonic and name == op.mnemonic.lower():
            # an index or base of 0 is left out by objdump
            mine = numbers_in(shown_args)
            assert [n for n in mine if n] == [n for n in numbers_in(their_args) if n], f"{shown} | {name} {their_args}"
            compared += 1
    assert unknown == UNKNOWN
    assert compared > len(cases) * 3 // 4


def test_extended_mnemonics(tmp_path: Path) -> None:
    names = sorted(name for name in EXTENDED if not name.startswith("NOP"))
    lines = [f"{name.lower()} {'6' if name.endswith('R') else '100(4,6)'}" for name in names]
    theirs = gnu(lines, tmp_path)
    result = assemble("A CSECT\n" + "".join(f" {line.upper()}\n" for line in lines) + " END\n")
    ours = [record.object.hex() for record in result.records if record.object]
    assert dict(zip(names, ours, strict=True)) == {name: code for name, (code, _, _) in zip(names, theirs, strict=True)}
