"""In Chromium: the public reads a notice and objects; no page has a fault that axe-core finds, and none is wider than a phone."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from app.persistence import models as m
from tests.waiting import attend, fits, settled, visited
from tests.web_rounds.test_lists import scored
from tests.web_rounds.test_objections import FACTS
from tests.web_rounds.test_public import published
from tests.web_rounds.world import ROOT, World

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}
AXE = ROOT / "app" / "web" / "static" / "vendor" / "axe.min.js"


@pytest.fixture
def address(world: World, chromium: "Browser") -> Iterator[str]:
    """Serve the world on a free port of this machine."""
    with visited(world.app, chromium) as url:
        yield url


def faults(page: "Page") -> list[str]:
    """Return what axe-core finds against WCAG 2.1 A and AA."""
    settled(page)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    run = "axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']}).then(found => found.violations.map(each => each.id))"
    return page.evaluate(run)  # type: ignore[no-any-return]


def test_the_public_reads_the_notice_and_objects_on_a_phone(world: World, chromium: "Browser", address: str) -> None:
    notice = published(world)
    page = attend(chromium.new_page(viewport=PHONE))
    page.goto(f"{address}/public/")
    page.get_by_role("link", name=notice.title).click()
    page.get_by_role("link", name="提出异议").click()
    page.get_by_label("反映哪一位公示人选").select_option("1")
    page.get_by_label("真实姓名").fill("诸葛实名")
    page.get_by_label("联系电话").fill("027-65432100")
    page.get_by_label("具体事实").fill(FACTS)
    page.get_by_role("button", name="提交异议").click()
    page.get_by_role("heading", name="异议已收到").wait_for()
    expect(page.locator("main")).to_contain_text(world.all(m.Objection)[0].receipt[:4])
    assert page.context.cookies() == []


def test_pages_have_no_fault_that_axe_finds_and_fit_a_phone(world: World, chromium: "Browser", address: str) -> None:
    round_, row = scored(world)
    certificate, notice = world.certificate(row), world.notice(round_, [row])
    cookie = world.client("bureau_handler").get_cookie("gongjiang")
    assert cookie is not None
    context = chromium.new_context(viewport=PHONE, bypass_csp=True)  # axe is put into the page, which its policy forbids
    context.add_cookies([{"name": "gongjiang", "value": cookie.value, "url": address}])
    page, found = context.new_page(), {}
    verify = f"/verify/{certificate.serial}?code={certificate.check_code}"
    for path in (f"/rounds/{round_.id}", f"/rounds/{round_.id}/ranking", f"/public/notices/{notice.id}", verify):
        page.goto(address + path)
        found[path] = faults(page)
        fits(page)
    assert {path: result for path, result in found.items() if result} == {}
