"""The commands of count-key-data disks: one table, from which each device type takes what it has.

    families   ALL    every type                          RPS    types with rotational position sensing
               SCAN   file scan: 2311, 2314               LOG    types with 24 sense bytes
               OVFL   record overflow: up to the 3350     ID     types with SENSE ID: 3375, 3380, 3390

A command that a type does not have is rejected, diagnostic commands of all types among them.  ``multitrack`` commands
exist a second time with X'80' added.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Flag, auto
from typing import TYPE_CHECKING, NamedTuple

from vm370.cp.io.ckd import control, reads, searches, writes
from vm370.cp.io.device import Outcome, Supply
from vm370.images.geometry import CkdDevice

if TYPE_CHECKING:
    from vm370.cp.io.ckd.disk import CkdDisk

CommandFunction = Callable[["CkdDisk", Supply, int], Outcome]


class Family(Flag):
    """Which device types have a command."""

    ALL = auto()
    RPS = auto()
    SCAN = auto()
    LOG = auto()
    OVFL = auto()
    ID = auto()


class Command(NamedTuple):
    """One row of COMMANDS."""

    code: int
    multitrack: bool
    family: Family
    name: str
    function: CommandFunction


# fmt: off
COMMANDS: tuple[Command, ...] = (
    Command(0x03, False, Family.ALL,  "NO-OPERATION",               control.no_operation),
    Command(0x07, False, Family.ALL,  "SEEK",                       control.seek),
    Command(0x0B, False, Family.ALL,  "SEEK CYLINDER",              control.seek_cylinder),
    Command(0x1B, False, Family.ALL,  "SEEK HEAD",                  control.seek_head),
    Command(0x13, False, Family.ALL,  "RECALIBRATE",                control.recalibrate),
    Command(0x17, False, Family.ALL,  "RESTORE",                    control.no_operation),
    Command(0x1F, False, Family.ALL,  "SET FILE MASK",              control.set_file_mask),
    Command(0x0F, False, Family.ALL,  "SPACE COUNT",                control.space_count),
    Command(0x23, False, Family.RPS,  "SET SECTOR",                 control.set_sector),
    Command(0x22, False, Family.RPS,  "READ SECTOR",                control.read_sector),
    Command(0x04, False, Family.ALL,  "SENSE",                      control.sense),
    Command(0xE4, False, Family.ID,   "SENSE ID",                   control.sense_id),
    Command(0xA4, False, Family.LOG,  "READ AND RESET BUFFERED LOG", control.read_buffered_log),
    Command(0xB4, False, Family.ALL,  "DEVICE RESERVE",             control.device_reserve),
    Command(0x94, False, Family.ALL,  "DEVICE RELEASE",             control.device_release),
    Command(0x02, False, Family.ALL,  "READ IPL",                   reads.read_ipl),
    Command(0x06, True,  Family.ALL,  "READ DATA",                  reads.read_data),
    Command(0x0E, True,  Family.ALL,  "READ KEY AND DATA",          reads.read_key_and_data),
    Command(0x1E, True,  Family.ALL,  "READ COUNT, KEY AND DATA",   reads.read_count_key_and_data),
    Command(0x12, True,  Family.ALL,  "READ COUNT",                 reads.read_count),
    Command(0x16, True,  Family.ALL,  "READ R0",                    reads.read_r0),
    Command(0x1A, True,  Family.ALL,  "READ HOME ADDRESS",          reads.read_home_address),
    Command(0x39, True,  Family.ALL,  "SEARCH HOME ADDRESS EQUAL",  searches.search_home_address),
    Command(0x31, True,  Family.ALL,  "SEARCH ID EQUAL",            searches.search_id),
    Command(0x51, True,  Family.ALL,  "SEARCH ID HIGH",             searches.search_id),
    Command(0x71, True,  Family.ALL,  "SEARCH ID EQUAL OR HIGH",    searches.search_id),
    Command(0x29, True,  Family.ALL,  "SEARCH KEY EQUAL",           searches.search_key),
    Command(0x49, True,  Family.ALL,  "SEARCH KEY HIGH",            searches.search_key),
    Command(0x69, True,  Family.ALL,  "SEARCH KEY EQUAL OR HIGH",   searches.search_key),
    Command(0x2D, True,  Family.SCAN, "SEARCH KEY AND DATA EQUAL",  searches.search_key_and_data),
    Command(0x4D, True,  Family.SCAN, "SEARCH KEY AND DATA HIGH",   searches.search_key_and_data),
    Command(0x6D, True,  Family.SCAN, "SEARCH KEY AND DATA EQUAL OR HIGH", searches.search_key_and_data),
    Command(0x05, False, Family.ALL,  "WRITE DATA",                 writes.write_data),
    Command(0x0D, False, Family.ALL,  "WRITE KEY AND DATA",         writes.write_key_and_data),
    Command(0x1D, False, Family.ALL,  "WRITE COUNT, KEY AND DATA",  writes.write_count_key_and_data),
    Command(0x01, False, Family.OVFL, "WRITE SPECIAL COUNT, KEY AND DATA", writes.write_special_count_key_and_data),
    Command(0x11, False, Family.ALL,  "ERASE",                      writes.erase),
    Command(0x15, False, Family.ALL,  "WRITE R0",                   writes.write_r0),
    Command(0x19, False, Family.ALL,  "WRITE HOME ADDRESS",         writes.write_home_address),
)
# fmt: on

IMMEDIATE = frozenset({0x03, 0x13, 0x17})
"""Commands without data."""


def families(device: CkdDevice) -> Family:
    """What a device type has."""
    has = Family.ALL
    if device.sectors:
        has |= Family.RPS
    if device.control_unit in ("2841", "2314"):
        has |= Family.SCAN
    else:
        has |= Family.LOG
    if device.control_unit in ("3880", "3990"):
        has |= Family.ID
    else:
        has |= Family.OVFL
    return has


_tables: dict[Family, tuple[CommandFunction | None, ...]] = {}


def command_table(device: CkdDevice) -> tuple[CommandFunction | None, ...]:
    """For each command code the function of a device type, or None."""
    has = families(device)
    if has not in _tables:
        table: list[CommandFunction | None] = [None] * 256
        for row in COMMANDS:
            if row.family & has:
                table[row.code] = row.function
                if row.multitrack:
                    table[row.code | 0x80] = row.function
        _tables[has] = tuple(table)
    return _tables[has]
