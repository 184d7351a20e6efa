"""Opinions of the departments (domain handbook 1.7)."""

from collections.abc import Mapping

from sqlalchemy import or_, select

from app.domain.fields import Values
from app.engine.types import Variable
from app.persistence.models import WorkItem
from app.services.casework.case_work import CaseWork
from app.services.casework.form_values import refusal, text
from app.services.issuing.file_papers import ask_for
from app.services.registry import Operation, Recorder

NODE, COUNTERSIGN = "joint_check", "countersign_opinion"
OBJECTION = "objection"


def open_joint_check(work: CaseWork, params: Mapping[str, Variable]) -> Variable:
    """Return the ids of the departments that the plan names; none at all means that nobody is asked.

    Side effect: where somebody is asked, the letter that asks is made after the commit.
    """
    if work.settings.departments:
        ask_for(work, "opinion_letter")
    return list(work.settings.departments)


def record_opinion(work: CaseWork, values: Values) -> dict[str, Variable]:
    """Accept a department's reply; an objection says what it rests on. The submission is the record. Writes nothing."""
    if text(values, "opinion") == OBJECTION and len(text(values, "reply_note")) < 5:
        raise refusal("reply_note", "有异议的，请写明事项、时间和依据（只写结论，不抄录案卷）。")
    return {}


def record_second_review(work: CaseWork, values: Values) -> dict[str, Variable]:
    """Say which departments countersign: those that are asked, where the plan wants it (domain handbook 1.17). Writes nothing."""
    return {"countersigning": list(work.settings.departments) if work.settings.department_countersign else []}


def record_countersign(work: CaseWork, values: Values) -> dict[str, Variable]:
    """Accept what a department's leader says; who objects says what it rests on. The submission is the record. Writes nothing."""
    if text(values, "countersign_decision") == OBJECTION and len(text(values, "opinion")) < 5:
        raise refusal("opinion", "有异议的，请写明事项、时间和依据（只写结论，不抄录案卷）。")
    return {}


def conclude_joint_check(work: CaseWork, params: Mapping[str, Variable]) -> Variable:
    """Tell whether any department has an objection; of several rounds of asking the last reply of a department counts.

    Its leader speaks after who replied: who agrees confirms the reply, who objects goes before it.
    """
    replies = work.tx.session.execute(
        select(WorkItem.item, WorkItem.decision)
        .where(WorkItem.case_id == work.case.id, WorkItem.node_id.in_((NODE, COUNTERSIGN)), WorkItem.state == "done")
        .where(or_(WorkItem.node_id == NODE, WorkItem.decision == OBJECTION))
        .order_by(WorkItem.completed_at, WorkItem.id)
    ).all()
    return OBJECTION in dict(replies).values()


OPERATIONS = (
    Operation("open_joint_check", "发出征求意见", "给出方案列明的联审部门。", open_joint_check, {}),
    Operation("conclude_joint_check", "汇总部门意见", "有任何部门提出异议时为真。", conclude_joint_check, {}),
)
RECORDERS = (
    Recorder("record_opinion", "登记部门意见", "有异议的须写明依据。", record_opinion, ()),
    Recorder("record_second_review", "第二人复核", "给出要负责人会签的部门。", record_second_review, ("countersigning",)),
    Recorder("record_countersign", "部门负责人会签", "有异议的须写明依据。", record_countersign, ()),
)
