"""The CP directory of a new home: OPERATOR, MAINT with the system disks, and three users.

Passwords are the user IDs (Directory.load hashes them at once); CP warns at each start until they are changed.

Every minidisk has a volume, and so an image file, of its own: it can be put on a shelf, and used elsewhere, by itself.

    volume   type   cylinders   what
    CMS190   3350   20          MAINT 190: CMS system disk, IPL text and nucleus
    CMS19E   3350   5           MAINT 19E: extension of the system disk
    ...191   3350   10          191 of each user
"""

from __future__ import annotations

from pathlib import Path

from vm370.cp.passwords import replace_file

VOLUME_TYPE = "3350"
SYSTEM_DISK, SYSTEM_CYLINDERS = "CMS190", 20
EXTENSION_DISK, EXTENSION_CYLINDERS = "CMS19E", 5
MINIDISK_CYLINDERS = 10

SYSTEM_DISKS = f"""\
 MDISK   190 {VOLUME_TYPE} 000 {SYSTEM_CYLINDERS:03} {SYSTEM_DISK} MW   ALL
 MDISK   19E {VOLUME_TYPE} 000 {EXTENSION_CYLINDERS:03} {EXTENSION_DISK} MW   ALL
"""

SYSTEM_LINKS = """\
 LINK    MAINT 190 190 RR
 LINK    MAINT 19E 19E RR
"""

#  user ID     classes    volume of his 191
DEFAULT_USERS: list[tuple[str, str, str]] = [
    ("OPERATOR", "ABCDEFG", "OPR191"),
    ("MAINT", "BCEG", "MNT191"),
    ("CMSUSER", "G", "CMU191"),
    ("CMSUSER2", "G", "CM2191"),
    ("CMSUSER3", "G", "CM3191"),
]


def default_directory() -> str:
    """The source text."""
    parts = [
        "* The CP directory in USER DIRECT syntax; see docs/directory.md.",
        "* A password of * is in the file passwords. Change one with: vm370 passwd USER",
        f"DIRECTORY 6A1 {VOLUME_TYPE} {SYSTEM_DISK}",
    ]
    for userid, classes, volume in DEFAULT_USERS:
        disks = SYSTEM_DISKS if userid == "MAINT" else SYSTEM_LINKS
        own = f" MDISK   191 {VOLUME_TYPE} 000 {MINIDISK_CYLINDERS:03} {volume} MR"
        if userid.startswith("CMSUSER"):  # others may LINK it, with the user ID as read and write password
            own += f"   {userid:<8} {userid}"
        parts += [
            "*",
            f"USER {userid} {userid} 1M 16M {classes}",
            f" ACCOUNT {userid} {userid}",
            " IUCV    ANY PRIORITY",
            " IUCV    ALLOW PRIORITY",
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
