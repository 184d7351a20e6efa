"""Form files and posts for the tests of this folder."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from werkzeug.datastructures import MultiDict

from app.formkit.build import BoundForm, bind
from app.formkit.schema import read_form
from app.formkit.sources import SourceItem

TODAY = date(2026, 11, 22)
SOURCES: Mapping[str, Sequence[SourceItem]] = {
    "local_offices": [SourceItem("1", "吴家山街道", help="城区"), SourceItem("2", "径河街道")],
    "scoring_indexes": [
        SourceItem("craft", "技艺水平", help="看操作与作品", maximum="40"),
        SourceItem("impact", "示范作用", maximum="12.5"),
    ],
}
CHOICES = [{"value": "a", "label": "甲"}, {"value": "b", "label": "乙"}]


def component(kind: str, key: str, label: str = "名称", **more: Any) -> dict[str, Any]:
    """Return one form-js component; groups and lists take the key as their path."""
    return {
        "type": kind,
        "path" if kind in ("group", "dynamiclist") else "key": key,
        "label": label,
        "id": "Field_" + key,
        **more,
    }


def document(*components: dict[str, Any]) -> dict[str, Any]:
    """Return a form file."""
    return {"type": "default", "id": "Form_1", "schemaVersion": 19, "components": list(components)}


def form(*components: dict[str, Any], post: Mapping[str, Any] | None = None, data: Mapping[str, Any] | None = None) -> BoundForm:
    """Return a bound form of these components; `post` maps names to one text or a list of them."""
    sent = None if post is None else MultiDict(dict(post))
    return bind(read_form("sample", document(*components)), sources=SOURCES, today=TODAY, data=data, formdata=sent)


def sentences(bound: BoundForm) -> list[str]:
    """Validate and return all sentences."""
    bound.validate()
    return [problem.sentence for problem in bound.problems()]


FULL = document(
    {"type": "text", "text": "# 候选人基本情况", "id": "T1"},
    component("textfield", "name", "姓名", validate={"required": True}, properties={"valueType": "name"}),
    component(
        "textfield",
        "id_number",
        "身份证号码",
        validate={"required": True},
        properties={"valueType": "id_number", "sensitive": "true"},
    ),
    component("textfield", "mobile", "手机", properties={"valueType": "mobile"}),
    component("textfield", "mail", "邮箱", validate={"validationType": "email"}),
    component("textfield", "certificate", "证书编号", validate={"pattern": "^[YS]\\d{4}$", "minLength": 5}),
    component("textarea", "deeds", "主要事迹", validate={"required": True, "minLength": 5, "maxLength": 20}),
    component("number", "years", "从业年限", decimalDigits=0, validate={"required": True, "min": 0, "max": 60}),
    component("number", "score", "得分", decimalDigits=2, validate={"min": 0.5, "max": 99.5}),
    component("textfield", "award", "奖金", properties={"valueType": "money"}),
    component("datetime", "born", "", dateLabel="出生日期", subtype="date", validate={"required": True}),
    component("datetime", "meets", "", dateLabel="会议时间", subtype="datetime", timeLabel="时间"),
    component("checkbox", "promise", "本人承诺材料属实", validate={"required": True}),
    component("checklist", "fields", "技能方向", values=CHOICES, validate={"required": True}),
    component("radio", "channel", "推荐渠道", values=CHOICES, validate={"required": True}),
    component("select", "office", "街道", properties={"optionsSource": "local_offices"}, validate={"required": True}),
    component("filepicker", "proof", "证明材料", accept=".pdf,.jpg", multiple=True, validate={"required": True}),
    {"type": "separator", "id": "S1"},
    {"type": "spacer", "id": "S2", "height": 20},
    component("group", "home", "住址", components=[component("textfield", "street", "街道门牌", validate={"required": True})]),
    component(
        "dynamiclist",
        "jobs",
        "工作经历",
        defaultRepetitions=1,
        properties={"minRows": "1", "maxRows": "3"},
        components=[
            component("textfield", "employer", "单位", validate={"required": True}),
            component("number", "since", "起始年份", decimalDigits=0, validate={"min": 1950, "max": 2026}),
        ],
    ),
    component(
        "group",
        "marks",
        "评分",
        properties={"repeatFor": "scoring_indexes"},
        components=[component("number", "points", "{{label}}得分", decimalDigits=1, validate={"required": True, "min": 0})],
    ),
)

GOOD_POST: dict[str, Any] = {
    "name": "欧阳 建国",
    "id_number": "11010519491231002x",
    "mobile": "138 0013 8000",
    "mail": "a.b@example.cn",
    "certificate": "Y1234",
    "deeds": "焊接机器人产线改造\r\n带徒十二人",
    "years": "０2８",
    "score": "9.50",
    "award": "12,000",
    "born": "1949-12-31",
    "meets": "2026-11-25T09:30",
    "promise": "true",
    "fields": ["b", "a", "b"],
    "channel": "a",
    "office": "2",
    "proof": ["f1", "f2", "f1"],
    "home-street": "吴中街1号",
    "jobs-0-employer": "临空港焊接厂",
    "jobs-0-since": "1999",
    "jobs-2-employer": "网谷装备公司",
    "marks_craft-points": "39.5",
    "marks_impact-points": "12",
}

GOOD_VALUES: dict[str, Any] = {
    "name": "欧阳建国",
    "id_number": "11010519491231002X",
    "mobile": "13800138000",
    "mail": "a.b@example.cn",
    "certificate": "Y1234",
    "deeds": "焊接机器人产线改造\n带徒十二人",
    "years": 28,
    "score": "9.50",
    "award": "12000.00",
    "born": "1949-12-31",
    "meets": "2026-11-25T09:30+08:00",
    "promise": True,
    "fields": ["a", "b"],
    "channel": "a",
    "office": "2",
    "proof": ["f1", "f2"],
    "home": {"street": "吴中街1号"},
    "jobs": [{"employer": "临空港焊接厂", "since": 1999}, {"employer": "网谷装备公司", "since": None}],
    "marks_craft": {"points": "39.5"},
    "marks_impact": {"points": "12"},
}
