"""Rules about decision tables (DMN). What cells read and call is judged with all other expressions (`texts`)."""

import ast
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from app.engine.cells import INPUT, cell_source, is_any
from app.engine.expressions import ExpressionError, parse
from app.engine.gate.model import GateContext, Hit, Package, Rule, label
from app.engine.gate.texts import WORDS
from app.engine.nodes import SPIFF

MAX_CELL = 200
_POLICIES = ("UNIQUE", "FIRST", "COLLECT")
_TYPES = {"string": "文字", "boolean": "真假", **dict.fromkeys(("number", "integer", "long", "double"), "数字")}
"""What `typeRef` may say of a column, beside `any` and nothing. The engine does not read it, people and the row to try with do."""
_KINDS = {str: "文字", bool: "真假", int: "数字", float: "数字"}


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
            yield from ((file, table.get("id", ""), fault) for fault in _faults(table))


def _faults(table: Any) -> Iterator[str]:
    if (table.get("hitPolicy") or "UNIQUE").upper() not in _POLICIES or table.get("aggregation"):
        yield f"命中策略是 {table.get('hitPolicy')} {table.get('aggregation') or ''}"
    if table.find("{*}annotation") is not None:
        yield "有批注列（annotation），引擎不认识"
    inputs, outputs = table.findall("{*}input"), table.findall("{*}output")
    if not outputs or any(not (output.get("name") or "").isidentifier() for output in outputs):
        yield "每个输出都要有变量名"
    if any(not (one.findtext("{*}inputExpression/{*}text") or "").strip() for one in inputs):
        yield "每个输入都要写明取哪个变量"
    for number, row in enumerate(table.findall("{*}rule"), start=1):
        if (len(row.findall("{*}inputEntry")), len(row.findall("{*}outputEntry"))) != (len(inputs), len(outputs)):
            yield f"第 {number} 行的格数与列数不同"


def _duplicates(package: Package, _context: GateContext) -> Iterator[Hit]:
    ids = [(file, one.get("id", "")) for file, root in package.tables.items() for one in root.iter("{*}decision")]
    counts = Counter(key for _file, key in ids)
    yield from ((file, key, key) for file, key in ids if counts[key] > 1)


def _no_rows(package: Package, _context: GateContext) -> Iterator[Hit]:
    for file, root in package.tables.items():
        for table in root.iter("{*}decisionTable"):
            if table.find("{*}rule") is None:
                yield file, table.get("id", ""), ""


def _entries(package: Package, *tags: str) -> Iterator[tuple[str, Any, str]]:
    for file, root in package.tables.items():
        for entry in root.iter(*(f"{{*}}{tag}" for tag in tags)):
            yield file, entry, (entry.findtext("{*}text") or "").strip()


def _cells(package: Package, _context: GateContext) -> Iterator[Hit]:
    for file, entry, text in _entries(package, "inputExpression", "inputEntry", "outputEntry"):
        is_cell = entry.tag.endswith("inputEntry")
        empty = not text and entry.tag.endswith("inputExpression")  # `table.shape` tells
        if not empty and not (is_cell and is_any(text)) and (len(text) > MAX_CELL or _tree(text, cell=is_cell) is None):
            yield file, entry.get("id", ""), f"“{text}”"


def _tree(text: str, *, cell: bool) -> ast.expr | None:
    try:
        return parse(cell_source(text)[0] if cell else text).tree
    except ExpressionError:
        return None


def _silent(package: Package, _context: GateContext) -> Iterator[Hit]:
    for file, entry, text in _entries(package, "inputEntry"):
        tree = None if is_any(text) or len(text) > MAX_CELL else _tree(text, cell=True)
        if tree is None:
            continue
        if cell_source(text)[1]:
            negated = isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.Not)
            if negated or isinstance(tree, (ast.Tuple, ast.List, ast.Set, ast.Dict, ast.Compare, ast.BoolOp)):
                yield file, entry.get("id", ""), f"“{text}”"
        elif any(_searches_text(part) for part in ast.walk(tree)):
            yield file, entry.get("id", ""), f'“{text}”：in 之后要写列表，一个值也要写成 ["甲"]'


def _searches_text(tree: ast.AST) -> bool:
    """Tell whether `in` looks for the input inside a text, as `in ("a")` does, which is no list."""
    if not isinstance(tree, ast.Compare) or not isinstance(tree.ops[0], ast.In | ast.NotIn):
        return False
    is_input = isinstance(tree.left, ast.Name) and tree.left.id == INPUT
    return is_input and isinstance(tree.comparators[0], ast.Constant)


def _words(package: Package, _context: GateContext) -> Iterator[Hit]:
    for file, entry, text in _entries(package, "inputEntry", "outputEntry"):
        is_cell = entry.tag.endswith("inputEntry")
        tree = None if is_any(text) else _tree(text, cell=is_cell)
        names = {part.id for part in ast.walk(tree) if isinstance(part, ast.Name)} if tree is not None else set()
        for name in sorted(name for name in names if name.lower() in WORDS):
            yield file, entry.get("id", ""), f"“{text}”中的 {name}"


def _mixed(package: Package, _context: GateContext) -> Iterator[Hit]:
    for file, root in package.tables.items():
        for table in root.iter("{*}decisionTable"):
            rows = [row.findall("{*}inputEntry") for row in table.findall("{*}rule")]
            for column, one in enumerate(table.findall("{*}input")):
                cells = [(row[column].findtext("{*}text") or "").strip() for row in rows if column < len(row)]
                kinds = {kind for cell in cells if not is_any(cell) for kind in _kinds_in(cell)}
                if len(kinds) > 1:
                    title = one.get("label") or one.findtext("{*}inputExpression/{*}text") or ""
                    yield file, one.get("id", ""), f"“{title}”一列里既有{'，又有'.join(sorted(kinds))}"


def _types(package: Package, _context: GateContext) -> Iterator[Hit]:
    """Columns that say to hold one kind of values and hold another, or one that no variable of a case can be."""
    for file, root in package.tables.items():
        for table in root.iter("{*}decisionTable"):
            for column, cells, kinds in _columns(table):
                source = column.find("{*}inputExpression") if column.tag.endswith("}input") else column
                named = ("" if source is None else source.get("typeRef") or "").rpartition(":")[2]
                title = column.get("label") or column.get("name") or (column.findtext("{*}inputExpression/{*}text") or "").strip()
                if named.lower() in ("", "any"):
                    continue
                if named not in _TYPES:
                    yield file, column.get("id", ""), f"“{title}”一列的类型是 {named}，变量里只有文字、数字、真假和列表"
                elif others := {kind for cell in cells for kind in kinds(cell)} - {_TYPES[named]}:
                    yield file, column.get("id", ""), f"“{title}”一列的类型是{_TYPES[named]}，写的却是{'、'.join(sorted(others))}"


def _columns(table: Any) -> Iterator[tuple[Any, list[str], Callable[[str], set[str]]]]:
    """Yield every column with its cells, and what finds out which kinds of values one of them writes."""
    rows = table.findall("{*}rule")
    for side, entry, kinds in (("input", "inputEntry", _kinds_in), ("output", "outputEntry", _kinds_given)):
        for place, column in enumerate(table.findall(f"{{*}}{side}")):
            found = [row.findall(f"{{*}}{entry}")[place : place + 1] for row in rows]
            texts = [(one.findtext("{*}text") or "").strip() for cell in found for one in cell]
            yield column, [text for text in texts if side == "output" or not is_any(text)], kinds


def _kinds_given(cell: str) -> set[str]:
    """Return which kind of value a cell of an output writes out; what is reckoned is known only when a case runs."""
    tree = _tree(cell, cell=False)
    plain = tree.operand if isinstance(tree, ast.UnaryOp) and not isinstance(tree.op, ast.Not) else tree
    return {_KINDS[type(plain.value)]} if isinstance(plain, ast.Constant) and type(plain.value) in _KINDS else set()


def _kinds_in(cell: str) -> set[str]:
    """Return which kinds of written values the input is compared with in a cell."""
    tree = _tree(cell, cell=True)
    if tree is None:
        return set()
    sides = [tree] if cell_source(cell)[1] else [side for part in ast.walk(tree) for side in _compared(part)]
    values = [value for side in sides for value in (side.elts if isinstance(side, ast.List | ast.Tuple) else [side])]
    plain = [value.operand if isinstance(value, ast.UnaryOp) else value for value in values]
    return {_KINDS[type(one.value)] for one in plain if isinstance(one, ast.Constant) and type(one.value) in _KINDS}


def _compared(part: ast.AST) -> list[ast.expr]:
    if not isinstance(part, ast.Compare):
        return []
    sides = [part.left, *part.comparators]
    return sides if any(isinstance(side, ast.Name) and side.id == INPUT for side in sides) else []


RULES = (
    Rule("table.missing", "业务规则任务没有对应的决策表", "请选择流程包中的一张决策表。", _missing),
    Rule(
        "table.shape", "决策表的形式不受支持",
        "一个文件一张表；命中策略 UNIQUE、FIRST、COLLECT；输入和输出都有变量名；没有批注列；每行的格数与列数相同。", _shape,
    ),
    Rule("table.duplicate", "两张决策表用了同一个编号，只有一张会起作用", "请给其中一张改一个编号。", _duplicates),
    Rule("table.no_rows", "决策表一行也没有", "请至少写一行，或删去这张表和用它的任务。", _no_rows),
    Rule("table.cell", "决策表的单元格不是允许的表达式", "请写成 >= 60、\"甲\" 或 60 < ? <= 80；不限的写“-”。", _cells),
    Rule(
        "table.silent",
        "单元格不报错，却永远不会命中，或命中得不对：它整个与输入值比较",
        "几个值请写 ? in [\"甲\", \"乙\"]，比较请写 >= 60 或 60 < ? <= 80。",
        _silent,
    ),
    Rule("table.word", "单元格里的空值或真假写法不对", "空值请写 None，真假请写 True、False；是文字的，要加引号。", _words),
    Rule("table.mixed", "决策表的一列里混用了不同种类的值", "请统一：数字不加引号，文字加引号。", _mixed),
    Rule("table.type", "决策表一列的类型与写的值不符", "请在列头改类型，或改写单元格：文字加引号，数字不加，真假写 True、False。", _types),
)  # fmt: skip
