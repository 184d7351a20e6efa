"""Lists as XLSX: identifiers as text, no formula from data, control totals, and what was filtered by which rule."""

import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from app.domain.clock import local
from app.domain.errors import DomainError

ColumnKind = Literal["text", "number", "money", "date"]
"""`money` values are integer cents and become yuan with two decimals; `number` takes int and Decimal."""

FORMATS: dict[ColumnKind, str] = {"text": "@", "number": "General", "money": "#,##0.00", "date": "yyyy-mm-dd"}
MAX_ROWS = 1_000_000

# What XML 1.0 cannot carry, plus half surrogates: the file would be refused by the office program.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_BAD_TITLE = re.compile(r"[\\/*?:\[\]]")


@dataclass(frozen=True)
class Column:
    """A column: the key of the value in a row, its heading, kind, width in characters, and whether it is summed."""

    key: str
    title: str
    kind: ColumnKind = "text"
    width: int = 16
    total: bool = False


@dataclass(frozen=True)
class Sheet:
    """A list. `rows` may be a generator; `notes` (time stamp, filter, rule) stand under the totals."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Mapping[str, Any]]
    notes: Sequence[str] = ()
    totals: bool = True


def write_xlsx(sheets: Sequence[Sheet], *, made_at: datetime) -> bytes:
    """Return an XLSX file with one sheet per list, streamed so that long lists stay flat in memory.

    Header bold and frozen, filter on every column, A4 landscape one page wide with the header on each page; under the
    rows a line 合计 with the number of rows and the sums of `total` columns, then the notes with `made_at` first.
    Raises `DomainError` for a value of another kind than its column, for characters that cannot be stored, or too many rows.
    """
    from openpyxl import Workbook  # slow import: openpyxl

    book = Workbook(write_only=True)
    book.properties.created = book.properties.modified = local(made_at).replace(tzinfo=None)
    book.properties.creator = ""
    try:
        for sheet in sheets:
            _write_sheet(book.create_sheet(_BAD_TITLE.sub(" ", clean(sheet.title))[:31]), sheet, made_at)
    except BaseException:
        # A streamed sheet is an open file on the disk; a refused row must not leave it behind.
        for page in book.worksheets:
            page.close()
            page._writer.cleanup()
        raise
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def clean(text: str) -> str:
    """Return a text that an XLSX file can hold. Raises `DomainError` ("sheet_character") naming what cannot be stored."""
    bad = _UNPRINTABLE.search(text)
    if bad:
        shown = _UNPRINTABLE.sub("□", text)[:40]
        raise DomainError(
            "sheet_character", f"“{shown}”含有无法导出的字符（U+{ord(bad.group()):04X}）。请在原记录中删去该字符后重新导出。"
        )
    return text


def _write_sheet(page: Any, sheet: Sheet, made_at: datetime) -> None:
    from openpyxl.utils import get_column_letter  # slow import: openpyxl

    for number, column in enumerate(sheet.columns, 1):
        page.column_dimensions[get_column_letter(number)].width = column.width
    page.freeze_panes = "A2"
    page.print_title_rows = "1:1"
    page.page_setup.orientation, page.page_setup.paperSize = "landscape", "9"
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.oddFooter.center.text = "第 &P 页　共 &N 页"
    page.append([_text(page, column.title, bold=True) for column in sheet.columns])
    sums: dict[str, Decimal] = {column.key: Decimal(0) for column in sheet.columns if column.total}
    count = 0
    for count, row in enumerate(sheet.rows, 1):
        if count > MAX_ROWS:
            raise DomainError("sheet_too_long", "名单超过一百万行，请用筛选条件分批导出。")
        page.append(list(_cells(page, sheet, row, sums, line=count)))
    page.auto_filter.ref = f"A1:{get_column_letter(len(sheet.columns))}{count + 1}"
    if sheet.totals:
        page.append(list(_total_cells(page, sheet, count, sums)))
    page.append([])
    stamp = f"导出时间：{local(made_at):%Y-%m-%d %H:%M:%S}（北京时间）"
    for note in (stamp, *sheet.notes):
        page.append([_text(page, note)])


def _cells(page: Any, sheet: Sheet, row: Mapping[str, Any], sums: dict[str, Decimal], *, line: int) -> Iterator[Any]:
    for column in sheet.columns:
        value = row.get(column.key)
        if value is None or value == "":
            yield _text(page, "")
            continue
        where = f"“{sheet.title}”第{line}行“{column.title}”"
        cell = _text(page, str(value)) if column.kind == "text" else _number(page, value, column.kind, where)
        if column.key in sums:
            sums[column.key] += Decimal(str(cell.value))
        yield cell


def _total_cells(page: Any, sheet: Sheet, count: int, sums: Mapping[str, Decimal]) -> Iterator[Any]:
    for number, column in enumerate(sheet.columns):
        if number == 0:
            yield _text(page, f"合计（{count}行）", bold=True)
        elif column.key in sums:
            yield _exact(page, sums[column.key], column.kind, bold=True)
        else:
            yield _text(page, "")


def _text(page: Any, text: str, *, bold: bool = False) -> Any:
    """Make a text cell that no office program takes for a formula or a number (CSV and formula injection)."""
    cell = _cell(page, clean(text), "text", bold=bold)
    # openpyxl takes a leading "=" for a formula unless the type is set after the value; the quote prefix keeps it text
    # when somebody edits the cell.
    cell.data_type = "s"
    cell.quotePrefix = True
    return cell


def _number(page: Any, value: Any, kind: ColumnKind, where: str) -> Any:
    if kind == "date":
        if isinstance(value, datetime):
            return _cell(page, local(value).date(), kind)
        if isinstance(value, date):
            return _cell(page, value, kind)
    elif isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        if kind == "number":
            return _exact(page, Decimal(value), kind)
        if isinstance(value, int):
            return _exact(page, Decimal(value) / 100, kind)
    names = {"date": "日期", "number": "数字", "money": "以分为单位的整数"}
    raise DomainError("sheet_value", f"{where}的值“{str(value)[:40]}”不是{names[kind]}，未导出。请核对原记录。")


def _exact(page: Any, number: Decimal, kind: ColumnKind, *, bold: bool = False) -> Any:
    # An integer is kept as such so that a count reads 12 and not 12.0.
    return _cell(page, int(number) if number == number.to_integral_value() else number, kind, bold=bold)


def _cell(page: Any, value: Any, kind: ColumnKind, *, bold: bool = False) -> Any:
    from openpyxl.cell import WriteOnlyCell  # slow import: openpyxl
    from openpyxl.styles import Font  # slow import: openpyxl

    cell = WriteOnlyCell(page, value=value)
    cell.number_format = FORMATS[kind]
    if bold:
        cell.font = Font(bold=True)
    return cell
