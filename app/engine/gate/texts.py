"""Rules about expressions: those of diagrams, and the cells of the decision tables that their tasks ask."""

import ast
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from app.engine.cells import INPUT, cell_source, is_any
from app.engine.evaluation import Walker
from app.engine.expressions import BUILT_IN_NAMES, Expression, ExpressionError, parse
from app.engine.gate.giving import NOTHING, giving
from app.engine.gate.model import Diagram, GateContext, Hit, Package, Rule, Signature
from app.engine.gate.reading import Text, texts_of
from app.engine.gate.timing import is_iso, timers
from app.engine.nodes import BPMN, SPIFF
from app.engine.operations import TYPE_TITLES, fits

WORDS = frozenset({"null", "none", "nil", "true", "false", "yes", "no"})
"""What people write in cells for nothing, true and false, in other modelers or in other letters (`table.word`)."""
_CONDITIONS = ("条件", "完成条件", "循环条件", "单元格条件")


def all_texts(package: Package) -> list[tuple[Diagram, Any, Text]]:
    """Return every expression of every process, timers included."""
    if "texts" not in package.kept:
        package.kept["texts"] = list(_all_texts(package))
    found: list[tuple[Diagram, Any, Text]] = package.kept["texts"]
    return found


def _all_texts(package: Package) -> Iterator[tuple[Diagram, Any, Text]]:
    for diagram in package.diagrams:
        for process in diagram.processes:
            for text in texts_of(process):
                yield diagram, process, text
        for event, _kind, source in timers(diagram):
            if source and not is_iso(source):
                process = next(event.iterancestors(f"{BPMN}process"))
                yield diagram, process, Text(event.get("id", ""), "定时", source)


def table_texts(package: Package) -> Iterator[tuple[Diagram, Any, Text]]:
    """Yield what is written in the decision tables: everything for the first task that asks one, what reads variables for each."""
    path = f"{BPMN}extensionElements/{SPIFF}calledDecisionId"
    tables = {one.get("id", ""): (file, root) for file, root in package.tables.items() for one in root.iter("{*}decision")}
    reading: dict[str, list[Text]] = {}
    for diagram, _scope, node in package.nodes("businessRuleTask"):
        process = next(node.iterancestors(f"{BPMN}process"))
        for decision in ((named.text or "").strip() for named in node.findall(path)):
            if decision not in reading:
                texts = list(_entries(*tables[decision])) if decision in tables else []
                reading[decision] = list({names: text for text in texts if (names := _names(text))}.values())
            else:
                texts = reading[decision]
            yield from ((diagram, process, replace(text, element=node.get("id", ""))) for text in texts)


def _names(text: Text) -> frozenset[str]:
    try:
        return parse(text.source).names - text.own
    except ExpressionError:
        return frozenset()  # `table.cell` tells


def _entries(file: str, table: Any) -> Iterator[Text]:
    titles = {"inputExpression": "决策表的输入", "inputEntry": "单元格", "outputEntry": "决策表的输出"}
    for entry in table.iter(*(f"{{*}}{tag}" for tag in titles)):
        text = (entry.findtext("{*}text") or "").strip()
        tag = entry.tag.rpartition("}")[2]
        if tag == "inputEntry" and is_any(text):
            continue
        source, is_value = cell_source(text) if tag == "inputEntry" else (text, True)
        purpose = titles[tag] if is_value else "单元格条件"
        yield Text("", purpose, source, frozenset({INPUT}), (file, entry.get("id", ""), text))


def parsed_texts(package: Package) -> list[tuple[Diagram, Any, Text, Expression]]:
    """Return every expression that is in the language, with its process, those of tables included."""
    if "parsed" not in package.kept:
        package.kept["parsed"] = list(_parsed(package))
    found: list[tuple[Diagram, Any, Text, Expression]] = package.kept["parsed"]
    return found


def _parsed(package: Package) -> Iterator[tuple[Diagram, Any, Text, Expression]]:
    for source in (all_texts(package), table_texts(package)):
        for diagram, process, text in source:
            try:
                yield diagram, process, text, parse(text.source)
            except ExpressionError:
                continue  # `expression.invalid` and `table.cell` tell


def _invalid(package: Package, _context: GateContext) -> Iterator[Hit]:
    for diagram, _process, text in all_texts(package):
        try:
            parse(text.source)
        except ExpressionError as error:
            yield text.hit(diagram.file, f"{text.shown}第 {error.column + 1} 个字符：{error.message}")


def _impossible(package: Package, _context: GateContext) -> Iterator[Hit]:
    for diagram, _process, text, expression in parsed_texts(package):
        for part in _written_out(expression.tree):
            try:
                Walker({}, {}).run(part)
            except ExpressionError as error:
                yield text.hit(diagram.file, f"{text.shown}：{error.message}")
                break


def _written_out(tree: ast.expr) -> Iterator[ast.expr]:
    """Yield the parts of an expression that are reckoned from written values alone: what they give is known before any case runs."""
    if isinstance(tree, ast.BinOp | ast.UnaryOp | ast.Compare | ast.Call) and is_written(tree):
        yield tree
        return
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.expr):
            yield from _written_out(child)


def is_written(tree: ast.AST) -> bool:
    """Tell whether an expression reads no variable and calls nothing but built-in functions."""
    if isinstance(tree, ast.Name):
        return False
    if isinstance(tree, ast.Call):
        known = isinstance(tree.func, ast.Name) and tree.func.id in BUILT_IN_NAMES
        return known and all(is_written(part) for part in (*tree.args, *tree.keywords))
    return all(is_written(child) for child in ast.iter_child_nodes(tree))


def _unknown_functions(package: Package, context: GateContext) -> Iterator[Hit]:
    found: dict[Hit, None] = {}
    for diagram, _process, text, expression in parsed_texts(package):
        for name in sorted(expression.calls - BUILT_IN_NAMES - context.functions):
            found[text.hit(diagram.file, f"{text.purpose}中的 {name}()")] = None
    yield from found  # once for each place, however many tasks ask a table


def _arguments(package: Package, context: GateContext) -> Iterator[Hit]:
    found: dict[Hit, None] = {}
    for diagram, _process, text, expression in parsed_texts(package):
        for call in ast.walk(expression.tree) if not context.signatures.keys().isdisjoint(expression.calls) else ():
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in context.signatures:
                fault = _fault(call, context.signatures[call.func.id])
                if fault:
                    found[text.hit(diagram.file, f"{text.shown}中的 {call.func.id}() {fault}")] = None
    yield from found


def _fault(call: ast.Call, signature: Signature) -> str:
    """Return what is wrong with the arguments of a call, as far as they are written out; an empty text for nothing."""
    if call.keywords or len(call.args) != len(signature.params):
        return f"应当有 {len(signature.params)} 个参数"
    for number, (part, kind) in enumerate(zip(call.args, signature.params, strict=True), start=1):
        if not is_written(part):
            continue
        try:
            value: Any = Walker({}, {}).run(part)
        except ExpressionError:
            continue  # `expression.impossible` tells
        if not fits(value, kind):
            return f"的第 {number} 个参数应当是{TYPE_TITLES[kind]}"
        if isinstance(value, int) and value < 0:
            return f"的第 {number} 个参数不能是负数"
    return ""


def _always(package: Package, _context: GateContext) -> Iterator[Hit]:
    found: dict[Hit, None] = {}
    for diagram, _process, text, expression in parsed_texts(package):
        if text.purpose in _CONDITIONS and any(_is_value(part) for part in _judged(expression.tree)):
            found[text.hit(diagram.file, text.shown)] = None
    yield from found


def _judged(tree: ast.expr) -> Iterator[ast.expr]:
    """Yield the parts of a condition that are asked whether they hold."""
    if isinstance(tree, ast.BoolOp):
        for part in tree.values:
            yield from _judged(part)
    elif isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.Not):
        yield from _judged(tree.operand)
    else:
        yield tree


def _is_value(tree: ast.expr) -> bool:
    return isinstance(tree, ast.List | ast.Tuple | ast.Dict) or (isinstance(tree, ast.Constant) and type(tree.value) is not bool)


def _unknown_variables(package: Package, context: GateContext) -> Iterator[Hit]:
    if context.variables is None:
        return
    found: dict[Hit, None] = {}
    elements: dict[str, dict[str, Any]] = {}
    for diagram, process, text, expression in parsed_texts(package):
        process_id = process.get("id", "")
        unknown = expression.names - known_in(package, process_id, context) - text.own
        if unknown:
            if process_id not in elements:
                elements[process_id] = {item.get("id", ""): item for item in process.iter(f"{BPMN}*")}
            unknown -= giving(package, context).of_instances(elements[process_id].get(text.element))
        for name in sorted(unknown):
            if not (text.cell and name.lower() in WORDS):
                found[text.hit(diagram.file, f"{text.shown}中的 {name}")] = None
    yield from found


def known_in(package: Package, process_id: str, context: GateContext) -> frozenset[str]:
    """Return what a case may hold in a process: from its start, messages, tasks and tables, and those of related processes."""
    key = ("known", id(context), process_id)
    if key not in package.kept:
        given = giving(package, context)
        related = given.related.get(process_id, NOTHING)
        beginning = ((context.variables or {}).get(name, NOTHING) for name in related)
        known = NOTHING.union(*given.tables.values(), *(given.anything.get(name, NOTHING) for name in related), *beginning)
        package.kept[key] = known
    found: frozenset[str] = package.kept[key]
    return found


RULES = (
    Rule("expression.invalid", "表达式不在允许的范围内", "请改写：只用变量、比较、四则运算和已登记的函数。", _invalid),
    Rule("expression.impossible", "表达式中写定的部分算不出来，或者过大", "请核对数字、文字和运算；过长的文字不能用乘法拼出。", _impossible),
    Rule("expression.function", "表达式调用了没有登记的函数", "请核对函数名；可用的函数在编辑器的表达式提示中。", _unknown_functions),
    Rule("expression.arguments", "函数的参数不对", "请写成 workdays(5)、deadline(\"notice_end\") 这样，个数和种类都要对。", _arguments),
    Rule("expression.always", "“或”“且”的一边是写定的值，结果永远一样", "比较要写全：把 x == \"甲\" or \"乙\" 写成 x in [\"甲\", \"乙\"]。", _always),
    Rule("expression.variable", "表达式读取了没有环节给出的变量", "请核对名称，或由前面的表单、操作给出；是文字的，要加引号。", _unknown_variables),
)  # fmt: skip
