"""Score, rank and shortlist reckoned again from the exported score sheets, with fractions and nothing of the application.

`python -m tests.cli.second_opinion FOLDER` does it for what a rehearsal left, tells how many places it compared, and
names every one that differs.
"""

import json
import sys
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import zip_longest
from math import ceil
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

Key = tuple[Fraction, ...]


@dataclass
class Nominee:
    """What the exported lists say of a nominee: the sheets by index code, the inspection, the years that may break a tie."""

    years: Fraction = Fraction(0)
    inspection: Fraction | None = None
    sheets: list[dict[str, Fraction]] = field(default_factory=list)

    @property
    def expert_score(self) -> Fraction:
        """Return the mean of the totals; from five sheets on without one highest and one lowest."""
        totals = sorted(sum(sheet.values(), Fraction(0)) for sheet in self.sheets)
        kept = totals[1:-1] if len(totals) >= 5 else totals
        return sum(kept, Fraction(0)) / len(kept)


@dataclass(frozen=True)
class Opinion:
    """A round as it was exported: its nominees by the number of their case, and the plan's settings."""

    nominees: dict[str, Nominee]
    settings: dict[str, Any]

    def expert_scores(self) -> dict[str, Fraction]:
        """Return the experts' score of each case."""
        return {number: one.expert_score for number, one in self.nominees.items()}

    def final_scores(self) -> dict[str, Fraction]:
        """Return expert and inspection scores together, of those who were inspected."""
        share = Fraction(self.settings["inspection_share"])
        return {
            number: one.expert_score * (1 - share) + one.inspection * share
            for number, one in self.nominees.items()
            if one.inspection is not None
        }

    def shortlist(self) -> set[str]:
        """Return the cases that are visited: the best by the experts, a few more than there are places."""
        places = ceil(self.settings["winners"] * Fraction(self.settings["shortlist_ratio"]))
        return {number for number, place in self.ranks(self.expert_scores()).items() if place <= places}

    def ranks(self, scores: dict[str, Fraction]) -> dict[str, int]:
        """Return the place of each case: by score, then by the tie-breaks that the plan names, in their order."""
        keys = {number: (score, *self._tie_breaks(number)) for number, score in scores.items()}
        return {number: 1 + sum(other > key for other in keys.values()) for number, key in keys.items()}

    def _tie_breaks(self, number: str) -> Key:
        one = self.nominees[number]
        means = {
            code: sum((sheet[code] for sheet in one.sheets), Fraction(0)) / len(one.sheets)
            for code in self.settings["tie_break"]
            if code != "frontline_years"
        }
        return tuple(means.get(code, one.years) for code in self.settings["tie_break"])


def of_folder(folder: Path) -> Opinion:
    """Read the exported `ranking.xlsx`, and from `scores.json` the settings of the round."""
    settings = json.loads((folder / "scores.json").read_text("utf-8"))["settings"]
    book, nominees = load_workbook(folder / "ranking.xlsx", read_only=True), dict[str, Nominee]()
    for row in _lines(book["评分汇总"]):
        seen = row["实地考察得分"]
        nominees[row["办件编号"]] = Nominee(Fraction(row["一线年限"]), Fraction(seen) if seen else None)
    codes = [(index["code"], f"{index['name']}（{index['points']}）") for index in settings["indexes"]]
    for row in _lines(book["各专家评分"]):
        nominees[row["办件编号"]].sheets.append({code: Fraction(str(row[title])) for code, title in codes})
    return Opinion(nominees, settings)


def _lines(sheet: Any) -> list[dict[str, Any]]:
    """Return the lines of a list, up to its totals."""
    head, *rows = sheet.iter_rows(values_only=True)
    lines = [dict(zip_longest(head, row)) for row in rows]  # the notes below the list are shorter
    return [line for line in lines if str(line["办件编号"] or "").startswith("TJ")]


def differences(folder: Path) -> tuple[int, list[str]]:
    """Return how many figures of the summary were compared, and a line for each that differs."""
    summary, opinion = json.loads((folder / "summary.json").read_text("utf-8")), of_folder(folder)
    experts, finals = opinion.expert_scores(), opinion.final_scores()
    ranks = opinion.ranks(finals)
    inspected = {one["case"] for one in summary["ranking"] if one["final_score"]}
    told: list[tuple[str, Any, Any]] = [
        ("scored", {one["case"] for one in summary["ranking"]}, set(experts)),
        ("inspected", inspected, opinion.shortlist()),
        ("winners", {one["case"] for one in summary["winners"]}, set(best(opinion, ranks, disqualified(folder)))),
    ]
    for one in summary["ranking"]:
        case = one["case"]
        told.append((f"expert score of {case}", Fraction(one["expert_score"]), experts[case]))
        if case in inspected:
            told.append((f"final score of {case}", Fraction(one["final_score"]), finals[case]))
            told.append((f"rank of {case}", one["rank"], ranks[case]))
    return len(told), [f"{what}: the summary says {said}, reckoned {own}" for what, said, own in told if said != own]


def disqualified(folder: Path) -> set[str]:
    """Return the cases that an upheld objection ended: an event of the round, which no score tells."""
    nominees = json.loads((folder / "scores.json").read_text("utf-8"))["nominees"]
    return {one["case"] for one in nominees if one["outcome"] == "disqualified"}


def best(opinion: Opinion, ranks: dict[str, int], gone: set[str]) -> list[str]:
    """Return the cases that the title goes to: the first of those who stayed."""
    return sorted(ranks.keys() - gone, key=ranks.__getitem__)[: opinion.settings["winners"]]


if __name__ == "__main__":
    compared, differing = differences(Path(sys.argv[1]))
    sys.stdout.write("\n".join([f"{compared} figures compared, {len(differing)} differ", *differing, ""]))
    sys.exit(bool(differing))
