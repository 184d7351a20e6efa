"""Every page of paper templates: who edits gets in, who only looks is refused where something changes, others see nothing."""

import re

from app.web.guards import GUARD
from tests.web.house import post
from tests.web_studio.studio import Studio, send

GROUPS = ("templates", "templates_data")


def addresses(desk: Studio, permission: str, method: str) -> list[str]:
    """Return the addresses behind a permission, with the first row in place of each number."""
    rules = [rule for rule in desk.app.url_map.iter_rules() if rule.endpoint.partition(".")[0] in GROUPS]
    chosen = [one for one in rules if getattr(desk.app.view_functions[one.endpoint], GUARD) == permission]
    found = [re.sub(r"<name>", "a.png", re.sub(r"<int:[^>]+>", "1", one.rule)) for one in chosen if method in (one.methods or ())]
    assert found
    return found


def test_who_sees_procedures_looks_and_does_not_edit(desk: Studio) -> None:
    looks, edits = addresses(desk, "see_procedures", "GET"), addresses(desk, "deploy_procedure", "GET")
    leader, other = desk.client("leader"), desk.client("archivist")
    assert {path: leader.get(path).status_code for path in looks} == dict.fromkeys(looks, 200)
    assert {leader.get(path).status_code for path in edits} == {403}
    assert {other.get(path).status_code for path in looks + edits} == {403}


def test_nothing_is_changed_without_the_right(desk: Studio) -> None:
    browser, paths = desk.client("leader"), addresses(desk, "deploy_procedure", "POST")
    assert len(paths) > 10
    assert {post(browser, path).status_code for path in paths} == {403}
    answer = send(browser, "PUT", "/templates/drafts/1/data", file="style.css", content="x", revision=1)
    assert (answer.status_code, desk.opened(1).revision) == (403, 1)


def test_the_one_who_edits_gets_everywhere(desk: Studio) -> None:
    browser = desk.client()
    pages = addresses(desk, "see_procedures", "GET") + addresses(desk, "deploy_procedure", "GET")
    refused = {path: browser.get(path).status_code for path in pages if browser.get(path).status_code != 200}
    assert refused == {"/templates/drafts/1/pictures/a.png": 404}


def test_a_save_from_another_site_is_refused(desk: Studio) -> None:
    body = {"file": "style.css", "content": "x", "revision": 1}
    assert desk.client().put("/templates/drafts/1/data", json=body).status_code == 400
    assert desk.opened(1).revision == 1
