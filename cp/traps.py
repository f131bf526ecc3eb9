"""The heart: what CP does when a guest traps.

While a guest runs, the real machine is in problem state, whatever the guest believes.  What the guest may not do itself
traps to CP, and CP asks one question: is the *virtual* machine in supervisor state?

    guest does               virtual problem state        virtual supervisor state
    ----------               ---------------------        ------------------------
    privileged instruction   reflect program code 2       simulate it on the virtual hardware
    I/O instruction          reflect program code 2       simulate: channel program on virtual devices
    DIAGNOSE                 reflect program code 2       hypercall: one trap does the whole job
    IUCV                     reflect program code 1       hypercall, by an instruction that no machine has
    SVC, program exception   reflect                      reflect
    wait PSW                 (cannot load one)            idle until an interruption is due

To *simulate* is to run the instruction's one definition (cp/s370) against the virtual machine's state.  To *reflect* is
to run the interruption's definition: the guest's own old and new PSWs are swapped, and its operating system decides.
Everything is counted in ``vm.counters``; TRACE TRAPS shows it as it happens.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from vm370.cp import messages
from vm370.cp.engine import reference
from vm370.cp.io.ccw import Csw
from vm370.cp.s370 import interruptions
from vm370.cp.s370.disassembler import disassemble
from vm370.cp.s370.interceptions import (
    BudgetEnd,
    Diagnose,
    Interception,
    InterUserCommunication,
    InvalidPsw,
    MaskChanged,
    PrivilegedOperation,
    ProgramInterruption,
    SupervisorCall,
    Waiting,
)
from vm370.cp.s370.interruptions import ProgramCheck
from vm370.cp.tracing.adstop import SVC_NUMBER
from vm370.diag.registry import FUNCTIONS
from vm370.diag.x100 import OWN

if TYPE_CHECKING:
    from vm370.cp.machine import VirtualMachine

IO_INSTRUCTIONS = frozenset({"SIO", "SIOF", "TIO", "CLRIO", "HIO", "HDV", "TCH", "CLRCH", "STIDC"})

LOOP_LIMIT = 16
"""Interruptions of one class without a completed instruction between them; one more, and CP calls it a loop."""
LOOP_MESSAGES = {"program": messages.PROGRAM_LOOP, "external": messages.EXTERNAL_LOOP}


class Suspended(Exception):
    """A DIAGNOSE function waits for a device; the instruction is executed again when the device has changed."""


class Discontinued(Exception):
    """A DIAGNOSE function took the machine away (LOGOFF, IPL, a reset): there is nothing to go back to."""


def handle(vm: VirtualMachine, interception: Interception) -> None:
    """One trap, by the table above."""
    match interception:
        case BudgetEnd() | MaskChanged() | Waiting():
            return
        case PrivilegedOperation(mnemonic, instruction):
            privileged_operation(vm, mnemonic, instruction)
        case Diagnose(rx, ry, code):
            hypercall(vm, rx, ry, code)
        case InterUserCommunication(address):
            communicate(vm, address)
        case SupervisorCall(number):
            if number == SVC_NUMBER and vm.tracing.stop_reached():
                return
            count(vm, "svc", f"SVC {number}", f"reflect: SVC interruption {number:02X}")
            reflect_supervisor_call(vm, number)
        case ProgramInterruption(code):
            name = interruptions.PROGRAM_INTERRUPTION_NAMES.get(code & 0x7F, "")
            count(vm, "program", f"{code:02X} {name}", f"reflect: program interruption {code:02X}")
            reflect_program(vm, code)
        case InvalidPsw():
            count(vm, "invalid psw", f"PSW {vm.psw_text()}", "stop: the PSW has no valid format")
            vm.stop(messages.INVALID_PSW.fill(psw=vm.psw_text()))


def privileged_operation(vm: VirtualMachine, mnemonic: str, instruction: bytes) -> None:
    """The real machine refused a privileged instruction; CP looks at the virtual mode bit."""
    if mnemonic == "IUCV":
        count(vm, "iucv", mnemonic, "reflect: program interruption 01 operation")
        vm.cpu.ia = vm.cpu.ia + len(instruction) & 0xFFFFFF
        vm.cpu.ilc = len(instruction) // 2
        reflect_program(vm, interruptions.OPERATION)
        return
    cause = "io" if mnemonic in IO_INSTRUCTIONS else "privileged"
    text = disassemble(instruction) if vm.trace_traps else mnemonic
    if vm.cpu.problem:
        count(vm, cause, text, "reflect: program interruption 02 privileged operation")
    else:
        count(vm, cause, text, f"simulate {mnemonic} on the virtual machine")
        vm.counters.simulated[mnemonic] += 1
        vm.system.monitor.instruction(vm, instruction)
        if mnemonic in ("SIO", "SIOF"):
            vm.counters.start_ios += 1
    tracing, step = vm.tracing, None
    if tracing.active and not vm.cpu.problem:
        step = tracing.privileged_next()
        tracing.start_io(step)
    result = reference.simulate(vm.cpu)
    if step is not None and not isinstance(result, ProgramInterruption):
        tracing.privileged(step)
    if isinstance(result, ProgramInterruption):
        reflect_program(vm, result.code)
    elif result is not None:
        handle(vm, result)


def hypercall(vm: VirtualMachine, rx: int, ry: int, code: int) -> None:
    """DIAGNOSE in virtual supervisor state: the guest asks CP for a service."""
    cause = f"DIAGNOSE {code:02X}"
    if not vm.settings.impure:
        count(vm, "diagnose", cause, "reflect: program interruption 01, this machine is pure")
        reflect_program(vm, interruptions.OPERATION)
        return
    function = FUNCTIONS.get(code)
    if function is None or (vm.settings.genuine and code in OWN):
        count(vm, "diagnose", cause, "reflect: program interruption 06, no such function")
        reflect_program(vm, interruptions.SPECIFICATION)
        return
    if function.classes and not set(function.classes) & set(vm.classes):
        count(vm, "diagnose", cause, "reflect: program interruption 02, not in the user's privilege classes")
        reflect_program(vm, interruptions.PRIVILEGED_OPERATION)
        return
    if not vm.resumed:
        count(vm, "diagnose", cause, f"hypercall: {function.name}")
        vm.counters.hypercalls[code] += 1
    step = vm.tracing.instruction_before(vm.cpu) if vm.tracing.active else None

    def service() -> None:
        function.handler(vm, rx, ry)
        if step is not None:
            vm.tracing.diagnose(step, code)

    _serve(vm, service)


def communicate(vm: VirtualMachine, address: int) -> None:
    """IUCV in virtual supervisor state."""
    cause = f"IUCV {vm.gr[0] & 0xFFFF:02X}"
    if not vm.settings.impure:
        count(vm, "iucv", cause, "reflect: program interruption 01, this machine is pure")
        reflect_program(vm, interruptions.OPERATION)
        return
    if not vm.resumed:
        count(vm, "iucv", cause, "hypercall: inter-user communication")
    _serve(vm, lambda: vm.system.iucv.execute(vm, address))


def _serve(vm: VirtualMachine, service: Callable[[], None]) -> None:
    """CP's part of a hypercall, which may end in a program interruption, wait, or take the machine away."""
    try:
        service()
    except ProgramCheck as check:
        reflect_program(vm, check.code)
    except Suspended:
        vm.cpu.ia = (vm.cpu.ia - 4) & 0xFFFFFF
        vm.cpu.instructions -= 1
        vm.cpu.trapped = 0  # PER will see the instruction when it is executed again
        vm.hold()
    except Discontinued:
        return


def reflect_program(vm: VirtualMachine, code: int) -> None:
    """Program interruption through the guest's own PSWs."""
    vm.counters.reflected["program"] += 1
    tracing = vm.tracing
    address = tracing.program_address(code) if tracing.active else 0
    interruptions.program_interruption(vm.cpu, code)
    if tracing.active:
        tracing.program(address, code)
    settle(vm, "program")


def reflect_supervisor_call(vm: VirtualMachine, number: int) -> None:
    """SVC interruption through the guest's own PSWs."""
    vm.counters.reflected["svc"] += 1
    address = vm.cpu.ia - 2 * vm.cpu.ilc & 0xFFFFFF
    interruptions.supervisor_call_interruption(vm.cpu, number)
    if vm.tracing.active:
        vm.tracing.supervisor_call(address, number)
    settle(vm, "svc")


def present_external(vm: VirtualMachine, code: int, cpu_address: int = 0, parameter: int | None = None) -> None:
    """External interruption: the mask was checked by the caller.

    With a ``parameter``, which goes to real 80-83, the CPU address at 84-85 is stored in BC mode too.
    """
    vm.counters.reflected["external"] += 1
    note(vm, f"external interruption {code:04X} is due", f"reflect: external interruption {code:04X}")
    if parameter is not None:
        vm.cpu.put_real(0x80, 4, parameter)
        vm.cpu.put_real(0x84, 2, cpu_address)
    address = vm.cpu.ia
    interruptions.external_interruption(vm.cpu, code, cpu_address)
    if vm.tracing.active:
        vm.tracing.external(address, code)
    settle(vm, "external")


def present_io(vm: VirtualMachine, address: int, csw: Csw) -> None:
    """I/O interruption: the channel has stored the CSW; PSWs and device address follow."""
    vm.counters.reflected["io"] += 1
    note(
        vm,
        f"I/O interruption from {address:03X} is due",
        f"reflect: I/O interruption, CSW {csw.to_bytes().hex().upper()}",
    )
    interrupted = vm.cpu.ia
    interruptions.io_interruption(vm.cpu, address)
    if vm.tracing.active:
        vm.tracing.io(interrupted, address, csw)
    settle(vm, "io")


def settle(vm: VirtualMachine, kind: str) -> None:
    """After a PSW swap: stop a guest that does nothing but take program or external interruptions.

    It makes progress when an instruction is completed between two of them, or when it waits.  A program interruption
    counts the instruction that was attempted, so one count lies between two of a loop.  SVC interruptions need an
    instruction, I/O interruptions a device that has done something: neither can go on for ever by itself.
    """
    if kind not in LOOP_MESSAGES:
        return
    attempted = 1 if kind == "program" else 0
    if vm.loop_kind == kind and vm.cpu.instructions <= vm.loop_at + attempted:
        vm.loop_count += 1
    else:
        vm.loop_kind, vm.loop_count = kind, 1
    vm.loop_at = vm.cpu.instructions
    if vm.loop_count > LOOP_LIMIT:
        vm.loop_kind = ""
        vm.stop(LOOP_MESSAGES[kind].fill(psw=vm.psw_text()))


def count(vm: VirtualMachine, cause: str, what: str, action: str) -> None:
    """Count a trap, and show it under TRACE TRAPS with the address of the instruction."""
    vm.counters.traps[cause] += 1
    vm.execution.trap_count += 1
    if vm.trace_traps:
        executed = cause in ("svc", "diagnose", "program")
        vm.trace_line((vm.cpu.ia - 2 * vm.cpu.ilc if executed else vm.cpu.ia) & 0xFFFFFF, what, action)


def note(vm: VirtualMachine, what: str, action: str) -> None:
    """Show what CP does to a guest on its own account (an interruption that became due)."""
    if vm.trace_traps:
        vm.trace_line(vm.cpu.ia, what, action)
