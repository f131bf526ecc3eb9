"""Host files to CMS files and back: names, record formats, translation.

    host to disk                                          disk to host
    `note.txt` is NOTE TXT, `readme` is README FILE       NOTE TXT is `note.txt`
    text    UTF-8 to EBCDIC, strictly                     EBCDIC to UTF-8
            V: a line is a record, an empty line one      V: a record of one blank is an empty line
               blank                                      F: trailing blanks are dropped
            F: lines are filled with blanks
    binary  F: cut in records, the last one filled with   the records end to end
               X'00'; V: records of up to 4096 bytes

    not told otherwise        record format
    text                      F 80 for the file types of CARD_TYPES when every line fits, else V
    binary                    F 80 when the length is a multiple of 80 (decks), else V

An empty text file becomes one blank record, because a CMS file has at least one; an empty binary file is refused.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from vm370.images import cmsnames, text
from vm370.images.cmsnames import FIXED, VARIABLE
from vm370.images.ebcdic import DEFAULT_PAGE
from vm370.images.errors import BadFileName, FileSystemError, ImageError

CARD_LENGTH = 80
BINARY_CHUNK = 4096
BLANK = b"\x40"
DEFAULT_TYPE = "FILE"
CARD_TYPES = frozenset(
    ["ASM", "ASSEMBLE", "COPY", "DIRECT", "EXEC", "JCL", "JOB", "MACRO", "SYNONYM", "UPDATE", "UPDT"]
)


@dataclass(frozen=True, slots=True)
class Form:
    """How files are translated; None = not told."""

    binary: bool = False
    recfm: str | None = None
    lrecl: int | None = None
    sparse: bool = False
    page: str = DEFAULT_PAGE
    lossy: bool = False


@dataclass(frozen=True, slots=True)
class CmsFile:
    """A file ready to be written to a disk."""

    source: str
    filename: str
    filetype: str
    mode: str
    recfm: str
    lrecl: int | None
    records: list[bytes]


def cms_name(path: Path) -> tuple[str, str]:
    """File name and file type for a host file."""
    name, kind = (path.stem, path.suffix[1:]) if path.suffix else (path.name, DEFAULT_TYPE)
    try:
        cmsnames.name_field(name, "file name")
        cmsnames.name_field(kind, "file type")
    except BadFileName as error:
        raise BadFileName(f"{path}: {error}; give the name with --as 'FN FT'") from error
    return name.upper(), kind.upper()


def parse_name(words: str) -> tuple[str, str, str]:
    """`FN FT [FM]`, as --as takes it."""
    parts = words.upper().split()
    if len(parts) not in (2, 3):
        raise BadFileName(f"file identification {words!r}: expected FN FT [FM]")
    cmsnames.name_field(parts[0], "file name")
    cmsnames.name_field(parts[1], "file type")
    mode = parts[2] if len(parts) == 3 else "A1"
    cmsnames.mode_field(mode)
    return parts[0], parts[1], mode


def load(path: Path, form: Form, name: tuple[str, str, str] | None = None) -> CmsFile:
    """Read and translate a host file."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ImageError(f"{path}: cannot be read: {error.strerror}") from error
    filename, filetype, mode = name or (*cms_name(path), "A1")
    recfm, lrecl, records = records_of(data, str(path), filetype, form)
    return CmsFile(str(path), filename, filetype, mode, recfm, lrecl, records)


def records_of(data: bytes, where: str, filetype: str, form: Form) -> tuple[str, int | None, list[bytes]]:
    """Translate the bytes of a host file: record format, record length (F) and records."""
    return (_binary if form.binary else _text)(data, where, filetype, form)


def _text(data: bytes, where: str, filetype: str, form: Form) -> tuple[str, int | None, list[bytes]]:
    records = text.to_records(text.host_lines(data, where), where, form.page, form.lossy) or [BLANK]
    longest = max(len(record) for record in records)
    recfm = form.recfm
    if recfm is None:
        cards = filetype in CARD_TYPES and longest <= CARD_LENGTH
        recfm = FIXED if cards or form.lrecl is not None else VARIABLE
    if recfm == FIXED:
        lrecl = form.lrecl or (CARD_LENGTH if longest <= CARD_LENGTH else longest)
        return recfm, lrecl, text.fitted(records, lrecl, where)
    limit = form.lrecl or cmsnames.LONGEST_VARIABLE
    for number, record in enumerate(records, 1):
        if len(record) > limit:
            raise text.TextError(where, number, limit + 1, f"a line of {len(record)} characters", f"at most {limit}")
    return recfm, None, [record or BLANK for record in records]


def _binary(data: bytes, where: str, filetype: str, form: Form) -> tuple[str, int | None, list[bytes]]:
    if not data:
        raise FileSystemError(f"{where}: an empty file; a CMS file has at least one record")
    recfm = form.recfm
    if recfm is None:
        recfm = FIXED if form.lrecl is not None or len(data) % CARD_LENGTH == 0 else VARIABLE
    if recfm == FIXED:
        lrecl = form.lrecl or CARD_LENGTH
        data = data.ljust(-(-len(data) // lrecl) * lrecl, b"\0")
        return recfm, lrecl, _cut(data, lrecl)
    return recfm, None, _cut(data, form.lrecl or BINARY_CHUNK)


def _cut(data: bytes, length: int) -> list[bytes]:
    return [data[start : start + length] for start in range(0, len(data), length)]


def unload(
    records: Iterable[bytes], recfm: str, binary: bool, where: str, page: str = DEFAULT_PAGE, lossy: bool = False
) -> bytes:
    """The host form of a file's records."""
    if binary:
        return b"".join(records)
    if recfm == FIXED:
        return text.to_host((record.rstrip(BLANK) for record in records), where, page, lossy)
    return text.to_host((b"" if record == BLANK else record for record in records), where, page, lossy)


def host_name(filename: str, filetype: str) -> str:
    """The name a file gets on the host; a name that a disk should not have is refused."""
    cmsnames.stored_field(filename, "file name")
    cmsnames.stored_field(filetype, "file type")
    return f"{filename}.{filetype}".lower()


def proper_mode(mode: str) -> str:
    """A file mode that may be written: A1 for one that is none."""
    try:
        cmsnames.mode_field(mode)
    except BadFileName:
        return "A1"
    return mode


def make_folder(folder: Path) -> None:
    """A host folder, if it is missing."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ImageError(f"{folder}: cannot be made: {error.strerror}") from error


def save(path: Path, data: bytes) -> None:
    """Write a host file in one step: it is the old one or the new one."""
    work = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        work.write_bytes(data)
        os.replace(work, path)
    except OSError as error:
        work.unlink(missing_ok=True)
        raise ImageError(f"{path}: cannot be written: {error.strerror}") from error
