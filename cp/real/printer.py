"""The real printer: spool files to text in HOME/print, as `vm370 print` makes it, and as PDF if START said so.

    CCW        paper                                      text
    print      strokes on a line (printfile.Paper)        line, carriage returns where lines are printed over
    space      lines
    skip       channels of the forms control buffer       a form feed between sheets

BACKSPAC goes back to the top of a sheet: what was printed from there on is taken out of the host file and printed
again, so no sheet is there twice.  Sheets begin with a skip to channel 1 in the file; the last SHEETS of them are
remembered.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from vm370.cp.io.carriage import Carriage
from vm370.cp.io.unitrecord import Record
from vm370.cp.real.output import HostOutput
from vm370.cp.real.paper import FormPaper
from vm370.cp.real.separator import PAGES, page
from vm370.cp.real.spooled import OutputDevice
from vm370.cp.spool import SpoolFile
from vm370.cp.spool.records import parse_page
from vm370.images.ebcdic import code_page
from vm370.images.printfile import FORM_FEED, Line, Paper, Printed, to_pdf, to_text

SHEETS = 1000
"""How far BACKSPAC goes."""
MOST_PDF_BYTES = 32 << 20
WRITE, IMMEDIATE = 0x01, 0x03
SKIP_1 = 0x88
"""A command that skips to channel 1, without its last three bits."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """Where a sheet begins: page and record of the spool file, position in the host file."""

    page: int
    record: int
    position: int


class RealPrinter(OutputDevice):
    """A 1403 or 3211."""

    carriage: Carriage | None = None
    fcb = ""
    """Name of the forms control buffer that LOADBUF loaded."""
    ucs = ""
    fold = False
    """Lower-case letters are printed as capitals."""
    index = 1
    """Print position of the first character."""
    pdf = False
    """A PDF is made beside the text."""

    def suffix(self) -> str:
        """Text."""
        return ".txt"

    def begin(self, file: SpoolFile, *, first: bool) -> None:
        """Separator pages."""
        if first and self.separator:
            text = "\n".join(page(file, self.name, self.system.clock.now()))
            self.output.write(f"{text}\n{FORM_FEED}".encode() * PAGES)
        self._top = Sheet(0, 0, self.output.position)
        self._sheets: deque[Sheet] = deque([self._top], maxlen=SHEETS)
        self._skip = 0
        """Records of the next page that were printed before."""
        self._single = False
        self._to_end: int | None = None
        """BACKSPAC EOF: nothing is printed up to so many sheets before the end."""
        self._load_paper()

    def _load_paper(self) -> None:
        self._paper = FormPaper(self.carriage) if self.carriage is not None else Paper()

    def page(self, data: bytes) -> None:
        """The lines of a page of the spool file."""
        for number, record in enumerate(parse_page(data)):
            if number < self._skip:
                continue
            self._print(record)
            if record.command & ~0x07 == SKIP_1 and not self._single:
                self._put(self._paper.taken())
                self._sheets.append(Sheet(self._page - 1, number + 1, self.output.position))
        self._skip = 0
        self._put(self._paper.taken())

    def _print(self, record: Record) -> None:
        kind, channel = record.command & 0x07, record.command >> 3 & 0x0F
        if kind == WRITE:
            text = code_page().decode(record.data)
            self._paper.stroke(" " * (self.index - 1) + (text.upper() if self.fold else text))
        elif kind != IMMEDIATE or self._single:
            return
        if self._single:
            self._paper.space(1)
        elif not record.command & 0x80:
            self._paper.space(record.command >> 3 & 0x03)
        elif 1 <= channel <= 12:
            self._paper.skip(channel)

    def _put(self, printed: Iterator[Printed]) -> None:
        text = "".join(to_text(printed))
        if self._to_end is None:
            self.output.write(text.encode())

    def all_pages_done(self) -> bool:
        """At the end; BACKSPAC EOF now goes back."""
        self._paper.finish()
        self._put(self._paper.taken())
        if self._to_end is None:
            return True
        sheets, self._to_end = self._to_end, None
        self.backspace(sheets)
        return False

    def complete(self) -> None:
        """The text is there, and a PDF if it is wanted."""
        path = self.output.finish()
        if self.pdf:
            self._make_pdf(path)

    def _make_pdf(self, path: Path) -> None:
        if path.stat().st_size > MOST_PDF_BYTES:
            self.tell(f"{self.name} {path.name} IS TOO LONG FOR A PDF")
            return
        output = HostOutput(self.folder, path.with_suffix(".pdf").name)
        try:
            output.write(to_pdf(_paper_of(path.read_bytes().decode()), path.stem, bars=True))
        except BaseException:
            output.discard()
            raise
        output.finish()

    # --- commands on the active file ---

    def restart(self) -> None:
        """From the first line."""
        self._position(self._top)
        self._sheets.clear()
        self._sheets.append(self._top)

    def backspace(self, sheets: int) -> None:
        """Back to the beginning of the sheet, or so many sheets before it; further back: to the first line."""
        if sheets >= len(self._sheets):
            self.restart()
            return
        for _ in range(sheets):
            self._sheets.pop()
        self._position(self._sheets[-1])

    def to_end(self, sheets: int) -> None:
        """Go on so many sheets before the end of the file."""
        self.output.cut(self._sheets[-1].position)
        self._to_end = sheets

    def single_space(self) -> None:
        """SPACE: carriage control of the rest of the file is ignored."""
        self._single = True

    def _position(self, sheet: Sheet) -> None:
        self._page, self._skip = sheet.page, sheet.record
        self.output.cut(sheet.position)
        self._load_paper()


def _paper_of(text: str) -> Iterator[Printed]:
    """Text with form feeds and carriage returns as paper again."""
    for number, sheet in enumerate(text.split(FORM_FEED)):
        if number:
            yield None
        for line in sheet.split("\n")[:-1]:
            yield Line(line.split("\r"))
