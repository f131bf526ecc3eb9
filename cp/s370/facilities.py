"""The facilities of System/370: which ones this CPU has (Principles of Operation, chapter Introduction and index).

An instruction that no line of ``FACILITIES`` names belongs to the basic machine, which has the commercial instruction
set and floating point.  The operation codes of ``ABSENT`` are operation exceptions, except where it says otherwise.

STIDP shows none of this: neither version nor model number says what is installed, a program finds out by trying.  Its
last halfword, the length of the machine-check extended logout, is 0: there is none (interruptions.py).
"""

from __future__ import annotations

from dataclasses import dataclass

BASIC = "basic"


@dataclass(frozen=True, slots=True)
class Facility:
    """A facility; ``note``: what belongs to it besides instructions, or why it is not installed."""

    name: str
    instructions: tuple[str, ...]
    note: str


def _facility(name: str, instructions: str, note: str = "") -> Facility:
    return Facility(name, tuple(instructions.split()), note)


FACILITIES: tuple[Facility, ...] = (
    _facility("branch and save", "BAS BASR"),
    _facility("clear I/O", "CLRIO"),
    _facility("conditional swapping", "CS CDS"),
    _facility("CPU timer and clock comparator", "SCKC STCKC SPT STPT", "external interruptions 1004 and 1005"),
    _facility("extended", "IPTE TPROT", "low-address protection, common-segment bit"),
    _facility("extended-precision floating point", "AXR SXR MXR MXD MXDR LRDR LRER"),
    _facility("extended real addressing", "", "page-table entries of 4K pages; there is no storage above 16 MiB"),
    _facility("fast release", "SIOF"),
    _facility("halt device", "HDV"),
    _facility("inter-user communications", "IUCV", "VM/SP's, of no machine: a control program may answer it"),
    _facility("key-controlled protection", "SSK ISK", "store and fetch protection, keys of 2K blocks"),
    _facility("monitoring", "MC", "monitor-event program interruption"),
    _facility("move inverse", "MVCIN"),
    _facility("multiprocessing", "SIGP SPX STPX STAP", "prefixing, CPU address; there is one CPU"),
    _facility("program-event recording", "", "all four events, CR9-CR11"),
    _facility("PSW-key handling", "IPK SPKA"),
    _facility("segment protection", "", "segment-table entry bit 29"),
    _facility("store status", "", "an operator's function: `interruptions.store_status`"),
    _facility("translation", "LRA PTLB RRB STNSM STOSM", "2K and 4K pages, 64K and 1M segments; EC mode"),
)  # fmt: skip

MISSING: tuple[Facility, ...] = (
    _facility("channel-set switching", "CONCS DISCS", "there is one CPU, and its channels are its own"),
    _facility("direct control", "RDD WRD", "no lines to other machines"),
    _facility("dual address space", "EPAR ESAR IAC IVSK LASP MVCK MVCP MVCS PC PT SAC SSAR", "later than VM/370"),
    _facility("recovery extensions", "CLRCH", "no failing channels; 9F01 is TEST CHANNEL"),
    _facility("storage-key-instruction extensions", "ISKE RRBE SSKE", "keys are those of 2K blocks"),
    _facility("suspend and resume", "RIO", "9C02 is START I/O: its bits 8-14 are ignored"),
    _facility("test block", "TB", "no failing storage"),
    _facility("vector", "", "171 instructions, later than VM/370"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Absent:
    """An instruction of the manual that is not installed."""

    opcode: int
    mnemonic: str
    format: str
    name: str
    chapter: str


#         opcode  mnemonic format name                             chapter
ABSENT: tuple[Absent, ...] = (
    Absent(0x84,   "WRD",   "SI",  "WRITE DIRECT",                  "Control"),
    Absent(0x85,   "RDD",   "SI",  "READ DIRECT",                   "Control"),
    Absent(0x9C02, "RIO",   "S",   "RESUME I/O",                    "Input/Output"),
    Absent(0x9F01, "CLRCH", "S",   "CLEAR CHANNEL",                 "Input/Output"),
    Absent(0xB200, "CONCS", "S",   "CONNECT CHANNEL SET",           "Input/Output"),
    Absent(0xB201, "DISCS", "S",   "DISCONNECT CHANNEL SET",        "Input/Output"),
    Absent(0xB218, "PC",    "S",   "PROGRAM CALL",                  "Control"),
    Absent(0xB219, "SAC",   "S",   "SET ADDRESS SPACE CONTROL",     "Control"),
    Absent(0xB223, "IVSK",  "RRE", "INSERT VIRTUAL STORAGE KEY",    "Control"),
    Absent(0xB224, "IAC",   "RRE", "INSERT ADDRESS SPACE CONTROL",  "Control"),
    Absent(0xB225, "SSAR",  "RRE", "SET SECONDARY ASN",             "Control"),
    Absent(0xB226, "EPAR",  "RRE", "EXTRACT PRIMARY ASN",           "Control"),
    Absent(0xB227, "ESAR",  "RRE", "EXTRACT SECONDARY ASN",         "Control"),
    Absent(0xB228, "PT",    "RRE", "PROGRAM TRANSFER",              "Control"),
    Absent(0xB229, "ISKE",  "RRE", "INSERT STORAGE KEY EXTENDED",   "Control"),
    Absent(0xB22A, "RRBE",  "RRE", "RESET REFERENCE BIT EXTENDED",  "Control"),
    Absent(0xB22B, "SSKE",  "RRE", "SET STORAGE KEY EXTENDED",      "Control"),
    Absent(0xB22C, "TB",    "RRE", "TEST BLOCK",                    "Control"),
    Absent(0xD9,   "MVCK",  "SS",  "MOVE WITH KEY",                 "Control"),
    Absent(0xDA,   "MVCP",  "SS",  "MOVE TO PRIMARY",               "Control"),
    Absent(0xDB,   "MVCS",  "SS",  "MOVE TO SECONDARY",             "Control"),
    Absent(0xE500, "LASP",  "SSE", "LOAD ADDRESS SPACE PARAMETERS", "Control"),
)  # fmt: skip

_BY_MNEMONIC = {mnemonic: f.name for f in (*FACILITIES, *MISSING) for mnemonic in f.instructions}


def facility_of(mnemonic: str) -> str:
    """Name of the facility that an instruction belongs to."""
    return _BY_MNEMONIC.get(mnemonic, BASIC)
