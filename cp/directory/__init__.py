"""The CP directory: who may log on, and with which virtual machine.

The source is a USER DIRECT deck (source.py has the syntax), in the home's file ``directory``.  CP reads it when it
starts, and again when it was changed.  Passwords stand hashed in the file ``passwords`` beside it (cp/passwords.py).

    Directory.load(path)  -->  Directory  -- find(userid) -->  UserEntry
"""

from vm370.cp.directory.directory import Directory, default_passwords, link_purpose
from vm370.cp.directory.entries import (
    ALL,
    HASHED,
    NOLOG,
    PASSWORD_NAMES,
    REAL_CPU_SERIAL,
    ConsoleStatement,
    DedicateStatement,
    DeviceStatement,
    DirectoryError,
    Fault,
    IplStatement,
    LinkStatement,
    MdiskStatement,
    Options,
    SpecialStatement,
    SpoolStatement,
    UserEntry,
)

__all__ = [
    "ALL",
    "HASHED",
    "NOLOG",
    "PASSWORD_NAMES",
    "REAL_CPU_SERIAL",
    "ConsoleStatement",
    "DedicateStatement",
    "DeviceStatement",
    "Directory",
    "DirectoryError",
    "Fault",
    "IplStatement",
    "LinkStatement",
    "MdiskStatement",
    "Options",
    "SpecialStatement",
    "SpoolStatement",
    "UserEntry",
    "default_passwords",
    "link_purpose",
]
