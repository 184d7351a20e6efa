"""What people do on the pages, in their words; used by the tests and by nobody else."""

from pathlib import Path
from typing import Any

from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.files import samples
from tests.services.world import flat
from tests.waiting import becomes, settled
from tests.web.house import PASSWORD

AXE = Path(__file__).parents[2] / "app" / "web" / "static" / "vendor" / "axe.min.js"
PICTURE: FilePayload = {"name": "照片.jpg", "mimeType": "image/jpeg", "buffer": samples.picture("JPEG")}
PAPER: FilePayload = {"name": "证明材料.pdf", "mimeType": "application/pdf", "buffer": samples.pdf()}


def log_in(page: Page, who: str, password: str = PASSWORD) -> None:
    """Log in through the page."""
    page.goto("/account/login")
    page.get_by_label("用户名").fill(who)
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.locator(".topbar-person")).to_be_visible()


def open_item(page: Page, title: str, *, tab: str = "todo") -> None:
    """Open the first line of the desk that says `title`."""
    page.goto(f"/desk?tab={tab}")
    line = page.locator("[data-desk-row]", has_text=title).first
    line.get_by_role("link", name="办理").click()
    expect(page.locator(".work-form")).to_be_visible()
    page.wait_for_load_state()


def fill(page: Page, values: dict[str, Any]) -> None:
    """Fill a form in by the names of its fields; a file field gets a file that it accepts."""
    page.wait_for_load_state()  # a field that is not there yet would be taken for one of another kind
    for name, value in flat(values):
        upload = page.locator(f'input[type=file][data-upload="{name}"]')
        if upload.count():
            give(page, name, PAPER if ".pdf" in (upload.get_attribute("accept") or ".pdf") else PICTURE)
            continue
        control = page.locator(f'[name="{name}"]:not([type=hidden])')
        kind = control.first.evaluate("e => e.tagName == 'SELECT' ? 'select' : e.type")
        if kind == "select":
            control.select_option(value)
        elif kind in ("radio", "checkbox"):
            page.locator(f'[name="{name}"][value="{value}"]').check()
        else:
            control.fill(value)


def give(page: Page, field: str, file: FilePayload | Path) -> Locator:
    """Choose a file for a field and wait for the answer beside it; returns the list of the field's files."""
    page.wait_for_load_state()
    page.locator(f'input[type=file][data-upload="{field}"]').set_input_files(file)
    answers = page.locator(f'[data-upload-list="{field}"]')
    expect(answers.locator("progress")).to_have_count(0)
    expect(answers.locator("li").first).to_be_visible()
    return answers


def press(page: Page, name: str) -> None:
    """Press a button, and agree where the page asks once more."""
    button = page.get_by_role("button", name=name, exact=True).last
    asks = button.get_attribute("data-confirm") is not None
    button.click()
    if asks:  # the form is looked at first, so the question takes a moment to come
        page.get_by_role("dialog").get_by_role("button", name=name, exact=True).click()


def assert_fits(page: Page) -> None:
    """Nothing stands out of the page to the side."""
    script = """() => document.documentElement.scrollWidth <= innerWidth ? [] : [location.href, ...[...document.querySelectorAll('body *')]
        .filter(e => e.getBoundingClientRect().right > innerWidth + 1 && e.checkVisibility()
            && !e.closest('.table-scroll, .table-wide, .tabs, .visually-hidden, .skip-link, .apart, svg, .diagram'))
        .map(e => `${e.tagName} ${e.className} ${e.textContent.trim().slice(0, 30)}`)]"""
    settled(page)
    becomes(page, lambda: page.evaluate(script), [])


def violations(page: Page) -> list[str]:
    """Return what axe finds against WCAG 2.1, A and AA, on the page as it is."""
    settled(page)
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(AXE.read_text())  # by the debugger: the policy of the page lets no script in
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
    script = (
        "rules => axe.run({runOnly: rules}).then(r => r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.html).slice(0, 3)))"
    )
    found: list[str] = page.evaluate(script, rules)
    return found
