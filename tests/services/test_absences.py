"""Experts who do not answer or cannot come: nobody holds up a round, and nobody is chosen by hand."""

import json

import pytest
from sqlalchemy import select

from app.domain.errors import InvalidValues
from app.persistence.models import AuditEvent, PanelDraw, PanelMember, WorkItem
from tests.services import filled
from tests.services.steps import draw_and_declare, to_the_draw
from tests.services.test_panels import DRAW
from tests.services.world import World

SETTLED = {"opinion": "联系三次没有回复"}


def drawn(world: World, *, silent: int, declined: int = 0) -> list[int]:
    """Draw five experts, of whom the last do not answer and those before them decline; return all in order."""
    to_the_draw(world, "王建国")
    return world.kept(f"drawn {silent} {declined}", lambda fresh: _drawn(fresh, silent, declined))


def _drawn(world: World, silent: int, declined: int) -> list[int]:
    world.do("handler", "draw_panel", DRAW)
    world.do("supervisor", "confirm_draw", filled.DRAWN)
    members: list[int] = world.all(select(PanelMember.user_id).where(PanelMember.state == "drawn").order_by(PanelMember.place))
    for place, member in enumerate(members[: len(members) - silent]):
        says = {"declined": True} if place >= len(members) - silent - declined else {"accepted": True}
        world.do(member, "declare", says, assignee=member)
    return members


def in_state(world: World, state: str) -> list[int]:
    """Return the members of the panel in a state, in order."""
    return world.all(select(PanelMember.user_id).where(PanelMember.state == state).order_by(PanelMember.place))


def waiting(world: World) -> set[str]:
    """Return the steps that wait for somebody."""
    return set(world.all(select(WorkItem.node_id).where(WorkItem.state == "open")))


def settle(world: World, decision: str) -> None:
    """Decide what becomes of those who are absent."""
    world.do("handler", "settle_absent", {**SETTLED, "absent_decision": decision})


def test_silence_past_the_time_limit_goes_to_the_handler(quick: World) -> None:
    members = drawn(quick, silent=2)
    quick.let_timers_fire()
    assert waiting(quick) == {"settle_absent"}
    item = quick.item("settle_absent")
    prefilled = quick.through_form(quick.actor("handler"), item, {**SETTLED, "absent_decision": "substitute"})["situation"]
    assert prefilled.count("没有回复") == 1 and len(prefilled.split("、")) == 2
    assert in_state(quick, "drawn") == members[3:]


def test_reserves_are_called_in_the_order_of_the_draw(quick: World) -> None:
    members = drawn(quick, silent=1)
    first, second = in_state(quick, "reserve")
    quick.let_timers_fire()
    settle(quick, "substitute")
    assert (in_state(quick, "replaced"), in_state(quick, "drawn"), in_state(quick, "reserve")) == (members[4:], [first], [second])
    quick.do(first, "declare", {"accepted": True}, assignee=first)
    assert waiting(quick) == {"expert_scoring"}


def test_who_declines_is_replaced_without_waiting_for_the_time_limit(quick: World) -> None:
    drawn(quick, silent=0, declined=1)
    assert waiting(quick) == {"settle_absent"}
    settle(quick, "substitute")
    assert len(in_state(quick, "drawn")) == 1


def test_who_is_waited_for_is_asked_again(quick: World) -> None:
    members = drawn(quick, silent=1)
    quick.let_timers_fire()
    settle(quick, "wait")
    quick.do(members[4], "declare", {"accepted": True}, assignee=members[4])
    assert waiting(quick) == {"expert_scoring"}


def test_nobody_is_waited_for_when_all_have_answered(quick: World) -> None:
    drawn(quick, silent=0, declined=1)
    with pytest.raises(InvalidValues, match="不用再等"):
        settle(quick, "wait")


def test_without_reserves_the_missing_seats_are_drawn_under_supervision(quick: World) -> None:
    members = drawn(quick, silent=3)
    quick.let_timers_fire()
    with pytest.raises(InvalidValues, match="候补只有2名"):
        settle(quick, "substitute")
    settle(quick, "redraw")
    quick.do("handler", "draw_panel", {**DRAW, "seed": "20260415-001"})
    quick.do("supervisor", "confirm_draw", filled.DRAWN)
    added = in_state(quick, "drawn")
    assert len(added) == 3 and in_state(quick, "accepted") == members[:2] and not set(added) & set(members)
    records = [json.loads(row) for row in quick.all(select(PanelDraw.record_json).order_by(PanelDraw.id))]
    assert [len(record["selected"]) for record in records] == [5, 3]


def test_a_draw_of_seats_that_is_repeated_keeps_who_has_promised(quick: World) -> None:
    members = drawn(quick, silent=3)
    quick.let_timers_fire()
    settle(quick, "redraw")
    quick.do("handler", "draw_panel", {**DRAW, "seed": "20260415-001"})
    quick.do("supervisor", "confirm_draw", {"opinion": "有人缺席", "draw_decision": "redo"})
    quick.do("handler", "draw_panel", {**DRAW, "seed": "20260415-002"})
    assert in_state(quick, "accepted") == members[:2] and len(in_state(quick, "drawn")) == 3


def test_the_history_says_who_was_replaced_and_why(quick: World) -> None:
    members = drawn(quick, silent=1)
    quick.let_timers_fire()
    settle(quick, "substitute")
    [event] = quick.all(select(AuditEvent).where(AuditEvent.action == "panel_replaced"))
    assert json.loads(event.detail)["replaced"] == [members[4]] and SETTLED["opinion"] in event.detail


def test_with_everybody_there_the_review_begins_at_once(quick: World) -> None:
    to_the_draw(quick, "王建国")
    draw_and_declare(quick)
    assert waiting(quick) == {"expert_scoring"}
    quick.clock.turn(days=30)
    assert not quick.all(select(WorkItem.id).where(WorkItem.node_id == "settle_absent"))
