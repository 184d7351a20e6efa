"""Drafts of the papers that somebody is about to let go: the page as it would go out, marked, without a number, never kept."""

import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from app.documents.drafts import DRAFT, as_draft
from app.documents.templates import Template
from app.domain.actors import Actor
from app.domain.errors import DomainError, NotFound
from app.domain.notice_window import open_notice
from app.domain.rounds import RareCharacter
from app.engine.types import NodeInfo
from app.persistence.models import Case, OfficialDocument, PublicNotice
from app.services import audit
from app.services.casework.case_work import CaseWork
from app.services.casework.form_values import text, whole
from app.services.casework.forms import open_form
from app.services.casework.work_items import OpenItem, take
from app.services.context import Context, Transaction
from app.services.issuing.file_papers import Desk, Written
from app.services.issuing.official_documents import decision_as_drafted, winner_rows
from app.services.issuing.papers import printed_values, render_checked, template_of
from app.services.selection.nominees import open_nominees
from app.services.selection.notice_entries import entries_of
from app.services.selection.notice_papers import PAGE, PAPER, POSTER, notice_values, taken, web_form
from app.services.selection.notices import CONTACT, rare_in
from app.services.selection.proposals import before_notice
from app.services.selection.publication import draft_of
from app.services.selection.round_files import Paper
from app.services.selection.round_paper_values import request_as_drafted, round_call_as_drafted

Writer = Callable[[OpenItem, Template], Written]


@dataclass(frozen=True)
class _Kind:
    """A paper that a step lets go: its template, what it is called where there are several, and what writes it from the draft."""

    template: str
    title: str
    write: Writer


def draft_forms(node: NodeInfo) -> Sequence[tuple[str, str]]:
    """Return the forms in which the draft of a step's paper can be looked at, by template and title; none where it decides on none."""
    return [(kind.template, kind.title) for kind in _KINDS.get(node.properties.get("records", ""), ())]


def open_draft(context: Context, *, actor: Actor, item_id: int, form: str = "") -> Paper:
    """Return the paper that a work item decides on, marked and without a number, for who may do the work item: PDF or web page.

    Rendered apart and outside of any transaction; what could not be issued is refused here with the same sentence, before it is
    signed. Writes the case's history, nothing else. Raises as `work_items.take`, `NotFound` where the step has no draft in this form.
    """
    with context.reading() as tx:
        opened = take(tx, actor=actor, item_id=item_id)
        kinds = _KINDS.get(opened.node.properties.get("records", ""), ())
        kind = next((each for each in kinds if form in ("", each.template)), None)
        if kind is None:
            raise NotFound("paper.no_draft", "这项待办没有文书草稿。请回到待办页面办理。")
        template = template_of(tx, opened.work.the_round.procedure, kind.template)
        written = kind.write(opened, template)
        case_id, now = opened.work.case.id, tx.now
    name, is_page = f"{written.title}（{DRAFT}）", kind.template == PAGE
    if is_page:
        content = _page(template, written, synthetic=context.synthetic)
    else:
        content = _rendered(template, written, synthetic=context.synthetic, at=now)
    with context.transaction() as tx:
        case = tx.session.get_one(Case, case_id, with_for_update=True)
        audit.record_on_case(tx, case, actor=actor, action="downloaded", subject=name[:120])
    return Paper(f"{name}.{'html' if is_page else 'pdf'}", io.BytesIO(content))


def _page(template: Template, written: Written, *, synthetic: bool) -> bytes:
    """Return the web page, which says in its title that it is a draft: a page has no margin for a watermark."""
    shown = {**written.values, "title": f"〔{DRAFT}，未发布〕{written.values['title']}"}
    return web_form(template, shown, synthetic=synthetic).encode()


def _rendered(template: Template, written: Written, *, synthetic: bool, at: datetime) -> bytes:
    flags = {spec.name: True for spec in template.metadata.fields if spec.name == "draft" and spec.type == "flag"}
    marked, shown = as_draft(template, {**written.values, **flags}, word=DRAFT)
    printed = printed_values(marked, shown, synthetic=synthetic)
    return render_checked(marked, printed, created_at=at, expected=[DRAFT, *filter(None, written.expected)])


def _decision(opened: OpenItem, template: Template) -> Written:
    return decision_as_drafted(opened.work, template.metadata)


def _notice(opened: OpenItem, template: Template) -> Written:
    """Write the notice that waits for its review."""
    work = opened.work
    draft = draft_of(work)
    if draft is None:
        raise DomainError("notice.no_draft", "没有找到待发布的公示稿。请先起草公示。")
    return _as_published(work, template, _Words(draft.title, draft.body, json.loads(draft.contact_json), work.settings.rare))


def _notice_draft(opened: OpenItem, template: Template) -> Written:
    """Write the notice from what is saved of its form, for who drafts it."""
    filled = _saved(opened.work.tx, opened)
    contact = {key: text(filled, key) for key in CONTACT} | {"days": whole(filled, "days")}
    words = _Words(text(filled, "title"), text(filled, "body"), contact, rare_in(filled))
    return _as_published(opened.work, template, words)


@dataclass(frozen=True)
class _Words:
    """What somebody has written of a notice, and how its rare characters are sorted."""

    title: str
    body: str
    contact: Mapping[str, Any]
    rare: tuple[RareCharacter, ...]


def _as_published(work: CaseWork, template: Template, words: _Words) -> Written:
    """Write a notice with the list and the window that it would have if it went out today."""
    nominees = before_notice(work, open_nominees(work))
    entries, note = entries_of(nominees, sort_by=work.settings.sort_by, rare=words.rare)
    days, counting = words.contact["days"], cast(Any, work.settings.notice_counting)
    window = open_notice(work.tx.today, days=days, calendar=work.calendar, counting=counting)
    shown = PublicNotice(  # never added to the session: what is looked at is not published
        title=words.title,
        body=words.body,
        contact_json=json.dumps(words.contact, ensure_ascii=False),
        entries_json=json.dumps(entries, ensure_ascii=False),
        sort_note=note,
        published_at=work.tx.now,
        ends_at=window.ends_at,
    )
    paper = template_of(work.tx, work.the_round.procedure, PAPER)  # whose fixed words all forms show
    values = taken(template, notice_values(shown, paper.metadata, counting=counting, days=days))
    return Written(words.title, values, [str(entry["name"]) for entry in entries])


def _call(opened: OpenItem, template: Template) -> Written:
    """Write the call for nominations from the plan that waits for its approval."""
    return round_call_as_drafted(_desk(opened.work, template), number="")


def _request(opened: OpenItem, template: Template) -> Written:
    """Write the request from what is saved of its form; there is no draft of it before the form is handed in."""
    work = opened.work
    filled = _saved(work.tx, opened)
    kept = {key: text(filled, key) for key in ("body", "notice_summary", "signatory", "addressees")}
    desk = _desk(work, template)
    return request_as_drafted(desk, title=text(filled, "title"), kept={**kept, "winners": winner_rows(work)}, number="")


def _saved(tx: Transaction, opened: OpenItem) -> dict[str, Any]:
    view = open_form(tx, opened)
    return {**{field.key: field.default for field in view.spec.fields}, **view.initial}


def _desk(work: CaseWork, template: Template) -> Desk:
    row = OfficialDocument(title="", values_json="{}")  # never added to the session, and given no number
    return Desk(work.tx, work.case, work.the_round, work.loaded, template, row)


def _notices(write: Writer) -> tuple[_Kind, ...]:
    return _Kind(PAPER, "公示（A4）", write), _Kind(POSTER, "张贴版（A3）", write), _Kind(PAGE, "网页", write)


_KINDS: Mapping[str, tuple[_Kind, ...]] = {
    "record_decision_signing": (_Kind("decision", "决定", _decision),),
    "record_notice_draft": _notices(_notice_draft),
    "record_publication_review": _notices(_notice),
    "record_approval_request": (_Kind("request", "请示", _request),),
    "record_plan_approval": (_Kind("round-call", "评选通知", _call),),
}
"""By the recorder of the step that lets the paper go; the first form is the one that is meant where none is named."""
