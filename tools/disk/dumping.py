"""What stands on a disk: hexadecimal, and taken apart, as lines of text and as JSON.

    000000  C3D4E27E C3D4E2F1 F9F10000 00000000  *CMS=CMS191......*

Who uses it: `vm370 disk dump`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from vm370.images.cdf.disk import CdfDisk
from vm370.images.cdf.layout import MFD_BLOCK, Mfd
from vm370.images.ckd import END_MARK_LENGTH, HOME_ADDRESS_LENGTH, counts
from vm370.images.ebcdic import from_ebcdic, printable
from vm370.images.edf import EdfDisk
from vm370.images.errors import BadImage, ImageError
from vm370.images.filesystem import find_blocks, open_file_system
from vm370.images.opening import Store
from vm370.images.stores import BlockStore, TrackStore

LINE = 16
Part = tuple[str, dict[str, Any], bytes]
"""A heading, what the bytes mean, the bytes."""


def hexadecimal(data: bytes, base: int = 0) -> Iterator[str]:
    """Lines of 16 bytes; lines equal to the one before are left out, with a note of how many."""
    previous = None
    skipped = 0
    for offset in range(0, len(data), LINE):
        line = data[offset : offset + LINE]
        if line == previous and offset + LINE < len(data):
            skipped += 1
            continue
        if skipped:
            yield f"        {skipped} lines the same"
            skipped = 0
        words = " ".join(line[i : i + 4].hex().upper() for i in range(0, len(line), 4))
        yield f"{base + offset:06X}  {words:35}  *{printable(line)}*"
        previous = line


def track(store: Store, cylinder: int, head: int) -> Iterator[Part]:
    """Home address, the records, the end of a track; what is damaged comes out as it is."""
    if not isinstance(store, TrackStore):
        raise ImageError(f"{store.name}: an FBA disk has no tracks; --sector N shows a sector")
    data = store.read_track(cylinder, head)
    home = {"flag": data[0], "cylinder": int.from_bytes(data[1:3]), "head": int.from_bytes(data[3:5])}
    yield "home address", home, data[:HOME_ADDRESS_LENGTH]
    end = HOME_ADDRESS_LENGTH
    try:
        for count in counts(data, f"{store.name}: cylinder {cylinder} head {head}"):
            facts = {"cylinder": count.cylinder, "head": count.head, "record": count.record}
            facts |= {"key_length": count.key_length, "data_length": count.data_length, "offset": count.offset}
            yield f"R{count.record} count", facts, data[count.offset : count.key_offset]
            if count.key_length:
                yield f"R{count.record} key", {}, data[count.key_offset : count.data_offset]
            if count.data_length:
                yield f"R{count.record} data", {}, data[count.data_offset : count.end]
            end = count.end
    except BadImage as error:
        yield "not a track", {"reason": str(error)}, data[end:].rstrip(b"\0")
        return
    rest = data[end + END_MARK_LENGTH :].rstrip(b"\0")
    yield "end mark", {"offset": end, "bytes_behind": len(rest)}, data[end : end + END_MARK_LENGTH]


def sector(store: Store, number: int) -> Iterator[Part]:
    """A sector of an FBA disk."""
    if not isinstance(store, BlockStore):
        raise ImageError(f"{store.name}: a CKD disk has no sectors; --track C,H shows a track")
    yield f"sector {number}", {}, store.read(number, 1)


def block(store: Store, number: int) -> Iterator[Part]:
    """A block of a CMS disk."""
    blocks = find_blocks(store, store.name)
    yield f"block {number}", {"of": blocks.total, "size": blocks.size}, blocks.read(number)


def label(store: Store) -> Iterator[Part]:
    """The label of a CMS disk, and the volume label if there is one."""
    if isinstance(store, TrackStore):
        for count in counts(store.read_track(0, 0), store.name):
            data = store.read_track(0, 0)[count.data_offset : count.end]
            if count.record == 3 and data[:4] == "VOL1".encode("cp037"):
                yield "volume label", {"volser": from_ebcdic(data[4:10]).rstrip()}, data
                return
    blocks = find_blocks(store, store.name)
    data = blocks.read_label()[:80]
    try:
        disk = open_file_system(store, store.name, damaged=True)
    except ImageError as error:
        yield "label", {"reason": str(error)}, data
        return
    facts = values(disk.label) if isinstance(disk, EdfDisk) else {"volume": disk.volume}
    yield "label", {"kind": disk.kind} | facts, data


def directory(store: Store) -> Iterator[Part]:
    """MFD of a CDF disk, first directory block of an EDF disk."""
    disk = open_file_system(store, store.name, damaged=True)
    if isinstance(disk, CdfDisk):
        data = disk.blocks.read(MFD_BLOCK)
        yield "master file directory, block 4", values(Mfd.parse(data, store.name)), data
        return
    assert isinstance(disk, EdfDisk)
    number = disk.label.directory
    facts: dict[str, Any] = {"entries": disk.directory_entries, **disk.own_blocks()}
    yield f"directory, block {number}", facts, disk.blocks.read(number)


def file(store: Store, filename: str, filetype: str) -> Iterator[Part]:
    """The directory entry of a file, and where its blocks are."""
    disk = open_file_system(store, store.name, damaged=True)
    fst: Any = disk.find(filename, filetype)
    facts = {"file": f"{fst.filename} {fst.filetype} {fst.filemode}", "written": str(fst.written_at)} | values(fst)
    yield "FST", facts, fst.build()
    try:
        if isinstance(disk, CdfDisk):
            place = disk.place(fst)
            blocks: dict[str, Any] = {"chain_links": list(place.links), "data_blocks": list(place.data)}
        else:
            assert isinstance(disk, EdfDisk)
            places = list(disk.places(fst))
            blocks = {"pointer_blocks": [p.pointer.number for p in places if p.level]}
            blocks["data_blocks"] = [p.pointer.number for p in places if not p.level]
    except ImageError as error:
        blocks = {"reason": str(error)}
    yield "blocks", blocks, b""


def values(parsed: object) -> dict[str, Any]:
    """The fields of a dataclass, bytes in hexadecimal."""
    assert is_dataclass(parsed)
    facts: dict[str, Any] = {}
    for each in fields(parsed):
        value = getattr(parsed, each.name)
        if isinstance(value, bytes):
            value = value.hex().upper() if len(value) <= LINE else f"{len(value)} bytes"
        facts[each.name] = list(value) if isinstance(value, tuple) else value
    return facts


def lines(parts: Iterator[Part]) -> Iterator[str]:
    """For a reader."""
    for heading, facts, data in parts:
        shown = "  ".join(f"{key.replace('_', ' ')} {_short(value)}" for key, value in facts.items())
        yield f"{heading}: {shown}" if shown else heading
        yield from hexadecimal(data)


def _short(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(map(str, value[:40])) + (f" ... ({len(value)})" if len(value) > 40 else "") or "none"
    return str(value)


def as_json(parts: Iterator[Part]) -> list[dict[str, Any]]:
    """For a program."""
    return [{"what": heading} | facts | {"hex": data.hex().upper()} for heading, facts, data in parts]
