"""The ``vm370`` program: one table of subcommands, each in a module of its own that is imported when it is used.

A subcommand's module has ``configure(parser)`` and ``main(args) -> int`` (the exit code).
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence

#       name       module in vm370.tools   one line for --help
SUBCOMMANDS: dict[str, tuple[str, str]] = {
    "run": ("run_command", "start the system and its console; a script on standard input is typed line by line"),
    "attach": ("attach_command", "a further terminal of the running system; standard input may be a script"),
    "cmd": ("cmd_command", "one command to a user of the running system, its answer and return code"),
    "asm": ("asm_command", "assemble System/370 source into an object deck and a listing"),
    "link": ("link_command", "link object decks into a MODULE, an IPL deck or a storage image"),
    "dis": ("dis_command", "disassemble object decks, MODULEs and storage images"),
    "disk": ("disk_command", "create, format, fill, list, check and read disk images"),
    "tape": ("tape_command", "make, list, check, extract, append to, convert and label tapes"),
    "vmarc": ("vmarc_command", "list, unpack and pack VMARC archives of CMS files"),
    "lib": ("lib_command", "list, read and change MACLIB and TXTLIB files"),
    "deck": (
        "deck_command",
        "object decks, DISK DUMP, PUNCH and NETDATA decks, card images: list, check, unpack, make",
    ),
    "print": ("print_command", "a printer file, with machine or ASA carriage control, to text or PDF"),
    "spool": ("spool_command", "hand host files to a reader, take printer and punch files out"),
    "direct": ("direct_command", "check a directory source, and replace the CP directory by it"),
    "saved": ("saved_command", "saved systems: list, check, import segment files of emx370, export"),
    "passwd": ("passwd_command", "change a user's password in the CP directory"),
    "account": ("account_command", "what users used: totals, records, accounting cards"),
    "monitor": ("monitor_command", "list what the MONITOR command collected"),
    "journal": ("journal_command", "who came and went, what was refused, what failed"),
    "dump": ("dump_command", "show a dump of a virtual machine (VMDUMP)"),
    "trace": ("trace_command", "print each instruction that a machine executes, with operands and effects"),
    "vectors": ("vectors_command", "run instruction cases with known results"),
    "bench": ("bench_command", "measure: cpu, roundtrip, start, boot, impure, parallel"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Console script ``vm370``."""
    parser = argparse.ArgumentParser(prog="vm370", description="A VM/370-style hypervisor.")
    parser.add_argument("--version", action="version", version=f"vm370 {version()}")
    commands = parser.add_subparsers(dest="subcommand", metavar="COMMAND", required=True)
    arguments = list(sys.argv[1:] if argv is None else argv)
    wanted = next((word for word in arguments if not word.startswith("-")), None)
    for name, (module, text) in SUBCOMMANDS.items():
        sub = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
        if name == wanted:
            implementation = importlib.import_module(f"vm370.tools.{module}")
            implementation.configure(sub)
            sub.set_defaults(main=implementation.main)
    args = parser.parse_args(arguments)
    try:
        return int(args.main(args))
    except BrokenPipeError:
        sys.stderr.close()
        return 1


def version() -> str:
    """The installed version of the distribution."""
    from importlib.metadata import version as of

    return of("vm370")


if __name__ == "__main__":
    sys.exit(main())
