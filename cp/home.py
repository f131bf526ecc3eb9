"""Where the home folder is: directory, passwords, disks/, spool.db, saved systems."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs


def default_home() -> Path:
    """``VM370_HOME``, or the user's data folder."""
    place = os.environ.get("VM370_HOME")
    return Path(place) if place else platformdirs.user_data_path("vm370")
