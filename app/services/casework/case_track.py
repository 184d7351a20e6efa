"""The tracker of a case: the stages behind it, the one it is in and those to come, and who has it in hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from app.domain.actors import role_title
from app.domain.procedure import CaseKind, Stage
from app.persistence.models import Case
from app.persistence.queries.case_view import ItemRow


@dataclass(frozen=True)
class Step:
    """A stage on the tracker; `at` is when something was last done in it, or since when the case is in it."""

    id: str
    title: str
    public: str
    state: Literal["done", "now", "stopped", "next"]
    at: datetime | None


@dataclass(frozen=True)
class Holder:
    """Who has the case in hand: a role in a unit (then `unit` and `role` name both), or a person."""

    title: str
    who: str
    since: datetime
    due_at: datetime | None
    unit: str = ""
    role: str = ""


def track(case: Case, kind: CaseKind, *, items: Sequence[ItemRow], asked: Mapping[str, frozenset[str]]) -> list[Step]:
    """Return the stages that the case went through, is in or stopped in, or is likely to come to: done, now or stopped, next.

    `asked` names the forms that the tasks of each stage ask for (`LoadedProcedure.asked`).
    A stage with tasks of which none was done did not happen. A stage whose tasks only ask again for an earlier form is a
    way back (退回补正): it shows when the case has been there, and while the case is there, the stage that sent it back comes next.
    A case that was sent back to an ordinary stage goes through all later ones anew.
    """
    last = {item.stage: item for item in items if item.completed_at}  # the items come in the order in which they were made
    ways_back = _ways_back(kind, asked)
    here = "" if case.ended_at else case.stage
    sender = _sender(case, kind, last) if here in ways_back else ""
    is_anew = not case.ended_at and here not in ways_back
    stopped_in = _stopped_in(case, kind, items, asked)
    found: dict[Literal["done", "now", "stopped", "next"], list[Step]] = {"done": [], "now": [], "stopped": [], "next": []}
    for order, stage in enumerate(kind.stages):
        item = last.get(stage.id)
        at = item.completed_at if item else None
        ahead = order > case.stage_order and not case.ended_at
        if stage.id == here:
            found["now"].append(_step(stage, "now", case.stage_since))
        elif stage.id == stopped_in:
            found["stopped"].append(_step(stage, "stopped", at))
        elif ahead and (stage.id == sender or ((at is None or is_anew) and stage.id not in ways_back)):
            found["next"].append(_step(stage, "next", None))
        elif at is not None or (not ahead and order <= case.stage_order and stage.id not in asked):
            found["done"].append(_step(stage, "done", at))
    return found["done"] + found["now"] + found["stopped"] + found["next"]


def _stopped_in(case: Case, kind: CaseKind, items: Sequence[ItemRow], asked: Mapping[str, frozenset[str]]) -> str:
    """The stage in which an ended case stopped without finishing it, empty where it was finished.

    Not finished is a stage in which work was taken off somebody's desk (the nominee withdrew, the term passed), and one of
    waiting that others were to follow (disqualified during the public notice). A stage that somebody's decision ended is done.
    """
    if case.ended_at is None or case.stage_order == len(kind.stages) - 1:
        return ""
    is_cut_off = any(item.stage == case.stage and item.state == "cancelled" for item in items)
    return case.stage if is_cut_off or case.stage not in asked else ""


def _sender(case: Case, kind: CaseKind, last: Mapping[str, ItemRow]) -> str:
    """The stage from which a case was sent back: of those further on, the one in which something was done last."""
    further = [stage.id for stage in kind.stages[case.stage_order + 1 :] if stage.id in last]
    return max(further, key=lambda stage: last[stage].id, default="")


def holders(items: Sequence[ItemRow], *, outsider: bool) -> list[Holder]:
    """Return who has to act now. Outsiders read the body that acts, not the name of the person."""
    found: dict[tuple[str, str], Holder] = {}
    for item in items:
        if item.state != "open":
            continue
        role = role_title(item.role)
        body = f"{item.unit} · {role}" if item.unit else role
        who = body if outsider or not item.assignee else f"{body} · {item.assignee}"
        unit = item.unit if who == body else ""
        holder = Holder(item.title, who, since=item.created_at, due_at=item.due_at, unit=unit, role=role)
        found.setdefault((item.title, who), holder)
    return list(found.values())


def together(each: Sequence[Holder]) -> list[Holder]:
    """Return the holders with the units in one line that were given the same step at the same time, e.g. ten departments."""
    found: dict[tuple[object, ...], list[Holder]] = {}
    for one in each:
        found.setdefault((one.title, one.role, one.since, one.due_at, "" if one.unit else one.who), []).append(one)
    return [replace(same[0], who=_units(same)) for same in found.values()]


def _units(same: Sequence[Holder]) -> str:
    return same[0].who if len(same) == 1 else f"{'、'.join(one.unit for one in same)} · {same[0].role}"


def came_back(items: Sequence[ItemRow], *, item_id: int) -> bool:
    """Tell whether a case came to a work item from behind: its step was done before, and the last one to act comes after it.

    The items come in the order in which they were made.
    """
    here = next((item for item in items if item.id == item_id), None)
    done = [item for item in items if item.completed_at is not None and item.id < item_id]
    if here is None or not any(item.node_id == here.node_id and item.item == here.item for item in done):
        return False
    first: dict[str, int] = {}
    for item in items:
        first.setdefault(item.node_id, item.id)
    last = max(done, key=lambda item: (item.completed_at, item.id))
    return first[last.node_id] > first[here.node_id]


def _step(stage: Stage, state: Literal["done", "now", "stopped", "next"], at: datetime | None) -> Step:
    return Step(id=stage.id, title=stage.title, public=stage.public, state=state, at=at)


def _ways_back(kind: CaseKind, asked: Mapping[str, frozenset[str]]) -> set[str]:
    """Return the stages whose tasks only ask for what an earlier stage asked for."""
    found, earlier = set(), frozenset[str]()
    for stage in kind.stages:
        own = asked.get(stage.id, frozenset())
        if own and own <= earlier:
            found.add(stage.id)
        earlier |= own
    return found
