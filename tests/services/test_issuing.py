"""Proposed list, decision, certificates, payments, archive: what each of them refuses."""

import io
import json

import pytest
from openpyxl import load_workbook
from sqlalchemy import select, update

from app.domain.clock import local
from app.domain.errors import Conflict, DomainError, InvalidValues, NotAllowed, NotFound
from app.persistence.models import (
    AuditEvent,
    Case,
    Certificate,
    Notification,
    OfficialDocument,
    OutboxEntry,
    PaymentAccount,
    PaymentBatch,
    PaymentRow,
    PublicNotice,
    SelectionRound,
    Submission,
    TemplateVersion,
)
from app.services.casework import work_items
from app.services.casework.forms import open_form
from app.services.issuing.file_papers import PAPER
from app.services.issuing.serials import shown_code
from app.services.issuing.verification import verify
from app.services.selection import payment_exports
from tests.services import filled
from tests.services.steps import NAMES, approve, propose, publish, to_the_list
from tests.services.two_hands import reissued, revoked
from tests.services.world import PROCEDURE, World

ACCOUNT = {"bank_name": "某银行", "bank_account": "6222020000000000000"}
CHECKED = {"checked_items": ["people", "amount", "account", "fund"], "opinion": "无误", "payment_decision": "pass"}


def decided(world: World) -> list[int]:
    """Bring a round to its issued decision."""
    _, _, cases = to_the_list(world)
    propose(world, cases[1])
    publish(world)
    world.let_timers_fire()
    approve(world)
    return cases


def with_account(world: World) -> list[int]:
    """Bring a round to the list of payments."""
    cases = decided(world)
    candidate = world.case(cases[1]).subject_id
    assert candidate is not None
    world.do(candidate, "fill_account", ACCOUNT, case_id=cases[1])
    return cases


def confirm_with(world: World, struck: list[dict[str, str]]) -> None:
    """Take the list through the meetings, the second of which strikes people, to the confirmed minutes."""
    world.do("handler", "request_approval", {})
    world.do("secretary", "executive_meeting", filled.meeting("executive_decision"))
    world.do("secretary", "standing_committee", {**filled.meeting("standing_decision"), "struck": struck})
    ticked = {"executive_matches": True, "standing_matches": True, "opinion": "一致", "minutes_decision": "confirm"}
    world.do("leader", "verify_minutes", ticked)


def test_a_list_is_made_of_inspected_people_within_the_places(listed: World) -> None:
    _, _, cases = to_the_list(listed)
    item_id, handler = listed.item("propose_list"), listed.actor("handler")
    for chosen, word in (((cases[0], cases[1]), "还有1个名额"), ((cases[2],), "不在可拟定"), ((), "至少选择一人")):
        values = {"nominees": [str(case_id) for case_id in chosen], "opinion": "按成绩"}
        with pytest.raises(InvalidValues, match=word):
            work_items.complete(listed.context, actor=handler, item_id=item_id, values=values)


def test_a_list_that_the_party_group_turns_down_is_made_anew(listed: World) -> None:
    _, _, cases = to_the_list(listed)
    listed.do("handler", "propose_list", {"nominees": [str(cases[1])], "opinion": "按成绩", "listing": "propose"})
    listed.do("secretary", "party_group_meeting", filled.meeting("party_group_decision", "disagree"))
    propose(listed, cases[0])
    assert [listed.case(case_id).stage for case_id in cases[:2]] == ["proposed", "inspected"]


def test_a_meeting_of_tomorrow_is_not_recorded(listed: World) -> None:
    _, _, cases = to_the_list(listed)
    listed.do("handler", "propose_list", {"nominees": [str(cases[1])], "opinion": "按成绩", "listing": "propose"})
    with pytest.raises(InvalidValues, match="会议日期"):
        listed.do("secretary", "party_group_meeting", {**filled.meeting("party_group_decision"), "held_on": "2026-05-08"})


def test_a_meeting_strikes_one_person_and_a_reserve_may_move_up(listed: World) -> None:
    round_case, _, cases = to_the_list(listed)
    propose(listed, cases[1])
    publish(listed)
    listed.let_timers_fire()
    struck = [{"nominee": str(cases[1]), "reason": "正在接受安全生产调查"}]
    confirm_with(listed, struck)
    assert listed.case(cases[1]).outcome == "not_selected_by_approval"
    assert listed.case(round_case).ended_at is None
    propose(listed, cases[0])
    assert listed.case(cases[0]).stage == "proposed"
    [event] = listed.all(select(AuditEvent).where(AuditEvent.action == "nominee_struck"))
    assert event.subject == NAMES[1] and "安全生产" in event.detail


def test_a_list_with_one_struck_off_and_no_reserve_goes_on_without_them(listed: World) -> None:
    _, _, cases = to_the_list(listed)
    places = {"winners": 2}
    with listed.context.transaction() as tx:
        round_ = tx.session.scalars(select(SelectionRound)).one()
        round_.settings_json = json.dumps({**json.loads(round_.settings_json), **places})
    propose(listed, cases[0], cases[1])
    publish(listed)
    listed.let_timers_fire()
    confirm_with(listed, [{"nominee": str(cases[0]), "reason": "重复表彰"}])
    listed.do("documents", "draft_decision", {"disclosure": "active"})
    [draft] = listed.all(select(OfficialDocument).where(OfficialDocument.doc_type == "decision"))
    assert NAMES[1] in draft.values_json and NAMES[0] not in draft.values_json
    assert [listed.case(case_id).outcome for case_id in cases[:2]] == ["not_selected_by_approval", None]


def test_who_is_struck_stands_on_a_list_that_was_agreed_to(listed: World) -> None:
    _, _, cases = to_the_list(listed)
    propose(listed, cases[1])
    publish(listed)
    listed.let_timers_fire()
    listed.do("handler", "request_approval", {})
    item_id, secretary = listed.item("executive_meeting"), listed.actor("secretary")
    for decision, nominee in (("agree", cases[0]), ("disagree", cases[1])):
        values = {**filled.meeting("executive_decision", decision), "struck": [{"nominee": str(nominee), "reason": "原因"}]}
        with pytest.raises(InvalidValues) as refused:
            work_items.complete(listed.context, actor=secretary, item_id=item_id, values=values)
        assert "struck" in refused.value.fields


def test_numbers_of_decisions_count_on_and_certificates_are_frozen(listed: World) -> None:
    cases = decided(listed)
    assert "东发〔2026〕1号" in listed.all(select(OfficialDocument.number))
    [certificate] = listed.all(select(Certificate))
    assert (certificate.name, certificate.case_id, certificate.state) == (NAMES[1], cases[1], "valid")
    assert "东发〔2026〕1号" in certificate.values_json
    assert certificate.issued_on == "2026-05-06"  # the day on which the decision was signed


def test_the_basis_of_the_payments_is_the_decision_and_no_other_paper(listed: World) -> None:
    with_account(listed)
    listed.deliver()
    with listed.context.reading() as tx:
        opened = work_items.take(tx, actor=listed.actor("maker"), item_id=listed.item("make_payment"))
        assert open_form(tx, opened).initial["note"].startswith("依据东发〔2026〕1号")


def test_the_plan_chooses_the_design_of_the_certificates_and_a_reissue_keeps_it(listed: World) -> None:
    with listed.context.transaction() as tx:
        round_ = tx.session.scalars(select(SelectionRound)).one()
        round_.settings_json = json.dumps({**json.loads(round_.settings_json), "certificate_template": "certificate-plain"})
    decided(listed)
    [made] = listed.all(select(Certificate))
    [design] = listed.all(select(TemplateVersion.key).where(TemplateVersion.id == made.template_version_id))
    assert design == f"{PROCEDURE}/certificate-plain"
    new = reissued(listed, made.id, {"employer": "某某机械有限公司"})
    [replaced] = listed.all(select(Certificate).where(Certificate.id == new))
    assert replaced.template_version_id == made.template_version_id


def test_a_certificate_answers_to_its_code_alone(listed: World) -> None:
    decided(listed)
    [made] = listed.all(select(Certificate))
    shown = shown_code(made.check_code).lower()
    found = verify(listed.context, serial=made.serial.lower(), code=shown)
    assert found is not None
    assert set(vars(found)) == {"name", "title", "serial", "issued_on", "issuers", "state"}
    assert verify(listed.context, serial=made.serial, code="22222222") is None
    assert verify(listed.context, serial="LKGGJ-2026-999", code=made.check_code) is None


def test_the_prize_is_paid_to_the_winner_in_person(listed: World) -> None:
    cases = decided(listed)
    candidate = listed.case(cases[1]).subject_id
    assert candidate is not None
    with pytest.raises(InvalidValues) as refused:
        listed.do(candidate, "fill_account", {**ACCOUNT, "account_name": "别人"}, case_id=cases[1])
    assert "account_name" in refused.value.fields
    listed.do(candidate, "fill_account", ACCOUNT, case_id=cases[1])
    with listed.context.reading() as tx:
        stored = "".join(tx.session.scalars(select(Submission.values_json)))
    assert ACCOUNT["bank_account"] not in stored
    assert listed.all(select(PaymentAccount))[0].account == ACCOUNT["bank_account"]


def test_the_maker_does_not_check_and_every_point_is_checked(listed: World) -> None:
    with_account(listed)
    listed.do("maker", "make_payment", {"budget_line": "人才"})
    [batch] = listed.all(select(PaymentBatch))
    assert batch.total_cents == 3_000_000
    with pytest.raises(NotFound):
        listed.do("maker", "check_payment", CHECKED)
    with pytest.raises(InvalidValues, match="逐项核对"):
        listed.do("checker", "check_payment", {**CHECKED, "checked_items": ["people"]})


def test_an_account_that_changed_after_the_list_was_made_stops_it(listed: World) -> None:
    with_account(listed)
    listed.do("maker", "make_payment", {"budget_line": "人才"})
    with listed.context.transaction() as tx:
        tx.session.scalars(select(PaymentAccount)).one().account = "6222020000000000001"
    with pytest.raises(Conflict, match="有变动"):
        listed.do("checker", "check_payment", CHECKED)
    listed.do("checker", "check_payment", {**CHECKED, "payment_decision": "return"})
    listed.do("maker", "make_payment", {"budget_line": "人才"})
    listed.do("checker", "check_payment", CHECKED)
    assert sorted(row.state for row in listed.all(select(PaymentBatch))) == ["returned", "settled"]


def take_the_title(world: World) -> None:
    """Revoke the one title that was granted."""
    [row] = world.all(select(Certificate))
    day = local(world.clock.now).date()
    revoked(world, row.id, decision="武临工匠〔2026〕9号", decided_on=day, reason="材料不实")


def test_who_has_lost_the_title_is_not_paid_and_holds_up_nobody(listed: World) -> None:
    cases = with_account(listed)
    take_the_title(listed)
    assert listed.case(cases[1]).outcome == "revoked"
    listed.do("maker", "make_payment", {"budget_line": "人才"})
    listed.do("checker", "check_payment", CHECKED)
    listed.deliver()
    assert listed.all(select(PaymentRow.name)) == []
    assert listed.all(select(Case.kind).where(Case.ended_at.is_(None))) == ["round"]
    told = listed.all(select(Notification.subject).where(Notification.user_id == listed.case(cases[1]).subject_id))
    assert [subject for subject in told if "评选已取消" in subject] == []


def test_a_list_on_which_somebody_has_lost_the_title_is_not_passed(listed: World) -> None:
    with_account(listed)
    listed.do("maker", "make_payment", {"budget_line": "人才"})
    take_the_title(listed)
    with pytest.raises(Conflict, match="人员、金额或账号有变动"):
        listed.do("checker", "check_payment", CHECKED)
    listed.do("checker", "check_payment", {**CHECKED, "payment_decision": "return"})
    listed.do("maker", "make_payment", {"budget_line": "人才"})
    listed.do("checker", "check_payment", CHECKED)
    assert listed.all(select(PaymentBatch.total_cents).order_by(PaymentBatch.id))[-1] == 0


def test_a_round_is_not_archived_before_its_papers_are_made(listed: World) -> None:
    with_account(listed)
    listed.do("maker", "make_payment", {"budget_line": "人才"})
    listed.do("checker", "check_payment", CHECKED)
    archive = {"archive_no": "2026-1", "retention": "permanent", "items": ["basis"], "volumes": 3, "place": "档案室"}
    with pytest.raises(DomainError, match="还有14份文书"):
        listed.do("archivist", "archive_round", archive)
    with listed.context.transaction() as tx:
        for model in (PublicNotice, OfficialDocument, Certificate, PaymentBatch):
            tx.session.execute(update(model).values(pdf_sha256="0" * 64))
        tx.session.execute(update(OutboxEntry).where(OutboxEntry.kind == PAPER).values(state="done"))
    listed.do("archivist", "archive_round", archive)


def rows_of(data: bytes) -> list[tuple[object, ...]]:
    """Return the cells of the first sheet."""
    sheet = load_workbook(io.BytesIO(data)).worksheets[0]
    return [tuple(row) for row in sheet.iter_rows(values_only=True)]


def test_whole_account_numbers_leave_after_the_check_only(listed: World) -> None:
    with_account(listed)
    listed.do("maker", "make_payment", {"budget_line": "人才"})
    [batch] = listed.all(select(PaymentBatch))
    maker = listed.actor("maker")
    with pytest.raises(NotAllowed, match="复核通过后"):
        payment_exports.payment_list(listed.context, actor=maker, batch_id=batch.id, whole_accounts=True)
    masked = rows_of(payment_exports.payment_list(listed.context, actor=maker, batch_id=batch.id))
    line = dict(zip(masked[0], masked[1], strict=True))
    assert line["户名"] == line["姓名"] == NAMES[1] and str(line["账号"]).endswith("0000")
    assert ACCOUNT["bank_account"] not in str(masked)
