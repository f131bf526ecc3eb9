"""The typewriters of a virtual machine: one terminal stands for all of them.

The first one is *the* virtual console.  Further ones (CONSOLE statements, DEFINE CONSOLE) share its terminal:

    output    is shown with the address before it, ``01F: text``, and is recorded in that console's own spool file
    input     a typed line goes to the console that ATTN vaddr has called; without that to the one whose read has
              waited longest; when none reads, to the first console, which gets an attention

VM/370 has one console for each virtual machine; systems that want a second one of type 3215 find it here.
"""

from __future__ import annotations

from operator import attrgetter

from vm370.cp.io.console import Console


class Consoles:
    """The consoles of one machine, by address, in the order in which they were attached."""

    def __init__(self) -> None:
        self._attached: dict[int, Console] = {}
        self._called: Console | None = None

    @property
    def first(self) -> Console | None:
        """The virtual console."""
        return next(iter(self._attached.values()), None)

    def attach(self, address: int, console: Console) -> None:
        """A console appears."""
        self._attached[address] = console

    def detach(self, address: int) -> None:
        """A device goes away; it may be a console."""
        gone = self._attached.pop(address, None)
        if gone is not None and gone is self._called:
            self._called = None

    def find(self, address: int) -> Console | None:
        """The console at this address."""
        return self._attached.get(address)

    def address(self, console: Console | None) -> int | None:
        """Where a console is."""
        return next((address for address, found in self._attached.items() if found is console), None)

    @property
    def reading(self) -> bool:
        """A read waits for a line that nobody has entered yet."""
        return any(console.reading for console in self._attached.values())

    def call(self, console: Console) -> None:
        """ATTN: the next line that is typed is for this console."""
        self._called = console
        console.attention()

    def take(self) -> Console | None:
        """The console that gets the line which was typed."""
        called, self._called = self._called, None
        if called is not None:
            return called
        waiting = [console for console in self._attached.values() if console.reading]
        return min(waiting, key=attrgetter("asked"), default=self.first)

    def prefix(self, console: Console) -> str:
        """What stands before the lines of a console other than the first."""
        return "" if console is self.first else f"{self.address(console) or 0:03X}: "
