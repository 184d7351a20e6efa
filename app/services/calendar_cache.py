"""The working-day calendar as the database has it, read again at most once a minute."""

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.working_days import Calendar
from app.persistence.models import CalendarDay, CalendarYear

_FRESH = timedelta(minutes=1)
_DAYS = select(CalendarDay.day, CalendarDay.kind)
_YEARS = select(CalendarYear.year).where(CalendarYear.status == "published")


class CalendarCache:
    """Holds one `Calendar` per process; `forget` is called by whoever imports a year."""

    def __init__(self) -> None:
        self._calendar: Calendar | None = None
        self._read_at: datetime | None = None

    def get(self, session: Session, *, now: datetime) -> Calendar:
        """Return the calendar, at most a minute old."""
        if self._calendar is None or self._read_at is None or not timedelta(0) <= now - self._read_at < _FRESH:
            days = {date.fromisoformat(day): kind for day, kind in session.execute(_DAYS)}
            years = session.scalars(_YEARS)
            self._calendar = Calendar(days=days, published=frozenset(years))  # type: ignore[arg-type]  # the column holds DayKind
            self._read_at = now
        return self._calendar

    def forget(self) -> None:
        """Read anew at the next use."""
        self._calendar = None
