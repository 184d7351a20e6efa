"""What a form needs to be shown: its lists, and the values that it opens with."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from app.domain.errors import DomainError
from app.domain.fields import PLACE, Field, FormSpec, Values
from app.domain.lists import listed
from app.domain.permissions import may_read_submission
from app.domain.rounds import RoundSettings
from app.engine.types import NodeInfo
from app.formkit.sources import SourceItem
from app.persistence.models import Attachment, Draft, Submission, WorkItem
from app.services.casework.case_work import CaseWork
from app.services.casework.work_items import OpenItem
from app.services.context import Transaction

Lists = Mapping[str, list[SourceItem]]
_LAST = (
    select(Submission.node_id, Submission.submitted_by, Submission.values_json)
    .join(WorkItem, WorkItem.id == Submission.work_item_id)
    .where(
        Submission.case_id == bindparam("case_id"),
        Submission.form_key == bindparam("form"),
        WorkItem.item.is_not_distinct_from(bindparam("item")),
    )
    .order_by(Submission.id.desc())
    .limit(1)
)
_UPLOADED = (
    select(Attachment.id, Attachment.field_key, Attachment.uploaded_at)
    .where(Attachment.work_item_id == bindparam("item_id"), Attachment.uploaded_by == bindparam("user_id"))
    .order_by(Attachment.id)
)


@dataclass(frozen=True)
class FormView:
    """A form ready to be bound: `formkit.build.bind(spec, sources=…, data=initial, …)` expands its repeated groups."""

    spec: FormSpec
    sources: Lists
    initial: Values
    draft_saved_at: datetime | None


def open_form(tx: Transaction, opened: OpenItem, *, fresh: bool = True) -> FormView:
    """Return the form of a work item with its lists and first values.

    The values are, the later ones winning: what the services know (prefill), what was filled into the same form before
    (except the opinion and the decision, which are to be thought anew), the person's draft, and files uploaded after it.
    With `fresh` False (a form that was sent) only what a read-only field shows is looked up. Reads only.
    """
    assert opened.form is not None
    work = opened.work
    spec = with_numbers(opened.form, work.settings)
    sources = sources_of(work, spec)
    if not fresh and not any(field.readonly for field in spec.every):
        return FormView(spec, sources, {}, None)
    prefill = tx.context.registry.prefills.get(spec.key)
    known: Values = dict(prefill.run(work)) if prefill else {}
    if not fresh:
        return FormView(spec, sources, known, None)
    # Submissions hold masks of identity, telephone and account numbers; the whole number comes from the prefill or not at all.
    masked = {field.key for field in spec.every if field.kind == "text" and field.properties.get("sensitive") == "true"}
    fixed = {field.key for field in spec.every if field.readonly} | masked
    again = {field.key for field in spec.every if field.is_decision} | {"opinion"}
    last = {key: value for key, value in _last_submission(tx, opened, spec).items() if key not in fixed | again}
    draft = tx.session.get(Draft, (opened.item.id, work.actor.user_id))
    typed: Values = json.loads(draft.values_json) if draft else {}
    values = {**known, **last, **typed}
    _add_uploads(tx, opened, spec.every, values, since=draft.saved_at if draft else None)
    return FormView(spec, sources, values, draft.saved_at if draft else None)


def asks_database(spec: FormSpec) -> bool:
    """Tell whether a form that was sent can only be bound with lists, or with values that are only shown, from the database."""
    return any(field.readonly or field.options_source or field.repeat_for for field in spec.every)


def with_numbers(spec: FormSpec, settings: RoundSettings) -> FormSpec:
    """Return a form whose texts say the numbers of the round, e.g. `{notice_days}` in the description of a field."""
    if not any(field.says_numbers for field in spec.fields):
        return spec
    return replace(spec, fields=tuple(_with_numbers(field, settings) for field in spec.fields))


def _with_numbers(field: Field, settings: RoundSettings) -> Field:
    def number(place: re.Match[str]) -> str:
        known = getattr(settings, place[1], None)
        return str(known) if isinstance(known, int | str) else place[0]  # the element of a repeated group: filled in later

    if not field.says_numbers:
        return field
    read = (field.label, field.description, field.text, *(option.label for option in field.options))
    label, description, text, *choices = (PLACE.sub(number, each) for each in read)
    options = tuple(replace(option, label=words) for option, words in zip(field.options, choices, strict=True))
    inside = tuple(_with_numbers(each, settings) for each in field.fields)
    return replace(field, label=label, description=description, text=text, options=options, fields=inside)


def sources_of(work: CaseWork, *specs: FormSpec, lenient: bool = False) -> Lists:
    """Return the lists that forms name (one call each). A list that cannot be made is left out when `lenient`, for reading."""
    names = {name for spec in specs for field in spec.every for name in (field.options_source, field.repeat_for) if name}
    found: dict[str, list[SourceItem]] = {}
    for name in sorted(names & set(work.tx.context.registry.sources)):
        try:
            found[name] = list(work.tx.context.registry.sources[name].run(work))
        except DomainError:
            if not lenient:
                raise
    return found


def readers_of(node: NodeInfo | None) -> frozenset[str]:
    """Return the roles that a task names as readers of what is filled in; empty when it names none."""
    return _roles(node.properties.get("visible_to", "") if node else "")


def readers_of_file(form: FormSpec | None, name: str) -> frozenset[str]:
    """Return the roles that a form names as readers of the files of one field (its posted name); empty when it names none.

    Identity papers and contracts are for those who check them; an expert judges the work and has no need of them
    (domain handbook 3.5, minimal data).
    """
    field = field_of_file(form, name)
    return _roles(field.properties.get("visible_to", "") if field else "")


def field_of_file(form: FormSpec | None, name: str) -> Field | None:
    """Return the field of a form by the name under which its files were posted, e.g. `honors-0-proof`."""
    key = name.rsplit("-", 1)[-1]
    return next((field for field in form.every if field.key == key), None) if form else None


def _roles(text: str) -> frozenset[str]:
    return frozenset(listed(text))


def texts_in(value: object) -> set[str]:
    """Return every text in lists of a submission: the ids of its files are among them."""
    if isinstance(value, dict):
        return set().union(*(texts_in(one) for one in value.values()))
    if isinstance(value, list):
        return {one for one in value if isinstance(one, str)}.union(*(texts_in(one) for one in value))
    return set()


def _last_submission(tx: Transaction, opened: OpenItem, spec: FormSpec) -> dict[str, Any]:
    """What was filled into this form for this case before; of a task for several people, by the same one only."""
    item = opened.item
    row = tx.session.execute(_LAST, {"case_id": item.case_id, "form": spec.key, "item": item.item}).one_or_none()
    if row is None:
        return {}
    node = opened.work.loaded.nodes[opened.work.case.kind].get(row.node_id)
    if not may_read_submission(opened.work.actor, visible_to=readers_of(node), submitted_by=row.submitted_by):
        return {}
    values: dict[str, Any] = json.loads(row.values_json)
    return values


def _add_uploads(tx: Transaction, opened: OpenItem, fields: Sequence[Field], values: Values, *, since: datetime | None) -> None:
    """A file that was uploaded and not yet saved with the draft belongs to its field all the same (a browser that died)."""
    keys = {field.key: field for field in fields if field.kind == "file"}
    if not keys:
        return
    for row in tx.session.execute(_UPLOADED, {"item_id": opened.item.id, "user_id": opened.work.actor.user_id}):
        field = keys.get(row.field_key)
        if field is None or (since is not None and row.uploaded_at <= since):
            continue
        held = values.get(field.key)
        kept = [one for one in held if one != str(row.id)] if isinstance(held, list) and field.multiple else []
        values[field.key] = [*kept, str(row.id)]
