"""What must hold on every page, at a desk and on a phone: nothing for axe to find (WCAG 2.1 A and AA), nothing out of the page."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, ViewportSize, expect
from sqlalchemy import select

from app.persistence.models import Certificate
from tests.e2e.pages import assert_fits, open_item, violations
from tests.e2e.site import DESK, PHONE, Site
from tests.e2e.stages import WINNER
from tests.waiting import becomes, settled

pytestmark = pytest.mark.browser

PAPER: ViewportSize = {"width": 718, "height": 1046}
STUDIO = (
    "/procedures", "/procedures/new", "/procedures/rules", "/procedures/versions/1", "/procedures/versions/1/live",
    "/templates", "/templates/new", "/templates/versions/1",
)  # fmt: skip


def sound(page: Page, *addresses: str) -> None:
    """Look at some addresses, or at the page that is open, each at a desk and on a phone."""
    for address in addresses or [page.url]:
        if addresses:
            page.goto(address)
        for width, height in (PHONE, DESK):
            page.set_viewport_size({"width": width, "height": height})
            assert violations(page) == [], f"{page.url} at {width}"
            assert_fits(page)


def assert_fits_paper(page: Page, *addresses: str) -> None:
    """Nothing of what is printed stands out of A4 with the margins that browsers give it, to the left or to the right."""
    page.emulate_media(media="print")
    page.set_viewport_size(PAPER)
    script = """() => [...document.querySelectorAll('main *')].filter(e => e.checkVisibility() && !e.closest('.visually-hidden, svg'))
        .filter(e => e.getBoundingClientRect().left < -1 || e.getBoundingClientRect().right > innerWidth + 1)
        .map(e => `${e.tagName} ${e.className} ${e.textContent.trim().slice(0, 30)}`)"""
    for address in addresses:
        page.goto(address)
        settled(page)
        becomes(page, lambda: page.evaluate(script), [])
    expect(page.locator(".topbar, .trail, .bottombar").filter(visible=True)).to_have_count(0)


def test_what_is_printed_fits_the_paper(at: Callable[[str], Site]) -> None:
    site = at("won")
    assert_fits_paper(
        site.browse("handler"), "/rounds/1", "/rounds/1/nominees", "/rounds/1/ranking", "/rounds/1/panel", "/cases/1", "/cases/3"
    )
    assert_fits_paper(site.browse("nominator"), "/cases/3", "/cases/3/invitation")
    assert_fits_paper(site.browse(), "/public/notices/1", "/public/")


def test_the_pages_of_those_who_nominate_and_review(at: Callable[[str], Site]) -> None:
    site = at("reviewing")
    page = site.browse()
    sound(page, "/account/login", "/account/activate")
    page = site.browse("nominator")
    sound(page, "/desk", "/desk?tab=started", "/nominations", "/rounds/1/nominate", "/cases/2", "/cases/2/invitation", "/search")
    page.get_by_role("link", name="王建国").first.click()
    page = site.browse("clerk")
    sound(page, "/desk", "/notifications", "/notifications/mail", "/account", "/account/password", "/cases/2")
    open_item(page, "初审")
    sound(page)
    sound(page, f"{page.url}/transfer")
    open_item(page, "初审")
    page.get_by_role("button", name="初审通过").click()
    page.wait_for_selector("#error-summary")
    sound(page)
    page.get_by_text("流程图", exact=False).first.click()
    page.wait_for_selector("[data-diagram-shown]")
    sound(page)


def test_the_bar_holds_six_entries_and_long_names(at: Callable[[str], Site]) -> None:
    page = at("reviewing").browse("handler")
    page.goto("/desk")
    page.evaluate("""() => {
        const nav = document.querySelector('.topbar-nav');
        while (nav.children.length < 6) nav.append(nav.firstElementChild.cloneNode(true));
        nav.lastElementChild.textContent = '异常办件';
        document.querySelector('.topbar-person .unit').textContent = '武汉临空港经济技术开发区高技能人才公共实训服务中心';
    }""")
    page.evaluate(
        "name => { document.querySelector('.topbar-person .name').textContent = name; }",
        "阿卜杜热西提·麦麦提依明·吾布力卡斯木·阿不都",
    )
    for width in (390, 768, 1200, 1280, 1366):
        page.set_viewport_size({"width": width, "height": 768})
        assert_fits(page)


def test_the_long_form_and_the_sheet(at: Callable[[str], Site]) -> None:
    site = at("crowded")
    page = site.browse("nominator")
    sound(page, "/desk?tab=group", "/desk?tab=group&page=2", "/work-items/5")
    page.get_by_role("button", name="提交推荐").click()
    page.wait_for_selector("#error-summary")
    sound(page)


def test_the_pages_of_the_bureau(at: Callable[[str], Site]) -> None:
    page = at("won").browse("handler")
    sound(page, "/desk", "/desk?tab=handled", "/rounds", "/rounds/1", "/rounds/1/nominees", "/rounds/1/ranking")
    sound(page, "/rounds/1/panel", "/requests/new", "/certificates/1/void")
    sound(page, "/cases/1", "/cases/3", "/certificates/1", "/procedures", "/nothing-here")
    sound(page, "/certificates/rounds/1", "/certificates/rounds/1/seals", "/certificates/1/record", "/certificates/1/reissue")


def test_the_pages_of_the_public_and_of_the_winner(at: Callable[[str], Site]) -> None:
    page = at("noticed").browse()
    sound(page, "/public/", "/public/notices/1", "/public/notices/1/object", "/public/objections")
    sound(page, "/public/verify", "/public/verify/LKGGJ-2026-999?c=AAAAAAAA", "/public/nothing-here")


def test_the_pages_about_a_certificate(at: Callable[[str], Site]) -> None:
    site = at("won")
    [certificate] = site.world.all(select(Certificate))
    sound(site.browse(), f"/verify/{certificate.serial}?c={certificate.check_code}")
    page = site.browse(site.account_of(WINNER))
    sound(page, "/", "/certificates", f"/certificates/{certificate.id}", f"/cases/{certificate.case_id}")
    open_item(page, "填写收款账户")
    sound(page)


def test_the_pages_of_administrators(at: Callable[[str], Site]) -> None:
    site = at("nominating")
    lists = {
        "system": ("/", "/admin/units", "/admin/units/2", "/admin/accounts", "/admin/accounts/new", "/admin/calendar"),
        "security": ("/", "/admin/roles", "/admin/roles/2"),
        "auditor": ("/", "/admin/audit", "/admin/audit/verify"),
        "process": ("/", *STUDIO, "/admin/incidents"),
        "leader": ("/rounds/1", "/rounds/1/quota", "/rounds/1/deadlines/nomination_close", "/admin/unassigned"),
    }
    for who, addresses in lists.items():
        sound(site.browse(who), *addresses)
