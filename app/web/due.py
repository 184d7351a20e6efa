"""Terms on a page: how many working days are left, in words and with a state that has more than a colour."""

from dataclasses import dataclass
from datetime import datetime

from app.domain.working_days import due_phrase, last_day_of
from app.services.context import Transaction

SOON = 2


@dataclass(frozen=True)
class Due:
    """The words of a badge, its state (over, today, soon, later) and the last day."""

    words: str
    state: str
    day: str


def due_of(tx: Transaction, moment: datetime | None) -> Due | None:
    """Return the badge of a term, None where there is no term."""
    if moment is None:
        return None
    left = tx.context.calendars.get(tx.session, now=tx.now).remaining(tx.now, moment)
    state = "over" if left < 0 else "today" if left == 0 else "soon" if left <= SOON else "later"
    return Due(words=due_phrase(left), state=state, day=last_day_of(moment).isoformat())
