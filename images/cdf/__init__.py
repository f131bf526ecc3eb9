"""The CMS file system of VM/370 and CP-67 (CDF): blocks of 800 bytes, 40-byte directory entries.

    blocks800.py   where block n stands on a disk, records of 800 bytes, or of 829 on CP-67's 2314
    layout.py      label, master file directory (MFD), directory entry (FST), chain links: what stands in the bytes
    disk.py        CdfDisk: list, read, write, erase, rename; a change becomes visible by one write of the MFD
    check.py       findings about a file system

Records of format F and V, the allocation map, names and findings are those of the edf package.  Sources: FSTD,
ADTSECT and MFD of the VM/370 CMS data areas book, and genuine disks of VM/370 Release 6 and CP-67.
"""

from vm370.images.cdf.disk import CdfDisk

__all__ = ["CdfDisk"]
