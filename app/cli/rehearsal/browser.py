"""One person at one browser: logs in, reads the desk, fills forms, uploads files. Everything goes through the web application."""

import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask

from app.cli.rehearsal.clock import SteppingClock
from app.cli.rehearsal.pages import Form, Misstep, Page

File = tuple[str, bytes]
Files = Mapping[str, File] | Callable[[str], File | None]
_ITEM = re.compile(r"/work-items/(\d+)$")


@dataclass(frozen=True)
class Todo:
    """A line of the desk."""

    item_id: int
    step: str
    case: str
    number: str


class Person:
    """Somebody with a browser of their own."""

    def __init__(self, app: Flask, clock: SteppingClock, *, name: str, username: str = "", password: str = "") -> None:
        self.name, self.username, self.password = name, username, password
        self._client = app.test_client()
        self._clock = clock
        self._tabs = ["todo", "group"]
        self.requests = 0

    def __str__(self) -> str:
        return f"{self.name}（{self.username}）" if self.username else self.name

    def get(self, path: str) -> Page:
        """Open a page; whoever was logged out by the clock logs in again first."""
        page = self._send("GET", path)
        if page.status in (301, 302, 303) and "/account/login" in page.location and self.username:
            self.log_in()
            page = self._send("GET", path)
        if page.status in (301, 302, 303):
            return self.get(page.location)
        return page if page.status < 400 else self._fail(page)

    def post(self, path: str, data: Any, *, expect: tuple[int, ...] = (200, 201, 302, 303)) -> Page:
        """Send a form. Any other status than those expected is a `Misstep`."""
        page = self._send("POST", path, data=data)
        if "/account/login" in page.location and self.username and not path.startswith("/account/"):
            self._fail(page, "登录状态在填写中途失效。")
        return page if page.status in expect else self._fail(page)

    def _send(self, method: str, path: str, **more: Any) -> Page:
        self._clock.tick()
        self.requests += 1
        return Page(path, self._client.open(path, method=method, **more))

    def _fail(self, page: Page, sentence: str = "") -> Page:
        raise Misstep(who=str(self), path=page.path, status=page.status, sentence=sentence or page.sentence())

    def log_in(self) -> None:
        """Log in with name and password; the page's own token goes along."""
        page = self._send("GET", "/account/login")
        if page.status != 200:
            return
        form = page.form(having="password")
        form.fill({"username": self.username, "password": self.password})
        self.post(form.action, _multi(form.data), expect=(302, 303))

    def todos(self, step: str = "", *, about: str = "") -> list[Todo]:
        """Return what lies on the desk, own items and those of the group, of one step and about one case."""
        return list({todo.item_id: todo for _, todo in self._desk(step, about)}.values())

    def _desk(self, step: str, about: str) -> Iterator[tuple[str, Todo]]:
        """Turn the pages of the desk, no further than whoever reads goes; a tab on which nothing lies is not opened."""
        page = None
        for tab in tuple(self._tabs):
            number = 1
            while page is None or number > 1 or _lies_on(page, tab):
                page = self.get(f"/desk?tab={tab}&q={about}&stage={step}&page={number}")
                yield from ((tab, line) for line in _lines(page) if not step or line.step == step)
                if not page.tree.xpath("//a[@rel='next']"):
                    break
                number += 1

    def _first(self, step: str, about: str) -> Todo | None:
        """Look first where something was found the last time: what somebody has to do mostly comes by the same way."""
        tab, todo = next(self._desk(step, about), ("", None))
        self._tabs.sort(key=lambda one: one != tab)
        return todo

    def find(self, step: str, *, about: str = "") -> Todo:
        """Return the one item of a step (and a case); a `Misstep` when it is not on the desk."""
        for _ in range(2):
            if (todo := self._first(step, about)) is not None:
                return todo
            self._clock.settle()  # a message may still be on its way
        what = f"“{step}”" + (f"（{about}）" if about else "")
        raise Misstep(who=str(self), path="/desk", status=200, sentence=f"工作台上没有{what}这项待办。")

    def do(
        self, step: str, values: Mapping[str, Any], *, about: str = "", decide: str | None = None, files: Files | None = None
    ) -> Page:
        """Do the one item of a step: fill in, upload, press the button of the decision."""
        return self.complete(self.find(step, about=about).item_id, values, decide=decide, files=files)

    def complete(
        self, item: int | Page, values: Mapping[str, Any], *, decide: str | None = None, files: Files | None = None
    ) -> Page:
        """Complete a work item, by its number or on its page where that lies open. `decide` is `field=value` of the button."""
        page = item if isinstance(item, Page) else self.get(f"/work-items/{item}")
        try:
            form = page.form(having="token")
            form.fill(values)
            if files is not None:
                self._upload_all(form, files)
            form.press(*(decide.split("=", 1) if decide else (None, None)))
        except KeyError as error:
            self._fail(page, str(error.args[0]))
        return self.post(form.action or page.path, _multi(form.data), expect=(302, 303))

    def refused(
        self, item: int | Page, values: Mapping[str, Any], *, decide: str | None = None, files: Files | None = None
    ) -> str:
        """Complete a work item that has to be refused; return the sentence of the page. A `Misstep` when it goes through."""
        try:
            page = self.complete(item, values, decide=decide, files=files)
        except Misstep as refusal:
            return refusal.message
        raise Misstep(who=str(self), path=page.path, status=page.status, sentence="这一步应当被拒绝，却通过了。")

    def _upload_all(self, form: Form, files: Files) -> None:
        for name, held in form.uploads():
            file = files.get(name) if isinstance(files, Mapping) else files(name)
            if file is not None and not held:
                form.data.append((name, self.upload(form, name, file)))

    def upload(self, form: Form, field: str, file: File) -> str:
        """Send a file as the page does as soon as it is chosen; return its id."""
        token = form.get("csrf_token")[0]
        data = {"csrf_token": token, "field": field, "file": (io.BytesIO(file[1]), file[0])}
        headers = {"Accept": "application/json"}
        page = self._send("POST", form.upload_url, data=data, headers=headers, content_type="multipart/form-data")
        if page.status != 201:
            self._fail(page, str(_answer(page).get("message", "")))
        return str(_answer(page)["id"])

    def download(self, path: str, *, kind: str) -> bytes:
        """Fetch a file and make sure that it is one."""
        page = self.get(path)
        if kind not in page.kind:
            self._fail(page, f"应当得到 {kind} 文件，得到的是 {page.kind}。")
        return page.body


def _answer(page: Page) -> dict[str, Any]:
    try:
        found = json.loads(page.body)
    except ValueError:
        return {"message": page.sentence()}
    return found if isinstance(found, dict) else {}


def _multi(data: list[tuple[str, str]]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for name, value in data:
        grouped.setdefault(name, []).append(value)
    return grouped


def _lies_on(page: Page, tab: str) -> bool:
    """Tell whether the desk offers a tab on which something lies; candidates and experts have none of a group."""
    counted = page.tree.xpath("//nav[contains(@class,'tabs')]/a[@href=$href]/span", href=f"/desk?tab={tab}")
    return bool(counted) and counted[0].text != "0"


def _lines(page: Page) -> Iterator[Todo]:
    for row in page.tree.xpath("//tr[@data-desk-row]"):
        anchor = row.xpath(".//a[contains(@class,'row-title')]")
        found = _ITEM.search(anchor[0].get("href") or "") if anchor else None
        if found is None:
            continue
        number = row.xpath(".//span[contains(@class,'number')]")
        step = row.xpath(".//td[@data-label='步骤']")
        yield Todo(
            int(found[1]), step[0].text_content().strip(), anchor[0].text_content().strip(), number[0].text_content().strip()
        )
