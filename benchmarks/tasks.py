"""Completed work items per second over HTTP, with 1 and with 8 clients, on SQLite and PostgreSQL, against the naive way.

`.venv/bin/python -m benchmarks.tasks [--seconds 10]` sets everything up in a temporary folder, serves it as `gongjiang serve` does,
with two processes, and prints figures and ratios. All figures of one run share the machine, and the clients take a part of it;
compare the ratios, and the processor time that the server takes for an item, not the figures of different days.
"""

import argparse
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import create_engine

from benchmarks import server
from benchmarks.clients import HOST, Client
from benchmarks.installation import install
from tests.databases import Databases, PostgresServer

ROOT = Path(__file__).resolve().parent.parent
CLIENTS = (1, 8)


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
    with socket.create_server((HOST, 0)) as listener:
        return int(listener.getsockname()[1])


def _wait(port: int, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise RuntimeError("the server did not start; see server.log")
        try:
            socket.create_connection((HOST, port), timeout=1).close()
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
    installation = install(folder, people=clients, cases_each=max(4, int(seconds * 50 / clients)))
    with serving(folder, engine=engine) as (port, server_pid):
        people = [Client(port, name, installation=installation, database=database) for name in installation.usernames]
        reader = create_engine(database)
        for person in people:
            person.log_in()
            person.complete(*person.open_items(reader)[0])  # every process parses the diagram once; that is not what is measured
            person.leave()
        reader.dispose()
        began, served, asked = time.perf_counter(), processor_seconds(server_pid), time.process_time()
        for person in people:
            person.times, person.until = [], began + seconds
            person.start()
        for person in people:
            person.join()
        elapsed = time.perf_counter() - began
        served, asked = processor_seconds(server_pid) - served, time.process_time() - asked
    times = sorted(each for person in people for each in person.times)
    rate = len(times) / elapsed
    kind = "postgresql" if database.startswith("postgresql") else "sqlite"
    print(
        f"{kind:10} {engine:5} {clients} clients: {rate:7.1f} items/s, median {statistics.median(times) * 1000:6.1f} ms, "
        f"95 % {times[int(len(times) * 0.95)] * 1000:6.1f} ms, processor an item: "
        f"server {served / len(times) * 1000:5.2f} ms, clients {asked / len(times) * 1000:4.2f} ms"
    )
    return rate


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
