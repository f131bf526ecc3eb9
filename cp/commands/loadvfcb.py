"""LOADVFCB: the forms control buffer of a virtual printer."""

from __future__ import annotations

import re

from vm370.cp import messages
from vm370.cp.commands.context import CommandError, Context, Operands, abbreviates
from vm370.cp.commands.vaddr import address, device, shown
from vm370.cp.io.carriage import Carriage
from vm370.cp.io.printer import Printer
from vm370.cp.real.paper import carriage

MODULE = "CSB"
LARGEST_INDEX = 31
"""Print positions by which a 3211 can shift a line."""


def loadvfcb(ctx: Context, operands: Operands) -> None:
    """LOADVFCB vaddr FCB name [INDex [nn]]."""
    vaddr = address(operands.next(), MODULE)
    printer = device(ctx.vm, vaddr, MODULE)
    if not isinstance(printer, Printer) or not printer.has_fcb:
        raise CommandError(messages.INVALID_DEVICE_TYPE.by(MODULE).fill(device_type=shown(vaddr)))
    word, name = operands.next(), operands.next()
    if word is None or name is None:
        raise CommandError(messages.OPERAND_MISSING.by(MODULE).fill())
    if not abbreviates(word, "Fcb"):
        raise CommandError(messages.INVALID_OPERAND.by(MODULE).fill(operand=word))
    image = carriage(name)
    if image is None:
        raise CommandError(messages.IMAGE_UNKNOWN.fill(kind="FCB", name=name))
    _index(printer, operands)
    printer.carriage = Carriage(image.channels)


def _index(printer: Printer, operands: Operands) -> None:
    """INDex [nn]: only a 3211 shifts lines; a spool file has them as they were written."""
    word = operands.next()
    if word is None:
        return
    if not abbreviates(word, "INDex"):
        raise CommandError(messages.INVALID_OPTION.by(MODULE).fill(option=word))
    if printer.type.name != "3211":
        raise CommandError(messages.CONFLICTING_OPTION.by(MODULE).fill(option=word))
    number = operands.next("1")
    assert number is not None
    if not re.fullmatch(r"[0-9]{1,2}", number) or not 1 <= int(number) <= LARGEST_INDEX:
        raise CommandError(messages.INVALID_OPERAND.by(MODULE).fill(operand=number))
    if operands.peek() is not None:
        raise CommandError(messages.INVALID_OPERAND.by(MODULE).fill(operand=operands.rest()))
