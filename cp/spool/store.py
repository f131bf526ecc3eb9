"""The spool database: every spool file of the system, in one SQLite file.

    file      one row per spool file        page       its records, in pages (records.py), in order of ``number``
    counter   last spool ID handed out, sequence number for the order of the queues
    hold      whose output waits (HOLD): queue and user ID, which is empty for everybody

    state   OPEN     an output device is writing it: pages are added one by one, nobody else sees it
            CLOSED   complete, in its queue
            IN USE   complete, a virtual reader is reading it, or a real printer or punch has it

Invariants.  Closing a file (last page, attributes, state) is one transaction, and so is every command on files: after
``kill -9`` a file is either closed and complete or does not exist.  A spool ID belongs to one file from open to purge
and goes round from 1 to 9900.  The system's start is VM/370's warm start: files that were open are discarded, files in
use are readable again.  One system at a time (``PATH.lock``); other processes may list, add, take and purge meanwhile,
and the system sees what they did by ``poll``.

A Spool belongs to one thread at a time.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import weakref
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from vm370.cp.io.unitrecord import Record
from vm370.cp.spool.errors import DamagedSpool, LimitReached, SpoolError, SpoolFull, SpoolInUse, translated
from vm370.cp.spool.files import LAST_SPOOLID, READER, Destination, SpoolFile
from vm370.cp.spool.records import PAGE_SIZE, append_record, parse_page, prints_nothing

APPLICATION_ID = 0x564D5350  # "VMSP"
MAGIC = b"SQLite format 3\0"

MIGRATIONS = (
    """
    CREATE TABLE file (
        key INTEGER PRIMARY KEY AUTOINCREMENT, spoolid INTEGER NOT NULL UNIQUE, state TEXT NOT NULL,
        queue TEXT NOT NULL, kind TEXT NOT NULL, owner TEXT NOT NULL, origin TEXT NOT NULL,
        spool_class TEXT NOT NULL, records INTEGER NOT NULL, copies INTEGER NOT NULL,
        user_hold INTEGER NOT NULL, system_hold INTEGER NOT NULL,
        dist TEXT NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL, tag TEXT NOT NULL, created TEXT NOT NULL,
        position INTEGER NOT NULL, arrival INTEGER NOT NULL, via TEXT NOT NULL);
    CREATE INDEX file_queue ON file (queue, owner, position);
    CREATE INDEX file_arrival ON file (arrival);
    CREATE TABLE page (
        file INTEGER NOT NULL, number INTEGER NOT NULL, data BLOB NOT NULL,
        PRIMARY KEY (file, number)) WITHOUT ROWID;
    CREATE TABLE counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
    INSERT INTO counter VALUES ('spoolid', 0), ('sequence', 0);
    """,
    """
    ALTER TABLE file ADD COLUMN form TEXT NOT NULL DEFAULT 'STANDARD';
    ALTER TABLE file ADD COLUMN keep INTEGER NOT NULL DEFAULT 0;
    CREATE TABLE hold (queue TEXT NOT NULL, owner TEXT NOT NULL, PRIMARY KEY (queue, owner)) WITHOUT ROWID;
    """,
)
"""Step n brings a database of version n to n + 1; a step is never changed, only added."""

DURABILITY = {"kill": "NORMAL", "power": "FULL"}
"""``kill``: what was closed survives the end of the process at any instant; ``power``: it is on the platter first."""

_FIELDS = (
    *("key", "spoolid", "queue", "kind", "owner", "origin", "spool_class", "records", "copies"),
    *("user_hold", "system_hold", "dist", "name", "type", "tag", "created", "form", "keep", "state"),
)
_COLUMNS = ", ".join(_FIELDS)
_CHANGEABLE = frozenset(
    {"spool_class", "copies", "user_hold", "system_hold", "dist", "name", "type", "tag", "form", "keep"}
)


class Clock(Protocol):
    """Where the date of a file comes from."""

    def now(self) -> datetime:
        """Local time with its zone."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A reader file that a reader may be able to read now."""

    file: SpoolFile
    via: str
    """CLOSE (a new file), TRANSFER or CHANGE."""


Limits = Callable[[str], tuple[int | None, int | None]]
"""By user ID: the spool files that he may have made, the records of each; None: no limit."""


def _no_limits(userid: str) -> tuple[int | None, int | None]:
    return None, None


class OpenFile:
    """An output file that is being written."""

    def __init__(self, spool: Spool, key: int, spoolid: int, kind: str, origin: str) -> None:
        self._spool = spool
        self.key = key
        self.spoolid = spoolid
        self.kind = kind
        self.origin = origin
        self.records = 0
        self.most = spool.limits(origin)[1]
        """Records that the file may have."""
        self._page = bytearray()
        self._pages = 0

    def append(self, record: Record) -> None:
        """Add a record.  SpoolBusy, SpoolFull and LimitReached leave the file as it was before the call."""
        if self.most is not None and self.records >= self.most and not prints_nothing(record.command):
            raise LimitReached(f"LIMIT REACHED; RECORDS {self.most} OF YOUR DIRECTORY ENTRY")
        before = len(self._page)
        append_record(self._page, record)
        if len(self._page) >= PAGE_SIZE:
            try:
                self._spool._write_page(self.key, self._pages, self._page)
            except SpoolError:
                del self._page[before:]
                raise
            self._pages += 1
            self._page = bytearray()
        if not prints_nothing(record.command):
            self.records += 1
            self._spool.moved[self.origin, self.kind] += 1

    def close(self, to: Destination) -> SpoolFile:
        """Complete the file and queue it, in one transaction."""
        return self._spool._close(self, to)

    def purge(self) -> None:
        """Forget the file."""
        self._spool._discard(self.key)


class Spool:
    """The spool database.

    ``system`` is true for the running system: it takes the lock and does the warm start.  Others only look and add.
    """

    def __init__(
        self, path: Path, clock: Clock, *, system: bool = True, durability: str = "kill", busy_seconds: float = 5.0
    ) -> None:
        self.path = Path(path)
        self.clock = clock
        self.limits: Limits = _no_limits
        self.recovered = 0, 0
        """Warm start: files that were open and are gone, files in use that are in their queues again."""
        self._in_transaction = False
        self.moved: Counter[tuple[str, str]] = Counter()
        """Records that virtual devices have moved since the start: by user ID and kind of device (read: RDR)."""
        self._seen_version = -1
        self._changed = True
        self._changes = 0
        if durability not in DURABILITY:
            raise SpoolError(f"spool durability: found {durability!r}, expected one of {', '.join(DURABILITY)}")
        self._lock = _take_lock(self.path) if system else None
        if self._lock is not None:
            self._release_lock = weakref.finalize(self, os.close, self._lock)
        try:
            self._db = _open(self.path, busy_seconds)
        except SpoolError:
            self._unlock()
            raise
        self._close_database = weakref.finalize(self, self._db.close)
        try:
            with translated(self.path):
                self._db.execute(f"PRAGMA synchronous={DURABILITY[durability]}")
                self._check()
            if system:
                self._warm_start()
            self._arrivals = self._scalar("SELECT max(arrival) FROM file") or 0
        except SpoolError:
            self.close()
            raise

    def close(self) -> None:
        """Release the database; files still open are lost."""
        self._close_database()
        self._unlock()

    # --- output ---

    def create(self, kind: str, origin: str) -> OpenFile:
        """Begin an output file on a device of ``kind`` that belongs to ``origin``; it has its spool ID at once."""
        most = self.limits(origin)[0]
        if most is not None and self._scalar("SELECT count(*) FROM file WHERE origin=?", origin) >= most:
            raise LimitReached(f"LIMIT REACHED; SPOOL {most} OF YOUR DIRECTORY ENTRY")
        with self._transaction():
            spoolid = self._free_spoolid()
            cursor = self._db.execute(
                "INSERT INTO file (spoolid, state, queue, kind, owner, origin, spool_class, records, copies, user_hold,"
                " system_hold, dist, name, type, tag, created, position, arrival, via)"
                " VALUES (?, 'OPEN', ?, ?, ?, ?, 'A', 0, 1, 0, 0, '', '', '', '', ?, 0, 0, '')",
                (spoolid, kind, kind, origin, origin, self.clock.now().isoformat()),
            )
        assert cursor.lastrowid is not None
        return OpenFile(self, cursor.lastrowid, spoolid, kind, origin)

    def add(self, kind: str, origin: str, records: Iterable[Record], to: Destination) -> SpoolFile:
        """A whole file in one transaction; nothing is left of it if the records cannot all be had."""
        with self.transaction():
            file = self.create(kind, origin)
            for record in records:
                file.append(record)
            return file.close(to)

    def _write_page(self, key: int, number: int, page: bytearray) -> None:
        with self._transaction():
            self._db.execute("INSERT INTO page VALUES (?, ?, ?)", (key, number, page))

    def _close(self, file: OpenFile, to: Destination) -> SpoolFile:
        with self._transaction():
            if file._page:
                self._db.execute("INSERT INTO page VALUES (?, ?, ?)", (file.key, file._pages, file._page))
            sequence = self._next_sequence()
            cursor = self._db.execute(
                "UPDATE file SET queue=?, owner=?, spool_class=?, records=?, copies=?, user_hold=?, dist=?, name=?,"
                " type=?, tag=?, form=?, keep=?, created=?, position=?, arrival=?, state='CLOSED', via='CLOSE'"
                " WHERE key=? AND state='OPEN'",
                (
                    *(to.queue, to.owner, to.spool_class, file.records, to.copies, to.hold, to.dist),
                    *(to.name, to.type, to.tag, to.form, to.keep),
                    *(self.clock.now().isoformat(), sequence, sequence, file.key),
                ),
            )
            closed = self._one("WHERE key=?", file.key)
            if not cursor.rowcount or closed is None:
                raise SpoolError(f"{self.path}: spool file {file.spoolid:04} is not open")
        return closed

    def _discard(self, key: int) -> None:
        with self._transaction():
            self._db.execute("DELETE FROM page WHERE file=?", (key,))
            self._db.execute("DELETE FROM file WHERE key=?", (key,))

    # --- looking ---

    @property
    def version(self) -> tuple[int, int]:
        """Another value when this process has changed the database, or ``poll`` has seen that another one did."""
        return self._seen_version, self._changes

    def files(self, queue: str | None = None, owner: str | None = None, origin: str | None = None) -> list[SpoolFile]:
        """Complete files in the order of their queues."""
        where, values = ["state<>'OPEN'"], []
        for column, value in (("queue", queue), ("owner", owner), ("origin", origin)):
            if value is not None:
                where.append(f"{column}=?")
                values.append(value)
        return self._select(f"WHERE {' AND '.join(where)} ORDER BY queue, position", *values)

    def file(self, spoolid: int) -> SpoolFile | None:
        """The complete file with that spool ID."""
        return self._one("WHERE spoolid=? AND state<>'OPEN'", spoolid)

    def totals(self) -> dict[str, int]:
        """How many complete files there are in each queue."""
        with translated(self.path):
            return dict(self._db.execute("SELECT queue, count(*) FROM file WHERE state<>'OPEN' GROUP BY queue"))

    def counts(self, owner: str, spool_class: str | None = None) -> dict[str, int]:
        """How many complete files a user has in each queue."""
        sql = "SELECT queue, count(*) FROM file WHERE owner=? AND state<>'OPEN'"
        values = [owner]
        if spool_class is not None:
            sql += " AND spool_class=?"
            values.append(spool_class)
        with translated(self.path):
            return dict(self._db.execute(sql + " GROUP BY queue", values).fetchall())

    def page(self, file: SpoolFile, number: int) -> bytes | None:
        """Page ``number`` of a file; None behind its end."""
        with translated(self.path):
            row = self._db.execute("SELECT data FROM page WHERE file=? AND number=?", (file.key, number)).fetchone()
        return None if row is None else bytes(row[0])

    def read(self, file: SpoolFile) -> Iterator[Record]:
        """The records of a file, a page in storage at a time."""
        number = 0
        while (page := self.page(file, number)) is not None:
            yield from parse_page(page)
            number += 1

    # --- reading by a virtual reader ---

    def open_reader_file(self, owner: str, spool_class: str) -> SpoolFile | None:
        """The first file that a reader of that class (``*``: any) may read, now in use; None when there is none."""
        with self._transaction():
            found = self._one(
                "WHERE queue=? AND owner=? AND state='CLOSED' AND NOT user_hold AND NOT system_hold"
                " AND (?='*' OR spool_class=?) ORDER BY position LIMIT 1",
                *(READER, owner, spool_class, spool_class),
            )
            if found is not None:
                self._db.execute("UPDATE file SET state='IN USE' WHERE key=?", (found.key,))
        return found

    def take_file(self, file: SpoolFile) -> SpoolFile | None:
        """That file, now in use; None when it is no longer to be had."""
        with self._transaction():
            taken = self._db.execute(f"UPDATE file SET state='IN USE' {_FREE}", (file.key,)).rowcount
        return self._one("WHERE key=?", file.key) if taken else None

    def release_reader_file(self, file: SpoolFile, *, keep: bool, hold: bool = False) -> None:
        """End of reading: the file is purged, or kept (in user hold if ``hold``)."""
        if not keep:
            self._discard(file.key)
            return
        with self._transaction():
            self._db.execute(
                "UPDATE file SET state='CLOSED', user_hold=max(user_hold, ?) WHERE key=?", (hold, file.key)
            )

    # --- printing and punching by a real device ---

    def open_output_file(self, queue: str, classes: str, form: str | None = None) -> SpoolFile | None:
        """The next file of a queue for a real device, now in use; the classes in their order, None when there is none.

        ``form``: only files for that form.
        """
        where = (
            "WHERE queue=? AND state='CLOSED' AND NOT user_hold AND NOT system_hold"
            " AND (?='*' OR spool_class=?) AND (? IS NULL OR form=?)"
            " AND owner NOT IN (SELECT owner FROM hold WHERE hold.queue=file.queue)"
            " AND NOT EXISTS (SELECT * FROM hold WHERE hold.queue=file.queue AND owner='')"
            " ORDER BY position LIMIT 1"
        )
        for spool_class in classes:
            values = queue, spool_class, spool_class, form, form
            if self._one(where, *values) is None:
                continue  # nothing is written when there is nothing
            with self._transaction():
                found = self._one(where, *values)
                if found is not None:
                    self._db.execute("UPDATE file SET state='IN USE' WHERE key=?", (found.key,))
                    return found
        return None

    def release_output_file(
        self, file: SpoolFile, *, copies: int, user_hold: bool = False, system_hold: bool = False
    ) -> None:
        """The device has done with it: ``copies`` are still to be made (0: it is purged unless it is held)."""
        if not copies and not user_hold and not system_hold:
            self._discard(file.key)
            return
        with self._transaction():
            self._db.execute(
                "UPDATE file SET state='CLOSED', copies=?, user_hold=max(user_hold, ?),"
                " system_hold=max(system_hold, ?) WHERE key=?",
                (max(copies, 1), user_hold, system_hold, file.key),
            )

    def copies_left(self, file: SpoolFile, copies: int) -> None:
        """A copy is complete; so many are still to be made."""
        with self._transaction():
            self._db.execute("UPDATE file SET copies=? WHERE key=?", (copies, file.key))

    # --- HOLD and FREE: users whose output waits ---

    def hold(self, queue: str, owner: str, on: bool) -> bool:
        """HOLD or FREE the output of a user (empty: of everybody); False when it was so before."""
        with self._transaction():
            sql = "INSERT OR IGNORE INTO hold VALUES (?, ?)" if on else "DELETE FROM hold WHERE queue=? AND owner=?"
            return bool(self._db.execute(sql, (queue, owner)).rowcount)

    def holds(self) -> list[tuple[str, str]]:
        """(queue, user ID) of what HOLD holds; an empty user ID means everybody."""
        with translated(self.path):
            return self._db.execute("SELECT queue, owner FROM hold ORDER BY owner, queue").fetchall()

    # --- commands on complete files; those in use or gone are left out, the others come back ---

    def purge(self, files: Sequence[SpoolFile]) -> list[SpoolFile]:
        """Delete files."""
        with self._transaction():
            done = [f for f in files if self._db.execute("DELETE FROM file " + _FREE, (f.key,)).rowcount]
            self._db.executemany("DELETE FROM page WHERE file=?", [(file.key,) for file in done])
        return done

    def change(self, files: Sequence[SpoolFile], **attributes: Any) -> list[SpoolFile]:
        """Set attributes of files: spool_class, copies, user_hold, system_hold, dist, name, type, tag."""
        assert set(attributes) <= _CHANGEABLE
        columns = ", ".join(f"{name}=?" for name in attributes)
        values = tuple(attributes.values())
        with self._transaction():
            sequence = self._next_sequence() if {"user_hold", "system_hold", "spool_class"} & set(attributes) else None
            done = []
            for file in files:
                if self._db.execute(f"UPDATE file SET {columns} {_FREE}", (*values, file.key)).rowcount:
                    done.append(file)
                    if sequence is not None and file.queue == READER:  # a reader may be able to read it now
                        self._db.execute("UPDATE file SET arrival=?, via='CHANGE' WHERE key=?", (sequence, file.key))
        return done

    def order(self, files: Sequence[SpoolFile]) -> list[SpoolFile]:
        """Bring files to the head of their queue, in the order given."""
        with self._transaction():
            head = (self._scalar("SELECT min(position) FROM file") or 0) - len(files)
            return [
                file
                for number, file in enumerate(files)
                if self._db.execute(f"UPDATE file SET position=? {_FREE}", (head + number, file.key)).rowcount
            ]

    def transfer(self, files: Sequence[SpoolFile], owner: str, origin: str) -> list[SpoolFile]:
        """Move files to the end of ``owner``'s reader queue; ``origin`` is who sent them."""
        done = []
        with self._transaction():
            for file in files:
                sequence = self._next_sequence()
                if self._db.execute(
                    f"UPDATE file SET queue=?, owner=?, origin=?, position=?, arrival=?, via='TRANSFER' {_FREE}",
                    (READER, owner, origin, sequence, sequence, file.key),
                ).rowcount:
                    done.append(file)
        return done

    # --- what other processes did ---

    def poll(self) -> list[Arrival]:
        """Reader files that came or changed since the last call, by whomever; cheap when nothing happened."""
        version = self._scalar("PRAGMA data_version")
        if version == self._seen_version and not self._changed:
            return []
        self._seen_version, self._changed = version, False
        with translated(self.path):
            rows = self._db.execute(
                f"SELECT {_COLUMNS}, via, arrival FROM file"
                " WHERE arrival>? AND state='CLOSED' AND queue=? ORDER BY arrival",
                (self._arrivals, READER),
            ).fetchall()
        self._arrivals = max((row[-1] for row in rows), default=self._arrivals)
        return [Arrival(_spool_file(row[:-2]), row[-2]) for row in rows]

    # --- the database ---

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Several calls as one: all of them happen, or none."""
        with self._transaction():
            yield

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        if self._in_transaction:
            yield
            return
        with translated(self.path):
            self._db.execute("BEGIN IMMEDIATE")
        self._in_transaction = True
        try:
            with translated(self.path):
                yield
                self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise
        finally:
            self._in_transaction = False
        self._changed = True
        self._changes += 1

    def _select(self, rest: str, *values: Any) -> list[SpoolFile]:
        with translated(self.path):
            rows = self._db.execute(f"SELECT {_COLUMNS} FROM file {rest}", values).fetchall()
        return [_spool_file(row) for row in rows]

    def _one(self, rest: str, *values: Any) -> SpoolFile | None:
        found = self._select(rest, *values)
        return found[0] if found else None

    def _scalar(self, sql: str, *values: object) -> int:
        with translated(self.path):
            value: int = self._db.execute(sql, values).fetchone()[0]
        return value

    def _next_sequence(self) -> int:
        self._db.execute("UPDATE counter SET value=value+1 WHERE name='sequence'")
        return self._scalar("SELECT value FROM counter WHERE name='sequence'")

    def _free_spoolid(self) -> int:
        last = self._scalar("SELECT value FROM counter WHERE name='spoolid'")
        used = {row[0] for row in self._db.execute("SELECT spoolid FROM file")}
        for step in range(1, LAST_SPOOLID + 1):
            spoolid = (last + step - 1) % LAST_SPOOLID + 1
            if spoolid not in used:
                self._db.execute("UPDATE counter SET value=? WHERE name='spoolid'", (spoolid,))
                return spoolid
        raise SpoolFull(f"{self.path}: all spool IDs from 1 to {LAST_SPOOLID} are in use; purge files")

    def _check(self) -> None:
        """Ours and intact; an empty database becomes ours."""
        application = self._scalar("PRAGMA application_id")
        version = self._scalar("PRAGMA user_version")
        tables = self._scalar("SELECT count(*) FROM sqlite_master")
        if application != APPLICATION_ID and (application or version or tables):
            raise DamagedSpool(f"{self.path}: found a database of another program, expected a spool database")
        if version > len(MIGRATIONS):
            raise DamagedSpool(
                f"{self.path}: found spool database version {version}, expected at most {len(MIGRATIONS)};"
                " it was written by a newer vm370"
            )
        if version < len(MIGRATIONS):
            self._migrate()
        else:
            faults = [row[0] for row in self._db.execute("PRAGMA integrity_check('file')")]
            if faults != ["ok"]:
                raise DamagedSpool(f"{self.path}: found a damaged spool database ({faults[0]}), expected an intact one")

    def _migrate(self) -> None:
        if self._db.execute("PRAGMA journal_mode=WAL").fetchone()[0] != "wal":
            raise SpoolError(f"{self.path}: this file system cannot hold a spool database (no write-ahead log)")
        with self._transaction():
            version = self._scalar("PRAGMA user_version")  # again: another process may have been faster
            for script in MIGRATIONS[version:]:
                for statement in script.split(";"):
                    self._db.execute(statement)
            self._db.execute(f"PRAGMA application_id={APPLICATION_ID}")
            self._db.execute(f"PRAGMA user_version={len(MIGRATIONS)}")

    def _warm_start(self) -> None:
        with self._transaction():
            self._db.execute("DELETE FROM page WHERE file IN (SELECT key FROM file WHERE state='OPEN')")
            discarded = self._db.execute("DELETE FROM file WHERE state='OPEN'").rowcount
            requeued = self._db.execute("UPDATE file SET state='CLOSED' WHERE state='IN USE'").rowcount
        self.recovered = discarded, requeued

    def _unlock(self) -> None:
        if self._lock is not None:
            self._release_lock()


_FREE = "WHERE key=? AND state='CLOSED'"


def _spool_file(row: Sequence[Any]) -> SpoolFile:
    fields = dict(zip(_FIELDS, row, strict=True))
    state = fields.pop("state")
    fields["user_hold"], fields["system_hold"] = bool(fields["user_hold"]), bool(fields["system_hold"])
    fields["keep"] = bool(fields["keep"])
    fields["created"] = datetime.fromisoformat(fields["created"])
    return SpoolFile(**fields, in_use=state == "IN USE")


def _take_lock(path: Path) -> int:
    lock = path.with_name(path.name + ".lock")
    try:
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise SpoolError(f"{lock}: {error.strerror}") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise SpoolInUse(f"{path}: another vm370 system is running with this spool database") from None
    return descriptor


def _open(path: Path, busy_seconds: float) -> sqlite3.Connection:
    try:
        with path.open("rb") as file:
            head = file.read(len(MAGIC))
    except FileNotFoundError:
        head = b""
    except OSError as error:
        raise SpoolError(f"{path}: {error.strerror}") from error
    if head and head != MAGIC:
        raise DamagedSpool(
            f"{path}: offset 0: found X'{head.hex().upper()}', expected a spool database (SQLite format 3)"
        )
    with translated(path):
        return sqlite3.connect(path, timeout=busy_seconds, isolation_level=None, check_same_thread=False)
