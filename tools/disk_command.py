"""`vm370 disk`: create, format, fill, list, check and read disk images.

Exit code 0: fine; 1: failed, or `check` found something; 2: wrong usage.  The work is done in tools/disk/api.py.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from vm370.images.blocks import BLOCK_SIZES
from vm370.images.errors import ImageError
from vm370.images.geometry import CKD_DEVICES, FBA_DEVICES
from vm370.tools.disk import api
from vm370.tools.disk.progress import Bar
from vm370.tools.disk.transfer import CARD_TYPES, Form

HELP = "create, format, fill, list, check and read disk images"

FORMS = f"""text files are translated from UTF-8 to EBCDIC (code page 037); a character that is not in it is refused.
Record format when none is told: text is V, but F 80 for {" ".join(sorted(CARD_TYPES))} where
all lines fit; binary is F 80 when the length is a multiple of 80, else V."""


Work = Callable[[argparse.Namespace], int]


class UsageError(Exception):
    """Words that argparse lets through and that make no sense together."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the subcommands."""
    commands = parser.add_subparsers(dest="disk_command", metavar="COMMAND", required=True)

    def command(name: str, work: Work, text: str, notes: str = "") -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".", epilog=notes)
        sub.add_argument("image", metavar="IMAGE", help="disk image in the host's file system")
        if name != "create":
            sub.add_argument(
                "--extent",
                type=_extent,
                metavar="START,LENGTH",
                help="a minidisk: cylinders (FBA: sectors)",
            )
        sub.set_defaults(disk_work=work)
        return sub

    types = " ".join([*CKD_DEVICES, *FBA_DEVICES])
    sub = command("create", _create, "make an image", f"Device types: {types}.")
    sub.add_argument("--type", required=True, metavar="DEVICE", help="3350, 3330, 3370, ...")
    sub.add_argument("--cylinders", type=int, metavar="N", help="CKD: default all of the device")
    sub.add_argument("--sectors", type=int, metavar="N", help="FBA: 512-byte sectors, default all of the device")
    sub.add_argument("--format", choices=("ckd", "fba"), help="refuse a device type of the other kind")
    sub.add_argument("--volser", default="", metavar="V", help="write a volume label (1 to 6 letters and digits)")
    sub.add_argument("--force", action="store_true", help="replace an existing file")

    sub = command("format", _format, "make an empty CMS disk of an image or extent; what was on it is gone")
    sub.add_argument("--label", required=True, metavar="L", help="1 to 6 characters")
    sub.add_argument("--blocksize", type=int, default=4096, choices=BLOCK_SIZES)

    sub = command("put", _put, "put host files, or all files of host folders, on a CMS disk", FORMS)
    sub.add_argument("files", nargs="+", metavar="FILE", help="`note.txt` becomes NOTE TXT")
    sub.add_argument("--binary", action="store_true", help="do not translate")
    sub.add_argument("--recfm", choices=("F", "V"), help="record format")
    sub.add_argument("--lrecl", type=int, metavar="N", help="record length (V: the most)")
    sub.add_argument("--as", dest="name", default="", metavar="'FN FT [FM]'", help="another name, for one file")
    sub.add_argument("--sparse", action="store_true", help="blocks of zeros of F files take no room")

    sub = command("get", _get, "copy files of a CMS disk into a host folder")
    sub.add_argument("words", nargs="+", metavar="[FN FT]... DIR", help="`*` stands for any characters of a name")
    sub.add_argument("--all", action="store_true", help="all files")
    sub.add_argument("--binary", action="store_true", help="do not translate, records end to end")

    sub = command("ls", _ls, "list the files of a CMS disk")
    sub.add_argument("--json", action="store_true")

    sub = command("rm", _rm, "erase files")
    sub.add_argument("words", nargs="+", metavar="FN FT", help="`*` stands for any characters of a name")

    sub = command("rename", _rename, "give a file another name")
    sub.add_argument("words", nargs="+", metavar="FN FT NEWFN NEWFT [FM]")

    sub = command("info", _info, "tell what an image is")
    sub.add_argument("--json", action="store_true")

    sub = command("check", _check, "check the file system of a CMS disk; exit code 1 if something is wrong")
    sub.add_argument("--json", action="store_true")

    sub = command("ipl", _ipl, "store boot text on a CMS disk")
    sub.add_argument("--boot", required=True, metavar="FILE", help="PSW, two CCWs, and what they read (blocks 1 and 2)")


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


def _extent(words: str) -> tuple[int, int]:
    start, comma, length = words.partition(",")
    if not (comma and start.isdecimal() and length.isdecimal()):
        raise argparse.ArgumentTypeError(f"{words!r}: expected START,LENGTH")
    return int(start), int(length)


def _pairs(words: Sequence[str]) -> list[tuple[str, str]]:
    if len(words) % 2:
        raise UsageError(f"expected pairs of file name and file type, found {' '.join(words)}")
    return list(zip(words[::2], words[1::2], strict=True))


def _create(args: argparse.Namespace) -> int:
    name = api.device(args.type).name
    kind = "ckd" if name in CKD_DEVICES else "fba"
    if args.format not in (None, kind):
        raise UsageError(f"device type {args.type} is {kind}, found --format {args.format}")
    if (args.sectors if kind == "ckd" else args.cylinders) is not None:
        raise UsageError(f"device type {args.type} is measured by {'--cylinders' if kind == 'ckd' else '--sectors'}")
    size = args.cylinders if kind == "ckd" else args.sectors
    bar = Bar(f"create {args.image}")
    api.create_disk(args.image, args.type, size, volser=args.volser, overwrite=args.force, progress=bar)
    return 0


def _format(args: argparse.Namespace) -> int:
    bar = Bar(f"format {args.image}")
    api.format_disk(args.image, args.label, args.blocksize, extent=args.extent, progress=bar)
    return 0


def _put(args: argparse.Namespace) -> int:
    if args.lrecl is not None and args.lrecl < 1:
        raise UsageError(f"--lrecl {args.lrecl}: expected at least 1")
    form = Form(args.binary, args.recfm, args.lrecl, args.sparse)
    api.put_files(args.image, args.files, form, name=args.name, extent=args.extent, progress=Bar(f"put {args.image}"))
    return 0


def _get(args: argparse.Namespace) -> int:
    *names, folder = args.words
    if args.all and names:
        raise UsageError("--all takes a folder only")
    if not args.all and not names:
        raise UsageError("expected FN FT or --all before the folder")
    wanted = None if args.all else _pairs(names)
    api.get_files(args.image, folder, wanted, binary=args.binary, extent=args.extent, progress=Bar(f"get {args.image}"))
    return 0


def _ls(args: argparse.Namespace) -> int:
    files = api.list_files(args.image, args.extent)
    if args.json:
        print(json.dumps(files, indent=2))
        return 0
    print("FILENAME FILETYPE FM FORMAT      LRECL    RECORDS     BLOCKS  DATE AND TIME")
    for file in files:
        numbers = f"{file['recfm']} {file['lrecl']:>15} {file['records']:>10} {file['blocks']:>10}"
        print(f"{file['filename']:8} {file['filetype']:8} {file['filemode']:2} {numbers}  {file['written'] or '?'}")
    return 0


def _rm(args: argparse.Namespace) -> int:
    api.remove_files(args.image, _pairs(args.words), extent=args.extent)
    return 0


def _rename(args: argparse.Namespace) -> int:
    words = args.words
    if len(words) not in (4, 5):
        raise UsageError(f"expected FN FT NEWFN NEWFT [FM], found {' '.join(words)}")
    mode = words[4] if len(words) == 5 else None
    api.rename_file(args.image, (words[0], words[1]), (words[2], words[3]), mode, extent=args.extent)
    return 0


def _info(args: argparse.Namespace) -> int:
    info = api.disk_info(args.image, args.extent)
    if args.json:
        print(json.dumps(info, indent=2))
        return 0
    files = info.pop("file_system")
    for key, value in info.items():
        print(f"{key.replace('_', ' '):14}{value}")
    for key, value in (files or {}).items():
        print(f"  {key.replace('_', ' '):12}{value}")
    return 0


def _check(args: argparse.Namespace) -> int:
    findings = api.check_disk(args.image, extent=args.extent, progress=Bar(f"check {args.image}"))
    if args.json:
        shown = [{"kind": f.kind, "file": f.file or None, "block": f.block or None, "text": f.text} for f in findings]
        print(json.dumps(shown, indent=2))
    else:
        for finding in findings:
            print(finding)
        print(f"{args.image}: {len(findings)} findings" if findings else f"{args.image}: no findings")
    return 1 if findings else 0


def _ipl(args: argparse.Namespace) -> int:
    try:
        boot = Path(args.boot).read_bytes()
    except OSError as error:
        raise ImageError(f"{args.boot}: cannot be read: {error.strerror}") from error
    api.write_boot(args.image, boot, extent=args.extent)
    return 0
