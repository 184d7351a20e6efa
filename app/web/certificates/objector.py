"""Who made an objection: for those who handle it, and each reading is written into the history of the case."""

from flask import Blueprint, render_template

from app.domain.errors import NotFound
from app.domain.permissions import Permission
from app.persistence.queries import access
from app.persistence.queries.access import SeenCase
from app.services.objections import read_objector
from app.web.guards import needs
from app.web.house import context
from app.web.identity import current_actor

objector = Blueprint("objector", __name__)

KINDS = {"person": "个人实名", "unit": "单位", "anonymous": "匿名"}


@objector.get("/objections/<int:case_id>/identity")
@needs(Permission.READ_OBJECTOR)
def ask(case_id: int) -> str:
    """Say that reading is logged, before anything is read: a link that a browser fetches ahead must not read."""
    return render_template("certificates/identity.html", case=_seen(case_id).case, identity=None, kinds=KINDS)


@objector.post("/objections/<int:case_id>/identity")
@needs(Permission.READ_OBJECTOR)
def read(case_id: int) -> str:
    """Show who objected, and write down that it was read."""
    seen = _seen(case_id)
    identity = read_objector(context(), actor=current_actor(), case_id=case_id)
    return render_template("certificates/identity.html", case=seen.case, identity=identity, kinds=KINDS)


def _seen(case_id: int) -> SeenCase:
    with context().reading() as tx:
        seen = access.see_case(tx.session, actor=current_actor(), case_id=case_id)
    if seen is None or seen.case.kind != "objection":
        raise NotFound("case.unknown", "没有找到这件异议。请从工作台重新进入。")
    return seen
