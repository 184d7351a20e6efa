"""Lists, repeated groups and conditions."""

from typing import Any

import pytest

from app.formkit.build import bind
from app.formkit.findings import FormError
from app.formkit.schema import read_form
from app.formkit.sources import SourceItem
from app.formkit.values import collect
from tests.formkit.samples import CHOICES, SOURCES, TODAY, component, document, form, sentences

JOBS = component(
    "dynamiclist",
    "items",
    "经历",
    components=[component("textfield", "name", "单位", validate={"required": True}), component("checkbox", "now", "在职")],
)


@pytest.mark.parametrize("count", [0, 1, 3])
def test_rows_are_collected_in_the_order_of_their_numbers(count: int) -> None:
    post = {f"items-{10 - place}-name": f"单位{10 - place}" for place in range(count)}
    bound = form(JOBS, post=post)
    assert sentences(bound) == []
    expected = [{"name": f"单位{number}", "now": False} for number in sorted(10 - place for place in range(count))]
    assert collect(bound) == {"items": expected}
    again = form(JOBS, data=collect(bound))
    assert sentences(again) == []
    assert collect(again) == collect(bound)


def test_empty_rows_are_dropped_and_half_filled_ones_named() -> None:
    bound = form(JOBS, post={"items-0-name": " ", "items-1-now": "true", "items-2-name": "甲"})
    assert sentences(bound) == ["经历第2行：请填写“单位”"]
    assert bound.problems()[0].field_id == "f-items-1-name"


@pytest.mark.parametrize("number", ["²", "9" * 5000, "-1", "x", "", "１"])
def test_hostile_row_numbers_are_ignored(number: str) -> None:
    bound = form(JOBS, post={f"items-{number}-name": "甲"})
    assert sentences(bound) == []
    assert collect(bound) == {"items": []}


def test_rows_without_end_are_refused_not_stored() -> None:
    bound = form(JOBS, post={f"items-{number}-name": "甲" for number in range(3000)})
    assert sentences(bound) == ["“经历”最多填写50行，请删去多余的行"]
    assert len(bound["items"].rows) == 101


def test_a_new_form_shows_the_first_empty_rows() -> None:
    assert len(form({**JOBS, "defaultRepetitions": 2})["items"].rows) == 2
    fixed = form({**JOBS, "defaultRepetitions": 3, "allowAddRemove": False}, post={"items-0-name": "甲"})
    assert sentences(fixed) == ["“经历”至少填写3行，现在是1行"]


REPEATED = component(
    "group",
    "marks",
    "评分",
    properties={"repeatFor": "scoring_indexes"},
    components=[
        {"type": "text", "text": "{{label}}（满分{{maximum}}分）：{{help}}", "id": "T"},
        component("number", "points", "得分", validate={"required": True, "min": 0}),
        component("number", "years", "年限", validate={"max": 3}),
    ],
)


def test_a_group_is_repeated_for_each_element() -> None:
    bound = form(REPEATED)
    frame = bound.specs[0]
    assert frame.key == ""
    assert [group.key for group in frame.fields] == ["marks_craft", "marks_impact"]
    assert [group.label for group in frame.fields] == ["技艺水平", "示范作用"]
    assert frame.fields[1].fields[0].text == "示范作用（满分12.5分）："
    assert [field.maximum for field in frame.fields[0].fields[1:]] == ["40", "3"]


def test_the_maximum_of_the_element_binds() -> None:
    bound = form(REPEATED, post={"marks_craft-points": "40", "marks_impact-points": "12.6"})
    assert sentences(bound) == ["示范作用：“得分”应在0到12.5之间"]


@pytest.mark.parametrize("keys", [("a", "a"), ("a b",), ("名",), ("x" * 70,)])
def test_elements_that_make_no_good_keys_are_refused(keys: tuple[str, ...]) -> None:
    spec = read_form("sample", document(REPEATED))
    with pytest.raises(FormError):
        bind(spec, sources={"scoring_indexes": [SourceItem(key, "名") for key in keys]}, today=TODAY)


def conditional(hide: str, **more: Any) -> tuple[dict[str, Any], ...]:
    asked = component("radio", "kind", values=CHOICES, **more)
    return asked, component("textfield", "why", "理由", validate={"required": True}, conditional={"hide": hide})


def test_what_is_hidden_is_neither_checked_nor_collected() -> None:
    bound = form(*conditional('=kind = "a"'), post={"kind": "a", "why": "\x00"})
    assert sentences(bound) == []
    assert collect(bound) == {"kind": "a"}
    assert sentences(form(*conditional('=kind = "a"'), post={"kind": "b"})) == ["请填写“理由”"]


def test_unlike_hides_when_nothing_is_chosen() -> None:
    assert sentences(form(*conditional('=kind != "a"'), post={})) == []
    assert sentences(form(*conditional('=kind != "a"'), post={"kind": "a"})) == ["请填写“理由”"]


def test_a_field_that_asks_a_hidden_field_finds_nothing_there() -> None:
    third = component("textfield", "more", "详情", validate={"required": True}, conditional={"hide": '=why != "x"'})
    bound = form(*conditional('=kind = "a"'), third, post={"kind": "a", "why": "x"})
    assert sentences(bound) == []
    assert collect(bound) == {"kind": "a"}


def test_frames_are_hidden_with_all_that_is_in_them() -> None:
    inner = [component("textfield", "b", validate={"required": True})]
    for path in ("", "frame"):
        group = component("group", path, "框", components=inner, conditional={"hide": "=agree = false"})
        bound = form(component("checkbox", "agree"), group, post={})
        assert sentences(bound) == []
        assert collect(bound) == {"agree": False}
        assert len(sentences(form(component("checkbox", "agree"), group, post={"agree": "true"}))) == 1


def test_conditions_in_a_row_ask_the_row_first_then_the_form() -> None:
    why = component("textfield", "why", validate={"required": True}, conditional={"hide": '=kind = "a"'})
    rows = component("dynamiclist", "items", "项", components=[component("radio", "kind", values=CHOICES), why])
    bound = form(rows, post={"items-0-kind": "a", "items-1-kind": "b", "items-1-why": "因"})
    assert sentences(bound) == []
    assert collect(bound) == {"items": [{"kind": "a"}, {"kind": "b", "why": "因"}]}
    outside = component("dynamiclist", "items", "项", components=[component("textfield", "n"), why])
    bound = form(component("radio", "kind", values=CHOICES), outside, post={"kind": "a", "items-0-n": "甲"})
    assert sentences(bound) == []
    assert collect(bound) == {"kind": "a", "items": [{"n": "甲"}]}


def test_sources_are_choices_with_help() -> None:
    bound = bind(
        read_form("sample", document(component("radio", "office", properties={"optionsSource": "local_offices"}))),
        sources=SOURCES,
        today=TODAY,
        data={"office": "2"},
    )
    shown = [(choice.label, choice.help, choice.chosen) for choice in bound["office"].choices]
    assert shown == [("吴家山街道", "城区", False), ("径河街道", "", True)]


def test_keys_that_end_in_an_underscore_keep_their_names_apart() -> None:
    group = component("group", "home_", "住址", components=[component("textfield", "street")])
    bound = form(component("textfield", "home_street"), group, post={"home_street": "外", "home_-street": "里"})
    assert sentences(bound) == []
    assert collect(bound) == {"home_street": "外", "home_": {"street": "里"}}
