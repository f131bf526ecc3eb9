"""The CMS file system with extended disk format (EDF): 512, 1024, 2048 or 4096-byte blocks, 64-byte directory entries.

    layout.py       label, directory entry (FST), names, dates: what stands in the bytes
    pointers.py     pointer blocks: the tree between an FST and a file's data blocks
    disk.py         EdfDisk: list, read, write, erase, rename; a change becomes visible by one write of the label
    check.py        findings about a file system: lost and doubly used blocks, bad pointers, wrong counts

Records are in images/cmsrecords.py, names and dates in cmsnames.py, the allocation map in allocation.py, what all CMS
disks do alike in cmsdisk.py; the order of blocks on disk in blocks.py.  Sources: FSTD and ADTSECT of the VM/ESA data
areas book, and the behaviour of cmsfs and cmsfs-fuse.
"""

from vm370.images.edf.check import Finding, check
from vm370.images.edf.disk import EdfDisk
from vm370.images.edf.layout import Fst, Label

__all__ = ["EdfDisk", "Finding", "Fst", "Label", "check"]
