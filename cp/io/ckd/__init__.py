"""Count-key-data disks: 2305, 2311, 2314, 2319, 3330, 3340, 3350, 3375, 3380, 3390.

Who uses it: the system makes a ``CkdDisk`` for each minidisk of a CKD type and attaches it to a channel; DIAGNOSE
functions use its block access.

    disk.py       CkdDisk: the device                      control.py    seeks, file mask, sense, ...
    commands.py   the table of commands                    searches.py   search commands
    access.py     the mechanism: orientation on a track    reads.py      read commands
    track.py      a track and its records                  writes.py     write commands
    sense.py      sense bytes                              hits.py       what write commands need before them

Minidisks.  A store shows the cylinders of its extent from 0, home addresses and R0 included, as a virtual machine sees
them (images/ckd.py).  Count fields of R1 and up are what the virtual machine wrote, relative numbers, and searches
compare with just that: CP, too, changed only seek arguments, home addresses and searches for R0, so that a minidisk
can be copied to another place (VM/370 Planning and System Generation Guide GC20-1801, appendix "VM/370
restrictions").  A seek outside the extent ends as one outside the drive: command reject (on a 2311 or 2314 with seek
check).  The end of the extent is the end of a cylinder.

The words are those of the reference manuals of the IBM 3830 (GA26-1617), 3350 (GA26-1638), 3340/3344 (GA26-1619), 2314
(GA26-3599) and 2841 (A26-5988).  Sense layouts, index counting and multitrack rules were compared with Hercules'
ckddasd.c, the file mask with the Multiprise 3000 Internal Disk Subsystem guide (SA22-1025).  Not checked against a
manual: that NO-OPERATION, SENSE and SET FILE MASK lose the place within a record, that a record without key never
satisfies a key search, and what WRITE HOME ADDRESS leaves on the track.
"""

from vm370.cp.io.ckd.disk import CkdDisk

__all__ = ["CkdDisk"]
