"""Functions in LLVM text that decide on accesses which a map's entries do not simply allow.

admit_fetch(context, map, address, length)  delta of a contiguous operand that may be fetched, or null
admit_store(context, map, address, length)  the same for storing: no byte of it is translated code
absolute_free(context, absolute address)    no byte of the eight from there is translated code (nor of some near them)
low_storage_free(cpu, context)              no byte of the first 256 of real storage is translated code
forget_block(context, logical block)        the block has no entry in any map without translation

They are called where it is rare, by a convention that leaves the caller's machine registers alone.
"""

from __future__ import annotations

from vm370.cp.engine.native.context import CONTEXT_OFFSETS, CPU_OFFSETS
from vm370.cp.engine.native.maps import CODE_BITS, CODE_DATA, WRITE
from vm370.cp.engine.native.model import ADMIT, STATE, TABLE

_ENDS = """%some = icmp sgt i64 %n, 0
br i1 %some, label %ends, label %no
ends:
%first = lshr i64 %a, 11
%beyond = add i64 %a, %n
%z = sub i64 %beyond, 1
%last = lshr i64 %z, 11"""


def _entry(name: str, plane: int, block: str) -> str:
    return f"""%{name}t = getelementptr i8, ptr %map, i64 {plane}
%{name}p = getelementptr ptr, ptr %{name}t, i64 %{block}
%{name} = load ptr, ptr %{name}p{TABLE}"""


def admission_text() -> str:
    """All of them."""
    clear = "\n".join(
        f"%p{plane} = getelementptr i8, ptr %entry0, i64 {plane}\nstore ptr null, ptr %p{plane}{TABLE}"
        for plane in (0, WRITE, CODE_DATA, CODE_BITS)
    )
    words = "\n".join(
        f"%w{i}p = getelementptr i64, ptr %at, i64 {i}\n%w{i} = load i64, ptr %w{i}p{TABLE}\n"
        f"%or{i} = or i64 %w{i}, {f'%or{i - 1}' if i else 0}"
        for i in range(4)
    )
    return f"""
define internal {ADMIT} ptr @admit_fetch(ptr %c, ptr %map, i64 %a, i64 %n) noinline {{
entry:
{_ENDS}
{_entry("d", 0, "first")}
{_entry("e", 0, "last")}
%ok = icmp eq ptr %d, %e
%r = select i1 %ok, ptr %d, ptr null
ret ptr %r
no:
ret ptr null
}}
define internal {ADMIT} ptr @admit_store(ptr %c, ptr %map, i64 %a, i64 %n) noinline {{
entry:
{_ENDS}
{_entry("w", WRITE, "first")}
{_entry("x", CODE_DATA, "first")}
{_entry("v", WRITE, "last")}
{_entry("y", CODE_DATA, "last")}
%plain = icmp ne ptr %w, null
%d = select i1 %plain, ptr %w, ptr %x
%plain2 = icmp ne ptr %v, null
%e = select i1 %plain2, ptr %v, ptr %y
%ok = icmp eq ptr %d, %e
br i1 %ok, label %code, label %no
code:
{_entry("b", CODE_BITS, "first")}
{_entry("c2", CODE_BITS, "last")}
%has = icmp ne ptr %b, null
%bits = select i1 %has, ptr %b, ptr %c2
%none = icmp eq ptr %bits, null
br i1 %none, label %yes, label %look
look:
%from = lshr i64 %a, 6
%to = lshr i64 %z, 6
%skip = and i64 %a, 63
%after = sub i64 63, %z
%cut = and i64 %after, 63
%high = shl i64 -1, %skip
%low = lshr i64 -1, %cut
br label %loop
loop:
%i = phi i64 [ %from, %look ], [ %i1, %next ]
%wordp = getelementptr i64, ptr %bits, i64 %i
%word = load i64, ptr %wordp, align 1{TABLE}
%isfirst = icmp eq i64 %i, %from
%m1 = select i1 %isfirst, i64 %high, i64 -1
%islast = icmp eq i64 %i, %to
%m2 = select i1 %islast, i64 %low, i64 -1
%t1 = and i64 %word, %m1
%t2 = and i64 %t1, %m2
%free = icmp eq i64 %t2, 0
br i1 %free, label %next, label %no
next:
%i1 = add i64 %i, 1
br i1 %islast, label %yes, label %loop
yes:
ret ptr %d
no:
ret ptr null
}}
define internal {ADMIT} i1 @low_storage_free(ptr %s, ptr %c) noinline {{
entry:
%ba = getelementptr i8, ptr %c, i64 {CONTEXT_OFFSETS["code_bits"]}
%bits = load ptr, ptr %ba{STATE}
%none = icmp eq ptr %bits, null
br i1 %none, label %yes, label %look
look:
%pa = getelementptr i8, ptr %s, i64 {CPU_OFFSETS["prefix"]}
%prefix = load i32, ptr %pa{STATE}
%eighth = lshr i32 %prefix, 3
%offset = zext i32 %eighth to i64
%at = getelementptr i8, ptr %bits, i64 %offset
{words}
%free = icmp eq i64 %or3, 0
ret i1 %free
yes:
ret i1 true
}}
define internal {ADMIT} i1 @absolute_free(ptr %c, i64 %a) noinline {{
entry:
%ba = getelementptr i8, ptr %c, i64 {CONTEXT_OFFSETS["code_bits"]}
%bits = load ptr, ptr %ba{STATE}
%none = icmp eq ptr %bits, null
br i1 %none, label %yes, label %look
look:
%offset = lshr i64 %a, 3
%at = getelementptr i8, ptr %bits, i64 %offset
%word = load i16, ptr %at, align 1{TABLE}
%free = icmp eq i16 %word, 0
ret i1 %free
yes:
ret i1 true
}}
define internal void @forget_block(ptr %c, i64 %block) noinline {{
entry:
%maps = getelementptr i8, ptr %c, i64 {CONTEXT_OFFSETS["maps"]}
br label %loop
loop:
%key = phi i64 [ 0, %entry ], [ %key1, %next ]
%mp = getelementptr ptr, ptr %maps, i64 %key
%map = load ptr, ptr %mp{STATE}
%none = icmp eq ptr %map, null
br i1 %none, label %next, label %clear
clear:
%entry0 = getelementptr ptr, ptr %map, i64 %block
{clear}
br label %next
next:
%key1 = add i64 %key, 1
%more = icmp ult i64 %key1, 16
br i1 %more, label %loop, label %end
end:
ret void
}}
"""
