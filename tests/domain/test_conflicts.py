"""Recusal (handbook 1.8): each reason has a yes, and strangers have none."""

from datetime import date

import pytest

from app.domain.conflicts import ExpertFacts, NomineeFacts, conflicts_between

TODAY = date(2026, 11, 22)


def kinds(expert: ExpertFacts, nominee: NomineeFacts) -> list[str]:
    return [conflict.kind for conflict in conflicts_between(expert, nominee=nominee, as_of=TODAY)]


@pytest.mark.parametrize(
    ("expert", "nominee", "kind"),
    [
        (ExpertFacts("e", employers=frozenset({"u"})), NomineeFacts("n", employers=frozenset({"u", "v"})), "same_employer"),
        (ExpertFacts("e", relatives=frozenset({"n"})), NomineeFacts("n"), "near_relative"),
        (ExpertFacts("e"), NomineeFacts("n", relatives=frozenset({"e"})), "near_relative"),
        (ExpertFacts("e", mentorships=frozenset({"n"})), NomineeFacts("n"), "mentorship"),
        (ExpertFacts("e"), NomineeFacts("n", mentorships=frozenset({"e"})), "mentorship"),
        (ExpertFacts("e", co_authors={"n": date(2023, 11, 23)}), NomineeFacts("n"), "co_author"),
        (ExpertFacts("e"), NomineeFacts("n", co_authors={"e": date(2026, 1, 1)}), "co_author"),
        (ExpertFacts("e", interests=frozenset({"u"})), NomineeFacts("n", employers=frozenset({"u"})), "financial_interest"),
        (ExpertFacts("e"), NomineeFacts("n", nominators=frozenset({"e"})), "nominator"),
        (ExpertFacts("e"), NomineeFacts("n", reviewers=frozenset({"e"})), "reviewer"),
        (ExpertFacts("e"), NomineeFacts("e"), "own_application"),
        (ExpertFacts("e", applicant_in_round=True), NomineeFacts("n"), "own_application"),
    ],
)
def test_each_reason(expert: ExpertFacts, nominee: NomineeFacts, kind: str) -> None:
    assert kinds(expert, nominee) == [kind]


def test_strangers_have_no_conflict() -> None:
    expert = ExpertFacts("e", frozenset({"u"}), frozenset({"x"}), frozenset({"y"}), {"z": TODAY}, frozenset({"w"}))
    nominee = NomineeFacts(
        "n", frozenset({"v"}), frozenset({"x"}), frozenset({"y"}), {"z": TODAY}, frozenset({"q"}), frozenset({"r"})
    )
    assert kinds(expert, nominee) == []


def test_old_common_work_no_longer_counts() -> None:
    assert kinds(ExpertFacts("e", co_authors={"n": date(2023, 11, 22)}), NomineeFacts("n")) == []


def test_leap_day_does_not_break_the_look_back() -> None:
    expert = ExpertFacts("e", co_authors={"n": date(2021, 3, 1)})
    found = conflicts_between(expert, nominee=NomineeFacts("n"), as_of=date(2024, 2, 29))
    assert [conflict.sentence for conflict in found] == ["专家与候选人近3年内有合作成果，应当回避。"]


def test_several_reasons_are_all_named() -> None:
    expert = ExpertFacts("e", employers=frozenset({"u"}), relatives=frozenset({"n"}))
    assert kinds(expert, NomineeFacts("n", employers=frozenset({"u"}))) == ["same_employer", "near_relative"]
