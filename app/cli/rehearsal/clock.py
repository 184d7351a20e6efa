"""The clock of a rehearsal: it stands still, moves a second with every request, and jumps to the next date of the story."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

from app.domain.calendar_data import published_calendar
from app.domain.clock import LOCAL_ZONE


class SteppingClock:
    """A clock to hand to `build_app`. Calling it tells the time; nothing but `tick` and `forward` moves it."""

    def __init__(self, start: date) -> None:
        self.work: Callable[[], object] = lambda: None
        """What the worker does whenever time moves on: timers, barriers, messages, papers."""
        self._settled: datetime | None = None
        self.calendar = published_calendar()
        self.first = start if self.calendar.is_working_day(start) else self.calendar.add_working_days(start, 1).date
        self._now = _at(self.first, 9)

    def __call__(self) -> datetime:
        """Return the present moment of the story."""
        return self._now

    def tick(self) -> None:
        """Let a second pass."""
        self._now += timedelta(seconds=1)

    def day(self, offset: int) -> date:
        """Return the working day so many working days after the first."""
        return self.first if offset == 0 else self.calendar.add_working_days(self.first, offset).date

    def forward(self, offset: int, hour: int = 9) -> None:
        """Go to an hour of a working day of the story, never back; the worker has done what was due before and is due now."""
        self.forward_to(_at(self.day(offset), hour))

    def forward_to(self, moment: datetime) -> None:
        """Go to a moment, never back."""
        self.settle()
        self._now = max(self._now, moment)
        self.settle()

    def settle(self) -> None:
        """Let the worker do what is due. It has nothing to look for when no request came and no time passed since it last did."""
        if self._settled != self._now:
            self.work()
            self._settled = self._now

    @property
    def today(self) -> date:
        """The local day of the story."""
        return self._now.astimezone(LOCAL_ZONE).date()

    @property
    def offset(self) -> int:
        """How many working days have passed since the first."""
        return self.calendar.working_days_between(self.first, self.today)


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), LOCAL_ZONE).astimezone(UTC)
