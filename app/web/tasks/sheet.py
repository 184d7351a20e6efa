"""The sheet of a work item: its form bound to values, in sections, with its decisions taken out for the bar at the bottom."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.domain.clock import local
from app.domain.errors import Conflict, InvalidValues, NotFound
from app.domain.fields import Field
from app.domain.lists import listed
from app.formkit.build import ROW_MARK, BoundForm, FormData, GroupField, ListField, bind
from app.formkit.choice_fields import FileField
from app.formkit.fields import Problem
from app.formkit.rows import Row, rows
from app.services.casework.forms import FormView, open_form
from app.services.casework.work_items import OpenItem
from app.services.context import Transaction


@dataclass(frozen=True)
class Button:
    """A decision: its value, its word, whether it is irreversible, and the question that is asked first."""

    value: str
    label: str
    is_danger: bool
    confirm: str


@dataclass(frozen=True)
class Section:
    """A part of the form with an address of its own."""

    id: str
    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Sheet:
    """Everything that the page of a work item shows of the form."""

    form: BoundForm | None
    view: FormView | None
    sections: tuple[Section, ...]
    decision: Field | None
    buttons: tuple[Button, ...]
    submit: str
    confirm: str
    token: str


def token_of(opened: OpenItem) -> str:
    """Return what the page of a work item carries so that a stale one is known: the item, its task, the version, the form.

    The state's version would be too strict: of two experts who score the same case at once, the second would be refused.
    """
    form_key = opened.form.key if opened.form else ""
    return f"{opened.item.id}.{opened.item.task_id[:8]}.{opened.work.case.procedure_version_id}.{form_key}"


def check_token(opened: OpenItem, sent: str) -> None:
    """Refuse a form that was opened before the work item or its form changed."""
    if sent != token_of(opened):
        raise Conflict(
            "item.stale", "这个页面打开之后，办件或表单有了变化，系统没有采用这次提交。请返回上一页并刷新，核对后再提交一次。"
        )


def bound_form(tx: Transaction, opened: OpenItem, *, sent: FormData | None = None) -> tuple[FormView, BoundForm]:
    """Return the form of a work item with its values, or with what was sent."""
    view = open_form(tx, opened, fresh=sent is None)
    return view, bind(view.spec, sources=view.sources, today=local(tx.now).date(), data=view.initial, formdata=sent)


def sheet_of(opened: OpenItem, view: FormView | None, form: BoundForm | None) -> Sheet:
    """Return the form in sections, its decision apart."""
    decision = next((field for field in form.specs if field.is_decision), None) if form else None
    shown = [row for row in rows(form) if decision is None or row.spec is not decision] if form else []
    return Sheet(
        form=form,
        view=view,
        sections=tuple(sections(shown)),
        decision=decision,
        buttons=tuple(_buttons(decision)) if decision else (),
        submit=opened.node.properties.get("submit") or "提交",
        confirm=opened.node.properties.get("confirm", ""),
        token=token_of(opened),
    )


def sections(shown: list[Row]) -> Iterator[Section]:
    """A group with a title, or a heading, begins a section."""
    held: list[Row] = []
    title, count = "", 0
    for row in shown:
        if row.kind == "group" and row.label and not row.conditions:
            if held:
                yield Section(f"part-{count}", title, tuple(held))
                count += 1
            yield Section(f"part-{count}", row.label, (row,))
            title, held, count = "", [], count + 1
        elif row.kind == "heading" and row.level <= 2:
            if held:
                yield Section(f"part-{count}", title, tuple(held))
                count += 1
            title, held = row.text, []
        else:
            held.append(row)
    if held:
        yield Section(f"part-{count}", title, tuple(held))


def _buttons(field: Field) -> Iterator[Button]:
    dangers = listed(field.properties.get("danger", ""))
    for option in field.options:
        confirm = field.properties.get(f"confirm_{option.value}", "")
        yield Button(option.value, option.label, option.value in dangers, confirm)


def held_files(form: BoundForm) -> dict[str, list[int]]:
    """Return the ids of the attachments that a form holds, by the name of their field."""
    found: dict[str, list[int]] = {}
    for field in _fields(form):
        if isinstance(field, FileField) and field.raw:
            if not all(one.isascii() and one.isdigit() and len(one) < 10 for one in field.raw):
                raise NotFound("attachment.unknown", "有一份材料不属于这件办件。请删除后重新上传。")
            found[field.name] = [int(one) for one in field.raw]
    return found


def file_field(form: BoundForm, name: str) -> Field | None:
    """Return the file field that a page means by a name, also in a row that was added just now."""
    wanted = _general(name)
    named = {_general(field.name): field.spec for field in _fields(form, blank=True) if isinstance(field, FileField)}
    return named.get(wanted)


def place_errors(form: BoundForm, error: InvalidValues) -> list[Problem]:
    """Put the sentences of the services at their fields; return all of them for the summary on top of the page."""
    by_name = {field.name: field for field in _fields(form)}
    problems = []
    for name, sentence in error.fields.items():
        field = by_name.get(name)
        if field is None:
            problems.append(Problem("", name, sentence))
        else:
            field.errors = [sentence]
            problems.append(Problem(field.id, field.name, sentence))
    return problems or [Problem("", "", error.message)]


def _fields(form: BoundForm, *, blank: bool = False) -> Iterator[Any]:
    for field in form:
        yield field
        if isinstance(field, GroupField):
            yield from _fields(field.form, blank=blank)
        elif isinstance(field, ListField):
            for row in [*field.rows, *([field.row(ROW_MARK)] if blank else [])]:
                yield from _fields(row, blank=blank)


def _general(name: str) -> str:
    """Forget the numbers of rows."""
    return "-".join(ROW_MARK if part.isdigit() else part for part in name.split("-"))
