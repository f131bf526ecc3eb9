"""Printer files as text: what the paper would look like (images/printfile.py tells the command codes)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from vm370.cp.io.unitrecord import Record
from vm370.images.ebcdic import DEFAULT_PAGE
from vm370.images.printfile import print_machine, to_text


def printer_text(records: Iterable[Record], *, page: str = DEFAULT_PAGE) -> Iterator[str]:
    """The lines of a printer file with their line ends; ``"".join`` is the whole text."""
    return to_text(print_machine(((record.command, record.data) for record in records), page))
