"""Where the open cases of a version stand, how long they wait, and where time went: the numbers that are laid over its diagram."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from sqlalchemy import ColumnElement, null, or_, select, true
from sqlalchemy.orm import Session

from app.domain.actors import Actor
from app.domain.permissions import Permission, is_permitted
from app.persistence.models import Case, Timer, User, WorkItem
from app.persistence.queries.access import visible_cases


@dataclass(frozen=True)
class NodeNow:
    """What waits at a task at this moment; `overdue` counts cases, waits are measured from when the item came up."""

    case_kind: str
    node_id: str
    open_items: int
    open_cases: int
    overdue: int
    median_wait: timedelta
    longest_wait: timedelta


@dataclass(frozen=True)
class NodeTime:
    """The time that a task took over a period: `total` is what of it lies in the period, `median` of those completed in it."""

    case_kind: str
    node_id: str
    done: int
    total: timedelta
    median: timedelta | None
    longest: timedelta


@dataclass(frozen=True)
class CaseHere:
    """A case that stands at a node, for the list behind a number; one that the reader may not see has neither title nor assignee."""

    case_id: int
    number: str
    title: str
    since: datetime
    due_at: datetime | None
    assignee: str
    visible: bool


def nodes_now(session: Session, *, version_id: int, now: datetime) -> list[NodeNow]:
    """Return the tasks of a version at which something is open, longest wait first (one statement)."""
    rows = session.execute(
        select(Case.kind, WorkItem.node_id, WorkItem.case_id, WorkItem.created_at, WorkItem.due_at)
        .join(Case, Case.id == WorkItem.case_id)
        .where(Case.procedure_version_id == version_id, Case.ended_at.is_(None), WorkItem.state == "open")
    )
    groups: dict[tuple[str, str], list[tuple[int, timedelta, bool]]] = {}
    for kind, node_id, case_id, created_at, due_at in rows:
        late = due_at is not None and due_at < now
        groups.setdefault((kind, node_id), []).append((case_id, now - created_at, late))
    found = [
        NodeNow(
            case_kind=kind,
            node_id=node_id,
            open_items=len(items),
            open_cases=len({case_id for case_id, _, _ in items}),
            overdue=len({case_id for case_id, _, late in items if late}),
            median_wait=middle(wait for _, wait, _ in items) or timedelta(0),
            longest_wait=max(wait for _, wait, _ in items),
        )
        for (kind, node_id), items in groups.items()
    ]
    return sorted(found, key=lambda node: node.longest_wait, reverse=True)


def timers_now(session: Session, *, version_id: int) -> dict[tuple[str, str], int]:
    """Return how many timers wait at each timer event of a version, by kind of case and node."""
    rows = session.execute(
        select(Case.kind, Timer.node_id)
        .join(Case, Case.id == Timer.case_id)
        .where(Case.procedure_version_id == version_id, Case.ended_at.is_(None), Timer.state == "open")
    )
    return Counter((row.kind, row.node_id) for row in rows)


def messages_now(session: Session, *, version_id: int) -> dict[tuple[str, str], int]:
    """Return how many open cases of a version wait for each message, by kind of case and message."""
    rows = session.execute(
        select(Case.kind, Case.waiting).where(
            Case.procedure_version_id == version_id, Case.ended_at.is_(None), Case.waiting != "{}"
        )
    )
    return Counter((row.kind, name) for row in rows for name in json.loads(row.waiting))


def time_spent(session: Session, *, version_id: int, begin: datetime, end: datetime, now: datetime) -> list[NodeTime]:
    """Return where the time of a version's cases went between two moments, most time first (one statement).

    An item that is open still counts up to now. Cancelled items are left out: nobody worked at them to the end.
    """
    rows = session.execute(
        select(Case.kind, WorkItem.node_id, WorkItem.created_at, WorkItem.completed_at)
        .join(Case, Case.id == WorkItem.case_id)
        .where(
            Case.procedure_version_id == version_id,
            WorkItem.state != "cancelled",
            WorkItem.created_at < end,
            or_(WorkItem.completed_at.is_(None), WorkItem.completed_at > begin),
        )
    )
    groups: dict[tuple[str, str], list[tuple[datetime, datetime | None]]] = {}
    for kind, node_id, created_at, completed_at in rows:
        groups.setdefault((kind, node_id), []).append((created_at, completed_at))
    found = [_node_time(key, items, begin, end, now) for key, items in groups.items()]
    return sorted(found, key=lambda node: node.total, reverse=True)


def _node_time(
    key: tuple[str, str], items: list[tuple[datetime, datetime | None]], begin: datetime, end: datetime, now: datetime
) -> NodeTime:
    shares = [min(stop or now, end) - max(start, begin) for start, stop in items]
    whole = [stop - start for start, stop in items if stop is not None and begin < stop <= end]
    return NodeTime(
        case_kind=key[0],
        node_id=key[1],
        done=len(whole),
        total=sum((max(share, timedelta(0)) for share in shares), timedelta(0)),
        median=middle(whole),
        longest=max((stop or now) - start for start, stop in items),
    )


def cases_here(
    session: Session, *, actor: Actor, version_id: int, node_id: str, case_kind: str, limit: int = 200
) -> list[CaseHere]:
    """Return the cases that stand at a task, longest first (one statement).

    Who answers for the procedure sees of each that it is there: its number and since when. Anybody else only what they may see.
    """
    rows = session.execute(
        select(
            Case.id,
            Case.number,
            Case.title,
            WorkItem.created_at,
            WorkItem.due_at,
            User.name,
            visible_cases(actor).label("visible"),
        )
        .join(Case, Case.id == WorkItem.case_id)
        .outerjoin(User, User.id == WorkItem.assignee_id)
        .where(
            Case.procedure_version_id == version_id,
            Case.kind == case_kind,
            Case.ended_at.is_(None),
            WorkItem.node_id == node_id,
            WorkItem.state == "open",
            _listed(actor),
        )
        .order_by(WorkItem.created_at)
        .limit(limit)
    )
    return [_as_read(row) for row in rows]


def cases_at_event(
    session: Session, *, actor: Actor, version_id: int, node_id: str, case_kind: str, message: str | None, limit: int = 200
) -> list[CaseHere]:
    """Return the cases that wait at an event for a time, or for a message, as `cases_here` does (one statement)."""
    waits = select(Timer.case_id).where(Timer.case_id == Case.id, Timer.node_id == node_id, Timer.state == "open").exists()
    for_it = Case.waiting.contains(json.dumps(message), autoescape=True) if message is not None else waits
    due = select(Timer.due_at).where(Timer.case_id == Case.id, Timer.node_id == node_id, Timer.state == "open").limit(1)
    rows = session.execute(
        select(
            Case.id,
            Case.number,
            Case.title,
            Case.stage_since,
            due.scalar_subquery(),
            null(),
            visible_cases(actor).label("visible"),
        )
        .where(Case.procedure_version_id == version_id, Case.kind == case_kind, Case.ended_at.is_(None), for_it, _listed(actor))
        .order_by(Case.stage_since)
        .limit(limit)
    )
    return [_as_read(row) for row in rows]


def _listed(actor: Actor) -> ColumnElement[bool]:
    return true() if is_permitted(actor, Permission.DEPLOY_PROCEDURE) else visible_cases(actor)


def _as_read(row: Any) -> CaseHere:
    case_id, number, title, since, due_at, assignee, visible = row
    return CaseHere(case_id, number, title if visible else "", since, due_at, (assignee or "") if visible else "", bool(visible))


def middle(times: Iterable[timedelta]) -> timedelta | None:
    """Return the median of some times, None of none."""
    seconds = [time.total_seconds() for time in times]
    return timedelta(seconds=median(seconds)) if seconds else None
