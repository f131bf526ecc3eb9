"""Open a disk image, whatever its format: the first bytes of the file tell.

    CKD_P370                images/ckd.py, or images/ckdsplit.py for the first of several files
    CKD_C370, CKD_C064      images/cckd.py, read-only
    FBA_C370                images/cfba.py, read-only
    file called .ckdc       images/ckdc.py, read-only
    SQLite format 3         images/overlay.py, copy-on-write over any other of them
    anything else           images/fba.py, raw sectors without a header; not if the file is called .ckd or .cckd

A format adds its row to READERS; what it gives is a TrackStore or a BlockStore.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from vm370.images.cckd import CCKD, CCKD64, CckdImage
from vm370.images.cfba import CFBA, CfbaImage
from vm370.images.ckd import DEVICE_ID, CkdImage
from vm370.images.ckdc import SUFFIX, CkdcImage
from vm370.images.ckdsplit import open_ckd
from vm370.images.errors import ImageError
from vm370.images.fba import FbaImage
from vm370.images.overlay import MAGIC, open_overlay
from vm370.images.stores import BlockStore, TrackStore

Store = TrackStore | BlockStore
Reader = Callable[[Path, bool], Store]
"""(path, read_only) -> the opened image."""

#  first bytes of the file -> format
READERS: dict[bytes, Reader] = {
    CCKD: CckdImage.open,
    CCKD64: CckdImage.open,
    CFBA: CfbaImage.open,
    DEVICE_ID: open_ckd,
}


def open_image(path: str | Path, read_only: bool = False) -> Store:
    """The tracks or sectors of an image; ImageError when it cannot be opened or is not what its first bytes say."""
    place = Path(path)
    try:
        with place.open("rb") as file:
            start = file.read(16)
    except OSError as error:
        raise ImageError(f"{place}: cannot be opened: {error.strerror}") from error
    if start == MAGIC:
        return open_overlay(place, read_only, open_image)
    for magic, reader in READERS.items():
        if start.startswith(magic):
            return reader(place, read_only)
    if place.suffix.lower() == SUFFIX:
        return CkdcImage.open(place)
    if start.startswith(DEVICE_ID[:4]) or place.suffix.lower() in (".ckd", ".cckd"):
        return CkdImage.open(place, read_only)  # says what is wrong with the header
    return FbaImage.open(place, read_only)
