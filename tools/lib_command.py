"""`vm370 lib`: list, read and change MACLIB and TXTLIB files of CMS.

    file of macros      NAME.macro .mac: a member for each macro definition, called by its prototype statement
    COPY file           NAME.copy .cpy and other text: one member, or one for each `*COPY name`
    object decks        NAME.text .txt .obj: a member of a TXTLIB for each deck

A member that is put replaces one of the same name in its place.  The library is a host file as
`vm370 disk get --binary` makes it.  Exit code 0: fine; 1: failed, and why was said; 2: wrong usage.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from vm370.images import cards, maclib, txtlib
from vm370.images.errors import ImageError
from vm370.images.maclib import Maclib, MaclibMember
from vm370.images.txtlib import Txtlib, TxtlibMember
from vm370.tools import archives
from vm370.tools.archives import Commands, UsageError
from vm370.tools.disk import transfer
from vm370.tools.disk.api import host_files

HELP = "list, read and change MACLIB and TXTLIB files"

MACRO_TYPES = (".macro", ".mac")
MACLIB, TXTLIB = "maclib", "txtlib"

AnyMember = MaclibMember | TxtlibMember


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the subcommands."""
    commands = Commands(parser)

    sub = commands.add("ls", _ls, "list the members of a library")
    sub.add_argument("input", metavar="LIB")
    sub.add_argument("--json", action="store_true")

    sub = commands.add("get", _get, "write members into a host folder: macros as text, object decks as they are")
    sub.add_argument("input", metavar="LIB")
    sub.add_argument("words", nargs="+", metavar="[NAME]... DIR", help="members (default all) and the folder")
    archives.add_translation(sub)
    archives.add_dry_run(sub)

    sub = commands.add("put", _put, "add members to a library, or replace them")
    sub.add_argument("output", metavar="LIB")
    sub.add_argument("files", nargs="+", metavar="FILE")
    archives.add_translation(sub, binary=False)
    archives.add_dry_run(sub)

    sub = commands.add("rm", _rm, "take members out of a library")
    sub.add_argument("output", metavar="LIB")
    sub.add_argument("names", nargs="+", metavar="NAME")
    archives.add_dry_run(sub)

    sub = commands.add("create", _create, "make a library")
    sub.add_argument("output", metavar="LIB")
    sub.add_argument("files", nargs="*", metavar="FILE")
    sub.add_argument("--type", choices=(MACLIB, TXTLIB), help="default by the name of LIB: NAME.maclib or NAME.txtlib")
    archives.add_translation(sub, binary=False)
    archives.add_output(sub)


def main(args: argparse.Namespace) -> int:
    """Do what `configure` understood."""
    return archives.run(args)


def _read(path: str) -> tuple[str, list[AnyMember]]:
    data = archives.read_file(path)
    if txtlib.is_txtlib(data, path):
        return TXTLIB, list(txtlib.parse_txtlib(data, path).members)
    return MACLIB, list(maclib.parse_maclib(data, path).members)


def _library(kind: str, members: Sequence[AnyMember]) -> bytes:
    if kind == TXTLIB:
        return txtlib.build_txtlib(Txtlib(tuple(member for member in members if isinstance(member, TxtlibMember))))
    return maclib.build_maclib(Maclib(tuple(member for member in members if isinstance(member, MaclibMember))))


def _ls(args: argparse.Namespace) -> int:
    kind, members = _read(args.input)
    if args.json:
        rows = [
            {"name": member.name, "cards": len(member.cards)}
            | ({"names": list(member.names)} if isinstance(member, TxtlibMember) else {})
            for member in members
        ]
        archives.show_json({"type": kind, "members": rows})
        return 0
    print("MEMBER    CARDS" + ("  ENTRIES" if kind == TXTLIB else ""))
    for member in members:
        entries = " ".join(member.names[1:]) if isinstance(member, TxtlibMember) else ""
        print(f"{member.name:8} {len(member.cards):6}  {entries}".rstrip())
    return 0


def _get(args: argparse.Namespace) -> int:
    *names, folder = args.words
    kind, members = _read(args.input)
    target = Path(folder)
    wanted = _wanted(members, names, args.input) if names else members
    binary = args.binary or kind == TXTLIB
    ready: dict[str, bytes] = {}
    for member in wanted:
        place = _host_name(kind, member)
        if place in ready:
            raise ImageError(f"{args.input}: member {member.name} is in it twice")
        where = f"{args.input}({member.name})"
        image = b"".join(_deck(member))
        ready[place] = image if binary else cards.cards_to_text(member.cards, where, args.codepage, args.lossy)
    if not args.dry_run:
        transfer.make_folder(target)
    for place, data in ready.items():
        if not args.dry_run:
            transfer.save(target / place, data)
        print(f"{'would write' if args.dry_run else 'wrote'} {target / place}, {len(data)} bytes")
    return 0


def _deck(member: AnyMember) -> list[bytes]:
    """The cards of a member; an object deck without the card that the library puts behind it."""
    every = list(member.cards)
    return every[:-1] if isinstance(member, TxtlibMember) and every[-1:] == [txtlib.LDT] else every


def _host_name(kind: str, member: AnyMember) -> str:
    if kind == TXTLIB:
        return transfer.host_name(member.name, "TEXT")
    try:
        maclib.macros_of(member.cards, member.name)
    except ImageError:
        return transfer.host_name(member.name, "COPY")
    return transfer.host_name(member.name, "MACRO")


def _wanted(members: Sequence[AnyMember], names: Sequence[str], where: str) -> list[AnyMember]:
    found: list[AnyMember] = []
    for name in names:
        here = [member for member in members if _called(member, name.upper())]
        if not here:
            there = ", ".join(member.name for member in members[:8]) or "nothing"
            raise ImageError(f"{where}: member {name.upper()} is not in it; there is {there}")
        found += [member for member in here if member not in found]
    return found


def _called(member: AnyMember, name: str) -> bool:
    return name in member.names if isinstance(member, TxtlibMember) else member.name == name


def _members(kind: str, args: argparse.Namespace) -> list[AnyMember]:
    """The members that the host files hold."""
    members: list[AnyMember] = []
    for path in host_files(args.files):
        data = archives.read_file(path)
        if kind == TXTLIB:
            members += txtlib.members_of(data, str(path))
            continue
        if cards.is_ebcdic(data):
            images = cards.parse_deck(data, str(path))
        else:
            images = cards.text_to_cards(data, str(path), args.codepage, args.lossy)
        if path.suffix.lower() in MACRO_TYPES:
            members += maclib.macros_of(images, str(path))
        else:
            members += maclib.copies_of(images, transfer.cms_name(path)[0])
    return members


def _put(args: argparse.Namespace) -> int:
    kind, members = _read(args.output)
    for member in _members(kind, args):
        places = [place for place, old in enumerate(members) if old.name == member.name]
        if places:
            members[places[0]] = member
        else:
            members.append(member)
        done = "replaced" if places else "added"
        print(f"{'would have ' if args.dry_run else ''}{done} {member.name}, {len(member.cards)} cards")
    archives.write_file(args.output, _library(kind, members), args, replace=True)
    return 0


def _rm(args: argparse.Namespace) -> int:
    kind, members = _read(args.output)
    gone = _wanted(members, args.names, args.output)
    archives.write_file(args.output, _library(kind, [old for old in members if old not in gone]), args, replace=True)
    return 0


def _create(args: argparse.Namespace) -> int:
    suffix = Path(args.output).suffix.lower().removeprefix(".")
    kind = args.type or (suffix if suffix in (MACLIB, TXTLIB) else None)
    if kind is None:
        raise UsageError(f"{args.output}: found no name .maclib or .txtlib, expected --type")
    members: dict[str, AnyMember] = {}
    for member in _members(kind, args):
        if member.name in members:
            raise ImageError(f"{args.output}: member {member.name} is twice in the files")
        members[member.name] = member
    archives.write_file(args.output, _library(kind, list(members.values())), args)
    return 0
