"""What people were told of their work items, and where mail goes to: reminders are sent once, and leave the house."""

import sqlalchemy as sa
from alembic import op

from app.persistence import base

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the schema."""
    op.create_table(
        "item_letter",
        sa.Column("work_item_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("sent_at", base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["work_item_id"], ["work_item.id"], name=op.f("fk_item_letter_work_item_id")),
        sa.PrimaryKeyConstraint("work_item_id", "kind", name=op.f("pk_item_letter")),
    )
    # Whoever has work before them today knows of it: nobody gets a letter for all of it on the day of the upgrade.
    op.execute(
        "INSERT INTO item_letter (work_item_id, kind, sent_at) SELECT id, 'todo', created_at FROM work_item WHERE state = 'open'"
    )
    op.add_column("user_account", sa.Column("email", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    """Change it back."""
    op.drop_column("user_account", "email")
    op.drop_table("item_letter")
