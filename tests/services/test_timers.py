"""A timer that cannot go off is told to somebody and holds up nothing else."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from app.domain.actors import SYSTEM, Grant, Role
from app.domain.clock import cn_date
from app.domain.errors import DomainError
from app.domain.working_days import last_day_of
from app.persistence.models import Incident, Notification, SelectionRound, Timer, WorkItem
from app.services import reminders
from app.services.casework import cases, deadlines, incidents
from app.services.casework.case_work import CaseWork
from app.services.context import Context
from app.services.selection import halts, rounds
from tests.services import filled
from tests.services.steps import nominate, open_round
from tests.services.world import PROCEDURE, World

CLOSING = select(Timer.due_at).where(Timer.state == "open")
TERMS = select(WorkItem.due_at).where(WorkItem.state == "open").order_by(WorkItem.id)


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


def move_closing(world: World, round_case: int, *, to: datetime) -> None:
    """Let the leader give the nominations another end."""
    leader = world.actor("leader")
    deadlines.move(world.context, actor=leader, case_id=round_case, name="nomination_close", to=to, reason="台风停工")


def test_work_that_is_due_by_a_deadline_moves_with_it(quick: World) -> None:
    round_case, round_id = open_round(quick)
    case_id = nominate(quick, round_id, "王建国", 1)
    [closing] = quick.all(CLOSING)
    kept = {"case_id": case_id, "node_id": "preliminary_review", "title": "初审", "role": "office_clerk", "due_at": closing}
    with quick.context.transaction() as tx:  # its own term ends at the same moment by chance
        tx.session.add(WorkItem(**kept, task_id="t", state="open", stage="", created_at=tx.now))
    later = closing + timedelta(days=7)
    move_closing(quick, round_case, to=later)
    assert quick.all(TERMS) == [later, closing]
    assert quick.all(CLOSING) == [later]


def test_who_was_warned_of_a_term_is_warned_of_the_new_one_and_not_blamed_for_the_old(quick: World) -> None:
    round_case, round_id = open_round(quick)
    nominate(quick, round_id, "王建国", 1)
    [closing] = quick.all(CLOSING)
    later = closing + timedelta(days=7)
    told, rung = [], []
    for moment in (closing - timedelta(hours=8), closing + timedelta(days=3), later - timedelta(hours=8)):
        quick.clock.turn(to=moment)
        told.append(reminders.tell_due(quick.context))
        quick.deliver()
        rung.append(len(quick.all(select(Notification.id).where(Notification.subject.contains("到期")))))
        if len(told) == 1:
            move_closing(quick, round_case, to=later)
    assert told == [1, 0, 1]
    assert rung == [1, 1, 2]


def test_who_is_invited_after_the_end_was_moved_is_told_the_new_end(quick: World) -> None:
    round_case, round_id = open_round(quick)
    [closing] = quick.all(CLOSING)
    later = closing + timedelta(days=7)
    move_closing(quick, round_case, to=later)
    nominate(quick, round_id, "王建国", 1)
    quick.deliver()
    [letter] = quick.all(select(Notification.body).where(Notification.body.contains("是否同意参评")))
    assert f"请于{cn_date(last_day_of(later))}前" in letter


def test_a_deadline_that_has_passed_is_moved_no_more(quick: World) -> None:
    round_case, _ = open_round(quick)
    [closing] = quick.all(CLOSING)
    quick.let_timers_fire()
    with pytest.raises(DomainError, match="已经过去"):
        move_closing(quick, round_case, to=closing + timedelta(days=30))
    [kept] = quick.all(select(SelectionRound.deadlines_json))
    assert closing.isoformat() in kept


def test_no_deadline_is_moved_while_the_round_is_suspended(quick: World) -> None:
    round_case, round_id = open_round(quick)
    [closing] = quick.all(CLOSING)
    decision, leader = halts.Decision("纪要〔2026〕9号", "上级要求核查"), quick.actor("leader")
    halts.suspend(quick.context, actor=leader, round_id=round_id, decision=decision)
    with pytest.raises(DomainError, match=r"已经暂停.*自动顺延"):
        move_closing(quick, round_case, to=closing + timedelta(days=7))
    assert quick.all(CLOSING) == [closing]
    halts.resume(quick.context, actor=leader, round_id=round_id, decision=decision)
    move_closing(quick, round_case, to=closing + timedelta(days=7))
    assert quick.all(CLOSING) == [closing + timedelta(days=7)]


def test_a_timer_that_was_due_when_the_round_was_suspended_waits(quick: World) -> None:
    round_case, round_id = open_round(quick)
    [timer] = quick.all(select(Timer).where(Timer.state == "open"))
    quick.clock.turn(to=timer.due_at)
    decision = halts.Decision("纪要〔2026〕9号", "上级要求核查")
    halts.suspend(quick.context, actor=quick.actor("leader"), round_id=round_id, decision=decision)
    with quick.context.transaction() as tx:  # the clock has looked it up just before
        assert cases.fire_timer(tx, actor=SYSTEM, case_id=round_case, timer_id=timer.id) is None
    assert quick.all(select(SelectionRound.nominations_open)) == [True]
    assert quick.all(CLOSING) == [timer.due_at]
