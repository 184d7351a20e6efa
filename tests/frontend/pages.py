"""A small server for pages of the scripts' own: the bundles under our strict content security policy, and answers to order."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from tests.loopback import VENDOR, Answering, listening

POLICY = "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; frame-ancestors 'none'"

FRAME = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>测试页</title>
<link rel="stylesheet" href="/vendor/app.css"><link rel="stylesheet" href="/vendor/diagram.css">
<script defer src="/vendor/app.js"></script><script defer src="/vendor/diagram.js"></script>
<body {attributes}><main class="container">{body}</main></body></html>"""

TYPES = {".js": "text/javascript", ".css": "text/css", ".bpmn": "application/xml"}

Answer = tuple[int, str, str]
"""Status, content type, text."""


@dataclass
class Site:
    """What the server shows and what it was sent."""

    url: str = ""
    body: str = ""
    attributes: str = ""
    answers: dict[str, Answer] = field(default_factory=dict)
    posts: list[tuple[str, str]] = field(default_factory=list)

    def show(self, body: str, *, attributes: str = "") -> None:
        """Set the page at `/`."""
        self.body, self.attributes = body, attributes

    def forms(self, path: str) -> list[dict[str, list[str]]]:
        """Return the forms that were posted to a path."""
        return [parse_qs(text, keep_blank_values=True) for at, text in self.posts if at == path]


def handler(site: Site) -> type[Answering]:
    """Make the request handler of one site."""

    class Handler(Answering):
        def do_GET(self) -> None:
            if self.path.startswith("/vendor/"):
                path = VENDOR / self.path.removeprefix("/vendor/")
                self.answer(200, TYPES[path.suffix], path.read_text())
            elif self.path.split("?")[0] == "/":
                self.answer(200, "text/html", FRAME.format(body=site.body, attributes=site.attributes))
            else:
                self.answer(*site.answers.get(self.path, (404, "text/plain", "")))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode(errors="replace")
            site.posts.append((self.path, body))
            self.answer(*site.answers.get(self.path, (200, "text/html", "<p>好</p>")))

        def policy(self) -> str:
            return POLICY

    return Handler


@contextmanager
def serving() -> Iterator[Site]:
    """Run a site on a free port until the block ends."""
    site = Site()
    with listening(handler(site)) as site.url:
        yield site
