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

Sources: Reference Manual for IBM 3830 Storage Control (GA26-1617), IBM 3350 (GA26-1638), IBM 3340/3344 (GA26-1619),
IBM 2314 (GA26-3599), IBM 2841 (A26-5988); doubtful points are named in the function's docstring.
"""

from vm370.cp.io.ckd.disk import CkdDisk

__all__ = ["CkdDisk"]
