"""Meetings of the bodies that decide: recorded by the secretary with the minutes, never clicked by the body (handbook 1.13)."""

from app.domain.errors import DomainError
from app.domain.fields import Values
from app.engine.types import Variable
from app.persistence.models import Meeting
from app.services.casework.case_work import CaseWork
from app.services.casework.form_values import day, refusal, rows, text, whole
from app.services.registry import Recorder
from app.services.selection.checks import record_checks
from app.services.selection.eligibility_checks import last_submission
from app.services.selection.proposals import on_the_list, vacancies

DECISIONS = ("party_group_decision", "executive_decision", "standing_decision")
STRUCK = "struck"
"""The rows of a meeting's form that name whom it took off the list, with the reason."""
AGREED = frozenset({"agree", "agree_in_principle"})
_BODIES = {
    "party_group_decision": "party_group",
    "executive_decision": "executive",
    "standing_decision": "standing_committee",
}


def record_meeting(work: CaseWork, values: Values) -> dict[str, Variable]:
    """Write down a meeting and what it decided; the key of the decision tells which body it was. Refuses a day to come."""
    key = next((each for each in DECISIONS if text(values, each)), None)
    if key is None:
        raise DomainError("meeting.decision", "请选择会议决定。")
    held_on = day(values, "held_on")
    if held_on > work.tx.today:
        raise refusal("held_on", "会议日期不能晚于今天。")
    _check_struck(work, values, decision=text(values, key))
    assert work.actor.user_id is not None
    work.tx.session.add(
        Meeting(
            round_id=work.the_round.id,
            body=_BODIES[key],
            session_no=text(values, "session_no"),
            held_on=held_on.isoformat(),
            chair=text(values, "chair"),
            attendees=text(values, "attendees"),
            decision=text(values, key),
            minutes_no=text(values, "minutes_no"),
            recorded_by=work.actor.user_id,
            recorded_at=work.tx.now,
        )
    )
    return {}


def _check_struck(work: CaseWork, values: Values, *, decision: str) -> None:
    """Refuse to strike people where the list was not agreed to, strangers, and somebody twice."""
    struck = [whole(row, "nominee") for row in rows(values, STRUCK)]
    if not struck:
        return
    if decision not in AGREED:
        raise refusal(STRUCK, "会议没有同意名单的，不用逐人列出。请清空这一项，或改选会议决定。")
    if set(struck) - {each.case_id for each in on_the_list(work)}:
        raise refusal(STRUCK, "有人不在报请审定的名单上，请重新选择。")
    if len(set(struck)) < len(struck):
        raise refusal(STRUCK, "同一个人出现了两次，请删去一行。")


def record_minutes_check(work: CaseWork, values: Values) -> dict[str, Variable]:
    """Confirm what the meetings decided: who was struck off leaves the list, and reserves may move up as after an objection.

    Side effects: marks on nominations, a message to each nomination that ends, an event in the history. Answers `vacated`: how many
    places waiting reserves can fill, all of them when nobody is left. Refuses to confirm unticked (`record_checks`).
    """
    record_checks(work, values)
    meetings = [last_submission(work, form) for form in ("meeting_record_executive", "meeting_record_standing")]
    agreed = all(next((text(each, key) for key in DECISIONS if text(each, key)), "") in AGREED for each in meetings)
    if text(values, "minutes_decision") != "confirm" or not agreed:
        return {"vacated": 0}
    reasons = {whole(row, "nominee"): text(row, "reason") for each in meetings for row in rows(each, STRUCK)}
    before = on_the_list(work)
    for each in before:
        if each.case_id in reasons:
            each.nomination.proposed = False
            work.send("approval_decided", case_id=each.case_id, payload={"approved": False}, key=f"struck:{each.case_id}")
            work.note("nominee_struck", subject=each.nomination.name, detail={"reason": reasons[each.case_id]})
    return {"vacated": vacancies(work, wanted=len(before))}


RECORDERS = (
    Recorder("record_meeting", "登记会议结果", "保存会议届次、决定和纪要文号。", record_meeting, ()),
    Recorder("record_minutes_check", "核对会议结果", "核对无误后，会议取消的人选退出名单。", record_minutes_check, ("vacated",)),
)
