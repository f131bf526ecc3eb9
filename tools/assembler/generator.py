"""Conditional assembly and macro expansion: from what was read to the statements that are assembled.

The generator runs just ahead of pass one, one statement at a time, so that attributes of symbols defined so far are
known to it.  It works on a stack: open code at the bottom, one level for each macro expansion.

    Generated       what pass one gets: the statement, the expansion it comes from (None in open code),
                    whether it is only listed (conditional assembly, comments), and errors found so far
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from vm370.tools.assembler.conditional import Attributes, Evaluator
from vm370.tools.assembler.library import SourceLibrary
from vm370.tools.assembler.macros import Macro, bind, definition, sequence_symbols
from vm370.tools.assembler.messages import (
    ACTR_EXCEEDED,
    CONDITIONAL_SYNTAX,
    COPY_NOT_FOUND,
    COPY_RECURSIVE,
    LABEL_MISSING,
    MACRO_LIBRARY_BAD,
    MACRO_ONLY,
    MNOTE_TEXT,
    NESTING_TOO_DEEP,
    POSITIONAL_EXTRA,
    SEQUENCE_UNKNOWN,
    VARIABLE_TYPE,
    VARIABLE_UNDEFINED,
    StatementError,
)
from vm370.tools.assembler.source import (
    OPERANDS,
    Statement,
    read_statements,
    split_operands,
)
from vm370.tools.assembler.variables import ARITHMETIC, BINARY, VARIABLE, Frame, SetSymbol

MAXIMUM_NESTING = 100
MAXIMUM_STATEMENTS = 1_000_000


@dataclass(frozen=True, slots=True)
class Expansion:
    """One macro expansion: which macro, from which statement, how deep."""

    macro: str
    call: Statement
    level: int
    outer: Expansion | None


class Generated(NamedTuple):
    """One statement on its way to pass one."""

    statement: Statement
    expansion: Expansion | None
    listed_only: bool
    errors: tuple[StatementError, ...] = ()


@dataclass(slots=True)
class _Level:
    body: list[Statement]
    frame: Frame
    expansion: Expansion | None
    sequence: dict[str, int]
    index: int = 0
    errors: list[StatementError] = field(default_factory=list)


class Generator:
    """Yields Generated statements; ``operations`` are the names that need no macro."""

    def __init__(
        self,
        statements: list[Statement],
        library: SourceLibrary,
        operations: Container[str],
        attributes: Attributes,
        system: dict[str, str],
        section_name: Callable[[], str],
    ) -> None:
        self.library = library
        self.operations = operations
        self.evaluator = Evaluator(attributes)
        self.macros: dict[str, Macro] = {}
        self.globals: dict[str, SetSymbol] = {}
        self.system = system
        self.section_name = section_name
        self.expansions = 0
        self._missing: set[str] = set()
        self._copies: dict[str, list[Statement]] = {}
        self.open_code = self._with_copies(statements, ())
        sequence, errors = sequence_symbols(self.open_code, "open code")
        self._early = {id(statement): error for statement, error in errors}
        frame = Frame("open code", self.globals, dict(system))
        self.levels = [_Level(self.open_code, frame, None, sequence)]

    # ---- COPY -----------------------------------------------------------------------------------------------------

    def _with_copies(self, statements: list[Statement], inside: tuple[str, ...]) -> list[Statement]:
        if not any(len(statement.operation) == 4 and statement.operation.upper() == "COPY" for statement in statements):
            return statements
        result = []
        for statement in statements:
            result.append(statement)
            if len(statement.operation) != 4 or statement.operation.upper() != "COPY" or statement.variable:
                continue
            name = statement.operands.upper()
            if name in inside:
                statement.error = StatementError(COPY_RECURSIVE, found=name)
                continue
            member = self._copies.get(name)
            if member is None:
                found = self.library.copy(name)
                if found is None:
                    continue
                member = self._copies[name] = read_statements(found[1], found[0])
            result.extend(self._with_copies(member, (*inside, name)))
        return result

    # ---- the stream -----------------------------------------------------------------------------------------------

    def __iter__(self) -> Iterator[Generated]:
        levels = self.levels
        macros = self.macros
        operations = self.operations
        generated = 0
        while levels:
            level = levels[-1]
            if level.index >= len(level.body):
                levels.pop()
                continue
            statement = level.body[level.index]
            level.index += 1
            generated += 1
            if generated > MAXIMUM_STATEMENTS:
                error = StatementError(ACTR_EXCEEDED, found="the source", expected=f"{MAXIMUM_STATEMENTS} statements")
                yield Generated(statement, level.expansion, True, (error,))
                return
            operation = statement.operation
            if not statement.variable and operation in operations and operation not in macros and not statement.error:
                yield Generated(statement, level.expansion, False)
                continue
            yield from self._one(level, statement)

    def _one(self, level: _Level, statement: Statement) -> Iterator[Generated]:
        expansion = level.expansion
        if statement.comment:
            if statement.comment == "*":
                if statement.variable and expansion is not None:
                    statement = self._comment(statement, level)
                yield Generated(statement, expansion, True)
            return
        if statement.error and statement.unreadable:
            yield Generated(statement, expansion, True, (statement.error,))
            return
        operation = statement.operation.upper()
        handler = _CONDITIONAL.get(operation)
        errors: list[StatementError] = [statement.error] if statement.error else []
        if (early := self._early.get(id(statement))) is not None:
            errors.append(early)
        if handler is not None and operation not in self.macros:
            first = level.index
            try:
                handler(self, level, statement)
            except StatementError as error:
                errors.append(error)
            errors += level.errors
            level.errors.clear()
            if expansion is None or errors:
                yield Generated(statement, expansion, True, tuple(errors))
            if operation == "MACRO" and expansion is None:
                for line in level.body[first : level.index]:
                    known = self._early.get(id(line))
                    yield Generated(line, None, True, (known,) if known else ())
            return
        if statement.variable:
            try:
                statement = self._model(statement, level)
                operation = statement.operation.upper()
            except StatementError as error:
                yield Generated(statement, expansion, True, (*errors, error))
                return
        macro = self.macros.get(operation)
        if macro is None and operation not in self.operations:
            try:
                macro = self._from_library(operation)
            except StatementError as error:
                errors.append(error)
                yield Generated(statement, expansion, True, tuple(errors))
                return
        if macro is None:
            yield Generated(statement, expansion, False, tuple(errors))
            return
        try:
            self._expand(macro, statement, level, errors)
        except StatementError as error:
            errors.append(error)
        yield Generated(statement, expansion, True, tuple(errors))

    def _model(self, model: Statement, level: _Level) -> Statement:
        """A model statement with the values of its variable symbols."""
        frame = level.frame
        substitute = self.evaluator.substitute
        statement = Statement(model.file, model.line, model.text)
        statement.segments = model.segments
        statement.label = substitute(model.label, frame).strip()
        statement.operation = substitute(model.operation, frame)
        if "&" in model.operands and statement.operation.upper() not in self.operations and "," in model.operands:
            statement.operands = ",".join(substitute(part, frame) for part in split_operands(model.operands))
            statement.remarks = model.remarks
            return statement
        text = substitute(model.operands, frame)
        if " " in text and text is not model.operands:
            match = OPERANDS.match(text)
            if match and match.end() < len(text) and text[match.end()] == " ":
                statement.remarks = text[match.end() :].strip()
                text = text[: match.end()]
        statement.operands = text
        if not statement.remarks:
            statement.remarks = model.remarks if "&" not in model.remarks else self._remarks(model.remarks, frame)
        return statement

    def _remarks(self, text: str, frame: Frame) -> str:
        try:
            return self.evaluator.substitute(text, frame)
        except StatementError:
            return text

    def _comment(self, model: Statement, level: _Level) -> Statement:
        statement = Statement(model.file, model.line, model.text)
        statement.comment = model.comment
        statement.text = tuple(self._remarks(line, level.frame) for line in model.text)
        return statement

    # ---- macros ---------------------------------------------------------------------------------------------------

    def _from_library(self, name: str) -> Macro | None:
        if name in self._missing:
            return None
        found = self.library.macro(name)
        if found is None:
            self._missing.add(name)
            return None
        statements = self._with_copies(read_statements(found[1], found[0]), ())
        index = 0
        while index < len(statements):
            if statements[index].operation.upper() != "MACRO":
                index += 1
                continue
            try:
                macro, index = definition(statements, index + 1)
            except StatementError as error:
                self._missing.add(name)
                error.at = name
                raise
            self._define(macro)
        if name not in self.macros:
            self._missing.add(name)
            raise StatementError(MACRO_LIBRARY_BAD, found=found[0], what=name, at=name)
        return self.macros[name]

    def _define(self, macro: Macro) -> None:
        self.macros[macro.name] = macro
        for statement, error in macro.errors:
            self._early[id(statement)] = error

    def _expand(self, macro: Macro, statement: Statement, level: _Level, errors: list[StatementError]) -> None:
        if len(self.levels) > MAXIMUM_NESTING:
            # all of them end: each of the others could call as many again
            for outer in self.levels[1:]:
                outer.index = len(outer.body)
            raise StatementError(NESTING_TOO_DEEP, found=macro.name, expected=MAXIMUM_NESTING)
        label = statement.label if statement.label[:1] != "." else ""
        parameters, positional, problems = bind(macro, label, split_operands(statement.operands))
        errors += problems
        if len(positional) > len(macro.positional) and not any(
            "SYSLIST" in line.upper() for body in macro.body for line in body.text
        ):
            errors.append(
                StatementError(
                    POSITIONAL_EXTRA, what=macro.name, found=len(positional), expected=len(macro.positional), at=""
                )
            )
        self.expansions += 1
        system = dict(self.system, SYSNDX=f"{self.expansions:04d}", SYSECT=self.section_name())
        frame = Frame(f"macro {macro.name}", self.globals, system, {}, parameters, positional, label)
        expansion = Expansion(macro.name, statement, len(self.levels), level.expansion)
        self.levels.append(_Level(macro.body, frame, expansion, macro.sequence))

    # ---- conditional assembly instructions --------------------------------------------------------------------------

    def macro_definition(self, level: _Level, statement: Statement) -> None:
        try:
            macro, level.index = definition(level.body, level.index)
        except StatementError:
            level.index = len(level.body)
            raise
        self._define(macro)

    def end_expansion(self, level: _Level, statement: Statement) -> None:
        if level.expansion is None:
            raise StatementError(MACRO_ONLY, found=statement.operation.upper())
        level.index = len(level.body)

    def nothing(self, level: _Level, statement: Statement) -> None:
        """ANOP."""

    def _branch(self, level: _Level, target: str) -> None:
        name = target.strip().upper()
        if name not in level.sequence:
            raise StatementError(SEQUENCE_UNKNOWN, found=name or "(none)", where=level.frame.name)
        level.frame.branches -= 1
        if level.frame.branches < 0:
            if level.expansion is not None:
                level.index = len(level.body)
            raise StatementError(ACTR_EXCEEDED, found=level.frame.name, expected="allowed", at="")
        level.index = level.sequence[name]

    def go(self, level: _Level, statement: Statement) -> None:
        operands = statement.operands
        if operands[:1] == "(":
            expression, targets = _condition(operands)
            number = self.evaluator.arithmetic(expression, level.frame)
            names = targets.split(",")
            if 1 <= number <= len(names):
                self._branch(level, names[number - 1])
            return
        self._branch(level, self.evaluator.substitute(operands, level.frame))

    def go_if(self, level: _Level, statement: Statement) -> None:
        for operand in split_operands(statement.operands):
            expression, target = _condition(operand)
            if self.evaluator.logical(expression, level.frame):
                self._branch(level, target)
                return

    def branch_limit(self, level: _Level, statement: Statement) -> None:
        level.frame.branches = self.evaluator.arithmetic(statement.operands, level.frame)

    def declare(self, level: _Level, statement: Statement) -> None:
        operation = statement.operation.upper()
        for operand in split_operands(statement.operands):
            text = operand.strip()
            match = VARIABLE.match(text if text.startswith("&") else "&" + text)
            if match is None:
                raise StatementError(VARIABLE_UNDEFINED, found=operand or "(nothing)")
            rest = (text if text.startswith("&") else "&" + text)[match.end() :]
            dimension = 0
            if rest:
                if not (rest[0] == "(" and rest[-1] == ")"):
                    raise StatementError(CONDITIONAL_SYNTAX, found=repr(rest), expected="(dimension)")
                dimension = self.evaluator.arithmetic(rest[1:-1], level.frame)
            level.frame.declare(match[1].upper(), operation[3], dimension, operation[0] == "G")

    def assign(self, level: _Level, statement: Statement) -> None:
        operation = statement.operation.upper()
        kind = operation[3]
        frame = level.frame
        match = VARIABLE.match(statement.label)
        if match is None:
            raise StatementError(LABEL_MISSING, found=f"{operation} (a variable symbol)")
        name = match[1].upper()
        rest = statement.label[match.end() :]
        symbol = frame.sets.get(name)
        if symbol is None:
            if frame.operand(name) is not None:
                raise StatementError(VARIABLE_TYPE, found="&" + name, expected="a SET symbol", at=statement.label)
            frame.declare(name, kind, 32767 if rest else 0, False)
            symbol = frame.sets[name]
        if symbol.type != kind:
            raise StatementError(VARIABLE_TYPE, found="&" + name, expected=f"a SET{kind} symbol", at=statement.label)
        subscript = 0
        if bool(rest) != bool(symbol.dimension):
            expected = "a subscript" if symbol.dimension else "no subscript"
            raise StatementError(VARIABLE_TYPE, found="&" + name, expected=expected, at=statement.label)
        if rest:
            subscript = symbol.check(self.evaluator.arithmetic(rest.strip("()") if "&" not in rest else rest, frame))
        for place, operand in enumerate(split_operands(statement.operands) or [""]):
            symbol.set(subscript + place, self._evaluate(kind, operand, frame))
            if not symbol.dimension:
                break

    def _evaluate(self, kind: str, text: str, frame: Frame) -> int | str:
        if kind == ARITHMETIC:
            return self.evaluator.arithmetic(text, frame)
        if kind == BINARY:
            return int(self.evaluator.logical(text, frame))
        return self.evaluator.character(text, frame)

    def note(self, level: _Level, statement: Statement) -> None:
        """MNOTE severity,'text'; MNOTE *,'text' is a comment."""
        operands = split_operands(self.evaluator.substitute(statement.operands, level.frame))
        text = operands[-1] if operands else ""
        if len(text) < 2 or text[0] != "'" or text[-1] != "'":
            raise StatementError(CONDITIONAL_SYNTAX, found=repr(text), expected="MNOTE severity,'text'")
        severity = 1
        if len(operands) > 1:
            if operands[0] == "*":
                severity = 0
            else:
                severity = self.evaluator.arithmetic(operands[0], level.frame) if operands[0] else 1
        error = StatementError(MNOTE_TEXT, found=text[1:-1].replace("''", "'"), at="MNOTE")
        error.severity = max(0, min(255, severity)) if severity else 0
        if len(operands) > 1 and operands[0] == "*":
            error.severity = -1
        level.errors.append(error)

    def copy(self, level: _Level, statement: Statement) -> None:
        """A COPY whose member was found is followed by it already."""
        if statement.operands.upper() not in self._copies:
            raise StatementError(COPY_NOT_FOUND, found=statement.operands.upper() or "(nothing)", where=self.library)


def _condition(operand: str) -> tuple[str, str]:
    """``(expression)target`` split in two."""
    operand = operand.strip()
    depth = 0
    quoted = False
    if operand[:1] == "(":
        for place, character in enumerate(operand):
            if character == "'":
                if (
                    not quoted
                    and place
                    and operand[place - 1].upper() in "LTKNIS"
                    and not _alphanumeric(operand, place - 2)
                ):
                    continue
                quoted = not quoted
            elif not quoted:
                depth += (character == "(") - (character == ")")
                if depth == 0:
                    return operand[1:place], operand[place + 1 :]
    raise StatementError(CONDITIONAL_SYNTAX, found=repr(operand[:24]), expected="(condition).SYMBOL", at=operand)


def _alphanumeric(text: str, place: int) -> bool:
    return place >= 0 and (text[place].isalnum() or text[place] in "$#@_&")


_CONDITIONAL: dict[str, Callable[[Generator, _Level, Statement], None]] = {
    "MACRO": Generator.macro_definition,
    "MEND": Generator.end_expansion,
    "MEXIT": Generator.end_expansion,
    "ANOP": Generator.nothing,
    "AGO": Generator.go,
    "AIF": Generator.go_if,
    "ACTR": Generator.branch_limit,
    "LCLA": Generator.declare,
    "LCLB": Generator.declare,
    "LCLC": Generator.declare,
    "GBLA": Generator.declare,
    "GBLB": Generator.declare,
    "GBLC": Generator.declare,
    "SETA": Generator.assign,
    "SETB": Generator.assign,
    "SETC": Generator.assign,
    "MNOTE": Generator.note,
    "COPY": Generator.copy,
}
