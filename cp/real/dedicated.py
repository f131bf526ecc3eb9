"""Unit record devices that a user has for himself: no spooling in between.

printer, punch    what is written goes to one host file, complete when the device is detached
reader            the decks of HOME/reader one after the other, without ID cards
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from vm370.cp.io.device import Device
from vm370.cp.io.printer import Printer
from vm370.cp.io.punch import Punch
from vm370.cp.io.reader import Reader
from vm370.cp.io.unitrecord import CARD, Feed, Record, SpoolFault
from vm370.cp.real.output import HostOutput
from vm370.cp.real.reader import READ_CARD, STACKER, BadDeck, deck, put_aside
from vm370.images.ebcdic import code_page
from vm370.images.errors import ImageError
from vm370.images.printfile import Paper, to_text

if TYPE_CHECKING:
    from vm370.cp.machine import VirtualMachine
    from vm370.cp.real.spooled import SpooledDevice

log = logging.getLogger("vm370")
WRITE, IMMEDIATE = 0x01, 0x03
BLANK = b"\x40"


def dedicated(real: SpooledDevice, vm: VirtualMachine) -> Device:
    """The virtual device that works directly."""
    if real.type.kind == "RDR":
        return Reader(DirectReader(real.folder), device_type=real.type)
    stem = f"{real.system.clock.now():%Y%m%d-%H%M%S}-{vm.userid.lower()}-{real.raddr:03x}"
    if real.type.kind == "PUN":
        return Punch(DirectPunch(real.folder, stem + ".deck"), device_type=real.type)
    return Printer(DirectPrinter(real.folder, stem + ".txt"), device_type=real.type)


class _Direct:
    """A host file that is begun by the first record."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder, self._name = folder, name
        self._output: HostOutput | None = None

    def put(self, data: bytes) -> None:
        """Add to the file; SpoolFault when the host cannot."""
        try:
            if self._output is None:
                self._output = HostOutput(self._folder, self._name)
            self._output.write(data)
        except OSError as error:
            raise SpoolFault(f"{self._name}: {error.strerror}") from error

    def release(self) -> None:
        """The device is detached: the file is complete."""
        output, self._output = self._output, None
        if output is not None:
            try:
                output.finish()
            except OSError as error:
                log.error("%s: output of a dedicated device is lost: %s", self._name, error.strerror)


class DirectPunch(_Direct):
    """Cards."""

    def write(self, record: Record) -> None:
        """One card."""
        self.put(record.data[:CARD].ljust(CARD, BLANK))


class DirectPrinter(_Direct):
    """Lines."""

    def __init__(self, folder: Path, name: str) -> None:
        super().__init__(folder, name)
        self._paper = Paper()

    def write(self, record: Record) -> None:
        """One line, or carriage control."""
        kind, channel = record.command & 0x07, record.command >> 3 & 0x0F
        if kind == WRITE:
            self._paper.stroke(code_page().decode(record.data))
        elif kind != IMMEDIATE:
            return
        if not record.command & 0x80:
            self._paper.space(record.command >> 3 & 0x03)
        elif 1 <= channel <= 12:
            self._paper.skip(channel)
        self._out()

    def release(self) -> None:
        """The last line is printed."""
        self._paper.finish()
        self._out()
        super().release()

    def _out(self) -> None:
        text = "".join(to_text(self._paper.taken()))
        if text:
            self.put(text.encode())


class DirectReader:
    """The decks of the folder in the order of their names; a deck that was read goes to the stacker."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path: Path | None = None
        self._cards: Iterator[bytes] = iter(())

    def read(self) -> Record | Feed:
        """The next card."""
        if self._path is None:
            decks = sorted(p for p in self._folder.glob("*") if p.is_file() and not p.name.startswith("."))
            if not decks:
                return Feed.EMPTY
            self._path = decks[0]
            self._cards = deck(self._path)
        try:
            card = next(self._cards, None)
        except (OSError, BadDeck, ImageError) as error:
            raise SpoolFault(str(error)) from error
        if card is not None:
            return Record(READ_CARD, card)
        put_aside(self._path, STACKER)
        self._path = None
        return Feed.END_OF_FILE

    def release(self) -> None:
        """The deck stays where it is."""
        self._path = None
