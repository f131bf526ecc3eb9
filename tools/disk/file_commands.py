"""`vm370 disk ls get put rm rename cp`: the files of a disk."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from vm370.images.errors import ImageError
from vm370.tools.archives import add_translation
from vm370.tools.disk import api
from vm370.tools.disk.arguments import Commands, UsageError, add_place, chosen, pairs, place, show_json, told
from vm370.tools.disk.progress import Bar
from vm370.tools.disk.transfer import CARD_TYPES, Form

FORMS = f"""text files are translated from UTF-8 to EBCDIC (code page 037, or --codepage); a character that
is not in it is refused, or replaced with --lossy.
Record format when none is told: text is V, but F 80 for {" ".join(sorted(CARD_TYPES))} where
all lines fit; binary is F 80 when the length is a multiple of 80, else V."""


def add(commands: Commands) -> None:
    """The subcommands of this module."""
    sub = commands.add("ls", _ls, "list the files of a CMS disk, or the data sets of an OS volume")
    sub.add_argument("--json", action="store_true")

    notes = "On an OS volume DSN, DSN(MEMBER) or DSN(*) stands for FN FT."
    sub = commands.add("get", _get, "copy files of a CMS disk into a host folder", notes, dry_run=True)
    sub.add_argument("words", nargs="+", metavar="[FN FT]... DIR", help="`*` stands for any characters of a name")
    sub.add_argument("--all", action="store_true", help="all files; those that are no text are not translated")
    sub.add_argument("--binary", action="store_true", help="do not translate, records end to end")
    add_translation(sub, binary=False)
    sub.add_argument("--json", action="store_true", help="tell the files that were written")

    sub = commands.add("put", _put, "put host files, or all files of host folders, on a CMS disk", FORMS, dry_run=True)
    sub.add_argument("files", nargs="+", metavar="FILE", help="`note.txt` becomes NOTE TXT")
    add_translation(sub)
    sub.add_argument("--recfm", choices=("F", "V"), help="record format")
    sub.add_argument("--lrecl", type=int, metavar="N", help="record length (V: the most)")
    sub.add_argument("--as", dest="name", default="", metavar="'FN FT [FM]'", help="another name, for one file")
    sub.add_argument("--sparse", action="store_true", help="blocks of zeros of F files take no room")
    sub.add_argument("--json", action="store_true", help="tell the files that were put")

    sub = commands.add("rm", _rm, "erase files", dry_run=True)
    sub.add_argument("words", nargs="+", metavar="FN FT", help="`*` stands for any characters of a name")
    sub.add_argument("--json", action="store_true", help="tell the files that were erased")

    sub = commands.add("rename", _rename, "give a file another name", dry_run=True)
    sub.add_argument("words", nargs="+", metavar="FN FT NEWFN NEWFT [FM]")

    sub = commands.add(
        "cp",
        _cp,
        "copy files from one CMS disk to another",
        "Record formats, file modes and dates are kept; the file systems may differ.",
        dry_run=True,
    )
    sub.add_argument("target", metavar="TARGET", help="disk image that gets the files")
    sub.add_argument("words", nargs="*", metavar="FN FT", help="`*` stands for any characters of a name")
    add_place(sub, "to-")
    sub.add_argument("--all", action="store_true", help="all files")
    sub.add_argument("--no-replace", action="store_true", help="fail when a file is on the target already")
    sub.add_argument("--json", action="store_true", help="tell the files that were copied")


def _ls(args: argparse.Namespace) -> int:
    image, extent = place(args)
    if api.os_volume(image, extent):
        return _ls_data_sets(args, api.list_data_sets(image, extent))
    files = api.list_files(image, extent)
    if args.json:
        show_json(files)
        return 0
    print("FILENAME FILETYPE FM FORMAT      LRECL    RECORDS     BLOCKS  DATE AND TIME")
    for file in files:
        numbers = f"{file['recfm']} {file['lrecl']:>15} {file['records']:>10} {file['blocks']:>10}"
        print(f"{file['filename']:8} {file['filetype']:8} {file['filemode']:2} {numbers}  {file['written'] or '?'}")
    return 0


def _ls_data_sets(args: argparse.Namespace, found: list[dict[str, Any]]) -> int:
    if args.json:
        show_json(found)
        return 0
    print("DSORG RECFM LRECL BLKSIZE EXTENTS TRACKS CREATED    DATA SET")
    for item in found:
        form = f"{item['dsorg']:5} {item['recfm']:5} {item['lrecl']:5} {item['block_length']:7}"
        print(f"{form} {item['extents']:7} {item['tracks']:6} {item['created'] or '?':10} {item['name']}")
        for member in item["members"] or ():
            print(f"{'':50}{item['name']}({member})")
    return 0


def _get(args: argparse.Namespace) -> int:
    *names, folder = args.words
    if not args.all and not names:
        raise UsageError("expected FN FT or --all before the folder")
    if args.all and names:
        raise UsageError("--all takes a folder only")
    image, extent = place(args)
    bar = Bar(f"get {args.image}")
    options: dict[str, Any] = {"binary": args.binary, "extent": extent, "progress": bar, "dry_run": args.dry_run}
    try:
        data_sets = api.os_volume(image, extent)
    except ImageError:
        pairs(names)  # wrong words are told before a wrong image
        raise
    if data_sets:
        made = api.get_data_sets(image, folder, None if args.all else names, **options)
    else:
        no_text: list[Path] = []
        made = api.get_files(
            image,
            folder,
            None if args.all else pairs(names),
            no_text=no_text if args.all else None,
            page=args.codepage,
            lossy=args.lossy,
            **options,
        )
        if no_text:
            shown = " ".join(path.name for path in no_text)
            print(f"vm370 disk: no text, written as they are: {shown}", file=sys.stderr)
    if args.json:
        show_json([str(path) for path in made])
    elif args.dry_run:
        for path in made:
            told(args, f"{path} would be written")
    return 0


def _put(args: argparse.Namespace) -> int:
    if args.lrecl is not None and args.lrecl < 1:
        raise UsageError(f"--lrecl {args.lrecl}: expected at least 1")
    form = Form(args.binary, args.recfm, args.lrecl, args.sparse, args.codepage, args.lossy)
    image, extent = place(args)
    files = api.put_files(
        image,
        args.files,
        form,
        name=args.name,
        extent=extent,
        progress=Bar(f"put {args.image}"),
        dry_run=args.dry_run,
    )
    if args.json:
        keys = ("source", "filename", "filetype", "recfm")
        show_json([{key: getattr(file, key) for key in keys} | {"records": len(file.records)} for file in files])
    elif args.dry_run:
        for file in files:
            told(args, f"{file.source} would be {file.filename} {file.filetype}, {len(file.records)} records")
    return 0


def _rm(args: argparse.Namespace) -> int:
    names = pairs(args.words)
    image, extent = place(args)
    gone = api.remove_files(image, names, extent=extent, dry_run=args.dry_run)
    if args.json:
        show_json(gone)
    elif args.dry_run:
        for name in gone:
            told(args, f"{name} would be erased")
    return 0


def _rename(args: argparse.Namespace) -> int:
    words = args.words
    if len(words) not in (4, 5):
        raise UsageError(f"expected FN FT NEWFN NEWFT [FM], found {' '.join(words)}")
    mode = words[4] if len(words) == 5 else None
    image, extent = place(args)
    api.rename_file(image, (words[0], words[1]), (words[2], words[3]), mode, extent=extent, dry_run=args.dry_run)
    return 0


def _cp(args: argparse.Namespace) -> int:
    names = chosen(args, args.words)
    image, extent = place(args)
    target, target_extent = place(args, args.target, "to_")
    copied = api.copy_files(
        image,
        target,
        names,
        extent=extent,
        target_extent=target_extent,
        replace_old=not args.no_replace,
        progress=Bar(f"cp {args.image}"),
        dry_run=args.dry_run,
    )
    if args.json:
        show_json(copied)
    elif args.dry_run:
        for name in copied:
            told(args, f"{name} would be copied")
    return 0
