"""The draft of the paper that a work item decides on: linked from its page, shown by the browser, refused with a sentence."""

import io
import json

import pytest
from pypdf import PdfReader

from app.domain.actors import SYSTEM, Role
from app.persistence import models as m
from app.services.issuing.templates import load_folder
from tests.web_rounds.world import IDS, PACKAGE, ROOT, World, person_name


def at_signing(world: World, *, name: str = person_name(41)) -> int:
    """Add a round whose decision is drafted; return the work item of who signs it."""
    round_ = world.round(stage="issuing")
    world.nominee(round_, name=name, stage="noticed", proposed=True)
    with world.context.transaction() as tx:
        load_folder(tx, actor=SYSTEM, folder=ROOT / "certificates", procedure=PACKAGE, reason="首次部署")
    kept = {"title": "授予称号的决定", "body": "经研究，授予下列同志称号。", "addressees": "", "cc": "", "disclosure": "active"}
    kept["winners"] = []
    world.add(
        m.OfficialDocument(
            round_id=round_.id, doc_type="decision", title=kept["title"], values_json=json.dumps(kept), state="draft",
            drafted_by=IDS["document_officer"], signatory="", issued_on="",
        )
    )  # fmt: skip
    item = world.item(round_.case_id, round_id=round_.id, role=Role.BUREAU_LEADER, title="签发登记", node_id="sign_decision")
    return item.id


def test_the_page_leads_to_the_draft_and_the_browser_shows_it(world: World) -> None:
    path = f"/work-items/{at_signing(world)}"
    browser = world.client("bureau_leader")
    assert f'href="{path}/paper-draft.pdf"' in browser.get(path).get_data(as_text=True)
    answer = browser.get(f"{path}/paper-draft.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.headers["Content-Disposition"].startswith("inline")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    pages = ["".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(answer.data)).pages]
    assert all("草稿" in page for page in pages)
    assert "（未编号）" in pages[0] and person_name(41) in "".join(pages)


@pytest.mark.parametrize(("role", "node"), [(Role.BUREAU_HANDLER, "draft_notice"), (Role.PUBLICATION_REVIEWER, "review_notice")])
def test_a_notice_is_looked_at_in_each_form_in_which_it_goes_out(world: World, role: Role, node: str) -> None:
    round_ = world.round(stage="publishing")
    item = world.item(round_.case_id, round_id=round_.id, role=role, title="公示", node_id=node)
    page = world.client(role.value).get(f"/work-items/{item.id}").get_data(as_text=True)
    for form, title in (("", "公示（A4）"), ("?form=notice-poster", "张贴版（A3）"), ("?form=notice-page", "网页")):
        assert f'href="/work-items/{item.id}/paper-draft.pdf{form}"' in page and f"查看草稿：{title}" in page


@pytest.mark.parametrize(("name", "status"), [("document_officer", 404), ("candidate", 404), ("system_admin", 403)])
def test_the_draft_is_for_who_does_the_step(world: World, name: str, status: int) -> None:
    answer = world.client(name).get(f"/work-items/{at_signing(world)}/paper-draft.pdf")
    assert answer.status_code == status
    assert "授予称号的决定" not in answer.get_data(as_text=True) and person_name(41) not in answer.get_data(as_text=True)


def test_what_cannot_be_printed_is_a_sentence_before_anything_is_signed(world: World) -> None:
    answer = world.client("bureau_leader").get(f"/work-items/{at_signing(world, name='张' + chr(0x3134F))}/paper-draft.pdf")
    assert answer.status_code == 400
    assert "没有可用字形" in answer.get_data(as_text=True) and "U+3134F" in answer.get_data(as_text=True)


def test_a_step_without_a_paper_has_no_link(world: World) -> None:
    round_ = world.round(stage="proposing")
    item = world.item(round_.case_id, round_id=round_.id, role=Role.BUREAU_HANDLER, title="拟定名单", node_id="propose_list")
    browser = world.client("bureau_handler")
    assert "paper-draft.pdf" not in browser.get(f"/work-items/{item.id}").get_data(as_text=True)
    assert browser.get(f"/work-items/{item.id}/paper-draft.pdf").status_code == 404
