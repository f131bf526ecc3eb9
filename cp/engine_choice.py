"""Which engine executes a guest: the one that SET ENGINE names, or the next slower one that is there.

Engines give the same results, so which one serves a slice is a question of speed only.  The reference engine is there
from the start; native code is loaded, or built when it is not in the cache, by a thread beside the system, so that
nobody waits for it.  What cannot be had on this host stays unavailable, and its guests are served by what is there.

    choice.begin()         load native code in the background
    choice.wait()          until that has ended (benchmarks, tests)
    choice.engine(name)    the module that serves a guest with this setting, now
    choice.fastest         name of the fastest engine that is there, now
    choice.collect()       while no guest is inside an engine: engines may free code that nobody uses
"""

from __future__ import annotations

import logging
import threading
from typing import Any

from vm370.cp.engine import reference
from vm370.cp.engine.engines import ENGINES, REFERENCE, Engine, engine_for

log = logging.getLogger("vm370")


class EngineChoice:
    """The engines of one system, from the slowest to the fastest, as in the table of engines."""

    def __init__(self) -> None:
        self._ready: dict[str, Engine] = {REFERENCE: reference}
        self._collecting: list[Any] = []
        self._loader: threading.Thread | None = None

    def begin(self) -> None:
        """Load native code in a thread of its own; what is in the cache is there after some milliseconds."""
        if self._loader is None:
            self._loader = threading.Thread(target=self._load, name="native code")
            self._loader.start()

    def wait(self) -> None:
        """Until everything is loaded that can be had."""
        self.begin()
        assert self._loader is not None
        self._loader.join()

    def _load(self) -> None:
        for name in ENGINES:
            if name == REFERENCE:
                continue
            try:
                engine = engine_for(name)
                available = getattr(engine, "available", None)
                if available is not None and not available():
                    return
            except Exception:
                log.exception("engine %s cannot be used; a slower one serves its guests", name)
                return
            self._ready[name] = engine
            if hasattr(engine, "collect"):
                self._collecting.append(engine)

    def collect(self) -> None:
        """Let engines free code that no guest uses; the caller sees to it that no guest is inside an engine."""
        for engine in self._collecting:
            engine.collect()

    @property
    def fastest(self) -> str:
        """The fastest engine that is there."""
        return next(name for name in reversed(ENGINES) if name in self._ready)

    def serving(self, name: str) -> str:
        """The engine that serves guests whose setting is ``name``: that one, or the next slower one that is there."""
        names = list(ENGINES)
        return next(slower for slower in reversed(names[: names.index(name) + 1]) if slower in self._ready)

    def engine(self, name: str) -> Engine:
        """The engine of :meth:`serving`."""
        found = self._ready.get(name)
        return found if found is not None else self._ready[self.serving(name)]


DEFAULT_ENGINE = list(ENGINES)[-1]
"""SET ENGINE at LOGON: the fastest."""
