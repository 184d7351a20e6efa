"""The panel: drawn by a seed that is used once, sworn in, freed of conflicts, filled up from the reserves."""

import json

import pytest
from sqlalchemy import select, update

from app.domain.draw import PoolMember, draw
from app.domain.errors import DomainError, InvalidValues
from app.persistence.models import Expert, Notification, PanelDraw, PanelMember, Person, Recusal, User, WorkItem
from tests.services.steps import draw_and_declare, to_the_draw
from tests.services.world import World, id_number

DRAW = {"seed": "20260413-001", "seed_source": "监督员给出", "witnesses": "赵、钱"}


def change_experts(world: World, numbers: list[int], **changes: object) -> None:
    """Change what is known of some experts."""
    with world.context.transaction() as tx:
        users = [world.users[f"expert{number}"] for number in numbers]
        tx.session.execute(update(Expert).where(Expert.user_id.in_(users)).values(**changes))


def scorers(world: World, case_id: int) -> set[int]:
    """Return who is asked to score a case."""
    return set(world.all(select(WorkItem.assignee_id).where(WorkItem.case_id == case_id, WorkItem.node_id == "expert_scoring")))


def test_the_draw_is_recorded_so_that_anybody_can_repeat_it(quick: World) -> None:
    to_the_draw(quick, "王建国")
    quick.do("handler", "draw_panel", DRAW)
    [record] = quick.all(select(PanelDraw))
    written = json.loads(record.record_json)
    again = draw([PoolMember(int(key[1:]), key) for key in written["pool"]], seed=record.seed, size=5, reserves=2)
    assert (list(again.selected), again.pool_hash) == (written["selected"], record.pool_hash)


def test_a_seed_is_used_once_in_a_round(quick: World) -> None:
    to_the_draw(quick, "王建国")
    quick.do("handler", "draw_panel", DRAW)
    quick.do("supervisor", "confirm_draw", {"opinion": "有人缺席", "draw_decision": "redo"})
    with pytest.raises(InvalidValues, match="已经用过"):
        quick.do("handler", "draw_panel", DRAW)
    quick.do("handler", "draw_panel", {**DRAW, "seed": "20260413-002"})
    assert len(quick.all(select(PanelDraw))) == 2
    assert len(quick.all(select(PanelMember))) == 7


def test_who_is_in_conflict_with_everybody_is_not_in_the_pool(quick: World) -> None:
    to_the_draw(quick, "王建国")
    change_experts(quick, [0], employer_id=quick.units["factory"])
    quick.do("handler", "draw_panel", DRAW)
    [record] = quick.all(select(PanelDraw))
    assert f"E{quick.users['expert0']:06d}" not in json.loads(record.record_json)["pool"]


def test_a_pool_that_is_too_small_says_what_to_do(quick: World) -> None:
    to_the_draw(quick, "王建国")
    change_experts(quick, [0, 1, 2], available=False)
    with pytest.raises(DomainError, match="补充专家入库"):
        quick.do("handler", "draw_panel", DRAW)


def test_a_declared_recusal_keeps_the_expert_from_this_nominee_alone(quick: World) -> None:
    first, second = to_the_draw(quick, "王建国", "李小明")
    members = draw_and_declare(quick, expert_0=first)
    assert scorers(quick, first) == set(members[1:])
    assert scorers(quick, second) == set(members)
    assert [row.origin for row in quick.all(select(Recusal))] == ["declared"]


def test_a_relation_that_the_pool_knows_is_found_and_written_down(quick: World) -> None:
    relation = [{"kind": "relative", "id_hash": quick.context.cipher.look_up(id_number(1))}]
    first, second = to_the_draw(quick, "王建国", "李小明")
    change_experts(quick, list(range(8)), relations_json=json.dumps(relation))
    change_experts(quick, list(range(5)), relations_json="[]")
    draw_and_declare(quick)
    related = {quick.users[f"expert{number}"] for number in (5, 6, 7)}
    assert not scorers(quick, first) & related
    assert {row.origin for row in quick.all(select(Recusal))} == {"found"}
    assert {row.case_id for row in quick.all(select(Recusal))} == {first}
    assert len(scorers(quick, second)) == 5


def test_reserves_are_called_in_order_where_too_few_are_left(quick: World) -> None:
    [case_id] = to_the_draw(quick, "王建国")
    members = draw_and_declare(quick, expert_0=case_id, expert_1=case_id, expert_2=case_id)
    reserves = quick.all(select(PanelMember).where(PanelMember.place > 5).order_by(PanelMember.place))
    assert scorers(quick, case_id) == {members[3], members[4], reserves[0].user_id}
    assert [each.state for each in reserves] == ["called", "reserve"]


def test_too_few_experts_for_a_nominee_are_the_handlers_to_settle(quick: World) -> None:
    [case_id] = to_the_draw(quick, "王建国")
    draw_and_declare(quick, **{f"expert_{place}": case_id for place in range(5)})
    assert quick.all(select(WorkItem.node_id).where(WorkItem.state == "open")) == ["settle_absent"]


def test_a_nominee_does_not_sit_on_the_panel_of_their_round(quick: World) -> None:
    with quick.context.transaction() as tx:
        user = tx.session.get_one(User, quick.users["expert0"])
        tx.session.execute(
            update(Person)
            .where(Person.id == user.person_id)
            .values(name="王建国", id_hash=quick.context.cipher.look_up(id_number(1)), id_number=id_number(1))
        )
    to_the_draw(quick, "王建国", "李小明")
    quick.do("handler", "draw_panel", DRAW)
    assert quick.users["expert0"] not in quick.all(select(PanelMember.user_id))


def test_candidates_learn_that_they_qualified_and_experts_that_they_are_drawn(quick: World) -> None:
    to_the_draw(quick, "王建国")
    members = draw_and_declare(quick)
    letters = quick.all(select(Notification))
    invited = {each.user_id for each in letters if "承诺" in each.subject}
    assert invited == set(members)
    assert sum("资格审查" in each.subject + each.body for each in letters) == 1
    assert not any("{" in each.subject + each.body for each in letters)
