"""CP's real I/O configuration: the devices that are not virtual, and who has them.

device.py      one real device: address, type, online, attached to whom
table.py       RealDevices, the table of all of them: ``system.real``
tape.py        tape drives, on which host files are mounted
dasd.py        disk drives, on which volumes are mounted
spooled.py     printers, punches and readers that work for the spool: started, drained, classes
printer.py     the real printer: spool files to HOME/print
punch.py       the real punch: spool files to HOME/punch
reader.py      the real reader: decks of HOME/reader to the spool
paper.py       the paper of a printer with a forms control buffer
separator.py   separator pages and cards in block letters
output.py      host files that appear when they are complete
dedicated.py   printers, punches and readers that a user has for himself
"""

from vm370.cp.real.device import Attachment, RealDevice
from vm370.cp.real.table import RealDevices

__all__ = ["Attachment", "RealDevice", "RealDevices"]
