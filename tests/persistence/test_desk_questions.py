"""The desk looks at what lies before a person, however much they have done in years: counted by the database, not timed."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, insert
from sqlalchemy.orm import Session

from app.domain.actors import Actor, Grant, Role
from app.persistence.models import Case, OrgUnit, ProcedureVersion, User, WorkItem
from app.persistence.queries import desk
from app.persistence.queries.desk import Wanted
from tests.databases import Databases, with_schema

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
FINISHED, OPEN = 3_000, 20
MOST = FINISHED * OPEN // 4
"""Steps of SQLite's machine, or rows that PostgreSQL looks at. All that was finished, looked at for each open item, is far more."""
HANDLER = Actor(1, "张晓岚", 1, "区人社局", frozenset({Grant(Role.BUREAU_HANDLER, 1), Grant(Role.NOMINATING_UNIT, 2)}))
QUESTIONS: dict[str, Callable[[Session], Sequence[Any]]] = {
    "suspects": lambda session: desk.suspects(session, actor=HANDLER),
    "todo": lambda session: desk.page(session, actor=HANDLER, wanted=Wanted("todo"), now=NOW).rows,
    "group": lambda session: desk.page(session, actor=HANDLER, wanted=Wanted("group"), now=NOW).rows,
}


@pytest.fixture(scope="module")
def years_of_work(databases: Databases) -> Iterator[Engine]:
    """One person has finished the first step of many cases; in the last of them the second lies before them."""
    with databases.engine(with_schema) as engine:
        with engine.begin() as connection:
            fill(connection)
        yield engine


def fill(connection: Connection) -> None:
    """Write a unit, an account, a version, the cases and their items."""
    version = {
        "id": 1,
        "procedure": "p",
        "number": 1,
        "title": "p",
        "content_hash": "h",
        "package": b"",
        "reason": "",
        "deployed_at": NOW,
    }
    case = {
        "kind": "nomination",
        "title": "推荐",
        "procedure_version_id": 1,
        "stage_since": NOW,
        "created_at": NOW,
        "state": b"",
        "lock_version": 1,
    }
    item = {"role": "bureau_handler", "created_at": NOW}
    first = {**item, "task_id": "1", "node_id": "first", "title": "初审", "state": "done", "completed_by": 1, "completed_at": NOW}
    second = {**item, "task_id": "2", "node_id": "second", "title": "复核", "state": "open"}
    cases = range(1, FINISHED + 1)
    connection.execute(insert(OrgUnit), [{"id": each, "kind": "bureau", "name": f"局{each}"} for each in (1, 2)])
    connection.execute(insert(User), {"id": 1, "username": "u", "name": "张晓岚", "password_hash": "", "created_at": NOW})
    connection.execute(insert(ProcedureVersion), version)
    connection.execute(insert(Case), [{**case, "id": each, "number": f"TJ{each}"} for each in cases])
    connection.execute(insert(WorkItem), [{**first, "case_id": each} for each in cases])
    connection.execute(insert(WorkItem), [{**second, "case_id": each} for each in cases[-OPEN:]])


@pytest.mark.parametrize("question", QUESTIONS)
def test_what_was_finished_long_ago_is_not_looked_at(question: str, years_of_work: Engine) -> None:
    asked = list[tuple[str, Any]]()

    def note(connection: Connection, cursor: object, statement: str, values: Any, *rest: object) -> None:
        asked.append((statement, values))

    with Session(years_of_work) as session:
        event.listen(years_of_work, "before_cursor_execute", note)
        assert len(QUESTIONS[question](session)) == OPEN
        event.remove(years_of_work, "before_cursor_execute", note)
        assert 0 < sum(effort(session.connection(), *each) for each in asked) <= MOST


def effort(connection: Connection, statement: str, values: Any) -> int:
    """Return how much the database does for an answer: steps of SQLite's machine, rows that PostgreSQL looks at."""
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "postgresql":
        [[[plan]]] = driver.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", values).fetchall()
        return rows_looked_at(plan["Plan"])
    steps = list[None]()
    driver.set_progress_handler(lambda: steps.append(None), 1)
    driver.execute(statement, values).fetchall()
    driver.set_progress_handler(None, 1)
    return len(steps)


def rows_looked_at(node: dict[str, Any]) -> int:
    """Add up what each part of a plan gave and what it threw away."""
    thrown = sum(count for name, count in node.items() if name.startswith("Rows Removed"))
    return int((node["Actual Rows"] + thrown) * node["Actual Loops"]) + sum(map(rows_looked_at, node.get("Plans", ())))
