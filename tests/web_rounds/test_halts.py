"""Halting a round on its page, and giving an objection more time: what is asked for, and what everybody reads then."""

from datetime import timedelta

from app.persistence import models as m
from tests.web.house import post
from tests.web_rounds.test_objections import published, send
from tests.web_rounds.world import World


def test_a_round_is_suspended_and_resumed_on_its_page(world: World) -> None:
    round_ = world.round()
    row = world.nominee(round_, 1, stage="bureau_review")
    leader, handler = world.client("bureau_leader"), world.client("bureau_handler")
    empty = post(leader, f"/rounds/{round_.id}/halt/suspend").get_data(as_text=True)
    assert 'href="#basis">请写明依据' in empty and 'href="#reason">请写明原因' in empty
    assert "请写明依据" in post(leader, f"/rounds/{round_.id}/halt/suspend", reason="核查").get_data(as_text=True)
    assert post(leader, f"/rounds/{round_.id}/halt/suspend", basis="纪要〔2026〕9号", reason="上级核查").status_code == 303
    for path in (f"/rounds/{round_.id}", f"/cases/{row.case_id}"):
        assert "评选已暂停" in (page := handler.get(path).get_data(as_text=True)) and "上级核查" in page
    assert "（已暂停）" in handler.get("/rounds").get_data(as_text=True)
    shown = leader.get(f"/rounds/{round_.id}").get_data(as_text=True)
    assert f"/rounds/{round_.id}/halt/resume" in shown and "由您决定何时恢复" in shown and "由系统自动继续" not in shown
    assert "等待区人社局负责人恢复评选" in handler.get(f"/rounds/{round_.id}").get_data(as_text=True)
    assert post(leader, f"/rounds/{round_.id}/halt/resume", basis="纪要〔2026〕10号", reason="核查完毕").status_code == 303
    assert "评选已暂停" not in handler.get(f"/rounds/{round_.id}").get_data(as_text=True)


def test_the_head_of_a_cancelled_round_says_when_it_ended(world: World) -> None:
    round_ = world.round()
    with world.context.transaction() as tx:
        case = tx.session.get_one(m.Case, round_.case_id)
        case.outcome, case.ended_at = "cancelled", tx.now + timedelta(days=10)
    page = world.client("bureau_leader").get(f"/rounds/{round_.id}").get_data(as_text=True)
    assert '<span class="quiet">　2026-12-03</span>' in page and "自 2026-11-23" not in page


def test_what_cannot_be_halted_is_said(world: World) -> None:
    round_ = world.round()
    leader = world.client("bureau_leader")
    assert leader.get(f"/rounds/{round_.id}/halt/forget").status_code == 404
    assert post(leader, f"/rounds/{round_.id}/halt/resume", basis="x", reason="y").status_code == 409
    assert "不能恢复" in leader.get(f"/rounds/{round_.id}/halt/cancel").get_data(as_text=True)


def test_the_receipt_says_by_when_the_answer_comes(world: World) -> None:
    receipt = send(world, published(world)).headers["Location"].partition("?")[0]
    page = world.client().get(receipt).get_data(as_text=True)
    assert "受理部门最迟于" in page and "可以延长一次" in page
    [case] = world.all(m.Case, kind="objection")
    leader, term = world.client("bureau_leader"), f"/rounds/objections/{case.id}/term"
    assert "延长 15 个工作日" in leader.get(term).get_data(as_text=True) and term in leader.get(f"/cases/{case.id}").get_data(
        as_text=True
    )
    assert (post(leader, term, reason="").status_code, post(leader, term, reason="外省取证").status_code) == (422, 303)
    assert "已延长一次" in world.client().get(receipt).get_data(as_text=True)
    assert term not in leader.get(f"/cases/{case.id}").get_data(as_text=True)
