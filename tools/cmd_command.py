"""``vm370 cmd USER LINE``: one command to a user of the running system, and its answer."""

from __future__ import annotations

import argparse
import json
import sys

from vm370.tools.attach.client import AttachError, Client
from vm370.tools.attach.messages import Message
from vm370.tools.home import home_path

FAILED = 255
"""Exit code when the command could not be done at all."""
NOT_ZERO = 254
"""Exit code for a return code other than 0 whose last eight bits are 0, and for a command that has not ended."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Options."""
    parser.add_argument("user", help="user ID")
    parser.add_argument("line", nargs="+", help="the command; #CP in front of it is --cp")
    parser.add_argument("--home", metavar="DIR", help="the system's folder (default: VM370_HOME, or the data folder)")
    parser.add_argument("--cp", action="store_true", help="a command to CP, not to the system that the user runs")
    parser.add_argument(
        "--ipl", metavar="SYSTEM", help="log the user on if he is not there, and load this system if he runs none"
    )
    parser.add_argument("--json", action="store_true", help="the answer as JSON")


def main(args: argparse.Namespace) -> int:
    """Exit code: the command's return code (its last eight bits); 255: it could not be done."""
    line = " ".join(args.line)
    to_cp = args.cp
    if line.upper().startswith("#CP "):
        line, to_cp = line[4:].strip(), True
    try:
        with Client(home_path(args.home)) as client:
            client.send(do="command", user=args.user, line=line, to="CP" if to_cp else "GUEST", ipl=args.ipl)
            answer: Message = next(iter(client), {"error": "the system has ended"})
    except AttachError as error:
        answer = {"error": str(error)}
    except KeyboardInterrupt:
        return 130
    if args.json:
        print(json.dumps(answer.get("result", answer), indent=2))
    elif "error" in answer:
        print(f"vm370 cmd: {answer['error']}", file=sys.stderr)
    else:
        for text in answer["result"]["lines"]:
            print(text)
    return exit_code(answer["result"]["rc"]) if "result" in answer else FAILED


def exit_code(rc: int | None) -> int:
    """A return code as the host's shells can see it.

    >>> [exit_code(rc) for rc in (0, 28, -3, 256, None)]
    [0, 28, 253, 254, 254]
    """
    if rc is None:
        return NOT_ZERO
    return rc & 0xFF or (NOT_ZERO if rc else 0)
