"""Make a damaged CMS file system sound: what becomes of each file, then one commit.

    a file                                            becomes
    its blocks are its own, nothing is wrong          kept: not a byte of it is moved
    shares blocks with another, or numbers in FST,    copied: its records are stored in other blocks
    chain links or pointers are wrong
    only its first records can be read                cut: these are stored in other blocks
    none can be read                                  dropped
    its name is taken, or is none                     copied, and renamed LOSTnnnn FILE

Then the directory is written with these files, the allocation map with the blocks they use, and the counts.  Nothing
that the disk still needs is written over before the commit, unless there is no other room.  A disk without label, or
without the first block of its directory, is not repaired.  Who uses it: `vm370 disk check --repair`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from vm370.images.cdf.blocks800 import CdfBlocks
from vm370.images.cdf.repair import CdfRepair
from vm370.images.cmsnames import unprintable
from vm370.images.ebcdic import to_ebcdic
from vm370.images.edf import Finding
from vm370.images.edf.repair import EdfRepair
from vm370.images.errors import ImageError
from vm370.images.filesystem import check_file_system, find_blocks
from vm370.images.scratch import scratch
from vm370.images.stores import BlockStore, TrackStore

Clock = Callable[[], datetime]
_SUSPICIOUS = ("pointer", "double", "count", "record")


@dataclass(frozen=True, slots=True)
class Action:
    """What was done about a file, or about the disk (no file)."""

    kind: str
    """copied, cut, dropped, renamed, rebuilt."""
    text: str
    file: str = ""

    def __str__(self) -> str:
        return f"{self.kind}: {self.file + ': ' if self.file else ''}{self.text}"


@dataclass(frozen=True, slots=True)
class Report:
    """What was found, what was done about it, and what is found now."""

    findings: list[Finding]
    actions: list[Action]
    left: list[Finding]


def repair_file_system(store: TrackStore | BlockStore, name: str = "disk", clock: Clock = datetime.now) -> Report:
    """Repair a disk in one commit.

    ImageError when there is no file system to be repaired, or no room for what has to be copied.
    """
    findings = check_file_system(store, name)
    if not findings:
        return Report([], [], [])
    known = list(findings)
    if any(finding.kind == "structure" for finding in findings):
        # the check went no further: a trial shows what is wrong with the files
        trial = scratch(store)
        _rebuild(trial, name, clock, findings)
        known += check_file_system(trial, name)
    actions = _rebuild(store, name, clock, known)
    return Report(findings, actions, check_file_system(store, name))


def _rebuild(store: TrackStore | BlockStore, name: str, clock: Clock, findings: list[Finding]) -> list[Action]:
    blocks = find_blocks(store, name)
    disk: EdfRepair | CdfRepair
    if isinstance(blocks, CdfBlocks):
        disk = CdfRepair(blocks, clock, damaged=True)
    else:
        opened = EdfRepair.open(blocks, clock, damaged=True)
        assert isinstance(opened, EdfRepair)
        disk = opened
    plan = _Plan(disk, findings)
    disk.rebuild(plan.files, plan.taken, plan.before)
    return plan.actions


class _Plan:
    def __init__(self, disk: EdfRepair | CdfRepair, findings: list[Finding]) -> None:
        self.disk = disk
        self.files: list[tuple[Any, list[bytes] | None]] = []
        self.taken: set[int] = set()
        self.before: set[int] = set()
        self.actions = [Action("rebuilt", f"the directory: {fault}") for fault in disk.faults]
        self._own = disk.own()
        self._links: dict[int, set[int]] = {}
        """Blocks of chain links of CP-67: the quarters in use."""
        self._names: set[bytes] = set()
        suspicious = {finding.file for finding in findings if finding.file and finding.kind in _SUSPICIOUS}
        taken_names = {fst.key for fst in disk.files()}
        for fst in disk.files():
            self._file(fst, str(fst) in suspicious, taken_names)
        if any(finding.kind in ("free", "lost", "count", "structure") and not finding.file for finding in findings):
            self.actions.append(Action("rebuilt", "allocation map and counts"))
        elif any(finding.kind == "free" for finding in findings):
            self.actions.append(Action("rebuilt", "allocation map"))

    def _file(self, fst: Any, suspicious: bool, taken_names: set[bytes]) -> None:
        shown = str(fst)
        reason = "its numbers are made right" if suspicious else ""
        badly_named = fst.key in self._names or unprintable(fst.key)
        if badly_named:
            reason = "its name is that of another file, or none"  # findings do not tell which file they mean
        claims: list[Any] = []
        try:
            claims = list(self.disk.claims(fst))
        except ImageError as error:
            reason = str(error)
        self.before |= {claim if isinstance(claim, int) else claim[0] for claim in claims}
        if not reason and not self._claim(claims):
            reason = "shares blocks with another file, or with the file system"
        records: list[bytes] | None = None
        if reason:
            records, error_text = self._readable(fst)
            if not records:
                self.actions.append(Action("dropped", error_text or "it has no records", shown))
                return
            if error_text:
                text = f"kept {len(records)} of {fst.records} records: {error_text}"
                self.actions.append(Action("cut", text, shown))
            else:
                self.actions.append(Action("copied", reason, shown))
        if badly_named:
            fst = self._renamed(fst, taken_names)
            self.actions.append(Action("renamed", f"is now {fst}", shown))
        self._names.add(fst.key)
        self.files.append((fst, records))

    def _claim(self, claims: list[Any]) -> bool:
        """Take the blocks for a file unless one of them is taken."""
        numbers = [claim for claim in claims if isinstance(claim, int)]
        links = [claim for claim in claims if not isinstance(claim, int)]
        used = self.taken | self._own
        if len(set(numbers)) < len(numbers) or not used.isdisjoint(numbers):
            return False
        for block, quarter in links:
            shared = self._links.get(block)
            if block in numbers or (block in used if shared is None else quarter in shared):
                return False
        self.taken.update(numbers)
        for block, quarter in links:
            self._links.setdefault(block, set()).add(quarter)
            self.taken.add(block)
        return True

    def _readable(self, fst: Any) -> tuple[list[bytes], str]:
        """The records up to the first that cannot be read, and why."""
        records = []
        try:
            for record in self.disk.records(fst):
                records.append(record)
        except ImageError as error:
            return records, str(error)
        return records, ""

    def _renamed(self, fst: Any, taken: set[bytes]) -> Any:
        number = 1
        while (key := to_ebcdic(f"LOST{number:04}FILE    ")) in taken:
            number += 1
        taken.add(key)
        return replace(fst, name=key[:8], type=key[8:])
