"""Meetings of the bodies that decide: recorded by the secretary with the minutes, never clicked by the body (handbook 1.13)."""

from app.domain.errors import DomainError
from app.domain.fields import Values
from app.engine.types import Variable
from app.persistence.models import Meeting
from app.services.casework.case_work import CaseWork
from app.services.casework.form_values import day, refusal, text
from app.services.registry import Recorder

DECISIONS = ("party_group_decision", "executive_decision", "standing_decision")
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


RECORDERS = (Recorder("record_meeting", "登记会议结果", "保存会议届次、决定和纪要文号。", record_meeting, ()),)
