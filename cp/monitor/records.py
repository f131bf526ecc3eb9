"""Monitor records: one table of layouts, read by the collector and by ``vm370 monitor``.

    block    length 2 | zeros 2 | record record ...        standard V format, at most 4096 bytes
    record   length 2 | zeros 2 | class 1 | code 2 | time of day 5 | fields

The time of day is bytes 1 to 5 of the TOD clock: its units are 16 microseconds.  Layouts are those of the System
Programmer's Guide (Release 6), appendix "VM Monitor Tape Format and Content"; the middle of PERFORM code 0, of which no
copy was at hand, follows the same list in VM/SP.  Times are 8 bytes in the format of the CPU timer (bit 51 is a
microsecond); fields that have no meaning on this system (drums, stolen pages, a second processor) are zero.

    >>> data = build(RESPONSE, 4, 0, {"userid": "ALPHA", "line": 0x0C1})
    >>> data.hex()
    '001600000100040000000000c1d3d7c8c140404000c1'
    >>> parse(data).values
    {'userid': 'ALPHA', 'line': 193}
"""

# ruff: noqa: E501 (the table of layouts)

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from vm370.images.ebcdic import from_ebcdic, to_ebcdic

BLOCK = 4096
HEADER, BLOCK_HEADER = struct.Struct(">HHBH5s"), struct.Struct(">HH")
MOST_DATA = 128
"""Bytes of a terminal line that are recorded."""
PERFORM, RESPONSE, SCHEDULE, USER, INSTSIM, DASTAP, SEEKS, SYSPROF = 0, 1, 2, 4, 5, 6, 7, 8
CLASSES = {
    "PERForm": PERFORM,
    "RESPonse": RESPONSE,
    "SCHedule": SCHEDULE,
    "USER": USER,
    "INSTsim": INSTSIM,
    "DAStap": DASTAP,
    "SEEKs": SEEKS,
    "SYSprof": SYSPROF,
}
"""Names as MONITOR has them; class numbers are bits of control register 8."""
HEADER_RECORD, TRAILER, SUSPENSION = 97, 98, 99

Value = int | str | bytes

# fmt: off
_QUEUES = (
    ("pageable_pages", 4), ("working_sets", 4), ("q1_users", 4), ("q2_users", 4), ("q1_eligible", 2), ("q2_eligible", 2),
    ("working_set", 2), ("queue", 1), ("processor", 1),
)
_TERMINAL = (("userid", "C8"), ("line", 2))
_LINE = (*_TERMINAL, ("count", 1), ("data", "V"))
SIMULATED = ("SSK", "ISK", "SSM", "LPSW", "DIAGNOSE", "SIO", "SIOF", "TIO", "CLRIO", "HIO", "HDV", "TCH", "STNSM", "STOSM",
             "LRA", "STIDP", "STIDC", "SCK", "SCKC", "STCKC", "STPT", "SPT", "SPX", "STPX", "STAP", "STCTL", "LCTL", "PTLB",
             "RRB", "CS", "CDS")
"""Privileged instructions that PERFORM counts, in their order."""
LAYOUTS: dict[tuple[int, int], tuple[tuple[str, int | str], ...]] = {
    (0, HEADER_RECORD): (
        ("cpu_id", 8), ("level", "C8"), ("date", "C8"), ("time", "C8"), ("userid", "C8"), ("classes", 4), ("nucleus", 4),
        ("free_storage", 4), ("pageable", 4), ("trace_table", 4), ("virtual_real", 4), ("processor", 2), ("attached", 2),
    ),
    (0, TRAILER): (("userid", "C8"),),
    (0, SUSPENSION): (("time", 5), ("count", 4)),
    (PERFORM, 0): (
        ("idle_time", 8), ("page_wait", 8), ("io_wait", 8), ("problem_time", 8), ("paging_sios", 4), ("page_requests", 4),
        ("free_pages", 4), ("pages_being_written", 4), ("pages_reclaimed", 4), ("reserved_pages", 4), ("shared_pages", 4),
        ("free_list_empty", 4), ("free_page_calls", 4), ("pages_stolen", 4), ("pages_examined", 4), ("pages_flushed", 4),
        ("full_scans", 4), ("clock_comparator", 4), ("svc", 4), ("program", 4), ("io", 4), ("dispatches", 4),
        ("fast_reflects", 4), ("new_psw_dispatches", 4), ("schedules", 4),
        *((f"sim_{name.lower()}", 4) for name in SIMULATED),
        ("logged_on", 2), ("dialed", 2), ("q1_users", 2), ("q2_users", 2), ("q1_eligible", 2), ("q2_eligible", 2),
        ("interval", 2), ("paging_cylinders", 2), ("paging_capacity", 2), ("iob_depletes", 4), ("iob_enqueues", 4),
        ("iob_dequeues", 4), ("alternate_sios", 4), ("extends", 4), ("unextends", 4), ("split_attempts", 4), ("splits", 4),
    ),
    (RESPONSE, 0): _TERMINAL,
    (RESPONSE, 1): _LINE,
    (RESPONSE, 2): _LINE,
    (RESPONSE, 3): _TERMINAL,
    (RESPONSE, 4): _TERMINAL,
    (RESPONSE, 5): _TERMINAL,
    (SCHEDULE, 2): (
        ("userid", "C8"), *_QUEUES, ("cp_time", 8), ("virtual_time", 8), ("priority", 2), ("pages_read", 2),
        ("pages_at_reads", 2), ("resident", 2), ("stolen", 2), ("sios", 4), ("punched", 4), ("printed", 4), ("read", 4),
        ("last_processor", 1),
    ),
    (SCHEDULE, 3): (("userid", "C8"), *_QUEUES),
    (SCHEDULE, 4): (("userid", "C8"), *_QUEUES, ("cp_time", 8), ("virtual_time", 8), ("priority", 2)),
    (USER, 0): (
        ("userid", "C8"), ("cp_time", 8), ("virtual_time", 8), ("page_reads", 4), ("page_writes", 4), ("sios", 4),
        ("punched", 4), ("printed", 4), ("read", 4), ("running", 1), ("dispatch", 1), ("operating", 1), ("queuing", 1),
        ("processing", 1), ("control", 1), ("tracing", 1), ("message_level", 1), ("queue_level", 1), ("command_level", 1),
        ("timer_level", 1), ("pending", 1), ("priority", 1), ("reserved", 1), ("resident", 2), ("working_set", 2),
        ("drum_pages", 2), ("disk_pages", 2), ("interval", 2),
    ),
    (INSTSIM, 0): (("userid", "C8"), ("instruction", "X4"), ("address", 4), ("cp_time", 8)),
}
# fmt: on
NAMES = {
    (0, HEADER_RECORD): "HEADER",
    (0, TRAILER): "TRAILER",
    (0, SUSPENSION): "SUSPENSION",
    (RESPONSE, 0): "READ",
    (RESPONSE, 1): "OUTPUT",
    (RESPONSE, 2): "INPUT",
    (RESPONSE, 3): "SLEEP",
    (RESPONSE, 4): "LOGON",
    (RESPONSE, 5): "LOGOFF",
    (SCHEDULE, 2): "DROP",
    (SCHEDULE, 3): "ADD",
    (SCHEDULE, 4): "ELIGIBLE",
}


class MonitorError(Exception):
    """A file is not one of monitor records; the text says where, and what was found."""


@dataclass(frozen=True, slots=True)
class MonitorRecord:
    """One record."""

    monitor_class: int
    code: int
    time: int
    values: dict[str, int | str]

    @property
    def name(self) -> str:
        """The name of its class, or what it tells."""
        kind = next((name.upper() for name, number in CLASSES.items() if number == self.monitor_class), "?")
        return NAMES.get((self.monitor_class, self.code), kind)


def build(monitor_class: int, code: int, time: int, values: Mapping[str, Value]) -> bytes:
    """A record; fields without a value are zero or blank."""
    parts = []
    for name, size in LAYOUTS[monitor_class, code]:
        value = values.get(name, "" if isinstance(size, str) and size[0] == "C" else 0)
        if isinstance(size, int):
            parts.append((int(value) & (1 << 8 * size) - 1).to_bytes(size, "big"))
        elif size[0] == "C":
            parts.append(to_ebcdic(str(value)[: int(size[1:])].ljust(int(size[1:])), errors="replace"))
        elif size[0] == "X":
            parts.append((value if isinstance(value, bytes) else b"").ljust(int(size[1:]), b"\0")[: int(size[1:])])
        else:
            parts.append(to_ebcdic(str(value or ""), errors="replace")[:MOST_DATA])
    body = b"".join(parts)
    return HEADER.pack(HEADER.size + len(body), 0, monitor_class, code, time.to_bytes(5, "big")) + body


def parse(data: bytes, where: str = "") -> MonitorRecord:
    """The fields of a record; MonitorError if it is none."""
    if len(data) < HEADER.size:
        raise MonitorError(f"{where}: found {len(data)} bytes, expected a record header of {HEADER.size}")
    length, zeros, monitor_class, code, time = HEADER.unpack_from(data)
    if length != len(data) or zeros:
        raise MonitorError(f"{where}: found length {length} and {zeros:04X}, expected {len(data)} and 0000")
    layout = LAYOUTS.get((monitor_class, code))
    if layout is None:
        raise MonitorError(f"{where}: found class {monitor_class} code {code}, of which no layout is known")
    values: dict[str, int | str] = {}
    offset = HEADER.size
    for name, size in layout:
        count = size if isinstance(size, int) else int(size[1:]) if size != "V" else length - offset
        field = data[offset : offset + count]
        if len(field) < count:
            raise MonitorError(f"{where}: found {length} bytes, expected {offset + count} up to field {name}")
        offset += count
        if isinstance(size, int):
            values[name] = int.from_bytes(field, "big")
        else:
            values[name] = field.hex().upper() if size[0] == "X" else from_ebcdic(field).rstrip()
    return MonitorRecord(monitor_class, code, int.from_bytes(time, "big"), values)


def records_of(block: bytes, where: str) -> Iterator[MonitorRecord]:
    """The records of a block."""
    if len(block) < BLOCK_HEADER.size or BLOCK_HEADER.unpack_from(block) != (len(block), 0):
        raise MonitorError(
            f"{where}: found {block[:4].hex()}, expected the length of the block, {len(block)}, and 0000"
        )
    offset = BLOCK_HEADER.size
    while offset < len(block):
        here = f"{where}, offset {offset}"
        length = int.from_bytes(block[offset : offset + 2], "big")
        if length < HEADER.size or offset + length > len(block):
            raise MonitorError(
                f"{here}: found a record of {length} bytes, expected {HEADER.size} to {len(block) - offset}"
            )
        yield parse(block[offset : offset + length], here)
        offset += length


def time_of(tod: int) -> int:
    """The header's time of a value of the TOD clock."""
    return tod >> 16 & 0xFFFFFFFFFF
