"""No text is longer than its column: PostgreSQL would refuse it in its own words, SQLite takes whatever comes."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import String, select

from app.domain.actors import Actor, Grant, Role
from app.domain.errors import InvalidValues
from app.domain.fields import Field
from app.formkit.schema import read_form
from app.persistence.base import Base
from app.persistence.models import AuditEvent
from app.services import audit
from app.services.accounts import units
from app.services.selection import rounds
from tests.services.world import PROCEDURE, ROOT, World

COLUMNS = {
    f"{table.name}.{column.name}": column.type.length
    for table in Base.metadata.sorted_tables
    for column in table.columns
    if isinstance(column.type, String) and column.type.length
}
FORMS = {
    "meeting.chair": "meeting_record_party_group.chair meeting_record_executive.chair meeting_record_standing.chair",
    "meeting.decision": "meeting_record_party_group.party_group_decision meeting_record_executive.executive_decision",
    "meeting.minutes_no": "meeting_record_party_group.minutes_no meeting_record_executive.minutes_no meeting_record_standing.minutes_no",
    "meeting.session_no": "meeting_record_party_group.session_no meeting_record_executive.session_no meeting_record_standing.session_no",
    "nomination.channel": "nomination.nominee_channel",
    "nomination.name": "nomination.name",
    "nomination.occupation": "nomination.occupation",
    "nomination.post": "nomination.post",
    "nomination.skill_level": "nomination.skill_level",
    "official_document.signatory": "decision_signing.signatory approval_request.signatory",
    "official_document.title": "decision_draft.title approval_request.title",
    "panel_draw.seed": "draw_panel.seed",
    "payment_account.account_name": "payment_account.account_name",
    "payment_account.bank_name": "payment_account.bank_name",
    "payment_batch.budget_line": "payment_batch.budget_line",
    "payment_batch.fund_source": "selection_plan.fund_source payment_batch.fund_source",
    "person.name": "nomination.name",
    "person.sex": "nomination.sex",
    "public_notice.title": "notice_draft.title",
    "selection_round.title": "selection_plan.title",
    "site_inspection.conclusion": "site_inspection.inspection_conclusion",
    "user_account.name": "nomination.name",
}
"""Columns that a recorder fills with what somebody typed or chose, and the fields that it takes it from."""
PACKAGE = """
    case_file.kind case_file.outcome case_file.stage certificate.title incident.node_id procedure_version.procedure
    procedure_version.title rehearsal.kind selection_round.procedure submission.form_key submission.node_id template_version.key
    template_version.title timer.node_id timer.title work_item.node_id work_item.role work_item.stage work_item.title
"""
"""Columns that are filled with names of a package; the gate and the check of templates refuse those that are too long."""
CONTENT = "certificate.issuers work_item.decision work_item.item"
"""Columns that a package of strangers may fill with more than there is room for: the unit of work refuses it in a sentence."""
SERVICES = """
    attachment.field_key attachment.name audit_event.actor audit_event.subject calendar_day.name calendar_year.source
    case_file.title certificate.name certificate_event.basis draft_file.path draft_presence.name draft_revision.saver
    follow_up_record.paper_name notification.subject org_unit.address org_unit.name org_unit.short_name org_unit.uscc
    payment_row.name procedure_draft.changer procedure_draft.paper procedure_draft.procedure procedure_draft.title
    rehearsal.title revocation_request.decision seal_record.keeper seal_record.note seal_record.scan_name
    signing_certificate.subject user_account.username work_item.completer
"""
"""Columns that a service fills with what somebody typed elsewhere; it refuses or cuts what is too long."""
CODE = """
    attachment.media_type audit_event.action audit_event.stream audit_head.stream calendar_day.day calendar_day.kind
    calendar_year.status case_file.number certificate.check_code certificate.issued_on certificate.serial certificate_event.kind
    expert.region expert.title expert.trades follow_up_record.kind house_setting.name house_setting.value incident.code
    incident.source issued_paper.signed_with issuing_batch.open_key issuing_batch.worker item_letter.kind meeting.body
    meeting.held_on nomination.expert_score nomination.final_score nomination.inspection_score notification.link
    number_series.series objection.receipt official_document.doc_type official_document.issued_on official_document.number
    org_unit.code org_unit.kind outbox.key outbox.kind public_notice.end_date public_notice.sort_note recusal.origin
    revocation_request.decided_on role_grant.role score_sheet.total seal_record.sealed_on sealed_paper.kind
    signing_certificate.fingerprint site_inspection.inspected_on site_inspection.score timer.task_id work_item.task_id
"""
"""Columns that hold words, numbers and days of the code's own making."""
HASH_OR_STATE = ("sha256", "hash", ".state")
LONG = Actor(None, "阿" * 50, 1, "区" * 120, frozenset())


def places(names: str) -> Iterator[Field]:
    """Yield the fields that are named by form and key."""
    for name in names.split():
        form, key = name.split(".")
        document = json.loads((ROOT / "forms" / PROCEDURE / f"{form}.json").read_text("utf-8"))
        yield next(each for each in read_form(form, document).every if each.key == key)


def test_of_every_column_it_is_known_who_keeps_to_its_length() -> None:
    known = [*FORMS, *PACKAGE.split(), *CONTENT.split(), *SERVICES.split(), *CODE.split()]
    assert sorted(known) == sorted(name for name in COLUMNS if not name.endswith(HASH_OR_STATE))


@pytest.mark.parametrize("column", FORMS)
def test_a_form_takes_no_more_than_its_column(column: str) -> None:
    for field in places(FORMS[column]):
        assert max([field.max_length or 0, *(len(option.value) for option in field.options)]) in range(1, COLUMNS[column] + 1)


def test_the_history_cuts_what_it_has_no_room_for(quick: World) -> None:
    with quick.context.transaction() as tx:
        audit.record(tx, actor=LONG, action="looked", subject="长" * 200)
    [event] = quick.all(select(AuditEvent).where(AuditEvent.action == "looked"))
    assert len(event.actor) == COLUMNS["audit_event.actor"] == COLUMNS["work_item.completer"] == COLUMNS["draft_revision.saver"]
    assert event.actor.startswith("区区") and event.actor.endswith(f" · {LONG.name}")
    assert len(event.subject) == COLUMNS["audit_event.subject"]
    assert audit.signature(replace(LONG, unit_name="区" * 20)) == f"{'区' * 20} · {LONG.name}"


def test_what_is_typed_past_forms_is_refused_beside_its_field(quick: World) -> None:
    begin = {"actor": quick.actor("handler"), "procedure": PROCEDURE}
    admin = replace(LONG, grants=frozenset({Grant(Role.SYSTEM_ADMIN, None)}))
    rounds.start_round(quick.context, **begin, title="第一届" + "好" * (COLUMNS["selection_round.title"] - 3))
    with pytest.raises(InvalidValues) as refused:
        rounds.start_round(quick.context, **begin, title="第二届" + "好" * (COLUMNS["selection_round.title"] - 2))
    assert set(refused.value.fields) == {"title"}
    with pytest.raises(InvalidValues) as refused:
        units.add_unit(quick.context, actor=admin, kind="bureau", name="区" * 121, short_name="区" * 41)
    assert set(refused.value.fields) == {"name", "short_name"}
