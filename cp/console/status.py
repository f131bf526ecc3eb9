"""The console's status line: who, what state, what the other terminals have, and as many keys as there is room for."""

from __future__ import annotations

from vm370.cp.console.desk import Desk
from vm370.cp.console.terminal import Status
from vm370.cp.session import Session

KEY_LISTS = (
    "F1 attention  F2 next  F3 new  F4 more  PgUp back  %HELP",
    "F1 attn  F2 next  F3 new  F4 more  %HELP",
    "F1 attn F2 next %HELP",
    "%HELP",
)


def status_line(desk: Desk, paging: Status | None, back: int, width: int) -> str:
    """Exactly ``width`` characters; ``paging`` is MORE... or HOLDING, ``back`` the rows scrolled back."""
    session = desk.selected
    left = f" {session.userid or 'VM/370':8} {(paging or session.status).value:8}"
    if back:
        left += f" -{back} rows"
    others = [(n, other) for n, other in enumerate(desk.sessions, 1) if other is not session]
    long = "".join(f"  {n} {_name(other)} {other.status.value}{_news(desk, other)}" for n, other in others)
    short = "".join(f"  {n} {_name(other)}{_news(desk, other)}" for n, other in others)
    for middle in (long, short):
        for keys in KEY_LISTS[:3] if middle is long else KEY_LISTS[2:]:
            if len(left) + len(middle) + 2 + len(keys) + 1 <= width:
                return f"{left + middle:{width - len(keys) - 1}}{keys} "
    return f"{left + short:{width}}"[:width]


def _name(session: Session) -> str:
    return session.userid or "LOGON"


def _news(desk: Desk, session: Session) -> str:
    lines = desk.unseen(session)
    return f" +{lines}" if lines else ""
