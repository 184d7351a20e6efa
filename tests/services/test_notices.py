"""Notices and objections: what is published, for how long, and who may say what about it."""

import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from openpyxl import Workbook
from sqlalchemy import delete, select, text, update

from app.domain.clock import local
from app.domain.errors import DomainError, InvalidValues, NotAllowed, NotFound
from app.domain.rounds import RareCharacter, settings_from_json
from app.persistence.models import (
    CalendarYear,
    Case,
    Nomination,
    Notification,
    Objection,
    PublicNotice,
    RoleGrant,
    SelectionRound,
    User,
    WorkItem,
)
from app.persistence.queries import public
from app.services.casework import attachments, cases, deadlines, forms, work_items
from app.services.casework.item_bars import barred_items
from app.services.casework.item_receivers import receivers_of_items
from app.services.selection import halts, objections
from app.services.selection.nominees import open_nominees
from app.services.selection.notice_entries import UNSORTED, entries_of
from app.services.selection.privacy_scan import from_json
from tests.services import filled
from tests.services.steps import NAMES, decide_objection, propose, publish, replied, to_the_list, uphold
from tests.services.world import World, id_number

FACTS = "材料中的专利不是本人完成，登记簿上另有其人，可以查证。"
PERSON = objections.Identity("person", "赵某某", "027-83210001")


def published(world: World) -> tuple[PublicNotice, list[int]]:
    """Bring a round to its published notice."""
    _, _, nominees = to_the_list(world)
    propose(world, nominees[1])
    publish(world)
    [notice] = world.all(select(PublicNotice))
    return notice, nominees


def test_an_entry_holds_what_tells_people_apart_and_nothing_else(listed: World) -> None:
    notice, nominees = published(listed)
    [entry] = json.loads(notice.entries_json)
    assert entry["case_id"] == nominees[1]
    assert set(entry) == {"case_id", "name", "employer", "post", "skill_level", "deed"}
    assert id_number(2) not in notice.entries_json
    assert entry["skill_level"] == "高级技师"


def test_the_window_ends_after_five_working_days_at_midnight(listed: World) -> None:
    notice, _ = published(listed)
    assert notice.end_date == "2026-05-13"
    assert notice.ends_at == datetime(2026, 5, 13, 16, tzinfo=UTC)


def test_a_number_in_a_deed_stops_the_publication(listed: World) -> None:
    _, _, nominees = to_the_list(listed)
    propose(listed, nominees[1])
    listed.do("handler", "draft_notice", {})
    with listed.context.transaction() as tx:
        deed = update(Nomination).where(Nomination.case_id == nominees[1])
        tx.session.execute(deed.values(deed_brief=f"事迹很多，证件号 {id_number(2)}"))
    with pytest.raises(InvalidValues, match="不能公开") as refused:
        listed.do("publisher", "review_notice", filled.PUBLISH)
    assert "身份证号码" in refused.value.fields[NAMES[1]]
    assert [row.state for row in listed.all(select(PublicNotice))] == ["draft"]


def test_nothing_is_published_without_an_approval(listed: World) -> None:
    _, _, nominees = to_the_list(listed)
    propose(listed, nominees[1])
    listed.do("handler", "draft_notice", {})
    with listed.context.transaction() as tx:
        [round_] = tx.session.scalars(select(SelectionRound)).all()
        settings = json.loads(round_.settings_json)
        settings["authorization"]["document_number"] = ""
        round_.settings_json = json.dumps(settings)
    with pytest.raises(DomainError, match="批准依据"):
        listed.do("publisher", "review_notice", filled.PUBLISH)


def test_a_notice_does_not_end_in_a_year_without_calendar(listed: World) -> None:
    _, _, nominees = to_the_list(listed)
    propose(listed, nominees[1])
    with listed.context.transaction() as tx:
        tx.session.execute(delete(CalendarYear).where(CalendarYear.year == 2026))
    listed.context.calendars.forget()
    with pytest.raises(DomainError, match="放假安排还没有录入"):
        listed.do("handler", "draft_notice", {})


def test_a_number_in_the_typed_text_waits_for_the_second_hand_as_one_in_the_list_does(listed: World) -> None:
    _, _, nominees = to_the_list(listed)
    propose(listed, nominees[1])
    body = "现将拟入选人员予以公示，有异议的请在公示期间联系办公室经办人张三，手机 138 1234 5678，或者联系李四。"
    listed.do("handler", "draft_notice", {"body": body})
    [notice] = listed.all(select(PublicNotice))
    [concern] = from_json(notice.findings_json)[0]
    assert (concern.place, concern.shown) == ("公示正文", "138****5678")
    with pytest.raises(InvalidValues, match="没有处理"):
        listed.do(
            "publisher", "review_notice", {**filled.PUBLISH, f"finding_{concern.key}": {"result": "remove", "reason": "删"}}
        )
    allowed = {f"finding_{concern.key}": {"result": "allow", "reason": "公示联系电话"}}
    listed.do("publisher", "review_notice", {**filled.PUBLISH, **allowed})
    assert [row.state for row in listed.all(select(PublicNotice))] == ["published"]


def test_the_nominee_is_told_of_the_notice(listed: World) -> None:
    published(listed)
    [told] = listed.all(select(Notification).where(Notification.subject.contains("公示")))
    assert "2026-05-13" in told.body


def test_the_order_is_said_and_never_guessed(listed: World) -> None:
    _, _, found = to_the_list(listed)
    with listed.context.reading() as tx:
        work, _ = cases.lock(tx, found[0], actor=listed.actor("handler"))
        nominees = open_nominees(work)
        _, note = entries_of(nominees, sort_by="employer")
        unsorted, plain = entries_of(nominees, sort_by="pinyin")
    assert note == "按工作单位排序"
    assert plain == UNSORTED
    assert len(unsorted) == 2


def test_what_was_typed_for_a_rare_character_gives_the_list_its_order(listed: World) -> None:
    _, _, found = to_the_list(listed)
    with listed.context.transaction() as tx:
        work, _ = cases.lock(tx, found[0], actor=listed.actor("handler"))
        nominees = open_nominees(work)
        nominees[0].nomination.name, nominees[1].nomination.name = "覃力", "唐\U00030ede"
        readings = [RareCharacter("覃", reading="谈"), RareCharacter("\U00030ede", "1121", "宝")]
        assert entries_of(nominees, sort_by="pinyin", rare=readings[:1])[1] == UNSORTED
        by_reading, read = entries_of(nominees, sort_by="pinyin", rare=readings)
        by_strokes, counted = entries_of(nominees, sort_by="strokes", rare=readings)
    assert (read, counted) == ("按姓名拼音排序", "按姓氏笔画排序")
    assert [entry["name"] for entry in by_reading] == ["覃力", "唐\U00030ede"]
    assert [entry["name"] for entry in by_strokes] == ["唐\U00030ede", "覃力"]


def test_a_draft_keeps_what_was_typed_for_rare_characters(listed: World) -> None:
    _, _, nominees = to_the_list(listed)
    propose(listed, nominees[1])
    rare = [{"character": "𪟝", "strokes": "1121125254", "reading": "工"}]
    listed.do("handler", "draft_notice", {"rare": rare})
    [kept] = listed.all(select(SelectionRound.settings_json))
    assert settings_from_json(json.loads(kept)).rare == (RareCharacter("𪟝", "1121125254", "工"),)


@pytest.mark.parametrize(
    ("identity", "facts", "field"),
    [
        (objections.Identity("person", "", "027-1"), FACTS, "name"),
        (objections.Identity("unit", "某公司"), FACTS, "phone"),
        (PERSON, "不公平", "facts"),
    ],
)
def test_an_objection_needs_facts_and_a_way_to_be_reached(
    listed: World, identity: objections.Identity, facts: str, field: str
) -> None:
    notice, nominees = published(listed)
    with pytest.raises(InvalidValues) as refused:
        objections.submit_objection(
            listed.context, notice_id=notice.id, nominee_case_id=nominees[1], identity=identity, facts=facts
        )
    assert field in refused.value.fields


def submit(world: World, notice: PublicNotice, case_id: int) -> str:
    """Hand in an objection."""
    return objections.submit_objection(world.context, notice_id=notice.id, nominee_case_id=case_id, identity=PERSON, facts=FACTS)


def test_an_objector_is_answered_between_the_objection_and_today(listed: World) -> None:
    notice, nominees = published(listed)
    submit(listed, notice, nominees[1])
    listed.deliver()
    decide_objection(listed, nominees[1], upheld="no")
    today = local(listed.clock.now).date()
    for day in (today - timedelta(days=1), today + timedelta(days=1)):
        with pytest.raises(InvalidValues, match="不能早于异议提出的日期，也不能晚于今天"):
            listed.do("handler", "reply_objection", replied(day))
    listed.do("handler", "reply_objection", replied(today))


def test_a_notice_does_not_end_while_its_round_is_suspended(listed: World) -> None:
    notice, nominees = published(listed)
    decision, leader = halts.Decision("纪要〔2026〕9号", "上级要求核查"), listed.actor("leader")

    def shown() -> list[tuple[bool, bool, int]]:
        with listed.context.reading() as tx:
            found, [line] = public.notice(tx.session, notice_id=notice.id, now=tx.now), public.notices(tx.session, now=tx.now)
        assert found is not None and (found.is_open, found.is_suspended) == (line.is_open, line.is_suspended)
        return [(found.is_open, found.is_suspended, len(found.entries))]

    assert shown() == [(True, False, 1)]
    halts.suspend(listed.context, actor=leader, round_id=notice.round_id, decision=decision)
    listed.clock.turn(days=20)
    assert shown() == [(True, True, 1)]
    assert submit(listed, notice, nominees[1])
    halts.resume(listed.context, actor=leader, round_id=notice.round_id, decision=decision)
    assert shown() == [(True, False, 1)]
    listed.clock.turn(days=20)
    assert shown() == [(False, False, 0)]
    with pytest.raises(DomainError, match="公示期已结束"):
        submit(listed, notice, nominees[1])


def test_a_notice_that_has_ended_is_not_opened_again_by_a_suspension(listed: World) -> None:
    notice, _ = published(listed)
    listed.clock.turn(days=20)
    decision = halts.Decision("纪要〔2026〕9号", "上级要求核查")
    halts.suspend(listed.context, actor=listed.actor("leader"), round_id=notice.round_id, decision=decision)
    with listed.context.reading() as tx:
        assert [line.is_open for line in public.notices(tx.session, now=tx.now)] == [False]


def test_objections_are_taken_during_the_window_and_about_people_on_the_list(listed: World) -> None:
    notice, nominees = published(listed)
    with pytest.raises(NotFound):
        submit(listed, notice, nominees[0])
    submit(listed, notice, nominees[1])
    listed.clock.turn(to=notice.ends_at)
    with pytest.raises(DomainError, match="公示期已结束"):
        submit(listed, notice, nominees[1])


def test_the_objector_is_encrypted_and_every_reading_is_on_record(listed: World) -> None:
    notice, nominees = published(listed)
    submit(listed, notice, nominees[1])
    with listed.context.reading() as tx:
        [raw] = tx.session.execute(text("SELECT identity FROM objection")).scalars().all()
    assert "赵某某".encode() not in bytes(raw)
    [objection] = listed.all(select(Objection))
    for nobody in ("second", "nominator", "leader"):
        with pytest.raises(NotAllowed):
            objections.read_objector(listed.context, actor=listed.actor(nobody), case_id=objection.case_id)
    read = objections.read_objector(listed.context, actor=listed.actor("investigator"), case_id=objection.case_id)
    assert read.sender == PERSON
    with listed.context.reading() as tx:
        query = text("SELECT actor FROM audit_event WHERE action = 'objector_read'")
        assert tx.session.execute(query).scalars().all() == ["区人力资源和社会保障局 · investigator甲"]


def test_the_nominee_reads_what_the_objection_says_and_not_who_wrote_it(listed: World) -> None:
    notice, nominees = published(listed)
    submit(listed, notice, nominees[1])
    listed.do("handler", "accept_objection", {
        "scope": "person", "summary": "专利不是本人完成", "concrete": "yes", "opinion": "受理", "accepted": "yes"})  # fmt: skip
    with listed.context.reading() as tx:
        candidate = listed.actor(listed.case(nominees[1]).subject_id or 0)
        opened = work_items.take(tx, actor=candidate, item_id=listed.item("hear_nominee"))
        assert opened.form is not None
        assert forms.open_form(tx, opened).initial == {"points": "专利不是本人完成"}


def test_who_handled_the_nomination_does_not_investigate(listed: World) -> None:
    notice, nominees = published(listed)
    submit(listed, notice, nominees[1])
    [objection] = listed.all(select(Objection))
    with listed.context.reading() as tx:
        work, _ = cases.lock(tx, objection.case_id, actor=listed.actor("second"))
        with pytest.raises(NotAllowed):
            objections.record_investigation(work, {})
        work.actor = listed.actor("investigator")
        assert objections.record_investigation(work, {}) == {}


def test_who_nominated_has_nothing_to_do_with_an_objection_to_it(listed: World) -> None:
    notice, nominees = published(listed)
    submit(listed, notice, nominees[1])
    with listed.context.transaction() as tx:  # who acts for the unit that nominated comes to hold the role of the first step
        nominator, handler = (tx.session.get_one(User, listed.users[who]) for who in ("nominator", "handler"))
        nominator.grants.append(RoleGrant(role="bureau_handler", unit_id=handler.unit_id))
    item_id = listed.item("accept_objection")
    with listed.context.reading() as tx:
        with pytest.raises(NotAllowed, match="回避"):
            work_items.take(tx, actor=listed.actor("nominator"), item_id=item_id)
        assert item_id in barred_items(tx, actor=listed.actor("nominator"))
        assert item_id not in barred_items(tx, actor=listed.actor("handler"))
        told = receivers_of_items(tx, [tx.session.get_one(WorkItem, item_id)])[item_id]
    assert listed.users["handler"] in told and listed.users["nominator"] not in told


def test_progress_is_told_for_the_receipt_alone(listed: World) -> None:
    notice, nominees = published(listed)
    receipt = submit(listed, notice, nominees[1])
    assert objections.objection_progress(listed.context, receipt="WRONG") is None
    found = objections.objection_progress(listed.context, receipt=receipt.lower())
    assert found is not None
    assert (found.stage, found.reply) == ("已收到异议", "")


def test_without_reserves_an_upheld_objection_leaves_the_place_empty(listed: World) -> None:
    _, _, nominees = to_the_list(listed)
    propose(listed, nominees[1])
    publish(listed)
    with listed.context.transaction() as tx:
        tx.session.execute(update(Nomination).where(Nomination.case_id == nominees[0]).values(final_score=None))
    [notice] = listed.all(select(PublicNotice))
    submit(listed, notice, nominees[1])
    uphold(listed, nominees[1])
    listed.let_timers_fire()
    with pytest.raises(InvalidValues, match="不能按现有名单报审"):
        listed.do("handler", "propose_list", {"opinion": "没有人选了", "listing": "keep"})


def test_a_notice_that_is_extended_stays_open_for_the_public_too(listed: World) -> None:
    notice, nominees = published(listed)
    [round_case] = listed.all(select(Case.id).where(Case.kind == "round"))
    later = notice.ends_at + timedelta(days=2)
    with pytest.raises(NotAllowed):
        deadlines.move(
            listed.context, actor=listed.actor("handler"), case_id=round_case, name="notice_end", to=later, reason="停电"
        )
    deadlines.move(listed.context, actor=listed.actor("leader"), case_id=round_case, name="notice_end", to=later, reason="停电")
    [moved] = listed.all(select(PublicNotice))
    assert (moved.ends_at, moved.end_date) == (later, "2026-05-15")
    listed.clock.turn(to=notice.ends_at)
    assert deadlines.fire_due(listed.context) == 0
    assert submit(listed, notice, nominees[1])


def test_a_first_draft_goes_out_with_files_that_were_looked_into(listed: World) -> None:
    _, _, nominees = to_the_list(listed)
    propose(listed, nominees[1])
    book = Workbook()
    book.active.append([id_number(1)])  # type: ignore[union-attr]
    content = io.BytesIO()
    book.save(content)
    content.seek(0)
    actor, item_id = listed.actor("handler"), listed.item("draft_notice")
    held = attachments.store_upload(
        listed.context, actor=actor, item_id=item_id, field_key="attachments", stream=content, name="人选一览.xlsx"
    )
    listed.do("handler", "draft_notice", {"attachments": [str(held.id)]})
    [notice] = listed.all(select(PublicNotice))
    assert notice.drafted_by == listed.users["handler"] and "人选一览.xlsx" in notice.attachments_json
    concerns, _ = from_json(notice.findings_json)
    assert [concern.kind for concern in concerns] == ["id_number"]
