"""Tapes in files of items one behind the other: what AWSTAPE and SIMH tapes share.

The file is read forward item by item; where items begin is remembered, so going backward needs nothing in the file.
A file that ends in the middle of an item is damaged from there on: reading stops with BadImage, writing before that
place makes it whole again.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from vm370.images.errors import BadImage
from vm370.images.hostfile import HostFile
from vm370.images.tapes.tape import AtLoadPoint, EndOfTape, Tape


class Item(Protocol):
    """A block or a tape mark in the file."""

    @property
    def end(self) -> int:
        """Offset behind it."""

    @property
    def mark(self) -> bool:
        """It is a tape mark."""


@dataclass(frozen=True, slots=True)
class Damage:
    """Something wrong in a tape's file."""

    offset: int
    text: str


ItemT = TypeVar("ItemT", bound=Item)


class ItemTape(Tape, Generic[ItemT]):
    """A tape in a host file, by its items; a format gives ``_item``, ``_data``, ``write`` and ``write_mark``."""

    def __init__(self, file: HostFile) -> None:
        self.file = file
        self.name = str(file.path)
        self.read_only = file.read_only
        self._items: list[ItemT] = []
        """What lies before the place that was read farthest."""
        self._position = 0

    @abstractmethod
    def _item(self, offset: int, number: int) -> ItemT:
        """The item that begins at ``offset``; BadImage when there is none."""

    @abstractmethod
    def _data(self, item: ItemT) -> bytes | None:
        """The block, or None for a tape mark."""

    @property
    def position(self) -> int:
        return self._position

    @property
    def offset(self) -> int:
        """Where the position is in the file."""
        return self._items[self._position - 1].end if self._position else 0

    def read(self) -> bytes | None:
        item = self._next()
        data = self._data(item)
        self._position += 1
        return data

    def skip(self) -> bool:
        item = self._next()
        self._position += 1
        return not item.mark

    def read_backward(self) -> bytes | None:
        data = self._data(self._before())
        self._position -= 1
        return data

    def skip_backward(self) -> bool:
        mark = self._before().mark
        self._position -= 1
        return not mark

    def rewind(self) -> None:
        self._position = 0

    def _before(self) -> ItemT:
        if not self._position:
            raise AtLoadPoint(f"{self.name}: at the load point")
        return self._items[self._position - 1]

    def _next(self) -> ItemT:
        if self._position < len(self._items):
            return self._items[self._position]
        offset = self._items[-1].end if self._items else 0
        if offset == self.file.length:
            raise EndOfTape(f"{self.name}: nothing is recorded behind offset {offset}")
        item = self._item(offset, len(self._items))
        self._items.append(item)
        return item

    def erase(self) -> None:
        self.writable()
        self._cut()

    def _cut(self) -> int:
        """End the file at the position; returns its length."""
        del self._items[self._position :]
        offset = self._items[-1].end if self._items else 0
        if self.file.length > offset:
            self.file.set_length(offset)
        return offset

    def _written(self, item: ItemT) -> None:
        self._items.append(item)
        self._position += 1

    def flush(self) -> None:
        if not self.read_only:
            self.file.flush()

    def close(self) -> None:
        self.file.close()

    # --- checking ---

    def _damage(self, item: ItemT, before: ItemT | None) -> Damage | None:
        """What else is wrong with an item that can be found."""
        return None

    def check(self, progress: Callable[[int, int], None] | None = None) -> list[Damage]:
        """Everything wrong with the file, from the load point to the first place that cannot be read; rewinds."""
        found: list[Damage] = []
        self.rewind()
        total = self.file.length
        while True:
            try:
                item = self._next()
            except EndOfTape:
                break
            except BadImage as error:
                found.append(Damage(error.offset, f"found {error.found}, expected {error.expected}; the rest is lost"))
                break
            damage = self._damage(item, self._items[self._position - 1] if self._position else None)
            if damage is not None:
                found.append(damage)
            try:
                self._data(item)
            except BadImage as error:
                found.append(Damage(error.offset, f"found {error.found}, expected {error.expected}"))
            self._position += 1
            if progress:
                progress(item.end, total)
        self.rewind()
        return found
