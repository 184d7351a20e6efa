"""Diagrams of other modelers, turned into our dialect; what was turned, and what was not, is told element by element.

Known are the dialects of Camunda 7, Camunda 8 (Zeebe), Flowable and Activiti. What has no counterpart stays out of the result
and is in the report: nothing is dropped without a word.
"""

import re
from dataclasses import dataclass, field
from typing import Any, Literal

from lxml import etree

from app.engine.foreign_conditions import translate
from app.engine.foreign_ids import plain_ids
from app.engine.foreign_lanes import can_have_lanes, draw_lanes
from app.engine.foreign_standard import groups_in, owners_of, passed_over, plain_booleans
from app.engine.foreign_xml import child_of, dialect_of, extension, id_of, set_property
from app.engine.nodes import BPMN, SPIFF, is_executable, is_flow_node, local_name, secure_parser
from app.engine.types import EngineError

_OURS = SPIFF[1:-1]
_PROPERTY_OF = {"formKey": "form", "assignee": "assignee", "dueDate": "due"}
_DURATION = re.compile(r"P(?!$)[\dDWTHMS]+")


@dataclass(frozen=True)
class Note:
    """One thing that was converted (`done`) or was not (`lost`): the element, what it was, and a Chinese sentence."""

    element: str
    what: str
    kind: Literal["done", "lost"]
    sentence: str


@dataclass(frozen=True)
class Converted:
    """A diagram in our dialect with the report. `groups` are the candidate groups named; each needs a lane with a role."""

    content: bytes
    notes: tuple[Note, ...]
    groups: tuple[str, ...]


@dataclass
class _Report:
    notes: list[Note] = field(default_factory=list)
    groups: dict[str, list[str]] = field(default_factory=dict)  # task -> its candidate groups

    def done(self, element: str, what: str, sentence: str) -> None:
        self.notes.append(Note(element, what, "done", sentence))

    def lost(self, element: str, what: str, sentence: str) -> None:
        self.notes.append(Note(element, what, "lost", sentence))


def convert(content: bytes) -> Converted:
    """Turn a diagram of another modeler into our dialect. A diagram of ours comes back as it is, with an empty report.

    Raises `EngineError` (`engine.unreadable`) for what is not BPMN 2.0, or brings a document type.
    """
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise EngineError("engine.unreadable", "文件含有文档类型声明或实体，已拒绝读取。请删去 DOCTYPE 部分。")
    try:
        root = etree.fromstring(content, secure_parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        raise EngineError("engine.unreadable", "文件不是完整的 XML。请从原来的设计器重新导出。") from error
    if root.tag != f"{BPMN}definitions" or root.getroottree().docinfo.doctype:
        raise EngineError("engine.unreadable", "文件不是 BPMN 2.0 流程图。请从原来的设计器导出为 BPMN 2.0 XML。")
    report = _Report()
    plain_ids(root, done=report.done)
    for element in list(root.iter(f"{BPMN}*")):
        plain_booleans(element, done=report.done)
        passed_over(element, lost=report.lost)
        _owners(element, report)
        _attributes(element, report)
        _extensions(element, report)
        _condition(element, report)
        _order_of_loop(element)
        _timer(element, report)
    _executable(root, report)
    _lanes(root, report)
    if not report.notes:
        return Converted(content, (), ())
    etree.cleanup_namespaces(root, top_nsmap={"spiffworkflow": _OURS}, keep_ns_prefixes=["bpmn", "bpmndi", "dc", "di", "xsi"])
    text = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    groups = dict.fromkeys(name for names in report.groups.values() for name in names)
    return Converted(text, tuple(report.notes), tuple(groups))


def _owners(element: Any, report: _Report) -> None:
    groups = owners_of(element, lost=report.lost) if is_flow_node(element) else []
    if groups:
        report.groups[id_of(element)] = groups


def _attributes(element: Any, report: _Report) -> None:
    for name, value in list(element.attrib.items()):
        dialect = dialect_of(name)
        if dialect is None:
            continue
        del element.attrib[name]
        short = etree.QName(name).localname
        handled = _known_attribute(element, short, value, report)
        if not handled:
            report.lost(id_of(element), f"{dialect}:{short}", f"属性“{short}={value[:60]}”没有对应的写法，已去掉，请核对。")


def _known_attribute(element: Any, name: str, value: str, report: _Report) -> bool:
    key = id_of(element)
    if name in ("formKey", "formRef"):
        form = re.sub(r"^(embedded:|camunda-forms:|app:|deployment:|forms/|.*/)+", "", value).rsplit(".", 1)[0]
        set_property(element, "form", form)
        report.done(key, "formKey", f"表单“{value}”改为表单键“{form}”，请在表单设计器中建立这张表单。")
    elif name in ("assignee", "dueDate"):
        _expression_property(element, name, value, report)
    elif name == "candidateGroups":
        groups = groups_in(value, owner=key, lost=report.lost)
        if groups:
            report.groups[key] = groups
    elif name == "candidateUsers":
        report.lost(key, name, f"候选人“{value}”没有转换：办理人由泳道的角色决定，指定到人请用承办人表达式。")
    elif name == "decisionRef":
        extension(element, "calledDecisionId").text = value
        report.done(key, "decisionRef", f"决策表“{value}”已保留。")
    elif name == "resultVariable" and local_name(element) == "businessRuleTask":
        report.lost(key, name, f"决策结果变量“{value}”：本系统直接以决策表的输出名作为变量名。")
    elif name in ("collection", "elementVariable"):
        return _loop_attribute(element, name, value, report)
    else:
        return name in (
            "diagramRelationId",
            "historyTimeToLive",
            "versionTag",
            "isStartableInTasklist",
            "exclusive",
        ) and _harmless(key, name, value, report)
    return True


def _harmless(key: str, name: str, value: str, report: _Report) -> bool:
    report.lost(key, name, f"“{name}={value[:40]}”在本系统中没有意义，已去掉，不影响流程。")
    return True


def _expression_property(element: Any, name: str, value: str, report: _Report) -> None:
    ours, key = _PROPERTY_OF[name], id_of(element)
    text = translate(value) if value.strip().startswith(("${", "#{", "=")) else None
    if name == "dueDate" and _DURATION.fullmatch(value.strip()):
        text = f'duration("{value.strip()}")'
    if text is None:
        what = "承办人应为给出人员编号的变量" if name == "assignee" else '时限应写成 workdays(5) 或 duration("P5D")'
        report.lost(key, name, f"“{value[:60]}”不能直接使用：{what}。")
        return
    set_property(element, ours, text)
    report.done(key, name, f"“{value}”改为表达式“{text}”。")


def _loop_attribute(element: Any, name: str, value: str, report: _Report) -> bool:
    if local_name(element) != "multiInstanceLoopCharacteristics":
        return False
    key = id_of(element.getparent())
    text = translate(value) or value.strip()
    if name == "collection":
        child_of(element, "loopDataInputRef").text = text
        report.done(key, "collection", f"集合“{value}”改为“{text}”。")
    else:
        item = child_of(element, "inputDataItem")
        item.set("id", f"item_{key}")
        item.set("name", text)
        report.done(key, "elementVariable", f"元素变量“{text}”已保留。")
    return True


def _extensions(element: Any, report: _Report) -> None:
    holder = element.find(f"{BPMN}extensionElements")
    for child in list(holder) if holder is not None else ():
        if not isinstance(child.tag, str) or dialect_of(child.tag) is None:
            continue
        holder.remove(child)
        _known_extension(element, local_name(child), child, report)
    if holder is not None and len(holder) == 0:
        element.remove(holder)


_READ = {
    "formDefinition": {"formId", "formKey"}, "calledDecision": {"decisionId"}, "taskSchedule": {"dueDate"},
    "assignmentDefinition": {"assignee", "candidateGroups", "candidateUsers"}, "calledElement": {"processId"},
    "loopCharacteristics": {"inputCollection", "inputElement", "outputCollection"}, "properties": set(), "formData": set(),
}  # fmt: skip
"""Extensions that are understood, with the attributes that are read of each."""


def _known_extension(element: Any, name: str, child: Any, report: _Report) -> None:
    key = id_of(element)
    given = {etree.QName(attribute).localname: value for attribute, value in child.attrib.items()}
    if name == "properties":
        for item in child:
            set_property(element, item.get("name", ""), item.get("value") or "")
            report.done(key, f"property {item.get('name')}", f"扩展属性“{item.get('name')}”已保留。")
    elif name == "formDefinition" and (form := child.get("formId") or child.get("formKey")):
        set_property(element, "form", form)
        report.done(key, name, f"表单“{form}”改为表单键“{form}”，请在表单设计器中建立这张表单。")
    elif name == "calledDecision":
        extension(element, "calledDecisionId").text = child.get("decisionId", "")
        report.done(key, name, f"决策表“{child.get('decisionId')}”已保留。")
    elif name == "calledElement" and child.get("processId"):
        element.set("calledElement", child.get("processId"))
        report.done(key, name, f"调用的流程“{child.get('processId')}”已保留。")
    elif name == "assignmentDefinition":
        for attribute in ("assignee", "candidateGroups", "candidateUsers"):
            if child.get(attribute):
                _known_attribute(element, attribute, child.get(attribute), report)
    elif name == "taskSchedule" and child.get("dueDate"):
        _known_attribute(element, "dueDate", child.get("dueDate"), report)
    elif name == "loopCharacteristics":
        _zeebe_loop(element, child, report)
    elif name == "formData":
        fields = "、".join(item.get("id", "") for item in child)
        report.lost(key, name, f"内嵌表单字段（{fields[:80]}）没有转换，请在表单设计器中建立表单。")
    rest = {label: value for label, value in given.items() if label not in _READ.get(name, set())}
    if rest or name not in _READ:
        detail = " ".join(f"{label}={value}" for label, value in rest.items())
        report.lost(key or id_of(element.getparent()), name, f"扩展“{name}”（{detail[:80]}）没有对应的写法，已去掉，请核对。")


def _zeebe_loop(element: Any, child: Any, report: _Report) -> None:
    for ours, theirs in (("collection", "inputCollection"), ("elementVariable", "inputElement")):
        if child.get(theirs):
            _loop_attribute(element, ours, child.get(theirs), report)
    if child.get("outputCollection"):
        child_of(element, "loopDataOutputRef").text = child.get("outputCollection")
        report.done(id_of(element.getparent()), "outputCollection", f"结果汇总到变量“{child.get('outputCollection')}”，已保留。")


def _condition(element: Any, report: _Report) -> None:
    for tag in ("conditionExpression", "completionCondition", "loopCardinality"):
        condition = element.find(f"{BPMN}{tag}")
        text = "" if condition is None else (condition.text or "").strip()
        if text.startswith(("${", "#{", "=")):
            key = id_of(element) or id_of(element.getparent())
            ours = translate(text)
            if ours is None:
                report.lost(key, "条件", f"条件“{text[:80]}”不能转换，原文保留在图中，请改写成允许的表达式。")
            elif ours != text:
                condition.text = ours
                report.done(key, "条件", f"条件“{text}”改为“{ours}”。")
        if condition is not None and condition.get("language"):
            del condition.attrib["language"]


def _order_of_loop(element: Any) -> None:
    if local_name(element) == "multiInstanceLoopCharacteristics":
        reference = element.find(f"{BPMN}loopDataInputRef")
        item = element.find(f"{BPMN}inputDataItem")
        if reference is not None and item is not None:
            order = [element.find(f"{BPMN}{tag}") for tag in ("loopCardinality", "loopDataInputRef", "loopDataOutputRef", "inputDataItem",
                                                              "outputDataItem", "completionCondition")]  # fmt: skip
            for child in [one for one in order if one is not None]:  # the schema wants them in this order
                element.remove(child)
                element.append(child)


def _timer(element: Any, report: _Report) -> None:
    if local_name(element) in ("timeDuration", "timeDate", "timeCycle"):
        text = (element.text or "").strip()
        key = id_of(element.getparent().getparent())
        ours = translate(text) if text.startswith(("${", "#{", "=")) else None
        if _DURATION.fullmatch(text) and local_name(element) == "timeDuration":
            ours = f'duration("{text}")'
        if ours is not None:
            element.text = ours
            report.done(key, "定时", f"定时“{text}”改为“{ours}”。")


def _executable(root: Any, report: _Report) -> None:
    processes = root.findall(f"{BPMN}process")
    if processes and not any(is_executable(process) for process in processes):
        for process in processes:
            if any(is_flow_node(child) for child in process):
                process.set("isExecutable", "true")
                report.done(id_of(process), "isExecutable", "流程原来没有标为可执行，已标上。")


def _lanes(root: Any, report: _Report) -> None:
    chosen = {key: names[0] for key, names in report.groups.items() if names}
    drawn = draw_lanes(root, chosen) if chosen and can_have_lanes(root) else {}
    for key, names in report.groups.items():
        named = "、".join(names)
        if not drawn:
            report.lost(key, "candidateGroups", f"候选组“{named}”没有转换：图中已有泳道，请把环节放进对应角色的泳道。")
        elif names:
            report.done(key, "candidateGroups", f"候选组“{names[0]}”改为泳道“{names[0]}”，请在清单中给它指定角色。")
            for other in names[1:]:
                report.lost(key, "candidateGroups", f"一个环节只能在一个泳道中，候选组“{other}”没有转换。")
