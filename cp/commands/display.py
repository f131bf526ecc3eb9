"""DISPLAY and STORE: looking at and changing registers, PSW and storage of the virtual machine.

DISPLAY  hexloc[-hexloc]  Lhexloc  Thexloc  Khexloc  G Y X (registers)  PSW  CAW  CSW
STORE    hexloc word ...  Lhexloc word ...  Shexloc bytes  Gn Yn Xn word ...  PSW [word] word  STATUS
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vm370.cp import messages
from vm370.cp.commands.context import CommandError, Context, Operands, abbreviates
from vm370.cp.commands.operand_forms import hexadecimal, location, locations, registers
from vm370.cp.s370.psw import Psw
from vm370.cp.s370.storage import BLOCK
from vm370.images.ebcdic import printable

if TYPE_CHECKING:
    from vm370.cp.machine import VirtualMachine

DISPLAY_MODULE, STORE_MODULE = "CDB", "CDS"
WORDS_PER_LINE = 4
LINE = 4 * WORDS_PER_LINE
CAW, CSW = 0x48, 0x40
FLOATING_POINT_REGISTERS = (0, 2, 4, 6)
LONGEST_STRING = 64


def display(ctx: Context, operands: Operands) -> None:
    """Display."""
    words = operands.words()
    if not words:
        raise CommandError(messages.OPERAND_MISSING.by(DISPLAY_MODULE).fill())
    for word in words:
        _display(ctx, word)


def _display(ctx: Context, word: str) -> None:
    vm = ctx.vm
    if abbreviates(word, "Psw"):
        ctx.say(f"PSW = {vm.psw_text()}")
    elif word == "CAW":
        ctx.say(f"CAW = {vm.storage.read(CAW, 4).hex().upper()}")
    elif word == "CSW":
        text = vm.storage.read(CSW, 8).hex().upper()
        ctx.say(f"CSW = {text[:8]} {text[8:]}")
    elif word[0] == "G":
        _rows(ctx, "GPR", [(n, f"{vm.cpu.gr[n]:08X}") for n in registers(word[1:], DISPLAY_MODULE)])
    elif word[0] == "X":
        _rows(ctx, "ECR", [(n, f"{vm.cpu.cr[n]:08X}") for n in registers(word[1:], DISPLAY_MODULE)])
    elif word[0] == "Y":
        for number in registers(word[1:], DISPLAY_MODULE):
            if number in FLOATING_POINT_REGISTERS:
                bits = vm.cpu.fpr[number]
                ctx.say(f"FPR {number:2} = {bits:016X}  {float_text(bits)}")
    elif word[0] == "K":
        _keys(ctx, *locations(word[1:], DISPLAY_MODULE, vm.storage_size))
    else:
        with_text = word[0] == "T"
        text = word[1:] if word[0] in "LT" else word
        first, last = locations(text, DISPLAY_MODULE, vm.storage_size)
        _storage(ctx, first, last, with_text)


def _rows(ctx: Context, name: str, values: list[tuple[int, str]]) -> None:
    for at in range(0, len(values), WORDS_PER_LINE):
        row = values[at : at + WORDS_PER_LINE]
        ctx.say(f"{name} {row[0][0]:2} = {' '.join(value for _, value in row)}")


def _storage(ctx: Context, first: int, last: int, with_text: bool) -> None:
    """Whole words, four on a line; lines that repeat the one before are counted, not shown."""
    vm = ctx.vm
    start = first & ~3
    end = min((last | 3) + 1, vm.storage_size)
    before, suppressed = b"", 0
    for at in range(start, end, LINE):
        data = vm.storage.read(at, min(LINE, end - at))
        if data == before and at + LINE < end:
            suppressed += 1
            continue
        if suppressed:
            ctx.say(f"       {suppressed} LINES SUPPRESSED")
            suppressed = 0
        before = data
        words = " ".join(data[i : i + 4].hex().upper() for i in range(0, len(data), 4))
        ctx.say(f"{at:06X}  {words:35} *{printable(data)}*" if with_text else f"{at:06X}  {words}")


def _keys(ctx: Context, first: int, last: int) -> None:
    """Runs of blocks with the same storage key."""
    storage = ctx.vm.storage
    start = first & ~(BLOCK - 1)
    key = storage.key(start)
    for at in range(start + BLOCK, (last | (BLOCK - 1)) + 2, BLOCK):
        if at > last or storage.key(at) != key:
            ctx.say(f"{start:06X} TO {at - 1:06X} KEY = {key:02X}")
            if at <= last:
                start, key = at, storage.key(at)


def float_text(bits: int) -> str:
    """A long floating-point number in decimal: ``.nnnnnnnnnnnnnnnnn E xx``."""
    sign = "-" if bits >> 63 else ""
    fraction, exponent = bits & (1 << 56) - 1, (bits >> 56 & 127) - 64
    if not fraction:
        return f"{sign}.00000000000000000 E 00"
    power = 4 * exponent - 56
    numerator, denominator = (fraction << power, 1) if power >= 0 else (fraction, 1 << -power)
    decimal = len(str(numerator)) - len(str(denominator))
    while numerator >= denominator * 10**decimal if decimal >= 0 else numerator * 10**-decimal >= denominator:
        decimal += 1
    shift = 17 - decimal
    digits = numerator * 10**shift // denominator if shift >= 0 else numerator // (denominator * 10**-shift)
    text = str(digits).rjust(17, "0")[:17]
    return f"{sign}.{text} E {decimal:02}" if decimal >= 0 else f"{sign}.{text} E-{-decimal:02}"


def store(ctx: Context, operands: Operands) -> None:
    """STore."""
    vm, words = ctx.vm, operands.words()
    if not words:
        raise CommandError(messages.OPERAND_MISSING.by(STORE_MODULE).fill())
    where, values = words[0], words[1:]
    if where == "STATUS":
        _status(vm)
    elif not values:
        raise CommandError(messages.HEXDATA_MISSING.by(STORE_MODULE).fill())
    elif abbreviates(where, "Psw"):
        _store_psw(vm, values)
    elif where[0] == "G":
        _store_registers(vm.cpu.gr, where, values)
    elif where[0] == "X":
        _store_registers(vm.cpu.cr, where, values)
        vm.cpu.mode_changed()
    elif where[0] == "Y":
        _store_floats(vm, where, values)
    elif where[0] == "S":
        _store_string(vm, where, "".join(values))
    else:
        _store_words(vm, where, values)
    ctx.say("STORE COMPLETE")


def _word(text: str, digits: int = 8) -> int:
    value = hexadecimal(text, digits)
    if value is None:
        raise CommandError(messages.INVALID_HEXDATA.by(STORE_MODULE).fill(hexdata=text))
    return value


def _store_psw(vm: VirtualMachine, values: list[str]) -> None:
    numbers = [_word(value) for value in values]
    if len(numbers) > 2:
        raise CommandError(messages.INVALID_OPERAND.by(STORE_MODULE).fill(operand=values[2]))
    high = vm.cpu.psw.to_bytes()[:4] if len(numbers) == 1 else numbers[0].to_bytes(4, "big")
    vm.cpu.psw = Psw.from_bytes(high + numbers[-1].to_bytes(4, "big"))


def _store_registers(target: object, where: str, values: list[str]) -> None:
    first = registers(where[1:], STORE_MODULE) if where[1:] else range(0)
    if len(first) != 1:
        raise CommandError(messages.INVALID_REGISTER.by(STORE_MODULE).fill(register=where[1:]))
    if first[0] + len(values) > 16:
        raise CommandError(messages.INVALID_REGISTER.by(STORE_MODULE).fill(register=where))
    numbers = [_word(value) for value in values]
    for number, value in enumerate(numbers, first[0]):
        target[number] = value  # type: ignore[index]


def _store_floats(vm: VirtualMachine, where: str, values: list[str]) -> None:
    found = registers(where[1:], STORE_MODULE) if where[1:] else range(0)
    numbers = [_word(value.ljust(16, "0"), 16) for value in values]
    if len(found) != 1 or found[0] not in FLOATING_POINT_REGISTERS or found[0] + 2 * len(numbers) > 8:
        raise CommandError(messages.INVALID_REGISTER.by(STORE_MODULE).fill(register=where))
    for index, value in enumerate(numbers):
        vm.cpu.fpr[found[0] + 2 * index] = value


def _store_string(vm: VirtualMachine, where: str, text: str) -> None:
    address = location(where[1:], STORE_MODULE, vm.storage_size)
    if len(text) % 2 or len(text) > 2 * LONGEST_STRING or hexadecimal(text, len(text)) is None:
        raise CommandError(messages.INVALID_HEXDATA.by(STORE_MODULE).fill(hexdata=text))
    _write(vm, address, bytes.fromhex(text), where)


def _store_words(vm: VirtualMachine, where: str, values: list[str]) -> None:
    """Fullwords; the address is taken down to a word boundary, short data is put to the right of its word."""
    address = location(where[1:] if where[0] == "L" else where, STORE_MODULE, vm.storage_size) & ~3
    _write(vm, address, b"".join(_word(value).to_bytes(4, "big") for value in values), where)


def _write(vm: VirtualMachine, address: int, data: bytes, where: str) -> None:
    if address + len(data) > vm.storage_size:
        raise CommandError(messages.INVALID_HEXLOC.by(STORE_MODULE).fill(hexloc=where))
    vm.storage.write(address, data)


def _status(vm: VirtualMachine) -> None:
    """Store status: CPU timer, clock comparator, PSW, registers into their places in low storage."""
    if not vm.settings.ecmode:
        raise CommandError(messages.ECMODE_MISSING.fill())
    cpu, write = vm.cpu, vm.storage.write
    write(0xD8, cpu.read_cpu_timer().to_bytes(8, "big") + cpu.clock_comparator.to_bytes(8, "big"))
    write(0x100, cpu.psw.to_bytes() + cpu.prefix.to_bytes(4, "big"))
    write(0x160, b"".join(cpu.fpr[n].to_bytes(8, "big") for n in FLOATING_POINT_REGISTERS))
    write(0x180, b"".join(cpu.gr[n].to_bytes(4, "big") for n in range(16)))
    write(0x1C0, b"".join(cpu.cr[n].to_bytes(4, "big") for n in range(16)))
