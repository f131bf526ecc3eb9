"""DUMP: PSW, registers, keys and storage of the virtual machine on its virtual printer with the lowest address.

Eight words on a line, from a multiple of 32 bytes on, with their text at the right; lines like the one before are left
out, as DISPLAY does it.  The file has to be closed (CLOSE PRINTER).  Ranges are in operand_forms.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from vm370.cp import messages
from vm370.cp.commands.context import CommandError, Context, Operands
from vm370.cp.commands.display import storage_end
from vm370.cp.commands.operand_forms import FLOATING_POINT, locations
from vm370.cp.s370.storage import BLOCK
from vm370.cp.tracing.output import print_lines, skip_page, virtual_printer
from vm370.images.ebcdic import printable

if TYPE_CHECKING:
    from vm370.cp.machine import VirtualMachine

MODULE = "CDM"
LINE = 32
LONGEST_ID = 100
SEGMENT = 0x10000
"""The terminal is told at each."""
_SHOWN = b"".join(printable(bytes((byte,))).encode("latin-1") for byte in range(256))


def dump(ctx: Context, operands: Operands) -> None:
    """DUmp [L|T]range ... [*dumpid]."""
    vm = ctx.vm
    text, star, description = operands.rest().partition("*")
    ranges = [_range(vm, word) for word in text.upper().split()] or [locations("", MODULE, vm.storage_size)]
    if virtual_printer(vm) is None:
        raise CommandError(messages.NO_SUCH_DEVICES.by(MODULE).fill(kind="PRINTER"))
    skip_page(vm)
    if star:
        _print(vm, [f"*{description}"[:LONGEST_ID]])
    _print(vm, state_lines(vm))
    for first, last in ranges:
        _print(vm, key_lines(vm, first, last))
    for first, last in ranges:
        _storage(ctx, first & -LINE, last | LINE - 1)
    ctx.say("COMMAND COMPLETE")


def _range(vm: VirtualMachine, word: str) -> tuple[int, int]:
    where = word[1:] if word[0] in "LT" else word
    return locations(where, MODULE, storage_end(vm, where))


def _print(vm: VirtualMachine, lines: Iterable[str]) -> None:
    if not print_lines(vm, lines):
        raise CommandError(messages.SPOOL_ERROR.by(MODULE).fill(reason="DUMP NOT COMPLETE"))


def state_lines(vm: VirtualMachine) -> list[str]:
    """PSW and registers."""
    cpu = vm.cpu
    lines = [f"PSW = {vm.psw_text()}", ""]
    lines += [_row("GPR", at, [f"{cpu.gr[number]:08X}" for number in range(at, at + 8)]) for at in (0, 8)]
    lines.append(_row("FPR", 0, [f"{cpu.fpr[number]:016X}" for number in FLOATING_POINT]))
    if vm.settings.ecmode:
        lines += [_row("ECR", at, [f"{cpu.cr[number]:08X}" for number in range(at, at + 8)]) for at in (0, 8)]
    return [*lines, ""]


def _row(name: str, first: int, values: list[str]) -> str:
    return f"{name} {first:2} = {' '.join(values)}"


def key_lines(vm: VirtualMachine, first: int, last: int) -> list[str]:
    """Runs of blocks of 2 KiB with the same storage key."""
    storage, lines = vm.storage, list[str]()
    blocks = range(first & -BLOCK, last + 1, BLOCK)
    start = blocks[0]
    for at in blocks:
        following = at + BLOCK
        if following > blocks[-1] or storage.key(following) != storage.key(start):
            lines.append(f"{start:06X} TO {following - 1:06X} KEY = {storage.key(start):02X}")
            start = following
    return [*lines, ""]


def _storage(ctx: Context, first: int, last: int) -> None:
    vm = ctx.vm
    for start in range(first & -SEGMENT, last + 1, SEGMENT):
        if start > first:
            ctx.say(f"DUMPING LOC {start:06X}")
        _print(vm, storage_lines(vm, max(start, first), min(last, start + SEGMENT - 1)))


def storage_lines(vm: VirtualMachine, first: int, last: int) -> Iterator[str]:
    """Lines of eight words; ``first`` and ``last`` are whole lines.  Those like the one before are summed up."""
    storage, before, suppressed = vm.storage, b"", 0
    at = first
    while at <= last:
        size = BLOCK if at % BLOCK == 0 and at + BLOCK <= last and before else LINE
        data = vm.tracing.original(at, storage.read(at, size))
        if size == BLOCK and data != before * (BLOCK // LINE):
            size, data = LINE, data[:LINE]
        if data[:LINE] == before and at + size <= last:
            suppressed += size
            at += size
            continue
        if suppressed:
            yield f"{at - suppressed:06X} TO {at - 1:06X} SUPPRESSED LINE(S) SAME AS ABOVE"
            suppressed = 0
        before = data[:LINE]
        yield f"{at:06X}  {before.hex(' ', 4).upper()}  *{before.translate(_SHOWN).decode('latin-1')}*"
        at += LINE
