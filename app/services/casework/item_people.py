"""To whom a work item may go: people of its role and unit whom separation of duties does not bar (domain handbook 1.6, 1.15)."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from app.domain.actors import Actor
from app.domain.lists import listed
from app.domain.permissions import ItemFacts, is_barred
from app.engine.types import NodeInfo
from app.persistence.models import Case
from app.persistence.queries import receivers
from app.persistence.queries.case_view import ItemRow
from app.services.context import Transaction

OBJECTION = "objection"
"""The kind of case that is about somebody else's nomination."""


@dataclass(frozen=True)
class Choice:
    """A person or a unit in a list to choose from."""

    id: int
    label: str


def is_before(item: ItemRow, actor: Actor) -> bool:
    """Tell whether an open item lies before somebody: it is theirs, or their group's while nobody has claimed it."""
    if item.state != "open" or item.assignee_id is not None:
        return item.state == "open" and item.assignee_id == actor.user_id
    return any(grant.role == item.role and item.scope_unit_id in (None, grant.unit_id) for grant in actor.grants)


def names_in(node: NodeInfo, key: str) -> list[str]:
    """Return the names that a property of a step lists."""
    return listed(node.properties.get(key, ""))


def keeps_out(person: Actor, facts: ItemFacts, *, concerned: Collection[int] = ()) -> bool:
    """Tell whether separation of duties bars somebody; who is objected to is heard, and does nothing else in the case."""
    about_them = person.user_id in concerned
    return is_barred(person, replace(facts, subject_id=person.user_id) if about_them else facts)


def facts_of(case: Case, *, role: str, earlier_handlers: frozenset[int]) -> ItemFacts:
    """Return what separation of duties has to know of a step of a case; whose the item is, is another question."""
    nomination = case.kind == "nomination"
    return ItemFacts(
        role=role,
        scope_unit_id=None,
        assignee_id=None,
        earlier_handlers=earlier_handlers,
        initiator_id=case.initiator_id if nomination else None,
        nominating_unit_id=case.owner_unit_id if nomination else None,
        subject_id=case.subject_id,
    )


def able_people(
    tx: Transaction, case: Case, *, node: NodeInfo, role: str, unit_ids: Collection[int] | None, without: Collection[int] = ()
) -> list[Actor]:
    """Return who holds a role (in these units, or anywhere) and may do a step of a case (two statements, three for an objection).

    Nobody whom separation of duties bars or who is recused, and none of `without`.
    """
    away = receivers.kept_away(tx.session, case_id=case.id, nodes=names_in(node, "not_same_as"))
    facts = facts_of(case, role=role, earlier_handlers=away.handlers)
    found = receivers.holders(tx.session, role=role, unit_ids=unit_ids)
    barred = away.recused | frozenset(without)
    theirs = receivers.concerned(tx.session, case_ids=[case.id])[case.id] if case.kind == OBJECTION else ()
    return [person for person in found if person.user_id not in barred and not keeps_out(person, facts, concerned=theirs)]


def as_choices(people: Collection[Actor]) -> list[Choice]:
    """Return people as a list to choose from, each with the unit."""
    return [Choice(person.user_id, f"{person.unit_name} · {person.name}") for person in people if person.user_id is not None]
