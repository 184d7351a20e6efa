"""A small server for pages of the scripts' own: the bundles under our strict content security policy, and answers to order."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

VENDOR = Path(__file__).parents[2] / "app" / "web" / "static" / "vendor"

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


def handler(site: Site) -> Callable[..., BaseHTTPRequestHandler]:
    """Make the request handler of one site."""

    class Handler(BaseHTTPRequestHandler):
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

        def answer(self, status: int, kind: str, text: str) -> None:
            data = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Length", str(len(data)))
            self.send_header("Content-Security-Policy", POLICY)
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:
            """Keep quiet."""

    return Handler


@contextmanager
def serving() -> Iterator[Site]:
    """Run a site on a free port until the block ends."""
    site = Site()
    with ThreadingHTTPServer(("127.0.0.1", 0), handler(site)) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        site.url = f"http://127.0.0.1:{server.server_port}"
        try:
            yield site
        finally:
            server.shutdown()
            thread.join()
