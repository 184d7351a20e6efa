"""A round and what it gathers: quotas, nominations, panel, recusals, scores, inspections."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from app.persistence.base import Base, Packed, UtcDateTime
from app.persistence.models.cases import Case
from app.persistence.models.organization import OrgUnit, Person, User


class SelectionRound(Base):
    """One run of a selection. Everything that it decides for itself is in `settings_json` (domain.rounds.RoundSettings)."""

    __tablename__ = "selection_round"

    id: Mapped[int] = mapped_column(primary_key=True)
    procedure: Mapped[str] = mapped_column(String(60))
    procedure_version_id: Mapped[int] = mapped_column(ForeignKey("procedure_version.id"))
    title: Mapped[str] = mapped_column(String(120))
    round_no: Mapped[int]
    year: Mapped[int]
    settings_json: Mapped[str] = mapped_column(Text)
    deadlines_json: Mapped[str] = mapped_column(Text, default="{}")  # name -> ISO moment, what deadline(name) answers
    nominations_open: Mapped[bool] = mapped_column(default=False)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"))
    suspended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    suspension: Mapped[str] = mapped_column(Text, default="")  # why, for everybody to read
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    # What the round's own case waits for: its nominations tell it, so they ask for it with their lock.
    waiting: Mapped[str | None] = column_property(
        select(Case.waiting).where(Case.id == case_id.column).correlate_except(Case).scalar_subquery(), deferred=True
    )

    __table_args__ = (UniqueConstraint("procedure", "round_no"),)


class QuotaAllocation(Base):
    """How many nominees a local office or the union may send up in a round; a supplement carries its reason."""

    __tablename__ = "quota_allocation"

    round_id: Mapped[int] = mapped_column(ForeignKey("selection_round.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"), primary_key=True)
    quota: Mapped[int]
    supplement: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(Text, default="")

    unit: Mapped[OrgUnit] = relationship()


class Nomination(Base):
    """A nominee in a round: what lists, rankings and notices need. `active` is None once the case has ended without a title."""

    __tablename__ = "nomination"

    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("selection_round.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    employer_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    channel: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(100))
    post: Mapped[str] = mapped_column(String(80), default="")
    occupation: Mapped[str] = mapped_column(String(80), default="")
    skill_level: Mapped[str] = mapped_column(String(20), default="")
    frontline_years: Mapped[int] = mapped_column(default=0)
    deed_brief: Mapped[str] = mapped_column(Packed, default="")
    active: Mapped[bool | None] = mapped_column(default=True)
    quota_unit_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"))
    recommendation_rank: Mapped[int | None]
    expert_score: Mapped[str | None] = mapped_column(String(40))  # decimal text, full precision
    inspection_score: Mapped[str | None] = mapped_column(String(40))
    final_score: Mapped[str | None] = mapped_column(String(40))
    rank: Mapped[int | None]
    rank_note: Mapped[str] = mapped_column(Text, default="")
    shortlisted: Mapped[bool] = mapped_column(default=False)
    proposed: Mapped[bool] = mapped_column(default=False)

    case: Mapped[Case] = relationship()
    person: Mapped[Person] = relationship()
    employer: Mapped[OrgUnit] = relationship(foreign_keys=employer_id)

    # Two NULLs differ in SQL, so an ended nomination does not stand in the way of a new one.
    __table_args__ = (
        UniqueConstraint("round_id", "person_id", "active"),
        Index(None, "round_id", "rank"),
        Index(None, "round_id", "quota_unit_id"),
    )


class Expert(Base):
    """A member of the expert pool; conflicts are found by hashes and codes, never by names."""

    __tablename__ = "expert"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    employer_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"))
    trades: Mapped[str] = mapped_column(String(200), default="")
    title: Mapped[str] = mapped_column(String(80), default="")
    region: Mapped[str] = mapped_column(String(40), default="")
    relations_json: Mapped[str] = mapped_column(Text, default="[]")  # [{"kind": "relative", "id_hash": "…"}]
    available: Mapped[bool] = mapped_column(default=True)

    user: Mapped[User] = relationship()


class PanelDraw(Base):
    """A drawn panel with everything that a third party needs to draw it again."""

    __tablename__ = "panel_draw"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("selection_round.id"), index=True)
    seed: Mapped[str] = mapped_column(String(80))
    pool_hash: Mapped[str] = mapped_column(String(64))
    record_json: Mapped[str] = mapped_column(Text)
    drawn_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    drawn_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PanelMember(Base):
    """An expert on the panel of a round."""

    __tablename__ = "panel_member"

    round_id: Mapped[int] = mapped_column(ForeignKey("selection_round.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    place: Mapped[int]
    state: Mapped[str] = mapped_column(String(10))  # drawn, accepted, declined, reserve
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    user: Mapped[User] = relationship()


class Recusal(Base):
    """An expert who may not see or score a nominee: found by the system, declared, asked for or ordered."""

    __tablename__ = "recusal"

    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    origin: Mapped[str] = mapped_column(String(12))  # found, declared, requested, ordered
    reason: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ScoreSheet(Base):
    """An expert's scores of a nominee, locked when submitted. `scores_json` maps index codes to decimal text."""

    __tablename__ = "score_sheet"

    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), primary_key=True)
    expert_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("selection_round.id"), index=True)
    scores_json: Mapped[str] = mapped_column(Text)
    total: Mapped[str] = mapped_column(String(40))
    comment: Mapped[str] = mapped_column(Packed, default="")
    submitted_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SiteInspection(Base):
    """What the inspectors found at the workplace."""

    __tablename__ = "site_inspection"

    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), primary_key=True)
    inspected_on: Mapped[str] = mapped_column(String(10))
    members_json: Mapped[str] = mapped_column(Text)
    score: Mapped[str] = mapped_column(String(40))
    conclusion: Mapped[str] = mapped_column(String(20))
    report: Mapped[str] = mapped_column(Packed, default="")
