"""LLVM text that moves slots (text.py) between their variables and the CPU, and counts what a region executed."""

from __future__ import annotations

from vm370.cp.engine.native.arithmetic import Lines
from vm370.cp.engine.native.context import CONTEXT_OFFSETS
from vm370.cp.engine.native.model import STATE


def read_lines(name: str, key: str, offset: int, kind: str) -> Lines:
    """Lines that load a slot from the CPU."""
    p = f"%{name}"
    lines: Lines = [f"{p}.p = getelementptr i8, ptr %s, i64 {offset}", f"{p}.v = load {kind}, ptr {p}.p{STATE}"]
    if kind == "i64":
        return [*lines, f"store i64 {p}.v, ptr %{key}"]
    return [*lines, f"{p}.z = zext i32 {p}.v to i64", f"store i64 {p}.z, ptr %{key}"]


def write_lines(name: str, key: str, offset: int, kind: str) -> Lines:
    """Lines that store a slot into the CPU."""
    p = f"%{name}"
    lines: Lines = [f"{p}.q = getelementptr i8, ptr %s, i64 {offset}", f"{p}.w = load i64, ptr %{key}"]
    if kind == "i64":
        return [*lines, f"store i64 {p}.w, ptr {p}.q{STATE}"]
    return [*lines, f"{p}.t = trunc i64 {p}.w to i32", f"store i32 {p}.t, ptr {p}.q{STATE}"]


def count_lines(name: str, left: str) -> Lines:
    """Lines that add what was executed since the entry to the context's count."""
    p = f"%{name}"
    return [
        f"{p}.cd = sub i64 %budget, {left}",
        f"{p}.cp = getelementptr i8, ptr %c, i64 {CONTEXT_OFFSETS['region_instructions']}",
        f"{p}.c0 = load i64, ptr {p}.cp{STATE}",
        f"{p}.c1 = add i64 {p}.c0, {p}.cd",
        f"store i64 {p}.c1, ptr {p}.cp{STATE}",
    ]
