"""`vm370 disk snapshot revert commit diff`: states of a disk."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from vm370.tools.disk import states
from vm370.tools.disk.arguments import Commands, place, show_json, told
from vm370.tools.disk.progress import Bar

SHOWN = 20
"""Tracks or blocks that are listed without --all."""


def add(commands: Commands) -> None:
    """The subcommands of this module."""
    notes = "The first snapshot makes an overlay IMAGE.cow beside the image, which takes all changes from then on."
    sub = commands.add("snapshot", _snapshot, "name the state of a disk, or list the named ones", notes, places=False)
    sub.add_argument("name", nargs="?", metavar="NAME", help="default: list the snapshots")
    sub.add_argument("--json", action="store_true")

    text = "forget what was written since a snapshot, or since the overlay was made"
    sub = commands.add("revert", _revert, text, places=False, dry_run=True)
    sub.add_argument("name", nargs="?", metavar="NAME", help="default: the image without any change")

    text = "write the changes of the overlay into the image"
    commands.add("commit", _commit, text, places=False, dry_run=True)

    text = "tell in what a disk differs from its image, from a snapshot, or from another image"
    notes = "Exit code 0: no difference; 1: there are some, or it failed.  With --mdisk or --extent only a minidisk."
    sub = commands.add("diff", _diff, text, notes)
    sub.add_argument("other", nargs="?", metavar="NAME|IMAGE", help="default: the image under the overlay")
    sub.add_argument("--all", action="store_true", help=f"list all tracks or blocks, not only the first {SHOWN}")
    sub.add_argument("--json", action="store_true")


def _snapshot(args: argparse.Namespace) -> int:
    if args.name is not None:
        path = states.snapshot(args.image, args.name)
        if args.json:
            show_json({"overlay": str(path), "snapshot": args.name})
        return 0
    known = states.snapshots(args.image)
    if args.json:
        show_json([asdict(snapshot) for snapshot in known])
        return 0
    for snapshot in known:
        print(f"{snapshot.made}  {snapshot.units:6}  {snapshot.name}")
    return 0


def _revert(args: argparse.Namespace) -> int:
    count = states.revert(args.image, args.name, args.dry_run)
    told(args, f"{args.image}: {count} tracks or blocks {'would be' if args.dry_run else 'are'} what they were")
    return 0


def _commit(args: argparse.Namespace) -> int:
    count = states.commit(args.image, Bar(f"commit {args.image}"), args.dry_run)
    told(args, f"{args.image}: {count} tracks or blocks {'would be written' if args.dry_run else 'written'}")
    return 0


def _diff(args: argparse.Namespace) -> int:
    image, extent = place(args)
    found = states.difference(image, args.other, extent)
    if args.json:
        show_json(asdict(found))
        return 1 if found.units else 0
    for sign, names in (("+", found.added), ("~", found.changed), ("-", found.removed)):
        for name in names:
            print(f"{sign} {name}")
    for unit in found.units if args.all else found.units[:SHOWN]:
        print(f"{found.unit} {unit}")
    more = 0 if args.all else max(0, len(found.units) - SHOWN)
    if more:
        print(f"... and {more} more {found.unit}s")
    return 1 if found.units else 0
