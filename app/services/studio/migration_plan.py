"""Which cases can go to another version: the mapping of nodes, found by itself and corrected by hand, and a try without writing."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import ColumnElement, func, select

from app.domain.actors import Actor
from app.domain.errors import DomainError
from app.engine.migrating import migrate
from app.engine.types import Advance, EngineError, Functions, NodeInfo
from app.persistence.models import Case, ProcedureVersion, SelectionRound, Timer, WorkItem
from app.services.casework.case_work import CaseWork, expression_functions
from app.services.context import Context, Transaction
from app.services.packages.procedure_cache import LoadedProcedure, no_version
from app.services.versions.draft_files import require_right

How = Literal["id", "name", "given", "none"]
_AT_ONCE = 200


@dataclass(frozen=True)
class MappingLine:
    """A node of the old version and where its cases go: found by its id, by its name and kind, given by hand, or nowhere."""

    case_kind: str
    node_id: str
    name: str
    kind: str
    target: str | None
    how: How
    open_cases: int


@dataclass(frozen=True)
class Candidate:
    """An open case of the old version."""

    case_id: int
    number: str
    title: str
    kind: str
    stage: str
    nodes: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """What a page shows before anything happens: the mapping, the cases, and the nodes to choose from, by kind of case."""

    from_version_id: int
    to_version_id: int
    mapping: tuple[MappingLine, ...]
    cases: tuple[Candidate, ...]  # the first of them, when more were open than asked for
    open_cases: int
    targets: Mapping[str, tuple[tuple[str, str, str], ...]]  # kind of case -> id, name, kind of each node of the new version


@dataclass(frozen=True)
class Forecast:
    """What would become of a case: where it would stand, or why it would stay."""

    case_id: int
    number: str
    moves: bool
    nodes: tuple[str, ...]
    message: str
    places: tuple[str, ...] = ()
    """The names of the nodes at which a person or a day would be waited for, else of those at which a message would be."""


def plan(
    context: Context,
    *,
    actor: Actor,
    from_version_id: int,
    to_version_id: int,
    given: Mapping[str, str] | None = None,
    limit: int | None = None,
) -> Plan:
    """Return the mapping and the cases that could be moved, the earliest `limit` of them.

    `given` are corrections, node of the old version to node of the new.
    """
    require_right(actor)
    with context.reading() as tx:
        old, new = versions(tx, from_version_id, to_version_id)
        cases = tuple(_candidates(tx, from_version_id, old, limit))
        open_cases = tx.session.scalar(select(func.count()).select_from(Case).where(*_open_at(from_version_id))) or 0
        counts = _standing(tx, from_version_id)
    return Plan(
        from_version_id=from_version_id,
        to_version_id=to_version_id,
        mapping=tuple(map_nodes(old, new, given=given or {}, counts=counts)),
        cases=cases,
        open_cases=open_cases,
        targets={
            kind: tuple((node.node_id, node.name, node.kind) for node in nodes.values()) for kind, nodes in new.nodes.items()
        },
    )


def map_nodes(
    old: LoadedProcedure, new: LoadedProcedure, *, given: Mapping[str, str], counts: Mapping[str, int]
) -> Iterator[MappingLine]:
    """Yield every node of the old version with the node of the new one that it goes to: by id, else as given, else by name and kind."""
    for case_kind, nodes in old.nodes.items():
        targets = new.nodes.get(case_kind, {})
        names = Counter((node.name, *_nature(node)) for node in targets.values() if node.name)
        by_name = {(node.name, *_nature(node)): node.node_id for node in targets.values()}
        for node in nodes.values():
            same, alike = targets.get(node.node_id), (node.name, *_nature(node))
            target: str | None = None
            how: How = "none"
            if same is not None and _nature(same) == _nature(node):
                target, how = node.node_id, "id"
            elif given.get(node.node_id) in targets:
                target, how = given[node.node_id], "given"
            elif names[alike] == 1:
                target, how = by_name[alike], "name"
            yield MappingLine(case_kind, node.node_id, node.name, node.kind, target, how, counts.get(node.node_id, 0))


def mapping_of(old: LoadedProcedure, new: LoadedProcedure, given: Mapping[str, str]) -> dict[str, str]:
    """Return the mapping as the engine takes it. `DomainError` for a correction that names a node which is not there.

    Nor may one name a step that the new version has: whoever migrates mends what a new version renamed, and lets no case skip a step.
    """
    theirs = {node_id for nodes in old.nodes.values() for node_id in nodes}
    ours = {node_id for nodes in new.nodes.values() for node_id in nodes}
    for source, target in given.items():
        if source not in theirs or target not in ours:
            raise DomainError("migration.mapping", f"节点对应“{source}→{target}”不对：原版本或新版本没有这个节点。")
    lines = list(map_nodes(old, new, given=given, counts={}))
    moved = next((one for one in lines if one.how == "id" and given.get(one.node_id, one.node_id) != one.node_id), None)
    if moved is not None:
        raise DomainError("migration.skipped", f"新版本仍有环节“{moved.name or moved.node_id}”，停在这里的办件只能迁到同一环节。")
    return renames(lines)


def refuse_other_ways_back(mapping: Mapping[str, str], given: Mapping[str, str], *, old_nodes: Set[str]) -> None:
    """Raise `DomainError` for a way back that is none: a case goes back to a node that its node has come from, and to no other."""
    for new, old in given.items():
        if mapping.get(old, old if old in old_nodes else None) != new:
            raise DomainError("migration.skipped", f"停在“{new}”的办件不是从“{old}”迁来的，不能迁回那里。请重新选择。")


def renames(lines: Sequence[MappingLine]) -> dict[str, str]:
    """Return the mapping as the engine takes it: only nodes that go to a node of another id."""
    return {line.node_id: line.target for line in lines if line.target is not None and line.target != line.node_id}


def dry_run(
    context: Context,
    *,
    actor: Actor,
    from_version_id: int,
    to_version_id: int,
    case_ids: Sequence[int],
    given: Mapping[str, str] | None = None,
) -> list[Forecast]:
    """Try the chosen cases one by one and say what would become of each. Writes nothing."""
    require_right(actor)
    found: list[Forecast] = []
    with context.reading() as tx:
        old, new = versions(tx, from_version_id, to_version_id)
        mapping = mapping_of(old, new, given or {})
        for begin in range(0, len(case_ids), _AT_ONCE):
            query = (
                select(Case, Case.state, SelectionRound)
                .outerjoin(SelectionRound, SelectionRound.id == Case.round_id)
                .where(Case.id.in_(case_ids[begin : begin + _AT_ONCE]))
                .order_by(Case.id)
            )
            for case, state, round_ in tx.session.execute(query):
                work = CaseWork(tx=tx, case=case, round=round_, loaded=new, actor=actor)
                found.append(_forecast(work, state, from_version_id, old, mapping))
            tx.session.expunge_all()
    return found


def _forecast(work: CaseWork, state: bytes, from_version_id: int, old: LoadedProcedure, mapping: Mapping[str, str]) -> Forecast:
    case = work.case
    reason = hindrance(case, from_version_id, work.loaded)
    if reason is None:
        try:
            functions = expression_functions(work)
            advance = move(old, work.loaded, state, kind=case.kind, mapping=mapping, functions=functions)
        except (EngineError, DomainError) as error:
            reason = error.message
        else:
            here = [*(one.node for one in advance.ready), *(one.node for one in advance.timers)]
            waiting = [one.node for one in advance.waiting]
            nodes = dict.fromkeys(node.node_id for node in (*here, *waiting))
            places = dict.fromkeys(node.name or node.node_id for node in here or waiting)
            return Forecast(case.id, case.number, True, tuple(nodes), "", tuple(places))
    return Forecast(case.id, case.number, False, (), reason)


def hindrance(case: Case, from_version_id: int, new: LoadedProcedure) -> str | None:
    """Return why a case cannot be moved whatever its state is, None when nothing is in the way."""
    if case.ended_at is not None:
        return "办件已经办结，不需要迁移。"
    if case.procedure_version_id != from_version_id:
        return "办件已经不在原来的版本上。"
    return None if case.kind in new.procedure.case_kinds else "新版本没有这一类办件。"


def move(
    old: LoadedProcedure,
    new: LoadedProcedure,
    state: bytes,
    *,
    kind: str,
    mapping: Mapping[str, str],
    functions: Functions,
) -> Advance:
    """Return a case as it would stand in the new version. Raises `EngineError` when one of its tokens has no place there.

    Boundary events that the new version adds wait from now on, e.g. a reminder or the withdrawal of an application.
    """
    known = {mapping.get(node_id, node_id) for node_id in old.nodes[kind]}
    added = [node.node_id for node in new.nodes[kind].values() if node.kind == "boundaryEvent" and node.node_id not in known]
    variables = new.procedure.case_kinds[kind].variables
    return migrate(new.spec, state, mapping=mapping, variables=variables, arm=added, functions=functions)


def versions(tx: Transaction, from_version_id: int, to_version_id: int) -> tuple[LoadedProcedure, LoadedProcedure]:
    """Return two versions of one procedure; `DomainError` when they are the same or of different procedures."""
    names = {
        row.id: row.procedure
        for row in tx.session.execute(
            select(ProcedureVersion.id, ProcedureVersion.procedure).where(
                ProcedureVersion.id.in_((from_version_id, to_version_id))
            )
        )
    }
    if from_version_id not in names or to_version_id not in names:
        raise no_version()
    if from_version_id == to_version_id or len(set(names.values())) != 1:
        raise DomainError("migration.versions", "请选择同一流程的两个不同版本。")
    procedures = tx.context.procedures
    return procedures.get(tx.session, from_version_id), procedures.get(tx.session, to_version_id)


def _open_at(version_id: int) -> tuple[ColumnElement[bool], ...]:
    return Case.procedure_version_id == version_id, Case.ended_at.is_(None)


def _standing(tx: Transaction, version_id: int) -> Counter[str]:
    """Count the open cases that wait at each node; a node has work items or timers, never both."""
    counts: Counter[str] = Counter()
    for model in (WorkItem, Timer):
        waiting = select(model.node_id, func.count(model.case_id.distinct())).join(Case, Case.id == model.case_id)
        rows = tx.session.execute(waiting.where(*_open_at(version_id), model.state == "open").group_by(model.node_id))
        counts.update({row[0]: row[1] for row in rows})
    return counts


def _candidates(tx: Transaction, version_id: int, old: LoadedProcedure, limit: int | None) -> Iterator[Candidate]:
    chosen = select(Case.id).where(*_open_at(version_id)).order_by(Case.id).limit(limit).subquery()
    nodes: dict[int, list[str]] = {}
    for model in (WorkItem, Timer):
        rows = select(model.case_id, model.node_id).join(chosen, chosen.c.id == model.case_id).where(model.state == "open")
        for case_id, node_id in tx.session.execute(rows.order_by(model.id)):
            nodes.setdefault(case_id, []).append(node_id)
    for case in tx.session.scalars(select(Case).join(chosen, chosen.c.id == Case.id).order_by(Case.id)):
        kind = old.procedure.case_kinds[case.kind]
        stage = kind.stage(case.stage).title if case.stage else ""
        yield Candidate(case.id, case.number, case.title, case.kind, stage, tuple(dict.fromkeys(nodes.get(case.id, ()))))


def _nature(node: NodeInfo) -> tuple[str, str | None, str | None]:
    return node.kind, node.loop, node.event
