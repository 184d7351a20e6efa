"""Score sheets and what is reckoned from them, exactly (domain handbook 1.9). Scores are `Decimal`, never float."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext

from app.domain.errors import DomainError, InvalidValues

TRIM_FROM = 5
"""From this many valid sheets on, one highest and one lowest total are dropped."""
FEWEST = 3
"""With fewer valid sheets a candidate has no score."""

_PRECISION = 34
_HUNDRED = Decimal(100)


@dataclass(frozen=True)
class ScoringIndex:
    """One index of the scoring sheet; `points` is the most that can be given."""

    code: str
    name: str
    points: Decimal
    help: str = ""


@dataclass(frozen=True)
class ScoreSheet:
    """What one expert gave one candidate, by index code. An expert who is recused has no sheet."""

    expert_id: int
    scores: Mapping[str, Decimal]


def check_weights(indexes: Sequence[ScoringIndex]) -> None:
    """Refuse a set of indexes whose points do not sum to 100 or whose codes repeat. Raises `InvalidValues`."""
    codes = [index.code for index in indexes]
    if len(set(codes)) < len(codes):
        raise InvalidValues("scoring.codes", "评分指标的代码有重复，请给每项指标一个不同的代码。")
    if any(index.points <= 0 for index in indexes):
        raise InvalidValues("scoring.points", "每项评分指标的分值必须大于0，请修改或删去分值为0的指标。")
    total = sum((index.points for index in indexes), Decimal(0))
    if total != _HUNDRED:
        raise InvalidValues("scoring.weights", f"各项指标分值合计为{total}分，应为100分。请调整后再保存。")


def check_sheet(scores: Mapping[str, Decimal | None], *, indexes: Sequence[ScoringIndex]) -> dict[str, Decimal]:
    """Return the complete scores of a sheet. A blank is not a zero. Raises `InvalidValues` with a sentence per index code."""
    problems = {index.code: problem for index in indexes if (problem := _score_problem(scores.get(index.code), index))}
    problems |= {code: f"没有代码为“{code}”的指标。" for code in scores.keys() - {index.code for index in indexes}}
    if problems:
        raise InvalidValues("scoring.sheet", f"评分表有{len(problems)}项需要修改，请逐项核对后再提交。", fields=problems)
    return {index.code: score for index in indexes if (score := scores[index.code]) is not None}


def _score_problem(score: Decimal | None, index: ScoringIndex) -> str:
    if score is None:
        return f"“{index.name}”还没有打分；不给分请填0。"
    if not score.is_finite() or not 0 <= score <= index.points:
        return f"“{index.name}”应在0至{index.points}分之间。"
    return f"“{index.name}”最多保留两位小数。" if score != round(score, 2) else ""


def sheet_total(sheet: ScoreSheet) -> Decimal:
    """Return the total of one sheet."""
    return sum(sheet.scores.values(), Decimal(0))


def mean(values: Sequence[Decimal]) -> Decimal:
    """Return the arithmetic mean to 34 digits; equal means come out equal whatever the number of values."""
    with localcontext(prec=_PRECISION):
        return sum(values, Decimal(0)) / len(values)


def trimmed_mean(totals: Sequence[Decimal], *, fewest: int = FEWEST) -> Decimal:
    """Return the score from the totals of all valid sheets, unrounded.

    Five or more: without exactly one highest and one lowest total; fewer: plain mean; fewer than `fewest`: `DomainError`.
    """
    if len(totals) < max(1, fewest):
        raise DomainError(
            "scoring.too_few_sheets", f"有效评分表只有{len(totals)}份，至少要{fewest}份才能计分。请递补专家评分后再汇总。"
        )
    return mean(sorted(totals)[1:-1] if len(totals) >= TRIM_FROM else totals)


def index_means(sheets: Sequence[ScoreSheet]) -> dict[str, Decimal]:
    """Return the mean per index over all valid sheets, for tie-breaking; trimming concerns totals only."""
    codes = dict.fromkeys(code for sheet in sheets for code in sheet.scores)
    return {code: mean([sheet.scores[code] for sheet in sheets]) for code in codes}


def deviation_needs_reason(total: Decimal, *, totals: Sequence[Decimal], limit: Decimal) -> bool:
    """Tell whether a sheet lies further than `limit` points from the median of all totals, so that it needs a reason."""
    if not totals:
        return False
    ordered, half = sorted(totals), len(totals) // 2
    median = ordered[half] if len(ordered) % 2 else mean(ordered[half - 1 : half + 1])
    return abs(total - median) > limit


def combined(expert: Decimal, *, inspection: Decimal, inspection_share: Decimal) -> Decimal:
    """Return expert and inspection score together; `inspection_share` is a share of 1, e.g. 0.2."""
    if not 0 <= inspection_share <= 1:
        raise InvalidValues("scoring.share", "实地考察所占比重应在0至1之间，例如0.2表示20%。请修改后再保存。")
    with localcontext(prec=_PRECISION):
        return expert * (1 - inspection_share) + inspection * inspection_share


def show(score: Decimal) -> str:
    """Return a score as pages and papers show it: two places, half up. Ranking uses the unrounded value."""
    return str(score.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP))
