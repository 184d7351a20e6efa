"""The list of rounds, and one round: how far it is, who is late, what comes next."""

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.actors import Actor, Role, role_title
from app.domain.errors import InvalidValues
from app.domain.permissions import BUREAU, Permission, is_permitted
from app.persistence.queries import round_papers, round_progress
from app.persistence.queries import rounds as queries
from app.services.casework.item_bars import barred_items
from app.services.casework.requests import selections
from app.services.context import Transaction
from app.services.issuing.file_paper_kinds import may_read
from app.services.selection import round_view
from app.services.selection.department_letters import silent_departments
from app.services.selection.round_view import RoundView
from app.services.selection.rounds import start_round
from app.services.selection.unmade_papers import unmade_papers
from app.web import answers
from app.web.due import due_of
from app.web.guards import needs
from app.web.house import context
from app.web.identity import current_actor
from app.web.rounds import words
from app.web.rounds.group import rounds


@rounds.get("")
@needs(Permission.SEE_ROUND)
def index() -> str:
    """Show all rounds, the newest first, and how to begin one."""
    return _index_page({}, {})


@rounds.post("")
@needs(Permission.START_ROUND)
def start() -> ResponseReturnValue:
    """Begin a round and go to its page."""
    given = {name: answers.clean(request.form.get(name, ""), longest=120) for name in ("procedure", "title", "round_no", "year")}
    try:
        case_id = start_round(
            context(),
            actor=current_actor(),
            procedure=given["procedure"],
            title=given["title"],
            round_no=_number(given, "round_no", "届次应是1到999之间的整数，不填则接着上一届。"),
            year=_number(given, "year", "年份应是四位数字，不填则为今年。"),
        )
    except InvalidValues as error:
        return _index_page(given, error.fields or {"title": error.message}), 422
    with context().reading() as tx:
        row = next(row for row in queries.rounds(tx.session) if row.case_id == case_id)
    flash("评选轮次已新建。下一步请登记批准依据。")
    return redirect(url_for("rounds.show", round_id=row.id))


def _number(given: dict[str, str], field: str, sentence: str) -> int | None:
    """Return what was typed into a field that may stay empty; what is no number is refused, never taken for nothing."""
    if not given[field]:
        return None
    if not (number := answers.whole(given[field])):
        raise InvalidValues(f"round.{field}", sentence, fields={field: sentence})
    return number


def _index_page(given: dict[str, str], problems: dict[str, str]) -> str:
    may_start = is_permitted(current_actor(), Permission.START_ROUND)
    with context().reading() as tx:
        rows = queries.rounds(tx.session)
        stages = {row.id: _stage(tx, row) for row in rows}
        procedures = selections(tx) if may_start else []
    return render_template(
        "rounds/index.html", rows=rows, stages=stages, procedures=procedures, may_start=may_start, given=given, problems=problems
    )


def _stage(tx: Transaction, row: queries.RoundRow) -> str:
    loaded = tx.context.procedures.get(tx.session, row.version_id)
    ended = round_view.outcome_title(loaded, "round", row.outcome)
    stages = loaded.procedure.case_kinds["round"].stages
    now = next((stage.title for stage in stages if stage.id == row.stage), row.stage)
    return ended or (f"{now}（已暂停）" if row.is_suspended else now)


@rounds.get("/<int:round_id>")
@needs(Permission.SEE_ROUND)
def show(round_id: int) -> str:
    """Show one round."""
    actor = current_actor()
    with context().reading() as tx:
        view = round_view.open_round(tx, round_id=round_id)
        page = _overview(tx, view, actor)
    return render_template("rounds/round.html", view=view, head=view.head, **page, **_rights(actor), words=words)


def _rights(actor: Actor) -> dict[str, bool]:
    asked = {
        "may_rank": Permission.SEE_RANKING,
        "may_see_panel": Permission.SEE_PANEL,
        "may_export": Permission.EXPORT_ROUND,
        "may_move": Permission.MOVE_DEADLINE,
        "may_grant": Permission.GRANT_QUOTA,
        "may_halt": Permission.HALT_ROUND,
        "may_remake": Permission.REMAKE_PAPER,
        "may_ask": Permission.ASK_DEPARTMENT,
    }
    rights = {name: is_permitted(actor, permission) for name, permission in asked.items()}
    rights["may_follow_up"] = is_permitted(actor, Permission.FOLLOW_UP)
    rights["may_see_register"] = is_permitted(actor, Permission.SEE_REGISTER)
    rights["may_see_certificates"] = actor.has(*BUREAU)
    rights["may_see_payments"] = actor.has(Role.FINANCE_MAKER, Role.FINANCE_CHECKER)
    return rights


@dataclass(frozen=True)
class Late:
    """A line of what is overdue, with the words for how long."""

    row: round_progress.LateRow
    role: str
    days: str


def _overview(tx: Transaction, view: RoundView, actor: Actor) -> dict[str, Any]:
    session, round_id = tx.session, view.head.id
    barred = barred_items(tx, actor=actor)
    turns = round_view.turns(round_progress.open_steps(session, actor=actor, round_id=round_id, barred=barred))
    late = [
        Late(row, role_title(row.role), round_view.late_phrase(tx, row.oldest_due))
        for row in round_view.late_rows(tx, actor=actor, round_id=round_id)
    ]
    return {
        "funnel": round_view.progress_of(tx, view),
        "quotas": round_progress.quotas(session, round_id=round_id),
        "late": late,
        "turns": [(turn, due_of(tx, turn.due_at)) for turn in turns],
        "timers": round_progress.timers(session, case_id=view.head.case_id),
        "deadlines": [(*each, each[2] > tx.now) for each in round_view.moments(view.head.deadlines)],
        "notices": round_papers.notices(session, round_id=round_id),
        "meetings": round_papers.meetings(session, round_id=round_id),
        "documents": [row for row in round_papers.documents(session, round_id=round_id) if may_read(actor, row.doc_type)],
        "batches": round_papers.batches(session, round_id=round_id),
        "certificates": round_papers.certificates(session, round_id=round_id),
        "unmade": unmade_papers(tx, actor=actor, round_id=round_id),
        "silent": [(each, due_of(tx, each.due_at)) for each in silent_departments(tx, round_id=round_id)]
        if is_permitted(actor, Permission.ASK_DEPARTMENT)
        else [],
    }
