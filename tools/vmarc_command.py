"""`vm370 vmarc`: list, unpack and pack VMARC archives of CMS files.

Exit code 0: fine; 1: failed, and why was said; 2: wrong usage.  The format is in images/vmarc.py.
"""

from __future__ import annotations

import argparse

from vm370.images import vmarc
from vm370.tools import archives
from vm370.tools.archives import Commands

HELP = "list, unpack and pack VMARC archives of CMS files"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the subcommands."""
    commands = Commands(parser)

    sub = commands.add("ls", _ls, "list the files of an archive")
    sub.add_argument("input", metavar="ARCHIVE")
    sub.add_argument("--json", action="store_true")

    sub = commands.add("unpack", _unpack, "write the files of an archive into a host folder")
    sub.add_argument("input", metavar="ARCHIVE")
    sub.add_argument("words", nargs="+", metavar="[FN FT]... DIR", help="files (default all) and the folder")
    archives.add_translation(sub)
    archives.add_dry_run(sub)

    sub = commands.add("pack", _pack, "make an archive of host files", "Record formats are those of `vm370 disk put`.")
    sub.add_argument("output", metavar="ARCHIVE")
    sub.add_argument("files", nargs="+", metavar="FILE", help="`note.txt` becomes NOTE TXT; a folder is its files")
    archives.add_form(sub)
    archives.add_translation(sub)
    archives.add_output(sub)


def main(args: argparse.Namespace) -> int:
    """Do what `configure` understood."""
    return archives.run(args)


def _ls(args: argparse.Namespace) -> int:
    archives.show_members(vmarc.unpack(archives.read_file(args.input), args.input), args.json)
    return 0


def _unpack(args: argparse.Namespace) -> int:
    names, folder = archives.split_words(args.words)
    members = vmarc.unpack(archives.read_file(args.input), args.input)
    archives.save(archives.chosen(members, names, args.input), folder, args)
    return 0


def _pack(args: argparse.Namespace) -> int:
    archives.write_file(args.output, vmarc.pack(archives.load(args)), args)
    return 0
