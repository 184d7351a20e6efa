"""The first schema."""

import sqlalchemy as sa
from alembic import op

from app.persistence import audit_triggers, base


revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the schema."""
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    op.create_table(
        "audit_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stream", sa.String(length=30), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor", sa.String(length=160), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_event")),
        sa.UniqueConstraint("stream", "seq", name=op.f("uq_audit_event_stream_seq")),
    )
    op.create_index(op.f("ix_audit_event_actor_id_at"), "audit_event", ["actor_id", "at"], unique=False)
    op.create_table(
        "audit_head",
        sa.Column("stream", sa.String(length=30), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("stream", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "calendar_day",
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_calendar_day")),
    )
    op.create_table(
        "calendar_year",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("source", sa.String(length=160), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_calendar_year")),
    )
    op.create_table(
        "number_series",
        sa.Column("series", sa.String(length=60), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("series", name=op.f("pk_number_series")),
    )
    op.create_table(
        "org_unit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("short_name", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=30), nullable=True),
        sa.Column("uscc", sa.String(length=18), nullable=True),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["parent_id"], ["org_unit.id"], name=op.f("fk_org_unit_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_org_unit")),
        sa.UniqueConstraint("code", name=op.f("uq_org_unit_code")),
        sa.UniqueConstraint("uscc", name=op.f("uq_org_unit_uscc")),
    )
    op.create_index(op.f("ix_org_unit_kind"), "org_unit", ["kind"], unique=False)
    op.create_index(op.f("ix_org_unit_parent_id"), "org_unit", ["parent_id"], unique=False)
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("id_hash", sa.String(length=64), nullable=False),
        sa.Column("id_number", base.Encrypted(), nullable=False),
        sa.Column("mobile", base.Encrypted(), nullable=True),
        sa.Column("sex", sa.String(length=10), nullable=False),
        sa.Column("birth", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("id_hash", name=op.f("uq_person_id_hash")),
    )
    op.create_table(
        "user_account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("username", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("failed_logins", sa.Integer(), nullable=False),
        sa.Column("locked_until", base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("password_changed_at", base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("session_epoch", sa.Integer(), nullable=False),
        sa.Column("created_at", base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_user_account_person_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name=op.f("fk_user_account_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("person_id", name=op.f("uq_user_account_person_id")),
        sa.UniqueConstraint("username", name=op.f("uq_user_account_username")),
    )
    op.create_table(
        "expert",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("employer_id", sa.Integer(), nullable=True),
        sa.Column("trades", sa.String(length=200), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("region", sa.String(length=40), nullable=False),
        sa.Column("relations_json", sa.Text(), nullable=False),
        sa.Column("available", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["employer_id"], ["org_unit.id"], name=op.f("fk_expert_employer_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_expert_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_expert")),
    )
    op.create_table(
        "notification",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("link", sa.String(length=200), nullable=False),
        sa.Column("created_at", base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("read_at", base.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_notification_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification")),
    )
    op.create_index(
        op.f("ix_notification_user_id_read_at_created_at"), "notification", ["user_id", "read_at", "created_at"], unique=False
    )
    op.create_table(
        "password_history",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("changed_at", base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_password_history_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_password_history")),
    )
    op.create_index(op.f("ix_password_history_user_id"), "password_history", ["user_id"], unique=False)
    op.create_table(
        "procedure_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("procedure", sa.String(length=60), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("package", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("deployed_by", sa.Integer(), nullable=True),
        sa.Column("deployed_at", base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("retired_at", base.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["deployed_by"], ["user_account.id"], name=op.f("fk_procedure_version_deployed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_procedure_version")),
        sa.UniqueConstraint("procedure", "number", name=op.f("uq_procedure_version_procedure_number")),
    )
    op.create_index(
        op.f("ix_procedure_version_procedure_content_hash"), "procedure_version", ["procedure", "content_hash"], unique=False
    )
    op.create_table(
        "role_grant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name=op.f("fk_role_grant_unit_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_role_grant_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
        sa.UniqueConstraint("user_id", "role", "unit_id", name=op.f("uq_role_grant_user_id_role_unit_id")),
    )
    op.create_index(op.f("ix_role_grant_role_unit_id"), "role_grant", ["role", "unit_id"], unique=False)
    op.create_index(op.f("ix_role_grant_user_id"), "role_grant", ["user_id"], unique=False)
    op.create_table(
        "case_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("procedure_version_id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=True),
        sa.Column("stage", sa.String(length=40), nullable=False),
        sa.Column("stage_order", sa.Integer(), nullable=False),
        sa.Column("stage_since", base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=True),
        sa.Column("waiting", sa.Text(), nullable=False),
        sa.Column("initiator_id", sa.Integer(), nullable=True),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("owner_unit_id", sa.Integer(), nullable=True),
        sa.Column("office_unit_id", sa.Integer(), nullable=True),
        sa.Column("audit_seq", sa.Integer(), nullable=False),
        sa.Column("audit_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", base.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["initiator_id"], ["user_account.id"], name=op.f("fk_case_file_initiator_id")),
        sa.ForeignKeyConstraint(["office_unit_id"], ["org_unit.id"], name=op.f("fk_case_file_office_unit_id")),
        sa.ForeignKeyConstraint(["owner_unit_id"], ["org_unit.id"], name=op.f("fk_case_file_owner_unit_id")),
        sa.ForeignKeyConstraint(
            ["procedure_version_id"], ["procedure_version.id"], name=op.f("fk_case_file_procedure_version_id")
        ),
        # PostgreSQL wants the other table first; the two refer to each other, so its constraint is added at the end.
        *([] if on_postgresql else [sa.ForeignKeyConstraint(["round_id"], ["selection_round.id"], name=op.f("fk_case_file_round_id"))]),
        sa.ForeignKeyConstraint(["subject_id"], ["user_account.id"], name=op.f("fk_case_file_subject_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_file")),
        sa.UniqueConstraint("number", name=op.f("uq_case_file_number")),
    )
    op.create_index(op.f("ix_case_file_kind_ended_at"), "case_file", ["kind", "ended_at"], unique=False)
    op.create_index(op.f("ix_case_file_office_unit_id"), "case_file", ["office_unit_id"], unique=False)
    op.create_index(op.f("ix_case_file_owner_unit_id"), "case_file", ["owner_unit_id"], unique=False)
    op.create_index(op.f("ix_case_file_procedure_version_id"), "case_file", ["procedure_version_id"], unique=False)
    op.create_index(
        op.f("ix_case_file_round_id_kind_stage_order"), "case_file", ["round_id", "kind", "stage_order"], unique=False
    )
    op.create_index(op.f("ix_case_file_subject_id"), "case_file", ["subject_id"], unique=False)
    op.create_table(
        "case_state",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("lock_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_case_state_case_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_state")),
    )
    op.create_table(
        "incident",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("node_id", sa.String(length=60), nullable=True),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("opened_at", base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("closed_at", base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_incident_case_id")),
        sa.ForeignKeyConstraint(["closed_by"], ["user_account.id"], name=op.f("fk_incident_closed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
    )
    op.create_index(op.f("ix_incident_case_id"), "incident", ["case_id"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("created_at", base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("done_at", base.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_outbox_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_key")),
    )
    op.create_index(op.f("ix_outbox_case_id"), "outbox", ["case_id"], unique=False)
    op.create_index(op.f("ix_outbox_state_next_at"), "outbox", ["state", "next_at"], unique=False)
    op.create_table(
        "payment_account",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("account_name", sa.String(length=100), nullable=False),
        sa.Column("bank_name", sa.String(length=100), nullable=False),
        sa.Column("account", base.Encrypted(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_payment_account_case_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_payment_account")),
    )
    op.create_table(
        "recusal",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("origin", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_at", base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_recusal_case_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_recusal_user_id")),
        sa.PrimaryKeyConstraint("case_id", "user_id", name=op.f("pk_recusal")),
    )
    op.create_table(
        "selection_round",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("procedure", sa.String(length=60), nullable=False),
        sa.Column("procedure_version_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("round_no", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("settings_json", sa.Text(), nullable=False),
        sa.Column("deadlines_json", sa.Text(), nullable=False),
        sa.Column("nominations_open", sa.Boolean(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("created_at", base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_selection_round_case_id")),
        sa.ForeignKeyConstraint(
            ["procedure_version_id"], ["procedure_version.id"], name=op.f("fk_selection_round_procedure_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_selection_round")),
        sa.UniqueConstraint("procedure", "round_no", name=op.f("uq_selection_round_procedure_round_no")),
    )
    op.create_table(
        "site_inspection",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("inspected_on", sa.String(length=10), nullable=False),
        sa.Column("members_json", sa.Text(), nullable=False),
        sa.Column("score", sa.String(length=40), nullable=False),
        sa.Column("conclusion", sa.String(length=20), nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_site_inspection_case_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_site_inspection")),
    )
    op.create_table(
        "timer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.String(length=36), nullable=False),
        sa.Column("node_id", sa.String(length=60), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("due_at", base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_timer_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timer")),
        sa.UniqueConstraint("case_id", "task_id", name=op.f("uq_timer_case_id_task_id")),
    )
    op.create_index(op.f("ix_timer_case_id"), "timer", ["case_id"], unique=False)
    op.create_index(op.f("ix_timer_state_due_at"), "timer", ["state", "due_at"], unique=False)
    op.create_table(
        "certificate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("holder_id", sa.Integer(), nullable=False),
        sa.Column("serial", sa.String(length=40), nullable=False),
        sa.Column("check_code", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("issuers", sa.String(length=160), nullable=False),
        sa.Column("issued_on", sa.String(length=10), nullable=False),
        sa.Column("template", sa.String(length=100), nullable=False),
        sa.Column("values_json", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("pdf_sha256", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_certificate_case_id")),
        sa.ForeignKeyConstraint(["holder_id"], ["user_account.id"], name=op.f("fk_certificate_holder_id")),
        sa.ForeignKeyConstraint(["round_id"], ["selection_round.id"], name=op.f("fk_certificate_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate")),
        sa.UniqueConstraint("serial", name=op.f("uq_certificate_serial")),
    )
    op.create_index(op.f("ix_certificate_case_id"), "certificate", ["case_id"], unique=False)
    op.create_index(op.f("ix_certificate_holder_id"), "certificate", ["holder_id"], unique=False)
    op.create_index(op.f("ix_certificate_round_id"), "certificate", ["round_id"], unique=False)
    op.create_table(
        "meeting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.String(length=30), nullable=False),
        sa.Column("session_no", sa.String(length=60), nullable=False),
        sa.Column("held_on", sa.String(length=10), nullable=False),
        sa.Column("chair", sa.String(length=60), nullable=False),
        sa.Column("attendees", sa.Text(), nullable=False),
        sa.Column("decision", sa.String(length=20), nullable=False),
        sa.Column("minutes_no", sa.String(length=60), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("recorded_at", base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["recorded_by"], ["user_account.id"], name=op.f("fk_meeting_recorded_by")),
        sa.ForeignKeyConstraint(["round_id"], ["selection_round.id"], name=op.f("fk_meeting_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
    )
    op.create_index(op.f("ix_meeting_round_id"), "meeting", ["round_id"], unique=False)
    op.create_table(
        "nomination",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("employer_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("post", sa.String(length=80), nullable=False),
        sa.Column("occupation", sa.String(length=80), nullable=False),
        sa.Column("skill_level", sa.String(length=20), nullable=False),
        sa.Column("frontline_years", sa.Integer(), nullable=False),
        sa.Column("deed_brief", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=True),
        sa.Column("quota_unit_id", sa.Integer(), nullable=True),
        sa.Column("recommendation_rank", sa.Integer(), nullable=True),
        sa.Column("expert_score", sa.String(length=40), nullable=True),
        sa.Column("inspection_score", sa.String(length=40), nullable=True),
        sa.Column("final_score", sa.String(length=40), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("rank_note", sa.Text(), nullable=False),
        sa.Column("shortlisted", sa.Boolean(), nullable=False),
        sa.Column("proposed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_nomination_case_id")),
        sa.ForeignKeyConstraint(["employer_id"], ["org_unit.id"], name=op.f("fk_nomination_employer_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_nomination_person_id")),
        sa.ForeignKeyConstraint(["quota_unit_id"], ["org_unit.id"], name=op.f("fk_nomination_quota_unit_id")),
        sa.ForeignKeyConstraint(["round_id"], ["selection_round.id"], name=op.f("fk_nomination_round_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_nomination")),
        sa.UniqueConstraint("round_id", "person_id", "active", name=op.f("uq_nomination_round_id_person_id_active")),
    )
    op.create_index(op.f("ix_nomination_round_id_quota_unit_id"), "nomination", ["round_id", "quota_unit_id"], unique=False)
    op.create_index(op.f("ix_nomination_round_id_rank"), "nomination", ["round_id", "rank"], unique=False)
    op.create_table(
        "official_document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("doc_type", sa.String(length=20), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("values_json", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("drafted_by", sa.Integer(), nullable=True),
        sa.Column("signatory", sa.String(length=60), nullable=False),
        sa.Column("issued_on", sa.String(length=10), nullable=False),
        sa.Column("pdf_sha256", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["drafted_by"], ["user_account.id"], name=op.f("fk_official_document_drafted_by")),
        sa.ForeignKeyConstraint(["round_id"], ["selection_round.id"], name=op.f("fk_official_document_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_official_document")),
        sa.UniqueConstraint("number", name=op.f("uq_official_document_number")),
    )
    op.create_index(op.f("ix_official_document_round_id"), "official_document", ["round_id"], unique=False)
    op.create_table(
        "panel_draw",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(length=80), nullable=False),
        sa.Column("pool_hash", sa.String(length=64), nullable=False),
        sa.Column("record_json", sa.Text(), nullable=False),
        sa.Column("drawn_by", sa.Integer(), nullable=False),
        sa.Column("drawn_at", base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["drawn_by"], ["user_account.id"], name=op.f("fk_panel_draw_drawn_by")),
        sa.ForeignKeyConstraint(["round_id"], ["selection_round.id"], name=op.f("fk_panel_draw_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel_draw")),
    )
    op.create_index(op.f("ix_panel_draw_round_id"), "panel_draw", ["round_id"], unique=False)
    op.create_table(
        "panel_member",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("accepted_at", base.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["round_id"], ["selection_round.id"], name=op.f("fk_panel_member_round_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_panel_member_user_id")),
        sa.PrimaryKeyConstraint("round_id", "user_id", name=op.f("pk_panel_member")),
    )
    op.create_table(
        "payment_batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("fund_source", sa.String(length=20), nullable=False),
        sa.Column("budget_line", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("total_cents", sa.Integer(), nullable=False),
        sa.Column("rows_hash", sa.String(length=64), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("checked_by", sa.Integer(), nullable=True),
        sa.Column("made_at", base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("settled_at", base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("pdf_sha256", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["checked_by"], ["user_account.id"], name=op.f("fk_payment_batch_checked_by")),
        sa.ForeignKeyConstraint(["made_by"], ["user_account.id"], name=op.f("fk_payment_batch_made_by")),
        sa.ForeignKeyConstraint(["round_id"], ["selection_round.id"], name=op.f("fk_payment_batch_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_batch")),
    )
    op.create_index(op.f("ix_payment_batch_round_id"), "payment_batch", ["round_id"], unique=False)
    op.create_table(
        "public_notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("contact_json", sa.Text(), nullable=False),
        sa.Column("entries_json", sa.Text(), nullable=False),
        sa.Column("sort_note", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("drafted_by", sa.Integer(), nullable=False),
        sa.Column("reviewed_by", sa.Integer(), nullable=True),
        sa.Column("published_at", base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("ends_at", base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("end_date", sa.String(length=10), nullable=False),
        sa.Column("pdf_sha256", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["drafted_by"], ["user_account.id"], name=op.f("fk_public_notice_drafted_by")),
        sa.ForeignKeyConstraint(["reviewed_by"], ["user_account.id"], name=op.f("fk_public_notice_reviewed_by")),
        sa.ForeignKeyConstraint(["round_id"], ["selection_round.id"], name=op.f("fk_public_notice_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_notice")),
        sa.UniqueConstraint("round_id", "number", name=op.f("uq_public_notice_round_id_number")),
    )
    op.create_index(op.f("ix_public_notice_round_id"), "public_notice", ["round_id"], unique=False)
    op.create_index(op.f("ix_public_notice_state_ends_at"), "public_notice", ["state", "ends_at"], unique=False)
    op.create_table(
        "quota_allocation",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("quota", sa.Integer(), nullable=False),
        sa.Column("supplement", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["selection_round.id"], name=op.f("fk_quota_allocation_round_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name=op.f("fk_quota_allocation_unit_id")),
        sa.PrimaryKeyConstraint("round_id", "unit_id", name=op.f("pk_quota_allocation")),
    )
    op.create_table(
        "score_sheet",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("expert_id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("scores_json", sa.Text(), nullable=False),
        sa.Column("total", sa.String(length=40), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("submitted_at", base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_score_sheet_case_id")),
        sa.ForeignKeyConstraint(["expert_id"], ["user_account.id"], name=op.f("fk_score_sheet_expert_id")),
        sa.ForeignKeyConstraint(["round_id"], ["selection_round.id"], name=op.f("fk_score_sheet_round_id")),
        sa.PrimaryKeyConstraint("case_id", "expert_id", name=op.f("pk_score_sheet")),
    )
    op.create_index(op.f("ix_score_sheet_round_id"), "score_sheet", ["round_id"], unique=False)
    op.create_table(
        "work_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=True),
        sa.Column("task_id", sa.String(length=36), nullable=False),
        sa.Column("node_id", sa.String(length=60), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("scope_unit_id", sa.Integer(), nullable=True),
        sa.Column("assignee_id", sa.Integer(), nullable=True),
        sa.Column("item", sa.String(length=80), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("stage", sa.String(length=40), nullable=False),
        sa.Column("created_at", base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("due_at", base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("claimed_at", base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("completed_at", base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("completed_by", sa.Integer(), nullable=True),
        sa.Column("completer", sa.String(length=160), nullable=False),
        sa.Column("decision", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["assignee_id"], ["user_account.id"], name=op.f("fk_work_item_assignee_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_work_item_case_id")),
        sa.ForeignKeyConstraint(["completed_by"], ["user_account.id"], name=op.f("fk_work_item_completed_by")),
        sa.ForeignKeyConstraint(["round_id"], ["selection_round.id"], name=op.f("fk_work_item_round_id")),
        sa.ForeignKeyConstraint(["scope_unit_id"], ["org_unit.id"], name=op.f("fk_work_item_scope_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_item")),
        sa.UniqueConstraint("case_id", "task_id", name=op.f("uq_work_item_case_id_task_id")),
    )
    op.create_index(op.f("ix_work_item_assignee_id_state_due_at"), "work_item", ["assignee_id", "state", "due_at"], unique=False)
    op.create_index(op.f("ix_work_item_case_id_state"), "work_item", ["case_id", "state"], unique=False)
    op.create_index(op.f("ix_work_item_completed_by_completed_at"), "work_item", ["completed_by", "completed_at"], unique=False)
    op.create_index(op.f("ix_work_item_round_id_state_due_at"), "work_item", ["round_id", "state", "due_at"], unique=False)
    op.create_index(
        op.f("ix_work_item_state_role_scope_unit_id_due_at"),
        "work_item",
        ["state", "role", "scope_unit_id", "due_at"],
        unique=False,
    )
    op.create_table(
        "attachment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("work_item_id", sa.Integer(), nullable=False),
        sa.Column("field_key", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("uploaded_by", sa.Integer(), nullable=False),
        sa.Column("uploaded_at", base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_attachment_case_id")),
        sa.ForeignKeyConstraint(["uploaded_by"], ["user_account.id"], name=op.f("fk_attachment_uploaded_by")),
        sa.ForeignKeyConstraint(["work_item_id"], ["work_item.id"], name=op.f("fk_attachment_work_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    op.create_index(op.f("ix_attachment_case_id"), "attachment", ["case_id"], unique=False)
    op.create_index(op.f("ix_attachment_sha256"), "attachment", ["sha256"], unique=False)
    op.create_table(
        "draft",
        sa.Column("work_item_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("values_json", base.Encrypted(), nullable=False),
        sa.Column("saved_at", base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_draft_user_id")),
        sa.ForeignKeyConstraint(["work_item_id"], ["work_item.id"], name=op.f("fk_draft_work_item_id")),
        sa.PrimaryKeyConstraint("work_item_id", "user_id", name=op.f("pk_draft")),
    )
    op.create_table(
        "objection",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("nomination_case_id", sa.Integer(), nullable=False),
        sa.Column("receipt", sa.String(length=20), nullable=False),
        sa.Column("identity", base.Encrypted(), nullable=False),
        sa.Column("identified", sa.Boolean(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("received_at", base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("replied_at", base.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_objection_case_id")),
        sa.ForeignKeyConstraint(["nomination_case_id"], ["case_file.id"], name=op.f("fk_objection_nomination_case_id")),
        sa.ForeignKeyConstraint(["notice_id"], ["public_notice.id"], name=op.f("fk_objection_notice_id")),
        sa.ForeignKeyConstraint(["round_id"], ["selection_round.id"], name=op.f("fk_objection_round_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_objection")),
        sa.UniqueConstraint("receipt", name=op.f("uq_objection_receipt")),
    )
    op.create_index(op.f("ix_objection_nomination_case_id"), "objection", ["nomination_case_id"], unique=False)
    op.create_index(op.f("ix_objection_round_id"), "objection", ["round_id"], unique=False)
    op.create_table(
        "payment_row",
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("gross_cents", sa.Integer(), nullable=False),
        sa.Column("tax_cents", sa.Integer(), nullable=False),
        sa.Column("net_cents", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["payment_batch.id"], name=op.f("fk_payment_row_batch_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_payment_row_case_id")),
        sa.PrimaryKeyConstraint("batch_id", "case_id", name=op.f("pk_payment_row")),
    )
    op.create_table(
        "submission",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("work_item_id", sa.Integer(), nullable=True),
        sa.Column("node_id", sa.String(length=60), nullable=False),
        sa.Column("form_key", sa.String(length=60), nullable=False),
        sa.Column("values_json", sa.Text(), nullable=False),
        sa.Column("opinion", sa.Text(), nullable=False),
        sa.Column("submitted_by", sa.Integer(), nullable=True),
        sa.Column("submitted_at", base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_submission_case_id")),
        sa.ForeignKeyConstraint(["submitted_by"], ["user_account.id"], name=op.f("fk_submission_submitted_by")),
        sa.ForeignKeyConstraint(["work_item_id"], ["work_item.id"], name=op.f("fk_submission_work_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
        sa.UniqueConstraint("work_item_id", name=op.f("uq_submission_work_item_id")),
    )
    op.create_index(
        op.f("ix_submission_case_id_node_id_submitted_at"), "submission", ["case_id", "node_id", "submitted_at"], unique=False
    )
    if on_postgresql:
        op.create_foreign_key(op.f("fk_case_file_round_id"), "case_file", "selection_round", ["round_id"], ["id"])
    audit_triggers.install(op.get_bind())


def downgrade() -> None:
    """There is nothing before the first schema: the tables hold the register of awards and are never dropped by a command."""
    raise RuntimeError("the first schema cannot be taken back")
