"""The machine that a measurement was made on, as its tables say it."""

from __future__ import annotations

import os
import platform
from datetime import date
from pathlib import Path


def processor() -> str:
    """Model of the processor, as far as the host tells."""
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return value.strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def description() -> dict[str, object]:
    """Processor, cores, system, Python, date."""
    return {
        "processor": processor(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "date": date.today().isoformat(),
    }


def sentence(machine: dict[str, object]) -> str:
    """The description for people."""
    return (
        f"{machine['processor']}, {machine['cores']} cores, {machine['system']}, Python {machine['python']};"
        f" {machine['date']}"
    )
