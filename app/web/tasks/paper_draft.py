"""The draft of the paper that a work item decides on."""

from flask import Blueprint, Response, send_file

from app.domain.permissions import Permission
from app.services.issuing import paper_drafts
from app.web import answers
from app.web.guards import needs
from app.web.house import context
from app.web.identity import current_actor

paper_draft = Blueprint("paper_drafts", __name__, url_prefix="/work-items/<int:item_id>")

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""A PDF of ours, shown by the browser itself: nothing of it needs anything of our pages."""


@paper_draft.get("/paper-draft.pdf", endpoint="show")
@needs(Permission.SEE_DESK)
def show(item_id: int) -> Response:
    """Show the paper as it would go out, marked as a draft."""
    form = answers.text_argument("form", longest=40)
    found = paper_drafts.open_draft(context(), actor=current_actor(), item_id=item_id, form=form)
    is_page = found.name.endswith(".html")
    answer = send_file(found.stream, mimetype="text/html" if is_page else "application/pdf", download_name=found.name, max_age=0)
    answer.headers["Content-Security-Policy"] = f"{_POLICY}; sandbox" if is_page else _POLICY
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
