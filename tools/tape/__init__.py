"""Tapes: what `vm370 tape` does, as functions (place.py, writing.py, extracting.py, showing.py)."""
