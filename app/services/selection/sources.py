"""The named lists that forms choose from or repeat groups for."""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import bindparam, select

from app.domain.actors import Role
from app.domain.scoring import show
from app.formkit.sources import SourceItem
from app.persistence.models import OrgUnit, PanelMember, Recusal, RoleGrant, User
from app.services.casework.case_work import CaseWork
from app.services.registry import Source
from app.services.selection.eligibility_checks import clause_items
from app.services.selection.nominees import Nominee, open_nominees, reserves
from app.services.selection.panels import RESERVE
from app.services.selection.proposals import on_the_list
from app.services.selection.scoring import indexes_of

_UNITS = (
    select(OrgUnit.id, OrgUnit.name)
    .where(OrgUnit.kind.in_(bindparam("kinds", expanding=True)), OrgUnit.valid_to.is_(None))
    .order_by(OrgUnit.name)
)


def _units(work: CaseWork, *kinds: str) -> list[SourceItem]:
    return [SourceItem(str(unit_id), name) for unit_id, name in work.tx.session.execute(_UNITS, {"kinds": kinds})]


def local_offices(work: CaseWork) -> Sequence[SourceItem]:
    """Return streets, industry offices and the union: who may hold a quota."""
    return _units(work, "street", "industry_office", "union")


def employers(work: CaseWork) -> Sequence[SourceItem]:
    """Return the employers that are registered."""
    return _units(work, "employer")


def departments(work: CaseWork) -> Sequence[SourceItem]:
    """Return the departments that can be asked for an opinion."""
    return _units(work, "department")


def inspectors(work: CaseWork) -> Sequence[SourceItem]:
    """Return the people with the role of an inspector who did nothing that keeps them from this case."""
    query = (
        select(User.id, User.name)
        .join(RoleGrant, RoleGrant.user_id == User.id)
        .outerjoin(Recusal, (Recusal.user_id == User.id) & (Recusal.case_id == work.case.id))
        .where(RoleGrant.role == Role.INSPECTOR.value, User.active.is_(True), Recusal.case_id.is_(None))
        .distinct()
        .order_by(User.name, User.id)
    )
    return [SourceItem(str(user_id), name) for user_id, name in work.tx.session.execute(query)]


def _nominee(each: Nominee, *, help_: str = "") -> SourceItem:
    return SourceItem(str(each.case_id), f"{each.nomination.name}（{each.nomination.employer.name}）", help_)


def round_nominees(work: CaseWork) -> Sequence[SourceItem]:
    """Return the nominees of the round whose cases are open."""
    return [_nominee(each) for each in open_nominees(work)]


def ranked_nominees(work: CaseWork) -> Sequence[SourceItem]:
    """Return whom a list may be made of, in order of rank, with scores in the label."""
    items = []
    for each in reserves(work, open_nominees(work)):
        score = show(_decimal(each.nomination.final_score))
        label = f"第{each.nomination.rank}名 {each.nomination.name}（{each.nomination.employer.name}） {score}分"
        items.append(SourceItem(str(each.case_id), label, each.nomination.rank_note))
    return items


def listed_nominees(work: CaseWork) -> Sequence[SourceItem]:
    """Return who stands on the proposed list."""
    return [_nominee(each) for each in on_the_list(work)]


def _decimal(text: str | None) -> Decimal:
    return Decimal(text or "0")


def scoring_indexes(work: CaseWork) -> Sequence[SourceItem]:
    """Return the scoring indexes of the round with their points as maximum."""
    return [SourceItem(each.code, each.name, each.help, maximum=str(each.points)) for each in indexes_of(work)]


def reserve_experts(work: CaseWork) -> Sequence[SourceItem]:
    """Return the reserves of the panel that have not been called, in order."""
    query = (
        select(User.id, User.name)
        .join(PanelMember, PanelMember.user_id == User.id)
        .where(PanelMember.round_id == work.the_round.id, PanelMember.state == RESERVE)
        .order_by(PanelMember.place)
    )
    return [SourceItem(str(user_id), name) for user_id, name in work.tx.session.execute(query)]


SOURCES = (
    Source("local_offices", "街道、产业办和工会", local_offices),
    Source("employers", "工作单位", employers),
    Source("departments", "联审部门", departments),
    Source("inspectors", "考察人员", inspectors),
    Source("round_nominees", "本轮候选人", round_nominees),
    Source("ranked_nominees", "可拟定的人选", ranked_nominees),
    Source("listed_nominees", "名单上的人选", listed_nominees),
    Source("scoring_indexes", "评分指标", scoring_indexes),
    Source("eligibility_rules", "参评条件", clause_items),
    Source("reserve_experts", "候补专家", reserve_experts),
)
