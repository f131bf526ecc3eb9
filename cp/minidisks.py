"""Volumes and minidisks: which image holds a volume, who is linked to which extent, and with what access.

A volume with serial number VOLSER is a file in one folder, the first that is there of

    VOLSER.cow      the changes of a volume, over its image
    VOLSER.ckd      count-key-data            VOLSER.fba      fixed blocks
    VOLSER.cckd, .cckd64, .cfba, .ckdc        compressed, read-only

Each file is opened once, when
the first minidisk on it is linked, and stays open until CP ends; images/hostfile.py locks it against other processes.

Links are counted by extent, as VM/370 does: two MDISK statements that name the same volume, start and size are the
same disk.  What a link gives depends on the mode and on the links that exist (W read/write, R read-only, - refused):

    mode    nobody   readers only   a writer
    R       R        R              -
    RR      R        R              R
    W       W        -              -
    WR      W        R              R
    M       W        W              -
    MR      W        W              R
    MW      W        W              W

A T-DISK is an image in a temporary file that has no name any more, so nothing is left of it whatever happens to CP.
"""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from vm370.cp import messages
from vm370.cp.commands.context import CommandError
from vm370.cp.directory import MdiskStatement
from vm370.cp.messages import FilledMessage, Message
from vm370.cp.reserving import Reservation
from vm370.images.ckd import CkdImage
from vm370.images.errors import ImageError, ImageInUse
from vm370.images.fba import FbaImage
from vm370.images.geometry import FBA_DEVICES, SECTOR, ckd_device
from vm370.images.opening import open_image
from vm370.images.stores import BlockExtent, BlockStore, TrackExtent, TrackStore

log = logging.getLogger("vm370")

#             mode   nobody, readers, a writer
ACCESS = {
    "R": "RR-",
    "RR": "RRR",
    "W": "W--",
    "WR": "WRR",
    "M": "WW-",
    "MR": "WWR",
    "MW": "WWW",
}

FBA_TYPE = "FB-512"
SUFFIXES = (".cow", ".ckd", ".fba", ".cckd", ".cckd64", ".cfba", ".ckdc")
"""Of a volume's image, in the order in which they are looked for."""
TEMPORARY_SPACE = 2 << 30
"""Bytes of image that all temporary disks together may have."""
Extent = tuple[str, int, int]
Store = TrackExtent | BlockExtent


class NotLinked(CommandError):
    """The minidisk is not given; ``message`` says why."""


@dataclass(eq=False, slots=True)
class Link:
    """One virtual disk of one user."""

    owner: str
    mdisk: MdiskStatement
    userid: str
    vaddr: int
    write: bool

    @property
    def access(self) -> str:
        """R/W or R/O, as QUERY shows it."""
        return "R/W" if self.write else "R/O"


@dataclass(slots=True)
class _Users:
    """The links to one extent, in the order in which they were made."""

    writers: dict[Link, None] = field(default_factory=dict)
    readers: dict[Link, None] = field(default_factory=dict)
    reservation: Reservation = field(default_factory=Reservation)

    def of(self, link: Link) -> dict[Link, None]:
        """Where ``link`` belongs."""
        return self.writers if link.write else self.readers

    def by(self) -> str:
        """R/W BY userid;R/O BY nnn USERS."""
        parts = [("R/W", self.writers), ("R/O", self.readers)]
        return ";".join(f"{access} BY {_who(links)}" for access, links in parts if links)


class LinkedTracks(TrackExtent):
    """A minidisk of a CKD volume; closing it ends the link."""

    def __init__(self, image: TrackStore, link: Link, volumes: Volumes) -> None:
        super().__init__(image, link.mdisk.start, link.mdisk.size)
        self.read_only = image.read_only or not link.write
        self._link, self._volumes = link, volumes

    def close(self) -> None:
        self._volumes.unlink(self._link)


class LinkedBlocks(BlockExtent):
    """A minidisk of an FBA volume; closing it ends the link."""

    def __init__(self, image: BlockStore, link: Link, volumes: Volumes) -> None:
        super().__init__(image, link.mdisk.start, link.mdisk.size)
        self.read_only = image.read_only or not link.write
        self._link, self._volumes = link, volumes

    def close(self) -> None:
        self._volumes.unlink(self._link)


class Volumes:
    """The volumes in a folder, and all links."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._open: dict[str, TrackStore | BlockStore] = {}
        self._extents: dict[Extent, _Users] = {}
        self._links: dict[tuple[str, int], Link] = {}
        """By user ID and device address."""
        self._temporary: dict[Link, TrackStore | BlockStore] = {}
        self._mounted: dict[str, Path] = {}
        """Volumes that the operator attached, where they are not simply files of the folder."""
        self._dismounted: set[str] = set()
        """Volumes that the operator detached."""

    # --- links ---

    def links(self, mdisk: MdiskStatement) -> list[Link]:
        """Who is linked to the minidisk's extent."""
        users = self._extents.get(_extent(mdisk))
        return [] if users is None or mdisk.temporary else [*users.writers, *users.readers]

    def reservation(self, mdisk: MdiskStatement) -> Reservation:
        """Who has the minidisk's extent for himself (mode V); the same for all who are linked to it."""
        return self._extents[_extent(mdisk)].reservation

    def find(self, userid: str, vaddr: int) -> Link | None:
        """The disk that ``userid`` has at ``vaddr``."""
        return self._links.get((userid, vaddr))

    def link(
        self, owner: str, mdisk: MdiskStatement, userid: str, vaddr: int, mode: str
    ) -> tuple[Store, str | FilledMessage]:
        """Link ``userid`` to a minidisk: the extent, whose ``close`` ends the link, and what CP says about it.

        The answer is a response, or a message where less was given than asked for.  NotLinked when the mode does not
        allow the link beside those that exist, or the volume is not there.
        """
        users = self._extents.get(_extent(mdisk)) or _Users()
        given = ACCESS[mode][2 if users.writers else 1 if users.readers else 0]
        if given == "-":
            raise NotLinked(_refusal(users).fill(userid=owner, vaddr=f"{mdisk.vaddr:03X}", by=users.by()))
        link = Link(owner, mdisk, userid, vaddr, given == "W")
        store = self._store(link)
        link.write = not store.read_only
        answer = _answer(link, mode, users)
        self._extents[_extent(mdisk)] = users
        users.of(link)[link] = None
        self._links[userid, vaddr] = link
        return store, answer

    def temporary(self, mdisk: MdiskStatement, userid: str, vaddr: int) -> Store:
        """A new temporary disk; ``close`` gives its space back.  NotLinked when there is no space."""
        link = Link(userid, mdisk, userid, vaddr, write=True)
        image: TrackStore | BlockStore
        if sum(map(_bytes, self._temporary)) + _bytes(link) > TEMPORARY_SPACE:
            raise NotLinked(messages.NO_TEMPORARY_SPACE.fill(vaddr=f"{vaddr:03X}"))
        try:
            with tempfile.TemporaryDirectory(prefix=".tdisk-", dir=self.folder) as folder:
                path = Path(folder) / "tdisk"
                if mdisk.device_type == FBA_TYPE:
                    image = FbaImage.create(path, _fba_type(mdisk.size), mdisk.size)
                else:
                    image = CkdImage.create(path, mdisk.device_type, mdisk.size)
        except (ImageError, OSError) as error:
            log.error("temporary disk %03X of %s: %s", vaddr, userid, error)
            raise NotLinked(messages.NO_TEMPORARY_SPACE.fill(vaddr=f"{vaddr:03X}")) from error
        self._temporary[link] = image
        self._links[userid, vaddr] = link
        return LinkedTracks(image, link, self) if isinstance(image, TrackStore) else LinkedBlocks(image, link, self)

    def unlink(self, link: Link) -> None:
        """End a link; a second time does nothing."""
        if self._links.get((link.userid, link.vaddr)) is link:
            del self._links[link.userid, link.vaddr]
        users = self._extents.get(_extent(link.mdisk))
        if users is not None:
            users.of(link).pop(link, None)
            if not users.writers and not users.readers:
                del self._extents[_extent(link.mdisk)]
        image = self._temporary.pop(link, None)
        if image is not None:
            image.close()

    def moved(self, link: Link, vaddr: int) -> None:
        """The user has the disk at another address now."""
        del self._links[link.userid, link.vaddr]
        link.vaddr = vaddr
        self._links[link.userid, vaddr] = link

    # --- volumes ---

    def path(self, volser: str) -> Path | None:
        """The image of a volume that CP has."""
        if volser in self._dismounted:
            return None
        return self._mounted.get(volser) or self.in_folder(volser)

    def in_folder(self, volser: str) -> Path | None:
        """The image of a volume by its name."""
        for suffix in SUFFIXES:
            for name in (volser + suffix, volser.lower() + suffix):
                path = self.folder / name
                if path.is_file():
                    return path
        return None

    def mount(self, volser: str, path: Path) -> None:
        """The operator attaches a volume: its minidisks can be linked."""
        self._dismounted.discard(volser)
        self._mounted[volser] = path

    def lend(self, volser: str, store: TrackStore | BlockStore) -> None:
        """A volume that is not a file of the folder: its minidisks can be linked until it is taken back."""
        self._open[volser] = store

    def take_back(self, volser: str) -> None:
        """End ``lend``, and close the volume."""
        image = self._open.pop(volser, None)
        if image is not None:
            image.close()

    def dismount(self, volser: str) -> None:
        """The operator detaches a volume that nobody is linked to."""
        self._dismounted.add(volser)
        self._mounted.pop(volser, None)
        image = self._open.pop(volser, None)
        if image is not None:
            image.close()

    def links_to(self, volser: str) -> int:
        """How many links there are to minidisks of a volume."""
        return len(self.links_of(volser))

    def links_of(self, volser: str) -> list[Link]:
        """The links to minidisks of a volume."""
        return [link for link in self._links.values() if link.mdisk.volser == volser]

    def temporary_links(self) -> list[Link]:
        """The temporary disks."""
        return list(self._temporary)

    def opened(self, volser: str) -> TrackStore | BlockStore | None:
        """The image of a volume that is in use."""
        return self._open.get(volser)

    def findings(self, mdisks: Iterable[MdiskStatement]) -> list[str]:
        """Which volumes of these minidisks cannot be used, and why; nothing stays open."""
        answer = []
        for volser in volumes_needed(mdisks):
            path = self.path(volser)
            if path is None:
                answer.append(f"{self.folder}: found no {volser}.ckd or {volser}.fba")
            elif volser not in self._open:
                try:
                    open_image(path, read_only=True).close()
                except ImageInUse:
                    log.info("volume %s is in use", volser)
                except ImageError as error:
                    answer.append(str(error))
        return answer

    def mounted(self) -> list[str]:
        """Serial numbers of the volumes that are open."""
        return sorted(self._open)

    def flush(self) -> None:
        """Force everything that was written to the host's disks."""
        for image in self._open.values():
            if not image.read_only:
                image.flush()

    def close(self) -> None:
        """CP ends: force what was written to disk and close the files."""
        self.flush()
        for link in list(self._temporary):
            self.unlink(link)
        for image in self._open.values():
            image.close()
        self._open.clear()
        self._links.clear()
        self._extents.clear()

    def _store(self, link: Link) -> Store:
        mdisk = link.mdisk
        disk = {"userid": link.owner, "vaddr": f"{mdisk.vaddr:03X}", "volser": mdisk.volser}
        image = self._image(mdisk.volser)
        if image is None:
            raise NotLinked(messages.VOLUME_NOT_MOUNTED.fill(**disk))
        try:
            if mdisk.device_type == FBA_TYPE and isinstance(image, BlockStore):
                return LinkedBlocks(image, link, self)
            if isinstance(image, TrackStore) and _same_type(image.device_type, mdisk.device_type):
                return LinkedTracks(image, link, self)
            reason = f"the directory says {mdisk.device_type}, the image is a {image.device_type}"
        except ImageError as error:
            reason = str(error)
        log.error("minidisk %s %03X on %s: %s", link.owner, mdisk.vaddr, mdisk.volser, reason)
        raise NotLinked(messages.VOLUME_CONFLICT.fill(**disk))

    def _image(self, volser: str) -> TrackStore | BlockStore | None:
        image = self._open.get(volser)
        if image is not None:
            return image
        path = self.path(volser)
        if path is None:
            return None
        try:
            image = open_image(path, read_only=not os.access(path, os.W_OK))
        except ImageInUse as error:
            log.error("volume %s: %s", volser, error)
            return None
        except ImageError as error:
            log.error("volume %s cannot be used: %s", volser, error)
            return None
        self._open[volser] = image
        return image


def volumes_needed(mdisks: Iterable[MdiskStatement]) -> dict[str, tuple[str, int]]:
    """Volume serial -> (device type, cylinders or blocks) that hold all these minidisks."""
    needed: dict[str, tuple[str, int]] = {}
    for mdisk in mdisks:
        if not mdisk.temporary:
            device_type, size = needed.get(mdisk.volser, (mdisk.device_type, 0))
            needed[mdisk.volser] = (device_type, max(size, mdisk.start + mdisk.size))
    return needed


def _same_type(image_type: str, directory_type: str) -> bool:
    """3350 is 3350, 3330 is any model of it, and a 2319 is a 2314."""
    names = {"2319": "2314"}
    return names.get(image_type[:4], image_type[:4]) == names.get(directory_type[:4], directory_type[:4])


def _fba_type(blocks: int) -> str:
    """The smallest FBA device with so many blocks."""
    return min((row for row in FBA_DEVICES.values() if row.sectors >= blocks), key=lambda row: row.sectors).name


def _bytes(link: Link) -> int:
    """Length of the image of a temporary disk."""
    mdisk = link.mdisk
    if mdisk.device_type == FBA_TYPE:
        return mdisk.size * SECTOR
    row = ckd_device(mdisk.device_type)
    return mdisk.size * row.heads * row.track_length


def _extent(mdisk: MdiskStatement) -> Extent:
    return (mdisk.volser, mdisk.start, mdisk.size)


def _who(links: dict[Link, None]) -> str:
    return next(iter(links)).userid if len(links) == 1 else f"{len(links):03} USERS"


def _refusal(users: _Users) -> Message:
    if users.writers:
        return messages.NOT_LINKED_BOTH if users.readers else messages.NOT_LINKED_WRITER
    return messages.NOT_LINKED_READERS


def _answer(link: Link, mode: str, users: _Users) -> str | FilledMessage:
    """What LINK says: linked, or forced read-only where read/write was asked for."""
    vaddr = f"{link.vaddr:03X}"
    if not link.write and mode[0] != "R":
        if not users.writers and not users.readers:
            return messages.VOLUME_READ_ONLY.fill(vaddr=vaddr, volser=link.mdisk.volser)
        if not users.writers:
            message = messages.FORCED_READ_ONLY_READERS
        else:
            message = messages.FORCED_READ_ONLY_BOTH if users.readers else messages.FORCED_READ_ONLY_WRITER
        return message.fill(vaddr=vaddr, by=users.by())
    told = users.writers or (users.readers and link.write)
    return f"DASD {vaddr} LINKED {link.access}" + (f";{users.by()}" if told else "")
