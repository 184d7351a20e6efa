"""The live view of a version: what waits at each node of its diagram, and where time went over a period."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.domain.actors import Actor
from app.domain.errors import DomainError, NotAllowed, NotFound
from app.domain.permissions import Permission, is_permitted
from app.engine.drawing import messages_of
from app.engine.types import NodeInfo
from app.persistence.queries import live
from app.services.context import Context, Transaction
from app.services.packages.procedure_cache import LoadedProcedure


@dataclass(frozen=True)
class LiveNode:
    """A node with the numbers that stand at it: cases, and `items`, of which a countersigned step has several a case."""

    case_kind: str
    node_id: str
    name: str
    waiting: int
    items: int
    overdue: int
    median_wait: timedelta | None
    longest_wait: timedelta | None
    done: int
    time_spent: timedelta
    median_time: timedelta | None


@dataclass(frozen=True)
class LiveView:
    """A version's diagrams with the numbers over them."""

    version_id: int
    number: int
    title: str
    now: datetime
    begin: datetime
    end: datetime
    diagrams: Mapping[str, bytes]
    nodes: tuple[LiveNode, ...]


def live_view(
    context: Context, *, actor: Actor, version_id: int, begin: datetime | None = None, end: datetime | None = None
) -> LiveView:
    """Return the numbers of a version, of the last 30 days unless a period (aware moments) is chosen. Needs `SEE_PROCEDURES`."""
    if not is_permitted(actor, Permission.SEE_PROCEDURES):
        raise NotAllowed("procedure.see", "您没有查看流程运行情况的权限。")
    with context.reading() as tx:
        until = end or tx.now
        since = begin or until - timedelta(days=30)
        if since >= until:
            raise DomainError("live.period", "开始时间应早于结束时间。")
        loaded = tx.context.procedures.get(tx.session, version_id)
        now = {(one.case_kind, one.node_id): one for one in live.nodes_now(tx.session, version_id=version_id, now=tx.now)}
        times = live.time_spent(tx.session, version_id=version_id, begin=since, end=until, now=tx.now)
        spent = {(one.case_kind, one.node_id): one for one in times}
        events = _events(tx, loaded)
        nodes = tuple(
            _node(loaded.nodes[key[0]][key[1]], key[0], now.get(key), spent.get(key), events.get(key, 0))
            for key in sorted({*now, *spent, *events})
            # An item that was done before its case was migrated here names a node of the earlier version.
            if key[1] in loaded.nodes.get(key[0], {})
        )
        diagrams = {name: loaded.procedure.files[name] for name in loaded.procedure.diagrams}
        return LiveView(version_id, loaded.number, loaded.procedure.title, tx.now, since, until, diagrams, nodes)


def cases_at(context: Context, *, actor: Actor, version_id: int, case_kind: str, node_id: str) -> list[live.CaseHere]:
    """Return the cases that stand at a node, be it a task or an event that waits. Needs `SEE_PROCEDURES`.

    A process administrator, who has no part in the cases, sees numbers and times and no person. `NotFound` for a node of no diagram.
    """
    if not is_permitted(actor, Permission.SEE_PROCEDURES):
        raise NotAllowed("procedure.see", "您没有查看流程运行情况的权限。")
    with context.reading() as tx:
        loaded = tx.context.procedures.get(tx.session, version_id)
        node = loaded.nodes.get(case_kind, {}).get(node_id)
        if node is None:
            raise NotFound("procedure.node", "这个版本里没有这个环节。请返回运行情况重新选择。")
        where: dict[str, Any] = {"actor": actor, "version_id": version_id, "node_id": node_id, "case_kind": case_kind}
        uses = messages_of(loaded.procedure.files)
        message = next((use.message for use in uses if not use.throws and use.node_id == node_id), None)
        if message is None and node.event != "timer":
            return live.cases_here(tx.session, **where)
        return live.cases_at_event(tx.session, **where, message=message)


def _events(tx: Transaction, loaded: LoadedProcedure) -> dict[tuple[str, str], int]:
    """Return how many cases wait at each event in the way of a case; events at the edge of a step watch, and nobody stands there."""
    found = dict(live.timers_now(tx.session, version_id=loaded.version_id))
    kinds = loaded.procedure.case_kinds
    caught = {(use.process_id, use.message): use.node_id for use in messages_of(loaded.procedure.files) if not use.throws}
    for (kind, message), count in live.messages_now(tx.session, version_id=loaded.version_id).items():
        node_id = caught.get((kinds[kind].process, message))
        if node_id is not None:
            found[kind, node_id] = found.get((kind, node_id), 0) + count
    return {(kind, node_id): count for (kind, node_id), count in found.items() if _stands_in_the_way(loaded, kind, node_id)}


def _stands_in_the_way(loaded: LoadedProcedure, kind: str, node_id: str) -> bool:
    node = loaded.nodes.get(kind, {}).get(node_id)
    return node is not None and node.kind not in ("boundaryEvent", "startEvent")


def _node(node: NodeInfo, kind: str, here: live.NodeNow | None, time: live.NodeTime | None, events: int) -> LiveNode:
    return LiveNode(
        case_kind=kind,
        node_id=node.node_id,
        name=node.name,
        waiting=here.open_cases if here else events,
        items=here.open_items if here else 0,
        overdue=here.overdue if here else 0,
        median_wait=here.median_wait if here else None,
        longest_wait=here.longest_wait if here else None,
        done=time.done if time else 0,
        time_spent=time.total if time else timedelta(0),
        median_time=time.median if time else None,
    )
