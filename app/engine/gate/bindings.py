"""Rules about what a diagram refers to outside itself: roles, forms, operations, recorders, messages, stages, actions."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from app.domain.lists import listed
from app.engine.expressions import ExpressionError, parse
from app.engine.gate.model import Diagram, GateContext, Hit, Package, Rule, Scope, label
from app.engine.gate.reading import operator_of
from app.engine.nodes import BPMN, CONTAINERS, SPIFF, local_name, properties_of
from app.engine.operations import TYPE_TITLES, fits
from app.engine.paths import reach

PROPERTIES = frozenset(
    {"form", "exports", "scope", "assignee", "due", "actions", "records", "stage", "not_same_as", "hint", "submit", "visible_to"}
) | {"confirm", "outcome"}
"""Property names that mean something to the house."""


def _lane(diagram: Diagram, node: Any) -> str:
    """Return the lane of a node, or of the subprocess that it is in."""
    while node is not None:
        if diagram.lanes.get(node.get("id", "")):
            return diagram.lanes[node.get("id", "")]
        outer = node.getparent()
        node = outer if outer is not None and local_name(outer) in CONTAINERS else None
    return ""


def _people(package: Package) -> list[tuple[Diagram, Any, dict[str, str]]]:
    """Return every task of a person with its properties, gathered once for all rules."""
    if "people" not in package.kept:
        people = package.nodes("userTask", "manualTask")
        package.kept["people"] = [(diagram, node, properties_of(node)) for diagram, _scope, node in people]
    found: list[tuple[Diagram, Any, dict[str, str]]] = package.kept["people"]
    return found


def _outside_lane(package: Package, _context: GateContext) -> Iterator[Hit]:
    for diagram, node, _properties in _people(package):
        if not _lane(diagram, node):
            yield diagram.file, node.get("id", ""), label(node)


def _unknown_role(package: Package, context: GateContext) -> Iterator[Hit]:
    for diagram in package.diagrams:
        for lane in diagram.all("lane"):
            is_outer = lane.find(f"{BPMN}childLaneSet") is not None
            if not is_outer and (lane.get("name") or "") not in context.roles:
                yield diagram.file, lane.get("id", ""), label(lane)


def _nobody(package: Package, context: GateContext) -> Iterator[Hit]:
    for diagram, node, _properties in _people(package):
        if context.roles.get(_lane(diagram, node)) == "system":
            yield diagram.file, node.get("id", ""), label(node)


def _forms(package: Package, context: GateContext) -> Iterator[Hit]:
    for diagram, node, properties in _people(package):
        form = properties.get("form", "").strip()
        if local_name(node) == "userTask" and form and form not in context.forms:
            yield diagram.file, node.get("id", ""), f"{label(node)}的表单“{form}”"


def _no_form(package: Package, _context: GateContext) -> Iterator[Hit]:
    for diagram, node, properties in _people(package):
        if local_name(node) == "userTask" and not properties.get("form", "").strip():
            yield diagram.file, node.get("id", ""), label(node)


def _exports(package: Package, context: GateContext) -> Iterator[Hit]:
    for diagram, node, properties in _people(package):
        recorded = context.recorders.get(properties.get("records", "").strip(), ())
        given = context.forms.get(properties.get("form", "").strip(), frozenset()) | set(recorded)
        for name in listed(properties.get("exports", "")):
            if name not in given:
                yield diagram.file, node.get("id", ""), f"{label(node)}导出“{name}”"


def _operations(package: Package, context: GateContext) -> Iterator[Hit]:
    for diagram, _scope, node in package.nodes("serviceTask"):
        operator = operator_of(node)
        name = "" if operator is None else operator.get("id", "")
        if name not in context.operations:
            yield diagram.file, node.get("id", ""), f"{label(node)}调用“{name}”"


def _parameters(package: Package, context: GateContext) -> Iterator[Hit]:
    for diagram, _scope, node in package.nodes("serviceTask"):
        operator = operator_of(node)
        specs = None if operator is None else context.operations.get(operator.get("id", ""))
        if operator is None or specs is None:
            continue
        given = {item.get("id", ""): item.get("value", "") for item in operator.iter(f"{SPIFF}parameter")}
        for name in sorted(given.keys() - specs.keys()):
            yield diagram.file, node.get("id", ""), f"{label(node)}没有名为“{name}”的参数"
        for name, param in specs.items():
            if param.required and not given.get(name, "").strip():
                yield diagram.file, node.get("id", ""), f"{label(node)}缺少参数“{name}”（{param.title}）"


def _parameter_types(package: Package, context: GateContext) -> Iterator[Hit]:
    for diagram, _scope, node in package.nodes("serviceTask"):
        operator = operator_of(node)
        specs = {} if operator is None else context.operations.get(operator.get("id", ""), {})
        for item in operator.iter(f"{SPIFF}parameter") if operator is not None else ():
            param = specs.get(item.get("id", ""))
            written, value = _literal(item.get("value", ""))
            if param is None or not written or (value is None and not param.required) or fits(value, param.type):
                continue
            yield diagram.file, node.get("id", ""), f"{label(node)}的“{param.title}”应当是{TYPE_TITLES[param.type]}"


def _literal(text: str) -> tuple[bool, Any]:
    """Return whether an expression is written out as a value, and the value; what is reckoned is known only when a case runs."""
    try:
        expression = parse(text)
        if expression.names or expression.calls:
            return False, None
        return True, expression.evaluate({}, functions={})
    except ExpressionError:
        return False, None


def _recorders(package: Package, context: GateContext) -> Iterator[Hit]:
    for diagram, node, properties in _people(package):
        name = properties.get("records", "").strip()
        if name and name not in context.recorders:
            yield diagram.file, node.get("id", ""), f"{label(node)}的记录方式“{name}”"


def _messages(package: Package, context: GateContext) -> Iterator[Hit]:
    for diagram in package.diagrams:
        names = {item.get("id"): (item.get("name") or "").strip() for item in diagram.all("message")}
        for element in diagram.all("messageEventDefinition", "sendTask", "receiveTask"):
            owner = element.getparent() if local_name(element) == "messageEventDefinition" else element
            inner = element.find(f"{BPMN}messageEventDefinition")
            reference = element.get("messageRef") or (inner.get("messageRef") if inner is not None else None)
            if names.get(reference, "") not in context.messages:
                yield diagram.file, owner.get("id", ""), f"{label(owner)}的消息“{names.get(reference) or reference or ''}”"


def _values(name: str, many: bool) -> Any:
    def find(package: Package, context: GateContext) -> Iterator[Hit]:
        known = context.actions if many else context.stages
        for diagram, _scope, node in package.nodes():
            text = properties_of(node).get(name, "").strip()
            for value in listed(text) if many else filter(None, [text]):
                if value not in known:
                    yield diagram.file, node.get("id", ""), f"{label(node)}的“{value}”"

    return find


def _nowhere_to_return(package: Package, _context: GateContext) -> Iterator[Hit]:
    """退回 goes to a task of people that was reached before on the top level of the process (`app.engine.returning`)."""
    for diagram, scope, node in package.nodes("userTask", "manualTask"):
        if "return_to" not in listed(properties_of(node).get("actions", "")):
            continue
        place = node
        while local_name(place.getparent()) in CONTAINERS:
            place = place.getparent()
        outer = scope if place is node else next(one for one in diagram.scopes if one.element is place.getparent())
        before = [
            key for key, other in outer.nodes.items() if local_name(other) in ("userTask", "manualTask") and other is not place
        ]
        if place.get("id", "") not in reach(before, partial(_onward, outer)):
            yield diagram.file, node.get("id", ""), label(node)


def _onward(scope: Scope, node_id: str) -> list[str]:
    return scope.next.get(node_id, [])


def _may_transfer(package: Package, _context: GateContext) -> Iterator[Hit]:
    for diagram, node, properties in _people(package):
        if "transfer" in listed(properties.get("actions", "")) and properties.get("assignee", "").strip():
            yield diagram.file, node.get("id", ""), label(node)


def _changes_signers(package: Package, _context: GateContext) -> Iterator[Hit]:
    for diagram, node, properties in _people(package):
        if not {"add_signer", "remove_signer"}.isdisjoint(listed(properties.get("actions", ""))):
            elements = {item.get("name") or item.get("id") for item in node.iter(f"{BPMN}inputDataItem")}
            if elements.isdisjoint({properties.get("scope", "").strip(), properties.get("assignee", "").strip()}):
                yield diagram.file, node.get("id", ""), label(node)


def _not_same_as(package: Package, _context: GateContext) -> Iterator[Hit]:
    known: dict[str, set[str]] = {}
    for diagram, node, _properties in _people(package):
        known.setdefault(diagram.file, set()).add(node.get("id", ""))
    for diagram, node, properties in _people(package):
        for name in listed(properties.get("not_same_as", "")):
            if name not in known[diagram.file] or name == node.get("id"):
                yield diagram.file, node.get("id", ""), f"{label(node)}的“{name}”"


def _unknown_properties(package: Package, _context: GateContext) -> Iterator[Hit]:
    for diagram, _scope, node in package.nodes():
        for name in properties_of(node):
            if name not in PROPERTIES:
                yield diagram.file, node.get("id", ""), f"{label(node)}的“{name}”"


RULES = (
    Rule("role.outside_lane", "用户任务不在任何泳道中", "请把它放进办理角色的泳道。", _outside_lane),
    Rule("role.unknown", "泳道没有对应的角色", "请在流程包清单中给这个泳道名指定角色，或改用已有的泳道名。", _unknown_role),
    Rule("role.nobody", "用户任务在“系统”泳道中，没有人能办理", "请移到办理角色的泳道。", _nobody),
    Rule("form.missing", "用户任务还没有选择表单", "请在右侧“填什么”中选择表单；没有合适的，点“新建表单”。", _no_form),
    Rule("form.unknown", "用户任务的表单不存在", "请选择流程包中的一张表单。", _forms),
    Rule("form.exports", "导出的字段不在表单中", "请改用表单中的字段键，或删去这一项。", _exports),
    Rule("operation.unknown", "服务任务的业务操作没有登记", "请从下拉列表中选择已登记的业务操作。", _operations),
    Rule("operation.parameters", "业务操作的参数不对", "请按业务操作的说明填写参数。", _parameters),
    Rule("operation.parameter_type", "业务操作的参数种类不对", "请按业务操作的说明填写；文字要加引号。", _parameter_types),
    Rule("recorder.unknown", "记录方式没有登记", "请选择已登记的记录方式，或删去 records。", _recorders),
    Rule("message.unknown", "消息没有在流程包清单中登记", "请选择清单中的消息，或先在清单中登记。", _messages),
    Rule("stage.unknown", "阶段没有在流程包清单中登记", "请改用清单中的阶段编号。", _values("stage", many=False)),
    Rule("action.unknown", "办理动作不存在", "请改用已有的动作编号。", _values("actions", many=True)),
    Rule(
        "action.return_to",
        "前面没有可以退回的环节",
        "请删去“退回”，或在前面加一个由人办理的任务。",
        _nowhere_to_return,
    ),
    Rule("action.transfer", "指定到人的任务不能转办", "请删去“转办”，或把任务改为分给小组（不填“指定办理人”）。", _may_transfer),
    Rule(
        "action.signers",
        "加签、减签只能用于会签任务",
        "请把任务设为多实例，并用多实例的元素作“限定范围”或“指定办理人”；否则删去加签、减签。",
        _changes_signers,
    ),
    Rule("person.not_same_as", "“不得同一人”引用的任务不存在", "请填写同一文件中另一个用户任务的编号。", _not_same_as),
    Rule("property.unknown", "属性名不起作用", "请核对拼写；能用的属性都在编辑器右侧。", _unknown_properties, "warning"),
)
