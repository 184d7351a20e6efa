"""In Chromium: the editor of a paper template saves by itself, names faults by line, and shows the paper beside the source."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from app.services.studio import drafts
from tests.waiting import becomes, fits, visited
from tests.web_rounds.test_browser import faults
from tests.web_studio.studio import Studio
from tests.web_studio.test_browser import opened

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
EDIT = "/templates/drafts/1"


Visit = Callable[..., "tuple[Page, list[str]]"]


@pytest.fixture
def visit(desk: Studio, chromium: "Browser", address: str) -> Visit:
    """Open pages of somebody who is logged in."""
    return lambda path: opened(desk, chromium, address, path)


@pytest.fixture
def address(desk: Studio, chromium: "Browser") -> Iterator[str]:
    """Serve the pages on a free port of this machine."""
    with visited(desk.app, chromium) as url:
        yield url


def test_a_fault_is_named_at_its_line_and_mended(desk: Studio, visit: Visit) -> None:
    page, wrong = visit(EDIT)
    page.wait_for_selector("iframe[data-preview][src*='preview.pdf']")
    sound = page.locator("#content").input_value()
    page.locator("#content").fill(f"{sound}\n\n{{{{ nmae }}}}")
    expect(page.locator(".gutter-wrong")).to_have_text("3")
    page.get_by_role("link", name="template.html 第 3 行").click()
    chosen = "() => { const e = document.activeElement; return e.value?.slice(e.selectionStart, e.selectionEnd) }"
    becomes(page, lambda: page.evaluate(chosen), "{{ nmae }}")
    page.locator("#content").fill(sound.replace("你好", "敬启者"))
    page.locator(".gutter-wrong").wait_for(state="detached")
    page.wait_for_selector("iframe[data-preview][src*='revision=3']")
    assert "敬启者" in desk.opened(1).files["template.html"].decode()
    assert wrong == []


def test_the_second_who_saves_sees_both_and_decides(desk: Studio, visit: Visit) -> None:
    page, _ = visit(f"{EDIT}?file=style.css")
    page.wait_for_selector("[data-template-editor][data-ready]")
    admin2 = desk.house.actor("admin2")
    theirs = {"style.css": b"@page { size: A4 } /* theirs */"}
    drafts.save(desk.house.context, actor=admin2, draft_id=1, expected=1, changes=theirs)
    page.locator("#content").fill("@page { size: A4 } /* mine */")
    page.get_by_text("没有保存").first.wait_for()
    page.get_by_role("button", name="查看差别").click()
    page.locator(".studio-difference").get_by_text("theirs").wait_for()
    assert desk.opened(1).files["style.css"] == theirs["style.css"]
    page.locator("[data-checked]").wait_for()


def test_what_was_typed_is_saved_before_another_tab_opens(desk: Studio, visit: Visit) -> None:
    page, wrong = visit(EDIT)
    page.wait_for_selector("[data-template-editor][data-ready]")
    page.locator("#content").fill("<p>{{ name }}</p>{{ number }} 快")
    page.get_by_role("link", name="样例数据").click()
    page.wait_for_url("**file=sample.json")
    assert desk.opened(1).files["template.html"].decode().endswith("快")
    page.locator("[data-checked]").wait_for()
    assert wrong == []


@pytest.mark.parametrize(
    "path", ["/templates", "/templates/versions/1", EDIT, f"{EDIT}?file=pictures", f"{EDIT}/deploying", "/templates/new"]
)
def test_pages_have_no_fault_and_fit(visit: Visit, path: str) -> None:
    page, wrong = visit(path)
    if path.startswith(EDIT) and "deploying" not in path:
        page.locator("[data-checked]").wait_for()
    assert faults(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    fits(page)
    assert wrong == []
