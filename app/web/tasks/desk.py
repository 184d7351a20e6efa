"""The desk: what is before me, soonest first."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast, get_args

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import DomainError, NotFound
from app.domain.permissions import Permission
from app.persistence.queries import desk as desk_query
from app.persistence.queries.desk import Row, Tab, Wanted
from app.services.casework import work_items
from app.services.casework.case_file import outcome_title
from app.services.casework.case_history import decision_label
from app.services.casework.item_bars import barred_items
from app.services.context import Transaction
from app.web import answers
from app.web.due import Due, due_of
from app.web.guards import needs
from app.web.house import context, reading
from app.web.identity import current_actor
from app.web.tasks.faster import who_has_it

desk = Blueprint("desk", __name__)

RELEASED = "已退回小组，同组的人都可以认领。"


@dataclass(frozen=True)
class Line:
    """A line of the desk with what a reader needs beside the row."""

    row: Row
    due: Due | None
    stage: str
    decision: str
    is_barred: bool


@desk.get("/desk", endpoint="desk")
@needs(Permission.SEE_DESK)
def show() -> str:
    """Show one tab of the desk, filtered and paged."""
    actor, wanted = current_actor(), _wanted()
    with reading() as tx:
        barred = barred_items(tx, actor=actor)
        counts = desk_query.counts(tx.session, actor=actor, now=tx.now, barred=barred)
        page = desk_query.page(tx.session, actor=actor, wanted=wanted, now=tx.now, barred=barred)
        steps = desk_query.steps(tx.session, actor=actor, tab=wanted.tab, barred=barred)
        lines = _lines(tx, page.rows, barred=barred)
    return render_template("tasks/desk.html", wanted=wanted, counts=counts, page=page, lines=lines, steps=steps)


@desk.post("/work-items/<int:item_id>/claim")
@needs(Permission.SEE_DESK)
def claim(item_id: int) -> ResponseReturnValue:
    """Take a work item of the group."""
    return _change(item_id, lambda: work_items.claim(context(), actor=current_actor(), item_id=item_id))


@desk.post("/work-items/<int:item_id>/release")
@needs(Permission.SEE_DESK)
def release(item_id: int) -> ResponseReturnValue:
    """Give a work item back to the group."""
    return _change(item_id, lambda: work_items.release(context(), actor=current_actor(), item_id=item_id), said=RELEASED)


def _change(item_id: int, change: Callable[[], None], *, said: str = "") -> ResponseReturnValue:
    actor, tab = current_actor(), _tab(request.form.get("tab", "todo"))
    refusal: DomainError | None = None
    try:
        change()
    except NotFound as error:
        with reading() as tx:
            refusal = who_has_it(tx, error, actor=actor, item_id=item_id)
    except DomainError as error:
        refusal = error
    if not answers.is_htmx():
        if refusal is not None:
            raise refusal
        if said:
            flash(said)
        return redirect(url_for("desk.desk", tab=tab))
    with reading() as tx:  # the line says what happened, and stays where it is
        row = desk_query.one(tx.session, actor=actor, item_id=item_id)
        lines = _lines(tx, [row], barred=barred_items(tx, actor=actor)) if row else []
    sentence = refusal.message if refusal else ""
    return render_template("tasks/_desk_line.html", line=lines[0] if lines else None, tab=tab, sentence=sentence)


def _wanted() -> Wanted:
    return Wanted(
        tab=_tab(request.args.get("tab", "todo")),
        q=answers.text_argument("q"),
        step=answers.text_argument("stage", longest=80),
        overdue=request.args.get("overdue") == "1",
        page=answers.page_argument(),
    )


def _tab(text: str) -> Tab:
    return cast(Tab, text) if text in get_args(Tab) else "todo"


def _lines(tx: Transaction, rows: list[Row], *, barred: frozenset[int]) -> list[Line]:
    lines = []
    for row in rows:
        loaded = tx.context.procedures.get(tx.session, row.version_id)
        node = loaded.nodes[row.kind].get(row.node_id)
        kind = loaded.procedure.case_kinds[row.kind]
        stage = outcome_title(loaded, row.kind, row.outcome) or (kind.stage(row.stage).title if row.stage else "")
        form = loaded.form_of(node) if node else None
        lines.append(Line(row, due_of(tx, row.due_at), stage, decision_label(form, row.decision), row.item_id in barred))
    return lines
