"""When people are told of work: groups twice a working day, terms one working day ahead and once more when they have passed."""

from datetime import UTC, datetime, time, timedelta

from app.domain.clock import LOCAL_ZONE, local
from app.domain.working_days import Calendar

GROUP_TIMES = (time(9), time(14))
"""A group hears of what is new for it at these times: a letter for every item to every member would soon be read by nobody."""
OFFICE_BEGINS, OFFICE_ENDS = time(9), time(18)
DAYS_AHEAD = 1
"""Reminders come one working day before the term (domain handbook 1.7)."""
_LONGEST_PAUSE = 30  # days; no holiday is longer


def group_slot(now: datetime, *, calendar: Calendar) -> datetime:
    """Return the last moment at which groups were to be told; what was made before it is told, what came after waits."""
    day = local(now).date()
    for _ in range(_LONGEST_PAUSE):
        if calendar.is_working_day(day):
            for hour in reversed(GROUP_TIMES):
                slot = datetime.combine(day, hour, tzinfo=LOCAL_ZONE).astimezone(UTC)
                if slot <= now:
                    return slot
        day -= timedelta(days=1)
    return now


def is_office_time(now: datetime, *, calendar: Calendar) -> bool:
    """Tell whether people are at work: nobody is told of a term at midnight or on a holiday."""
    here = local(now)
    return calendar.is_working_day(here.date()) and OFFICE_BEGINS <= here.time() < OFFICE_ENDS


def warned_until(now: datetime, *, calendar: Calendar) -> datetime:
    """Return until when a term may end whose reminder is due now."""
    return calendar.due_at(now, DAYS_AHEAD)
