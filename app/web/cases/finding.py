"""Searching cases, and the bell."""

from itertools import takewhile

from flask import Blueprint, Flask, g, render_template

from app.persistence.queries import notifications as notices_query
from app.persistence.queries import search as search_query
from app.services import notifications as notices
from app.services.casework.case_file import outcome_title
from app.web import answers
from app.web.guards import signed_in
from app.web.house import context, reading
from app.web.identity import current_actor, visitor_or_none

search = Blueprint("search", __name__)
notifications = Blueprint("notifications", __name__)

_OPENING_LINES = 2
_OPENING_POINTS = 3
_LONGEST_OPENING = 120


@search.get("/search", endpoint="search")
@signed_in
def find() -> str:
    """Show the cases that fit, among those that the person may see."""
    q = answers.text_argument("q")
    with reading() as tx:
        found = search_query.cases(tx.session, actor=current_actor(), q=q, page=answers.page_argument())
        stages = {}
        for row in found.rows:
            loaded = tx.context.procedures.get(tx.session, row.version_id)
            kind = loaded.procedure.case_kinds[row.kind]
            stages[row.case_id] = outcome_title(loaded, row.kind, row.outcome) or (
                kind.stage(row.stage).title if row.stage else ""
            )
    return render_template("cases/search.html", q=q, found=found, stages=stages)


@notifications.get("/notifications", endpoint="index")
@signed_in
def bell() -> str:
    """Show what the system has told the person, newest first; what is shown counts as read."""
    actor = current_actor()
    with reading() as tx:
        page = notices_query.page(tx.session, actor=actor, page=answers.page_argument())
    unread = [row.id for row in page.rows if row.unread]
    if unread:
        notices.mark_read(context(), actor=actor, notice_ids=unread)
    letters = [(notice, *_opening(notice.body)) for notice in page.rows]
    return render_template("cases/notifications.html", page=page, letters=letters)


def _opening(body: str) -> tuple[str, str]:
    """Return the first lines of a letter, and what is behind the link that opens it: nothing of a letter that is short.

    Of a list that begins there the first points belong to the opening: they say what the letter is about.
    """
    lines = [line for line in body.splitlines() if line.strip()]
    points = takewhile(lambda line: line.startswith("· "), lines[_OPENING_LINES : _OPENING_LINES + _OPENING_POINTS])
    end = _OPENING_LINES + len(list(points))
    opening, rest = "\n".join(lines[:end]), "\n".join(lines[end:])
    if len(opening) > _LONGEST_OPENING:
        return f"{opening[:_LONGEST_OPENING]}…", body
    return opening, rest


def init_bell(app: Flask) -> None:
    """Let every page ask how many notices wait."""
    app.jinja_env.globals["unread_notifications"] = _unread


def _unread() -> int:
    visitor = visitor_or_none()
    if visitor is None:
        return 0
    if "unread" not in g:  # the top bar and the bottom row of a phone ask on the same page
        with reading() as tx:
            g.unread = notices_query.unread(tx.session, actor=visitor.actor)
    return int(g.unread)
