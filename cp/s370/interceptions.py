"""Why an engine stopped running a guest: a small closed set of values.

``engine.run(cpu, budget)`` returns exactly one of these.  The state of the CPU is then precise:

==================== ===================================== ==========================================
interception         instruction address of ``cpu``         what the host does next
==================== ===================================== ==========================================
BudgetEnd            next instruction                       nothing; the slice is over
MaskChanged          next instruction                       present whatever is pending and now enabled
Waiting              next instruction, wait bit is on       idle until an interruption is due
PrivilegedOperation  the instruction itself (not executed)  simulate it or reflect program code 2
Diagnose             after the instruction                  hypercall, or reflect
InterUserCommuni-    after the instruction                  do it, or reflect an operation exception
cation
SupervisorCall       after the instruction                  reflect SVC
ProgramInterruption  as the old PSW has to show it          reflect the program interruption
InvalidPsw           of the PSW that was refused            reflect specification (code 6, ILC 0)
==================== ===================================== ==========================================

``cpu.ilc`` is valid in every case that names an instruction.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BudgetEnd:
    """The instruction budget was used up."""


@dataclass(frozen=True, slots=True)
class MaskChanged:
    """The PSW was changed and may let a pending interruption through (``cpu.pending``), or the host has to look.

    Also where PER is switched on: what follows takes much longer for an instruction.
    """


@dataclass(frozen=True, slots=True)
class Waiting:
    """The current PSW has the wait bit on."""


@dataclass(frozen=True, slots=True)
class PrivilegedOperation:
    """A privileged instruction, I/O instructions included, while the real machine is in problem state."""

    mnemonic: str
    instruction: bytes


@dataclass(frozen=True, slots=True)
class Diagnose:
    """DIAGNOSE: register numbers and the effective address, which is the function code."""

    rx: int
    ry: int
    code: int


@dataclass(frozen=True, slots=True)
class InterUserCommunication:
    """IUCV, which is not of this architecture: the effective address; the function is in general register 0."""

    address: int


@dataclass(frozen=True, slots=True)
class SupervisorCall:
    """SVC, when it is not handled inside the engine (no assist, or traced)."""

    number: int


@dataclass(frozen=True, slots=True)
class ProgramInterruption:
    """A program interruption of the guest that is not handled inside the engine."""

    code: int


@dataclass(frozen=True, slots=True)
class InvalidPsw:
    """A PSW whose format the machine refuses was loaded."""


Interception = (
    BudgetEnd
    | MaskChanged
    | Waiting
    | PrivilegedOperation
    | Diagnose
    | InterUserCommunication
    | SupervisorCall
    | ProgramInterruption
    | InvalidPsw
)
