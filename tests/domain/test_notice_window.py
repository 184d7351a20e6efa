"""The window of a public notice (handbook 1.11)."""

from datetime import date, datetime

import pytest

from app.domain.calendar_data import published_calendar
from app.domain.errors import DomainError, InvalidValues
from app.domain.notice_window import open_notice

CALENDAR = published_calendar()
WINDOW = open_notice(date(2026, 11, 23), days=5, calendar=CALENDAR)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


def test_sentence_of_the_notice() -> None:
    expected = "公示时间：2026年11月23日至2026年11月30日（5个工作日，公示发布当日不计入，2026年11月30日24时截止）"
    assert WINDOW.sentence == expected
    inclusive = open_notice(date(2021, 9, 14), days=5, counting="inclusive", calendar=CALENDAR)
    assert inclusive.sentence.startswith("公示时间：2021年9月14日至2021年9月18日（5个工作日，公示发布当日计入")


@pytest.mark.parametrize(
    ("now", "is_open"),
    [
        ("2026-11-22T23:59", False),
        ("2026-11-23T00:00", True),
        ("2026-11-30T23:59:59", True),
        ("2026-12-01T00:00", False),
    ],
)
def test_window_is_open(now: str, is_open: bool) -> None:
    assert WINDOW.is_open(at(now)) is is_open


def test_too_short_is_refused() -> None:
    with pytest.raises(InvalidValues, match="不得少于5个工作日"):
        open_notice(date(2026, 11, 23), days=4, calendar=CALENDAR)


def test_end_in_a_year_without_calendar_is_refused() -> None:
    with pytest.raises(DomainError, match="导入2027年安排"):
        open_notice(date(2026, 12, 28), days=5, calendar=CALENDAR)
