"""From the results of pass two to the cards of the object deck."""

from __future__ import annotations

from datetime import datetime

from vm370.images.objdeck import (
    CM,
    DATA_LENGTH,
    ER,
    LD,
    PC,
    PR,
    SD,
    WX,
    Card,
    ControlCard,
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
from vm370.tools.assembler.passtwo import PassTwo
from vm370.tools.assembler.symbols import COMMON, Section
from vm370.tools.assembler.testsymbols import symbol_cards

#: program, version and release; the day of the assembly (yyddd) follows
TRANSLATOR = "VM370ASM  0100"
_TYPES = {"SD": SD, "PC": PC, "CM": CM, "ER": ER, "WX": WX, "LD": LD, "PR": PR}


def external_symbols(two: PassTwo) -> list[EsdItem]:
    """The external symbol dictionary."""
    items = []
    for entry in two.one.dictionary:
        kind = _TYPES[entry.kind]
        if entry.kind == "LD":
            symbol = two.symbols.get(entry.name)
            if symbol is not None and isinstance(symbol.relative, Section):
                items.append(EsdItem(entry.name, kind, symbol.value & 0xFFFFFF, symbol.relative.number))
        elif entry.kind == "PR":
            items.append(EsdItem(entry.name, kind, 0, entry.section.length, entry.section.alignment - 1))
        elif entry.kind in ("ER", "WX"):
            items.append(EsdItem(entry.name, kind, 0))
        else:
            origin = 0 if entry.section.type == COMMON else entry.section.origin
            items.append(EsdItem(entry.name, kind, origin, entry.section.length))
    return items


def object_deck(two: PassTwo, identification: str, date: datetime, test: bool = False) -> bytes:
    """The object deck: SYM (if ``test``), ESD, TXT (and what PUNCH and REPRO put between), RLD, END."""
    before: list[ControlCard] = []
    text: list[Card | ControlCard] = []
    section: Section | None = None
    start = 0
    data = bytearray()

    def flush(whole: bool) -> None:
        nonlocal start
        if section is None or not data:
            return
        size = len(data) if whole else len(data) // DATA_LENGTH * DATA_LENGTH
        text.extend(txt_cards(section.number, start, bytes(data[:size])))
        del data[:size]
        start += size

    for piece in two.text:
        if isinstance(piece, bytes):
            flush(True)
            (text if text else before).append(ControlCard(piece))
            continue
        where, address, code = piece
        if where is not section or address != start + len(data):
            flush(True)
            section, start = where, address
        data += code
        if len(data) >= 4096:
            flush(False)
    flush(True)
    relocations = [
        RldItem(
            item.target.number,
            item.section.number,
            item.flag,
            item.address,
        )
        for item in sorted(two.relocations, key=lambda item: (item.section.number, item.target.number))
    ]
    entry = two.entry
    translator = TRANSLATOR + date.strftime("%y%j")
    if entry is None:
        end = end_card(translator=translator)
    elif two.entry_symbol:
        end = end_card(symbol=two.entry_symbol, translator=translator)
    else:
        assert isinstance(entry.relative, Section)
        end = end_card(entry.number & 0xFFFFFF, entry.relative.number, translator=translator)
    symbols = symbol_cards(two) if test else []
    cards = [*before, *symbols, *esd_cards(external_symbols(two)), *text, *rld_cards(relocations), end]
    return build_deck(Deck("", numbered(cards, identification)))
