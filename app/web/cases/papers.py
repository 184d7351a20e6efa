"""Papers of a case, for those who may read them."""

from flask import Blueprint, Response, send_file

from app.services.issuing import case_papers
from app.services.selection.round_files import Paper
from app.web.guards import signed_in
from app.web.house import context
from app.web.identity import current_actor

papers = Blueprint("case_papers", __name__, url_prefix="/cases/<int:case_id>")


@papers.get("/papers/<int:document_id>.pdf")
@signed_in
def paper(case_id: int, document_id: int) -> Response:
    """Send a paper of the case."""
    return _pdf(case_papers.open_paper(context(), actor=current_actor(), case_id=case_id, document_id=document_id))


@papers.get("/nomination-form.pdf")
@signed_in
def nomination_form(case_id: int) -> Response:
    """Send the nomination form as it stands, to be printed on A3 and sealed."""
    return _pdf(case_papers.print_form(context(), actor=current_actor(), case_id=case_id))


def _pdf(found: Paper) -> Response:
    return send_file(found.stream, mimetype="application/pdf", download_name=found.name, as_attachment=True, max_age=None)
