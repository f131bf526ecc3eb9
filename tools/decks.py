"""What a deck is and what is in it: for `vm370 deck ls`, `check` and `receive`.

netdata      a segment with INMR01                       diskdump   X'02', CMS
object       X'02' and a type of object card             read       :READ or OFFLINE READ
ascii        whole cards, more ASCII than EBCDIC blanks  cards      any other whole cards
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from vm370.images import cards, diskdump, netdata, objdeck, readdeck
from vm370.images.cmsnames import FIXED, VARIABLE
from vm370.images.ebcdic import from_ebcdic, printable
from vm370.images.errors import ImageError
from vm370.images.iebcopy import Pds, parse_unload
from vm370.images.member import Member
from vm370.images.netdata import SentFile
from vm370.images.objdeck import ESD_TYPES, LD, Card, ControlCard, EsdItem, esd_items, rld_items
from vm370.tools import archives

NETDATA, DISKDUMP, OBJECT, READ, ASCII, CARDS = "netdata", "diskdump", "object", "read", "ascii", "cards"
CARD_LENGTH = cards.CARD_LENGTH


def kind_of(data: bytes, where: str) -> str:
    """Which kind of deck; ImageError when it is none."""
    if netdata.is_netdata(data):
        return NETDATA
    first = cards.parse_deck(data, where)[:1]
    if not first:
        raise ImageError(f"{where}: found an empty file, expected cards")
    if diskdump.is_dump(data):
        return DISKDUMP
    if first[0][0] == 2 or any(card[:1] == b"\x02" for card in cards.parse_deck(data, where)):
        return OBJECT
    if readdeck.is_read_deck(data):
        return READ
    return ASCII if cards.is_ascii(data) else CARDS


# --- object decks ---


def object_rows(data: bytes, where: str) -> Iterator[dict[str, Any]]:
    """The cards of an object deck, each with what it tells; TXT cards that go on are one row."""
    number = 0
    run: dict[str, Any] | None = None
    for number, card in enumerate(objdeck.parse_deck(data, where).cards, 1):
        if isinstance(card, Card) and card.type == "TXT":
            address, count = card.address or 0, card.count or 0
            if run and run["esdid"] == card.esdid and run["address"] + run["length"] == address:
                run["length"] += count
                run["cards"] += 1
                continue
            if run:
                yield run
            run = {"card": number, "type": "TXT", "esdid": card.esdid, "address": address, "length": count, "cards": 1}
            continue
        if run:
            yield run
            run = None
        if isinstance(card, ControlCard):
            yield {"card": number, "type": "control", "text": card.text}
        else:
            yield from _card_rows(number, card, where)
    if run:
        yield run


def _card_rows(number: int, card: Card, where: str) -> Iterator[dict[str, Any]]:
    if card.type == "ESD":
        esdid = card.esdid or 0
        for item in esd_items(card):
            row = {"card": number, "type": "ESD", "symbol": item.name, "kind": _kind(item)}
            row |= {
                "esdid": None if item.type == LD else esdid,
                "address": item.address or 0,
                "length": item.length or 0,
            }
            esdid += item.type != LD
            yield row
    elif card.type == "RLD":
        for rld in rld_items(card, where, number):
            row = {"card": number, "type": "RLD", "r": rld.r, "p": rld.p, "flag": rld.flag, "address": rld.address}
            yield row | {"length": rld.length}
    elif card.type == "END":
        text = from_ebcdic(card.data[17:55]).strip()
        row = {"card": number, "type": "END", "address": card.address, "esdid": card.esdid}
        yield row | {"symbol": objdeck.end_symbol(card), "translator": text if text.isprintable() else ""}
    else:
        yield {"card": number, "type": card.type, "text": printable(card.data).rstrip()}


def _kind(item: EsdItem) -> str:
    return ESD_TYPES.get(item.type) or ESD_TYPES.get(item.type & 0xEF, f"{item.type:02X}")


def _object_line(row: dict[str, Any]) -> str:
    start = f"{row['card']:6}  {row['type']:<8}"
    if row["type"] == "ESD":
        esdid = "" if row["esdid"] is None else f"{row['esdid']:04X}"
        return f"{start}{row['symbol']:8} {row['kind']}  {esdid:4} {row['address']:06X}  {row['length']:06X}"
    if row["type"] == "TXT":
        where = f"{row['address']:06X}  {row['length']:06X}  {row['cards']} cards"
        return f"{start}{'':12} {row['esdid'] or 0:04X} {where}"
    if row["type"] == "RLD":
        what = f"R {row['r']:04X} P {row['p']:04X} flag {row['flag']:02X}"
        return f"{start}{'':18}{row['address']:06X}  {row['length']:06X}  {what}"
    if row["type"] == "END":
        entry = "" if row["address"] is None else f"{row['address']:06X}"
        esdid = "" if row["esdid"] is None else f"{row['esdid']:04X}"
        return f"{start}{row['symbol']:12} {esdid:4} {entry:8}{row['translator']}".rstrip()
    return f"{start}{row['text']}"


def check_object(data: bytes, where: str) -> list[str]:
    """Findings about object decks: what stands outside of its section, sections and symbols that are not there."""
    findings: list[str] = []
    sections: dict[int, int] = {}
    known: set[int] = set()
    complete = True
    for row in object_rows(data, where):
        at = f"{where}: card {row['card']}"
        if row["type"] == "ESD" and row["esdid"] is not None:
            complete = False
            known.add(row["esdid"])
            if row["kind"] in ("SD", "PC", "CM"):
                sections[row["esdid"]] = row["address"] + row["length"] if row["length"] else 1 << 24
        elif row["type"] == "TXT":
            complete = False
            if row["esdid"] not in sections:
                findings.append(f"{at}: found text of ESDID {row['esdid']}, expected that of a section")
            elif row["address"] + row["length"] > sections[row["esdid"]]:
                end = sections[row["esdid"]]
                findings.append(
                    f"{at}: found text up to {row['address'] + row['length']:06X}, expected up to {end:06X}"
                )
        elif row["type"] == "RLD":
            missing = [row[side] for side in ("r", "p") if row[side] and row[side] not in known]
            findings += [f"{at}: found ESDID {number}, expected one of the ESD cards" for number in missing]
        elif row["type"] == "END":
            sections, known, complete = {}, set(), True
    if not complete:
        findings.append(f"{where}: found the end of the deck, expected an END card")
    return findings


# --- NETDATA ---


def received(data: bytes, where: str) -> list[Member]:
    """The files of a transmission; members of a partitioned data set are files of their own."""
    members: list[Member] = []
    for file in netdata.parse(data, where).files:
        if file.partitioned:
            pds = parse_unload(file.data, f"{where}: {file.name}")
            members += _pds_members(pds, file, where)
        elif not file.message:
            members.append(_member(file, where))
    return members


def _member(file: SentFile, where: str) -> Member:
    qualifiers = [part for part in file.units[0].texts("INMDSNAM") if part] or ["NETDATA"]
    name, kind = qualifiers[-2:] if len(qualifiers) > 1 else (qualifiers[0], "FILE")
    mode = qualifiers[0] if len(qualifiers) == 3 and len(qualifiers[0]) == 2 else "A1"
    records = file.records(where)
    recfm = FIXED if file.recfm == FIXED else VARIABLE
    length = file.lrecl if recfm == FIXED else max(map(len, records), default=0)
    return Member(name[:8], kind[:8], mode, recfm, length, file.units[0].date("INMCREAT"), records)


def _pds_members(pds: Pds, file: SentFile, where: str) -> Iterator[Member]:
    kind = (file.units[0].texts("INMDSNAM") or ("FILE",))[-1][:8]
    for member in pds.members:
        if member.alias_of:
            continue
        records = tuple(pds.records(member, f"{where}: {file.name}"))
        recfm = FIXED if pds.recfm == FIXED else VARIABLE
        length = pds.lrecl if recfm == FIXED else max(map(len, records), default=0)
        yield Member(member.name, kind, "A1", recfm, length, None, records)


def messages(data: bytes, where: str) -> list[str]:
    """The lines of the messages in a transmission."""
    files = netdata.parse(data, where).files
    return [from_ebcdic(line).rstrip() for file in files if file.message for line in file.records(where)]


# --- listing, checking ---


def members_of(data: bytes, where: str, kind: str) -> list[Member]:
    """The files in a deck that holds files."""
    if kind == NETDATA:
        return received(data, where)
    return list((diskdump if kind == DISKDUMP else readdeck).unpack(data, where))


def show(data: bytes, where: str, as_json: bool) -> None:
    """Tell what is in a deck."""
    kind = kind_of(data, where)
    if kind in (NETDATA, DISKDUMP, READ):
        members = members_of(data, where, kind)
        header = netdata.parse(data, where).header.described() if kind == NETDATA else {}
        if as_json:
            archives.show_json({"kind": kind, "header": header, "files": [archives.described(one) for one in members]})
            return
        for name, value in header.items():
            print(f"{name:8} {value}")
        archives.show_members(members, False)
        for line in messages(data, where) if kind == NETDATA else ():
            print(f"message: {line}")
        return
    if kind == OBJECT:
        rows = list(object_rows(data, where))
        if as_json:
            archives.show_json({"kind": kind, "cards": rows})
            return
        print("  CARD  TYPE    SYMBOL       ID   ADDR    LENGTH")
        for row in rows:
            print(_object_line(row))
        return
    deck = cards.parse_deck(data, where)
    if as_json:
        archives.show_json({"kind": kind, "cards": len(deck)})
        return
    print(f"{where}: {len(deck)} cards, {'ASCII' if kind == ASCII else 'EBCDIC'}")


def check(data: bytes, where: str) -> list[str]:
    """Findings about a deck."""
    try:
        kind = kind_of(data, where)
        if kind == OBJECT:
            return check_object(data, where)
        if kind in (NETDATA, DISKDUMP, READ):
            members_of(data, where, kind)
        if kind == ASCII:
            cards.ascii_to_cards(data, where)
    except ImageError as error:
        return [str(error)]
    return []
