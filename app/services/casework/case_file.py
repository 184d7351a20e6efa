"""A case as one person may read it: where it stands, what happened, what was handed in. Reads only; strangers get `NotFound`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from app.domain.actors import Actor
from app.domain.errors import DomainError, NotFound
from app.domain.fields import FormSpec
from app.domain.permissions import as_reader, may_read_submission, reads_own_only
from app.domain.procedure import CaseAction
from app.engine.types import NodeInfo
from app.formkit.values import Shown, summary
from app.persistence.models import Case, SelectionRound
from app.persistence.queries import access, case_view
from app.persistence.queries.case_view import AttachmentRow, ItemRow, SubmissionRow
from app.services.accounts.sessions import is_staff
from app.services.casework.cancelling import ENDS
from app.services.casework.case_actions import allowed_actions
from app.services.casework.case_history import Entry, decision_label, is_grave, opinion_text, timeline, who_did
from app.services.casework.case_track import Holder, Step, holders, together, track
from app.services.casework.case_work import CaseWork
from app.services.casework.forms import field_of_file, readers_of, readers_of_file, sources_of, texts_in, with_numbers
from app.services.casework.item_people import OBJECTION, is_before
from app.services.context import Transaction
from app.services.packages.procedure_cache import LoadedProcedure


@dataclass(frozen=True)
class Reading:
    """A submission that the viewer may read. `shown` is empty where the form of then cannot be shown any more.

    The application is what the case began with, as it was last handed in.
    """

    id: int
    title: str
    who: str
    at: datetime
    decision: str
    opinion: str
    shown: tuple[Shown, ...]
    is_grave: bool
    is_application: bool


@dataclass(frozen=True)
class Material:
    """A file that the viewer may open, and what it was handed in for."""

    file: AttachmentRow
    label: str
    step: str


@dataclass(frozen=True)
class Marks:
    """Ids of the elements of the diagram that are done and that are being done, of those that the viewer may know of."""

    done: tuple[str, ...]
    current: tuple[str, ...]
    words: str


@dataclass(frozen=True)
class CaseFile:
    """All that the page of a case shows."""

    case: Case
    kind_title: str
    procedure_title: str
    round_title: str
    stage_title: str
    outcome_title: str
    is_outsider: bool
    steps: Sequence[Step]
    items: Sequence[ItemRow]
    """The work items that the viewer may know of, in the order in which they were made."""
    holders: Sequence[Holder]
    entries: Sequence[Entry]
    readings: Sequence[Reading]
    materials: Sequence[Material]
    files: Mapping[str, AttachmentRow]
    actions: Sequence[CaseAction]
    marks: Marks | None
    suspension: str
    """Why the round is suspended, empty while it runs."""


@dataclass(frozen=True)
class _Sight:
    """What decides which of a case's steps an actor may know the inside of."""

    actor: Actor
    nodes: Mapping[str, NodeInfo]
    own_only: bool

    def of(self, node_id: str, done_by: int | None, item: ItemRow | None) -> bool:
        if self.own_only and done_by != self.actor.user_id:
            return False
        readers, given_to = readers_of(self.nodes.get(node_id)), (item.role, item.scope_unit_id) if item else None
        return may_read_submission(self.actor, visible_to=readers, submitted_by=done_by, given_to=given_to)

    def of_file(self, row: AttachmentRow, items: Mapping[int, ItemRow], forms: Mapping[str, FormSpec]) -> bool:
        """Tell whether the form lets the actor see the files of this field."""
        readers = readers_of_file(_form(items[row.work_item_id], self.nodes, forms), row.field_key)
        return may_read_submission(self.actor, visible_to=readers, submitted_by=row.uploaded_by)


def open_case(tx: Transaction, *, actor: Actor, case_id: int) -> CaseFile:
    """Return a case as the actor may read it (a fixed number of statements). `NotFound` for strangers and recused experts."""
    seen = access.see_case(tx.session, actor=actor, case_id=case_id)
    if seen is None:
        raise unknown_case()
    case, actor = seen.case, as_reader(actor, seen.facts)
    loaded = tx.context.procedures.get(tx.session, case.procedure_version_id)
    nodes = loaded.nodes[case.kind]
    sight = _Sight(actor, nodes, own_only=reads_own_only(actor, seen.facts))
    outsider = not is_staff(actor)  # a nominee or a nominating unit, also on the case of an objection
    items = case_view.items(tx.session, case_id=case_id)
    by_id = {item.id: item for item in items}
    known = [
        item for item in items if is_before(item, actor) or sight.of(item.node_id, item.completed_by or item.assignee_id, item)
    ]
    rows = case_view.submissions(tx.session, case_id=case_id)
    read = [row for row in rows if sight.of(row.node_id, row.submitted_by, by_id.get(row.work_item_id or 0))]
    files = _files(tx, case_id, sight, known=known, rows=rows, forms=loaded.forms)
    round_ = tx.session.get(SelectionRound, case.round_id) if case.round_id else None
    work = CaseWork(tx=tx, case=case, round=round_, loaded=loaded, actor=actor)
    kind = loaded.procedure.case_kinds[case.kind]
    opinions = {row.work_item_id: row.opinion for row in rows if row.work_item_id}
    return CaseFile(
        case=case,
        kind_title=kind.title,
        procedure_title=loaded.procedure.title,
        round_title=round_.title if round_ else "",
        stage_title=kind.stage(case.stage).title if case.stage else "",
        outcome_title=outcome_title(loaded, case.kind, case.outcome),
        is_outsider=outsider,
        steps=track(case, kind, items=items, asked=loaded.asked[case.kind]),
        items=known,
        holders=[] if case.ended_at else together(holders(known, outsider=outsider)),
        entries=timeline(
            case_view.events(tx.session, case_id=case_id), items=items, known=known, opinions=opinions, nodes=nodes,
            forms=loaded.forms, actor=actor, outsider=outsider,
        ),
        readings=_readings(work, read, known, outsider=outsider),
        materials=_materials(files, known, loaded, nodes),
        files={str(row.id): row for row in files},
        actions=allowed_actions(loaded, case, actor=actor),
        marks=None if outsider else _marks(case, known, nodes),
        suspension=round_.suspension if round_ and round_.suspended_at and case.kind != OBJECTION and not case.ended_at else "",
    )  # fmt: skip


def unknown_case() -> NotFound:
    """Return what strangers are told: whether the case exists is not theirs to know."""
    return NotFound("case.unknown", "没有找到这件办件，或者它不归您查看。请从工作台重新进入。")


def outcome_title(loaded: LoadedProcedure, kind: str, outcome: str | None) -> str:
    """Return the name of the end that a case came to, empty while it goes on; of ends that share an outcome, all their names."""
    if outcome in ENDS:
        return ENDS[outcome]
    ends = (node for node in loaded.nodes[kind].values() if node.kind == "endEvent" and outcome is not None)
    names = dict.fromkeys(node.name for node in ends if node.properties.get("outcome", node.node_id) == outcome)
    return "或".join(names) or outcome or ""


def _files(
    tx: Transaction,
    case_id: int,
    sight: _Sight,
    *,
    known: Sequence[ItemRow],
    rows: Sequence[SubmissionRow],
    forms: Mapping[str, FormSpec],
) -> list[AttachmentRow]:
    """Return the files of a case that the actor may open (one statement)."""
    by_id, held = {item.id: item for item in known}, {row.work_item_id: texts_in(row.values) for row in rows if row.work_item_id}
    found = case_view.attachments(tx.session, case_id=case_id)
    return [row for row in found if _reads_file(row, by_id, held, sight.actor) and sight.of_file(row, by_id, forms)]


def _reads_file(row: AttachmentRow, known: Mapping[int, ItemRow], held: Mapping[int, set[str]], actor: Actor) -> bool:
    """A file counts once it is handed in with its work item; one that was taken out of the form before then never does."""
    item = known.get(row.work_item_id)
    if item is None:
        return False
    return str(row.id) in held.get(item.id, set()) if item.state == "done" else row.uploaded_by == actor.user_id


def _readings(work: CaseWork, rows: list[SubmissionRow], items: list[ItemRow], *, outsider: bool) -> list[Reading]:
    forms = work.loaded.forms
    specs = {row.form_key: with_numbers(forms[row.form_key], work.settings) for row in rows if row.form_key in forms}
    sources = sources_of(work, *specs.values(), lenient=True)
    by_item = {item.id: item for item in items}
    application = next((row.id for row in rows if row.form_key == rows[-1].form_key), 0)  # the latest comes first
    found = []
    for row in rows:
        item = by_item.get(row.work_item_id or 0)
        spec = specs.get(row.form_key)
        try:
            shown = tuple(summary(spec, row.values, sources=sources)) if spec else ()
        except DomainError:  # a list of then that is no longer there; the opinion can still be read
            shown = ()
        found.append(
            Reading(
                id=row.id,
                title=item.title if item else (spec.title if spec else ""),
                who=who_did(item.completer, item.completed_by, actor=work.actor, outsider=outsider) if item else "",
                at=row.submitted_at,
                decision=decision_label(spec, item.decision if item else None),
                opinion=opinion_text(row.opinion, item.decision if item else None),
                shown=shown,
                is_grave=is_grave(spec, item.decision if item else None),
                is_application=row.id == application,
            )
        )
    # Of many who did the same step, the one who objects is not to be looked for.
    steps = groupby(found, key=lambda each: each.title)
    return [each for _, same in steps for each in sorted(same, key=lambda each: not each.is_grave)]


def _materials(
    files: list[AttachmentRow], items: list[ItemRow], loaded: LoadedProcedure, nodes: Mapping[str, NodeInfo]
) -> list[Material]:
    titles = {item.id: item for item in items}
    found = []
    for row in files:
        item = titles[row.work_item_id]
        field = field_of_file(_form(item, nodes, loaded.forms), row.field_key)
        found.append(Material(file=row, label=field.label if field else "", step=item.title))
    return found


def _form(item: ItemRow, nodes: Mapping[str, NodeInfo], forms: Mapping[str, FormSpec]) -> FormSpec | None:
    return forms.get(nodes[item.node_id].properties.get("form", "")) if item.node_id in nodes else None


def _marks(case: Case, items: list[ItemRow], nodes: Mapping[str, NodeInfo]) -> Marks:
    current = [item for item in items if item.state == "open"]
    ids = [item.node_id for item in current]
    names = [item.title for item in current]
    if not current and case.ended_at is None:
        waiting = [node for node in nodes.values() if node.event in ("message", "timer") and node.kind != "startEvent"]
        here = [node for node in waiting if node.properties.get("stage") == case.stage and case.stage]
        ids, names = [node.node_id for node in here], [node.name for node in here]
    done = dict.fromkeys(item.node_id for item in items if item.state == "done" and item.node_id not in ids)
    verb = "正在办理" if current else "正在等待"
    words = f"{verb}：{'、'.join(dict.fromkeys(names))}" if names else "本案已办结" if case.ended_at else "当前环节由其他人办理"
    return Marks(tuple(done), tuple(dict.fromkeys(ids)), words)
