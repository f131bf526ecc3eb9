"""``vm370 run``: start the system and its console, or type a script's lines to it."""

from __future__ import annotations

import argparse
import io
import logging
import os
import sys
import time
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path

from vm370.cp import messages
from vm370.cp.commands.context import CommandError
from vm370.cp.commands.logon import logon_without_password, start_disconnected, start_first_machine
from vm370.cp.console.desk import Desk
from vm370.cp.console.driver import ScriptDriver
from vm370.cp.console.terminal import Line, Origin, shown_text
from vm370.cp.directory import DirectoryError, default_passwords
from vm370.cp.directory.checks import findings
from vm370.cp.system import StartError, System
from vm370.tools.disk.progress import Bar
from vm370.tools.doors import DoorError, add_door_options, door_plan, open_doors
from vm370.tools.home import HomeError, home_path, is_complete, make_home
from vm370.tools.machine_home import machine_home

LOG = "log"
"""File in the home for what CP tells its owner: faults, with the guest's state."""
MOST_WORKERS = 1024


def configure(parser: argparse.ArgumentParser) -> None:
    """Options."""
    parser.add_argument("--home", metavar="DIR", help="the system's folder (default: VM370_HOME, or the data folder)")
    parser.add_argument(
        "--workers",
        metavar="N",
        type=_workers,
        default=os.cpu_count() or 1,
        help="guests that run at once (default: one for each core); "
        "0: guests take turns in slices of fixed length, so that a script with several guests repeats",
    )
    parser.add_argument("--user", metavar="ID", help="log this user on at once")
    parser.add_argument(
        "--machine",
        metavar="FILE",
        type=Path,
        help="run the one machine that FILE describes, in a home that is thrown away (docs/directory.md)",
    )
    add_door_options(parser)


def main(args: argparse.Namespace) -> int:
    """Exit code 0; 1 if CP failed, or a console script of the directory did not come to its end."""
    if args.machine is None:
        return _run(args, home_path(args.home))
    if args.home or args.user:
        print("vm370 run: --machine FILE goes without --home and --user", file=sys.stderr)
        return 2
    try:
        with machine_home(args.machine) as made:
            args.user = made.entry.userid
            return _run(args, made.home, made.files)
    except (DirectoryError, OSError) as error:
        print(f"vm370: {error}", file=sys.stderr)
        return 1


def _run(args: argparse.Namespace, home: Path, files: Path | None = None) -> int:
    """Run the system in a home; host files of the directory are relative to ``files``."""
    serving = args.server or (args.tn3270 is not None and not _at_a_terminal())
    interactive = _at_a_terminal() and not serving
    try:
        plan = door_plan(args)
    except DoorError as error:
        print(f"vm370 run: {error}", file=sys.stderr)
        return 2
    try:
        if not is_complete(home):
            report(f"building a new home in {home}")
            bar = Bar("vm370: system and user disks")
            make_home(home, lambda text, done, steps: bar(done, steps))
        logging.basicConfig(filename=home / LOG, level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
        system = System(home, workers=args.workers)
        system.files = files or home
    except (DirectoryError, HomeError, StartError, OSError) as error:
        print(f"vm370: {error}", file=sys.stderr)
        return 1
    notices = start_notices(system) if files is None else []
    if interactive or serving:
        try:
            notices += open_doors(system, plan)
        except DoorError as error:
            print(f"vm370: {error}", file=sys.stderr)
            system.shutdown()
            return 1
    start_first_machine(system)
    if serving:
        for notice in notices:
            report(notice)
        return _serve(system, args.user)
    if interactive:
        from vm370.cp.console.app import run_console

        run_console(system, args.user, notices)
    else:
        for notice in notices:
            report(notice)
        try:
            complete = run_script(system, args.user)
        except CommandError as error:
            print(f"vm370: {error}", file=sys.stderr)
            system.shutdown()
            return 1
        if not complete:
            return 1
    return 1 if system.failed or system.scripts_given_up else 0


def _serve(system: System, userid: str | None) -> int:
    """Until SHUTDOWN or a signal; ``userid`` runs without a terminal."""
    from vm370.cp.console.serving import serve

    if userid:
        try:
            log_on_disconnected(system, userid)
        except CommandError as error:
            print(f"vm370: {error}", file=sys.stderr)
            system.shutdown()
            return 1
    serve(system)
    return 1 if system.failed else 0


def log_on_disconnected(system: System, userid: str) -> None:
    """Make a user's machine and load what his directory entry says.  CommandError."""
    entry = system.directory.find(userid)
    if entry is None:
        raise CommandError(messages.NOT_IN_DIRECTORY.by("LOG").fill(userid=userid.upper()))
    start_disconnected(system, entry)


def _workers(text: str) -> int:
    number = int(text)
    if not 0 <= number <= MOST_WORKERS:
        raise ValueError
    return number


def _at_a_terminal() -> bool:
    """Whether a person sits in front of a screen; otherwise standard input is a script."""
    if sys.stdin is None or sys.stdout is None or os.environ.get("TERM") == "dumb":
        return False
    return sys.stdin.isatty() and sys.stdout.isatty()


def start_notices(system: System) -> list[str]:
    """What the system's owner has to know at each start."""
    mdisks = [mdisk for entry in system.directory.users.values() for mdisk in entry.mdisks]
    notices = [f"warning: {finding}" for finding in system.volumes.findings(mdisks)]
    notices += [f"warning: directory, {finding}" for finding in findings(system.directory.users)]
    if find_spec("llvmlite") is None:
        notices.append(
            "warning: llvmlite is not installed: guests run in the reference engine, some hundred times slower"
        )
    users = default_passwords(system.directory)
    if users:
        notices.append(f"warning: the password is the user ID for {' '.join(users)}")
        notices.append("change passwords with: vm370 passwd USERID")
    return notices


def run_script(system: System, userid: str | None) -> bool:
    """Type the lines of standard input, one by one, each when the system waits for input; then shut down in order.

    False: nobody reads standard output any more, or the user interrupted the script.
    """
    for stream in (sys.stdin, sys.stdout):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # bytes that are no text, characters that the host cannot show
    desk = Desk(system)
    output = Output()
    desk.watch(output.show)
    try:
        if userid:
            logon_without_password(system, desk.selected, userid)
        driver = ScriptDriver(system, desk, wait_until)
        driver.type(line.rstrip("\r\n") for line in output.while_open(sys.stdin or ()))
        for typist in system.typists.values():
            report(f"the script has not ended: {typist.waits_for}")
            system.scripts_given_up += 1
        for session in desk.sessions:
            if session is not desk.selected and desk.unseen(session):
                output.show(Line(f"%SWITCH {session.userid or desk.sessions.index(session) + 1}", Origin.TYPED))
                desk.select(session)
            if session.terminal.open_line:
                output.show(Line(session.terminal.open_line, Origin.GUEST))
    except KeyboardInterrupt:
        report("interrupted")
        output.broken = True
    finally:
        if not system.shutting_down:
            system.shutdown()
    return not output.broken


class Output:
    """Standard output of a script; when nobody reads it any more the script ends."""

    def __init__(self) -> None:
        self.broken = False

    def show(self, line: Line) -> None:
        """One line of the selected terminal."""
        if self.broken:
            return
        try:
            print(shown_text(line.text), flush=True)
        except BrokenPipeError:
            self.broken = True
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is still buffered goes nowhere

    def while_open(self, lines: Iterable[str]) -> Iterator[str]:
        """The lines, as long as somebody reads what they do."""
        for line in lines:
            if self.broken:
                return
            yield line


def report(text: str) -> None:
    """A line about the start of the system."""
    print(f"vm370: {text}", file=sys.stderr, flush=True)


def wait_until(at: float) -> None:
    """Every guest is idle until the host's clock says ``at``."""
    time.sleep(max(0.0, at - time.monotonic()))


def home_of(args: argparse.Namespace) -> Path:
    """The home that ``--home`` names."""
    return home_path(args.home)
