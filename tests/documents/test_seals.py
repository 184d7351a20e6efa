"""The way to an electronic seal service: what it is told, and what is made of its answers."""

import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any
from urllib.parse import unquote

import pytest

from app.documents.seals import HttpSealService, NoSealService
from app.domain.errors import DomainError, TryAgain

PDF = b"%PDF-1.7 paper"


class Platform(BaseHTTPRequestHandler):
    """The adapter before a certified platform, as the outside world is in these tests."""

    answers: dict[str, tuple[int, bytes]] = {}
    headers_too: dict[str, str] = {}
    drips = False
    asked: list[tuple[str, str, bytes]] = []

    def do_POST(self) -> None:
        """Answer as the test has arranged."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.asked.append((unquote(self.path), self.headers["Authorization"], body))
        status, content = self.answers[self.path.partition("?")[0]]
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **self.headers_too}.items():
            self.send_header(name, value)
        self.end_headers()
        with suppress(OSError):  # whoever asked may have lost patience
            self.wfile.write(content)
            while self.drips:
                self.wfile.write(b" ")
                time.sleep(0.01)

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""


@pytest.fixture
def platform() -> Iterator[tuple[HttpSealService, Any]]:
    """Return the service of a platform on this machine, and the platform."""
    handler = type("Arranged", (Platform,), {"answers": {}, "asked": [], "headers_too": {}})
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield HttpSealService(f"http://127.0.0.1:{server.server_port}", token="geheim", name="市级平台"), handler
        server.shutdown()
        thread.join()


def test_a_paper_goes_to_the_service_with_its_body_and_comes_back_sealed(platform: tuple[HttpSealService, Any]) -> None:
    service, outside = platform
    outside.answers |= {"/seal": (200, PDF + b" sealed"), "/verify": (200, b'{"valid": true}')}
    assert service.seal(PDF, body="东西湖区人民政府") == PDF + b" sealed"
    assert service.verify(PDF + b" sealed")
    assert outside.asked[0] == ("/seal?body=东西湖区人民政府", "Bearer geheim", PDF)


@pytest.mark.parametrize(("status", "content", "word"), [(403, b"", "回答码 403"), (200, b"<html>", "不是 PDF")])
def test_a_refusal_says_what_to_do_instead(platform: tuple[HttpSealService, Any], status: int, content: bytes, word: str) -> None:
    service, outside = platform
    outside.answers |= {"/seal": (status, content)}
    with pytest.raises(DomainError, match=f"{word}.*实体印章"):
        service.seal(PDF, body="x")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_paper_and_token_go_nowhere_else(platform: tuple[HttpSealService, Any], status: int) -> None:
    service, outside = platform
    outside.answers |= {"/seal": (status, b""), "/elsewhere": (200, PDF + b" sealed")}
    outside.headers_too |= {"Location": "/elsewhere"}
    with pytest.raises(DomainError, match=f"回答码 {status}"):
        service.seal(PDF, body="x")
    assert [path for path, _, _ in outside.asked] == ["/seal?body=x"]


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_service_in_trouble_is_asked_again_later(platform: tuple[HttpSealService, Any], status: int) -> None:
    service, outside = platform
    outside.answers |= {"/seal": (status, b"")}
    with pytest.raises(TryAgain, match=f"回答码 {status}.*过一会儿再试"):
        service.seal(PDF, body="x")


def test_half_an_answer_is_no_answer(platform: tuple[HttpSealService, Any]) -> None:
    service, outside = platform
    outside.answers |= {"/seal": (200, PDF)}
    outside.headers_too |= {"Content-Length": "9999"}
    with pytest.raises(TryAgain, match="没有传完"):
        service.seal(PDF, body="x")


def test_an_answer_that_comes_by_drops_is_not_waited_for(platform: tuple[HttpSealService, Any]) -> None:
    service, outside = platform
    outside.answers |= {"/seal": (200, PDF)}
    outside.headers_too |= {"Content-Length": "9999999"}
    outside.drips = True
    hasty = HttpSealService(service._address, token="", name="x", patience=0.2)
    with pytest.raises(TryAgain, match=r"太慢|没有应答"):
        hasty.seal(PDF, body="x")


@pytest.mark.parametrize(("content", "holds"), [(b'{"valid": false}', False), (b"{}", False), (b'{"valid": 1}', False)])
def test_only_a_plain_yes_is_a_yes(platform: tuple[HttpSealService, Any], content: bytes, holds: bool) -> None:
    service, outside = platform
    outside.answers |= {"/verify": (200, content)}
    assert service.verify(PDF) is holds


def test_an_answer_that_cannot_be_read_is_no_answer(platform: tuple[HttpSealService, Any]) -> None:
    service, outside = platform
    outside.answers |= {"/verify": (200, b"[1]")}
    with pytest.raises(DomainError, match="读不懂"):
        service.verify(PDF)


def test_a_service_that_is_away_is_asked_again_later() -> None:
    with socket.socket() as taken:  # nobody listens there, and nobody else can
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(TryAgain, match="没有应答"):
            HttpSealService(f"http://127.0.0.1:{taken.getsockname()[1]}", token="", name="x").seal(PDF, body="x")


def test_without_a_service_both_are_refused() -> None:
    for refused in (lambda: NoSealService().seal(PDF, body="x"), lambda: NoSealService().verify(PDF)):
        with pytest.raises(DomainError, match="没有接入"):
            refused()
