"""Rows of the tables of commands: a name with its shortest form in capitals, who may use it, its handler, its syntax.

COMMANDS (table.py) has one row for each command; QUERY (query.py), SET (set_commands.py) and others have a table of
their own for their first operand.  Parsing, completion, HELP and the documentation read these rows.

``classes``: "" any user, or letters of which the user needs one.  The same name may have several rows for different
classes; the first row whose classes the user has is taken, and a row that he may not use looks like none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from vm370.cp.commands.context import Context, Operands, abbreviates


@dataclass(frozen=True, slots=True)
class Form:
    """One row."""

    name: str
    """ "LOGon": the capitals are the shortest form."""
    classes: str
    handler: Callable[[Context, Operands], Any]
    syntax: str
    """The whole command: "QUERY Links vaddr" is written "QUERY LINKS vaddr"."""
    summary: str
    hidden: bool = False
    """Another name of a row that is shown."""

    def allowed(self, classes: str) -> bool:
        """Whether a user of these privilege classes may use it."""
        return not self.classes or bool(set(self.classes) & set(classes))

    @property
    def operands(self) -> str:
        """The syntax behind the command and its first operand; empty if the form ends with its name."""
        return " ".join(self.syntax.split()[2:])


def find_form(forms: Iterable[Form], word: str, classes: str) -> Form | None:
    """The first form that ``word`` names and the user may use."""
    return next((form for form in forms if abbreviates(word, form.name) and form.allowed(classes)), None)
