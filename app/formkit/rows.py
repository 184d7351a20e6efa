"""A bound form as a tree of rows that a template can walk recursively."""

import dataclasses
import json
import re
from collections.abc import Sequence
from typing import Any

from app.domain.fields import Field
from app.formkit.build import ROW_MARK, BoundForm, GroupField, ListField
from app.formkit.vocabulary import is_flat

_HEADING = re.compile(r"(#{1,6})\s*([^#\s].*)")


@dataclasses.dataclass(frozen=True)
class Row:
    """One component to show.

    `kind` is that of the domain field, or text, heading, separator, spacer for static ones. `field` is the WTForms field (None
    for frames and static text). A group has `children`; a list has `entries` (one tuple of rows each) and `blank` (the row to
    copy when adding, its names hold `ROW_MARK`). `conditions` are the data attributes from which a script can show and hide;
    `hidden` is the state now. `help_id` and `error_id` are what `aria-describedby` of the input names.
    """

    kind: str
    label: str
    spec: Field
    id: str = ""
    field: Any = None
    text: str = ""
    level: int = 0
    children: tuple["Row", ...] = ()
    entries: tuple[tuple["Row", ...], ...] = ()
    blank: tuple["Row", ...] = ()
    columns: int | None = None
    hidden: bool = False
    conditions: dict[str, str] = dataclasses.field(default_factory=dict)

    @property
    def wide(self) -> bool:
        """Say whether the component takes the whole width."""
        return self.spec.properties.get("wide") == "true" or self.kind in ("textarea", "list", "group")

    @property
    def help_id(self) -> str:
        """Return the id of the help text, empty when there is none."""
        return f"{self.id}-help" if self.id and self.spec.description else ""

    @property
    def error_id(self) -> str:
        """Return the id of the sentence about an error, empty when there is none."""
        return f"{self.id}-error" if self.errors else ""

    @property
    def errors(self) -> tuple[str, ...]:
        """Return the sentences about this component itself."""
        return tuple(self.field.errors) if self.field is not None else ()


def rows(form: BoundForm) -> list[Row]:
    """Return the components of a form in the order of the page, hidden ones too (a script may show them)."""
    return _rows(form, form.specs)


def _rows(form: BoundForm, specs: Sequence[Field]) -> list[Row]:
    return [row for spec in specs for row in _rows_of(form, spec)]


def _rows_of(form: BoundForm, spec: Field) -> list[Row]:
    common: dict[str, Any] = {
        "label": spec.label,
        "spec": spec,
        "columns": spec.columns,
        "hidden": form.is_hidden(spec),
        "conditions": _conditions(form, spec),
    }
    if spec.kind == "static":
        return [Row(kind=kind, text=text, level=level, **common) for kind, text, level in _static(spec)]
    if is_flat(spec):
        return [Row(kind="group", children=tuple(_rows(form, spec.fields)), **common)]
    return [_input(form[spec.key], common)]


def _input(bound: Any, common: dict[str, Any]) -> Row:
    common |= {"id": bound.id, "field": bound}
    if isinstance(bound, GroupField):
        return Row(kind="group", children=tuple(rows(bound.form)), **common)
    if isinstance(bound, ListField):
        entries = tuple(tuple(rows(entry)) for entry in bound.rows)
        empty = bound.row(ROW_MARK)
        empty.process(None)
        return Row(kind="list", entries=entries, blank=tuple(rows(empty)), **common)
    return Row(kind=common["spec"].kind, **common)


def _static(spec: Field) -> list[tuple[str, str, int]]:
    """A line that begins with # is a heading (Markdown, as form-js shows it); what stands between headings is text."""
    kind = spec.properties.get("type", "text")
    if kind != "text":
        return [(kind, spec.text, 0)]
    parts: list[tuple[str, str, int]] = []
    for line in spec.text.split("\n"):
        heading = _HEADING.fullmatch(line.strip())
        if heading:
            parts.append(("heading", heading[2], len(heading[1])))
        elif parts and parts[-1][0] == "text":
            parts[-1] = ("text", f"{parts[-1][1]}\n{line}", 0)
        else:
            parts.append(("text", line, 0))
    return [(each, text.strip(), level) for each, text, level in parts if text.strip() or len(parts) == 1]


def _conditions(form: BoundForm, spec: Field) -> dict[str, str]:
    if spec.condition is None:
        return {}
    return {
        "data-hide-by": form.name_of(spec.condition.key),
        "data-hide-values": json.dumps(spec.condition.values, ensure_ascii=False),
        "data-hide-when": "in" if spec.condition.hide_when_in else "not-in",
    }
