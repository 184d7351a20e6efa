"""What the papers of one nominee say: the letter to the departments, the nomination form, the report of the inspection."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.domain.clock import local
from app.domain.errors import DomainError
from app.domain.fields import Values
from app.domain.masking import mask_id, mask_phone
from app.persistence.models import (
    Case,
    Meeting,
    Nomination,
    OfficialDocument,
    OrgUnit,
    SiteInspection,
    Submission,
    User,
    WorkItem,
)
from app.services.casework.form_values import flag, rows, text
from app.services.issuing.file_papers import ISSUED, Desk, Written
from app.services.issuing.paper_photos import photos_in
from app.services.issuing.papers import paragraphs
from app.services.selection.joint_checks import NODE
from app.services.selection.meetings import AGREED
from app.services.selection.skill_titles import skill_title

_SEX = {"male": "男", "female": "女"}
_OPINIONS = ("preliminary_review", "recommendation", "union_review", "eligibility_review", "second_review")
"""Forms whose opinion stands on the nomination form; the template names the boxes."""
_CHECKS = ("identity_true", "skill_true", "results_true", "certificates_true", "apprentices_true", "reputation_true")


def opinion_letter(desk: Desk) -> Written:
    """Write the letter that asks the departments of the plan about a nominee and the employer; takes a document number.

    The identity number is masked: who answers looks it up in the case, and a letter travels (domain handbook 1.7, 3.4).
    """
    nomination = _nomination(desk)
    title = f"关于征求{nomination.name}推荐意见的函"
    return _letter(desk, title, asked=desk.settings.departments, about=[(nomination, desk.case.number)])


def department_letter(desk: Desk) -> Written:
    """Write the letter that asks one department again about everybody on whom its answer is missing; takes a document number."""
    unit_id = int(desk.payload["unit"])
    waiting = select(WorkItem.case_id).where(
        WorkItem.round_id == desk.round.id, WorkItem.state == "open", WorkItem.node_id == NODE, WorkItem.item == str(unit_id)
    )
    query = (
        select(Nomination, Case.number)
        .join(Case, Case.id == Nomination.case_id)
        .options(joinedload(Nomination.employer), joinedload(Nomination.person))
        .where(Nomination.case_id.in_(waiting))
        .order_by(Case.number)
    )
    about = [(nomination, number) for nomination, number in desk.tx.session.execute(query)]
    if not about:
        raise DomainError("department.answered", "这个部门已经全部反馈，不需要再发函。")
    name = desk.tx.session.get_one(OrgUnit, unit_id).name
    return _letter(desk, f"关于征求{len(about)}名推荐对象意见的函（{name}）", asked=[unit_id], about=about)


def _letter(desk: Desk, title: str, *, asked: Sequence[int], about: Sequence[tuple[Nomination, str]]) -> Written:
    settings, tx = desk.settings, desk.tx
    units = dict(tx.session.execute(select(OrgUnit.id, OrgUnit.name).where(OrgUnit.id.in_(asked))).all())
    due = tx.context.calendars.get(tx.session, now=tx.now).due_at(tx.now, settings.department_days)
    number = desk.number()
    subjects = [_subject(nomination, case_number) for nomination, case_number in about]
    values = {
        "letterhead": desk.template.metadata.signers[0],
        "document_number": number,
        "round_name": desk.session_name,
        "honor_title": desk.honor,
        "departments": [units[unit] for unit in asked if unit in units],
        "reply_by": local(due).date(),
        "working_days": settings.department_days,
        "contact": settings.contact_name,
        "phone": settings.contact_phone,
        "issuing_bodies": list(desk.template.metadata.signers),
        "document_date": tx.today,
        "subjects": subjects,
    }
    return Written(title, values, [number, *(one[key] for one in subjects for key in ("name", "case_number", "employer"))])


def _subject(nomination: Nomination, case_number: str) -> dict[str, str]:
    return {
        "name": nomination.name,
        "sex": _SEX.get(nomination.person.sex, ""),
        "id_masked": mask_id(nomination.person.id_number),
        "employer": nomination.employer.name,
        "uscc": nomination.employer.uscc or "",
        "post": nomination.post,
        "case_number": case_number,
    }


def nomination_form(desk: Desk) -> Written:
    """Fill the nomination form (A3, both sides) from what was submitted and from the opinions so far (domain handbook 1.5)."""
    nomination, filled = _nomination(desk), _last(desk, "nomination")
    person = nomination.person
    words = _Words(desk, "nomination")
    values = {
        "round_name": desk.session_name,
        "honor_title": desk.honor,
        "case_number": desk.case.number,
        "filled_on": local(desk.case.created_at).date(),
        "name": nomination.name,
        "sex": _SEX.get(person.sex, ""),
        "birth_month": f"{person.birth.year}年{person.birth.month}月",
        "id_masked": mask_id(person.id_number),
        "mobile_masked": mask_phone(person.mobile or ""),
        "employer": nomination.employer.name,
        "skill_level": skill_title(nomination.skill_level),
        "channel": words.of("nominee_channel", nomination.channel),
        **{key: words.of(key, text(filled, key)) for key in ("political_status", "education", "post_category")},
        **{key: text(filled, key) for key in ("ethnicity", "post", "occupation", "certificate_number", "certificate_issuer")},
        **{key: text(filled, key) or "0" for key in ("frontline_years", "insurance_years")},
        "certificate_date": text(filled, "certificate_date"),
        "apprentices": text(filled, "apprentices"),
        "history": list(_history(filled)),
        "honors": list(_honors(filled, words)),
        "achievements": list(_achievements(filled, words)),
        **{key: paragraphs(text(filled, key)) for key in ("deed_brief", "deed_full", "unit_statement")},
        "photo": next(iter(photos_in(desk.tx, filled, "photo", case_id=desk.case.id)), ""),
        "opinions": _opinions(desk, nomination),
    }
    return Written(f"{nomination.name}推荐审批表", values, [nomination.name, nomination.employer.name, desk.case.number])


def inspection_report(desk: Desk) -> Written:
    """Write the report of an inspection at the workplace with its points and its conclusion (domain handbook 1.10)."""
    nomination, filled = _nomination(desk), _last(desk, "site_inspection")
    found = desk.tx.session.get_one(SiteInspection, desk.case.id)
    words, members = _Words(desk, "site_inspection"), json.loads(found.members_json)
    names = dict(desk.tx.session.execute(select(User.id, User.name).where(User.id.in_(members))).all())
    values = {
        "title": desk.word("title"),
        "case_number": desk.case.number,
        "name": nomination.name,
        "employer": nomination.employer.name,
        "post": nomination.post,
        "occupation": nomination.occupation,
        "inspected_on": found.inspected_on,
        "place": text(filled, "place"),
        "members": [names[member] for member in members if member in names],
        "talked_to": text(filled, "talked_to"),
        "checks": [
            {"item": words.label(key), "result": words.of(key, text(filled, key))} for key in _CHECKS if text(filled, key)
        ],
        "difference_note": text(filled, "difference_note"),
        "report": paragraphs(found.report),
        "score": found.score,
        "conclusion": words.of("inspection_conclusion", found.conclusion),
        "photos": photos_in(desk.tx, filled, "photos", case_id=desk.case.id),
    }
    return Written(f"{nomination.name}实地考察报告", values, [nomination.name, nomination.employer.name, found.score])


class _Words:
    """What the choices of a form are called, and its fields."""

    def __init__(self, desk: Desk, form: str) -> None:
        spec = desk.loaded.forms.get(form)
        self._fields = {field.key: field for field in spec.every} if spec else {}

    def label(self, key: str) -> str:
        """Return what a field is called."""
        return self._fields[key].label if key in self._fields else key

    def of(self, key: str, value: str) -> str:
        """Return what a choice is called, the value itself when the form does not know it."""
        options = self._fields[key].options if key in self._fields else ()
        return next((option.label for option in options if option.value == value), value)


def _nomination(desk: Desk) -> Nomination:
    query = select(Nomination).options(joinedload(Nomination.employer), joinedload(Nomination.person))
    found = desk.tx.session.scalars(query.where(Nomination.case_id == desk.case.id)).one_or_none()
    if found is None:
        raise DomainError("paper.not_filled", "推荐表还没有提交，不能生成。请先填写并提交推荐表。")
    return found


def _last(desk: Desk, form: str) -> Values:
    query = select(Submission.values_json).where(Submission.case_id == desk.case.id, Submission.form_key == form)
    found = desk.tx.session.scalar(query.order_by(Submission.id.desc()).limit(1))
    return dict(json.loads(found)) if found else {}


def _history(filled: Values) -> Iterator[str]:
    for row in rows(filled, "work_history"):
        frontline = "（一线）" if flag(row, "frontline") else ""
        yield f"{text(row, 'start_month')}至{text(row, 'end_month') or '今'}　{text(row, 'unit')}　{text(row, 'post')}{frontline}"


def _honors(filled: Values, words: _Words) -> Iterator[str]:
    for row in rows(filled, "honors"):
        yield f"{text(row, 'awarded_on')}　{text(row, 'name')}（{words.of('level', text(row, 'level'))}）"


def _achievements(filled: Values, words: _Words) -> Iterator[str]:
    for row in rows(filled, "achievements"):
        effect = f"：{text(row, 'effect')}" if text(row, "effect") else ""
        yield f"{words.of('kind', text(row, 'kind'))}　{text(row, 'title')}{effect}"


def _opinions(desk: Desk, nomination: Nomination) -> Sequence[Mapping[str, Any]]:
    last: dict[str, dict[str, Any]] = {}
    if desk.payload.get("bare"):
        return [{"body": desk.word(form)} for form in _OPINIONS if form != "union_review"] + [{"body": desk.word("approval")}]
    query = (
        select(Submission.form_key, Submission.values_json, Submission.submitted_at, WorkItem.completer)
        .join(WorkItem, WorkItem.id == Submission.work_item_id)
        .where(Submission.case_id == desk.case.id, Submission.form_key.in_(_OPINIONS))
        .order_by(Submission.id)
    )
    for form, values, at, completer in desk.tx.session.execute(query):
        last[form] = {
            "opinion": text(json.loads(values), "opinion"),
            "signer": completer.replace(" · ", "　"),
            "on": local(at).date(),
        }
    return [{"body": desk.word(form), **last[form]} for form in _OPINIONS if form in last] + _decisions(desk, nomination)


def _decisions(desk: Desk, nomination: Nomination) -> list[dict[str, Any]]:
    """Return the boxes of the bureau and of the approving bodies; empty ones are there to be sealed."""
    bureau: dict[str, Any] = {"body": desk.word("bureau")}
    approved: dict[str, Any] = {"body": desk.word("approval")}
    if nomination.proposed:
        meeting = _meeting(desk)
        if meeting is not None:
            bureau |= {"opinion": desk.word("bureau_opinion", session=meeting.session_no), "on": meeting.held_on}
    number = desk.payload.get("decision")
    if number:
        approved |= {"opinion": desk.word("approval_opinion", number=str(number)), "on": _issued_on(desk, str(number))}
    return [bureau, approved]


def _meeting(desk: Desk) -> Meeting | None:
    query = select(Meeting).where(Meeting.round_id == desk.round.id, Meeting.body == "party_group", Meeting.decision.in_(AGREED))
    return desk.tx.session.scalars(query.order_by(Meeting.id.desc()).limit(1)).first()


def _issued_on(desk: Desk, number: str) -> str:
    query = select(func.max(OfficialDocument.issued_on))
    return desk.tx.session.scalar(query.where(OfficialDocument.number == number, OfficialDocument.state == ISSUED)) or ""
