"""Tapes in host files: opened by their format, made in one step, appended to or left as they were.

    format    by suffix                what
    aws       .aws .tape and others    AWSTAPE, blocks as they are
    het       .het                     blocks compressed with zlib, or bzip2 by --compress
    simh      .tap                     SIMH
    flat      by --format only         one tape file of blocks of --block-length bytes, without headers

What is read shows by its first bytes what it is (images/tapes/opening.py), unless it is said to be flat.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from vm370.images.errors import ImageError
from vm370.images.hostfile import HostFile
from vm370.images.tapes import opening
from vm370.images.tapes.aws import Compression
from vm370.images.tapes.flat import FlatTape
from vm370.images.tapes.opening import TapeFormat, compression_of_name, create_tape, format_of_name
from vm370.images.tapes.tape import Tape

FORMATS = ("aws", "het", "simh", "flat")
DEFAULT_BLOCK = 4096


@dataclass(frozen=True, slots=True)
class TapeForm:
    """How a host file is a tape; None = not told."""

    format: str | None = None
    compression: Compression | None = None
    block_length: int | None = None

    @property
    def flat(self) -> bool:
        """A file without headers."""
        return self.format == "flat"

    @property
    def recorded(self) -> TapeFormat | None:
        """A format that records blocks, if one is told."""
        return None if self.flat else cast("TapeFormat | None", self.format)


def open_tape(path: str | Path, form: TapeForm, read_only: bool = True) -> Tape:
    """An existing tape, at its load point."""
    if form.flat:
        return FlatTape.open(path, form.block_length or DEFAULT_BLOCK, read_only)
    return opening.open_tape(path, read_only=read_only, compression=form.compression)


@contextlib.contextmanager
def reading(path: str | Path, form: TapeForm) -> Iterator[Tape]:
    """A tape to be read."""
    tape = open_tape(path, form)
    try:
        yield tape
    finally:
        tape.close()


@contextlib.contextmanager
def new_tape(path: str | Path, form: TapeForm, overwrite: bool = False) -> Iterator[Tape]:
    """A new tape, which appears under its name when the body ends well."""
    place = Path(path)
    if place.exists() and not overwrite:
        raise ImageError(f"{place}: exists already (--force replaces it)")
    if place.exists():
        HostFile.open(place, read_only=False).close()  # refuse while somebody has it
    work = place.with_name(f".{place.name}.{os.getpid()}.new")
    tape: Tape
    if form.flat:
        tape = FlatTape.create(work, form.block_length or DEFAULT_BLOCK, overwrite=True)
    else:
        recorded = form.recorded or format_of_name(place)
        tape = create_tape(work, recorded, compression=form.compression, overwrite=True)
    tape.name = str(place)
    try:
        yield tape
        tape.flush()
        try:
            os.replace(work, place)
        except OSError as error:
            raise ImageError(f"{place}: cannot be written: {error.strerror}") from error
    finally:
        tape.close()
        work.unlink(missing_ok=True)


@contextlib.contextmanager
def appending(path: str | Path, form: TapeForm, dry_run: bool = False) -> Iterator[Tape]:
    """A tape, behind its last file; it is changed when the body ends well, and not in a dry run.

    The body works on a copy, so that the tape is the old one or the new one whatever happens.
    """
    place = Path(path)
    if form.flat:
        raise ImageError(f"{place}: a flat file is one tape file, nothing can be appended")
    old = HostFile.open(place, read_only=False)  # nobody else writes meanwhile
    work = place.with_name(f".{place.name}.{os.getpid()}.new")
    try:
        shutil.copyfile(place, work)
        compression = form.compression or compression_of_name(place)
        tape = opening.open_tape(work, read_only=False, compression=compression)
        tape.name = str(place)
        try:
            tape.to_end()
            _mark_before(tape)
            yield tape
            tape.flush()
        finally:
            tape.close()
        if not dry_run:
            shutil.copymode(place, work)
            os.replace(work, place)
    except OSError as error:
        raise ImageError(f"{place}: cannot be written: {error.strerror}") from error
    finally:
        old.close()
        work.unlink(missing_ok=True)


def _mark_before(tape: Tape) -> None:
    """End the last file with a tape mark if it has none."""
    if tape.position:
        unended = tape.skip_backward()
        tape.skip()
        if unended:
            tape.write_mark()
