"""Form files: what is read, and every reason to refuse."""

from typing import Any

import pytest

from app.domain.fields import Condition, Field, FormSpec
from app.formkit.schema import FormError, exportable_keys, read_form
from tests.formkit.samples import CHOICES, FULL, component, document


def field(spec: FormSpec, key: str) -> Field:
    return next(each for each in spec.every if each.key == key)


def findings(*components: dict[str, Any]) -> list[str]:
    with pytest.raises(FormError) as caught:
        read_form("sample", document(*components))
    return [finding.sentence for finding in caught.value.findings]


def test_every_supported_type_is_read() -> None:
    spec = read_form("nomination", FULL)
    kinds = {each.key: each.kind for each in spec.every if each.key}
    assert kinds["born"] == "date"
    assert kinds["meets"] == "datetime"
    assert kinds["award"] == "number"
    assert {kinds[key] for key in ("fields", "channel", "office", "proof", "home", "jobs")} == {
        "checklist", "radio", "select", "file", "group", "list"
    }  # fmt: skip
    assert [each.properties["type"] for each in spec.fields if each.kind == "static"] == ["text", "separator", "spacer"]


def test_limits_are_exact_and_have_defaults() -> None:
    spec = read_form("nomination", FULL)
    assert (field(spec, "score").minimum, field(spec, "score").maximum) == ("0.5", "99.5")
    assert field(spec, "mail").max_length == 200
    assert (field(spec, "jobs").min_length, field(spec, "jobs").max_length) == (1, 3)
    assert (field(spec, "award").minimum, field(spec, "award").decimal_digits) == ("0", 2)
    assert field(spec, "office").options_source == "local_offices"
    plain = read_form("sample", document(component("textarea", "story")))
    assert field(plain, "story").max_length == 5000


def test_own_properties_reach_the_field() -> None:
    spec = read_form("nomination", FULL)
    assert field(spec, "marks").repeat_for == "scoring_indexes"
    assert field(spec, "id_number").properties["sensitive"] == "true"


def test_only_single_values_of_the_outer_level_can_be_exported() -> None:
    keys = exportable_keys(read_form("nomination", FULL))
    assert {"name", "years", "promise", "office"} <= keys
    assert not keys & {"jobs", "home", "street", "employer", "fields", "proof", "marks", ""}


@pytest.mark.parametrize("kind", ["expression", "html", "iframe", "table", "documentPreview", "button", "image", "wizard", ""])
def test_unsupported_types_are_refused(kind: str) -> None:
    assert any("不支持这种组件" in sentence for sentence in findings({"type": kind, "id": "X", "key": "x"}))


@pytest.mark.parametrize(
    "key",
    ["a.b", "typename", "__class__", "_x", "csrf_token", "action", "class", "None", "名字", "a-b", "9a", "a" * 65, "a b", "a\n"],
)
def test_unsafe_keys_are_refused(key: str) -> None:
    assert any("字段名" in sentence for sentence in findings(component("textfield", key)))


def test_decision_is_an_ordinary_key() -> None:
    assert read_form("sample", document(component("radio", "decision", values=CHOICES))).fields[0].key == "decision"


def test_a_key_that_is_missing_or_not_text_is_refused() -> None:
    assert any("缺少字段名" in sentence for sentence in findings({"type": "textfield", "label": "甲"}))
    assert any("字段名" in sentence for sentence in findings({"type": "textfield", "label": "甲", "key": ["a"]}))


def test_keys_are_unique_on_one_level_only() -> None:
    twice = component("textfield", "same"), component("group", "", components=[component("number", "same")])
    assert any("重复" in sentence for sentence in findings(*twice))
    nested = component("textfield", "same"), component("group", "frame", components=[component("number", "same")])
    assert len(read_form("sample", document(*nested)).every) == 3


@pytest.mark.parametrize(
    ("more", "part"),
    [
        ({"validate": {"required": "=true"}}, "不能是公式"),
        ({"validate": {"maxLength": "=5"}}, "应为0到"),
        ({"validate": {"maxLength": 999999}}, "应为0到"),
        ({"validate": {"minLength": 9, "maxLength": 3}}, "最少字数大于"),
        ({"validate": {"unique": True}}, "不支持校验规则“unique”"),
        ({"validate": [1]}, "写法不对"),
        ({"readonly": "=locked"}, "不能是公式"),
        ({"label": "=name"}, "公式"),
        ({"description": "{{name}}"}, "公式或模板"),
        ({"defaultValue": {"a": 1}}, "默认值"),
        ({"label": ""}, "缺少名称"),
        ({"properties": {"valueTyp": "name"}}, "是否应为“valueType”"),
        ({"properties": {"sensitive": "yes"}}, "true"),
        ({"properties": {"valueType": "passport"}}, "没有值类型"),
        ({"validate": {"pattern": "(a+)+b"}}, "正则表达式"),
        ({"conditional": {"hide": "=count(x) > 1"}}, "隐藏条件"),
    ],
)
def test_faults_of_a_text_field(more: dict[str, Any], part: str) -> None:
    assert any(part in sentence for sentence in findings({**component("textfield", "a"), **more}))


def test_faults_of_choices() -> None:
    assert any("没有选项" in sentence for sentence in findings(component("radio", "a")))
    assert any("重复" in sentence for sentence in findings(component("radio", "a", values=CHOICES + CHOICES)))
    assert any("每个选项" in sentence for sentence in findings(component("select", "a", values=[{"value": 1, "label": "x"}])))
    assert any("optionsSource" in sentence for sentence in findings(component("select", "a", valuesExpression="=x")))


def test_faults_of_numbers_and_dates() -> None:
    assert any("最小值大于" in sentence for sentence in findings(component("number", "a", validate={"min": 5, "max": 1})))
    assert any("应为数字" in sentence for sentence in findings(component("number", "a", validate={"max": "=limit"})))
    assert any("单独的时间" in sentence for sentence in findings(component("datetime", "a", subtype="time")))


def test_faults_of_frames() -> None:
    inner = component("dynamiclist", "inner", components=[component("textfield", "a")])
    assert any("不能再放列表" in sentence for sentence in findings(component("dynamiclist", "outer", components=[inner])))
    locked = component("dynamiclist", "rows", components=[component("textfield", "a", readonly=True)])
    assert any("只读" in sentence for sentence in findings(locked))
    assert any("没有组件" in sentence for sentence in findings(component("group", "empty")))
    repeat = {"type": "group", "label": "评分", "properties": {"repeatFor": "x"}, "components": [component("number", "n")]}
    assert any("path" in sentence for sentence in findings(repeat))


def test_a_key_that_a_repeated_group_may_take_is_refused() -> None:
    repeat = component("group", "marks", properties={"repeatFor": "x"}, components=[component("number", "n")])
    assert any("冲突" in sentence for sentence in findings(component("textfield", "marks_craft"), repeat))


def test_all_findings_are_told_at_once_in_chinese() -> None:
    with pytest.raises(FormError) as caught:
        read_form("sample", document(component("iframe", "a"), component("textfield", "a.b"), component("number", "c", "")))
    assert [finding.component for finding in caught.value.findings] == ["a", "a.b", "c"]
    assert caught.value.code == "form.invalid"
    assert "3处" in caught.value.message


@pytest.mark.parametrize(
    "bad", [[], "x", None, {}, {"type": "default"}, {"type": "default", "components": {}}, {"type": "default", "components": []}]
)
def test_what_is_no_form_is_refused(bad: object) -> None:
    with pytest.raises(FormError):
        read_form("sample", bad)


def test_a_file_that_is_too_large_or_too_deep_is_refused() -> None:
    assert "太深" in findings(*[component("textfield", f"a{place}") for place in range(401)])[0]
    deep = component("textfield", "leaf")
    for place in range(2000):
        deep = component("group", f"g{place}", components=[deep])
    assert "太深" in findings(deep)[0]


def test_conditions_of_the_subset_are_read() -> None:
    asked = component("radio", "kind", values=CHOICES)
    told = component("textfield", "why", conditional={"hide": '=kind = "a" or kind = "b"'})
    spec = read_form("sample", document(asked, told))
    assert field(spec, "why").condition == Condition("kind", ("a", "b"), hide_when_in=True)
    other = component("textfield", "why", conditional={"hide": '=kind != "a"'})
    assert field(read_form("sample", document(asked, other)), "why").condition == Condition("kind", ("a",), hide_when_in=False)


@pytest.mark.parametrize(
    "hide",
    [
        '=kind = "a" and kind = "b"', '=kind = "a" or other = "b"', '=kind != "a" or kind != "b"', 'kind = "a"',
        "=kind = 3", '=list contains(kind, "a")', '=kind = "a" or', '=kind = "z"', '=later = "a"', '=missing = "a"',
        '=kind = "a" or kind != "b"',
    ],
)  # fmt: skip
def test_other_conditions_are_refused(hide: str) -> None:
    asked, later = component("radio", "kind", values=CHOICES), component("radio", "later", values=CHOICES)
    told = component("textfield", "why", conditional={"hide": hide})
    assert any("隐藏条件" in sentence for sentence in findings(asked, told, later))


def test_a_checkbox_can_be_asked_for_true_or_false_only() -> None:
    asked = component("checkbox", "agree")
    good = component("textfield", "why", conditional={"hide": "=agree = false"})
    assert field(read_form("sample", document(asked, good)), "why").condition == Condition("agree", ("false",))
    bad = component("textfield", "why", conditional={"hide": '=agree = "yes"'})
    assert any("勾选框" in sentence for sentence in findings(asked, bad))
