"""How a view reaches the context and the settings of its application."""

from typing import cast

from flask import current_app

from app.services.context import Context
from config import Config

CONTEXT = "gongjiang"
CONFIG = "gongjiang.config"


def context() -> Context:
    """Return the context of the services."""
    return cast(Context, current_app.extensions[CONTEXT])


def config() -> Config:
    """Return the settings."""
    return cast(Config, current_app.extensions[CONFIG])
