"""Saved systems and discontiguous saved segments.

definitions.py   which systems there may be: NAMESYS statements in the file ``systems`` of the home
library.py       the files that SAVESYS wrote, opened for sharing: :class:`SavedSystems`
loading.py       from a virtual machine to a file, and back: SAVESYS, IPL by name, DIAGNOSE X'64'
"""

from vm370.cp.saved.definitions import DefinitionError, NamedSystem
from vm370.cp.saved.library import LoadedSystem, SavedSystems

__all__ = ["DefinitionError", "LoadedSystem", "NamedSystem", "SavedSystems"]
