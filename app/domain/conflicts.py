"""Why an expert may not judge a nominee (domain handbook 1.8). Persons and employers are compared by key, never by name."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

ConflictKind = Literal[
    "own_application", "same_employer", "near_relative", "mentorship", "co_author", "financial_interest", "nominator", "reviewer"
]


@dataclass(frozen=True)
class ExpertFacts:
    """What is declared or known of an expert. Persons are keyed hashes of identity numbers, employers are credit codes.

    `co_authors` gives the date of the last common work. `applicant_in_round`: the expert is a nominee of the same round.
    """

    person_key: str
    employers: frozenset[str] = frozenset()
    relatives: frozenset[str] = frozenset()
    mentorships: frozenset[str] = frozenset()
    co_authors: Mapping[str, date] = field(default_factory=dict)
    interests: frozenset[str] = frozenset()
    applicant_in_round: bool = False


@dataclass(frozen=True)
class NomineeFacts:
    """The same of a nominee, and who recommended, checked or inspected the case so far."""

    person_key: str
    employers: frozenset[str] = frozenset()
    relatives: frozenset[str] = frozenset()
    mentorships: frozenset[str] = frozenset()
    co_authors: Mapping[str, date] = field(default_factory=dict)
    nominators: frozenset[str] = frozenset()
    reviewers: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Conflict:
    """One reason for recusal and the sentence that the draw record and the expert see."""

    kind: ConflictKind
    sentence: str


def conflicts_between(expert: ExpertFacts, *, nominee: NomineeFacts, as_of: date, co_author_years: int = 3) -> list[Conflict]:
    """Return every reason why the expert has to be recused from the nominee; a declaration of either side is enough."""
    a, b = expert.person_key, nominee.person_key
    together = max((day for day in (expert.co_authors.get(b), nominee.co_authors.get(a)) if day), default=None)
    found: dict[ConflictKind, tuple[bool, str]] = {
        "own_application": (a == b or expert.applicant_in_round, "专家本人申报了本轮评选，不得参加评审。"),
        "same_employer": (bool(expert.employers & nominee.employers), "专家与候选人在同一单位，应当回避。"),
        "near_relative": (b in expert.relatives or a in nominee.relatives, "专家与候选人有近亲属关系，应当回避。"),
        "mentorship": (b in expert.mentorships or a in nominee.mentorships, "专家与候选人有师徒关系，应当回避。"),
        "co_author": (
            together is not None and together > _years_before(as_of, co_author_years),
            f"专家与候选人近{co_author_years}年内有合作成果，应当回避。",
        ),
        "financial_interest": (
            bool(expert.interests & (nominee.employers | {b})),
            "专家与候选人或其单位有经济利益关系，应当回避。",
        ),
        "nominator": (a in nominee.nominators, "专家是候选人的推荐人，应当回避。"),
        "reviewer": (a in nominee.reviewers, "专家经办过该候选人的审核或考察，应当回避。"),
    }
    return [Conflict(kind, sentence) for kind, (applies, sentence) in found.items() if applies]


def _years_before(day: date, years: int) -> date:
    """29 February falls back to the 28th in a common year."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
