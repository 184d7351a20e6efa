"""The live view: what waits where, for how long, and where time went."""

from datetime import timedelta

import pytest

from app.domain.errors import DomainError, NotAllowed, NotFound
from app.persistence.queries import live
from app.services.studio import live_view
from app.services.studio.live_view import LiveNode, LiveView
from tests.engine.diagrams import timer
from tests.studio.house import House
from tests.studio.small import WAYS, diagram


def shown(house: House, version_id: int, **period: object) -> LiveView:
    return live_view.live_view(house.context, actor=house.actor("admin"), version_id=version_id, **period)  # type: ignore[arg-type]


def node(view: LiveView, node_id: str) -> LiveNode:
    return next(one for one in view.nodes if one.node_id == node_id)


def three_cases(house: House) -> int:
    """Cases that wait 6, 2 and 1 days: two at the form, one at the check since a day."""
    version_id = house.deploy_small()
    first = house.start(version_id)
    house.clock.turn(days=4)
    house.start(version_id)
    house.clock.turn(days=1)
    house.finish("handler", "fill", first, name="甲")
    house.clock.turn(days=1)
    house.start(version_id)
    return version_id


def test_open_items_waits_and_what_is_overdue_stand_at_each_node(house: House) -> None:
    view = shown(house, three_cases(house))
    fill = node(view, "fill")
    assert (fill.waiting, fill.median_wait, fill.longest_wait) == (2, timedelta(days=1), timedelta(days=2))
    assert (node(view, "check").waiting, node(view, "check").longest_wait) == (1, timedelta(days=1))
    assert {one.node_id for one in view.nodes} == {"fill", "check"}  # events at the edge of a step watch: nobody stands there
    house.clock.turn(days=30)
    assert node(shown(house, view.version_id), "fill").overdue == 2


def test_the_heat_map_counts_the_time_within_the_period(house: House) -> None:
    version_id = three_cases(house)  # begins on 2 March; the first form took 5 days, another is open for 2 days
    fill = node(shown(house, version_id), "fill")
    assert (fill.done, fill.time_spent, fill.median_time) == (1, timedelta(days=7), timedelta(days=5))
    assert node(shown(house, version_id), "check").time_spent == timedelta(days=1)  # nothing of it is done yet
    now = house.clock()
    recent = node(shown(house, version_id, begin=now - timedelta(days=2), end=now), "fill")
    assert (recent.done, recent.time_spent) == (1, timedelta(days=3))  # a day of the first, two of the second
    assert all(one.done == 0 for one in shown(house, version_id, begin=now - timedelta(hours=1), end=now).nodes)


def test_cases_of_other_versions_and_cases_that_ended_do_not_count(house: House) -> None:
    version_id = house.deploy_small()
    case_id = house.start(version_id)
    assert node(shown(house, version_id), "fill").waiting == 1
    house.finish("handler", "fill", case_id, name="甲")
    house.finish("leader", "check", case_id, decision="pass")
    house.clock.turn(hours=1)
    assert [one.waiting for one in shown(house, version_id).nodes] == [0, 0]
    newer = house.deploy_small(messages_todo__txt="请办理\n\n新的正文")
    assert shown(house, newer).nodes == ()


def cases(house: House, who: str, version_id: int, node_id: str = "fill") -> list[live.CaseHere]:
    return live_view.cases_at(house.context, actor=house.actor(who), version_id=version_id, case_kind="request", node_id=node_id)


def test_a_number_leads_to_its_cases_and_only_to_those_that_one_may_see(house: House) -> None:
    version_id = three_cases(house)
    for who in ("handler", "leader"):
        assert [(one.visible, one.title) for one in cases(house, who, version_id)] == [(True, "一件")] * 2
    with pytest.raises(NotAllowed):
        cases(house, "nominator", version_id)
    with house.context.reading() as tx:
        where = {"version_id": version_id, "node_id": "fill", "case_kind": "request"}
        assert live.cases_here(tx.session, actor=house.actor("nominator"), **where) == []
        assert live.cases_at_event(tx.session, actor=house.actor("nominator"), **where, message="cancelled") == []


def test_who_administers_the_procedure_sees_where_cases_stand_and_no_person(house: House) -> None:
    version_id = three_cases(house)
    for node_id, numbers in (("fill", ["SQ2026-0002", "SQ2026-0003"]), ("remind", ["SQ2026-0001"]), ("cancel", ["SQ2026-0001"])):
        found = cases(house, "admin", version_id, node_id)
        assert [one.number for one in found] == numbers
        assert {(one.visible, one.title, one.assignee) for one in found} == {(False, "", "")}
    with pytest.raises(NotFound):
        cases(house, "admin", version_id, "no_node")


def test_the_cases_behind_a_number_come_with_since_when_and_until_when(house: House) -> None:
    version_id = three_cases(house)
    with house.context.reading() as tx:
        found = live.cases_here(
            tx.session, actor=house.actor("handler"), version_id=version_id, node_id="fill", case_kind="request"
        )
    assert [(case.number, house.clock() - case.since) for case in found] == [
        ("SQ2026-0002", timedelta(days=2)),
        ("SQ2026-0003", timedelta(days=0)),
    ]
    assert all(case.due_at is not None and case.assignee == "" for case in found)


def test_the_live_view_is_for_those_who_may_see_procedures(house: House) -> None:
    version_id = house.deploy_small()
    with pytest.raises(NotAllowed):
        live_view.live_view(house.context, actor=house.actor("nominator"), version_id=version_id)
    with pytest.raises(NotFound):
        shown(house, 99)
    with pytest.raises(DomainError, match="早于"):
        shown(house, version_id, begin=house.clock(), end=house.clock() - timedelta(days=1))


def test_an_event_in_the_way_of_a_case_is_counted(house: House) -> None:
    wait = timer('duration("P3D")')
    pause = f'<bpmn:intermediateCatchEvent id="pause" name="满三天">{wait}</bpmn:intermediateCatchEvent>'
    ways = WAYS.replace("fill > check", "fill > pause > check")
    assert ways != WAYS
    version_id = house.deploy_small(flow__bpmn=diagram(more=pause, ways=ways))
    house.finish("handler", "fill", house.start(version_id), name="甲")
    assert node(shown(house, version_id), "pause").waiting == 1
