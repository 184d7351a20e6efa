"""The lists of the editors, trying a decision table, and the manifest as a document."""

import pytest

from app.domain.errors import DomainError
from app.engine.expressions import BUILT_IN_NAMES
from app.services.casework.case_work import FUNCTIONS
from app.services.packages.package_check import examine
from app.services.packages.procedures import read_package
from app.services.registry import Registry
from app.services.studio.blank_package import blank_package
from app.services.studio.studio_context import editor_context, try_a_table
from tests.catalog.packages import ROOT
from tests.gate.package_cases import ASK, decision
from tests.studio.small import WAYS, diagram, small

FLAGSHIP = ROOT / "bpmn" / "linkonggang-artisan"


def test_the_lists_of_a_package_are_in_words_that_people_read(registry: Registry) -> None:
    lists = editor_context(small(), registry=registry)
    assert lists["lanes"] == [{"name": "经办人", "role": "bureau_handler"}, {"name": "负责人", "role": "bureau_leader"}]
    form = next(form for form in lists["forms"] if form["key"] == "check")
    options = [{"value": "pass", "label": "通过"}, {"value": "return", "label": "退回"}]
    assert form["fields"] == [{"key": "decision", "label": "结论", "kind": "radio", "exportable": True, "options": options}]
    assert lists["variables"] == {"request": [{"name": "decision", "title": "结论", "options": options}]}
    told = {"from": "request", "to": "request", "from_kind": "request", "to_kind": "request", "delivery": "", "payload": []}
    assert lists["messages"] == [{"name": "cancelled", "title": "撤回", **told}]
    assert lists["stages"] == {"request": [{"id": "filling", "title": "填写"}, {"id": "checking", "title": "审核"}]}


def test_the_lists_of_the_flagship_name_every_deadline_and_payload(registry: Registry) -> None:
    lists = editor_context(read_package(FLAGSHIP), registry=registry)
    assert {"nomination_close", "notice_end"} <= {one["name"] for one in lists["deadlines"]}
    payloads = {message["name"]: message["payload"] for message in lists["messages"]}
    assert payloads["expert_review_opened"] == ["experts"]
    assert {"name", "title", "description", "returns", "params"} == set(lists["operations"][0])


def test_a_broken_package_leaves_the_lists_of_the_house(registry: Registry) -> None:
    lists = editor_context({"procedure.toml": b"id ="}, registry=registry)
    assert "operations" in lists and "forms" not in lists
    partly = editor_context(small(forms_check__json=b"{", flow__bpmn=b"<x", t__dmn=b"<y"), registry=registry)
    assert [form["key"] for form in partly["forms"]] == ["request"]


def test_functions_of_the_lists_are_those_of_the_language(registry: Registry) -> None:
    names = [one["name"] for one in editor_context(small(), registry=registry)["functions"]]
    assert set(names) == FUNCTIONS | BUILT_IN_NAMES


def test_a_table_is_tried_with_values() -> None:
    trial = try_a_table(decision(cell="&gt;= 60"), inputs={"ok": 70})
    assert (trial.outputs, trial.rules) == ({"grade": 1}, ("r",))
    assert try_a_table(decision(cell="&gt;= 60"), inputs={"ok": 50}).outputs == {"grade": None}


@pytest.mark.parametrize(
    ("content", "inputs", "sentence"),
    [
        (decision(cell="[60..100]"), {"ok": 1}, "单元格"),
        (decision(cell='"a","b"'), {"ok": 1}, "永远不会命中"),
        (decision(), {}, "还没有值"),
        (decision(), {"ok": "text"}, "无法计算"),
        (b"<x", {}, "XML"),
        (b"<!DOCTYPE a []><a/>", {}, "文档类型"),
        (decision(cell="9**9**9"), {"ok": 1}, "单元格"),
    ],
)
def test_a_table_that_says_nothing_says_why(content: bytes, inputs: dict[str, object], sentence: str) -> None:
    with pytest.raises(DomainError, match=sentence):
        try_a_table(content, inputs=inputs)  # type: ignore[arg-type]


def test_a_blank_package_passes_whatever_its_title(registry: Registry) -> None:
    report = examine(blank_package("new-one", title='技能"补贴" <&> {x}'), registry=registry)
    assert report.findings == ()
    assert [result.passed for result in report.scenarios] == [True]


RATED = diagram(
    more=ASK.format("rate"), ways=WAYS.replace("G > done", "G > rate > done"), clerk="fill rate", check="check"
).replace(b'default="G_done"', b'default="G_rate"')


def test_a_table_may_read_what_comes_to_the_steps_that_ask_it(registry: Registry) -> None:
    files = small(flow__bpmn=RATED, t__dmn=decision(cell="&gt;= 60"))
    (table,) = editor_context(files, registry=registry)["tables"]
    options = [{"value": "pass", "label": "通过"}, {"value": "return", "label": "退回"}]
    assert table["reads"] == [{"name": "decision", "title": "结论", "options": options}]
    (unasked,) = editor_context(small(t__dmn=decision(cell="&gt;= 60")), registry=registry)["tables"]
    assert [one["name"] for one in unasked["reads"]] == ["decision"]
