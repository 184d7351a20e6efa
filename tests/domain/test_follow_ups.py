"""Years after an award: which are reported on, and how it stands with each."""

from datetime import date

from app.domain.follow_ups import ReportState, managed_years, report_states

CONFERRED = date(2026, 5, 20)


def test_the_years_after_the_decision_are_reported_on() -> None:
    assert list(managed_years(CONFERRED, years=3)) == [2027, 2028, 2029]


def test_a_report_waits_in_its_year_and_is_late_after_it() -> None:
    found = report_states(CONFERRED, years=4, reported=frozenset({2027}), today=date(2029, 1, 1))
    assert [each.state for each in found] == [ReportState.REPORTED, ReportState.LATE, ReportState.WAITING, ReportState.AHEAD]
