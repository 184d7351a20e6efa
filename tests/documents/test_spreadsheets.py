"""XLSX lists read back: text stays text, totals are right, and nothing becomes a formula."""

import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import load_workbook

from app.documents.spreadsheets import Column, Sheet, write_xlsx
from app.domain.errors import DomainError

MADE_AT = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)
COLUMNS = (
    Column("id", "身份证号", width=22),
    Column("name", "姓名"),
    Column("score", "得分", kind="number", total=True),
    Column("pay", "金额（元）", kind="money", total=True),
    Column("day", "日期", kind="date"),
)
ROWS: list[dict[str, Any]] = [
    {"id": "420112199001010013", "name": "徐𬱖", "score": Decimal("90.55"), "pay": 5000000, "day": date(2026, 3, 5)},
    {"id": "007", "name": '=HYPERLINK("http://x")', "score": 3, "pay": 1, "day": None},
    {"id": "-1", "name": "@SUM(A1)", "score": None, "pay": 2, "day": MADE_AT},
]


def written(rows: Any = ROWS, *, title: str = "名单") -> Any:
    sheet = Sheet(title, COLUMNS, rows, notes=("筛选：全部街道", "规则：去掉一个最高分和一个最低分"))
    return load_workbook(io.BytesIO(write_xlsx([sheet], made_at=MADE_AT))).worksheets[0]


def test_identifiers_and_dangerous_texts_are_text_cells() -> None:
    page = written()
    for row in range(2, 5):
        for cell in (page.cell(row, 1), page.cell(row, 2)):
            assert (cell.data_type, cell.number_format, cell.quotePrefix) == ("s", "@", True)
    assert page["A2"].value == "420112199001010013"
    assert page["A3"].value == "007"
    assert page["B3"].value == '=HYPERLINK("http://x")'
    assert page["B2"].value == "徐𬱖"


def test_totals_count_and_sum_what_is_above() -> None:
    page = written()
    assert page["A5"].value == "合计（3行）"
    assert Decimal(str(page["C5"].value)) == Decimal("93.55")
    assert Decimal(str(page["D5"].value)) == Decimal("50000.03")
    assert page["D2"].number_format == "#,##0.00"


def test_notes_follow_with_time_filter_and_rule() -> None:
    page = written()
    notes = [page.cell(row, 1).value for row in range(7, 10)]
    assert notes == ["导出时间：2026-11-20 09:30:00（北京时间）", "筛选：全部街道", "规则：去掉一个最高分和一个最低分"]


def test_the_sheet_is_ready_for_reading_and_printing() -> None:
    page = written()
    assert page["A1"].font.bold
    assert page.freeze_panes == "A2"
    assert page.auto_filter.ref == "A1:E4"
    assert page.print_title_rows == "$1:$1"
    assert (page.page_setup.orientation, page.page_setup.fitToHeight, page.sheet_properties.pageSetUpPr.fitToPage) == (
        "landscape",
        0,
        True,
    )
    assert page.column_dimensions["A"].width == 22


def test_dates_are_dates_in_local_time() -> None:
    page = written()
    assert page["E2"].value == datetime(2026, 3, 5)  # noqa: DTZ001 - a spreadsheet knows no zone
    assert page["E4"].value == datetime(2026, 11, 20)  # noqa: DTZ001 - a spreadsheet knows no zone


def test_an_empty_list_still_has_its_header_and_a_total_of_nothing() -> None:
    page = written([], title="名单/2026:[一]")
    assert page.title == "名单 2026  一 "
    assert page["A2"].value == "合计（0行）"


@pytest.mark.parametrize("bad", ["张\ud800", "张\0三", "\x1b[31m"])
def test_characters_that_no_file_can_hold_are_refused_by_a_sentence(bad: str) -> None:
    with pytest.raises(DomainError, match="无法导出的字符") as refusal:
        written([{**ROWS[0], "name": bad}])
    refusal.value.message.encode("utf-8")


@pytest.mark.parametrize(
    ("key", "value"), [("pay", "12"), ("pay", Decimal("1.5")), ("score", 0.1), ("score", True), ("day", "2026-03-05")]
)
def test_a_value_of_another_kind_is_refused_with_its_place(key: str, value: Any) -> None:
    with pytest.raises(DomainError, match="“名单”第1行"):
        written([{**ROWS[0], key: value}])


def test_a_long_list_streams_from_a_generator() -> None:
    page = written({**ROWS[0], "id": str(number)} for number in range(1000))
    assert page["A1002"].value == "合计（1000行）"
    assert page["D1002"].value == 1000 * 50000
