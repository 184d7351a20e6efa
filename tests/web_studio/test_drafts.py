"""The page of a draft and what its editors send: saving, conflicts, checks, presence, imports, previews, tries."""

import json
from typing import Any

import pytest

from app.persistence.models import ProcedureDraft
from tests.studio.small import CHECK, FORM, diagram
from tests.web.house import post
from tests.web_studio.studio import Studio, send

DATA = "/procedures/drafts/1/data"
RENAMED = diagram(check="review").decode()


def save(studio: Studio, who: str = "admin", *, revision: int = 1, file: str = "flow.bpmn", content: str = RENAMED) -> Any:
    return send(studio.client(who), "PUT", DATA, file=file, content=content, revision=revision)


def test_the_editors_know_every_address(studio: Studio) -> None:
    studio.draft()
    browser = studio.client()
    page = browser.get("/procedures/drafts/1/edit/flow.bpmn").get_data(as_text=True)
    for name in ("diagram", "context", "check", "draft", "presence", "import"):
        assert f"data-{name}-url=" in page
    assert 'data-revision="1"' in page
    assert "vendor/studio.js" in page
    form = browser.get("/procedures/drafts/1/edit/forms/request.json").get_data(as_text=True)
    assert "data-preview-url=" in form
    assert browser.get("/procedures/drafts/1/files/forms/request.json").json == FORM


def test_only_the_page_of_tables_allows_styles_in_its_html(studio: Studio) -> None:
    studio.draft()
    browser = studio.client()
    made = post(browser, "/procedures/drafts/1/files", kind="table", name="grade", title="等级")
    table = browser.get(made.headers["Location"])
    policy = table.headers["Content-Security-Policy"]
    assert "style-src 'self' 'unsafe-inline'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in browser.get("/procedures/drafts/1/edit/flow.bpmn").headers["Content-Security-Policy"]


def test_a_save_makes_the_next_revision_and_sending_it_again_makes_none(studio: Studio) -> None:
    studio.draft()
    first = save(studio)
    assert (first.status_code, first.json["revision"]) == (200, 2)
    assert first.json["saved_at"].endswith("+00:00")
    assert save(studio).json["revision"] == 2  # the answer was lost, the page sends it again
    assert studio.opened(1).files["flow.bpmn"].decode() == RENAMED


def test_a_stale_save_is_refused_with_what_the_other_saved(studio: Studio) -> None:
    studio.draft()
    save(studio, "admin2", content="<theirs/>")
    answer = save(studio)
    comparison = answer.json["comparison"]
    assert answer.status_code == 409
    assert (comparison["content"], comparison["revision"]) == ("<theirs/>", 2)
    assert studio.house.actor("admin2").name in comparison["by"]
    assert studio.opened(1).files["flow.bpmn"] == b"<theirs/>"
    assert save(studio, revision=2).json["revision"] == 3  # after looking, on purpose


def test_who_saved_another_file_is_not_in_the_way(studio: Studio) -> None:
    studio.draft()
    save(studio, "admin2", file="forms/request.json", content=json.dumps(FORM | {"title": "新"}))
    answer = save(studio)
    assert (answer.status_code, answer.json["revision"]) == (200, 3)
    files = studio.opened(1).files
    assert json.loads(files["forms/request.json"])["title"] == "新"
    assert files["flow.bpmn"].decode() == RENAMED


def test_too_much_is_refused_and_nothing_written(studio: Studio) -> None:
    studio.draft()
    answer = save(studio, content="x" * 2_000_001)
    assert (answer.status_code, "超过 2 MB" in answer.json["message"]) == (400, True)
    assert studio.opened(1).revision == 1


def test_a_body_of_fifty_megabytes_is_refused_before_it_is_read(studio: Studio) -> None:
    studio.draft()
    answer = send(studio.client(), "POST", f"{DATA}/import", file="x.bpmn", content="x" * 50_000_000)
    assert (answer.status_code, "超过" in answer.json["message"]) == (413, True)


@pytest.mark.parametrize("body", [{"file": 1}, {"revision": "1"}, {"file": ""}, {"content": ["x"]}])
def test_a_body_of_the_wrong_shape_is_refused(studio: Studio, body: dict[str, Any]) -> None:
    studio.draft()
    answer = send(studio.client(), "PUT", DATA, **{"file": "flow.bpmn", "content": "x", "revision": 1, **body})
    assert (answer.status_code, "改动仍在浏览器中" in answer.json["message"]) == (400, True)


@pytest.mark.parametrize("path", ["../evil.bpmn", "/etc/passwd.txt", "a.exe"])
def test_names_that_leave_the_package_are_refused(studio: Studio, path: str) -> None:
    studio.draft()
    assert save(studio, file=path).status_code == 400
    assert studio.opened(1).revision == 1


def test_the_check_looks_at_what_is_not_saved_and_links_to_other_files(studio: Studio) -> None:
    studio.draft()
    browser = studio.client()
    assert send(browser, "POST", f"{DATA}/check", file="flow.bpmn", content=diagram().decode()).json["coverage"]["missed"] == []
    answer = send(browser, "POST", f"{DATA}/check", file="forms/check.json", content="{")
    found = next(one for one in answer.json["findings"] if one["rule"] == "form.malformed")
    assert found["file"] == "forms/check.json"
    assert found["url"] == "/procedures/drafts/1/edit/forms/check.json"
    assert studio.opened(1).revision == 1


def test_the_lists_of_the_editors_lead_to_forms(studio: Studio) -> None:
    studio.draft()
    found = studio.client().get(f"{DATA}/context").json
    assert {one["key"]: one["edit_url"] for one in found["forms"]}["check"] == "/procedures/drafts/1/edit/forms/check.json"
    assert found["new_form_url"] == "/procedures/drafts/1?new=form#new-file"
    assert [one["name"] for one in found["lanes"]] == ["经办人", "负责人"]


def test_two_at_one_draft_are_told(studio: Studio) -> None:
    studio.draft()
    assert send(studio.client(), "POST", f"{DATA}/presence", file="flow.bpmn").json["others"] == []
    others = send(studio.client("admin2"), "POST", f"{DATA}/presence", file="flow.bpmn").json["others"]
    assert studio.house.actor("admin").name in others[0]["name"]


FOREIGN = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="d">
<process id="p" isExecutable="true"><startEvent id="s"/><userTask id="t" camunda:formKey="apply" camunda:priority="5"/><endEvent id="e"/>
<sequenceFlow id="f" sourceRef="s" targetRef="t"/><sequenceFlow id="g" sourceRef="t" targetRef="e"/></process></definitions>"""


def test_a_foreign_diagram_is_converted_with_a_report(studio: Studio) -> None:
    studio.draft()
    answer = send(studio.client(), "POST", f"{DATA}/import", file="x.bpmn", content=FOREIGN).json
    assert 'name="form" value="apply"' in answer["content"]
    assert any(line.startswith("未能转换：") for line in answer["report"])
    assert studio.opened(1).revision == 1


@pytest.mark.parametrize("content", ['<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "no xml", "<a/>", "x" * 2_000_001])
def test_what_is_no_diagram_is_refused(studio: Studio, content: str) -> None:
    studio.draft()
    answer = send(studio.client(), "POST", f"{DATA}/import", file="x.bpmn", content=content)
    assert answer.status_code == 400
    assert answer.json["message"]


def test_a_form_is_previewed_with_the_fields_of_the_work_item(studio: Studio) -> None:
    studio.draft()
    form = CHECK | {"components": [*FORM["components"], *CHECK["components"]]}
    answer = send(studio.client(), "POST", f"{DATA}/preview", file="forms/check.json", content=json.dumps(form)).json
    assert answer["findings"] == []
    assert 'class="form-control"' in answer["html"]
    assert 'class="decision-bar"' in answer["html"]
    assert "<form" not in answer["html"]


@pytest.mark.parametrize(
    "content", ["{", "[]", '{"type": "default", "components": [{"type": "html", "id": "a"}]}', "[" * 100_000]
)
def test_a_form_that_does_not_build_has_findings_instead(studio: Studio, content: str) -> None:
    studio.draft()
    answer = send(studio.client(), "POST", f"{DATA}/preview", file="forms/check.json", content=content)
    assert (answer.status_code, answer.json["html"]) == (200, "")
    assert answer.json["findings"][0]["message"]


def test_a_new_table_can_be_tried(studio: Studio) -> None:
    studio.draft()
    browser = studio.client()
    made = post(browser, "/procedures/drafts/1/files", kind="table", name="grade", title="等级")
    content = studio.opened(1).files["grade.dmn"].decode()
    assert made.headers["Location"] == "/procedures/drafts/1/edit/grade.dmn"
    answer = send(browser, "POST", f"{DATA}/try", file="grade.dmn", content=content, inputs={"condition": "a"})
    assert answer.json == {"outputs": [{"result": "b"}], "rules": ["grade_rule"]}
    wrong = send(browser, "POST", f"{DATA}/try", file="grade.dmn", content=content, inputs=[1])
    assert wrong.status_code == 400


def test_a_new_form_builds_and_its_name_is_not_taken_twice(studio: Studio) -> None:
    studio.draft()
    browser = studio.client()
    new = {"kind": "form", "name": "party", "title": "党组会前置审核"}
    assert post(browser, "/procedures/drafts/1/files", **new).status_code == 303
    content = studio.opened(1).files["forms/party.json"].decode()
    assert send(browser, "POST", f"{DATA}/preview", file="forms/party.json", content=content).json["findings"] == []
    again = post(browser, "/procedures/drafts/1/files", **new)
    assert (again.status_code, "已经有这个编号" in again.get_data(as_text=True)) == (422, True)
    assert post(browser, "/procedures/drafts/1/files", kind="form", name="../x", title="x").status_code == 422


def test_a_text_is_saved_and_a_stale_one_shows_both(studio: Studio) -> None:
    studio.draft()
    browser, path = studio.client(), "/procedures/drafts/1/edit/messages/todo.txt"
    assert post(browser, path, content="请办理\r\n\r\n{recipient}", revision="1").status_code == 303
    assert studio.opened(1).files["messages/todo.txt"] == "请办理\n\n{recipient}".encode()
    save(studio, content="<other/>", revision=2)  # another file, in another window
    stale = post(browser, path, content="我的内容\n\n正文", revision="1")
    page = stale.get_data(as_text=True)
    assert stale.status_code == 409
    assert "我的内容" in page
    assert "对方刚刚保存的内容" in page
    assert 'name="revision" value="3"' in page


def test_a_text_is_previewed_with_samples(studio: Studio) -> None:
    studio.draft()
    page = studio.client().get("/procedures/drafts/1/edit/messages/todo.txt").get_data(as_text=True)
    assert "请办理资格初审" in page
    assert "周明远：请办理TJ2026-0001。" in page


def test_a_file_is_removed_and_a_draft_discarded(studio: Studio) -> None:
    studio.draft()
    browser = studio.client()
    post(browser, "/procedures/drafts/1/files/remove", file="messages/todo.txt", revision="1")
    assert "messages/todo.txt" not in studio.opened(1).files
    post(browser, "/procedures/drafts/1/discard")
    assert browser.get("/procedures/drafts/1").status_code == 404
    with studio.house.context.reading() as tx:
        assert tx.session.get_one(ProcedureDraft, 1).state == "discarded"


def test_findings_are_a_part_of_the_page_and_lead_to_the_files(studio: Studio) -> None:
    studio.draft(forms_check__json="{")
    page = studio.client().get("/procedures/drafts/1/findings").get_data(as_text=True)
    assert "修改之后才能部署" in page
    assert 'href="/procedures/drafts/1/edit/forms/check.json"' in page
    assert "form.malformed" in page
