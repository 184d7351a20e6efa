"""Alembic's entry: runs the migrations on the connection that `upgrade_schema` hands over, or on the application's engine."""

from alembic import context
from flask import current_app
from sqlalchemy import Connection

import app.persistence.models  # noqa: F401  # the metadata is complete only once every model is imported
from app.persistence.base import Base


def run(connection: Connection) -> None:
    """Run the migrations in one transaction, so that a failure leaves the schema as it was (on both databases)."""
    context.configure(connection=connection, target_metadata=Base.metadata, compare_type=True, user_module_prefix="base.")
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    with current_app.extensions["sqlalchemy"].engine.connect() as opened:
        run(opened)
