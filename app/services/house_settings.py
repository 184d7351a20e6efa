"""Switches of the house that an administrator turns."""

from app.domain.actors import Actor
from app.domain.errors import NotAllowed, NotFound
from app.domain.permissions import Permission, is_permitted
from app.persistence.models import HouseSetting
from app.services import audit
from app.services.context import Context, Transaction

SECOND_PERSON = "deployment_needs_second_person"
DEFAULTS = {SECOND_PERSON: True}
"""The switches and how they stand until somebody turns them."""


def is_on(tx: Transaction, name: str) -> bool:
    """Tell how a switch stands."""
    row = tx.session.get(HouseSetting, name)
    return DEFAULTS[name] if row is None else row.value == "on"


def turn(context: Context, *, actor: Actor, name: str, on: bool) -> None:
    """Turn a switch. Only the security administrator may: whoever deploys does not decide whether they are watched."""
    if not is_permitted(actor, Permission.GRANT_ROLES):
        raise NotAllowed("setting.turn", "只有安全管理员可以更改这项设置。")
    if name not in DEFAULTS:
        raise NotFound("setting.unknown", "没有这项设置。")
    with context.transaction() as tx:
        tx.session.merge(HouseSetting(name=name, value="on" if on else "off", changed_by=actor.user_id, changed_at=tx.now))
        audit.record(tx, actor=actor, action="setting_turned", subject=name, detail={"on": on})
