"""The lists of a round's pages as XLSX: what the page shows to this viewer, with control totals, the filter and the moment. Each export is in the audit log."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.documents.spreadsheets import Column, Sheet, write_xlsx
from app.domain.actors import Actor, role_title
from app.domain.clock import local
from app.domain.errors import NotAllowed
from app.domain.permissions import Permission, is_permitted
from app.domain.scoring import show
from app.persistence.queries import round_nominees, round_progress, round_ranking
from app.persistence.queries.round_nominees import OPEN, Wanted
from app.services import audit
from app.services.context import Context, Transaction
from app.services.selection.round_view import (
    CHANNELS,
    RoundView,
    late_phrase,
    late_rows,
    open_round,
    progress_of,
    refuse_party,
    rule,
)
from app.services.selection.skill_titles import skill_title


@dataclass(frozen=True)
class Export:
    """A file and what it is called."""

    name: str
    content: bytes


def nominees(context: Context, *, actor: Actor, round_id: int, wanted: Wanted, filter_words: Sequence[str]) -> Export:
    """Return the list of nominees as it is filtered; only those of whom the actor may know. Writes an audit event."""
    with context.transaction() as tx:
        view = _open(tx, actor, round_id, Permission.EXPORT_ROUND)
        found = round_nominees.every(tx.session, actor=actor, round_id=round_id, wanted=wanted)
        rows = [
            {
                **{key: getattr(row, key) for key in ("number", "name", "employer", "office", "post", "rank")},
                "skill_level": skill_title(row.skill_level),
                "channel": CHANNELS.get(row.channel, ""),
                "stage": view.stage(row.stage),
                "outcome": view.outcome(row.outcome) or "办理中",
                "since": row.since,
            }
            for row in found
        ]
        columns = (
            Column("number", "办件编号", width=16), Column("name", "姓名", width=12), Column("employer", "工作单位", width=32),
            Column("office", "街道（产业办）", width=18), Column("post", "岗位", width=18), Column("skill_level", "技能等级", width=12),
            Column("channel", "推荐渠道", width=12), Column("rank", "推荐顺序", "number", 10), Column("stage", "当前环节", width=16),
            Column("outcome", "结果", width=16), Column("since", "进入环节日期", "date", 14),
        )  # fmt: skip
        shown = f"筛选条件：{'；'.join(filter_words) or '全部'}"
        return _file(tx, actor, view, "候选人名单", [Sheet("候选人名单", columns, rows, notes=(view.head.title, shown))])


def ranking(context: Context, *, actor: Actor, round_id: int) -> Export:
    """Return the ranking with raw scores, experts without names, and the rule in words. Writes an audit event."""
    with context.transaction() as tx:
        view = _open(tx, actor, round_id, Permission.EXPORT_ROUND)
        if not is_permitted(actor, Permission.SEE_RANKING):
            raise NotAllowed("round.ranking", "您的角色不能查看评分和排序。")
        refuse_party(tx, actor=actor, round_id=round_id)
        found = round_ranking.ranking(tx.session, actor=actor, round_id=round_id)
        notes = (view.head.title, *rule(view.settings))
        summary = Sheet("评分汇总", _ranking_columns(found.experts), [_ranking_row(row) for row in found.rows], notes=notes)
        names = {row.case_id: (row.number, row.name) for row in found.rows}
        sheets = Sheet(
            "各专家评分", _sheet_columns(view), list(_sheet_rows(tx, view, names)), notes=(view.head.title, "专家不记名。")
        )
        return _file(tx, actor, view, "评分汇总表", [summary, sheets])


def _ranking_columns(experts: int) -> list[Column]:
    return [
        Column("rank", "名次", "number", 8), Column("number", "办件编号", width=16), Column("name", "姓名", width=12),
        Column("employer", "工作单位", width=32), Column("frontline_years", "一线年限", "number", 10),
        *(Column(f"expert{number}", f"专家{number}", "number", 9) for number in range(1, experts + 1)),
        Column("expert_score", "专家评审得分", width=14), Column("inspection_score", "实地考察得分", width=14),
        Column("final_score", "综合得分", width=12), Column("exact", "未舍入的得分", width=24),
        Column("shortlisted", "入围考察", width=10), Column("proposed", "拟入选", width=10),
        Column("note", "说明", width=60),
    ]  # fmt: skip


def _ranking_row(row: round_ranking.RankedRow) -> Mapping[str, Any]:
    scores = {"expert_score": row.expert_score, "inspection_score": row.inspection_score, "final_score": row.final_score}
    return {
        **{key: getattr(row, key) for key in ("rank", "number", "name", "employer", "frontline_years", "note")},
        **{f"expert{number}": total for number, total in row.sheets.items()},
        **{key: "" if score is None else show(score) for key, score in scores.items()},
        "exact": str(row.final_score if row.final_score is not None else row.expert_score),
        "shortlisted": "是" if row.shortlisted else "否",
        "proposed": "是" if row.proposed else "否",
    }


def _sheet_columns(view: RoundView) -> list[Column]:
    indexes = [Column(index.code, f"{index.name}（{index.points}）", "number", 18) for index in view.settings.indexes]
    heads = [Column("number", "办件编号", width=16), Column("name", "姓名", width=12), Column("expert", "专家", width=10)]
    return [*heads, *indexes, Column("total", "总分", "number", 10)]


def _sheet_rows(tx: Transaction, view: RoundView, names: Mapping[int, tuple[str, str]]) -> Iterable[Mapping[str, Any]]:
    for case_id, column, scores in round_ranking.index_sheets(tx.session, round_id=view.head.id):
        if case_id in names:
            number, name = names[case_id]
            yield {"number": number, "name": name, "expert": f"专家{column}", **scores, "total": sum(scores.values())}


def progress(context: Context, *, actor: Actor, round_id: int) -> Export:
    """Return funnel, quotas and what is late, a sheet each. Writes an audit event."""
    with context.transaction() as tx:
        view = _open(tx, actor, round_id, Permission.EXPORT_ROUND)
        counted = progress_of(tx, view)
        bars = [{"stage": bar.title, "here": bar.here, "reached": bar.reached} for bar in counted.bars]
        stages = (
            Column("stage", "环节", width=18),
            Column("here", "现在此环节", "number", 12, total=True),
            Column("reached", "到达过", "number"),
        )
        quotas = [
            {
                "unit": row.unit,
                "quota": row.quota,
                "supplement": row.supplement,
                "used": row.used,
                "gone": row.gone,
                "reason": row.reason,
            }
            for row in round_progress.quotas(tx.session, round_id=round_id)
        ]
        places = (
            Column("unit", "推荐单位", width=28), Column("quota", "名额", "number", total=True),
            Column("supplement", "追加", "number", total=True), Column("used", "已用", "number", total=True),
            Column("gone", "其中已退出或未通过", "number", total=True),
            Column("reason", "追加理由", width=40),
        )  # fmt: skip
        late = [
            {"step": row.step, "role": role_title(row.role), "unit": row.unit, "person": row.person, "count": row.count,
             "days": late_phrase(tx, row.oldest_due), "due": row.oldest_due}
            for row in late_rows(tx, actor=actor, round_id=round_id)
        ]  # fmt: skip
        overdue = (
            Column("step", "步骤", width=18), Column("role", "角色", width=20), Column("unit", "单位", width=28),
            Column("person", "承办人", width=12), Column("count", "件数", "number", total=True), Column("days", "最长超期"),
            Column("due", "最早到期", "date"),
        )  # fmt: skip
        notes = (view.head.title,)
        sheets = [Sheet("进度", stages, bars, notes), Sheet("名额", places, quotas, notes), Sheet("超期", overdue, late, notes)]
        return _file(tx, actor, view, "进度表", sheets)


def filter_words(view: RoundView, wanted: Wanted, *, office: str = "", employer: str = "") -> list[str]:
    """Return what a list is filtered by, in words for the page and for the file."""
    words = [f"搜索“{wanted.q}”"] if wanted.q else []
    words += [f"环节：{view.stage(wanted.stage)}"] if wanted.stage else []
    words += [f"街道（产业办）：{office}"] if office else []
    words += [f"单位：{employer}"] if employer else []
    words += [f"渠道：{CHANNELS.get(wanted.channel, wanted.channel)}"] if wanted.channel else []
    if wanted.outcome:
        words.append("结果：办理中" if wanted.outcome == OPEN else f"结果：{view.outcome(wanted.outcome)}")
    return words


def export_file(tx: Transaction, *, actor: Actor, round_id: int, title: str, sheets: Sequence[Sheet]) -> Export:
    """Return sheets of a round as a file, for who may export. Writes an audit event."""
    return _file(tx, actor, _open(tx, actor, round_id, Permission.EXPORT_ROUND), title, sheets)


def _open(tx: Transaction, actor: Actor, round_id: int, permission: Permission) -> RoundView:
    if not is_permitted(actor, permission):
        raise NotAllowed("round.export", "您的角色不能导出本轮的名单。")
    return open_round(tx, round_id=round_id)


def _file(tx: Transaction, actor: Actor, view: RoundView, title: str, sheets: Sequence[Sheet]) -> Export:
    content = write_xlsx(sheets, made_at=tx.now)
    audit.record(tx, actor=actor, action="exported", subject=f"{view.head.title} {title}"[:120])
    return Export(f"{view.head.title}-{title}-{local(tx.now):%Y%m%d-%H%M}.xlsx", content)
