"""Records that CP keeps about what happened, in an SQLite file: the part that journal and accounting share.

    record    one row per record, in the order in which they came: number, time, kind, user ID, the other fields as JSON
    setting   retention rule: ``days`` and ``records`` that are kept

Invariants.  ``add`` never fails and never waits longer than BUSY_SECONDS: what cannot be written (a full disk, a lock
that another program holds) stays in memory, up to MOST_WAITING records, the operator is told once, and the next record
tries again.  Each write is one transaction: what was written survives ``kill -9``.  Other processes may read meanwhile.
Old records go when the file is opened and after every PRUNED_AFTER records.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

BUSY_SECONDS = 0.05
MOST_WAITING = 10_000
PRUNED_AFTER = 1_000
KEPT_DAYS, KEPT_RECORDS = 365, 1_000_000

MIGRATIONS = (
    """
    CREATE TABLE record (
        number INTEGER PRIMARY KEY AUTOINCREMENT, time TEXT NOT NULL, kind TEXT NOT NULL, userid TEXT NOT NULL,
        fields TEXT NOT NULL);
    CREATE INDEX record_userid ON record (userid, number);
    CREATE INDEX record_kind ON record (kind, number);
    CREATE TABLE setting (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
    """,
)
"""Step n brings a database of version n to n + 1; a step is never changed, only added."""

Value = str | int


class RecordingError(Exception):
    """A file of records cannot be used; the text says which, and why."""


class Clock(Protocol):
    """Where the time of a record comes from."""

    def now(self) -> datetime:
        """Local time with its zone."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record."""

    number: int
    time: datetime
    kind: str
    userid: str
    fields: dict[str, Value]

    def as_dict(self) -> dict[str, Value]:
        """For --json."""
        return {
            "number": self.number,
            "time": self.time.isoformat(),
            "kind": self.kind,
            "userid": self.userid,
            **self.fields,
        }


@dataclass(frozen=True, slots=True)
class Retention:
    """What is kept: records of so many days, and so many of them at most."""

    days: int = KEPT_DAYS
    records: int = KEPT_RECORDS


class Recorder:
    """Writes records; one for each file in a running system."""

    def __init__(self, path: Path, application_id: int, clock: Clock, tell: Callable[[str], None]) -> None:
        """``tell``: how the operator learns that records cannot be written."""
        self.path = path
        self._application_id = application_id
        self._clock = clock
        self._tell = tell
        self._connection: sqlite3.Connection | None = None
        self._waiting: deque[tuple[str, str, str, str]] = deque(maxlen=MOST_WAITING)
        self._failing = False
        self._until_pruning = 0

    def add(self, kind: str, userid: str, fields: dict[str, Value]) -> None:
        """Write a record."""
        self._waiting.append((self._clock.now().isoformat(), kind, userid, json.dumps(fields, sort_keys=True)))
        self.flush()

    def flush(self) -> None:
        """Write what waits, in one transaction."""
        try:
            self._write()
        except (sqlite3.Error, OSError, RecordingError) as error:
            if not self._failing:
                self._failing = True
                self._tell(f"{self.path.name}: RECORDS CANNOT BE WRITTEN: {error}")
        else:
            self._failing = False

    def close(self) -> None:
        """Write what waits; the end."""
        if self._waiting:
            self.flush()
        if self._connection is not None:
            with contextlib.suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None

    def _write(self) -> None:
        if self._connection is None:
            self._connection = _open(self.path, self._application_id)
        connection = self._connection
        connection.execute("BEGIN IMMEDIATE")
        try:
            connection.executemany(
                "INSERT INTO record (time, kind, userid, fields) VALUES (?, ?, ?, ?)", list(self._waiting)
            )
            self._until_pruning -= len(self._waiting)
            if self._until_pruning <= 0:
                prune(connection, self._clock.now())
            connection.execute("COMMIT")
        except sqlite3.Error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        if self._until_pruning <= 0:
            self._until_pruning = PRUNED_AFTER
        self._waiting.clear()


def prune(connection: sqlite3.Connection, now: datetime) -> None:
    """Forget what the retention rule does not keep."""
    rule = retention(connection)
    # the text of times is in order as long as their zone is the same; an hour more or less is within the rule
    connection.execute("DELETE FROM record WHERE time < ?", ((now - timedelta(days=rule.days)).isoformat(),))
    connection.execute(
        "DELETE FROM record WHERE number <= (SELECT max(number) FROM record) - ?", (max(rule.records, 0),)
    )


def retention(connection: sqlite3.Connection) -> Retention:
    """The rule that holds."""
    found = dict(connection.execute("SELECT name, value FROM setting").fetchall())
    return Retention(found.get("days", KEPT_DAYS), found.get("records", KEPT_RECORDS))


def set_retention(path: Path, application_id: int, rule: Retention, now: datetime) -> None:
    """Another rule, for a running system too; what it does not keep goes at once."""
    with opened(path, application_id) as connection, connection:
        connection.execute("BEGIN IMMEDIATE")
        for name, value in (("days", rule.days), ("records", rule.records)):
            connection.execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", (name, value))
        prune(connection, now)


@contextlib.contextmanager
def opened(path: Path, application_id: int) -> Iterator[sqlite3.Connection]:
    """A connection for one use.  RecordingError when there is none to be had."""
    try:
        connection = _open(path, application_id)
    except (sqlite3.Error, OSError) as error:
        raise RecordingError(f"{path}: {error}") from error
    try:
        yield connection
    except sqlite3.Error as error:
        raise RecordingError(f"{path}: {error}") from error
    finally:
        connection.close()


def read(
    connection: sqlite3.Connection, *, after: int = 0, userid: str = "", kinds: tuple[str, ...] = (), since: str = ""
) -> Iterator[Record]:
    """Records in their order: those behind number ``after``, of a user, of some kinds, from a time (ISO) on."""
    where, values = ["number > ?"], [after]
    arguments: list[str | int] = list(values)
    if userid:
        where.append("userid = ?")
        arguments.append(userid)
    if kinds:
        where.append(f"kind IN ({', '.join('?' * len(kinds))})")
        arguments += kinds
    if since:
        where.append("time >= ?")
        arguments.append(since)
    rows = connection.execute(
        f"SELECT number, time, kind, userid, fields FROM record WHERE {' AND '.join(where)} ORDER BY number", arguments
    )
    for number, time, kind, who, fields in rows:
        yield Record(number, datetime.fromisoformat(time), kind, who, json.loads(fields))


def _open(path: Path, application_id: int) -> sqlite3.Connection:
    """Open or make the file, and bring it to the newest version."""
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        found = connection.execute("PRAGMA application_id").fetchone()[0]
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        empty = not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if found != application_id and not (empty and found == 0):
            raise RecordingError(f"{path}: application id {found:08X}, expected {application_id:08X}")
        if version > len(MIGRATIONS):
            raise RecordingError(f"{path}: version {version} is newer than this program's {len(MIGRATIONS)}")
        if version < len(MIGRATIONS):
            connection.execute("PRAGMA journal_mode = WAL")
            path.chmod(0o600)
            steps = "".join(MIGRATIONS[version:])
            connection.executescript(
                f"BEGIN IMMEDIATE; {steps} PRAGMA application_id = {application_id};"
                f" PRAGMA user_version = {len(MIGRATIONS)}; COMMIT;"
            )
        connection.execute("PRAGMA synchronous = NORMAL")
    except BaseException:
        connection.close()
        raise
    return connection
