"""The system name table: what may be saved under which name, and which pages that is (VM/370's module DMKSNT).

The file ``systems`` of the home has one NAMESYS statement for each; ``*`` begins a comment, a line that ends with a
comma goes on in the next one::

    [label] NAMESYS SYSNAME=name,SYSPGNM=(nn,nn-nn,...)[,SYSSIZE=nnnnnK][,SYSHRSG=(s,...)][,VSYSADR=cuu|IGNORE]
                    [,PROTECT=ON][,SYSPGCT=pppp]

    SYSNAME   1 to 8 letters and digits; not a device address
    SYSPGNM   pages of 4 KiB that are saved, decimal
    SYSSIZE   storage that a machine must have to load it; default: up to the last page for a system
    SYSHRSG   segments of 64 KiB that are shared, decimal; the other pages are every machine's own
    VSYSADR   device from which the system was loaded before it was saved, and is loaded while it is not saved;
              IGNORE: a discontiguous saved segment, not loaded by IPL
    PROTECT   shared pages are protected: who stores into one gets a copy.  OFF is not there
    SYSPGCT   number of pages, for those who like to have it checked

SYSVOL, SYSSTRT, VSYSRES and SYSCYL tell VM/370 where on which volume; here a saved system is a file, and they are
errors.  A home without such a file has DEFAULT.

    DefinitionError    file, line, found, expected
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from vm370.images.savedsystem import LAST_PAGE, PAGE, PageRange, is_name

PAGES_OF_SEGMENT = 16
"""Pages of 4 KiB in a segment of 64 KiB."""
DEFAULT = """\
* Saved systems: see docs/saved-systems.md
CMS     NAMESYS SYSNAME=CMS,SYSSIZE=256K,SYSPGNM=(0-33),VSYSADR=190
CMSSEG  NAMESYS SYSNAME=CMSSEG,SYSPGNM=(3840-3855),SYSHRSG=(240),VSYSADR=IGNORE
"""
_DEVICE_ADDRESS = re.compile(r"[0-9A-F]{1,4}")
_OPERAND = re.compile(r"([A-Z]+)=(\([^()]*\)|[^,()\s]*)(,|$)")


class DefinitionError(Exception):
    """A statement is not as above."""

    def __init__(self, file: str, line: int, found: str, expected: str) -> None:
        super().__init__(f"{file}: line {line}: found {found}, expected {expected}")


@dataclass(frozen=True, slots=True)
class NamedSystem:
    """One NAMESYS statement."""

    name: str
    ranges: tuple[PageRange, ...]
    storage: int
    device: int | None
    """None: a discontiguous saved segment."""

    @property
    def is_segment(self) -> bool:
        """Not loaded by IPL."""
        return self.device is None


def parse(text: str, file: str) -> dict[str, NamedSystem]:
    """All statements by name."""
    found: dict[str, NamedSystem] = {}
    for line, statement in _statements(text):
        system = _statement(statement, file, line)
        if system.name in found:
            raise DefinitionError(file, line, f"{system.name} again", "each SYSNAME once")
        found[system.name] = system
    return found


def _statements(text: str) -> list[tuple[int, str]]:
    """Statements with the numbers of their first lines, continuations joined."""
    statements: list[tuple[int, str]] = []
    joining = False
    for number, raw in enumerate(text.upper().splitlines(), 1):
        if raw.startswith("*") or not raw.strip():
            continue
        if joining:
            first, before = statements.pop()
            statements.append((first, before + raw.strip()))
        else:
            statements.append((number, raw.rstrip()))
        joining = raw.rstrip().endswith(",")
    return statements


def _statement(text: str, file: str, line: int) -> NamedSystem:
    before, keyword, operands = text.partition("NAMESYS")
    if not keyword or len(before.split()) > 1 or not operands.startswith(" "):
        raise DefinitionError(file, line, repr(text), "[label] NAMESYS operands")
    values: dict[str, str] = {}
    rest = operands.strip()
    while rest:
        match = _OPERAND.match(rest)
        if match is None or match[1] in values or (match[3] and match.end() == len(rest)):
            raise DefinitionError(file, line, repr(rest), "KEYWORD=value, each once, with commas between")
        values[match[1]] = match[2]
        rest = rest[match.end() :]
    unknown = set(values) - {"SYSNAME", "SYSPGNM", "SYSSIZE", "SYSHRSG", "VSYSADR", "PROTECT", "SYSPGCT"}
    if unknown:
        raise DefinitionError(file, line, sorted(unknown)[0], "an operand that means something for a file")
    return _system(values, file, line)


def _system(values: dict[str, str], file: str, line: int) -> NamedSystem:
    def bad(operand: str, expected: str) -> DefinitionError:
        return DefinitionError(file, line, f"{operand}={values.get(operand, '')}", expected)

    name = values.get("SYSNAME", "")
    if not is_name(name) or _DEVICE_ADDRESS.fullmatch(name):
        raise bad("SYSNAME", "1 to 8 letters and digits that are no device address")
    pages = _numbers(values.get("SYSPGNM", ""), LAST_PAGE)
    if not pages:
        raise bad("SYSPGNM", f"pages 0 to {LAST_PAGE}, each once: (nn,nn-nn,...)")
    shared = _numbers(values["SYSHRSG"], LAST_PAGE // PAGES_OF_SEGMENT) if "SYSHRSG" in values else []
    if shared is None or not {page // PAGES_OF_SEGMENT for page in pages}.issuperset(shared):
        raise bad("SYSHRSG", "segments that have saved pages")
    if values.get("SYSPGCT", str(len(pages))) != str(len(pages)):
        raise bad("SYSPGCT", f"{len(pages)}, as SYSPGNM has it")
    if values.get("PROTECT", "ON") != "ON":
        raise bad("PROTECT", "ON: what one machine stores no other one sees")
    address = values.get("VSYSADR", "IGNORE")
    if address != "IGNORE" and (not _DEVICE_ADDRESS.fullmatch(address) or not 0 < int(address, 16) <= 0xFFF):
        raise bad("VSYSADR", "a device address, or IGNORE")
    least = 0 if address == "IGNORE" else (max(pages) + 1) * PAGE
    size = values.get("SYSSIZE", f"{least >> 10}K")
    if not re.fullmatch(r"\d{1,5}K", size) or int(size[:-1]) > 16384 or (int(size[:-1]) << 10) < least:
        raise bad("SYSSIZE", f"{least >> 10}K to 16384K")
    device = None if address == "IGNORE" else int(address, 16)
    return NamedSystem(name, _ranges(sorted(pages), set(shared)), int(size[:-1]) << 10, device)


def _numbers(text: str, largest: int) -> list[int] | None:
    """``(nn,nn-nn,...)``, or one number; None if it is not that, or a number comes twice."""
    found: list[int] = []
    for part in text.removeprefix("(").removesuffix(")").split(","):
        match = re.fullmatch(r"(\d{1,4})(?:-(\d{1,4}))?", part)
        if match is None:
            return None
        first, last = int(match[1]), int(match[2] or match[1])
        if not first <= last <= largest:
            return None
        found.extend(range(first, last + 1))
    return found if len(set(found)) == len(found) else None


def _ranges(pages: list[int], shared: set[int]) -> tuple[PageRange, ...]:
    ranges: list[PageRange] = []
    for page in pages:
        is_shared = page // PAGES_OF_SEGMENT in shared
        if ranges and ranges[-1].last == page - 1 and ranges[-1].shared == is_shared:
            ranges[-1] = PageRange(ranges[-1].first, page, is_shared)
        else:
            ranges.append(PageRange(page, page, is_shared))
    return tuple(ranges)
