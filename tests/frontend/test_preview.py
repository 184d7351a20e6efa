"""Files shown in the page, one after the other."""

import pytest
from playwright.sync_api import Page, expect

from tests.frontend.pages import Site

SQUARE = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><rect width="40" height="40" fill="{}"/></svg>'
LINK = '<li><a href="/{0}?inline=1" data-preview="image/png" data-name="{1}" data-download="/{0}">{1}</a></li>'


def papers(page: Page, site: Site) -> None:
    """Open a page with three files, the last of which the server does not give; to the second it leads twice."""
    for place, colour in enumerate(("red", "blue"), 1):
        site.answers[f"/{place}?inline=1"] = (200, "image/svg+xml", SQUARE.format(colour))
    again = "<p>" + LINK.format(2, "第二处的奖状.png") + "</p>"
    site.show("<ul>" + LINK.format(1, "身份证.png") + LINK.format(2, "奖状.png") + LINK.format(3, "坏.png") + "</ul>" + again)
    page.goto("/")


@pytest.mark.browser
def test_a_file_opens_in_the_page_and_leads_to_the_next(page: Page, site: Site) -> None:
    papers(page, site)
    page.get_by_role("link", name="身份证.png").click()
    dialog = page.get_by_role("dialog", name="身份证.png")
    expect(dialog.get_by_text("1／3")).to_be_visible()
    expect(dialog.get_by_role("button", name="上一份")).to_be_disabled()
    dialog.get_by_role("button", name="下一份").click()
    dialog = page.get_by_role("dialog", name="奖状.png")
    expect(dialog.get_by_role("img", name="奖状.png")).to_have_attribute("src", f"{site.url}/2?inline=1")
    expect(dialog.get_by_role("link", name="下载")).to_have_attribute("href", "/2")


@pytest.mark.browser
def test_closing_gives_the_focus_back_and_a_broken_file_is_told(page: Page, site: Site) -> None:
    papers(page, site)
    page.get_by_role("link", name="奖状.png", exact=True).click()
    expect(page.get_by_role("button", name="关闭")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("alert")).to_contain_text("这份文件没有打开")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("link", name="坏.png")).to_be_focused()
