"""Deployed versions of paper templates: read, handed out, taken out of use and back into it."""

from sqlalchemy import func, select

from app.domain.actors import SYSTEM, Actor
from app.domain.errors import Conflict, DomainError, NotAllowed
from app.domain.permissions import Permission, is_permitted
from app.persistence.models import TemplateVersion
from app.services import audit
from app.services.context import Context, Transaction
from app.services.issuing.template_check import examine_template
from app.services.issuing.templates import files_of_version, version_row
from app.services.studio.draft_files import require_right


def files(context: Context, *, actor: Actor, version_id: int) -> tuple[str, dict[str, bytes]]:
    """Return the key and the files of a version."""
    _require_sight(actor)
    with context.reading() as tx:
        version = version_row(tx, version_id)
        return version.key, files_of_version(version)


def sample(context: Context, *, actor: Actor, version_id: int) -> bytes:
    """Return what a version makes of its sample, as a draft (PDF). Takes a second; `DomainError` when it makes nothing any more."""
    key, content = files(context, actor=actor, version_id=version_id)
    found = examine_template(context, files=content, key=key)
    if not found.pdf:
        raise DomainError("template.refused", f"样例没有成文：{found.findings[0].message}")
    return found.pdf


def export(context: Context, *, actor: Actor, version_id: int) -> tuple[str, bytes]:
    """Return the name and the zip of a version, as another house takes it in."""
    _require_sight(actor)
    with context.reading() as tx:
        version = version_row(tx, version_id)
        return f"{version.key.replace('/', '-')}-{version.number}.zip", version.package


def retire(context: Context, *, actor: Actor, version_id: int, reason: str) -> None:
    """Take a version out of use: new papers take the newest that is left, papers that were made keep theirs.

    Writes an audit event. Refuses without a reason, and for the only version in use, without which no paper could be made.
    """
    require_right(actor)
    with context.transaction() as tx:
        version = _in_use(tx, version_id, reason=reason)
        if version.retired_at is not None:
            raise Conflict("template.retired", "这个版本已经停用。")
        others = select(func.count(TemplateVersion.id)).where(
            TemplateVersion.key == version.key, TemplateVersion.retired_at.is_(None), TemplateVersion.id != version.id
        )
        if not tx.session.scalar(others):
            raise Conflict("template.last", "这是唯一在用的版本，停用后就不能制发这种文书了。请先部署新的版本，再停用它。")
        version.retired_at = tx.now
        detail = {"version": version.number, "reason": reason.strip()}
        audit.record(tx, actor=actor, action="template_retired", subject=version.key, detail=detail)


def reinstate(context: Context, *, actor: Actor, version_id: int, reason: str) -> None:
    """Take a retired version into use again; new papers take it if it is the newest in use. Writes an audit event."""
    require_right(actor)
    with context.transaction() as tx:
        version = _in_use(tx, version_id, reason=reason)
        version.retired_at = None
        detail = {"version": version.number, "reason": reason.strip()}
        audit.record(tx, actor=actor, action="template_reinstated", subject=version.key, detail=detail)


def _in_use(tx: Transaction, version_id: int, *, reason: str) -> TemplateVersion:
    if not reason.strip():
        raise DomainError("template.reason", "请写明原因，它会记入日志。")
    version = version_row(tx, version_id)
    # All versions of the template are locked, so that two people cannot retire the last two at once.
    tx.session.scalars(select(TemplateVersion.id).where(TemplateVersion.key == version.key).with_for_update()).all()
    return version


def _require_sight(actor: Actor) -> None:
    if actor != SYSTEM and not is_permitted(actor, Permission.SEE_PROCEDURES):
        raise NotAllowed("procedure.see", "您没有查看文书模板的权限。")
