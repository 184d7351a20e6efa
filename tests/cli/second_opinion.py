"""Score, rank and shortlist reckoned again from the raw sheets, with fractions and nothing of the application."""

from fractions import Fraction
from math import ceil
from typing import Any


def expert_scores(document: dict[str, Any]) -> dict[str, Fraction]:
    """Return the mean of each nominee's totals; from five sheets on without one highest and one lowest."""
    totals: dict[str, list[Fraction]] = {}
    for sheet in document["sheets"]:
        total = sum((Fraction(text) for text in sheet["scores"].values()), Fraction(0))
        totals.setdefault(sheet["case"], []).append(total)
    means = {}
    for case, given in totals.items():
        kept = sorted(given)
        if len(kept) >= 5:
            kept = kept[1:-1]
        means[case] = sum(kept, Fraction(0)) / len(kept)
    return means


def final_scores(document: dict[str, Any]) -> dict[str, Fraction]:
    """Return expert and inspection scores together, of those who were inspected."""
    share = Fraction(document["settings"]["inspection_share"])
    visited = {one["case"]: Fraction(one["inspection"]) for one in document["nominees"] if one["inspection"]}
    return {
        case: score * (1 - share) + visited[case] * share for case, score in expert_scores(document).items() if case in visited
    }


def shortlist(document: dict[str, Any]) -> set[str]:
    """Return the cases that are visited: the best by the experts, a few more than there are places."""
    places = ceil(document["settings"]["winners"] * Fraction(document["settings"]["shortlist_ratio"]))
    scores = expert_scores(document)
    return set(sorted(scores, key=lambda case: -scores[case])[:places])


def ranks(scores: dict[str, Fraction]) -> dict[str, int]:
    """Return the place of each case."""
    return {case: 1 + sum(other > score for other in scores.values()) for case, score in scores.items()}
