"""Ranking on unrounded scores with an explicit order of tie-breaks, each place explained (domain handbook 1.9)."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, Decimal

from app.domain.errors import DomainError, InvalidValues
from app.domain.scoring import show

FRONTLINE_YEARS = "frontline_years"
COMMITTEE_VOTE = "committee_vote"
DEFAULT_TIE_BREAK: tuple[str, ...] = ("A", "B", "C", FRONTLINE_YEARS)
"""Index codes in order, then years at the front line. The committee's vote always comes last and need not be named."""

_NOT_VOTED = 1_000_000


@dataclass(frozen=True)
class Standing:
    """A candidate before ranking. `vote_place` is the place that the committee voted (1 is best), None without a vote."""

    candidate_id: int
    score: Decimal
    index_means: Mapping[str, Decimal] = field(default_factory=dict)
    frontline_years: Decimal = Decimal(0)
    vote_place: int | None = None


@dataclass(frozen=True)
class Ranked:
    """A candidate's place. `decided_by` is the tie-break that was needed against others with the same unrounded score.

    `needs_vote` is true when every tie-break was equal, so that the place is shared until the committee votes.
    """

    candidate_id: int
    rank: int
    score: Decimal
    decided_by: str | None
    needs_vote: bool
    explanation: str


def rank(
    candidates: Sequence[Standing], *, tie_break: Sequence[str] = DEFAULT_TIE_BREAK, titles: Mapping[str, str] | None = None
) -> list[Ranked]:
    """Return the candidates from first to last; who cannot be told apart shares a rank, and the next rank is skipped.

    The committee's vote is the last criterion, named or not. An index code of `tie_break` that a candidate has
    no mean for is a bug (KeyError). `titles` are what people call the index codes; without one the code is shown.
    """
    criteria = (*(each for each in tie_break if each != COMMITTEE_VOTE), COMMITTEE_VOTE)
    keys = {each.candidate_id: _key(each, criteria) for each in candidates}
    if len(keys) < len(candidates):
        raise ValueError("a candidate stands twice in the ranking")
    in_order = sorted(keys.values())
    by_score: dict[Decimal, list[int]] = defaultdict(list)
    for each in candidates:
        by_score[each.score].append(each.candidate_id)
    shown = Counter(show(score) for score in by_score)
    ranked: list[Ranked] = []
    for standing in sorted(candidates, key=lambda each: (keys[each.candidate_id], each.candidate_id)):
        own = keys[standing.candidate_id]
        place = 1 + bisect_left(in_order, own)
        rivals = set(by_score[standing.score]) - {standing.candidate_id}
        depth = max((_first_difference(own, keys[other]) for other in rivals), default=0)
        needs_vote = depth > len(criteria)
        decided_by = criteria[depth - 1] if rivals and not needs_vote else None
        named = _criterion_name(decided_by, titles or {}) if decided_by else None
        sentence = _explain(standing, place=place, rivals=len(rivals), decided_by=named, needs_vote=needs_vote)
        if shown[show(standing.score)] > 1:
            sentence += "与他人显示的得分相同，按未经四舍五入的得分区分先后。"
        ranked.append(Ranked(standing.candidate_id, place, standing.score, decided_by, needs_vote, sentence))
    return ranked


def _key(standing: Standing, criteria: Sequence[str]) -> tuple[Decimal, ...]:
    """The smaller the key, the better the place."""
    return (-standing.score, *(_tie_value(standing, criterion) for criterion in criteria))


def _tie_value(standing: Standing, criterion: str) -> Decimal:
    if criterion == FRONTLINE_YEARS:
        return -standing.frontline_years
    if criterion == COMMITTEE_VOTE:
        return Decimal(_NOT_VOTED if standing.vote_place is None else standing.vote_place)
    return -standing.index_means[criterion]


def _first_difference(own: tuple[Decimal, ...], other: tuple[Decimal, ...]) -> int:
    return next((place for place, (a, b) in enumerate(zip(own, other, strict=True)) if a != b), len(own))


def _explain(standing: Standing, *, place: int, rivals: int, decided_by: str | None, needs_vote: bool) -> str:
    start = f"得分{show(standing.score)}分，"
    if needs_vote:
        return f"{start}与另外{rivals}人得分相同，各项比较后仍不能全部区分，并列第{place}名，须由评审委员会投票确定先后。"
    if decided_by is None:
        return f"{start}按得分由高到低列第{place}名。"
    return f"{start}与另外{rivals}人得分相同，比较到{decided_by}分出先后，列第{place}名。"


def _criterion_name(criterion: str, titles: Mapping[str, str]) -> str:
    names = {FRONTLINE_YEARS: "一线工作年限", COMMITTEE_VOTE: "评审委员会投票"}
    return names.get(criterion, f"“{titles.get(criterion, criterion)}”项平均分")


def shortlist_size(winners: int, *, ratio: Decimal) -> int:
    """Return how many go on for so many winners at a differential ratio such as 1.5, rounded up."""
    if winners < 1 or ratio < 1:
        raise InvalidValues("ranking.ratio", "名额至少为1，差额比例不能小于1（等额填1）。请修改轮次设置。")
    return int((winners * ratio).to_integral_value(rounding=ROUND_CEILING))


def proposed(ranked: Sequence[Ranked], *, places: int) -> list[Ranked]:
    """Return the first `places` of a ranking, or all when there are fewer. Raises `DomainError` when the cut falls into a tie."""
    chosen = [each for each in ranked if each.rank <= places]
    if len(chosen) > places:
        last = chosen[-1].rank
        tied = sum(each.rank == last for each in chosen)
        raise DomainError(
            "ranking.tie_at_cut",
            f"共{places}个名额，但有{tied}人并列第{last}名，不能自动取舍。请录入评审委员会的投票结果后重新排名。",
        )
    return chosen
