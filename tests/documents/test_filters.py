"""What templates write numbers, dates and long texts with."""

from datetime import date

import pytest

from app.documents.filters import fit, fit_block, levels, portion, yuan
from app.domain.clock import cn_date
from app.domain.errors import DomainError


@pytest.mark.parametrize(("day", "written"), [("2026-03-05", "2026年3月5日"), (date(2026, 11, 20), "2026年11月20日")])
def test_dates_have_no_leading_zero(day: str | date, written: str) -> None:
    assert cn_date(day) == written


@pytest.mark.parametrize(("cents", "written"), [(30000000, "300,000.00"), (5, "0.05"), (-100, "-1.00")])
def test_money_in_tables_has_groups_and_two_places(cents: int, written: str) -> None:
    assert yuan(cents) == written


def test_a_name_shrinks_to_its_room_and_no_further() -> None:
    assert fit("徐𬱖", width=30, size=14) == "14"
    assert float(fit("长" * 20, width=100, size=20)) == pytest.approx(100 / 25.4 * 72 / 20, abs=0.1)
    with pytest.raises(DomainError, match="太长"):
        fit("长" * 90, width=30, size=14)


def test_paragraphs_shrink_to_their_box_and_no_further() -> None:
    assert fit_block(["短"], width=100, height=20, size=11) == "11"
    sizes = [float(fit_block(["长" * count], width=150, height=120, size=11)) for count in (500, 1000, 2000)]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[-1] >= 5
    with pytest.raises(DomainError, match="共9000个字"):
        fit_block("长" * 9000, width=150, height=60, size=11)


@pytest.mark.parametrize(
    ("typed", "parts"),
    [
        ("一、总体要求", [("hei", "一、总体要求")]),
        ("十二、组织领导。加强统筹。", [("hei", "十二、组织领导。"), ("", "加强统筹。")]),
        ("（一）评选范围。全区一线职工。", [("kai", "（一）评选范围。"), ("", "全区一线职工。")]),
        ("一、" + "长" * 60 + "。", [("hei", "一、"), ("", "长" * 60 + "。")]),
        ("1.条件", [("", "1.条件")]),
        ("一线职工、班组长。", [("", "一线职工、班组长。")]),
        ("", [("", "")]),
    ],
)
def test_typed_paragraphs_divide_into_heading_and_text(typed: str, parts: list[tuple[str, str]]) -> None:
    assert levels(typed) == [{"face": face, "text": text} for face, text in parts]


def test_what_a_box_holds_ends_with_a_sentence_and_nothing_is_lost() -> None:
    typed = ["甲" * 30 + "。", "乙" * 150 + "。" + "丙" * 90 + "。", "丁" * 10]
    parted = portion(typed, width=100, height=50, size=10)
    assert (len(parted["here"]), parted["here"][-1][-1], parted["cut"]) == (2, "。", True)
    assert "".join([*parted["here"], *parted["more"]]) == "".join(typed)
    assert portion(typed[0], width=100, height=50, size=10) == {"here": [typed[0]], "more": [], "cut": False}


def test_a_sentence_longer_than_the_box_goes_on_elsewhere_as_a_whole() -> None:
    assert portion(["短。", "长" * 900], width=100, height=40, size=10) == {"here": ["短。"], "more": ["长" * 900], "cut": False}
