"""Accounting records, as VM/370 punches them (``vm370 account``); ``accounting.db`` in the home.

    type   written when                                   fields
    01     LOGOFF, ACNT                                   what the virtual machine used since the one before
    02     a dedicated or dialed device is given back     connect seconds, device class and type
    03     a temporary disk is given back                 connect seconds, type, cylinders (or blocks)
    04     the wrong passwords of a LOGON or AUTOLOG reached the limit      terminal, by, count, limit
    05     LINK to a protected minidisk of somebody else  terminal, owner, vaddr
    06     the wrong passwords of LINK reached the limit  terminal, owner, vaddr, count, limit
    C0     DIAGNOSE X'4C' code X'10'                      data: up to 70 bytes, in hexadecimal

The rest is in ``fields``; ``card`` makes the 80 columns of the System Programmer's Guide of them.  In types 04 and 06
the columns of the invalid password stay blank.  Writing never fails and never waits (recording.py).
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from vm370.cp.io.devicetypes import DEVICE_TYPES
from vm370.cp.recording import Clock, Record, Recorder, Value
from vm370.images.ebcdic import to_ebcdic

if TYPE_CHECKING:
    from vm370.cp.machine import VirtualMachine

APPLICATION_ID = 0x564D4143  # "VMAC"
FILE_NAME = "accounting.db"

USER, DEVICE, TEMPORARY_DISK, LOGON_PASSWORDS, LINKED, LINK_PASSWORDS, USER_DATA = (
    *("01", "02", "03", "04", "05", "06"),
    "C0",
)
MOST_DATA = 70
_FULLWORD = 0xFFFFFFFF

TYPE_1_FIELDS = (
    *("connect_seconds", "total_ms", "virtual_ms", "page_reads", "page_writes", "sio"),
    *("punched", "printed", "read"),
)
"""Fullwords from column 29 on."""


@dataclass(slots=True)
class Usage:
    """What a virtual machine has used since LOGON."""

    connect_seconds: int = 0
    total_ms: int = 0
    virtual_ms: int = 0
    page_reads: int = 0
    page_writes: int = 0
    sio: int = 0
    punched: int = 0
    printed: int = 0
    read: int = 0

    def since(self, before: Usage) -> dict[str, Value]:
        """The difference, field by field."""
        old = asdict(before)
        return {name: max(value - old[name], 0) for name, value in asdict(self).items()}


@dataclass(frozen=True, slots=True)
class Payer:
    """Who is charged for what a machine uses."""

    userid: str
    account: str
    distribution: str = ""


class NoSuchUser(Exception):
    """The user who is to be charged is not in the directory."""


class Accounting:
    """The accounting of a running system."""

    def __init__(self, home: Path, clock: Clock, tell: Callable[[str], None]) -> None:
        self._recorder = Recorder(home / FILE_NAME, APPLICATION_ID, clock, tell)
        self._begun: weakref.WeakKeyDictionary[VirtualMachine, Usage] = weakref.WeakKeyDictionary()
        self._charged: weakref.WeakKeyDictionary[VirtualMachine, Usage] = weakref.WeakKeyDictionary()
        self._payers: weakref.WeakKeyDictionary[VirtualMachine, Payer] = weakref.WeakKeyDictionary()

    def begin(self, vm: VirtualMachine) -> None:
        """LOGON: what is counted for the user ID so far was used before."""
        self._begun[vm] = self._charged[vm] = usage(vm)

    def since_logon(self, vm: VirtualMachine) -> dict[str, Value]:
        """What the machine used since LOGON."""
        return usage(vm).since(self._begun.get(vm, Usage()))

    def record(self, kind: str, userid: str, account: str = "", **fields: Value) -> None:
        """A record of type ``kind``."""
        self._recorder.add(kind, userid, {"account": account or userid, **fields})

    def charge(self, vm: VirtualMachine) -> None:
        """Type 01: what the machine used since it was charged before; for its user, or whom DIAGNOSE X'4C' names."""
        now = usage(vm)
        used = now.since(self._charged.get(vm, Usage()))
        self._charged[vm] = now
        payer = self._payers.get(vm, Payer(vm.userid, account_of(vm)))
        if payer.distribution:
            used["distribution"] = payer.distribution
        self.record(USER, payer.userid, payer.account, **used)

    def charge_to(self, vm: VirtualMachine, userid: str, account: str | None, distribution: str | None) -> None:
        """DIAGNOSE X'4C': charge what was used so far, and what follows to somebody else; NoSuchUser.

        An account or distribution that is not given is that of his directory entry; no user ID: the machine's own.
        """
        entry = vm.entry if not userid else vm.system.directory.find(userid)
        if entry is None:
            raise NoSuchUser(userid)
        self.charge(vm)
        account = entry.account or entry.userid if account is None else account
        self._payers[vm] = Payer(entry.userid, account, distribution or "")

    def user_data(self, vm: VirtualMachine, data: bytes) -> None:
        """Type C0: what DIAGNOSE X'4C' code X'10' gave."""
        self.record(USER_DATA, vm.userid, account_of(vm), data=data[:MOST_DATA].hex().upper())

    def device(self, vm: VirtualMachine, kind: str, seconds: int, *, device_type: str, amount: int = 0) -> None:
        """Type 02 (``DEVICE``) or 03 (``TEMPORARY_DISK``): a device is given back after so many seconds."""
        self.record(kind, vm.userid, account_of(vm), seconds=seconds, device=device_type, amount=amount)

    def close(self) -> None:
        """The end."""
        self._recorder.close()


def account_of(vm: VirtualMachine) -> str:
    """The account number of the directory; without an ACCOUNT statement the user ID."""
    return vm.entry.account or vm.userid


def usage(vm: VirtualMachine) -> Usage:
    """What the machine used: times since LOGON, spooled records of the user ID since the start of the system."""
    virtual, total = vm.times()
    moved = vm.system.spool.moved
    return Usage(
        connect_seconds=int(vm.system.clock.monotonic() - vm.logon_at),
        total_ms=total // 1000,
        virtual_ms=virtual // 1000,
        sio=vm.counters.start_ios,
        punched=moved[vm.userid, "PUN"],
        printed=moved[vm.userid, "PRT"] + moved[vm.userid, "CON"],
        read=moved[vm.userid, "RDR"],
    )


# --- the card ---


def card(record: Record) -> bytes:
    """The 80 columns, in EBCDIC with binary fields, of a record."""
    fields, kind = record.fields, record.kind
    if kind == USER_DATA:
        data = bytes.fromhex(str(fields.get("data", "")))
        return _text(record.userid, 8) + data.ljust(MOST_DATA, b"\x40") + _text(kind, 2)
    time = f"{record.time:%m%d%y%H%M%S}"
    account = " " * 8 if kind == LOGON_PASSWORDS else str(fields.get("account", ""))
    head = _text(record.userid, 8) + _text(account, 8) + _text(time, 12)
    if kind == USER:
        body = b"".join(_word(fields.get(name, 0)) for name in TYPE_1_FIELDS)
    elif kind in (DEVICE, TEMPORARY_DISK):
        device_class, device_type = device_codes(str(fields.get("device", "")))
        body = _word(fields.get("seconds", 0)) + bytes([device_class, device_type, 0, 0])
        if kind == TEMPORARY_DISK:
            body += (int(fields.get("amount", 0)) & 0xFFFF).to_bytes(2, "big")
    else:
        body = _text(fields.get("terminal", ""), 4) + _text("", 8)
        if kind == LOGON_PASSWORDS:
            body += _text(fields.get("by", ""), 8) + _text("", 3) + _counts(fields)
        else:
            body += _text(fields.get("owner", ""), 8) + _text(fields.get("vaddr", ""), 3)
            body += _counts(fields) if kind == LINK_PASSWORDS else b""
    return (head + body).ljust(78, b"\x40") + _text(kind, 2)


def _text(value: Value, length: int) -> bytes:
    return to_ebcdic(str(value)[:length].ljust(length), errors="replace")


def _word(value: Value) -> bytes:
    return min(int(value), _FULLWORD).to_bytes(4, "big")


def _counts(fields: dict[str, Value]) -> bytes:
    return b"".join(min(int(fields.get(name, 0)), 0xFFFF).to_bytes(2, "big") for name in ("count", "limit"))


def device_codes(name: str) -> tuple[int, int]:
    """Class and type; zeros for what CP has no code for."""
    found = DEVICE_TYPES.get(name.upper())
    return (found.device_class, found.type_code) if found is not None else (0, 0)
