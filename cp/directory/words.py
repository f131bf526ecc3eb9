"""Operands of directory statements: taken one by one, checked, and converted.

A statement that is wrong raises ``Bad`` with what was found and what was expected; the parser adds file and line.
"""

from __future__ import annotations

import re

from vm370.images.ebcdic import from_ebcdic

LARGEST_STORAGE = 16 << 20


def is_userid(word: str) -> bool:
    """One to eight letters, digits, @ # $ and a few signs that decks use."""
    return re.fullmatch(r"[A-Z0-9@#$_.+-]{1,8}", word) is not None


class Bad(Exception):
    """A statement is wrong: found, expected."""

    def __init__(self, found: str | None, expected: str) -> None:
        super().__init__(found, expected)
        self.found = "nothing" if found is None else found
        self.expected = expected


class Words:
    """The operands of one record."""

    def __init__(self, words: list[str]) -> None:
        self._words = words
        self._next = 0

    def optional(self) -> str | None:
        """The next operand in upper case, or None."""
        word = self.as_typed()
        return None if word is None else word.upper()

    def as_typed(self) -> str | None:
        """The next operand as it stands."""
        if self._next == len(self._words):
            return None
        self._next += 1
        return self._words[self._next - 1]

    def needed(self, expected: str) -> str:
        """The next operand, which may not be missing."""
        word = self.optional()
        if word is None:
            raise Bad(None, expected)
        return word

    def peek(self) -> str:
        """The next operand without taking it."""
        return self._words[self._next].upper() if self._next < len(self._words) else ""

    def rest(self) -> str:
        """All that is left."""
        rest, self._next = " ".join(self._words[self._next :]), len(self._words)
        return rest

    def end(self) -> None:
        """Nothing may be left."""
        if self._next < len(self._words):
            raise Bad(self._words[self._next], "no further operand")

    def vaddr(self) -> int:
        """A virtual device address."""
        return address_of(self.needed("a device address"))

    def choice(self, words: frozenset[str], what: str) -> str:
        """One of a few words."""
        word = self.needed(what)
        if word not in words:
            raise Bad(word, f"{what}: {' '.join(sorted(words))}")
        return word

    def number(self, what: str, low: int, high: int) -> int:
        """A decimal number."""
        return number_of(self.needed(what), what, low, high)

    def spool_class(self, default: str, star: bool = False) -> str:
        """An optional spool class."""
        word = self.optional()
        if word is None:
            return default
        if re.fullmatch(r"[A-Z0-9]", word) or (star and word == "*"):
            return word
        raise Bad(word, "a spool class, one letter or digit" + (", or *" if star else ""))


def editing_symbol(word: str) -> str | None:
    """A logical editing symbol; None is OFF."""
    if word.upper() == "OFF":
        return None
    if len(word) == 1:
        return word
    if re.fullmatch(r"[0-9A-Fa-f]{2}", word):
        return from_ebcdic(bytes.fromhex(word))
    raise Bad(word, "an editing symbol: a character, two hexadecimal digits, ON or OFF")


def storage_size(word: str) -> int | None:
    """``nnnnnK`` or ``nnM`` as bytes, rounded up to 4K; None when it is no size between 8K and 16M."""
    match = re.fullmatch(r"([0-9]{1,5})([KM])", word)
    if match is None:
        return None
    size = int(match[1]) << (10 if match[2] == "K" else 20)
    size = -(-size // 4096) * 4096
    return size if 8192 <= size <= LARGEST_STORAGE else None


def password_of(word: str) -> str:
    """A password operand."""
    if len(word) > 8:
        raise Bad(f"a password of {len(word)} characters", "1 to 8 characters")
    return word


def volser_of(word: str) -> str:
    """A volume serial."""
    if not re.fullmatch(r"[A-Z0-9@#$_-]{1,6}", word):
        raise Bad(word, "a volume serial of 1 to 6 letters, digits, @ # $ - _")
    return word


def address_of(word: str) -> int:
    """A device address."""
    if not re.fullmatch(r"[0-9A-F]{1,3}", word):
        raise Bad(word, "a device address of up to 3 hexadecimal digits")
    return int(word, 16)


def number_of(word: str, what: str, low: int, high: int) -> int:
    """A decimal number."""
    if not re.fullmatch(r"[0-9]{1,8}", word) or not low <= int(word) <= high:
        raise Bad(word, f"{what}, {low} to {high}")
    return int(word)
