"""Beginning a case of a procedure that has no rounds."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import DomainError, NotAllowed
from app.domain.permissions import Permission
from app.services.casework.requests import LONGEST_TITLE, start_request, startable
from app.web import answers
from app.web.guards import needs
from app.web.house import context
from app.web.identity import current_actor

starting = Blueprint("starting", __name__)


@starting.get("/requests/new")
@needs(Permission.SEE_DESK)
def index() -> str:
    """Show what the person may begin."""
    return _page({}, "")


@starting.post("/requests/new")
@needs(Permission.SEE_DESK)
def begin() -> ResponseReturnValue:
    """Begin a case and go on to its first form."""
    given = {name: answers.clean(request.form.get(name, ""), longest=80) for name in ("procedure", "kind", "title")}
    try:
        case_id, item_id = start_request(context(), actor=current_actor(), **given)
    except NotAllowed:
        raise
    except DomainError as error:
        return _page(given, error.message), 422
    where = url_for("cases.show", case_id=case_id) if item_id is None else url_for("work_items.show", item_id=item_id)
    return redirect(where, 303)


def _page(given: dict[str, str], problem: str) -> str:
    rows = startable(context(), actor=current_actor())
    return render_template("cases/start.html", rows=rows, given=given, problem=problem, longest=LONGEST_TITLE)
