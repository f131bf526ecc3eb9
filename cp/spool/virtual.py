"""What CP keeps for each virtual unit record device: its spooling options and the file it is reading or writing.

The device (cp/io/unitrecord.py, the console) reads from a VirtualReader or writes to a VirtualOutput; the CP commands
SPOOL, CLOSE and TAG change the same object.

    SPOOL option        reader                                  punch, printer, console
    ------------------  --------------------------------------  -----------------------------------------------
    CLASS c             files of that class only; * all         class of the files
    HOLD                a file is kept after reading            files are closed in user hold
    CONT                no end of file between files            CLOSE does not end the file
    EOF | NOEOF         the end of a file is unit exception |
                        intervention required
    COPY nn                                                     copies
    KEEP | NOKEEP                                               put in user hold when printed or punched, or purged
    FORM name                                                   the paper it is meant for
    TO | FOR userid                                             his reader queue | files belong to him

Options in force when a file is closed count.  A device that was not written to leaves no file; carriage control alone
is no file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from vm370.cp.io.unitrecord import Feed, Record
from vm370.cp.spool.errors import SpoolError
from vm370.cp.spool.files import CONSOLE, PRINTER, READER, STANDARD_FORM, Destination, SpoolFile
from vm370.cp.spool.records import prints_nothing
from vm370.cp.spool.store import OpenFile, Spool
from vm370.images.ebcdic import to_ebcdic

CONSOLE_LINE_LENGTH = 132
ANY_CLASS = "*"
_WRITE_SPACE_1 = 0x09
_SKIP_TO_CHANNEL_1 = 0x8B


def _nobody(line: str) -> None:
    pass


@dataclass(slots=True)
class ReaderState:
    """Options of a virtual reader."""

    spool_class: str = ANY_CLASS
    cont: bool = False
    hold: bool = False
    eof: bool = True


class VirtualReader:
    """The source of cards of one virtual reader.  ``told`` gets lines for the user when the spool fails."""

    def __init__(
        self, spool: Spool, userid: str, spool_class: str = ANY_CLASS, *, told: Callable[[str], None] = _nobody
    ) -> None:
        self.spool = spool
        self.userid = userid
        self.options = ReaderState(spool_class)
        self.told = told
        self.file: SpoolFile | None = None
        """The file being read."""
        self._records: Iterator[Record] = iter(())
        self._end_due = False
        """CONT: files were read, and their end was not yet signalled."""

    def read(self) -> Record | Feed:
        """The next card, or line of a printer file (carriage control is left out)."""
        try:
            return self._read()
        except SpoolError as error:
            self.told(str(error))
            raise

    def _read(self) -> Record | Feed:
        while True:
            if self.file is None and not self._open():
                end_due, self._end_due = self._end_due, False
                return self._end() if end_due else Feed.EMPTY
            assert self.file is not None
            for record in self._records:
                if self.file.kind not in (PRINTER, CONSOLE) or not prints_nothing(record.command):
                    self.spool.moved[self.userid, READER] += 1
                    return record
            self.close()
            if not self.options.cont:
                return self._end()
            self._end_due = True

    def close(self, hold: bool | None = None) -> SpoolFile | None:
        """End of file, or CLOSE READER: purge or keep the file by HOLD and CONT; ``hold`` overrides them."""
        file, self.file = self.file, None
        self._records = iter(())
        if file is not None:
            keep = (self.options.hold or file.keep) if hold is None else hold
            put_in_hold = hold is None and (file.keep or (self.options.hold and self.options.cont))
            self.spool.release_reader_file(file, keep=keep, hold=put_in_hold)
        return file

    def release(self) -> None:
        """The device goes away (LOGOFF, DETACH): a file that was not read to its end stays in the queue."""
        try:
            self.close(hold=True)
        except SpoolError as error:
            self.told(str(error))

    def restart(self) -> None:
        """Read the file from its first card again."""
        if self.file is not None:
            self._records = self.spool.read(self.file)

    def take(self, file: SpoolFile) -> SpoolFile | None:
        """Read that file next (DIAGNOSE X'14'); None when it is no longer to be had."""
        self.file = self.spool.take_file(file)
        self.restart()
        return self.file

    def _open(self) -> bool:
        self.file = self.spool.open_reader_file(self.userid, self.options.spool_class)
        self.restart()
        return self.file is not None

    def _end(self) -> Feed:
        return Feed.END_OF_FILE if self.options.eof else Feed.EMPTY


@dataclass(slots=True)
class OutputState:
    """Options of a virtual punch, printer or console; at most one of ``to`` and ``for_user``."""

    spool_class: str = "A"
    cont: bool = False
    hold: bool = False
    copies: int = 1
    to: str | None = None
    for_user: str | None = None
    tag: str = ""
    form: str = STANDARD_FORM
    keep: bool = False


class VirtualOutput:
    """Where the output of one virtual punch or printer goes.

    ``kind`` is PUN, PRT or CON.  ``distribution`` gives a user's distribution code; ``told`` gets lines for the user
    when the spool fails, and when a file ends without a CLOSE command (LOGOFF, DETACH).
    """

    def __init__(
        self,
        spool: Spool,
        userid: str,
        kind: str,
        spool_class: str = "A",
        *,
        distribution: Callable[[str], str] = str,
        told: Callable[[str], None] = _nobody,
    ) -> None:
        self.spool = spool
        self.userid = userid
        self.kind = kind
        self.options = OutputState(spool_class)
        self.distribution = distribution
        self.told = told
        self._file: OpenFile | None = None

    @property
    def file(self) -> OpenFile | None:
        """The file being written."""
        return self._file

    @property
    def owner(self) -> str:
        """Whose file it becomes."""
        return self.options.to or self.options.for_user or self.userid

    @property
    def queue(self) -> str:
        """Which queue it goes to."""
        if self.options.to:
            return READER
        return PRINTER if self.kind == CONSOLE else self.kind

    def write(self, record: Record) -> None:
        """One CCW's output.  After SpoolBusy, SpoolFull or LimitReached it is not in it, and may be written again."""
        try:
            if self._file is None:
                self._file = self.spool.create(self.kind, self.userid)
            self._file.append(record)
        except SpoolError as error:
            self.told(str(error))
            raise

    def close(
        self, *, hold: bool | None = None, dist: str | None = None, name: str = "", filetype: str = ""
    ) -> SpoolFile | None:
        """End the file and queue it; None when nothing was written."""
        if self._file is None:
            return None
        if not self._file.records:
            self.purge()
            return None
        options = self.options
        file = self._file.close(
            Destination(
                queue=self.queue,
                owner=self.owner,
                spool_class=options.spool_class,
                copies=options.copies,
                hold=options.hold if hold is None else hold,
                dist=self.distribution(self.owner) if dist is None else dist,
                name=name,
                type=filetype,
                tag=options.tag,
                form=options.form,
                keep=options.keep,
            )
        )
        self._file = None
        return file

    def purge(self) -> bool:
        """Forget what was written; False when there was nothing."""
        file, self._file = self._file, None
        if file is not None:
            file.purge()
        return file is not None

    def release(self) -> None:
        """The device goes away (LOGOFF, DETACH): the file is closed, or lost if the spool fails."""
        try:
            file = self.close()
        except SpoolError as error:
            self.told(f"{self.kind} FILE LOST; {error}")
            return
        if file is not None and (message := closed_message(file)):
            self.told(message)


class VirtualConsole(VirtualOutput):
    """The spool file of a console: SPOOL CONSOLE START records what is typed and shown."""

    def __init__(
        self,
        spool: Spool,
        userid: str,
        spool_class: str = "T",
        *,
        distribution: Callable[[str], str] = str,
        told: Callable[[str], None] = _nobody,
    ) -> None:
        super().__init__(spool, userid, CONSOLE, spool_class, distribution=distribution, told=told)
        self.started = False
        self.shown = True
        """TERM: what is recorded is shown on the terminal too."""
        self._recording = False
        self._partial = ""

    def partial(self, text: str) -> None:
        """Text of a line that goes on."""
        self._partial += text

    def line(self, text: str) -> None:
        """Record a line, or the end of one; nothing is done before START.  Long lines go on in the next record."""
        text, self._partial = self._partial + text, ""
        if not self.started or self._recording:
            return
        self._recording = True  # what ``told`` shows when the spool fails is not recorded
        try:
            if self._file is None:
                self.write(Record(_SKIP_TO_CHANNEL_1, b""))
            data = to_ebcdic(text, errors="replace")
            for start in range(0, max(len(data), 1), CONSOLE_LINE_LENGTH):
                self.write(Record(_WRITE_SPACE_1, data[start : start + CONSOLE_LINE_LENGTH]))
        except SpoolError:
            self.started = False
        finally:
            self._recording = False


def closed_message(file: SpoolFile) -> str | None:
    """What its maker is told of a closed file; nothing when it simply waits to be printed or punched once."""
    if file.queue != READER and file.owner == file.origin and file.copies == 1 and not file.user_hold:
        return None
    return f"{file.kind} FILE {file.spoolid:04}  {'TO' if file.queue == READER else 'FOR':<3} " + _attributes(
        file, file.owner
    )


def arrived_message(file: SpoolFile, via: str) -> str | None:
    """What its new owner is told of a reader file."""
    if via == "CLOSE" and file.kind == READER:
        return f"RDR FILE {file.spoolid:04} HAS BEEN READ"
    if via == "CHANGE" or file.origin == file.owner:
        return None  # it is his own doing, and he was told
    if via == "TRANSFER":
        return f"RDR FILE {file.spoolid:04} TRANSFERRED FROM {file.origin}"
    return f"RDR FILE {file.spoolid:04}  FROM " + _attributes(file, file.origin)


def _attributes(file: SpoolFile, userid: str) -> str:
    return f"{userid:<8} COPY {file.copies:02} {'HOLD' if file.user_hold else 'NOHOLD'}"
