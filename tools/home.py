"""The home of a system: where it is, and making one at the first start.

    directory      the CP directory, in USER DIRECT syntax (its presence tells that the home is complete)
    passwords      hashes of the passwords
    disks/         one image for each volume: VOLSER.ckd or VOLSER.fba
    spool.db       spool files
    errors         the error recording area, when there was one
    saved/         saved systems; CMS is saved at the first start

    incomplete     there only while the first start makes the home

A home is made in steps that may be interrupted anywhere: the directory is written last, and the next start makes anew
what is not complete.  A home that has lost its directory is not taken for a new one: its disks are left alone.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import platformdirs

from vm370.cp.directory.default import (
    DEFAULT_USERS,
    EXTENSION_CYLINDERS,
    EXTENSION_DISK,
    MINIDISK_CYLINDERS,
    SYSTEM_CYLINDERS,
    SYSTEM_DISK,
    VOLUME_TYPE,
    write_default_directory,
)


class HomeError(Exception):
    """A home cannot be built; the text says why."""


HOME_VARIABLE = "VM370_HOME"
INCOMPLETE = "incomplete"
"""File that tells an interrupted first start from a home that lost its directory."""

MODEL_USER, SAVER = "CMSUSER", "SAVECMS"
"""Whose devices the machine has that saves CMS, with the disk 190 read-only as everybody has it; and its name."""
MOST_SLICES = 10_000

Progress = Callable[[str, int, int], None]
"""What is being done, steps done, all steps."""


def home_path(option: str | None) -> Path:
    """``--home``, else the environment variable VM370_HOME, else the user's data folder."""
    if option:
        return Path(option)
    if os.environ.get(HOME_VARIABLE):
        return Path(os.environ[HOME_VARIABLE])
    return Path(platformdirs.user_data_dir("vm370", appauthor=False))


def is_complete(home: Path) -> bool:
    """Whether a system can start there."""
    return (home / "directory").exists()


def make_home(home: Path, progress: Progress) -> None:
    """Build a home with the default users and their disks.  HomeError when that does not work out."""
    # the assembler and the linker take a while to import, and only the first start needs them
    from vm370.cms.build import BuildError, build_system_disk
    from vm370.cp.spool import Spool
    from vm370.cp.system import HostClock
    from vm370.images.errors import ImageError
    from vm370.tools.disk.api import create_disk, format_disk
    from vm370.tools.linker import LinkError

    disks = home / "disks"
    marker = home / INCOMPLETE
    if not marker.exists() and disks.is_dir() and any(disks.iterdir()):
        raise HomeError(f"{home / 'directory'}: missing, but there are disks: put it back, or move {disks} away")
    disks.mkdir(parents=True, exist_ok=True)
    home.chmod(0o700)
    marker.touch()
    empty = [(EXTENSION_DISK, EXTENSION_CYLINDERS, EXTENSION_DISK)]
    empty += [(volume, MINIDISK_CYLINDERS, userid[:6]) for userid, _, volume in DEFAULT_USERS]

    def system_disk(text: str, done: int, steps: int) -> None:
        progress(text, done, steps + len(empty))

    try:
        build_system_disk(disks / f"{SYSTEM_DISK}.ckd", system_disk, cylinders=SYSTEM_CYLINDERS)
        for number, (volume, cylinders, label) in enumerate(empty):
            path = disks / f"{volume}.ckd"
            progress(f"formatting {path.name}", 2 * len(empty) + number, 3 * len(empty))
            create_disk(path, VOLUME_TYPE, cylinders, volser=volume, overwrite=True)
            format_disk(path, label, 4096)
    except (BuildError, ImageError, LinkError) as error:
        raise HomeError(f"{home}: the home cannot be built: {error}") from error
    Spool(home / "spool.db", HostClock()).close()
    write_default_directory(home / "directory")
    progress("saving CMS", 1, 1)
    save_cms(home)
    marker.unlink()
    progress("ready", 1, 1)


def save_cms(home: Path) -> bool:
    """Load CMS from its disk and have it save itself; False when it did not (then IPL CMS loads the disk)."""
    from vm370.cp.console.terminal import Terminal
    from vm370.cp.system import System

    system = System(home)
    try:
        model = system.directory.find(MODEL_USER)
        if model is None:
            return False
        session = system.connect(Terminal())
        system.logon(replace(model, userid=SAVER, classes="EG"), session)
        session.enter("IPL 190 CLEAR PARM SAVESYS CMS")
        for _ in range(MOST_SLICES):
            if system.saved.path("CMS").exists() or not system.step():
                break
        return system.saved.path("CMS").exists()
    finally:
        system.shutdown()
