"""What SET and TERMINAL change for one user: values with VM/370's defaults at LOGON."""

from __future__ import annotations

from dataclasses import dataclass, field

from vm370.cp.engine_choice import DEFAULT_ENGINE

LONGEST_LINE = 255


@dataclass(slots=True)
class LineEditing:
    """TERMINAL's logical editing symbols; None is OFF."""

    line_end: str | None = "#"
    line_delete: str | None = "¢"
    character_delete: str | None = "@"
    escape: str | None = '"'
    tab: str | None = None


@dataclass(slots=True)
class TerminalOptions:
    """TERMINAL command."""

    editing: LineEditing = field(default_factory=LineEditing)
    line_size: int | None = 130
    """Characters after which output goes on in the next line; None: never."""
    mode_cp: bool = False
    """TERMINAL MODE CP: an attention goes to CP; MODE VM: to the virtual machine."""
    attention_message: bool = True
    """Of typewriters; displays have none."""
    highlight: bool = False
    apl: bool = False
    text: bool = False
    autocr: bool = True
    """Always: displays have no other way."""
    more: tuple[int, int] = (50, 10)
    hold: bool = True
    timestamp: bool = False
    mask: bool = False


@dataclass(slots=True)
class Settings:
    """SET command."""

    msg: bool = True
    wng: bool = True
    imsg: bool = True
    emsg: str = "TEXT"
    acnt: bool = True
    run: bool = False
    conceal: bool = False
    """The user does not meet CP (applications.py)."""
    linedit: bool = True
    ecmode: bool = False
    isam: bool = False
    pagex: bool = False
    notrans: bool = False
    autopoll: bool = False
    smsg: bool = False
    iucv: set[str] = field(default_factory=set)
    """Of msg, wng and smsg, what goes to the machine itself, by IUCV (service *MSG)."""
    timer: str = "ON"
    """OFF, ON: the interval timer counts virtual CPU time, REAL: wait time too, VIRTUAL: all clocks follow ``now``."""
    assist: bool = True
    """SET ASSIST: SVC, LPSW, SSM, keys and program interruptions are done inside the engine without a trap."""
    assist_svc: bool = True
    """SET ASSIST NOSVC: SVC traps all the same."""
    impure: bool = True
    """SET IMPURE OFF: no DIAGNOSE, and STIDP shows a real CPU."""
    genuine: bool = False
    """SET IMPURE GENUINE: no DIAGNOSE functions that only this CP has."""
    engine: str = DEFAULT_ENGINE
    """SET ENGINE: what executes the guest's instructions, if it is there."""
    pf_keys: dict[int, str] = field(default_factory=dict)
