"""Room for the media type of a workbook: it has 65 characters, and PostgreSQL refused the file."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the schema."""
    with op.batch_alter_table("attachment") as table:
        table.alter_column("media_type", existing_type=sa.String(40), type_=sa.String(100), existing_nullable=False)


def downgrade() -> None:
    """Change it back."""
    with op.batch_alter_table("attachment") as table:
        table.alter_column("media_type", existing_type=sa.String(100), type_=sa.String(40), existing_nullable=False)
