"""Rules about files as such: size, XML, ids."""

from collections.abc import Iterator, Mapping, Set
from typing import Any

from lxml import etree

from app.domain.lists import listed
from app.engine.gate.model import Diagram, Finding, GateContext, Hit, Package, Rule
from app.engine.nodes import BPMN, CONTAINERS, DI, is_id, properties_of, secure_parser

MAX_BYTES = 2_000_000
MAX_NODES = 1000
MAX_FLOWS = 2000
MAX_ELEMENTS = 40_000
MAX_NESTED = 40
MAX_ASKED = 200_000
MAX_TEXT = 20_000
MAX_CARRIED = 500_000
_RESERVED = frozenset({"Start", "End", "Root", "root", "StartEventSplit", "StartEventJoin"})
_RESERVED_ENDS = (".EndJoin", ".BoundaryEventSplit", ".BoundaryEventJoin", " [child]")


def _never(_package: Package, _context: GateContext) -> Iterator[Hit]:
    """Found while reading, before there is a package."""
    return iter(())


SIZE = Rule("file.size", "文件超过 2 MB", "请把流程拆成几个文件，并删去图中嵌入的图片。", _never)
MALFORMED = Rule("file.malformed", "文件不是完整的 XML", "请用流程设计器重新导出文件，不要手工修改。", _never)
DOCTYPE = Rule("file.doctype", "文件含有文档类型声明或实体", "请删去 DOCTYPE 部分，流程文件不需要它。", _never)
NOT_BPMN = Rule("file.not_bpmn", "文件不是 BPMN 2.0 或 DMN 文件", "请上传流程设计器保存的 .bpmn 或 .dmn 文件。", _never)


def _too_many(package: Package, _context: GateContext) -> Iterator[Hit]:
    """More than the other rules can look at in a few seconds, whatever it is."""
    inner, flow = {f"{BPMN}{tag}" for tag in CONTAINERS}, f"{BPMN}sequenceFlow"
    elements = flows = depth = longest = 0
    for root in (*(diagram.root for diagram in package.diagrams), *package.tables.values()):
        for element, level in _walked(root, inner):
            elements += 1
            flows += element.tag == flow
            depth = max(depth, level)
            longest = max(longest, len(element.text or ""), *map(len, element.values()))
    cells = sum(1 for root in package.tables.values() for _entry in root.iter("{*}inputEntry", "{*}outputEntry"))
    nodes = [node for _diagram, _scope, node in package.nodes()]
    names = {name for node in nodes for name in listed(properties_of(node).get("exports", ""))}
    counts = (
        ("节点", len(nodes), MAX_NODES),
        ("顺序流", flows, MAX_FLOWS),
        ("元素", elements, MAX_ELEMENTS),
        ("子流程的层数", depth, MAX_NESTED),
        ("决策表的格数乘以用表的任务数", cells * sum(1 for _node in package.nodes("businessRuleTask")), MAX_ASKED),
        ("导出的变量数乘以节点数", len(names) * len(nodes), MAX_CARRIED),
        ("最长的文字", longest, MAX_TEXT),
    )
    yield from (("", "", f"{what} {count}，最多 {most}") for what, count, most in counts if count > most)


def _walked(root: Any, inner: Set[str]) -> Iterator[tuple[Any, int]]:
    """Yield every element but those of the drawing, with how many subprocesses it is in."""
    stack = [(root, 0)]
    while stack:
        element, level = stack.pop()
        if isinstance(element.tag, str) and not element.tag.endswith(("}BPMNDiagram", "}DMNDI")):
            yield element, level
            below = level + (element.tag in inner)
            stack.extend((child, below) for child in element)


TOO_MANY = Rule("file.too_many", "流程包过大", "请拆成几个流程包，并删去过长的文字。", _too_many)


def read(contents: Mapping[str, bytes]) -> tuple[list[Diagram], dict[str, Any], list[Finding]]:
    """Return the diagrams and decision tables of a package, and what keeps files from being read at all."""
    diagrams: list[Diagram] = []
    tables: dict[str, Any] = {}
    findings: list[Finding] = []
    for name in sorted(contents):
        if not name.endswith((".bpmn", ".dmn")):
            continue
        root = _root(name, contents[name], findings)
        if root is None:
            continue
        if name.endswith(".bpmn") and root.tag == f"{BPMN}definitions":
            diagrams.append(Diagram(name, root))
        elif name.endswith(".dmn") and isinstance(root.tag, str) and "/spec/DMN/" in root.tag:
            tables[name] = root
        else:
            findings.append(NOT_BPMN.finding((name, "", "")))
    return diagrams, tables, findings


def _root(name: str, content: bytes, findings: list[Finding]) -> Any:
    if len(content) > MAX_BYTES:
        findings.append(SIZE.finding((name, "", f"{len(content) / 1e6:.1f} MB")))
        return None
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        findings.append(DOCTYPE.finding((name, "", "")))
        return None
    try:
        root = etree.fromstring(content, secure_parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        findings.append(MALFORMED.finding((name, "", f"第 {getattr(error, 'lineno', 0) or 0} 行")))
        return None
    if root.getroottree().docinfo.doctype:
        findings.append(DOCTYPE.finding((name, "", "")))
        return None
    return root


def _no_process(package: Package, _context: GateContext) -> Iterator[Hit]:
    if not any(diagram.scopes for diagram in package.diagrams):
        yield package.diagrams[0].file if package.diagrams else "", "", ""


def _named(diagram: Diagram) -> Iterator[tuple[Any, str, str]]:
    """Yield what has an id in the model and in its drawing, with the id and the element that people see there."""
    for element in diagram.root.iter(f"{BPMN}*", f"{DI}*"):
        key = element.get("id")
        if key is not None:
            yield element, key, element.get("bpmnElement") or key


def _duplicates(package: Package, _context: GateContext) -> Iterator[Hit]:
    across: set[str] = set()
    for diagram in package.diagrams:
        seen: set[str] = set()
        for element, key, shown in _named(diagram):
            shared = element.tag in {f"{BPMN}{tag}" for tag in ("process", *CONTAINERS)} and key in across
            if key in seen or shared:
                yield diagram.file, shown, key
            seen.add(key)
        across.update(key for item in diagram.all("process", *CONTAINERS) if (key := item.get("id")))


def _invalid(package: Package, _context: GateContext) -> Iterator[Hit]:
    for diagram in package.diagrams:
        for _element, key, shown in _named(diagram):
            if key and not is_id(key):
                yield diagram.file, shown, f"“{key[:60]}”"


def _reserved(package: Package, _context: GateContext) -> Iterator[Hit]:
    for diagram, _scope, node in package.nodes():
        key = node.get("id", "")
        if key in _RESERVED or key.endswith(_RESERVED_ENDS):
            yield diagram.file, key, key
        elif not key:
            yield diagram.file, "", "缺少编号"


WHOLE = (
    Rule("file.no_process", "没有可以执行的流程", "请在流程属性中勾选“可执行”（isExecutable）。", _no_process),
    Rule(
        "id.invalid", "编号里有空格或别的不能用的字符，或以数字开头",
        "请改成字母、汉字、数字和下划线，不以数字开头；在设计器里用“导入”打开这个文件，会自动改好并列出。", _invalid,
    ),
    Rule("id.duplicate", "编号重复", "请给其中一个元素改一个编号；子流程的编号在所有文件中都不能相同。", _duplicates),
    Rule("id.reserved", "编号是引擎保留的", "请改用别的编号，例如 start_review。", _reserved),
)  # fmt: skip
RULES = (SIZE, MALFORMED, DOCTYPE, NOT_BPMN, TOO_MANY, *WHOLE)
