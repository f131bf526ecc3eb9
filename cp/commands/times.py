"""Times as CP writes them: the time of day with zone and weekday, and what a session has used."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vm370.cp.machine import VirtualMachine


def time_of_day(now: datetime) -> str:
    """``hh:mm:ss``."""
    return now.strftime("%H:%M:%S")


def date_and_time(now: datetime) -> str:
    """``hh:mm:ss zone weekday mm/dd/yy``."""
    weekdays = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
    zone = (now.tzname() or "GMT").upper()
    return f"{time_of_day(now)} {zone} {weekdays[now.weekday()]} {now.strftime('%m/%d/%y')}"


def time_used(vm: VirtualMachine) -> str:
    """``CONNECT= hh:mm:ss VIRTCPU= mmm:ss.hs TOTCPU= mmm:ss.hs`` of the session so far."""
    connected = int(vm.system.clock.monotonic() - vm.logon_at)
    virtual, total = vm.times()
    hours, minutes, seconds = connected // 3600, connected // 60 % 60, connected % 60
    connect = f"{hours:02}:{minutes:02}:{seconds:02}"
    return f"CONNECT= {connect} VIRTCPU= {_cpu(virtual)} TOTCPU= {_cpu(total)}"


def _cpu(microseconds: int) -> str:
    hundredths = microseconds // 10_000
    minutes, rest = divmod(hundredths, 6_000)
    return f"{minutes:03}:{rest // 100:02}.{rest % 100:02}"
