"""Who may connect to whom: the IUCV statements of the directory.

    IUCV ANY        to every virtual machine
    IUCV userid     to this one
    IUCV ALLOW      every virtual machine may connect to this one
    IUCV *service   limits of a path to this service of CP

A machine may always connect to itself, and to *MSG and *BLOCKIO, which reach nothing but its own messages and disks.
Of several statements the first that fits counts, in the order: the user ID by name, ANY, ALLOW of the other side.  Its
PRIORITY lets the path have priority messages (without it, the path comes about without), and its MSGLIMIT is the most
that CONNECT and ACCEPT can ask for; it is what they get when they ask for nothing.
Source: VM/SP Planning Guide (SC19-6201), IUCV control statement.
"""

from __future__ import annotations

from dataclasses import dataclass

from vm370.cp.directory.entries import IucvStatement, UserEntry
from vm370.cp.iucv.paths import DEFAULT_LIMIT, LARGEST_LIMIT


@dataclass(frozen=True, slots=True)
class Grant:
    """What a path may have."""

    priority: bool = True
    limit: int | None = None

    def message_limit(self, asked: int) -> int:
        """Messages on the way at once; ``asked`` is 0 when nothing was."""
        if self.limit is None:
            return asked or DEFAULT_LIMIT
        return min(asked or self.limit, self.limit, LARGEST_LIMIT)


OWN = Grant()
"""A path to oneself or to a service of CP."""


def connecting(source: UserEntry, target: UserEntry) -> Grant | None:
    """What ``source`` may have of a path to ``target``; None: it is not authorized."""
    if source.userid == target.userid:
        return OWN
    for entry, name in ((source, target.userid), (source, "ANY"), (target, "ALLOW")):
        if (found := _statement(entry, name)) is not None:
            return Grant(found.priority, found.limit)
    return None


def serving(source: UserEntry, service: str) -> Grant:
    """What ``source`` may have of a path to a service of CP."""
    found = _statement(source, service)
    return OWN if found is None else Grant(found.priority, found.limit)


def accepting(target: UserEntry, source: UserEntry) -> Grant:
    """The same for the other end of the path, which the target accepts."""
    for name in (source.userid, "ALLOW", "ANY"):
        if (found := _statement(target, name)) is not None:
            return Grant(found.priority, found.limit)
    return OWN


def _statement(entry: UserEntry, name: str) -> IucvStatement | None:
    return next((statement for statement in entry.iucv if statement.target == name), None)
