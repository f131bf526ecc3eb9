"""What native code and the engine tell each other: :class:`Context`, one for each CPU, and the reasons to leave.

reason   state                              the engine then
BUDGET   next instruction                   is done, or goes on if the budget was cut
STEP     the instruction is not executed    lets the reference engine execute it (or a piece of the budget)
SETTLE   next instruction; mode changed     looks at the new PSW and masks, as the reference engine does
CALL     after SVC                          gives SupervisorCall(code) to its caller
TRAP     after an instruction               has it followed by the program interruption ``code``
"""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING

from vm370.cp.s370.cpu import Cpu

if TYPE_CHECKING:
    from vm370.cp.s370.storage import Storage

BUDGET, STEP, SETTLE, CALL, TRAP = range(5)


class Context(ctypes.Structure):
    """Beside the CPU's own state."""

    _fields_ = (
        ("cpu", ctypes.c_void_p),
        ("memory", ctypes.c_void_p),
        ("keys", ctypes.c_void_p),
        ("budget", ctypes.c_int64),
        ("store_mask", ctypes.c_uint32),
        ("store_match", ctypes.c_uint32),
        ("code", ctypes.c_uint32),
        ("mode_changed", ctypes.c_uint32),
    )

    cpu: int
    memory: int
    keys: int
    budget: int
    store_mask: int
    store_match: int
    code: int
    mode_changed: int

    def __init__(self, cpu: Cpu) -> None:
        super().__init__()
        self.cpu = ctypes.addressof(cpu)
        self.address = ctypes.addressof(self)
        self.storage: Storage | None = None

    def attach(self, storage: Storage) -> None:
        """Note where storage and keys are: the buffers are given back at once, the addresses stay valid."""
        self.storage = storage
        self.memory = ctypes.addressof(ctypes.c_char.from_buffer(storage.memory))
        self.keys = ctypes.addressof(ctypes.c_char.from_buffer(storage.keys))


CPU_OFFSETS: dict[str, int] = {name: getattr(Cpu, name).offset for name, *_ in Cpu._fields_}
CONTEXT_OFFSETS: dict[str, int] = {name: getattr(Context, name).offset for name, _ in Context._fields_}
