"""Procedure packages: check and deploy. A deployed version is immutable; deploying the same content again changes nothing."""

from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import bindparam, func, select

from app.catalog.archive import read_folder, read_zip, write_zip
from app.catalog.manifest import MANIFEST
from app.domain.actors import SYSTEM, Actor
from app.domain.errors import DomainError, NotAllowed, NotFound
from app.domain.permissions import Permission, is_permitted
from app.domain.procedure import Procedure
from app.engine.gate import Finding, check
from app.persistence.models import ProcedureVersion
from app.services import audit
from app.services.context import Context, Transaction
from app.services.issuing import templates
from app.services.packages.gate_context import lone_context
from app.services.packages.package_check import examine
from app.services.packages.package_manifest import read_manifest
from app.services.packages.package_model import PapersOf
from app.services.packages.package_papers import papers_in_use
from app.services.registry import Registry

_OF_PROCEDURE = ProcedureVersion.procedure == bindparam("procedure")
_LAST_NUMBER = select(func.max(ProcedureVersion.number)).where(_OF_PROCEDURE)
_NEWEST = select(ProcedureVersion).where(
    _OF_PROCEDURE, ProcedureVersion.number == _LAST_NUMBER.where(ProcedureVersion.retired_at.is_(None)).scalar_subquery()
)


def check_package(
    files: Mapping[str, bytes],
    *,
    registry: Registry,
    papers: Path | None = None,
    papers_of: PapersOf | None = None,
    apart: bool = True,
) -> list[Finding]:
    """Return what the gate finds in a package, its scenarios included; it may be deployed when nothing is an error.

    With `apart=False` the rules are asked in this process, for packages of one's own. Writes nothing; see `app.services.packages.package_check.examine`.
    """
    return list(examine(files, registry=registry, papers=papers, papers_of=papers_of, apart=apart).findings)


def deploy(context: Context, *, actor: Actor, files: Mapping[str, bytes], reason: str) -> int:
    """Check a package and make it the version that new cases begin with; return the row id of the version.

    Side effects: a row with the package and an audit event, unless the newest version has the same content, which is then
    returned as it is; and the procedure's paper templates that come with the house, where they are new. Refuses without the
    right, without a reason, and with the gate's findings. People deploy through `app.services.studio.deployment`, which asks
    for a second person.
    """
    package = accepted(context, actor=actor, files=files, reason=reason)
    papers = Path(context.certificates_folder)
    with context.transaction() as tx:
        version_id = write_version(tx, actor=actor, procedure=package, reason=reason)
        templates.load_folder(tx, actor=actor, folder=papers, procedure=package.id, reason=reason)
        return version_id


def accepted(context: Context, *, actor: Actor, files: Mapping[str, bytes], reason: str) -> Procedure:
    """Return a package that may be deployed by this actor for this reason; `DomainError` says why not. Writes nothing."""
    if actor != SYSTEM and not is_permitted(actor, Permission.DEPLOY_PROCEDURE):
        raise NotAllowed("procedure.deploy", "只有流程管理员可以部署流程。")
    if not reason.strip():
        raise DomainError("procedure.reason", "请写明部署原因，它会记入版本说明。")
    procedure = read_manifest(files)
    papers = Path(context.certificates_folder)
    found = check_package(files, registry=context.registry, papers=papers, papers_of=papers_in_use(context))
    errors = [finding for finding in found if finding.severity == "error"]
    if errors:
        first = errors[0]
        raise DomainError("procedure.refused", f"流程包没有通过检查（{len(errors)} 处），第一处：{first.message}。{first.cure}")
    return procedure


def write_version(tx: Transaction, *, actor: Actor, procedure: Procedure, reason: str, deployed_by: int | None = None) -> int:
    """Write a package as the newest version in the running transaction; the same content again is the version that is there.

    `deployed_by` is whoever made the change, when somebody else confirms it.
    """
    # Two deployments of a procedure in the same instant must not take the same number.
    rows = select(ProcedureVersion.id).where(ProcedureVersion.procedure == procedure.id)
    tx.session.scalars(rows.with_for_update(key_share=True)).all()
    newest = _newest(tx, procedure.id)
    if newest is not None and newest.content_hash == procedure.content_hash:
        return newest.id
    last = tx.session.scalar(_LAST_NUMBER, {"procedure": procedure.id})
    version = ProcedureVersion(
        procedure=procedure.id,
        number=(last or 0) + 1,
        title=procedure.title,
        content_hash=procedure.content_hash,
        package=write_zip(procedure.files),
        reason=reason.strip(),
        deployed_by=deployed_by or actor.user_id,
        deployed_at=tx.now,
    )
    tx.session.add(version)
    tx.session.flush()
    detail = {"version": version.number, "hash": version.content_hash, "reason": version.reason}
    audit.record(tx, actor=actor, action="procedure_deployed", subject=procedure.id, detail=detail)
    return version.id


def current_version(tx: Transaction, procedure: str) -> int:
    """Return the row id of the version that new cases of a procedure begin with. `NotFound` when none is deployed."""
    newest = _newest(tx, procedure)
    if newest is None:
        raise NotFound("procedure.none", f"还没有部署流程“{procedure}”。请流程管理员先部署。")
    return newest.id


def _newest(tx: Transaction, procedure: str) -> ProcedureVersion | None:
    return tx.session.scalars(_NEWEST, {"procedure": procedure}).one_or_none()


def read_package(path: Path) -> dict[str, bytes]:
    """Return the files of a package in a zip, or in a folder `bpmn/<name>` with its forms in `forms/<name>` beside it."""
    if path.is_file():
        return read_zip(path.read_bytes())
    return read_folder(path, forms_folder=path.parent.parent / "forms" / path.name)


def check_path(path: Path, *, registry: Registry, papers: Path | None = None) -> list[Finding]:
    """Check a package (folder or zip), or one diagram: within the package in whose folder it lies, else on its own.

    A diagram on its own has no manifest, so no role, form or message is known to it and each that it names is a finding.
    """
    if path.is_file() and path.suffix in {".bpmn", ".dmn"}:
        if not (path.parent / MANIFEST).exists():
            return check({path.name: path.read_bytes()}, context=lone_context(registry))
        path = path.parent
    return check_package(read_package(path), registry=registry, papers=papers, apart=False)
