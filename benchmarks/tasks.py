"""Completed work items per second over HTTP, with 1 and with 8 clients, on SQLite and PostgreSQL, against the naive way.

`.venv/bin/python -m benchmarks.tasks [--seconds 10]` sets everything up in a temporary folder, serves it as `gongjiang serve` does,
with two processes, and prints figures and ratios. All figures of one run share the machine, and the clients take a part of it;
compare the ratios, and the processor time that the server takes for an item, not the figures of different days.
"""

import argparse
import http.client
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlencode

from sqlalchemy import create_engine, select

from app.persistence.models import WorkItem
from benchmarks import server
from benchmarks.installation import PASSWORD, Installation, install
from tests.databases import Databases, PostgresServer

ROOT = Path(__file__).resolve().parent.parent
CLIENTS = (1, 8)
_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


class Client(threading.Thread):
    """One person who completes work items one after another until the time is up, on a connection per request, as a proxy opens it."""

    def __init__(self, port: int, username: str, *, installation: Installation, database: str) -> None:
        super().__init__(name=username)
        self.port, self.username = port, username
        self.installation, self.database = installation, database
        self.cookie = self.token = ""
        self.times: list[float] = []
        self.until = 0.0

    def request(self, method: str, path: str, fields: dict[str, str] | None = None) -> tuple[int, str]:
        """Send one request and return status and page."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Cookie": self.cookie} if self.cookie else {}
        if fields is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, urlencode(fields) if fields is not None else None, headers)
        answer = connection.getresponse()
        page = answer.read().decode()
        if answer.headers.get("Set-Cookie") and not self.token:
            # After the login the session stays as it is: nobody reads the flashed sentences here, so they would pile up in it.
            self.cookie = answer.headers["Set-Cookie"].split(";")[0]
        connection.close()
        return answer.status, page

    def log_in(self) -> None:
        """Log in and keep the session and its form token."""
        _, page = self.request("GET", "/account/login")
        self.request("POST", "/account/login", {"csrf_token": _found(page), "username": self.username, "password": PASSWORD})
        status, page = self.request("GET", "/account/password")
        if status != 200:
            raise RuntimeError(f"{self.username} could not log in: {status}")
        self.token = _found(page)

    def run(self) -> None:
        """Complete the open item of each own case in turn."""
        engine = create_engine(self.database)
        cases = self.installation.cases[self.username]
        while time.perf_counter() < self.until:
            query = select(WorkItem.id, WorkItem.task_id).where(WorkItem.case_id.in_(cases), WorkItem.state == "open")
            with engine.connect() as connection:
                rows = connection.execute(query).all()
            if not rows:
                break
            for row in rows:
                if time.perf_counter() >= self.until:
                    break
                self.complete(row.id, row.task_id)
        engine.dispose()

    def complete(self, item_id: int, task_id: str) -> None:
        """Send one form as a browser would and count it when the answer says that it took effect."""
        fields = {
            "csrf_token": self.token,
            "token": f"{item_id}.{task_id[:8]}.{self.installation.version_id}.review",
            "document_no": "东人社〔2026〕5号",
            "handled_on": "2026-11-20",
            "score": "88.50",
            "complete": "y",
            "opinion": "材料齐全，符合条件，同意。" * 10,
            "decision": "accept",
        }
        began = time.perf_counter()
        status, page = self.request("POST", f"/work-items/{item_id}", fields)
        if status != 303:
            raise RuntimeError(f"work item {item_id}: {status}\n{page[:2000]}")
        self.times.append(time.perf_counter() - began)


def _found(page: str) -> str:
    match = _TOKEN.search(page)
    if match is None:
        raise RuntimeError("the page has no form token")
    return match[1]


@contextmanager
def serving(instance: Path, *, engine: str) -> Iterator[tuple[int, int]]:
    """Serve the installation with two processes; give port and process id; end the server by its own process id."""
    port = free_port()
    environment = {**os.environ, server.INSTANCE: str(instance), server.ENGINE: engine}
    command = [sys.executable, "-m", "benchmarks.server", str(port)]
    with (instance / "server.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            _wait(port, process)
            yield port, process.pid
        finally:
            process.terminate()
            process.wait(30)


def free_port() -> int:
    """Return a port on the loopback that nobody uses now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _wait(port: int, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise RuntimeError("the server did not start; see server.log")
        try:
            http.client.HTTPConnection("127.0.0.1", port, timeout=1).connect()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the server did not answer in 30 seconds")


def processor_seconds(parent: int) -> float:
    """Return what the child processes of a server have used of the processor, in programs and kernel, since they began."""
    used = 0
    for place in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # a process that has just ended
            fields = place.read_text().rpartition(")")[2].split()
            used += int(fields[11]) + int(fields[12]) if int(fields[1]) == parent else 0
    return used / os.sysconf("SC_CLK_TCK")


def measure(database: str, *, engine: str, clients: int, seconds: float, folder: Path) -> float:
    """Return work items completed per second; prints median and 95th percentile of an answer, and processor time an item."""
    os.environ["GONGJIANG_DATABASE_URL"] = database
    folder.mkdir()
    server.use(engine)
    installation = install(folder, people=clients, cases_each=max(4, int(seconds * 40 / clients)))
    with serving(folder, engine=engine) as (port, server_pid):
        people = [Client(port, name, installation=installation, database=database) for name in installation.usernames]
        for person in people:
            person.log_in()
            person.until = time.perf_counter() + 3600
            first = _open_items(database, installation.cases[person.username])[0]
            person.complete(*first)  # every process parses the diagram once; that is not what is measured
        began, used = time.perf_counter(), processor_seconds(server_pid)
        for person in people:
            person.times, person.until = [], began + seconds
            person.start()
        for person in people:
            person.join()
        elapsed, used = time.perf_counter() - began, processor_seconds(server_pid) - used
    times = sorted(each for person in people for each in person.times)
    rate = len(times) / elapsed
    kind = "postgresql" if database.startswith("postgresql") else "sqlite"
    slow = times[int(len(times) * 0.95)] * 1000
    print(
        f"{kind:10} {engine:5} {clients} clients: {rate:7.1f} items/s, median {statistics.median(times) * 1000:6.1f} ms, "
        f"95 % {slow:6.1f} ms, server's processor {used / len(times) * 1000:5.2f} ms an item"
    )
    return rate


def _open_items(database: str, cases: list[int]) -> list[tuple[int, str]]:
    engine = create_engine(database)
    query = select(WorkItem.id, WorkItem.task_id).where(WorkItem.case_id.in_(cases), WorkItem.state == "open")
    with engine.connect() as connection:
        rows = [(row.id, row.task_id) for row in connection.execute(query)]
    engine.dispose()
    return rows


def _database(kind: str, place: Path, postgres: PostgresServer | None) -> str:
    if kind == "sqlite" or postgres is None:
        return f"sqlite:///{place / 'database.db'}"
    return Databases(place, place.name.replace("-", "_"), str(postgres.folder)).create()


def main() -> None:
    """Run all combinations and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=8.0, help="how long each combination runs")
    parser.add_argument("--db", choices=["sqlite", "postgresql", "both"], default="both")
    given = parser.parse_args()
    kinds = ["sqlite", "postgresql"] if given.db == "both" else [given.db]
    rates: dict[tuple[str, str, int], float] = {}
    with tempfile.TemporaryDirectory(prefix="gongjiang-benchmark-") as folder:
        # The tests' server may forget on a power cut; this one must not, as SQLite must not.
        postgres = PostgresServer.start(settings=()) if "postgresql" in kinds else None
        try:
            for kind in kinds:
                for clients in CLIENTS:
                    for engine in ("naive", "own"):
                        place = Path(folder) / f"{kind}-{engine}-{clients}"
                        url = _database(kind, place, postgres)
                        rates[kind, engine, clients] = measure(
                            url, engine=engine, clients=clients, seconds=given.seconds, folder=place
                        )
        finally:
            if postgres is not None:
                postgres.stop()
    for kind in kinds:
        for clients in CLIENTS:
            print(
                f"ratio own_vs_naive_{kind}_{clients}_clients: {rates[kind, 'own', clients] / rates[kind, 'naive', clients]:.2f}"
            )
        print(f"ratio 8_vs_1_clients_{kind}: {rates[kind, 'own', 8] / rates[kind, 'own', 1]:.2f}")
        print(f"ratio vs_reference_13_per_second_{kind}: {rates[kind, 'own', 8] / 13:.1f}")


if __name__ == "__main__":
    main()
