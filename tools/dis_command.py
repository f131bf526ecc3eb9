"""``vm370 dis FILE``: disassemble a storage image, an object deck or a MODULE.

A file shows by itself what it is: whole cards, the first an object card (X'02' in column 1), are a deck; a header
record of 80 bytes behind its halfword length is a MODULE (the host form of `vm370.images.module`); anything else is a
storage image from ``--base`` on.  ``--as`` overrides that.  ``--source`` writes source that assembles to the same deck.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from vm370.cp.s370.disassembler import disassemble, instruction_length
from vm370.images.errors import ImageError
from vm370.images.module import HEADER_LENGTH, ModuleError, parse_module
from vm370.images.objdeck import CARD_LENGTH, parse_deck
from vm370.tools.asm_command import told
from vm370.tools.disassembly import lines, program_of_module, programs_of_deck

HELP = "disassemble object decks, MODULEs and storage images"
OBJECT_CARD = 0x02


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``vm370 dis``."""
    parser.add_argument("file", metavar="FILE", help="storage image, object deck or MODULE")
    parser.add_argument(
        "--base", type=hexadecimal, default=0, metavar="ADDR", help="hexadecimal address of the first byte of an image"
    )
    parser.add_argument("--as", dest="kind", choices=("deck", "module", "image"), help="what the file is")
    parser.add_argument("--source", action="store_true", help="of a deck: source only, to be assembled again")


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
        for line in _lines(data, args):
            print(line)
    except OSError as error:
        print(f"vm370 dis: {told(error)}", file=sys.stderr)
        return 1
    except ImageError as error:
        print(f"vm370 dis: {error}", file=sys.stderr)
        return 1
    return 0


def _lines(data: bytes, args: argparse.Namespace) -> Iterator[str]:
    kind = args.kind or kind_of(data)
    if kind == "image":
        yield from image_lines(data, args.base)
    elif kind == "module":
        module = parse_module(data, args.file)
        yield f"* MODULE X'{module.first:X}' to X'{module.end:X}', entry point X'{module.entry:X}'"
        yield from map(str, lines(program_of_module(module)))
    else:
        for program in programs_of_deck(parse_deck(data, args.file)):
            for line in lines(program):
                yield line.source if args.source else str(line)


def kind_of(data: bytes) -> str:
    """deck, module or image."""
    if len(data) >= CARD_LENGTH and len(data) % CARD_LENGTH == 0 and data[0] == OBJECT_CARD:
        return "deck"
    if len(data) > HEADER_LENGTH and int.from_bytes(data[:2], "big") == HEADER_LENGTH:
        try:
            parse_module(data)
        except ModuleError:
            return "image"
        return "module"
    return "image"


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
