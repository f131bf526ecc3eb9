"""The forms of a linked program: MODULE file, absolute object deck, IPL deck, load map.

An IPL deck is three parts.  The hardware reads 24 bytes of card 1 and goes on with its CCWs: they read card 2, which
holds CCWs that read the loader, and the PSW of card 1 starts the loader.  It reads TXT cards with SIO and TIO, moves
them to their addresses, and goes to the address of the END card.  The loader stands behind the program (doubleword), so
that nothing but the CSW and CAW (X'40' to X'4B') and X'0' to X'17' is out of the program's reach while it is loaded.

    card 1     PSW -> loader     CCW read card 2 to L     CCW transfer in channel to L
    card 2     CCW read card 3 to L+80 ... (the last one does not chain)
    card 3...  the loader, from L+80 on
    then       the program as TXT cards with fixed addresses, and END

The loader stops in a disabled wait with the address X'EEEE' when the reader fails or has no more cards.
"""

from __future__ import annotations

from functools import cache

from vm370.images.module import SYSTEM, Module, TableEntry, build_module
from vm370.images.objdeck import (
    CARD_LENGTH,
    CM,
    ER,
    LD,
    PC,
    SD,
    WX,
    Card,
    Deck,
    EsdItem,
    RldItem,
    build_deck,
    end_card,
    esd_cards,
    numbered,
    rld_cards,
    txt_cards,
)
from vm370.tools.assembler import assemble
from vm370.tools.linker.linkage import HIGHEST, LinkError, LoadModule

LOADER = """
LOADER   CSECT                         loads TXT cards, at any address
         BALR  12,0
         USING *,12
         LH    2,2(0,0)                the device that was IPLed
         LA    3,CARD
         ST    3,READ
         MVI   READ,X'02'
NEXT     LA    1,READ
         ST    1,72(0,0)               CAW, key 0
BEGIN    SIO   0(2)
         BC    8,POLL                  started
         BC    4,STATUS                CSW stored
         BC    2,BEGIN                 busy
         B     STOP                    not operational
POLL     TIO   0(2)
         BC    8,DONE                  available: it has ended
         BC    2,POLL
         BC    1,STOP
STATUS   TM    68(0),X'03'             unit check or exception
         BNZ   STOP
         TM    68(0),X'10'             busy: what was pending is gone
         BO    BEGIN
         TM    68(0),X'04'             device end
         BZ    POLL
DONE     CLC   CARD(4),TEXT
         BE    MOVE
         CLC   CARD(4),END
         BNE   NEXT
         L     15,CARD+4               the address of the END card
         LA    15,0(,15)
         BR    15
MOVE     L     4,CARD+4
         LA    4,0(,4)
         LH    5,CARD+10
         BCTR  5,0
         EX    5,MOVETEXT
         B     NEXT
MOVETEXT MVC   0(0,4),CARD+16
STOP     LPSW  WAIT
TEXT     DC    X'02',C'TXT'
END      DC    X'02',C'END'
WAIT     DC    0D'0',X'000200000000EEEE'
READ     CCW   2,0,X'20',80
CARD     DS    0CL80                   behind the loader's cards
         END   LOADER
"""


@cache
def _loader() -> bytes:
    assembly = assemble(LOADER, "ipl loader")
    if assembly.severity:
        raise LinkError("\n".join(str(message) for message in assembly.messages))
    return assembly.text


def module_file(module: LoadModule, *, system: bool = False, map: bool = True, flags: int = 0) -> bytes:
    """The program as a MODULE (host form, see `vm370.images.module`)."""
    return build_module(module_of(module, system=system, map=map, flags=flags))


def module_of(module: LoadModule, *, system: bool = False, map: bool = True, flags: int = 0) -> Module:
    """The program as a MODULE: with its symbols as loader table unless ``map`` is false; SYSTEM as GENMOD's option."""
    table = tuple(
        TableEntry(symbol.name, symbol.address, symbol.type)
        for symbol in sorted(module.symbols.values(), key=lambda symbol: (symbol.address, symbol.name))
    )
    made = Module(module.entry, module.origin, module.image, table, flags | (SYSTEM if system else 0))
    return made if map else made.without_map()


def absolute_deck(module: LoadModule, name: str = "") -> bytes:
    """The program as an object deck of one section with fixed addresses (no relocation left)."""
    section = name or next((section.name for section in module.sections if section.name), "PROGRAM")
    cards = [
        *esd_cards([EsdItem(section[:8], SD, module.origin, len(module.image))]),
        *txt_cards(1, module.origin, module.image),
        end_card(module.entry, 1),
    ]
    return build_deck(Deck(name, numbered(cards, section)))


def relocatable_deck(module: LoadModule, name: str = "") -> bytes:
    """The program as one object deck that can be linked again: member of a TXTLIB, or input of LOAD.

    The module must have been linked at origin 0; symbols that are not there stay external references.
    """
    if module.origin:
        raise LinkError(f"origin: found X'{module.origin:X}', expected 0 for a deck that is to be linked again")
    if module.registers:
        raise LinkError("pseudo registers: found some, expected none in a deck that is to be linked again")
    items: list[EsdItem] = []
    numbers: dict[int, int] = {}
    for section in module.sections:
        kind = CM if section.common else SD if section.name else PC
        numbers[id(section)] = len(numbers) + 1
        items.append(EsdItem(section.name, kind, 0 if section.common else section.address, section.length))
    externals: dict[str, int] = {}
    for missing, kind in [*((one, ER) for one in sorted(module.unresolved)), *((one, WX) for one in module.weak)]:
        externals[missing] = len(numbers) + len(externals) + 1
        items.append(EsdItem(missing, kind, 0))
    entries = sorted(module.symbols.values(), key=lambda symbol: (symbol.address, symbol.name))
    items += [
        EsdItem(symbol.name, LD, symbol.address, numbers[id(symbol.section)]) for symbol in entries if symbol.type == LD
    ]
    text: list[Card] = []
    for section in module.sections:
        image = module.image[section.address : section.address + section.length]
        for start, end in _runs(section.text):
            text += txt_cards(numbers[id(section)], section.address + start, image[start:end])
    relocations = []
    for relocation in module.relocations:
        target = relocation.target
        owner = next(
            section for section in module.sections if 0 <= relocation.address - section.address < section.length
        )
        number = externals[target] if isinstance(target, str) else numbers[id(target)]
        relocations.append(RldItem(number, numbers[id(owner)], relocation.flag, relocation.address))
    relocations.sort(key=lambda item: (item.p, item.r))
    first = next(
        section for section in module.sections if section.address <= module.entry <= section.address + section.length
    )
    cards = [*esd_cards(items), *text, *rld_cards(relocations), end_card(module.entry, numbers[id(first)])]
    return build_deck(Deck(name, numbered(cards, name)))


def _runs(pieces: list[tuple[int, bytes]]) -> list[tuple[int, int]]:
    """Where a section has text: (start, end), joined and ascending."""
    runs: list[tuple[int, int]] = []
    for start, end in sorted((offset, offset + len(data)) for offset, data in pieces):
        if runs and start <= runs[-1][1]:
            runs[-1] = (runs[-1][0], max(end, runs[-1][1]))
        else:
            runs.append((start, end))
    return runs


def ipl_deck(module: LoadModule, name: str = "") -> bytes:
    """The program as cards that can be IPLed from a reader."""
    loader = _loader()
    base = module.end + 7 & ~7
    cards = [
        loader[place : place + CARD_LENGTH].ljust(CARD_LENGTH, b"\0") for place in range(0, len(loader), CARD_LENGTH)
    ]
    if len(cards) > 9:
        raise LinkError(f"loader: found {len(cards)} cards, expected at most 9")
    last = base + CARD_LENGTH * (len(cards) + 2)
    if last > HIGHEST:
        raise LinkError(f"loader: found an end at X'{last:X}', expected it below X'{HIGHEST:X}'")
    if module.origin < 0x18:
        raise LinkError(f"origin: found X'{module.origin:X}', expected X'18' or more (IPL uses what is below)")
    first = bytes(5) + (base + CARD_LENGTH).to_bytes(3, "big") + _ccw(2, base, 0x60) + _ccw(8, base, 0)
    second = b"".join(
        _ccw(2, base + CARD_LENGTH * number, 0x20 if number == len(cards) else 0x60)
        for number in range(1, len(cards) + 1)
    )
    start = first.ljust(CARD_LENGTH, b"\x40") + second.ljust(CARD_LENGTH, b"\0") + b"".join(cards)
    return start + absolute_deck(module, name)


def _ccw(command: int, address: int, flags: int) -> bytes:
    return bytes([command]) + address.to_bytes(3, "big") + bytes([flags, 0, 0, CARD_LENGTH])


def load_map(module: LoadModule) -> str:
    """The load map as text."""
    lines = [
        f"ENTRY POINT {module.entry:06X}   FROM {module.origin:06X} TO {module.end:06X}",
        "",
        "SECTION   ORIGIN  LENGTH",
    ]
    for section in module.sections:
        kind = "COM" if section.common else ""
        lines.append(
            f"{section.name or '(PC)':<8}  {section.address:06X}  {section.length:06X}  {kind:<4}{section.deck}"
        )
        for symbol in sorted(module.symbols.values(), key=lambda symbol: symbol.address):
            if symbol.section is section and symbol.name != section.name:
                lines.append(f"  {symbol.name:<8}  {symbol.address:06X}")
    if module.registers:
        lines += ["", "PSEUDO REGISTER  OFFSET  LENGTH"]
        for register in module.registers.values():
            lines.append(f"{register.name:<8}         {register.offset:06X}  {register.length:06X}")
    for name, users in sorted(module.unresolved.items()):
        lines.append(f"UNDEFINED {name:<8} {', '.join(dict.fromkeys(users))}")
    for name in module.weak:
        lines.append(f"WEAK      {name:<8} not there, 0")
    return "\n".join(lines) + "\n"
