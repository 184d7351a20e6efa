"""What a form shows when it is opened for the first time."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from math import ceil
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from app.domain.clock import cn_date, local
from app.domain.money import yuan
from app.domain.rounds import settings_from_json
from app.formkit.sources import SourceItem
from app.notify.messages import fill
from app.persistence.models import Objection, OfficialDocument, OrgUnit, Person, PublicNotice, QuotaAllocation, User
from app.services.casework.case_work import CaseWork
from app.services.issuing.official_documents import DECISION, winner_rows
from app.services.issuing.papers import honor_title, honoured, ordinal
from app.services.letters import text_of
from app.services.registry import Prefill
from app.services.selection.eligibility_checks import last_submission
from app.services.selection.nominees import nomination_of, open_nominees
from app.services.selection.plan_values import plan_values
from app.services.selection.proposals import before_notice, on_the_list
from app.services.selection.publication import LEFT, draft_of
from app.services.selection.sources import local_offices


def authorization_basis(work: CaseWork) -> Mapping[str, Any]:
    """Show what was registered before, when the step is done again."""
    basis = work.settings.authorization
    if not basis.document_number:
        return {}
    return {
        "approving_body": basis.approving_body,
        "document_number": basis.document_number,
        "approved_on": basis.approved_on,
        "scope": basis.scope,
        "approved_winners": basis.approved_winners,
        "approved_prize": yuan(basis.approved_prize_cents),
    }


def selection_plan(work: CaseWork) -> Mapping[str, Any]:
    """Show the package's defaults under what the round has decided already, with its quotas."""
    round_, basis = work.the_round, work.settings.authorization
    values = plan_values(settings_from_json(work.loaded.procedure.round_defaults)) | plan_values(work.settings)
    values |= {"title": round_.title, "round_no": round_.round_no, "year": round_.year}
    if basis.approved_winners and not work.settings.nomination_close:
        values |= {"winners": min(work.settings.winners, basis.approved_winners)}
    if basis.approved_prize_cents and not work.settings.prize_cents:
        values |= {"prize_yuan": yuan(basis.approved_prize_cents)}
    quotas = work.tx.session.scalars(select(QuotaAllocation).where(QuotaAllocation.round_id == round_.id)).all()
    if quotas:
        values["quotas"] = [{"unit": str(each.unit_id), "quota": each.quota} for each in quotas]
    elif offices := _offices(work):
        # A proposal to change: twice as many as can be honoured, shared out evenly (domain handbook 1.3).
        each_has = ceil(2 * (basis.approved_winners or work.settings.winners) / len(offices))
        values["quotas"] = [{"unit": office.key, "quota": each_has} for office in offices]
    return values


def _offices(work: CaseWork) -> list[SourceItem]:
    """Return who holds places of their own: not the unions under the district's union, which nominate within its places."""
    above = aliased(OrgUnit)
    query = select(OrgUnit.id).join(above, above.id == OrgUnit.parent_id).where(OrgUnit.kind == "union", above.kind == "union")
    branches = {str(unit_id) for unit_id in work.tx.session.scalars(query)}
    return [each for each in local_offices(work) if each.key not in branches]


def nomination(work: CaseWork) -> Mapping[str, Any]:
    """Show the last nomination form of the case, with the numbers that the submission masks; at first what is known already."""
    filled: dict[str, Any] = dict(last_submission(work, "nomination"))
    if not filled:
        return _first_nomination(work)
    person = nomination_of(work).person
    return {**filled, "id_number": person.id_number, "mobile": person.mobile or ""}


def _first_nomination(work: CaseWork) -> Mapping[str, Any]:
    """A unit nominates its own people as a rule, a union by its own channel; who nominates themselves need not say who they are."""
    case = work.case
    if case.subject_id is not None and case.subject_id == work.actor.user_id:
        person = work.tx.session.scalar(select(Person).join(User, User.person_id == Person.id).where(User.id == case.subject_id))
        known = {"name": person.name, "id_number": person.id_number, "mobile": person.mobile or ""} if person else {}
        return {"nominee_channel": "self", **known}
    kind = work.tx.session.scalar(select(OrgUnit.kind).where(OrgUnit.id == case.owner_unit_id))
    return (
        {"employer": str(case.owner_unit_id)} if kind == "employer" else {"nominee_channel": "union"} if kind == "union" else {}
    )


def notice_draft(work: CaseWork) -> Mapping[str, Any]:
    """Write the usual text of a notice; after a return show the draft as it was."""
    draft, settings = draft_of(work), work.settings
    rare = {"rare": [asdict(each) for each in settings.rare]} if settings.rare else {}
    if draft is not None:
        contact = json.loads(draft.contact_json)
        if not contact.pop(LEFT, None):
            return {"title": draft.title, "body": draft.body, **contact, **rare}
        return {**_notice_text(work), **contact, **rare}  # the text of then speaks of more people than are left
    return {
        **_notice_text(work),
        "days": settings.notice_days,
        "contact": settings.contact_name,
        "phone": settings.contact_phone,
        "address": settings.contact_address,
        "email": settings.contact_email,
        **rare,
    }


def _notice_text(work: CaseWork) -> dict[str, str]:
    """Write the usual text; a later notice of a round has one of its own, so that the public can tell them apart."""
    count = str(len(before_notice(work, open_nominees(work))))
    earlier = select(PublicNotice.id).where(PublicNotice.round_id == work.the_round.id, PublicNotice.published_at.is_not(None))
    again = work.tx.session.scalar(earlier.limit(1)) is not None
    return (_proposed(work, "notice_draft_again", count=count) if again else {}) or _proposed(work, "notice_draft", count=count)


def approval_request(work: CaseWork) -> Mapping[str, Any]:
    """Write the usual request, with what the notices brought."""
    rows = winner_rows(work, strict=False)
    if not rows:
        return {}
    objections = work.tx.session.scalar(select(func.count()).where(Objection.round_id == work.the_round.id)) or 0
    notices = work.tx.session.scalars(select(PublicNotice).where(PublicNotice.round_id == work.the_round.id)).all()
    last = max((notice.end_date for notice in notices if notice.end_date), default="")
    heard = f"收到异议{objections}件，均已核查处理完毕" if objections else "公示期间没有收到异议"
    people = honoured([row["name"] for row in rows])
    summary = f"公示于{cn_date(last)}结束，{heard}。" if last else ""
    return {**_proposed(work, "approval_request", people=people), "notice_summary": summary}


def decision_draft(work: CaseWork) -> Mapping[str, Any]:
    """Write the standard wording of the decision."""
    rows = winner_rows(work, strict=False)
    return _proposed(work, "decision_draft", people=honoured([row["name"] for row in rows])) if rows else {}


def _proposed(work: CaseWork, name: str, **values: str) -> dict[str, str]:
    """Return title and body that a text of the package proposes; nothing where the package has none."""
    template = text_of(work.tx, name, version_id=work.loaded.version_id)
    if template is None:
        return {}
    honor = honor_title(work.loaded.procedure.title)
    known = {"honor": honor, "session": f"第{ordinal(work.the_round.round_no)}届“{honor}”", **values}
    title, _, body = fill(template, known).partition("\n")
    return {"title": title.strip(), "body": body.strip()}


def decision_signing(work: CaseWork) -> Mapping[str, Any]:
    """Show the code of the plan and the present year."""
    return {"org_code": work.settings.decision_org_code, "document_year": local(work.tx.now).year}


def payment_batch(work: CaseWork) -> Mapping[str, Any]:
    """Show fund and tax rate of the plan, and the number of the decision as the basis."""
    number = work.tx.session.scalar(
        select(OfficialDocument.number).where(
            OfficialDocument.round_id == work.the_round.id,
            OfficialDocument.doc_type == DECISION,
            OfficialDocument.state == "issued",
        )
    )
    return {
        "fund_source": work.settings.fund_source,
        "tax_rate": work.settings.tax_rate_percent,
        "note": f"依据{number}，共{len(on_the_list(work))}人" if number else "",
    }


def hearing_statement(work: CaseWork) -> Mapping[str, Any]:
    """Show the nominee what the objection says, as who accepted it put it: nobody can answer what is not shown (domain handbook 1.12)."""
    return {"points": last_submission(work, "objection_acceptance").get("summary", "")}


def payment_account(work: CaseWork) -> Mapping[str, Any]:
    """Show the winner's own name: no other is taken."""
    return {"account_name": nomination_of(work).name}


_FORMS = (
    authorization_basis, selection_plan, nomination, notice_draft, approval_request, decision_draft, decision_signing, payment_batch,
    payment_account, hearing_statement,
)  # fmt: skip
PREFILLS = tuple(Prefill(function.__name__, function) for function in _FORMS)
