"""Papers of single cases; what the privacy scan of a notice found, what goes out with it, and its frozen copy."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the schema."""
    # Both databases take this sentence; Alembic's own would copy the whole table on SQLite, with what refers to it.
    link = "CONSTRAINT fk_official_document_case_id REFERENCES case_file (id)"
    op.execute(f"ALTER TABLE official_document ADD COLUMN case_id INTEGER {link}")
    op.create_index(op.f("ix_official_document_case_id"), "official_document", ["case_id"], unique=False)
    op.add_column("public_notice", sa.Column("findings_json", sa.Text(), nullable=False, server_default="[]"))
    op.add_column("public_notice", sa.Column("attachments_json", sa.Text(), nullable=False, server_default="[]"))
    op.add_column("public_notice", sa.Column("frozen_sha256", sa.String(length=64), nullable=True))


def downgrade() -> None:
    """Change it back."""
    op.drop_column("public_notice", "frozen_sha256")
    op.drop_column("public_notice", "attachments_json")
    op.drop_column("public_notice", "findings_json")
    op.drop_index(op.f("ix_official_document_case_id"), table_name="official_document")
    op.drop_column("official_document", "case_id")
