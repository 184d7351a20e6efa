"""The register of a round's certificates, for the bureau: what is being made, what holds, and what became of each."""

from datetime import date
from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.domain.certificates import STATE_TITLES
from app.domain.errors import InvalidValues, NotFound
from app.domain.permissions import BUREAU, Permission, is_permitted
from app.persistence.queries import register as queries
from app.persistence.queries import rounds as round_queries
from app.persistence.queries.register import RegisterRow
from app.services.issuing import batches, register, reissues, revocations
from app.services.selection.register_exports import register_file
from app.web import answers
from app.web.certificates.words import BATCHES, EVENTS
from app.web.guards import needs
from app.web.house import context
from app.web.identity import current_actor
from app.web.rounds.lists import spreadsheet

registry = Blueprint("register", __name__, url_prefix="/certificates")


@registry.get("/rounds/<int:round_id>")
@needs(Permission.SEE_REGISTER)
def show(round_id: int) -> str:
    """Show the register of a round, and how far its batch is."""
    q, state = answers.text_argument("q"), answers.text_argument("state", longest=12)
    with context().reading() as tx:
        title = round_title(tx.session, round_id)
        page = queries.rows(tx.session, round_id=round_id, page=answers.page_argument(), q=q, state=state)
        batch = batches.latest(tx, round_id=round_id)
    return render_template(
        "certificates/register.html", round_id=round_id, title=title, page=page, batch=batch, q=q, state=state, **_words()
    )


@registry.get("/rounds/<int:round_id>/register.xlsx")
@needs(Permission.EXPORT_ROUND)
def register_list(round_id: int) -> Response:
    """Export the register as it is filtered."""
    q, state = answers.text_argument("q"), answers.text_argument("state", longest=12)
    return spreadsheet(register_file(context(), actor=current_actor(), round_id=round_id, q=q, state=state))


@registry.get("/rounds/<int:round_id>/progress")
@needs(Permission.SEE_REGISTER)
def progress(round_id: int) -> Response:
    """Show how far the batch of a round is, for the page that asks again and again; when it has ended, the page is to come anew."""
    with context().reading() as tx:
        round_title(tx.session, round_id)
        batch = batches.latest(tx, round_id=round_id)
    if batch is None or not batch.is_open:
        return Response(headers={"HX-Refresh": "true"})
    return make_response(render_template("certificates/_batch.html", round_id=round_id, batch=batch, **_words()))


@registry.post("/rounds/<int:round_id>/batch")
@needs(Permission.ISSUE_CERTIFICATES)
def start(round_id: int) -> ResponseReturnValue:
    """Begin to make the certificates of a round that have no file."""
    batches.start(context(), actor=current_actor(), round_id=round_id)
    flash("已开始制作，可以离开这个页面。")
    return redirect(url_for("register.show", round_id=round_id), 303)


@registry.post("/rounds/<int:round_id>/batches/<int:batch_id>/cancel")
@needs(Permission.ISSUE_CERTIFICATES)
def cancel(round_id: int, batch_id: int) -> ResponseReturnValue:
    """Stop a batch; what is made stays."""
    batches.cancel(context(), actor=current_actor(), batch_id=batch_id)
    flash("已取消制作；已经做好的证书不受影响，需要时可以继续。")
    return redirect(url_for("register.show", round_id=round_id), 303)


@registry.get("/<int:certificate_id>/record")
@needs(Permission.SEE_REGISTER)
def record(certificate_id: int) -> str:
    """Show what the register says of a certificate."""
    row = one_row(certificate_id)
    with context().reading() as tx:
        events = register.events_of(tx, certificate_id=certificate_id)
        asked = reissues.waiting(tx, certificate_id=certificate_id)
        proposed = revocations.waiting(tx, certificate_id=certificate_id)
    actor = current_actor()
    may_revoke = is_permitted(actor, Permission.REVOKE_CERTIFICATE)
    return render_template(
        "certificates/record.html", row=row, events=events, asked=asked, proposed=proposed, may_revoke=may_revoke,
        may_see_paper=actor.has(*BUREAU), is_asker=asked is not None and asked.asked_by == actor.user_id,
        is_proposer=proposed is not None and proposed.asked_by == actor.user_id, **_words(),
    )  # fmt: skip


@registry.get("/<int:certificate_id>/void")
@needs(Permission.ISSUE_CERTIFICATES)
def void_form(certificate_id: int) -> str:
    """Ask why the number is to be void."""
    return change_form("void", one_row(certificate_id), {}, {})


@registry.post("/<int:certificate_id>/void")
@needs(Permission.ISSUE_CERTIFICATES)
def void(certificate_id: int) -> ResponseReturnValue:
    """Make a number void."""
    given = answers.typed_with_reason()
    try:
        register.make_void(context(), actor=current_actor(), certificate_id=certificate_id, reason=given["reason"])
    except InvalidValues as error:
        return change_form("void", one_row(certificate_id), given, error.fields or {"form": error.message}), 422
    flash("编号已作废，不会再次使用。")
    return redirect(url_for("register.record", certificate_id=certificate_id), 303)


def day_of(text: str, *, field: str) -> date:
    """Return the day that somebody chose. Raises `InvalidValues` for the field."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidValues("register.day", "日期不完整。", fields={field: "请选择日期。"}) from None


def round_title(session: Any, round_id: int) -> str:
    """Return the title of a round. `NotFound`."""
    found = next((row.title for row in round_queries.rounds(session) if row.id == round_id), None)
    if found is None:
        raise NotFound("round.unknown", "没有找到这一轮评选。请从轮次列表重新进入。")
    return found


def one_row(certificate_id: int) -> RegisterRow:
    """Return a certificate of the register. `NotFound`."""
    with context().reading() as tx:
        found = queries.one(tx.session, certificate_id=certificate_id)
    if found is None:
        raise NotFound("certificate.unknown", "没有找到这份证书。请从轮次页面重新进入。")
    return found


def change_form(kind: str, row: RegisterRow, given: dict[str, str], problems: dict[str, str]) -> str:
    """Show the form of a change, with what was given and what is wrong with it."""
    return render_template("certificates/change.html", kind=kind, row=row, given=given, problems=problems, **_words())


def _words() -> dict[str, Any]:
    may_issue = is_permitted(current_actor(), Permission.ISSUE_CERTIFICATES)
    may_export = is_permitted(current_actor(), Permission.EXPORT_ROUND)
    words = {"states": STATE_TITLES, "event_words": EVENTS, "batch_words": BATCHES}
    return {**words, "may_issue": may_issue, "may_export": may_export}
