"""Making a failing case small.

A :class:`Shrinker` leaves out and simplifies what it can as long as ``fails(case)`` gives a difference: pieces and
actions, instructions before the failing one (the state of the reference engine takes their place), storage, keys,
registers.  It is deterministic and stops after a number of attempts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from fuzz_case import Case, Piece
from fuzz_run import REFERENCE, Difference, Machine, captured

from vm370.cp.engine.engines import engine_for

Fails = Callable[[Case], Difference | None]


class Shrinker:
    """The smallest case so far."""

    def __init__(self, case: Case, fails: Fails, attempts: int = 4000) -> None:
        self.case = case
        self.fails = fails
        self.attempts = attempts
        found = fails(case)
        if found is None:
            raise ValueError("the case does not fail")
        self.found = found

    def attempt(self, case: Case) -> bool:
        """Take this case if it still fails."""
        if self.attempts <= 0:
            return False
        self.attempts -= 1
        found = self.fails(case)
        if found is None:
            return False
        self.case, self.found = case, found
        return True

    def run(self) -> Case:
        """Everything in turn, until nothing helps."""
        self._truncate()
        for _ in range(3):
            before = self.case.to_json()
            self._rebase()
            self._pieces()
            self._budgets()
            self._actions()
            self._storage()
            self._registers()
            if self.case.to_json() == before:
                break
        return self.case

    def _truncate(self) -> None:
        pieces = self.case.pieces[: self.found.piece + 1]
        if len(pieces) < len(self.case.pieces):
            self.attempt(self.case.with_pieces(pieces))

    def _rebase(self) -> None:
        """Begin with the state in which the reference engine is later on."""
        while len(self.case.pieces) > 1:
            for skip in (len(self.case.pieces) - 1, len(self.case.pieces) // 2, 1):
                if self.attempt(rebased(self.case, skip, 0)):
                    break
            else:
                break
        step = self.case.pieces[0].budget // 2
        while step:
            if self.case.pieces[0].budget > step and self.attempt(rebased(self.case, 0, step)):
                step = min(step, self.case.pieces[0].budget // 2)
            else:
                step //= 2

    def _pieces(self) -> None:
        self._subsets(lambda: self.case.pieces, lambda pieces: self.case.with_pieces(pieces))

    def _budgets(self) -> None:
        for number in range(len(self.case.pieces)):
            self._replace_piece(number, cut=0)
            step = self.case.pieces[number].budget // 2
            while step:
                budget = self.case.pieces[number].budget
                if budget <= step or not self._replace_piece(number, budget=budget - step):
                    step //= 2

    def _replace_piece(self, number: int, **changes: int) -> bool:
        piece = self.case.pieces[number]
        changed = Piece(piece.actions, changes.get("budget", piece.budget), changes.get("cut", piece.cut))
        if changed == piece:
            return False
        pieces = [*self.case.pieces[:number], changed, *self.case.pieces[number + 1 :]]
        return self.attempt(self.case.with_pieces(pieces))

    def _actions(self) -> None:
        for number in range(len(self.case.pieces)):

            def build(actions: list, number: int = number) -> Case:
                piece = self.case.pieces[number]
                pieces = list(self.case.pieces)
                pieces[number] = Piece(actions, piece.budget, piece.cut)
                return self.case.with_pieces(pieces)

            self._subsets(lambda number=number: self.case.pieces[number].actions, build)

    def _subsets(self, get: Callable[[], list], build: Callable[[list], Case]) -> None:
        """Leave out runs of elements, ever smaller ones."""
        size = len(get())
        while size:
            at = 0
            while at < len(get()):
                items = get()
                if not self.attempt(build(items[:at] + items[at + size :])):
                    at += size
            size //= 2

    def _storage(self) -> None:
        """Zeros for what is not needed."""
        case = self.case
        parts: list[tuple[int, bytes]] = []
        for at, data in case.storage:
            for i in range(0, len(data), 256):
                if any(data[i : i + 256]):
                    parts.append((at + i, data[i : i + 256]))
        self.attempt(replace(case, storage=parts))
        for finer in (0, 32, 4, 1):
            if finer:
                split = [
                    (at + i, data[i : i + finer])
                    for at, data in self.case.storage
                    for i in range(0, len(data), finer)
                    if any(data[i : i + finer])
                ]
                if not self.attempt(replace(self.case, storage=split)):
                    return
            self._subsets(lambda: self.case.storage, lambda storage: replace(self.case, storage=storage))
        joined: list[tuple[int, bytes]] = []
        for at, data in sorted(self.case.storage):
            if joined and joined[-1][0] + len(joined[-1][1]) == at:
                joined[-1] = joined[-1][0], joined[-1][1] + data
            else:
                joined.append((at, data))
        self.attempt(replace(self.case, storage=joined))

    def _registers(self) -> None:
        for name in ("gr", "fpr"):
            values = getattr(self.case, name)
            for n in range(len(values)):
                now = getattr(self.case, name)
                if now[n]:
                    self.attempt(replace(self.case, **{name: [*now[:n], 0, *now[n + 1 :]]}))
        for name in ("cr", "fields", "keys", "tlb"):
            self.attempt(replace(self.case, **{name: {}}))
            for key in list(getattr(self.case, name)):
                now = dict(getattr(self.case, name))
                now.pop(key)
                self.attempt(replace(self.case, **{name: now}))
        self.attempt(replace(self.case, timers=False))


def rebased(case: Case, skip: int, instructions: int) -> Case:
    """The case from a later state on: after ``skip`` pieces, and the actions and some instructions of the next."""
    machine = Machine(REFERENCE, engine_for(REFERENCE), case)
    for piece in case.pieces[:skip]:
        machine.run_piece(piece)
    pieces = case.pieces[skip:]
    if instructions:
        machine.run_piece(Piece(pieces[0].actions, instructions))
        pieces = [Piece([], pieces[0].budget - instructions, pieces[0].cut), *pieces[1:]]
    return captured(machine.cpu, case, pieces)
