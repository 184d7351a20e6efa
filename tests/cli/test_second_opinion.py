"""The second opinion knows ties: it places the same people in the same order as the application, by another way."""

import random
from decimal import Decimal
from fractions import Fraction

from app.domain.ranking import Standing, rank
from app.domain.scoring import ScoreSheet, index_means, trimmed_mean
from tests.cli.second_opinion import Nominee, Opinion

SETTINGS = {"winners": 3, "shortlist_ratio": "1.5", "inspection_share": "0.25", "tie_break": ["A", "B", "frontline_years"]}


def some_sheets(dice: random.Random) -> list[dict[str, int]]:
    """Return few and coarse points, so that many are equal."""
    return [{code: dice.randint(1, 2) for code in "ABC"} for _ in range(dice.choice((3, 5)))]


def test_ties_are_broken_alike() -> None:
    dice, ties = random.Random(7), 0
    for _ in range(200):
        given = {number: (some_sheets(dice), dice.randint(9, 11)) for number in range(6)}
        opinion = Opinion(
            {str(number): Nominee(Fraction(years), None, [{c: Fraction(p) for c, p in one.items()} for one in sheets])
             for number, (sheets, years) in given.items()},
            SETTINGS,
        )  # fmt: skip
        placed = rank([standing(number, *one) for number, one in given.items()], tie_break=SETTINGS["tie_break"])  # type: ignore[arg-type]
        assert opinion.ranks(opinion.expert_scores()) == {str(one.candidate_id): one.rank for one in placed}
        ties += sum(one.decided_by is not None for one in placed)
    assert ties > 100


def standing(number: int, sheets: list[dict[str, int]], years: int) -> Standing:
    """Return a candidate as the application reckons it."""
    scored = [ScoreSheet(place, {code: Decimal(points) for code, points in one.items()}) for place, one in enumerate(sheets)]
    return Standing(
        number,
        trimmed_mean([sum(one.scores.values(), Decimal(0)) for one in scored]),
        index_means(scored),
        Decimal(years),
    )
