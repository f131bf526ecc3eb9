"""The child process of the crash tests: spools files until it is killed.

    crash_writer.py DATABASE system|guest SEED

Each file says what is in it: ``name`` is a number, every record begins with it, and ``type`` is the number of records.
A line on standard output reports a file after it is closed (``C spoolid name records``) or purged (``P name``).
"""

from __future__ import annotations

import random
import sys
from datetime import UTC, datetime
from pathlib import Path

from vm370.cp.spool import PUNCH, READER, Destination, Record, Spool


class StandingClock:
    def now(self) -> datetime:
        return datetime(1981, 4, 1, tzinfo=UTC)


def body(name: int, number: int) -> bytes:
    """Record ``number`` of file ``name``; long enough that a few hundred make a page."""
    return f"{name} {number} ".encode("cp037") * 8


def main(path: str, role: str, seed: str) -> None:
    spool = Spool(Path(path), StandingClock(), system=role == "system")
    chance = random.Random(seed)
    name = int(seed) * 1_000_000
    print("READY", flush=True)
    while True:
        name += 1
        count = chance.choice((1, 3, 50, 900))
        to = Destination(READER, "ALICE", name=str(name), type=str(count))
        if role == "system":
            output = spool.create(PUNCH, "BOB")
            for number in range(count):
                output.append(Record(1, body(name, number)))
            file = output.close(to)
        else:
            file = spool.add(READER, "ALICE", (Record(1, body(name, number)) for number in range(count)), to)
        print("C", file.spoolid, name, count, flush=True)
        if chance.random() < 0.3:
            spool.purge([file])
            print("P", name, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
