"""What the operator is told of a start after CP was killed; after an orderly SHUTDOWN there is nothing to tell."""

from __future__ import annotations

from vm370.cp.spool.files import PRINTER, PUNCH, READER
from vm370.cp.spool.store import Spool


def warm_start_messages(spool: Spool) -> list[str]:
    """Once after a start: what was found, what was lost."""
    (discarded, requeued), spool.recovered = spool.recovered, (0, 0)
    if not discarded and not requeued:
        return []
    totals = spool.totals()
    counts = ", ".join(f"{totals.get(queue, 0):03} {queue}" for queue in (READER, PRINTER, PUNCH))
    return [
        f"SYSTEM WARM START; FILES: {counts}",
        f"{discarded:03} OPEN FILES PURGED, {requeued:03} ACTIVE FILES REQUEUED",
    ]
