"""Experts who do not answer or cannot come: reminded, replaced by the reserves in their order, or drawn anew (handbook 1.8)."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from app.domain.fields import Values
from app.engine.types import Variable
from app.persistence.models import PanelMember, User
from app.services.casework.case_work import CaseWork
from app.services.casework.form_values import refusal, text
from app.services.registry import Operation, Prefill, Recorder
from app.services.selection.panels import DECLINED, DRAWN, REPLACED, RESERVE, members_of, shortage

WAIT, SUBSTITUTE = "wait", "substitute"
_ABSENT = {DRAWN: "没有回复", DECLINED: "不能参加"}


def panel_shortage(work: CaseWork, params: Mapping[str, Variable]) -> Variable:
    """Return how many experts are missing: seats that nobody has accepted, or too few who may judge somebody. Writes recusals."""
    return shortage(work)


def record_absence(work: CaseWork, values: Values) -> dict[str, Variable]:
    """Keep what becomes of experts who have not promised: they are waited for, replaced in the order of the reserves, or drawn anew.

    Writes the states of the panel and an event in the history. Refuses to wait for nobody and to replace without enough reserves.
    """
    decision, members = text(values, "absent_decision"), members_of(work)
    absent = [each for each in members if each.state in _ABSENT]
    if decision == WAIT:
        if not any(each.state == DRAWN for each in absent):
            raise refusal("absent_decision", "没有还未回复的专家，不用再等。请选择更换或补抽。")
        return {}
    reserves = [each for each in members if each.state == RESERVE]
    called = _substitutes(absent, reserves) if decision == SUBSTITUTE else []
    for each in absent:
        each.state = REPLACED
    for each in called:
        each.state = DRAWN
    detail = {
        "decision": decision,
        "replaced": [each.user_id for each in absent],
        "called": [each.user_id for each in called],
        "reason": text(values, "opinion"),
    }
    work.note("panel_replaced", subject=f"更换{len(absent)}名专家", detail=detail)
    return {}


def panel_absence(work: CaseWork) -> Mapping[str, Any]:
    """Show who has not promised, and whether they have answered at all."""
    query = (
        select(User.name, PanelMember.state)
        .join(PanelMember, PanelMember.user_id == User.id)
        .where(PanelMember.round_id == work.the_round.id, PanelMember.state.in_(_ABSENT))
        .order_by(PanelMember.place)
    )
    said = [(name, _ABSENT[state]) for name, state in work.tx.session.execute(query)]
    groups = [(words, [name for name, other in said if other == words]) for words in _ABSENT.values()]
    return {"situation": "；".join(f"{words}：{'、'.join(names)}" for words, names in groups if names)}


def _substitutes(absent: list[PanelMember], reserves: list[PanelMember]) -> list[PanelMember]:
    if not absent:
        raise refusal("absent_decision", "没有缺席的专家可以更换。因回避使专家不够的，请选择补抽。")
    if len(reserves) < len(absent):
        raise refusal("absent_decision", f"要更换{len(absent)}名专家，候补只有{len(reserves)}名。请选择补抽。")
    return reserves[: len(absent)]


OPERATIONS = (
    Operation("panel_shortage", "核对专家人数", "给出缺几名专家：没有人承诺的席位，或有候选人专家不够。", panel_shortage, {}),
)
RECORDERS = (Recorder("record_absence", "处理缺席专家", "按候补次序更换没有承诺的专家，或留待补抽。", record_absence, ()),)
PREFILLS = (Prefill("panel_absence", panel_absence),)
