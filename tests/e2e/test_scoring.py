"""An expert scores on a phone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from app.persistence.models import Recusal, ScoreSheet, User, WorkItem
from tests.e2e.pages import assert_fits, fill, open_item, press
from tests.e2e.site import PHONE, Site
from tests.services import filled
from tests.waiting import settled

pytestmark = pytest.mark.browser


def expert_of(site: Site) -> str:
    """Return the user name of one of the panel."""
    found: list[str] = site.world.all(
        select(User.username).join(WorkItem, WorkItem.assignee_id == User.id).where(WorkItem.node_id == "expert_scoring")
    )
    return found[0]


def test_an_expert_scores_on_a_phone(at: Callable[[str], Site]) -> None:
    site = at("scoring")
    page = site.browse(expert_of(site), size=PHONE)
    expect(page.locator("[data-desk-row]")).to_have_count(3)
    assert_fits(page)
    open_item(page, "专家评分")
    assert_fits(page)
    fill(page, filled.sheet("26", "20", "20", "10", "8", "4"))
    page.get_by_role("button", name="提交评分").click()  # not asked: it would not be accepted
    expect(page.locator("#error-summary")).to_contain_text("25")
    expect(page.locator(".field-error")).to_have_count(1)
    assert_fits(page)
    page.locator("[name=score_A-points]").fill("二十")
    page.get_by_role("button", name="提交评分").click()
    expect(page.locator(".field-error")).to_contain_text("数字")
    page.locator("[name=score_A-points]").fill("24.5")
    press(page, "提交评分")
    expect(page.get_by_role("status").first).to_contain_text("“专家评分”已提交")
    expect(page.locator("[data-desk-row]")).to_have_count(2)


def test_a_relation_that_an_expert_declares_keeps_the_sheet_away(at: Callable[[str], Site]) -> None:
    site = at("declaring")
    drawn = select(User).join(WorkItem, WorkItem.assignee_id == User.id)
    [expert] = site.world.all(drawn.where(WorkItem.node_id == "declare", WorkItem.state == "open"))
    page = site.browse(expert.username, size=PHONE)
    open_item(page, "承诺与回避")
    page.get_by_role("button", name="添加一行").click()
    page.locator("[name$='-nominee']").select_option(label="王建国（临空港精密机械有限公司）")
    expect(page.locator("[name$='-kind']")).to_contain_text("近3年内共同署名成果")
    page.locator("[name$='-kind']").select_option(label="师徒")
    assert_fits(page)
    page.get_by_label("我已阅读并承诺遵守").check()
    press(page, "提交承诺")
    expect(page.get_by_role("status").first).to_contain_text("“承诺与回避”已提交")
    site.work()
    page.reload()
    expect(page.locator("[data-desk-row]")).to_contain_text(["吕𪟝", "李小明"])
    [case_id] = site.world.all(select(Recusal.case_id).where(Recusal.user_id == expert.id))
    page.goto(f"/cases/{case_id}")
    expect(page.get_by_role("heading", name="没有找到这个页面")).to_be_visible()


def test_the_total_is_seen_while_scoring_and_asked_before_it_is_final(at: Callable[[str], Site]) -> None:
    site = at("scoring")
    page = site.browse(expert_of(site), size=PHONE)
    open_item(page, "专家评分")
    total = page.locator("[data-total] output")
    expect(total).to_have_text("0 分（满分 100 分），还有 6 项没有打分")
    fill(page, filled.sheet("20.1", "18.2", "15", "9", "8", "4"))
    expect(total).to_have_text("74.3 分（满分 100 分）")
    page.locator("[name=score_A-points]").fill("99")
    expect(total).to_contain_text("有一项超过最高分")
    page.locator("[name=score_A-points]").fill("２０．１")
    page.get_by_role("button", name="提交评分").click()
    question = page.get_by_role("dialog")
    expect(question).to_contain_text("总分是 74.3 分。提交后不能修改")
    question.get_by_role("button", name="返回").click()
    expect(question).to_have_count(0)
    assert site.world.all(select(ScoreSheet.total)) == []


def test_the_button_stays_where_it_is_while_the_sheet_saves_itself(at: Callable[[str], Site]) -> None:
    """A finger that comes down in that moment would go beside it."""
    site = at("scoring")
    page = site.browse(expert_of(site), size=PHONE)
    open_item(page, "专家评分")
    button, said = page.get_by_role("button", name="提交评分"), page.locator("[data-save-state]")
    points = page.locator("[name=score_A-points]")
    points.focus()  # the page may roll there
    settled(page)
    before = button.bounding_box()
    points.fill("20")
    page.clock.run_for(4000)
    expect(said).to_contain_text("已自动保存")
    assert button.bounding_box() == before
