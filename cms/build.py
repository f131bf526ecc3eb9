"""The CMS system disk from its sources.

    nucleus/*.asm  --assemble-->  decks  --link at X'10000'-->  CMS NUCLEUS (and dmsini at X'20000' behind it)
    commands/*.asm --assemble-->  decks  --link at X'E000' or X'20000'-->  NAME MODULE
    exec/ help/ text/             name.type  -->  NAME TYPE (EXEC: F 80, others V)
    text/*.asm     --assemble-->  decks  -->  NAME ASSEMBLE and NAME TEXT: sample programs
    boot.py                       blocks of CMS NUCLEUS  -->  the boot text

    build_system_disk(path, progress)          a new 3350 image
    write_system(store, label, progress)       onto a disk that exists: a minidisk of a volume, CKD or FBA

The same sources and the same date give the same bytes.  Object decks are kept in a cache folder under a digest of
everything that went into them: source, macro library, assembler.

A command's source says with a comment ``*MODULE area[,USERKEY]`` where it runs: TRANSIENT or USER area; with key 0 (the
SYSTEM option of GENMOD) unless USERKEY.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

import platformdirs

from vm370.cms.boot import boot_text
from vm370.images.blocks import Blocks, CkdBlocks, cms_blocks
from vm370.images.ckd import CkdImage
from vm370.images.ebcdic import to_ebcdic
from vm370.images.edf import EdfDisk
from vm370.images.module import module_records
from vm370.images.stores import BlockStore, TrackStore
from vm370.images.text import fitted, host_lines, to_records
from vm370.tools import assembler
from vm370.tools.assembler.assembly import assemble
from vm370.tools.assembler.library import decode_source
from vm370.tools.linker import LoadModule, link
from vm370.tools.linker.forms import module_of

SOURCES = Path(__file__).parent
BLOCK_SIZE = 4096
DEVICE_TYPE = "3350"
CYLINDERS = 20
LABEL = "CMS190"
SYSTEM_DATE = datetime(2026, 1, 1)
"""Date of the files and of the banner unless another one is given."""
BANNER = "CMS VERSION 1.0 - {date:%m/%d/%y %H:%M}"
MODE = "S2"

NUCLEUS_ORIGIN, INITIALISATION_ORIGIN = 0x10000, 0x20000
AREAS = {"TRANSIENT": (0xE000, 0x10000), "USER": (0x20000, 0x100000)}
BANNER_OFFSET, BANNER_LENGTH = 0x18, 32
END_OFFSET = 0x10
STAMP_OFFSET, STAMP_LENGTH = 0x38, 8
"""Where the nucleus' first page (DMSVEC) has its banner, its end, and a digest that tells it from others."""

SHOWN_MESSAGES = 20
"""Messages of the assembler that an error tells; the others usually follow from these."""

Progress = Callable[[str, int, int], None]
"""What is being done, how many steps are done, how many there are."""


class BuildError(Exception):
    """A source does not assemble or link, or does not fit its place."""


@dataclass(frozen=True, slots=True)
class SystemFile:
    """A file of the system disk."""

    name: str
    type: str
    records: list[bytes]
    recfm: str = "V"


class Builder:
    """Assembles and links; ``cache`` is a folder for object decks, or None."""

    def __init__(
        self,
        sources: Path = SOURCES,
        cache: Path | None = None,
        date: datetime = SYSTEM_DATE,
        progress: Progress | None = None,
    ) -> None:
        self.sources = sources
        self.cache = cache
        self.date = date
        self._progress = progress
        self._done = 0
        self.incomplete = False
        """For development: symbols that nobody defines are 0."""
        self.nucleus_sources = sorted((sources / "nucleus").glob("*.asm"))
        self.command_sources = sorted((sources / "commands").glob("*.asm"))
        self.text_sources = sorted(
            path
            for folder in ("exec", "help", "text")
            for path in (sources / folder).glob("*.*")
            if path.is_file() and path.suffix != ".asm"
        )
        self.sample_sources = sorted((sources / "text").glob("*.asm"))
        self.steps = len(self.nucleus_sources) + len(self.command_sources) + len(self.sample_sources) + 2

    def step(self, text: str) -> None:
        """Tell what is done now."""
        if self._progress:
            self._progress(text, self._done, self.steps)
        self._done += 1

    # --- object decks ---

    @cached_property
    def _environment(self) -> bytes:
        """Digest of what every deck depends on."""
        digest = hashlib.sha256()
        tools = Path(assembler.__file__).parent
        for path in [*sorted((self.sources / "maclib").iterdir()), *sorted(tools.glob("*.py"))]:
            digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
        return digest.digest()

    def deck(self, source: Path) -> bytes:
        """The object deck of a source."""
        self.step(f"assembling {source.name}")
        contents = source.read_bytes()
        key = hashlib.sha256(self._environment + contents).hexdigest()[:32]
        kept = self.cache / f"{source.stem}.{key}" if self.cache else None
        if kept is not None and kept.is_file():
            return kept.read_bytes()
        text = decode_source(contents, str(source))
        result = assemble(text, str(source), [self.sources / "maclib"], date=SYSTEM_DATE)
        if result.severity > 4:
            shown = [str(message) for message in result.messages[:SHOWN_MESSAGES]]
            left = len(result.messages) - len(shown)
            raise BuildError("\n".join(shown + ([f"and {left} more"] if left else [])))
        if kept is not None:
            _keep(kept, result.deck)
        return result.deck

    # --- nucleus ---

    def nucleus(self) -> tuple[LoadModule, LoadModule]:
        """The nucleus and its initialisation."""
        decks = {source.stem: self.deck(source) for source in self.nucleus_sources}
        initialisation = decks.pop("dmsini")
        resident = [decks.pop("dmsvec"), *decks.values()]
        nucleus = link(resident, NUCLEUS_ORIGIN, allow_unresolved=self.incomplete)
        if nucleus.end > INITIALISATION_ORIGIN:
            raise BuildError(f"nucleus: ends at X'{nucleus.end:X}', expected at most X'{INITIALISATION_ORIGIN:X}'")
        return nucleus, link([initialisation], INITIALISATION_ORIGIN)

    def nucleus_image(self) -> list[tuple[int, bytes]]:
        """What is loaded at IPL: address and contents of each block."""
        nucleus, initialisation = self.nucleus()
        image = bytearray(nucleus.image)
        image[END_OFFSET : END_OFFSET + 4] = nucleus.end.to_bytes(4)
        banner = to_ebcdic(BANNER.format(date=self.date)).ljust(BANNER_LENGTH, b"\x40")
        image[BANNER_OFFSET : BANNER_OFFSET + BANNER_LENGTH] = banner[:BANNER_LENGTH]
        stamp = hashlib.sha256(bytes(image) + initialisation.image).digest()[:STAMP_LENGTH]
        image[STAMP_OFFSET : STAMP_OFFSET + STAMP_LENGTH] = stamp
        return [*_pages(NUCLEUS_ORIGIN, bytes(image)), *_pages(INITIALISATION_ORIGIN, initialisation.image)]

    # --- other files ---

    def modules(self) -> Iterator[SystemFile]:
        """The commands."""
        for source in self.command_sources:
            deck = self.deck(source)
            area, key = _module_options(source)
            origin, limit = AREAS[area]
            module = link([deck], origin)
            if module.end > limit:
                raise BuildError(f"{source.name}: ends at X'{module.end:X}', expected at most X'{limit:X}'")
            records = module_records(module_of(module, system=key != "USERKEY", map=False))
            yield SystemFile(source.stem.upper(), "MODULE", records)

    def texts(self) -> Iterator[SystemFile]:
        """EXECs, help files and samples."""
        for path in self.text_sources:
            lines = [line or " " for line in host_lines(path.read_bytes(), str(path))]
            records = to_records(lines, str(path))
            kind = path.suffix[1:].upper()
            if kind == "EXEC":
                yield SystemFile(path.stem.upper(), kind, fitted(records, 80, str(path)), "F")
            else:
                yield SystemFile(path.stem.upper(), kind, records)

    def samples(self) -> Iterator[SystemFile]:
        """Sample programs: source and object deck."""
        for path in self.sample_sources:
            records = to_records([line or " " for line in host_lines(path.read_bytes(), str(path))], str(path))
            yield SystemFile(path.stem.upper(), "ASSEMBLE", fitted(records, 80, str(path)), "F")
            deck = self.deck(path)
            yield SystemFile(path.stem.upper(), "TEXT", [deck[n : n + 80] for n in range(0, len(deck), 80)], "F")


def build_system_disk(
    path: str | Path,
    progress: Progress | None = None,
    *,
    cache: Path | None = None,
    date: datetime = SYSTEM_DATE,
    cylinders: int = CYLINDERS,
    broken: Callable[[str], None] | None = None,
) -> None:
    """Make the system disk as an image file of its own; ``cache`` defaults to a folder of the user's cache."""
    image = CkdImage.create(path, DEVICE_TYPE, cylinders, overwrite=True)
    try:
        write_system(image, LABEL, progress, cache=cache, date=date, broken=broken)
    finally:
        image.close()


def write_system(
    store: TrackStore | BlockStore,
    label: str = LABEL,
    progress: Progress | None = None,
    *,
    cache: Path | None = None,
    date: datetime = SYSTEM_DATE,
    broken: Callable[[str], None] | None = None,
) -> None:
    """Format a disk or minidisk and write the system to it.

    With ``broken`` sources that do not assemble are reported to it and left out.
    """
    builder = Builder(cache=cache or default_cache(), date=date, progress=progress)
    if broken:
        leave_out_broken(builder, broken)
    pages = builder.nucleus_image()
    files = [*builder.modules(), *builder.samples()]
    builder.step("formatting the system disk")
    blocks = cms_blocks(store, BLOCK_SIZE, label)
    if isinstance(blocks, CkdBlocks):
        blocks.format()
    disk = EdfDisk.format(blocks, label, lambda: date)
    builder.step("writing the system disk")
    with disk.transaction():
        write_nucleus(blocks, disk, pages)
        for file in [*files, *builder.texts()]:
            disk.write(file.name, file.type, file.records, recfm=file.recfm, mode=MODE)
    blocks.flush()


def write_nucleus(blocks: Blocks, disk: EdfDisk, pages: list[tuple[int, bytes]]) -> None:
    """The file CMS NUCLEUS and the boot text that loads it."""
    fst = disk.write("CMS", "NUCLEUS", [data for _, data in pages], recfm="F", mode=MODE)
    numbers = [place.pointer.number for place in disk.places(fst) if not place.level]
    placed = [(number, page[0]) for number, page in zip(numbers, pages, strict=True)]
    stamp = pages[0][1][STAMP_OFFSET : STAMP_OFFSET + STAMP_LENGTH]
    blocks.write_boot(boot_text(blocks, placed, stamp))


def leave_out_broken(builder: Builder, report: Callable[[str], None]) -> None:
    """For development: go on without the sources that do not assemble."""
    builder.incomplete = True
    for sources in (builder.nucleus_sources, builder.command_sources, builder.sample_sources):
        for source in tuple(sources):
            try:
                builder.deck(source)
            except BuildError as error:
                report(f"{source.name} is left out:\n{error}")
                sources.remove(source)


def default_cache() -> Path:
    """Where object decks are kept."""
    return Path(platformdirs.user_cache_dir("vm370")) / "cms"


def _pages(origin: int, image: bytes) -> Iterator[tuple[int, bytes]]:
    for offset in range(0, len(image), BLOCK_SIZE):
        yield origin + offset, image[offset : offset + BLOCK_SIZE].ljust(BLOCK_SIZE, b"\0")


def _module_options(source: Path) -> tuple[str, str]:
    """Area and key from the line ``*MODULE area[,USERKEY]``."""
    for line in source.read_text(encoding="utf-8").splitlines():
        if line.startswith("*MODULE "):
            area, _, key = line.removeprefix("*MODULE ").strip().partition(",")
            if area in AREAS and key in ("", "USERKEY"):
                return area, key
            raise BuildError(f"{source}: found {line!r}, expected *MODULE TRANSIENT or USER, with ,USERKEY or without")
    raise BuildError(f"{source}: found no line *MODULE, expected one before the CSECT")


def _keep(place: Path, deck: bytes) -> None:
    """Put a deck into the cache and drop older ones of the same source; a cache that cannot be written is no error."""
    try:
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        for old in _others(place):
            old.unlink(missing_ok=True)
        with tempfile.NamedTemporaryFile(dir=place.parent, delete=False) as file:
            file.write(deck)
        os.replace(file.name, place)
    except OSError:
        return


def _others(place: Path) -> Iterable[Path]:
    return [path for path in place.parent.glob(f"{place.stem}.*") if path != place]


def main() -> None:
    """``python -m vm370.cms.build IMAGE [--leave-out-broken]``: the system disk alone."""
    arguments = sys.argv[1:]
    broken = print if "--leave-out-broken" in arguments else None
    (path,) = (argument for argument in arguments if not argument.startswith("--"))
    build_system_disk(path, broken=broken)


if __name__ == "__main__":
    main()
