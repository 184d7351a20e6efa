"""Files of a case, for those who may read them."""

from flask import Blueprint, Response, request, send_file

from app.services.casework import attachments
from app.web.guards import signed_in
from app.web.house import context
from app.web.identity import current_actor

files = Blueprint("files", __name__, url_prefix="/attachments")

_IMAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'"
_PDF_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
"""Browsers refuse to show a PDF in a sandbox; the type was proved by the store, and nothing of the file runs in our origin."""


@files.get("/<int:attachment_id>")
@signed_in
def attachment(attachment_id: int) -> Response:
    """Send a file to be kept, or with `?inline=1` to be looked at."""
    opened = attachments.read_for(context(), actor=current_actor(), attachment_id=attachment_id)
    inline = request.args.get("inline") == "1"
    answer = send_file(
        opened.stream, mimetype=opened.held.media_type, as_attachment=not inline, download_name=opened.held.name, max_age=0
    )
    answer.headers["Content-Length"] = str(opened.held.size)
    is_pdf = opened.held.media_type == "application/pdf"
    answer.headers["Content-Security-Policy"] = _PDF_POLICY if is_pdf and inline else _IMAGE_POLICY
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
