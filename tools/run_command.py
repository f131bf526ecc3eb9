"""``vm370 run``: start the system and its console, or type a script's lines to it."""

from __future__ import annotations

import argparse
import logging
import sys
import time
from pathlib import Path

from vm370.cp.commands.context import CommandError
from vm370.cp.commands.session_commands import logon_without_password
from vm370.cp.console.desk import Desk
from vm370.cp.console.driver import ScriptDriver
from vm370.cp.console.terminal import Line
from vm370.cp.directory import DirectoryError, default_passwords
from vm370.cp.system import StartError, System
from vm370.tools.disk.progress import Bar
from vm370.tools.home import HomeError, home_path, is_complete, make_home

LOG = "log"
"""File in the home for what CP tells its owner: faults, with the guest's state."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Options."""
    parser.add_argument("--home", metavar="DIR", help="the system's folder (default: VM370_HOME, or the data folder)")
    parser.add_argument("--user", metavar="ID", help="log this user on at once")


def main(args: argparse.Namespace) -> int:
    """Exit code 0, or 1 if CP failed."""
    interactive = sys.stdin.isatty()
    home = home_path(args.home)
    try:
        if not is_complete(home):
            report(f"building a new home in {home}")
            bar = Bar("vm370: system and user disks")
            make_home(home, lambda text, done, steps: bar(done, steps))
        logging.basicConfig(filename=home / LOG, level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
        system = System(home)
    except (DirectoryError, HomeError, StartError, OSError) as error:
        print(f"vm370: {error}", file=sys.stderr)
        return 1
    for userid in default_passwords(system.directory):
        report(f"warning: the password of {userid} is the user ID; change it with: vm370 passwd {userid}")
    if interactive:
        from vm370.cp.console.app import run_console

        run_console(system, args.user)
    else:
        try:
            run_script(system, args.user)
        except CommandError as error:
            print(f"vm370: {error}", file=sys.stderr)
            system.shutdown()
            return 1
    return 1 if system.failed else 0


def run_script(system: System, userid: str | None) -> None:
    """Type the lines of standard input, one by one, each when the system waits for input."""
    desk = Desk(system)
    desk.watch(show)
    if userid:
        logon_without_password(system, desk.selected, userid)
    ScriptDriver(system, desk, wait_until).type(line.rstrip("\r\n") for line in sys.stdin)
    for session in desk.sessions:
        if desk.unseen(session):
            desk.select(session)
    system.shutdown()


def show(line: Line) -> None:
    """One line of the selected terminal."""
    print(line.text, flush=True)


def report(text: str) -> None:
    """A line about the start of the system."""
    print(f"vm370: {text}", file=sys.stderr, flush=True)


def wait_until(at: float) -> None:
    """Every guest is idle until the host's clock says ``at``."""
    time.sleep(max(0.0, at - time.monotonic()))


def home_of(args: argparse.Namespace) -> Path:
    """The home that ``--home`` names."""
    return home_path(args.home)
