"""Beginning a nomination: for a unit that nominates, and for somebody who nominates themselves."""

from flask import Blueprint, Response, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from app.domain.actors import Actor, Role
from app.domain.errors import DomainError, NotAllowed, NotFound
from app.domain.permissions import Permission, is_permitted
from app.persistence.queries import rounds as queries
from app.persistence.queries.rounds import OpenRound
from app.services.selection import round_view
from app.services.selection.nominations import start_nomination
from app.services.selection.round_files import open_call
from app.web import answers
from app.web.due import due_of
from app.web.guards import signed_in
from app.web.house import context
from app.web.identity import current_actor

nominations = Blueprint("nominations", __name__)


@nominations.get("/nominations")
@signed_in
def index() -> str:
    """Show the rounds that take nominations now."""
    actor = _nominator()
    with context().reading() as tx:
        rows = [(row, due_of(tx, row.closes_at)) for row in queries.open_rounds(tx.session, now=tx.now)]
        calls = queries.calls(tx.session, rounds=[row.id for row, _ in rows])
        alone = not is_permitted(actor, Permission.START_NOMINATION)
        standing = queries.standing(tx.session, actor=actor) if alone else {}
    shown = [(row, due) for row, due in rows if row.self_nomination or not alone or row.id in standing]
    return render_template("rounds/open.html", rows=shown, alone=alone, calls=calls, standing=standing)


@nominations.get("/nominations/<int:round_id>/call.pdf")
@signed_in
def call(round_id: int) -> Response:
    """Send the call for nominations."""
    paper = open_call(context(), actor=current_actor(), round_id=round_id)
    return send_file(paper.stream, mimetype="application/pdf", as_attachment=True, download_name=paper.name, max_age=0)


@nominations.get("/rounds/<int:round_id>/nominate")
@signed_in
def choose(round_id: int) -> str:
    """Ask for which unit; the channel is the form's first question."""
    return _choose_page(_nominator(), round_id, {}, {})


@nominations.post("/rounds/<int:round_id>/nominate")
@signed_in
def begin(round_id: int) -> ResponseReturnValue:
    """Begin the nomination and go on to its form."""
    actor = _nominator()
    given = {"unit": answers.clean(request.form.get("unit", ""), longest=20)}
    unit_id = answers.whole(given["unit"])
    channel = "employer" if is_permitted(actor, Permission.START_NOMINATION) else "self"
    if not unit_id:
        return _choose_page(actor, round_id, given, {"unit": "请选择单位。"}), 422
    try:
        item_id = start_nomination(context(), actor=actor, round_id=round_id, channel=channel, unit_id=unit_id)
    except (NotAllowed, NotFound):
        raise
    except DomainError as error:
        return _choose_page(actor, round_id, given, {"form": error.message}), 422
    return redirect(url_for("work_items.show", item_id=item_id))


def _nominator() -> Actor:
    actor = current_actor()
    if not (is_permitted(actor, Permission.START_NOMINATION) or actor.has(Role.CANDIDATE)):
        raise NotAllowed("nomination.start", "发起推荐由推荐单位经办人或候选人本人办理。您的账号没有这项权限。")
    return actor


def _choose_page(actor: Actor, round_id: int, given: dict[str, str], problems: dict[str, str]) -> str:
    with context().reading() as tx:
        view = round_view.open_round(tx, round_id=round_id)
        taking = {row.id: row for row in queries.open_rounds(tx.session, now=tx.now)}
        alone = not is_permitted(actor, Permission.START_NOMINATION)
        units = queries.local_offices(tx.session) if alone else queries.own_units(tx.session, actor=actor)
        due = due_of(tx, taking[round_id].closes_at) if round_id in taking else None
    return render_template(
        "rounds/nominate.html", head=view.head, taking=_taking(taking, round_id, alone=alone), due=due, units=units, alone=alone,
        given=given, problems=problems,
    )  # fmt: skip


def _taking(found: dict[int, OpenRound], round_id: int, *, alone: bool) -> bool:
    return round_id in found and (found[round_id].self_nomination or not alone)
