"""Paper templates: deployed by content, changed as drafts, and papers that can be made again whatever came after them."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from app.documents.templates import content_hash
from app.domain.actors import SYSTEM
from app.domain.errors import Conflict, DomainError, NotAllowed, NotFound
from app.persistence.models import IssuedPaper, TemplateVersion
from app.services.house_settings import SECOND_PERSON, turn
from app.services.issuing import papers, template_drafts, template_versions, templates
from app.services.issuing.template_overview import template_overview
from app.services.studio import deployment, drafts
from app.services.versions import in_use
from tests.issued import issue as issue_paper
from tests.studio.house import House
from tests.studio.letters import KEY, deploy, letter
from tests.text_layer import extract_text


def issue(house: House, name: str = "李四") -> str:
    """Make a letter with the template in use; return the hash of the file."""
    with house.context.transaction() as tx:
        template = papers.template_of(tx, "small", "letter")
        return issue_paper(tx, template, {"name": name, "number": "八号"}, expected=name)


def pdf_of(house: House, sha256: str) -> bytes:
    with house.context.files.open(sha256) as stream:
        return stream.read()


def test_a_folder_is_loaded_once_and_again_when_it_changed(house: House, tmp_path: Path) -> None:
    folder = tmp_path / "papers" / "small" / "letter"
    folder.mkdir(parents=True)
    counts = []
    for word in ("你好", "你好", "您好"):
        for name, content in letter(word).items():
            (folder / name).write_bytes(content)
        with house.context.transaction() as tx:
            made = templates.load_folder(tx, actor=SYSTEM, folder=tmp_path / "papers", procedure="small", reason="随系统")
        counts.append(len(made))
    assert counts == [1, 0, 1]
    [first, second] = house.all(select(TemplateVersion).order_by(TemplateVersion.number))
    assert (first.number, second.number, second.content_hash) == (1, 2, content_hash(letter("您好")))
    assert [event.subject for event in house.events("template_deployed")] == [KEY, KEY]


def test_what_was_changed_in_the_browser_stays_in_use_when_the_folder_is_loaded(house: House, tmp_path: Path) -> None:
    folder = tmp_path / "papers" / "small" / "letter"
    folder.mkdir(parents=True)
    for name, content in letter().items():
        (folder / name).write_bytes(content)
    deploy(house, letter())
    changed = deploy(house, letter("敬启"))
    with house.context.transaction() as tx:
        assert templates.load_folder(tx, actor=SYSTEM, folder=tmp_path / "papers", procedure="small", reason="升级") == []
        assert templates.current_version(tx, KEY).id == changed


def test_a_paper_is_made_again_as_it_was_after_the_template_changed(house: House) -> None:
    deploy(house, letter())
    sha256 = issue(house)
    deploy(house, letter("敬启者"))
    again = papers.render_again(house.context, sha256=sha256)
    assert again == pdf_of(house, sha256)
    assert "你好 李四" in extract_text(again)
    assert "敬启者 王五" in extract_text(pdf_of(house, issue(house, "王五")))


def test_a_paper_remembers_its_version_and_its_values_encrypted(house: House) -> None:
    version_id = deploy(house, letter())
    sha256 = issue(house)
    assert issue(house) == sha256
    [paper] = house.all(select(IssuedPaper))
    assert (paper.sha256, paper.template_version_id) == (sha256, version_id)
    assert paper.values_json == '{"name": "李四", "number": "八号"}'
    with house.context.reading() as tx:
        raw = tx.session.connection().exec_driver_sql("SELECT values_json FROM issued_paper").scalar_one()
    assert "李四".encode() not in bytes(raw)


def test_a_version_is_known_by_its_content_and_none_is_written_twice(house: House) -> None:
    first = deploy(house, letter())
    deploy(house, letter("您好"))
    with house.context.reading() as tx:
        frozen = templates.template_by_id(tx, first)
        assert ("你好" in frozen.html, templates.version_id_of(tx, frozen)) == (True, first)
        with pytest.raises(NotFound, match="没有部署过"):
            templates.version_id_of(tx, replace(frozen, hash="0" * 64))
    with pytest.raises(Conflict, match="与第 1 版完全相同"):
        deploy(house, letter())


def test_nothing_is_issued_without_a_deployed_template(house: House) -> None:
    with house.context.transaction() as tx, pytest.raises(NotFound, match="还没有部署文书模板“small/letter”"):
        papers.template_of(tx, "small", "letter")
    with pytest.raises(NotFound, match="没有制发过"):
        papers.render_again(house.context, sha256="0" * 64)


def test_a_draft_is_deployed_by_two_people_with_a_reason(house: House) -> None:
    version_id = deploy(house, letter())
    admin, other = house.actor("admin"), house.actor("admin2")
    draft_id = template_drafts.start_from_version(house.context, actor=admin, version_id=version_id)
    changes = {"template.html": letter("敬启")["template.html"]}
    revision = drafts.save(house.context, actor=admin, draft_id=draft_id, expected=1, changes=changes)
    with pytest.raises(DomainError, match="写明修改原因"):
        deployment.submit(house.context, actor=admin, draft_id=draft_id, expected=revision, reason=" ")
    assert deployment.submit(house.context, actor=admin, draft_id=draft_id, expected=revision, reason="改称呼") is None
    with pytest.raises(NotAllowed, match="另一位"):
        deployment.confirm(house.context, actor=admin, draft_id=draft_id)
    deployment.confirm(house.context, actor=other, draft_id=draft_id)
    [line] = template_overview(house.context, actor=admin)
    newest = line.versions[0]
    assert [one.state for one in line.versions] == ["current", "earlier"]
    assert (newest.number, newest.reason, newest.deployed_by != newest.confirmed_by) == (2, "改称呼", True)
    assert house.events("deployment_confirmed")[0].subject == KEY


def test_a_faulty_or_unchanged_draft_is_not_deployed(house: House) -> None:
    version_id = deploy(house, letter())
    admin = house.actor("admin")
    draft_id = template_drafts.start_from_version(house.context, actor=admin, version_id=version_id)
    with pytest.raises(Conflict, match="完全相同"):
        deployment.submit(house.context, actor=admin, draft_id=draft_id, expected=1, reason="没改")
    drafts.save(house.context, actor=admin, draft_id=draft_id, expected=1, changes={"template.html": b"\n{{ nmae }}"})
    with pytest.raises(DomainError, match=r"第一处在 template\.html：第2行"):
        deployment.submit(house.context, actor=admin, draft_id=draft_id, expected=2, reason="改")


def test_where_one_person_is_enough_it_is_deployed_at_once(house: House) -> None:
    admin = house.actor("admin")
    version_id = deploy(house, letter())
    turn(house.context, actor=house.actor("security"), name=SECOND_PERSON, on=False)
    with pytest.raises(Conflict, match="已经有编号"):
        template_drafts.start_copy(house.context, actor=admin, version_id=version_id, name="letter", title="便函")
    draft_id = template_drafts.start_from_version(house.context, actor=admin, version_id=version_id)
    changes = {"template.html": letter("敬启")["template.html"]}  # as above: the same content is examined once
    drafts.save(house.context, actor=admin, draft_id=draft_id, expected=1, changes=changes)
    made = deployment.submit(house.context, actor=admin, draft_id=draft_id, expected=2, reason="改称呼")
    with house.context.reading() as tx:
        assert templates.current_version(tx, KEY).id == made


def test_a_stale_save_is_compared_and_half_a_template_is_kept(house: House) -> None:
    admin, other = house.actor("admin"), house.actor("admin2")
    draft_id = template_drafts.start_from_version(house.context, actor=admin, version_id=deploy(house, letter()))
    drafts.save(house.context, actor=other, draft_id=draft_id, expected=1, changes={"style.css": b"p {"})
    with pytest.raises(drafts.StaleDraft) as stale:
        drafts.save(house.context, actor=admin, draft_id=draft_id, expected=1, changes={"style.css": b"q {"})
    assert stale.value.comparison.both == ("style.css",)
    assert "p {" in "".join(stale.value.comparison.theirs.texts[0].lines)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("template.html", None, "缺少文件"),
        ("../a.png", b"x", "英文文件名"),
        ("a.png", b"\x89PNG\r\n\x1a\nxxxxIHDR" + b"\x7f\xff\xff\xff" * 2, "万像素"),
        ("a.exe", b"x", "只接受"),
        ("style.css", b"x" * 2_000_001, "2 MB"),
    ],
)
def test_what_no_template_can_hold_is_not_saved(house: House, name: str, content: bytes | None, sentence: str) -> None:
    admin = house.actor("admin")
    draft_id = template_drafts.start_from_version(house.context, actor=admin, version_id=deploy(house, letter()))
    with pytest.raises(DomainError, match=sentence):
        drafts.save(house.context, actor=admin, draft_id=draft_id, expected=1, changes={name: content})
    assert template_drafts.open_paper(house.context, actor=admin, draft_id=draft_id).revision == 1


def test_the_last_version_in_use_stays(house: House) -> None:
    admin = house.actor("admin")
    first, second = deploy(house, letter()), deploy(house, letter("您好"))
    in_use.retire(house.context, template_versions.TEMPLATES, actor=admin, version_id=second, reason="有误")
    with house.context.reading() as tx:
        assert templates.current_version(tx, KEY).id == first
    with pytest.raises(Conflict, match="唯一在用"):
        in_use.retire(house.context, template_versions.TEMPLATES, actor=admin, version_id=first, reason="也有误")
    in_use.reinstate(house.context, template_versions.TEMPLATES, actor=admin, version_id=second, reason="无误")
    with pytest.raises(NotAllowed):
        in_use.retire(house.context, template_versions.TEMPLATES, actor=house.actor("handler"), version_id=second, reason="x")
