"""Certificates for those who hold them, and for the bureau."""

from flask import Blueprint, Response, render_template, request, send_file

from app.domain.certificates import STATE_TITLES
from app.domain.errors import NotFound
from app.persistence.queries import certificates as queries
from app.persistence.queries.certificates import CertificateView
from app.services.issuing.serials import shown_code
from app.services.selection import round_files
from app.web.guards import signed_in
from app.web.house import context
from app.web.identity import current_actor

certificates = Blueprint("certificates", __name__, url_prefix="/certificates")


@certificates.get("")
@signed_in
def index() -> str:
    """Show the certificates that one holds."""
    with context().reading() as tx:
        rows = queries.own(tx.session, actor=current_actor())
    return render_template("certificates/index.html", rows=rows, states=STATE_TITLES)


@certificates.get("/<int:certificate_id>")
@signed_in
def show(certificate_id: int) -> str:
    """Show a certificate with its paper, and how others can verify it."""
    certificate = _one(certificate_id)
    address, picture = round_files.qr_of(context(), serial=certificate.serial, code=certificate.check_code)
    return render_template(
        "certificates/show.html", certificate=certificate, states=STATE_TITLES, address=address, picture=picture,
        code=shown_code(certificate.check_code),
    )  # fmt: skip


@certificates.get("/<int:certificate_id>.pdf")
@signed_in
def paper(certificate_id: int) -> Response:
    """Send the certificate; every time is in the history of its case."""
    found = round_files.open_certificate(context(), actor=current_actor(), certificate_id=certificate_id)
    inline = request.args.get("inline") == "1"
    return send_file(found.stream, mimetype="application/pdf", download_name=found.name, as_attachment=not inline)


def _one(certificate_id: int) -> CertificateView:
    with context().reading() as tx:
        found = queries.one(tx.session, actor=current_actor(), certificate_id=certificate_id)
    if found is None:
        raise NotFound("certificate.unknown", "没有找到这份证书。")
    return found
