"""Certificates are made in batches, and the register keeps what became of each; paper seals with their scans."""

import sqlalchemy as sa
from alembic import op

from app.persistence import base

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def _link(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    """Change the schema."""
    op.create_table(
        "issuing_batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("open_key", sa.String(length=40), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("started_by", sa.Integer(), nullable=True),
        sa.Column("created_at", base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("finished_at", base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("worker", sa.String(length=40), nullable=False),
        sa.Column("lease_until", base.UtcDateTime(timezone=True), nullable=True),
        _link("issuing_batch", "round_id", "selection_round"),
        _link("issuing_batch", "started_by", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issuing_batch")),
        sa.UniqueConstraint("open_key", name=op.f("uq_issuing_batch_open_key")),
    )
    op.create_index(op.f("ix_issuing_batch_round_id"), "issuing_batch", ["round_id"], unique=False)
    op.create_table(
        "issuing_item",
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("certificate_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        _link("issuing_item", "batch_id", "issuing_batch"),
        _link("issuing_item", "certificate_id", "certificate"),
        sa.PrimaryKeyConstraint("batch_id", "certificate_id", name=op.f("pk_issuing_item")),
    )
    op.create_index(op.f("ix_issuing_item_batch_id_state"), "issuing_item", ["batch_id", "state"], unique=False)
    op.create_index(op.f("ix_issuing_item_certificate_id"), "issuing_item", ["certificate_id"], unique=False)
    op.create_table(
        "certificate_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("certificate_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("at", base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("basis", sa.String(length=60), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        _link("certificate_event", "certificate_id", "certificate"),
        _link("certificate_event", "by", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_event")),
    )
    op.create_index(op.f("ix_certificate_event_certificate_id"), "certificate_event", ["certificate_id"], unique=False)
    op.create_table(
        "signing_certificate",
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("der", sa.LargeBinary(), nullable=False),
        sa.Column("not_after", base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("first_used_at", base.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", name=op.f("pk_signing_certificate")),
    )
    op.create_table(
        "seal_record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("sealed_on", sa.String(length=10), nullable=False),
        sa.Column("keeper", sa.String(length=60), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("scan_sha256", sa.String(length=64), nullable=False),
        sa.Column("scan_name", sa.String(length=120), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("recorded_at", base.UtcDateTime(timezone=True), nullable=False),
        _link("seal_record", "round_id", "selection_round"),
        _link("seal_record", "recorded_by", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seal_record")),
    )
    op.create_index(op.f("ix_seal_record_round_id"), "seal_record", ["round_id"], unique=False)
    op.create_table(
        "sealed_paper",
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        _link("sealed_paper", "record_id", "seal_record"),
        sa.PrimaryKeyConstraint("kind", "paper_id", name=op.f("pk_sealed_paper")),
    )
    op.create_index(op.f("ix_sealed_paper_record_id"), "sealed_paper", ["record_id"], unique=False)
    # Both databases take this sentence; Alembic's own would copy the whole table on SQLite, with what refers to it.
    link = "CONSTRAINT fk_certificate_replaces_id REFERENCES certificate (id)"
    op.execute(f"ALTER TABLE certificate ADD COLUMN replaces_id INTEGER {link}")


def downgrade() -> None:
    """Change it back."""
    op.drop_column("certificate", "replaces_id")
    for table in ("sealed_paper", "seal_record", "signing_certificate", "certificate_event", "issuing_item", "issuing_batch"):
        op.drop_table(table)
