"""The statements that describe a user and his machine as a whole: USER, OPTION, LIMIT, IPL."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from typing import Any

from vm370.cp.commands.context import abbreviates
from vm370.cp.directory.entries import IplStatement, IucvStatement, Limits, Options
from vm370.cp.directory.words import Bad, Words, editing_symbol, is_userid, storage_size
from vm370.cp.settings import LineEditing

LONGEST_PARM = 64
MOST_YEARS = 70
LARGEST_MESSAGE_LIMIT = 255
ENGINES = ("REFERENCE", "INTERPRETER", "REGIONS")
TIMERS = ("OFF", "ON", "REAL", "VIRTUAL")

FLAGS = {
    "Realtimer": "realtimer",
    "Ecmode": "ecmode",
    "Isam": "isam",
    "Virt=real": "virt_real",
    "Acct": "acct",
    "Svcoff": "svcoff",
    "BMX": "bmx",
    "LNKNOPAS": "lnknopas",
    "PURE": "pure",
    "RUN": "run",
    "CONCEAL": "conceal",
}
"""OPTION keywords that stand alone."""
WITHOUT_EFFECT = ("VMsave", "STFirst", "MIH", "370E", "DIAG98")
VALUED = ("CPUID", "AFFinity", "MAXCONN", "MODEL", "ENGINE", "TIMER", "YEARS")

LIMITS = {
    "SPOOL": ("spool", 0, 9_999),
    "RECORDS": ("records", 1, 99_999_999),
    "TDISK": ("tdisk", 0, 99_999),
    "CPU": ("cpu", 1, 6_400),
    "MESSAGES": ("messages", 1, 65_535),
}
"""LIMIT keyword -> attribute of Limits, smallest, largest."""
assert {row[0] for row in LIMITS.values()} == {attribute.name for attribute in fields(Limits)}


def user_operands(words: Words) -> dict[str, Any]:
    """USER's operands behind the password."""
    found: dict[str, Any] = {}
    storage = words.optional()
    if storage is None:
        return found
    size = storage_size(storage)
    if size is None:
        raise Bad(storage, "a storage size, 8K to 16384K or 1M to 16M")
    found["storage_size"] = found["max_storage_size"] = size
    maximum = words.optional()
    if maximum is None:
        return found
    largest = storage_size(maximum)
    if largest is None or largest < size:
        raise Bad(maximum, f"a maximum storage size, {storage} to 16M")
    found["max_storage_size"] = largest
    classes = words.optional()
    if classes is None:
        return found
    if not re.fullmatch(r"[A-H]{1,8}", classes) or len(set(classes)) < len(classes):
        raise Bad(classes, "privilege classes, up to 8 different letters A to H")
    found["classes"] = "".join(sorted(classes))
    if not words.peek():
        return found
    found["priority"] = words.number("a priority", 0, 99)
    editing = LineEditing()
    for attribute in ("line_end", "line_delete", "character_delete", "escape"):
        word = words.as_typed()
        if word is not None and word.upper() != "ON":
            setattr(editing, attribute, editing_symbol(word))
    found["editing"] = editing
    return found


def options(before: Options, words: Words) -> Options:
    """OPTION: keywords in any order."""
    word: str | None = words.needed("an option")
    while word is not None:
        before = _option(before, word, words)
        word = words.optional()
    return before


def _option(before: Options, word: str, words: Words) -> Options:
    """One keyword of OPTION, with its value."""
    for name, attribute in FLAGS.items():
        if abbreviates(word, name):
            changed: dict[str, Any] = {attribute: True}
            return replace(before, **changed)
    for name in WITHOUT_EFFECT:
        if abbreviates(word, name):
            return replace(before, others=(*before.others, name.upper()))
    match next((name for name in VALUED if abbreviates(word, name)), None):
        case "CPUID":
            return replace(before, cpuid=_hexadecimal(words, 6, "CPUID"))
        case "MODEL":
            return replace(before, model=_hexadecimal(words, 4, "MODEL"))
        case "AFFinity":
            return replace(before, affinity=words.number("a processor address after AFFINITY", 0, 63))
        case "MAXCONN":
            return replace(before, maxconn=words.number("a number after MAXCONN", 1, 65535))
        case "ENGINE":
            return replace(before, engine=words.choice(frozenset(ENGINES), "an engine after ENGINE"))
        case "TIMER":
            return replace(before, timer=words.choice(frozenset(TIMERS), "a word after TIMER"))
        case "YEARS":
            return replace(before, years=_years(words))
    known = [*FLAGS, *VALUED, *WITHOUT_EFFECT]
    raise Bad(word, f"an option: {' '.join(name.upper() for name in known)}")


def _hexadecimal(words: Words, digits: int, keyword: str) -> int:
    expected = f"{'six' if digits == 6 else 'four'} hexadecimal digits after {keyword}"
    word = words.needed(expected)
    if not re.fullmatch(r"[0-9A-F]+", word) or len(word) > digits:
        raise Bad(word, expected)
    return int(word, 16)


def _years(words: Words) -> int:
    expected = f"a number of years after YEARS, -{MOST_YEARS} to {MOST_YEARS}"
    word = words.needed(expected)
    if not re.fullmatch(r"[+-]?[0-9]{1,3}", word) or abs(int(word)) > MOST_YEARS:
        raise Bad(word, expected)
    return int(word)


def limits(before: Limits, words: Words) -> Limits:
    """LIMIT: pairs of a keyword and a number."""
    word: str | None = words.needed(f"a limit: {' '.join(LIMITS)}")
    while word is not None:
        if word not in LIMITS:
            raise Bad(word, f"a limit: {' '.join(LIMITS)}")
        attribute, low, high = LIMITS[word]
        changed: dict[str, Any] = {attribute: words.number(f"a number after {word}", low, high)}
        before = replace(before, **changed)
        word = words.optional()
    return before


def iucv(words: Words) -> IucvStatement:
    """IUCV: a target, and what a path to it may have."""
    target = words.needed("ANY, ALLOW, a user ID or a service of CP")
    if not is_userid(target) and not re.fullmatch(r"\*[A-Z0-9]{1,7}", target):
        raise Bad(target, "ANY, ALLOW, a user ID or a service of CP")
    statement = IucvStatement(target)
    while (word := words.optional()) is not None:
        if abbreviates(word, "Priority") and not statement.priority:
            statement = replace(statement, priority=True)
        elif abbreviates(word, "Msglimit") and statement.limit is None:
            statement = replace(statement, limit=words.number("a number after MSGLIMIT", 1, LARGEST_MESSAGE_LIMIT))
        else:
            raise Bad(word, "PRIORITY or MSGLIMIT, once")
    return statement


def ipl(line: int, words: Words) -> IplStatement:
    """IPL."""
    system = words.needed("a device address or the name of a system")
    if len(system) > 8:
        raise Bad(system, "a name of up to 8 characters")
    clear = words.peek() == "CLEAR"
    if clear:
        words.optional()
    parm = ""
    if words.peek() == "PARM":
        words.optional()
        parm = words.rest()
        if not parm or len(parm) > LONGEST_PARM:
            raise Bad(parm or None, f"1 to {LONGEST_PARM} characters after PARM")
    return IplStatement(line, system, parm, clear)
