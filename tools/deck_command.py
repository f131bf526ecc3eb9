"""`vm370 deck`: card decks of every kind, listed, checked, taken apart and made.

    ls, check     object decks, DISK DUMP decks, PUNCH decks (:READ cards), NETDATA, plain cards in EBCDIC or ASCII
    unpack, pack  the files of a DISK DUMP deck
    read, punch   the files of a PUNCH deck
    receive, send the files of a NETDATA transmission
    convert       text, EBCDIC cards, ASCII cards into one another; sequence numbers in columns 73 to 80
    codepage      the table of an EBCDIC code page

Exit code 0: fine; 1: failed, or `check` found something; 2: wrong usage.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from datetime import datetime

from vm370.images import cards, diskdump, netdata, readdeck
from vm370.images.ebcdic import table, to_ebcdic
from vm370.images.member import Member
from vm370.tools import archives, decks
from vm370.tools.archives import Commands, UsageError

HELP = "object decks, DISK DUMP, PUNCH and NETDATA decks, card images: list, check, unpack, make"

Unpacker = Callable[[bytes, str], list[Member]]
TEXT, EBCDIC, ASCII = "text", "ebcdic", "ascii"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the subcommands."""
    commands = Commands(parser)

    sub = commands.add("ls", _ls, "tell what a deck is and what is in it")
    sub.add_argument("input", metavar="DECK")
    sub.add_argument("--json", action="store_true")

    sub = commands.add("check", _check, "check a deck; exit code 1 if something is wrong")
    sub.add_argument("input", metavar="DECK")
    sub.add_argument("--json", action="store_true")

    def taker(name: str, unpacker: Unpacker, text: str) -> None:
        sub = commands.add(name, _take, text)
        sub.add_argument("input", metavar="DECK")
        sub.add_argument("words", nargs="+", metavar="[FN FT]... DIR", help="files (default all) and the folder")
        archives.add_translation(sub)
        archives.add_dry_run(sub)
        sub.set_defaults(unpacker=unpacker)

    def maker(name: str, work: archives.Work, text: str) -> argparse.ArgumentParser:
        sub = commands.add(name, work, text, "Record formats are those of `vm370 disk put`.")
        sub.add_argument("output", metavar="DECK")
        sub.add_argument(
            "files", nargs="*" if name == "send" else "+", metavar="FILE", help="`note.txt` becomes NOTE TXT"
        )
        archives.add_form(sub)
        archives.add_translation(sub)
        archives.add_output(sub)
        return sub

    taker("unpack", lambda data, where: list(diskdump.unpack(data, where)), "unpack a DISK DUMP deck (DISK LOAD)")
    maker("pack", _pack, "make a DISK DUMP deck of host files")
    taker("read", lambda data, where: list(readdeck.unpack(data, where)), "unpack a deck of :READ cards (READCARD)")
    maker("punch", _punch, "make a deck of :READ cards of host files (PUNCH)")
    taker("receive", decks.received, "unpack a NETDATA transmission (RECEIVE); a message goes to standard output")
    sub = maker("send", _send, "make a NETDATA transmission of host files (SENDFILE)")
    sub.add_argument("--sender", type=_address, default=("VM370", "CMSUSER"), metavar="NODE.USER")
    sub.add_argument("--receiver", type=_address, default=("VM370", "CMSUSER"), metavar="NODE.USER")
    sub.add_argument("--message", default="", metavar="TEXT", help="text for the receiver's terminal")

    sub = commands.add("convert", _convert, "text, EBCDIC cards and ASCII cards into one another")
    sub.add_argument("input", metavar="IN", help="what it is, is found out")
    sub.add_argument("output", metavar="OUT")
    sub.add_argument("--to", choices=(TEXT, EBCDIC, ASCII), required=True)
    numbers = sub.add_mutually_exclusive_group()
    numbers.add_argument("--number", nargs="?", const="", metavar="PREFIX", help="sequence numbers in columns 73 to 80")
    numbers.add_argument("--unnumber", action="store_true", help="blank columns 73 to 80")
    archives.add_translation(sub, binary=False)
    archives.add_output(sub)

    sub = commands.add("codepage", _codepage, "print the table of an EBCDIC code page")
    sub.add_argument("codepage", metavar="N", type=archives.page_name, help="037, 273, 500, 1047 ...")


def main(args: argparse.Namespace) -> int:
    """Do what `configure` understood."""
    return archives.run(args)


def _address(words: str) -> tuple[str, str]:
    node, dot, user = words.upper().partition(".")
    if not dot or not all(1 <= len(part) <= 8 and part.isascii() and part.isalnum() for part in (node, user)):
        raise argparse.ArgumentTypeError(f"{words!r}: expected NODE.USER, each of up to 8 letters and digits")
    return node, user


def _ls(args: argparse.Namespace) -> int:
    decks.show(archives.read_file(args.input), args.input, args.json)
    return 0


def _check(args: argparse.Namespace) -> int:
    findings = decks.check(archives.read_file(args.input), args.input)
    if args.json:
        archives.show_json(findings)
    else:
        for finding in findings:
            print(finding)
        print(f"{args.input}: {len(findings) or 'no'} findings")
    return 1 if findings else 0


def _take(args: argparse.Namespace) -> int:
    names, folder = archives.split_words(args.words)
    data = archives.read_file(args.input)
    members = args.unpacker(data, args.input)
    archives.save(archives.chosen(members, names, args.input), folder, args)
    if args.command == "receive":
        for line in decks.messages(data, args.input):
            print(line)
    return 0


def _pack(args: argparse.Namespace) -> int:
    archives.write_file(args.output, diskdump.pack(archives.load(args), datetime.now()), args)
    return 0


def _punch(args: argparse.Namespace) -> int:
    archives.write_file(args.output, readdeck.pack(archives.load(args)), args)
    return 0


def _send(args: argparse.Namespace) -> int:
    members = archives.load(args)
    message = [to_ebcdic(args.message, args.codepage)] if args.message else []
    if not members and not message:
        raise UsageError("found no FILE and no --message, expected something to send")
    sent = netdata.transmission(
        members, sender=args.sender, receiver=args.receiver, sent=datetime.now(), message=message
    )
    archives.write_file(args.output, netdata.build(sent), args)
    return 0


def _convert(args: argparse.Namespace) -> int:
    data = archives.read_file(args.input)
    if cards.is_ebcdic(data):
        deck = cards.parse_deck(data, args.input)
    elif cards.is_ascii(data) and data:
        deck = cards.ascii_to_cards(data, args.input, args.codepage)
    else:
        deck = cards.text_to_cards(data, args.input, args.codepage, args.lossy)
    if args.number is not None:
        deck = cards.numbered(deck, args.number.upper(), page=args.codepage)
    if args.unnumber:
        deck = cards.unnumbered(deck)
    if args.to == TEXT:
        made = cards.cards_to_text(deck, args.input, args.codepage, args.lossy)
    elif args.to == ASCII:
        made = cards.cards_to_ascii(deck, args.input, args.codepage, args.lossy)
    else:
        made = cards.build_deck(deck)
    archives.write_file(args.output, made, args)
    return 0


def _codepage(args: argparse.Namespace) -> int:
    sys.stdout.write(table(args.codepage))
    return 0
