"""Waiting for what happens in its own time: on a machine that is busy for a moment, an act is over before its effect is there."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import Flask
from playwright.sync_api import Browser, Page

from tests.conftest import PATIENCE
from tests.loopback import serving

LISTENING = "addEventListener('DOMContentLoaded', () => document.documentElement.setAttribute('data-listening', ''))"
AT_REST = "() => document.getAnimations().every(one => !(one instanceof CSSTransition) || one.playState !== 'running')"


def becomes(page: Page, look: Callable[[], object], wanted: object) -> None:
    """Wait until `look()` finds what is wanted; what it found last is told otherwise."""
    for _ in range(PATIENCE // 20):
        if look() == wanted:
            return
        page.wait_for_timeout(20)
    assert look() == wanted


@contextmanager
def visited(app: Flask, chromium: Browser) -> Iterator[str]:
    """Serve an application to a browser; its pages are closed before the server goes, because they would go on asking."""
    with serving(app) as url:
        try:
            yield url
        finally:
            for context in chromium.contexts:
                context.close()


def attend(page: Page) -> Page:
    """Let nobody touch a page before its scripts listen: people are not so quick, but a test is, and a slow browser is not.

    Before each act Playwright looks for what lies in the way, and waits until it has gone: here a page that is still being read, or
    content that htmx has brought and not yet looked through.
    """
    page.context.add_init_script(LISTENING)
    page.context.on("page", _wait_to_act)
    _wait_to_act(page)
    return page


def _wait_to_act(page: Page) -> None:
    page.set_default_timeout(PATIENCE)
    page.add_locator_handler(page.locator("html:not([data-listening]), .htmx-added").first, lambda: None)


def settled(page: Page) -> None:
    """Wait until a page stands as it will stay: read to its end, with its styles and fonts, and nothing on its way from colour to colour."""
    page.wait_for_load_state()
    page.evaluate("document.fonts.ready.then(() => null)")
    page.wait_for_function(AT_REST)


def fits(page: Page) -> None:
    """Wait until nothing of the page lies beyond its right edge; what is drawn anew for another width takes a moment."""
    settled(page)
    becomes(page, lambda: page.evaluate("Math.max(0, document.documentElement.scrollWidth - innerWidth)"), 0)
