"""Rules about times: timers, and by when a task is due. What they say must be a moment or a length, never a number or a text."""

import ast
import re
from collections.abc import Iterator
from typing import Any

from app.engine.expressions import BUILT_IN_NAMES, ExpressionError, parse
from app.engine.gate.model import Diagram, GateContext, Hit, Package, Rule, label
from app.engine.nodes import local_name, properties_of

_ISO = re.compile(r"-?R?\d*/?P[\dYMWDTHS.,]+.*|\d{4}-\d{2}-\d{2}.*|R\d*/.*")
_TIMES = ("timeDate", "timeDuration", "timeCycle")
_CHOOSING = ("min", "max")
"""Built-in functions that give one of what they are given."""


def is_iso(text: str) -> bool:
    """Tell whether a text is a time as other modelers write it, which is no expression."""
    return _ISO.fullmatch(text) is not None


def timers(diagram: Diagram) -> Iterator[tuple[Any, str, str]]:
    """Yield every timer event with the kind and the text of its time. Those that start a process are refused elsewhere."""
    for definition in diagram.all("timerEventDefinition"):
        event = definition.getparent()
        if local_name(event) != "startEvent":
            found = [child for child in definition if local_name(child) in _TIMES]
            kind, text = (local_name(found[0]), (found[0].text or "").strip()) if found else ("", "")
            yield event, kind, text


def _bare(package: Package, _context: GateContext) -> Iterator[Hit]:
    for diagram in package.diagrams:
        for event, _kind, text in timers(diagram):
            if not text or is_iso(text) or isinstance(_tree(text), ast.Constant):
                yield diagram.file, event.get("id", ""), f"{label(event)}写的是“{text}”"


def _not_a_time(package: Package, context: GateContext) -> Iterator[Hit]:
    for diagram in package.diagrams:
        for event, _kind, text in timers(diagram):
            tree = None if is_iso(text) else _tree(text)
            if tree is not None and not isinstance(tree, ast.Constant) and not _gives_time(tree, context):
                yield diagram.file, event.get("id", ""), f"{label(event)}写的是“{text[:60]}”"
    for diagram, _scope, node in package.nodes("userTask", "manualTask"):
        text = properties_of(node).get("due", "").strip()
        tree = _tree(text)
        if tree is not None and not _gives_time(tree, context, or_nothing=True):
            yield diagram.file, node.get("id", ""), f"{label(node)}的时限写的是“{text[:60]}”"


def _tree(text: str) -> ast.expr | None:
    try:
        return parse(text).tree if text else None
    except ExpressionError:
        return None  # `expression.invalid` tells


def _gives_time(tree: ast.expr, context: GateContext, *, or_nothing: bool = False) -> bool:
    """Tell whether an expression may give a time. Variables cannot: a case holds texts and numbers only.

    With `or_nothing`, None will do too: a task that is due at no time.
    """
    if isinstance(tree, ast.Constant):
        return or_nothing and tree.value is None
    if isinstance(tree, ast.IfExp):
        return all(_gives_time(part, context, or_nothing=or_nothing) for part in (tree.body, tree.orelse))
    if isinstance(tree, ast.BoolOp):
        return all(_gives_time(part, context, or_nothing=or_nothing) for part in tree.values)
    if isinstance(tree, ast.BinOp):
        sides = [_gives_time(side, context) for side in (tree.left, tree.right)]
        return all(sides) if isinstance(tree.op, ast.Add | ast.Sub) else any(sides)
    if not isinstance(tree, ast.Call) or not isinstance(tree.func, ast.Name):
        return False
    name = tree.func.id
    if name in context.signatures:
        return context.signatures[name].gives_time
    if name in BUILT_IN_NAMES:
        return name == "duration" or (name in _CHOOSING and all(_gives_time(part, context) for part in tree.args))
    return True  # nothing is known of it, or it is not registered (`expression.function`)


def _cycles(package: Package, _context: GateContext) -> Iterator[Hit]:
    for diagram in package.diagrams:
        for event, kind, _text in timers(diagram):
            beside = local_name(event) == "boundaryEvent" and event.get("cancelActivity") == "false"
            if kind == "timeCycle" and not beside:
                yield diagram.file, event.get("id", ""), label(event)


RULES = (
    Rule("timer.bare", "定时不是表达式", "请写成 duration(\"P14D\") 或 workdays(5) 这样的表达式。", _bare),
    Rule(
        "timer.not_a_time", "定时或时限算出来的不是时间",
        "请用 duration(\"P3D\")、workdays(5)、deadline(\"notice_end\") 这样的函数；变量里只有文字和数字，不能直接作时间。",
        _not_a_time,
    ),
    Rule("timer.cycle", "循环定时只能用于不中断的边界事件", "请改用时长或时刻，或改为不中断的边界事件。", _cycles),
)  # fmt: skip
