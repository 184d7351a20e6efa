"""How a view reaches the context and the settings of its application."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from flask import current_app

from app.services.context import Context, Transaction
from config import Config

CONTEXT = "gongjiang"
CONFIG = "gongjiang.config"


def context() -> Context:
    """Return the context of the services."""
    return cast(Context, current_app.extensions[CONTEXT])


def config() -> Config:
    """Return the settings."""
    return cast(Config, current_app.extensions[CONFIG])


@contextmanager
def reading() -> Iterator[Transaction]:
    """Begin a transaction that only reads; what was loaded can still be shown after it, as it was."""
    with context().reading() as tx:
        yield tx
