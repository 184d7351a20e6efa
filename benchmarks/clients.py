"""The people of a benchmark: each completes work items one after another, as lightly as that can be done.

They share the processor with the server that is measured, so that a client library would be measured with it: what is sent is
made beforehand but for the work item, and of an answer only the status is looked at.
"""

import http.client
import re
import socket
import threading
import time
from urllib.parse import urlencode

from sqlalchemy import Engine, create_engine, select

from app.persistence.models import WorkItem
from benchmarks.installation import PASSWORD, Installation

HOST = "127.0.0.1"
_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
_LENGTH = re.compile(rb"\r\ncontent-length: ([0-9]+)\r\n", re.IGNORECASE)
_FILLED_IN = {
    "document_no": "东人社〔2026〕5号",
    "handled_on": "2026-11-20",
    "score": "88.50",
    "complete": "y",
    "opinion": "材料齐全，符合条件，同意。" * 10,
    "decision": "accept",
}


class Client(threading.Thread):
    """One person who completes work items until the time is up.

    The connection is kept for the next request, as the proxies do that stand before such a server (Caddy, Traefik, and nginx since
    1.29.7 unless told otherwise); the answer is read to its end for that.
    """

    def __init__(self, port: int, username: str, *, installation: Installation, database: str) -> None:
        super().__init__(name=username)
        self.port, self.username = port, username
        self.installation, self.database = installation, database
        self.times: list[float] = []
        self.until = 0.0
        self._cookie = ""
        self._head = self._form = b""
        self._connection: socket.socket | None = None

    def log_in(self) -> None:
        """Log in, and make the request that is sent again and again: head and form, but for the work item.

        The session stays as it is after this: nobody reads the flashed sentences here, so they would pile up in it.
        """
        _, page = self._ask("GET", "/account/login")
        self._ask("POST", "/account/login", {"csrf_token": _found(page), "username": self.username, "password": PASSWORD})
        status, page = self._ask("GET", "/account/password")
        if status != 200:
            raise RuntimeError(f"{self.username} could not log in: {status}")
        self._head = (
            f"Host: {HOST}:{self.port}\r\nCookie: {self._cookie}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        ).encode()
        self._form = urlencode({"csrf_token": _found(page), **_FILLED_IN, "token": ""}).encode()

    def run(self) -> None:
        """Complete the open item of each own case in turn; the list of them is read anew when all of it is done."""
        engine = create_engine(self.database)
        while time.perf_counter() < self.until:
            found = self.open_items(engine)
            if not found:
                raise RuntimeError(f"{self.username} has nothing left to do: start more cases")
            for item_id, task_id in found:
                if time.perf_counter() >= self.until:
                    break
                self.complete(item_id, task_id)
        self.leave()
        engine.dispose()

    def open_items(self, engine: Engine) -> list[tuple[int, str]]:
        """Return number and task of what is open in the own cases."""
        cases = self.installation.cases[self.username]
        query = select(WorkItem.id, WorkItem.task_id).where(WorkItem.case_id.in_(cases), WorkItem.state == "open")
        with engine.connect() as connection:
            return [(item_id, task_id) for item_id, task_id in connection.execute(query)]

    def complete(self, item_id: int, task_id: str) -> None:
        """Send one form as a browser would and count it when the answer says that it took effect."""
        form = b"%s%d.%s.%d.review" % (self._form, item_id, task_id[:8].encode(), self.installation.version_id)
        request = b"POST /work-items/%d HTTP/1.1\r\n%sContent-Length: %d\r\n\r\n%s" % (item_id, self._head, len(form), form)
        began = time.perf_counter()
        if self._connection is None:
            self._connection = socket.create_connection((HOST, self.port), timeout=60)
        self._connection.sendall(request)
        answer = self._answer(self._connection)
        if not answer.startswith(b"HTTP/1.1 303 "):
            raise RuntimeError(f"work item {item_id}: {answer.decode()[:2000]}")
        self.times.append(time.perf_counter() - began)

    def leave(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _answer(self, connection: socket.socket) -> bytes:
        """Read an answer to its end."""
        answer = b""
        while (end := answer.find(b"\r\n\r\n")) < 0:
            answer += _more(connection)
        length = _LENGTH.search(answer)
        if length is None:
            raise RuntimeError(f"an answer without length: {answer.decode()[:2000]}")
        while len(answer) < end + 4 + int(length[1]):
            answer += _more(connection)
        return answer

    def _ask(self, method: str, path: str, fields: dict[str, str] | None = None) -> tuple[int, str]:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=60)
        headers = {"Cookie": self._cookie} if self._cookie else {}
        if fields is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, urlencode(fields) if fields is not None else None, headers)
        answer = connection.getresponse()
        page = answer.read().decode()
        if answer.headers.get("Set-Cookie"):
            self._cookie = answer.headers["Set-Cookie"].split(";")[0]
        connection.close()
        return answer.status, page


def _more(connection: socket.socket) -> bytes:
    received = connection.recv(65536)
    if not received:
        raise RuntimeError("the server has closed the connection")
    return received


def _found(page: str) -> str:
    match = _TOKEN.search(page)
    if match is None:
        raise RuntimeError("the page has no form token")
    return match[1]
