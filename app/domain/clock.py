"""Time as an argument: what the system does depends on a clock that somebody hands in."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]
"""Answers the present moment as an aware UTC datetime."""

LOCAL_ZONE = ZoneInfo("Asia/Shanghai")


def system_clock() -> datetime:
    """Return the machine's present moment, aware, in UTC."""
    return datetime.now(UTC)


def local(moment: datetime) -> datetime:
    """Return an aware moment in the zone of the district (Asia/Shanghai), for pages and papers."""
    return moment.astimezone(LOCAL_ZONE)


def cn_date(day: str | date) -> str:
    """Write a day (an ISO text or a date) as 2026年3月5日: Arabic digits, no leading zero (GB/T 9704-2012)."""
    when = date.fromisoformat(day) if isinstance(day, str) else day
    return f"{when.year}年{when.month}月{when.day}日"
