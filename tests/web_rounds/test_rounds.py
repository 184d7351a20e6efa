"""The list of rounds, one round, and what may be changed in it."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.actors import Role
from app.persistence import models as m
from tests.web.house import post
from tests.web_rounds.conftest import Counting
from tests.web_rounds.world import IDS, START, World


def test_a_handler_begins_a_round_and_is_the_next_to_act(world: World) -> None:
    browser = world.client("bureau_handler")
    answer = post(browser, "/rounds", procedure="linkonggang-artisan", title="第一届“临空港工匠”评选")
    page = browser.get(answer.headers["Location"]).get_data(as_text=True)
    assert "下一步，由您办理" in page
    assert "登记批准依据" in page
    other = world.client("supervisor").get(answer.headers["Location"]).get_data(as_text=True)
    assert "区人社局经办人：登记批准依据" in other
    assert "由您办理" not in other


def test_the_next_step_is_not_offered_to_who_is_barred_from_it(world: World) -> None:
    round_ = world.round()
    mine = world.nominee(round_, subject_id=IDS["bureau_handler"])
    world.item(mine.case_id, round_id=round_.id, role=Role.BUREAU_HANDLER, title="复核（经办）", node_id="re_review_first")
    browser = world.client("bureau_handler")
    assert "由您办理" not in browser.get(f"/rounds/{round_.id}").get_data(as_text=True)
    other = world.nominee(round_, 2)
    world.item(other.case_id, round_id=round_.id, role=Role.BUREAU_HANDLER, title="复核（经办）", node_id="re_review_first")
    assert "由您办理" in browser.get(f"/rounds/{round_.id}").get_data(as_text=True)


def test_a_round_without_a_name_is_refused_and_what_was_typed_stays(world: World) -> None:
    answer = post(world.client("bureau_handler"), "/rounds", procedure="linkonggang-artisan", title="", round_no="7")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "请填写本届名称" in page
    assert 'value="7"' in page


def test_the_funnel_counts_by_stage_and_by_street(world: World) -> None:
    round_ = world.round()
    world.nominee(round_, 1, stage="bureau_review")
    world.nominee(round_, 2, stage="street_review")
    world.nominee(round_, 3, stage="street_review", outcome="rejected_by_bureau", ended_at=START)
    page = world.client("bureau_leader").get(f"/rounds/{round_.id}").get_data(as_text=True)
    text = " ".join(page.replace("<", " <").split())
    assert "共 3 件推荐，2 件仍在评选，复核驳回 1 件" in text
    assert "慈惠街道办事处" in text
    assert "走马岭街道办事处" in text
    row = text.split('<th scope="row">初审')[1].split("</tr>")[0]
    assert row.count("<td") == 3
    assert '<td class="cell-number">3' in row  # all three came as far as the street
    assert "<strong>1" in row  # one is there now


def test_quotas_show_what_is_used_and_what_was_added(world: World) -> None:
    round_ = world.round()
    world.add(m.QuotaAllocation(round_id=round_.id, unit_id=2, quota=2, supplement=1, reason="人才集中"))
    world.nominee(round_, 1, quota_unit_id=2)
    left = world.nominee(round_, 3, quota_unit_id=2)
    with world.context.transaction() as tx:
        tx.session.get_one(m.Nomination, left.case_id).active = None  # left the race: the place is used all the same
    page = world.client("bureau_handler").get(f"/rounds/{round_.id}").get_data(as_text=True)
    assert "已用 2 / 3" in page and "其中 1 人已退出或未通过" in page and "名额不自动恢复" in page
    assert "其中追加 1：人才集中" in page


def test_who_is_late_is_named_with_unit_role_and_days(world: World) -> None:
    round_ = world.round()
    row = world.nominee(round_)
    due = START - timedelta(days=3)
    world.item(row.case_id, round_id=round_.id, role=Role.OFFICE_CLERK, scope_unit_id=2, due_at=due)
    world.item(row.case_id, round_id=round_.id, role=Role.OFFICE_LEADER, scope_unit_id=3, due_at=START + timedelta(days=9))
    page = world.client("bureau_handler").get(f"/rounds/{round_.id}").get_data(as_text=True)
    late = page.split('id="late-title"')[1].split("</section>")[0]
    assert "慈惠街道办事处" in late
    assert "街道（产业办）经办人" in late
    assert "已超期1天" in late
    assert "走马岭" not in late


def test_the_next_thing_is_the_time_when_nobody_has_to_act(world: World) -> None:
    round_ = world.round()
    end = datetime(2026, 12, 11, 16, tzinfo=UTC)
    world.add(m.Timer(case_id=round_.case_id, task_id="t", node_id="n", title="申报截止", due_at=end, state="open"))
    page = world.client("bureau_handler").get(f"/rounds/{round_.id}").get_data(as_text=True)
    assert "申报截止：2026年12月11日24时" in page
    assert "现在不需要您做什么" in page


def test_a_leader_moves_a_deadline_with_a_reason(world: World) -> None:
    round_ = world.round()
    end = datetime(2026, 12, 11, 16, tzinfo=UTC)
    world.add(m.Timer(case_id=round_.case_id, task_id="t", node_id="n", title="申报截止", due_at=end, state="open"))
    path = f"/rounds/{round_.id}/deadlines/nomination_close"
    answer = post(world.client("bureau_leader"), path, day="2026-12-18", reason="台风停工")
    assert answer.status_code == 302
    moved = datetime(2026, 12, 18, 16, tzinfo=UTC)
    assert [row.due_at for row in world.all(m.Timer)] == [moved]
    assert json.loads(world.all(m.SelectionRound)[0].deadlines_json)["nomination_close"] == moved.isoformat()
    assert [row.action for row in world.all(m.AuditEvent, stream=f"case:{round_.case_id}")] == ["deadline_moved"]


@pytest.mark.parametrize(
    ("day", "reason", "sentence"),
    [
        ("2026-12-19", "台风停工", "不是工作日"),
        ("2026-11-20", "台风停工", "新的时限应晚于现在"),
        ("2026-12-18", "", "请写明调整时限的原因"),
        ("abc", "台风停工", "请选择日期"),
    ],
)
def test_a_deadline_that_cannot_stand_is_refused(world: World, day: str, reason: str, sentence: str) -> None:
    round_ = world.round()
    answer = post(world.client("bureau_leader"), f"/rounds/{round_.id}/deadlines/nomination_close", day=day, reason=reason)
    assert answer.status_code == 422
    assert sentence in answer.get_data(as_text=True)
    assert "2026-12-11" in world.all(m.SelectionRound)[0].deadlines_json


def test_a_leader_adds_places_with_a_reason(world: World) -> None:
    round_ = world.round()
    browser = world.client("bureau_leader")
    assert post(browser, f"/rounds/{round_.id}/quota", unit="2", places="1", reason="").status_code == 422
    assert post(browser, f"/rounds/{round_.id}/quota", unit="5", places="1", reason="企业没有名额").status_code == 422
    assert post(browser, f"/rounds/{round_.id}/quota", unit="2", places="1", reason="人才集中").status_code == 302
    assert [(row.unit_id, row.quota, row.supplement, row.reason) for row in world.all(m.QuotaAllocation)] == [
        (2, 0, 1, "人才集中")
    ]


def test_an_unknown_round_is_a_page_that_says_so(world: World) -> None:
    answer = world.client("bureau_handler").get("/rounds/99")
    assert answer.status_code == 404
    assert "没有找到这个评选轮次" in answer.get_data(as_text=True)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_rounds_costs_the_same_for_one_and_three(world: World, statements: Counting, count: int) -> None:
    for number in range(1, count + 1):
        world.round(number=number)
    browser = world.client("bureau_handler")
    browser.get("/rounds")
    with statements() as seen:
        page = browser.get("/rounds").get_data(as_text=True)
    assert page.count("row-title") == count
    assert len(seen) == 4  # who asks, the bell, the rounds, the procedures to begin one with


@pytest.mark.parametrize("count", [1, 3])
def test_a_round_costs_the_same_for_one_and_three_of_everything(world: World, statements: Counting, count: int) -> None:
    round_ = world.round()
    for number in range(1, count + 1):
        row = world.nominee(round_, number)
        world.item(
            row.case_id, round_id=round_.id, role=Role.OFFICE_CLERK, scope_unit_id=2, due_at=START - timedelta(days=number)
        )
        world.notice(round_, [row])
        world.certificate(row, number=number)
        unmade(world, row.case_id)
    browser = world.client("bureau_handler")
    browser.get(f"/rounds/{round_.id}")
    with statements() as seen:
        browser.get(f"/rounds/{round_.id}")
    assert len(seen) == 16


def unmade(world: World, case_id: int, *, error: str = "", paper: str = "nomination_form") -> m.OutboxEntry:
    """Add the errand of a paper that is not made, and its incident where it failed."""
    entry = world.add(
        m.OutboxEntry(
            kind="file_paper", key=f"{paper}:{case_id}", case_id=case_id, payload=json.dumps({"paper": paper, "case": case_id}),
            state="failed" if error else "pending", attempts=8 if error else 0, error=error, next_at=START, created_at=START,
        )
    )  # fmt: skip
    if error:
        world.add(m.Incident(case_id=case_id, code="x", message=error, source=f"outbox:{entry.id}", opened_at=START))
    return entry


def test_a_paper_that_failed_stands_on_the_page_with_its_reason_and_is_made_again(world: World) -> None:
    round_ = world.round()
    entry = unmade(world, world.nominee(round_).case_id, error="template.sample: 模板缺少字段“职务”。")
    path, browser = f"/rounds/{round_.id}", world.client("archivist")
    page = browser.get(path).get_data(as_text=True)
    assert all(words in page for words in ("还没有生成的文书", "推荐审批表", "模板缺少字段“职务”。", "重新制作"))
    assert "重新制作" not in world.client("bureau_leader").get(path).get_data(as_text=True)
    assert post(browser, f"{path}/papers/{entry.id}/again").status_code == 302
    assert [(row.state, row.attempts, row.error) for row in world.all(m.OutboxEntry)] == [("pending", 0, "")]
    assert [row.closed_by for row in world.all(m.Incident)] == [IDS["archivist"]]
    assert [row.subject for row in world.all(m.AuditEvent, action="paper_remade")] == ["推荐审批表"]


def test_a_paper_that_waits_its_turn_or_is_of_another_round_or_secret_is_not_made_again(world: World) -> None:
    mine, other = world.round(), world.round(number=2)
    waits = unmade(world, world.nominee(mine).case_id, paper="request")
    elsewhere = unmade(world, world.nominee(other, 2).case_id, error="x: y")
    secret = unmade(world, mine.case_id, error="x: y", paper="draw_record")
    browser = world.client("document_officer")
    again = [post(browser, f"/rounds/{mine.id}/papers/{each.id}/again").status_code for each in (waits, elsewhere, secret)]
    assert again == [409, 404, 404]
    assert "抽取记录" not in browser.get(f"/rounds/{mine.id}").get_data(as_text=True)
    assert "抽取记录" in world.client("archivist").get(f"/rounds/{mine.id}").get_data(as_text=True)


def test_papers_are_listed_in_words(world: World) -> None:
    round_ = world.round()
    row = world.nominee(round_)
    world.notice(round_, [row])
    world.add(
        m.Meeting(
            round_id=round_.id, body="executive", session_no="2026年第12次", held_on="2026-12-02", chair="某", attendees="",
            decision="agree_in_principle", minutes_no="〔2026〕12号", recorded_by=IDS["meeting_secretary"], recorded_at=START,
        )
    )  # fmt: skip
    drafted = {"title": "决定", "values_json": "{}", "state": "issued", "signatory": "某", "issued_on": "2026-12-05"}
    world.add(m.OfficialDocument(round_id=round_.id, doc_type="decision", drafted_by=IDS["document_officer"], **drafted))
    with world.context.transaction() as tx:
        tx.session.query(m.PublicNotice).update({"reviewed_by": IDS["publication_reviewer"]})
    page = world.client("meeting_secretary").get(f"/rounds/{round_.id}").get_data(as_text=True)
    people = {user.id: user.name for user in world.all(m.User)}
    assert f"{people[IDS['bureau_handler']]}</span> 起草" in page
    assert f"{people[IDS['publication_reviewer']]}</span> 审核" in page
    assert f"{people[IDS['document_officer']]}</span> 拟稿，某 签发" in page
    assert "区政府常务会议" in page
    assert "原则同意" in page
    assert "公示中" in page
    assert "agree_in_principle" not in page
