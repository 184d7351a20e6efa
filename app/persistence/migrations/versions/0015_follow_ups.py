"""What became of those who were titled, year by year."""

import sqlalchemy as sa
from alembic import op

from app.persistence.base import UtcDateTime

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the schema."""
    op.create_table(
        "follow_up_record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("recorded_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_follow_up_record_case_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["user_account.id"], name=op.f("fk_follow_up_record_recorded_by")),
        sa.ForeignKeyConstraint(["round_id"], ["selection_round.id"], name=op.f("fk_follow_up_record_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_up_record")),
    )
    op.create_index(op.f("ix_follow_up_record_round_id"), "follow_up_record", ["round_id"])


def downgrade() -> None:
    """Change it back."""
    op.drop_table("follow_up_record")
