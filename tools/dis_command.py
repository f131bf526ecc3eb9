"""``vm370 dis FILE``: disassemble a storage image or an object deck.

A file whose length is a multiple of 80 and whose first card is an object card (X'02' in column 1) is a deck: the text
of each section is shown at the addresses of its cards, with the names from its ESD cards.  Anything else is a storage
image, one instruction after the other from ``--base``.  A run of equal lines of zeros is shown once.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from vm370.cp.s370.disassembler import disassemble, instruction_length
from vm370.images.errors import ImageError
from vm370.images.objdeck import CARD_LENGTH, CM, LD, PC, SD, Card, Deck, esd_items, parse_deck

HELP = "disassemble object decks, MODULEs and storage images"
OBJECT_CARD = 0x02


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``vm370 dis``."""
    parser.add_argument("file", metavar="FILE", help="storage image or object deck")
    parser.add_argument(
        "--base", type=hexadecimal, default=0, metavar="ADDR", help="hexadecimal address of the first byte (default: 0)"
    )


def hexadecimal(text: str) -> int:
    """A 24-bit hexadecimal address; ValueError otherwise (argparse says which argument)."""
    value = int(text, 16)
    if not 0 <= value <= 0xFFFFFF:
        raise ValueError(text)
    return value


def main(args: argparse.Namespace) -> int:
    """Write the listing to standard output; exit code 1 if the file cannot be read."""
    try:
        data = Path(args.file).read_bytes()
        lines = deck_lines(parse_deck(data, args.file), args.base) if is_deck(data) else image_lines(data, args.base)
        for line in lines:
            print(line)
    except (OSError, ImageError) as error:
        print(f"vm370 dis: {error}", file=sys.stderr)
        return 1
    return 0


def is_deck(data: bytes) -> bool:
    """Does this look like cards that begin with an object card?"""
    return len(data) >= CARD_LENGTH and len(data) % CARD_LENGTH == 0 and data[0] == OBJECT_CARD


def image_lines(data: bytes, base: int = 0) -> Iterator[str]:
    """One line for each instruction of ``data``."""
    offset, zeros = 0, 0
    while offset < len(data):
        if data[offset : offset + 2] == b"\0\0":
            zeros += 1
            if zeros > 1:
                if zeros == 2:
                    yield f"{base + offset & 0xFFFFFF:06X} ..."
                offset += 2
                continue
        else:
            zeros = 0
        yield disassemble(data[offset : offset + 6], base + offset & 0xFFFFFF)
        offset += instruction_length(data[offset:])


def deck_lines(deck: Deck, base: int = 0) -> Iterator[str]:
    """The names of a deck with their addresses, then the text; cards that follow one another are taken together."""
    runs: list[tuple[int, int, bytearray]] = []
    for card in deck.cards:
        if not isinstance(card, Card):
            continue
        if card.type == "ESD":
            for item in esd_items(card):
                if item.type in (SD, PC, CM, LD):
                    yield f"{base + (item.address or 0) & 0xFFFFFF:06X} {item.name or '(private)'}"
        elif card.type == "TXT" and card.address is not None and card.count is not None:
            text = card.data[: card.count]
            section = card.esdid or 0
            if runs and runs[-1][0] == section and runs[-1][1] + len(runs[-1][2]) == card.address:
                runs[-1][2].extend(text)
            else:
                runs.append((section, card.address, bytearray(text)))
    for section, address, run in runs:
        yield f"* section {section}, {len(run)} bytes"
        yield from image_lines(bytes(run), base + address)
