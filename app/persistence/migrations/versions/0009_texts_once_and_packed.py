"""Long texts are packed and kept once; indexes that nobody used go, and those come that queries ask for."""

import sqlalchemy as sa
from alembic import op

from app.persistence import base

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TEXTS = (
    ("submission", "values_json", ("id",)),
    ("nomination", "deed_brief", ("case_id",)),
    ("score_sheet", "comment", ("case_id", "expert_id")),
    ("site_inspection", "report", ("case_id",)),
)
GONE = (
    ("audit_event", ["actor_id", "at"]),
    ("attachment", ["sha256"]),
    ("procedure_version", ["procedure", "content_hash"]),
    ("submission", ["case_id", "node_id", "submitted_at"]),
)
NEW = (
    ("audit_event", ["at"]),
    ("attachment", ["work_item_id"]),
    ("case_file", ["initiator_id"]),
    ("submission", ["case_id", "form_key"]),
)


def upgrade() -> None:
    """Change the schema."""
    for table, columns in GONE:
        op.drop_index(op.f(_name(table, columns)), table_name=table)
    for table, columns in NEW:
        op.create_index(op.f(_name(table, columns)), table, columns, unique=False)
    for table, column, key in TEXTS:
        _convert(table, column, key, old=sa.Text(), new=base.Packed())
    op.drop_column("submission", "opinion")


def downgrade() -> None:
    """Change it back; opinions stay where they are kept once, in the values."""
    op.add_column("submission", sa.Column("opinion", sa.Text(), nullable=False, server_default=""))
    for table, column, key in TEXTS:
        _convert(table, column, key, old=base.Packed(), new=sa.Text())
    for table, columns in NEW:
        op.drop_index(op.f(_name(table, columns)), table_name=table)
    for table, columns in GONE:
        op.create_index(op.f(_name(table, columns)), table, columns, unique=False)


def _name(table: str, columns: list[str]) -> str:
    return "_".join(["ix", table, *columns])


def _convert(table: str, column: str, key: tuple[str, ...], *, old: sa.types.TypeEngine[str], new: sa.types.TypeEngine[str]) -> None:
    """Write a column anew in another type, row by row; the default stands only for the rows that are there."""
    op.add_column(table, sa.Column("converted", new, nullable=False, server_default=sa.text("''")))
    there = sa.table(table, *(sa.column(name, sa.Integer()) for name in key), sa.column(column, old), sa.column("converted", new))
    connection = op.get_bind()
    for row in connection.execute(sa.select(*(there.c[name] for name in (*key, column)))).all():
        same = [there.c[name] == getattr(row, name) for name in key]
        connection.execute(sa.update(there).where(*same).values(converted=getattr(row, column)))
    op.drop_column(table, column)
    op.alter_column(table, "converted", new_column_name=column)
