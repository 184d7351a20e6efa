"""Small servers on the loopback for pages of the tests' own."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

IDLE = 30
"""Seconds after which a connection is given up on which nobody asks: browsers open some to have them at hand."""

VENDOR = Path(__file__).resolve().parents[1] / "app" / "web" / "static" / "vendor"


class Answering(BaseHTTPRequestHandler):
    """A request handler that answers under a content security policy and says nothing on the terminal."""

    timeout = IDLE

    def policy(self) -> str:
        """Return the policy of the next answer."""
        raise NotImplementedError

    def answer(self, status: int, kind: str, content: str | bytes) -> None:
        """Send one whole answer."""
        data = content.encode() if isinstance(content, str) else content
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Content-Security-Policy", self.policy())
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""


@contextmanager
def listening(handler: type[Answering]) -> Iterator[str]:
    """Answer requests on a free port until the block ends; give the address. What was asked until then is answered to its end."""
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = False
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


class Quiet(WSGIRequestHandler):
    """Writes no line for each request."""

    timeout = IDLE

    def log(self, type: str, message: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """Serve an application on a free port from a thread until the block ends; give the address.

    What was asked until then is answered to its end: the database is closed afterwards.
    """
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    server.daemon_threads = False
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
