"""Real unit record devices that work for the spool: what START and DRAIN do to them.

    drained    does nothing; so are all of them when CP starts, and files stay in the spool
    started    takes one file after the other
    draining   DRAIN while a file is being done: drained when it is done

An output device takes closed files of its classes, the first class first, in the order of their queue; held ones wait.
A file is done in steps of one spool page, between time slices, so that commands can interfere; it leaves the spool when
its last copy is complete on the host.  Should CP be killed between the two it is done again, into the same host file.
"""

from __future__ import annotations

import logging
import re
from abc import abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING

from vm370.cp import messages
from vm370.cp.io.device import DeviceType
from vm370.cp.real.device import RealDevice
from vm370.cp.real.output import HostOutput, remove_parts
from vm370.cp.spool import SpoolError, SpoolFile
from vm370.cp.spool.files import PRINTER, PUNCH, READER, STANDARD_FORM
from vm370.images.errors import ImageError

if TYPE_CHECKING:
    from vm370.cp.system import System

log = logging.getLogger("vm370")
QUEUE = {"PRT": PRINTER, "PUN": PUNCH, "RDR": READER}
MOST_CLASSES = 4
MOST_COPIES = 99


class SpooledDevice(RealDevice):
    """A printer, punch or reader of the spool."""

    def __init__(self, raddr: int, device_type: DeviceType, system: System, folder: Path) -> None:
        super().__init__(raddr, device_type)
        self.system = system
        self.folder = folder
        self.classes = "A"
        self.separator = True
        self.form = STANDARD_FORM
        self.auto = True
        """Files for other forms are done too, when there are none for this one."""
        self.started = False
        self.draining = False
        remove_parts(folder)

    @property
    def queue(self) -> str:
        """The queue that it serves."""
        return QUEUE[self.type.kind]

    @property
    def active(self) -> SpoolFile | None:
        """The file being done."""
        return None

    @property
    def of_system(self) -> bool:
        """CP has it unless a user has."""
        return self.holder is None

    @property
    def system_status(self) -> str:
        """What it does."""
        state = "DRAINING" if self.draining else "STARTED" if self.started else "DRAINED"
        if self.active is not None:
            return f"{state:<8} {described(self.active)}"
        if self.queue == READER:
            return f"{state:<8} SYSTEM"
        more = "SEP" if self.separator else "NOSEP"
        return (
            f"{state:<8} SYSTEM   CLASS = {' '.join(self.classes)}   FORM = {self.form}"
            f" {'AUTO' if self.auto else 'NOAUTO'} {more}"
        )

    def start(self) -> None:
        """START."""
        self.started, self.draining = True, False

    def drain(self) -> bool:
        """DRAIN: at once, or when the file is done; whether it is drained."""
        if self.active is not None:
            self.draining = True
        else:
            self.started = self.draining = False
        return not self.started

    def step(self) -> bool:
        """Do a little work."""
        if not self.started or not self.online or self.holder is not None:
            return False
        try:
            return self.work()
        except (OSError, SpoolError, ImageError) as error:
            log.error("%s: %s", self.name, error)
            self.tell(f"{messages.INTERVENTION_REQUIRED.fill(device=self.name).text}; {error}")
            self.give_up()
            self.started = self.draining = False
            return False

    @abstractmethod
    def work(self) -> bool:
        """A little work of a started device; False when there is none."""

    def give_up(self) -> None:
        """Put back what is being done."""

    def tell(self, text: str) -> None:
        """A line for the operator."""
        self.system.operator_message(text)


class OutputDevice(SpooledDevice):
    """A printer or punch."""

    def __init__(self, raddr: int, device_type: DeviceType, system: System, folder: Path) -> None:
        super().__init__(raddr, device_type, system, folder)
        self._file: SpoolFile | None = None
        self._output: HostOutput | None = None
        self._left = 0
        """Copies to be made, the one being made included."""
        self._page = 0
        """The next page of the spool file."""
        self._repeated = False
        self._hold = False
        self._made: set[str] = set()
        self._nothing_at: tuple[int, int] | None = None
        """The state of the spool in which there was no file for the device."""

    @property
    def active(self) -> SpoolFile | None:
        """The file being done."""
        return self._file

    def start(self) -> None:
        """START, perhaps with other classes."""
        self._nothing_at = None
        super().start()

    @property
    def left(self) -> int:
        """Copies of it that are left."""
        return self._left

    # --- a device of its own kind ---

    @abstractmethod
    def begin(self, file: SpoolFile, *, first: bool) -> None:
        """Begin a copy; separators go before the first."""

    @abstractmethod
    def page(self, data: bytes) -> None:
        """Do a page of the spool file."""

    def complete(self) -> None:
        """The copy is complete: the host file gets its name."""
        self.output.finish()

    def discard(self) -> None:
        """The copy is given up."""
        output, self._output = self._output, None
        if output is not None:
            output.discard()

    @property
    def output(self) -> HostOutput:
        """The host file of the copy."""
        assert self._output is not None
        return self._output

    @abstractmethod
    def suffix(self) -> str:
        """End of the host file's name."""

    def all_pages_done(self) -> bool:
        """The end of the spool file was reached; False if the device goes on somewhere else."""
        return True

    # --- working ---

    def work(self) -> bool:
        """One page of the file, or the next file."""
        if self._file is None:
            if self.draining:
                self.started = self.draining = False
                return False
            return self._next_file()
        data = self.system.spool.page(self._file, self._page)
        if data is not None:
            self._page += 1
            self.page(data)
        elif self.all_pages_done():
            self.complete()
            self._copy_done()
        return True

    def _next_file(self) -> bool:
        spool = self.system.spool
        if spool.version == self._nothing_at:
            return False
        file = spool.open_output_file(self.queue, self.classes, self.form)
        if file is None and self.auto:
            file = spool.open_output_file(self.queue, self.classes)
        if file is None:
            self._nothing_at = spool.version
            return False
        self._file, self._left = file, file.copies
        self._repeated = self._hold = False
        self._made.clear()
        if file.form != self.form:
            self.form = file.form
            self.tell(f"{self.name} FORM = {file.form}")
        self._begin_copy(first=True)
        return True

    def _begin_copy(self, *, first: bool) -> None:
        assert self._file is not None
        self._page = 0
        self._output = None
        self._output = HostOutput(self.folder, self._host_name(self._file))
        self.begin(self._file, first=first)
        what = "OUTPUT OF" if first else "REPEATED "
        self.tell(f"{self.name} {what} {described(self._file, self._left)}")

    def _host_name(self, file: SpoolFile) -> str:
        copy = f"-{self._left:02}" if self._left > 1 else ""
        owner = re.sub("[^a-z0-9$#@_-]", "_", file.owner.lower())
        stem = f"{file.created:%Y%m%d-%H%M%S}-{owner}-{file.spoolid:04}{copy}"
        while stem in self._made:  # REPEAT makes copies with the numbers of others
            stem += "r"
        self._made.add(stem)
        return stem + self.suffix()

    def _copy_done(self) -> None:
        assert self._file is not None
        self._left -= 1
        if self._left:
            self.system.spool.copies_left(self._file, self._left)
            self._begin_copy(first=False)
        else:
            self._file_done(system_hold=self._hold)

    def _file_done(self, *, system_hold: bool, copies: int = 0) -> None:
        file, self._file = self._file, None
        assert file is not None
        self.system.spool.release_output_file(
            file, copies=copies, user_hold=file.keep and not system_hold, system_hold=system_hold
        )
        if self.draining:
            self.started = self.draining = False

    def give_up(self) -> None:
        """Put the file back into its queue."""
        if self._file is not None:
            file, self._file = self._file, None
            self.discard()
            self.system.spool.release_output_file(file, copies=self._left)

    def end(self) -> None:
        """CP ends: the file is done again after the next start."""
        try:
            self.give_up()
        except (OSError, SpoolError) as error:
            log.error("%s: %s", self.name, error)

    def halt(self) -> None:
        """HALT: the file goes back to its queue, and the device is drained."""
        self.give_up()
        self.started = self.draining = False

    # --- commands on the active file ---

    def flush(self, *, all_copies: bool, hold: bool) -> tuple[SpoolFile, int]:
        """End the copy, or all of them; ``hold``: the file stays, in system hold.  The file, and copies left before."""
        assert self._file is not None
        file, left = self._file, self._left
        self.discard()
        if hold:
            self._file_done(system_hold=True, copies=left)
        elif all_copies:
            self._left = 1
            self._copy_done()
        else:
            self._copy_done()
        return file, left

    def repeat(self, copies: int, *, hold: bool) -> tuple[SpoolFile, int]:
        """So many further copies; ``hold``: the file stays afterwards, in system hold."""
        assert self._file is not None
        self._left = min(self._left + copies, MOST_COPIES)
        self._hold |= hold
        self.system.spool.copies_left(self._file, self._left)
        return self._file, self._left

    def restart(self) -> None:
        """BACKSPAC to the beginning of the file."""
        self._page = 0


def described(file: SpoolFile, copies: int | None = None) -> str:
    """``userid FILE = nnnn RECDS = nnnnnn COPY = nn a typ``."""
    left = file.copies if copies is None else copies
    return (
        f"{file.owner:<8} FILE = {file.spoolid:04} RECDS = {file.records:06} COPY = {left:02}"
        f" {file.spool_class} {file.kind}"
    )
