"""Paper templates by version: a paper takes the newest that is deployed when it is issued, and remembers which one that was.

Templates have versions of their own, apart from the procedure's: a wrong word on a certificate is mended for the round that
runs, while its cases keep the diagram that they began with.
"""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import undefer

from app.catalog.archive import PAPER_SUFFIXES, read_zip, write_zip
from app.documents.templates import Template, content_hash, read_files, template_from_files
from app.domain.actors import Actor
from app.domain.errors import Conflict, NotFound
from app.persistence.models import TemplateVersion
from app.services import audit
from app.services.context import Transaction

_NEWEST = select(func.max(TemplateVersion.number)).where(
    TemplateVersion.key == bindparam("key"), TemplateVersion.retired_at.is_(None)
)
_CURRENT = (
    select(TemplateVersion)
    .where(TemplateVersion.key == bindparam("key"), TemplateVersion.number == _NEWEST.scalar_subquery())
    .options(undefer(TemplateVersion.package))
)


def current_version(tx: Transaction, key: str) -> TemplateVersion:
    """Return the version that papers are made with: the newest that is not retired. `NotFound` when there is none."""
    found = tx.session.scalars(_CURRENT, {"key": key}).one_or_none()
    if found is None:
        raise NotFound("template.none", f"还没有部署文书模板“{key}”，或它的版本都已停用。请流程管理员先部署。")
    return found


def is_deployed(tx: Transaction, key: str) -> bool:
    """Tell whether papers can be made with a template: it has a version that is not retired (one statement)."""
    query = select(TemplateVersion.id).where(TemplateVersion.key == key, TemplateVersion.retired_at.is_(None))
    return tx.session.scalar(query.limit(1)) is not None


def template_by_id(tx: Transaction, version_id: int) -> Template:
    """Return the template of a version by its row id, as papers remember it. `NotFound` when there is none."""
    return template_in(version_row(tx, version_id))


def version_row(tx: Transaction, version_id: int) -> TemplateVersion:
    """Return a version with its package. `NotFound` when there is none."""
    found = tx.session.get(TemplateVersion, version_id, options=[undefer(TemplateVersion.package)])
    if found is None:
        raise NotFound("template.version", "没有这个文书模板版本。请返回列表重新选择。")
    return found


def version_id_of(tx: Transaction, template: Template) -> int:
    """Return the row id of the version that a template is. `NotFound` for a template that was never deployed."""
    query = select(TemplateVersion.id).where(TemplateVersion.key == template.key, TemplateVersion.content_hash == template.hash)
    found = tx.session.scalar(query)
    if found is None:
        raise NotFound("template.version", f"文书模板“{template.key}”的这个内容没有部署过，不能用来制发文书。请先部署。")
    return found


def template_in(version: TemplateVersion) -> Template:
    """Return what a version holds, ready for rendering."""
    return _unpacked(version.key, version.package)


@lru_cache(maxsize=32)
def _unpacked(key: str, package: bytes) -> Template:
    return template_from_files(read_zip(package, suffixes=PAPER_SUFFIXES), key=key)


def files_of_version(version: TemplateVersion) -> dict[str, bytes]:
    """Return the files of a version."""
    return read_zip(version.package, suffixes=PAPER_SUFFIXES)


def load_folder(tx: Transaction, *, actor: Actor, folder: Path, procedure: str, reason: str) -> list[int]:
    """Deploy the templates in `folder/<procedure>/<name>/` whose content was never deployed before; return the new rows.

    What was deployed once is left alone: a template that was changed in the browser since then stays the one in use. Writes
    versions and audit events. Raises `DomainError` for a folder that is no template.
    """
    names = sorted(path.name for path in (folder / procedure).glob("*") if path.is_dir())
    keys = [f"{procedure}/{name}" for name in names]
    rows = select(TemplateVersion.key, TemplateVersion.content_hash).where(TemplateVersion.key.in_(keys))
    known = {(key, digest) for key, digest in tx.session.execute(rows)}
    made = []
    for key, name in zip(keys, names, strict=True):
        files = read_files(folder / procedure / name)
        if (key, content_hash(files)) not in known:
            made.append(write_version(tx, actor=actor, key=key, files=files, reason=reason))
    return made


def write_version(
    tx: Transaction,
    *,
    actor: Actor,
    key: str,
    files: Mapping[str, bytes],
    reason: str,
    confirmed_by: int | None = None,
    deployed_by: int | None = None,
) -> int:
    """Write a template as the newest version in the running transaction; return its row id.

    `Conflict` for the content of a version that is there already: papers name a version by its content. Writes an audit event.
    """
    template = template_from_files(files, key=key)
    # Two deployments of a template in the same instant must not take the same number.
    rows = select(TemplateVersion.number).where(TemplateVersion.key == key)
    numbers = tx.session.scalars(rows.with_for_update(key_share=True)).all()
    refuse_known(tx, key=key, digest=template.hash)
    version = TemplateVersion(
        key=key,
        number=max(numbers, default=0) + 1,
        title=template.metadata.title[:120],
        content_hash=template.hash,
        package=write_zip(files),
        reason=reason.strip(),
        deployed_by=deployed_by or actor.user_id,
        confirmed_by=confirmed_by,
        deployed_at=tx.now,
    )
    tx.session.add(version)
    tx.session.flush()
    detail = {"version": version.number, "hash": version.content_hash, "reason": version.reason}
    audit.record(tx, actor=actor, action="template_deployed", subject=key, detail=detail)
    return version.id


def refuse_known(tx: Transaction, *, key: str, digest: str) -> None:
    """Raise `Conflict` for the content of a version that is there already, saying how it comes into use again."""
    query = select(TemplateVersion.number).where(TemplateVersion.key == key, TemplateVersion.content_hash == digest)
    number = tx.session.scalar(query)
    if number is not None:
        raise Conflict(
            "template.same", f"内容与第 {number} 版完全相同，没有产生新版本。要改回第 {number} 版，请停用它之后的版本。"
        )
