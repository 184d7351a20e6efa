"""What a form shows when it is opened for the first time."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from app.domain.clock import local
from app.domain.money import yuan
from app.domain.rounds import settings_from_json
from app.persistence.models import Objection, OfficialDocument, PublicNotice, QuotaAllocation
from app.services.casework.case_work import CaseWork
from app.services.issuing.official_documents import winner_rows
from app.services.issuing.papers import honor_title, honoured, ordinal
from app.services.registry import Prefill
from app.services.selection.eligibility_checks import last_submission
from app.services.selection.nominees import nomination_of, open_nominees
from app.services.selection.plan_values import plan_values
from app.services.selection.proposals import before_notice, on_the_list


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
    return values


def nomination(work: CaseWork) -> Mapping[str, Any]:
    """Show the last nomination form of the case, with the numbers that the submission masks; at first the channel that was chosen."""
    filled: dict[str, Any] = dict(last_submission(work, "nomination"))
    if not filled:
        return {}
    person = nomination_of(work).person
    return {**filled, "id_number": person.id_number, "mobile": person.mobile or ""}


def notice_draft(work: CaseWork) -> Mapping[str, Any]:
    """Write the usual text of a notice; after a return show the draft as it was."""
    draft = work.tx.session.scalars(
        select(PublicNotice).where(PublicNotice.round_id == work.the_round.id, PublicNotice.state == "draft")
    ).one_or_none()
    if draft is not None:
        return {"title": draft.title, "body": draft.body, **json.loads(draft.contact_json)}
    settings, honor = work.settings, honor_title(work.loaded.procedure.title)
    session = f"第{ordinal(work.the_round.round_no)}届“{honor}”"
    people = len(before_notice(work, open_nominees(work)))
    body = (
        f"根据{session}评选工作安排，经基层推荐、资格审查、部门联审、专家评审、实地考察，并经区人社局党组会研究，"
        f"拟授予下列{people}名同志“{honor}”称号。为广泛听取意见，接受社会监督，现将拟入选人员予以公示。"
    )
    return {
        "title": f"关于{session}拟入选人员的公示",
        "body": body,
        "days": settings.notice_days,
        "contact": settings.contact_name,
        "phone": settings.contact_phone,
        "address": settings.contact_address,
        "email": settings.contact_email,
    }


def approval_request(work: CaseWork) -> Mapping[str, Any]:
    """Write the usual request, with what the notices brought."""
    honor = honor_title(work.loaded.procedure.title)
    session = f"第{ordinal(work.the_round.round_no)}届“{honor}”"
    rows = winner_rows(work, strict=False)
    if not rows:
        return {}
    names = "、".join(row["name"] for row in rows)
    count = f"等{len(rows)}名" if len(rows) > 1 else ""
    objections = work.tx.session.scalar(select(func.count()).where(Objection.round_id == work.the_round.id)) or 0
    notices = work.tx.session.scalars(select(PublicNotice).where(PublicNotice.round_id == work.the_round.id)).all()
    last = max((notice.end_date for notice in notices if notice.end_date), default="")
    heard = f"收到异议{objections}件，均已核查处理完毕" if objections else "公示期间没有收到异议"
    return {
        "title": f"关于审定{session}名单的请示",
        "body": (
            f"{session}评选工作已完成基层推荐、资格审查、部门联审、专家评审、实地考察和社会公示，拟授予{names}{count}同志"
            f"“{honor}”称号。妥否，请批示。"
        ),
        "notice_summary": f"公示于{last}结束，{heard}。" if last else "",
    }


def decision_draft(work: CaseWork) -> Mapping[str, Any]:
    """Write the standard wording of the decision."""
    honor = honor_title(work.loaded.procedure.title)
    session = f"第{ordinal(work.the_round.round_no)}届“{honor}”"
    rows = winner_rows(work, strict=False)
    if not rows:
        return {}
    people = honoured([row["name"] for row in rows])
    body = "\n".join(
        (
            f"为大力弘扬工匠精神，建设知识型、技能型、创新型技能人才队伍，区委、区人民政府组织开展了{session}评选。",
            "经基层推荐、资格审查、部门联审、专家评审、实地考察、社会公示，并经区人民政府常务会议、区委常委会会议审定，"
            f"区委、区人民政府决定：授予{people}“{honor}”称号，颁发证书，并按有关规定给予奖励。",
            "希望受到表彰的同志珍惜荣誉、再接再厉，充分发挥示范引领和传帮带作用，在技术攻关、技能传承、人才培养中作出新的更大贡献。",
            "各单位要以受表彰的同志为榜样，健全技能人才培养、使用、评价、激励制度，营造尊重劳动、崇尚技能、鼓励创造的良好氛围。",
        )
    )
    return {
        "title": f"关于授予{people}{session}称号的决定",
        "body": body,
        "addressees": "各街道办事处，各产业办公室，区委和区级国家机关各部门，各人民团体，区直各单位",
    }


def decision_signing(work: CaseWork) -> Mapping[str, Any]:
    """Show the code of the plan and the present year."""
    return {"org_code": work.settings.decision_org_code, "document_year": local(work.tx.now).year}


def payment_batch(work: CaseWork) -> Mapping[str, Any]:
    """Show fund and tax rate of the plan, and the number of the decision as the basis."""
    number = work.tx.session.scalar(
        select(OfficialDocument.number).where(
            OfficialDocument.round_id == work.the_round.id, OfficialDocument.number.is_not(None)
        )
    )
    return {
        "fund_source": work.settings.fund_source,
        "tax_rate": work.settings.tax_rate_percent,
        "note": f"依据{number}，共{len(on_the_list(work))}人" if number else "",
    }


def payment_account(work: CaseWork) -> Mapping[str, Any]:
    """Show the winner's own name: no other is taken."""
    return {"account_name": nomination_of(work).name}


_FORMS = (
    authorization_basis, selection_plan, nomination, notice_draft, approval_request, decision_draft, decision_signing, payment_batch,
    payment_account,
)  # fmt: skip
PREFILLS = tuple(Prefill(function.__name__, function) for function in _FORMS)
