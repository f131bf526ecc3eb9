"""Programs for guests: assembled and linked from Python, as `vm370 asm` and `vm370 link` do it.

program = build("addup.asm", macros=[CMS_MACROS])
guest.put(program.records, "ADDUP MODULE A")
guest.storage.word(program.address("TOTAL"))
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from vm370.images.module import module_records
from vm370.tools.api.errors import BuildError
from vm370.tools.assembler import SourceError, assemble_file
from vm370.tools.linker import LinkError, LoadModule, link
from vm370.tools.linker.forms import module_of
from vm370.tools.linker.linkage import DEFAULT_ORIGIN

CMS_MACROS = Path(__file__).resolve().parents[2] / "cms" / "maclib"
"""The macros and COPY members of this project's CMS."""
ERROR = 8
"""Severity from which on there is no program."""


@dataclass(frozen=True, slots=True)
class Program:
    """A linked program."""

    decks: tuple[bytes, ...] = field(repr=False)
    """The object decks, cards of 80 bytes; put them as ``NAME TEXT A`` for LOAD."""
    load_module: LoadModule = field(repr=False)
    listings: tuple[str, ...] = field(repr=False)
    warnings: tuple[str, ...]

    @property
    def records(self) -> list[bytes]:
        """The records of a CMS MODULE; put them as ``NAME MODULE A``."""
        return module_records(module_of(self.load_module))

    @property
    def image(self) -> bytes:
        """The program as it stands in storage from its origin on."""
        return self.load_module.image

    def address(self, symbol: str) -> int:
        """Where an external symbol (CSECT, ENTRY) is in storage; KeyError."""
        return self.load_module.symbols[symbol.upper()].address


def build(
    *sources: str | Path,
    macros: Sequence[str | Path] = (),
    libraries: Sequence[str | Path] = (),
    origin: int = DEFAULT_ORIGIN,
    entry: str | None = None,
    sysparm: str = "",
) -> Program:
    """Assemble sources and link them; BuildError with the messages of the assembler or the linker.

    ``macros``: folders and MACLIBs; ``libraries``: folders of decks and TXTLIBs for what is not defined.
    """
    decks, listings, warnings = [], [], list[str]()
    try:
        for source in sources:
            assembly = assemble_file(source, macros, sysparm=sysparm)
            told = [str(message) for message in assembly.messages]
            if assembly.severity >= ERROR:
                raise BuildError("\n".join(told))
            decks.append(assembly.deck)
            listings.append(assembly.listing)
            warnings += told
        module = link(decks, origin, entry, libraries)
    except OSError as error:
        raise BuildError(f"{error.filename}: cannot be read: {error.strerror}") from error
    except (LinkError, SourceError) as error:
        raise BuildError(str(error)) from error
    return Program(tuple(decks), module, tuple(listings), tuple(warnings + module.warnings))
