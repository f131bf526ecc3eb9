"""`vm370 disk`: make, fill, look at, check, repair, convert and compare disk images.

Exit code 0: fine; 1: failed, or `check` or `diff` found something; 2: wrong usage.  The subcommands are in tools/disk/:
file_commands.py, image_commands.py, state_commands.py, dump_command.py; the work is done in api.py there.
"""

from __future__ import annotations

import argparse
import sys

from vm370.images.errors import ImageError
from vm370.tools.disk import dump_command, file_commands, image_commands, state_commands
from vm370.tools.disk.arguments import Commands, UsageError, Work

HELP = "create, format, fill, list, check and read disk images"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the subcommands."""
    commands = Commands(parser.add_subparsers(dest="disk_command", metavar="COMMAND", required=True))
    for module in (image_commands, file_commands, dump_command, state_commands):
        module.add(commands)


def main(args: argparse.Namespace) -> int:
    """Do what `configure` understood."""
    work: Work = args.disk_work
    try:
        return work(args)
    except UsageError as error:
        print(f"vm370 disk {args.disk_command}: {error}", file=sys.stderr)
        return 2
    except ImageError as error:
        print(f"vm370 disk: {error}", file=sys.stderr)
        return 1
