"""LLVM: text to object code, object code to addresses.

One LLJIT for the interpreter, kept as long as the process: what it linked must never be freed while it can be called.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable
from typing import Any

import llvmlite
import llvmlite.binding as llvm

from vm370.cp.engine.native import cache

Enter = Callable[[int], int]
"""The compiled ``enter``: address of a context -> reason.  The GIL is released inside."""
OPTIMIZATION = 2
_lock = threading.Lock()


def initialize() -> None:
    """Make LLVM ready for this host."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()


def target_machine(optimization: int = OPTIMIZATION) -> Any:
    """This host."""
    return llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(),
        features=llvm.get_host_cpu_features().flatten(),
        opt=optimization,
        reloc="pic",
        codemodel="small",
    )


def compile_text(text: str) -> bytes:
    """Object code of a module."""
    module = llvm.parse_assembly(text)
    module.verify()
    machine = target_machine()
    options = llvm.create_pipeline_tuning_options(speed_level=OPTIMIZATION)
    options.loop_vectorization = options.slp_vectorization = options.loop_unrolling = False
    builder = llvm.create_pass_builder(machine, options)
    builder.getModulePassManager().run(module, builder)
    code: bytes = machine.emit_object(module)
    return code


def host() -> list[str]:
    """What object code depends on besides its text."""
    version = ".".join(map(str, llvm.llvm_version_info))
    features = llvm.get_host_cpu_features().flatten()
    return [llvmlite.__version__, version, llvm.get_process_triple(), llvm.get_host_cpu_name(), features]


class Linked:
    """Object code in this process."""

    def __init__(self, code: bytes, name: str) -> None:
        self._jit = llvm.create_lljit_compiler(target_machine(), use_jit_link=True)
        builder = llvm.JITLibraryBuilder().add_object_img(code).add_current_process().export_symbol(name)
        self._library = builder.link(self._jit, name)
        self.function: Enter = ctypes.CFUNCTYPE(ctypes.c_uint32, ctypes.c_void_p)(self._library[name])


_linked: Linked | None = None


def interpreter(*, cached: bool = True) -> Enter:
    """The native interpreter, from the cache or made now."""
    global _linked
    with _lock:
        if _linked is None:
            initialize()
            _linked = Linked(object_code(cached=cached), "enter")
        return _linked.function


def object_code(*, cached: bool = True) -> bytes:
    """The interpreter's object code."""
    name = cache.key(["interpreter", *host()])
    code = cache.load(name) if cached else None
    if code is None:
        from vm370.cp.engine.native.interpreter_text import interpreter_text

        code = compile_text(interpreter_text())
        if cached:
            cache.save(name, code)
    return code
