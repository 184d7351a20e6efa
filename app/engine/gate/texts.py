"""Rules about expressions and timers."""

import ast
import re
from collections.abc import Iterator
from typing import Any

from app.engine.evaluation import Walker
from app.engine.expressions import BUILT_IN_NAMES, Expression, ExpressionError, parse
from app.engine.gate.model import Diagram, GateContext, Hit, Package, Rule, label
from app.engine.gate.reading import LOOP, Text, item_name, texts_of, written_by, written_inside
from app.engine.nodes import BPMN, local_name
from app.engine.paths import reach

_ISO = re.compile(r"-?R?\d*/?P[\dYMWDTHS.,]+.*|\d{4}-\d{2}-\d{2}.*|R\d*/.*")
_TIMES = ("timeDate", "timeDuration", "timeCycle")


def timers(diagram: Diagram) -> Iterator[tuple[Any, str, str]]:
    """Yield every timer event with the kind and the text of its time."""
    for definition in diagram.all("timerEventDefinition"):
        found = [child for child in definition if local_name(child) in _TIMES]
        kind, text = (local_name(found[0]), (found[0].text or "").strip()) if found else ("", "")
        yield definition.getparent(), kind, text


def all_texts(package: Package) -> Iterator[tuple[Diagram, Any, Text]]:
    """Yield every expression of every process, timers included."""
    for diagram in package.diagrams:
        for process in diagram.processes:
            for text in texts_of(process):
                yield diagram, process, text
        for event, _kind, source in timers(diagram):
            if local_name(event) != "startEvent" and source and not _ISO.fullmatch(source):
                process = next(event.iterancestors(f"{BPMN}process"))
                yield diagram, process, Text(event.get("id", ""), "定时", source)


def parsed_texts(package: Package) -> Iterator[tuple[Diagram, Any, Text, Expression]]:
    """Yield every expression that is in the language, with its process."""
    for diagram, process, text in all_texts(package):
        try:
            yield diagram, process, text, parse(text.source)
        except ExpressionError:
            continue  # `expression.invalid` tells


def _invalid(package: Package, _context: GateContext) -> Iterator[Hit]:
    for diagram, _process, text in all_texts(package):
        try:
            parse(text.source)
        except ExpressionError as error:
            yield (
                diagram.file,
                text.element,
                f"{text.purpose}“{text.source.strip()[:60]}”第 {error.column + 1} 个字符：{error.message}",
            )


def _impossible(package: Package, _context: GateContext) -> Iterator[Hit]:
    for diagram, _process, text, expression in parsed_texts(package):
        for part in _written_out(expression.tree):
            try:
                Walker({}, {}).run(part)
            except ExpressionError as error:
                yield diagram.file, text.element, f"{text.purpose}“{text.source.strip()[:60]}”：{error.message}"
                break


def _written_out(tree: ast.expr) -> Iterator[ast.expr]:
    """Yield the parts of an expression that are reckoned from written values alone: what they give is known before any case runs."""
    reckoned = isinstance(tree, ast.BinOp | ast.UnaryOp | ast.Compare)
    if reckoned and not any(isinstance(inner, ast.Name | ast.Call) for inner in ast.walk(tree)):
        yield tree
        return
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.expr):
            yield from _written_out(child)


def _unknown_functions(package: Package, context: GateContext) -> Iterator[Hit]:
    for diagram, _process, text, expression in parsed_texts(package):
        for name in sorted(expression.calls - BUILT_IN_NAMES - context.functions):
            yield diagram.file, text.element, f"{text.purpose}中的 {name}()"


def _unknown_variables(package: Package, context: GateContext) -> Iterator[Hit]:
    if context.variables is None:
        return
    known: dict[str, set[str]] = {}
    for diagram, process, text, expression in parsed_texts(package):
        process_id = process.get("id", "")
        if process_id not in known:
            known[process_id] = known_in(package, process_id, context)
        unknown = expression.names - known[process_id] - text.own
        if unknown:
            unknown -= of_instances(process, text.element, context)
        for name in sorted(unknown):
            yield diagram.file, text.element, f"{text.purpose}“{text.source.strip()[:60]}”中的 {name}"


def known_in(package: Package, process_id: str, context: GateContext) -> set[str]:
    """Return what a case may hold in a process: from its start, messages, tasks and tables, and those of related processes."""
    processes = {item.get("id", ""): item for diagram in package.diagrams for item in diagram.processes}
    calls = {
        (name, call.get("calledElement", "")) for name, item in processes.items() for call in item.iter(f"{BPMN}callActivity")
    }
    related = reach([process_id], lambda at: [b if a == at else a for a, b in calls if at in (a, b)])
    known: set[str] = set()
    for name in related & processes.keys():
        known.update((context.variables or {}).get(name, ()))
        for element in processes[name].iter(f"{BPMN}*"):
            known |= written_by(element, context)
    for root in package.tables.values():
        known.update(output.get("name") or "" for output in root.iter("{*}output"))
    return known


def of_instances(process: Any, element_id: str, context: GateContext) -> set[str]:
    """Return the variables that belong to the multi-instance activities around an element."""
    found: set[str] = set()
    for loop in process.iter(LOOP):
        activity = loop.getparent()
        if any(element.get("id") == element_id for element in activity.iter(f"{BPMN}*")):
            found.add(item_name(loop, "inputDataItem"))
            for inner in activity.iter(f"{BPMN}*"):
                found |= written_inside(inner, context)
    return found


def _bare_timers(package: Package, _context: GateContext) -> Iterator[Hit]:
    for diagram in package.diagrams:
        for event, _kind, text in timers(diagram):
            if local_name(event) != "startEvent" and (not text or _ISO.fullmatch(text) or _is_literal(text)):
                yield diagram.file, event.get("id", ""), f"{label(event)}写的是“{text}”"


def _is_literal(text: str) -> bool:
    try:
        return isinstance(parse(text).tree, ast.Constant)
    except ExpressionError:
        return False


def _cycles(package: Package, _context: GateContext) -> Iterator[Hit]:
    for diagram in package.diagrams:
        for event, kind, _text in timers(diagram):
            beside = local_name(event) == "boundaryEvent" and event.get("cancelActivity") == "false"
            if kind == "timeCycle" and not beside:
                yield diagram.file, event.get("id", ""), label(event)


RULES = (
    Rule("expression.invalid", "表达式不在允许的范围内", "请改写：只用变量、比较、四则运算和已登记的函数。", _invalid),
    Rule("expression.impossible", "表达式中写定的部分算不出来，或者过大", "请核对数字、文字和运算；过长的文字不能用乘法拼出。", _impossible),
    Rule("expression.function", "表达式调用了没有登记的函数", "请核对函数名；可用的函数见表达式说明。", _unknown_functions),
    Rule("expression.variable", "表达式读取了没有环节给出的变量", "请核对名称，或由前面的表单、操作给出。", _unknown_variables),
    Rule("timer.bare", "定时不是表达式", "请写成 duration(\"P14D\") 或 workdays(5) 这样的表达式。", _bare_timers),
    Rule("timer.cycle", "循环定时只能用于不中断的边界事件", "请改用时长或时刻，或改为不中断的边界事件。", _cycles),
)  # fmt: skip
