"""The lines of TRACE, in the shapes of the CP Command Reference for General Users (VM/370 Release 6, TRACE, Responses).

::

    *** vvvvvv SVC   code ==> tttttt                     SVC, PROG, EXT interruption
    *** vvvvvv I/O   vadd ==> tttttt CSW xxxx            I/O interruption, unit and channel status
    CSW V vadd xxxxxxxx xxxxxxxx                         the whole CSW, before that line
    ::: vvvvvv mnem  xxxxxxxx                            privileged instruction
    ::: vvvvvv SSM   xxxxxxxx ss                         and the new system mask; STOSM and STNSM too
    ::: vvvvvv LPSW  xxxxxxxx ==> tttttttt tttttttt      and the new PSW; without the arrow if it waits
    I/O vvvvvv mnem  xxxxxxxx type vadd CC n             I/O instruction; behind it: type radd, the real device,
                                                         if there is one; CSW xxxx, if it was stored; CAW xxxxxxxx
    CCW vvvvvv xxxxxxxx xxxxxxxx                         channel command word
    CCW  IDAL  vvvvvvvv vvvvvvvv                         its indirect data address words
    CCW  SEEK  xxxxxxxx xxxx      SEEK  yyyyyyyy yyyy    the seek address, and that on the volume of a minidisk
    vvvvvv mnem  xxxxxxxx xxxx                           instruction
    vvvvvv mnem  xxxxxxxx ==> tttttt                     successful branch
    vvvvvv EX    xxxxxxxx zz vvvvvv mnem  xxxx xxxxxxxx  executed instruction
    vvvvvv mnem  xxxxxxxx     tttttt                     ALL: a branch, before it is executed
    ==> vvvvvv mnem  xxxxxxxxxxxx                        ALL: where the last instruction led to

vvvvvv is a logical address: of the instruction for SVC and PROG, of the next instruction for EXT and I/O.  The halves
of lines in which VM/370 shows the real CSW and the real CCWs that it made are missing: the channels of a virtual
machine work with the guest's own CCWs.
"""

from __future__ import annotations

from collections.abc import Sequence

from vm370.cp.io.ccw import Ccw, Csw
from vm370.cp.tracing.steps import Instruction


def interruption(address: int, kind: str, code: int, target: int) -> str:
    """SVC, PROG or EXT.

    >>> interruption(0x17030, "SVC", 0xCA, 0x1229C)
    '*** 017030 SVC   00CA ==> 01229C'
    """
    return f"*** {address:06X} {kind:<5} {code:04X} ==> {target:06X}"


def io_interruption(address: int, vaddr: int, csw: Csw, target: int) -> str:
    """An I/O interruption."""
    return f"{interruption(address, 'I/O', vaddr, target)} CSW {csw.status_bytes().hex().upper()}"


def channel_status(vaddr: int, csw: Csw) -> str:
    """TRACE CSW."""
    return f"CSW V {vaddr:04X} {_words(csw.to_bytes())}"


def io_instruction(
    step: Instruction,
    kind: str,
    vaddr: int,
    cc: int,
    *,
    raddr: int | None = None,
    csw: bytes | None = None,
    caw: bytes | None = None,
) -> str:
    """An I/O instruction: virtual device, real device, the status it has stored and the CAW it has used."""
    line = f"I/O {_start(step)} {kind:<4} {vaddr:04X} CC {cc}"
    if raddr is not None:
        line += f" {kind:<4} {raddr:04X}"
    if csw is not None:
        line += f" CSW {csw.hex().upper()}"
    if caw is not None:
        line += f" CAW {caw.hex().upper()}"
    return line


def ccw(address: int, word: Ccw) -> str:
    """A channel command word."""
    return f"CCW {address:06X} {_words(word.to_bytes())}"


def idal(words: Sequence[int]) -> list[str]:
    """The indirect data address list, two words in a line."""
    return ["CCW  IDAL  " + " ".join(f"{word:08X}" for word in words[at : at + 2]) for at in range(0, len(words), 2)]


def seek(address: bytes, start: int | None = None) -> str:
    """The operand of a seek: bin, cylinder, head; and the same on the volume, if the disk begins at cylinder ``start``.

    >>> seek(bytes.fromhex("000000030001"), 5)
    'CCW  SEEK  00000003 0001      SEEK  00000008 0001'
    """
    virtual = f"CCW  SEEK  {_words(address)}"
    if start is None:
        return virtual
    real = address[:2] + (int.from_bytes(address[2:4], "big") + start & 0xFFFF).to_bytes(2, "big") + address[4:]
    return f"{virtual}      SEEK  {_words(real)}"


def privileged(step: Instruction, *, mask: int | None = None, psw: bytes | None = None) -> str:
    """A privileged instruction; ``mask``: the new system mask, ``psw``: the new PSW."""
    line = f"::: {_start(step)}"
    if mask is not None:
        return f"{line} {mask:02X}"
    if psw is not None:
        arrow = "   " if psw[1] & 2 else "==>"
        return f"{line} {arrow} {_words(psw)}"
    return line


def instruction(step: Instruction) -> str:
    """An instruction that is neither a successful branch nor privileged."""
    if step.executed is not None:
        return executed(step)
    return f"{_start(step)} {step.code[4:].hex().upper()}".rstrip()


def branch(step: Instruction, target: int) -> str:
    """A successful branch."""
    start = executed(step) if step.executed is not None else _start(step)
    return f"{start} ==> {target:06X}"


def executed(step: Instruction) -> str:
    """EX with its target."""
    under = step.subject
    byte = "" if step.byte is None else f" {step.byte:02X}"
    words = f"{under.code[:2].hex().upper()} {under.code[2:].hex().upper()}".rstrip()
    return f"{_start(step)}{byte} {under.address:06X} {under.mnemonic:<5} {words}"


def before(step: Instruction, *, led_to: bool) -> str:
    """ALL: an instruction that is executed next; ``led_to``: not the one that follows the last one."""
    arrow = "==> " if led_to else ""
    if step.executed is not None:
        return arrow + executed(step)
    if step.target is not None and not led_to:
        return f"{_start(step)}     {step.target:06X}"
    code = f"{step.address:06X} {step.mnemonic:<5} {step.code.hex().upper()}"
    return arrow + code if led_to else instruction(step)


def _start(step: Instruction) -> str:
    return f"{step.address:06X} {step.mnemonic:<5} {step.code[:4].hex().upper():<8}"


def _words(data: bytes) -> str:
    return f"{data[:4].hex().upper()} {data[4:].hex().upper()}"
