"""."""


class BenchError(Exception):
    """A measurement that cannot be made."""
