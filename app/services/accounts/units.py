"""Organisational units: names and dates, kept by the system administrator; nothing is ever deleted."""

from datetime import date

from app.domain.actors import Actor
from app.domain.errors import InvalidValues, NotAllowed, NotFound
from app.domain.permissions import Permission, is_permitted
from app.persistence.models import OrgUnit
from app.services import audit
from app.services.context import Context

_LONGEST = 120
_SHORT = 40


def change_unit(
    context: Context,
    *,
    actor: Actor,
    unit_id: int,
    name: str,
    short_name: str,
    address: str,
    valid_from: str,
    valid_to: str,
) -> None:
    """Change name, address and dates of a unit; what was written down before keeps the name of then.

    Writes the unit and an audit event with the old and the new name. `InvalidValues` names the field that cannot stand.
    """
    if not is_permitted(actor, Permission.MANAGE_UNITS):
        raise NotAllowed("unit.manage", "只有系统管理员可以修改单位。")
    wrong: dict[str, str] = {}
    if not 0 < len(name.strip()) <= _LONGEST:
        wrong["name"] = f"请填写单位全称，不超过{_LONGEST}个字。"
    if len(short_name.strip()) > _SHORT:
        wrong["short_name"] = f"简称不超过{_SHORT}个字。"
    first, last = _date(valid_from, "valid_from", wrong), _date(valid_to, "valid_to", wrong)
    if first and last and last < first:
        wrong["valid_to"] = "停用日期不能早于启用日期。"
    if wrong:
        raise InvalidValues("unit.values", "单位没有保存，请修改后再提交。", fields=wrong)
    with context.transaction() as tx:
        unit = tx.session.get(OrgUnit, unit_id, with_for_update=True)
        if unit is None:
            raise NotFound("unit.unknown", "没有找到这个单位。请返回列表重新选择。")
        before = {"name": unit.name, "valid_from": str(unit.valid_from or ""), "valid_to": str(unit.valid_to or "")}
        unit.name, unit.short_name, unit.address = name.strip(), short_name.strip(), address.strip()[:200]
        unit.valid_from, unit.valid_to = first, last
        after = {"name": unit.name, "valid_from": str(first or ""), "valid_to": str(last or "")}
        audit.record(tx, actor=actor, action="unit_changed", subject=unit.name, detail={"before": before, "after": after})


def _date(text: str, key: str, wrong: dict[str, str]) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        wrong[key] = "日期应写成 2026-11-22 的样子。"
        return None
