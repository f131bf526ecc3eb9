"""What can go wrong with an image; one tree for the package.

ImageError
├── BadImage             the bytes are not what the format says: file, offset, found, expected
├── ImageInUse           another process has the image open read-write
├── GeometryError        no such device type, too many cylinders, record does not fit a track
├── StoreError           (stores.py) a store cannot serve a request
├── TextError            (text.py) host text that cannot be translated: file, line, column
├── CardError            (cards.py) bytes that are no deck of cards
├── ObjectDeckError      (objdeck.py) an object deck: card, offset, found, expected
├── MaclibError          (maclib.py) a MACLIB or TXTLIB: record, offset, found, expected
├── ArchiveError         (vmarc.py) files that do not go into an archive
├── PrintError           (printfile.py) records that are no printer file
└── FileSystemError      (edf package) the file system refuses a request
    ├── FileNotOnDisk    no such file
    ├── FileExists       the name is taken
    ├── DiskFull         not enough free blocks
    └── BadFileName      not a CMS file name, file type or file mode
"""

from __future__ import annotations

from pathlib import Path


class ImageError(Exception):
    """Root of the package's exceptions; its text is fit to be shown to a user."""


class BadImage(ImageError):
    """An image does not follow its format.

    ``offset`` is in bytes from the start of the file (or of the structure, when the image is not a file).
    """

    def __init__(self, where: str | Path, offset: int, found: object, expected: object) -> None:
        self.where = str(where)
        self.offset = offset
        self.found = shown(found)
        self.expected = shown(expected)
        super().__init__(f"{self.where}: offset {offset} (X'{offset:X}'): found {self.found}, expected {self.expected}")


class ImageInUse(ImageError):
    """An image is open read-write in another process."""


class GeometryError(ImageError):
    """A device type, a cylinder count or a record length that the hardware does not have."""


class FileSystemError(ImageError):
    """A CMS file system refuses a request."""


class FileNotOnDisk(FileSystemError):
    """No file of that name."""


class FileExists(FileSystemError):
    """A file of that name is there already."""


class DiskFull(FileSystemError):
    """Not enough free blocks."""


class BadFileName(FileSystemError):
    """Not a CMS file name, file type or file mode."""


def shown(value: object) -> str:
    """Bytes in S/370 notation, anything else as text."""
    if isinstance(value, bytes | bytearray | memoryview):
        return f"X'{bytes(value[:32]).hex().upper()}'" + ("..." if len(value) > 32 else "")
    return str(value)
