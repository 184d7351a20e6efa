"""Ranking on unrounded scores, ties and their order (handbook 1.9)."""

from decimal import Decimal

import pytest

from app.domain.errors import DomainError, InvalidValues
from app.domain.ranking import Ranked, Standing, proposed, rank, shortlist_size


def standing(
    number: int, score: str, a: str = "20", b: str = "20", c: str = "15", years: int = 10, vote: int | None = None
) -> Standing:
    means = {"A": Decimal(a), "B": Decimal(b), "C": Decimal(c)}
    return Standing(number, Decimal(score), means, Decimal(years), vote)


def places(ranked: list[Ranked]) -> list[tuple[int, int, str | None]]:
    return [(each.candidate_id, each.rank, each.decided_by) for each in ranked]


def test_ranking_without_ties() -> None:
    ranked = rank([standing(1, "80"), standing(2, "90.5"), standing(3, "85")])
    assert places(ranked) == [(2, 1, None), (3, 2, None), (1, 3, None)]
    assert ranked[0].explanation == "得分90.50分，按得分由高到低列第1名。"


@pytest.mark.parametrize(
    ("better", "decided_by"),
    [
        ({"a": "21", "b": "1"}, "A"),
        ({"b": "21"}, "B"),
        ({"c": "16"}, "C"),
        ({"years": 11}, "frontline_years"),
        ({"vote": 1}, "committee_vote"),
    ],
)
def test_tie_breaks_in_order(better: dict[str, object], decided_by: str) -> None:
    ranked = rank([standing(1, "90"), standing(2, "90.00", **better)])  # type: ignore[arg-type]
    assert places(ranked) == [(2, 1, decided_by), (1, 2, decided_by)]
    assert not ranked[0].needs_vote


def test_the_sentence_names_what_decided_in_the_words_of_the_round() -> None:
    ranked = rank([standing(1, "90", a="19"), standing(2, "90", a="20")], titles={"A": "技能水平"})
    assert ranked[0].explanation == "得分90.00分，与另外1人得分相同，比较到“技能水平”项平均分分出先后，列第1名。"


def test_unresolved_tie_shares_the_rank_and_needs_a_vote() -> None:
    ranked = rank([standing(1, "90"), standing(2, "90"), standing(3, "89")])
    assert places(ranked) == [(1, 1, None), (2, 1, None), (3, 3, None)]
    assert [each.needs_vote for each in ranked] == [True, True, False]
    assert "投票" in ranked[0].explanation


def test_three_with_the_same_score_partly_resolved() -> None:
    ranked = rank([standing(1, "90"), standing(2, "90", a="22"), standing(3, "90")])
    assert [(each.candidate_id, each.rank, each.needs_vote) for each in ranked] == [(2, 1, False), (1, 2, True), (3, 2, True)]


def test_difference_below_the_shown_places_counts_and_is_explained() -> None:
    ranked = rank([standing(1, "89.401"), standing(2, "89.402")])
    assert places(ranked) == [(2, 1, None), (1, 2, None)]
    assert "未经四舍五入" in ranked[0].explanation


def test_own_order_of_tie_breaks() -> None:
    pair = [standing(1, "90", a="25", years=5), standing(2, "90", a="20", years=9)]
    assert rank(pair, tie_break=("frontline_years", "A"))[0].candidate_id == 2


def test_candidate_twice_is_a_bug() -> None:
    with pytest.raises(ValueError, match="twice"):
        rank([standing(1, "90"), standing(1, "91")])


@pytest.mark.parametrize(
    ("winners", "ratio", "size"), [(10, "1.5", 15), (5, "1.5", 8), (10, "1", 10), (10, "1.2", 12), (3, "1.1", 4), (1, "1", 1)]
)
def test_shortlist_size_rounds_up(winners: int, ratio: str, size: int) -> None:
    assert shortlist_size(winners, ratio=Decimal(ratio)) == size


@pytest.mark.parametrize(("winners", "ratio"), [(0, "1.5"), (10, "0.9")])
def test_impossible_shortlist_is_refused(winners: int, ratio: str) -> None:
    with pytest.raises(InvalidValues):
        shortlist_size(winners, ratio=Decimal(ratio))


def test_proposed_takes_the_first_places() -> None:
    ranked = rank([standing(1, "80"), standing(2, "90"), standing(3, "85")])
    assert [each.candidate_id for each in proposed(ranked, places=2)] == [2, 3]
    assert len(proposed(ranked, places=5)) == 3


def test_cut_through_a_tie_is_refused() -> None:
    ranked = rank([standing(1, "90"), standing(2, "85"), standing(3, "85")])
    assert len(proposed(ranked, places=3)) == 3
    with pytest.raises(DomainError, match="2人并列第2名"):
        proposed(ranked, places=2)
