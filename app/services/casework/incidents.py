"""Incidents: what the system could not do by itself is tried again by somebody who has mended the cause."""

from typing import Any

from sqlalchemy import and_, select, update

from app.domain.actors import Actor
from app.domain.errors import Conflict, NotAllowed, NotFound
from app.domain.permissions import Permission, is_permitted
from app.engine.types import EngineError
from app.persistence.models import Case, Incident, OutboxEntry, WorkItem
from app.services import audit
from app.services.context import Context, Transaction


def open_once(tx: Transaction, *, case_id: int | None, code: str, message: str, source: str) -> None:
    """Enter that something failed, unless an incident of the same source stands open. The caller holds what keeps others away."""
    known = select(Incident.id).where(Incident.source == source, Incident.closed_at.is_(None))
    if tx.session.scalar(known.limit(1)) is None:
        tx.session.add(Incident(case_id=case_id, code=code, message=message, source=source, opened_at=tx.now))


def report(context: Context, *, item_id: int, error: EngineError) -> None:
    """Enter that the engine cannot complete a work item, once while it stands: who tried is told, who mends procedures must know."""
    with context.transaction() as tx:
        case_id = tx.session.scalar(select(WorkItem.case_id).where(WorkItem.id == item_id).with_for_update())
        if case_id is not None:
            open_once(tx, case_id=case_id, code=error.code, message=error.message, source=f"item:{item_id}")


def retry(context: Context, *, actor: Actor, incident_id: int) -> None:
    """Close an incident and have what failed tried again at once; it comes back as a new incident when it fails anew.

    Writes the incident, the outbox entries behind it (timers are looked at every minute anyway, a work item is completed again by
    whoever has it), the history of the case or, where it is about none (mail), of the system.
    """
    if not is_permitted(actor, Permission.MEND_INCIDENT):
        raise NotAllowed("incident.mend", "只有流程管理员可以处理异常。")
    with context.transaction() as tx:
        incident = tx.session.get(Incident, incident_id, with_for_update=True)
        if incident is None:
            raise NotFound("incident.unknown", "没有找到这条异常。请返回列表重新选择。")
        if incident.closed_at is not None:
            raise Conflict("incident.closed", "这条异常已经由其他人处理，没有重复执行。")
        _again(tx, incident)
        incident.closed_at, incident.closed_by = tx.now, actor.user_id
        told: dict[str, Any] = {"action": "incident_retried", "subject": incident.source}
        told["detail"] = {"incident": incident.id, "code": incident.code}
        if incident.case_id is None:
            audit.record(tx, actor=actor, **told)
        else:
            case = tx.session.get_one(Case, incident.case_id, with_for_update=True)
            audit.record_on_case(tx, case, actor=actor, **told)


def _again(tx: Transaction, incident: Incident) -> None:
    kind, _, named = incident.source.partition(":")
    if kind != "outbox":
        return
    meant = OutboxEntry.id == int(named) if named.isdigit() else and_(OutboxEntry.kind == named, OutboxEntry.case_id.is_(None))
    entries = update(OutboxEntry).where(meant, OutboxEntry.state == "failed")
    tx.session.execute(entries.values(state="pending", attempts=0, next_at=tx.now, error=""))
    tx.leaving = True
