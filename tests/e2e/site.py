"""The real application on a free port of this machine, and the browsers that visit it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response
from sqlalchemy import func, select

from app.jobs.queue import work_off
from app.persistence.models import AuditEvent, User
from app.wiring import build_app, db
from tests.conftest import PATIENCE
from tests.e2e.pages import log_in
from tests.e2e.stages import Stages, context_of, settings
from tests.loopback import serving
from tests.services.world import FakeClock, World
from tests.waiting import attend

DESK = (1366, 768)
PHONE = (390, 844)


@dataclass
class Site:
    """What is served, and what its visitors' browsers complained of."""

    chromium: Browser
    world: World
    url: str = ""
    complaints: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def browse(self, who: str = "", *, size: tuple[int, int] = DESK, scripts: bool = True) -> Page:
        """Return a page of a fresh browser, logged in as somebody."""
        context = self.chromium.new_context(
            locale="zh-CN", timezone_id="Asia/Shanghai", base_url=self.url, java_script_enabled=scripts, accept_downloads=True,
            viewport={"width": size[0], "height": size[1]}, has_touch=size == PHONE,
        )  # fmt: skip
        self.contexts.append(context)
        if scripts:
            context.clock.install(time=self.world.clock())  # the server's time, or drafts would seem older than they are
        context.set_default_timeout(PATIENCE)
        page = attend(context.new_page()) if scripts else context.new_page()
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("response", self._answered)
        if who:
            log_in(page, who)
        return page

    def work(self) -> None:
        """Do what a worker would do now."""
        work_off(self.world.context)

    def account_of(self, name: str) -> str:
        """Return the user name of a person."""
        with self.world.context.reading() as tx:
            return tx.session.scalars(select(User.username).where(User.name == name)).one()

    def _heard(self, message: ConsoleMessage) -> None:
        # A form that was refused with 422 is an answer that the test asked for.
        if message.type in ("error", "warning") and "the server responded with a status of 4" not in message.text:
            self.complaints.append(f"{message.text} ({message.location.get('url')})")

    def _answered(self, response: Response) -> None:
        if response.status >= 500 or (response.status == 404 and "/static/" in response.url):
            self.complaints.append(f"{response.status} {response.url}")


@contextmanager
def open_site(chromium: Browser, stages: Stages, url: str, folder: Path) -> Iterator[Site]:
    """Serve the application on a database; its clock stands where the last thing happened."""
    clock = FakeClock()
    app = build_app(settings(url, folder / "instance", stages.files), clock=clock)
    with app.app_context():
        engine = db.engine
    world = World(context_of(app), clock)
    world.remember()
    clock.turn(to=world.all(select(func.max(AuditEvent.at)))[0])
    with serving(app) as address:
        site = Site(chromium, world, address)
        try:
            yield site
        finally:
            for context in site.contexts:
                context.close()
    engine.dispose()
    assert not site.complaints, "\n".join(site.complaints)
