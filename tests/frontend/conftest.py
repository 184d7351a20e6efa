"""Fixtures of the scripts' tests: a site, and a page whose console must stay empty."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

from tests.conftest import PATIENCE
from tests.frontend.pages import VENDOR, Site, serving


@pytest.fixture
def site() -> Iterator[Site]:
    """Serve a page to order."""
    assert (VENDOR / "app.js").exists(), "the front end is not built: run ./bin/test, or `node build.mjs` in frontend/"
    with serving() as site:
        yield site


@pytest.fixture
def page(chromium: Browser, site: Site) -> Iterator[Page]:
    """Open a page in a fresh context; a script error or a breach of the security policy fails the test."""
    context = chromium.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", base_url=site.url)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    errors: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        # Answers that the test ordered to fail are reported by the browser as well.
        ordered = "Failed to load resource" in message.text or "Response Status Error Code" in message.text
        if message.type == "error" and not ordered:
            errors.append(message.text)

    page.on("console", heard)
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []
