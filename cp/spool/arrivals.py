"""What happens when a file comes into a reader queue, whoever put it there.

The system calls ``announce`` between time slices and while it is idle; it costs one PRAGMA when nothing came.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from vm370.cp.io.reader import Reader
from vm370.cp.spool.errors import SpoolError
from vm370.cp.spool.files import SpoolFile
from vm370.cp.spool.virtual import ANY_CLASS, VirtualReader, arrived_message

if TYPE_CHECKING:
    from vm370.cp.machine import VirtualMachine
    from vm370.cp.system import System

log = logging.getLogger("vm370")


def announce(system: System) -> bool:
    """Tell logged-on users of new reader files, and make their empty readers ready; False when nothing came."""
    try:
        arrivals = system.spool.poll()
    except SpoolError as error:
        log.error("reader files are not announced: %s", error)
        return False
    for arrival in arrivals:
        vm = system.user(arrival.file.owner)
        if vm is None:
            continue
        text = arrived_message(arrival.file, arrival.via)
        if text is not None and vm.settings.msg:
            vm.say(text)
        if not arrival.file.held:
            _make_ready(vm, arrival.file)
    return bool(arrivals)


def _make_ready(vm: VirtualMachine, file: SpoolFile) -> None:
    """One idle reader that takes the file's class gets device end: from not ready to ready."""
    for _, device in sorted(vm.devices.items()):
        if not isinstance(device, Reader) or not isinstance(device.source, VirtualReader):
            continue
        source = device.source
        if source.file is None and source.options.spool_class in (ANY_CLASS, file.spool_class):
            device.arrived()
            return
