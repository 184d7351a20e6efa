"""What a completion costs the database, with the recorder's share in it (architecture, section 7)."""

from contextlib import AbstractContextManager

from app.services.casework import work_items
from tests.counting import statements_on
from tests.services import filled
from tests.services.steps import nominate, open_round
from tests.services.world import World


def counted(world: World) -> AbstractContextManager[list[str]]:
    """Collect the statements that run inside."""
    return statements_on(world.context.sessions.kw["bind"])


def test_a_recommendation_takes_at_most_fifteen_statements(quick: World) -> None:
    _, round_id = open_round(quick)
    case_id = nominate(quick, round_id, "王建国", 1)
    quick.clock.turn(days=8)
    quick.do("nominator", "employer_notice", filled.NOTICE, case_id=case_id)
    quick.do("clerk", "preliminary_review", filled.PRELIMINARY, case_id=case_id)
    item_id, values = quick.item("rank_nominee"), {"recommendation_rank": 1, "opinion": "同意", "rank_decision": "accept"}
    leader = quick.actor("street_leader")
    with counted(quick) as seen:
        work_items.complete(quick.context, actor=leader, item_id=item_id, values=values)
    assert len(seen) <= 15


def test_the_draw_reads_no_nominee_one_by_one(drawn: World) -> None:
    draw = {"seed": "20260413-001", "seed_source": "监督员给出", "witnesses": "赵、钱"}
    item_id, handler = drawn.item("draw_panel"), drawn.actor("handler")
    with counted(drawn) as seen:
        work_items.complete(drawn.context, actor=handler, item_id=item_id, values=draw)
    reads = [statement for statement in seen if statement.startswith("SELECT")]
    assert len(reads) <= 8
