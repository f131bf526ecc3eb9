"""``vm370 direct [FILE]``: check a directory source and put it in the place of the CP directory.

The same as the CP command DIRECT, without a running system; one that runs on the home sees the change at the next LOGON
or LINK.  Directory and passwords change together, or neither.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from vm370.cp.directory import Directory, DirectoryError
from vm370.cp.directory.checks import findings
from vm370.cp.directory.source import parse_source, read
from vm370.tools.home import home_path

HELP = "check a directory source, and replace the CP directory by it"


def configure(parser: argparse.ArgumentParser) -> None:
    """Operands."""
    parser.add_argument("file", metavar="FILE", nargs="?", type=Path, help="source (default: the home's directory)")
    parser.add_argument("--edit", action="store_true", help="only check; change nothing")
    parser.add_argument("--machine", action="store_true", help="check a file of vm370 run --machine; implies --edit")
    parser.add_argument("--home", metavar="DIR", help="the system's folder (default: VM370_HOME, or the data folder)")


def main(args: argparse.Namespace) -> int:
    """Exit code 0; 1 when the source is wrong or the directory was not replaced."""
    current = home_path(args.home) / "directory"
    path = args.file or current
    try:
        if args.edit or args.machine:
            users = parse_source(read(path), path, machine=args.machine).users
            odd = findings(users)
        else:
            text = read(path)
            if not current.exists():
                return _fail(f"{current}: found no directory, expected a home; vm370 run makes one")
            directory = Directory.replaceable(current)
            odd = directory.install(text, path)
            users = directory.users
    except DirectoryError as error:
        return _fail("\n".join(map(str, error.faults)))
    except OSError as error:
        return _fail(f"{error.filename or current}: cannot be written: {error.strerror}")
    for line in odd:
        print(f"{path}: warning: {line}", file=sys.stderr)
    print(f"{path}: {len(users)} users, {'checked' if args.edit or args.machine else 'in force'}")
    return 0


def _fail(text: str) -> int:
    print(f"vm370 direct: {text}", file=sys.stderr)
    return 1
