"""A round that is suspended, resumed or cancelled, and the one extension of an objection's term."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.domain.errors import Conflict, InvalidValues, NotAllowed
from app.domain.working_days import last_day_of
from app.persistence.models import Case, Nomination, Notification, PublicNotice, SelectionRound, Timer, WorkItem
from app.services import audit_check, reminders
from app.services.casework import deadlines
from app.services.selection import halts, objection_terms, objections
from app.services.selection.halts import Decision
from tests.services import filled
from tests.services.steps import nominate, open_round, propose, publish, settle_objection, to_the_list
from tests.services.test_notices import FACTS, PERSON
from tests.services.world import World

DECISION = Decision("纪要〔2026〕9号", "上级要求核查")


def objected(world: World) -> tuple[int, int, str]:
    """Bring a round to an objection; return the round, the objection's case and its receipt."""
    _, round_id, nominees = to_the_list(world)
    propose(world, nominees[1])
    publish(world)
    [notice] = world.all(select(PublicNotice))
    receipt = objections.submit_objection(
        world.context, notice_id=notice.id, nominee_case_id=nominees[1], identity=PERSON, facts=FACTS
    )
    world.deliver()
    [case_id] = world.all(select(Case.id).where(Case.kind == "objection"))
    return round_id, case_id, receipt


def test_nothing_of_a_suspended_round_is_completed(quick: World) -> None:
    _, round_id = open_round(quick)
    case_id = nominate(quick, round_id, "王建国", 1)
    halts.suspend(quick.context, actor=quick.actor("leader"), round_id=round_id, decision=DECISION)
    quick.clock.turn(days=8)
    with pytest.raises(Conflict, match="上级要求核查"):
        quick.do("nominator", "employer_notice", filled.NOTICE, case_id=case_id)
    with pytest.raises(Conflict, match="已经暂停"):
        nominate(quick, round_id, "李小明", 2)
    halts.resume(quick.context, actor=quick.actor("leader"), round_id=round_id, decision=DECISION)
    quick.do("nominator", "employer_notice", filled.NOTICE, case_id=case_id)
    assert quick.case(case_id).stage == "street_review"


def test_what_lay_ahead_moves_by_the_days_of_the_suspension(quick: World) -> None:
    _, round_id = open_round(quick)
    nominate(quick, round_id, "王建国", 1)
    halts.suspend(quick.context, actor=quick.actor("leader"), round_id=round_id, decision=DECISION)
    quick.clock.turn(days=7)  # five working days
    assert halts.resume(quick.context, actor=quick.actor("leader"), round_id=round_id, decision=DECISION) == 5
    [timer] = quick.all(select(Timer.due_at).where(Timer.state == "open"))
    [item] = quick.all(select(WorkItem.due_at).where(WorkItem.state == "open"))
    assert last_day_of(timer).isoformat() == last_day_of(item).isoformat() == "2026-04-17"


def test_who_was_warned_before_the_suspension_is_warned_of_the_new_term(quick: World) -> None:
    _, round_id = open_round(quick)
    nominate(quick, round_id, "王建国", 1)
    told, rung = [], []
    for _ in range(2):
        [due] = quick.all(select(WorkItem.due_at).where(WorkItem.state == "open"))
        quick.clock.turn(to=due - timedelta(hours=8))
        told += [reminders.tell_due(quick.context), reminders.tell_due(quick.context)]
        quick.deliver()
        rung.append(len(quick.all(select(Notification.id).where(Notification.subject.contains("到期")))))
        halts.suspend(quick.context, actor=quick.actor("leader"), round_id=round_id, decision=DECISION)
        quick.clock.turn(days=7)
        halts.resume(quick.context, actor=quick.actor("leader"), round_id=round_id, decision=DECISION)
    assert (told, rung) == ([1, 0, 1, 0], [1, 2])


def test_what_was_late_at_the_suspension_is_not_told_again(quick: World) -> None:
    _, round_id = open_round(quick)
    nominate(quick, round_id, "王建国", 1)
    [due] = quick.all(select(WorkItem.due_at).where(WorkItem.state == "open"))
    quick.clock.turn(to=due + timedelta(days=2, hours=10))  # Monday at noon
    assert reminders.tell_due(quick.context) == 1
    halts.suspend(quick.context, actor=quick.actor("leader"), round_id=round_id, decision=DECISION)
    quick.clock.turn(days=7)
    halts.resume(quick.context, actor=quick.actor("leader"), round_id=round_id, decision=DECISION)
    assert reminders.tell_due(quick.context) == 0


def test_who_resumes_on_a_day_off_leaves_nothing_in_the_past(quick: World) -> None:
    _, round_id = open_round(quick, nomination_close="2026-03-06", window_reason="批准文件要求4月办结")  # a Friday
    quick.clock.turn(days=4)
    halts.suspend(quick.context, actor=quick.actor("leader"), round_id=round_id, decision=DECISION)
    quick.clock.turn(days=1)
    assert halts.resume(quick.context, actor=quick.actor("leader"), round_id=round_id, decision=DECISION) == 1
    [timer] = quick.all(select(Timer.due_at).where(Timer.state == "open"))
    assert last_day_of(timer).isoformat() == "2026-03-09" and deadlines.fire_due(quick.context) == 0


def test_who_resumes_on_the_day_of_the_suspension_moves_nothing(quick: World) -> None:
    _, round_id = open_round(quick)
    quick.clock.turn(days=5)  # a Saturday
    halts.suspend(quick.context, actor=quick.actor("leader"), round_id=round_id, decision=DECISION)
    quick.clock.turn(hours=3)
    assert halts.resume(quick.context, actor=quick.actor("leader"), round_id=round_id, decision=DECISION) == 0


def test_no_timer_goes_off_while_a_round_is_suspended(quick: World) -> None:
    _, round_id = open_round(quick)
    nominate(quick, round_id, "王建国", 1)
    halts.suspend(quick.context, actor=quick.actor("leader"), round_id=round_id, decision=DECISION)
    quick.clock.turn(days=91)
    assert deadlines.fire_due(quick.context) == 0
    assert reminders.tell_due(quick.context) == 0
    halts.resume(quick.context, actor=quick.actor("leader"), round_id=round_id, decision=DECISION)
    assert deadlines.fire_due(quick.context) == 0
    quick.let_timers_fire()
    assert quick.all(select(SelectionRound.nominations_open)) == [False]


def test_only_the_leader_halts_a_round_and_only_with_basis_and_reason(quick: World) -> None:
    _, round_id = open_round(quick)
    with pytest.raises(NotAllowed):
        halts.suspend(quick.context, actor=quick.actor("handler"), round_id=round_id, decision=DECISION)
    for decision in (Decision("", "原因"), Decision("纪要", " ")):
        with pytest.raises(InvalidValues):
            halts.suspend(quick.context, actor=quick.actor("leader"), round_id=round_id, decision=decision)
    with pytest.raises(Conflict):
        halts.resume(quick.context, actor=quick.actor("leader"), round_id=round_id, decision=DECISION)


def test_a_cancelled_round_ends_with_all_its_cases_and_tells_the_candidates(listed: World) -> None:
    round_id, objection, _ = objected(listed)
    ended = halts.cancel_round(listed.context, actor=listed.actor("leader"), round_id=round_id, decision=DECISION)
    listed.deliver()
    assert ended == 3 and listed.all(select(Case.id).where(Case.ended_at.is_(None))) == []
    assert listed.all(select(WorkItem.id).where(WorkItem.state == "open")) == []
    assert listed.all(select(Timer.id).where(Timer.state == "open")) == []
    assert listed.all(select(PublicNotice.state)) == ["closed"] and listed.case(objection).outcome == "cancelled"
    assert set(listed.all(select(Nomination.active))) == {None}
    assert len(listed.all(select(Notification.id).where(Notification.subject.startswith("评选已取消")))) == 2
    assert list(audit_check.verify(listed.context)) == [] and listed.undelivered() == []


def test_an_objection_is_handled_while_the_round_is_suspended(listed: World) -> None:
    round_id, case_id, _ = objected(listed)
    halts.suspend(listed.context, actor=listed.actor("leader"), round_id=round_id, decision=DECISION)
    [nominee] = listed.all(select(Nomination.case_id).where(Nomination.proposed))
    settle_objection(listed, nominee, upheld="no")
    assert listed.case(case_id).outcome == "dismissed"


def test_the_term_of_an_objection_is_extended_once(listed: World) -> None:
    _, case_id, receipt = objected(listed)
    before = listed.case(case_id).term_at
    accepted = {"scope": "person", "summary": "专利", "concrete": "yes", "opinion": "受理", "accepted": "yes"}
    listed.do("handler", "accept_objection", accepted)
    leader = listed.actor("leader")
    with pytest.raises(InvalidValues):
        objection_terms.extend(listed.context, actor=leader, case_id=case_id, reason=" ")
    after = objection_terms.extend(listed.context, actor=leader, case_id=case_id, reason="需向外省取证")
    shown = objections.objection_progress(listed.context, receipt=receipt)
    assert before is not None and after > before and shown is not None
    assert (shown.term_at, shown.extended) == (after, True)
    with pytest.raises(Conflict, match="已经延长过一次"):
        objection_terms.extend(listed.context, actor=leader, case_id=case_id, reason="再延长")


def test_the_steps_of_an_objection_are_due_by_its_term(listed: World) -> None:
    _, case_id, _ = objected(listed)
    term = listed.case(case_id).term_at
    listed.do(
        "handler",
        "accept_objection",
        {"scope": "person", "summary": "专利", "concrete": "no", "opinion": "不受理", "accepted": "no"},
    )
    [due] = listed.all(select(WorkItem.due_at).where(WorkItem.case_id == case_id, WorkItem.state == "open"))
    assert due == term
    objection_terms.extend(listed.context, actor=listed.actor("leader"), case_id=case_id, reason="需向外省取证")
    [due] = listed.all(select(WorkItem.due_at).where(WorkItem.case_id == case_id, WorkItem.state == "open"))
    assert due == listed.case(case_id).term_at
