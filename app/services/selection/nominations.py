"""Nominations: who may begin one, and what becomes of one that ends."""

import json
from datetime import date, datetime

from sqlalchemy import select

from app.domain.actors import Actor, Role
from app.domain.errors import Conflict, DomainError, NotAllowed, NotFound
from app.domain.permissions import Permission, is_permitted
from app.domain.rounds import settings_from_json
from app.domain.working_days import start_of_day
from app.persistence.models import Nomination, OrgUnit, SelectionRound, Submission, WorkItem
from app.services.casework import cases
from app.services.casework.case_work import CaseWork
from app.services.context import Context, Transaction
from app.services.letters import send_letter
from app.services.registry import Ending
from app.services.selection.publication import leave_draft
from app.services.selection.rounds import NOMINATION_CLOSE

CHANNELS = ("employer", "union", "self")
LOCAL_OFFICES = ("street", "industry_office")
_TOLD = ("rejected", "not_selected", "withdrawn", "disqualified", "lapsed", "cancelled", "paid")
"""Kinds of ends of which the candidate gets a letter; the package has a text of the same name for each."""


def start_nomination(context: Context, *, actor: Actor, round_id: int, channel: str, unit_id: int) -> int:
    """Begin a nomination in a round for a unit of the actor; return the id of the work item to fill in next.

    A candidate may begin one without a unit (channel "self") when the round allows it; `unit_id` is then the local office of the
    workplace, which takes over the duties of the nominating unit. Writes the case and its first work item.
    """
    if channel not in CHANNELS:
        raise DomainError("nomination.channel", "请选择推荐渠道：单位推荐、工会推荐或社会自荐。")
    with context.transaction() as tx:
        # Shared with others who nominate, but not with the closing: whoever begins before it is seen, and lapses, by it.
        round_ = tx.session.get(SelectionRound, round_id, with_for_update={"read": True})
        if round_ is None:
            raise NotFound("round.unknown", "没有找到这个评选轮次。请从首页重新进入。")
        personally = _check_right(tx, actor, channel=channel, unit_id=unit_id)
        settings = settings_from_json(json.loads(round_.settings_json))
        _check_window(tx, round_, opens=settings.nomination_open)
        if channel == "self" and not settings.self_nomination:
            raise DomainError("nomination.self", "本轮不接受社会自荐。请由所在单位或工会推荐。")
        work = cases.start(
            tx,
            actor=actor,
            version_id=round_.procedure_version_id,
            kind="nomination",
            title="未填写姓名的推荐",
            variables={"channel": channel, "nominating_unit": unit_id},
            round_=round_,
            subject_id=actor.user_id if personally else None,
            owner_unit_id=unit_id,
        )
        cases.flush(tx)
        item = tx.session.scalars(select(WorkItem).where(WorkItem.case_id == work.case.id, WorkItem.state == "open")).one()
        if personally:
            item.assignee_id = actor.user_id
        return item.id


def _check_right(tx: Transaction, actor: Actor, *, channel: str, unit_id: int) -> bool:
    """Return whether the actor nominates themselves. Raises `NotAllowed` for a unit that is not the actor's."""
    if is_permitted(actor, Permission.START_NOMINATION) and unit_id in actor.units_of(Role.NOMINATING_UNIT):
        return False
    if channel == "self" and actor.has(Role.CANDIDATE):
        kind = tx.session.scalar(select(OrgUnit.kind).where(OrgUnit.id == unit_id, OrgUnit.valid_to.is_(None)))
        if kind in LOCAL_OFFICES:
            return True
        raise DomainError("nomination.office", "自荐由工作单位所在的街道或产业办受理，请选择一个街道或产业办。")
    raise NotAllowed("nomination.start", "您不能代表这个单位推荐。请由该单位的推荐经办人登录后办理。")


def _check_window(tx: Transaction, round_: SelectionRound, *, opens: str) -> None:
    if round_.suspended_at is not None:
        raise Conflict("round.suspended", f"本轮评选已经暂停（{round_.suspension}），恢复后再来推荐。")
    if not round_.nominations_open:
        raise Conflict("round.closed", "本轮目前不接受推荐：尚未开放，或已经截止。请留意区人社局的通知。")
    if opens and tx.now < start_of_day(date.fromisoformat(opens)):
        raise Conflict("round.not_yet", f"本轮从 {opens} 起接受推荐，请到时再来。")
    closes_at = json.loads(round_.deadlines_json).get(NOMINATION_CLOSE)
    if closes_at is not None and tx.now >= datetime.fromisoformat(closes_at):
        raise Conflict("round.closed", "本轮申报已经截止，不能再推荐。")


def kind_of_end(outcome: str | None) -> str:
    """Return what kind of end an outcome is: each end event has its own, and `rejected_by_bureau` is one of those that reject."""
    return next((kind for kind in _TOLD if outcome == kind or (outcome or "").startswith(f"{kind}_")), outcome or "")


def end_nomination(work: CaseWork, outcome: str) -> None:
    """Free the person for another nomination, unless the title was given, and tell the candidate how it ended, and why."""
    if outcome != "paid":
        found = work.tx.session.get(Nomination, work.case.id)
        if found is not None:
            found.active, found.proposed = None, False
            leave_draft(work)
    kind = kind_of_end(outcome)
    if work.case.subject_id is not None and kind in _TOLD:
        values = {"round_title": work.the_round.title, "by_unit": work.actor.unit_name, "opinion": _reason(work)}
        send_letter(work, kind, to=work.case.subject_id, key="end", values=values)


def _reason(work: CaseWork) -> str:
    """What was written in the step that ended the case; empty when no step did."""
    if work.work_item is None:
        return ""
    handed_in = work.tx.session.scalar(select(Submission.values_json).where(Submission.work_item_id == work.work_item.id))
    return str(json.loads(handed_in or "{}").get("opinion") or "")


ENDINGS = (Ending("nomination", end_nomination),)
