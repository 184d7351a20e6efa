"""Every paper of a round can be made again as it was, also when its template has changed since."""

import subprocess
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from app.documents.check import extract_text
from app.domain.actors import SYSTEM
from app.persistence.models import IssuedPaper, OfficialDocument, TemplateVersion
from app.services.issuing import papers, templates
from tests.services.steps import to_the_list
from tests.services.world import World

LETTER = "opinion_letter"


@pytest.fixture
def filed(listed: World) -> World:
    """Return a round with some papers, whose templates look different by now."""
    to_the_list(listed)
    listed.deliver(papers=(LETTER,))
    with listed.context.transaction() as tx:
        for version in tx.session.scalars(select(TemplateVersion)).all():
            files = templates.files_of_version(version)
            files["style.css"] += b"\nbody { color: #999; letter-spacing: 1mm }"
            templates.write_version(tx, actor=SYSTEM, key=version.key, files=files, reason="换了样子")
    return listed


def papers_of(world: World) -> Iterator[tuple[bytes, bytes]]:
    """Yield each paper as it is filed, and as it is made again."""
    for row in world.all(select(IssuedPaper)):
        with world.context.files.open(row.sha256) as stream:
            yield stream.read(), papers.render_again(world.context, sha256=row.sha256)


def picture(pdf: bytes) -> bytes:
    """Return the first page as poppler draws it."""
    command = ["pdftoppm", "-r", "50", "-singlefile", "-"]
    return subprocess.run(command, input=pdf, capture_output=True, check=True).stdout


def test_each_is_made_again_to_the_same_page(filed: World) -> None:
    compared = 0
    for before, again in papers_of(filed):
        assert extract_text(again) == extract_text(before)
        drawn = picture(before)
        assert len(drawn) > 100_000
        assert picture(again) == drawn
        compared += 1
    assert compared == 3


def test_every_letter_remembers_the_version_that_it_was_made_with(filed: World) -> None:
    made = {row.sha256: row.template_version_id for row in filed.all(select(IssuedPaper))}
    first = set(filed.all(select(TemplateVersion.id).where(TemplateVersion.number == 1)))
    letters = filed.all(select(OfficialDocument.pdf_sha256).where(OfficialDocument.doc_type == LETTER))
    assert len(letters) == 3
    assert set(letters) == made.keys()
    assert set(made.values()) <= first
