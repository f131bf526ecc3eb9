"""``vm370 attach``: a further terminal of the running system; standard input may be a script."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable

from vm370.cp.console.terminal import shown_text
from vm370.tools.attach.client import AttachError, Client
from vm370.tools.home import home_path


def configure(parser: argparse.ArgumentParser) -> None:
    """Options."""
    parser.add_argument("--home", metavar="DIR", help="the system's folder (default: VM370_HOME, or the data folder)")
    parser.add_argument("--user", metavar="ID", help="log this user on, or reconnect him, without a password")


def main(args: argparse.Namespace) -> int:
    """Exit code 0; 1 when there is no system, or it refused."""
    try:
        with Client(home_path(args.home)) as client:
            client.send(do="terminal", user=args.user)
            if at_a_terminal():
                from vm370.tools.attach.dialogue import converse

                return converse(client)
            return type_script(client, sys.stdin)
    except AttachError as error:
        print(f"vm370 attach: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def at_a_terminal() -> bool:
    """A person sits in front of a screen."""
    return sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def type_script(client: Client, lines: Iterable[str]) -> int:
    """Type each line when the terminal waits for it; at the end go away."""
    following = iter(lines)
    entered = 0
    for message in client:
        match message:
            case {"line": str(text)}:
                print(shown_text(text), flush=True)
            case {"error": str(text)}:
                raise AttachError(text)
            case {"state": {"waits": True, "entered": int(taken)}} if taken == entered:
                line = next(following, None)
                if line is None:
                    return 0
                client.send(do="enter", line=line.rstrip("\r\n"))
                entered += 1
    return 0
