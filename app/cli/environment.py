"""The house for a command: the same wiring as the web, without the web."""

from collections.abc import Iterator
from contextlib import contextmanager

from app import create_app
from app.services.context import Context


@contextmanager
def context_of_house() -> Iterator[Context]:
    """Give the context of the installation in whose folder the command runs."""
    app = create_app()
    with app.app_context():
        try:
            yield app.extensions["gongjiang"]
        finally:
            app.extensions["migrate"].db.engine.dispose()
