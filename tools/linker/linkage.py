"""Linking: control sections get addresses, external references the addresses of what they name.

Sections are placed one after the other from the origin on, at doubleword boundaries, in the order of the decks; common
sections come last, with the largest length that any deck asks for.  The first of several sections of one name is kept.
A reference that no deck satisfies is looked for in the libraries (libraries.py), which may bring in further decks;
weak references are not looked for and become 0.  Pseudo registers (DXD) of one name are one, with the greatest length
and alignment; they get offsets one after the other, and CXD the length of all.

    reference   field := field + (address of R now - address of R when assembled)     R a section: its own origin
                                                                                       R an external symbol: 0
                                                                                       R a pseudo register: 0
    Exception
      LinkError     the decks cannot be linked: every reason, one a line
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from vm370.images.ebcdic import from_ebcdic
from vm370.images.errors import ImageError
from vm370.images.objdeck import (
    CM,
    ER,
    LD,
    PC,
    PR,
    RLD_CUMULATIVE,
    SD,
    WX,
    Card,
    ControlCard,
    Deck,
    EsdItem,
    end_symbol,
    esd_items,
    parse_deck,
    rld_items,
)
from vm370.tools.linker.libraries import Libraries

DEFAULT_ORIGIN = 0x20000
HIGHEST = 0x1000000


class LinkError(Exception):
    """The decks cannot be linked."""


@dataclass(slots=True)
class LinkedSection:
    """A control or common section in its place; ``name`` is "" for an unnamed one."""

    name: str
    deck: str
    length: int
    assembled: int
    common: bool = False
    address: int = -1
    text: list[tuple[int, bytes]] = field(default_factory=list)


@dataclass(slots=True)
class LinkedSymbol:
    """An external symbol with its address; ``type`` as in ESD items (SD, LD, CM)."""

    name: str
    address: int
    type: int
    section: LinkedSection


@dataclass(slots=True)
class PseudoRegister:
    """An external dummy section; ``offset`` is what Q-type constants get."""

    name: str
    length: int
    alignment: int
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Relocation:
    """A field of the linked program that depends on where it is: ``flag`` as in RLD items, ``target`` a section or the
    name of a symbol that is not there."""

    address: int
    flag: int
    target: LinkedSection | str


@dataclass(slots=True)
class LoadModule:
    """A linked program: ``image`` belongs at ``origin``; gaps are zero."""

    image: bytes
    origin: int
    entry: int
    symbols: dict[str, LinkedSymbol]
    sections: list[LinkedSection]
    unresolved: dict[str, list[str]]
    weak: list[str]
    warnings: list[str]
    registers: dict[str, PseudoRegister] = field(default_factory=dict)
    relocations: list[Relocation] = field(default_factory=list)

    @property
    def end(self) -> int:
        """First address behind the image."""
        return self.origin + len(self.image)


@dataclass(slots=True)
class _Reference:
    """What an ESDID of a deck stands for."""

    name: str
    type: int
    section: LinkedSection | None = None
    assembled: int = 0
    kept: bool = True


@dataclass(slots=True)
class _Deck:
    name: str
    references: dict[int, _Reference] = field(default_factory=dict)
    relocations: list[tuple[int, int, int, int, int]] = field(default_factory=list)  # r p flag address card


class _Linker:
    def __init__(self, origin: int, library: Libraries) -> None:
        self.origin = origin
        self.library = library
        self.sections: list[LinkedSection] = []
        self.named: dict[str, LinkedSection] = {}
        self.labels: dict[str, tuple[LinkedSection, int]] = {}
        self.decks: list[_Deck] = []
        self.entry: tuple[LinkedSection, int] | str | None = None
        self.errors: list[str] = []
        self.warnings: list[str] = []
        self.tried: set[str] = set()
        self.registers: dict[str, PseudoRegister] = {}
        self.dependent: list[Relocation] = []

    # ---- reading --------------------------------------------------------------------------------------------------

    def read(self, deck: Deck, automatic: bool = False) -> None:
        current = _Deck(deck.name)
        part = 1
        self.decks.append(current)
        ended = True
        for number, card in enumerate(deck.cards, 1):
            if isinstance(card, ControlCard):
                self._control(card, deck.name, number)
                continue
            if ended and number > 1 and current.references:
                part += 1
                current = _Deck(f"{deck.name}({part})")
                self.decks.append(current)
            ended = False
            if card.type == "ESD":
                self._external_symbols(card, current, number)
            elif card.type == "TXT":
                self._text(card, current, number)
            elif card.type == "RLD":
                for item in rld_items(card, deck.name, number):
                    current.relocations.append((item.r, item.p, item.flag, item.address, number))
            elif card.type == "REP":
                self._replace(card, current, number)
            elif card.type == "END":
                self._end(card, current, number, automatic)
                ended = True
        if not ended:
            self.errors.append(f"{deck.name}: found the end of the deck, expected an END card")

    def _control(self, card: ControlCard, deck: str, number: int) -> None:
        words = card.text.split()
        if not words or words[0].startswith("*"):
            return
        if words[0] == "ENTRY" and len(words) > 1:
            self.entry = words[1]
        else:
            self.warnings.append(f"{deck}: card {number}: control statement {words[0][:16]!r} has no effect here")

    def _external_symbols(self, card: Card, deck: _Deck, number: int) -> None:
        esdid = card.esdid or 0
        for item in esd_items(card):
            kind = item.type & 0x0F
            if kind == LD:
                owner = deck.references.get(item.length or 0)
                if owner is None or owner.section is None:
                    self.errors.append(
                        f"{deck.name}: card {number}: entry {item.name}: found ESDID {item.length}, expected a section"
                    )
                elif owner.kept:
                    self._label(item.name, owner, item.address or 0, deck)
                continue
            if esdid in deck.references:
                self.errors.append(f"{deck.name}: card {number}: found ESDID {esdid} twice, expected it once")
            deck.references[esdid] = self._reference(item, kind, deck)
            esdid += 1

    def _label(self, name: str, owner: _Reference, address: int, deck: _Deck) -> None:
        assert owner.section is not None
        place = (owner.section, address - owner.assembled)
        if name in self.labels or name in self.named:
            self.warnings.append(f"{deck.name}: entry {name} is defined twice; the first one is taken")
            return
        self.labels[name] = place

    def _reference(self, item: EsdItem, kind: int, deck: _Deck) -> _Reference:
        name, address, length = item.name, item.address or 0, item.length or 0
        if kind in (ER, WX):
            return _Reference(name, kind)
        if kind == PR:
            register = self.registers.setdefault(name, PseudoRegister(name, 0, 1))
            register.length = max(register.length, length)
            register.alignment = max(register.alignment, (item.flag & 7) + 1 if item.flag != 0x40 else 1)
            return _Reference(name, PR)
        if kind == CM:
            section = self.named.get(name)
            if section is None:
                section = LinkedSection(name, deck.name, length, 0, True)
                self.named[name] = section
                self.sections.append(section)
            elif section.common:
                section.length = max(section.length, length)
            return _Reference(name, CM, section, 0, section.common)
        if kind == SD and name in self.named and not self.named[name].common:
            self.warnings.append(
                f"{deck.name}: section {name} is there already, from {self.named[name].deck}; this one is left out"
            )
            return _Reference(name, SD, self.named[name], address, False)
        if kind == SD and name in self.named:
            section = self.named[name]  # a common section that now gets its text
            section.common, section.assembled, section.deck = False, address, deck.name
            section.length = max(section.length, length)
            return _Reference(name, SD, section, address)
        section = LinkedSection(name if kind == SD else "", deck.name, length, address)
        self.sections.append(section)
        if kind == SD:
            if name in self.labels:
                self.warnings.append(f"{deck.name}: section {name} has the name of an entry; the entry is taken")
            self.named[name] = section
        return _Reference(section.name, kind, section, address)

    def _text(self, card: Card, deck: _Deck, number: int) -> None:
        reference = deck.references.get(card.esdid or 0)
        if reference is None or reference.section is None:
            self.errors.append(
                f"{deck.name}: card {number}: found TXT for ESDID {card.esdid}, expected one of a section"
            )
            return
        count = card.count or 0
        offset = (card.address or 0) - reference.assembled
        if not reference.kept:
            return
        if offset < 0 or (reference.section.length and offset + count > reference.section.length):
            self.errors.append(
                f"{deck.name}: card {number}: found {count} bytes of text at X'{card.address:06X}',"
                f" expected it inside section {reference.name or '(unnamed)'} (length X'{reference.section.length:X}')"
            )
            return
        if reference.section.length == 0:
            self.errors.append(f"{deck.name}: card {number}: found text in section {reference.name} of length 0")
            return
        reference.section.text.append((offset, card.data[:count]))

    def _replace(self, card: Card, deck: _Deck, number: int) -> None:
        """X'02'REP: address in columns 7-12, ESDID in 14-16, halfwords of four digits from column 17."""
        from vm370.images.objdeck import build_card

        image = from_ebcdic(build_card(card))
        try:
            address, esdid = int(image[6:12].strip() or "x", 16), int(image[13:16].strip() or "1", 16)
            data = b"".join(bytes.fromhex(part.rjust(4, "0")) for part in image[16:72].split()[0].split(","))
        except (ValueError, IndexError):
            self.errors.append(
                f"{deck.name}: card {number}: found {image[4:72].rstrip()!r}, expected hexadecimal fields of REP"
            )
            return
        self._text(Card("TXT", address, len(data), esdid, data), deck, number)

    def _end(self, card: Card, deck: _Deck, number: int, automatic: bool) -> None:
        if self.entry is not None or automatic:
            return
        if card.address is not None:
            reference = deck.references.get(card.esdid or 0)
            if reference is None or reference.section is None:
                self.errors.append(
                    f"{deck.name}: card {number}: END: found ESDID {card.esdid}, expected one of a section"
                )
            else:
                self.entry = (reference.section, card.address - reference.assembled)
        elif symbol := end_symbol(card):
            self.entry = symbol

    # ---- references -----------------------------------------------------------------------------------------------

    def _missing(self) -> dict[str, list[str]]:
        missing: dict[str, list[str]] = {}
        for deck in self.decks:
            for reference in deck.references.values():
                if reference.type == ER and reference.name not in self.named and reference.name not in self.labels:
                    missing.setdefault(reference.name, []).append(deck.name)
        return missing

    def call_automatically(self) -> dict[str, list[str]]:
        """Bring in library decks until nothing more can be found; what is still missing."""
        while True:
            missing = self._missing()
            wanted = [name for name in missing if name not in self.tried]
            found = False
            for name in wanted:
                self.tried.add(name)
                deck = self.library.find(name)
                if deck is not None:
                    self.read(deck, True)
                    found = True
                    break
            if not found and not [name for name in self._missing() if name not in self.tried]:
                return self._missing()

    # ---- placing --------------------------------------------------------------------------------------------------

    def place(self) -> int:
        """Give the sections addresses; the first address behind them."""
        address = self.origin
        for section in sorted(self.sections, key=lambda section: section.common):
            address = address + 7 & ~7
            section.address = address
            address += section.length
        if address > HIGHEST:
            raise LinkError(f"program: found an end at X'{address:X}', expected at most X'{HIGHEST:X}'")
        return address

    def place_registers(self) -> int:
        """Give the pseudo registers offsets; the length of all."""
        offset = 0
        for register in self.registers.values():
            register.offset = -(-offset // register.alignment) * register.alignment
            offset = register.offset + register.length
        return offset

    def image(self, end: int) -> bytearray:
        image = bytearray(end - self.origin)
        for section in self.sections:
            at = section.address - self.origin
            for offset, data in section.text:
                image[at + offset : at + offset + len(data)] = data
        return image

    def resolve(self, name: str) -> int | None:
        if name in self.labels:
            section, offset = self.labels[name]
            return section.address + offset
        if name in self.named:
            return self.named[name].address
        return None

    def defining(self, name: str) -> LinkedSection | None:
        """The section that a symbol is in."""
        return self.labels[name][0] if name in self.labels else self.named.get(name)

    def relocate(self, image: bytearray) -> None:
        registers = self.place_registers()
        for deck in self.decks:
            for r, p, flag, address, card in deck.relocations:
                where = f"{deck.name}: card {card}: relocation of X'{address:06X}'"
                target, place = deck.references.get(r), deck.references.get(p)
                cumulative = flag & 0x70 == RLD_CUMULATIVE
                if cumulative:
                    target = _Reference("", PR)
                if target is None or place is None or place.section is None:
                    missing = r if target is None else p
                    self.errors.append(f"{where}: found ESDID {missing}, expected one of this deck's ESD cards")
                    continue
                if not place.kept:
                    continue
                length = (flag >> 2 & 3) + 1
                offset = address - place.assembled
                if not 0 <= offset <= place.section.length - length:
                    self.errors.append(f"{where}: expected an address inside section {place.name or '(unnamed)'}")
                    continue
                if cumulative:
                    delta = registers
                elif target.type == PR:
                    delta = self.registers[target.name].offset
                elif target.section is not None:
                    delta = target.section.address - target.assembled
                else:
                    delta = self.resolve(target.name) or 0
                if target.type != PR:
                    owner = target.section or self.defining(target.name) or target.name
                    self.dependent.append(Relocation(place.section.address + offset, flag & ~1, owner))
                at = place.section.address - self.origin + offset
                value = int.from_bytes(image[at : at + length], "big")
                value += -delta if flag & 2 else delta
                if length == 2 and target.section is not None and not -0x8000 <= value <= 0xFFFF:
                    self.warnings.append(f"{where}: found X'{value:X}', expected a value of 2 bytes; the rest is lost")
                image[at : at + length] = (value & (1 << 8 * length) - 1).to_bytes(length, "big")


def link(
    decks: Sequence[Deck | bytes | Path | str],
    origin: int = DEFAULT_ORIGIN,
    entry: str | int | None = None,
    library: Sequence[Path | str] = (),
    *,
    allow_unresolved: bool = False,
) -> LoadModule:
    """Link decks at ``origin``; ``entry`` is a symbol or an address (default: END card, else the first section).

    LinkError tells everything that is wrong; with ``allow_unresolved`` missing symbols are 0 and are listed only.
    """
    if not 0 <= origin < HIGHEST or origin % 8:
        raise LinkError(f"origin: found X'{origin:X}', expected a multiple of 8 below X'{HIGHEST:X}'")
    try:
        linker = _Linker(origin, Libraries(library))
        for number, deck in enumerate(decks, 1):
            linker.read(_deck(deck, number))
        missing = linker.call_automatically()
    except ImageError as error:
        raise LinkError(str(error)) from error
    if not linker.sections:
        linker.errors.append("decks: found no control section, expected at least one")
    end = linker.place()
    image = linker.image(end)
    linker.relocate(image)
    if missing and not allow_unresolved:
        linker.errors += [
            f"symbol {name} is not defined (referred to by {', '.join(dict.fromkeys(users))})"
            for name, users in sorted(missing.items())
        ]
    address = _entry(linker, entry)
    if linker.errors:
        raise LinkError("\n".join(linker.errors))
    weak = sorted(
        {
            reference.name
            for deck in linker.decks
            for reference in deck.references.values()
            if reference.type == WX and linker.resolve(reference.name) is None
        }
    )
    return LoadModule(
        bytes(image), origin, address, _symbols(linker), sorted(linker.sections, key=lambda section: section.address),
        missing, weak, linker.warnings, linker.registers, linker.dependent,
    )  # fmt: skip


def _deck(deck: Deck | bytes | Path | str, number: int) -> Deck:
    if isinstance(deck, Deck):
        return deck
    if isinstance(deck, bytes):
        return parse_deck(deck, f"deck {number}")
    return parse_deck(Path(deck).read_bytes(), str(deck))


def _entry(linker: _Linker, entry: str | int | None) -> int:
    if isinstance(entry, int):
        return entry
    wanted = entry.upper() if entry is not None else linker.entry
    if wanted is None:
        return linker.sections[0].address if linker.sections else linker.origin
    if isinstance(wanted, tuple):
        return wanted[0].address + wanted[1]
    address = linker.resolve(wanted)
    if address is None:
        linker.errors.append(f"entry point {wanted}: expected a section or entry of the decks")
        return linker.origin
    return address


def _symbols(linker: _Linker) -> dict[str, LinkedSymbol]:
    symbols = {
        name: LinkedSymbol(name, section.address, CM if section.common else SD, section)
        for name, section in linker.named.items()
    }
    for name, (section, offset) in linker.labels.items():
        symbols[name] = LinkedSymbol(name, section.address + offset, LD, section)
    return symbols


__all__ = ["PC", "LinkError", "LinkedSection", "LinkedSymbol", "LoadModule", "link"]
