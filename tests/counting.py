"""Counts what reaches a database while a block runs."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from sqlalchemy import Engine, event

Counting = Callable[[], AbstractContextManager[list[str]]]
"""`with statements() as seen: …; len(seen)`."""


@contextmanager
def statements_on(engine: Engine) -> Iterator[list[str]]:
    """Collect the statements that run inside; the beginning of a transaction is none."""
    seen: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)
