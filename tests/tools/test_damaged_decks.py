"""Damaged decks, libraries and MODULEs: `vm370 link` and `vm370 dis` answer with their own errors only."""

from __future__ import annotations

import random
from contextlib import suppress
from pathlib import Path

import pytest

from vm370.images.errors import ImageError
from vm370.images.module import parse_module
from vm370.images.objdeck import parse_deck
from vm370.tools.assembler import Options, assemble
from vm370.tools.disassembly import lines, program_of_module, programs_of_deck
from vm370.tools.linker import LinkError, link, load_map, module_file, relocatable_deck

SOURCE = """
ONE      CSECT
         ENTRY DOOR
         EXTRN OTHER
         DC    A(ONE,OTHER+4,DOOR-TWO),V(SUB),AL3(DOOR),Q(REG),C'SOME TEXT HERE'
DOOR     BR    14
REG      DXD   D
SIZE     CXD
TWO      CSECT
         DC    A(DOOR)
AREA     COM
         DS    CL40
         END   DOOR
"""
SUB = "SUB CSECT\n ENTRY OTHER\nOTHER DC F'1'\n END\n"


def damaged(data: bytes, numbers: random.Random) -> bytes:
    """Single bytes, exchanged cards, a cut end."""
    changed = bytearray(data)
    for _ in range(numbers.choice((1, 3, 10))):
        kind = numbers.randrange(3)
        place = numbers.randrange(len(changed))
        if kind == 0 or len(changed) < 240:
            changed[place] = numbers.choice((0, 0x40, 0xFF, numbers.randrange(256)))
        elif kind == 1:
            a, b = (numbers.randrange(len(changed) // 80) * 80 for _ in range(2))
            changed[a : a + 80], changed[b : b + 80] = changed[b : b + 80], changed[a : a + 80]
        else:
            del changed[place // 80 * 80 :]
            changed = changed or bytearray(data)
    return bytes(changed)


@pytest.mark.parametrize("seed", range(40))
def test_damaged_decks(seed: int, tmp_path: Path) -> None:
    numbers = random.Random(seed)
    deck = assemble(SOURCE, options=Options(test=True)).deck
    library = tmp_path / "own.txtlib"
    for _ in range(5):
        bad = damaged(deck, numbers)
        library.write_bytes(damaged(assemble(SUB).deck, numbers))
        with suppress(LinkError):
            module = link([bad], 0x1000, None, [library], allow_unresolved=True)
            assert load_map(module).startswith("ENTRY POINT")
            assert parse_module(module_file(module)).image == module.image
        with suppress(LinkError):
            relocatable_deck(link([bad], 0, None, allow_unresolved=True))
        with suppress(ImageError):
            for program in programs_of_deck(parse_deck(bad)):
                text = "\n".join(line.source for line in lines(program))
                assemble(text)


@pytest.mark.parametrize("seed", range(20))
def test_damaged_modules(seed: int) -> None:
    numbers = random.Random(seed)
    module = module_file(link([assemble(SUB).deck], 0x20000))
    for _ in range(10):
        with suppress(ImageError):
            assert [str(line) for line in lines(program_of_module(parse_module(damaged(module, numbers))))]
