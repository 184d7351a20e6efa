"""Roles chosen in the diagram are noted in the settings; side-by-side pictures, the text page and the preview in sections."""

import json

from app.services.studio import deployment, drafts
from tests.studio.small import FORM, PASSED, WAYS, as_bytes, diagram, person
from tests.web.house import post
from tests.web_studio.studio import Studio, send

DATA = "/procedures/drafts/1/data"
LONGER = diagram(
    more=person("read", "阅示", form="request"), ways=WAYS.replace("fill > check", "fill > read > check"), clerk="fill read"
)
WALKED = as_bytes(
    {
        **PASSED,
        "steps": [PASSED["steps"][0], {"complete": "read"}, PASSED["steps"][1]],
        "expect": {"path": ["fill", "read", "check", "done"]},
    }
)


def test_a_role_is_added_from_the_diagram_and_offered_at_once(studio: Studio) -> None:
    studio.draft()
    browser = studio.client()
    lists = browser.get(f"{DATA}/context").json
    assert lists["lanes_url"] == f"{DATA}/lanes"
    answer = send(browser, "POST", lists["lanes_url"], lanes={"考察组": "inspector", "系统": "system"})
    assert (answer.status_code, answer.json["revision"]) == (200, 2)
    offered = {one["name"]: one["role"] for one in browser.get(f"{DATA}/context").json["lanes"]}
    assert offered == {"经办人": "bureau_handler", "负责人": "bureau_leader", "考察组": "inspector", "系统": "system"}


def test_a_role_that_does_not_exist_is_refused(studio: Studio) -> None:
    studio.draft()
    browser = studio.client()
    for lanes in ({"甲": "emperor"}, {"甲": 1}, [], None):
        assert send(browser, "POST", f"{DATA}/lanes", lanes=lanes).status_code == 400, lanes
    assert studio.opened(1).revision == 1
    assert send(studio.client("leader"), "POST", f"{DATA}/lanes", lanes={"甲": "expert"}).status_code == 403


def test_the_second_person_sees_both_diagrams_side_by_side(studio: Studio) -> None:
    house, admin = studio.house, studio.house.actor("admin")
    house.deploy_small()
    draft_id = drafts.start_from_version(house.context, actor=admin, version_id=1)
    changes = {"flow.bpmn": LONGER, "scenarios/passed.json": WALKED, "scenarios/returned.json": None}
    drafts.save(house.context, actor=admin, draft_id=draft_id, expected=1, changes=changes)
    shown = studio.client().get(f"/procedures/drafts/{draft_id}/changes").get_data(as_text=True)
    deployment.submit(house.context, actor=admin, draft_id=draft_id, expected=2, reason="加一步")
    page = studio.client("admin2").get(f"/procedures/drafts/{draft_id}/confirm").get_data(as_text=True)
    for text in (shown, page):
        assert 'data-before-url="/procedures/versions/1/files/flow.bpmn"' in text
        assert f'data-after-url="/procedures/drafts/{draft_id}/files/flow.bpmn"' in text


def test_without_a_change_of_the_diagram_there_is_no_picture(studio: Studio) -> None:
    house, admin = studio.house, studio.house.actor("admin")
    house.deploy_small()
    draft_id = drafts.start_from_version(house.context, actor=admin, version_id=1)
    drafts.save(house.context, actor=admin, draft_id=draft_id, expected=1, changes={"messages/todo.txt": b"A\n\nB\n"})
    page = studio.client().get(f"/procedures/drafts/{draft_id}/changes").get_data(as_text=True)
    assert "data-studio-compare" not in page
    assert "messages/todo.txt" in page


def test_a_text_is_saved_by_its_script_and_knows_who_else_is_there(studio: Studio) -> None:
    studio.draft()
    page = studio.client().get("/procedures/drafts/1/edit/messages/todo.txt").get_data(as_text=True)
    assert f'data-draft-url="{DATA}"' in page
    assert f'data-presence-url="{DATA}/presence"' in page
    answer = send(studio.client(), "PUT", DATA, file="messages/todo.txt", content="新的\n\n{step}\n", revision=1)
    assert answer.json["revision"] == 2
    assert (
        post(studio.client(), "/procedures/drafts/1/edit/messages/todo.txt", revision="2", content="再改\n\n正文\n").status_code
        == 303
    )


def test_the_preview_shows_sections_as_the_work_item_does(studio: Studio) -> None:
    studio.draft()
    group = {"type": "group", "id": "g", "label": "基本情况", "components": FORM["components"]}
    content = json.dumps({**FORM, "components": [{"type": "text", "id": "t", "text": "## 说明"}, group]})
    html = send(studio.client(), "POST", f"{DATA}/preview", file="forms/request.json", content=content).json["html"]
    assert '<h2 id="part-0-title">基本情况</h2>' in html
