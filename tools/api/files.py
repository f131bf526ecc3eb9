"""Files on a guest's disks, from Python.

They are read and written through the file system of the image (images/filesystem.py), whichever one the disk has.  A
file system changes by one last write, so what is read is what the guest has completed; a file that it has open for
output is as it was before.  For writing the guest must not have the disk's directory in storage: ``GuestBase._put``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from vm370.cp.machine import VirtualMachine
from vm370.images import cmsnames
from vm370.images.errors import ImageError
from vm370.images.filesystem import FileSystem, open_file_system
from vm370.images.stores import BlockStore, TrackStore
from vm370.images.text import TextError, fitted
from vm370.tools.api.errors import FileError
from vm370.tools.disk import transfer
from vm370.tools.disk.transfer import CmsFile, Form

Source = str | Path | bytes | Sequence[bytes]
"""The path of a host file; or what is in the file, where text is UTF-8; or the records as they are to be."""
USUAL_DISKS = {"A": 0x191, "D": 0x192, "S": 0x190, "Y": 0x19E}
"""Where disks are whose mode letters nobody can be asked for."""


@dataclass(frozen=True, slots=True)
class GuestFile:
    """A file as it is on a guest's disk.

    >>> file = GuestFile("HELLO", "DATA", "A1", "V", 5, (b"\\xc8\\x85\\x93\\x93\\x96", b"\\x40"))
    >>> file.text
    'Hello\\n\\n'
    """

    filename: str
    filetype: str
    filemode: str
    recfm: str
    """F or V."""
    lrecl: int
    records: tuple[bytes, ...]

    @property
    def data(self) -> bytes:
        """The records end to end."""
        return b"".join(self.records)

    @property
    def text(self) -> str:
        """The records as lines, each with a line feed; FileError for what is no text."""
        try:
            return transfer.unload(self.records, self.recfm, False, f"{self.filename} {self.filetype}").decode("utf-8")
        except TextError as error:
            raise FileError(str(error)) from error

    @property
    def lines(self) -> list[str]:
        """The records as text."""
        return self.text.splitlines()

    def save(self, path: str | Path, *, binary: bool = False) -> Path:
        """Write it to a host file."""
        place = Path(path)
        place.write_bytes(self.data if binary else self.text.encode("utf-8"))
        return place


def mode_letter(words: str) -> str:
    """The mode letter of FN FT [FM]; A when there is none."""
    parts = words.upper().split()
    return parts[2][0] if len(parts) == 3 else "A"


def ready_file(
    name: str, source: Source, *, binary: bool | None = None, recfm: str | None = None, lrecl: int | None = None
) -> CmsFile:
    """A file translated and ready for the disk; ``binary`` None: bytes that are no UTF-8 text are binary."""
    try:
        wanted = transfer.parse_name(name)
        if not isinstance(source, str | Path | bytes):
            return _of_records(name, wanted, list(source), recfm, lrecl)
        if not isinstance(source, bytes):
            path = Path(source)
            data, where = path.read_bytes(), str(path)
        else:
            data, where = source, name
        form = Form(_is_binary(data) if binary is None else binary, recfm.upper() if recfm else None, lrecl)
        kind, length, records = transfer.records_of(data, where, wanted[1], form)
    except OSError as error:
        raise FileError(f"{source!r}: cannot be read: {error.strerror}") from error
    except (ImageError, TextError) as error:
        raise FileError(str(error)) from error
    return CmsFile(where, *wanted, kind, length, records)


def _of_records(
    name: str, wanted: tuple[str, str, str], records: list[bytes], recfm: str | None, lrecl: int | None
) -> CmsFile:
    if recfm is None:
        recfm = cmsnames.VARIABLE if lrecl is None else cmsnames.FIXED
    if recfm.upper() == cmsnames.FIXED:
        longest = lrecl or max(map(len, records), default=0)
        return CmsFile(name, *wanted, cmsnames.FIXED, longest, fitted(records, longest, name))
    return CmsFile(name, *wanted, cmsnames.VARIABLE, None, records)


def _is_binary(data: bytes) -> bool:
    """Neither UTF-8 nor free of control characters but line ends and tabs."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return True
    return any(ord(character) < 0x20 and character not in "\t\r\n\f" for character in text)


def file_system_of(vm: VirtualMachine, vaddr: int) -> FileSystem:
    """The file system of a machine's disk."""
    device = vm.devices.get(vaddr)
    store = getattr(device, "store", None)
    if not isinstance(store, TrackStore | BlockStore):
        raise FileError(f"{vm.userid}: {vaddr:03X} is no disk of this machine")
    try:
        return open_file_system(store, f"{vm.userid} {vaddr:03X}")
    except ImageError as error:
        raise FileError(str(error)) from error


def read_file(disk: FileSystem, words: str) -> GuestFile:
    """A file; FileError when there is none."""
    try:
        filename, filetype, _ = transfer.parse_name(words)
        entry = disk.find(filename, filetype)
        records = tuple(disk.records(entry))
    except ImageError as error:
        raise FileError(str(error)) from error
    return GuestFile(entry.filename, entry.filetype, entry.filemode, entry.format, entry.lrecl, records)


def write_files(disk: FileSystem, files: list[CmsFile]) -> None:
    """Write files, all or none of them."""
    try:
        with disk.transaction():
            for file in files:
                disk.write(
                    file.filename, file.filetype, file.records, recfm=file.recfm, lrecl=file.lrecl, mode=file.mode
                )
    except ImageError as error:
        raise FileError(str(error)) from error
