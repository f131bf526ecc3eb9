"""VM/370's device statements: CONSOLE MDISK SPOOL DEDICATE LINK SPECIAL.

Each is ``(line, words) -> statement``; DEVICES is their table.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from vm370.cp.commands.context import abbreviates
from vm370.cp.directory.entries import (
    PASSWORD_NAMES,
    ConsoleStatement,
    DedicateStatement,
    DeviceStatement,
    LinkStatement,
    MdiskStatement,
    SpecialStatement,
    SpoolStatement,
)
from vm370.cp.directory.words import Bad, Words, address_of, is_userid, password_of, volser_of
from vm370.images.geometry import ALIASES, CKD_DEVICES, FBA_DEVICES

CONSOLE_TYPES = frozenset({"1052", "2150", "3066", "3138", "3148", "3158", "3210", "3215", "3270"})
SPOOL_TYPES = frozenset({"1403", "1443", "2501", "3203", "3211", "3505", "3525", "3800"})
SPECIAL_TYPES = frozenset({"2701", "2702", "2703", "3138", "3148", "3158", "3270", "3704", "3705", "CTCA", "TIMER"})
LINK_MODES = frozenset({"R", "RR", "W", "WR", "M", "MR", "MW"})
FBA_TYPE = "FB-512"

CYLINDERS: dict[str, int] = {}
"""CKD device types of MDISK and DEFINE, with the cylinders of the largest model, alternate ones included."""
for _name, _device in [*CKD_DEVICES.items(), *((alias, CKD_DEVICES.get(name)) for alias, name in ALIASES.items())]:
    if _device is not None:
        CYLINDERS[_name[:4]] = max(CYLINDERS.get(_name[:4], 0), _device.cylinders + _device.alternates)
FBA_BLOCKS = max(device.sectors for device in FBA_DEVICES.values())


def console(line: int, words: Words) -> ConsoleStatement:
    """CONSOLE."""
    vaddr = words.vaddr()
    device_type = words.choice(CONSOLE_TYPES, "a console type")
    spool_class = words.spool_class("T")
    secondary = words.optional() or ""
    if secondary and not is_userid(secondary):
        raise Bad(secondary, "the user ID of the secondary user")
    return ConsoleStatement(line, vaddr, device_type, spool_class, secondary)


def mdisk(line: int, words: Words) -> MdiskStatement:
    """MDISK."""
    vaddr = words.vaddr()
    device_type = words.choice(frozenset([*CYLINDERS, FBA_TYPE]), "a disk device type")
    half = (words.optional() or "") if device_type == "2311" and words.peek() in ("TOP", "BOTTOM") else ""
    blocks = device_type == FBA_TYPE
    limit = FBA_BLOCKS if blocks else CYLINDERS[device_type]
    unit = "blocks" if blocks else "cylinders"
    if words.peek() == "T-DISK":
        words.optional()
        start, size, volser = 0, words.number(f"a number of {unit}", 1, limit), ""
    else:
        start = words.number(f"the first of the {unit}", 0, limit - 1)
        size = words.number(f"a number of {unit}", 1, limit)
        if start + size > limit:
            found = f"{unit} {start} to {start + size - 1}"
            raise Bad(found, f"an extent within the {limit} {unit} of a {device_type}")
        volser = volser_of(words.needed("a volume serial"))
    mode = words.optional() or "W"
    reserve = mode.endswith("V") and mode[:-1] in LINK_MODES
    if reserve:
        mode = mode[:-1]
    if mode not in LINK_MODES:
        raise Bad(mode, f"an access mode: {' '.join(sorted(LINK_MODES))}, perhaps followed by V")
    passwords: list[str] = []
    while len(passwords) < len(PASSWORD_NAMES) and (word := words.optional()) is not None:
        passwords.append(password_of(word))
    return MdiskStatement(line, vaddr, device_type, start, size, volser, mode, reserve, tuple(passwords), half)


def spool(line: int, words: Words) -> SpoolStatement:
    """SPOOL."""
    vaddr = words.vaddr()
    device_type = words.choice(SPOOL_TYPES | {"2540", "2540R", "2540P"}, "a unit record device type")
    if device_type == "2540":
        which = words.needed("READER or PUNCH")
        half = next((name for name in ("Reader", "Punch") if abbreviates(which, name)), None)
        if half is None:
            raise Bad(which, "READER or PUNCH")
        device_type += half[0]
    reader = device_type in ("2540R", "2501", "3505")
    return SpoolStatement(line, vaddr, device_type, words.spool_class("A", star=reader))


def dedicate(line: int, words: Words) -> DedicateStatement:
    """DEDICATE."""
    network = words.peek() == "NETWORK"
    if network:
        words.optional()
    vaddr = words.vaddr()
    by_volume = words.peek() == "VOLID"
    if by_volume:
        words.optional()
    real = words.needed("a real device address or a volume serial")
    if not by_volume and not re.fullmatch(r"[0-9A-F]{1,3}", real):
        by_volume = True
    if by_volume:
        volser_of(real)
    read_only = words.peek() == "R/O"
    if read_only:
        words.optional()
    return DedicateStatement(line, vaddr, real, by_volume, read_only, network)


def link(line: int, words: Words) -> LinkStatement:
    """LINK."""
    owner = words.needed("the user ID of the owner")
    if not is_userid(owner):
        raise Bad(owner, "the user ID of the owner")
    owner_vaddr = words.vaddr()
    second = words.optional()
    vaddr = owner_vaddr if second is None else address_of(second)
    mode = words.optional() or "R"
    if mode not in LINK_MODES:
        raise Bad(mode, f"an access mode: {' '.join(sorted(LINK_MODES))}")
    return LinkStatement(line, owner, owner_vaddr, vaddr, mode)


def special(line: int, words: Words) -> SpecialStatement:
    """SPECIAL."""
    vaddr = words.vaddr()
    device_type = words.choice(SPECIAL_TYPES, "a device type without a real device")
    feature = ""
    if device_type in ("2701", "2702", "2703"):
        feature = words.optional() or "IBM"
        if feature not in ("IBM", "IBM1", "TELE", "TELE2"):
            raise Bad(feature, "IBM or TELE")
    return SpecialStatement(line, vaddr, device_type, feature)


DEVICES: dict[str, Callable[[int, Words], DeviceStatement]] = {
    "Console": console,
    "Mdisk": mdisk,
    "Spool": spool,
    "DEDicate": dedicate,
    "Link": link,
    "SPEcial": special,
}
"""Statements by name; capitals are the shortest form."""
