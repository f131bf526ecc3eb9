"""Tapes: what a tape drive does, the files that hold tapes, and what people keep on them."""
