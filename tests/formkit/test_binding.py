"""What people send: accepted, refused with one Chinese sentence, and never lost."""

import re
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from app.formkit.build import BoundForm, bind
from app.formkit.findings import FormError
from app.formkit.schema import read_form
from app.formkit.values import collect
from tests.formkit.samples import CHOICES, FULL, GOOD_POST, GOOD_VALUES, SOURCES, TODAY, component, form, sentences


def full(post: dict[str, Any] | None = None, data: dict[str, Any] | None = None) -> BoundForm:
    sent = None if post is None else MultiDict(post)
    return bind(read_form("nomination", FULL), sources=SOURCES, today=TODAY, formdata=sent, data=data)


def one(kind: str, text: Any, **more: Any) -> list[str]:
    return sentences(form(component(kind, "a", "甲", **more), post={"a": text}))


def test_a_good_post_becomes_values() -> None:
    bound = full(GOOD_POST)
    assert sentences(bound) == []
    assert collect(bound) == GOOD_VALUES


def test_values_survive_being_bound_again() -> None:
    bound = full(data=GOOD_VALUES)
    assert sentences(bound) == []
    assert collect(bound) == GOOD_VALUES


def test_unknown_keys_are_ignored() -> None:
    bound = full({**GOOD_POST, "status": "approved", "home-secret": "x", "jobs-0-salary": "1", "__class__": "x"})
    bound.validate()
    assert collect(bound) == GOOD_VALUES


def test_values_of_a_form_that_was_not_accepted_cannot_be_collected() -> None:
    bound = full({})
    with pytest.raises(RuntimeError):
        collect(bound)
    bound.validate()
    with pytest.raises(RuntimeError):
        collect(bound)


def test_an_empty_post_names_everything_that_is_missing() -> None:
    said = sentences(full({}))
    for expected in (
        "请填写“姓名”",
        "请勾选“本人承诺材料属实”",
        "请选择“推荐渠道”",
        "请上传“证明材料”",
        "住址：请填写“街道门牌”",
    ):
        assert expected in said
    assert "“工作经历”至少填写1行，现在是0行" in said
    assert "技艺水平：请填写“技艺水平得分”" in said
    assert len(said) == 14


VIOLATIONS: dict[str, Any] = {
    **GOOD_POST,
    "name": "a\x00b",
    "id_number": "11010519491231O02X",
    "mobile": "12345",
    "mail": "not a mail",
    "certificate": "zzzzz",
    "deeds": "x" * 21,
    "years": "abc",
    "score": "1e5",
    "award": "NaN",
    "born": "2026-13-45",
    "meets": "tomorrow",
    "promise": "off",
    "fields": ["z"],
    "channel": "z",
    "office": "999",
    "proof": [f"f{place}" for place in range(21)],
    "home-street": "\ud800",
    **{f"jobs-{place}-employer": "x" for place in range(4)},
    "jobs-0-since": "1900",
    "marks_craft-points": "40.5",
    "marks_impact-points": "12.55",
}


def test_no_sentence_of_a_library_ever_shows() -> None:
    said = sentences(full(VIOLATIONS))
    assert len(said) == 21
    for sentence in said:
        assert re.search("[\u4e00-\u9fff]", sentence)
        assert re.search("[A-Za-z]{2,}", re.sub(r"U\+[0-9A-F]{4,6}", "", sentence)) is None, sentence


def test_each_problem_names_its_input_and_each_input_has_one() -> None:
    bound = full(VIOLATIONS)
    bound.validate()
    names = [problem.name for problem in bound.problems()]
    assert len(set(names)) == len(names)
    assert "jobs-0-since" in names
    assert "marks_impact-points" in names
    refusal = bound.refusal()
    assert refusal.fields["years"] == "“从业年限”应为数字，请只填数字，不加单位"
    assert "没有丢失" in refusal.message


def test_what_was_typed_is_shown_again() -> None:
    bound = full(VIOLATIONS)
    bound.validate()
    assert 'value="abc"' in bound["years"]()
    assert 'value="2026-13-45"' in bound["born"]()
    assert "x" * 21 in bound["deeds"]()


@pytest.mark.parametrize(
    ("text", "more", "part"),
    [
        ("x" * 201, {}, "最多可填200个字"),
        ("ab", {"validate": {"minLength": 3}}, "至少填写3个字"),
        ("x", {"validate": {"pattern": "^\\d$"}}, "“甲”的格式不对"),
        ("x", {"validate": {"pattern": "^\\d$", "patternErrorMessage": "请填一位数字"}}, "请填一位数字"),
        ("a\x00", {}, "控制字符"),
        ("a\x1bb", {}, "控制字符"),
        ("a\ud83d", {}, "控制字符"),
        ("a\u202eb", {}, "控制字符"),
        ("\ufdd0", {}, "控制字符"),
        ("字" * 40_000, {}, "太长"),
        ("123", {"validate": {"validationType": "phone"}}, "固定电话"),
        ("110105194912310021", {"properties": {"valueType": "id_number"}}, "校验位"),
        ("91420112MA4K", {"properties": {"valueType": "uscc"}}, "应为18位"),
        ("6222", {"properties": {"valueType": "bank_card"}}, "银行卡号"),
        ("李四（组长）", {"properties": {"valueType": "name"}}, "不是文字"),
    ],
)
def test_bad_text(text: str, more: dict[str, Any], part: str) -> None:
    said = one("textfield", text, **more)
    assert len(said) == 1
    assert part in said[0]


@pytest.mark.parametrize(
    ("text", "more", "kept"),
    [
        ("  甲\t乙\r\n丙 ", {}, "甲 乙 丙"),
        ("𠮷野家", {}, "𠮷野家"),
        ("<b>&\"'", {}, "<b>&\"'"),
        ("027-83210000", {"validate": {"validationType": "phone"}}, "027-83210000"),
        ("１３８００１３８０００", {"validate": {"validationType": "phone"}}, "13800138000"),
        ("\ufeff \u200b", {}, None),
    ],
)
def test_good_text(text: str, more: dict[str, Any], kept: str | None) -> None:
    bound = form(component("textfield", "a", "甲", **more), post={"a": text})
    assert sentences(bound) == []
    assert collect(bound) == {"a": kept}


@pytest.mark.parametrize("text", ["abc", "1e5", "NaN", "Infinity", "--1", "1.2.3", "1,2", "9" * 16, "٣", "0x10", "１２元"])
def test_bad_numbers(text: str) -> None:
    assert one("number", text) == ["“甲”应为数字，请只填数字，不加单位"]


@pytest.mark.parametrize(
    ("text", "more", "kept"),
    [
        ("007", {}, "7"),
        ("-0", {}, "0"),
        ("１，２３４．５０", {}, "1234.50"),
        ("0", {"decimalDigits": 0, "validate": {"required": True}}, 0),
        ("12.00", {"decimalDigits": 0}, 12),
        ("5", {"decimalDigits": 0, "serializeToString": True}, "5"),
        ("5", {"properties": {"valueType": "money"}}, "5.00"),
        ("0.1", {"properties": {"valueType": "decimal"}}, "0.1"),
    ],
)
def test_good_numbers_are_exact(text: str, more: dict[str, Any], kept: object) -> None:
    bound = form(component("number", "a", "甲", **more), post={"a": text})
    assert sentences(bound) == []
    assert collect(bound) == {"a": kept}
    assert type(collect(bound)["a"]) is type(kept)


def test_bounds_and_digits_of_numbers() -> None:
    assert one("number", "11", validate={"min": 1, "max": 10}) == ["“甲”应在1到10之间"]
    assert one("number", "0", validate={"min": 1}) == ["“甲”不能小于1"]
    assert one("number", "10.01", validate={"max": 10}) == ["“甲”不能大于10"]
    assert one("number", "1.234", decimalDigits=2) == ["“甲”最多保留2位小数"]
    assert one("number", "1.5", decimalDigits=0) == ["“甲”应为整数"]
    assert one("number", "-1", properties={"valueType": "money"}) == ["“甲”不能小于0"]


@pytest.mark.parametrize(
    "text", ["2026-02-30", "26-01-01", "1899-12-31", "2101-01-01", "昨天", "2026-1", "0000-00-00", "２０２６"]
)
def test_bad_dates(text: str) -> None:
    assert one("datetime", text, subtype="date")[0].startswith("“甲”不是有效的日期")


@pytest.mark.parametrize("text", ["2026-02-28", "2026年2月28日", "2026/2/28", "2026.02.28", "20260228", " ２０２６－０２－２８ "])
def test_dates_as_people_write_them(text: str) -> None:
    bound = form(component("datetime", "a", "甲"), post={"a": text})
    assert sentences(bound) == []
    assert collect(bound) == {"a": "2026-02-28"}


def test_moments_are_local_and_carry_their_offset() -> None:
    for text in ("2026-02-28T09:30", "2026-02-28 9：30", "2026-02-28T01:30:00+00:00", "2026-02-28T01:30Z"):
        bound = form(component("datetime", "a", "甲", subtype="datetime"), post={"a": text})
        assert sentences(bound) == []
        assert collect(bound) == {"a": "2026-02-28T09:30+08:00"}
    assert one("datetime", "1991-09-15T01:30", subtype="datetime") == ["“甲”的年份太早，请核对"]
    for text in ("2026-02-28", "2026-02-28T25:00", "2026-02-30T10:00", "9999-99-99T99:99+99:99", "T"):
        assert "不是有效的日期" in one("datetime", text, subtype="datetime")[0]


def test_days_gone_by_can_be_refused() -> None:
    assert one("datetime", "2026-11-21", disallowPassedDates=True) == ["“甲”不能早于今天"]
    assert one("datetime", "2026-11-22", disallowPassedDates=True) == []


def test_what_the_house_shows_is_kept_though_nobody_might_type_it() -> None:
    text, few = "第1位王建国、第2位李小明", {"maxLength": 5}
    fields = component("textfield", "a", readonly=True, validate=few), component("radio", "b", disabled=True, values=CHOICES)
    bound = form(*fields, post={"a": "x"}, data={"a": text, "b": "gone"})
    assert sentences(bound) == []
    assert collect(bound) == {"a": text, "b": "gone"}
    assert len(sentences(form(component("textfield", "a", validate=few), data={"a": text}))) == 1


def test_readonly_fields_keep_their_value_whatever_is_sent() -> None:
    fields = component("number", "a", readonly=True), component("radio", "b", disabled=True, values=CHOICES)
    bound = form(*fields, post={"a": "999", "b": "b"}, data={"a": "5", "b": "a"})
    assert sentences(bound) == []
    assert collect(bound) == {"a": "5", "b": "a"}


def test_default_values_show_only_when_nothing_was_sent_or_stored() -> None:
    field = component("textfield", "a", defaultValue="东西湖区")
    assert "东西湖区" in form(field)["a"]()
    assert "东西湖区" not in form(field, post={"a": ""})["a"]()
    assert "东西湖区" not in form(field, data={"a": None})["a"]()


def test_stored_values_of_another_shape_do_not_break_the_page() -> None:
    odd = {key: [{"x": [1]}] for key in GOOD_VALUES} | {"home": "x", "jobs": {"a": 1}, "years": {"a": 2}, "fields": "a"}
    bound = full(data=odd)
    assert bound.validate() is False
    assert "<input" in bound["name"]()


def test_several_texts_for_one_input_take_the_first() -> None:
    bound = form(component("textfield", "a"), post={"a": ["甲", "乙"]})
    assert sentences(bound) == []
    assert collect(bound) == {"a": "甲"}


def test_ids_of_files_are_cleaned_and_counted() -> None:
    bound = form(component("filepicker", "a", "证书"), post={"a": ["../etc", "ok-1", "", "<x>", "y" * 65]})
    assert sentences(bound) == []
    assert collect(bound) == {"a": ["ok-1"]}
    assert one("filepicker", ["a", "b"]) == ["“甲”最多上传1个文件，请删去多余的"]


def test_a_choice_that_is_gone_is_refused() -> None:
    said = sentences(form(component("select", "a", "街道", properties={"optionsSource": "local_offices"}), data={"a": "9"}))
    assert said == ["“街道”的选项已经变化，请重新选择"]


def test_a_list_that_the_services_do_not_give_is_told() -> None:
    with pytest.raises(FormError, match="employers"):
        form(component("select", "a", properties={"optionsSource": "employers"}))
    with pytest.raises(FormError, match="rules"):
        form(component("group", "a", properties={"repeatFor": "rules"}, components=[component("number", "n")]))


CLAUSE = component(
    "radio", "complete", "材料齐全",
    values=[{"value": "yes", "label": "符合"}, {"value": "no", "label": "不符合"}], properties={"expect": "yes"},
)  # fmt: skip
DECISION = component(
    "radio", "decision", "结果",
    values=[{"value": "accept", "label": "通过"}, {"value": "return", "label": "退回"}],
    properties={"buttons": "true", "expects": "accept"},
)  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "decision", "fits"), [("yes", "accept", True), ("no", "return", True), ("no", "accept", False)]
)
def test_a_decision_does_not_contradict_the_answers_above_it(answer: str, decision: str, fits: bool) -> None:
    bound = form(CLAUSE, DECISION, post={"complete": answer, "decision": decision})
    said = sentences(bound)
    assert bound.accepted is fits
    assert said == ([] if fits else ["“材料齐全”选了“不符合”，与您的决定不一致。请核对这一项，或者改选别的决定"])
