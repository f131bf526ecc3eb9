"""`vm370 tape`: make, list, check, extract, append to, convert and label tapes.

Exit code 0: fine; 1: failed, or `ls` or `scan` found damage; 2: wrong usage.  The work is done in tools/tape/.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from vm370.images.errors import ImageError
from vm370.images.tapes import contents, labels
from vm370.images.tapes.items import ItemTape
from vm370.images.tapes.tape import EndOfTape
from vm370.tools.disk.arguments import UsageError, pairs, show_json, told
from vm370.tools.disk.progress import Bar
from vm370.tools.disk.transfer import Form
from vm370.tools.tape import extracting, showing, writing
from vm370.tools.tape.place import FORMATS, TapeForm, appending, new_tape, open_tape, reading

HELP = "make, list, check, extract, append to, convert and label tapes"

KINDS = """--kind: dump (TAPE DUMP, the default), dump4k (as VM/SP writes it) and vmfplc2 take host files, folders and
CMS disk images; ddr takes disk images, a tape file each; cards (text, 80 characters) and raw take host files, a tape
file each.  A tape called .het is compressed, others are AWSTAPE; --format and --compress tell otherwise."""

Work = Callable[[argparse.Namespace], int]


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the subcommands."""
    commands = parser.add_subparsers(dest="tape_command", metavar="COMMAND", required=True)

    def command(name: str, work: Work, text: str, notes: str = "") -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".", epilog=notes)
        sub.add_argument("tape", metavar="TAPE", help="tape in the host's file system")
        sub.add_argument(
            "--format",
            choices=FORMATS,
            help="default by what the file is; of a new one by its name: .het, .tap, else aws",
        )
        sub.add_argument("--block-length", type=int, metavar="N", help="of flat tapes and raw blocks, default 4096")
        sub.set_defaults(tape_work=work)
        return sub

    for name, work, text in (
        ("create", _create, "make a tape of host files, CMS disks or volumes"),
        ("append", _append, "write further tape files behind the last one"),
    ):
        sub = command(name, work, text, KINDS)
        sub.add_argument("sources", nargs="+", metavar="SOURCE")
        sub.add_argument("--kind", choices=writing.FORMS, default="dump", help="what is written")
        sub.add_argument("--compress", choices=("none", "zlib", "bzip2"), help="compress blocks")
        sub.add_argument("--binary", action="store_true", help="do not translate host files")
        sub.add_argument("--recfm", choices=("F", "V"), help="record format of CMS files")
        sub.add_argument("--lrecl", type=int, metavar="N", help="record length (V: the most)")
        sub.add_argument("--as", dest="name", default="", metavar="'FN FT [FM]'", help="another name, for one file")
        sub.add_argument(
            "--cylinders",
            type=_extent,
            action="append",
            default=[],
            metavar="FIRST-LAST",
            help="ddr: not the whole disk",
        )
        sub.add_argument("--dataset", default="", metavar="NAME", help="write standard labels around the tape file")
        sub.add_argument("--dry-run", action="store_true", help="tell what would be written")
        if name == "create":
            sub.add_argument("--volser", default="", metavar="V", help="begin with a volume label")
            sub.add_argument("--owner", default="", metavar="O", help="owner in the volume label")
            sub.add_argument("--ascii", action="store_true", help="labels in ASCII")
            sub.add_argument("--force", action="store_true", help="replace an existing file")

    sub = command("ls", _ls, "tell what each tape file is, and list CMS files and volumes")
    sub.add_argument("--json", action="store_true")

    sub = command("scan", _scan, "list block lengths and tape marks, and check the file; exit code 1 if it is damaged")
    sub.add_argument("--json", action="store_true")

    sub = command("dump", _dump, "show blocks in hexadecimal")
    sub.add_argument("--file", type=int, metavar="N", help="tape file, from 1; default all")
    sub.add_argument("--block", type=int, metavar="N", help="block of the tape file, from 1; default all")
    sub.add_argument("--ascii", action="store_true", help="show ASCII characters, not EBCDIC")

    sub = command("extract", _extract, "copy CMS files, volumes and other tape files into a host folder")
    sub.add_argument("words", nargs="+", metavar="[FN FT]... DIR", help="`*` stands for any characters of a name")
    sub.add_argument("--file", type=int, metavar="N", help="one tape file, from 1")
    sub.add_argument("--binary", action="store_true", help="do not translate, records end to end")
    sub.add_argument("--raw", action="store_true", help="every tape file as its blocks, end to end")
    sub.add_argument("--folders", action="store_true", help="a folder for each tape file")
    sub.add_argument("--into", metavar="IMAGE", help="restore a volume into this disk image")
    sub.add_argument("--next", action="append", default=[], metavar="TAPE", help="where a dump goes on")
    sub.add_argument("--force", action="store_true", help="replace existing files")
    sub.add_argument("--dry-run", action="store_true", help="tell what would be written")

    sub = command("convert", _convert, "copy a tape into another format")
    sub.add_argument("target", metavar="TARGET")
    sub.add_argument("--to", choices=FORMATS, help="default by TARGET's name")
    sub.add_argument("--compress", choices=("none", "zlib", "bzip2"), help="compress blocks")
    sub.add_argument("--force", action="store_true", help="replace an existing file")
    sub.add_argument("--dry-run", action="store_true", help="read everything, write nothing")

    sub = command("label", _label, "make an empty tape with a volume label; what was on it is gone")
    sub.add_argument("--volser", required=True, metavar="V", help="1 to 6 characters")
    sub.add_argument("--owner", default="", metavar="O", help="up to 10 characters (ASCII: 14)")
    sub.add_argument("--ascii", action="store_true", help="in ASCII, as ANSI has it")
    sub.add_argument("--force", action="store_true", help="even if something is on the tape")
    sub.add_argument("--dry-run", action="store_true", help="tell what would be done")


def main(args: argparse.Namespace) -> int:
    """Do what `configure` understood."""
    work: Work = args.tape_work
    try:
        if args.block_length is not None and args.block_length < 1:
            raise UsageError(f"--block-length {args.block_length}: expected at least 1")
        return work(args)
    except UsageError as error:
        print(f"vm370 tape {args.tape_command}: {error}", file=sys.stderr)
        return 2
    except ImageError as error:
        print(f"vm370 tape: {error}", file=sys.stderr)
        return 1


def _extent(words: str) -> tuple[int, int]:
    first, dash, last = words.partition("-")
    if not (first.isdecimal() and (last.isdecimal() or not dash)):
        raise argparse.ArgumentTypeError(f"{words!r}: expected FIRST-LAST")
    return int(first), int(last or first)


def _form(args: argparse.Namespace) -> TapeForm:
    return TapeForm(args.format, getattr(args, "compress", None), args.block_length)


def _job(args: argparse.Namespace) -> writing.Job:
    if args.lrecl is not None and args.lrecl < 1:
        raise UsageError(f"--lrecl {args.lrecl}: expected at least 1")
    if args.cylinders and args.kind != "ddr":
        raise UsageError(f"--cylinders is for --kind ddr, found --kind {args.kind}")
    files = Form(args.binary, args.recfm, args.lrecl)
    length = args.block_length or 4096
    return writing.Job(tuple(args.sources), args.kind, files, args.name, length, tuple(args.cylinders), args.dataset)


def _create(args: argparse.Namespace) -> int:
    job = _job(args)
    if args.dataset and not args.volser:
        raise UsageError("--dataset needs a volume label: --volser")
    with _scratch(args) as place, new_tape(place, _form(args), args.force or place != Path(args.tape)) as tape:
        if args.volser:
            labels.initialize(tape, args.volser, args.owner, args.ascii)
        lines = writing.write(tape, job, Bar(f"create {args.tape}"))
    _told_lines(args, lines)
    return 0


@contextlib.contextmanager
def _scratch(args: argparse.Namespace) -> Iterator[Path]:
    """The tape's place; in a dry run one that is forgotten."""
    if not args.dry_run:
        yield Path(args.tape)
        return
    if Path(args.tape).exists() and not args.force:
        raise ImageError(f"{args.tape}: exists already (--force replaces it)")
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder) / Path(args.tape).name


def _told_lines(args: argparse.Namespace, lines: list[str]) -> None:
    for line in lines:
        told(args, line)


def _append(args: argparse.Namespace) -> int:
    job = _job(args)
    with appending(args.tape, _form(args), args.dry_run) as tape:
        lines = writing.write(tape, job, Bar(f"append {args.tape}"))
    _told_lines(args, lines)
    return 0


def _ls(args: argparse.Namespace) -> int:
    damaged = False
    shown = []
    with reading(args.tape, _form(args)) as tape:
        for file in contents.survey(tape, showing.progress(tape)):
            damaged |= bool(file.problem)
            if args.json:
                shown.append(showing.described(file))
            else:
                print("\n".join(showing.lines(file)))
    if args.json:
        show_json(shown)
    return 1 if damaged else 0


def _scan(args: argparse.Namespace) -> int:
    with reading(args.tape, _form(args)) as tape:
        damages = tape.check(Bar(f"scan {args.tape}")) if isinstance(tape, ItemTape) else []
        files: list[contents.TapeFile] = []
        file = contents.TapeFile(1, 0)
        with contextlib.suppress(ImageError):  # `damages` tells where and why
            while True:
                data = tape.read()
                if data is not None:
                    file.count(contents.Block(tape.name, 0, data))
                    continue
                file.marked = True
                files.append(file)
                file = contents.TapeFile(file.number + 1, tape.position)
        if file.blocks:
            files.append(file)
    if args.json:
        listed = [{"file": f.number, "block_lengths": f.runs, "tape_mark": f.marked} for f in files]
        found = [{"offset": damage.offset, "text": damage.text} for damage in damages]
        show_json({"files": listed, "damage": found})
    else:
        for file in files:
            print(f"file {file.number}: {showing.runs(file) or 'no blocks'}{', mark' if file.marked else ''}")
        for damage in damages:
            print(f"{args.tape}: offset {damage.offset} (X'{damage.offset:X}'): {damage.text}")
        print(f"{args.tape}: {len(damages)} findings" if damages else f"{args.tape}: no findings")
    return 1 if damages else 0


def _dump(args: argparse.Namespace) -> int:
    shown = 0
    number, block = 1, 0
    with reading(args.tape, _form(args)) as tape:
        for data in tape.items():
            if data is None:
                if args.file in (None, number) and args.block is None:
                    print(f"file {number}: tape mark")
                number, block = number + 1, 0
                continue
            block += 1
            if args.file in (None, number) and args.block in (None, block):
                shown += 1
                print(f"file {number} block {block}: {len(data)} bytes")
                print("\n".join(showing.hexadecimal(data, args.ascii)))
    if not shown and (args.file or args.block):
        raise ImageError(f"{args.tape}: no such block: the tape has {number - bool(not block)} files")
    return 0


def _extract(args: argparse.Namespace) -> int:
    *names, folder = args.words
    if args.raw and names:
        raise UsageError("--raw takes a folder only")
    wish = extracting.Wish(
        Path(folder),
        pairs(names) if names else None,
        args.file,
        args.binary,
        args.raw,
        args.folders,
        args.force,
        args.dry_run,
        args.into,
    )
    with contextlib.ExitStack() as stack:
        tape = stack.enter_context(reading(args.tape, _form(args)))
        following = [stack.enter_context(reading(other, _form(args))) for other in args.next]
        _told_lines(args, extracting.extract(tape, wish, following))
    return 0


def _convert(args: argparse.Namespace) -> int:
    target = TapeForm(args.to, args.compress, args.block_length)
    blocks = marks = 0
    with contextlib.ExitStack() as stack:
        tape = stack.enter_context(reading(args.tape, _form(args)))
        new = None if args.dry_run else stack.enter_context(new_tape(args.target, target, args.force))
        step = showing.progress(tape)
        for data in tape.items():
            step(tape.position)
            blocks, marks = (blocks, marks + 1) if data is None else (blocks + 1, marks)
            if new and data is None:
                new.write_mark()
            elif new and data is not None:
                new.write(data)
    told(args, f"{args.target}: {blocks} blocks, {marks} tape marks")
    return 0


def _label(args: argparse.Namespace) -> int:
    place = Path(args.tape)
    if place.exists() and not args.force and not _is_empty(args):
        raise ImageError(f"{place}: something is on the tape (--force writes over it)")
    labels.volume_label(args.volser, args.owner, args.ascii)
    if not args.dry_run:
        with new_tape(place, _form(args), overwrite=True) as tape:
            labels.initialize(tape, args.volser, args.owner, args.ascii)
    told(args, f"{place}: volume {args.volser.upper()}")
    return 0


def _is_empty(args: argparse.Namespace) -> bool:
    tape = open_tape(args.tape, _form(args))
    try:
        return not tape.skip()
    except EndOfTape:
        return True
    finally:
        tape.close()
