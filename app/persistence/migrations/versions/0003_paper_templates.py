"""Paper templates by version; papers, certificates and drafts remember which."""

import sqlalchemy as sa
from alembic import op

from app.persistence import base


revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

LINKS = (
    ("certificate", "template_version_id"),
    ("procedure_draft", "base_template_id"),
    ("procedure_draft", "template_version_id"),
)


def upgrade() -> None:
    """Change the schema."""
    op.create_table(
        "template_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=101), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("package", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("deployed_by", sa.Integer(), nullable=True),
        sa.Column("confirmed_by", sa.Integer(), nullable=True),
        sa.Column("deployed_at", base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("retired_at", base.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["deployed_by"], ["user_account.id"], name=op.f("fk_template_version_deployed_by")),
        sa.ForeignKeyConstraint(["confirmed_by"], ["user_account.id"], name=op.f("fk_template_version_confirmed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_template_version")),
        sa.UniqueConstraint("key", "number", name=op.f("uq_template_version_key_number")),
        sa.UniqueConstraint("key", "content_hash", name=op.f("uq_template_version_key_content_hash")),
    )
    op.create_table(
        "issued_paper",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("template_version_id", sa.Integer(), nullable=False),
        sa.Column("values_json", base.Encrypted(), nullable=False),
        sa.Column("rendered_at", base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["template_version_id"], ["template_version.id"], name=op.f("fk_issued_paper_template_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issued_paper")),
        sa.UniqueConstraint("sha256", name=op.f("uq_issued_paper_sha256")),
    )
    op.create_index(op.f("ix_issued_paper_template_version_id"), "issued_paper", ["template_version_id"], unique=False)
    for table, column in LINKS:
        # Both databases take this sentence; Alembic's own would copy the whole table on SQLite, with what refers to it.
        link = f"CONSTRAINT fk_{table}_{column} REFERENCES template_version (id)"
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} INTEGER {link}")
    op.add_column("procedure_draft", sa.Column("paper", sa.String(length=40), nullable=False, server_default=""))
    op.drop_column("certificate", "template")


def downgrade() -> None:
    """Change it back."""
    op.add_column("certificate", sa.Column("template", sa.String(length=100), nullable=False, server_default=""))
    op.drop_column("procedure_draft", "paper")
    for table, column in LINKS:
        op.drop_column(table, column)
    op.drop_index(op.f("ix_issued_paper_template_version_id"), table_name="issued_paper")
    op.drop_table("issued_paper")
    op.drop_table("template_version")
