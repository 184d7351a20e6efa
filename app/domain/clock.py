"""Time as an argument: what the system does depends on a clock that somebody hands in."""

from collections.abc import Callable
from datetime import UTC, datetime
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
