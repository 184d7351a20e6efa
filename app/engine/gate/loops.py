"""Rules about activities that run several times."""

from collections.abc import Iterator

from app.engine.evaluation import Walker
from app.engine.expressions import ExpressionError, parse
from app.engine.gate.model import GateContext, Hit, Package, Rule, Scope, label
from app.engine.gate.reading import LOOP, STANDARD_LOOP, item_name
from app.engine.gate.texts import is_written
from app.engine.nodes import BPMN
from app.engine.paths import reach

MAX_INSTANCES = 1000


def _no_maximum(package: Package, _context: GateContext) -> Iterator[Hit]:
    for diagram, _scope, node in package.nodes():
        loop = node.find(STANDARD_LOOP)
        most = "" if loop is None else (loop.get("loopMaximum") or "")
        if loop is not None and not (most.isdecimal() and len(most) < 6 and 0 < int(most) <= MAX_INSTANCES):
            yield diagram.file, node.get("id", ""), f"{label(node)}{f'写的是“{most[:20]}”' if most else ''}"


def _collection(package: Package, _context: GateContext) -> Iterator[Hit]:
    for diagram, _scope, node in package.nodes():
        loop = node.find(LOOP)
        if loop is None:
            continue
        collection = (loop.findtext(f"{BPMN}loopDataInputRef") or "").strip()
        cardinality = (loop.findtext(f"{BPMN}loopCardinality") or "").strip()
        if bool(collection) == bool(cardinality):
            yield diagram.file, node.get("id", ""), f"{label(node)}应当填写集合变量或次数，二者之一"
        elif collection and not item_name(loop, "inputDataItem"):
            yield diagram.file, node.get("id", ""), f"{label(node)}没有填写元素变量（inputDataItem）"
        elif item_name(loop, "outputDataItem") and not (loop.findtext(f"{BPMN}loopDataOutputRef") or "").strip():
            yield diagram.file, node.get("id", ""), f"{label(node)}有结果变量而没有结果集合"


def _cardinality(package: Package, _context: GateContext) -> Iterator[Hit]:
    for diagram, _scope, node in package.nodes():
        text = (node.findtext(f"{LOOP}/{BPMN}loopCardinality") or "").strip()
        value = _written(text)
        if value is not None and not (type(value) is int and 0 <= value <= MAX_INSTANCES):
            yield diagram.file, node.get("id", ""), f"{label(node)}写的是“{text[:60]}”"


def _written(text: str) -> object:
    """Return what an expression of written values comes to; None where it reads something or cannot be reckoned."""
    try:
        tree = parse(text).tree
        return Walker({}, {}).run(tree) if is_written(tree) else None
    except ExpressionError:
        return None  # `expression.invalid` and `expression.impossible` tell


def _reentry(package: Package, _context: GateContext) -> Iterator[Hit]:
    for diagram, scope, node in package.nodes():
        loop = node.find(LOOP)
        if loop is not None and loop.findtext(f"{BPMN}loopDataOutputRef") and _in_cycle(scope, node.get("id", "")):
            yield diagram.file, node.get("id", ""), label(node)


def _in_cycle(scope: Scope, node_id: str) -> bool:
    return node_id in reach(scope.next.get(node_id, []), lambda at: scope.next.get(at, []))


RULES = (
    Rule(
        "loop.no_maximum",
        "循环没有最大次数，或次数不对",
        f"请填写最大循环次数（loopMaximum），1 到 {MAX_INSTANCES}。",
        _no_maximum,
    ),
    Rule("loop.collection", "多实例没有填写完整", "请填写集合变量和元素变量；要收集结果的，再填写结果集合。", _collection),
    Rule("loop.cardinality", "多实例的次数不对", f"请写 0 到 {MAX_INSTANCES} 的整数，或给出次数的变量。", _cardinality),
    Rule(
        "loop.reentry",
        "多实例在循环之中，再次进入时上一轮的结果会清空",
        "需要保留的，请在业务操作中记入业务表。",
        _reentry,
        "note",
    ),
)
