"""Paper templates by version, and the papers that were made with them: enough to make each of them once more."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.persistence.base import Base, PackedSecret, UtcDateTime


class TemplateVersion(Base):
    """One deployment of a paper template. `package` is the zip of its files; no column ever changes but `retired_at`."""

    __tablename__ = "template_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(101))  # procedure/name
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(120))
    content_hash: Mapped[str] = mapped_column(String(64))
    package: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    reason: Mapped[str] = mapped_column(Text)
    deployed_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    deployed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (UniqueConstraint("key", "number"), UniqueConstraint("key", "content_hash"))


class IssuedPaper(Base):
    """A finished paper by the hash of its file: the version of its template, and the values exactly as they were printed."""

    __tablename__ = "issued_paper"

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    template_version_id: Mapped[int] = mapped_column(ForeignKey("template_version.id"), index=True)
    values_json: Mapped[str] = mapped_column(PackedSecret)  # people's names, and on some papers their accounts
    rendered_at: Mapped[datetime] = mapped_column(UtcDateTime)  # the moment in its document information
    signed_with: Mapped[str | None] = mapped_column(String(64))  # the certificate of its signature, by fingerprint
