"""What the assembler's tests share: assemble a few lines, look at code and messages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from vm370.tools.assembler import Assembly, assemble

DATE = datetime(1979, 3, 31, 23, 59)


def run(lines: str, libraries: Sequence[Path] = (), **options: object) -> Assembly:
    """Assemble lines; a CSECT and END are put around them unless they have their own."""
    if "CSECT" not in lines and "START" not in lines:
        lines = f"TEST     CSECT\n{lines}"
    if not any(line.split()[:1] == ["END"] or line.split()[1:2] == ["END"] for line in lines.splitlines()):
        lines = f"{lines}\n         END\n"
    return assemble(lines, "test.asm", libraries, date=DATE, **options)  # type: ignore[arg-type]


def code(lines: str, **options: object) -> str:
    """Object code of lines that must assemble without a message."""
    result = run(lines, **options)  # type: ignore[arg-type]
    assert [str(message) for message in result.messages] == []
    return result.text.hex().upper()


def errors(lines: str, **options: object) -> list[str]:
    """``line:column identifier`` of all messages."""
    result = run(lines, **options)  # type: ignore[arg-type]
    return [f"{message.line}:{message.column} {message.identifier}" for message in result.messages]
