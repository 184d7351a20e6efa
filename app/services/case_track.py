"""The tracker of a case: the stages behind it, the one it is in and those to come, and who has it in hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from app.domain.actors import ROLE_TITLES, Role
from app.domain.procedure import CaseKind, Stage
from app.engine.types import NodeInfo
from app.persistence.models import Case
from app.persistence.queries.case_view import ItemRow


@dataclass(frozen=True)
class Step:
    """A stage on the tracker; `at` is when something was last done in it, or since when the case is in it."""

    id: str
    title: str
    public: str
    state: Literal["done", "now", "next"]
    at: datetime | None


@dataclass(frozen=True)
class Holder:
    """Who has the case in hand: a role in a unit, or a person."""

    title: str
    who: str
    since: datetime
    due_at: datetime | None


def track(case: Case, kind: CaseKind, *, items: Sequence[ItemRow], nodes: Mapping[str, NodeInfo]) -> list[Step]:
    """Return the stages that the case went through, is in, or is likely to come to.

    A stage with tasks of which none was done did not happen. A stage whose tasks only ask again for an earlier form is a
    way back (退回补正): it shows when the case has been there.
    """
    ended, found = case.ended_at is not None, []
    for order, stage in enumerate(kind.stages):
        at = max((item.completed_at for item in items if item.stage == stage.id and item.completed_at), default=None)
        if stage.id == case.stage and not ended:
            found.append(_step(stage, "now", case.stage_since))
        elif order < case.stage_order or (ended and stage.id == case.stage):
            if at is not None or not _has_tasks(stage, nodes):
                found.append(_step(stage, "done", at))
        elif not ended and (at is not None or not _is_way_back(stage, kind, nodes)):
            found.append(_step(stage, "next", None))
    return found


def holders(items: Sequence[ItemRow], *, outsider: bool) -> list[Holder]:
    """Return who has to act now. Outsiders read the body that acts, not the name of the person."""
    found: dict[tuple[str, str], Holder] = {}
    for item in items:
        if item.state != "open":
            continue
        role = ROLE_TITLES[Role(item.role)] if item.role in set(Role) else item.role
        body = f"{item.unit} · {role}" if item.unit else role
        who = body if outsider or not item.assignee else f"{body} · {item.assignee}"
        found.setdefault((item.title, who), Holder(title=item.title, who=who, since=item.created_at, due_at=item.due_at))
    return list(found.values())


def _step(stage: Stage, state: Literal["done", "now", "next"], at: datetime | None) -> Step:
    return Step(id=stage.id, title=stage.title, public=stage.public, state=state, at=at)


def _tasks(stage: Stage, nodes: Mapping[str, NodeInfo]) -> list[NodeInfo]:
    return [node for node in nodes.values() if node.kind == "userTask" and node.properties.get("stage") == stage.id]


def _has_tasks(stage: Stage, nodes: Mapping[str, NodeInfo]) -> bool:
    return bool(_tasks(stage, nodes))


def _is_way_back(stage: Stage, kind: CaseKind, nodes: Mapping[str, NodeInfo]) -> bool:
    own = {node.properties.get("form") for node in _tasks(stage, nodes)}
    earlier = kind.stages[: kind.order_of(stage.id)]
    asked = {node.properties.get("form") for before in earlier for node in _tasks(before, nodes)}
    return bool(own) and own <= asked
