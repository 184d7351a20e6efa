"""Score sheets, trimmed mean, deviation and display (handbook 1.9)."""

from decimal import Decimal

import pytest

from app.domain.errors import DomainError, InvalidValues
from app.domain.scoring import (
    ScoreSheet,
    ScoringIndex,
    check_sheet,
    check_weights,
    combined,
    deviation_needs_reason,
    index_means,
    sheet_total,
    show,
    trimmed_mean,
)

INDEXES = [
    ScoringIndex(code, name, Decimal(points))
    for code, name, points in (
        ("A", "技能水平", 25),
        ("B", "业绩贡献", 25),
        ("C", "创新成果", 20),
        ("D", "传承带徒", 15),
        ("E", "荣誉与竞赛", 10),
        ("F", "工匠精神与职业道德", 5),
    )
]
FULL = {index.code: index.points for index in INDEXES}


def decimals(text: str) -> list[Decimal]:
    return [Decimal(each) for each in text.split()]


@pytest.mark.parametrize(
    ("totals", "expected"),
    [
        ("92.5 88 90 85.5 95 79 91", "89.4"),
        ("88.5 91 86 93 90.5", "90"),
        ("90 90 90 90 90", "90"),
        ("80 85 90", "85"),
        ("80 85 90 95", "87.5"),
        ("0 90 90 100 100", "93.33333333333333333333333333333333"),
    ],
)
def test_trimmed_mean(totals: str, expected: str) -> None:
    assert trimmed_mean(decimals(totals)) == Decimal(expected)


@pytest.mark.parametrize("totals", ["", "90", "90 91"])
def test_too_few_sheets_give_no_score(totals: str) -> None:
    with pytest.raises(DomainError, match="至少要3份"):
        trimmed_mean(decimals(totals))


def test_round_may_ask_for_more_sheets() -> None:
    with pytest.raises(DomainError, match="至少要5份"):
        trimmed_mean(decimals("90 91 92 93"), fewest=5)
    with pytest.raises(DomainError):
        trimmed_mean([], fewest=0)


def test_default_indexes_sum_to_100() -> None:
    check_weights(INDEXES)
    assert sheet_total(ScoreSheet(1, FULL)) == 100


@pytest.mark.parametrize(
    ("points", "code"), [(("60", "30"), "scoring.weights"), (("100", "0"), "scoring.points"), ((), "scoring.weights")]
)
def test_wrong_weights_are_refused(points: tuple[str, ...], code: str) -> None:
    indexes = [ScoringIndex(f"I{place}", "项", Decimal(each)) for place, each in enumerate(points)]
    with pytest.raises(InvalidValues) as refused:
        check_weights(indexes)
    assert refused.value.code == code


def test_wrong_sum_is_named() -> None:
    with pytest.raises(InvalidValues, match="合计为75分"):
        check_weights([index for index in INDEXES if index.code != "A"])


def test_repeated_code_is_refused() -> None:
    with pytest.raises(InvalidValues, match="重复"):
        check_weights([ScoringIndex("A", "甲", Decimal(50)), ScoringIndex("A", "乙", Decimal(50))])


@pytest.mark.parametrize("bad", [None, Decimal("-1"), Decimal("25.01"), Decimal("1.005"), Decimal("NaN"), Decimal("Infinity")])
def test_sheet_names_the_bad_index(bad: Decimal | None) -> None:
    with pytest.raises(InvalidValues) as refused:
        check_sheet({**FULL, "A": bad}, indexes=INDEXES)
    assert list(refused.value.fields) == ["A"]


def test_sheet_with_zero_passes_and_unknown_index_does_not() -> None:
    assert check_sheet({**FULL, "A": Decimal(0)}, indexes=INDEXES)["A"] == 0
    with pytest.raises(InvalidValues):
        check_sheet({**FULL, "Z": Decimal(1)}, indexes=INDEXES)


def test_index_means_count_every_sheet() -> None:
    sheets = [ScoreSheet(number, {"A": Decimal(a), "B": Decimal(b)}) for number, a, b in ((1, 20, 10), (2, 21, 10), (3, 25, 13))]
    assert index_means(sheets) == {"A": Decimal(22), "B": Decimal(11)}


@pytest.mark.parametrize(("total", "needed"), [("75", False), ("74.99", True), ("105", False), ("105.01", True)])
def test_deviation_from_the_median(total: str, needed: bool) -> None:
    assert deviation_needs_reason(Decimal(total), totals=decimals("88 90 95"), limit=Decimal(15)) is needed


def test_median_of_an_even_number_lies_between() -> None:
    assert not deviation_needs_reason(Decimal(60), totals=decimals("60 70 80 90"), limit=Decimal(15))
    assert deviation_needs_reason(Decimal(60), totals=decimals("60 72 80 90"), limit=Decimal(15))
    assert not deviation_needs_reason(Decimal(60), totals=[], limit=Decimal(0))


def test_combined_score() -> None:
    assert combined(Decimal("89.4"), inspection=Decimal(95), inspection_share=Decimal("0.2")) == Decimal("90.52")
    assert combined(Decimal(90), inspection=Decimal(80), inspection_share=Decimal(1)) == 80
    assert combined(Decimal(90), inspection=Decimal(80), inspection_share=Decimal(0)) == 90
    with pytest.raises(InvalidValues):
        combined(Decimal(90), inspection=Decimal(90), inspection_share=Decimal(20))


@pytest.mark.parametrize(("score", "shown"), [("89.4", "89.40"), ("89.405", "89.41"), ("89.40499", "89.40"), ("100", "100.00")])
def test_show_rounds_half_up(score: str, shown: str) -> None:
    assert show(Decimal(score)) == shown
