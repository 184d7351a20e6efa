"""Every page of the studio: who edits gets in, who only looks is refused where something changes, others see nothing."""

import re

import pytest
from flask.testing import FlaskClient

from app.web.guards import GUARD
from tests.web.house import post
from tests.web_studio.studio import Studio, send


def addresses(studio: Studio, permission: str, method: str) -> list[str]:
    """Return the addresses of the studio behind a permission, with the first row in place of each number."""
    rules = [rule for rule in studio.app.url_map.iter_rules() if rule.endpoint.partition(".")[0] in ("studio", "drafts_data")]
    chosen = [one for one in rules if getattr(studio.app.view_functions[one.endpoint], GUARD) == permission]
    found = [
        re.sub(r"<path:[^>]+>", "flow.bpmn", re.sub(r"<int:[^>]+>", "1", one.rule))
        for one in chosen
        if method in (one.methods or ())
    ]
    assert found
    return found


@pytest.fixture
def settled(studio: Studio) -> Studio:
    studio.house.deploy_small()
    studio.draft()
    return studio


def codes(browser: FlaskClient, paths: list[str]) -> dict[str, int]:
    return {path: browser.get(path).status_code for path in paths}


def test_who_sees_procedures_looks_and_does_not_edit(settled: Studio) -> None:
    looks, edits = addresses(settled, "see_procedures", "GET"), addresses(settled, "deploy_procedure", "GET")
    leader, other = settled.client("leader"), settled.client("archivist")
    assert {path for path, code in codes(leader, looks).items() if code not in (200, 404)} == set()
    assert set(codes(leader, edits).values()) == {403}
    assert set(codes(other, looks + edits).values()) == {403}


def test_nothing_is_changed_without_the_right(settled: Studio) -> None:
    browser = settled.client("leader")
    paths = addresses(settled, "deploy_procedure", "POST")
    assert len(paths) > 20
    assert {path for path in paths if post(browser, path).status_code != 403} == set()
    answer = send(browser, "PUT", "/procedures/drafts/1/data", file="flow.bpmn", content="x", revision=1)
    assert (answer.status_code, "没有这项权限" in answer.json["message"]) == (403, True)
    assert settled.opened(1).revision == 1


def test_the_one_who_edits_gets_everywhere(settled: Studio) -> None:
    browser = settled.client()
    pages = addresses(settled, "see_procedures", "GET") + addresses(settled, "deploy_procedure", "GET")
    refused = {path: code for path, code in codes(browser, pages).items() if code != 200}
    # No batch and no rehearsal there, no node asked for, and nothing that waits for confirmation.
    assert refused == {
        "/procedures/versions/1/live/cases": 404, "/procedures/migrations/1": 404, "/procedures/rehearsals/1": 404,
        "/procedures/drafts/1/confirm": 409,
    }  # fmt: skip


def test_the_switch_of_the_second_person_is_for_who_grants_roles(settled: Studio) -> None:
    assert addresses(settled, "grant_roles", "GET") == ["/procedures/rules"]
    for who, code in (("security", 200), ("admin", 403), ("leader", 403)):
        assert settled.client(who).get("/procedures/rules").status_code == code
    assert post(settled.client(), "/procedures/rules", second_person="off").status_code == 403


def test_without_a_login_scripts_are_told_so(settled: Studio) -> None:
    browser = settled.app.test_client()
    answer = send(browser, "PUT", "/procedures/drafts/1/data", file="flow.bpmn", content="x", revision=1)
    assert (answer.status_code, answer.json["message"]) == (401, "请先登录。")


def test_a_save_from_another_site_is_refused(settled: Studio) -> None:
    answer = settled.client().put("/procedures/drafts/1/data", json={"file": "flow.bpmn", "content": "x", "revision": 1})
    assert answer.status_code == 400
    assert settled.opened(1).revision == 1
