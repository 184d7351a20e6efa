"""What the database knows about experts and nominees that may stand in the way of judging (domain handbook 1.8)."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.domain.conflicts import ExpertFacts, NomineeFacts
from app.persistence.models import Expert, OrgUnit, Person, User, WorkItem
from app.services.casework.case_work import CaseWork
from app.services.selection.nominees import Nominee

_RELATIONS = {"relative": "relatives", "mentorship": "mentorships", "interest": "interests"}


def expert_facts(work: CaseWork, *, user_ids: Iterable[int] | None, applicants: frozenset[str]) -> dict[int, ExpertFacts]:
    """Return the facts of some experts, of all available ones for None, by user id (one statement)."""
    query = (
        select(Expert, Person.id_hash, OrgUnit.uscc)
        .join(User, User.id == Expert.user_id)
        .outerjoin(Person, Person.id == User.person_id)
        .outerjoin(OrgUnit, OrgUnit.id == Expert.employer_id)
        .options(joinedload(Expert.user))
    )
    query = (
        query.where(Expert.available.is_(True), User.active.is_(True))
        if user_ids is None
        else query.where(Expert.user_id.in_(list(user_ids)))
    )
    facts = {}
    for expert, id_hash, uscc in work.tx.session.execute(query):
        key = id_hash or f"user:{expert.user_id}"
        relations = defaultdict(set)
        co_authors: dict[str, date] = {}
        for relation in json.loads(expert.relations_json):
            if relation["kind"] == "co_author":
                co_authors[relation["id_hash"]] = date.fromisoformat(relation["until"])
            else:
                relations[_RELATIONS[relation["kind"]]].add(relation["id_hash"])
        facts[expert.user_id] = ExpertFacts(
            person_key=key,
            employers=_employers(expert.employer_id, uscc),
            relatives=frozenset(relations["relatives"]),
            mentorships=frozenset(relations["mentorships"]),
            interests=frozenset(relations["interests"]),
            co_authors=co_authors,
            applicant_in_round=key in applicants,
        )
    return facts


def nominee_facts(work: CaseWork, nominees: Sequence[Nominee], *, experts: dict[int, ExpertFacts]) -> dict[int, NomineeFacts]:
    """Return the facts of nominees by case id (one statement). Whoever began or handled a case counts as nominator or reviewer."""
    handlers: dict[int, set[str]] = defaultdict(set)
    rows = work.tx.session.execute(
        select(WorkItem.case_id, WorkItem.completed_by)
        .where(WorkItem.case_id.in_([each.case_id for each in nominees]), WorkItem.completed_by.in_(list(experts)))
        .distinct()
    )
    for case_id, user_id in rows:
        if user_id is not None:
            handlers[case_id].add(experts[user_id].person_key)
    facts = {}
    for each in nominees:
        initiator = each.case.initiator_id
        facts[each.case_id] = NomineeFacts(
            person_key=each.nomination.person.id_hash,
            employers=_employers(each.nomination.employer_id, each.nomination.employer.uscc),
            nominators=frozenset({experts[initiator].person_key} if initiator in experts else ()),
            reviewers=frozenset(handlers[each.case_id]),
        )
    return facts


def applicants_of(nominees: Sequence[Nominee]) -> frozenset[str]:
    """Return the keys of the persons who stand in the round."""
    return frozenset(each.nomination.person.id_hash for each in nominees)


def _employers(unit_id: int | None, uscc: str | None) -> frozenset[str]:
    return frozenset(filter(None, (uscc, f"unit:{unit_id}" if unit_id else None)))
