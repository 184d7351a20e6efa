"""A small server for the studio's pages: the bundles under the strict policy, and a fake JSON API that keeps what it is sent."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.conftest import PATIENCE
from tests.loopback import VENDOR, Answering, listening

STRICT = "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; object-src 'none'; base-uri 'none'"
LOOSE = STRICT.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")

FRAME = """<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>流程工作室</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="csrf-token" content="token">
<link rel="stylesheet" href="/vendor/app.css"><link rel="stylesheet" href="/vendor/{bundle}.css">
<script defer src="/vendor/{bundle}.js"></script></head><body class="p-2">{body}</body></html>"""

TYPES = {".js": "text/javascript", ".css": "text/css", ".woff2": "font/woff2"}

Answer = tuple[int, object]
"""Status, and what becomes JSON (a text goes out as it is)."""


@dataclass
class Site:
    """What the server shows, what it answers and what it was sent."""

    url: str = ""
    page: str = ""
    policy: str = STRICT
    answers: dict[tuple[str, str], Answer | Callable[[Any], Answer]] = field(default_factory=dict)
    sent: list[tuple[str, str, Any]] = field(default_factory=list)
    down: bool = False

    def show(self, bundle: str, body: str, *, policy: str = STRICT) -> None:
        """Set the page at `/`."""
        self.page, self.policy = FRAME.format(bundle=bundle, body=body), policy

    @contextmanager
    def holding(self, method: str, path: str) -> Iterator[None]:
        """Give no answer at a path before the block ends, so that what is shown until then is there to be seen."""
        released, found = threading.Event(), self.answers[method, path]

        def answer(body: Any) -> Answer:
            released.wait(PATIENCE / 1000)
            return found(body) if callable(found) else found

        self.answers[method, path] = answer
        try:
            yield
        finally:
            self.answers[method, path] = found
            released.set()

    def bodies(self, method: str, path: str) -> list[Any]:
        """Return what was sent to a path, in order."""
        return [body for sent_method, at, body in self.sent if (sent_method, at) == (method, path)]


def handler(site: Site) -> type[Answering]:
    """Make the request handler of one site."""

    class Handler(Answering):
        def do_GET(self) -> None:
            path = self.path.split("?")[0]
            if path.startswith("/vendor/"):
                at = VENDOR / path.removeprefix("/vendor/")
                self.answer(200, TYPES[at.suffix], at.read_bytes())
            elif path == "/":
                self.answer(200, "text/html", site.page.encode())
            else:
                self.api("GET", path, None)

        def do_POST(self) -> None:
            self.take("POST")

        def do_PUT(self) -> None:
            self.take("PUT")

        def take(self, method: str) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if site.down:
                self.close_connection = True
                return
            site.sent.append((method, self.path, body))
            self.api(method, self.path, body)

        def api(self, method: str, path: str, body: Any) -> None:
            found = site.answers.get((method, path), (404, {"message": "没有这个地址"}))
            status, content = found(body) if callable(found) else found
            kind = "text/xml" if isinstance(content, str) else "application/json"
            text = content if isinstance(content, str) else json.dumps(content)
            self.answer(status, kind, text.encode())

        def policy(self) -> str:
            return site.policy

    return Handler


@contextmanager
def serving() -> Iterator[Site]:
    """Run a site on a free port until the block ends."""
    site = Site()
    with listening(handler(site)) as site.url:
        yield site
