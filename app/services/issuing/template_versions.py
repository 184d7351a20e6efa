"""Deployed versions of paper templates: read, shown by their sample, and what kind of versions they are."""

from app.domain.actors import Actor
from app.domain.errors import DomainError, NotFound
from app.persistence.models import TemplateVersion
from app.services.context import Context
from app.services.issuing.template_check import examine_template
from app.services.issuing.templates import files_of_version, version_row
from app.services.versions.in_use import Kind, require_sight


def files(context: Context, *, actor: Actor, version_id: int) -> tuple[str, dict[str, bytes]]:
    """Return the key and the files of a version."""
    require_sight(actor)
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


def _absent() -> NotFound:
    return NotFound("template.version", "没有这个文书模板版本。请返回列表重新选择。")


TEMPLATES = Kind(
    TemplateVersion, TemplateVersion.key, "template", _absent,
    keeps_one="这是唯一在用的版本，停用后就不能制发这种文书了。请先部署新的版本，再停用它。",
)  # fmt: skip
"""Without a version in use no paper of the kind could be made any more, also for what runs."""
