"""Logical line editing: what the user's editing symbols make of a typed line."""

from __future__ import annotations

from vm370.cp.settings import LineEditing


def edit(line: str, symbols: LineEditing) -> list[str]:
    """The logical lines in a typed line.

    The escape symbol takes the next character as it is; character delete removes the character before it; line delete
    removes everything back to the last line end; line end separates logical lines.
    """
    lines: list[str] = []
    current: list[str] = []
    characters = iter(line)
    for character in characters:
        if character == symbols.escape:
            current.append(next(characters, ""))
        elif character == symbols.line_end:
            lines.append("".join(current))
            current = []
        elif character == symbols.line_delete:
            current = []
        elif character == symbols.character_delete:
            if current:
                current.pop()
        elif character == symbols.tab:
            current.append("\t")
        else:
            current.append(character)
    lines.append("".join(current))
    return lines
