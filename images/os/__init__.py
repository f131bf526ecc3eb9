"""Volumes of OS/360 and its successors, read only: VTOC, sequential and partitioned data sets.

    layout.py    data set control blocks (DSCBs) of the VTOC, directory entries of partitioned data sets
    records.py   blocks to records: formats F, V, U, blocked, spanned
    volume.py    OsVolume: list data sets and members, read their records

Sources: OS/VS2 System Programming Library: Debugging Handbook (DSCB formats), OS/VS Data Management Services Guide.
"""

from vm370.images.os.volume import OsVolume

__all__ = ["OsVolume"]
