"""Official documents of a round: the request for approval and the decision (domain handbook 1.13, GB/T 9704-2012)."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import select

from app.documents.metadata import Metadata, wording
from app.documents.templates import Template
from app.domain.document_numbers import DocumentNumber
from app.domain.errors import DomainError, InvalidValues
from app.domain.fields import Values
from app.engine.types import Variable
from app.persistence.models import OfficialDocument, SelectionRound
from app.services import numbers
from app.services.casework.case_work import CaseWork
from app.services.casework.form_values import day, refusal, text, whole
from app.services.context import Context, Transaction
from app.services.issuing.file_papers import Written, ask_for
from app.services.issuing.papers import (
    honor_title,
    ordinal,
    paragraphs,
    printed_values,
    render_checked,
    template_of,
    title_lines,
)
from app.services.issuing.signed_papers import finish, keep_finished
from app.services.letters import send_letter
from app.services.registry import Delivery, Operation, Recorder
from app.services.selection.notice_entries import entries_of, refuse_private
from app.services.selection.proposals import on_the_list, winners_of
from app.services.selection.rounds import require_authorization

DECISION, REQUEST = "decision", "request"
PDF = "decision_pdf"
_OPEN = ("draft", "signed")


def record_approval_request(work: CaseWork, values: Values) -> dict[str, Variable]:
    """Keep the request for approval with the list as it stands; it is numbered and made after the commit.

    Writes a document; an earlier draft is replaced, an earlier request becomes void.
    """
    kept = {key: text(values, key) for key in ("body", "notice_summary", "signatory", "addressees")}
    draft = _keep_draft(work, REQUEST, title=text(values, "title"), values={**kept, "winners": winner_rows(work)})
    ask_for(work, REQUEST, draft=draft.id)
    return {}


def record_decision_draft(work: CaseWork, values: Values) -> dict[str, Variable]:
    """Keep the draft of the decision with the list as it stands. Writes a document; refuses full numbers in the text."""
    texts = {key: text(values, key) for key in ("title", "body", "addressees", "cc", "disclosure")}
    refuse_private(texts)
    _keep_draft(work, DECISION, title=texts["title"], values={**texts, "winners": winner_rows(work)})
    return {}


def winner_rows(work: CaseWork, *, strict: bool = True) -> list[dict[str, str]]:
    """Return name, employer and post of everybody on the proposed list, in the order of the notice: never by rank.

    An empty list raises `DomainError` where it is `strict`.
    """
    entries, _ = entries_of(
        winners_of(work) if strict else on_the_list(work), sort_by=work.settings.sort_by, rare=work.settings.rare
    )
    return [{key: entry[key] for key in ("name", "employer", "post")} for entry in entries]


def _keep_draft(work: CaseWork, doc_type: str, *, title: str, values: Mapping[str, Any]) -> OfficialDocument:
    document = _find(work, doc_type, states=("draft", "signed"))
    if document is None:
        document = OfficialDocument(round_id=work.the_round.id, doc_type=doc_type, signatory="", issued_on="")
        work.tx.session.add(document)
    document.title, document.values_json, document.state = title, json.dumps(values, ensure_ascii=False), "draft"
    document.drafted_by = work.actor.user_id
    work.tx.session.flush()  # a paper that is asked for refers to the draft
    return document


def _find(work: CaseWork, doc_type: str, *, states: tuple[str, ...]) -> OfficialDocument | None:
    """Return the document of a kind that has not been issued yet, when it is in one of the states (one statement a step)."""
    query = select(OfficialDocument).where(
        OfficialDocument.round_id == work.the_round.id, OfficialDocument.doc_type == doc_type, OfficialDocument.state.in_(_OPEN)
    )
    found = work.once(doc_type, lambda: work.tx.session.scalars(query).one_or_none())
    return found if found is not None and found.state in states else None


def record_decision_signing(work: CaseWork, values: Values) -> dict[str, Variable]:
    """Keep who signed the decision, when, and the code and year of its number. A return leaves the draft as it is."""
    if text(values, "signing_decision") != "sign":
        return {}
    document = _find(work, DECISION, states=("draft", "signed"))
    if document is None:
        raise _no_draft()
    signed_on = day(values, "signed_on")
    if signed_on > work.tx.today:
        raise refusal("signed_on", "签发日期不能晚于今天。")
    try:
        DocumentNumber(text(values, "org_code"), whole(values, "document_year"), 1)
    except InvalidValues as error:
        raise refusal("org_code", error.message, code=error.code) from None
    kept = json.loads(document.values_json)
    kept |= {"org_code": text(values, "org_code"), "year": whole(values, "document_year")}
    document.signatory, document.issued_on = text(values, "signatory"), signed_on.isoformat()
    document.values_json, document.state = json.dumps(kept, ensure_ascii=False), "signed"
    return {}


def _no_draft() -> DomainError:
    return DomainError("document.no_draft", "没有找到决定的草稿。请先拟稿。")


def issue_decision(work: CaseWork, params: Mapping[str, Variable]) -> Variable:
    """Give the signed decision its number and issue it.

    Side effects: the number (one series for each code and year, never used again), the frozen list; after the commit a PDF, and the
    nomination form of everybody honoured with the decision on it.
    """
    require_authorization(work.settings)
    document = _find(work, DECISION, states=("signed",))
    if document is None:
        raise DomainError("document.not_signed", "决定还没有签发，不能编号。请先登记签发。")
    kept = json.loads(document.values_json)
    serial = numbers.next_number(work.tx, f"document:{kept['org_code']}:{kept['year']}")
    document.number = str(DocumentNumber(kept["org_code"], kept["year"], serial))
    kept["winners"] = winner_rows(work)
    document.values_json, document.state = json.dumps(kept, ensure_ascii=False), "issued"
    work.note("document_issued", subject=document.number, detail={"title": document.title, "people": len(kept["winners"])})
    work.enqueue(PDF, key=f"{PDF}:{document.id}", case_id=work.case.id, payload={"document": document.id})
    for each in winners_of(work):
        ask_for(work, "nomination_form", case_id=each.case_id, decision=document.number)
        if each.case.subject_id is not None:
            values = {"document_number": document.number}
            send_letter(work, "titled", to=each.case.subject_id, key=document.number, case_id=each.case_id, values=values)
    return None


def decision_as_drafted(work: CaseWork, said: Metadata) -> Written:
    """Return what the decision of the round would say if it were issued now: the drafted text, the list as it stands, no number.

    Reads only. `DomainError` when there is no draft.
    """
    kept_draft = _find(work, DECISION, states=_OPEN)
    if kept_draft is None:
        raise _no_draft()
    kept = {**json.loads(kept_draft.values_json), "winners": winner_rows(work)}
    shown = OfficialDocument(  # never added to the session: what is looked at is not issued
        title=kept_draft.title,
        values_json=json.dumps(kept, ensure_ascii=False),
        issued_on=kept_draft.issued_on or work.tx.today.isoformat(),
    )
    values = _decision_values(shown, said, round_no=work.the_round.round_no, honor=honor_title(work.loaded.procedure.title))
    return Written(shown.title, {**values, "document_number": ""}, [winner["name"] for winner in kept["winners"]])


def deliver_pdf(tx: Transaction, payload: Mapping[str, Any]) -> Callable[[], None]:
    """Gather what an issued decision says; what is handed back renders and signs it, and notes the hash of the file."""
    row = tx.session.execute(
        select(OfficialDocument, SelectionRound)
        .join(SelectionRound, SelectionRound.id == OfficialDocument.round_id)
        .where(OfficialDocument.id == int(payload["document"]))
    ).one()
    document, round_ = row
    template = template_of(tx, round_.procedure, "decision")
    title = tx.context.procedures.get(tx.session, round_.procedure_version_id).procedure.title
    values = _decision_values(document, template.metadata, round_no=round_.round_no, honor=honor_title(title))
    expected = [document.number or "", *(winner["name"] for winner in values["winners"])]
    printed = printed_values(template, values, synthetic=tx.context.synthetic)
    return partial(_render, tx.context, document.id, template, printed, expected=expected, at=tx.now)


def _render(
    context: Context, document_id: int, template: Template, printed: Mapping[str, Any], *, expected: Sequence[str], at: datetime
) -> None:
    pdf = render_checked(template, printed, created_at=at, expected=expected)
    paper = finish(context, pdf, name=f"决定{document_id}", reason=template.metadata.reason, at=at)
    with context.transaction() as tx:
        document = tx.session.get_one(OfficialDocument, document_id)
        document.pdf_sha256 = keep_finished(tx, template, printed, paper=paper, rendered_at=at)


def _decision_values(document: OfficialDocument, said: Metadata, *, round_no: int, honor: str) -> dict[str, Any]:
    kept = json.loads(document.values_json)
    list_title = wording(said, "list_title", number=ordinal(round_no), honor=honor)
    issued = date.fromisoformat(document.issued_on)
    return {
        "letterhead": wording(said, "letterhead"),
        "document_number": document.number,
        "title_lines": [*wording(said, "title_bodies").split("、"), *title_lines(document.title)],
        "addressees": kept["addressees"].rstrip("：:"),
        "paragraphs": paragraphs(kept["body"]),
        "attachments": [list_title],
        "issuing_bodies": list(said.signers),
        "document_date": issued,
        "list_title": list_title,
        "cc": kept["cc"],
        "print_body": wording(said, "print_body"),
        "printed_on": issued,
        "winners": kept["winners"],
    }


OPERATIONS = (Operation("issue_decision", "编号印发", "给已签发的决定编号并印发。", issue_decision, {}),)
RECORDERS = (
    Recorder("record_approval_request", "报请审定", "保存请示和名单。", record_approval_request, ()),
    Recorder("record_decision_draft", "拟稿", "保存决定草稿和名单，检查不能公开的号码。", record_decision_draft, ()),
    Recorder("record_decision_signing", "签发登记", "保存签发人、签发日期和文号要素。", record_decision_signing, ()),
)
DELIVERIES = (Delivery(PDF, "决定文件", deliver_pdf),)
