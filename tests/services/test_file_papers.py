"""The papers of the file: each made at its step, numbered, read back, kept by case, and void when it is made anew."""

import io
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from pypdf import PdfReader
from sqlalchemy import select, update

from app.documents.credentials import CredentialSource
from app.domain.errors import DomainError, NotFound
from app.persistence.models import Attachment, IssuedPaper, Meeting, OfficialDocument, OutboxEntry, Submission, WorkItem
from app.services.context import Transaction
from app.services.issuing import case_papers, file_papers, papers
from app.services.issuing.file_paper_kinds import KINDS
from app.services.issuing.signed_papers import finish
from app.services.selection import round_files, unmade_papers
from tests.files.samples import picture, png_bomb
from tests.services.steps import NAMES, approve, propose, publish, to_the_list
from tests.services.test_concurrency import at_once
from tests.services.world import World
from tests.text_layer import extract_text

PAPER = Path(__file__).parents[1] / "web_rounds" / "paper.pdf"


def text_of(world: World, kind: str, name: str = "") -> str:
    """Return what the paper in force of a kind says, without white space."""
    rows = world.all(select(OfficialDocument).where(OfficialDocument.doc_type == kind, OfficialDocument.state == "issued"))
    [row] = [row for row in rows if name in row.title]
    assert row.pdf_sha256 is not None
    with world.context.files.open(row.pdf_sha256) as stream:
        return "".join(extract_text(stream.read()).split())


def photo_of(tx: Transaction, case_id: int, name: str, content: bytes) -> Attachment:
    """Return the row of a picture that an inspector handed in, its file stored."""
    sha256 = tx.context.files.put(io.BytesIO(content), name=name).sha256
    query = select(WorkItem).where(WorkItem.case_id == case_id, WorkItem.node_id == "site_inspection")
    item = tx.session.scalars(query).one()
    return Attachment(
        case_id=case_id, work_item_id=item.id, field_key="photos", name=name, media_type="image/jpeg", size=1, sha256=sha256,
        uploaded_by=item.completed_by, uploaded_at=tx.now,
    )  # fmt: skip


def filed(world: World) -> World:
    """Bring a round to its list with all its papers, which are made once for all tests."""
    to_the_list(world)
    world.kept("papers of the file", lambda fresh: fresh.deliver(papers=list(KINDS)))
    return world


def test_each_step_brings_its_papers(listed: World) -> None:
    filed(listed)
    kinds = Counter(listed.all(select(OfficialDocument.doc_type).where(OfficialDocument.state == "issued")))
    assert kinds == {"round_call": 1, "opinion_letter": 3, "draw_record": 1, "inspection_report": 2, "score_summary": 1}
    remembered = set(listed.all(select(IssuedPaper.sha256)))
    assert remembered == set(listed.all(select(OfficialDocument.pdf_sha256).where(OfficialDocument.state == "issued")))
    assert None not in listed.all(select(IssuedPaper.signed_with))
    letter = text_of(listed, "opinion_letter", NAMES[1])
    assert NAMES[1] in letter and "东人社函〔2026〕" in letter and "区公安分局" in letter
    assert "*" * 14 in letter
    report = text_of(listed, "inspection_report", NAMES[1])
    assert "建议推荐" in report and "实地考察报告" in report
    call = text_of(listed, "round_call")
    assert all(
        word in call
        for word in ("评选工作的通知", "东人社发〔2026〕1号", "2026年4月10日24时截止", "吴家山街道办事处", "技能水平")
    )
    summary = text_of(listed, "score_summary")
    assert all(name in summary for name in NAMES[:2])
    assert "专家1" in summary and "expert0甲" not in summary


def test_a_paper_shows_the_pictures_that_were_handed_in_and_is_made_again_with_them(listed: World) -> None:
    _, _, cases = to_the_list(listed)
    with listed.context.transaction() as tx:
        photos = [photo_of(tx, cases[1], name, body) for name, body in (("a.jpg", picture("JPEG")), ("b.png", png_bomb()))]
        tx.session.add_all(photos)
        tx.session.flush()
        ids = [str(each.id) for each in photos]
        query = select(Submission).where(Submission.case_id == cases[1], Submission.form_key == "site_inspection")
        report = tx.session.scalars(query).one()
        report.values_json = json.dumps({**json.loads(report.values_json), "photos": ids})
    listed.deliver(papers=["inspection_report"])
    query = select(OfficialDocument.pdf_sha256).where(OfficialDocument.doc_type == "inspection_report")
    [sha256] = listed.all(query.where(OfficialDocument.case_id == cases[1]))
    with listed.context.files.open(sha256) as stream:
        pages = PdfReader(io.BytesIO(stream.read())).pages
    again = PdfReader(io.BytesIO(papers.render_again(listed.context, sha256=sha256))).pages
    assert len(pages[-1].images) == len(again[-1].images) == 1  # the bomb is left out


def test_the_draw_record_lets_anybody_draw_again(listed: World) -> None:
    record = text_of(filed(listed), "draw_record")
    assert "20260413-001" in record
    assert "supervisor甲" in record
    assert "E0000" in record


def test_the_request_is_numbered_and_the_form_names_the_decision(listed: World) -> None:
    _, _, cases = to_the_list(listed)
    propose(listed, cases[1])
    with listed.context.transaction() as tx:
        tx.session.execute(update(Meeting).where(Meeting.body == "party_group").values(decision="agree_in_principle"))
    publish(listed)
    listed.let_timers_fire()
    approve(listed)
    listed.deliver(papers=["request", "nomination_form"])
    request = text_of(listed, "request")
    assert "东人社文〔2026〕1号" in request and "妥否，请批示。" in request and NAMES[1] in request
    form = text_of(listed, "nomination_form", NAMES[1])
    assert "东发〔2026〕1号" in form and "经局党组会（第5次）研究" in form


def test_a_paper_that_cannot_be_printed_keeps_its_number_for_the_next_attempt(listed: World) -> None:
    filed(listed)
    [case_id] = listed.all(select(OfficialDocument.case_id).where(OfficialDocument.number == "东人社函〔2026〕3号"))
    with listed.context.transaction() as tx:
        row = tx.session.scalars(select(OfficialDocument).where(OfficialDocument.number == "东人社函〔2026〕3号")).one()
        row.state, row.pdf_sha256 = file_papers.MAKING, None
    payload = {"paper": "opinion_letter", "case": case_id}
    with listed.context.transaction() as tx:
        errand = listed.context.registry.deliveries[file_papers.PAPER].run(tx, payload)
    assert errand is not None
    errand()
    numbers = listed.all(select(OfficialDocument.number).where(OfficialDocument.doc_type == "opinion_letter"))
    assert sorted(str(number) for number in numbers) == [f"东人社函〔2026〕{serial}号" for serial in (1, 2, 3)]


def test_a_stuck_paper_is_made_again_from_the_round_and_keeps_its_number(listed: World) -> None:
    filed(listed)
    meant = OfficialDocument.number == "东人社函〔2026〕3号"
    with listed.context.transaction() as tx:
        row = tx.session.scalars(select(OfficialDocument).where(meant)).one()
        row.state, row.pdf_sha256, round_id = file_papers.MAKING, None, row.round_id
        entries = select(OutboxEntry).where(OutboxEntry.case_id == row.case_id, OutboxEntry.payload.contains("opinion_letter"))
        entry = tx.session.scalars(entries).one()
        entry.state, entry.error, entry_id = "failed", "paper.text: 读不出“甲”。", entry.id
    with listed.context.reading() as tx:
        stuck = unmade_papers.unmade_papers(tx, actor=listed.actor("handler"), round_id=round_id)
    assert [(each.title, each.reason) for each in stuck if each.reason] == [("征求意见函", "读不出“甲”。")]
    unmade_papers.make_again(listed.context, actor=listed.actor("handler"), round_id=round_id, entry_id=entry_id)
    listed.deliver(papers=["opinion_letter"])
    [made] = listed.all(select(OfficialDocument).where(meant))
    assert made.state == "issued" and made.pdf_sha256 is not None


def test_a_paper_opens_for_its_readers_and_is_unknown_to_others(listed: World) -> None:
    filed(listed)
    [row, _] = listed.all(select(OfficialDocument).where(OfficialDocument.doc_type == "inspection_report"))
    assert row.case_id is not None
    opened = case_papers.open_paper(listed.context, actor=listed.actor("handler"), case_id=row.case_id, document_id=row.id)
    with opened.stream as stream:
        assert stream.read(5) == b"%PDF-"
    for stranger in ("police", "maker", "clerk", "nominator"):
        with pytest.raises(NotFound):
            case_papers.open_paper(listed.context, actor=listed.actor(stranger), case_id=row.case_id, document_id=row.id)
    [draw] = listed.all(select(OfficialDocument).where(OfficialDocument.doc_type == "draw_record"))
    with pytest.raises(NotFound):
        round_files.open_document(listed.context, actor=listed.actor("maker"), round_id=draw.round_id, document_id=draw.id)


def test_the_form_prints_for_its_unit_without_what_others_said_of_it(listed: World) -> None:
    _, _, cases = to_the_list(listed)

    def print_by(who: str) -> Callable[[], object]:
        return lambda: case_papers.print_form(listed.context, actor=listed.actor(who), case_id=cases[1])

    both = at_once(print_by("handler"), print_by("nominator"))  # neither is refused because the other is in the history first
    for printed, hidden in zip(both, (False, True), strict=True):
        assert isinstance(printed, round_files.Paper)
        said = "".join(extract_text(printed.stream.read()).split())
        assert NAMES[1] in said
        assert "区人社局复核意见" in said
        assert ("second甲" not in said) is hidden
    with pytest.raises(NotFound):
        case_papers.print_form(listed.context, actor=listed.actor("maker"), case_id=cases[1])


def test_a_house_without_a_credential_files_its_papers_unsigned_and_an_expired_one_files_none(listed: World) -> None:
    bare = replace(listed.context, signing=CredentialSource("", demo=False))
    finished = finish(bare, PAPER.read_bytes(), name="x", reason="x", at=bare.clock())
    assert finished.signed_with is None
    late = listed.context.clock() + timedelta(days=4000)
    listed.context.signing.open(now=listed.context.clock())
    with pytest.raises(DomainError, match="过期"):
        finish(listed.context, PAPER.read_bytes(), name="x", reason="x", at=late)
