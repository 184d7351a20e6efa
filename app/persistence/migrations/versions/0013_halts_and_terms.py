"""When a round is suspended and why; by when a case is to be settled, and whether that was extended."""

import sqlalchemy as sa
from alembic import op

from app.persistence.base import UtcDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the schema."""
    op.add_column("case_file", sa.Column("term_at", UtcDateTime(timezone=True), nullable=True))
    op.add_column("objection", sa.Column("extended_at", UtcDateTime(timezone=True), nullable=True))
    op.add_column("objection", sa.Column("extension", sa.Text(), nullable=False, server_default=""))
    op.add_column("selection_round", sa.Column("suspended_at", UtcDateTime(timezone=True), nullable=True))
    op.add_column("selection_round", sa.Column("suspension", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    """Change it back."""
    op.drop_column("selection_round", "suspension")
    op.drop_column("selection_round", "suspended_at")
    op.drop_column("objection", "extension")
    op.drop_column("objection", "extended_at")
    op.drop_column("case_file", "term_at")
