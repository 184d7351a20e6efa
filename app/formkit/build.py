"""`FormSpec` + what was sent → a bound form: WTForms fields, nested groups and lists, and what is hidden."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from wtforms import Field as WTField
from wtforms.form import BaseForm
from wtforms.utils import unset_value

from app.domain.errors import InvalidValues
from app.domain.fields import Field, FieldKind, FormSpec, Value, Values
from app.domain.lists import listed
from app.formkit import choice_fields, fields
from app.formkit.conditions import hides
from app.formkit.fields import Problem, ValueField
from app.formkit.sources import Sources, expand
from app.formkit.vocabulary import DEFAULT_ROWS, MAX_ROWS, holds_value, is_flat

ROW_MARK = "__row__"
"""Stands for the row's number in the names of the empty row that a page copies to add one."""

_ROW = re.compile(r"([0-9]{1,4})-")
_CLASSES: dict[FieldKind, type[ValueField]] = {
    "text": fields.TextField,
    "textarea": fields.TextAreaField,
    "number": fields.NumberField,
    "date": fields.DateField,
    "datetime": fields.MomentField,
    "checkbox": fields.CheckboxField,
    "checklist": choice_fields.ChecklistField,
    "radio": choice_fields.ChoiceField,
    "select": choice_fields.ChoiceField,
    "file": choice_fields.FileField,
}


class FormData(Protocol):
    """What a web framework makes of a posted form."""

    def __contains__(self, name: object, /) -> bool: ...
    def __iter__(self) -> Iterator[str]: ...
    def getlist(self, name: str, /) -> list[str]: ...


@dataclass(frozen=True)
class _Context:
    sources: Sources
    today: date


def bind(
    spec: FormSpec, *, sources: Sources, today: date, data: Mapping[str, Value] | None = None, formdata: FormData | None = None
) -> "BoundForm":
    """Return the form with what is stored (`data`) or what was sent (`formdata`, which wins except where a field is read-only).

    `today` is the local day. Raises `FormError` when a named list is not among `sources`.
    """
    form = BoundForm(expand(spec, sources=sources).fields, context=_Context(sources, today))
    form.process(formdata, data=dict(data or {}))
    return form


class BoundForm(BaseForm):
    """One level of a form. Reach fields as `form["key"]`; there are no attributes that a key could hide."""

    def __init__(self, specs: Sequence[Field], *, context: _Context, prefix: str = "", outer: "BoundForm | None" = None) -> None:
        self.specs = specs
        self.outer = outer
        self.accepted = False
        self._hidden: set[int] | None = None
        unbound = {field.key: self._unbound(field, context) for field in _level(specs) if holds_value(field)}
        super().__init__(unbound, prefix=prefix)

    def _unbound(self, field: Field, context: _Context) -> Any:
        if field.kind == "group":
            return GroupField(spec=field, context=context, outer=self)
        if field.kind == "list":
            return ListField(spec=field, context=context, outer=self)
        return _CLASSES[field.kind](spec=field, today=context.today, items=context.sources.get(field.options_source or "", ()))

    def process(self, formdata: Any = None, obj: Any = None, data: Any = None, extra_filters: Any = None, **kwargs: Any) -> None:
        """Take what was sent or stored; what was decided about the values before is forgotten."""
        self.accepted, self._hidden = False, None
        super().process(formdata, obj, data, extra_filters, **kwargs)

    def is_hidden(self, field: Field) -> bool:
        """Say whether a condition hides the field, or a frame around it on this level."""
        if self._hidden is None:
            self._hidden = set()
            self._mark(self.specs, hidden=False)
        return id(field) in self._hidden

    def _mark(self, specs: Sequence[Field], *, hidden: bool) -> None:
        """Go through the level in the order of the page: a condition asks a field before it, whose fate is then known."""
        for field in specs:
            gone = hidden or (field.condition is not None and hides(field.condition, self.present(field.condition.key)))
            if gone and self._hidden is not None:
                self._hidden.add(id(field))
            if is_flat(field):
                self._mark(field.fields, hidden=gone)

    def present(self, key: str) -> str:
        """Return what a condition compares with: the text of a field here or further out, empty when that is hidden."""
        if key not in self._fields:
            return self.outer.present(key) if self.outer is not None else ""
        field = self._fields[key]
        return field.text() if isinstance(field, ValueField) and not self.is_hidden(field.spec) else ""

    def name_of(self, key: str) -> str:
        """Return the HTML name of a field here or further out."""
        if key in self._fields:
            return str(self._fields[key].name)
        return self.outer.name_of(key) if self.outer is not None else key

    def visible(self) -> Iterator[tuple[str, Any]]:
        """Yield key and field of what is not hidden, in the order of the page."""
        for key, field in self._fields.items():
            if not self.is_hidden(field.spec):
                yield key, field

    def validate(self, extra_validators: Any = None) -> bool:
        """Check what is visible; the sentences are then in `errors` of each field and in `problems`."""
        outcomes = [field.validate(self) for _, field in self.visible()]
        self.accepted = all(outcomes) and self._agrees()
        return self.accepted

    def _agrees(self) -> bool:
        """Refuse a decision that the answers above it contradict: it `expects` what each of them is to be (`expect`)."""
        chosen = {field.data for _, field in self.visible() if field.spec.is_decision and field.data in expecting(field.spec)}
        if not chosen:
            return True
        wrong = [field for _, field in self.visible() if field.data != field.spec.properties.get("expect", field.data)]
        for field in wrong:
            answer = next((each.label for each in field.spec.options if each.value == field.data), field.text())
            field.errors = [f"“{field.spec.label}”选了“{answer}”，与您的决定不一致。请核对这一项，或者改选别的决定"]
        return not wrong

    @property
    def blank(self) -> bool:
        """Say whether nothing at all is filled in."""
        return all(field.blank for _, field in self.visible())

    def problems(self) -> list[Problem]:
        """Return all sentences of the last `validate`, in the order of the page; rows are named by their number."""
        found: list[Problem] = []
        for _, field in self.visible():
            found += field.problems()
        return found

    def refusal(self) -> InvalidValues:
        """Return the problems as an error for people (HTTP 422)."""
        problems = self.problems()
        sentences = {problem.name: problem.sentence for problem in problems}
        message = f"有{len(problems)}处需要修改，已填写的内容没有丢失。请按提示修改后再提交"
        return InvalidValues("form.values", message, fields=sentences)

    def values(self) -> Values:
        """Return the JSON values of what is visible."""
        return {key: field.data for key, field in self.visible()}

    def draft(self) -> Values:
        """Return what was sent, unjudged, hidden fields too (so that nothing is lost when they come back)."""
        return {key: field.draft() for key, field in self._fields.items() if not getattr(field.spec, "readonly", False)}


def expecting(decision: Field) -> frozenset[str]:
    """Return the options of a decision that are only possible when every answer is as the form expects."""
    return frozenset(listed(decision.properties.get("expects", "")))


class GroupField(WTField):
    """A form inside a form; its values lie under one key."""

    def __init__(self, *, spec: Field, context: _Context, outer: BoundForm, **kwargs: Any) -> None:
        super().__init__(label=spec.label, description=spec.description, **kwargs)
        self.spec = spec
        self.id = "f-" + self.name
        self.form = BoundForm(spec.fields, context=context, prefix=f"{self.name}-", outer=outer)

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        """Hand on what was sent or stored."""
        self.form.process(formdata, data=dict(data) if isinstance(data, Mapping) else {})

    @property
    def data(self) -> Value:
        """The JSON values of the group."""
        return dict(self.form.values())

    @property
    def blank(self) -> bool:
        """Whether nothing at all is filled in."""
        return self.form.blank

    def validate(self, form: Any, extra_validators: Any = ()) -> bool:
        """Check the group's fields."""
        return self.form.validate()

    def problems(self) -> list[Problem]:
        """Return the sentences, with the name of the group before them: two groups may ask the same thing."""
        lead = f"{self.spec.label}：" if self.spec.label else ""
        return [Problem(one.field_id, one.name, lead + one.sentence) for one in self.form.problems()]

    def draft(self) -> Value:
        """Return what was sent."""
        return dict(self.form.draft())


class ListField(WTField):
    """Any number of rows. Rows that are left empty are neither checked nor kept."""

    def __init__(self, *, spec: Field, context: _Context, outer: BoundForm, **kwargs: Any) -> None:
        super().__init__(label=spec.label, description=spec.description, **kwargs)
        self.spec = spec
        self.id = "f-" + self.name
        self.context = context
        self.outer = outer
        self.rows: list[BoundForm] = []
        self.next_number = 0
        self.fewest = spec.min_length or (1 if spec.required else 0)
        self.most = min(spec.max_length or DEFAULT_ROWS, MAX_ROWS)

    def row(self, number: int | str) -> BoundForm:
        """Return an unbound row; `ROW_MARK` as number makes the one that a page copies."""
        return BoundForm(self.spec.fields, context=self.context, prefix=f"{self.name}-{number}-", outer=self.outer)

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        """Make a row for each number that was sent (`items-0-name`), or for each stored one, or the first empty ones."""
        if formdata is not None:
            given: list[tuple[int, Any]] = [(number, {}) for number in self._numbers(formdata)]
        elif isinstance(data, list):
            given = list(enumerate(one if isinstance(one, Mapping) else {} for one in data[: MAX_ROWS + 1]))
        else:
            given = [(number, {}) for number in range(max(int(self.spec.properties.get("rows", "1")), self.fewest))]
        self.rows = []
        for number, values in given:
            row = self.row(number)
            row.process(formdata, data=dict(values))
            self.rows.append(row)
        self.next_number = max((number for number, _ in given), default=-1) + 1

    def _numbers(self, formdata: FormData) -> list[int]:
        lead = self.name + "-"
        found = (_ROW.match(name, len(lead)) for name in formdata if name.startswith(lead))
        return sorted({int(one.group(1)) for one in found if one is not None})[: MAX_ROWS + 1]

    @property
    def filled(self) -> list[BoundForm]:
        """The rows in which something is filled in."""
        return [row for row in self.rows if not row.blank]

    @property
    def data(self) -> Value:
        """The JSON values of the filled rows."""
        return [dict(row.values()) for row in self.filled]

    @property
    def blank(self) -> bool:
        """Whether no row is filled in."""
        return not self.filled

    def validate(self, form: Any, extra_validators: Any = ()) -> bool:
        """Check the number of rows and every filled row."""
        count, label = len(self.filled), self.spec.label
        self.errors: list[str] = []
        if count < self.fewest:
            self.errors.append(f"“{label}”至少填写{self.fewest}行，现在是{count}行")
        elif count > self.most:
            self.errors.append(f"“{label}”最多填写{self.most}行，请删去多余的行")
        outcomes = [row.validate() for row in self.filled]
        return all(outcomes) and not self.errors

    def problems(self) -> list[Problem]:
        """Return the sentences about the list and about its rows."""
        found = [Problem(self.id, self.name, sentence) for sentence in self.errors]
        for place, row in enumerate(self.rows, start=1):
            lead = f"{self.spec.label}第{place}行："
            found += [] if row.blank else [Problem(one.field_id, one.name, lead + one.sentence) for one in row.problems()]
        return found

    def draft(self) -> Value:
        """Return what was sent, without the empty rows."""
        return [dict(row.draft()) for row in self.filled[:MAX_ROWS]]


def _level(specs: Sequence[Field]) -> Iterator[Field]:
    for field in specs:
        yield field
        if is_flat(field):
            yield from _level(field.fields)
