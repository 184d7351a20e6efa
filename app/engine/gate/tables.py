"""Rules about decision tables (DMN) and called processes."""

import ast
from collections.abc import Iterator

from app.engine.expressions import ExpressionError, parse
from app.engine.gate.model import GateContext, Hit, Package, Rule, label
from app.engine.nodes import SPIFF

MAX_CELL = 200  # the engine searches each cell with a pattern that is slow on long texts
_POLICIES = ("UNIQUE", "FIRST", "COLLECT")


def _missing(package: Package, _context: GateContext) -> Iterator[Hit]:
    known = {decision.get("id") for root in package.tables.values() for decision in root.iter("{*}decision")}
    for diagram, _scope, node in package.nodes("businessRuleTask"):
        named = [(item.text or "").strip() for item in node.iter(f"{SPIFF}calledDecisionId")]
        if len(named) != 1 or named[0] not in known:
            yield diagram.file, node.get("id", ""), f"{label(node)}的决策编号“{''.join(named)}”"


def _shape(package: Package, _context: GateContext) -> Iterator[Hit]:
    for file, root in package.tables.items():
        decisions = list(root.iter("{*}decision"))
        tables = list(root.iter("{*}decisionTable"))
        if len(decisions) != 1 or len(tables) != 1:
            yield file, "", f"有 {len(decisions)} 个决策、{len(tables)} 张表"
        for table in tables:
            if (table.get("hitPolicy") or "UNIQUE").upper() not in _POLICIES or table.get("aggregation"):
                yield file, table.get("id", ""), f"命中策略是 {table.get('hitPolicy')} {table.get('aggregation') or ''}"
            if any(not (output.get("name") or "").isidentifier() for output in table.findall("{*}output")):
                yield file, table.get("id", ""), "每个输出都要有变量名"


def _cells(package: Package, _context: GateContext) -> Iterator[Hit]:
    for file, root in package.tables.items():
        for entry in root.iter("{*}inputExpression", "{*}inputEntry", "{*}outputEntry"):
            text = (entry.findtext("{*}text") or "").strip()
            is_cell = entry.tag.endswith("inputEntry")
            if (is_cell and text in ("", "-")) or _is_sound(text, cell=is_cell):
                continue
            yield file, entry.get("id", ""), f"“{text}”"


def _is_sound(text: str, *, cell: bool) -> bool:
    if len(text) > MAX_CELL:
        return False
    for candidate in (text.replace("?", "input"), f"input {text}") if cell else (text,):
        try:
            parse(candidate)
        except ExpressionError:
            continue
        return True
    return False


def _silent(package: Package, _context: GateContext) -> Iterator[Hit]:
    for file, root in package.tables.items():
        for entry in root.iter("{*}inputEntry"):
            text = (entry.findtext("{*}text") or "").strip()
            if "?" in text or text in ("", "-"):
                continue
            try:
                tree = parse(text).tree
            except ExpressionError:
                continue  # a comparison without its left side, or nothing at all (`table.cell`)
            negated = isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.Not)
            if negated or isinstance(tree, (ast.Tuple, ast.List, ast.Set, ast.Dict, ast.Compare, ast.BoolOp)):
                yield file, entry.get("id", ""), f"“{text}”"


def _called(package: Package, _context: GateContext) -> Iterator[Hit]:
    known = {scope.element.get("id") for _diagram, scope in package.scopes()}
    calls: dict[str, set[str]] = {}
    for diagram, scope, node in package.nodes("callActivity"):
        target = node.get("calledElement", "")
        calls.setdefault(scope.element.get("id", ""), set()).add(target)
        if target not in known:
            yield diagram.file, node.get("id", ""), f"{label(node)}调用“{target}”"
        elif _calls_back(target, calls):
            yield diagram.file, node.get("id", ""), f"{label(node)}调用“{target}”，而后者又调用自己"


def _calls_back(start: str, calls: dict[str, set[str]]) -> bool:
    seen: set[str] = set()
    stack = list(calls.get(start, ()))
    while stack:
        name = stack.pop()
        if name == start:
            return True
        if name not in seen:
            seen.add(name)
            stack.extend(calls.get(name, ()))
    return False


RULES = (
    Rule("table.missing", "业务规则任务没有对应的决策表", "请选择流程包中的一张决策表。", _missing),
    Rule("table.shape", "决策表的形式不受支持", "一个文件一张表；命中策略 UNIQUE、FIRST、COLLECT；输出有变量名。", _shape),
    Rule("table.cell", "决策表的单元格不是允许的表达式", "请写成 >= 60、\"甲\" 或 60 < ? <= 80；不限的写“-”。", _cells),
    Rule(
        "table.silent",
        "单元格不报错，但永远不会命中：它整个与输入值比较",
        "几个值请写 ? in [\"甲\", \"乙\"]，比较请写 >= 60 或 60 < ? <= 80。",
        _silent,
    ),
    Rule("call.unknown", "调用活动没有可用的流程", "请选择流程包中的另一个可执行流程。", _called),
)  # fmt: skip
