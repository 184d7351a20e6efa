"""演练 with the draft's forms: shown and judged as a work item is, kept with the rehearsal, one role at a time."""

import json
from typing import Any

from sqlalchemy import func, select

from app.persistence.models import Rehearsal, Submission
from tests.engine.diagrams import service
from tests.studio.small import PASSED, WAYS, diagram, person
from tests.web.house import post
from tests.web_studio.studio import Studio

HERE = "/procedures/rehearsals/1"


def component(kind: str, key: str, label: str, **more: Any) -> dict[str, Any]:
    """A field of a form."""
    return {"type": kind, "id": key, "key": key, "label": label, **more}


REQUEST: dict[str, Any] = {
    "type": "default", "title": "申请表",
    "components": [
        component("textfield", "name", "姓名", validate={"required": True}),
        component("textfield", "id_no", "身份证号", properties={"valueType": "id_number", "sensitive": "true"}),
        component("number", "years", "从业年限", validate={"required": True, "min": 1, "max": 60}),
        component("datetime", "since", "入职日期", subtype="date", dateLabel="入职日期"),
        component("filepicker", "proof", "证明材料", validate={"required": True}),
        component("select", "judge", "评委", properties={"optionsSource": "round_experts"}),
        component("dynamiclist", "prizes", "奖项", components=[component("textfield", "prize", "奖项名称")]),
        component("textfield", "unit", "所在单位", readonly=True),
    ],
}  # fmt: skip
GOOD = {"name": "张三", "years": "12", "proof": "1", "prizes-0-prize": "技能大赛一等奖"}
FILL = {"_verb": "complete", "_name": "fill"}


def begun(studio: Studio, **changes: Any) -> Any:
    """Begin a rehearsal of the small procedure with a form worth the name; return a browser."""
    request = json.loads(json.dumps(REQUEST))
    sources = studio.house.context.registry.sources
    request["components"][5]["properties"]["optionsSource"] = next(iter(sources))
    studio.draft(forms_request__json=request, **changes)
    browser = studio.client()
    assert post(browser, "/procedures/drafts/1/rehearsals", kind="request").headers["Location"] == HERE
    return browser


def page_of(browser: Any, path: str = HERE) -> str:
    return browser.get(path).get_data(as_text=True)


def kept(studio: Studio) -> dict[str, Any]:
    with studio.house.context.reading() as tx:
        return json.loads(tx.session.scalars(select(Rehearsal.scenario_json)).one())


def test_the_form_of_the_draft_is_shown_with_samples(studio: Studio) -> None:
    page = page_of(begun(studio))
    title = next(iter(studio.house.context.registry.sources.values())).title
    for words in (
        f"{title}（示例一）",
        "示例文件",
        "data-add-row",
        'value="所在单位（示例）"',
        'type="date"',
        "演练没有真实的办件",
    ):
        assert words in page
    assert "data-upload=" not in page


def test_what_does_not_fit_is_refused_at_its_fields_and_nothing_is_lost(studio: Studio) -> None:
    browser = begun(studio)
    sent = {"years": "90", "since": "昨天", "prizes-0-prize": "技能大赛一等奖", "id_no": "123"}
    answer = post(browser, f"{HERE}/step", **FILL, **sent)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    for field, words in (
        ("name", "请填写“姓名”"),
        ("years", "“从业年限”"),
        ("since", "“入职日期”"),
        ("proof", "“证明材料”"),
        ("id_no", "“身份证号”"),
    ):
        assert f'<a href="#f-{field}">' in page
        assert words in page
    assert 'value="技能大赛一等奖"' in page
    assert kept(studio)["steps"] == []


def test_the_form_goes_on_as_variables_and_is_read_at_the_next_step(studio: Studio) -> None:
    flow = diagram().replace(
        b'value="request"', b'value="request" /><spiffworkflow:property name="exports" value="name, years"', 1
    )
    browser = begun(studio, flow__bpmn=flow)
    assert post(browser, f"{HERE}/step", **FILL, **GOOD, id_no="110101199003074514").status_code == 303
    page = page_of(browser)
    for words in ("已填的内容", "张三", "技能大赛一等奖", "1 个文件", "审核申请"):
        assert words in page
    assert "110101199003074514" not in page
    assert "110101199003074514" not in json.dumps(kept(studio))
    assert kept(studio)["steps"][0]["values"] == {"name": "张三", "years": "12"}


def test_a_recorded_scenario_holds_what_the_forms_exported_and_passes(studio: Studio) -> None:
    browser = begun(studio)
    post(browser, f"{HERE}/step", **FILL, **GOOD)
    post(browser, f"{HERE}/step", _verb="complete", _name="check", decision="pass")
    post(browser, f"{HERE}/record", name="walked", scenario_title="走一遍")
    scenario = json.loads(studio.opened(1).files["scenarios/walked.json"])
    assert [step["values"] for step in scenario["steps"]] == [{}, {"decision": "pass"}]
    assert "filled" not in scenario
    assert "scenario.step" not in browser.get("/procedures/drafts/1/findings").get_data(as_text=True)


def test_a_field_that_the_form_has_not_is_not_taken(studio: Studio) -> None:
    browser = begun(studio)
    assert post(browser, f"{HERE}/step", **FILL, **GOOD, salary="1", decision="pass").status_code == 303
    assert kept(studio)["filled"]["0"].keys() == {"name", "id_no", "years", "since", "proof", "judge", "prizes", "unit"}
    refused = post(browser, f"{HERE}/step", _verb="complete", _name="check", decision="pass", **{"_value-decision": "evil"})
    assert (refused.status_code, "不给出名为“decision”的值" in refused.get_data(as_text=True)) == (422, True)


def test_a_role_sees_its_own_steps_only_and_does_no_others(studio: Studio) -> None:
    browser = begun(studio)
    leader, clerk = page_of(browser, f"{HERE}?role=bureau_leader"), page_of(browser, f"{HERE}?role=bureau_handler")
    assert "区人社局负责人现在没有要办的" in leader
    assert ('id="open-step"' in leader, 'id="open-step"' in clerk, "让时间过去" in clerk) == (False, True, False)
    refused = post(browser, f"{HERE}/step", **FILL, **GOOD, _role="bureau_leader")
    assert (refused.status_code, "由区人社局经办人办理" in refused.get_data(as_text=True)) == (422, True)
    done = post(browser, f"{HERE}/step", **FILL, **GOOD, _role="bureau_handler")
    assert done.headers["Location"] == f"{HERE}?role=bureau_handler"
    assert "撤回" in page_of(browser, done.headers["Location"])
    assert "让时间到" not in page_of(browser, f"{HERE}?role=bureau_leader")


def test_a_rehearsal_is_for_those_who_may_change_procedures_whoever_began_it(studio: Studio) -> None:
    begun(studio)
    stranger = studio.client("handler")
    assert (stranger.get(HERE).status_code, post(stranger, f"{HERE}/step", **FILL, **GOOD).status_code) == (403, 403)
    assert kept(studio)["steps"] == []
    assert post(studio.client("admin2"), f"{HERE}/step", **FILL, **GOOD).status_code == 303
    assert post(studio.client("admin2"), "/procedures/rehearsals/2/step", **FILL).status_code == 404


def test_a_form_that_changed_in_the_draft_meanwhile_is_asked_as_it_was(studio: Studio) -> None:
    browser = begun(studio)
    studio.changed(
        1, forms_request__json={"type": "default", "title": "新表", "components": [component("number", "age", "年龄")]}
    )
    page = page_of(browser)
    assert "草稿在这次演练开始之后又有修改" in page
    assert ("从业年限" in page, "年龄" in page) == (True, False)
    assert post(browser, f"{HERE}/step", **FILL, age="40").status_code == 422
    studio.changed(1, forms_request__json=None)
    assert post(browser, f"{HERE}/step", **FILL, **GOOD).status_code == 303


def test_what_was_filled_in_goes_with_its_step_and_with_its_rehearsal(studio: Studio) -> None:
    browser = begun(studio)
    post(browser, f"{HERE}/step", **FILL, **GOOD)
    post(browser, f"{HERE}/rewind")
    assert kept(studio)["filled"] == {}
    post(browser, f"{HERE}/step", **FILL, **GOOD)
    post(browser, f"{HERE}/step", _verb="complete", _name="check", decision="return")
    again = page_of(browser)
    assert ('value="张三"' in again, 'value="技能大赛一等奖"' in again) == (True, True)
    post(browser, f"{HERE}/remove")
    with studio.house.context.reading() as tx:
        assert [tx.session.scalar(select(func.count()).select_from(one)) for one in (Rehearsal, Submission)] == [0, 0]


def test_an_operation_is_not_carried_out_and_its_answer_comes_from_a_scenario(studio: Studio) -> None:
    calling = diagram(
        more=service("count", "panel_members", result="members"), ways=WAYS.replace("fill > check", "fill > count > check")
    )
    browser = begun(studio, flow__bpmn=calling, scenarios_passed__json={**PASSED, "operations": {"panel_members": [31, 32]}})
    asked = post(browser, f"{HERE}/step", **FILL, **GOOD).get_data(as_text=True)
    for words in ("演练不执行它", 'name="_answer" value="[31, 32]"', "已按草稿的场景填好"):
        assert words in asked
    assert (
        post(browser, f"{HERE}/step", **FILL, **GOOD, _answers="{}", _operation="panel_members", _answer="[7]").status_code == 303
    )
    assert kept(studio)["operations"] == {"panel_members": {"each": [[7]]}}


def test_several_forms_are_opened_one_at_a_time(studio: Studio) -> None:
    ways = WAYS.replace("S > fill > check", "S > P > fill > J\nP > read > J\nJ > check")
    both = '<bpmn:parallelGateway id="P" /><bpmn:parallelGateway id="J" />' + person(
        "read", "阅示", form="check", exports="decision"
    )
    browser = begun(studio, flow__bpmn=diagram(more=both, ways=ways, clerk="fill", leader="check read"))
    first, second = page_of(browser), page_of(browser, f"{HERE}?step=read")
    assert ("从业年限" in first, "step=read#open-step" in first) == (True, True)
    assert ("从业年限" in second, 'name="decision" value="pass"' in second) == (False, True)


def test_what_has_to_be_filled_in_can_be_filled_with_samples(studio: Studio) -> None:
    browser = begun(studio)
    page = page_of(browser, f"{HERE}?samples=1")
    assert ('value="姓名（示例）"' in page, 'name="prizes-0-prize" value' in page) == (True, False)
    assert 'value="姓名（示例）"' not in page_of(browser)
