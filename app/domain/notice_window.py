"""The time during which a public notice invites objections (domain handbook 1.11)."""

from dataclasses import dataclass
from datetime import date, datetime

from app.domain.clock import cn_date
from app.domain.errors import InvalidValues
from app.domain.working_days import Calendar, Counting, start_of_day


@dataclass(frozen=True)
class NoticeWindow:
    """From the day of publication to 24:00 of the last working day; `days` are working days."""

    start: date
    end_date: date
    ends_at: datetime
    provisional: bool
    days: int
    counting: Counting

    def is_open(self, now: datetime) -> bool:
        """Tell whether an aware moment lies in the window; 24:00 of the last day does not."""
        return start_of_day(self.start) <= now < self.ends_at

    @property
    def sentence(self) -> str:
        """What the notice itself says about its time."""
        first = "公示发布当日计入" if self.counting == "inclusive" else "公示发布当日不计入"
        return f"公示时间：{cn_date(self.start)}至{cn_date(self.end_date)}（{self.days}个工作日，{first}，{cn_date(self.end_date)}24时截止）"


def is_running(ends_at: datetime, *, now: datetime, suspended_at: datetime | None) -> bool:
    """Tell whether a published notice still invites objections: time stands still in a suspended round, and resuming moves the end."""
    return min(now, suspended_at or now) < ends_at


def open_notice(
    published: date, *, days: int, calendar: Calendar, counting: Counting = "exclusive", minimum: int = 5
) -> NoticeWindow:
    """Return the window of a notice published on a day.

    Fewer than `minimum` working days (5 in every source found) raise `InvalidValues`; an end in a year without published
    arrangement raises `DomainError`, because a printed end date cannot be provisional.
    """
    if days < minimum:
        problem = f"公示不得少于{minimum}个工作日，现在填的是{days}个。请改为{minimum}个或更多。"
        raise InvalidValues("notice.too_short", problem, fields={"days": problem})
    deadline = calendar.add_working_days(published, days, counting=counting, strict=True)
    return NoticeWindow(published, deadline.date, deadline.ends_at, deadline.provisional, days, counting)
