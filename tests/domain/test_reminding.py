"""When people are told of work."""

from datetime import UTC, date, datetime

import pytest

from app.domain.clock import LOCAL_ZONE
from app.domain.reminding import group_slot, is_office_time, warned_until
from app.domain.working_days import Calendar

CALENDAR = Calendar(
    days={date(2026, 10, 1): "off", date(2026, 10, 2): "off", date(2026, 10, 10): "workday"}, published=frozenset({2026})
)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """Return a moment of October 2026 in Shanghai."""
    return datetime(2026, 10, day, hour, minute, tzinfo=LOCAL_ZONE).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "slot"),
    [
        (at(8, 9), at(8, 9)),
        (at(8, 13, 59), at(8, 9)),
        (at(8, 14), at(8, 14)),
        (at(9, 8, 59), at(8, 14)),
        (at(11, 20), at(10, 14)),  # the Saturday before was a working day
        (at(2, 12), datetime(2026, 9, 30, 6, tzinfo=UTC)),  # within the holiday
    ],
)
def test_groups_are_told_twice_a_working_day(now: datetime, slot: datetime) -> None:
    assert group_slot(now, calendar=CALENDAR) == slot


def test_a_calendar_without_working_days_holds_nobody_up() -> None:
    empty = Calendar(
        days={date(2026, 9, day): "off" for day in range(1, 31)} | {date(2026, 10, 1): "off"}, published=frozenset({2026})
    )
    assert group_slot(at(1, 12), calendar=empty) == at(1, 12)


@pytest.mark.parametrize(
    ("now", "works"), [(at(8, 9), True), (at(8, 17, 59), True), (at(8, 18), False), (at(8, 8, 59), False), (at(1, 10), False)]
)
def test_nobody_is_told_of_a_term_at_night_or_on_a_holiday(now: datetime, works: bool) -> None:
    assert is_office_time(now, calendar=CALENDAR) is works


def test_the_warning_comes_one_working_day_ahead() -> None:
    assert warned_until(at(9, 10), calendar=CALENDAR) == at(11, 0)  # Friday: the end of the working Saturday
    assert warned_until(at(10, 10), calendar=CALENDAR) == at(13, 0)
