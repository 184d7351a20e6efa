"""The ground itself: databases are fresh copies, the network is closed, leaks are noticed."""

import os
import socket
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import column, create_engine, select, table, text

from tests.databases import Databases, for_all_processes
from tests.guards import NetworkForbidden, nothing_left_behind


def run(url: str, statement: str) -> list[tuple[object, ...]]:
    """Run one statement on a connection of its own and return its rows."""
    engine = create_engine(url)
    with engine.begin() as connection:
        result = connection.execute(text(statement))
        rows = [tuple(row) for row in result] if result.returns_rows else []
    engine.dispose()
    return rows


def one_row(url: str) -> None:
    """Build a schema of one table with one row."""
    run(url, "CREATE TABLE craftsman (name TEXT)")
    run(url, "INSERT INTO craftsman VALUES ('张三')")


def test_every_copy_of_a_template_starts_as_it_was_built(databases: Databases) -> None:
    first = databases.create(one_row)
    run(first, "INSERT INTO craftsman VALUES ('李四')")
    second = databases.create(one_row)
    assert run(first, "SELECT name FROM craftsman ORDER BY name") != run(second, "SELECT name FROM craftsman")
    assert run(second, "SELECT name FROM craftsman") == [("张三",)]


def test_what_is_built_for_all_processes_is_built_by_the_first_that_asks(databases: Databases, tmp_path: Path) -> None:
    built = list[str]()

    @for_all_processes
    def once(url: str) -> None:
        built.append(url)
        one_row(url)

    processes = [
        replace(databases, worker=f"{databases.worker}_{number}", shared=tmp_path, _templates={}, _count=0) for number in (1, 2)
    ]
    for each in processes:
        assert run(each.create(once), "SELECT name FROM craftsman") == [("张三",)]
    assert len(built) == 1


def test_engines_that_share_what_they_compiled_reach_their_own_database(databases: Databases) -> None:
    query = select(column("name")).select_from(table("craftsman"))
    with databases.engine(one_row) as first, databases.engine(one_row) as second:
        with first.begin() as connection:
            connection.exec_driver_sql("DELETE FROM craftsman")
            assert connection.execute(query).all() == []
        with second.connect() as connection:
            assert connection.execute(query).all() == [("张三",)]


def test_the_database_is_the_one_that_was_asked_for(database_url: str, request: pytest.FixtureRequest) -> None:
    engine = create_engine(database_url)
    assert engine.dialect.name == request.config.getoption("--db")


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("example.org", 443)])
def test_no_test_reaches_another_machine(address: tuple[str, int]) -> None:
    with pytest.raises(NetworkForbidden):
        socket.create_connection(address, timeout=1)


def test_the_loopback_stays_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        assert client.getpeername() == server.getsockname()


def test_a_thread_left_running_is_noticed() -> None:
    stop = threading.Event()
    with pytest.raises(AssertionError, match="threads left running"), nothing_left_behind(patience=0.1):
        threading.Thread(target=stop.wait, name="forgotten").start()
    stop.set()


def test_a_changed_environment_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGJIANG_LEAK", "before")
    with pytest.raises(AssertionError, match="GONGJIANG_LEAK"), nothing_left_behind():
        os.environ["GONGJIANG_LEAK"] = "after"
