"""What the directory says, as objects: a UserEntry, and an object for each statement of it.

    UserEntry -- console mdisks spools dedicates links specials
       '-------- device_statements(): all, in the source's order

A statement object is immutable; its ``line`` is the number of its record in the source.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from vm370.cp.settings import LineEditing

HASHED = "*"
"""A password operand that says: the hash is in ``passwords``."""
NOLOG = "NOLOG"
ALL = "ALL"

REAL_CPU_SERIAL = 0x000370
"""The serial number of the machine CP runs on."""
REAL_CPU_MODEL = 0x0168
"""Its model: a 370/168."""

PASSWORD_NAMES = ("READ", "WRITE", "MULT")
"""The three passwords of a minidisk, in the order of the MDISK statement."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong in the directory source."""

    path: Path
    line: int
    found: str
    expected: str

    @property
    def place(self) -> str:
        """Without the file."""
        return f"line {self.line}: found {self.found}, expected {self.expected}"

    def __str__(self) -> str:
        return f"{self.path}: {self.place}"


class DirectoryError(Exception):
    """The directory cannot be used; ``faults`` has everything that was found."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Options:
    """OPTION statement."""

    realtimer: bool = False
    ecmode: bool = False
    isam: bool = False
    virt_real: bool = False
    acct: bool = False
    svcoff: bool = False
    bmx: bool = False
    cpuid: int | None = None
    """Six hexadecimal digits that replace the serial number in STIDP."""
    affinity: int | None = None
    lnknopas: bool = False
    """LINK asks this user for no passwords."""
    maxconn: int | None = None
    """IUCV connections."""
    others: tuple[str, ...] = ()
    """Accepted and without effect here: VMSAVE STFIRST MIH 370E DIAG98."""
    pure: bool = False
    """SET IMPURE OFF at logon: no DIAGNOSE works, STIDP shows a real machine."""
    model: int | None = None
    """The model that STIDP shows, four hexadecimal digits."""
    engine: str = ""
    """SET ENGINE at logon."""
    timer: str = ""
    """SET TIMER at logon; REALTIMER is TIMER REAL."""
    run: bool = False
    """SET RUN ON at logon."""
    conceal: bool = False
    """SET CONCEAL ON at logon."""
    years: int = 0
    """The guest's clocks are so many years away from the host's."""


@dataclass(frozen=True, slots=True)
class Limits:
    """LIMIT statement: what one user may have; None: as much as the system has."""

    spool: int | None = None
    """Spool files that he made, as long as they are there."""
    records: int | None = None
    """Records of one spool file."""
    tdisk: int | None = None
    """Cylinders of temporary disks (FB-512: 1024 blocks count as one)."""
    cpu: int | None = None
    """Per cent of one processor."""
    messages: int | None = None
    """VMCF messages that he sent and that are not answered yet."""


@dataclass(frozen=True, slots=True)
class IucvStatement:
    """IUCV: whom this user may connect to, or (ALLOW) that others may connect to him."""

    target: str
    """A user ID, ANY, ALLOW, or a service of CP."""
    priority: bool = False
    limit: int | None = None
    """MSGLIMIT."""


@dataclass(frozen=True, slots=True)
class IplStatement:
    """IPL: what is loaded at logon."""

    line: int
    system: str
    """A device address or the name of a saved system."""
    parm: str = ""
    clear: bool = False


@dataclass(frozen=True, slots=True)
class ConsoleStatement:
    """CONSOLE."""

    line: int
    vaddr: int
    device_type: str
    spool_class: str = "T"
    secondary: str = ""


@dataclass(frozen=True, slots=True)
class MdiskStatement:
    """MDISK: an extent of a volume, or temporary space."""

    line: int
    vaddr: int
    device_type: str
    start: int
    """First cylinder (FB-512: first block); 0 for T-DISK."""
    size: int
    """Cylinders (FB-512: blocks)."""
    volser: str
    """Empty for T-DISK."""
    mode: str = "W"
    reserve: bool = False
    """Mode with V: virtual reserve/release."""
    passwords: tuple[str, ...] = ()
    """Operands READ, WRITE, MULT: a plain password, ALL or ``*``; shorter when not given."""
    half: str = ""
    """2311 on half of a 2314: TOP or BOTTOM."""

    @property
    def temporary(self) -> bool:
        """T-DISK."""
        return not self.volser


@dataclass(frozen=True, slots=True)
class SpoolStatement:
    """SPOOL: a virtual unit record device; ``device_type`` is 2540R or 2540P for the two halves of a 2540."""

    line: int
    vaddr: int
    device_type: str
    spool_class: str = "A"


@dataclass(frozen=True, slots=True)
class DedicateStatement:
    """DEDICATE: a real device or a mounted volume."""

    line: int
    vaddr: int
    real: str
    by_volume: bool = False
    read_only: bool = False
    network: bool = False


@dataclass(frozen=True, slots=True)
class LinkStatement:
    """LINK: another user's minidisk."""

    line: int
    userid: str
    owner_vaddr: int
    vaddr: int
    mode: str = "R"


@dataclass(frozen=True, slots=True)
class SpecialStatement:
    """SPECIAL: a virtual device without a real one."""

    line: int
    vaddr: int
    device_type: str
    feature: str = ""


@dataclass(frozen=True, slots=True)
class FileStatement:
    """FILE: a disk whose image is a host file."""

    line: int
    vaddr: int
    device_type: str
    """DASD: whatever the image is."""
    path: str
    mode: str = ""
    """R/O, R/W, COW; empty: R/W if that can be."""


@dataclass(frozen=True, slots=True)
class TapeStatement:
    """TAPE: a tape drive, with the tape of a host file or empty."""

    line: int
    vaddr: int
    device_type: str
    path: str = ""
    ring: bool = False


@dataclass(frozen=True, slots=True)
class CardsStatement:
    """CARDS: a card reader with decks of host files in its hopper."""

    line: int
    vaddr: int
    device_type: str
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OutputStatement:
    """PRINTOUT, PUNCHOUT: a printer or punch that writes a host file."""

    line: int
    vaddr: int
    device_type: str
    path: str


@dataclass(frozen=True, slots=True)
class ScriptStatement:
    """SCRIPT: a host file with what is typed at the console."""

    line: int
    path: str


@dataclass(frozen=True, slots=True)
class FolderStatement:
    """FOLDER: the host folder that the guest may exchange files with."""

    line: int
    path: str
    read_only: bool = False


DeviceStatement = (
    ConsoleStatement
    | MdiskStatement
    | SpoolStatement
    | DedicateStatement
    | LinkStatement
    | SpecialStatement
    | FileStatement
    | TapeStatement
    | CardsStatement
    | OutputStatement
)


@dataclass(frozen=True, slots=True)
class UserEntry:
    """One user.  Storage sizes are bytes."""

    line: int
    userid: str
    password: str
    """NOLOG, a plain password or ``*``."""
    storage_size: int = 128 << 10
    max_storage_size: int = 128 << 10
    classes: str = "G"
    priority: int = 64
    editing: LineEditing = field(default_factory=LineEditing)
    account: str = ""
    distribution: str = ""
    options: Options = field(default_factory=Options)
    limits: Limits = field(default_factory=Limits)
    ipl: IplStatement | None = None
    script: ScriptStatement | None = None
    folder: FolderStatement | None = None
    iucv: tuple[IucvStatement, ...] = ()
    statements: tuple[DeviceStatement, ...] = ()
    """All device statements in the order of the source."""

    def device_statements(self) -> tuple[DeviceStatement, ...]:
        """What the virtual machine has at logon, in the order in which it is made."""
        return self.statements

    @property
    def cpu_serial(self) -> int:
        """The serial number that STIDP shows."""
        return REAL_CPU_SERIAL if self.options.cpuid is None else self.options.cpuid

    @property
    def cpu_model(self) -> int:
        """The model that STIDP shows."""
        return REAL_CPU_MODEL if self.options.model is None else self.options.model

    @property
    def nolog(self) -> bool:
        """Nobody can log on with this user ID."""
        return self.password == NOLOG

    @property
    def console(self) -> ConsoleStatement | None:
        """The virtual console, if there is one."""
        return next((device for device in self.statements if isinstance(device, ConsoleStatement)), None)

    @property
    def mdisks(self) -> tuple[MdiskStatement, ...]:
        """MDISK statements."""
        return tuple(device for device in self.statements if isinstance(device, MdiskStatement))

    @property
    def spools(self) -> tuple[SpoolStatement, ...]:
        """SPOOL statements."""
        return tuple(device for device in self.statements if isinstance(device, SpoolStatement))

    @property
    def dedicates(self) -> tuple[DedicateStatement, ...]:
        """DEDICATE statements."""
        return tuple(device for device in self.statements if isinstance(device, DedicateStatement))

    @property
    def links(self) -> tuple[LinkStatement, ...]:
        """LINK statements."""
        return tuple(device for device in self.statements if isinstance(device, LinkStatement))

    @property
    def specials(self) -> tuple[SpecialStatement, ...]:
        """SPECIAL statements."""
        return tuple(device for device in self.statements if isinstance(device, SpecialStatement))

    def mdisk(self, vaddr: int) -> MdiskStatement | None:
        """The minidisk this user owns at ``vaddr``."""
        return next((mdisk for mdisk in self.mdisks if mdisk.vaddr == vaddr), None)


def link_purpose(vaddr: int, kind: str) -> str:
    """How ``passwords`` names a minidisk's password."""
    return f"{vaddr:03X}.{kind}"
