"""Measurements, one module each (bench_command.py)."""


class BenchError(Exception):
    """A measurement that cannot be made."""
