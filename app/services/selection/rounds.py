"""Rounds: beginning one, its authorisation and plan, the opening and closing of nominations."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from app.domain.actors import Actor, Role
from app.domain.clock import cn_date, local
from app.domain.document_numbers import certificate_serial
from app.domain.errors import Conflict, DomainError, NotAllowed
from app.domain.fields import Values
from app.domain.permissions import Permission, is_permitted
from app.domain.rounds import AuthorizationBasis, RoundSettings, check_plan, settings_from_json, settings_to_json, with_changes
from app.domain.working_days import end_of_working_day
from app.engine.types import Variable
from app.persistence.models import Case, OrgUnit, QuotaAllocation, SelectionRound
from app.persistence.queries import receivers
from app.services.casework import cases
from app.services.casework.case_work import ROUND, CaseWork
from app.services.casework.form_values import day, refusal, rows, text, whole
from app.services.context import Context, Transaction
from app.services.issuing.file_papers import ask_for
from app.services.issuing.templates import is_deployed
from app.services.letters import send_letter
from app.services.packages import procedures
from app.services.registry import Operation, Recorder
from app.services.selection.nominees import KIND
from app.services.selection.plan_values import plan_settings, yuan_cents
from app.services.selection.round_numbers import new_number, require_same, require_year

UNSUBMITTED = ("draft", "consent", "unit_notice")
"""Stages of a nomination that no office has seen yet."""
NOMINATION_CLOSE = "nomination_close"
_LONGEST_TITLE = 120


def start_round(
    context: Context, *, actor: Actor, procedure: str, title: str, round_no: int | None = None, year: int | None = None
) -> int:
    """Begin a round on the newest version of a procedure; return the id of the round's case.

    Side effects: the round with the package's defaults, its case and first work item. Refuses without the right to start
    rounds, without a title or with one that is too long, with a number that an earlier round has or that the title contradicts,
    and with an impossible year.
    """
    if not is_permitted(actor, Permission.START_ROUND):
        raise NotAllowed("round.start", "只有区人社局经办人可以发起评选轮次。")
    if not title.strip():
        raise refusal("title", "请填写本届名称，例如：第一届“临空港工匠”评选。")
    if len(title.strip()) > _LONGEST_TITLE:
        raise refusal("title", f"本届名称不超过{_LONGEST_TITLE}个字，请缩短。")
    if year is not None:
        require_year(year)
    with context.transaction() as tx:
        version_id = procedures.current_version(tx, procedure)
        package = tx.context.procedures.get(tx.session, version_id).procedure
        if ROUND not in package.case_kinds:
            raise refusal("procedure", f"“{package.title}”不是评选，没有轮次。请选择评选事项，或在“发起办件”中办理。")
        round_ = _added(
            tx,
            SelectionRound(
                procedure=procedure,
                procedure_version_id=version_id,
                title=title.strip(),
                round_no=new_number(tx, procedure=procedure, title=title, wanted=round_no),
                year=year or local(tx.now).year,
                settings_json="{}",
                deadlines_json="{}",
                nominations_open=False,
                created_at=tx.now,
            ),
        )
        work = cases.start(
            tx, actor=actor, version_id=version_id, kind="round", title=round_.title, variables={}, round_=round_,
            owner_unit_id=actor.unit_id,
        )  # fmt: skip
        round_.case_id = work.case.id
        work.save_settings(settings_to_json(settings_from_json(package.round_defaults)))
        cases.flush(tx)
        return work.case.id


def _added(tx: Transaction, round_: SelectionRound) -> SelectionRound:
    tx.session.add(round_)
    try:
        tx.session.flush()  # the case refers to the round, and the round to the case
    except IntegrityError as error:  # somebody else has begun a round of this number in the same instant
        raise Conflict("round.twice", "另一位同事刚刚发起了同一届评选。请刷新轮次列表，核对后再发起。") from error
    return round_


def record_authorization(work: CaseWork, values: Values) -> dict[str, Variable]:
    """Keep the approval on which the round rests (domain handbook, section 0 (2)). Writes the settings of the round."""
    approved_on = day(values, "approved_on")
    if approved_on > work.tx.today:
        raise refusal("approved_on", "批准日期不能晚于今天，请对照批准文件核对。")
    basis = AuthorizationBasis(
        approving_body=text(values, "approving_body"),
        document_number=text(values, "document_number"),
        approved_on=approved_on.isoformat(),
        scope=text(values, "scope"),
        approved_winners=whole(values, "approved_winners"),
        approved_prize_cents=yuan_cents(values, "approved_prize"),
    )
    _keep(work, with_changes(work.settings, authorization=basis))
    return {}


def require_authorization(settings: RoundSettings) -> None:
    """Refuse to go public or to decide without an approval: a commendation needs one (domain handbook, section 0 (2))."""
    if not settings.authorization.approving_body or not settings.authorization.document_number:
        raise DomainError("round.no_authorization", "本轮次还没有登记批准依据，不能继续。请区人社局经办人先登记批准文件。")


def record_plan(work: CaseWork, values: Values) -> dict[str, Variable]:
    """Make the plan that was filled in the settings of the round, with its quotas and the end of nominations.

    Side effects: settings, deadline `nomination_close` (24:00 of that day), quota rows replaced, title, number and year of the
    round. Raises `InvalidValues` naming each field that cannot be carried out (`check_plan`).
    """
    settings = plan_settings(work.settings, values)
    check_plan(settings)
    closes_at = end_of_working_day(day(values, NOMINATION_CLOSE))
    if closes_at <= work.tx.now:
        raise refusal(NOMINATION_CLOSE, "申报截止日期已经过去，请改为以后的日期。")
    _require_window(work, settings)
    if settings.minimum_sheets > settings.panel_size:
        raise refusal("minimum_sheets", "最少有效评分表不能多于专家人数。")
    try:
        certificate_serial(settings.certificate_prefix, year=work.the_round.year, n=1)
    except ValueError:
        raise refusal("certificate_prefix", "证书编号前缀应为2至10个大写字母，例如LKGGJ。") from None
    if not is_deployed(work.tx, f"{work.the_round.procedure}/{settings.certificate_template}"):
        raise refusal("certificate_template", "这个证书样式还没有部署，或已停用。请另选一个，或请流程管理员先部署。")
    _identify(work, values)
    _allocate(work, values)
    _keep(work, settings)
    work.set_deadline(NOMINATION_CLOSE, closes_at)
    return {}


def _require_window(work: CaseWork, settings: RoundSettings) -> None:
    """Ask for a reason where nominations are open for fewer working days than is usual (domain handbook 1.17: 20)."""
    opens, closes = date.fromisoformat(settings.nomination_open), date.fromisoformat(settings.nomination_close)
    open_for = work.calendar.working_days_between(opens, closes) + work.calendar.is_working_day(opens)
    if open_for < settings.window_days_min and not settings.window_reason:
        sentence = f"申报时间只有{open_for}个工作日，少于{settings.window_days_min}个。请推迟截止日期，或写明缩短的理由。"
        raise refusal("window_reason", sentence)


def _identify(work: CaseWork, values: Values) -> None:
    round_ = work.the_round
    round_no = whole(values, "round_no")
    require_same(text(values, "title"), round_no)
    if round_no != round_.round_no:
        same = select(func.count()).where(SelectionRound.procedure == round_.procedure, SelectionRound.round_no == round_no)
        if work.tx.session.scalar(same):
            raise refusal("round_no", f"第{round_no}届已经有了，请填写新的届次。")
    round_.round_no, round_.year = round_no, whole(values, "year")
    round_.title = work.case.title = text(values, "title")


def _allocate(work: CaseWork, values: Values) -> None:
    quotas: dict[int, int] = {}
    for row in rows(values, "quotas"):
        unit_id = whole(row, "unit")
        if unit_id in quotas:
            raise refusal("quotas", "同一个推荐单位出现了两次，请合并成一行。")
        quotas[unit_id] = whole(row, "quota")
    if not sum(quotas.values()):
        raise refusal("quotas", "请至少给一个推荐单位分配名额。")
    _replace_quotas(work, quotas)


def _replace_quotas(work: CaseWork, quotas: dict[int, int]) -> None:
    """Write the places of a plan in place of an earlier plan's; what the leader granted beside it stays granted."""
    session, round_id = work.tx.session, work.the_round.id
    session.execute(delete(QuotaAllocation).where(QuotaAllocation.round_id == round_id, QuotaAllocation.supplement == 0))
    for kept in session.scalars(select(QuotaAllocation).where(QuotaAllocation.round_id == round_id)):
        kept.quota = quotas.pop(kept.unit_id, 0)
    session.add_all(
        QuotaAllocation(round_id=round_id, unit_id=unit_id, quota=quota, supplement=0, reason="")
        for unit_id, quota in quotas.items()
    )


def _keep(work: CaseWork, settings: RoundSettings) -> None:
    work.save_settings(settings_to_json(settings))


def grant_supplement(context: Context, *, actor: Actor, round_id: int, unit_id: int, places: int, reason: str) -> None:
    """Give a unit further places with a reason (domain handbook 1.3). Needs the right; writes the quota and the history of the round."""
    if not is_permitted(actor, Permission.GRANT_QUOTA):
        raise NotAllowed("quota.grant", "只有区人社局负责人可以追加名额。")
    if places < 1 or not reason.strip():
        raise refusal("reason" if places >= 1 else "places", "请填写追加的人数（至少1人）和理由。")
    with context.transaction() as tx:
        case_id = tx.session.scalar(select(SelectionRound.case_id).where(SelectionRound.id == round_id))
        work, _ = cases.lock(tx, case_id or 0, actor=actor)
        quota = tx.session.get(QuotaAllocation, (round_id, unit_id))
        if quota is None:
            quota = QuotaAllocation(round_id=round_id, unit_id=unit_id, quota=0, supplement=0, reason="")
            tx.session.add(quota)
        quota.supplement += places
        quota.reason = "；".join(filter(None, (quota.reason, reason.strip())))
        unit = tx.session.get_one(OrgUnit, unit_id)
        work.note("quota_granted", subject=unit.name, detail={"places": places, "reason": reason.strip()})


def record_plan_approval(work: CaseWork, values: Values) -> dict[str, Variable]:
    """Have the call for nominations made when the plan is approved (domain handbook 1.17, stage 1). Asks for the paper."""
    if text(values, "plan_decision") == "approve":
        ask_for(work, "round_call")
    return {}


def open_nominations(work: CaseWork, params: Mapping[str, Variable]) -> Variable:
    """Let units nominate from now on (from the day that the plan names).

    Refuses without an approval, and when the plan lay so long that its last day has passed.
    """
    require_authorization(work.settings)
    closes_at = work.deadline(NOMINATION_CLOSE)
    if closes_at is None or closes_at <= work.tx.now:
        raise DomainError("round.plan_late", "方案中的申报截止日期已经过去，不能开放申报。请退回修改方案。")
    work.the_round.nominations_open = True
    _announce(work)
    return None


def _announce(work: CaseWork) -> None:
    """Tell everybody who may nominate, and the offices that review what comes in (domain handbook 1.17, stage 1)."""
    roles = (Role.NOMINATING_UNIT, Role.OFFICE_CLERK, Role.OFFICE_LEADER, Role.UNION_CLERK)
    people = receivers.account_ids(work.tx.session, roles=roles)
    settings = work.settings
    opens, closes = (cn_date(day) for day in (settings.nomination_open, settings.nomination_close))
    values = {"round_title": work.the_round.title, "opens": opens, "closes": closes}
    for user_id in people:
        send_letter(work, "nominations_opened", to=user_id, key="open", values=values, link="/desk")


def close_nominations(work: CaseWork, params: Mapping[str, Variable]) -> Variable:
    """Take no further nominations; whatever no office has seen yet lapses, each by a message of its own."""
    round_ = work.the_round
    round_.nominations_open = False
    unseen = select(Case.id).where(
        Case.round_id == round_.id, Case.kind == KIND, Case.ended_at.is_(None), Case.stage.in_(UNSUBMITTED)
    )
    for case_id in work.tx.session.scalars(unseen):
        work.send("lapsed", case_id=case_id, key=f"lapsed:{case_id}")
    return None


def require_open(work: CaseWork) -> None:
    """Refuse what may only be handed in while nominations are open. Raises `Conflict`.

    The moment itself counts, not when the clock's tick notices it: a tick that comes late gives nobody more time than the others.
    """
    closes_at = work.deadline(NOMINATION_CLOSE)
    if not work.the_round.nominations_open or (closes_at is not None and work.tx.now >= closes_at):
        raise Conflict("round.closed", "本轮申报已经截止，不能再提交。如有特殊情况请联系区人社局。")


OPERATIONS = (
    Operation("open_nominations", "开放申报", "从方案写明的日期起接受推荐。", open_nominations, {}),
    Operation("close_nominations", "截止申报", "停止接受推荐，没有提交到街道或工会的推荐失效。", close_nominations, {}),
)
RECORDERS = (
    Recorder("record_authorization", "登记批准依据", "保存批准机关、文号、名额和奖金标准。", record_authorization, ()),
    Recorder("record_plan_approval", "审批方案", "方案获批后制发评选通知。", record_plan_approval, ()),
    Recorder("record_plan", "保存方案", "核对方案，保存设置、名额分配和申报截止时间。", record_plan, ()),
)
