"""What stands on a tape, file by file: every format is told by its first block.

    labels    standard labels, 80 characters             labels.py
    dump      X'02', CMS                                 tapedump.py
    vmfplc2   X'02', PLCH                                vmfplc2.py
    ddr       VHR                                        ddr.py
    ipl       PSW, then a channel command that reads     (the first tape file only)
    deck      X'02' and ESD, TXT, ... : object cards     objdeck.py
    cards     blocks of a multiple of 80 printable EBCDIC characters
    unknown   anything else

Two tape marks in a row end the tape, unless trailer labels (of a data set without blocks) follow.  A file that begins
like a format and does not follow it has a ``problem``.  Who uses it: `vm370 tape`.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from vm370.images.ebcdic import from_ebcdic, to_ebcdic
from vm370.images.errors import BadImage
from vm370.images.tapes import ddr, labels, tapedump, vmfplc2
from vm370.images.tapes.block import Block
from vm370.images.tapes.cmsfile import CmsTapeFile
from vm370.images.tapes.labels import Label
from vm370.images.tapes.tape import EndOfTape, Tape

CARD = 80
_OBJECT = {b"\x02" + to_ebcdic(name) for name in ("ESD", "TXT", "RLD", "END", "SYM", "XSD")}
_READ = 0x02
MOST_RUNS = 10_000

Reader = Callable[[Iterator[Block]], Iterator[CmsTapeFile]]
READERS: dict[str, Reader] = {"dump": tapedump.read_files, "vmfplc2": vmfplc2.read_files}


@dataclass(slots=True)
class TapeFile:
    """A tape file; ``runs``: (block length, how many in a row)."""

    number: int
    position: int
    kind: str = "empty"
    blocks: int = 0
    bytes: int = 0
    runs: list[tuple[int, int]] = field(default_factory=list)
    files: list[CmsTapeFile] = field(default_factory=list)
    """Files of CMS, without their data."""
    labels: list[Label] = field(default_factory=list)
    volume: ddr.Volume | None = None
    tracks: int = 0
    continued: bool = False
    """A dump that goes on on another tape."""
    problem: str = ""
    marked: bool = False
    """A tape mark ends it."""

    def count(self, block: Block) -> None:
        """One block more."""
        length = len(block.data)
        self.blocks += 1
        self.bytes += length
        if self.runs and self.runs[-1][0] == length:
            self.runs[-1] = (length, self.runs[-1][1] + 1)
        elif len(self.runs) < MOST_RUNS:
            self.runs.append((length, 1))


def kind_of(data: bytes, first_file: bool = False) -> str:
    """The format that a tape file's first block tells."""
    if labels.identify(data):
        return "labels"
    if tapedump.is_dump(data):
        return "dump"
    if vmfplc2.is_vmfplc2(data):
        return "vmfplc2"
    if data[:4] == ddr.VHR and len(data) >= ddr.VOLUME_LENGTH:
        return "ddr"
    if first_file and _is_ipl(data):
        return "ipl"
    if len(data) % CARD == 0:
        if data[:4] in _OBJECT:
            return "deck"
        if from_ebcdic(data).isprintable():
            return "cards"
    return "unknown"


def _is_ipl(data: bytes) -> bool:
    """24 bytes: PSW, a CCW that reads something, another CCW."""
    if len(data) < 24:
        return False
    return data[8] == _READ and not data[12] & 0x07 and any(data[14:16])


def survey(tape: Tape, progress: Callable[[int], None] | None = None) -> Iterator[TapeFile]:
    """Every tape file from the load point on; BadImage where the tape itself cannot be read."""
    tape.rewind()
    for number in itertools.count(1):
        file = TapeFile(number, tape.position)
        blocks = _counted(tape, file, progress)
        first = next(blocks, None)
        if first is None:
            if not (file.marked and _trailer_follows(tape)):
                return
            yield file
            continue
        file.kind = kind_of(first.data, number == 1)
        whole = itertools.chain([first], blocks)
        try:
            _examine(file, whole)
        except BadImage as error:
            file.problem = "" if file.continued else str(error)
        for _ in whole:
            pass
        yield file


def _counted(tape: Tape, file: TapeFile, progress: Callable[[int], None] | None) -> Iterator[Block]:
    while True:
        number = tape.position
        try:
            data = tape.read()
        except EndOfTape:
            return
        if data is None:
            file.marked = True
            return
        block = Block(tape.name, number, data)
        file.count(block)
        if progress:
            progress(tape.position)
        yield block


def _examine(file: TapeFile, blocks: Iterator[Block]) -> None:
    if file.kind == "labels":
        file.labels = [Label.parse(block) for block in blocks]
    elif file.kind in READERS:
        for found in READERS[file.kind](blocks):
            file.files.append(replace(found, data=b""))
            found.check()
    elif file.kind == "ddr":
        dump = ddr.DdrDump(blocks)
        file.volume = dump.volume
        try:
            for _ in dump.tracks():
                file.tracks += 1
        finally:
            file.continued = dump.continued
    elif file.kind == "cards":
        for block in blocks:
            if len(block.data) % CARD:
                file.kind = "unknown"
                return


def _trailer_follows(tape: Tape) -> bool:
    try:
        data = tape.read()
    except EndOfTape:
        return False
    tape.skip_backward()
    found = labels.identify(data) if data else None
    return bool(found and found[0][:3] in ("EOF", "EOV"))
