"""The doors of a running system: sockets, and nothing of what is spoken on them.

    listener ---accept---> Connection ---bytes---> Caller (a state machine at CP: a 3270 terminal, ``vm370 attach`` ...)
                               '--- plain, or TLS without a socket (ssl.MemoryBIO)

Sockets never block, and all of them are behind one file descriptor (epoll, kqueue).  The system serves them in
``System.step``, between two rounds, where CP's state belongs to one thread.  What comes while guests are inside engines
ends the round (cp/inputs.py watches the descriptor); an idle system waits for it.

Bounds: READ_BYTES of a connection in one turn; MOST_CALLERS; output is asked of a caller only when all before it has
gone to the host's kernel, and who has more than LONGEST_OUTPUT waiting is dropped (a caller holds its machine long
before that).  An end that is gone is noticed by TCP keep-alive; a TLS handshake ends after HANDSHAKE_SECONDS.
"""

from __future__ import annotations

import contextlib
import logging
import math
import os
import select
import selectors
import socket
import ssl
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from vm370.cp.system import System

log = logging.getLogger("vm370")

READ_BYTES = 4096
MOST_ACCEPTED = 16
"""Connections that one turn accepts."""
MOST_CALLERS = 1024
LONGEST_OUTPUT = 1 << 20
SEND_BUFFER = 1 << 16
"""Bytes that the host's kernel keeps for a slow reader."""
LOOK_SECONDS = 0.02
"""Seconds between two looks at callers that nothing has touched: a status that changed without a word."""
RECENT_SECONDS = 0.1
"""Seconds after a key in which its caller is looked at in each turn."""
HANDSHAKE_SECONDS = 10.0
KEEP_ALIVE = (60, 15, 4)
"""Seconds of silence, seconds between probes, probes."""
BACKLOG = 64
LONGEST_PATH = 100
"""Characters of a Unix socket's path (the host has room for 107 bytes)."""


class CallerError(Exception):
    """The caller's other side does not keep to its protocol; the connection ends."""


class Caller(Protocol):
    """What speaks through a connection.  Its functions are called between two rounds."""

    def begin(self) -> None:
        """The connection is there."""

    def receive(self, data: bytes) -> None:
        """Bytes came.  CallerError."""

    def output(self) -> bytes:
        """What has to be sent; asked only when everything before has been taken."""

    def waiting(self) -> int:
        """Bytes that ``output`` would give."""

    def look(self, now: float) -> None:
        """Time has passed, or something was written."""

    def hang_up(self, reason: str) -> None:
        """The connection is gone, or is given up."""

    @property
    def ended(self) -> bool:
        """The connection has to be closed when everything has been sent."""


MakeCaller = Callable[[str, Callable[[], None]], Caller]
"""Makes a caller for a peer; the function that it gets says that there is something to send."""


class _Plain:
    """Bytes as they are."""

    secure = True

    def received(self, data: bytes) -> bytes:
        return data

    def protect(self, data: bytes) -> bytes:
        return data


class _Tls:
    """The server's side of TLS."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._object = context.wrap_bio(self._incoming, self._outgoing, server_side=True)
        self._unsent = b""
        self.secure = False
        """The handshake is done."""

    def received(self, data: bytes) -> bytes:
        """What was in the bytes that came.  ssl.SSLError."""
        self._incoming.write(data)
        clear = bytearray()
        with contextlib.suppress(ssl.SSLWantReadError):
            if not self.secure:
                self._object.do_handshake()
                self.secure = True
            while piece := self._object.read(READ_BYTES):
                clear += piece
        return bytes(clear)

    def protect(self, data: bytes) -> bytes:
        """What has to be sent for ``data``, and for the handshake."""
        self._unsent += data
        if self.secure and self._unsent:
            self._object.write(self._unsent)
            self._unsent = b""
        return self._outgoing.read()


class Connection:
    """One socket and its caller."""

    def __init__(self, sock: socket.socket, transport: _Plain | _Tls, now: float) -> None:
        self.sock = sock
        self.transport = transport
        self.caller: Caller | None = None
        self.since = now
        self.out = bytearray()
        self.writing = False
        """The selector tells when there is room again."""

    def send(self) -> bool:
        """Give the kernel what it takes; False when something is left.  OSError, ssl.SSLError."""
        assert self.caller is not None
        while True:
            if not self.out:
                self.out += self.transport.protect(self.caller.output() if self.transport.secure else b"")
                if not self.out:
                    return True
            try:
                del self.out[: self.sock.send(self.out)]
            except BlockingIOError:
                return False


class _Listener:
    """A socket that is waited at."""

    def __init__(self, sock: socket.socket, make: MakeCaller, context: ssl.SSLContext | None, door: str) -> None:
        self.sock, self.make, self.context, self.door = sock, make, context, door


class Doors:
    """All doors of a system."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._selector = selectors.DefaultSelector()
        self._ready = select.poll()
        self._ready.register(self.fileno(), select.POLLIN)
        self._listeners: list[_Listener] = []
        self._connections: dict[socket.socket, Connection] = {}
        self._touched: dict[Connection, None] = {}
        """Connections with something to send."""
        self._recent: dict[Connection, float] = {}
        """Connections from which something came, and until when that is recent."""
        self._looked_at = -math.inf
        self._stopped, self._stop = socket.socketpair()
        for sock in (self._stopped, self._stop):
            sock.setblocking(False)
        self._selector.register(self._stopped, selectors.EVENT_READ, None)
        self.stopping = False
        """``stop`` was called."""
        self._closed = False
        system.dispatcher.inputs.watch(self.fileno())
        self._paths: list[Path] = []

    # --- what the system's loop calls ---

    def fileno(self) -> int:
        """One file descriptor for everything: readable when ``turn`` has something to do."""
        return int(self._selector.fileno())  # type: ignore[attr-defined,unused-ignore]

    def wait(self, seconds: float) -> None:
        """Until something comes, or the time has passed."""
        self._ready.poll(max(0, math.ceil(seconds * 1000)))

    @property
    def connections(self) -> int:
        """How many there are."""
        return len(self._connections)

    def turn(self) -> bool:
        """Serve what came and send what there is; False when there was nothing."""
        busy = False
        now = self._system.clock.monotonic()
        for key, events in self._selector.select(0):
            if self._closed:
                return True
            busy = True
            if isinstance(key.data, _Listener):
                self._accept(key.data)
            elif isinstance(key.data, Connection):
                if events & selectors.EVENT_READ:
                    self._read(key.data)
                    self._recent[key.data] = now + RECENT_SECONDS
                self._touched[key.data] = None
            else:
                self._stopped.recv(READ_BYTES)
        if self._closed:
            return True
        if self._recent:
            self._recent = {connection: until for connection, until in self._recent.items() if until > now}
            self._touched.update(dict.fromkeys(self._recent))
        if now - self._looked_at >= LOOK_SECONDS:
            self._looked_at = now
            self._touched.update(dict.fromkeys(self._connections.values()))
        touched, self._touched = self._touched, {}
        for connection in touched:
            self._serve(connection, now)
        return busy

    def watch(self) -> None:
        """Guests are going to run: what comes from now on interrupts them."""
        self._system.dispatcher.inputs.heard(self.fileno())

    def settle(self) -> None:
        """All guests are idle: look at every caller, and send what there is."""
        self._looked_at = -math.inf
        self.turn()

    def stop(self) -> None:
        """Let ``wait`` return; from a signal handler or another thread."""
        self.stopping = True
        with contextlib.suppress(BlockingIOError):
            self._stop.send(b"\0")

    # --- opening ---

    def listen(self, host: str, port: int, make: MakeCaller, context: ssl.SSLContext | None = None) -> int:
        """Wait at a TCP port (0: any); the port.  OSError."""
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.bind((host, port))
            sock.listen(BACKLOG)
        except OSError:
            sock.close()
            raise
        self._add(_Listener(sock, make, context, "TN3270"))
        return int(sock.getsockname()[1])

    def listen_local(self, path: Path, make: MakeCaller) -> None:
        """Wait at a Unix socket that only the owner of this process can open; one that is left from before is stale.

        The caller has the home for itself, so nobody listens there.  OSError.
        """
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        mask = os.umask(0o177)
        try:
            path.unlink(missing_ok=True)
            with short_path(path) as short:
                sock.bind(short)
            path.chmod(0o600)
            sock.listen(BACKLOG)
        except OSError:
            sock.close()
            raise
        finally:
            os.umask(mask)
        self._paths.append(path)
        self._add(_Listener(sock, make, None, "LOCAL"))

    def _add(self, listener: _Listener) -> None:
        listener.sock.setblocking(False)
        self._listeners.append(listener)
        self._selector.register(listener.sock, selectors.EVENT_READ, listener)

    def close(self) -> None:
        """The end of the system: everybody gets what was written last."""
        self._closed = True
        self._system.dispatcher.inputs.forget(self.fileno())
        for connection in tuple(self._connections.values()):
            if connection.caller is not None and not connection.caller.ended:
                connection.caller.hang_up("shutdown")
            with contextlib.suppress(OSError, ssl.SSLError):
                connection.send()
            self._forget(connection)
        for listener in self._listeners:
            self._selector.unregister(listener.sock)
            listener.sock.close()
        self._listeners.clear()
        for path in self._paths:
            path.unlink(missing_ok=True)
        self._selector.close()
        self._stopped.close()
        self._stop.close()

    # --- connections ---

    def _accept(self, listener: _Listener) -> None:
        for _ in range(MOST_ACCEPTED):
            try:
                sock, address = listener.sock.accept()
            except OSError:  # nobody is left, or went away at once, or the host has no more file descriptors
                return
            try:
                peer = prepared(sock, address)
            except OSError as error:
                log.warning("%s: a connection was refused: %s", listener.door, error)
                sock.close()
                continue
            if len(self._connections) >= MOST_CALLERS:
                log.warning("%s: %s was refused: %d connections", listener.door, peer, len(self._connections))
                sock.close()
                continue
            self._begin(listener, sock, peer)

    def _begin(self, listener: _Listener, sock: socket.socket, peer: str) -> None:
        transport = _Plain() if listener.context is None else _Tls(listener.context)
        connection = Connection(sock, transport, self._system.clock.monotonic())
        self._connections[sock] = connection
        self._selector.register(sock, selectors.EVENT_READ, connection)

        def touched() -> None:
            self._touched[connection] = None

        connection.caller = listener.make(peer, touched)
        connection.caller.begin()
        touched()

    def _read(self, connection: Connection) -> None:
        caller = connection.caller
        assert caller is not None
        try:
            data = connection.sock.recv(READ_BYTES)
            clear = connection.transport.received(data) if data else b""
        except BlockingIOError:
            return
        except ssl.SSLError as error:
            self._drop(connection, f"TLS: {error.reason or 'closed'}")
            return
        except OSError as error:
            self._drop(connection, os.strerror(error.errno) if error.errno else "reset")
            return
        if not data:
            self._drop(connection, "closed by the client")
        elif clear and not caller.ended:
            try:
                caller.receive(clear)
            except CallerError as error:
                self._drop(connection, str(error))

    def _serve(self, connection: Connection, now: float) -> None:
        """Look at a connection that something has happened to."""
        caller = connection.caller
        if caller is None or connection.sock not in self._connections:
            return
        if not connection.transport.secure and now - connection.since > HANDSHAKE_SECONDS:
            self._drop(connection, "no TLS handshake")
            return
        if not caller.ended:
            caller.look(now)
        try:
            sent = connection.send()
        except (OSError, ssl.SSLError) as error:
            self._drop(connection, str(error))
            return
        if sent and caller.ended:
            self._forget(connection)
        elif caller.waiting() > LONGEST_OUTPUT:
            self._drop(connection, "the client does not read")
        elif sent is connection.writing:
            connection.writing = not sent
            events = selectors.EVENT_READ if sent else selectors.EVENT_READ | selectors.EVENT_WRITE
            self._selector.modify(connection.sock, events, connection)

    def _drop(self, connection: Connection, reason: str) -> None:
        if connection.caller is not None and not connection.caller.ended:
            connection.caller.hang_up(reason)
        with contextlib.suppress(OSError, ssl.SSLError):  # what was said last, if it can still be sent
            connection.send()
        self._forget(connection)

    def _forget(self, connection: Connection) -> None:
        if self._connections.pop(connection.sock, None) is not None:
            self._touched.pop(connection, None)
            self._recent.pop(connection, None)
            self._selector.unregister(connection.sock)
            connection.sock.close()


def prepared(sock: socket.socket, address: object) -> str:
    """Set a new socket up; the name of its other end.  OSError: it may not come in."""
    sock.setblocking(False)
    if sock.family == socket.AF_UNIX:
        pid, uid, _ = struct.unpack("3i", sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
        if uid != os.getuid():
            raise PermissionError(f"user {uid} is not the owner of the system")
        return f"pid {pid}"
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in zip(("TCP_KEEPIDLE", "TCP_KEEPINTVL", "TCP_KEEPCNT"), KEEP_ALIVE, strict=True):
        if hasattr(socket, name):
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 1000 * sum(KEEP_ALIVE))
    return f"{address[0]}:{address[1]}" if isinstance(address, tuple) else ""


@contextlib.contextmanager
def short_path(path: Path) -> Iterator[str]:
    """A name of a Unix socket that is short enough for the host."""
    text = str(path)
    if len(os.fsencode(text)) <= LONGEST_PATH:
        yield text
        return
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
