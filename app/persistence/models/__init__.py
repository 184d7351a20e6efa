"""All models, so that the metadata is complete once this package is imported."""

from app.persistence.models.cases import Attachment, Case, CaseState, Draft, Incident, Submission, Timer, WorkItem
from app.persistence.models.issuing import (
    Certificate,
    Meeting,
    Objection,
    OfficialDocument,
    PaymentAccount,
    PaymentBatch,
    PaymentRow,
    PublicNotice,
)
from app.persistence.models.organization import OrgUnit, PasswordHistory, Person, RoleGrant, User
from app.persistence.models.procedures import ProcedureVersion
from app.persistence.models.record import (
    AuditEvent,
    AuditHead,
    CalendarDay,
    CalendarYear,
    Notification,
    NumberSeries,
    OutboxEntry,
)
from app.persistence.models.selection import (
    Expert,
    Nomination,
    PanelDraw,
    PanelMember,
    QuotaAllocation,
    Recusal,
    ScoreSheet,
    SelectionRound,
    SiteInspection,
)

__all__ = [
    "Attachment", "AuditEvent", "AuditHead", "CalendarDay", "CalendarYear", "Case", "CaseState", "Certificate", "Draft", "Expert",
    "Incident", "Meeting", "Nomination", "Notification", "NumberSeries", "Objection", "OfficialDocument", "OrgUnit", "OutboxEntry",
    "PanelDraw", "PanelMember", "PasswordHistory", "PaymentAccount", "PaymentBatch", "PaymentRow", "Person", "ProcedureVersion",
    "PublicNotice", "QuotaAllocation", "Recusal", "RoleGrant", "ScoreSheet", "SelectionRound", "SiteInspection", "Submission", "Timer",
    "User", "WorkItem",
]
