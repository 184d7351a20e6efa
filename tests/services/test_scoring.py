"""Score sheets and rankings."""

from decimal import Decimal

import pytest
from sqlalchemy import select, update

from app.domain.errors import Conflict, InvalidValues, NotAllowed
from app.persistence.models import AuditEvent, Case, ScoreSheet, WorkItem
from app.services.casework import item_signers, work_items
from tests.services import filled
from tests.services.steps import draw_and_declare, ranks, score, to_the_draw
from tests.services.world import World

GOOD = ("20", "20", "15", "10", "8", "4")


def sheet_of(world: World, case_id: int, expert: int, values: dict[str, object]) -> None:
    """Hand in a sheet as it is, past the checks of the form itself."""
    item_id = world.item("expert_scoring", case_id=case_id, assignee=expert)
    work_items.complete(world.context, actor=world.actor(expert), item_id=item_id, values=values)
    world.deliver()


def take_out(world: World, case_id: int, expert: int, who: str = "handler") -> None:
    """Take an expert out of the scoring of a case."""
    item_id = world.item("expert_scoring", case_id=case_id, assignee=expert)
    actor, reason = world.actor(who), "到期未评分，电话联系不上"
    item_signers.remove_signer(world.context, actor=actor, case_id=case_id, item_id=item_id, reason=reason)


@pytest.mark.parametrize(("points", "word"), [("26", "0至25分"), ("-1", "0至25分"), ("", "还没有打分"), ("1.234", "两位小数")])
def test_a_sheet_is_complete_and_within_the_points(quick: World, points: str, word: str) -> None:
    [case_id] = to_the_draw(quick, "王建国")
    expert = draw_and_declare(quick)[0]
    with pytest.raises(InvalidValues) as refused:
        sheet_of(quick, case_id, expert, filled.sheet(points, *GOOD[1:]))
    assert word in refused.value.fields["score_A-points"]


def test_a_sheet_far_from_the_others_needs_a_reason_and_passes_with_one(quick: World) -> None:
    [case_id] = to_the_draw(quick, "王建国")
    first, second, *_ = draw_and_declare(quick)
    sheet_of(quick, case_id, first, filled.sheet(*GOOD))
    low = filled.sheet("5", "5", "5", "5", "5", "5")
    with pytest.raises(InvalidValues) as refused:
        sheet_of(quick, case_id, second, low)
    assert "deviation_reason" in refused.value.fields
    sheet_of(quick, case_id, second, {**low, "deviation_reason": "现场演示失败"})
    assert "现场演示失败" in quick.all(select(ScoreSheet.comment).where(ScoreSheet.expert_id == second))[0]


def test_sheets_keep_their_decimals(quick: World) -> None:
    [case_id] = to_the_draw(quick, "王建国")
    expert = draw_and_declare(quick)[0]
    quick.do(expert, "expert_scoring", filled.sheet("20.5", *GOOD[1:]), assignee=expert)
    assert quick.all(select(ScoreSheet.total)) == ["77.5"]
    assert case_id


def test_equal_scores_are_told_apart_by_the_first_index(quick: World) -> None:
    first, second = to_the_draw(quick, "王建国", "李小明")
    draw_and_declare(quick)
    score(quick, first, ("19", "21", "15", "10", "8", "4"))
    score(quick, second, ("20", "20", "15", "10", "8", "4"))
    found = ranks(quick)
    assert (found[second].rank, found[first].rank) == (1, 2)
    assert "“技能水平”项" in found[second].rank_note
    assert Decimal(found[first].expert_score or 0) == Decimal(found[second].expert_score or 1)


def test_an_expert_sees_an_item_for_each_nominee_and_no_other(quick: World) -> None:
    to_the_draw(quick, "王建国", "李小明")
    members = draw_and_declare(quick)
    items = quick.all(select(WorkItem).where(WorkItem.node_id == "expert_scoring", WorkItem.assignee_id == members[0]))
    assert len(items) == 2


def test_an_expert_who_lets_the_time_pass_is_not_waited_for_while_enough_judge(quick: World) -> None:
    [case_id] = to_the_draw(quick, "王建国")
    silent, late, *others = draw_and_declare(quick)
    for expert in others:
        quick.do(expert, "expert_scoring", filled.sheet(*GOOD), assignee=expert)
    with pytest.raises(Conflict, match="期限还没有到"):
        take_out(quick, case_id, silent)
    quick.clock.turn(days=8)
    with pytest.raises(NotAllowed):
        take_out(quick, case_id, silent, who="supervisor")
    for expert in (silent, late):
        take_out(quick, case_id, expert)
    assert quick.case(case_id).stage == "scored"
    assert [event.action for event in quick.all(select(AuditEvent).where(AuditEvent.action == "signer_removed"))] == [
        "signer_removed"
    ] * 2


def test_who_competes_in_the_round_neither_sees_nor_changes_who_judges(quick: World) -> None:
    case_id, rival = to_the_draw(quick, "王建国", "李小明")
    expert = draw_and_declare(quick)[0]
    quick.clock.turn(days=8)
    with quick.context.reading() as tx:
        [signing] = item_signers.signings(tx, actor=quick.actor("handler"), case=tx.session.get_one(Case, case_id))
    assert "expert0甲" in {member.label for member in signing.open_items}
    with quick.context.transaction() as tx:
        tx.session.execute(update(Case).where(Case.id == rival).values(subject_id=quick.users["handler"]))
    with quick.context.reading() as tx:
        assert item_signers.signings(tx, actor=quick.actor("handler"), case=tx.session.get_one(Case, case_id)) == []
    with pytest.raises(NotAllowed, match="参加本轮"):
        take_out(quick, case_id, expert)


def test_no_fewer_experts_remain_than_the_plan_asks_for_sheets(quick: World) -> None:
    [case_id] = to_the_draw(quick, "王建国")
    members = draw_and_declare(quick)
    quick.clock.turn(days=8)
    for expert in members[:2]:
        take_out(quick, case_id, expert)
    with pytest.raises(Conflict, match="少于方案规定的3份"):
        take_out(quick, case_id, members[2])
