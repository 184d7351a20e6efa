"""Who may do what: roles for what belongs to nobody in particular, predicates for what belongs to somebody. Denied by default."""

from dataclasses import dataclass, replace
from enum import StrEnum

from app.domain.actors import Actor, Role


class Permission(StrEnum):
    """What a guard asks for."""

    SEE_DESK = "see_desk"
    START_NOMINATION = "start_nomination"
    START_ROUND = "start_round"
    SEE_ROUND = "see_round"
    SEE_RANKING = "see_ranking"
    SEE_PANEL = "see_panel"
    EXPORT_ROUND = "export_round"
    SEE_PROCEDURES = "see_procedures"
    DEPLOY_PROCEDURE = "deploy_procedure"
    MOVE_DEADLINE = "move_deadline"
    MEND_INCIDENT = "mend_incident"
    REASSIGN_WORK = "reassign_work"
    CHANGE_SIGNERS = "change_signers"
    READ_OBJECTOR = "read_objector"
    HALT_ROUND = "halt_round"
    GRANT_QUOTA = "grant_quota"
    REMAKE_PAPER = "remake_paper"
    SEE_REGISTER = "see_register"
    ISSUE_CERTIFICATES = "issue_certificates"
    REVOKE_CERTIFICATE = "revoke_certificate"
    FOLLOW_UP = "follow_up"
    ASK_DEPARTMENT = "ask_department"
    MANAGE_CALENDAR = "manage_calendar"
    MANAGE_UNITS = "manage_units"
    MANAGE_ACCOUNTS = "manage_accounts"
    GRANT_ROLES = "grant_roles"
    READ_AUDIT = "read_audit"


ADMINISTRATORS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})
"""Mutually exclusive, and without any business right (GB/T 22239-2019, level 3; domain handbook 3.6)."""

BUREAU = frozenset({Role.BUREAU_HANDLER, Role.SECOND_REVIEWER, Role.BUREAU_LEADER})
"""Who answers for a round as a whole and may therefore see all of its cases."""

OVERSEERS = BUREAU | {Role.SUPERVISOR, Role.ARCHIVIST}
"""Who sees every case of a round: the bureau, who watches over it, and who keeps its papers."""

_BUSINESS = frozenset(Role) - ADMINISTRATORS

PERMITTED_ROLES: dict[Permission, frozenset[Role]] = {
    Permission.SEE_DESK: _BUSINESS,
    Permission.START_NOMINATION: frozenset({Role.NOMINATING_UNIT}),
    Permission.START_ROUND: frozenset({Role.BUREAU_HANDLER}),
    Permission.SEE_ROUND: BUREAU
    | {Role.SUPERVISOR, Role.CONVENER, Role.MEETING_SECRETARY, Role.DOCUMENT_OFFICER, Role.FINANCE_MAKER, Role.FINANCE_CHECKER}
    | {Role.ARCHIVIST, Role.PUBLICATION_REVIEWER},
    Permission.SEE_RANKING: BUREAU | {Role.CONVENER, Role.SUPERVISOR, Role.MEETING_SECRETARY},
    Permission.SEE_PANEL: BUREAU | {Role.SUPERVISOR},
    Permission.EXPORT_ROUND: OVERSEERS,
    Permission.SEE_PROCEDURES: BUREAU | {Role.PROCESS_ADMIN},
    Permission.DEPLOY_PROCEDURE: frozenset({Role.PROCESS_ADMIN}),
    Permission.MOVE_DEADLINE: frozenset({Role.BUREAU_LEADER}),
    Permission.MEND_INCIDENT: frozenset({Role.PROCESS_ADMIN}),
    Permission.REASSIGN_WORK: frozenset({Role.BUREAU_LEADER, Role.PROCESS_ADMIN}),
    Permission.CHANGE_SIGNERS: frozenset({Role.BUREAU_HANDLER, Role.BUREAU_LEADER}),
    Permission.READ_OBJECTOR: frozenset({Role.BUREAU_HANDLER, Role.INVESTIGATOR}),
    Permission.HALT_ROUND: frozenset({Role.BUREAU_LEADER}),
    Permission.GRANT_QUOTA: frozenset({Role.BUREAU_LEADER}),
    Permission.REMAKE_PAPER: frozenset({Role.BUREAU_HANDLER, Role.DOCUMENT_OFFICER, Role.ARCHIVIST}),
    Permission.SEE_REGISTER: OVERSEERS | {Role.DOCUMENT_OFFICER},
    Permission.ISSUE_CERTIFICATES: frozenset({Role.BUREAU_HANDLER, Role.DOCUMENT_OFFICER}),
    Permission.REVOKE_CERTIFICATE: frozenset({Role.BUREAU_LEADER}),
    Permission.FOLLOW_UP: frozenset({Role.BUREAU_HANDLER}),
    Permission.ASK_DEPARTMENT: frozenset({Role.BUREAU_HANDLER}),
    Permission.MANAGE_CALENDAR: frozenset({Role.SYSTEM_ADMIN}),
    Permission.MANAGE_UNITS: frozenset({Role.SYSTEM_ADMIN}),
    Permission.MANAGE_ACCOUNTS: frozenset({Role.SYSTEM_ADMIN}),
    Permission.GRANT_ROLES: frozenset({Role.SECURITY_ADMIN}),
    Permission.READ_AUDIT: frozenset({Role.AUDIT_ADMIN}),
}


def is_permitted(actor: Actor, permission: Permission) -> bool:
    """Tell whether one of the actor's roles carries the permission."""
    return actor.has(*PERMITTED_ROLES.get(permission, frozenset()))


@dataclass(frozen=True)
class ItemFacts:
    """What the predicates need to know of a work item."""

    role: str
    scope_unit_id: int | None
    assignee_id: int | None
    earlier_handlers: frozenset[int]  # who completed the tasks that `not_same_as` names, for this case
    initiator_id: int | None
    nominating_unit_id: int | None
    subject_id: int | None = None  # whom the case is about


def is_within_reach(actor: Actor, item: ItemFacts) -> bool:
    """Tell whether a work item is the actor's by assignment, or by role within the item's unit."""
    if item.assignee_id is not None:
        return actor.user_id == item.assignee_id
    units = frozenset(grant.unit_id for grant in actor.grants if grant.role == item.role)
    return bool(units) if item.scope_unit_id is None else item.scope_unit_id in units


_REVIEWING_ROLES = _BUSINESS - {Role.NOMINATING_UNIT, Role.CANDIDATE}


def is_barred(actor: Actor, item: ItemFacts) -> bool:
    """Tell whether separation of duties keeps the actor from a work item.

    Nobody reviews what they nominated, neither in person nor for the unit that nominated, nor what is about themselves; the
    two reviewers of a case differ, as do maker and checker (domain handbook 1.6, 1.15).
    """
    if actor.user_id in item.earlier_handlers:
        return True
    if item.role not in {role.value for role in _REVIEWING_ROLES}:
        return False
    if actor.user_id is not None and actor.user_id in (item.initiator_id, item.subject_id):
        return True
    return item.nominating_unit_id is not None and item.nominating_unit_id in actor.units_of(Role.NOMINATING_UNIT)


def may_remind(actor: Actor, *, initiator_id: int | None, owner_unit_id: int | None) -> bool:
    """Tell whether the actor may urge those who have a case in hand: who began it, the unit that nominated, and the bureau."""
    if actor.user_id is None:
        return False
    unit = owner_unit_id is not None and owner_unit_id in actor.units_of(Role.NOMINATING_UNIT)
    return actor.user_id == initiator_id or unit or actor.has(*BUREAU)


@dataclass(frozen=True)
class CaseFacts:
    """What the predicates need to know of a case, from the point of view of one actor."""

    kind: str
    subject_id: int | None
    owner_unit_id: int | None
    office_unit_id: int | None
    is_involved: bool  # the actor has done, or has before them, a work item of this case
    is_recused: bool
    is_party: bool = False
    """Of a round: the actor is nominated in it, or holds the role of a unit that nominated; of an objection: it is to their nominee."""


def may_see_case(actor: Actor, case: CaseFacts) -> bool:
    """Tell whether the actor may know that a case exists and read it.

    Who oversees a round sees all; a candidate their own; a nominating unit and a local office those of their unit; anybody else
    what they have to do or did. A recused expert sees nothing of it, whatever other reason they have.
    """
    if case.is_recused:
        return False
    if actor.has(*OVERSEERS) or case.is_involved:
        return True
    if case.kind == "round":
        return is_permitted(actor, Permission.SEE_ROUND)
    if case.kind != "nomination":
        return False
    if actor.user_id is not None and actor.user_id == case.subject_id:
        return True
    if case.owner_unit_id in actor.units_of(Role.NOMINATING_UNIT):
        return True
    return case.office_unit_id in (actor.units_of(Role.OFFICE_CLERK) | actor.units_of(Role.OFFICE_LEADER))


_PARTIES = frozenset({Role.NOMINATING_UNIT, Role.CANDIDATE})


def as_reader(actor: Actor, case: CaseFacts) -> Actor:
    """Return the actor with the roles in which they read a case: nominee and nominating unit read theirs as such, and nothing else.

    A second role, e.g. in another office or on the bureau's staff, does not open what reviewers write about one's own nominee, nor
    who judges in the round, nor what is objected.
    """
    own = actor.user_id is not None and actor.user_id == case.subject_id
    nominates = case.kind == "nomination" and (own or case.owner_unit_id in actor.units_of(Role.NOMINATING_UNIT))
    if not (nominates or (case.kind in ("round", "objection") and case.is_party)):
        return actor
    return replace(actor, grants=frozenset(grant for grant in actor.grants if grant.role in _PARTIES))


def reads_own_only(actor: Actor, case: CaseFacts) -> bool:
    """Tell whether of a case only what the actor did is theirs to read: an expert has a task in a round, not a view of it."""
    return case.kind == "round" and not is_permitted(actor, Permission.SEE_ROUND)


OWN_UNIT = "own_unit"
"""Among the readers of a task: those who hold its role in the unit that it was given to, and could have done it themselves."""


def may_read_submission(
    actor: Actor, *, visible_to: frozenset[str], submitted_by: int | None, given_to: tuple[str, int | None] | None = None
) -> bool:
    """Tell whether the actor may read what somebody filled in: everybody who sees the case, unless the task names its readers.

    `given_to` is the role and the unit that had to do it, where that is known.
    """
    if not visible_to or actor.user_id == submitted_by:
        return True
    if OWN_UNIT in visible_to and given_to in {(grant.role.value, grant.unit_id) for grant in actor.grants}:
        return True
    return any(role.value in visible_to for role in actor.roles)
