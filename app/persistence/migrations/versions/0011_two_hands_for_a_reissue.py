"""Misprinted certificates that wait for the second person."""

import sqlalchemy as sa
from alembic import op

from app.persistence.base import UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the schema."""
    op.create_table(
        "reissue_request",
        sa.Column("certificate_id", sa.Integer(), nullable=False),
        sa.Column("corrections_json", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("asked_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["asked_by"], ["user_account.id"], name=op.f("fk_reissue_request_asked_by")),
        sa.ForeignKeyConstraint(["certificate_id"], ["certificate.id"], name=op.f("fk_reissue_request_certificate_id")),
        sa.PrimaryKeyConstraint("certificate_id", name=op.f("pk_reissue_request")),
    )


def downgrade() -> None:
    """Change it back."""
    op.drop_table("reissue_request")
