"""``vm370 passwd USER [CUU [KIND]]``: change a user's logon password, or a LINK password of one of his minidisks.

The new password is asked for twice and not shown; when standard input is not a terminal its first line is taken.
``passwords`` and, if need be, the directory are replaced whole.  A running CP sees the change at the next LOGON.
"""

from __future__ import annotations

import argparse
import getpass
import re
import sys

from vm370.cp.directory import ALL, PASSWORD_NAMES, Directory, DirectoryError, UserEntry, link_purpose
from vm370.cp.passwords import LOGON, acceptable
from vm370.tools.home import home_path

HELP = "change a user's password in the CP directory"


def configure(parser: argparse.ArgumentParser) -> None:
    """Operands."""
    parser.add_argument("user", metavar="USER", help="user ID, as in the directory")
    parser.add_argument("vaddr", metavar="CUU", nargs="?", help="a minidisk of the user: its password, not his own")
    parser.add_argument("kind", metavar="KIND", nargs="?", help="READ, WRITE or MULT (default READ)")
    parser.add_argument("--home", metavar="DIR", help="the system's folder (default: VM370_HOME, or the data folder)")


def main(args: argparse.Namespace) -> int:
    """Exit code 0; 1 when the password was not changed."""
    try:
        directory = Directory.load(home_path(args.home) / "directory")
    except DirectoryError as error:
        return _fail(str(error))
    entry = directory.find(args.user)
    if entry is None:
        known = " ".join(sorted(directory.users))
        return _fail(f"{directory.path}: found no user {args.user.upper()}, expected one of {known}")
    try:
        purpose = _purpose(entry, args.vaddr, (args.kind or "READ").upper())
    except ValueError as error:
        return _fail(f"{directory.path}: {error}")
    whose = entry.userid if purpose == LOGON else f"{entry.userid} {purpose.replace('.', ' ')}"
    password = _ask(whose)
    if password is None:
        return 1
    reason = acceptable(password)
    if reason is not None:
        return _fail(f"new password: {reason}")
    try:
        directory.set_password(entry.userid, purpose, password)
    except OSError as error:
        return _fail(f"{error.filename or directory.passwords.path}: cannot be written: {error.strerror}")
    print(f"password of {whose} changed")
    return 0


def _purpose(entry: UserEntry, vaddr: str | None, kind: str) -> str:
    """Which password is meant; ValueError when the directory has none there."""
    if vaddr is None:
        if entry.nolog:
            raise ValueError(f"line {entry.line}: found NOLOG, expected a user who may log on")
        return LOGON
    if kind not in PASSWORD_NAMES:
        raise ValueError(f"found {kind}, expected READ, WRITE or MULT")
    mdisk = entry.mdisk(int(vaddr, 16)) if re.fullmatch("[0-9A-Fa-f]{1,3}", vaddr) else None
    if mdisk is None:
        raise ValueError(f"line {entry.line}: found no minidisk {vaddr.upper()} of {entry.userid}, expected one")
    number = PASSWORD_NAMES.index(kind)
    if number >= len(mdisk.passwords) or mdisk.passwords[number] == ALL:
        raise ValueError(f"line {mdisk.line}: found no {kind} password to be replaced, expected * in its place")
    return link_purpose(mdisk.vaddr, kind)


def _ask(userid: str) -> str | None:
    """The new password, or None with a message."""
    if not sys.stdin.isatty():
        line = sys.stdin.readline()
        if not line:
            _fail("standard input: found the end, expected a line with the new password")
            return None
        return line.rstrip("\r\n")
    first = getpass.getpass(f"New password of {userid}: ")
    if getpass.getpass("The same again: ") != first:
        _fail("the two passwords differ; nothing was changed")
        return None
    return first


def _fail(text: str) -> int:
    print(f"vm370 passwd: {text}", file=sys.stderr)
    return 1
