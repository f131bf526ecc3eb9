"""What `vm370 tape ls`, `scan` and `dump` show."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from vm370.images.ebcdic import from_ebcdic
from vm370.images.tapes.cmsfile import CmsTapeFile
from vm370.images.tapes.contents import TapeFile
from vm370.images.tapes.items import ItemTape
from vm370.images.tapes.labels import Label
from vm370.images.tapes.tape import Tape
from vm370.tools.disk.progress import Bar

KINDS = {
    "empty": "nothing",
    "labels": "standard labels",
    "dump": "CMS TAPE DUMP",
    "vmfplc2": "CMS VMFPLC2",
    "ddr": "DDR dump",
    "ipl": "IPL text",
    "deck": "object cards",
    "cards": "card images",
    "unknown": "unknown",
}
BYTES_A_LINE = 16
MOST_RUNS = 8


def progress(tape: Tape) -> Callable[[int], None]:
    """A bar for who reads a tape from its start: called after every block, draws every hundredth."""
    bar = Bar(f"read {tape.name}")
    if not isinstance(tape, ItemTape) or not bar.visible:
        return lambda position: None
    total = tape.file.length

    def step(position: int) -> None:
        if position % 100 == 0:
            bar(min(tape.offset, total - 1), total)

    return step


def described(file: TapeFile) -> dict[str, Any]:
    """A tape file for --json."""
    shown: dict[str, Any] = {"file": file.number, "kind": file.kind, "blocks": file.blocks, "bytes": file.bytes}
    shown["block_lengths"] = [list(run) for run in file.runs]
    shown["tape_mark"] = file.marked
    if file.labels:
        shown["labels"] = [_label(label) for label in file.labels]
    if file.files:
        shown["files"] = [_cms(each) for each in file.files]
    if file.volume:
        dumped = file.volume.dumped_at
        shown["volume"] = {
            "serial": file.volume.serial,
            "device": [row.name for row in file.volume.devices][:1],
            "tracks": file.tracks,
            "first_cylinder": file.volume.cylinder,
            "dumped": dumped.isoformat(sep=" ", timespec="seconds") if dumped else None,
            "continued": file.continued,
        }
    if file.problem:
        shown["problem"] = file.problem
    return shown


def _cms(file: CmsTapeFile) -> dict[str, Any]:
    written = file.written_at
    return {
        "filename": file.filename,
        "filetype": file.filetype,
        "filemode": file.filemode,
        "recfm": file.recfm,
        "lrecl": file.lrecl,
        "records": file.count,
        "written": written.isoformat(sep=" ") if written else None,
    }


def _label(label: Label) -> dict[str, Any]:
    return {
        "identifier": label.identifier,
        "code": "ASCII" if label.ascii else "EBCDIC",
        **{name: value.rstrip() for name, value in label.fields.items() if not name.startswith("reserved")},
    }


def lines(file: TapeFile) -> Iterator[str]:
    """A tape file for people."""
    yield f"file {file.number}: {KINDS[file.kind]}, {file.blocks} blocks, {file.bytes} bytes{_lengths(file)}"
    for label in file.labels:
        fields = [
            f"{name} {text}" for name, text in _label(label).items() if text and name not in ("identifier", "code")
        ]
        yield f"    {label.identifier}  {', '.join(fields)}"
    if file.volume:
        devices = " or ".join(row.name for row in file.volume.devices) or "unknown device"
        rest = ", goes on on another tape" if file.continued else ""
        yield f"    {file.volume.serial or '(no serial number)'}  {devices}, {file.tracks} tracks{rest}"
    for each in file.files:
        numbers = f"{each.recfm} {each.lrecl:>10} {each.count:>10}"
        yield f"    {each.filename:8} {each.filetype:8} {each.filemode:2} {numbers}  {each.written_at or '?'}"
    if file.problem:
        yield f"    damaged: {file.problem}"


def _lengths(file: TapeFile) -> str:
    if file.kind not in ("unknown", "ipl"):
        return ""
    lengths = sorted({length for length, _ in file.runs})
    told = str(lengths[0]) if len(lengths) == 1 else f"{lengths[0]} to {lengths[-1]}"
    return f" (block length {told})"


def runs(file: TapeFile) -> str:
    """The block lengths of a tape file."""
    parts = [f"{count} of {length}" for length, count in file.runs[:MOST_RUNS]]
    more = len(file.runs) - MOST_RUNS
    return ", ".join([*parts, *([f"and {more} changes of length more"] if more > 0 else [])])


def hexadecimal(data: bytes, is_ascii: bool = False) -> Iterator[str]:
    """A block, 16 bytes a line, with its characters."""
    for at in range(0, len(data), BYTES_A_LINE):
        piece = data[at : at + BYTES_A_LINE]
        text = piece.decode("latin-1") if is_ascii else from_ebcdic(piece)
        shown = "".join(character if character.isprintable() else "." for character in text)
        yield f"{at:05X}  {piece.hex(' ', 4).upper():35}  {shown}"
