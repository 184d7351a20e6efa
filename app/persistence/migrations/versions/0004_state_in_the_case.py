"""The engine's state into the case's own row: every step locked, read and wrote two rows where one is enough."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the schema."""
    # The defaults stand only until the next statement; SQLite adds no column to a table with rows without one.
    op.add_column("case_file", sa.Column("state", sa.LargeBinary(), nullable=False, server_default=""))
    op.add_column("case_file", sa.Column("lock_version", sa.Integer(), nullable=False, server_default="1"))
    op.execute(
        "UPDATE case_file SET state = (SELECT s.state FROM case_state s WHERE s.case_id = case_file.id), "
        "lock_version = (SELECT s.lock_version FROM case_state s WHERE s.case_id = case_file.id) "
        "WHERE id IN (SELECT case_id FROM case_state)"
    )
    op.drop_table("case_state")


def downgrade() -> None:
    """Change it back."""
    op.create_table(
        "case_state",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("lock_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_case_state_case_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_state")),
    )
    op.execute("INSERT INTO case_state (case_id, state, lock_version) SELECT id, state, lock_version FROM case_file")
    op.drop_column("case_file", "lock_version")
    op.drop_column("case_file", "state")
