"""CP's spooling: files between virtual readers, punches, printers and consoles.

virtual.py   what a virtual unit record device knows: its spooling options, the file it writes or reads
store.py     the spool database
records.py   records and pages        files.py   attributes of a file
warmstart.py what the operator is told of it after a kill
printer.py   printer files as text    errors.py  the exception tree
"""

from vm370.cp.io.unitrecord import Record
from vm370.cp.spool.errors import DamagedSpool, RecordError, SpoolBusy, SpoolError, SpoolFull, SpoolInUse
from vm370.cp.spool.files import CONSOLE, PRINTER, PUNCH, QUEUES, READER, Destination, SpoolFile
from vm370.cp.spool.store import OpenFile, Spool

__all__ = [
    "CONSOLE",
    "PRINTER",
    "PUNCH",
    "QUEUES",
    "READER",
    "DamagedSpool",
    "Destination",
    "OpenFile",
    "Record",
    "RecordError",
    "Spool",
    "SpoolBusy",
    "SpoolError",
    "SpoolFile",
    "SpoolFull",
    "SpoolInUse",
]
