"""Lists of a round as spreadsheets: what is shown, with control totals and the rule that they follow."""

import json
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.documents.spreadsheets import Column, Sheet, write_xlsx
from app.domain.actors import Actor, Role
from app.domain.errors import NotAllowed, NotFound
from app.domain.masking import mask_bank
from app.domain.permissions import Permission, is_permitted
from app.persistence.models import Case, Nomination, PaymentAccount, PaymentBatch, PaymentRow, ScoreSheet, SelectionRound
from app.services import audit, cases
from app.services.context import Context, Transaction
from app.services.skill_titles import skill_title

OUTCOMES = {
    "paid": "已兑现",
    "rejected": "已驳回",
    "not_selected": "未入选",
    "withdrawn": "已撤回",
    "declined": "本人不同意",
    "disqualified": "已取消资格",
    "lapsed": "逾期失效",
}
CHANNELS = {"employer": "单位推荐", "union": "工会推荐", "self": "社会自荐"}


def nominee_list(context: Context, *, actor: Actor, round_id: int) -> bytes:
    """Return all nominees of a round with stage and outcome, and the funnel as a second sheet. Writes an event: data left the house."""
    with context.transaction() as tx:
        round_ = _round(tx, actor, round_id, Permission.EXPORT_ROUND, what="候选人名单")
        loaded = tx.context.procedures.get(tx.session, round_.procedure_version_id)
        kind = loaded.procedure.case_kinds["nomination"]
        rows = _nominees(tx, round_)
        titles = {stage.id: stage.title for stage in kind.stages}
        reached = Counter(case.stage for _, case in rows)
        columns = (
            Column("number", "办件编号", width=16), Column("name", "姓名", width=12), Column("employer", "工作单位", width=30),
            Column("post", "岗位", width=18), Column("skill", "技能等级或职称", width=16), Column("channel", "推荐渠道", width=12),
            Column("stage", "所在阶段", width=16), Column("outcome", "结果", width=12),
        )  # fmt: skip
        funnel = (Column("stage", "阶段", width=20), Column("count", "人数", "number", width=10, total=True))
        sheets = (
            Sheet("候选人", columns, (_nominee_row(nomination, case, titles) for nomination, case in rows), (round_.title,)),
            Sheet(
                "各阶段人数",
                funnel,
                [{"stage": stage.title, "count": reached[stage.id]} for stage in kind.stages],
                ("人数按最后所在阶段统计",),
            ),
        )
        return write_xlsx(sheets, made_at=tx.now)


def _nominee_row(nomination: Nomination, case: Case, titles: dict[str, str]) -> dict[str, Any]:
    return {
        "number": case.number,
        "name": nomination.name,
        "employer": nomination.employer.name,
        "post": nomination.post,
        "skill": skill_title(nomination.skill_level),
        "channel": CHANNELS.get(nomination.channel, nomination.channel),
        "stage": titles.get(case.stage, case.stage),
        "outcome": OUTCOMES.get(case.outcome or "", "" if case.outcome is None else case.outcome),
    }


def ranking(context: Context, *, actor: Actor, round_id: int) -> bytes:
    """Return the ranking with every score to the last digit; the experts stand there as 专家1, 专家2. Writes an event."""
    with context.transaction() as tx:
        round_ = _round(tx, actor, round_id, Permission.SEE_RANKING, what="评分排名")
        rows = sorted(
            (pair for pair in _nominees(tx, round_) if pair[0].rank is not None), key=lambda pair: (pair[0].rank or 0, pair[1].id)
        )
        sheets = tx.session.scalars(
            select(ScoreSheet).where(ScoreSheet.round_id == round_id).order_by(ScoreSheet.expert_id)
        ).all()
        # The same expert has the same number in every row; no column names anybody.
        experts = {expert: place for place, expert in enumerate(dict.fromkeys(sheet.expert_id for sheet in sheets), start=1)}
        totals = {(sheet.case_id, experts[sheet.expert_id]): Decimal(sheet.total) for sheet in sheets}
        columns = (
            Column("rank", "名次", "number", width=8), Column("name", "姓名", width=12), Column("employer", "工作单位", width=30),
            *(Column(f"expert{place}", f"专家{place}", "number", width=9) for place in experts.values()),
            Column("expert", "专家得分", "number", width=22), Column("inspection", "考察得分", "number", width=10),
            Column("final", "综合得分", "number", width=22), Column("note", "说明", width=50),
        )  # fmt: skip
        notes = (round_.title, f"考察占比 {json.loads(round_.settings_json).get('inspection_share')}，按未四舍五入的得分排名")
        return write_xlsx([Sheet("排名", columns, _ranking_rows(rows, totals), notes)], made_at=tx.now)


def _ranking_rows(rows: list[tuple[Nomination, Case]], totals: dict[tuple[int, int], Decimal]) -> Iterator[dict[str, Any]]:
    for nomination, case in rows:
        row: dict[str, Any] = {
            "rank": nomination.rank,
            "name": nomination.name,
            "employer": nomination.employer.name,
            "expert": _score(nomination.expert_score),
            "inspection": _score(nomination.inspection_score),
            "final": _score(nomination.final_score),
            "note": nomination.rank_note,
        }
        yield row | {f"expert{place}": total for (case_id, place), total in totals.items() if case_id == case.id}


def _score(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def payment_list(context: Context, *, actor: Actor, batch_id: int, whole_accounts: bool = False) -> bytes:
    """Return the rows of a batch with their sums, for the two people of the finance office. Writes an event.

    Whole account numbers, which the bank's file needs, are given only for a batch that was checked.
    """
    if not actor.has(Role.FINANCE_MAKER, Role.FINANCE_CHECKER):
        raise NotAllowed("export.payment", "只有资金经办人和复核人可以导出发放表。")
    with context.transaction() as tx:
        batch = tx.session.get(PaymentBatch, batch_id)
        if batch is None:
            raise NotFound("payment.unknown", "没有找到这张发放表。")
        if whole_accounts and batch.state not in ("checked", "settled"):
            raise NotAllowed("export.account", "发放表复核通过后，才能导出完整账号。")
        _record(tx, actor, batch.round_id, what="奖金发放表" + ("（完整账号）" if whole_accounts else ""))
        found = tx.session.execute(
            select(PaymentRow, PaymentAccount)
            .join(PaymentAccount, PaymentAccount.case_id == PaymentRow.case_id)
            .where(PaymentRow.batch_id == batch_id)
            .order_by(PaymentRow.case_id)
        ).all()
        columns = (
            Column("name", "姓名", width=16), Column("bank", "开户银行", width=24), Column("account", "账号", width=24),
            Column("gross", "应发", "money", width=14, total=True), Column("tax", "代扣税款", "money", width=14, total=True),
            Column("net", "实发", "money", width=14, total=True),
        )  # fmt: skip
        rows = [
            {"name": row.name, "bank": account.bank_name, "gross": row.gross_cents, "tax": row.tax_cents, "net": row.net_cents,
             "account": account.account if whole_accounts else mask_bank(account.account)}
            for row, account in found
        ]  # fmt: skip
        return write_xlsx([Sheet("奖金发放表", columns, rows, (f"校验值 {batch.rows_hash}",))], made_at=tx.now)


def _round(tx: Transaction, actor: Actor, round_id: int, permission: Permission, *, what: str) -> SelectionRound:
    if not is_permitted(actor, permission):
        raise NotAllowed("export.round", "您没有导出本轮数据的权限。")
    round_ = tx.session.get(SelectionRound, round_id)
    if round_ is None:
        raise NotFound("round.unknown", "没有找到这个评选轮次。")
    _record(tx, actor, round_id, what=what)
    return round_


def _record(tx: Transaction, actor: Actor, round_id: int, *, what: str) -> None:
    case_id = tx.session.scalar(select(SelectionRound.case_id).where(SelectionRound.id == round_id))
    work, _ = cases.lock(tx, case_id or 0, actor=actor)
    audit.record_on_case(tx, work.case, actor=actor, action="exported", subject=what)


def _nominees(tx: Transaction, round_: SelectionRound) -> list[tuple[Nomination, Case]]:
    rows = tx.session.execute(
        select(Nomination, Case)
        .join(Case, Case.id == Nomination.case_id)
        .options(joinedload(Nomination.employer))
        .where(Nomination.round_id == round_.id)
        .order_by(Case.number)
    )
    return [(nomination, case) for nomination, case in rows]
