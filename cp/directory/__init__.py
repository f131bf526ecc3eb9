"""The CP directory: who may log on, and with which virtual machine.

The source is a USER DIRECT deck (source.py has the syntax), in the home's file ``directory``.  CP reads it when it
starts, and again when it was changed.  Passwords stand hashed in the file ``passwords`` beside it (cp/passwords.py).

    Directory.load(path)  -->  Directory  -- find(userid) -->  UserEntry
"""

from vm370.cp.directory.directory import Directory, default_passwords
from vm370.cp.directory.entries import (
    ALL,
    HASHED,
    NOLOG,
    PASSWORD_NAMES,
    REAL_CPU_SERIAL,
    CardsStatement,
    ConsoleStatement,
    DedicateStatement,
    DeviceStatement,
    DirectoryError,
    Fault,
    FileStatement,
    FolderStatement,
    IplStatement,
    Limits,
    LinkStatement,
    MdiskStatement,
    Options,
    OutputStatement,
    ScriptStatement,
    SpecialStatement,
    SpoolStatement,
    TapeStatement,
    UserEntry,
    link_purpose,
)

__all__ = [
    "ALL",
    "HASHED",
    "NOLOG",
    "PASSWORD_NAMES",
    "REAL_CPU_SERIAL",
    "CardsStatement",
    "ConsoleStatement",
    "DedicateStatement",
    "DeviceStatement",
    "Directory",
    "DirectoryError",
    "Fault",
    "FileStatement",
    "FolderStatement",
    "IplStatement",
    "Limits",
    "LinkStatement",
    "MdiskStatement",
    "Options",
    "OutputStatement",
    "ScriptStatement",
    "SpecialStatement",
    "SpoolStatement",
    "TapeStatement",
    "UserEntry",
    "default_passwords",
    "link_purpose",
]
