"""Revocations that wait for the second person."""

import sqlalchemy as sa
from alembic import op

from app.persistence.base import UtcDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the schema."""
    op.create_table(
        "revocation_request",
        sa.Column("certificate_id", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(length=60), nullable=False),
        sa.Column("decided_on", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("asked_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["asked_by"], ["user_account.id"], name=op.f("fk_revocation_request_asked_by")),
        sa.ForeignKeyConstraint(["certificate_id"], ["certificate.id"], name=op.f("fk_revocation_request_certificate_id")),
        sa.PrimaryKeyConstraint("certificate_id", name=op.f("pk_revocation_request")),
    )


def downgrade() -> None:
    """Change it back."""
    op.drop_table("revocation_request")
