"""The panel of experts: drawn by a seed that anybody can check, sworn in, and freed of conflicts."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from sqlalchemy import bindparam, delete, select

from app.domain.conflicts import conflicts_between
from app.domain.draw import DrawResult, PoolMember, draw
from app.domain.errors import DomainError, InvalidValues, NotFound
from app.domain.fields import Values
from app.engine.types import Variable
from app.persistence.models import Nomination, PanelDraw, PanelMember, Recusal
from app.persistence.upsert import insert_unless
from app.services.casework.case_work import CaseWork
from app.services.casework.form_values import flag, refusal, rows, text, whole
from app.services.issuing.file_papers import ask_for
from app.services.letters import send_letters
from app.services.registry import Operation, Recorder
from app.services.selection.conflict_facts import applicants_of, expert_facts, nominee_facts
from app.services.selection.nominees import Nominee, open_nominees
from app.services.selection.panel_record import member_key

DRAWN, RESERVE, ACCEPTED, CALLED, DECLINED, REPLACED = "drawn", "reserve", "accepted", "called", "declined", "replaced"
KIND_TITLES = {
    "near_relative": "近亲属",
    "same_employer": "同一单位",
    "mentorship": "师徒",
    "co_author": "合作成果",
    "financial_interest": "经济利益",
    "nominator": "推荐人",
    "reviewer": "经办过审核或考察",
}
_PANEL = select(PanelMember).where(PanelMember.round_id == bindparam("round_id")).order_by(PanelMember.place)


def draw_panel(work: CaseWork, values: Values) -> dict[str, Variable]:
    """Draw the seats of the panel that nobody has accepted yet, and the reserves, from experts who may judge at least one nominee.

    Side effects: a draw record with seed, pool hash and every step; members of an earlier draw who have not accepted make way, its
    record stays. Who has declined or was replaced is not drawn again.
    Refuses a seed that was used in this round before, and a pool that is too small.
    """
    seed, settings = text(values, "seed"), work.settings
    stay = [each for each in members_of(work) if each.state not in (DRAWN, RESERVE)]
    seated, settled = len(seated_of(stay)), {each.user_id for each in stay}
    pool = [each for each in _pool(work) if each.member_id not in settled]
    size, spare = settings.panel_size - seated, settings.panel_reserves
    if stay:  # a later draw fills the seats that are left; it does not fail for want of reserves
        spare = min(spare, max(0, len(pool) - size))
    try:
        result = draw(pool, seed=seed, size=size, reserves=spare, seated=seated)
    except InvalidValues as error:
        raise refusal("seed", error.message, code=error.code) from None
    _keep_draw(work, values, result, pool)
    return {}


def _pool(work: CaseWork) -> list[PoolMember]:
    nominees = open_nominees(work)
    experts = expert_facts(work, user_ids=None, applicants=applicants_of(nominees))
    facts = nominee_facts(work, nominees, experts=experts)
    today, years = work.tx.today, work.settings.co_author_years
    pool = []
    for user_id, expert in sorted(experts.items()):
        if expert.applicant_in_round:
            continue
        if facts and all(conflicts_between(expert, nominee=each, as_of=today, co_author_years=years) for each in facts.values()):
            continue
        pool.append(PoolMember(user_id, member_key(user_id)))
    return pool


def _keep_draw(work: CaseWork, values: Values, result: DrawResult, pool: Sequence[PoolMember]) -> None:
    session, round_id, actor = work.tx.session, work.the_round.id, work.actor
    assert actor.user_id is not None
    record = {
        "pool": [member.key for member in pool],
        "seed_source": text(values, "seed_source"),
        "witnesses": text(values, "witnesses"),
        "selected": list(result.selected),
        "reserves": list(result.reserves),
        "steps": [asdict(step) for step in result.steps],
    }
    drawn = {
        "round_id": round_id,
        "seed": result.seed,
        "pool_hash": result.pool_hash,
        "record_json": json.dumps(record, ensure_ascii=False),
        "drawn_by": actor.user_id,
        "drawn_at": work.tx.now,
    }
    if not insert_unless(session, PanelDraw, drawn, taken=[PanelDraw.round_id == round_id, PanelDraw.seed == result.seed]):
        raise refusal("seed", "这个种子在本轮已经用过，结果会和上次相同。请由监督员另给一个种子。")
    before = max((each.place for each in members_of(work)), default=0)
    session.execute(delete(PanelMember).where(PanelMember.round_id == round_id, PanelMember.state.in_((DRAWN, RESERVE))))
    for place, user_id in enumerate((*result.selected, *result.reserves), start=1):
        state = DRAWN if place <= len(result.selected) else RESERVE
        session.add(PanelMember(round_id=round_id, user_id=user_id, place=before + place, state=state))


def panel_members(work: CaseWork, params: Mapping[str, Variable]) -> Variable:
    """Return the user ids of the drawn experts who have not answered, in order, and invite each of them by letter.

    The record of the draw is made after the commit; who lets the panel go is named in it as the supervisor.
    """
    members = list(
        work.tx.session.scalars(
            select(PanelMember.user_id)
            .where(PanelMember.round_id == work.the_round.id, PanelMember.state == DRAWN)
            .order_by(PanelMember.place)
        )
    )
    values = {"round_title": work.the_round.title, "due": f"{work.settings.acceptance_days}个工作日内"}
    send_letters(work, "panel_invited", to=members, key=str(work.case.audit_seq), values=values)
    ask_for(work, "draw_record", by=work.actor.user_id)
    return list(members)


def record_declaration(work: CaseWork, values: Values) -> dict[str, Variable]:
    """Keep an expert's promise with the recusals that the expert declares, or that the expert cannot come. Writes state and recusals."""
    expert_id = work.item_id
    member = next((each for each in members_of(work) if each.user_id == expert_id), None)
    if member is None:
        raise NotFound("panel.member", "您不在本轮专家名单中。请联系区人社局。")
    if flag(values, "declined"):
        member.state = DECLINED
        return {}
    if not flag(values, "accepted"):
        raise refusal("accepted", "请阅读承诺并勾选后再提交。不能参加评审的，请勾选“我不能参加本次评审”。")
    member.state, member.accepted_at = ACCEPTED, work.tx.now
    declared = {whole(row, "nominee"): row for row in rows(values, "recusals")}
    if not declared:
        return {}
    known = {each.case_id for each in open_nominees(work)}
    if set(declared) - known:
        raise refusal("recusals", "有一位候选人不在本轮名单中，请重新选择。")
    for case_id, row in declared.items():
        if (case_id, expert_id) not in _recusals(work):
            kind = KIND_TITLES.get(text(row, "kind"), "其他关系")
            reason = "：".join(filter(None, (kind, text(row, "reason"))))
            _recuse(work, case_id, expert_id, origin="declared", reason=reason)
    return {}


def assign_experts(work: CaseWork, nominees: Sequence[Nominee]) -> dict[int, list[int]]:
    """Return for each case the experts who score it, calling reserves in order where too few are left.

    Writes the conflicts that are found as recusals, and the state of reserves that are called. Raises `DomainError` naming the
    nominee for whom not enough experts are left.
    """
    members = members_of(work)
    regular = [each.user_id for each in seated_of(members)]
    spare = {each.user_id: each for each in members if each.state == RESERVE}
    barred = _barred(work)
    assigned = {}
    for nominee in nominees:
        free = [user_id for user_id in regular if (nominee.case_id, user_id) not in barred]
        for user_id in spare:
            if len(free) >= work.settings.minimum_sheets:
                break
            if (nominee.case_id, user_id) not in barred:
                free.append(user_id)
                spare[user_id].state = CALLED
        if len(free) < work.settings.minimum_sheets:
            raise DomainError(
                "panel.too_few",
                f"候选人“{nominee.nomination.name}”可评审的专家只有{len(free)}名，至少要{work.settings.minimum_sheets}名。"
                "请区人社局补抽专家后再开始评审。",
            )
        assigned[nominee.case_id] = free
    return assigned


def shortage(work: CaseWork) -> int:
    """Return how many seats of the panel nobody has accepted; at least one where somebody has too few experts, reserves included.

    Writes conflicts that are found as recusals.
    """
    members, nominees = members_of(work), open_nominees(work)
    missing = work.settings.panel_size - len(seated_of(members))
    ready = [each.user_id for each in (*seated_of(members), *(each for each in members if each.state == RESERVE))]
    barred = _barred(work)
    for nominee in nominees:
        free = sum((nominee.case_id, user_id) not in barred for user_id in ready)
        if free < work.settings.minimum_sheets:
            missing = max(missing, 1)
    return max(0, missing)


def seated_of(members: Sequence[PanelMember]) -> list[PanelMember]:
    """Return those who have promised to judge."""
    return [each for each in members if each.state in (ACCEPTED, CALLED)]


def members_of(work: CaseWork) -> Sequence[PanelMember]:
    """Return the panel with its reserves in order (one statement a step)."""
    return work.once("panel", lambda: work.tx.session.scalars(_PANEL, {"round_id": work.the_round.id}).all())


def _barred(work: CaseWork) -> set[tuple[int, int]]:
    """Return who may not judge whom, by case id and user id; what is found anew is written down (looked for once a step)."""
    return work.once("barred", lambda: _find_barred(work))


def _find_barred(work: CaseWork) -> set[tuple[int, int]]:
    known, nominees = _recusals(work), open_nominees(work)
    user_ids = [each.user_id for each in members_of(work) if each.state not in (DECLINED, REPLACED)]
    experts = expert_facts(work, user_ids=user_ids, applicants=applicants_of(nominees))
    facts, today = nominee_facts(work, nominees, experts=experts), work.tx.today
    years = work.settings.co_author_years
    for case_id, nominee in facts.items():
        for user_id, expert in experts.items():
            found = conflicts_between(expert, nominee=nominee, as_of=today, co_author_years=years)
            if found and (case_id, user_id) not in known:
                _recuse(work, case_id, user_id, origin="found", reason="".join(each.sentence for each in found))
    return known


def _recusals(work: CaseWork) -> set[tuple[int, int]]:
    """Return who is recused from whom in the round, by case id and user id (one statement a step)."""
    query = (
        select(Recusal.case_id, Recusal.user_id)
        .join(Nomination, Nomination.case_id == Recusal.case_id)
        .where(Nomination.round_id == work.the_round.id)
    )
    return work.once("recusals", lambda: {(case_id, user_id) for case_id, user_id in work.tx.session.execute(query)})


def _recuse(work: CaseWork, case_id: int, user_id: int, *, origin: str, reason: str) -> None:
    work.tx.session.add(Recusal(case_id=case_id, user_id=user_id, origin=origin, reason=reason, recorded_at=work.tx.now))
    _recusals(work).add((case_id, user_id))


OPERATIONS = (Operation("panel_members", "专家名单", "给出抽中专家的账号编号并通知他们。", panel_members, {}),)
RECORDERS = (
    Recorder("draw_panel", "抽取专家组", "用种子从专家库中抽取专家和候补，记录可复核的每一步。", draw_panel, ()),
    Recorder("record_declaration", "专家承诺", "保存专家的承诺和申报的回避。", record_declaration, ()),
)
