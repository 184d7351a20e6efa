"""Fixtures of the studio's tests: a site, and a page whose console must stay empty."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

from tests.conftest import PATIENCE
from tests.studio_browser.sample import context, diagram
from tests.studio_browser.site import VENDOR, Site, serving

EDITOR = """<div data-studio-editor data-file="objection.bpmn" data-title="异议处理" data-diagram-url="/diagram" data-context-url="/context"
data-check-url="/check" data-draft-url="/draft" data-presence-url="/presence" data-revision="3" data-state="deployed"
data-version-label="第2版"></div>"""


@pytest.fixture
def site() -> Iterator[Site]:
    """Serve a page to order, with the objection diagram behind it."""
    assert (VENDOR / "studio.js").exists(), "the front end is not built: run ./bin/test, or `node build.mjs` in frontend/"
    with serving() as site:
        site.answers |= {
            ("GET", "/diagram"): (200, diagram("objection.bpmn")),
            ("GET", "/context"): (200, context()),
            ("POST", "/check"): (200, {"findings": []}),
            ("POST", "/presence"): (200, {"others": []}),
            ("PUT", "/draft"): lambda body: (200, {"revision": body["revision"] + 1, "saved_at": "2026-11-22T06:03:00+00:00"}),
        }
        site.show("studio", EDITOR)
        yield site


@pytest.fixture
def page(chromium: Browser, site: Site) -> Iterator[Page]:
    """Open a page in a fresh context; a script error or a breach of the security policy fails the test."""
    browsing = chromium.new_context(
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        base_url=site.url,
        viewport={"width": 1366, "height": 768},
        accept_downloads=True,
    )
    page = browsing.new_page()
    page.set_default_timeout(PATIENCE)
    errors: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        # Answers that the test ordered to fail are reported by the browser as well.
        if message.type == "error" and "Failed to load resource" not in message.text:
            errors.append(message.text)

    page.on("console", heard)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("dialog", lambda question: question.accept())
    yield page
    browsing.close()
    assert errors == []
