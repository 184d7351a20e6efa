"""A version: facts, files, comparison, retiring, and the live view with the cases behind it."""

import json

from tests.studio.small import FORM, diagram
from tests.web.house import post
from tests.web_studio.conftest import Counting
from tests.web_studio.studio import Studio


def two(studio: Studio) -> tuple[int, int]:
    changed = json.loads(json.dumps(FORM))
    changed["components"][0]["label"] = "申请人姓名"
    first = studio.house.deploy_small()
    return first, studio.house.deploy_small(flow__bpmn=diagram(check="review"), forms_request__json=changed)


def test_a_version_shows_its_facts_and_its_diagram(studio: Studio) -> None:
    first, _ = two(studio)
    studio.house.start(first)
    page = studio.client("leader").get(f"/procedures/versions/{first}").get_data(as_text=True)
    for words in ("旧版本", "在办 1 件", "测试", f"/procedures/versions/{first}/files/flow.bpmn"):
        assert words in page
    assert "停用" not in page
    answer = studio.client("leader").get(f"/procedures/versions/{first}/files/flow.bpmn")
    assert (answer.data, answer.mimetype) == (diagram(), "application/xml")
    assert studio.client().get(f"/procedures/versions/{first}/files/nothing.txt").status_code == 404
    assert studio.client().get("/procedures/versions/99").status_code == 404


def test_two_versions_side_by_side_with_every_difference_named(studio: Studio) -> None:
    first, second = two(studio)
    page = studio.client("leader").get(f"/procedures/versions/{second}/compare").get_data(as_text=True)
    assert f'data-before-url="/procedures/versions/{first}/files/flow.bpmn"' in page
    for words in ("新增", "删除", "申请人姓名", "<del>姓名</del>"):
        assert words in page


def test_a_version_is_retired_and_taken_back(studio: Studio) -> None:
    _, second = two(studio)
    browser, path = studio.client(), f"/procedures/versions/{second}/retire"
    assert post(browser, path, reason="").status_code == 422
    assert post(browser, path, reason="有误").status_code == 303
    assert "已停用" in browser.get(f"/procedures/versions/{second}").get_data(as_text=True)
    post(browser, path, reason="更正")
    assert "使用中" in browser.get(f"/procedures/versions/{second}").get_data(as_text=True)


def test_the_live_view_counts_waits_and_leads_to_the_cases(studio: Studio) -> None:
    version_id = studio.house.deploy_small()
    studio.house.start(version_id, title="等着的一件")
    studio.house.clock.turn(days=9)
    browser = studio.client("handler")
    found = browser.get(f"/procedures/versions/{version_id}/live.json?period=7d").json
    node = found["nodes"]["fill"]
    assert (found["period"], node["open"], node["overdue"], node["median_hours"]) == ("7d", 1, 1, 216.0)
    page = browser.get(node["url"]).get_data(as_text=True)
    assert "等着的一件" in page
    assert "已超期" in page
    assert browser.get(f"/procedures/versions/{version_id}/live.json?period=x").json["period"] == "30d"
    veiled = studio.client().get(node["url"]).get_data(as_text=True)  # the administrator sees that it is there, and nothing of it
    assert "SQ2026-0001" in veiled
    assert "等着的一件" not in veiled


def test_the_live_view_takes_a_period_from_a_day_to_a_day(studio: Studio) -> None:
    version_id = studio.house.deploy_small()
    case_id = studio.house.start(version_id)  # 2 March, 9:00
    studio.house.clock.turn(days=2)
    studio.house.finish("handler", "fill", case_id, name="甲")
    path, browser = f"/procedures/versions/{version_id}/live.json", studio.client()
    found = browser.get(f"{path}?from=2026-03-01&to=2026-03-04").json
    assert (found["period"], found["from"], found["to"], found["nodes"]["fill"]["done"]) == (
        "days",
        "2026-03-01",
        "2026-03-04",
        1,
    )
    assert browser.get(f"{path}?from=2026-03-01&to=2026-03-03").json["nodes"]["fill"]["done"] == 0
    for wrong in ("from=2026-03-01", "from=x&to=y", "from=2026-03-04&to=2026-03-01"):
        assert browser.get(f"{path}?{wrong}").status_code == 400


def test_numbers_cost_the_same_for_one_and_three_cases(studio: Studio, statements: Counting) -> None:
    version_id = studio.house.deploy_small()
    browser, path, costs = studio.client(), f"/procedures/versions/{version_id}/live.json", []
    for count in (1, 2):
        for _ in range(count):
            studio.house.start(version_id)
        browser.get(path)
        with statements() as seen:
            browser.get(path)
        costs.append(len(seen))
    assert costs == [5, 5]  # who asks, items, spans, timers, messages
