"""From data to what a template may see: declared fields as plain values, nothing else."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from app.documents.filters import yuan
from app.documents.metadata import FieldSpec
from app.documents.templates import Template
from app.domain.clock import cn_date, local
from app.domain.errors import DomainError

Plain = str | int | bool | list["Plain"] | dict[str, "Plain"]
"""What reaches a template: no object of ours, no float, no None."""


def plain(context: Mapping[str, Any], template: Template) -> dict[str, Plain]:
    """Check data against the declared fields of a template and turn it into plain values.

    Dates become ISO text, numbers decimal text, money stays integer cents; an optional field that is absent becomes
    "" (text, date, number), 0 (money), false (flag) or an empty list. Raises `DomainError` that names the field when
    one is missing, undeclared, or of the wrong kind.
    """
    return _record(context, template.metadata.fields, where=f"“{template.metadata.title}”")


def texts(values: Mapping[str, Plain], template: Template) -> Iterator[tuple[str, str]]:
    """Yield (place in Chinese, text) for every text in plain values, so that a fault can name the person it concerns."""
    for spec in template.metadata.fields:
        value = values[spec.name]
        if spec.type == "table" and isinstance(value, list):
            yield from _table_texts(spec, value)
        elif isinstance(value, list):
            yield from ((f"“{spec.label}”第{number}项", str(item)) for number, item in enumerate(value, 1))
        elif isinstance(value, str):
            yield f"“{spec.label}”", value


def expected_texts(values: Mapping[str, Plain], template: Template) -> list[tuple[str, str]]:
    """Return (place in Chinese, text) for what must be read on the finished paper: names, numbers, dates and sums as they are written.

    Long texts are left out: they may run over the end of a page, where its number stands between their halves. So are addresses,
    which are drawn as codes, and fields that are not printed.
    """
    found: list[tuple[str, str]] = []
    for spec in template.metadata.fields:
        value = values[spec.name]
        if spec.type == "table" and isinstance(value, list):
            for number, row in enumerate(value, 1):
                if isinstance(row, dict):
                    found += _written(row, spec.columns, where=f"“{spec.label}”第{number}行的")
        else:
            found += _written(values, (spec,), where="")
    return found


def _written(values: Mapping[str, Plain], specs: tuple[FieldSpec, ...], *, where: str) -> Iterator[tuple[str, str]]:
    for spec in specs:
        value = values[spec.name]
        if not spec.printed or value == "" or isinstance(value, (bool, list, dict)):
            continue
        text = yuan(value) if isinstance(value, int) else cn_date(value) if spec.type == "date" else value
        if text.strip() and len(text) <= _ONE_PLACE and not text.startswith(("http://", "https://")):
            yield f"{where}“{spec.label}”", text


_ONE_PLACE = 60


def _table_texts(spec: FieldSpec, rows: list[Plain]) -> Iterator[tuple[str, str]]:
    for number, row in enumerate(rows, 1):
        if not isinstance(row, dict):
            continue
        person = f"（{row['name']}）" if row.get("name") else ""
        for column in spec.columns:
            value = row[column.name]
            for text in value if isinstance(value, list) else [value]:
                yield f"“{spec.label}”第{number}行{person}的“{column.label}”", str(text)


def _record(data: Mapping[str, Any], specs: tuple[FieldSpec, ...], *, where: str) -> dict[str, Plain]:
    undeclared = [str(name) for name in data if name not in {spec.name for spec in specs}]
    if undeclared:
        raise DomainError(
            "document_field_undeclared", f"{where}的模板没有声明字段“{undeclared[0]}”。请在模板说明中补上，或去掉这项数据。"
        )
    return {spec.name: _value(data.get(spec.name), spec, where=where) for spec in specs}


def _value(value: Any, spec: FieldSpec, *, where: str) -> Plain:
    if value is None or value == "" or (spec.type in ("list", "table") and not value):
        if spec.required:
            raise DomainError("document_field_missing", f"{where}缺少“{spec.label}”（{spec.name}）。请先补齐这项数据再生成。")
        return _EMPTY[spec.type]()
    try:
        return _CONVERTERS[spec.type](value, spec, where)
    except (TypeError, ValueError, InvalidOperation) as error:
        kind = _KIND_NAMES[spec.type]
        raise DomainError("document_field_type", f"{where}的“{spec.label}”（{spec.name}）应是{kind}。请核对数据。") from error


def _as_text(value: Any, spec: FieldSpec, where: str) -> Plain:
    if not isinstance(value, str):
        raise TypeError(spec.name)
    for char in value:
        if (ord(char) < 0x20 and char != "\n") or ord(char) == 0x7F or 0xD800 <= ord(char) <= 0xDFFF:
            raise DomainError(
                "document_text_control", f"{where}的“{spec.label}”含有不能打印的字符（U+{ord(char):04X}）。请删去后重试。"
            )
    return value


def _as_date(value: Any, spec: FieldSpec, where: str) -> Plain:
    if isinstance(value, datetime):
        value = local(value).date()
    return value.isoformat() if isinstance(value, date) else date.fromisoformat(value).isoformat()


def _as_number(value: Any, spec: FieldSpec, where: str) -> Plain:
    # A float would print its binary error, so only exact numbers are taken.
    if isinstance(value, bool) or not isinstance(value, (int, str, Decimal)):
        raise TypeError(spec.name)
    number = Decimal(value)
    if not number.is_finite():
        raise ValueError(spec.name)
    return f"{number:f}"


def _as_money(value: Any, spec: FieldSpec, where: str) -> Plain:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(spec.name)
    return value


def _as_flag(value: Any, spec: FieldSpec, where: str) -> Plain:
    if not isinstance(value, bool):
        raise TypeError(spec.name)
    return value


def _as_list(value: Any, spec: FieldSpec, where: str) -> Plain:
    if not isinstance(value, (list, tuple)):
        raise TypeError(spec.name)
    return [_as_text(item if isinstance(item, str) else _as_number(item, spec, where), spec, where) for item in value]


def _as_table(value: Any, spec: FieldSpec, where: str) -> Plain:
    if not isinstance(value, (list, tuple)) or not all(isinstance(row, Mapping) for row in value):
        raise TypeError(spec.name)
    return [_record(row, spec.columns, where=f"{where}的“{spec.label}”第{number}行") for number, row in enumerate(value, 1)]


_CONVERTERS: dict[str, Callable[[Any, FieldSpec, str], Plain]] = {
    "text": _as_text,
    "date": _as_date,
    "number": _as_number,
    "money": _as_money,
    "flag": _as_flag,
    "list": _as_list,
    "table": _as_table,
}
_EMPTY: dict[str, Callable[[], Plain]] = {
    "text": str,
    "date": str,
    "number": str,
    "money": int,
    "flag": bool,
    "list": list,
    "table": list,
}
_KIND_NAMES = {
    "text": "文字",
    "date": "日期（如 2026-03-05）",
    "number": "数字（不能是浮点数）",
    "money": "以分为单位的整数",
    "flag": "是或否",
    "list": "一组文字",
    "table": "一张表",
}
