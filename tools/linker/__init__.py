"""The linkage editor: object decks to a program with fixed addresses, and the forms it is written in.

link(decks, origin, entry) -> LoadModule        linkage.py
module_file, ipl_deck, absolute_deck, relocatable_deck, load_map  forms.py
"""

from vm370.tools.linker.forms import absolute_deck, ipl_deck, load_map, module_file, relocatable_deck
from vm370.tools.linker.linkage import LinkError, LoadModule, link

__all__ = [
    "LinkError",
    "LoadModule",
    "absolute_deck",
    "ipl_deck",
    "link",
    "load_map",
    "module_file",
    "relocatable_deck",
]
