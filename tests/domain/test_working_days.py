"""Working days: the notices that were really published, adjusted weekends, and years not yet known (handbook 3.3, 1.11)."""

from datetime import UTC, date, datetime

import pytest

from app.domain.calendar_data import ARRANGEMENTS, published_calendar
from app.domain.errors import DomainError
from app.domain.working_days import Calendar, due_phrase, end_of_working_day

CALENDAR = published_calendar()


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


@pytest.mark.parametrize(
    ("start", "inclusive", "exclusive"),
    [
        ("2021-09-14", "2021-09-18", "2021-09-22"),
        ("2024-03-12", "2024-03-18", "2024-03-19"),
        ("2025-04-14", "2025-04-18", "2025-04-21"),
        ("2022-04-19", "2022-04-24", "2022-04-25"),
        ("2026-02-10", "2026-02-14", "2026-02-24"),
        ("2026-02-13", "2026-02-26", "2026-02-27"),
        ("2026-04-29", "2026-05-08", "2026-05-09"),
        ("2026-09-28", "2026-10-09", "2026-10-10"),
        ("2026-12-24", "2026-12-30", "2026-12-31"),
    ],
)
def test_five_working_days(start: str, inclusive: str, exclusive: str) -> None:
    first = date.fromisoformat(start)
    assert CALENDAR.add_working_days(first, 5, counting="inclusive", strict=True).date == date.fromisoformat(inclusive)
    assert CALENDAR.add_working_days(first, 5, counting="exclusive", strict=True).date == date.fromisoformat(exclusive)


@pytest.mark.parametrize("counting", ["inclusive", "exclusive"])
def test_unpublished_year_is_provisional_or_refused(counting: str) -> None:
    kwargs = {"counting": counting}
    deadline = CALENDAR.add_working_days(date(2026, 12, 28), 5, **kwargs)  # type: ignore[arg-type]
    assert deadline.provisional
    assert deadline.date == (date(2027, 1, 4) if counting == "inclusive" else date(2027, 1, 5))
    with pytest.raises(DomainError, match="2027年的放假安排还没有录入") as refused:
        CALENDAR.add_working_days(date(2026, 12, 28), 5, strict=True, **kwargs)  # type: ignore[arg-type]
    assert refused.value.code == "calendar.year_unpublished"


def test_year_becomes_exact_when_it_is_entered() -> None:
    loaded = Calendar(days={**CALENDAR.days, date(2027, 1, 1): "off"}, published=CALENDAR.published | {2027})
    assert not loaded.add_working_days(date(2026, 12, 28), 5, strict=True).provisional


@pytest.mark.parametrize(("year", "count"), [(2021, 250), (2022, 249), (2023, 249), (2024, 251), (2025, 248), (2026, 248)])
def test_working_days_of_a_year(year: int, count: int) -> None:
    assert CALENDAR.working_days_between(date(year - 1, 12, 31), date(year, 12, 31)) == count


@pytest.mark.parametrize("day", ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"])
def test_worked_weekends_of_2026(day: str) -> None:
    assert CALENDAR.is_working_day(date.fromisoformat(day))


@pytest.mark.parametrize(
    "day", ["2026-01-02", "2026-02-23", "2026-04-06", "2026-05-05", "2026-06-19", "2026-10-07", "2027-10-01"]
)
def test_days_off(day: str) -> None:
    assert not CALENDAR.is_working_day(date.fromisoformat(day))


def test_fixed_statutory_days_of_an_unknown_year() -> None:
    days = ((1, 1), (5, 3), (5, 4), (10, 1), (10, 4), (10, 5))
    off = [(month, day) for month, day in days if not CALENDAR.is_working_day(date(2027, month, day))]
    assert off == [(1, 1), (10, 1)]
    assert not Calendar(days={}, published=frozenset()).is_working_day(date(2029, 5, 2))
    assert not Calendar(days={}, published=frozenset()).is_working_day(date(2029, 10, 3))


def test_every_arrangement_names_its_notice() -> None:
    assert [each.year for each in ARRANGEMENTS] == [2021, 2022, 2023, 2024, 2025, 2026]
    assert all(each.source.startswith(f"国办发明电〔{each.issued.year}〕") for each in ARRANGEMENTS)


def test_stand_down_day_of_the_district_counts_as_off() -> None:
    flooded = Calendar(days={**CALENDAR.days, date(2026, 11, 24): "off"}, published=CALENDAR.published)
    assert flooded.add_working_days(date(2026, 11, 23), 1).date == date(2026, 11, 25)


def test_calendar_cannot_be_changed_from_outside() -> None:
    rows = {date(2026, 11, 24): "off"}
    calendar = Calendar(days=rows, published=frozenset({2026}))  # type: ignore[arg-type]
    rows.clear()
    assert not calendar.is_working_day(date(2026, 11, 24))


def test_counting_between() -> None:
    assert CALENDAR.working_days_between(date(2026, 9, 30), date(2026, 10, 9)) == 2
    assert CALENDAR.working_days_between(date(2026, 10, 9), date(2026, 9, 30)) == -2
    assert CALENDAR.add_working_days(date(2026, 10, 3), 0).date == date(2026, 10, 3)


@pytest.mark.parametrize(("n", "counting"), [(0, "inclusive"), (-1, "exclusive")])
def test_meaningless_counts_are_bugs(n: int, counting: str) -> None:
    with pytest.raises(ValueError, match="working days"):
        CALENDAR.add_working_days(date(2026, 11, 23), n, counting=counting)  # type: ignore[arg-type]


def test_calendar_without_working_days_ends() -> None:
    idle = Calendar(days={date.fromordinal(day): "off" for day in range(739_000, 743_000)}, published=frozenset())
    with pytest.raises(DomainError, match="检查工作日历"):
        idle.add_working_days(date.fromordinal(739_001), 1)


def test_term_ends_at_midnight_in_shanghai() -> None:
    assert end_of_working_day(date(2026, 11, 30)) == datetime(2026, 11, 30, 16, tzinfo=UTC)
    assert CALENDAR.due_at(datetime(2026, 11, 22, 17, tzinfo=UTC), 5) == at("2026-12-01T00:00")


@pytest.mark.parametrize(
    ("now", "left", "phrase"),
    [
        ("2026-11-25T09:00", 3, "还剩3个工作日"),
        ("2026-11-28T09:00", 1, "还剩1个工作日"),
        ("2026-11-30T23:59", 0, "今天到期"),
        ("2026-12-01T00:00", -1, "已超期1天"),
        ("2026-12-02T10:00", -2, "已超期2天"),
        ("2026-12-05T10:00", -4, "已超期4天"),
    ],
)
def test_remaining(now: str, left: int, phrase: str) -> None:
    remaining = CALENDAR.remaining(at(now), at("2026-12-01T00:00"))
    assert (remaining, due_phrase(remaining)) == (left, phrase)


def test_remaining_over_days_off() -> None:
    friday_night, saturday = at("2026-11-28T00:00"), at("2026-11-28T12:00")
    assert CALENDAR.remaining(saturday, friday_night) == -1
    assert CALENDAR.remaining(at("2026-11-27T12:00"), at("2026-11-29T12:00")) == 1
