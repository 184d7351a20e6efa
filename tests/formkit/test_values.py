"""Drafts, process variables and the summary of a submission."""

from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from app.domain.errors import InvalidValues
from app.domain.fields import Values
from app.formkit.build import bind
from app.formkit.schema import read_form
from app.formkit.values import Shown, collect, collect_draft, exports, summary
from tests.formkit.samples import CHOICES, FULL, GOOD_POST, GOOD_VALUES, SOURCES, TODAY, component, document

SPEC = read_form("nomination", FULL)


def draft(post: dict[str, Any]) -> Values:
    return collect_draft(SPEC, sources=SOURCES, formdata=MultiDict(post))


def shown(values: dict[str, Any], *components: dict[str, Any]) -> list[Shown]:
    return summary(read_form("sample", document(*components)), values, sources=SOURCES)


def test_a_draft_shows_again_what_was_typed() -> None:
    kept = draft({"name": "张", "years": "abc", "born": "2026-13-45", "jobs-4-since": "x", "fields": ["a", "z"], "channel": "z"})
    assert (kept["years"], kept["born"], kept["jobs"]) == ("abc", "2026-13-45", [{"employer": None, "since": "x"}])
    bound = bind(SPEC, sources=SOURCES, today=TODAY, data=kept)
    assert 'value="abc"' in bound["years"]()
    assert 'value="x"' in bound["jobs"].rows[0]["since"]()
    assert bound.validate() is False


def test_a_draft_of_a_good_post_is_accepted_later() -> None:
    bound = bind(SPEC, sources=SOURCES, today=TODAY, data=draft(GOOD_POST))
    assert bound.validate()
    assert collect(bound) == GOOD_VALUES


def test_a_draft_is_clean_and_bounded() -> None:
    kept = draft({"name": "a\x00b\ud800c", "deeds": "字" * 200_000, "proof": ["../x", "f1"], "home-street": "\x1b路"})
    assert kept["name"] == "abc"
    assert kept["home"] == {"street": "路"}
    assert kept["proof"] == ["f1"]
    assert len(str(kept["deeds"]).encode()) <= 100_000
    str(kept).encode("utf-8")


def test_a_draft_keeps_what_is_hidden_and_not_what_may_only_be_read() -> None:
    spec = read_form("sample", document(
        component("radio", "kind", values=CHOICES),
        component("textfield", "why", conditional={"hide": '=kind = "a"'}),
        component("textfield", "fixed", readonly=True),
    ))  # fmt: skip
    kept = collect_draft(spec, sources={}, formdata=MultiDict({"kind": "a", "why": "因", "fixed": "改"}))
    assert kept == {"kind": "a", "why": "因"}


def test_exports_are_single_values_and_none_for_what_is_missing() -> None:
    assert exports(GOOD_VALUES, ["years", "promise", "score", "nothing"]) == {
        "years": 28, "promise": True, "score": "9.50", "nothing": None
    }  # fmt: skip


@pytest.mark.parametrize("name", ["jobs", "home", "fields"])
def test_exports_refuse_lists_and_groups(name: str) -> None:
    with pytest.raises(InvalidValues, match="流程变量"):
        exports(GOOD_VALUES, [name])


def test_the_summary_reads_like_the_form() -> None:
    lines = {line.label: line for line in summary(SPEC, GOOD_VALUES, sources=SOURCES)}
    assert lines["街道"].text == "径河街道"
    assert lines["技能方向"].text == "甲、乙"
    assert lines["出生日期"].text == "1949年12月31日"
    assert lines["会议时间"].text == "2026年11月25日 09:30"
    assert lines["奖金"].text == "12,000.00元"
    assert lines["本人承诺材料属实"].text == "是"
    assert lines["证明材料"].text == "2个文件"
    assert lines["证明材料"].value == ["f1", "f2"]
    assert lines["身份证号码"].sensitive
    assert not lines["姓名"].sensitive


def test_the_summary_has_sections_and_tables() -> None:
    lines = {line.label: line for line in summary(SPEC, GOOD_VALUES, sources=SOURCES)}
    assert [(line.label, line.text) for line in lines["住址"].children] == [("街道门牌", "吴中街1号")]
    jobs = lines["工作经历"]
    assert (jobs.columns, jobs.table) == (("单位", "起始年份"), (("临空港焊接厂", "1999"), ("网谷装备公司", "未填写")))
    marks = lines["评分"].children
    assert [section.label for section in marks] == ["技艺水平", "示范作用"]
    assert marks[0].children[0].text == "39.5"


def test_the_summary_leaves_out_what_is_hidden_and_keeps_what_is_no_longer_a_choice() -> None:
    asked = component("radio", "kind", "类别", values=CHOICES)
    told = component("textfield", "why", "理由", conditional={"hide": '=kind = "a"'})
    assert [line.label for line in shown({"kind": "a", "why": "x"}, asked, told)] == ["类别"]
    assert [line.text for line in shown({"kind": "old"}, asked, told)] == ["old", "未填写"]


def test_a_form_says_what_it_means_that_nothing_was_filled_in() -> None:
    until = component("textfield", "until", "结束年月", properties={"emptyText": "至今"})
    jobs = component("dynamiclist", "jobs", "工作经历", components=[until], properties={"emptyText": "没有"}, path="jobs")
    assert [line.text for line in shown({}, jobs)] == ["没有"]
    [line] = shown({"jobs": [{"until": None}]}, jobs)
    assert line.table == (("至今",),)


def test_the_summary_survives_values_of_another_shape() -> None:
    odd = {key: {"x": 1} for key in GOOD_VALUES} | {"jobs": ["x", None], "home": 3}
    assert len(summary(SPEC, odd, sources=SOURCES)) == len(summary(SPEC, {}, sources=SOURCES))
