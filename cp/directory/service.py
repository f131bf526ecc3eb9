"""What a running CP does with its directory for DIRECT, DIAGNOSE X'3C' and X'84'.

All of it is all or nothing: what is wrong leaves the directory as it was.  A change counts from the next LOGON, LINK
or AUTOLOG on; a user who is logged on keeps his machine.
"""

from __future__ import annotations

import logging
import re
from dataclasses import replace
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING

from vm370.cp.directory import source
from vm370.cp.directory.checks import findings
from vm370.cp.directory.entries import NOLOG, DirectoryError, Fault
from vm370.cp.directory.inplace import CannotChange, changed

if TYPE_CHECKING:
    from vm370.cp.system import System

log = logging.getLogger("vm370")

DIRECTORY = "directory"
NAMES = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}")
"""Of files that DIRECT reads: in the home itself."""

ALIASES = {"STOR": "STORAGE", "MSTORAGE": "MAXSTOR", "PRIVCLAS": "PRIVLEGE", "PASSWORD": "LOGPASS"}
IMMEDIATE_ACCOUNT, TEMPORARY_ACCOUNT = "IACCOUNT", "TACCOUNT"


class Result(IntEnum):
    """Return codes of an update in place; 0 is success."""

    DONE = 0
    NO_USER = 1
    WRONG_PASSWORD = 2
    WRONG_OPERATION = 3
    WRONG_VALUE = 4
    NOT_LOGGED_ON = 5
    NOT_WRITTEN = 10


def source_file(home: Path, name: str) -> Path:
    """The file of the home that a user means; letters may be typed in either case.  DirectoryError."""
    if not NAMES.fullmatch(name) or name.lower() == "passwords":
        raise DirectoryError([Fault(Path(name), 0, "this name", "a file with a CP directory in the home folder")])
    matches = [path for path in home.iterdir() if path.name.upper() == name.upper() and path.is_file()]
    exact = home / name
    return exact if exact in matches else matches[0] if matches else exact


def check(path: Path) -> tuple[int, list[str]]:
    """How many users a source has, and what is odd about it; nothing is changed.  DirectoryError."""
    users = source.parse(source.read(path), path)
    return len(users), findings(users)


def install(system: System, path: Path) -> list[str]:
    """Make a source the directory.  DirectoryError, OSError."""
    return system.directory.install(source.read(path), path)


def swap(system: System, volser: str) -> int:
    """DIAGNOSE X'3C': take over a directory that was changed; the condition code."""
    error = system.directory.refresh()
    if error is not None:
        log.error("the changed directory is not used: %s", error)
        return 3
    return 0 if volser == system.directory.volser else 2


def update(system: System, userid: str, password: str, operation: str, value: str) -> Result:
    """DIAGNOSE X'84': replace one thing in a user's entry."""
    operation = ALIASES.get(operation, operation)
    directory = system.current_directory()
    entry = directory.find(userid)
    if entry is None:
        return Result.NO_USER
    right = password.upper() == NOLOG if entry.nolog else directory.check_logon(userid, password)
    if not right:
        return Result.WRONG_PASSWORD
    immediate = operation in (IMMEDIATE_ACCOUNT, TEMPORARY_ACCOUNT)
    words = value.split()
    if immediate:
        vm = system.user(userid)
        if len(words) != 1 or len(words[0]) > 8:
            return Result.WRONG_VALUE
        if vm is None and operation == TEMPORARY_ACCOUNT:
            return Result.NOT_LOGGED_ON
        if vm is not None:
            vm.entry = replace(vm.entry, account=words[0])
        if operation == TEMPORARY_ACCOUNT:
            return Result.DONE
        operation = "ACCOUNT"
    try:
        text = changed(source.read(directory.path), entry, operation, value)
        directory.install(text, directory.path)
    except CannotChange as error:
        log.error("directory entry %s, %s: %s", userid, operation, error)
        return Result.WRONG_OPERATION if "operation" in str(error) else Result.WRONG_VALUE
    except DirectoryError as error:
        log.error("directory entry %s, %s: %s", userid, operation, error)
        return Result.WRONG_VALUE
    except OSError as error:
        log.error("%s: cannot be written: %s", directory.path, error)
        return Result.NOT_WRITTEN
    return Result.DONE
