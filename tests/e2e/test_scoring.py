"""An expert scores on a phone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from app.persistence.models import User, WorkItem
from tests.e2e.pages import assert_fits, fill, open_item, press
from tests.e2e.site import PHONE, Site
from tests.services import filled

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
    press(page, "提交评分")
    expect(page.locator("#error-summary")).to_contain_text("25")
    expect(page.locator(".field-error")).to_have_count(1)
    assert_fits(page)
    page.locator("[name=score_A-points]").fill("二十")
    press(page, "提交评分")
    expect(page.locator(".field-error")).to_contain_text("数字")
    page.locator("[name=score_A-points]").fill("24.5")
    press(page, "提交评分")
    expect(page.get_by_role("status").first).to_contain_text("“专家评分”已提交")
    expect(page.locator("[data-desk-row]")).to_have_count(2)


def test_the_button_stays_where_it_is_while_the_sheet_saves_itself(at: Callable[[str], Site]) -> None:
    """A finger that comes down in that moment would go beside it."""
    site = at("scoring")
    page = site.browse(expert_of(site), size=PHONE)
    open_item(page, "专家评分")
    button, said = page.get_by_role("button", name="提交评分"), page.locator("[data-save-state]")
    before = button.bounding_box()
    page.locator("[name=score_A-points]").fill("20")
    expect(said).to_contain_text("已自动保存", timeout=30_000)
    assert button.bounding_box() == before
