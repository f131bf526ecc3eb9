"""DISPLAY and STORE: looking at and changing registers, PSW and storage of the virtual machine.

    DISPLAY  [L]range  Trange  Krange  G[range]  Y[range]  X[range]  PSW  CAW  CSW
    STORE    [L]hexloc word ...  Shexloc bytes  Gn|Xn word ...  Yn doubleword ...  PSW [word] word  STATUS

Several operands may stand in one line; a letter is in force for those behind it too (D T40 80 G12 5), and those before
an invalid one are done.  Ranges are in operand_forms.py.  Without ECMODE there is one control register, 0.  Storage is
real storage of the virtual machine, and of segments above it: no prefix, no translation.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from vm370.cp import messages
from vm370.cp.commands.context import CommandError, Context, Operands, abbreviates
from vm370.cp.commands.operand_forms import (
    CONTROL,
    FLOATING_POINT,
    GENERAL,
    hexadecimal,
    location,
    locations,
    register,
    registers,
)
from vm370.cp.commands.shared_storage import tell_of_copy
from vm370.cp.s370.hooks import Registers
from vm370.cp.s370.interruptions import store_status
from vm370.cp.s370.psw import Psw
from vm370.cp.s370.storage import BLOCK
from vm370.images.ebcdic import printable

if TYPE_CHECKING:
    from vm370.cp.machine import VirtualMachine

DISPLAY_MODULE, STORE_MODULE = "CDB", "CDS"
WORDS_PER_LINE = 4
LINE = 4 * WORDS_PER_LINE
CAW, CSW = 0x48, 0x40
KINDS = "LTKGYX"
"""Letters of DISPLAY; one is in force until another one comes."""
MOST_LINES = 8_000
"""Lines of storage that one operand shows at most; a terminal keeps not many more."""


# --- DISPLAY ---


def display(ctx: Context, operands: Operands) -> None:
    """Display."""
    words = operands.words()
    if not words:
        raise CommandError(messages.OPERAND_MISSING.by(DISPLAY_MODULE).fill())
    kind = ""
    for word in words:
        if word[0] in KINDS:
            kind = word[0]
        elif not (abbreviates(word, "Psw") or word in ("CAW", "CSW")):
            word = kind + word
        _display(ctx, word)


def _display(ctx: Context, word: str) -> None:
    vm, rest = ctx.vm, word[1:]
    if abbreviates(word, "Psw"):
        ctx.say(f"PSW = {vm.psw_text()}")
    elif word == "CAW":
        ctx.say(f"CAW = {vm.storage.read(CAW, 4).hex().upper()}")
    elif word == "CSW":
        text = vm.storage.read(CSW, 8).hex().upper()
        ctx.say(f"CSW = {text[:8]} {text[8:]}")
    elif word[0] == "G":
        _rows(ctx, "GPR", vm.cpu.gr, registers(rest, DISPLAY_MODULE, GENERAL))
    elif word[0] == "X":
        _rows(ctx, "ECR", vm.cpu.cr, registers(rest, DISPLAY_MODULE, _control_registers(vm)))
    elif word[0] == "Y":
        for number in registers(rest, DISPLAY_MODULE, FLOATING_POINT):
            bits = vm.cpu.fpr[number]
            ctx.say(f"FPR {number:2} = {bits:016X}  {float_text(bits)}")
    elif word[0] == "K":
        _keys(ctx, *locations(rest, DISPLAY_MODULE, storage_end(vm, rest)))
    elif word[0] == "T":
        first, last = locations(rest, DISPLAY_MODULE, storage_end(vm, rest))
        _storage(ctx, first & ~(LINE - 1), last | (LINE - 1), with_text=True)
    else:
        where = rest if word[0] == "L" else word
        first, last = locations(where, DISPLAY_MODULE, storage_end(vm, where))
        _storage(ctx, first & ~3, last | 3, with_text=False)


def storage_end(vm: VirtualMachine, text: str) -> int:
    """The end of the storage in which a range begins: the machine's, or that of a segment above it."""
    match = re.match(r"[0-9A-F]{1,6}", text)
    first = int(match.group(), 16) if match else 0
    return next((found.end for found in vm.segments.values() if found.first <= first < found.end), vm.storage_size)


def _control_registers(vm: VirtualMachine) -> Sequence[int]:
    """Without ECMODE there is one control register."""
    return CONTROL if vm.settings.ecmode else CONTROL[:1]


def _rows(ctx: Context, name: str, values: Registers, numbers: Sequence[int]) -> None:
    for at in range(0, len(numbers), WORDS_PER_LINE):
        row = numbers[at : at + WORDS_PER_LINE]
        ctx.say(f"{name} {row[0]:2} = {' '.join(f'{values[number]:08X}' for number in row)}")


def _storage(ctx: Context, first: int, last: int, *, with_text: bool) -> None:
    """Four words on a line, the key where a block of 2 KiB begins; lines like the one before are not shown.

    The first and the last line are always shown, and so is one that begins a block with another key.
    """
    storage = ctx.vm.storage
    before, key, suppressed, shown = b"", -1, 0, 0
    at = first
    while at <= last:
        data = ctx.vm.tracing.original(at, storage.read(at, min(LINE, last + 1 - at)))
        same_key = at % BLOCK != 0 or storage.key(at) == key
        if data == before and same_key and at + LINE <= last:
            skip = BLOCK if at % BLOCK == 0 and _repeats(ctx.vm, at, last, data) else LINE
            suppressed += skip
            at += skip
            continue
        if shown >= MOST_LINES:
            ctx.say(f"DISPLAY ENDED AT {at:06X}")
            return
        if suppressed:
            ctx.say(f"{at - suppressed:06X} TO {at - 1:06X} SUPPRESSED LINE(S) SAME AS ABOVE")
            suppressed = 0
        before = data
        words = " ".join(data[i : i + 4].hex().upper() for i in range(0, len(data), 4))
        key_text = "  "
        if at % BLOCK == 0:
            key = storage.key(at)
            key_text = f"{key:02X}"
        text = f" *{printable(data)}*" if with_text else ""
        ctx.say(f"{at:06X}  {words:35} {key_text}{text}".rstrip())
        shown += 1
        at += LINE


def _repeats(vm: VirtualMachine, at: int, last: int, line: bytes) -> bool:
    """Whether the whole block at ``at`` consists of this line, and is not the last one."""
    return at + BLOCK <= last and vm.tracing.original(at, vm.storage.read(at, BLOCK)) == line * (BLOCK // LINE)


def _keys(ctx: Context, first: int, last: int) -> None:
    """Runs of blocks with the same storage key."""
    storage = ctx.vm.storage
    blocks = range(first & ~(BLOCK - 1), last + 1, BLOCK)
    start = blocks[0]
    for at in blocks:
        following = at + BLOCK
        if following > blocks[-1] or storage.key(following) != storage.key(start):
            ctx.say(f"{start:06X} TO {following - 1:06X} KEY = {storage.key(start):02X}")
            start = following


def float_text(bits: int) -> str:
    """A long floating-point number in decimal, cut off after 17 digits: ``.nnnnnnnnnnnnnnnnn  E xx``."""
    sign = "-" if bits >> 63 else ""
    fraction, exponent = bits & (1 << 56) - 1, (bits >> 56 & 127) - 64
    if not fraction:
        return f"{sign}.00000000000000000  E 00"
    power = 4 * exponent - 56
    numerator, denominator = (fraction << power, 1) if power >= 0 else (fraction, 1 << -power)
    decimal = len(str(numerator)) - len(str(denominator))  # 10**decimal is right, or too low by one power
    while numerator >= denominator * 10**decimal if decimal >= 0 else numerator * 10**-decimal >= denominator:
        decimal += 1
    shift = 17 - decimal
    digits = numerator * 10**shift // denominator if shift >= 0 else numerator // (denominator * 10**-shift)
    return f"{sign}.{digits:017}  E{'-' if decimal < 0 else ' '}{abs(decimal):02}"


# --- STORE ---


def store(ctx: Context, operands: Operands) -> None:
    """STore: a location or register and what is to be put there, as often as wanted."""
    words = operands.words()
    if not words:
        raise CommandError(messages.OPERAND_MISSING.by(STORE_MODULE).fill())
    while words:
        where = words.pop(0)
        end = next((at for at, word in enumerate(words) if _is_place(word)), len(words))
        values, words = words[:end], words[end:]
        _store(ctx.vm, where, values)
    ctx.say("STORE COMPLETE")


def _is_place(word: str) -> bool:
    """Whether a word begins the next operand: these letters are no hexadecimal digits."""
    return word[0] in "LSGXYP"


def _store(vm: VirtualMachine, where: str, values: list[str]) -> None:
    if where == "STATUS":
        if values:
            raise CommandError(messages.INVALID_OPERAND.by(STORE_MODULE).fill(operand=values[0]))
        _status(vm)
        return
    if not values:
        raise CommandError(messages.HEXDATA_MISSING.by(STORE_MODULE).fill())
    if abbreviates(where, "Psw"):
        _store_psw(vm, values)
    elif where[0] == "G":
        _store_registers(vm.cpu.gr, GENERAL, where, values)
    elif where[0] == "X":
        _store_registers(vm.cpu.cr, _control_registers(vm), where, values)
        vm.cpu.mode_changed()
    elif where[0] == "Y":
        _store_floats(vm, where, values)
    elif where[0] == "S":
        _store_string(vm, where, "".join(values))
    else:
        _store_words(vm, where, values)


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


def _store_registers(target: Registers, numbers: Sequence[int], where: str, values: list[str]) -> None:
    """Words into successive registers."""
    at = numbers.index(register(where[1:], STORE_MODULE, numbers))
    data = [_word(value) for value in values]
    if at + len(data) > len(numbers):
        raise CommandError(messages.INVALID_REGISTER.by(STORE_MODULE).fill(register=where[1:]))
    for number, value in zip(numbers[at:], data, strict=False):
        target[number] = value


def _store_floats(vm: VirtualMachine, where: str, values: list[str]) -> None:
    """Doublewords, on the left of the register when they are short; an odd number is taken down."""
    at = register(where[1:], STORE_MODULE, range(8)) // 2
    data = [_word(value, 16) << 4 * (16 - len(value)) for value in values]
    if at + len(data) > len(FLOATING_POINT):
        raise CommandError(messages.INVALID_REGISTER.by(STORE_MODULE).fill(register=where[1:]))
    for number, value in zip(FLOATING_POINT[at:], data, strict=False):
        vm.cpu.fpr[number] = value


def _store_string(vm: VirtualMachine, where: str, text: str) -> None:
    """Bytes; of an odd number of digits the last one is not stored, and there is a message."""
    address = location(where[1:], STORE_MODULE, storage_end(vm, where[1:]))
    if hexadecimal(text, len(text)) is None:
        raise CommandError(messages.INVALID_HEXDATA.by(STORE_MODULE).fill(hexdata=text))
    _write(vm, address, bytes.fromhex(text[: len(text) & ~1]))
    if len(text) % 2:
        raise CommandError(messages.INVALID_HEXDATA.by(STORE_MODULE).fill(hexdata=text[-1]))


def _store_words(vm: VirtualMachine, where: str, values: list[str]) -> None:
    """Fullwords; the address is taken down to a word boundary, short data is put to the right of its word."""
    place = where[1:] if where[0] == "L" else where
    address = location(place, STORE_MODULE, storage_end(vm, place)) & ~3
    _write(vm, address, b"".join(_word(value).to_bytes(4, "big") for value in values))


def _write(vm: VirtualMachine, address: int, data: bytes) -> None:
    if not vm.storage.exists(address, len(data)):
        raise CommandError(messages.NOT_ADDRESSABLE.by(STORE_MODULE).fill(hexloc=f"{vm.storage_size:06X}"))
    with vm.tracing.stop_lifted():
        vm.storage.write(address, data)
    tell_of_copy(vm, address, len(data))


def _status(vm: VirtualMachine) -> None:
    """Store status: CPU timer, clock comparator, PSW, registers into their places in low storage."""
    if not vm.settings.ecmode:
        raise CommandError(messages.INVALID_OPERAND.by(STORE_MODULE).fill(operand="STATUS"))
    store_status(vm.cpu)
