"""What may be shown and remembered of a typed line: passwords in LOGON, AUTOLOG and LINK commands are covered.

    LOGON userid password [options]                            LOGON userid ****
    AUTOLOG userid password [data]                             AUTOLOG userid **** data
    LINK [TO] userid vaddr [AS] vaddr [mode] [[PASS=]password]    LINK userid 191 291 RR ****

A line is taken apart as CP does it, so that editing symbols hide nothing.  Of what is typed to a guest only words
behind CP or #CP are looked at.
"""

from __future__ import annotations

from vm370.cp.commands.context import abbreviates
from vm370.cp.console.lineedit import edit
from vm370.cp.settings import LineEditing

COVER = "****"
LOGON_NAMES = ("Logon", "LOGIN")
LOGON_OPTIONS = ("Mask", "Noipl", "HERE")
LINK_MODES = ("R", "RR", "W", "WR", "M", "MR", "MW")
_PLAIN = LineEditing(line_end=None, line_delete=None, character_delete=None, escape=None)


def concealed(line: str, symbols: LineEditing | None, *, to_cp: bool) -> str:
    """``line`` without passwords; the same line when there are none.

    No symbols: SET LINEDIT OFF.  ``to_cp``: the line is a CP command, not something for a guest.
    """
    symbols = symbols or _PLAIN
    pieces = edit(line, symbols)
    covered = []
    for number, piece in enumerate(pieces):
        escape = piece.upper().split()[:1] == ["CP"]
        covered.append(_cover(piece, 1 if escape else 0) if to_cp or escape else piece)
        to_cp = to_cp or (escape and number == 1 and not pieces[0])
    return line if covered == pieces else (symbols.line_end or "").join(covered)


def _cover(piece: str, start: int) -> str:
    """Cover the passwords of a command that begins with word ``start``."""
    words = piece.split()
    if [word.upper() for word in words[start : start + 2]] == ["SEND", "CP"]:
        start += 3  # the command is another machine's
    if len(words) <= start:
        return piece
    verb = words[start].upper()
    secret: list[int] = []
    if any(abbreviates(verb, name) for name in LOGON_NAMES):
        secret = _logon_secret(words, start + 2)
    elif verb == "AUTOLOG":
        secret = [start + 2] if len(words) > start + 2 else []
    elif verb == "LINK":
        secret = _link_secret(words, start + 1)
    if not secret:
        return piece
    return " ".join(COVER if number in secret else word for number, word in enumerate(words))


def _logon_secret(words: list[str], first: int) -> list[int]:
    """The numbers of the words behind the user ID that are no options."""
    return [
        number
        for number in range(first, len(words))
        if not any(abbreviates(words[number].upper(), option) for option in LOGON_OPTIONS)
    ]


def _link_secret(words: list[str], first: int) -> list[int]:
    """The numbers of the words behind the two addresses and the mode."""
    operands = list(range(first, len(words)))
    if operands and abbreviates(words[operands[0]].upper(), "To"):
        del operands[0]
    if len(operands) > 2 and abbreviates(words[operands[2]].upper(), "As"):
        del operands[2]
    del operands[:3]  # user ID, vaddr, vaddr
    if operands and words[operands[0]].upper() in LINK_MODES:
        operands = operands[1:]
    return operands
