"""Disk images: what `vm370 disk` does, as functions (api.py)."""
