"""A paper for what is entered after an award: the report itself, with its seal."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the schema."""
    with op.batch_alter_table("follow_up_record") as table:
        table.add_column(sa.Column("paper_sha256", sa.String(64), nullable=True))
        table.add_column(sa.Column("paper_name", sa.String(120), nullable=True))


def downgrade() -> None:
    """Change it back."""
    with op.batch_alter_table("follow_up_record") as table:
        table.drop_column("paper_name")
        table.drop_column("paper_sha256")
