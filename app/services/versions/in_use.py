"""Versions in and out of use. What was deployed never changes and never goes; it can stop serving what begins from now on.

As in other engines, a retired version keeps what runs on it: cases go on with their diagram, papers that were made stay.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from app.domain.actors import SYSTEM, Actor
from app.domain.errors import Conflict, DomainError, NotAllowed, NotFound
from app.domain.permissions import Permission, is_permitted
from app.services import audit
from app.services.context import Context, Transaction
from app.services.versions.draft_files import require_right

CURRENT, EARLIER, RETIRED = "current", "earlier", "retired"


class Retirable(Protocol):
    """What may be taken out of use."""

    retired_at: datetime | None


@dataclass(frozen=True)
class Kind:
    """A kind of versions: its table, the column that all versions of one thing share, its word in log and refusals."""

    model: Any
    family: "InstrumentedAttribute[str]"
    word: str
    absent: Callable[[], NotFound]
    keeps_one: str = ""  # why the only version in use cannot be retired; empty where it can


def retire(context: Context, kind: Kind, *, actor: Actor, version_id: int, reason: str) -> None:
    """Take a version out of use: the newest that is left serves from then on, none where it was the last.

    Writes an audit event. Refuses without a reason; with `Conflict` what is retired already, and the last one where something
    would be left that cannot do without.
    """
    require_right(actor)
    _require_reason(kind, reason)
    with context.transaction() as tx:
        version, others = _locked(tx, kind, version_id)
        if version.retired_at is not None:
            raise Conflict(f"{kind.word}.retired", "这个版本已经停用。")
        if kind.keeps_one and all(one.retired_at is not None for one in others):
            raise Conflict(f"{kind.word}.last", kind.keeps_one)
        version.retired_at = tx.now
        _note(tx, kind, version, actor=actor, done="retired", reason=reason)


def reinstate(context: Context, kind: Kind, *, actor: Actor, version_id: int, reason: str) -> None:
    """Take a retired version into use again; it serves if it is the newest in use. Writes an audit event.

    Refuses without a reason, and with `Conflict` what is in use.
    """
    require_right(actor)
    _require_reason(kind, reason)
    with context.transaction() as tx:
        version, _ = _locked(tx, kind, version_id)
        if version.retired_at is None:
            raise Conflict(f"{kind.word}.in_use", "这个版本正在使用，不需要恢复。请刷新页面查看。")
        version.retired_at = None
        _note(tx, kind, version, actor=actor, done="reinstated", reason=reason)


def package_of(context: Context, kind: Kind, *, actor: Actor, version_id: int) -> tuple[str, bytes]:
    """Return the file name and the zip of a version, as another house takes it in."""
    require_sight(actor)
    with context.reading() as tx:
        version = find_version(tx, kind, version_id)
        return f"{getattr(version, kind.family.key).replace('/', '-')}-{version.number}.zip", version.package


def find_version(tx: Transaction, kind: Kind, version_id: int) -> Any:
    """Return the row of a version. Raises the kind's `NotFound`."""
    version = tx.session.get(kind.model, version_id)
    if version is None:
        raise kind.absent()
    return version


def require_sight(actor: Actor) -> None:
    """Raise `NotAllowed` unless the actor may look at procedures and templates; the command line acts as the system itself."""
    if actor != SYSTEM and not is_permitted(actor, Permission.SEE_PROCEDURES):
        raise NotAllowed("procedure.see", "您没有查看流程和文书模板的权限。")


def states(versions: Iterable[Retirable]) -> list[str]:
    """Return the state of each version of one thing, which come newest first: the newest in use is the current one."""
    found: list[str] = []
    for version in versions:
        found.append(RETIRED if version.retired_at is not None else EARLIER if CURRENT in found else CURRENT)
    return found


def _require_reason(kind: Kind, reason: str) -> None:
    if not reason.strip():
        raise DomainError(f"{kind.word}.reason", "请写明原因，它会记入日志。")


def _locked(tx: Transaction, kind: Kind, version_id: int) -> tuple[Any, Sequence[Any]]:
    """Lock all versions of one thing, so that two people cannot retire the last two at once; return the one and the others."""
    name = getattr(find_version(tx, kind, version_id), kind.family.key)
    query = select(kind.model).where(kind.family == name).order_by(kind.model.id).with_for_update()
    rows = tx.session.scalars(query.execution_options(populate_existing=True)).all()
    return next(row for row in rows if row.id == version_id), [row for row in rows if row.id != version_id]


def _note(tx: Transaction, kind: Kind, version: Any, *, actor: Actor, done: str, reason: str) -> None:
    detail = {"version": version.number, "reason": reason.strip()}
    subject = getattr(version, kind.family.key)
    audit.record(tx, actor=actor, action=f"{kind.word}_{done}", subject=subject, detail=detail)
