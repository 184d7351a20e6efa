"""The State Council's published arrangements of holidays, as facts with their source. Later years arrive as rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from app.domain.working_days import Calendar, DayKind


@dataclass(frozen=True)
class Holiday:
    """A holiday from month-day to month-day (both included), and the weekend days that are worked for it."""

    name: str
    first: tuple[int, int]
    last: tuple[int, int]
    worked: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class Arrangement:
    """One year's notice of the General Office of the State Council."""

    year: int
    source: str
    issued: date
    holidays: tuple[Holiday, ...]


@dataclass(frozen=True)
class CalendarDay:
    """A day that differs from the plain week, as the calendar table keeps it."""

    date: date
    kind: DayKind
    name: str
    source: str


ARRANGEMENTS: tuple[Arrangement, ...] = (
    Arrangement(
        2021,
        "国办发明电〔2020〕27号",
        date(2020, 11, 25),
        (
            Holiday("元旦", (1, 1), (1, 3)),
            Holiday("春节", (2, 11), (2, 17), ((2, 7), (2, 20))),
            Holiday("清明节", (4, 3), (4, 5)),
            Holiday("劳动节", (5, 1), (5, 5), ((4, 25), (5, 8))),
            Holiday("端午节", (6, 12), (6, 14)),
            Holiday("中秋节", (9, 19), (9, 21), ((9, 18),)),
            Holiday("国庆节", (10, 1), (10, 7), ((9, 26), (10, 9))),
        ),
    ),
    Arrangement(
        2022,
        "国办发明电〔2021〕11号",
        date(2021, 10, 25),
        (
            Holiday("元旦", (1, 1), (1, 3)),
            Holiday("春节", (1, 31), (2, 6), ((1, 29), (1, 30))),
            Holiday("清明节", (4, 3), (4, 5), ((4, 2),)),
            Holiday("劳动节", (4, 30), (5, 4), ((4, 24), (5, 7))),
            Holiday("端午节", (6, 3), (6, 5)),
            Holiday("中秋节", (9, 10), (9, 12)),
            Holiday("国庆节", (10, 1), (10, 7), ((10, 8), (10, 9))),
        ),
    ),
    Arrangement(
        2023,
        "国办发明电〔2022〕16号",
        date(2022, 12, 8),
        (
            Holiday("元旦", (1, 1), (1, 2)),
            Holiday("春节", (1, 21), (1, 27), ((1, 28), (1, 29))),
            Holiday("清明节", (4, 5), (4, 5)),
            Holiday("劳动节", (4, 29), (5, 3), ((4, 23), (5, 6))),
            Holiday("端午节", (6, 22), (6, 24), ((6, 25),)),
            Holiday("中秋节、国庆节", (9, 29), (10, 6), ((10, 7), (10, 8))),
        ),
    ),
    Arrangement(
        2024,
        "国办发明电〔2023〕7号",
        date(2023, 10, 25),
        (
            Holiday("元旦", (1, 1), (1, 1)),
            Holiday("春节", (2, 10), (2, 17), ((2, 4), (2, 18))),
            Holiday("清明节", (4, 4), (4, 6), ((4, 7),)),
            Holiday("劳动节", (5, 1), (5, 5), ((4, 28), (5, 11))),
            Holiday("端午节", (6, 10), (6, 10)),
            Holiday("中秋节", (9, 15), (9, 17), ((9, 14),)),
            Holiday("国庆节", (10, 1), (10, 7), ((9, 29), (10, 12))),
        ),
    ),
    Arrangement(
        2025,
        "国办发明电〔2024〕12号",
        date(2024, 11, 12),
        (
            Holiday("元旦", (1, 1), (1, 1)),
            Holiday("春节", (1, 28), (2, 4), ((1, 26), (2, 8))),
            Holiday("清明节", (4, 4), (4, 6)),
            Holiday("劳动节", (5, 1), (5, 5), ((4, 27),)),
            Holiday("端午节", (5, 31), (6, 2)),
            Holiday("国庆节、中秋节", (10, 1), (10, 8), ((9, 28), (10, 11))),
        ),
    ),
    Arrangement(
        2026,
        "国办发明电〔2025〕7号",
        date(2025, 11, 4),
        (
            Holiday("元旦", (1, 1), (1, 3), ((1, 4),)),
            Holiday("春节", (2, 15), (2, 23), ((2, 14), (2, 28))),
            Holiday("清明节", (4, 4), (4, 6)),
            Holiday("劳动节", (5, 1), (5, 5), ((5, 9),)),
            Holiday("端午节", (6, 19), (6, 21)),
            Holiday("中秋节", (9, 25), (9, 27)),
            Holiday("国庆节", (10, 1), (10, 7), ((9, 20), (10, 10))),
        ),
    ),
)


def calendar_days(arrangement: Arrangement) -> Iterator[CalendarDay]:
    """Yield the days of an arrangement: every day off (weekends within too) and every worked weekend day."""
    for holiday in arrangement.holidays:
        day, last = date(arrangement.year, *holiday.first), date(arrangement.year, *holiday.last)
        while day <= last:
            yield CalendarDay(day, "off", holiday.name, arrangement.source)
            day += timedelta(days=1)
        for worked in holiday.worked:
            yield CalendarDay(date(arrangement.year, *worked), "workday", f"{holiday.name}调休上班", arrangement.source)


@cache
def published_calendar() -> Calendar:
    """Return the calendar of the built-in years alone, for rehearsals, tests and the first start."""
    days = {day.date: day.kind for arrangement in ARRANGEMENTS for day in calendar_days(arrangement)}
    return Calendar(days=days, published=frozenset(arrangement.year for arrangement in ARRANGEMENTS))
