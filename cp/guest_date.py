"""OPTION YEARS: a guest's clocks show another year, for systems that do not know the present one.

The day of the month stays, and the time of day; 28 years away the days of the week are the same (1901 to 2099).
"""

from __future__ import annotations

from datetime import datetime, timedelta


def years_away(now: datetime, years: int) -> timedelta:
    """From ``now`` to the same day so many years later or, negative, before; 29 February becomes 1 March."""
    year = now.year + years
    try:
        then = now.replace(year=year)
    except ValueError:
        then = now.replace(year=year, month=3, day=1)
    return then - now
