"""`vm370 disk create format info check convert ipl`: whole disks."""

from __future__ import annotations

import argparse

from vm370.images.blocks import BLOCK_SIZES
from vm370.images.converting import FORMATS, convert
from vm370.images.edf import Finding
from vm370.images.filesystem import KINDS
from vm370.images.geometry import CKD_DEVICES
from vm370.tools.disk import api
from vm370.tools.disk.arguments import TYPES, Commands, UsageError, place, read_host_file, show_json, told
from vm370.tools.disk.progress import Bar


def add(commands: Commands) -> None:
    """The subcommands of this module."""
    sub = commands.add("create", _create, "make an image", f"Device types: {TYPES}.", places=False, dry_run=True)
    sub.add_argument("--type", required=True, metavar="DEVICE", help="3350, 3330, 3370, ...")
    sub.add_argument("--cylinders", type=int, metavar="N", help="CKD: default all of the device")
    sub.add_argument("--sectors", type=int, metavar="N", help="FBA: 512-byte sectors, default all of the device")
    sub.add_argument("--format", choices=("ckd", "fba"), help="refuse a device type of the other kind")
    sub.add_argument("--volser", default="", metavar="V", help="write a volume label (1 to 6 letters and digits)")
    sub.add_argument("--force", action="store_true", help="replace an existing file")

    text = "make an empty CMS disk of an image or extent; what was on it is gone"
    sub = commands.add("format", _format, text, dry_run=True)
    sub.add_argument("--label", required=True, metavar="L", help="1 to 6 characters")
    sub.add_argument("--blocksize", type=int, choices=BLOCK_SIZES, help="of kind edf, default 4096")
    sub.add_argument("--kind", choices=KINDS, default="edf", help="cdf: 800-byte blocks, VM/370; cp67: CP-67, 2314")

    sub = commands.add("info", _info, "tell what an image is")
    sub.add_argument("--json", action="store_true")

    text = "check the file system of a CMS disk; exit code 1 if something is wrong"
    notes = "With --repair exit code 1 means that something is wrong still."
    sub = commands.add("check", _check, text, notes, dry_run=True)
    sub.add_argument("--repair", action="store_true", help="rebuild map and counts, drop what cannot be read")
    sub.add_argument("--json", action="store_true")

    text = "copy an image into another format"
    sub = commands.add("convert", _convert, text, f"Formats: {' '.join(FORMATS)}.", dry_run=True)
    sub.add_argument("target", metavar="TARGET")
    sub.add_argument("--to", choices=tuple(FORMATS), help="default: ckd or fba, or what the target's name ends in")
    sub.add_argument("--compression", choices=("none", "zlib", "bzip2"), default="zlib", help="of cckd, cckd64, cfba")
    sub.add_argument("--level", type=int, choices=range(-1, 10), default=-1, metavar="N", help="of the compression")
    sub.add_argument("--cylinders-per-file", type=int, metavar="N", help="of split; default: files of up to 2 GB")
    sub.add_argument("--force", action="store_true", help="replace an existing file")
    sub.add_argument("--json", action="store_true", help="tell the files that were made")

    sub = commands.add("ipl", _ipl, "store boot text on a CMS disk")
    sub.add_argument("--boot", required=True, metavar="FILE", help="PSW, two CCWs, and what they read (blocks 1 and 2)")


def _create(args: argparse.Namespace) -> int:
    name = api.device(args.type).name
    kind = "ckd" if name in CKD_DEVICES else "fba"
    if args.format not in (None, kind):
        raise UsageError(f"device type {args.type} is {kind}, found --format {args.format}")
    if (args.sectors if kind == "ckd" else args.cylinders) is not None:
        raise UsageError(f"device type {args.type} is measured by {'--cylinders' if kind == 'ckd' else '--sectors'}")
    size = args.cylinders if kind == "ckd" else args.sectors
    if args.dry_run:
        told(args, f"{args.image} would be a {name} of {size or 'all'} {'cylinders' if kind == 'ckd' else 'sectors'}")
        return 0
    bar = Bar(f"create {args.image}")
    api.create_disk(args.image, args.type, size, volser=args.volser, overwrite=args.force, progress=bar)
    return 0


def _format(args: argparse.Namespace) -> int:
    if args.blocksize is not None and args.kind != "edf":
        raise UsageError(f"--blocksize is for --kind edf, found --kind {args.kind}")
    image, extent = place(args)
    api.format_disk(
        image,
        args.label,
        args.blocksize or 4096,
        kind=args.kind,
        extent=extent,
        progress=Bar(f"format {args.image}"),
        dry_run=args.dry_run,
    )
    return 0


def _info(args: argparse.Namespace) -> int:
    image, extent = place(args)
    info = api.disk_info(image, extent)
    if args.json:
        show_json(info)
        return 0
    _show(info, "")
    return 0


def _show(info: dict[str, object], margin: str) -> None:
    for key, value in info.items():
        if isinstance(value, dict):
            print(f"{margin}{key.replace('_', ' ')}")
            _show(value, margin + "  ")
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            print(f"{margin}{key.replace('_', ' ')}")
            for item in value:
                print(f"{margin}  " + "  ".join(f"{name} {inner}" for name, inner in item.items()))
        else:
            print(f"{margin}{key.replace('_', ' '):{14 - len(margin)}}{value}")


def _finding(finding: Finding) -> dict[str, object]:
    return {
        "kind": finding.kind,
        "file": finding.file or None,
        "block": finding.block or None,
        "text": finding.text,
    }


def _check(args: argparse.Namespace) -> int:
    if args.dry_run and not args.repair:
        raise UsageError("--dry-run goes with --repair; check alone changes nothing")
    image, extent = place(args)
    if args.repair:
        return _repair(args)
    findings = api.check_disk(image, extent=extent, progress=Bar(f"check {args.image}"))
    if args.json:
        show_json([_finding(finding) for finding in findings])
    else:
        for finding in findings:
            print(finding)
        print(f"{args.image}: {len(findings)} findings" if findings else f"{args.image}: no findings")
    return 1 if findings else 0


def _repair(args: argparse.Namespace) -> int:
    image, extent = place(args)
    report = api.repair_disk(image, extent=extent, dry_run=args.dry_run)
    if args.json:
        actions = [{"kind": a.kind, "file": a.file or None, "text": a.text} for a in report.actions]
        found, left = ([_finding(f) for f in some] for some in (report.findings, report.left))
        show_json({"findings": found, "actions": actions, "left": left, "dry_run": args.dry_run})
        return 1 if report.left else 0
    for finding in report.findings:
        print(finding)
    for action in report.actions:
        print(f"{'would be ' if args.dry_run else ''}{action}")
    rest = f"{len(report.left)} findings left" if report.left else "no findings left"
    print(f"{args.image}: {rest if report.findings else 'no findings'}")
    return 1 if report.left else 0


def _convert(args: argparse.Namespace) -> int:
    image, extent = place(args)
    with api.open_store(image, extent, read_only=True) as store:
        ending = args.target.rpartition(".")[2].lower()
        form = args.to or (ending if ending in FORMATS else "ckd" if hasattr(store, "heads") else "fba")
        if args.dry_run:
            told(args, f"{args.target} would be written in format {form}")
            return 0
        made = convert(
            store,
            args.target,
            form,
            compression=args.compression,
            level=args.level,
            cylinders_per_file=args.cylinders_per_file,
            overwrite=args.force,
            progress=Bar(f"convert {args.image}"),
        )
    if args.json:
        show_json([str(path) for path in made])
    return 0


def _ipl(args: argparse.Namespace) -> int:
    boot = read_host_file(args.boot)
    image, extent = place(args)
    api.write_boot(image, boot, extent=extent)
    return 0
