"""A stored submission, to be read: labels, shown texts, sections and tables."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.domain.fields import Field, FormSpec, Value, Values
from app.formkit.conditions import hides
from app.formkit.sources import Sources, expand
from app.formkit.vocabulary import holds_value, is_flat

NOTHING = "未填写"


@dataclass(frozen=True)
class Shown:
    """One line: label and text; a section has `children`, a list has `columns` and `table`, files have their ids in `value`.

    `cells` holds the same rows as `table` as lines, for what a text cannot show (files, long texts, groups in a row).
    """

    label: str
    text: str
    field: Field
    value: Value = None
    children: tuple["Shown", ...] = ()
    columns: tuple[str, ...] = ()
    table: tuple[tuple[str, ...], ...] = ()
    cells: tuple[tuple["Shown", ...], ...] = ()

    @property
    def sensitive(self) -> bool:
        """Say whether the page has to mask the text."""
        return self.field.properties.get("sensitive") == "true"


def summary(spec: FormSpec, values: Mapping[str, Value], *, sources: Sources) -> list[Shown]:
    """Return the values of a submission for reading, in the order of the form, without what a condition hides."""
    return list(_level(expand(spec, sources=sources).fields, values, sources, {}))


def _level(fields: Sequence[Field], values: Mapping[str, Value], sources: Sources, outer: Mapping[str, Value]) -> Iterator[Shown]:
    scope = {**outer, **values}
    for field in fields:
        if field.kind == "static" or _hidden(field, scope):
            continue
        if field.kind == "group":
            held = values if is_flat(field) else _mapping(values.get(field.key))
            children = tuple(_level(field.fields, held, sources, scope))
            if field.label:
                yield Shown(field.label, "", field, children=children)
            else:
                yield from children
        elif field.kind == "list":
            yield _list(field, values.get(field.key), sources, scope)
        else:
            yield Shown(field.label, _text(field, values.get(field.key), sources), field, value=values.get(field.key))


def _list(field: Field, value: Value, sources: Sources, scope: Mapping[str, Value]) -> Shown:
    """Every row has every column, also where a condition hides a field of the row."""
    rows = [_mapping(row) for row in value] if isinstance(value, list) else []
    columns = tuple(_columns(field.fields))
    cells = tuple(tuple(_level(field.fields, row, sources, scope)) for row in rows)
    table = tuple(tuple(_text(column, row.get(column.key), sources) for column in columns) for row in rows)
    headings = tuple(column.label for column in columns)
    return Shown(
        field.label, f"{len(rows)}行" if rows else _nothing(field), field, value, columns=headings, table=table, cells=cells
    )


def _columns(fields: Sequence[Field]) -> Iterator[Field]:
    for field in fields:
        if is_flat(field):
            yield from _columns(field.fields)
        elif holds_value(field) and field.kind != "group":
            yield field


def _hidden(field: Field, scope: Mapping[str, Value]) -> bool:
    if field.condition is None:
        return False
    present = scope.get(field.condition.key)
    text = ("true" if present else "false") if isinstance(present, bool) else str(present or "")
    return hides(field.condition, text)


def _text(field: Field, value: Value, sources: Sources) -> str:
    if field.kind == "checkbox":
        return "是" if value is True else "否"
    if value is None or value == "" or value == []:
        return _nothing(field)
    if field.kind in ("radio", "select", "checklist"):
        labels = _labels(field, sources)
        return "、".join(labels.get(str(one), str(one)) for one in (value if isinstance(value, list) else [value]))
    if field.kind == "file":
        return f"{len(value) if isinstance(value, list) else 1}个文件"
    if field.kind in ("date", "datetime"):
        return _day(str(value))
    before, after = field.properties.get("prefix", ""), field.properties.get("suffix", "")
    if field.properties.get("valueType") == "money":
        return f"{before}{_money(str(value))}{after or ('' if before else '元')}"
    return f"{before}{value}{after}"


def _nothing(field: Field) -> str:
    """What it means that nothing was filled in: a job that goes on has no end."""
    return field.properties.get("emptyText") or NOTHING


def _labels(field: Field, sources: Sources) -> dict[str, str]:
    if field.options_source:
        return {item.key: item.label for item in sources.get(field.options_source, ())}
    return {option.value: option.label for option in field.options}


def _day(text: str) -> str:
    """Dates in text read 2026年1月31日 (design of the interface)."""
    found = re.match(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:T([0-9]{2}:[0-9]{2}))?", text)
    if found is None:
        return text
    day = f"{found.group(1)}年{int(found.group(2))}月{int(found.group(3))}日"
    return f"{day} {found.group(4)}" if found.group(4) else day


def _money(text: str) -> str:
    try:
        return f"{Decimal(text):,.2f}"
    except ArithmeticError:
        return text


def _mapping(value: Value) -> Values:
    return value if isinstance(value, dict) else {}
