"""The CP directory of a new home: OPERATOR, MAINT with the system disks, and three users.

Passwords are the user IDs (Directory.load hashes them at once); CP warns at each start until they are changed.

    volume   type   cylinders   what
    VMSYS1   3350   0           label
                    1-20        MAINT 190: CMS system disk, IPL text and nucleus
                    21-40       MAINT 19E: extension of the system disk
                    41-50       MAINT 191
    VMUSR1   3350   0           label
                    1-10 ...    191 of OPERATOR, CMSUSER, CMSUSER2, CMSUSER3
"""

from __future__ import annotations

from pathlib import Path

from vm370.cp.passwords import replace_file

SYSTEM_VOLUME = "VMSYS1"
USER_VOLUME = "VMUSR1"
VOLUME_TYPE = "3350"

SYSTEM_DISKS = """\
 MDISK   190 3350 001 020 VMSYS1 MW   ALL
 MDISK   19E 3350 021 020 VMSYS1 MW   ALL
"""

SYSTEM_LINKS = """\
 LINK    MAINT 190 190 RR
 LINK    MAINT 19E 19E RR
"""

#  user ID     classes    191: first cylinder on volume
DEFAULT_USERS: list[tuple[str, str, int, str]] = [
    ("OPERATOR", "ABCDEFG", 1, USER_VOLUME),
    ("MAINT", "BCEG", 41, SYSTEM_VOLUME),
    ("CMSUSER", "G", 11, USER_VOLUME),
    ("CMSUSER2", "G", 21, USER_VOLUME),
    ("CMSUSER3", "G", 31, USER_VOLUME),
]
MINIDISK_CYLINDERS = 10


def default_directory() -> str:
    """The source text."""
    parts = [
        "* The CP directory in USER DIRECT syntax; see docs/directory.md.",
        "* A password of * is in the file passwords. Change one with: vm370 passwd USER",
        f"DIRECTORY 6A1 {VOLUME_TYPE} {SYSTEM_VOLUME}",
    ]
    for userid, classes, first, volume in DEFAULT_USERS:
        disks = SYSTEM_DISKS if userid == "MAINT" else SYSTEM_LINKS
        own = f" MDISK   191 {VOLUME_TYPE} {first:03} {MINIDISK_CYLINDERS:03} {volume} MR"
        if userid.startswith("CMSUSER"):  # others may LINK it, with the user ID as read and write password
            own += f"   {userid:<8} {userid}"
        parts += [
            "*",
            f"USER {userid} {userid} 1M 16M {classes}",
            f" ACCOUNT {userid} {userid}",
            " CONSOLE 009 3215",
            " SPOOL   00C 2540 READER *",
            " SPOOL   00D 2540 PUNCH A",
            " SPOOL   00E 1403 A",
            disks.rstrip("\n"),
            own,
        ]
    return "\n".join(parts) + "\n"


def write_default_directory(path: Path) -> None:
    """Make the directory of a new home."""
    replace_file(path, default_directory(), mode=0o600)
