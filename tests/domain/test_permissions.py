"""Who may do what: each rule with a yes and a no."""

import pytest

from app.domain.actors import Actor, Grant, Role
from app.domain.permissions import (
    ADMINISTRATORS,
    PERMITTED_ROLES,
    CaseFacts,
    ItemFacts,
    Permission,
    is_barred,
    is_permitted,
    is_within_reach,
    may_read_submission,
    may_see_case,
)

STREET, OTHER_STREET, EMPLOYER = 11, 12, 31


def actor(*grants: tuple[Role, int], user_id: int = 7) -> Actor:
    return Actor(user_id, "某人", 1, "某单位", frozenset(Grant(role, unit) for role, unit in grants))


def item(**changes: object) -> ItemFacts:
    facts = {
        "role": "office_clerk",
        "scope_unit_id": STREET,
        "assignee_id": None,
        "earlier_handlers": frozenset(),
        "initiator_id": 99,
        "nominating_unit_id": EMPLOYER,
    }
    return ItemFacts(**(facts | changes))  # type: ignore[arg-type]


def case(**changes: object) -> CaseFacts:
    facts = {
        "kind": "nomination",
        "subject_id": 50,
        "owner_unit_id": EMPLOYER,
        "office_unit_id": STREET,
        "is_involved": False,
        "is_recused": False,
    }
    return CaseFacts(**(facts | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize("permission", list(Permission))
def test_every_permission_is_somebodys(permission: Permission) -> None:
    assert PERMITTED_ROLES[permission]


@pytest.mark.parametrize("role", sorted(ADMINISTRATORS))
def test_administrators_have_no_business_right(role: Role) -> None:
    held = {permission for permission in Permission if is_permitted(actor((role, 1)), permission)}
    administrative = {Permission.MANAGE_CALENDAR, Permission.MANAGE_UNITS, Permission.MANAGE_ACCOUNTS}
    assert held <= administrative | {Permission.GRANT_ROLES, Permission.READ_AUDIT}


@pytest.mark.parametrize(
    ("grants", "reaches"),
    [
        ([(Role.OFFICE_CLERK, STREET)], True),
        ([(Role.OFFICE_CLERK, OTHER_STREET)], False),
        ([(Role.OFFICE_LEADER, STREET)], False),
        ([], False),
    ],
)
def test_a_group_item_is_within_reach_of_its_role_in_its_unit(grants: list[tuple[Role, int]], reaches: bool) -> None:
    assert is_within_reach(actor(*grants), item()) is reaches


def test_an_item_without_a_unit_is_for_the_role_anywhere() -> None:
    assert is_within_reach(actor((Role.OFFICE_CLERK, OTHER_STREET)), item(scope_unit_id=None))
    assert not is_within_reach(actor((Role.EXPERT, 1)), item(scope_unit_id=None))


def test_an_assigned_item_is_its_assignees_only() -> None:
    colleague = actor((Role.OFFICE_CLERK, STREET), user_id=8)
    assert is_within_reach(actor(user_id=7), item(assignee_id=7))
    assert not is_within_reach(colleague, item(assignee_id=7))


def test_an_unknown_role_is_nobodys() -> None:
    assert not is_within_reach(actor((Role.OFFICE_CLERK, STREET)), item(role="superuser", scope_unit_id=None))


def test_two_reviewers_of_a_case_differ() -> None:
    second = item(role="second_reviewer", scope_unit_id=None, earlier_handlers=frozenset({7}))
    assert is_barred(actor((Role.SECOND_REVIEWER, 1), user_id=7), second)
    assert not is_barred(actor((Role.SECOND_REVIEWER, 1), user_id=8), second)


def test_nobody_reviews_what_they_nominated() -> None:
    assert is_barred(actor((Role.OFFICE_CLERK, STREET), user_id=99), item())
    assert is_barred(actor((Role.OFFICE_CLERK, STREET), (Role.NOMINATING_UNIT, EMPLOYER)), item())
    assert not is_barred(actor((Role.OFFICE_CLERK, STREET), (Role.NOMINATING_UNIT, 77)), item())
    assert not is_barred(actor((Role.NOMINATING_UNIT, EMPLOYER), user_id=99), item(role="nominating_unit"))


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        (actor((Role.BUREAU_HANDLER, 1)), True),
        (actor((Role.CANDIDATE, 1), user_id=50), True),
        (actor((Role.CANDIDATE, 1), user_id=51), False),
        (actor((Role.NOMINATING_UNIT, EMPLOYER)), True),
        (actor((Role.NOMINATING_UNIT, 32)), False),
        (actor((Role.OFFICE_CLERK, STREET)), True),
        (actor((Role.OFFICE_CLERK, OTHER_STREET)), False),
        (actor((Role.EXPERT, 1)), False),
        (actor((Role.FINANCE_MAKER, 1)), False),
        (actor((Role.ARCHIVIST, 1)), True),
        (actor((Role.AUDIT_ADMIN, 1)), False),
    ],
)
def test_who_sees_a_nomination(who: Actor, sees: bool) -> None:
    assert may_see_case(who, case()) is sees


def test_an_involved_person_sees_the_case_and_a_recused_expert_does_not() -> None:
    expert = actor((Role.EXPERT, 1))
    assert may_see_case(expert, case(is_involved=True))
    assert not may_see_case(expert, case(is_involved=True, is_recused=True))
    assert not may_see_case(actor((Role.BUREAU_HANDLER, 1), (Role.EXPERT, 1)), case(is_recused=True))


def test_a_round_is_seen_by_those_who_run_it() -> None:
    assert may_see_case(actor((Role.MEETING_SECRETARY, 1)), case(kind="round", subject_id=None))
    assert not may_see_case(actor((Role.NOMINATING_UNIT, EMPLOYER)), case(kind="round", subject_id=None))


def test_a_submission_with_named_readers_is_theirs_and_its_authors() -> None:
    readers = frozenset({"bureau_handler"})
    assert may_read_submission(actor((Role.BUREAU_HANDLER, 1)), visible_to=readers, submitted_by=3)
    assert may_read_submission(actor(user_id=3), visible_to=readers, submitted_by=3)
    assert not may_read_submission(actor((Role.CANDIDATE, 1)), visible_to=readers, submitted_by=3)
    assert may_read_submission(actor((Role.CANDIDATE, 1)), visible_to=frozenset(), submitted_by=3)


def test_the_unit_that_a_task_was_given_to_may_be_among_its_readers() -> None:
    given_to, colleague = ("department_checker", 1), actor((Role.DEPARTMENT_CHECKER, 1))
    readers = frozenset({"bureau_handler", "own_unit"})
    assert may_read_submission(colleague, visible_to=readers, submitted_by=3, given_to=given_to)
    assert not may_read_submission(colleague, visible_to=frozenset({"bureau_handler"}), submitted_by=3, given_to=given_to)
    assert not may_read_submission(colleague, visible_to=readers, submitted_by=3, given_to=None)
    for other in ((Role.DEPARTMENT_CHECKER, 2), (Role.NOMINATING_UNIT, 1)):
        assert not may_read_submission(actor(other), visible_to=readers, submitted_by=3, given_to=given_to)
