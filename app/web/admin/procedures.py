"""The deployed versions of the procedures, to read."""

from flask import Blueprint, render_template

from app.domain.permissions import Permission
from app.persistence.queries import admin as queries
from app.web import answers
from app.web.guards import needs
from app.web.house import context

procedures = Blueprint("procedures", __name__, url_prefix="/procedures")


@procedures.get("")
@needs(Permission.SEE_PROCEDURES)
def index() -> str:
    """Show the versions, the newest of each procedure first."""
    with context().reading() as tx:
        page = queries.versions(tx.session, page=answers.page_argument())
    return render_template("admin/procedures.html", page=page)
