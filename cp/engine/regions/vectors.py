"""TRANSLATE of long operands by vector instructions, where the host has them.

The table of 256 bytes is sixteen rows of sixteen.  For each row the bytes that belong to it, and only these, select
from it: 16 is subtracted for every row that was passed, a sum that saturates sets the left bit of all that is 16 or
more, and the host's shuffle gives zero for those.
"""

from __future__ import annotations

import llvmlite.binding as llvm

CHUNK = 32
"""Bytes at a time; shorter operands are not worth it."""
_HEAD = "define internal void @translate_long(ptr %to, ptr %table, i64 %n) {\nentry:\n"


def translate_long_text() -> str:
    """``@translate_long(to, table, length)``."""
    if not llvm.get_host_cpu_features().get("avx2"):
        return _HEAD + "call void @translate_bytes(ptr %to, ptr %table, i64 %n)\nret void\n}\n"
    kind = f"<{CHUNK} x i8>"
    twice = ", ".join(f"i32 {i % 16}" for i in range(CHUNK))
    rows, found = [], "zeroinitializer"
    for row in range(16):
        rows += [
            f"%q{row} = getelementptr i8, ptr %table, i64 {16 * row}",
            f"%t{row} = load <16 x i8>, ptr %q{row}, align 1, !tbaa !3",
            f"%b{row} = shufflevector <16 x i8> %t{row}, <16 x i8> poison, <{CHUNK} x i32> <{twice}>",
            f"%s{row} = call {kind} @llvm.uadd.sat.v32i8({kind} %x{row}, {kind} splat (i8 112))",
            f"%g{row} = call {kind} @llvm.x86.avx2.pshuf.b({kind} %b{row}, {kind} %s{row})",
            f"%o{row} = or {kind} %g{row}, {found}",
            f"%x{row + 1} = sub {kind} %x{row}, splat (i8 16)",
        ]
        found = f"%o{row}"
    text = "\n".join(rows)
    return f"""{_HEAD}br label %chunks
chunks:
%i = phi i64 [ 0, %entry ], [ %next, %chunk ]
%p = getelementptr i8, ptr %to, i64 %i
%next = add i64 %i, {CHUNK}
%fits = icmp ule i64 %next, %n
br i1 %fits, label %chunk, label %rest
chunk:
%x0 = load {kind}, ptr %p, align 1, !tbaa !3
{text}
store {kind} {found}, ptr %p, align 1, !tbaa !3
br label %chunks
rest:
%left = sub i64 %n, %i
call void @translate_bytes(ptr %p, ptr %table, i64 %left)
ret void
}}
declare {kind} @llvm.uadd.sat.v32i8({kind}, {kind})
declare {kind} @llvm.x86.avx2.pshuf.b({kind}, {kind})
"""
