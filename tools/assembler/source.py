"""Source text to statements: name, operation, operands, remarks; continuation; libraries of macros and COPY members.

A line is a card image: statement in columns 1 to 71, column 72 not blank continues on the next line from column 16,
columns 73 to 80 hold a sequence field.  Host text may be shorter, never longer: text that runs over column 71 is an
error, except in comments.  An operand field that ends in a comma before column 71 continues too (remarks may follow
it), as the IBM assemblers allow for macro instructions.

A Statement is what was read, and is never changed: macro bodies use the same ones for each call.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from vm370.tools.assembler.messages import (
    CONTINUATION_EXPECTED,
    CONTINUATION_MISSING,
    LINE_TOO_LONG,
    OPERATION_MISSING,
    OPTION_BAD,
    QUOTE_OPEN,
    StatementError,
)

LAST_COLUMN = 71
CONTINUE_COLUMN = 16

ATTRIBUTE = r"(?<![A-Za-z0-9$#@_&])[LTKNSIltknsi]'(?=[A-Za-z$#@_&*=(])"
#: an operand field: everything up to a blank outside apostrophes
OPERANDS = re.compile(rf"(?:{ATTRIBUTE}|'(?:[^']|'')*'|[^\s'])*")
#: parts of a text that are inside and outside apostrophes
PARTS = re.compile(rf"({ATTRIBUTE})|('(?:[^']|'')*'?)|([^'LTKNSIltknsi]+|[LTKNSIltknsi])")
_SEQUENCE = re.compile(r"[^a-z]{1,8}")

#: operations whose operands may hold blanks inside parentheses
_BLANKS_IN_PARENTHESES = frozenset(("AIF", "AGO", "SETA", "SETB", "SETC"))


class Statement:
    """One statement as it was read.  ``comment`` is "*" or ".*" or ""; ``error`` is what is wrong with its lines,
    ``unreadable`` that there is no use in assembling it."""

    __slots__ = (
        "comment",
        "error",
        "file",
        "label",
        "line",
        "operands",
        "operation",
        "remarks",
        "segments",
        "text",
        "unreadable",
        "variable",
    )

    def __init__(self, file: str, line: int, text: tuple[str, ...]) -> None:
        self.file = file
        self.line = line
        self.text = text
        self.label = ""
        self.operation = ""
        self.operands = ""
        self.remarks = ""
        self.comment = ""
        self.variable = False
        self.error: StatementError | None = None
        self.unreadable = False
        self.segments: list[tuple[int, int, int]] | None = None  # offset in operands, line, column

    def position(self, at: str, offset: int | None) -> tuple[int, int]:
        """Line and column (from 1) of ``at``, or of the place ``offset`` in the operands."""
        if self.operands not in self.text[0] and not self.segments:
            offset = None  # made from a model statement
        elif offset is None and at:
            offset = find_text(self.operands, at)
        if offset is None:
            first = self.text[0]
            place = find_text(first.upper(), at.upper()) if at else None
            if place is None:
                place = len(first) - len(first.lstrip()) if first[:1] == " " else 0
            return self.line, place + 1
        if self.segments:
            before = [segment for segment in self.segments if segment[0] <= offset]
            start, line, column = before[-1] if before else self.segments[0]
            return line, column + offset - start
        return self.line, self._operand_column() + offset

    def _operand_column(self) -> int:
        first = self.text[0]
        at = len(self.label) + (1 if self.label else 0)
        at = first.find(self.operation, at) + len(self.operation)
        while at < len(first) and first[at] == " ":
            at += 1
        return at + 1


def find_text(text: str, part: str) -> int | None:
    """Where ``part`` stands in ``text`` as a whole word, if possible, or at all."""
    if not part:
        return None
    word = re.search(r"(?<![A-Za-z0-9$#@_])" + re.escape(part) + r"(?![A-Za-z0-9$#@_])", text)
    if word:
        return word.start()
    place = text.find(part)
    return place if place >= 0 else None


def fold(text: str) -> str:
    """Upper case outside apostrophes."""
    upper = text.upper()
    if upper == text or "'" not in text:
        return upper
    return "".join(part[1] if part[1] else part[0].upper() for part in _parts(text))


def _parts(text: str) -> Iterator[tuple[str, str]]:
    for match in PARTS.finditer(text):
        yield match.group(), match.group(2) or ""


def read_statements(text: str, file: str) -> list[Statement]:
    """All statements of a source text, in order; unreadable ones carry their error."""
    lines = [line.rstrip() for line in text.expandtabs().split("\n")]
    statements: list[Statement] = []
    index = 0
    first = next((number for number, line in enumerate(lines) if line), 0)
    if lines[first].upper().split()[:1] == ["ICTL"]:
        statement, index = _read(lines, first, file)
        assert statement is not None
        try:
            columns = input_columns(statement)
        except StatementError:
            columns = (1, LAST_COLUMN, CONTINUE_COLUMN)
        statements.append(statement)
        lines[index:] = _rearranged(lines[index:], *columns)
    while index < len(lines):
        statement, index = _read(lines, index, file)
        if statement is not None:
            statements.append(statement)
            if len(statement.operation) == 5 and statement.operation.upper() == "REPRO" and index < len(lines):
                statement.text = (*statement.text, lines[index])
                index += 1
    return statements


def input_columns(statement: Statement) -> tuple[int, int, int]:
    """ICTL begin,end,continue: the columns of a statement; continue 0 where there are no continuation lines."""
    values = []
    for operand in statement.operands.split(",") if statement.operands else ():
        if not operand.isdigit():
            raise StatementError(OPTION_BAD, what="ICTL", found=operand or "nothing", expected="columns", at=operand)
        values.append(int(operand[:4]))
    begin, end, following = [*values, *(0, LAST_COLUMN, CONTINUE_COLUMN)[len(values) :]][:3]
    if len(values) == 2 or end == 80:
        following = 0
    if not (1 <= begin <= 40 and 41 <= end <= 80 and end >= begin + 5 and len(values) <= 3) or (
        following and not begin < following <= 40
    ):
        raise StatementError(
            OPTION_BAD, what="ICTL", found=statement.operands or "nothing",
            expected="begin 1-40, end 41-80, continue behind begin, at most 40", at=statement.operands,
        )  # fmt: skip
    return begin, end, following


def _rearranged(lines: list[str], begin: int, end: int, following: int) -> list[str]:
    """Lines of another ICTL format in the standard one."""
    result = []
    continued = False
    for line in lines:
        body = " " * (CONTINUE_COLUMN - 1) + line[following - 1 : end] if continued else line[begin - 1 : end]
        continued = bool(following) and line[end : end + 1].strip() != ""
        body = body[:LAST_COLUMN]
        result.append(f"{body:<{LAST_COLUMN}}X" if continued else body.rstrip())
    return result


def _read(lines: list[str], index: int, file: str) -> tuple[Statement | None, int]:
    line = lines[index]
    if not line:
        return None, index + 1
    if line[0] == "*" or line.startswith(".*"):
        return _comment(lines, index, file)
    number = index + 1
    statement = Statement(file, number, (line,))
    statement.variable = "&" in line
    if len(line) <= LAST_COLUMN and "'" not in line:
        fields = line.split(None, 3) if line[0] != " " else ["", *line.split(None, 2)]
        count = len(fields)
        if count > 2 and fields[1].upper() not in _BLANKS_IN_PARENTHESES:
            statement.label, operation, statement.operands = fields[0], fields[1], fields[2]
            statement.operation = operation
            if count > 3:
                statement.remarks = fields[3]
            return statement, number
    return _read_carefully(statement, lines, index)


def _comment(lines: list[str], index: int, file: str) -> tuple[Statement, int]:
    line = lines[index]
    text = [line]
    after = index + 1
    while len(lines[after - 1]) > LAST_COLUMN and lines[after - 1][LAST_COLUMN] != " ":
        if after >= len(lines) or not lines[after] or lines[after][: CONTINUE_COLUMN - 1].strip():
            break
        text.append(lines[after])
        after += 1
    statement = Statement(file, index + 1, tuple(text))
    statement.comment = "*" if line[0] == "*" else ".*"
    statement.variable = line[0] == "*" and "&" in line
    return statement, after


class _Continued:
    """The lines of one statement, taken as they are needed.

    ``error`` is what is wrong with the lines; the statement ends there and is assembled nevertheless.
    """

    def __init__(self, lines: list[str], index: int) -> None:
        self.lines = lines
        self.last = index
        self.error: StatementError | None = None
        self.more = False
        self.body = self._columns(lines[index])

    def _columns(self, line: str) -> str:
        """Columns 1 to 71; ``more`` tells whether there is a continuation line."""
        self.more = False
        if len(line) <= LAST_COLUMN:
            return line
        rest = line[LAST_COLUMN + 1 :].strip()
        if len(line) > 80 or (rest and not _SEQUENCE.fullmatch(rest)):
            self._fail(StatementError(LINE_TOO_LONG, found=len(line)))
        elif line[LAST_COLUMN] != " ":
            following = self.lines[self.last + 1] if self.last + 1 < len(self.lines) else None
            if following is None:
                self._fail(StatementError(CONTINUATION_MISSING))
            elif found := following[: CONTINUE_COLUMN - 1].strip():
                self._fail(StatementError(CONTINUATION_EXPECTED, found=repr(found)))
            else:
                self.more = True
        return line[:LAST_COLUMN]

    def _fail(self, error: StatementError) -> None:
        error.place = (self.last + 1, LAST_COLUMN + 1)
        self.error = error

    def next(self) -> str:
        """Columns 16 to 71 of the next line, blanks on the left kept."""
        self.last += 1
        self.body = self._columns(self.lines[self.last])
        return self.body[CONTINUE_COLUMN - 1 :]


def _read_carefully(statement: Statement, lines: list[str], index: int) -> tuple[Statement, int]:
    last = index
    try:
        continued = _Continued(lines, index)
        try:
            _fields(statement, continued)
            while continued.more:
                continued.next()
        finally:
            last = continued.last
            statement.text = tuple(lines[index : last + 1])
            statement.variable = any("&" in line for line in statement.text)
        statement.error = continued.error
    except StatementError as error:
        statement.error = error
        statement.unreadable = True
    return statement, last + 1


_NAME_OPERATION = re.compile(r"(\S*)\s+(\S+)\s*")


def _fields(statement: Statement, continued: _Continued) -> None:
    body = continued.body
    match = _NAME_OPERATION.match(body)
    while match is None or (match.end(2) == LAST_COLUMN and continued.more):
        if not continued.more:
            statement.label = body.split(None, 1)[0] if body[:1] != " " else ""
            raise StatementError(OPERATION_MISSING, at="")
        body = body.ljust(LAST_COLUMN) + continued.next()
        match = _NAME_OPERATION.match(body)
    statement.label, statement.operation = match.groups()
    start = match.end()
    parentheses = statement.operation.upper() in _BLANKS_IN_PARENTHESES
    segments = [(0, statement.line, start + 1)]
    pending = body[start:]
    if continued.more:
        pending = pending.ljust(LAST_COLUMN - start)
    if not pending.strip() and continued.more:
        pending = continued.next()
        segments = [(0, continued.last + 1, CONTINUE_COLUMN)]
    operands, remarks = pending, ""
    while True:
        end = _end_of_operands(operands, parentheses)
        if end >= len(operands):
            if not continued.more:
                break
        elif operands[end] == "'":
            if not continued.more:
                statement.operands = operands
                raise StatementError(QUOTE_OPEN, found=operands[end : end + 16], at=operands[end:])
        else:
            remarks = f"{remarks} {operands[end:].strip()}".strip()
            if not (continued.more and operands[:end].endswith(",")):
                operands = operands[:end]
                break
            operands = operands[:end]
        more = continued.next()
        if continued.more:
            more = more.ljust(LAST_COLUMN - CONTINUE_COLUMN + 1)
        segments.append((len(operands), continued.last + 1, CONTINUE_COLUMN))
        operands += more
    statement.operands = operands
    statement.remarks = remarks
    if len(segments) > 1 or segments[0][1] != statement.line:
        statement.segments = segments


def _end_of_operands(text: str, parentheses: bool) -> int:
    if not parentheses:
        match = OPERANDS.match(text)
        return match.end() if match else 0
    depth = 0
    position = 0
    while position < len(text):
        match = PARTS.match(text, position)
        if match is None:
            return position
        if match.group(2):
            if len(match.group(2)) < 2 or match.group(2)[-1] != "'":
                return position
        elif not match.group(1):
            for place, character in enumerate(match.group(), position):
                if character == "(":
                    depth += 1
                elif character == ")":
                    depth -= 1
                elif character.isspace() and depth <= 0:
                    return place
        position = match.end()
    return len(text)


def split_operands(text: str) -> list[str]:
    """The operands of a field: split at commas outside apostrophes and parentheses.  "" has none."""
    if not text:
        return []
    if "'" not in text and "(" not in text:
        return text.split(",")
    operands = []
    depth = start = 0
    for match in PARTS.finditer(text):
        if match.group(3) is None:
            continue
        part = match.group()
        if "," not in part and "(" not in part and ")" not in part:
            continue
        for place, character in enumerate(part, match.start()):
            if character == "(":
                depth += 1
            elif character == ")":
                depth -= 1
            elif character == "," and depth <= 0:
                operands.append(text[start:place])
                start = place + 1
    operands.append(text[start:])
    return operands
