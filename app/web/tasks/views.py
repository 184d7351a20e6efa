"""The work item: read, fill in, save, submit."""

from flask import Blueprint, flash, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.actors import Actor
from app.domain.errors import Conflict, DomainError, InvalidValues, NotAllowed, NotFound
from app.domain.permissions import Permission, is_permitted
from app.formkit.fields import Problem
from app.formkit.values import collect_draft
from app.persistence.queries import desk as desk_query
from app.services.casework import item_actions, work_items
from app.services.casework.case_file import CaseFile, open_case
from app.services.casework.case_history import Entry
from app.services.casework.case_next import what_next
from app.services.casework.case_track import came_back
from app.services.casework.forms import open_form
from app.services.casework.work_items import OpenItem
from app.services.context import Transaction
from app.services.issuing import case_papers, paper_drafts
from app.web import answers
from app.web.due import due_of
from app.web.errors import status_of
from app.web.guards import needs
from app.web.house import config, context, reading
from app.web.identity import current_actor
from app.web.tasks.faster import who_has_it
from app.web.tasks.sent import Sent
from app.web.tasks.sheet import Sheet, bound_form, place_errors, sheet_of

work_item = Blueprint("work_items", __name__, url_prefix="/work-items/<int:item_id>")

_NEEDS_ANOTHER_PAGE = (Conflict, NotFound, NotAllowed)
"""After these the form cannot be sent again; after every other refusal it comes back with everything that was filled in."""


@work_item.get("", endpoint="show")
@needs(Permission.SEE_DESK)
def show(item_id: int) -> ResponseReturnValue:
    """Show a work item with its form, and the case beside it."""
    actor = current_actor()
    with reading() as tx:
        try:
            opened = _take(tx, actor, item_id)
        except Conflict as error:
            return _over(tx, error, actor, item_id)
        view, form = bound_form(tx, opened) if opened.form else (None, None)
        return _page(tx, opened, sheet_of(opened, view, form), problems=[])


@work_item.post("", endpoint="submit")
@needs(Permission.SEE_DESK)
def submit(item_id: int) -> ResponseReturnValue:
    """Check what was filled in, complete the work item, and say what comes next."""
    actor = current_actor()
    sent = Sent(context(), request.form, token=request.form.get("token", ""))
    try:
        work = work_items.submit(context(), actor=actor, item_id=item_id, fill=sent.fill)
    except _NEEDS_ANOTHER_PAGE as error:
        with reading() as tx:
            refusal = who_has_it(tx, error, actor=actor, item_id=item_id) if isinstance(error, NotFound) else error
            if isinstance(refusal, Conflict):
                return _over(tx, refusal, actor, item_id)
        raise refusal from None
    except DomainError as error:
        return _again(actor, item_id, error)
    flash(what_next(context(), work, actor=actor), f"done:{item_id}")
    return redirect(url_for("desk.desk"), 303)


@work_item.post("/draft", endpoint="draft")
@needs(Permission.SEE_DESK)
def draft(item_id: int) -> ResponseReturnValue:
    """Keep what has been typed so far: for the script that saves by itself, and for the button that does without it."""
    actor = current_actor()
    with reading() as tx:
        opened = work_items.take(tx, actor=actor, item_id=item_id)
        if opened.form is None:
            raise NotFound("item.no_form", "这项待办没有表单，不需要保存。")
        view = open_form(tx, opened, fresh=False)
    values = collect_draft(view.spec, sources=view.sources, formdata=request.form)
    saved_at = work_items.save_draft(context(), actor=actor, item_id=item_id, values=values)
    if answers.wants_json():
        return jsonify(saved_at=saved_at.isoformat())
    flash("草稿已保存。提交之前，只有您自己看得到。", "saved")
    return redirect(url_for("work_items.show", item_id=item_id), 303)


def _take(tx: Transaction, actor: Actor, item_id: int) -> OpenItem:
    try:
        return work_items.take(tx, actor=actor, item_id=item_id)
    except NotFound as error:
        raise who_has_it(tx, error, actor=actor, item_id=item_id) from None


def _again(actor: Actor, item_id: int, error: DomainError) -> ResponseReturnValue:
    """Show what was sent with what is wrong with it; only to whom the work item is still open."""
    with reading() as tx:
        opened = _take(tx, actor, item_id)
        view, form = bound_form(tx, opened, sent=request.form) if opened.form else (None, None)
        problems = [Problem("", "", error.message)]
        if form is not None and not form.validate():
            problems = form.problems()
        elif form is not None and isinstance(error, InvalidValues):
            problems = place_errors(form, error)
        return _page(tx, opened, sheet_of(opened, view, form), problems=problems, status=status_of(error))


def _page(tx: Transaction, opened: OpenItem, sheet: Sheet, *, problems: list[Problem], status: int = 200) -> ResponseReturnValue:
    file = open_case(tx, actor=current_actor(), case_id=opened.item.case_id)
    may_transfer = item_actions.may_transfer(opened.node, opened.item)
    papers = case_papers.readable(tx, actor=current_actor(), case_id=opened.item.case_id)
    page = render_template(
        "tasks/work_item.html",
        opened=opened,
        item=opened.item,
        sheet=sheet,
        file=file,
        problems=problems,
        papers=papers,
        printable=False,
        paper_drafts=paper_drafts.draft_forms(opened.node),
        returned=_returned(file, opened),
        passed_on=_passed_on(file, opened),
        may_release=opened.item.claimed_at is not None,
        may_rank=is_permitted(current_actor(), Permission.SEE_RANKING),
        may_see_round=is_permitted(current_actor(), Permission.SEE_ROUND),
        due=due_of(tx, opened.item.due_at),
        upload_limit=config().upload_limit_bytes,
        may_transfer=may_transfer,
        has_receivers=may_transfer and bool(item_actions.receivers_of(tx, opened)),
        may_return=item_actions.may_return(opened.node),
    )
    return make_response(page, status)


def _returned(file: CaseFile, opened: OpenItem) -> Entry | None:
    """Return with which words the case was sent to this step, None where it came here in the ordinary way."""
    last = next((entry for entry in file.entries if entry.action in ("completed", "sent_back")), None)
    if last is None or not last.opinion:
        return None
    is_back = last.action == "sent_back" or "退回" in last.decision or came_back(file.items, item_id=opened.item.id)
    return last if is_back else None


def _passed_on(file: CaseFile, opened: OpenItem) -> Entry | None:
    """Return with which words this work item was given to who has it now, None where nobody gave it to them."""
    told = (entry for entry in file.entries if entry.item_id == opened.item.id and entry.action in ("transferred", "reassigned"))
    return next(told, None) if opened.item.assignee_id == current_actor().user_id else None


def _over(tx: Transaction, error: Conflict, actor: Actor, item_id: int) -> ResponseReturnValue:
    """Say who did it and when, and lead to the case; nothing took effect twice."""
    if answers.wants_json() or answers.is_htmx():
        raise error
    ended = desk_query.finished(tx.session, item_id=item_id) if error.code in ("item.done", "item.cancelled") else None
    file = _if_seen(tx, actor, ended.case_id) if ended is not None else None
    row = ended if error.code == "item.done" else None
    done = f"这项待办已由{row.completer}办理完毕，不需要再办理。" if row is not None and request.method == "GET" else ""
    is_open = error.code not in ("item.claimed", "item.cancelled")
    shown = {"message": done or error.message, "row": row, "file": file, "item_id": item_id, "is_open": is_open}
    return make_response(render_template("tasks/over.html", **shown), 409)


def _if_seen(tx: Transaction, actor: Actor, case_id: int) -> CaseFile | None:
    """Return the case of a work item that is over, None for who may not see it: they are told who did the item, and no more."""
    try:
        return open_case(tx, actor=actor, case_id=case_id)
    except NotFound:
        return None
