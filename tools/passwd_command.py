"""``vm370 passwd USER``: change a user's logon password.

The new password is asked for twice and not shown; when standard input is not a terminal its first line is taken.
``passwords`` and, if need be, the directory are replaced whole.  A running CP sees the change at the next LOGON.
"""

from __future__ import annotations

import argparse
import getpass
import sys

from vm370.cp.directory import Directory, DirectoryError
from vm370.cp.passwords import LOGON, acceptable
from vm370.tools.home import home_path

HELP = "change a user's password in the CP directory"


def configure(parser: argparse.ArgumentParser) -> None:
    """Operands."""
    parser.add_argument("user", metavar="USER", help="user ID, as in the directory")
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
    if entry.nolog:
        return _fail(f"{directory.path}: line {entry.line}: found NOLOG, expected a user who may log on")
    password = _ask(entry.userid)
    if password is None:
        return 1
    reason = acceptable(password)
    if reason is not None:
        return _fail(f"new password: {reason}")
    try:
        directory.set_password(entry.userid, LOGON, password)
    except OSError as error:
        return _fail(f"{error.filename or directory.passwords.path}: cannot be written: {error.strerror}")
    print(f"password of {entry.userid} changed")
    return 0


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
