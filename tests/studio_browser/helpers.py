"""What the tests of the studio do again and again."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.studio_browser.site import Site


def open_editor(page: Page) -> None:
    """Open the diagram editor and wait until it can be used."""
    page.goto("/")
    page.wait_for_selector("[data-studio-editor][data-ready]")


def select(page: Page, element: str) -> None:
    """Select an element of the diagram, so that the panel shows it."""
    script = """id => { const s = document.querySelector('[data-studio-editor]').studio.modeler;
    s.get('selection').select(s.get('elementRegistry').get(id)); }"""
    page.evaluate(script, element)


def field(page: Page, group: str, label: str) -> Locator:
    """Return a field of the panel by its section and label."""
    return page.locator(f"[data-group={group}]").get_by_label(label, exact=True)


def choice(page: Page, group: str, label: str) -> Locator:
    """Return a drop-down of the panel: its group may carry the same label."""
    return page.locator(f"[data-group={group}]").get_by_role("combobox", name=label, exact=True)


def saved(page: Page, site: Site) -> str:
    """Save at once and return the diagram that the server got last, on one line."""
    page.keyboard.press("Control+s")
    expect(page.locator("[data-save-state]")).to_contain_text("已自动保存")
    return re.sub(r">\s+<", "><", site.bodies("PUT", "/draft")[-1]["content"])
