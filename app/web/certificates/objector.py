"""Who made an objection and what they wrote: for those who handle it, and each reading is written into the history of the case."""

from dataclasses import dataclass

from flask import Blueprint, Response, render_template, send_file

from app.domain.errors import NotFound
from app.domain.permissions import Permission
from app.persistence.queries import access
from app.services.selection.objections import read_objector, read_scan
from app.web.guards import needs
from app.web.house import context
from app.web.identity import current_actor

objector = Blueprint("objector", __name__)

KINDS = {"person": "个人实名", "unit": "单位", "anonymous": "匿名"}


@objector.get("/objections/<int:case_id>/identity")
@needs(Permission.READ_OBJECTOR)
def ask(case_id: int) -> str:
    """Say that reading is logged, before anything is read: a link that a browser fetches ahead must not read."""
    return render_template("certificates/identity.html", case=_seen(case_id), letter=None, kinds=KINDS)


@objector.post("/objections/<int:case_id>/identity")
@needs(Permission.READ_OBJECTOR)
def read(case_id: int) -> str:
    """Show who objected and what they wrote, and write down that it was read."""
    seen = _seen(case_id)  # before anything is read: who may not know of the case is not told that there is one
    letter = read_objector(context(), actor=current_actor(), case_id=case_id)
    return render_template("certificates/identity.html", case=seen, letter=letter, kinds=KINDS)


@objector.post("/objections/<int:case_id>/identity/scan")
@needs(Permission.READ_OBJECTOR)
def scan(case_id: int) -> Response:
    """Send the sealed letter of a unit, and write down that it was read."""
    _seen(case_id)
    name, media_type, stream = read_scan(context(), actor=current_actor(), case_id=case_id)
    answer = send_file(stream, mimetype=media_type, as_attachment=True, download_name=name, max_age=0)
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@dataclass(frozen=True)
class Seen:
    """What the page says of the case."""

    id: int
    number: str
    title: str


def _seen(case_id: int) -> Seen:
    with context().reading() as tx:
        found = access.see_case(tx.session, actor=current_actor(), case_id=case_id)
        if found is None or found.case.kind != "objection":
            raise NotFound("case.unknown", "没有找到这件异议。请从工作台重新进入。")
        return Seen(found.case.id, found.case.number, found.case.title)
