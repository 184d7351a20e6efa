"""Working days and deadlines on a calendar that the administrator maintains (domain handbook 3.3, 1.11)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from typing import Literal

from app.domain.clock import LOCAL_ZONE, local
from app.domain.errors import DomainError

DayKind = Literal["workday", "off"]
Counting = Literal["inclusive", "exclusive"]
"""Whether the first day counts (inclusive) or counting starts on the next day (exclusive, as in civil law)."""

_ONE = timedelta(days=1)
_FIXED_HOLIDAYS = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})
_FARTHEST = 3660  # days; a longer walk means that the calendar holds hardly any working day


@dataclass(frozen=True)
class Deadline:
    """The last day of a term; `provisional` when it touches a year whose arrangement is not published."""

    date: date
    provisional: bool

    @property
    def ends_at(self) -> datetime:
        """The end of that day as an aware UTC datetime."""
        return end_of_working_day(self.date)


@dataclass(frozen=True)
class Calendar:
    """The days that differ from the plain week, and the years whose State Council arrangement has been entered.

    In a year that is not published, Monday to Friday count as working days but for the statutory days with a fixed date;
    festivals of the lunar calendar are unknown, so every result that touches such a year is provisional.
    """

    days: Mapping[date, DayKind]
    published: frozenset[int]

    def __post_init__(self) -> None:
        """Keep a copy that nobody can change."""
        object.__setattr__(self, "days", MappingProxyType(dict(self.days)))

    def is_working_day(self, day: date) -> bool:
        """Tell whether people work on that day, as far as is known."""
        kind = self.days.get(day)
        if kind is not None:
            return kind == "workday"
        if day.year not in self.published and (day.month, day.day) in _FIXED_HOLIDAYS:
            return False
        return day.weekday() < 5

    def add_working_days(self, start: date, n: int, *, counting: Counting = "exclusive", strict: bool = False) -> Deadline:
        """Return the n-th working day from a day on.

        Inclusive: a working first day is day 1, so n ≥ 1; exclusive: n = 0 is the first day itself. With `strict`, touching
        a year without published arrangement raises `DomainError` "calendar.year_unpublished", else the result is provisional.
        """
        if n < (1 if counting == "inclusive" else 0):
            raise ValueError(f"cannot count {n} working days ({counting})")
        day, left = start, n
        if counting == "inclusive" and self.is_working_day(start):
            left -= 1
        while left:
            day += _ONE
            left -= self.is_working_day(day)
            if (day - start).days > _FARTHEST + 2 * n:
                raise DomainError("calendar.empty", "工作日历里几乎没有工作日，无法计算期限。请管理员检查工作日历。")
        return self._deadline(start, day, strict=strict)

    def working_days_between(self, a: date, b: date) -> int:
        """Return the number of working days after a up to and with b; negative when b lies before a."""
        if b < a:
            return -self.working_days_between(b, a)
        return sum(self.is_working_day(a + _ONE * offset) for offset in range(1, (b - a).days + 1))

    def due_at(self, start: datetime, n: int, *, counting: Counting = "exclusive") -> datetime:
        """Return the end (24:00 in Shanghai, as UTC) of the n-th working day after an aware moment."""
        return self.add_working_days(local(start).date(), n, counting=counting).ends_at

    def remaining(self, now: datetime, due: datetime) -> int:
        """Return the working days left until an aware moment: 0 on the last day, negative (at least -1) when it has passed.

        A day that is still to come counts as one at least, also when only days off lie between.
        """
        today, last = local(now).date(), last_day_of(due)
        if now >= due:
            return -max(1, self.working_days_between(last, today))
        return max(1, self.working_days_between(today, last)) if last > today else 0

    def missing_years(self, start: date, end: date) -> list[int]:
        """Return the years from start to end whose arrangement is not published."""
        return [year for year in range(start.year, end.year + 1) if year not in self.published]

    def _deadline(self, start: date, end: date, *, strict: bool) -> Deadline:
        missing = self.missing_years(start, end)
        if missing and strict:
            year = missing[0]
            raise DomainError(
                "calendar.year_unpublished",
                f"{year}年的放假安排还没有录入，算不出准确的截止日期。请管理员在“工作日历”中导入{year}年安排后再办理。",
            )
        return Deadline(date=end, provisional=bool(missing))


def end_of_working_day(day: date) -> datetime:
    """Return 24:00 of a day in Asia/Shanghai as an aware UTC datetime."""
    return datetime.combine(day + _ONE, time.min, tzinfo=LOCAL_ZONE).astimezone(UTC)


def start_of_day(day: date) -> datetime:
    """Return 0:00 of a day in Asia/Shanghai as an aware UTC datetime."""
    return datetime.combine(day, time.min, tzinfo=LOCAL_ZONE).astimezone(UTC)


def last_day_of(due: datetime) -> date:
    """Return the local day on which a term ends; 24:00 belongs to the day that it closes."""
    return local(due - timedelta(microseconds=1)).date()


def due_phrase(days: int) -> str:
    """Return the words for what `Calendar.remaining` answered."""
    if days > 0:
        return f"还剩{days}个工作日"
    return "今天到期" if days == 0 else f"已超期{-days}天"
