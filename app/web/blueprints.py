"""All groups of pages; a new group adds its line here."""

from flask import Blueprint

from app.web.account.views import account
from app.web.home import home


def blueprints() -> tuple[Blueprint, ...]:
    """Return the groups of pages in the order in which their addresses are tried."""
    return (home, account)
