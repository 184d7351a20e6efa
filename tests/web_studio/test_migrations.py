"""Migration over HTTP: the proposal, where it fails, corrections, a try, the batch with its progress, and the way back."""

from typing import Any

from app.services.studio import migration
from tests.studio.small import WAYS, diagram, person
from tests.web.house import post
from tests.web_studio.studio import Studio

NO_SCENARIOS: dict[str, Any] = {"scenarios_passed__json": None, "scenarios_returned__json": None}
INSERTED = diagram(
    more=person("party", "党组会前置审核", form="request", stage="checking", due="workdays(2)"),
    ways=WAYS.replace("fill > check", "fill > party > check"),
    leader="check party",
)


def moving(studio: Studio, newer: bytes = INSERTED, *, count: int = 2, checking: bool = False) -> tuple[str, list[int]]:
    """Deploy two versions with cases on the first; return the address of the page and the cases."""
    first = studio.house.deploy_small()
    studio.house.deploy_small(flow__bpmn=newer, **NO_SCENARIOS)
    cases = [studio.house.start(first, title=f"第{number}件") for number in range(count)]
    for case_id in cases if checking else ():
        studio.house.finish("handler", "fill", case_id, name="甲")
    return f"/procedures/versions/{first}/migrate", cases


def test_the_page_proposes_the_mapping_and_a_try_changes_nothing(studio: Studio) -> None:
    path, cases = moving(studio)
    page = studio.client().get(path).get_data(as_text=True)
    assert "个环节编号相同，自动对应" in page
    assert page.count('name="case"') == 2
    tried = post(studio.client(), path, to="2", action="try", case=cases).get_data(as_text=True)
    assert "可以迁移 2 件，留在原版本 0 件" in tried
    assert set(studio.house.versions_of_cases().values()) == {1}


def test_where_no_node_is_found_the_page_says_so_and_takes_a_correction(studio: Studio) -> None:
    newer = diagram(check="review").replace("审核申请".encode(), "复核".encode())
    path, cases = moving(studio, newer, count=1, checking=True)
    browser = studio.client()
    assert "没有对应，停在这里的办件不迁移" in browser.get(path).get_data(as_text=True)
    sent: dict[str, Any] = {"to": "2", "action": "try", "case": cases}
    assert "留在原版本 1 件" in post(browser, path, **sent).get_data(as_text=True)
    mended = post(browser, path, **sent, **{"node-check": "review"}).get_data(as_text=True)
    assert "可以迁移 1 件" in mended
    assert '<option value="review" selected>' in mended


def test_a_batch_is_run_with_progress_and_undone(studio: Studio) -> None:
    path, cases = moving(studio, count=3)
    browser = studio.client()
    started = post(browser, path, to="2", action="start", reason="改版", case=cases).headers["Location"]
    assert set(studio.house.versions_of_cases().values()) == {1}  # nothing moves before the page asks
    assert "已处理 0 / 3 件" in browser.get(started).get_data(as_text=True)
    assert 'value="3"' in post(browser, f"{started}/run", headers={"HX-Request": "true"}).get_data(as_text=True)
    assert "迁移成功 3 件" in browser.get(started).get_data(as_text=True)
    assert set(studio.house.versions_of_cases().values()) == {2}
    back = post(browser, f"{started}/undo", reason="有误").headers["Location"]
    post(browser, f"{back}/run")
    assert set(studio.house.versions_of_cases().values()) == {1}


def test_an_interrupted_batch_goes_on_where_it_stopped(studio: Studio) -> None:
    path, cases = moving(studio, count=3)
    browser = studio.client()
    started = post(browser, path, to="2", action="start", reason="改版", case=cases).headers["Location"]
    batch_id = int(started.rpartition("/")[2])
    migration.run(studio.house.context, actor=studio.house.actor("admin"), batch_id=batch_id, limit=1)
    assert "已处理 1 / 3 件" in browser.get(started).get_data(as_text=True)
    assert post(browser, f"{started}/run").status_code == 303
    assert "迁移成功 3 件" in browser.get(started).get_data(as_text=True)


def test_no_reason_and_no_case_are_refused(studio: Studio) -> None:
    path, cases = moving(studio)
    browser = studio.client()
    nothing = post(browser, path, to="2", action="start", case=cases)
    assert (nothing.status_code, "请写明迁移原因" in nothing.get_data(as_text=True)) == (422, True)
    empty = post(browser, path, to="2", action="start", reason="改版")
    assert (empty.status_code, "请至少选择一件办件" in empty.get_data(as_text=True)) == (422, True)


def test_a_version_of_nothing_is_refused(studio: Studio) -> None:
    path, cases = moving(studio, count=1)
    assert post(studio.client(), path, to="99", action="try", case=cases).status_code == 404
    assert post(studio.client(), path, to="1", action="try", case=cases).status_code == 400
    alone = Studio(studio.app, studio.house).client().get("/procedures/versions/99/migrate")
    assert alone.status_code == 404


TWO_MORE = diagram(
    more=person("party", "党组会前置审核", form="request", stage="checking")
    + person("audit", "审计", form="request", stage="checking"),
    ways=WAYS.replace("fill > check", "fill > party > audit > check"),
    leader="check party audit",
)


def test_where_two_nodes_became_one_the_way_back_is_asked_for(studio: Studio) -> None:
    first = studio.house.deploy_small(flow__bpmn=TWO_MORE, **NO_SCENARIOS)
    studio.house.deploy_small()
    case_id = studio.house.start(first)
    studio.house.finish("handler", "fill", case_id, name="甲")
    browser, into = studio.client(), {"node-party": "check", "node-audit": "check"}
    begun = post(browser, f"/procedures/versions/{first}/migrate", to="2", action="start", reason="合并", case=[case_id], **into)
    batch = begun.headers["Location"]
    post(browser, f"{batch}/run")
    asked = post(browser, f"{batch}/undo", reason="恢复")
    assert (asked.status_code, "审计（audit）</option>" in asked.get_data(as_text=True)) == (422, True)
    back = post(browser, f"{batch}/undo", reason="恢复", **{"node-check": "party"}).headers["Location"]
    post(browser, f"{back}/run")
    assert studio.house.open_nodes(case_id) == ["party"]


def test_a_long_batch_is_shown_page_by_page_and_what_stays_comes_first(studio: Studio) -> None:
    _path, cases = moving(studio, count=22)
    done = studio.house.start(1, title="办结")
    studio.house.finish("handler", "fill", done, name="甲")
    studio.house.finish("leader", "check", done, decision="pass")
    admin = studio.house.actor("admin")
    begun = {"from_version_id": 1, "to_version_id": 2, "case_ids": [*cases, done], "reason": "改版"}
    batch_id = migration.begin(studio.house.context, actor=admin, **begun)
    migration.run(studio.house.context, actor=admin, batch_id=batch_id)
    page = studio.client().get(f"/procedures/migrations/{batch_id}").get_data(as_text=True)
    assert "迁移成功 22 件，留在原版本 1 件" in page and "第 1 页，共 2 页，23 件" in page
    assert page.count('<th scope="row" class="number">') == 20
    assert page.index("留在原版本</span>") < page.index("已迁移</span>")
    last = studio.client().get(f"/procedures/migrations/{batch_id}?page=2").get_data(as_text=True)
    assert last.count('<th scope="row" class="number">') == 3 and "留在原版本</span>" not in last
