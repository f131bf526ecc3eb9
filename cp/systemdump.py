"""The dump that CP takes when it fails: a reader file of the operator, of kind DMP, which DIAGNOSE X'34' reads.

Each record is a page of 4096 bytes::

    page 1    0  8  'CP DUMP '      8  8  user ID that was served        10  8  PSW of his machine
             18 64  its general registers, 16 words                      58     what failed, where: lines ended by X'15'
    page 2    page 0 of his machine

CP itself is not a program in System/370 storage, so there is no storage of its own and no symbol table in it.
"""

from __future__ import annotations

import logging
import traceback
from typing import TYPE_CHECKING

from vm370.cp.services.spoolpages import DUMP_KIND, PAGE
from vm370.cp.spool import READER, Destination, Record, SpoolError
from vm370.images.ebcdic import to_ebcdic

if TYPE_CHECKING:
    from vm370.cp.machine import VirtualMachine
    from vm370.cp.system import System

log = logging.getLogger("vm370")
OWNER, ORIGIN = "OPERATOR", "SYSTEM"
MOST_DUMPS = 8
"""No more are taken while so many wait in the operator's reader."""
COMMAND = 0x01
TEXT = 0x58


def take(system: System, vm: VirtualMachine, fault: Exception) -> None:
    """Dump; a spool that has no room is only logged."""
    try:
        if sum(file.kind == DUMP_KIND for file in system.spool.files(READER, OWNER)) >= MOST_DUMPS:
            return
        to = Destination(READER, OWNER, spool_class="D", name="CPDUMP", type="FILE")
        system.spool.add(DUMP_KIND, ORIGIN, [Record(COMMAND, page) for page in _pages(vm, fault)], to)
    except SpoolError as error:
        log.error("no dump: %s", error)


def _pages(vm: VirtualMachine, fault: Exception) -> list[bytes]:
    lines = "".join(traceback.format_exception(fault)).splitlines()
    head = to_ebcdic(f"CP DUMP {vm.userid:8}") + vm.cpu.psw.to_bytes()
    head += b"".join(int(vm.cpu.gr[number]).to_bytes(4, "big") for number in range(16))
    text = b"".join(to_ebcdic(line, errors="replace") + b"\x15" for line in reversed(lines))
    return [(head + text)[:PAGE].ljust(PAGE, b"\0"), vm.storage.read(0, PAGE)]
