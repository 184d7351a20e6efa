"""What differs between two diagrams or two decision tables, element by element, with the properties named."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from lxml import etree

from app.engine.nodes import BPMN, DI, is_flow_node, lanes_of, local_name, secure_parser
from app.engine.types import EngineError

Change = Literal["added", "removed", "changed", "moved"]

_OWN = frozenset(
    {"sequenceFlow", "lane", "participant", "messageFlow", "textAnnotation", "association", "message", "error", "process"}
)
"""Elements beside the flow nodes that are compared on their own."""
_CHOOSING = frozenset({"exclusiveGateway", "inclusiveGateway"})
_PASSED_OVER = frozenset({"incoming", "outgoing", "flowNodeRef", "laneSet"})
_TITLES = {
    "kind": "种类", "@name": "名称", "documentation": "说明", "lane": "泳道", "conditionExpression": "条件", "@default": "默认流向",
    "@sourceRef": "起点", "@targetRef": "终点", "@attachedToRef": "附着于", "@cancelActivity": "中断", "@calledElement": "调用的流程",
    "@messageRef": "消息", "@isExecutable": "可执行", "form": "表单", "exports": "导出字段", "scope": "所属单位", "assignee": "承办人",
    "due": "时限", "actions": "可用动作", "records": "记录方式", "stage": "阶段", "not_same_as": "不得同一人", "hint": "提示",
    "submit": "提交按钮", "confirm": "确认语", "visible_to": "可见角色", "outcome": "结果", "serviceTaskOperator@id": "业务操作",
    "serviceTaskOperator@resultVariable": "结果变量", "loopDataInputRef": "集合", "loopDataOutputRef": "结果集合",
    "inputDataItem@name": "元素变量", "outputDataItem@name": "元素结果", "completionCondition": "完成条件", "loopCardinality": "次数",
    "@isSequential": "逐个办理", "@loopMaximum": "最多次数", "timeDuration": "时长", "timeDate": "时刻", "timeCycle": "周期",
    "calledDecisionId": "决策表", "messagePayload": "消息内容", "text": "文字",
}  # fmt: skip


@dataclass(frozen=True)
class PropertyChange:
    """A property with its value before and after; None where it was not there."""

    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class ElementChange:
    """An element that was added, removed, changed or only moved on the drawing."""

    file: str
    element: str
    name: str
    kind: str
    change: Change
    properties: tuple[PropertyChange, ...] = ()


def compare_diagrams(file: str, *, before: bytes | None, after: bytes | None) -> list[ElementChange]:
    """Return what changed in a diagram, in the order of the newer file, what was removed last; None is a file that is not there.

    Raises `EngineError` (`engine.unreadable`) for a file that is not XML.
    """
    old, new = _root(file, before), _root(file, after)
    olds, news = _elements(old), _elements(new)
    places, orders = (_places(old), _places(new)), (_orders(old), _orders(new))
    changes = []
    for key, values in news.items():
        was, now = places[0].get(key), places[1].get(key)
        if key not in olds:
            changes.append(_change(file, key, values, "added"))
            continue
        differing = differing_values(olds[key], values, titles=_TITLES)
        differing += _reordered(orders[0].get(key, ()), orders[1].get(key, ()))
        if differing:
            differing += () if was == now else (PropertyChange("图上的位置", _place(was), _place(now)),)
            changes.append(_change(file, key, values, "changed", differing))
        elif was != now:
            changes.append(_change(file, key, values, "moved"))
    changes += [_change(file, key, values, "removed") for key, values in olds.items() if key not in news]
    return changes


def compare_tables(file: str, *, before: bytes | None, after: bytes | None) -> list[ElementChange]:
    """Return which rows of a decision table were added, removed, changed or moved, and whether its columns or policy did.

    The place of a row counts: of several rows that fit, the policies FIRST and COLLECT go by their order.
    """
    olds, news = _rows(_root(file, before)), _rows(_root(file, after))
    places = {key: f"第 {place} 行" for place, key in enumerate((key for key in olds if _is_rule(olds[key])), start=1)}
    now = {key: f"第 {place} 行" for place, key in enumerate((key for key in news if _is_rule(news[key])), start=1)}
    moved = moved_keys(list(places), list(now))
    changes = []
    for key, values in news.items():
        differing = differing_values(olds.get(key, {}), values) if key in olds else ()
        if key in moved:
            differing += (PropertyChange("行次", places[key], now[key]),)
        if key not in olds or olds[key] != values:
            changes.append(_change(file, key, values, "changed" if key in olds else "added", differing))
        elif differing:
            changes.append(_change(file, key, values, "moved", differing))
    return changes + [_change(file, key, values, "removed") for key, values in olds.items() if key not in news]


def moved_keys(before: Sequence[str], after: Sequence[str]) -> frozenset[str]:
    """Return the fewest keys of both lists that have to be taken out for the rest to stand in the same order."""
    places = {key: place for place, key in enumerate(before)}
    common = [key for key in after if key in places]
    ends: list[int] = []  # by length of a rising row: the least place at which one can end
    lengths = []
    for key in common:
        at = bisect_left(ends, places[key])
        ends[at : at + 1] = [places[key]]
        lengths.append(at)
    staying, wanted = set(), len(ends) - 1
    for key, length in zip(reversed(common), reversed(lengths), strict=True):
        if length == wanted:
            staying.add(key)
            wanted -= 1
    return frozenset(common) - staying


def differing_values(
    before: dict[str, str], after: dict[str, str], *, titles: dict[str, str] | None = None
) -> tuple[PropertyChange, ...]:
    """Return the keys whose values differ, under their titles."""
    keys = dict.fromkeys([*after, *before])
    return tuple(
        PropertyChange((titles or {}).get(key, key), before.get(key), after.get(key))
        for key in keys
        if before.get(key) != after.get(key)
    )


def _change(
    file: str, key: str, values: dict[str, str], change: Change, properties: tuple[PropertyChange, ...] = ()
) -> ElementChange:
    return ElementChange(file, key, values.get("@name", ""), values.get("kind", ""), change, properties)


def _root(file: str, content: bytes | None) -> Any:
    if content is None:
        return None
    try:
        return etree.fromstring(content, secure_parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        raise EngineError("engine.unreadable", f"文件“{file}”不是完整的 XML，无法比较。") from error


def _elements(root: Any) -> dict[str, dict[str, str]]:
    """Return the values of each element that is compared, by its id."""
    if root is None:
        return {}
    lanes = {key: name for process in root.iter(f"{BPMN}process") for key, name in lanes_of(process).items()}
    found = {}
    for element in root.iter(f"{BPMN}*"):
        key = element.get("id")
        if key and _stands_alone(element):
            found[key] = {"kind": local_name(element), **dict(_flat(element))}
            if key in lanes:
                found[key]["lane"] = lanes[key]
    return found


def _stands_alone(element: Any) -> bool:
    return is_flow_node(element) or local_name(element) in _OWN


def _flat(element: Any, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield the attributes and texts of an element and of what belongs to it, by short names that are unique within it."""
    for name, value in element.attrib.items():
        if name != "id" or prefix.endswith("serviceTaskOperator"):
            yield f"{prefix}@{etree.QName(name).localname}", value
    for child in element:
        tag = local_name(child)
        if not tag or tag in _PASSED_OVER or _stands_alone(child):
            continue
        if tag == "property":
            yield child.get("name", ""), child.get("value", "")
        elif tag == "parameter":
            yield f"参数 {child.get('id', '')}", child.get("value", "")
        elif len(child) == 0 and (child.text or "").strip():
            yield tag, (child.text or "").strip()
        else:
            known = tag in ("extensionElements", "properties", "parameters", "multiInstanceLoopCharacteristics")
            yield from _flat(child, "" if known else tag)
            if tag.endswith(("EventDefinition", "LoopCharacteristics")):
                yield tag, "有"


def _places(root: Any) -> dict[str, tuple[tuple[int, ...], ...]]:
    """Return where each element is drawn, in whole pixels."""
    found: dict[str, tuple[tuple[int, ...], ...]] = {}
    for shape in root.iter(f"{DI}BPMNShape", f"{DI}BPMNEdge") if root is not None else ():
        points = shape.findall("{*}Bounds") or shape.findall("{*}waypoint")
        found[shape.get("bpmnElement", "")] = tuple(
            tuple(_pixel(point.get(name)) for name in ("x", "y", "width", "height") if point.get(name) is not None)
            for point in points
        )
    return found


def _place(points: tuple[tuple[int, ...], ...] | None) -> str | None:
    return None if not points else "，".join(str(value) for value in points[0][:2])


def _orders(root: Any) -> dict[str, tuple[str, ...]]:
    """Return the conditional flows of each gateway that chooses, in the order in which they are tried: that of the file."""
    found: dict[str, tuple[str, ...]] = {}
    for gateway in root.iter(*(f"{BPMN}{kind}" for kind in _CHOOSING)) if root is not None else ():
        key, flows = gateway.get("id", ""), gateway.getparent().iterchildren(f"{BPMN}sequenceFlow")
        found[key] = tuple(
            flow.get("id", "") for flow in flows if flow.get("sourceRef") == key and flow.get("id") != gateway.get("default")
        )
    return found


def _reordered(before: tuple[str, ...], after: tuple[str, ...]) -> tuple[PropertyChange, ...]:
    if not moved_keys(before, after):
        return ()
    return (PropertyChange("条件的先后", "、".join(before), "、".join(after)),)


def _is_rule(values: dict[str, str]) -> bool:
    return values["kind"] == "rule"


def _pixel(text: str) -> int:
    try:
        return round(float(text))
    except (ValueError, OverflowError):
        return 0


def _rows(root: Any) -> dict[str, dict[str, str]]:
    """Return the rows of a decision table by id, each cell under the name of its column; the head of the table under its own."""
    found: dict[str, dict[str, str]] = {}
    for table in root.iter("{*}decisionTable") if root is not None else ():
        inputs = [item.get("label") or item.findtext("{*}inputExpression/{*}text") or "" for item in table.findall("{*}input")]
        outputs = [item.get("label") or item.get("name") or "" for item in table.findall("{*}output")]
        head = {"命中策略": table.get("hitPolicy") or "UNIQUE", "输入": "、".join(inputs), "输出": "、".join(outputs)}
        found[table.get("id", "")] = {"kind": "decisionTable", **head}
        for rule in table.findall("{*}rule"):
            cells = [(entry.findtext("{*}text") or "").strip() for entry in rule.iterfind("{*}inputEntry")]
            results = [(entry.findtext("{*}text") or "").strip() for entry in rule.iterfind("{*}outputEntry")]
            row = dict(zip([*inputs, *outputs], [*cells, *results], strict=False))
            found[rule.get("id", "")] = {"kind": "rule", **row}
    return found
