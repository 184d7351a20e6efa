"""Suspending, resuming and cancelling a round, and extending the term of an objection: each with a reason that everybody reads."""

from collections.abc import Callable

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import InvalidValues, NotFound
from app.domain.permissions import Permission
from app.domain.rounds import settings_from_json
from app.persistence.queries import rounds as queries
from app.services.casework.case_file import open_case
from app.services.selection import halts, objection_terms, round_view
from app.services.selection.halts import Decision
from app.web import answers
from app.web.guards import needs
from app.web.house import context
from app.web.identity import current_actor
from app.web.rounds.group import rounds

_LONGEST_BASIS, _LONGEST_REASON = 120, 500
_KINDS = {
    "suspend": (
        "暂停",
        "暂停期间，本轮的待办不能提交，时限停止计算；异议照常办理。恢复时，各项期限按暂停的工作日数顺延。",
        halts.suspend,
    ),
    "resume": ("恢复", "恢复后可以继续办理，尚未到期的各项期限按暂停的工作日数顺延。", halts.resume),
    "cancel": ("取消", "取消后本轮全部办件到此为止，不能恢复；候选人会收到通知，正在进行的公示同时撤下。", halts.cancel_round),
}


@rounds.get("/<int:round_id>/halt/<what>")
@needs(Permission.HALT_ROUND)
def halt(round_id: int, what: str) -> str:
    """Ask on what decision and for what reason a round is suspended, resumed or cancelled."""
    return _halt_page(round_id, what, {}, {})


@rounds.post("/<int:round_id>/halt/<what>")
@needs(Permission.HALT_ROUND)
def do_halt(round_id: int, what: str) -> ResponseReturnValue:
    """Suspend, resume or cancel a round."""
    word, _, act = _kind(what)
    given = answers.typed("basis", longest=_LONGEST_BASIS) | answers.typed_lines("reason", longest=_LONGEST_REASON)
    try:
        act(context(), actor=current_actor(), round_id=round_id, decision=Decision(**given))
    except InvalidValues as error:
        return _halt_page(round_id, what, given, error.fields), 422
    flash(f"评选已{word}，依据和原因已记入办理过程。")
    return redirect(url_for("rounds.show", round_id=round_id), 303)


def _kind(what: str) -> tuple[str, str, Callable[..., object]]:
    if what not in _KINDS:
        raise NotFound("round.halt", "没有这项操作。请从轮次页面重新进入。")
    return _KINDS[what]


def _halt_page(round_id: int, what: str, given: dict[str, str], problems: dict[str, str]) -> str:
    word, effect, _ = _kind(what)
    with context().reading() as tx:
        head = round_view.open_round(tx, round_id=round_id).head
    return render_template("rounds/halt.html", head=head, what=what, word=word, effect=effect, given=given, problems=problems)


@rounds.get("/objections/<int:case_id>/term")
@needs(Permission.MOVE_DEADLINE)
def term(case_id: int) -> str:
    """Ask why an objection needs more time."""
    return _term_page(case_id, {}, {})


@rounds.post("/objections/<int:case_id>/term")
@needs(Permission.MOVE_DEADLINE)
def extend_term(case_id: int) -> ResponseReturnValue:
    """Extend the term of an objection once."""
    given = answers.typed_lines("reason", longest=_LONGEST_REASON)
    try:
        objection_terms.extend(context(), actor=current_actor(), case_id=case_id, reason=given["reason"])
    except InvalidValues as error:
        return _term_page(case_id, given, error.fields), 422
    flash("办理期限已延长，理由已记入办理过程。")
    return redirect(url_for("cases.show", case_id=case_id), 303)


def _term_page(case_id: int, given: dict[str, str], problems: dict[str, str]) -> str:
    with context().reading() as tx:
        case = open_case(tx, actor=current_actor(), case_id=case_id).case
        head = queries.head(tx.session, round_id=case.round_id or 0)
        may_extend = objection_terms.may_extend(tx, actor=current_actor(), case=case)
    if case.term_at is None or head is None:
        raise NotFound("objection.unknown", "没有找到这件异议，或者它没有办理期限。请从工作台重新进入。")
    days = settings_from_json(head.settings).objection_extension_days
    return render_template("rounds/term.html", case=case, days=days, given=given, problems=problems, may_extend=may_extend)
