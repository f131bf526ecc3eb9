"""The assembler: the language of the IBM System/370 assemblers (Assembler XF), object decks and listings.

    source.py -> generator.py -> passone.py -> passtwo.py -> deck.py, listing.py

    >>> result = assemble("TEST CSECT\\n BR 14\\n END\\n", "test.asm")
    >>> result.severity, result.sections["TEST"].length
    (0, 2)

Errors in the source are messages of the result, never exceptions; only an unreadable file raises SourceError.
"""

from vm370.tools.assembler.assembly import Assembly, Options, assemble, assemble_file
from vm370.tools.assembler.library import SourceError, SourceLibrary
from vm370.tools.assembler.messages import Message

__all__ = ["Assembly", "Message", "Options", "SourceError", "SourceLibrary", "assemble", "assemble_file"]
