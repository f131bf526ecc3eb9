"""What is odd about a directory that can be used: extents that overlap, links that lead nowhere."""

from __future__ import annotations

from collections.abc import Iterator

from vm370.cp.directory.entries import MdiskStatement, UserEntry
from vm370.images.geometry import CKD_DEVICES, FBA_DEVICES

MOST_FINDINGS = 100
FBA_WHOLE = min(row.sectors for row in FBA_DEVICES.values())


def findings(users: dict[str, UserEntry]) -> list[str]:
    """One line for each, at most MOST_FINDINGS."""
    found = []
    for line in (*_overlaps(users), *_dead_links(users)):
        found.append(line)
        if len(found) == MOST_FINDINGS:
            break
    return found


def _overlaps(users: dict[str, UserEntry]) -> Iterator[str]:
    """Minidisks that share cylinders.  The same extent twice is meant so: it is one disk with two names."""
    volumes: dict[str, list[tuple[MdiskStatement, str]]] = {}
    for entry in users.values():
        for mdisk in entry.mdisks:
            if not mdisk.temporary:
                volumes.setdefault(mdisk.volser, []).append((mdisk, entry.userid))
    for volser, mdisks in volumes.items():
        mdisks.sort(key=lambda row: (row[0].start, row[0].start + row[0].size, row[0].line))
        furthest, owner = mdisks[0]
        for mdisk, userid in mdisks[1:]:
            same = (mdisk.start, mdisk.size) == (furthest.start, furthest.size)
            if mdisk.start < furthest.start + furthest.size and not same and not _whole(furthest):
                yield (
                    f"line {mdisk.line}: {userid} {mdisk.vaddr:03X} overlaps {owner} {furthest.vaddr:03X} "
                    f"(line {furthest.line}) on {volser}"
                )
            if mdisk.start + mdisk.size > furthest.start + furthest.size or _whole(furthest):
                furthest, owner = mdisk, userid


def _whole(mdisk: MdiskStatement) -> bool:
    """The volume as a whole, as its keeper sees it: others are meant to lie inside."""
    models = [row.cylinders for name, row in CKD_DEVICES.items() if name[:4] == mdisk.device_type]
    return mdisk.start == 0 and mdisk.size >= min(models, default=FBA_WHOLE)


def _dead_links(users: dict[str, UserEntry]) -> Iterator[str]:
    for entry in users.values():
        for link in entry.links:
            owner = users.get(link.userid)
            if owner is None or owner.mdisk(link.owner_vaddr) is None:
                disk = f"{link.userid} {link.owner_vaddr:03X}"
                yield f"line {link.line}: {entry.userid} links to {disk}, which is not there"
