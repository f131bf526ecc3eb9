"""How handlers of instructions are chained, in LLVM text: ``tail_call``, ``leave`` and ``dispatch`` are the ends of a
handler, ``chaining_text`` the functions that those go to where the fast way is closed.  See interpreter_text.py.
"""

from __future__ import annotations

from vm370.cp.engine.native.context import (
    BUDGET,
    CONTEXT_OFFSETS,
    CPU_OFFSETS,
    HOT,
    STEP,
)
from vm370.cp.engine.native.model import (
    GUEST,
    STATE,
    TABLE,
)
from vm370.cp.engine.native.specialiser import LIKELY
from vm370.cp.s370.interruptions import (
    OPERATION,
)
from vm370.cp.s370.traps import TRAP_PROGRAM

CONVENTION = "preserve_nonecc"
"""Almost all machine registers hold arguments, none is saved."""
PARAMETERS = "ptr %s, ptr %c, i64 %insn, i64 %ia, i64 %budget, ptr %map, i64 %limit, ptr %code"
LAST_OFFSET = 2042
"""Six bytes at this offset of a block lie in it."""
NOWHERE = -4096
"""A limit below every address."""
TARGET_OF_EXECUTE = -(1 << 63)


def floor_lines(name: str) -> list[str]:
    """Lines that load the CPU's floor: what other threads store has to be seen, in a loop too."""
    return [
        f"{name}p = getelementptr i8, ptr %s, i64 {CPU_OFFSETS['floor']}",
        f"{name} = load atomic i64, ptr {name}p monotonic, align 8",
    ]


def tail_call(
    name: str,
    target: str,
    insn: str,
    ia: str,
    budget: str,
    *,
    access_map: str = "%map",
    limit: str = "%limit",
    code: str = "%code",
) -> list[str]:
    """Lines that go on in another function."""
    if limit == str(NOWHERE):
        code = "null"
    arguments = f"ptr %s, ptr %c, i64 {insn}, i64 {ia}, i64 {budget}, ptr {access_map}, i64 {limit}, ptr {code}"
    return [f"{name} = musttail call {CONVENTION} i32 {target}({arguments})", f"ret i32 {name}"]


def leave(prefix: str, ia: str, budget: str, reason: int) -> list[str]:
    """Lines that return to Python."""
    p = f"%{prefix}"
    return [
        f"{p}m = and i64 {ia}, 16777215",
        f"{p}t = trunc i64 {p}m to i32",
        f"{p}a = getelementptr i8, ptr %s, i64 {CPU_OFFSETS['ia']}",
        f"store i32 {p}t, ptr {p}a{STATE}",
        f"{p}b = getelementptr i8, ptr %c, i64 {CONTEXT_OFFSETS['budget']}",
        f"store i64 {budget}, ptr {p}b{STATE}",
        f"ret i32 {reason}",
    ]


def fetch_and_call(prefix: str, ia: str, budget: str, limit: str, code: str = "%code") -> list[str]:
    """Lines that call the handler of the instruction at a checked address; ``budget``: without it."""
    p = f"%{prefix}"
    return [
        f"{p}p = getelementptr i8, ptr {code}, i64 {ia}",
        f"{p}w = load i64, ptr {p}p, align 1{GUEST}",
        f"{p}s = call i64 @llvm.bswap.i64(i64 {p}w)",
        f"{p}i = lshr i64 {p}s, 16",
        f"{p}o = lshr i64 {p}s, 56",
        f"{p}g = getelementptr ptr, ptr @handlers, i64 {p}o",
        f"{p}f = load ptr, ptr {p}g, !invariant.load !11",
        *tail_call(f"{p}r", f"{p}f", f"{p}i", ia, budget, limit=limit, code=code),
    ]


def dispatch(prefix: str, ia: str, branch: bool) -> list[str]:
    """Lines that execute the instruction at ``ia``; ``branch``: it may be odd or before the block, else it is after."""
    p, b = f"%{prefix}", prefix
    slow = [f"{b}slow:", *tail_call(f"{p}z", "@slow", "0", ia, "%budget")]
    go = [f"{b}go:", *fetch_and_call(f"{b}n", ia, f"{p}left", "%limit")]
    if not branch:
        return [
            f"{p}left = sub i64 %budget, 1",
            f"{p}room = sub i64 %limit, {ia}",
            f"{p}both = or i64 {p}left, {p}room",
            f"{p}in = icmp sge i64 {p}both, 0",
            f"br i1 {p}in, label %{b}go, label %{b}slow{LIKELY}",
            *slow,
            *go,
        ]
    return [
        f"{p}isback = icmp ule i64 {ia}, %ia",
        f"br i1 {p}isback, label %{b}back, label %{b}more",
        f"{b}back:",
        f"{p}ea = getelementptr i8, ptr %c, i64 {CONTEXT_OFFSETS['entries']}",
        f"{p}e = load ptr, ptr {p}ea{STATE}",
        f"{p}none = icmp eq ptr {p}e, null",
        f"br i1 {p}none, label %{b}more, label %{b}probe",
        f"{b}probe:",
        *tail_call(f"{p}x", "@probe", "0", ia, "%budget"),
        f"{b}more:",
        *floor_lines(f"{p}floor"),
        f"{p}some = icmp sgt i64 %budget, {p}floor",
        f"br i1 {p}some, label %{b}at, label %{b}done{LIKELY}",
        f"{b}done:",
        *tail_call(f"{p}y", "@done", "0", ia, "%budget"),
        f"{b}at:",
        f"{p}left = sub i64 %budget, 1",
        f"{p}end = add i64 {ia}, {LAST_OFFSET}",
        f"{p}off = sub i64 {p}end, %limit",
        f"{p}turn = call i64 @llvm.fshr.i64(i64 {p}off, i64 {p}off, i64 1)",
        f"{p}in = icmp ule i64 {p}turn, {LAST_OFFSET // 2}",
        f"br i1 {p}in, label %{b}go, label %{b}slow{LIKELY}",
        *slow,
        *go,
    ]


def _probe_text(name: str, always: bool) -> str:
    """A function that goes on at ``%ia`` in translated code if there is some, and counts arrivals if not."""
    lines = [
        "entry:",
        f"%ea = getelementptr i8, ptr %c, i64 {CONTEXT_OFFSETS['entries']}",
        f"%e = load ptr, ptr %ea{STATE}",
    ]
    if always:
        lines += ["%none = icmp eq ptr %e, null", "br i1 %none, label %on, label %look", "look:"]
    lines += [
        "%a = and i64 %ia, 16777215",
        f"%ta = getelementptr i8, ptr %c, i64 {CONTEXT_OFFSETS['space_tag']}",
        f"%space = load i32, ptr %ta{STATE}",
        "%a32 = trunc i64 %a to i32",
        "%tag = or i32 %a32, %space",
        "%half = lshr i64 %a, 1",
        "%index = and i64 %half, 4095",
        "%at = getelementptr [16 x i8], ptr %e, i64 %index",
        "%ca = getelementptr i8, ptr %at, i64 4",
        "%fa = getelementptr i8, ptr %at, i64 8",
        f"%f = load ptr, ptr %fa{STATE}",
        f"%found = load i32, ptr %at{STATE}",
        "%hit = icmp eq i32 %found, %tag",
        "%empty = icmp eq ptr %f, null",
        "br i1 %hit, label %here, label %other",
        "here:",
        "br i1 %empty, label %count, label %go",
        "go:",
        *tail_call("%r", "%f", "0", "%a", "%budget"),
        "count:",
        f"%old = load i32, ptr %ca{STATE}",
        "%new = sub i32 %old, 1",
        f"store i32 %new, ptr %ca{STATE}",
        "%hot = icmp eq i32 %new, 0",
        "br i1 %hot, label %tell, label %on",
        "tell:",
        *leave("h", "%a", "%budget", HOT),
        "other:",
        "br i1 %empty, label %replace, label %on",
        "replace:",
        f"%tha = getelementptr i8, ptr %c, i64 {CONTEXT_OFFSETS['threshold']}",
        f"%threshold = load i32, ptr %tha{STATE}",
        f"store i32 %tag, ptr %at{STATE}",
        f"store i32 %threshold, ptr %ca{STATE}",
        "br label %on",
        "on:",
        *tail_call("%z", "@slow", "0", "%ia", "%budget"),
    ]
    text = "\n".join(lines)
    return f"define internal {CONVENTION} i32 @{name}({PARAMETERS}) {{\n{text}\n}}\n"


EXPORTS = {
    "slow_function": "@slow",
    "jump_function": "@jump",
    "interruption_function": "@program_interruption",
    "fetch_function": "@admit_fetch",
    "store_function": "@admit_store",
}
"""Fields of the context that ``enter`` sets, for translated code."""


def _exports() -> list[str]:
    lines = []
    for name, function in EXPORTS.items():
        lines.append(f"%x_{name} = getelementptr i8, ptr %c, i64 {CONTEXT_OFFSETS[name]}")
        lines.append(f"store ptr {function}, ptr %x_{name}")
    return lines


def chaining_text() -> str:
    """The functions that handlers go to: unknown done slow probe jump, and ``@enter`` which Python calls."""

    def join(lines: list[str]) -> str:
        return "\n".join(lines)

    return f"""
define internal {CONVENTION} i32 @unknown({PARAMETERS}) {{
entry:
%target = icmp slt i64 %insn, 0
%high = lshr i64 %insn, 40
%op = and i64 %high, 255
%raised = add i64 %op, 64
%pairs = lshr i64 %raised, 7
%ilc = add i64 %pairs, 1
%length = shl i64 %ilc, 1
%end = add i64 %ia, %length
%ma = getelementptr i8, ptr %s, i64 {CPU_OFFSETS["trap_mask"]}
%mask = load i32, ptr %ma{STATE}
%bit = and i32 %mask, {TRAP_PROGRAM}
%trapped = icmp ne i32 %bit, 0
br i1 %trapped, label %python, label %reflect
reflect:
%shown = select i1 %target, i64 2, i64 %ilc
%shown32 = trunc i64 %shown to i32
%ila = getelementptr i8, ptr %s, i64 {CPU_OFFSETS["ilc"]}
store i32 %shown32, ptr %ila{STATE}
%ca = getelementptr i8, ptr %c, i64 {CONTEXT_OFFSETS["code"]}
store i32 {OPERATION}, ptr %ca{STATE}
%after = and i64 %end, 16777215
{join(tail_call("%r", "@program_interruption", "0", "%after", "%budget"))}
python:
%ex = sub i64 %end, 4
%here = select i1 %target, i64 %ex, i64 %ia
%again = add i64 %budget, 1
{join(leave("l", "%here", "%again", STEP))}
}}
define internal {CONVENTION} i32 @done({PARAMETERS}) {{
entry:
{join(leave("d", "%ia", "%budget", BUDGET))}
}}
define internal {CONVENTION} i32 @slow({PARAMETERS}) {{
entry:
{join(floor_lines("%floor"))}
%some = icmp sgt i64 %budget, %floor
br i1 %some, label %fetch, label %done
done:
{join(tail_call("%r", "@done", "0", "%ia", "%budget"))}
fetch:
%a = and i64 %ia, 16777215
%odd = and i64 %a, 1
%even = icmp eq i64 %odd, 0
%block = lshr i64 %a, 11
%kp = getelementptr ptr, ptr %map, i64 %block
%delta = load ptr, ptr %kp{TABLE}
%open = icmp ne ptr %delta, null
%ok = and i1 %even, %open
br i1 %ok, label %where, label %python
python:
{join(leave("y", "%a", "%budget", STEP))}
where:
%left = sub i64 %budget, 1
%off = and i64 %a, 2047
%inside = icmp ule i64 %off, {LAST_OFFSET}
br i1 %inside, label %go, label %edge
go:
%block0 = and i64 %a, 16775168
%new = add i64 %block0, {LAST_OFFSET}
{join(fetch_and_call("in", "%a", "%left", "%new", "%delta"))}
edge:
%fp = getelementptr i8, ptr %delta, i64 %a
%first = load i8, ptr %fp{GUEST}
%op = zext i8 %first to i64
%raised = add i64 %op, 64
%pairs = lshr i64 %raised, 7
%twice = shl i64 %pairs, 1
%rest = add i64 %twice, 1
%last = add i64 %a, %rest
%lastblock = lshr i64 %last, 11
%lp = getelementptr ptr, ptr %map, i64 %lastblock
%lastdelta = load ptr, ptr %lp{TABLE}
%lastopen = icmp eq ptr %lastdelta, %delta
br i1 %lastopen, label %cross, label %python
cross:
{join(fetch_and_call("over", "%a", "%left", str(NOWHERE), "%delta"))}
}}
{_probe_text("jump", always=True)}
{_probe_text("probe", always=False)}
define i32 @enter(ptr %c) {{
entry:
{join(_exports())}
%sa = getelementptr i8, ptr %c, i64 {CONTEXT_OFFSETS["cpu"]}
%s = load ptr, ptr %sa
%ma = getelementptr i8, ptr %c, i64 {CONTEXT_OFFSETS["map"]}
%map = load ptr, ptr %ma
%ba = getelementptr i8, ptr %c, i64 {CONTEXT_OFFSETS["budget"]}
%budget = load i64, ptr %ba
%ia32a = getelementptr i8, ptr %s, i64 {CPU_OFFSETS["ia"]}
%ia32 = load i32, ptr %ia32a
%ia = zext i32 %ia32 to i64
%r = call {CONVENTION} i32 @jump(ptr %s, ptr %c, i64 0, i64 %ia, i64 %budget, ptr %map, i64 {NOWHERE}, ptr null)
ret i32 %r
}}
!11 = !{{}}
"""
