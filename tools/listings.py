"""The listings in docs/ come from the program: this module runs the real system and puts what it shows into the pages.

    python -m vm370.tools.listings          write them anew (``make docs``)
    python -m vm370.tools.listings --check  exit code 1 if a page does not show what the program shows

A page marks a listing with ``<!-- listing: name -->`` before and ``<!-- end of listing -->`` behind it.  Runs repeat to
the letter: the clock stands still, and the guests' clocks count instructions (SET TIMER VIRTUAL).
"""

from __future__ import annotations

import argparse
import contextlib
import io
import re
import sys
import tempfile
import textwrap
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from vm370.cp.commands.forms import Form
from vm370.cp.commands.query import QUERIES
from vm370.cp.commands.set_commands import SETTINGS
from vm370.cp.commands.table import COMMANDS
from vm370.cp.commands.terminal_options import TERMINAL_FORMS
from vm370.cp.commands.vmdump import DUMP_CLASS
from vm370.cp.console.desk import Desk
from vm370.cp.console.driver import ScriptDriver
from vm370.cp.spool import Spool
from vm370.cp.system import System
from vm370.images.cards import CARD_LENGTH, parse_deck
from vm370.tools import asm_command, cli
from vm370.tools.home import make_home
from vm370.tools.instruction_table import facility_listing, instruction_listing
from vm370.tools.sensitivity import sensitive_listing

ROOT = Path(asm_command.__file__).resolve().parent.parent
DOCS = ROOT / "docs"
EXAMPLES = DOCS / "examples"
MARKED = re.compile(r"(<!-- listing: (\S+) -->\n).*?(<!-- end of listing -->)", re.DOTALL)


class StandingClock:
    """A clock for repeatable runs: it is always noon, and time passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> datetime:
        """The day the pages tell of."""
        return datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)

    def monotonic(self) -> float:
        """Seconds."""
        return self.seconds

    def sleep_until(self, at: float) -> None:
        """Every guest is idle until then."""
        self.seconds = max(self.seconds, at)


def run(home: Path, script: str) -> list[str]:
    """What a terminal shows when the lines of ``script`` are typed."""
    shown: list[str] = []
    clock = StandingClock()
    system = System(home, clock)
    desk = Desk(system)
    desk.watch(lambda line: shown.append(line.text))
    ScriptDriver(system, desk, clock.sleep_until).type(script.splitlines())
    system.shutdown()
    return shown


def trap_story(home: Path, folder: Path) -> list[str]:
    """TRACE TRAPS over trapstory.asm, loaded from the card reader; the traps of the card loader are left out."""
    deck, cards = folder / "trapstory.text", folder / "trapstory.ipl"
    _vm370("asm", str(EXAMPLES / "trapstory.asm"), "-o", str(deck))
    _vm370("link", str(deck), "-o", str(cards), "--format", "ipl", "--origin", "1000")
    assert parse_deck(cards.read_bytes())
    _vm370("spool", "--home", str(home), "read", "CMSUSER", str(cards), "--binary")
    lines = run(home, (EXAMPLES / "trapstory.script").read_text())
    story = next(index for index, line in enumerate(lines) if "STIDP" in line)
    loader = next(index for index, line in enumerate(lines) if line.startswith("TRAP"))
    return lines[:loader] + lines[story:]


def transcript(home: Path, folder: Path) -> list[str]:
    """Three guests at work: docs/examples/transcript.script."""
    return run(home, (EXAMPLES / "transcript.script").read_text())


def debugging(home: Path, folder: Path) -> list[str]:
    """docs/examples/debugging.script: a mistake in debugging.asm, loaded from the card reader, is found."""
    deck, cards = folder / "debugging.text", folder / "debugging.ipl"
    _vm370("asm", str(EXAMPLES / "debugging.asm"), "-o", str(deck))
    _vm370("link", str(deck), "-o", str(cards), "--format", "ipl", "--origin", "1000")
    _vm370("spool", "--home", str(home), "read", "CMSUSER", str(cards), "--binary")
    return run(home, (EXAMPLES / "debugging.script").read_text())


def debugging_dump(home: Path, folder: Path) -> list[str]:
    """`vm370 dump` of what VMDUMP has made there."""
    debugging(home, folder)
    spool = Spool(home / "spool.db", StandingClock(), system=False)
    (file,) = (file for file in spool.files() if file.spool_class == DUMP_CLASS)
    data = b"".join(record.data.ljust(CARD_LENGTH, b"\x40") for record in spool.read(file))
    spool.close()
    dump = folder / "sums.dump"
    dump.write_bytes(data)
    shown = io.StringIO()
    with contextlib.redirect_stdout(shown):
        _vm370("dump", str(dump), "--range", "1050-1097")
    return ["vm370 dump sums.dump --range 1050-1097", *shown.getvalue().splitlines()]


def command_listing(home: Path, folder: Path) -> list[str]:
    """The tables of CP commands: shortest form in capitals, classes, what it does; below it the syntax."""
    return [
        *_forms(COMMANDS),
        "",
        "QUERY",
        *_forms(QUERIES),
        "",
        "SET",
        *_forms(SETTINGS),
        "",
        "TERMINAL",
        *_forms(TERMINAL_FORMS),
    ]


def _forms(forms: Iterable[Form]) -> Iterator[str]:
    for form in forms:
        if not form.hidden:
            yield f"{form.name:<10} {form.classes or 'any':<4} {form.summary}"
            yield from textwrap.wrap(form.syntax, 100, initial_indent=" " * 16, subsequent_indent=" " * 18)


#   listing        made by
LISTINGS: dict[str, Callable[[Path, Path], list[str]]] = {
    "trap-story": trap_story,
    "transcript": transcript,
    "debugging": debugging,
    "debugging-dump": debugging_dump,
    "instructions": instruction_listing,
    "facilities": facility_listing,
    "sensitive-instructions": sensitive_listing,
    "cp-commands": command_listing,
}


def _vm370(*arguments: str) -> None:
    if cli.main(arguments) != 0:
        raise SystemExit(f"vm370 {' '.join(arguments)}: failed")


def made() -> dict[str, str]:
    """Every listing, each in a fresh home."""
    answer = {}
    for name, make in LISTINGS.items():
        with tempfile.TemporaryDirectory(prefix="vm370-docs-") as folder:
            home = Path(folder) / "home"
            make_home(home, lambda text, done, steps: None)
            answer[name] = "\n".join(line.rstrip() for line in make(home, Path(folder)))
    return answer


def main(argv: list[str] | None = None) -> int:
    """Write the pages, or check them."""
    parser = argparse.ArgumentParser(prog="listings", description="Put the program's listings into the pages of docs/.")
    parser.add_argument("--check", action="store_true", help="change nothing; exit code 1 if a page is out of date")
    args = parser.parse_args(argv)
    listings, stale = made(), 0
    for page in sorted(DOCS.glob("*.md")):
        text = page.read_text()
        new = MARKED.sub(lambda match: f"{match[1]}```text\n{listings[match[2]]}\n```\n{match[3]}", text)
        if new != text:
            stale += 1
            print(f"{page.name}: {'out of date' if args.check else 'written'}", file=sys.stderr)
            if not args.check:
                page.write_text(new)
    return 1 if args.check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
