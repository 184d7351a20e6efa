"""The studio: drafts of packages with their history, who has them open, rehearsals, and batches that move cases to a version."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.persistence.base import Base, UtcDateTime


class ProcedureDraft(Base):
    """A package that is being changed. `revision` grows with every save; whoever saves says which one they had before them.

    With `paper` it is one of the procedure's paper templates, which has versions of its own, and not the package itself.
    """

    __tablename__ = "procedure_draft"

    id: Mapped[int] = mapped_column(primary_key=True)
    procedure: Mapped[str] = mapped_column(String(60), index=True)
    paper: Mapped[str] = mapped_column(String(40), default="")
    title: Mapped[str] = mapped_column(String(120))
    base_version_id: Mapped[int | None] = mapped_column(ForeignKey("procedure_version.id"))
    revision: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(10), default="draft")  # draft, waiting, deployed, discarded
    reason: Mapped[str] = mapped_column(Text, default="")  # of the deployment that waits, or was done
    reply: Mapped[str] = mapped_column(Text, default="")  # why a deployment was sent back
    created_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    changer: Mapped[str] = mapped_column(String(160), default="")  # unit · name, as they were then
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    submitted_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    version_id: Mapped[int | None] = mapped_column(ForeignKey("procedure_version.id"))  # what it became
    base_template_id: Mapped[int | None] = mapped_column(ForeignKey("template_version.id"))
    template_version_id: Mapped[int | None] = mapped_column(ForeignKey("template_version.id"))  # what a template became

    __table_args__ = (Index(None, "state", "changed_at"),)


class DraftRevision(Base):
    """One save of a draft: who and when."""

    __tablename__ = "draft_revision"

    draft_id: Mapped[int] = mapped_column(ForeignKey("procedure_draft.id"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    saved_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    saver: Mapped[str] = mapped_column(String(160), default="")
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    automatic: Mapped[bool] = mapped_column(default=False)


class DraftFile(Base):
    """A file of a draft as a revision left it; None is a file that the revision took away. The newest row of a path counts."""

    __tablename__ = "draft_file"

    draft_id: Mapped[int] = mapped_column(ForeignKey("procedure_draft.id"), primary_key=True)
    path: Mapped[str] = mapped_column(String(160), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[bytes | None] = mapped_column(LargeBinary)


class DraftPresence(Base):
    """Somebody who has a draft open: their page says so again and again."""

    __tablename__ = "draft_presence"

    draft_id: Mapped[int] = mapped_column(ForeignKey("procedure_draft.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(160))
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Rehearsal(Base):
    """演练: a case that never was. It is no row of `case_file`, so no list, number, barrier or notice can count it."""

    __tablename__ = "rehearsal"

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("procedure_draft.id"), index=True)
    revision: Mapped[int]
    kind: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(120))
    package: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)  # the files as they were when it began
    scenario_json: Mapped[str] = mapped_column(Text)  # everything that was done so far, as a scenario
    state: Mapped[bytes] = mapped_column(LargeBinary)
    clock: Mapped[datetime] = mapped_column(UtcDateTime)  # its own, which jumps
    ended: Mapped[bool] = mapped_column(default=False)
    started_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lock_version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": lock_version}


class MigrationBatch(Base):
    """Cases on their way from one version to another."""

    __tablename__ = "migration_batch"

    id: Mapped[int] = mapped_column(primary_key=True)
    from_version_id: Mapped[int] = mapped_column(ForeignKey("procedure_version.id"), index=True)
    to_version_id: Mapped[int] = mapped_column(ForeignKey("procedure_version.id"), index=True)
    mapping_json: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    undo_of_id: Mapped[int | None] = mapped_column(ForeignKey("migration_batch.id"))
    created_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class MigrationItem(Base):
    """One case of a batch: whether it was moved, or why it stays."""

    __tablename__ = "migration_item"

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("migration_batch.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    state: Mapped[str] = mapped_column(String(10), default="pending")  # pending, moved, stays
    message: Mapped[str] = mapped_column(Text, default="")
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (UniqueConstraint("batch_id", "case_id"), Index(None, "batch_id", "state"))


class HouseSetting(Base):
    """A switch of the house that an administrator turns, e.g. whether a deployment needs a second person."""

    __tablename__ = "house_setting"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[str] = mapped_column(String(200))
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
