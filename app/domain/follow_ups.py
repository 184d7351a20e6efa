"""Looking after those who were titled: for so many years after the decision a report a year, and what changes (handbook 1.15, 1.17)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class FollowUp(StrEnum):
    """What can be entered about somebody who was titled."""

    REPORT = "report"
    EMPLOYER = "employer"
    LEFT = "left"
    OTHER = "other"


TITLES = {
    FollowUp.REPORT: "年度报告",
    FollowUp.EMPLOYER: "变更工作单位",
    FollowUp.LEFT: "离开本区",
    FollowUp.OTHER: "其他情况",
}
"""What the kinds are called."""
REMIND_MONTH = 11
"""From this month on the bureau is reminded of the reports that are still missing: they are due at the end of the year."""


class ReportState(StrEnum):
    """How it stands with the report of a year."""

    REPORTED = "reported"
    WAITING = "waiting"
    LATE = "late"
    AHEAD = "ahead"


@dataclass(frozen=True)
class YearReport:
    """The report of one year, and how it stands with it."""

    year: int
    state: ReportState


def managed_years(conferred: date, *, years: int) -> range:
    """Return the calendar years for which somebody titled on a day is reported on: those that follow the year of the decision."""
    return range(conferred.year + 1, conferred.year + 1 + years)


def report_states(conferred: date, *, years: int, reported: frozenset[int], today: date) -> tuple[YearReport, ...]:
    """Return how it stands with the report of each year; the report of a year is due at its end."""
    return tuple(YearReport(year, _state(year, reported, today)) for year in managed_years(conferred, years=years))


def _state(year: int, reported: frozenset[int], today: date) -> ReportState:
    if year in reported:
        return ReportState.REPORTED
    if year < today.year:
        return ReportState.LATE
    return ReportState.WAITING if year == today.year else ReportState.AHEAD
