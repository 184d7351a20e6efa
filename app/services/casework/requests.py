"""Cases that a person begins: of procedures without rounds, by whoever has the role of the first task."""

from dataclasses import dataclass

from sqlalchemy import func, select

from app.domain.actors import Actor, Role
from app.domain.errors import DomainError, NotAllowed
from app.domain.permissions import Permission, is_permitted
from app.engine.drawing import flows_of
from app.engine.paths import reach
from app.persistence.models import ProcedureVersion, WorkItem
from app.services.casework import cases
from app.services.casework.case_work import ROUND
from app.services.context import Context, Transaction
from app.services.packages.procedure_cache import LoadedProcedure

LONGEST_TITLE = 60
_NEWEST = (
    select(func.max(ProcedureVersion.id))
    .where(ProcedureVersion.retired_at.is_(None))
    .group_by(ProcedureVersion.procedure)
    .order_by(ProcedureVersion.procedure)
)


@dataclass(frozen=True)
class Startable:
    """A kind of case that somebody may begin now."""

    procedure: str
    procedure_title: str
    summary: str
    kind: str
    title: str
    version_id: int


def startable(context: Context, *, actor: Actor) -> list[Startable]:
    """Return what the actor may begin: the kinds of case whose first task is one of their roles (one statement and the cache)."""
    if not is_permitted(actor, Permission.SEE_DESK):
        return []
    with context.reading() as tx:
        return _startable(tx, actor)


def _startable(tx: Transaction, actor: Actor) -> list[Startable]:
    found = []
    for version_id in tx.session.scalars(_NEWEST).all():
        loaded = tx.context.procedures.get(tx.session, version_id)
        procedure = loaded.procedure
        # The cases of a selection are begun by its round, by those who nominate in it, and by objections to it.
        for kind in procedure.case_kinds.values() if ROUND not in procedure.case_kinds else ():
            if actor.has(*_beginners(loaded, kind.id)):
                found.append(Startable(procedure.id, procedure.title, procedure.summary, kind.id, kind.title, version_id))
    return found


def selections(tx: Transaction) -> list[tuple[str, str]]:
    """Return the procedures that have rounds, id and title of the newest version, by title (one statement and the cache)."""
    found = (tx.context.procedures.get(tx.session, version_id).procedure for version_id in tx.session.scalars(_NEWEST).all())
    return sorted(((one.id, one.title) for one in found if ROUND in one.case_kinds), key=lambda each: each[1])


def _beginners(loaded: LoadedProcedure, kind: str) -> frozenset[Role]:
    """Return the roles of the tasks to which a case of a kind comes first."""
    nodes, process = loaded.nodes[kind], loaded.procedure.case_kinds[kind].process
    ways: dict[str, list[str]] = {}
    for flow in flows_of(loaded.procedure.files):
        if flow.process_id == process:
            ways.setdefault(flow.source, []).append(flow.target)
    starts = [node.node_id for node in nodes.values() if node.kind == "startEvent"]
    tasks = {node.node_id for node in nodes.values() if node.kind in ("userTask", "manualTask")}
    first = reach(starts, lambda at: [] if at in tasks else ways.get(at, [])) & tasks
    roles = (loaded.procedure.lanes.get(nodes[node_id].lane or "") for node_id in first)
    return frozenset(role for role in roles if role is not None)


def start_request(context: Context, *, actor: Actor, procedure: str, kind: str, title: str) -> tuple[int, int | None]:
    """Begin a case on the newest version of a procedure; return its id, and that of the work item that the actor has next.

    Writes the case, its first work items and its history. The first task is the actor's own. Refuses what they may not begin.
    """
    title = title.strip()
    if not 0 < len(title) <= LONGEST_TITLE:
        raise DomainError("request.title", f"请填写办件名称，不超过 {LONGEST_TITLE} 个字，例如办理对象的名称。")
    with context.transaction() as tx:
        chosen = next((one for one in _startable(tx, actor) if (one.procedure, one.kind) == (procedure, kind)), None)
        if chosen is None:
            raise NotAllowed("request.start", "您不能发起这类办件，或者它刚刚停用。请返回重新选择。")
        work = cases.start(
            tx, actor=actor, version_id=chosen.version_id, kind=kind, title=title, variables={}, owner_unit_id=actor.unit_id,
        )  # fmt: skip
        cases.flush(tx)
        roles = [role.value for role in actor.roles]
        item = tx.session.scalars(
            select(WorkItem)
            .where(WorkItem.case_id == work.case.id, WorkItem.state == "open", WorkItem.role.in_(roles))
            .where(WorkItem.assignee_id.is_(None) | (WorkItem.assignee_id == actor.user_id))
            .order_by(WorkItem.id)
            .limit(1)
        ).first()
        if item is not None:
            item.assignee_id = actor.user_id
        return work.case.id, item.id if item is not None else None
