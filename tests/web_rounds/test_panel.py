"""The page on which a doubted draw is checked."""

import json
from dataclasses import asdict

from app.domain.draw import PoolMember, draw
from app.persistence import models as m
from app.services.selection.panel_record import member_key
from tests.web_rounds.world import IDS, START, World

PEOPLE = ["expert", "convener", "supervisor", "archivist", "finance_maker", "finance_checker", "department_checker"]
AGREES, DIFFERS = "复核一致", "复核不一致"


def drawn(world: World, *, seed: str = "271828") -> m.PanelDraw:
    """Record a draw of five and one reserve in a round, with one recusal."""
    round_ = world.round()
    pool = [PoolMember(IDS[name], member_key(IDS[name])) for name in PEOPLE]
    result = draw(pool, seed=seed, size=5, reserves=1)
    record = {
        "pool": [member.key for member in pool], "seed_source": "公证处摇号", "witnesses": "监督员甲",
        "selected": list(result.selected), "reserves": list(result.reserves), "steps": [asdict(step) for step in result.steps],
    }  # fmt: skip
    for place, user_id in enumerate(result.selected, 1):
        world.add(m.PanelMember(round_id=round_.id, user_id=user_id, place=place, state="drawn"))
    nominee = world.nominee(round_, 1)
    world.add(m.Recusal(case_id=nominee.case_id, user_id=IDS["expert"], origin="found", reason="近亲属关系。", recorded_at=START))
    return world.add(
        m.PanelDraw(
            round_id=round_.id, seed=seed, pool_hash=result.pool_hash, record_json=json.dumps(record),
            drawn_by=IDS["bureau_handler"], drawn_at=START,
        )
    )  # fmt: skip


def test_members_recusals_and_every_step_are_there_and_the_draw_is_repeated(world: World) -> None:
    drawn(world)
    page = world.client("supervisor").get("/rounds/1/panel").get_data(as_text=True)
    assert AGREES in page
    for shown in ("271828", "公证处摇号", "监督员甲", "近亲属关系。", member_key(IDS["expert"])):
        assert shown in page
    assert page.count("<td>正选</td>") == 5
    assert page.count("<td>候补</td>") == 1


def test_a_record_that_was_changed_is_noticed(world: World) -> None:
    row = drawn(world)
    record = json.loads(row.record_json)
    record["selected"][0], record["reserves"][0] = record["reserves"][0], record["selected"][0]
    with world.context.transaction() as tx:
        tx.session.get_one(m.PanelDraw, row.id).record_json = json.dumps(record)
    page = world.client("supervisor").get("/rounds/1/panel").get_data(as_text=True)
    assert DIFFERS in page
    assert AGREES not in page


def test_before_the_draw_the_page_says_what_comes(world: World) -> None:
    world.round()
    assert "还没有抽取专家" in world.client("bureau_handler").get("/rounds/1/panel").get_data(as_text=True)
