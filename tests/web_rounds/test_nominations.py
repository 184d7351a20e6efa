"""Beginning a nomination from the page."""

from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import select

from app.persistence import models as m
from app.services.casework import work_items
from app.services.selection import prefills
from tests.files import samples
from tests.web.house import post
from tests.web_rounds.world import IDS, World


def test_a_unit_begins_a_nomination_and_comes_to_its_form(world: World) -> None:
    round_ = world.round()
    browser = world.client("nominating_unit")
    assert "发起推荐" in browser.get("/nominations").get_data(as_text=True)
    assert "长江机电公司" in browser.get(f"/rounds/{round_.id}/nominate").get_data(as_text=True)
    answer = post(browser, f"/rounds/{round_.id}/nominate", unit="5")
    item = world.all(m.WorkItem, state="open")[-1]
    assert answer.headers["Location"] == f"/work-items/{item.id}"
    assert item.scope_unit_id == 5


def test_a_unit_cannot_begin_one_for_another_unit(world: World) -> None:
    round_ = world.round()
    assert post(world.client("nominating_unit"), f"/rounds/{round_.id}/nominate", unit="6").status_code == 403
    assert world.all(m.Case, kind="nomination") == []


def test_a_candidate_nominates_themselves_where_the_round_allows_it(world: World) -> None:
    round_ = world.round()
    browser = world.client("candidate")
    page = browser.get(f"/rounds/{round_.id}/nominate").get_data(as_text=True)
    assert "慈惠街道办事处" in page
    assert post(browser, f"/rounds/{round_.id}/nominate", unit="2").status_code == 302
    assert [row.subject_id for row in world.all(m.Case, kind="nomination")] == [IDS["candidate"]]


def test_the_form_begins_with_what_is_known(world: World) -> None:
    round_ = world.round()
    for who, unit in (("nominating_unit", "5"), ("candidate", "2")):
        assert post(world.client(who), f"/rounds/{round_.id}/nominate", unit=unit).status_code == 302
    first, second = (case.id for case in world.all(m.Case, kind="nomination"))
    assert first_values(world, "nominating_unit", first) == {"employer": "5"}
    assert first_values(world, "candidate", second)["nominee_channel"] == "self"


def test_the_call_for_nominations_is_for_those_whom_it_is_addressed_to(world: World) -> None:
    round_ = world.round()
    path, browser = f"/nominations/{round_.id}/call.pdf", world.client("nominating_unit")
    assert browser.get(path).status_code == 404
    assert "评选通知" not in browser.get("/nominations").get_data(as_text=True)
    paper = world.context.files.put(BytesIO(samples.pdf()), name="通知.pdf")
    world.add(
        m.OfficialDocument(
            round_id=round_.id, case_id=round_.case_id, doc_type="round_call", title="评选通知", state="issued", values_json="{}",
            drafted_by=IDS["bureau_handler"], signatory="", issued_on="2026-03-02", pdf_sha256=paper.sha256,
        )
    )  # fmt: skip
    assert f'href="{path}"' in browser.get("/nominations").get_data(as_text=True)
    assert [world.client(who).get(path).status_code for who in ("nominating_unit", "candidate", "expert")] == [200, 200, 403]
    assert [row.subject for row in world.all(m.AuditEvent, action="downloaded")] == ["评选通知.pdf"] * 2


def test_who_stands_already_is_led_to_the_nomination_and_not_to_another_one(world: World) -> None:
    round_ = world.round(self_nomination=False)
    case_id = world.nominee(round_, subject_id=IDS["candidate"]).case_id
    page = world.client("candidate").get("/nominations").get_data(as_text=True)
    assert f'href="/cases/{case_id}"' in page
    assert "不需要再自荐" in page
    assert "/nominate" not in page


@pytest.mark.parametrize(
    ("who", "second"), [("nominating_unit", "申报推荐"), ("candidate", "我的证书"), ("bureau_handler", "发起办件")]
)
def test_the_bottom_row_of_a_phone_leads_to_what_somebody_is_here_for(world: World, who: str, second: str) -> None:
    row = world.client(who).get("/desk").get_data(as_text=True).split('class="bottombar"')[1]
    assert [part.split("</a>")[0].rpartition(">")[2] for part in row.split("<a ")[1:3]] == ["工作台", second]


def first_values(world: World, who: str, case_id: int) -> dict[str, Any]:
    """Return what a nomination's form opens with."""
    with world.context.reading() as tx:
        [item] = tx.session.scalars(select(m.WorkItem).where(m.WorkItem.case_id == case_id, m.WorkItem.state == "open"))
        opened = work_items.take(tx, actor=world.actor(who), item_id=item.id)
        return dict(prefills.nomination(opened.work))


def test_self_nomination_is_not_offered_where_the_round_does_not_allow_it(world: World) -> None:
    round_ = world.round(self_nomination=False)
    browser = world.client("candidate")
    assert "现在没有接受推荐的评选" in browser.get("/nominations").get_data(as_text=True)
    assert "现在不能申报" in browser.get(f"/rounds/{round_.id}/nominate").get_data(as_text=True)
    assert post(browser, f"/rounds/{round_.id}/nominate", unit="2").status_code == 422


def test_after_the_deadline_the_round_is_no_longer_offered(world: World) -> None:
    round_ = world.round()
    world.pass_time(days=30)
    browser = world.client("nominating_unit")
    assert "现在没有接受推荐的评选" in browser.get("/nominations").get_data(as_text=True)
    answer = post(browser, f"/rounds/{round_.id}/nominate", unit="5")
    assert answer.status_code == 422
    assert "已经截止" in answer.get_data(as_text=True)
