"""Withdrawing until the notice is out: the list that is being drafted loses the person, and the empty place is asked for."""

import json

import pytest
from sqlalchemy import select

from app.domain.errors import DomainError, InvalidValues
from app.persistence.models import PublicNotice, SelectionRound
from app.services.casework import cases
from tests.services import filled
from tests.services.steps import propose, publish, to_the_list
from tests.services.world import World


def withdraw(world: World, case_id: int) -> None:
    """Let a candidate withdraw."""
    candidate = world.case(case_id).subject_id
    assert candidate is not None
    with world.context.transaction() as tx:
        cases.act(tx, actor=world.actor(candidate), case_id=case_id, action_id="withdraw", reason="个人原因")
    world.deliver()


def list_two(world: World) -> list[int]:
    """Put both who were inspected on the list; the plan is for one."""
    _, round_id, nominees = to_the_list(world)
    with world.context.transaction() as tx:
        round_ = tx.session.get_one(SelectionRound, round_id)
        round_.settings_json = json.dumps({**json.loads(round_.settings_json), "winners": 2})
    propose(world, *nominees[:2])
    return nominees


def test_a_listed_candidate_withdraws_while_the_notice_is_drafted(listed: World) -> None:
    nominees = list_two(listed)
    listed.do("handler", "draft_notice", {})
    withdraw(listed, nominees[0])
    [draft] = listed.all(select(PublicNotice))
    assert [entry["case_id"] for entry in json.loads(draft.entries_json)] == [nominees[1]]
    with pytest.raises(InvalidValues, match="核对公示稿里的人数"):
        listed.do("publisher", "review_notice", filled.PUBLISH)
    listed.do("publisher", "review_notice", {**filled.PUBLISH, "notice_decision": "return"})
    publish(listed)
    [notice] = listed.all(select(PublicNotice))
    assert "下列1名同志" in notice.body and notice.state == "published"


def test_the_place_of_who_withdrew_is_empty_after_the_notice(listed: World) -> None:
    nominees = to_the_list(listed)[2]
    propose(listed, nominees[0])
    withdraw(listed, nominees[0])
    propose_again = listed.item("draft_notice")
    assert propose_again
    publish(listed)
    assert listed.all(select(PublicNotice)) == []
    listed.let_timers_fire()
    propose(listed, nominees[1])
    publish(listed)
    assert [row.state for row in listed.all(select(PublicNotice))] == ["published"]


def test_a_reserve_is_asked_for_where_one_of_two_withdrew(listed: World) -> None:
    nominees = list_two(listed)
    withdraw(listed, nominees[0])
    publish(listed)
    listed.let_timers_fire()
    assert listed.item("request_approval")  # nobody waits who could take the place


def test_nobody_withdraws_from_a_published_list(listed: World) -> None:
    nominees = to_the_list(listed)[2]
    propose(listed, nominees[1])
    publish(listed)
    with pytest.raises(DomainError, match="已不能撤回"):
        withdraw(listed, nominees[1])
