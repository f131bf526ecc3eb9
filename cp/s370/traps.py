"""What leaves the engine: bits of ``cpu.trap_mask`` and the groups of privileged instructions."""

from __future__ import annotations

from vm370.cp.s370.interceptions import Interception

TRAP_PROGRAM = 0x01
TRAP_SVC = 0x02
TRAP_PSW = 0x04
TRAP_KEYS = 0x08
TRAP_CONTROL = 0x10
TRAP_IO = 0x20
TRAP_PRIVILEGED = TRAP_PSW | TRAP_KEYS | TRAP_CONTROL | TRAP_IO

BARE = 0
HYPERVISED = TRAP_PROGRAM | TRAP_SVC | TRAP_PRIVILEGED

#  group in the opcode table -> trap bit
GROUPS: dict[str, int] = {
    "psw": TRAP_PSW,
    "keys": TRAP_KEYS,
    "control": TRAP_CONTROL,
    "io": TRAP_IO,
    "diagnose": TRAP_CONTROL,
}
"""DIAGNOSE traps only in problem state; in supervisor state it leaves the engine by itself."""


class Leave(Exception):
    """Carries an interception out of an instruction definition."""

    def __init__(self, interception: Interception) -> None:
        super().__init__(interception)
        self.interception = interception
