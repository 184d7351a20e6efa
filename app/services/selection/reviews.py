"""Reviews before the experts: recommendation within the quota, and the eligibility clauses."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, bindparam, select, update

from app.domain.actors import Role
from app.domain.errors import DomainError, InvalidValues
from app.domain.fields import Values
from app.domain.quota import check_quota
from app.engine.types import Variable
from app.persistence.models import Nomination, QuotaAllocation
from app.services.casework.case_work import CaseWork
from app.services.casework.form_values import refusal, text, whole
from app.services.registry import Prefill, Recorder

_CLAUSE = "clause_"
_PLACES = (
    select(QuotaAllocation)
    .where(QuotaAllocation.round_id == bindparam("round_id"), QuotaAllocation.unit_id.in_(bindparam("unit_ids", expanding=True)))
    .order_by(QuotaAllocation.unit_id)
    .limit(1)
)
_PLACES_LOCKED = _PLACES.with_for_update()
"""Two colleagues do not take the last place together."""
_TAKEN = (
    select(Nomination.recommendation_rank, Nomination.name)
    .where(
        Nomination.round_id == bindparam("round_id"),
        Nomination.quota_unit_id == bindparam("unit_id"),  # also of those who left the race: a place is used once
        Nomination.case_id != bindparam("case_id"),
    )
    .order_by(Nomination.recommendation_rank)
)


def record_recommendation(work: CaseWork, values: Values) -> dict[str, Variable]:
    """Take a nominee into the ranked list of the local office, within its quota. Writes quota unit and rank of the nomination."""
    if text(values, "rank_decision") == "accept":
        office = work.case.office_unit_id
        if office is None:
            raise DomainError("recommendation.office", "这件办件没有所属的街道或产业办，不能排序。请退回推荐单位核对工作单位。")
        _recommend(work, units={office}, rank=_rank(values))
    return {}


def record_union_recommendation(work: CaseWork, values: Values) -> dict[str, Variable]:
    """Take a nominee into the union's list, within the union's quota. Writes quota unit and rank of the nomination."""
    if text(values, "union_decision") == "accept":
        _recommend(work, units=work.actor.units_of(Role.UNION_CLERK), rank=_rank(values))
    return {}


def quota_state(work: CaseWork) -> Mapping[str, Any]:
    """Show how many places the unit has and which are taken by whom: a rank is not to be guessed (two statements)."""
    is_union = work.node is not None and work.node.node_id == "union_review"
    units = work.actor.units_of(Role.UNION_CLERK) if is_union else {work.case.office_unit_id}
    wanted = {"round_id": work.the_round.id, "unit_ids": list(units)}
    allocation = work.tx.session.scalars(_PLACES, wanted).one_or_none()
    if allocation is None:
        return {"quota_state": "本轮没有给本单位分配推荐名额，请联系区人社局。"}
    taken = _taken(work, allocation)
    used = "；已用：" + "、".join(f"第{rank}位{name}" for rank, name in taken) if taken else "；还没有人选用过"
    return {"quota_state": f"名额{allocation.quota + allocation.supplement}个{used}"}


def _taken(work: CaseWork, allocation: QuotaAllocation) -> Sequence[Row[int | None, str]]:
    about = {"round_id": work.the_round.id, "unit_id": allocation.unit_id, "case_id": work.case.id}
    return work.tx.session.execute(_TAKEN, about).all()


def _rank(values: Values) -> int:
    """Return the place in the list; the forms do not ask for one, because who sends a nomination back gives none."""
    rank = whole(values, "recommendation_rank")
    if rank < 1:
        raise refusal("recommendation_rank", "同意推荐的，请填写推荐顺序。")
    return rank


def _recommend(work: CaseWork, *, units: Collection[int], rank: int) -> None:
    session = work.tx.session
    allocation = session.scalars(_PLACES_LOCKED, {"round_id": work.the_round.id, "unit_ids": list(units)}).one_or_none()
    if allocation is None:
        raise DomainError("quota.none", "本轮没有给您单位分配推荐名额。请联系区人社局追加名额后再提交。")
    taken = [each for each, _ in _taken(work, allocation)]
    check_quota(len(taken), quota=allocation.quota, supplementary=allocation.supplement)
    places = allocation.quota + allocation.supplement
    if rank > places:
        raise refusal("recommendation_rank", f"推荐名额只有{places}个，推荐顺序应在1到{places}之间。请重新填写。")
    if rank in taken:
        used = "、".join(str(each) for each in sorted(each for each in taken if each is not None))
        raise refusal("recommendation_rank", f"第{rank}名已经给了另一位人选（已用：{used}）。请填写其他名次。")
    session.execute(
        update(Nomination)
        .where(Nomination.case_id == work.case.id)
        .values(quota_unit_id=allocation.unit_id, recommendation_rank=rank)
    )


def record_eligibility(work: CaseWork, values: Values) -> dict[str, Variable]:
    """Refuse a conclusion that its own clauses contradict; the submission itself is the record. Writes nothing.

    A clause that is not met or not clear needs its reason, and lets nobody pass.
    """
    clauses = {key: row for key, row in values.items() if key.startswith(_CLAUSE) and isinstance(row, dict)}
    doubtful = [key for key, row in clauses.items() if row.get("result") in ("fail", "unclear")]
    silent = {f"{key}-note": "请写明依据或说明。" for key in doubtful if not text(clauses[key], "note")}
    if silent:
        raise InvalidValues("eligibility.note", f"有{len(silent)}条不符合或不清楚的条件没有写明依据。", fields=silent)
    if text(values, "first_review_decision") == "pass":
        if doubtful:
            codes = "、".join(key.removeprefix(_CLAUSE) for key in doubtful)
            raise refusal("first_review_decision", f"{codes} 核对为不符合或不清楚，不能通过。请改为退回或驳回，或重新核对。")
        if text(values, "certificate_checked") == "mismatch":
            raise refusal("certificate_checked", "证书查询结果与填报不一致，不能通过。请退回补正或驳回。")
    return {}


PREFILLS = (Prefill("recommendation", quota_state), Prefill("union_review", quota_state))
RECORDERS = (
    Recorder("record_recommendation", "审核排序", "在街道（产业办）的名额内登记推荐顺序。", record_recommendation, ()),
    Recorder("record_union_recommendation", "工会推荐", "在工会的名额内登记推荐顺序。", record_union_recommendation, ()),
    Recorder("record_eligibility", "资格复核", "核对逐条结果与结论是否一致。", record_eligibility, ()),
)
