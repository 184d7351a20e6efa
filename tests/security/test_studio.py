"""What a process administrator could do alone, or be led to do, and what of the cases they could read."""

import time
from typing import Any

import pytest

from app.services.studio import deployment
from app.web.studio.files import title_of
from tests.web.house import post
from tests.web_studio.studio import Studio, send
from tests.web_studio.test_migrations import moving


def begun(studio: Studio, path: str, cases: list[int], **nodes: str) -> Any:
    """Begin a migration to version 2 and move the cases."""
    answer = post(studio.client(), path, to="2", action="start", reason="改版", case=cases, **nodes)
    if answer.status_code == 303:
        post(studio.client(), f"{answer.headers['Location']}/run")
    return answer


def test_nobody_lets_a_case_skip_a_step_by_migrating_it(studio: Studio) -> None:
    path, cases = moving(studio, count=1)
    refused = begun(studio, path, cases, **{"node-fill": "check"})
    assert (refused.status_code, "新版本仍有环节" in refused.get_data(as_text=True)) == (422, True)
    assert studio.house.open_nodes(cases[0]) == ["fill"]


def test_nobody_lets_a_case_skip_a_step_on_its_way_back(studio: Studio) -> None:
    path, cases = moving(studio, count=1)
    batch = begun(studio, path, cases).headers["Location"]
    refused = post(studio.client(), f"{batch}/undo", reason="有误", **{"node-fill": "check"})
    assert (refused.status_code, "不能迁回那里" in refused.get_data(as_text=True)) == (422, True)
    back = post(studio.client(), f"{batch}/undo", reason="有误").headers["Location"]
    post(studio.client(), f"{back}/run")
    assert studio.house.open_nodes(cases[0]) == ["fill"]


def test_nobody_confirms_what_was_put_in_the_place_of_what_they_saw(studio: Studio) -> None:
    draft_id, maker = studio.draft(), studio.house.actor("admin")
    path, context = f"/procedures/drafts/{draft_id}", studio.house.context
    deployment.submit(context, actor=maker, draft_id=draft_id, expected=1, reason="改版")
    assert 'name="revision" value="1"' in studio.client("admin2").get(f"{path}/confirm").get_data(as_text=True)
    deployment.send_back(context, actor=maker, draft_id=draft_id, reply="再改一处")
    send(studio.client(), "PUT", f"{path}/data", file="messages/todo.txt", content="待办\n\n另一份正文", revision=1)
    deployment.submit(context, actor=maker, draft_id=draft_id, expected=2, reason="改版")
    assert post(studio.client("admin2"), f"{path}/confirm", revision="1").status_code == 409
    assert studio.opened(draft_id).state == "waiting"
    assert post(studio.client("admin2"), f"{path}/confirm", revision="2").status_code == 303


PAGE = (
    b'<html xmlns="http://www.w3.org/1999/xhtml"><script src="/static/vendor/app.js"/><p hx-post="/x" hx-trigger="load"/></html>'
)


@pytest.mark.parametrize("name", ["flow.bpmn", "check.dmn"])
def test_a_diagram_that_is_a_web_page_does_nothing_when_it_is_opened(studio: Studio, name: str) -> None:
    draft_id = studio.draft(**{name.replace(".", "__"): PAGE})
    answer = studio.client("admin2").get(f"/procedures/drafts/{draft_id}/files/{name}")
    assert answer.data == PAGE
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "script-src" not in policy


def test_the_files_of_a_version_and_the_diagram_of_a_case_do_nothing_either(studio: Studio) -> None:
    version_id = studio.house.deploy_small()
    case_id = studio.house.start(version_id)
    browser = studio.client("handler")
    for path in (f"/procedures/versions/{version_id}/files/flow.bpmn", f"/cases/{case_id}/diagram.bpmn"):
        answer = browser.get(path)
        assert (answer.status_code, "sandbox" in answer.headers["Content-Security-Policy"]) == (200, True), path


def test_who_moves_cases_does_not_read_whom_they_are_about(studio: Studio) -> None:
    path, cases = moving(studio, count=1)
    assert "第0件" not in studio.client().get(path).get_data(as_text=True)
    batch = begun(studio, path, cases).headers["Location"]
    page = studio.client().get(batch).get_data(as_text=True)
    assert "迁移成功 1 件" in page
    assert "第0件" not in page


def test_the_title_of_a_diagram_is_found_in_no_time_whatever_its_text_is() -> None:
    made, begun = b"<process " * 20_000, time.process_time()
    assert title_of("flow.bpmn", made) == "flow"
    assert time.process_time() - begun < 0.5


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_a_day_at_the_edge_of_the_calendar_is_refused(studio: Studio, day: str) -> None:
    version_id = studio.house.deploy_small()
    answer = studio.client().get(f"/procedures/versions/{version_id}/live.json?from={day}&to={day}")
    assert answer.status_code == 400


@pytest.mark.parametrize("more", [b"\nx = " + b"[" * 50_000 + b"]" * 50_000, b"\n" + b"a." * 20_000 + b"a = 1"])
def test_settings_that_keep_a_reader_busy_or_overturn_it_are_refused(studio: Studio, more: bytes) -> None:
    draft_id, begun = studio.draft(), time.process_time()
    content = (studio.opened(draft_id).files["procedure.toml"] + more).decode()
    path = f"/procedures/drafts/{draft_id}"
    assert send(studio.client(), "PUT", f"{path}/data", file="procedure.toml", content=content, revision=1).status_code == 200
    for page, status in ((path, 200), (f"{path}/findings", 200), (f"{path}/settings", 302), (f"{path}/rehearsals", 200)):
        assert studio.client().get(page).status_code == status, page
    assert time.process_time() - begun < 3


def test_a_scenario_that_waits_beyond_the_calendar_fails_and_breaks_nothing(studio: Studio) -> None:
    waits = b'{"title": "x", "case": "request", "steps": [{"wait": "P9999999D"}], "expect": {}}'
    draft_id = studio.draft(scenarios_passed__json=waits)
    page = studio.client().get(f"/procedures/drafts/{draft_id}/findings")
    assert (page.status_code, "超出了日历的范围" in page.get_data(as_text=True)) == (200, True)
