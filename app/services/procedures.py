"""Procedure packages: check and deploy. A deployed version is immutable; deploying the same content again changes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select

from app.catalog.archive import read_folder, read_zip, write_zip
from app.catalog.manifest import MANIFEST, SYSTEM_LANE, read_procedure
from app.domain.actors import Actor
from app.domain.errors import DomainError, NotAllowed, NotFound
from app.domain.permissions import Permission, is_permitted
from app.domain.procedure import CaseKind, Procedure
from app.engine.gate import Finding, GateContext, check
from app.engine.operations import OperationSpec, OperationTable, RecorderSpec, RecorderTable
from app.formkit.schema import exportable_keys
from app.persistence.models import Case, ProcedureVersion
from app.services import audit
from app.services.case_work import FUNCTIONS
from app.services.context import Context, Transaction
from app.services.procedure_cache import read_forms
from app.services.registry import Registry

ACTIONS = frozenset({"return_to", "transfer", "add_signer", "remove_signer"})
"""What the `actions` property of a user task may allow beside completing it."""


def check_package(files: Mapping[str, bytes], *, registry: Registry) -> list[Finding]:
    """Return what the gate finds in a package; an empty list means that it may be deployed. Writes nothing.

    Raises `DomainError` (package.manifest, form faults) when the package cannot even be read.
    """
    procedure = read_procedure(files)
    return check(diagrams_of(procedure), context=gate_context(procedure, registry=registry))


def diagrams_of(procedure: Procedure) -> dict[str, bytes]:
    """Return the diagrams and decision tables of a package, by file name."""
    return {name: content for name, content in procedure.files.items() if name.endswith((".bpmn", ".dmn"))}


def gate_context(procedure: Procedure, *, registry: Registry) -> GateContext:
    """Return what the gate has to know of the house to judge the diagrams of a package."""
    operations, recorders = _tables(registry)
    return GateContext(
        roles={lane: role.value if role else SYSTEM_LANE for lane, role in procedure.lanes.items()},
        forms={key: exportable_keys(form) for key, form in read_forms(procedure.files).items()},
        operations=operations,
        recorders=recorders,
        messages=frozenset(procedure.messages),
        stages=frozenset(stage.id for kind in procedure.case_kinds.values() for stage in kind.stages),
        actions=ACTIONS,
        functions=FUNCTIONS,
        variables={kind.process: _given(procedure, kind, registry) for kind in procedure.case_kinds.values()},
    )


def _tables(registry: Registry) -> tuple[OperationTable, RecorderTable]:
    operations, recorders = OperationTable(), RecorderTable()
    for operation in registry.operations.values():
        spec = OperationSpec(operation.name, operation.title, operation.description, params=operation.params)
        operations.register(spec, operation.run)
    for recorder in registry.recorders.values():
        recorders.register(RecorderSpec(recorder.name, recorder.title, recorder.description, recorder.exports), recorder.run)
    return operations, recorders


def _given(procedure: Procedure, kind: CaseKind, registry: Registry) -> frozenset[str]:
    """Variables that a case has before any of its tasks sets one: those of its start and those that messages bring."""
    carried = {
        name
        for message in procedure.messages.values()
        if message.target == kind.id and message.addressed_by is not None and message.addressed_by in registry.addressers
        for name in registry.addressers[message.addressed_by].payload
    }
    return frozenset(kind.variables) | carried


def deploy(context: Context, *, actor: Actor, files: Mapping[str, bytes], reason: str) -> int:
    """Check a package and make it the version that new cases begin with; return the row id of the version.

    Side effects: a row with the package and an audit event, unless the newest version has the same content, which is then
    returned as it is. Refuses without the right, without a reason, and with the gate's findings.
    """
    if actor.user_id is not None and not is_permitted(actor, Permission.DEPLOY_PROCEDURE):
        raise NotAllowed("procedure.deploy", "只有流程管理员可以部署流程。")
    if not reason.strip():
        raise DomainError("procedure.reason", "请写明部署原因，它会记入版本说明。")
    procedure = read_procedure(files)
    findings = [finding for finding in check_package(files, registry=context.registry) if finding.severity == "error"]
    if findings:
        first = findings[0]
        raise DomainError("procedure.refused", f"流程包没有通过检查（{len(findings)} 处），第一处：{first.message}{first.cure}")
    read_forms(files)
    with context.transaction() as tx:
        newest = _newest(tx, procedure.id)
        if newest is not None and newest.content_hash == procedure.content_hash:
            return newest.id
        version = ProcedureVersion(
            procedure=procedure.id,
            number=(newest.number if newest else 0) + 1,
            title=procedure.title,
            content_hash=procedure.content_hash,
            package=write_zip(procedure.files),
            reason=reason.strip(),
            deployed_by=actor.user_id,
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
    numbers = select(func.max(ProcedureVersion.number)).where(
        ProcedureVersion.procedure == procedure, ProcedureVersion.retired_at.is_(None)
    )
    return tx.session.scalars(
        select(ProcedureVersion).where(
            ProcedureVersion.procedure == procedure, ProcedureVersion.number == numbers.scalar_subquery()
        )
    ).one_or_none()


@dataclass(frozen=True)
class VersionRow:
    """A deployed version as lists show it."""

    id: int
    procedure: str
    number: int
    title: str
    content_hash: str
    reason: str
    deployed_at: datetime
    open_cases: int


def versions(context: Context) -> list[VersionRow]:
    """Return every version with the number of its open cases, newest first within a procedure (one statement)."""
    running = func.count(Case.id).filter(Case.ended_at.is_(None))
    query = (
        select(ProcedureVersion, running)
        .outerjoin(Case, Case.procedure_version_id == ProcedureVersion.id)
        .group_by(ProcedureVersion.id)
        .order_by(ProcedureVersion.procedure, ProcedureVersion.number.desc())
    )
    with context.reading() as tx:
        return [
            VersionRow(row.id, row.procedure, row.number, row.title, row.content_hash, row.reason, row.deployed_at, open_cases)
            for row, open_cases in tx.session.execute(query)
        ]


def read_package(path: Path) -> dict[str, bytes]:
    """Return the files of a package in a zip, or in a folder `bpmn/<name>` with its forms in `forms/<name>` beside it."""
    if path.is_file():
        return read_zip(path.read_bytes())
    return read_folder(path, forms_folder=path.parent.parent / "forms" / path.name)


def check_path(path: Path, *, registry: Registry) -> list[Finding]:
    """Check a package (folder or zip), or one diagram: within the package in whose folder it lies, else on its own.

    A diagram on its own has no manifest, so no role, form or message is known to it and each that it names is a finding.
    """
    if path.is_file() and path.suffix in {".bpmn", ".dmn"}:
        if not (path.parent / MANIFEST).exists():
            return check({path.name: path.read_bytes()}, context=_lone_context(registry))
        path = path.parent
    return check_package(read_package(path), registry=registry)


def _lone_context(registry: Registry) -> GateContext:
    operations, recorders = _tables(registry)
    nothing: frozenset[str] = frozenset()
    return GateContext(
        roles={},
        forms={},
        operations=operations,
        recorders=recorders,
        messages=nothing,
        stages=nothing,
        actions=ACTIONS,
        functions=FUNCTIONS,
    )
