"""Running the virtual machine: IPL BEGIN SYSTEM EXTERNAL ATTN (REQUEST).

IPL by name loads a saved system (cp/saved/); while a system is defined but not saved, it is loaded from the device
that its definition names.

BEGIN, IPL (without STOP), SYSTEM RESTART, EXTERNAL and ATTN return the terminal to the machine; the last two only if
the machine was not stopped (it has nothing to go on with before IPL or BEGIN).
"""

from __future__ import annotations

import re

from vm370.cp import messages
from vm370.cp.commands.context import CommandError, Context, Operands, abbreviates
from vm370.cp.commands.operand_forms import decimal, hexadecimal, no_more
from vm370.cp.commands.saved_systems import find_saved
from vm370.cp.commands.vaddr import address, device, is_address, shown
from vm370.cp.io.ckd import CkdDisk
from vm370.cp.s370.interruptions import CLOCK_COMPARATOR, CPU_TIMER, INTERRUPT_KEY, restart_interruption
from vm370.cp.s370.psw import Psw
from vm370.cp.saved import loading
from vm370.images.ebcdic import EbcdicError, to_ebcdic

MODULE = "CFG"

LONGEST_PARM = 64
_PARM = re.compile(r"(?i)(?<!\S)PARM(?:\s|$)")
RESET_PSW = Psw.from_bytes(bytes.fromhex("0002000000000000"))
"""What a system reset leaves: a disabled wait."""


def ipl(ctx: Context, operands: Operands) -> None:
    """IPL vaddr [cylno] [CLear|NOCLear] [STOP] [ATTN] [PARM text] | sysname [...] [PARM text]."""
    vm = ctx.vm
    target = operands.next()
    if target is None:
        raise CommandError(messages.SYSTEM_MISSING.fill())
    clear = stop = attention = False
    cylinder: int | None = None
    parm = b""
    while (word := operands.next()) is not None:
        if abbreviates(word, "CLear"):
            clear = True
        elif abbreviates(word, "STOP"):
            stop = True
        elif abbreviates(word, "ATTN"):
            attention = True
        elif abbreviates(word, "PARM"):
            operands.rest()
            parm = _parameter(operands.text)
        elif cylinder is None and is_address(target) and (number := decimal(word, 5)) is not None:
            cylinder = number
        elif not abbreviates(word, "NOCLear"):
            raise CommandError(messages.INVALID_OPTION.by(MODULE).fill(option=word))
    if is_address(target):
        _ipl_device(ctx, int(target, 16), clear, cylinder or 0)
    else:
        _ipl_name(ctx, target, clear)
    for number in range(len(parm) // 4):
        vm.gr[number] = int.from_bytes(parm[4 * number : 4 * number + 4], "big")
    if attention and vm.console is not None:
        vm.console.attention()
    if stop:
        ctx.say("CP")
    else:
        vm.resume()


def _ipl_device(ctx: Context, vaddr: int, clear: bool, cylinder: int = 0) -> None:
    found = ctx.vm.devices.get(vaddr)
    if found is None:
        raise CommandError(messages.DEVICE_MISSING.by(MODULE).fill(vaddr=f"{vaddr:03X}"))
    if not isinstance(found, CkdDisk):
        if cylinder:
            raise CommandError(messages.INVALID_OPTION.by(MODULE).fill(option=cylinder))
        loaded = ctx.vm.ipl(vaddr, clear=clear)
    else:
        found.load_cylinder = cylinder
        try:
            loaded = ctx.vm.ipl(vaddr, clear=clear)
        finally:
            found.load_cylinder = 0
    if not loaded:
        raise CommandError(messages.IPL_FAILED.fill(vaddr=f"{vaddr:03X}"))


def _ipl_name(ctx: Context, name: str, clear: bool) -> None:
    """A saved system; storage that it does not bring is cleared."""
    system = find_saved(ctx, name)
    definition = ctx.system.saved.definition(name)
    if system is None and definition is not None and definition.device is not None:
        _ipl_device(ctx, definition.device, clear)
    elif system is None or system.state is None:
        raise CommandError(messages.SYSTEM_NOT_FOUND.fill(name=name))
    else:
        try:
            loading.ipl(ctx.vm, system)
        except loading.TooSmall as needed:
            raise CommandError(messages.SYSTEM_TOO_LARGE.fill(name=name, size=needed.args[0] >> 10)) from None


def _parameter(parm: str) -> bytes:
    """PARM: up to 64 bytes behind one blank for the general registers, from register 0 on, padded with blanks."""
    parm = _PARM.split(parm, maxsplit=1)[-1]
    try:
        text = to_ebcdic(parm.upper())
    except EbcdicError:
        raise CommandError(messages.INVALID_OPERAND.by(MODULE).fill(operand=parm)) from None
    if len(text) > LONGEST_PARM:
        raise CommandError(messages.INVALID_OPERAND.by(MODULE).fill(operand=parm))
    return text.ljust(-(-len(text) // 4) * 4, b"\x40")


def begin(ctx: Context, operands: Operands) -> None:
    """Begin [hexloc]: go on at the PSW, or at an address."""
    location = operands.next()
    if location is not None:
        start = hexadecimal(location, 6)
        if start is None:
            raise CommandError(messages.INVALID_HEXLOC.by(MODULE).fill(hexloc=location))
        no_more(operands.next(), MODULE)
        ctx.vm.cpu.ia = start
    ctx.vm.resume()


def system(ctx: Context, operands: Operands) -> None:
    """SYStem CLEAR|RESET|RESTART."""
    vm, word = ctx.vm, operands.next()
    no_more(operands.next(), MODULE)
    match word:
        case "CLEAR":
            vm.reset(clear=True)
            vm.cpu.psw = RESET_PSW
            ctx.say("STORAGE CLEARED - SYSTEM RESET")
        case "RESET":
            vm.reset()
            vm.cpu.psw = RESET_PSW
            ctx.say("SYSTEM RESET")
        case "RESTART":
            restart_interruption(vm.cpu)
            vm.resume()
        case None:
            raise CommandError(messages.OPERAND_MISSING.by(MODULE).fill())
        case other:
            raise CommandError(messages.INVALID_OPERAND.by(MODULE).fill(operand=other))


def external(ctx: Context, operands: Operands) -> None:
    """EXTernal [40|code]: make an external interruption pending."""
    word = operands.next()
    no_more(operands.next(), MODULE)
    code = INTERRUPT_KEY if word is None else hexadecimal(word, 4)
    if not code or (code > 0xFF and not (ctx.vm.settings.ecmode and code in (CLOCK_COMPARATOR, CPU_TIMER))):
        raise CommandError(messages.INVALID_OPERAND.by(MODULE).fill(operand=word))
    ctx.vm.external_interruption(code)
    _return_control(ctx)


def attn(ctx: Context, operands: Operands) -> None:
    """ATTN, REQuest [vaddr]: the request key of the virtual console, or of another one, which gets the next line."""
    word = operands.next()
    no_more(operands.next(), MODULE)
    console = ctx.vm.console
    if word is not None:
        vaddr = address(word, MODULE)
        console = ctx.vm.consoles.find(vaddr)
        if console is None:
            device(ctx.vm, vaddr, MODULE)
            raise CommandError(messages.INVALID_DEVICE_TYPE.by(MODULE).fill(device_type=shown(vaddr)))
        ctx.vm.consoles.call(console)
    elif console is not None:
        console.attention()
    _return_control(ctx)


def _return_control(ctx: Context) -> None:
    """The terminal leaves CP mode, and a machine that was only interrupted goes on."""
    if ctx.vm.in_cp and not ctx.vm.stopped:
        ctx.vm.resume()
