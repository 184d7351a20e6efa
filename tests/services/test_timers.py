"""A timer that cannot go off is told to somebody and holds up nothing else."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from app.domain.actors import Grant, Role
from app.domain.errors import DomainError
from app.persistence.models import Incident, SelectionRound, Timer
from app.services.casework import deadlines, incidents
from app.services.casework.case_work import CaseWork
from app.services.context import Context
from app.services.selection import rounds
from tests.services import filled
from tests.services.steps import open_round
from tests.services.world import PROCEDURE, World


def refusing(context: Context, *, round_id: int, error: Exception) -> Context:
    """Return the context with one round that refuses to be closed."""
    operation = context.registry.operations["close_nominations"]

    def run(work: CaseWork, params: object) -> object:
        if work.the_round.id == round_id:
            raise error
        return operation.run(work, {})

    operations = {**context.registry.operations, operation.name: replace(operation, run=run)}
    return replace(context, registry=replace(context.registry, operations=operations))


def open_second(world: World) -> int:
    """Bring another round to open nominations; return its id."""
    case_id = rounds.start_round(world.context, actor=world.actor("handler"), procedure=PROCEDURE, title="第二届")
    world.do("handler", "enter_basis", filled.basis())
    world.do("handler", "draft_plan", {**filled.plan(world), "title": "第二届“临空港工匠”评选", "round_no": 2})
    world.do("leader", "approve_plan", {"opinion": "同意", "plan_decision": "approve"})
    return world.case(case_id).round_id or 0


ERRORS = (DomainError("round.not_yet", "现在还不能截止。"), ZeroDivisionError("a bug"))


@pytest.mark.parametrize("error", ERRORS, ids=["refusal", "bug"])
def test_the_timers_behind_one_that_fails_go_off_all_the_same(quick: World, error: Exception) -> None:
    _, broken = open_round(quick)
    open_second(quick)
    quick.clock.turn(to=max(quick.all(select(Timer.due_at).where(Timer.state == "open"))))
    bad = refusing(quick.context, round_id=broken, error=error)
    assert deadlines.fire_due(bad) == 1
    assert deadlines.fire_due(bad) == 0
    assert quick.all(select(SelectionRound.id).where(SelectionRound.nominations_open)) == [broken]
    assert [incident.source[:6] for incident in quick.all(select(Incident))] == ["timer:"]


def test_a_timer_is_tried_again_when_its_incident_is_closed(quick: World) -> None:
    _, round_id = open_round(quick)
    quick.clock.turn(to=max(quick.all(select(Timer.due_at).where(Timer.state == "open"))))
    deadlines.fire_due(refusing(quick.context, round_id=round_id, error=ERRORS[0]))
    assert deadlines.fire_due(quick.context) == 0
    [incident] = quick.all(select(Incident))
    admin = replace(quick.actor("handler"), grants=frozenset({Grant(Role.PROCESS_ADMIN, 1)}))
    incidents.retry(quick.context, actor=admin, incident_id=incident.id)
    assert deadlines.fire_due(quick.context) == 1
    assert quick.all(select(SelectionRound.nominations_open)) == [False]
