"""The doors of ``vm370 run``: its options, what may be opened to whom, and opening them.

    --tn3270 [HOST:]PORT    3270 and telnet clients; the loopback interface unless HOST says otherwise
    --tls CERT KEY          the same with TLS
    --insecure              passwords may cross a network without TLS
    --server                no console: run until SHUTDOWN or a signal

Every running system also has a Unix socket in its home, for ``vm370 attach`` and ``vm370 cmd``.
"""

from __future__ import annotations

import argparse
import ipaddress
import socket
import ssl
from dataclasses import dataclass
from pathlib import Path

from vm370.cp.console.doors import Doors
from vm370.cp.console.tn3270.station import Station
from vm370.cp.system import System
from vm370.tools.attach.messages import SOCKET
from vm370.tools.attach.server import LocalCaller

LOOPBACK = "127.0.0.1"
HIGHEST_PORT = 65_535


class DoorError(Exception):
    """A door cannot be opened; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class DoorPlan:
    """What has to be opened."""

    host: str = LOOPBACK
    port: int | None = None
    """None: no door for 3270 clients."""
    certificate: Path | None = None
    key: Path | None = None


def add_door_options(parser: argparse.ArgumentParser) -> None:
    """Options of ``vm370 run``."""
    parser.add_argument(
        "--tn3270",
        metavar="[HOST:]PORT",
        help="let 3270 and telnet clients in at this port (0: any); the loopback interface unless HOST is given",
    )
    parser.add_argument("--tls", metavar=("CERT", "KEY"), nargs=2, type=Path, help="TLS for --tn3270 (PEM files)")
    parser.add_argument(
        "--insecure", action="store_true", help="let --tn3270 wait at a network address without TLS (docs/doors.md)"
    )
    parser.add_argument(
        "--server", action="store_true", help="no console here: run until SHUTDOWN or a signal (docs/doors.md)"
    )


def door_plan(args: argparse.Namespace) -> DoorPlan:
    """What the options say.  DoorError."""
    if args.tn3270 is None:
        if args.tls:
            raise DoorError("--tls goes with --tn3270")
        return DoorPlan()
    host, port = _address(args.tn3270)
    if not _is_loopback(host) and not args.tls and not args.insecure:
        raise DoorError(
            f"--tn3270 {args.tn3270}: passwords would cross the network as they are: "
            "use --tls CERT KEY, or --insecure if that is what you want"
        )
    certificate, key = args.tls or (None, None)
    return DoorPlan(host, port, certificate, key)


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]") or LOOPBACK
    if not port.isdecimal() or int(port) > HIGHEST_PORT:
        raise DoorError(f"--tn3270 {text}: expected PORT or HOST:PORT, the port a number up to {HIGHEST_PORT}")
    return host, int(port)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def open_doors(system: System, plan: DoorPlan) -> list[str]:
    """Open them; what the system's owner should know.  DoorError."""
    doors = system.doors = Doors(system)
    notices = []
    try:
        doors.listen_local(system.home / SOCKET, lambda peer, touched: LocalCaller(system, peer, touched))
    except OSError as error:
        raise DoorError(f"{system.home / SOCKET}: {error.strerror or error}") from error
    if plan.port is not None:
        context = None if plan.certificate is None or plan.key is None else tls_context(plan.certificate, plan.key)
        try:
            host = _numeric(plan.host)
            port = doors.listen(host, plan.port, lambda peer, touched: Station(system, peer, touched), context)
        except OSError as error:
            raise DoorError(f"--tn3270 {plan.host}:{plan.port}: {error.strerror or error}") from error
        shown = f"[{host}]" if ":" in host else host
        notices.append(f"TN3270 clients at {shown}:{port}{' (TLS)' if context else ''}")
    return notices


def _numeric(host: str) -> str:
    """The address that a host's name stands for.  OSError."""
    return str(socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)[0][4][0])


def tls_context(certificate: Path, key: Path) -> ssl.SSLContext:
    """The server's side of TLS.  DoorError."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(certificate, key)
    except ssl.SSLError as error:
        raise DoorError(f"--tls {certificate} {key}: {error.reason or error}: expected two PEM files") from error
    except OSError as error:
        raise DoorError(f"--tls {certificate} {key}: {error.strerror}") from error
    return context
