"""Incidents of what belongs to no case; columns that were written and never read."""

import sqlalchemy as sa
from alembic import op

from app.persistence.base import UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the schema."""
    with op.batch_alter_table("incident") as table:
        table.alter_column("case_id", existing_type=sa.Integer(), nullable=True)
    op.drop_column("objection", "identified")
    op.drop_column("objection", "received_at")


def downgrade() -> None:
    """Change it back; incidents without a case have no place any more, and an objection was received when its case was begun."""
    op.add_column("objection", sa.Column("identified", sa.Boolean(), nullable=False, server_default=sa.false()))
    epoch = sa.text("'1970-01-01 00:00:00+00:00'")
    op.add_column("objection", sa.Column("received_at", UtcDateTime(timezone=True), nullable=False, server_default=epoch))
    began = "SELECT created_at FROM case_file WHERE case_file.id = objection.case_id"
    op.execute(sa.text(f"UPDATE objection SET received_at = ({began})"))  # noqa: S608  # no value of anybody's in it
    op.execute(sa.text("DELETE FROM incident WHERE case_id IS NULL"))
    with op.batch_alter_table("incident") as table:
        table.alter_column("case_id", existing_type=sa.Integer(), nullable=False)
