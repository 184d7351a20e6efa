"""临空港工匠评选系统 (gongjiang). Imports nothing here, so that the rules of the ground load in milliseconds."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from config import Config


def create_app(config: "Config | None" = None) -> "Flask":
    """Build the web application from a configuration, or from the environment."""
    from app.wiring import build_app  # factory

    return build_app(config)
