"""A notice in every form, from one source: web page, paper, poster, text, its files; frozen, and the same afterwards."""

import hashlib
import io
import zipfile
from collections.abc import Iterator

import pytest
from sqlalchemy import select, update

from app.documents.readback import require_texts
from app.documents.webpage import plain_text
from app.domain.actors import SYSTEM
from app.domain.clock import local
from app.domain.errors import DomainError, NotAllowed, NotFound
from app.persistence.models import AuditEvent, IssuedPaper, PublicNotice, SelectionRound, TemplateVersion
from app.persistence.unit_of_work import make_engine
from app.services.issuing.papers import template_of
from app.services.issuing.templates import files_of_version, write_version
from app.services.packages.procedure_cache import ProcedureCache
from app.services.selection.notice_package import notice_package
from app.services.selection.notice_papers import PAGE, facts_of, web_form
from tests.databases import Databases, begins_with
from tests.services.conftest import build_listed
from tests.services.issuing_world import world_with_papers
from tests.services.steps import NAMES, propose, publish, to_the_list
from tests.services.world import World, id_number

FORMS = {"公示-网页.html", "公示-文字.txt", "公示-A4.pdf", "公示-张贴版A3.pdf", "SHA256SUMS.txt"}


@begins_with(build_listed)
def build_published(url: str) -> None:
    """Publish a notice with its papers."""
    engine = make_engine(url)
    world = world_with_papers(engine, procedures=ProcedureCache())
    _, _, nominees = to_the_list(world)
    propose(world, nominees[1])
    publish(world)
    engine.dispose()


@pytest.fixture
def published(databases: Databases, parsed: ProcedureCache) -> Iterator[World]:
    """Return a district that has published a notice."""
    with databases.engine(build_published) as engine:
        yield world_with_papers(engine, procedures=parsed)


@pytest.fixture
def notice(published: World) -> PublicNotice:
    """Return the notice, which has its paper."""
    [found] = published.all(select(PublicNotice))
    return found


def test_every_form_says_the_same(published: World, notice: PublicNotice) -> None:
    made = notice_package(published.context, actor=published.actor("handler"), round_id=notice.round_id, notice_id=notice.id)
    with zipfile.ZipFile(io.BytesIO(made.stream.read())) as package:
        files = {name: package.read(name) for name in package.namelist()}
    assert set(files) == FORMS
    said = [NAMES[1], notice.title, "2026年5月13日"]
    for name in ("公示-A4.pdf", "公示-张贴版A3.pdf"):
        require_texts(files[name], expected=said)
    for name in ("公示-网页.html", "公示-文字.txt"):
        assert all(word in files[name].decode() for word in said)
        assert id_number(2) not in files[name].decode()
    assert b"<script" not in files["公示-网页.html"] and b"://" not in files["公示-网页.html"]
    line = f"{hashlib.sha256(files['公示-A4.pdf']).hexdigest()}  公示-A4.pdf"
    assert line in files["SHA256SUMS.txt"].decode()
    assert notice.pdf_sha256 == line[:64]


def test_the_words_are_frozen_by_their_hash(published: World, notice: PublicNotice) -> None:
    def hash_now() -> str:
        with published.context.reading() as tx:
            row, round_ = tx.session.get_one(PublicNotice, notice.id), tx.session.get_one(SelectionRound, notice.round_id)
            page, (_, values) = template_of(tx, round_.procedure, PAGE), facts_of(tx, row, round_)
        words = plain_text(web_form(page, values, synthetic=published.context.synthetic))
        return hashlib.sha256(words.encode()).hexdigest()

    assert hash_now() == notice.frozen_sha256
    published.let_timers_fire()
    [closed] = published.all(select(PublicNotice))
    assert (closed.state, closed.frozen_sha256, closed.pdf_sha256) == ("closed", notice.frozen_sha256, notice.pdf_sha256)
    with published.context.transaction() as tx:
        tx.session.execute(update(PublicNotice).values(body=notice.body + "改过"))
    assert hash_now() != notice.frozen_sha256


def package_now(world: World, notice: PublicNotice) -> bytes:
    """Download the package."""
    made = notice_package(world.context, actor=world.actor("handler"), round_id=notice.round_id, notice_id=notice.id)
    return made.stream.read()


def test_a_package_is_what_went_out_whatever_template_came_after(published: World, notice: PublicNotice) -> None:
    before = package_now(published, notice)
    with published.context.transaction() as tx:
        for version in tx.session.scalars(select(TemplateVersion).where(TemplateVersion.key.contains("/notice"))).all():
            files = files_of_version(version)
            files["template.html"] += "<p>后来加的话</p>".encode()
            write_version(tx, actor=SYSTEM, key=version.key, files=files, reason="换了样子")
    assert package_now(published, notice) == before
    assert notice.published_at is not None
    with zipfile.ZipFile(io.BytesIO(before)) as package:
        assert {one.date_time for one in package.infolist()} == {local(notice.published_at).timetuple()[:6]}
        assert hashlib.sha256(package.read("公示-文字.txt")).hexdigest() == notice.frozen_sha256
    posters = published.all(select(IssuedPaper.signed_with).where(IssuedPaper.sha256 == notice.poster_sha256))
    assert len(posters) == 1 and posters[0] is not None


def test_a_page_that_was_touched_is_not_handed_out_as_what_went_out(published: World, notice: PublicNotice) -> None:
    with published.context.transaction() as tx:
        row = tx.session.get_one(PublicNotice, notice.id)
        row.page_html = row.page_html.replace(NAMES[1], "别人")
    with pytest.raises(DomainError, match="与发布时不一致"):
        package_now(published, notice)


def test_the_package_is_for_the_bureau_and_on_record(published: World, notice: PublicNotice) -> None:
    where = {"round_id": notice.round_id, "notice_id": notice.id}
    notice_package(published.context, actor=published.actor("archivist"), **where)
    assert [subject for subject in published.all(select(AuditEvent.subject)) if subject.startswith("公示包")]
    with pytest.raises(NotAllowed):
        notice_package(published.context, actor=published.actor("maker"), **where)
    with pytest.raises(NotFound):
        notice_package(published.context, actor=published.actor("handler"), round_id=notice.round_id, notice_id=99)
    with published.context.transaction() as tx:
        tx.session.execute(update(PublicNotice).values(pdf_sha256=None))
    with pytest.raises(DomainError, match="正在生成"):
        notice_package(published.context, actor=published.actor("handler"), **where)


def test_text_has_a_line_for_each_block_and_cells_side_by_side() -> None:
    page = "<head><title>x</title><style>p{}</style></head><p>甲&amp;乙</p><table><tr><td>1</td><td>徐𬱖</td></tr></table><ul><li>丙</li></ul>"
    assert plain_text(page) == "甲&乙\n1 | 徐𬱖\n丙\n"
