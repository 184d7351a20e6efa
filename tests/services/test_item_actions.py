"""转办 and 退回: to whom, from where, once, and what the history says of it."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import Engine, select, update

from app.domain.errors import Conflict, DomainError, InvalidValues, NotAllowed, NotFound
from app.persistence.models import Recusal, SelectionRound, User, WorkItem
from app.services import audit_check
from app.services.casework import item_actions, work_items
from app.services.casework.case_file import open_case
from app.services.casework.item_bars import barred_items
from app.services.packages.procedure_cache import ProcedureCache
from app.services.selection import halts
from tests.databases import Databases
from tests.services import filled
from tests.services.conftest import context_on, without_papers
from tests.services.item_actions_world import build_check, build_review
from tests.services.test_concurrency import at_once
from tests.services.test_cost import counted
from tests.services.world import FakeClock, World

OPEN_NODES = select(WorkItem.node_id).where(WorkItem.state == "open").order_by(WorkItem.id)


def on(engine: Engine, parsed: ProcedureCache) -> World:
    """Return the district of a database, a week after the plan was approved."""
    clock = FakeClock()
    clock.turn(days=8)
    world = World(without_papers(replace(context_on(engine, files="memory://", procedures=parsed), clock=clock)), clock)
    world.remember()
    return world


@pytest.fixture
def review(databases: Databases, parsed: ProcedureCache) -> Iterator[World]:
    """Return a district whose nominee waits for the first review."""
    with databases.engine(build_review) as engine:
        yield on(engine, parsed)


@pytest.fixture
def check(databases: Databases, parsed: ProcedureCache) -> Iterator[World]:
    """Return a district whose nominee waits for the departments."""
    with databases.engine(build_check) as engine:
        yield on(engine, parsed)


def names(world: World, who: str, item_id: int) -> set[str]:
    """Return to whom somebody may pass an item."""
    with world.context.reading() as tx:
        opened = work_items.take(tx, actor=world.actor(who), item_id=item_id)
        return {person.name for person in item_actions.receivers_of(tx, opened)}


def pass_on(world: World, who: str, item_id: int, to: str, reason: str = "出差") -> str:
    """Pass an item on."""
    return item_actions.transfer(world.context, actor=world.actor(who), item_id=item_id, user_id=world.users[to], reason=reason)


def history(world: World, who: str) -> list[tuple[str, str]]:
    """Return the sentences and reasons that somebody reads on the page of the nominee."""
    with world.context.reading() as tx:
        [case_id] = set(tx.session.scalars(select(WorkItem.case_id).where(WorkItem.node_id == "fill_nomination")))
        return [(entry.what, entry.opinion) for entry in open_case(tx, actor=world.actor(who), case_id=case_id).entries]


def test_only_colleagues_of_the_same_unit_whom_nothing_bars_may_receive(review: World) -> None:
    assert names(review, "clerk", review.item("preliminary_review")) == {"clerk2乙", "clerk3乙"}


def test_somebody_recused_or_gone_may_not_receive(review: World) -> None:
    item_id = review.item("preliminary_review")
    with review.context.transaction() as tx:
        [case_id] = tx.session.scalars(select(WorkItem.case_id).where(WorkItem.id == item_id))
        tx.session.add(
            Recusal(case_id=case_id, user_id=review.users["clerk2"], origin="declared", reason="亲属", recorded_at=tx.now)
        )
    assert names(review, "clerk", item_id) == {"clerk3乙"}
    with review.context.transaction() as tx:
        tx.session.execute(update(Recusal).values(user_id=review.users["handler"]))
        tx.session.execute(update(User).where(User.id == review.users["clerk2"]).values(active=False))
    assert names(review, "clerk", item_id) == {"clerk3乙"}


def test_who_is_recused_neither_takes_an_item_nor_has_it_on_the_desk(review: World) -> None:
    item_id = review.item("preliminary_review")
    with review.context.transaction() as tx:
        case_id = tx.session.get_one(WorkItem, item_id).case_id
        away = {"user_id": review.users["clerk2"], "origin": "declared", "reason": "亲属", "recorded_at": tx.now}
        tx.session.add(Recusal(case_id=case_id, **away))
    with review.context.reading() as tx:
        with pytest.raises(NotAllowed, match="回避"):
            work_items.take(tx, actor=review.actor("clerk2"), item_id=item_id)
        assert item_id in barred_items(tx, actor=review.actor("clerk2"))
        assert work_items.take(tx, actor=review.actor("clerk"), item_id=item_id).item.id == item_id
        assert barred_items(tx, actor=review.actor("clerk")) == frozenset()
    with pytest.raises(NotAllowed, match="回避"):
        review.do("clerk2", "preliminary_review", filled.PRELIMINARY)


def test_the_two_reviewers_differ_after_a_transfer_too(check: World) -> None:
    with check.context.transaction() as tx:
        tx.session.execute(update(WorkItem).where(WorkItem.node_id == "re_review_first").values(completed_by=check.users["both"]))
        tx.session.execute(update(WorkItem).where(WorkItem.node_id == "joint_check").values(state="cancelled"))
        second = update(WorkItem).where(WorkItem.node_id == "re_review_second")
        tx.session.execute(second.values(state="open", completed_by=None, completed_at=None))
    assert names(check, "second", check.item("re_review_second")) == set()


def test_the_receiver_has_it_and_the_giver_no_longer(review: World) -> None:
    item_id = review.item("preliminary_review")
    with counted(review) as seen:
        assert pass_on(review, "clerk", item_id, "clerk2") == "clerk2乙"
    assert len(seen) <= 15
    with pytest.raises(NotFound):
        work_items.claim(review.context, actor=review.actor("clerk"), item_id=item_id)
    review.do("clerk2", "preliminary_review", filled.PRELIMINARY)
    assert ("把待办“初审”转办给clerk2乙", "出差") in history(review, "handler")
    assert list(audit_check.verify(review.context)) == []


def test_a_transfer_is_inside_business(review: World) -> None:
    pass_on(review, "clerk", review.item("preliminary_review"), "clerk2", reason="与候选人相识")
    assert not any("转办" in what or "相识" in why for what, why in history(review, "nominator"))


@pytest.mark.parametrize(("to", "reason"), [("far_clerk", "出差"), ("torn_clerk", "出差"), ("clerk", "出差"), ("clerk2", "  ")])
def test_a_transfer_to_the_wrong_person_or_without_reason_is_refused(review: World, to: str, reason: str) -> None:
    item_id = review.item("preliminary_review")
    with pytest.raises(InvalidValues):
        pass_on(review, "clerk", item_id, to, reason)
    assert review.all(select(WorkItem.assignee_id).where(WorkItem.id == item_id)) == [None]


def test_what_the_diagram_does_not_allow_is_refused(check: World) -> None:
    item_id = check.item("joint_check", item=str(check.units["police"]))
    with pytest.raises(NotAllowed, match="不能退回"):
        item_actions.send_back(check.context, actor=check.actor("police"), item_id=item_id, node_id="fill_nomination", reason="x")
    with pytest.raises(NotFound):
        pass_on(check, "clerk", item_id, "clerk2")


def test_of_two_who_pass_an_item_on_at_once_one_wins(review: World) -> None:
    item_id = review.item("preliminary_review")
    both = [lambda: pass_on(review, "clerk", item_id, "clerk2"), lambda: pass_on(review, "clerk", item_id, "clerk3")]
    assert sum(isinstance(result, DomainError) for result in at_once(*both)) == 1


def flagged(world: World) -> int:
    """Bring the nominee to the leader's study of an objection; return the item."""
    world.do("police", "joint_check", {"opinion": "objection", "reply_note": "2024年受过处罚"}, item=str(world.units["police"]))
    world.do("tax", "joint_check", {"opinion": "no_objection"}, item=str(world.units["tax"]))
    return world.item("decide_flagged")


def return_to(world: World, item_id: int, node_id: str) -> str:
    """Send the case back as the leader."""
    return item_actions.send_back(
        world.context, actor=world.actor("leader"), item_id=item_id, node_id=node_id, reason="请核实处罚是否在期限内"
    )


def halt(world: World, *, begin: bool) -> None:
    """Suspend the round, or let it go on."""
    [round_id] = world.all(select(SelectionRound.id))
    decision = halts.Decision("纪要〔2026〕9号", "上级要求核查")
    (halts.suspend if begin else halts.resume)(world.context, actor=world.actor("leader"), round_id=round_id, decision=decision)


def test_a_case_of_a_suspended_round_goes_back_to_no_step(check: World) -> None:
    item_id = flagged(check)
    halt(check, begin=True)
    with pytest.raises(Conflict, match="已经暂停（上级要求核查）"):
        return_to(check, item_id, "re_review_first")
    halt(check, begin=False)
    assert return_to(check, item_id, "re_review_first") == "复核（经办）"


def test_a_case_goes_back_to_a_step_of_its_past_and_on_again(check: World) -> None:
    item_id = flagged(check)
    with counted(check) as seen:
        assert return_to(check, item_id, "re_review_first") == "复核（经办）"
    assert len(seen) <= 15
    assert check.all(OPEN_NODES.where(WorkItem.round_id.is_not(None), WorkItem.case_id != 1)) == ["re_review_first"]
    check.do("handler", "re_review_first", filled.eligibility())
    check.do("second", "re_review_second", {"opinion": "同意", "re_review_decision": "pass"})
    assert len(check.all(OPEN_NODES.where(WorkItem.node_id == "joint_check"))) == 2
    assert ("把“研究部门异议”退回到“复核（经办）”", "请核实处罚是否在期限内") in history(check, "handler")
    assert list(audit_check.verify(check.context)) == []


def test_steps_whose_term_is_over_and_steps_to_come_are_not_offered(check: World) -> None:
    item_id = flagged(check)
    check.clock.turn(days=60)
    with check.context.reading() as tx:
        opened = work_items.take(tx, actor=check.actor("leader"), item_id=item_id)
        offered = [way.node_id for way in item_actions.ways_back(tx, opened)]
    assert offered[:2] == ["joint_check", "re_review_second"]
    assert "fill_nomination" not in offered
    with pytest.raises(InvalidValues):
        return_to(check, item_id, "fill_nomination")
    with pytest.raises(InvalidValues):
        return_to(check, item_id, "expert_scoring")


def test_sending_back_twice_takes_effect_once(check: World) -> None:
    item_id = flagged(check)
    return_to(check, item_id, "re_review_first")
    with pytest.raises(Conflict, match=r"已由.*退回"):
        return_to(check, item_id, "re_review_first")
    assert len([what for what, _ in history(check, "handler") if "退回到" in what]) == 1


def test_of_two_who_send_back_and_complete_at_once_one_wins(check: World) -> None:
    item_id = flagged(check)
    leader = check.actor("leader")
    values = check.through_form(leader, item_id, {"opinion": "同意继续", "flagged_decision": "clear"})
    results = at_once(
        lambda: return_to(check, item_id, "re_review_first"),
        lambda: work_items.complete(check.context, actor=leader, item_id=item_id, values=values),
    )
    assert [type(result) for result in results if isinstance(result, DomainError)] == [Conflict]
