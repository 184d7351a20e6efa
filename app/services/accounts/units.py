"""Organisational units: added, renamed and closed by the system administrator; nothing is ever deleted."""

from datetime import date
from typing import Any

from sqlalchemy import select

from app.domain.actors import Actor
from app.domain.errors import InvalidValues, NotAllowed, NotFound
from app.domain.identifiers import parse_uscc
from app.domain.permissions import Permission, is_permitted
from app.persistence.models import OrgUnit
from app.services import audit
from app.services.context import Context, Transaction

_LONGEST = 120
_SHORT = 40
KINDS = ("bureau", "department", "union", "street", "industry_office", "employer", "outside")
"""What kinds of unit can be added; there is one district."""
OFFICES = ("street", "industry_office")
"""In whose area an employer lies: they review whom it nominates."""


def add_unit(
    context: Context,
    *,
    actor: Actor,
    kind: str,
    name: str,
    short_name: str = "",
    uscc: str = "",
    parent_id: int = 0,
    address: str = "",
) -> int:
    """Add a unit and return it. An employer needs its credit code and the street or industry office in whose area it lies.

    Writes the unit and an audit event. `InvalidValues` names each field that cannot stand.
    """
    if not is_permitted(actor, Permission.MANAGE_UNITS):
        raise NotAllowed("unit.manage", "只有系统管理员可以新增单位。")
    wrong = _wrong_names(name, short_name) | ({} if kind in KINDS else {"kind": "请选择单位类别。"})
    number = _uscc(uscc, needed=kind == "employer", wrong=wrong)
    with context.transaction() as tx:
        parent = tx.session.get(OrgUnit, parent_id) if parent_id else None
        if kind == "employer" and (parent is None or parent.kind not in OFFICES):
            wrong["parent"] = "请选择用人单位所在的街道或产业办，推荐由它初审。"
        wrong |= _taken(tx, name=name.strip(), uscc=number) if not wrong else {}
        if wrong:
            raise InvalidValues("unit.values", "单位没有新增，请修改后再提交。", fields=wrong)
        row = OrgUnit(
            kind=kind, name=name.strip(), short_name=short_name.strip(), uscc=number or None, parent_id=parent_id or None
        )
        row.address = address.strip()[:200]
        tx.session.add(row)
        tx.session.flush()
        detail: dict[str, Any] = {"kind": kind, "uscc": number}
        audit.record(tx, actor=actor, action="unit_added", subject=row.name, detail=detail)
        return row.id


def _wrong_names(name: str, short_name: str) -> dict[str, str]:
    wrong: dict[str, str] = {}
    if not 0 < len(name.strip()) <= _LONGEST:
        wrong["name"] = f"请填写单位全称，不超过{_LONGEST}个字。"
    if len(short_name.strip()) > _SHORT:
        wrong["short_name"] = f"简称不超过{_SHORT}个字。"
    return wrong


def _uscc(text: str, *, needed: bool, wrong: dict[str, str]) -> str:
    if not text.strip():
        if needed:
            wrong["uscc"] = "用人单位须填写统一社会信用代码，请对照营业执照。"
        return ""
    try:
        return parse_uscc(text.strip()).number
    except InvalidValues as error:
        wrong["uscc"] = error.message
        return ""


def _taken(tx: Transaction, *, name: str, uscc: str = "", unit_id: int = 0) -> dict[str, str]:
    """Return what a unit other than `unit_id` has already: two units of one name cannot be told apart in any list."""
    found: dict[str, str] = {}
    others = select(OrgUnit.id).where(OrgUnit.name == name, OrgUnit.valid_to.is_(None), OrgUnit.id != unit_id)
    if tx.session.scalar(others.limit(1)):
        found["name"] = "已经有同名的单位，请在列表中查找；确是另一个单位的，请在名称中写明区别。"
    if uscc and (other := tx.session.scalar(select(OrgUnit.name).where(OrgUnit.uscc == uscc))):
        found["uscc"] = f"这个统一社会信用代码已登记在“{other}”名下，请在列表中查找。"
    return found


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
    wrong = _wrong_names(name, short_name)
    first, last = _date(valid_from, "valid_from", wrong), _date(valid_to, "valid_to", wrong)
    if first and last and last < first:
        wrong["valid_to"] = "停用日期不能早于启用日期。"
    if wrong:
        raise InvalidValues("unit.values", "单位没有保存，请修改后再提交。", fields=wrong)
    with context.transaction() as tx:
        unit = tx.session.get(OrgUnit, unit_id, with_for_update=True)
        if unit is None:
            raise NotFound("unit.unknown", "没有找到这个单位。请返回列表重新选择。")
        if last is None and (taken := _taken(tx, name=name.strip(), unit_id=unit_id)):
            raise InvalidValues("unit.values", "单位没有保存，请修改后再提交。", fields=taken)
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
