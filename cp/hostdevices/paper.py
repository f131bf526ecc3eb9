"""Printers and punches that write host files.

Each line and card is in the file when the guest sees it printed or punched; a crash of CP loses nothing.  What was in
the file stays; the new output comes behind it, on a new sheet.

    printer    text; lines printed over each other with carriage returns between, form feeds between sheets
    punch      80 EBCDIC columns a card without line ends; a file called .txt gets lines of text
"""

from __future__ import annotations

from pathlib import Path

from vm370.cp.hostdevices.opening import HostFileError
from vm370.cp.io.unitrecord import Record, SpoolFault
from vm370.images.cards import CARD_LENGTH
from vm370.images.ebcdic import from_ebcdic
from vm370.images.errors import ImageError
from vm370.images.hostfile import HostFile
from vm370.images.printfile import FORM_FEED

BLANK = b"\x40"
_CONTROLS = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0)), " ")


class OutputFile:
    """A host file that grows; locked against other writers.  HostFileError when it cannot be had."""

    def __init__(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists():
                path.touch()
            self._file = HostFile.open(path, read_only=False)
        except (ImageError, OSError) as error:
            raise HostFileError.of(path, error) from error
        self.end = self._file.length

    def append(self, data: bytes) -> None:
        """SpoolFault: the host did not take it, and the guest sees intervention required."""
        try:
            self._file.write(self.end, data)
        except ImageError as error:
            raise SpoolFault(str(error)) from error
        self.end += len(data)

    def release(self) -> None:
        """The device is detached: force to the host's disk, and give the file back."""
        try:
            self._file.flush()
        except ImageError:
            pass
        finally:
            self._file.close()


class PrintFile(OutputFile):
    """What a printer writes."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._printed = False
        """Something stands on the current line."""
        self._begun = bool(self.end)
        """Something stands on the sheet."""
        self._new_sheet = self._begun

    def write(self, record: Record) -> None:
        """One printer command."""
        text = ""
        if self._new_sheet:
            text, self._new_sheet, self._begun = FORM_FEED, False, False
        kind, channel = record.command & 0x07, record.command >> 3 & 0x0F
        if kind == 0x01:
            line = from_ebcdic(record.data).translate(_CONTROLS).rstrip(" ")
            if line:
                text += ("\r" if self._printed else "") + line
                self._printed = True
        if not record.command & 0x80:
            text += self._space(channel & 0x03)
        elif channel == 1:
            text += self._space(1 if self._printed else 0) + (FORM_FEED if self._begun else "")
            self._begun = False
        else:
            text += self._space(1)
        self.append(text.encode("utf-8"))

    def _space(self, lines: int) -> str:
        if lines:
            self._printed, self._begun = False, True
        return "\n" * lines


class PunchFile(OutputFile):
    """What a punch writes."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._text = path.suffix.lower() == ".txt"

    def write(self, record: Record) -> None:
        """One card."""
        card = record.data[:CARD_LENGTH].ljust(CARD_LENGTH, BLANK)
        if self._text:
            line = from_ebcdic(card).translate(_CONTROLS).rstrip(" ")
            card = f"{line}\n".encode()
        self.append(card)
