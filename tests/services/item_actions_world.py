"""Districts that stand where something may be done beside completing: at the first review, and at the departments' check."""

from dataclasses import replace

from app.domain.actors import Role
from app.persistence.models import RoleGrant, User
from app.persistence.unit_of_work import make_engine
from app.services.packages.procedure_cache import ProcedureCache
from app.services.selection.people import UNUSABLE
from tests.databases import begins_with, for_all_processes
from tests.services import filled
from tests.services.conftest import build, context_on
from tests.services.steps import nominate, open_round
from tests.services.world import FakeClock, World

COLLEAGUES = {
    "clerk2": [(Role.OFFICE_CLERK, "street")],
    "clerk3": [(Role.OFFICE_CLERK, "street")],
    "far_clerk": [(Role.OFFICE_CLERK, "bureau")],
    "torn_clerk": [(Role.OFFICE_CLERK, "street"), (Role.NOMINATING_UNIT, "factory")],
    "handler2": [(Role.BUREAU_HANDLER, "bureau")],
    "both": [(Role.BUREAU_HANDLER, "bureau"), (Role.SECOND_REVIEWER, "bureau")],
    "housing": [(Role.DEPARTMENT_CHECKER, "institute")],
    "torn_department": [(Role.DEPARTMENT_CHECKER, "factory"), (Role.NOMINATING_UNIT, "factory")],
}
"""Who holds what beside the staff of every district: colleagues, strangers, and people who are barred."""


def colleagues(world: World) -> None:
    """Settle the colleagues."""
    with world.context.transaction() as tx:
        for key, grants in COLLEAGUES.items():
            held = [RoleGrant(role=role.value, unit_id=world.units[unit]) for role, unit in grants]
            user = User(
                username=key, name=f"{key}乙", password_hash=UNUSABLE, unit_id=held[0].unit_id, active=True, created_at=tx.now
            )
            user.grants = held
            tx.session.add(user)
            tx.session.flush()
            world.users[key] = user.id


@for_all_processes
@begins_with(build)
def build_review(url: str) -> None:
    """Bring one nominee to the first review."""
    world = _world(url)
    _, round_id = open_round(world)
    case_id = nominate(world, round_id, "王建国", 1)
    world.clock.turn(days=8)
    world.do("nominator", "employer_notice", filled.NOTICE, case_id=case_id)
    world.context.sessions.kw["bind"].dispose()


@for_all_processes
@begins_with(build_review)
def build_check(url: str) -> None:
    """Bring the nominee on to the departments' check."""
    world = _world(url)
    world.clock.turn(days=8)
    world.do("clerk", "preliminary_review", filled.PRELIMINARY)
    world.do("street_leader", "rank_nominee", {"recommendation_rank": 1, "opinion": "同意", "rank_decision": "accept"})
    world.do("handler", "re_review_first", filled.eligibility())
    world.do("second", "re_review_second", {"opinion": "同意", "re_review_decision": "pass"})
    world.context.sessions.kw["bind"].dispose()


def _world(url: str) -> World:
    clock = FakeClock()
    world = World(replace(context_on(make_engine(url), files="memory://", procedures=ProcedureCache()), clock=clock), clock)
    world.remember()
    if "clerk2" not in world.users:
        colleagues(world)
    return world
