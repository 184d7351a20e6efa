"""Drafts of papers, for who lets them go: the page as it would go out, marked, without a number, and nothing left behind."""

import io

import pytest
from pypdf import PdfReader
from sqlalchemy import func, select, update

from app.domain.errors import DomainError, NotAllowed, NotFound
from app.persistence.models import (
    AuditEvent,
    IssuedPaper,
    Nomination,
    NumberSeries,
    OfficialDocument,
    OutboxEntry,
    PublicNotice,
    RoleGrant,
)
from app.services.casework import work_items
from app.services.issuing.paper_drafts import open_draft
from app.services.selection import rounds
from tests.services import filled
from tests.services.steps import NAMES, propose, publish, to_the_list
from tests.services.world import PROCEDURE, World
from tests.text_layer import extract_text


def at_review(world: World) -> list[int]:
    """Bring a round to the review of its notice; return the nominations."""
    _, _, nominees = to_the_list(world)
    propose(world, nominees[1])
    world.do("handler", "draft_notice", {})
    return nominees


def at_request(world: World) -> None:
    """Bring a round to its request for approval."""
    _, _, nominees = to_the_list(world)
    propose(world, nominees[1])
    publish(world)
    world.let_timers_fire()


def at_signing(world: World) -> None:
    """Bring a round to the signing of its decision."""
    at_request(world)
    world.do("handler", "request_approval", {})
    for node, key in (("executive_meeting", "executive_decision"), ("standing_committee", "standing_decision")):
        world.do("secretary", node, filled.meeting(key))
    matches = {"executive_matches": True, "standing_matches": True, "opinion": "一致", "minutes_decision": "confirm"}
    world.do("leader", "verify_minutes", matches)
    world.do("documents", "draft_decision", {"disclosure": "active"})


def shown(world: World, who: str, node: str) -> str:
    """Return what the draft of the open step says, without white space; it is marked on every page."""
    paper = open_draft(world.context, actor=world.actor(who), item_id=world.item(node))
    content = paper.stream.read()
    for page in PdfReader(io.BytesIO(content)).pages:
        assert "草稿" in "".join(page.extract_text().split())
    return "".join(extract_text(content).split())


def left_behind(world: World) -> dict[str, object]:
    """Return what a paper leaves behind when it is issued: rows, entries of the outbox, and how far each series of numbers is."""
    counted = (IssuedPaper, OutboxEntry, OfficialDocument, PublicNotice)
    series = {row.series: row.last for row in world.all(select(NumberSeries))}
    return {table.__tablename__: world.all(select(func.count()).select_from(table)) for table in counted} | series


def test_who_signs_a_decision_sees_it_marked_and_without_a_number(listed: World) -> None:
    at_signing(listed)
    before = left_behind(listed)
    text = shown(listed, "leader", "sign_decision")
    assert "（未编号）" in text and "〔2026〕" not in text
    assert NAMES[1] in text and "送审稿" in text and "演示数据" in text and "中共武汉市东西湖区委文件" in text
    assert left_behind(listed) == before
    [document] = listed.all(select(OfficialDocument).where(OfficialDocument.doc_type == "decision"))
    assert (document.state, document.number, document.issued_on, document.pdf_sha256) == ("draft", None, "", None)
    [seen] = listed.all(select(AuditEvent).where(AuditEvent.action == "downloaded"))
    assert (seen.actor_id, seen.subject) == (listed.users["leader"], f"{document.title}（草稿）")
    signing = {"signatory": "李书记", "signed_on": "2026-05-06", "opinion": "同意", "signing_decision": "sign"}
    listed.do("leader", "sign_decision", signing)
    [issued] = listed.all(select(OfficialDocument.number).where(OfficialDocument.doc_type == "decision"))
    assert issued == "东发〔2026〕1号"


def test_who_reviews_a_notice_sees_the_page_as_it_would_go_out(listed: World) -> None:
    at_review(listed)
    before = left_behind(listed)
    text = shown(listed, "publisher", "review_notice")
    assert NAMES[1] in text and NAMES[0] not in text and "5个工作日" in text
    assert left_behind(listed) == before
    [notice] = listed.all(select(PublicNotice))
    assert (notice.state, notice.published_at, notice.ends_at, notice.pdf_sha256) == ("draft", None, None, None)


def test_who_drafts_a_notice_sees_what_is_saved_of_it(listed: World) -> None:
    _, _, nominees = to_the_list(listed)
    propose(listed, nominees[1])
    before, item_id = left_behind(listed), listed.item("draft_notice")
    values = {
        "title": "关于拟入选人员的公示",
        "body": "经资格审查和专家评审，现将名单公示如下。",
        "days": 7,
        "contact": "区人社局",
    }
    work_items.save_draft(listed.context, actor=listed.actor("handler"), item_id=item_id, values=values)
    text = shown(listed, "handler", "draft_notice")
    assert "现将名单公示如下。" in text and "7个工作日" in text and NAMES[1] in text and NAMES[0] not in text
    assert left_behind(listed) == before
    work_items.save_draft(listed.context, actor=listed.actor("handler"), item_id=item_id, values={**values, "days": 1})
    with pytest.raises(DomainError, match="工作日"):
        shown(listed, "handler", "draft_notice")


def test_who_reviews_a_notice_sees_its_poster_and_its_page_too(listed: World) -> None:
    at_review(listed)
    before = left_behind(listed)
    actor, item_id = listed.actor("publisher"), listed.item("review_notice")
    poster = open_draft(listed.context, actor=actor, item_id=item_id, form="notice-poster")
    [page] = PdfReader(io.BytesIO(poster.stream.read())).pages
    assert float(page.mediabox.width) > 800  # A3, in points
    words = "".join(page.extract_text().split())
    assert "草稿" in words and NAMES[1] in words
    web = open_draft(listed.context, actor=actor, item_id=item_id, form="notice-page")
    html = web.stream.read().decode()
    assert web.name.endswith(".html") and "〔草稿，未发布〕" in html and NAMES[1] in html and NAMES[0] not in html
    assert left_behind(listed) == before
    with pytest.raises(NotFound):
        open_draft(listed.context, actor=actor, item_id=item_id, form="certificate")


def test_who_approves_a_plan_sees_the_call_that_goes_out_with_it(quick: World) -> None:
    case_id = rounds.start_round(quick.context, actor=quick.actor("handler"), procedure=PROCEDURE, title="第一届“临空港工匠”评选")
    quick.do("handler", "enter_basis", filled.basis())
    quick.do("handler", "draft_plan", filled.plan(quick))
    round_id, street, leader = quick.case(case_id).round_id or 0, quick.units["street"], quick.actor("leader")
    rounds.grant_supplement(quick.context, actor=leader, round_id=round_id, unit_id=street, places=2, reason="企业集中")
    text = shown(quick, "leader", "approve_plan")
    assert "吴家山街道办事处5" in text and "（未编号）" in text and "技能水平" in text and "〔2026〕1号" not in text
    assert (
        quick.all(select(OfficialDocument)) == [] and quick.all(select(NumberSeries.series)).count("document:东人社发:2026") == 0
    )


def test_who_asks_for_approval_sees_the_request_with_what_is_saved_of_it(listed: World) -> None:
    at_request(listed)
    before = left_behind(listed)
    values = {"title": "关于审定名单的请示", "body": "经评审公示，提出建议名单。", "notice_summary": "收到异议零件。"}
    work_items.save_draft(listed.context, actor=listed.actor("handler"), item_id=listed.item("request_approval"), values=values)
    text = shown(listed, "handler", "request_approval")
    assert "（未编号）" in text and "〔2026〕" not in text
    assert "经评审公示，提出建议名单。" in text and "妥否，请批示。" in text and NAMES[1] in text
    assert left_behind(listed) == before


def test_a_draft_is_unknown_to_all_but_who_may_do_the_step(listed: World) -> None:
    at_review(listed)
    item_id = listed.item("review_notice")
    for stranger in ("leader", "clerk", "nominator", "police"):
        with pytest.raises(NotFound):
            open_draft(listed.context, actor=listed.actor(stranger), item_id=item_id)
    with listed.context.transaction() as tx:
        grant = RoleGrant(user_id=listed.users["handler"], role="publication_reviewer", unit_id=listed.units["bureau"])
        tx.session.add(grant)
    with pytest.raises(NotAllowed):  # who drafted the notice, the same hand
        open_draft(listed.context, actor=listed.actor("handler"), item_id=item_id)
    assert listed.all(select(AuditEvent).where(AuditEvent.action == "downloaded")) == []


def test_a_step_that_decides_on_no_paper_has_no_draft(listed: World) -> None:
    to_the_list(listed)
    item_id = listed.item("propose_list")
    with pytest.raises(NotFound, match="没有文书草稿"):
        open_draft(listed.context, actor=listed.actor("handler"), item_id=item_id)


def test_what_could_not_be_printed_is_said_before_it_goes_out(listed: World) -> None:
    nominees = at_review(listed)
    with listed.context.transaction() as tx:
        rare = update(Nomination).where(Nomination.case_id == nominees[1])
        tx.session.execute(rare.values(name="张\U0003134f"))
    with pytest.raises(DomainError, match="没有可用字形") as refused:
        shown(listed, "publisher", "review_notice")
    assert refused.value.code == "document_glyph" and "U+3134F" in refused.value.message
    assert listed.all(select(AuditEvent).where(AuditEvent.action == "downloaded")) == []
