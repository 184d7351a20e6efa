"""Papers remember the certificate of their signature, notices the files in which they went out."""

import sqlalchemy as sa
from alembic import op

from app.persistence import base

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the schema; certificates were always signed, by what the register of signing certificates tells where it is only one."""
    op.add_column("issued_paper", sa.Column("signed_with", sa.String(64), nullable=True))
    op.add_column("public_notice", sa.Column("page_html", base.Packed(), nullable=True))
    op.add_column("public_notice", sa.Column("poster_sha256", sa.String(64), nullable=True))
    only = "SELECT min(fingerprint) FROM signing_certificate HAVING count(*) = 1"
    certificates = "SELECT pdf_sha256 FROM certificate WHERE pdf_sha256 IS NOT NULL"
    op.execute(sa.text(f"UPDATE issued_paper SET signed_with = ({only}) WHERE sha256 IN ({certificates})"))  # noqa: S608  # no value of anybody's in it


def downgrade() -> None:
    """Change it back."""
    op.drop_column("public_notice", "poster_sha256")
    op.drop_column("public_notice", "page_html")
    op.drop_column("issued_paper", "signed_with")
